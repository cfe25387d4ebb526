"""Find a page's headline: its title without the site's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from boilercut.arrays import Booleans
from boilercut.page import Page, site_of, tag_set

__all__ = ["headline"]

MAX_CHARACTERS = 1000
"""Longer headings and titles are no headlines; of a site's name and address, so much is compared with their parts."""
MAX_HEADINGS = 20
"""Number of headings that are looked at."""
MIN_LINES, MAX_LINES, MAX_PARTS = 3, 1000, 8
"""Lines of plain text that has a headline, lines that are looked at, and parts of a first line that is a title."""
MIN_AGREEMENT = 0.4
"""Share of words (Dice) that a first-level heading and a declared title have in common at least."""
MIN_SITE_AGREEMENT = 0.5
"""Share of words that a part of a title and the site's name have in common at least."""
MIN_LETTERS = 4
"""Parts of a title with fewer letters are looked for in a site's name as a whole only."""

# One of a few marks between single spaces, for titles have no others: it cannot backtrack badly. Looking at the first
# character before all else halves its time.
_SEPARATOR = re.compile(r"(?=[\s|｜_»«–—:])(?:\s(?:[|\-–—·•»«›‹:/~]|::|>>|<<)\s|\s?[|｜_»«–—]\s?|(?<=\w):\s)")
_MAIN, _LOWER = tag_set("h1"), tag_set("h2", "h3", "h4")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")  # Chinese and Japanese by letter


def headline(page: Page) -> str:
    """Return a page's first-level heading where a declared title agrees with it, or else that title.

    Titles are declared by `og:title` and `title`; parts of them that name the site are left out. Where the title
    agrees with no such heading, one that is a part of the title is the headline, whatever its level; then the only
    first-level heading that shares a word with it. Dumps of pages begin with the title: in plain text, a line that is
    the first line again, or some parts of it, is the headline.
    """
    if page.kind == "text":
        return _line_again(page)
    declared = (page.metadata.get("og:title", ""), page.title)
    spaced = dict.fromkeys(" ".join(title[:MAX_CHARACTERS].split()) for title in declared)
    titles = [_Title(title, _part_bounds(title)) for title in spaced if title]
    host = site_of((page.url or page.metadata.get("address", ""))[:MAX_CHARACTERS])
    site = _Site.of(page.metadata.get("og:site_name", "")[:MAX_CHARACTERS], host)
    headings = _headings(page, _MAIN)
    heading = _agreeing(headings, titles, site)
    if heading and not site.is_named(heading):
        return _other_part(page, heading, titles) or heading
    own = [heading for heading in headings if not site.is_named(heading)]
    if part := _shown_part(titles, (*own, *_headings(page, _LOWER)), site):
        return part
    words = _words(own[0]) if len(own) == 1 else []
    if len(words) > 1 and any(_agreement(words, _words(title.text)) > 0 for title in titles):
        return own[0]
    if titles:
        return titles[0].without(site)
    return headings[0] if len(headings) == 1 else ""


class _Site(NamedTuple):
    """What a site is named by: what it calls itself, and its server."""

    words: Sequence[str]
    letters: str
    host: str
    labels: Sequence[str]
    """Parts of the server's address."""

    @classmethod
    def of(cls, name: str, host: str) -> _Site:
        words = _words(name)
        labels = [label.replace("-", "") for label in host.split(".")[:-1] if len(label) >= MIN_LETTERS - 1]
        return cls(words, "".join(words), "".join(_words(host)), labels)

    def is_named(self, part: str) -> bool:
        """Return whether a part of a title names the site, or says nothing."""
        words = _words(part)
        letters = "".join(words)
        if not letters or letters in (self.letters, self.host, *self.labels):
            return True
        if self.letters and _agreement(words, self.words) >= MIN_SITE_AGREEMENT:
            return True
        return len(letters) >= MIN_LETTERS and any(letters in name for name in (self.letters, *self.labels))


class _Title(NamedTuple):
    """A title that the page declares, and where its parts begin and end."""

    text: str
    bounds: Sequence[tuple[int, int]]

    def holds(self, text: str) -> bool:
        """Return whether a text is one part of the title, or several in a row."""
        first = self.text.find(text)
        end = first + len(text)
        return any(start == first for start, _ in self.bounds) and any(last == end for _, last in self.bounds)

    def without(self, site: _Site) -> str:
        """Return the title without the parts at its ends that name the site.

        >>> title = "The river rose | News | The Ferry Post"
        >>> _Title(title, _part_bounds(title)).without(_Site.of("Ferry Post", "ferrypost.example"))
        'The river rose | News'
        """
        first, last = 0, len(self.bounds) - 1
        while last > 0 and site.is_named(self.text[slice(*self.bounds[last])]):
            last -= 1
        while first < last and site.is_named(self.text[slice(*self.bounds[first])]):
            first += 1
        return self.text[self.bounds[first][0] : self.bounds[last][1]].strip()


def _agreeing(headings: Sequence[str], titles: Sequence[_Title], site: _Site) -> str:
    """Return the heading that a title is, or that has most words in common with one; empty where none has enough."""
    texts = [title.text for title in titles]
    if exact := next((heading for heading in headings if heading in texts), ""):
        return exact
    if not headings:
        return ""
    declared = [_words(title) for title in dict.fromkeys((*texts, *(title.without(site) for title in titles)))]
    agreement = [max((_agreement(words, own) for own in declared), default=0.0) for words in map(_words, headings)]
    best = max(range(len(headings)), key=agreement.__getitem__)
    return headings[best] if agreement[best] >= MIN_AGREEMENT else ""


def _part_bounds(title: str) -> list[tuple[int, int]]:
    """Return where the parts of a title begin and end."""
    bounds, start = list[tuple[int, int]](), 0
    for separator in _SEPARATOR.finditer(title):
        bounds.append((start, separator.start()))
        start = separator.end()
    return [*bounds, (start, len(title))]


def _shown_part(titles: Sequence[_Title], headings: Iterable[str], site: _Site) -> str:
    """Return the longest heading of two words or more that is one part of a title, or several, and no site's name."""
    shown = [heading for heading in headings if any(title.holds(heading) for title in titles)]
    telling = (each for each in shown if len(_words(each)) > 1 and not site.is_named(each))
    return max(telling, key=len, default="")


def _line_again(page: Page) -> str:
    """Return the line of plain text that is the first line, or some parts of it, again; empty where none is.

    Of several, a site's name mostly stands behind the headline, and is shorter.
    """
    sizes = page.ends[:MAX_LINES] - page.starts[:MAX_LINES]
    if len(sizes) < MIN_LINES or sizes[0] > MAX_CHARACTERS:
        return ""
    text = page.text[page.starts[0] : page.ends[0]]
    title = _Title(text, _part_bounds(text))
    if len(title.bounds) > MAX_PARTS:
        return ""
    own = {end - start for number, (start, _) in enumerate(title.bounds) for _, end in title.bounds[number:]}
    rows = np.flatnonzero(np.logical_or.reduce([sizes[1:] == size for size in own])) + 1
    lines = (page.text[page.starts[row] : page.ends[row]] for row in rows.tolist())
    telling = (line for line in lines if title.holds(line) and len(_words(line)) > 1)
    return max(telling, key=lambda line: (text.startswith(line), len(line)), default="")


def _other_part(page: Page, heading: str, titles: Iterable[_Title]) -> str:
    """Return the part of a title that another heading shows, where `heading` is the part that names the site.

    A site's name stands in the last part of a title, or at its beginning before a colon.
    """
    before = [text[: bounds[-2][1]] for text, bounds in titles if len(bounds) > 1 and heading in text[bounds[-1][0] :]]
    behind = [text.removeprefix(f"{heading}:").lstrip() for text, _ in titles if text.startswith(f"{heading}:")]
    headings = _headings(page, _MAIN | _LOWER) if before or behind else ()
    return next((part for part in before + behind if part in headings and len(_words(part)) > 1), "")


def _headings(page: Page, levels: Booleans) -> list[str]:
    """Return the texts of the first headings of some levels."""
    if page.elements is None:
        return []
    rows = levels[page.elements.tags].nonzero()[0][:MAX_HEADINGS]
    spans = zip(page.elements.first_blocks[rows].tolist(), page.elements.end_blocks[rows].tolist(), strict=True)
    texts = [
        " ".join(page.text[page.starts[first] : page.ends[end - 1]].split()) for first, end in spans if end > first
    ]
    return [text for text in texts if len(text) <= MAX_CHARACTERS]


def _agreement(some: Sequence[str], others: Sequence[str]) -> float:
    """Return the share of two texts' words that they have in common (Dice); words that come twice count twice."""
    left, common = dict[str, int](), 0
    for word in others:
        left[word] = left.get(word, 0) + 1
    for word in some:
        if left.get(word):
            left[word] -= 1
            common += 1
    size = len(some) + len(others)
    return 2 * common / size if size else 0.0


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
