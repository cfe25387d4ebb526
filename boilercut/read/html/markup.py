"""Markup as flat lists, whatever tree it came from, and its segmentation into blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, Protocol

import numpy as np

from boilercut.arrays import Booleans, Integers
from boilercut.blocks.arithmetic import numbered
from boilercut.page import TAG_NUMBERS, Elements, Page
from boilercut.read.html.data import MIN_CHARACTERS
from boilercut.read.html.formulas import latex
from boilercut.read.html.head import Head
from boilercut.read.html.settle import BREAK, NOTHING, boundary, settled
from boilercut.read.html.tags import PARTED_TAGS, READING_BRACKETS, SHOWN_READING_TAGS

__all__ = ["HIDING_ATTRIBUTES", "NAMING_ATTRIBUTES", "Markup", "MarkupBuilder", "asks_to_hide_by_style"]

MAX_LINES = 10_000
"""Maximum number of lines of a text in data that become blocks; no article has more."""
NAMING_ATTRIBUTES = frozenset(("class", "id", "role", "itemprop", "data-testid", "data-component", "data-type"))
"""Attributes whose words say what an element is for."""
HIDING_ATTRIBUTES = frozenset(("hidden", "popover"))
"""Attributes with which no browser shows an element before a script or a reader asks for it."""
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class Markup(Protocol):
    """A page that was read: by a walk over its tree (`MarkupBuilder`), or in memory (`read.tree`)."""

    @property
    def head(self) -> Head:
        """What the page says about itself."""

    @property
    def title(self) -> str:
        """The page's title."""

    def text(self, first: int = 0, end: int | None = None) -> str:
        """Return the text of the pieces from `first` to `end`, a space where a block ends."""

    def prose(self) -> int:
        """Return how many characters stand in long pieces outside links."""

    def __len__(self) -> int:
        """Return how many elements there are."""

    def holds(self, tag: str) -> bool:
        """Return whether there is such an element."""

    def spans(self, tag: str) -> list[tuple[int, int]]:
        """Return the first piece and the end of each such element."""

    def drop(self, spans: Iterable[tuple[int, int]]) -> None:
        """Take out pieces, from each first to each end: what is left of them are breaks."""

    def settle(self) -> None:
        """Decide what pieces in doubt are: see `boilercut.read.html.settle`."""

    def builder(self) -> MarkupBuilder:
        """Return the page as lists that can be changed."""

    def page(self, selectors: int = 0) -> Page:
        """Cut the text into the blocks of a page."""


class MarkupBuilder:
    """Collects elements and pieces of text in document order; a tree walker drives it.

    `pieces` holds `(element, text)` pairs, `BREAK` wherever a block ends, and the marks of `read.html.settle`.
    """

    __slots__ = (
        "first_pieces", "end_pieces", "head", "hidden", "links", "marks", "names", "parents", "pieces",
        "preformatted", "readings", "settled_pieces", "tags", "typeset", "unshown",
    )  # fmt: skip

    def __init__(self, head: Head | None = None, *, readings: bool = False) -> None:
        self.head = head or Head()
        self.readings = readings
        """Whether ruby readings are text, in brackets."""
        self.tags: list[str] = []
        self.parents: list[int] = []
        self.names: list[str] = []
        self.first_pieces: list[int] = []
        self.end_pieces: list[int] = []
        self.hidden: list[bool] = []
        self.unshown: list[bool] = []
        """Whether browsers do not show the element; they show what is hidden from screen readers only."""
        self.links: list[int] = []
        self.preformatted: list[bool] = []
        self.pieces: list[tuple[int, str | None]] = []
        self.typeset = False
        """Whether the sources of formulas stand beside them in scripts."""
        self.settled_pieces = 0
        """Number of pieces in which no mark is in doubt any more."""
        self.marks: list[tuple[int, Sequence[int]]] = []
        """Elements that CSS selectors select, and the selectors' numbers."""

    @property
    def title(self) -> str:
        """The page's title."""
        return self.head.title

    def builder(self) -> MarkupBuilder:
        """Return the page as lists that can be changed: these."""
        return self

    def __len__(self) -> int:
        """Return how many elements there are."""
        return len(self.tags)

    def holds(self, tag: str) -> bool:
        """Return whether there is such an element."""
        return tag in self.tags

    def open(self, tag: str, attributes: Mapping[str, str | None], parent: int) -> int:
        """Add an element below `parent` (-1 for the root) and return its index."""
        index = self.note(tag, attributes, parent)
        self._bound(index, True)
        return index

    def note(self, tag: str, attributes: Mapping[str, str | None], parent: int) -> int:
        """Add what is known of an element, and return its index."""
        index = len(self.tags)
        names, hidden, unshown = _names_and_hiding(attributes) if attributes else ("", False, False)
        self.tags.append("rb" if self.readings and tag in SHOWN_READING_TAGS else tag)
        self.parents.append(parent if parent > 0 else 0)
        self.names.append(names)
        self.first_pieces.append(len(self.pieces))
        self.end_pieces.append(len(self.pieces))
        self.hidden.append(hidden)
        self.unshown.append(unshown)
        self.links.append(index if tag == "a" else self.links[parent] if parent >= 0 else -1)
        self.preformatted.append(tag == "pre" or (parent >= 0 and self.preformatted[parent]))
        if self.readings and tag == "rt":
            self.pieces.append((index, READING_BRACKETS[0]))
        return index

    def close(self, index: int) -> None:
        """End the element `index`: what was added since it was opened belongs to it."""
        if self.readings:
            self._end_reading(index)
        self._bound(index, False)
        self.end_pieces[index] = len(self.pieces)

    def _end_reading(self, index: int) -> None:
        """Close the bracket that a reading began with; an empty one has none."""
        first, begun = self.first_pieces[index], (index, READING_BRACKETS[0])
        if self.pieces[first:] == [begun]:
            self.pieces.pop()
        elif self.pieces[first : first + 1] == [begun]:
            self.pieces.append((index, READING_BRACKETS[1]))

    def _bound(self, index: int, begins: bool) -> None:
        """Mark where an element begins or ends."""
        parent = self.parents[index]
        in_listing = index != parent and parent >= 0 and self.preformatted[parent]
        if mark := boundary(self.tags[index], index, in_listing, begins):
            self.pieces.append(mark)

    def end_line(self, element: int) -> None:
        """Add the end of a line in `element`, which ends a block except in a listing."""
        in_listing = element >= 0 and self.preformatted[element]
        self.pieces.append((element, "\n") if in_listing else BREAK)

    def open_formula(self, attributes: Mapping[str, str | None], source: str, parent: int) -> int:
        """Add a formula below `parent` by its source, and return its index."""
        index = self.open("math", attributes, parent)
        if index >= 0:
            self.pieces.append((index, source))
        return index

    def add_typeset(self, kind: str, source: str, parent: int) -> None:
        """Add a formula that a script of this type would typeset, on lines of its own if the type says so."""
        self.typeset = True
        around = [BREAK] if "mode=display" in kind else []
        self.pieces += around
        if (index := self.open_formula({}, latex(source), parent)) >= 0:
            self.close(index)
        self.pieces += around

    def settle(self) -> None:
        """Decide what pieces in doubt are."""
        self.pieces[self.settled_pieces :] = settled(self, self.settled_pieces)
        self.settled_pieces = len(self.pieces)

    def spans(self, tag: str) -> list[tuple[int, int]]:
        """Return the first piece and the end of each such element."""
        rows = [row for row, name in enumerate(self.tags) if name == tag]
        return [(self.first_pieces[row], self.end_pieces[row]) for row in rows]

    def drop(self, spans: Iterable[tuple[int, int]]) -> None:
        """Take out pieces, from each first to each end: what is left of them are breaks."""
        for first, end in spans:
            self.pieces[first:end] = [BREAK] * (end - first)

    def add_lines(self, element: int, text: str) -> None:
        """Add plain text to `element`, every line a block; lines beyond `MAX_LINES` together are one."""
        lines = list(filter(str.strip, text.splitlines()))
        for line in [*lines[:MAX_LINES], *filter(None, [" ".join(lines[MAX_LINES:])])]:
            self.pieces += [(element, line), BREAK]

    def text(self, first: int = 0, end: int | None = None) -> str:
        """Return the text of the pieces from `first` to `end`, a space where a block ends."""
        return "".join([" " if text is None else text for _, text in self.pieces[first:end]])

    def prose(self) -> int:
        """Return how many characters stand in long pieces outside links: a cheap stand-in for prose."""
        long = [(element, text) for element, text in self.pieces if text and len(text) >= MIN_CHARACTERS]
        lengths = (len(_collapsed(text, False)) for element, text in long if self.links[element] < 0)
        return sum(length for length in lengths if length >= MIN_CHARACTERS)

    def page(self, selectors: int = 0) -> Page:
        """Cut the pieces into the blocks of a page; `selectors` is how many CSS selectors `marks` were made with."""
        self.settle()
        return _page(self, selectors)


def _names_and_hiding(attributes: Mapping[str, str | None]) -> tuple[str, bool, bool]:
    """Return what an element is called, in one string, whether it is hidden from some readers, and whether from all."""
    values, unshown, silent = [], not HIDING_ATTRIBUTES.isdisjoint(attributes), False
    for name, value in attributes.items():
        if not value:
            continue
        if name in NAMING_ATTRIBUTES:
            values.append(value)
        elif name == "style":
            unshown = unshown or asks_to_hide_by_style(value)
        elif name == "aria-hidden":
            silent = silent or value == "true"
    return " ".join(values), unshown or silent, unshown


def asks_to_hide_by_style(style: str) -> bool:
    """Return whether a style asks not to be shown."""
    return _HIDING_STYLE.search(style) is not None


class _Block(NamedTuple):
    text: str
    element: int
    link_characters: int
    first_piece: int


def _page(markup: MarkupBuilder, selectors: int) -> Page:
    blocks = list(_blocks(markup))
    lengths = np.array([len(block.text) for block in blocks], dtype=np.int64)
    ends = np.cumsum(lengths + 1) - 1
    elements = _elements(markup, np.array([block.first_piece for block in blocks], dtype=np.int64))
    return Page(
        kind="html",
        text="\n".join([block.text for block in blocks]),
        starts=ends - lengths,
        ends=ends,
        title=markup.head.shown_title,
        metadata=markup.head.metadata,
        elements=elements,
        block_elements=np.array([block.element for block in blocks], dtype=np.int64),
        link_characters=np.array([block.link_characters for block in blocks], dtype=np.int64),
        selected=_selected(markup, elements, selectors, len(blocks)),
    )


def _blocks(markup: MarkupBuilder) -> Iterator[_Block]:
    """Cut the pieces into blocks: the text between two breaks, white space collapsed."""
    parts: list[str] = []
    first, first_piece, last, links = -1, -1, -1, 0
    in_link, preformatted = markup.links, markup.preformatted
    for position, (element, piece) in enumerate(chain(markup.pieces, [BREAK])):
        if piece is None:
            if element == NOTHING[0]:
                continue
            if first >= 0:
                text = _collapsed("".join(parts), preformatted[first])
                yield _Block(text, first, min(links, len(text)), first_piece)
            parts.clear()
            first, links = -1, 0
            continue
        if first < 0:
            if not piece.isspace():
                first, first_piece = element, position
            elif not preformatted[element]:
                continue
        elif element != last and _stand_apart(markup, last, element, parts[-1], piece):
            parts.append(" ")
        parts.append(piece)
        last = element
        if in_link[element] >= 0:
            links += len(" ".join(piece.split()))


def _selected(markup: MarkupBuilder, elements: Elements, selectors: int, blocks: int) -> tuple[Booleans, ...]:
    """Return for each CSS selector which blocks begin inside an element it selects."""
    steps = np.zeros((selectors, blocks + 1), dtype=np.int32)
    for element, numbers in markup.marks:
        steps[numbers, elements.first_blocks[element]] += 1
        steps[numbers, elements.end_blocks[element]] -= 1
    return tuple(np.cumsum(steps[:, :-1], axis=1) > 0)


def _stand_apart(markup: MarkupBuilder, before: int, after: int, left: str, right: str) -> bool:
    """Return whether two adjoining inline elements are words of their own, though no space parts them.

    Style sheets part what stands in two links, and in two spans of a class or two kinds of element (`2026`, `1h 54m`).
    Spans inside a word (a coloured letter, a name in code) begin with a small letter or stand in `pre`.
    """
    if left[-1:].isspace() or right[:1].isspace() or markup.preformatted[after]:
        return False
    if markup.links[before] != markup.links[after]:
        return markup.links[before] >= 0 and markup.links[after] >= 0
    return (
        markup.parents[before] == markup.parents[after]
        and markup.tags[before] in PARTED_TAGS
        and markup.tags[after] in PARTED_TAGS
        and (markup.tags[before] != markup.tags[after] or markup.names[before] != "" != markup.names[after])
        and (left[-1:].islower() or left[-1:] in "0123456789)%:")
        and (right[:1].isupper() or right[:1].isdigit())
    )


def _elements(markup: MarkupBuilder, first_pieces: Integers) -> Elements:
    """Return the element columns; `first_pieces` says with which piece each block begins."""
    names: dict[str, int] = {}
    return Elements(
        tags=numbered(markup.tags, TAG_NUMBERS),
        parents=np.array(markup.parents, dtype=np.int64),
        names=numbered(markup.names, names, growing=True),
        distinct_names=list(names),
        hidden=np.array(markup.hidden, dtype=np.bool_),
        first_blocks=np.searchsorted(first_pieces, np.array(markup.first_pieces, dtype=np.int64)),
        end_blocks=np.searchsorted(first_pieces, np.array(markup.end_pieces, dtype=np.int64)),
    )


def _collapsed(text: str, preformatted: bool) -> str:
    if preformatted and "\n" in text:
        return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
    return " ".join(text.split())
