"""What keeps or goes as a whole: tables, lists of terms, code and formulas, whose single pieces say too little."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.arithmetic import in_ranges, run_numbers, shifted
from boilercut.blocks.table import Blocks
from boilercut.page import TAG_NUMBERS, tag_set

__all__ = ["formula_between", "listing_button", "whole_table"]

MIN_ROWS, MIN_COLUMNS, MAX_CELL_WORDS = 3, 2, 60
"""A table of data, which is kept whole however much of the page it is."""
_CELLS = tag_set("td", "th")
_loops, expected_words = sources["ranges"], sources["probability"].expected_words
_SORTS = _loops.WHOLE * tag_set("dl", "pre") + _loops.TABLE * tag_set("table") + _loops.LIST * tag_set("ul", "ol")
"""What an element is by its tag, as `whole_ranges` takes it."""
_FENCE = "```"
MIN_FORMULA_CHANCE = 0.1
_LATEX = re.compile(r"\\[a-zA-Z]{2,20}|[_^]\{")
_NOTHING = np.zeros(0, dtype=np.int64)


def whole_table(stack: Any, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Keep all of a table, a list of terms or code of which much is kept, or that stands inside the article.

    So stays a list that stands between two kept blocks, unless it is unlikely or large.
    """
    blocks: Blocks = stack.blocks
    first, end, sorts = _ranges(blocks)
    if not len(first):
        return keep
    expected = expected_words(probabilities, blocks.facts.words)
    heading = None if blocks.elements is None else columns["tags.heading"]
    whole, large = _loops.whole_ranges(stack, first, end, sorts, heading, probabilities, expected, keep)
    if large:
        whole += [table for table, of_data in zip(large, _of_data(blocks, large), strict=True) if of_data]
    if not whole:
        return keep
    return keep | in_ranges(first[whole], end[whole], len(keep))


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


def formula_between(stack: Any, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Keep a formula in LaTeX between two kept blocks: its letters say little, and what follows is about it."""
    blocks: Blocks = stack.blocks
    if "\\" not in blocks.text and "{" not in blocks.text:
        return keep
    between = shifted(blocks, keep, -1, False) & shifted(blocks, keep, 1, False)
    doubtful = between & ~keep & (probabilities >= MIN_FORMULA_CHANCE)
    formulas = [row for row in np.flatnonzero(doubtful).tolist() if _LATEX.search(blocks.block(row))]
    if not formulas:
        return keep
    changed = keep.copy()
    changed[formulas] = True
    return changed


def _of_data(blocks: Blocks, tables: Sequence[int]) -> list[bool]:
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
            tables,
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


def _ranges(blocks: Blocks) -> tuple[Integers, Integers, Integers]:
    """Return where what may belong together begins and ends, in blocks, and what it is; elements come by number."""
    table = blocks.elements
    if table is not None:
        return table.first_blocks, table.end_blocks, _SORTS[table.tags]
    first, end = _marked_ranges(blocks)
    return first, end, np.full(len(first), _loops.WHOLE)


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
