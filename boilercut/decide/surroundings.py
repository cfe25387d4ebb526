"""What surrounds a block, for its kind: elements that class and id words name, and the smallest with several blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import Stack, column_in, whole_in
else:
    from boilercut._native.stack_py import Stack, column_in, whole_in
from boilercut.arrays import Floats, Integers
from boilercut.page import tag_set

LEVELS, FADING = 12, 0.75
"""Number of elements from the block upwards whose class words count, and how much less each says than one inside it."""
BOX_BLOCKS = 4
"""Minimum number of blocks in the element around a block that is looked at as a whole."""
_FADED = np.array([FADING**level for level in range(LEVELS)])
_FRAME = tag_set("html", "body").astype(np.int64)


def boxes(stack: Stack) -> tuple[Integers, Integers]:
    """Return the bounds of the smallest element around each block that holds `BOX_BLOCKS` blocks."""
    bounds = np.empty((2, stack.size), dtype=np.int64)
    low, high = whole_in(bounds[0]), whole_in(bounds[1])
    parents, leaves = stack.element_fact("parents"), stack.leaves
    first_blocks, end_blocks = stack.element_fact("first_blocks"), stack.element_fact("end_blocks")
    levels: cython.Py_ssize_t = LEVELS
    least: cython.longlong = BOX_BLOCKS
    level: cython.Py_ssize_t
    block: cython.Py_ssize_t
    element: cython.Py_ssize_t
    with cython.nogil:
        for block in range(stack.size):
            element, level = leaves[block], 0
            while level < levels and end_blocks[element] - first_blocks[element] < least:
                element = parents[element]
                level += 1
            low[block], high[block] = first_blocks[element], end_blocks[element]
    return bounds[0], bounds[1]


def named_nearness(stack: Stack, lists: Any, kinds: int) -> Floats:
    """Return for each of some kinds, a row each, how near to each block the innermost element is that names it.

    It is 1 for the block's own element, and less for one that holds much of the page. `lists` has for each name of an
    element the kinds, as bits.
    """
    nearness = np.zeros((kinds, stack.size))
    near, marks = column_in(nearness.reshape(-1)), stack.lent(lists)
    faded, frame, leaves = stack.floats(_FADED), stack.lent(_FRAME), stack.leaves
    parents, names, tags = stack.element_fact("parents"), stack.element_fact("names"), stack.element_fact("tags")
    first_blocks, end_blocks = stack.element_fact("first_blocks"), stack.element_fact("end_blocks")
    first, end, size = stack.fact("first"), stack.fact("end"), stack.size
    levels: cython.Py_ssize_t = LEVELS
    level: cython.Py_ssize_t
    block: cython.Py_ssize_t
    element: cython.Py_ssize_t
    place: cython.Py_ssize_t
    held: cython.double
    with cython.nogil:
        for block in range(size):
            element, seen = leaves[block], 0
            for level in range(levels):
                new = 0 if frame[tags[element]] else marks[names[element]] & ~seen
                seen |= new
                place, held = block, end_blocks[element] - first_blocks[element]
                while new:
                    if new & 1:
                        near[place] = faded[level] * (1 - held / (end[block] - first[block]) / 2)
                    new >>= 1
                    place += size
                if parents[element] == element:
                    break
                element = parents[element]
    return nearness
