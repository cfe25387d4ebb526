"""What is kept as a whole: tables, lists and code, whose single cells and items say too little."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.arithmetic import page_total, range_sum
from boilercut.blocks.table import Blocks
from boilercut.page import TAG_NUMBERS, tag_set

__all__ = ["whole_list", "whole_table"]

KEPT_TENTHS = 3
"""Of the words of a table, so many tenths kept keep the rest; .2 and .5 were no better on the training pages."""
MAX_PAGE_TENTHS = 3
"""A table that holds more of its page's words lays the page out; a list of terms, or code, never does. With 6 instead,
tables of old news pages brought back "send to a friend" and other headlines: F1 lower by .002 there, higher nowhere."""
MAX_LINKED_TENTHS = 3
"""More of it inside links: an index of other pages."""
MIN_CHANCE = 26
"""A tenth, in steps of 1/256: less likely tables are not kept merely because they stand inside the article."""
KEPT_THIRDS = 2
"""Of the words of a list, so many thirds kept keep the doubtful items. On two held-out folds and three validation sets
no mean F1 fell by .0001; with half of the words, forums lost .001."""
MIN_ITEM_CHANCE = 0.35
_WHOLE, _LISTS = tag_set("table", "dl", "pre"), tag_set("ul", "ol")
_FENCE = "```"
_NOTHING = np.zeros(0, dtype=np.int64)


def whole_table(stack: Any, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Keep all of a table, a list of terms or code of which much is kept, or that stands inside the article."""
    blocks: Blocks = stack.blocks
    first, end, cells = _ranges(blocks)
    if not len(first):
        return keep
    words = np.maximum(blocks.facts.words, 1)
    chances = np.rint(256 * probabilities).astype(np.int64) * words
    values = np.stack([words, words * keep, chances, blocks.facts.characters, blocks.link_characters])
    held, kept, chance, characters, linked = range_sum(values, first, end)
    small = ~cells | (10 * held <= MAX_PAGE_TENTHS * page_total(blocks, words)[first])
    likely = (10 * linked < MAX_LINKED_TENTHS * characters) & (chance >= MIN_CHANCE * held)
    whole = small & ((10 * kept >= KEPT_TENTHS * held) | (_between(blocks, keep, first, end) & likely))
    return keep | _inside(first[whole], end[whole], len(keep))


def whole_list(stack: Any, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Keep the doubtful items of a list of which most is kept: each alone says too little."""
    blocks: Blocks = stack.blocks
    if blocks.elements is None or not (keep & (columns["tags.in_li"] > 0)).any():
        return keep
    table, words = blocks.elements, np.maximum(blocks.facts.words, 1)
    lists = np.flatnonzero(_LISTS[table.tags] & (table.end_blocks > table.first_blocks))
    first, end = table.first_blocks[lists], table.end_blocks[lists]
    held, kept = range_sum(np.stack([words, words * keep]), first, end)
    whole = 3 * kept >= KEPT_THIRDS * held
    return keep | (_inside(first[whole], end[whole], len(keep)) & (probabilities >= MIN_ITEM_CHANCE))


def _inside(first: Integers, end: Integers, size: int) -> Booleans:
    """Mark the blocks inside any of the ranges."""
    steps = np.bincount(first, minlength=size + 1) - np.bincount(end, minlength=size + 1)
    return np.asarray(np.cumsum(steps[:-1]) > 0)


def _between(blocks: Blocks, keep: Booleans, first: Integers, end: Integers) -> Booleans:
    """Tell of each range whether the blocks right before and right behind it are kept."""
    inside = (first > blocks.first[first]) & (end < blocks.end[first])
    return inside & keep[first - 1] & keep[np.minimum(end, len(keep) - 1)]


def _ranges(blocks: Blocks) -> tuple[Integers, Integers, Booleans]:
    """Return where what belongs together begins and ends, in blocks, and whether it is a table of HTML."""
    table = blocks.elements
    if table is None:
        first, end = _marked_ranges(blocks)
        return first, end, np.zeros(len(first), dtype=np.bool_)
    whole = np.flatnonzero(_WHOLE[table.tags] & (table.end_blocks > table.first_blocks))
    return table.first_blocks[whole], table.end_blocks[whole], table.tags[whole] == TAG_NUMBERS["table"]


def _marked_ranges(blocks: Blocks) -> tuple[Integers, Integers]:
    """Find what stands between fences in plain text; rows of Markdown tables lay out menus as often as data."""
    fences = [row for row in np.flatnonzero(blocks.facts.first_code == ord("`")).tolist() if _is_fence(blocks, row)]
    if not fences:
        return _NOTHING, _NOTHING
    pairs = [(low, high + 1) for low, high in zip(fences[::2], fences[1::2], strict=False)]
    code = np.array([pair for pair in pairs if blocks.pages[pair[0]] == blocks.pages[pair[1] - 1]], dtype=np.int64)
    first, end = np.ascontiguousarray(code.reshape(-1, 2).T)  # kernels take no strided arrays
    return first, end


def _is_fence(blocks: Blocks, row: int) -> bool:
    return blocks.block(row).startswith(_FENCE)
