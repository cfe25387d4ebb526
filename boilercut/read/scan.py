"""Read a parsed page from its serialised markup: in C, without an object for every node.

A parser's own markup is regular: every element is closed, every value quoted, every "<" in text an entity.
So one pass over its bytes finds elements and texts, and another cuts the texts into blocks. What such markup
leaves open (MathML, plain text to the end of the page, scripts that hold scripts) is not scanned; the caller
then walks the tree.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from boilercut.columns import numbered
from boilercut.native import markup_kernels as kernels
from boilercut.read.data import MIN_CHARACTERS
from boilercut.read.head import Head
from boilercut.read.markup import BREAK, NAMING_ATTRIBUTES, MarkupBuilder, asks_to_hide_by_style
from boilercut.read.names import NameTable, flags_by_name, name_table
from boilercut.read.tags import BLOCK_TAGS, DESCRIBING_TAGS, SKIPPED_TAGS, VOID_TAGS
from boilercut.vocabulary import TAG_NUMBERS, Elements, Integers, Page

__all__ = ["ScannedMarkup", "scan"]

MIN_ATTRIBUTE = 6
"""Bytes of the shortest attribute that matters: ` id=""`."""
_TAG_START, _TAG_END, _PARENT, _FIRST_PIECE, _END_PIECE, _HIDDEN, _LINK, _PREFORMATTED, _, _, _NAME, _TAG = range(12)
"""Rows of the table of elements."""
_OWNER, _START, _END = range(3)
"""Rows of the table of pieces; one without an owner is where a block ends."""
_ATTRIBUTE = re.compile(r' (.[^=]*)="([^"]*)"', re.DOTALL)  # two negated classes up to what they exclude
_SIGNS = {
    "title": (b"",),
    "script": (b"json",),
    "link": (b"canonical",),
    "meta": (b"og:", b"description"),
    "iframe": (b"srcdoc",),
}
"""What stands in the attributes, in small letters, of elements that say something; see `Head.describe`."""
_TAG_FLAGS: tuple[frozenset[str], ...] = (
    BLOCK_TAGS,
    SKIPPED_TAGS,
    VOID_TAGS | {"basefont", "bgsound"},
    frozenset(("script", "style", "iframe", "noembed", "noframes")),
    frozenset(["br"]),
    frozenset(["a"]),
    frozenset(["pre"]),
    frozenset(["template"]),
    DESCRIBING_TAGS,
    frozenset(("math", "plaintext", "xmp")),
    frozenset(["span"]),
)
"""What the kernel needs to know of tags, in the order of its flags; some are left to the walker."""
_ATTRIBUTE_FLAGS = tuple(map(frozenset, (NAMING_ATTRIBUTES, ["hidden"], ["aria-hidden"], ["style"])))
_TAG_NUMBER_BITS = 16
"""So many bits of a tag's flags stand before its number."""


class ScannedMarkup:
    """What the scan found, as tables: a column an element, and a column a piece of text or break between blocks."""

    def __init__(self, source: bytes, elements: Integers, pieces: Integers, distinct_names: list[str]) -> None:
        self.head = Head()
        self._source = source
        self._elements = elements
        self._pieces = pieces
        self._distinct_names = distinct_names
        room = int((pieces[_END] - pieces[_START]).sum()) + pieces.shape[1]
        self._codes = np.empty(room + 1, dtype=np.uint32)
        self._size = kernels.spell_pieces(np.frombuffer(source, dtype=np.uint8), pieces, self._codes)

    def __len__(self) -> int:
        """Return how many elements there are."""
        return self._elements.shape[1]

    @property
    def title(self) -> str:
        """The page's title."""
        return self.head.title

    def holds(self, tag: str) -> bool:
        """Tell whether there is such an element, of the tags that are numbered."""
        return bool((self._elements[_TAG] == TAG_NUMBERS[tag]).any())

    def text(self) -> str:
        """Return all text so far, a space where a block ends."""
        return self._text(0, self._size)

    def _text(self, start: int, end: int) -> str:
        return str(kernels.text_of(self._codes, start, end))

    def prose(self) -> int:
        """Return how many characters stand in long pieces outside links: a cheap stand-in for prose."""
        owners, starts, ends = self._pieces
        long = (ends - starts >= MIN_CHARACTERS) & (self._elements[_LINK][owners] < 0)
        bounds = zip(starts[long].tolist(), ends[long].tolist(), strict=True)
        lengths = (len(" ".join(self._text(start, end).split())) for start, end in bounds)
        return sum(length for length in lengths if length >= MIN_CHARACTERS)

    def without_repeated_noscript(self) -> ScannedMarkup | MarkupBuilder:
        """Take out what stands in `noscript` and elsewhere on the page too; return what is left."""
        rows = np.flatnonzero(self._elements[_TAG] == TAG_NUMBERS["noscript"])
        first, end = self._elements[_FIRST_PIECE, rows], self._elements[_END_PIECE, rows]
        bounds = np.append(self._pieces[_START], self._size)
        if (bounds[end] - bounds[first]).max(initial=0) < MIN_CHARACTERS:
            return self
        return self.builder().without_repeated_noscript()

    def builder(self) -> MarkupBuilder:
        """Return the page as lists that can be changed."""
        builder = MarkupBuilder(self.head)
        rows = self._elements.tolist()
        tags = zip(rows[_TAG_START], rows[_TAG_END], strict=True)
        builder.tags = [self._source[start:end].decode() for start, end in tags]
        builder.names = [self._distinct_names[name] for name in rows[_NAME]]
        builder.parents, builder.links = rows[_PARENT], rows[_LINK]
        builder.first_pieces, builder.end_pieces = rows[_FIRST_PIECE], rows[_END_PIECE]
        builder.hidden, builder.preformatted = self._elements[[_HIDDEN, _PREFORMATTED]].astype(np.bool_).tolist()
        text = self.text()
        builder.pieces = [
            (owner, text[start:end]) if owner >= 0 else BREAK for owner, start, end in self._pieces.T.tolist()
        ]
        return builder

    def page(self, selectors: int = 0) -> Page:
        """Cut the pieces into the blocks of a page; a page that was scanned has no CSS `selectors`."""
        joined = np.empty_like(self._codes)  # each piece has room for a space before or a line feed behind it
        blocks = np.empty((5, self._pieces.shape[1] + 1), dtype=np.int64)
        count, size = kernels.cut_blocks(self._codes, self._pieces, self._elements, joined, blocks)
        starts, ends, owners, linked, first_pieces = blocks[:, :count]
        elements = self._elements
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
                hidden=elements[_HIDDEN] > 0,
                first_blocks=np.searchsorted(first_pieces, elements[_FIRST_PIECE]),
                end_blocks=np.searchsorted(first_pieces, elements[_END_PIECE]),
            ),
            block_elements=owners,
            link_characters=linked,
        )


def scan(html: str) -> ScannedMarkup | None:
    """Return what stands in serialised `html`, or None where only a walk over the tree can tell."""
    source = html.encode()
    octets = np.frombuffer(source, dtype=np.uint8)
    tags, most_values = int(np.count_nonzero(octets == ord("<"))), len(source) // MIN_ATTRIBUTE + 1
    elements, pieces = np.empty((12, tags), dtype=np.int64), np.empty((3, 2 * tags + 1), dtype=np.int64)
    values, styles = np.empty((2, 3, most_values), dtype=np.int64)
    names, slots = np.empty((2, tags), dtype=np.int64), np.zeros(1 << (2 * tags).bit_length(), dtype=np.int64)
    described = np.empty((4, tags), dtype=np.int64)
    sizes = kernels.scan_markup(
        octets, *_tag_table(), *_attribute_table(), elements, pieces, values, names, slots, styles, described
    )
    if sizes is None:
        return None
    size, most_pieces, most_names, most_styles, most_described = sizes
    for element, start, end in styles[:, :most_styles].T.tolist():
        elements[_HIDDEN, element] |= asks_to_hide_by_style(_plain(source[start:end].decode()))
    elements, distinct = elements[:, :size].copy(), dict[str, int]()
    spelt = [_plain(name) for name in kernels.names_of(octets, values, names, most_names)]
    elements[_NAME] = numbered(spelt, distinct, growing=True)[elements[_NAME]]  # markup can spell one name in two ways
    scanned = ScannedMarkup(source, elements, pieces[:, :most_pieces].copy(), list(distinct))
    _describe(scanned.head, source, described[:, :most_described])
    return scanned


def _describe(head: Head, source: bytes, described: Integers) -> None:
    """Pass on the elements that may say something; most scripts, links and other metadata are for machines."""
    for start, end, content, close in described.T.tolist():
        tag, attributes = source[start:end].decode(), source[end : content - 1]
        long_script = tag == "script" and close - content >= MIN_CHARACTERS
        if not long_script and not any(sign in attributes.lower() for sign in _SIGNS[tag]):
            continue
        named = {name: _plain(value) for name, value in _ATTRIBUTE.findall(attributes.decode())}
        text = source[content:close].decode()
        head.describe(tag, named, text if tag == "script" else _plain(text))


def _plain(text: str) -> str:
    """Return a text or value as it was before it was serialised; the ampersand comes last, or it would make more."""
    if "&" not in text:
        return text
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    return text.replace("&nbsp;", "\u00a0").replace("&amp;", "&")


@cache
def _tag_table() -> NameTable:
    """Return the flags of tags, and above them their numbers."""
    flags = flags_by_name(_TAG_FLAGS)
    return name_table(
        {tag: flags.get(tag, 0) | TAG_NUMBERS.get(tag, 0) << _TAG_NUMBER_BITS for tag in {*flags, *TAG_NUMBERS}}
    )


@cache
def _attribute_table() -> NameTable:
    return name_table(flags_by_name(_ATTRIBUTE_FLAGS))
