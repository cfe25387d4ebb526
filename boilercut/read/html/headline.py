"""Find a page's headline: its title without the site's name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from boilercut.arrays import Booleans
from boilercut.page import Page, site_of, tag_set

__all__ = ["headline", "without_site"]

MAX_CHARACTERS = 1000
"""Longer headings and titles are no headlines; of a site's name and address, so much is compared with their parts."""
MAX_HEADINGS = 20
"""Number of headings that are looked at."""
MIN_AGREEMENT = 0.4
"""Share of words (Dice) that a first-level heading and a declared title have in common at least."""
MIN_SITE_AGREEMENT = 0.5
"""Share of words that a part of a title and the site's name have in common at least."""
MIN_LETTERS = 4
"""Parts of a title with fewer letters are looked for in a site's name as a whole only."""

# One of a few marks between single spaces, for titles have no others: it cannot backtrack badly.
_SEPARATOR = re.compile(r"\s(?:[|\-–—·•»«›‹:/~]|::|>>|<<)\s|\s?[|｜_»«–—]\s?|(?<=\w):\s")
_MAIN, _LOWER = tag_set("h1"), tag_set("h2", "h3", "h4")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")  # Chinese and Japanese by letter


def headline(page: Page) -> str:
    """Return a page's first-level heading where a declared title agrees with it, or else that title.

    Titles are declared by `og:title` and `title`; parts of them that name the site are left out. Where the title
    agrees with no such heading, one that is a part of the title is the headline, whatever its level; then the only
    first-level heading that shares a word with it. Empty for plain text.
    """
    if page.kind == "text":
        return ""
    titles = [" ".join(title[:MAX_CHARACTERS].split()) for title in (page.metadata.get("og:title", ""), page.title)]
    titles = [title for title in dict.fromkeys(titles) if title]
    site = page.metadata.get("og:site_name", "")[:MAX_CHARACTERS]
    host = site_of((page.url or page.metadata.get("address", ""))[:MAX_CHARACTERS])
    headings = _headings(page, _MAIN)
    heading = _agreeing(headings, titles, site, host)
    if heading and not _names_site(heading, site, host):
        return _other_part(page, heading, titles) or heading
    own = [heading for heading in headings if not _names_site(heading, site, host)]
    if part := _shown_part(titles, (*own, *_headings(page, _LOWER)), site, host):
        return part
    if len(own) == 1 and _words(own[0]).total() > 1 and any(_agreement(own[0], title) > 0 for title in titles):
        return own[0]
    if titles:
        return without_site(titles[0], site, host)
    return headings[0] if len(headings) == 1 else ""


def without_site(title: str, site: str, host: str) -> str:
    """Return a title without the parts at its ends that name the site, or the server `host`.

    >>> without_site("The river rose | News | The Ferry Post", "Ferry Post", "ferrypost.example")
    'The river rose | News'
    """
    bounds = _part_bounds(title)
    while len(bounds) > 1 and _names_site(title[slice(*bounds[-1])], site, host):
        bounds.pop()
    first = 0
    while first < len(bounds) - 1 and _names_site(title[slice(*bounds[first])], site, host):
        first += 1
    return title[bounds[first][0] : bounds[-1][1]].strip()


def _agreeing(headings: Sequence[str], titles: Sequence[str], site: str, host: str) -> str:
    """Return the heading that a title is, or that has most words in common with one; empty where none has enough."""
    if exact := next((heading for heading in headings if heading in titles), ""):
        return exact
    declared = dict.fromkeys((*titles, *(without_site(title, site, host) for title in titles)))
    agreement = [max((_agreement(heading, title) for title in declared), default=0.0) for heading in headings]
    best = max(range(len(headings)), key=agreement.__getitem__, default=-1)
    return headings[best] if best >= 0 and agreement[best] >= MIN_AGREEMENT else ""


def _part_bounds(title: str) -> list[tuple[int, int]]:
    """Return where the parts of a title begin and end."""
    bounds, start = list[tuple[int, int]](), 0
    for separator in _SEPARATOR.finditer(title):
        bounds.append((start, separator.start()))
        start = separator.end()
    return [*bounds, (start, len(title))]


def _shown_part(titles: Iterable[str], headings: Iterable[str], site: str, host: str) -> str:
    """Return the longest heading of two words or more that is one part of a title, or several, and no site's name."""
    bounds = {title: _part_bounds(title) for title in titles}
    starts = {title: {first for first, _ in own} for title, own in bounds.items()}
    ends = {title: {end for _, end in own} for title, own in bounds.items()}
    shown = [
        heading
        for heading in headings
        if any(
            (place := title.find(heading)) in starts[title] and place + len(heading) in ends[title] for title in bounds
        )
    ]
    telling = (each for each in shown if _words(each).total() > 1 and not _names_site(each, site, host))
    return max(telling, key=len, default="")


def _other_part(page: Page, heading: str, titles: Iterable[str]) -> str:
    """Return the part of a title that another heading shows, where `heading` is the part that names the site.

    A site's name stands in the last part of a title, or at its beginning before a colon.
    """
    parted = [(title, _part_bounds(title)) for title in titles]
    before = [
        title[: bounds[-2][1]] for title, bounds in parted if len(bounds) > 1 and heading in title[bounds[-1][0] :]
    ]
    behind = [title.removeprefix(f"{heading}:").lstrip() for title in titles if title.startswith(f"{heading}:")]
    headings = _headings(page, _MAIN | _LOWER) if before or behind else ()
    return next((part for part in before + behind if part in headings and _words(part).total() > 1), "")


def _headings(page: Page, levels: Booleans) -> list[str]:
    """Return the texts of the first headings of some levels."""
    if page.elements is None:
        return []
    rows = np.flatnonzero(levels[page.elements.tags])[:MAX_HEADINGS]
    spans = zip(page.elements.first_blocks[rows].tolist(), page.elements.end_blocks[rows].tolist(), strict=True)
    texts = [
        " ".join(page.text[page.starts[first] : page.ends[end - 1]].split()) for first, end in spans if end > first
    ]
    return [text for text in texts if len(text) <= MAX_CHARACTERS]


def _agreement(one: str, other: str) -> float:
    mine, others = _words(one), _words(other)
    size = mine.total() + others.total()
    return 2 * (mine & others).total() / size if size else 0.0


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.casefold()))


def _names_site(part: str, site: str, host: str) -> bool:
    letters, named = _letters(part), _letters(site)
    if not letters or letters == named or letters == _letters(host):
        return True
    if named and (_agreement(part, site) >= MIN_SITE_AGREEMENT or (len(letters) >= MIN_LETTERS and letters in named)):
        return True
    labels = [label.replace("-", "") for label in host.split(".")[:-1] if len(label) >= MIN_LETTERS - 1]
    return any(letters == label or (len(letters) >= MIN_LETTERS and letters in label) for label in labels)


def _letters(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))
