"""Text that stands on a page twice: recognised by its words in order, however either copy is cut into blocks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from boilercut._native import chosen_kernels as kernels
from boilercut._native import sources
from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.arithmetic import group_numbers, page_total
from boilercut.blocks.measure import MAX_MEASURED_CHARACTERS, tokens_of
from boilercut.blocks.table import Blocks, Tokens
from boilercut.blocks.words import Hashes

__all__ = ["repeated"]

compared_blocks = sources["ranges"].compared_blocks

SHINGLE = 6
"""Words in a row by which copies are recognised. One changed word costs as many shingles, and is no copy."""
MIN_REPEATED_WORDS = 8
"""Shorter lines are repeated for good reasons: a refrain, a speaker's name, a label."""
MAX_OWN_WORDS, MIN_COPIED_SHINGLES = 3, 12
"""Maximum number of words of its own at the ends of a hidden or linked copy, such as "read more", and minimum number of
shingles that it shares."""
SPARE_BITS = 4
"""For the quick look, there are sixteen buckets or more for each shingle: few share one by chance."""
MAX_DATED_SHARE = 0.05
"""Share of dated lines above which a page of plain text is left alone."""
MIN_LINKED_SHARE = 0.5
"""Share of a block inside links from which it counts as linked."""
_DIGITS = re.compile(r"\d")
_FIRST_LETTER = 0xA000
"""Digits are replaced by letters (Yi, which no page has beside digits), where numbers have to be told apart."""
_LETTERS = tuple((str(digit), chr(_FIRST_LETTER + digit)) for digit in range(10))


def repeated(stack: Any, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Cut what stands among the kept blocks twice, in the same or other blocks: hidden copies first, later ones next.

    Quotations and code stay. Headings, posts of a thread and lines of text only go as a whole. In plain text nothing
    marks quotations, so that a page with many dated lines, as threads have, is left alone.
    """
    blocks: Blocks = stack.blocks
    compared, may_go = _compared(stack, columns, keep)
    if not may_go.any() or not _may_hold_copies(blocks, compared, may_go):
        return keep
    secondary, tokens = _secondary(blocks, columns), _exact_tokens(blocks, compared)
    shingles, gone = _shingles(blocks, tokens, compared), np.zeros_like(keep)
    if (first := may_go & secondary).any() and (gone := _copies(shingles, first, secondary)).any():
        shingles = _shingles(blocks, tokens, compared & ~gone)
    return keep & ~(gone | _copies(shingles, may_go & ~gone, secondary))


def _compared(stack: Any, columns: Mapping[str, Floats], keep: Booleans) -> tuple[Booleans, Booleans]:
    """Return which kept blocks are compared, and which may go: the longer ones, measured to their end.

    Lines of text may repeat others in part.
    """
    blocks: Blocks = stack.blocks
    if blocks.elements is not None:
        return compared_blocks(stack, columns, keep, MIN_REPEATED_WORDS, MAX_MEASURED_CHARACTERS)
    dated = page_total(blocks, columns["headlines.dated"] > 0)
    compared = keep & (columns["repetition.times"] > 1) & (dated <= MAX_DATED_SHARE * (blocks.end - blocks.first))
    long = blocks.word_weights >= MIN_REPEATED_WORDS
    return compared, compared & long & (blocks.facts.characters < MAX_MEASURED_CHARACTERS)


def _exact_tokens(blocks: Blocks, compared: Booleans) -> Tokens:
    """Return the words of some blocks; unlike those that were measured, numbers differ in their digits."""
    numbered = compared & (blocks.facts.digits > 0)
    rows = np.flatnonzero(numbered)
    tokens = tokens_of([_spelt(blocks.block(row)) for row in rows.tolist()])
    others = np.flatnonzero((compared & ~numbered)[blocks.tokens.blocks])
    owners = np.concatenate([rows[tokens.blocks], blocks.tokens.blocks[others]])
    order = np.argsort(owners, kind="stable")
    return Tokens(np.concatenate([tokens.hashes, blocks.tokens.hashes[others]])[order], owners[order])


def _spelt(text: str) -> str:
    """Return a text with letters for its digits; most are those of ASCII, which are replaced at once."""
    others = not text.isascii()
    for digit, letter in _LETTERS:
        text = text.replace(digit, letter)
    return _DIGITS.sub(_as_letter, text) if others else text


def _as_letter(digit: re.Match[str]) -> str:
    return chr(_FIRST_LETTER + int(digit[0]))


def _secondary(blocks: Blocks, columns: Mapping[str, Floats]) -> Booleans:
    """Mark what is the copy rather than the original: hidden, carried as data, or a link to the text."""
    if blocks.elements is None:
        return np.zeros(len(blocks), dtype=np.bool_)
    hidden = columns["tags.hidden"] + columns["tags.in_script"] + columns["tags.in_noscript"] > 0
    return hidden | (blocks.link_characters >= MIN_LINKED_SHARE * np.maximum(blocks.facts.characters, 1))


class _Shingles(NamedTuple):
    """The runs of `SHINGLE` words of some blocks, in order; a run may end in the next block."""

    owners: Integers
    """The block that each begins in."""
    inside: Booleans
    """Whether it ends in the same block."""
    first: Integers
    last: Integers
    """The first and the last block with the same words in a row."""


def _copies(shingles: _Shingles, droppable: Booleans, secondary: Booleans) -> Booleans:
    """Mark the `droppable` blocks whose words stand in other blocks, too; the first copy of several stays.

    A block of which all shingles stand in earlier blocks is a copy. Of the others, taken from the last to the first, a
    block is a copy if blocks that stay hold its shingles.
    """
    rows = np.flatnonzero(shingles.inside & droppable[shingles.owners])
    owners, first, last = shingles.owners[rows], shingles.first[rows], shingles.last[rows]
    sizes, novel, alone = (
        np.bincount(owners[which], minlength=len(droppable))
        for which in (slice(None), first == owners, (first == owners) & (last == owners))
    )
    copies = (sizes > 0) & (novel == 0)
    ends = np.cumsum(sizes)
    for block in np.flatnonzero((novel > 0) & (alone <= MAX_OWN_WORDS) & (alone < sizes))[::-1].tolist():
        own = slice(ends[block] - sizes[block], ends[block])
        stays = (first[own] != block) | ((last[own] != block) & ~copies[last[own]])
        copies[block] = _is_enough(stays, bool(secondary[block]))
    return copies


def _is_enough(copied: Booleans, secondary: bool) -> bool:
    """Return whether a block is a copy, by which of its shingles other blocks hold."""
    own = len(copied) - int(copied.sum())
    tolerable = secondary and own <= MAX_OWN_WORDS and len(copied) - own >= MIN_COPIED_SHINGLES
    return own == 0 or (tolerable and bool(copied[0] and copied[(len(copied) - 1) // 2]))


def _may_hold_copies(blocks: Blocks, compared: Booleans, droppable: Booleans) -> bool:
    """Return whether some of the `droppable` blocks may be copies: a quick look at two shingles of each.

    Numbers are alike here, and so are some shingles: what it lets pass is compared word for word.
    """
    keys, begins, _ = _keys(blocks, blocks.tokens, compared)
    bits = SPARE_BITS + len(keys).bit_length()
    held = blocks.facts.words, droppable.view(np.uint8), SHINGLE
    return bool(kernels.may_hold_copies(keys, begins, *held, 64 - bits, np.zeros(1 << bits, dtype=np.uint8)))


def _keys(blocks: Blocks, tokens: Tokens, compared: Booleans) -> tuple[Hashes, Integers, Integers]:
    """Return a hash of each shingle of the blocks `compared`, and the blocks that it begins and ends in."""
    keys, (begins, ends) = np.empty_like(tokens.hashes), np.empty((2, len(tokens.hashes)), dtype=np.int64)
    size = kernels.hash_shingles(*tokens, compared.view(np.uint8), blocks.pages, keys, begins, ends)
    return keys[:size], begins[:size], ends[:size]


def _shingles(blocks: Blocks, tokens: Tokens, compared: Booleans) -> _Shingles:
    keys, owners, ends = _keys(blocks, tokens, compared)
    groups, count = group_numbers(keys)
    first, last = np.full(count, len(compared)), np.zeros(count, dtype=np.int64)
    np.minimum.at(first, groups, owners)
    np.maximum.at(last, groups, owners)
    return _Shingles(owners, owners == ends, first[groups], last[groups])
