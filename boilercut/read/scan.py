"""Read a parsed page from its serialised markup: in C, without an object for every node.

A parser's own markup is regular: every element is closed, every value quoted, every "<" in text an entity.
So one pass over its characters finds elements and texts. What such markup leaves open (MathML, plain text to
the end of the page, scripts that hold scripts) is not scanned; the caller then walks the tree.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from boilercut.characters import codes_of
from boilercut.native import kernels
from boilercut.read.markup import BREAK, NAMING_ATTRIBUTES, MarkupBuilder, asks_to_hide_by_style
from boilercut.read.tags import BLOCK_TAGS, DESCRIBING_TAGS, SKIPPED_TAGS, VOID_TAGS
from boilercut.vocabulary import Integers
from boilercut.words import Hashes

__all__ = ["scan"]

MIN_ATTRIBUTE = 6
"""Characters of the shortest attribute that matters: ` id=""`."""
_WHOLE = np.zeros(1, dtype=np.int64)
_ATTRIBUTE = re.compile(r' (.[^= ]*+)="([^"]*+)"', re.DOTALL)  # possessive classes up to what they exclude
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
)
"""What the kernel needs to know of tags, in the order of its flags: the last are left to the walker."""
_ATTRIBUTE_FLAGS = tuple(map(frozenset, (NAMING_ATTRIBUTES, ["hidden"], ["aria-hidden"], ["style"])))


def scan(html: str) -> MarkupBuilder | None:
    """Return what stands in serialised `html`, or None where only a walk over the tree can tell."""
    tags, most_values = html.count("<"), len(html) // MIN_ATTRIBUTE + 1
    elements, pieces = np.empty((10, tags), dtype=np.int64), np.empty((3, 2 * tags + 1), dtype=np.int64)
    names, styles = np.empty((2, 3, most_values), dtype=np.int64)
    described = np.empty((4, tags), dtype=np.int64)
    tables = (*_flag_table(_TAG_FLAGS), *_flag_table(_ATTRIBUTE_FLAGS))
    sizes = kernels.scan_markup(codes_of(html), *tables, elements, pieces, names, styles, described)
    if sizes is None:
        return None
    size = sizes[0]
    builder = MarkupBuilder()
    builder.tags = kernels.substrings(html, elements[0, :size], elements[1, :size])
    rows = elements[2:8, :size].tolist()
    builder.parents, builder.first_pieces, builder.end_pieces, _, builder.links, _ = rows
    builder.hidden, builder.preformatted = elements[[5, 7], :size].astype(np.bool_).tolist()
    builder.names = kernels.join_owned(html, names, sizes[2], size)
    builder.pieces = kernels.pieces_of(html, pieces, sizes[1], BREAK)
    for element, start, end in styles[:, : sizes[3]].T.tolist():
        builder.hidden[element] = builder.hidden[element] or asks_to_hide_by_style(_plain(html[start:end]))
    for start, end, content, close in described[:, : sizes[4]].T.tolist():
        tag, text = html[start:end], html[content:close]
        builder.describe(tag, _attributes(html[end : content - 1]), text if tag == "script" else _plain(text))
    return builder


def _attributes(markup: str) -> dict[str, str]:
    return {name: _plain(value) for name, value in _ATTRIBUTE.findall(markup)}


def _plain(text: str) -> str:
    """Return a text or value as it was before it was serialised."""
    return str(kernels.substrings(text, _WHOLE, np.array([len(text)]))[0]) if "&" in text else text


@cache
def _flag_table(sets: tuple[frozenset[str], ...]) -> tuple[Hashes, Integers]:
    """Return an open hash table of names, and which of `sets` hold each, as bits."""
    names = sorted(frozenset().union(*sets))
    slots, flags = np.zeros(1024, dtype=np.uint64), np.zeros(1024, dtype=np.int64)
    for name in names:
        hashed = kernels.hash_name(codes_of(name))
        slot = hashed % len(slots)
        while slots[slot]:
            slot = (slot + 1) % len(slots)
        slots[slot] = hashed
        flags[slot] = sum(1 << bit for bit, members in enumerate(sets) if name in members)
    return slots, flags
