"""What keeps or goes as a whole: tables, lists of terms, and code, whose single cells say too little."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import numpy as np

from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.arithmetic import latest, page_next, page_total, range_sum, run_numbers, shifted
from boilercut.blocks.table import Blocks
from boilercut.decide.expected import expected_words
from boilercut.page import TAG_NUMBERS, tag_set

__all__ = ["listing_button", "whole_table"]

KEPT_TENTHS = 3
"""Tenths of a table's words from which those kept keep the rest; .2 and .5 were no better on the training pages."""
MAX_PAGE_TENTHS = 3
"""A table that holds more of its page's words lays the page out, unless it holds data; a list of terms, or code, never
does. With 6 instead, tables of old news pages brought back "send to a friend" and other headlines: F1 lower by .002
there, higher nowhere."""
MAX_LINKED_TENTHS = 3
"""More of it inside links: an index of other pages."""
MIN_CHANCE = 26
"""A tenth, in steps of 1/256: less likely tables are not kept merely because they stand inside the article."""
MIN_LIST_CHANCE = 77
"""Three tenths. In lists between kept text, on half of the training pages, 5291 of 6304 words that were cut are text
where the list is as likely as .4, and 1780 of 4202 from .2 to .4; F1 rose by .0004, on eight of ten sets."""
MIN_ROWS, MIN_COLUMNS, MAX_CELL_WORDS = 3, 2, 60
"""A table of data, which is kept whole however much of the page it is."""
MAX_LABEL_WORDS, MAX_PASSED_OVER, MIN_LABEL_PROBABILITY = 2, 3, 0.2
"""Words of a label such as "shell", number of labels and headings that may stand between a table or listing and the
text beside it, and their probability: an unlikely one, such as "Latest news", is that of another part of the page."""
_CELLS = tag_set("td", "th")
_WHOLE, _LISTS = tag_set("table", "dl", "pre"), tag_set("ul", "ol")
_FENCE = "```"
_NOTHING = np.zeros(0, dtype=np.int64)


def whole_table(stack: Any, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Keep all of a table, a list of terms or code of which much is kept, or that stands inside the article.

    So stays a list that stands between two kept blocks, unless it is unlikely or large.
    """
    blocks: Blocks = stack.blocks
    first, end, tables, lists = _ranges(blocks)
    undecided = _undecided(keep, first, end)
    if not undecided.any():
        return keep
    first, end, tables, lists = first[undecided], end[undecided], tables[undecided], lists[undecided]
    words = np.maximum(blocks.facts.words, 1)
    chances = expected_words(probabilities, words)
    values = np.stack([words, words * keep, chances, blocks.facts.characters, blocks.link_characters])
    held, kept, chance, characters, linked = range_sum(values, first, end)
    likely = np.where(
        lists,
        chance >= MIN_LIST_CHANCE * held,
        (10 * linked < MAX_LINKED_TENTHS * characters) & (chance >= MIN_CHANCE * held),
    )
    label = (blocks.facts.words <= MAX_LABEL_WORDS) | (columns.get("tags.heading", np.zeros(len(keep))) > 0)
    between = _between(blocks, keep, label & (probabilities >= MIN_LABEL_PROBABILITY), first, end)
    whole = (~lists & (10 * kept >= KEPT_TENTHS * held)) | (between & likely)
    large = 10 * held > MAX_PAGE_TENTHS * page_total(blocks, words)[first]
    whole &= ~(lists & large)
    doubtful = np.flatnonzero(whole & large & (tables >= 0))
    if len(doubtful):
        whole[doubtful] = _of_data(blocks, tables[doubtful])
    steps = np.bincount(first[whole], minlength=len(keep) + 1) - np.bincount(end[whole], minlength=len(keep) + 1)
    return keep | (np.cumsum(steps[:-1]) > 0)


def listing_button(stack: Any, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Cut buttons right above or below a listing: they copy it, or change its language."""
    blocks: Blocks = stack.blocks
    if blocks.elements is None:
        return keep
    button = columns["tags.in_button"] > 0
    if not (button & keep).any():
        return keep
    listing = (columns["tags.in_pre"] > 0) & ~button
    beside = shifted(blocks, listing, -1, False) | shifted(blocks, listing, 1, False)
    runs = run_numbers(blocks, button)
    return keep & ~(button & (np.bincount(runs, weights=beside) > 0)[runs])


def _undecided(keep: Booleans, first: Integers, end: Integers) -> Booleans:
    """Tell of each range whether a rule may keep it: part of it is cut, and something in it or near it is kept."""
    kept = np.concatenate([[0], np.cumsum(keep)])
    low, high = np.maximum(first - MAX_PASSED_OVER - 1, 0), np.minimum(end + MAX_PASSED_OVER + 1, len(keep))
    return np.asarray((kept[end] - kept[first] < end - first) & (kept[high] > kept[low]))


def _between(blocks: Blocks, keep: Booleans, passed: Booleans, first: Integers, end: Integers) -> Booleans:
    """Return for each range whether the text before and behind it is kept; a few `passed` blocks may stand between."""
    text = ~passed
    inside = (first > blocks.first[first]) & (end < blocks.end[first])
    before, behind = latest(blocks, text)[first - 1], page_next(blocks, text)[end - 1]
    before = np.where(keep[first - 1] | (first - before > MAX_PASSED_OVER), first - 1, before)
    end = np.minimum(end, len(keep) - 1)
    behind = np.where(keep[end] | (behind - end > MAX_PASSED_OVER), end, behind)
    inside &= behind < blocks.end[first]
    return np.asarray(inside & keep[before] & keep[np.minimum(behind, len(keep) - 1)])


def _of_data(blocks: Blocks, tables: Integers) -> list[bool]:
    """Return for each of some tables of HTML whether it holds data: rows of as many short cells, and no other table."""
    elements = blocks.elements
    assert elements is not None
    filled = np.flatnonzero((elements.tags == TAG_NUMBERS["table"]) & (elements.end_blocks > elements.first_blocks))
    nested = np.append(elements.first_blocks[filled[1:]] < elements.end_blocks[filled[:-1]], False)
    rows = np.flatnonzero(elements.tags == TAG_NUMBERS["tr"])
    widths = np.bincount(elements.parents[_CELLS[elements.tags]], minlength=len(elements.tags))[rows]
    around = elements.parents[rows]
    around = np.where(elements.tags[around] == TAG_NUMBERS["table"], around, elements.parents[around])
    return [
        not nested[place] and _is_regular(widths[around == table], size) and _is_short(blocks, table)
        for table, place, size in zip(
            tables.tolist(),
            np.searchsorted(filled, tables).tolist(),
            (elements.end_blocks - elements.first_blocks)[tables].tolist(),
            strict=True,
        )
    ]


def _is_regular(widths: Integers, size: int) -> bool:
    """Return whether rows of these numbers of cells make columns, and `size` blocks are about one a cell."""
    widest, cells = int(widths.max(initial=0)), int(widths.sum())
    alike = 10 * int((widths == widest).sum()) >= 8 * len(widths)
    return len(widths) >= MIN_ROWS and widest >= MIN_COLUMNS and alike and 2 * size <= 3 * cells


def _is_short(blocks: Blocks, table: int) -> bool:
    """Return whether a table holds no long text, and not mostly links."""
    assert blocks.elements is not None
    own = slice(blocks.elements.first_blocks[table], blocks.elements.end_blocks[table])
    linked = 2 * blocks.link_characters[own].sum() > blocks.facts.characters[own].sum()
    return bool(blocks.facts.words[own].max() <= MAX_CELL_WORDS and not linked)


def _ranges(blocks: Blocks) -> tuple[Integers, Integers, Integers, Booleans]:
    """Return where what belongs together begins and ends, in blocks; the element of a table, else -1; and the lists."""
    table = blocks.elements
    if table is None:
        first, end = _marked_ranges(blocks)
        return first, end, np.full(len(first), -1), np.zeros(len(first), dtype=np.bool_)
    whole = np.flatnonzero((_WHOLE | _LISTS)[table.tags] & (table.end_blocks > table.first_blocks))
    tags = table.tags[whole]
    tables = np.where(tags == TAG_NUMBERS["table"], whole, -1)
    return table.first_blocks[whole], table.end_blocks[whole], tables, _LISTS[tags]


def _marked_ranges(blocks: Blocks) -> tuple[Integers, Integers]:
    """Find what stands between fences in plain text; rows of Markdown tables lay out menus as often as data."""
    fences = [row for row in np.flatnonzero(blocks.facts.first_code == ord("`")).tolist() if _is_fence(blocks, row)]
    if not fences:
        return _NOTHING, _NOTHING
    by_page = [list(rows) for _, rows in groupby(fences, lambda row: int(blocks.pages[row]))]
    pairs = [(low, high + 1) for rows in by_page for low, high in zip(rows[::2], rows[1::2], strict=False)]
    first, end = np.ascontiguousarray(np.array(pairs, dtype=np.int64).reshape(-1, 2).T)  # kernels take no strided ones
    return first, end


def _is_fence(blocks: Blocks, row: int) -> bool:
    return blocks.block(row).startswith(_FENCE)
