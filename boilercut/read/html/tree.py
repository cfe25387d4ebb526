"""Read a parsed page from the parser's tree in memory: in C, without an object for every node.

One pass counts what there is, another takes elements and texts to tables, and a third cuts the texts into blocks.
How lexbor's trees lie in memory is no promise, so a small page is looked at first: where a tree lies otherwise than
expected, and for what a kernel cannot tell of a page (tags that the parser numbers and this module does not know),
the caller walks the tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from selectolax.lexbor import LexborHTMLParser

from boilercut._native import chosen_markup as kernels
from boilercut.arrays import Integers
from boilercut.blocks.arithmetic import numbered
from boilercut.page import TAG_NAMES, TAG_NUMBERS, Elements, Page
from boilercut.read.html.data import MIN_CHARACTERS
from boilercut.read.html.formulas import DATA_ATTRIBUTES, IMAGES
from boilercut.read.html.head import Head
from boilercut.read.html.markup import HIDING_ATTRIBUTES, NAMING_ATTRIBUTES, MarkupBuilder, asks_to_hide_by_style
from boilercut.read.html.names import flags_by_name, name_table
from boilercut.read.html.settle import (
    AIDS,
    HEADING_LEVELS,
    MAX_PERMALINK,
    MAX_TOOL,
    MIN_SENTENCE,
    PERMALINKS,
)
from boilercut.read.html.tags import (
    BLOCK_TAGS,
    CONTROL_TAGS,
    DESCRIBING_TAGS,
    LINE_TAGS,
    OTHER_TAGS,
    PARTED_TAGS,
    READING_TAGS,
    SECTION_TAGS,
    SKIPPED_TAGS,
)

__all__ = ["TreeMarkup", "read_tree"]

_PARENT, _FIRST_PIECE, _END_PIECE, _HIDDEN, _LINK, _PREFORMATTED, _, _NAME, _TAG = range(9)
"""Rows of the table of elements."""
_OWNER, _START, _END = range(3)
"""Columns of the table of pieces; the owner of one without text is the number of a mark of `read.html.settle`."""
_PERMALINKS = np.array(list(map(ord, PERMALINKS)), dtype=np.uint32)
_LIMITS = np.array([MIN_SENTENCE, MAX_PERMALINK, HEADING_LEVELS, MAX_TOOL], dtype=np.int64)
_IMAGE = max(AIDS.values()) + 1
_WORDS = AIDS | dict.fromkeys(IMAGES, _IMAGE)
"""Words in names of elements that say that they aid reading, or are pictures of formulas."""
_UNSHOWN = 1
"""A flag of what is hidden: browsers do not show it."""
_METADATA_TAGS = frozenset(("meta", "link"))
_TAG_FLAGS: tuple[frozenset[str], ...] = (
    BLOCK_TAGS,
    SKIPPED_TAGS,
    frozenset(["br"]),
    frozenset(["a"]),
    frozenset(["pre"]),
    PARTED_TAGS,
    DESCRIBING_TAGS,
    _METADATA_TAGS,
    frozenset(["script"]),
    CONTROL_TAGS,
    READING_TAGS,
    LINE_TAGS,
    SECTION_TAGS,
)
"""What the kernel needs to know of tags, in the order of its flags."""
_UNKNOWN_TAG = 1 << 14
_FORMULA_TAG = "math"
"""Formulas are read by the walk in Python."""
_TAG_NUMBER_BITS = 16
"""Bits of a tag's flags, which stand before its number."""
_ATTRIBUTE_FLAGS = tuple(
    map(frozenset, (NAMING_ATTRIBUTES, HIDING_ATTRIBUTES, ["aria-hidden"], ["style"], ["type"], DATA_ATTRIBUTES))
)
_DESCRIBING_ATTRIBUTES = ("content", "href", "name", "property", "rel", "srcdoc", "type")
"""What `Head.describe` asks for."""
_KNOWN_NAMES = 1024
"""The parser's own numbers of names are smaller."""
_SPELT_NAMES = (("element-name-of17", "attribute-of-16b"), ("foreignObject", "attributeName"))
"""An element and an attribute that no parser numbers, around the longest name that lies in its entry; and two that have
a second name, as markup in SVG spells them."""


class TreeMarkup:
    """What the walk found, as tables: a column an element, and a row a piece of text or break between blocks."""

    def __init__(self, tables: _Tables, letters: int, pieces: int, distinct_names: list[str], aids: Integers) -> None:
        self.head = Head()
        self._codes = tables.codes[:letters]
        self._elements = tables.elements
        self._pieces = tables.pieces[:pieces]
        self._counts = tables.counts
        self._distinct_names = distinct_names
        self._aids = aids

    def __len__(self) -> int:
        """Return how many elements there are."""
        return self._elements.shape[1]

    @property
    def title(self) -> str:
        """The page's title."""
        return self.head.title

    def holds(self, tag: str) -> bool:
        """Return whether there is such an element, of the tags that are numbered."""
        return bool(self._counts[TAG_NUMBERS[tag]])

    def text(self, first: int = 0, end: int | None = None) -> str:
        """Return the text of the pieces from `first` to `end`, a space where a block ends."""
        starts = self._pieces[:, _START]
        low, high = (
            int(starts[place]) if place is not None and place < len(starts) else len(self._codes)
            for place in (first, end)
        )
        return str(kernels.text_of(self._codes, low, high))

    def prose(self) -> int:
        """Return how many characters stand in long pieces outside links: a cheap stand-in for prose."""
        return int(kernels.prose_size(self._codes, self._pieces, self._elements, MIN_CHARACTERS))

    def spans(self, tag: str) -> list[tuple[int, int]]:
        """Return the first piece and the end of each such element, of the tags that are numbered."""
        if not self.holds(tag):
            return []
        rows = np.flatnonzero(self._elements[_TAG] == TAG_NUMBERS[tag])
        first, end = self._elements[[[_FIRST_PIECE], [_END_PIECE]], rows].tolist()
        return list(zip(first, end, strict=True))

    def drop(self, spans: Iterable[tuple[int, int]]) -> None:
        """Take out pieces, from each first to each end: what is left of them are breaks."""
        owners, starts, ends = self._pieces.T
        kept = np.ones(len(self._codes), dtype=np.bool_)
        for first, end in spans:
            kept[starts[first] : ends[end - 1]] = False
            kept[starts[first:end]] = True
            self._codes[starts[first:end]] = ord(" ")
            owners[first:end] = -1
        places = np.concatenate([[0], np.cumsum(kept)])
        self._codes, self._pieces = self._codes[kept], np.column_stack([owners, places[starts], places[ends]])

    def settle(self) -> None:
        """Decide what pieces in doubt are."""
        muted, letters = np.empty(len(self), dtype=np.int64), np.empty(len(self._pieces) + 1, dtype=np.int64)
        kernels.settle(self._codes, self._pieces, self._elements, muted, letters, self._aids, _LIMITS, _PERMALINKS)

    def builder(self) -> MarkupBuilder:
        """Return the page as lists that can be changed."""
        builder = MarkupBuilder(self.head)
        rows = self._elements.tolist()
        builder.tags = [TAG_NAMES[number] for number in rows[_TAG]]
        builder.names = [self._distinct_names[name] for name in rows[_NAME]]
        builder.parents, builder.links = rows[_PARENT], rows[_LINK]
        builder.first_pieces, builder.end_pieces = rows[_FIRST_PIECE], rows[_END_PIECE]
        builder.hidden, builder.preformatted = self._elements[[_HIDDEN, _PREFORMATTED]].astype(np.bool_).tolist()
        builder.unshown = (self._elements[_HIDDEN] & _UNSHOWN > 0).tolist()
        text = self.text()
        builder.pieces = [
            (owner, text[start:end] if owner >= 0 else None) for owner, start, end in self._pieces.tolist()
        ]
        builder.settled_pieces = len(builder.pieces)
        return builder

    def page(self, selectors: int = 0) -> Page:
        """Cut the pieces into the blocks of a page; a page that is read in C has no CSS `selectors`."""
        room = len(self._codes) + len(self._pieces)  # a space before, or a line feed behind, each piece
        joined = np.empty(room + 1, dtype=np.uint32)
        blocks = np.empty((5, len(self._pieces) + 1), dtype=np.int64)
        before, spans = np.empty(len(self._pieces) + 1, dtype=np.int64), np.empty((2, len(self)), dtype=np.int64)
        elements = self._elements
        count, size = kernels.cut_blocks(self._codes, self._pieces, elements, joined, blocks, before, spans)
        starts, ends, owners, linked, _ = blocks[:, :count]
        return Page(
            kind="html",
            text=kernels.text_of(joined, 0, size),
            starts=starts,
            ends=ends,
            title=self.head.shown_title,
            metadata=self.head.metadata,
            elements=Elements(
                tags=elements[_TAG],
                parents=elements[_PARENT],
                names=elements[_NAME],
                distinct_names=self._distinct_names,
                hidden=elements[_HIDDEN].astype(np.bool_),
                first_blocks=spans[0],
                end_blocks=spans[1],
            ),
            block_elements=owners,
            link_characters=linked,
        )


class _Tables(NamedTuple):
    """What the kernel fills in."""

    elements: Integers
    pieces: Integers
    codes: Any
    """The text, as code points."""
    names: Any
    """For each distinct name of an element the places of its values, up to a zero."""
    slots: Integers
    """The numbers of names by their hashes."""
    styles: Any
    """Elements with a style that may hide them, and the places of the styles."""
    described: Any
    """The places of elements that may say something of the page."""
    counts: Integers
    """How many elements there are of each tag, by its number."""


def read_tree(parser: LexborHTMLParser) -> TreeMarkup | None:
    """Return what stands in a parsed page, or None where only a walk in Python can tell."""
    root, known = parser.root, _known_names()
    if root is None or known is None:
        return None
    sizes = kernels.tree_sizes(known.tags, root.mem_id)
    if sizes is None:
        return None
    tables = _tables(*sizes)
    elements = tables.elements
    found = kernels.walk_tree(known.tags, known.attributes, root.mem_id, *tables)
    if found is None:
        return None
    pieces, letters, names, styles, described = found
    for element, style in styles:
        elements[_HIDDEN, element] |= _UNSHOWN * asks_to_hide_by_style(kernels.text_at(style))
    aids = np.empty(names, dtype=np.int64)
    if kernels.name_aids(tables.names, names, *known.words, aids) == _IMAGE:
        return None
    distinct = _distinct(kernels.names_of(tables.names, names), elements, aids)
    markup = TreeMarkup(tables, letters, pieces, distinct, aids)
    for place in described:
        number, attributes, text = kernels.element_at(place, known.spelt)
        markup.head.describe(known.describing[number], attributes, text)
    return markup


def _tables(elements: int, pieces: int, letters: int, described: int) -> _Tables:
    return _Tables(
        elements=np.empty((9, elements), dtype=np.int64),
        pieces=np.empty((pieces, 3), dtype=np.int64),
        codes=np.empty(letters + pieces, dtype=np.uint32),
        names=np.empty((elements + 1, len(NAMING_ATTRIBUTES) + 1), dtype=np.uint64),
        slots=np.zeros(1 << (2 * elements).bit_length(), dtype=np.int64),
        styles=np.empty((2, elements), dtype=np.uint64),
        described=np.empty(described, dtype=np.uint64),
        counts=np.zeros(len(TAG_NUMBERS), dtype=np.int64),
    )


def _distinct(names: list[str], elements: Integers, aids: Integers) -> list[str]:
    """Return `names`, each once, and number those of the elements and `aids` so: values can join in two ways."""
    if len(set(names)) == len(names):
        return names
    distinct = dict[str, int]()
    numbers = numbered(names, distinct, growing=True)
    elements[_NAME] = numbers[elements[_NAME]]
    aids[numbers] = aids.copy()
    return list(distinct)


class _KnownNames(NamedTuple):
    """What the kernels must know of the names that the parser at hand numbers, and of others."""

    tags: Any
    attributes: Any
    words: tuple[Any, Any, int]
    """The table of `_WORDS`, and the length of the longest."""
    describing: dict[int | None, str]
    """The describing tags, by their numbers."""
    spelt: dict[int, str]
    """The attributes that a describing element may have, by their numbers; those without one are left out."""


@cache
def _known_names() -> _KnownNames | None:
    """Ask the parser for its numbers of names; None where its trees are not laid out as the kernels take them to be."""
    if not all(_is_laid_out(tag, attribute) for tag, attribute in _SPELT_NAMES):
        return None
    parser = LexborHTMLParser("")
    flags = flags_by_name(_TAG_FLAGS)
    tags = {
        tag: flags.get(tag, 0) | _UNKNOWN_TAG * (tag == _FORMULA_TAG) | TAG_NUMBERS.get(tag, 0) << _TAG_NUMBER_BITS
        for tag in sorted({*flags, *TAG_NAMES[1:], *OTHER_TAGS})
    }
    numbers = {tag: kernels.number_of(parser.create_node(tag).mem_id) for tag in tags}
    attributes = {**dict.fromkeys(_DESCRIBING_ATTRIBUTES, 0), **flags_by_name(_ATTRIBUTE_FLAGS)}
    bearer = LexborHTMLParser("<p " + " ".join(f"{name}=''" for name in attributes) + ">").css("p")[0]
    attribute_numbers = dict(zip(attributes, kernels.numbers_of_attributes(bearer.mem_id), strict=True))
    return _KnownNames(
        _names(tags, numbers, _UNKNOWN_TAG),
        _names(attributes, attribute_numbers, 0),
        (*name_table(_WORDS, kernels.hash_name), max(map(len, _WORDS))),
        {number: tag for tag, number in numbers.items() if tag in DESCRIBING_TAGS},
        {number: name for name, number in attribute_numbers.items() if number is not None},
    )


def _is_laid_out(tag: str, attribute: str) -> bool:
    """Return whether the kernels can read the parser's trees, from a small one with such an element and attribute."""
    parser = LexborHTMLParser(f"<svg><a>some words</a><{tag} {attribute}='some words'></{tag}></svg>")
    body = parser.body
    root = body and body.child
    first = root and root.child
    other, text = first and first.next, first and first.child
    places = [node.mem_id for node in (first, other, text, root) if node is not None]
    return len(places) == 4 and kernels.is_laid_out(*places, tag.encode(), attribute.encode(), b"some words")


def _names(flags: Mapping[str, int], numbers: Mapping[str, int | None], unknown: int) -> Any:
    """Return the kernels' table of `flags` by name; numbers that no name has get those of `unknown`."""
    by_number = np.full(_KNOWN_NAMES, unknown, dtype=np.int64)
    for name, number in numbers.items():
        if number is not None:
            by_number[number] = flags[name]
    return kernels.Names(by_number, *name_table(flags, kernels.hash_name), max(map(len, flags)))
