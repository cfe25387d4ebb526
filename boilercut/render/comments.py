"""The readers' comments of a page, with who wrote each and when, where the markup says so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from boilercut.arrays import Booleans
from boilercut.page import TAG_NUMBERS, Elements, Page
from boilercut.results import Comment

__all__ = ["comments_of"]

AUTHOR_WORDS = frozenset(("author", "fn", "user", "username", "commenter", "poster", "nick", "nickname", "byline"))
DATE_WORDS = frozenset(
    ("date", "time", "datetime", "timestamp", "published", "ago", "posted", "meta", "metadata", "commentmetadata")
)
MAX_LABEL_CHARACTERS = 80
"""Longest line that names an author or a date."""
MIN_COVERED_SHARE = 0.6
"""Share of the comments' characters that elements of one name hold where each of these is a comment."""
MAX_LEVELS, MAX_WORDS = 40, 32
"""Levels above a block that are looked at, and words of each element's name."""
_NAME_WORD = re.compile(r"[a-z]+")
_DIGIT = re.compile(r"\d")
_SPEAKS = (" says", " said", " wrote", " writes")
_ENDS_OF_NAMES = " \t\r\n\u00a0:.…,"
_TAGS = list(TAG_NUMBERS)


def comments_of(page: Page, among: Booleans) -> tuple[Comment, ...]:
    """Return the comments that the marked blocks of a page are, in order.

    In HTML, the elements of one name that hold most of them are a comment each. In plain text, each line is one.
    """
    rows = np.flatnonzero(among).tolist()
    if page.elements is None or page.block_elements is None:
        return tuple(Comment("", "", _text(page, row)) for row in rows)
    words: dict[int, frozenset[str]] = {}
    paths = {row: list(_path(page.elements, int(page.block_elements[row]), words)) for row in rows}
    owners = _owners(page, paths)
    groups: dict[int, list[int]] = defaultdict(list)
    for row, owner in owners.items():
        groups[owner].append(row)
    found = (_comment(page, members, paths, owner) for owner, members in groups.items())
    return tuple(comment for comment in found if comment.text)


def _path(
    elements: Elements, element: int, words: dict[int, frozenset[str]]
) -> Iterator[tuple[int, str, frozenset[str]]]:
    """Yield the elements around a block from the innermost up, each with its tag and the words of its name.

    `words` holds those of the names that were split already.
    """
    for _ in range(MAX_LEVELS):
        name = int(elements.names[element])
        if name not in words:
            found = _NAME_WORD.finditer(elements.distinct_names[name].lower())
            words[name] = frozenset(match[0] for match in islice(found, MAX_WORDS))
        yield element, _TAGS[elements.tags[element]], words[name]
        if elements.parents[element] == element:
            return
        element = int(elements.parents[element])


Paths = Mapping[int, Sequence[tuple[int, str, frozenset[str]]]]


def _owners(page: Page, paths: Paths) -> dict[int, int]:
    """Return for each block the element that is its comment; blocks outside of all comments are left out."""
    by_name: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    heights: dict[tuple[str, str], int] = defaultdict(int)
    for row, path in paths.items():
        for height, (element, tag, words) in enumerate(path):
            for word in words:
                if row not in by_name[tag, word]:
                    by_name[tag, word][row] = element
                    heights[tag, word] += height
    sizes = {row: int(page.ends[row] - page.starts[row]) for row in paths}
    best, most = {row: path[-1][0] for row, path in paths.items()}, (MIN_COVERED_SHARE * sum(sizes.values()), 0.0)
    for name, owners in by_name.items():
        rank = (float(sum(sizes[row] for row in owners)), heights[name] / len(owners))
        if len(set(owners.values())) > 1 and rank > most:
            best, most = owners, rank
    return best


def _comment(page: Page, rows: Sequence[int], paths: Paths, owner: int) -> Comment:
    author = _labelled(page, rows, paths, owner, AUTHOR_WORDS, "cite")
    date = _labelled(page, [row for row in rows if row != author], paths, owner, DATE_WORDS, "time")
    lines = [_text(page, row) for row in rows if row not in (author, date) and not _is_link(page, row)]
    name = _text(page, author).rstrip(_ENDS_OF_NAMES) if author is not None else ""
    for word in _SPEAKS:
        name = name.removesuffix(word)
    return Comment(name.rstrip(_ENDS_OF_NAMES), _text(page, date) if date is not None else "", "\n".join(lines))


def _labelled(page: Page, rows: Sequence[int], paths: Paths, owner: int, names: frozenset[str], tag: str) -> int | None:
    """Return the first short block inside a comment that stands in an element of one of some names, or of a tag.

    A date has a digit.
    """
    for row in rows:
        if page.ends[row] - page.starts[row] <= MAX_LABEL_CHARACTERS and (
            tag != "time" or _DIGIT.search(_text(page, row))
        ):
            for element, own_tag, words in paths[row]:
                if element == owner:
                    break
                if own_tag == tag or words & names:
                    return row
    return None


def _is_link(page: Page, row: int) -> bool:
    return bool(page.link_characters[row] >= page.ends[row] - page.starts[row])


def _text(page: Page, row: int) -> str:
    return page.text[page.starts[row] : page.ends[row]]
