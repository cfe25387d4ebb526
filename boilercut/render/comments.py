"""The readers' comments of a page, or the posts of a thread, with who wrote each and when, where the markup says so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias

import numpy as np

from boilercut.arrays import Booleans
from boilercut.page import Page, Part, Subtree
from boilercut.render.bylines import ENDS, bare_name, byline, is_name
from boilercut.results import Comment

__all__ = ["comments_of", "lines_of"]

AUTHOR_WORDS = frozenset(("author", "fn", "user", "username", "commenter", "poster", "nick", "nickname", "byline"))
DATE_WORDS = frozenset(
    ("date", "time", "datetime", "timestamp", "published", "ago", "posted", "meta", "metadata", "commentmetadata")
)
NAMING_ATTRIBUTES = ("class", "id", "itemprop")
MAX_LABEL_CHARACTERS = 80
"""Longest text that names an author or a date."""
MAX_REST_CHARACTERS = 20
"""Longest rest of a line with a label, such as "says:", that is no text of the comment's, if others are."""
MIN_COVERED_SHARE = 0.6
"""Share of the comments' characters that elements of one name hold where each of these is a comment."""
MAX_LEVELS, MAX_WORDS = 40, 32
"""Levels above a piece of text that are looked at, and words of each element's name."""
MAX_NAMED = 1_000_000
"""Words of the names around all blocks that are compared: higher levels are passed over where there are more."""
Words: TypeAlias = Collection[str]
"""The words of an element's name."""
Path: TypeAlias = Sequence[int]
"""The elements around a piece of text, from the innermost up."""
_NAME_WORD = re.compile(r"[a-z]+")
_DIGIT = re.compile(r"\d")


def lines_of(page: Page, among: Booleans) -> tuple[Comment, ...]:
    """Return the marked lines of a plain text as comments: a line of an author begins one, or else each line."""
    lines = [_line(page, row) for row in np.flatnonzero(among).tolist()]
    found = list(map(byline, lines))
    if not any(each and each[0] for each in found):
        return tuple(Comment("", "", line) for line in lines)
    comments = [Comment("", "", "")]
    for line, own in zip(lines, found, strict=True):
        last = comments[-1]
        if own is None:
            comments[-1] = last._replace(text=f"{last.text}\n{line}".lstrip())
        elif own[0] or last.text:
            comments.append(Comment(*own, ""))
        else:
            comments[-1] = last._replace(date=own[1])
    return tuple(comment for comment in comments if comment.text)


def comments_of(page: Page, subtree: Subtree, among: Booleans) -> tuple[Comment, ...]:
    """Return the comments that the marked blocks of a page are, in order.

    The elements of one name that hold most of them are a comment each; where there are none, each line of an author
    begins one. Other blocks of the subtree may say who wrote a comment, and when.
    """
    parts: dict[int, list[Part]] = defaultdict(list)
    for part in subtree.parts:
        if part.block >= 0 and part.text:
            parts[part.block].append(part)
    paths = {row: list(_path(subtree, own[0].element)) for row, own in parts.items()}
    words, marked = list(map(_name_words, subtree.attributes)), among.tolist()
    bylines = {row: found for row in paths if (found := byline(_line(page, row)))}
    texts = {row: path for row, path in paths.items() if marked[row] and row not in bylines}
    owners = _owners(page, subtree, words, texts)
    known = set(owners.values())
    items, labels = _items(subtree, known), _Labels(subtree, words, known)
    groups, authors_seen = defaultdict[tuple[int, int], list[int]](list), 0
    for row, path in paths.items():
        owner = owners.get(row, -1)
        if row in bylines or not marked[row]:
            owner = next((items[each] for each in path if each in items), -1)
        if owner < 0:
            owner = path[0] if row in bylines else labels.first(path)
        if not labels.several and row in bylines:
            authors_seen += bool(bylines[row][0])
        if owner >= 0:
            groups[owner, authors_seen].append(row)
    written = (_Written(page, subtree, labels, {row: parts[row] for row in own}) for own in groups.values())
    return tuple(_assembled(each.comment(marked) for each in written))


def _items(subtree: Subtree, known: Collection[int]) -> dict[int, int]:
    """Return the comment of each element that is one, and of each element around it that holds no other one."""
    items, parents = {owner: owner for owner in known}, subtree.parents
    if len(known) < 2:
        return items
    counts = [int(element in known) for element in range(len(parents))]
    for element in range(len(parents) - 1, -1, -1):
        if parents[element] >= 0:
            counts[parents[element]] += counts[element]
    for owner in known:
        element = parents[owner]
        while element >= 0 and counts[element] == 1:
            items[element] = owner
            element = parents[element]
    return items


def _assembled(units: Iterable[Comment]) -> Iterator[Comment]:
    """Yield the comments of a page; who wrote one, and when, may stand in an element of its own beside it."""
    latest, label = None, Comment("", "", "")
    for unit in units:
        if unit.text:
            if latest is not None:
                yield latest
            latest = Comment(unit.author or label.author, unit.date or label.date, unit.text)
            label = Comment("", "", "")
        elif unit.author or latest is None or latest.date:
            label = unit
        else:
            latest = latest._replace(date=unit.date)
    if latest is not None:
        yield latest


def _path(subtree: Subtree, element: int) -> Iterator[int]:
    for _ in range(MAX_LEVELS):
        if element < 0:
            return
        yield element
        element = subtree.parents[element]


def _name_words(attributes: Mapping[str, str | None]) -> Words:
    """Return the first distinct words of an element's name."""
    name = " ".join([attributes.get(attribute) or "" for attribute in NAMING_ATTRIBUTES])
    return dict.fromkeys(match[0] for match in islice(_NAME_WORD.finditer(name.lower()), MAX_WORDS))


def _owners(page: Page, subtree: Subtree, words: Sequence[Words], paths: Mapping[int, Path]) -> dict[int, int]:
    """Return for each block the element that is its comment; blocks outside of all comments are left out."""
    by_name: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    heights: dict[tuple[str, str], int] = defaultdict(int)
    left = MAX_NAMED
    for height in range(MAX_LEVELS):
        level = [(row, path[height]) for row, path in paths.items() if height < len(path)]
        left -= sum(len(words[element]) for _, element in level)
        if left < 0:
            break
        for row, element in level:
            for word in words[element]:
                name = subtree.tags[element], word
                if row not in by_name[name]:
                    by_name[name][row] = element
                    heights[name] += height
    sizes = {row: int(page.ends[row] - page.starts[row]) for row in paths}
    best, most = {row: path[-1] for row, path in paths.items()}, (MIN_COVERED_SHARE * sum(sizes.values()), 0.0)
    for name, owners in by_name.items():
        rank = (float(sum(sizes[row] for row in owners)), heights[name] / len(owners))
        if len(set(owners.values())) > 1 and rank > most:
            best, most = owners, rank
    return best


class _Labels:
    """The short elements of a comment that may name an author or a date."""

    def __init__(self, subtree: Subtree, words: Sequence[Words], known: Collection[int]) -> None:
        self._subtree, self._words = subtree, words
        self.several = len(known) > 1
        """Whether there are comments to tell apart."""
        lengths = [0] * len(subtree.parents)
        for part in subtree.parts:
            lengths[part.element] += len(" ".join(part.text.split())) or 1
        for element in range(len(lengths) - 1, -1, -1):
            if (parent := subtree.parents[element]) >= 0:
                lengths[parent] += lengths[element]
        short = (element for element, length in enumerate(lengths) if length <= 2 * MAX_LABEL_CHARACTERS)
        labels = {element for element in short if element not in known and self._is_label(element)}
        self._innermost: list[int] = []
        for element, parent in enumerate(subtree.parents):
            above = self._innermost[parent] if parent >= 0 and element not in known else -1
            self._innermost.append(element if element in labels else above)

    def _is_label(self, element: int) -> bool:
        return self.is_named(element, AUTHOR_WORDS, "cite") or self.is_named(element, DATE_WORDS, "time")

    def is_named(self, element: int, words: frozenset[str], tag: str) -> bool:
        """Return whether an element has a tag, or one of some words in its name."""
        named = self._subtree.tags[element] == tag
        return named or not words.isdisjoint(self._words[element])

    def first(self, path: Path) -> int:
        """Return the innermost label around a piece of text; -1 where there is none."""
        return next(self.around(path[0]), -1)

    def around(self, element: int) -> Iterator[int]:
        """Yield the labels around an element, and itself if it is one, from the innermost up."""
        for _ in range(MAX_LEVELS):
            element = self._innermost[element] if element >= 0 else -1
            if element < 0:
                return
            yield element
            element = self._subtree.parents[element]


class _Written:
    """One comment: an element, and the pieces of its blocks."""

    def __init__(self, page: Page, subtree: Subtree, labels: _Labels, parts: Mapping[int, Sequence[Part]]) -> None:
        self._page, self._subtree, self._labels, self._parts = page, subtree, labels, parts
        self._held: dict[int, list[Part]] = defaultdict(list)
        """The pieces of text inside each label of the comment."""
        for part in (part for own in parts.values() for part in own):
            for element in labels.around(part.element):
                self._held[element].append(part)

    def comment(self, marked: Sequence[bool]) -> Comment:
        """Return who wrote it, when, and the text of its marked blocks."""
        author = self._label(AUTHOR_WORDS, "cite")
        date = self._label(DATE_WORDS, "time", author)
        labels = {each for each in (author, date) if each is not None}
        name, moment, text = self._name(author, date), self._moment(date), self._text(labels, marked)
        if name and moment:
            return Comment(name, moment, text)
        if found := byline(name):
            name, moment = found[0], moment or found[1]
        lines = text.split("\n")
        for end in (0, -1)[: len(lines)]:
            if (found := byline(lines[end])) and not (name and found[0]):
                name, moment = name or found[0], moment or found[1]
                lines.pop(end)
        return Comment(name or self._name_above(marked), moment, "\n".join(lines))

    def _name_above(self, marked: Sequence[bool]) -> str:
        """Return the name that stands alone above the text, as in the cell to the left of a post."""
        row = next(iter(self._parts))
        line = _line(self._page, row)
        return line if self._labels.several and not marked[row] and is_name(line) else ""

    def _label(self, words: frozenset[str], tag: str, other: int | None = None) -> int | None:
        """Return the first short element of one of some names, or of a tag, and in it the innermost one.

        A date has a digit. `other` is what names the author: no date stands around it.
        """
        found: int | None = None
        for element in sorted(self._held):  # a parent stands before its children
            if (found is None or self._holds(found, element)) and self._labels.is_named(element, words, tag):
                text = _joined(self._held[element])
                is_label = 0 < len(text) <= MAX_LABEL_CHARACTERS and (tag != "time" or self._is_date(element, text))
                if is_label and (other is None or not self._holds(element, other)):
                    found = element
        return found

    def _name(self, author: int | None, date: int | None) -> str:
        """Return an author's name, without a date beside it, "by" and "says"."""
        if author is None:
            return ""
        own = [part for part in self._held[author] if date is None or not self._holds(date, part.element)]
        return bare_name(_joined(own))

    def _is_date(self, element: int, text: str) -> bool:
        return bool(_DIGIT.search(text) or self._subtree.attributes[element].get("datetime"))

    def _holds(self, element: int, other: int) -> bool:
        """Return whether a label is another element, or stands around it."""
        return element in self._labels.around(other)

    def _moment(self, date: int | None) -> str:
        """Return a date as the page declares it for machines, or else as it is written."""
        if date is None:
            return ""
        return (self._subtree.attributes[date].get("datetime") or "").strip() or _joined(self._held[date])

    def _text(self, labels: set[int], marked: Sequence[bool]) -> str:
        """Return the lines of the comment, without its labels, and without lines that are nothing but a link."""
        lines, rests = list[str](), list[tuple[int, str]]()
        for row, own in self._parts.items():
            if not marked[row]:
                continue
            rest = [part for part in own if not labels.intersection(self._labels.around(part.element))]
            if len(rest) == len(own):
                lines += [] if _is_link(self._page, row) else [_line(self._page, row)]
            elif text := _joined(rest).lstrip(ENDS):
                rests.append((len(lines), text))
        for place, text in reversed(rests):
            if len(text) > MAX_REST_CHARACTERS or not lines:
                lines.insert(place, text)
        return "\n".join(lines)


def _joined(parts: Sequence[Part]) -> str:
    return " ".join("".join(part.text for part in parts).split())


def _is_link(page: Page, row: int) -> bool:
    return bool(page.link_characters[row] >= page.ends[row] - page.starts[row])


def _line(page: Page, row: int) -> str:
    return page.text[page.starts[row] : page.ends[row]]
