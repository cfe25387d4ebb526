"""Learned words: log-odds of words and of the words in class and id attributes, added up."""

from __future__ import annotations

from typing import Any

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import ColumnWriter, Stack, clipped
else:
    from boilercut._native.stack_py import ColumnWriter, Stack, clipped

MAX_SUM = 3000
"""Sums of log-odds, in hundredths, beyond which more words say nothing new."""
MAX_PATH_SUM = 6000
"""The same for the class words of all elements around a block."""
NEAREST = 6
"""Number of elements from the block upwards whose class words are added up."""


def words(stack: Stack, columns: ColumnWriter, lexicon: Any) -> None:
    """Sum, mean, lowest and highest log-odds of the words in each block."""
    weights = lexicon.sums(stack.blocks.tokens, stack.size, pairs=True)
    total, number = stack.lent(weights[0]), stack.lent(weights[1])
    low, high = stack.lent(weights[2]), stack.lent(weights[3])
    sums, mean = columns.column("sum"), columns.column("mean")
    lowest, highest = columns.column("lowest"), columns.column("highest")
    most: cython.longlong = MAX_SUM
    block: cython.Py_ssize_t
    with cython.nogil:
        for block in range(stack.size):
            sums[block] = clipped(total[block], most)
            mean[block] = total[block] / (number[block] or 1)
            lowest[block] = low[block]
            highest[block] = high[block]


def class_words(stack: Stack, columns: ColumnWriter, lexicon: Any) -> None:
    """Log-odds of the class and id words on the block, near it and along its whole path."""
    table = stack.blocks.elements
    if table is None:
        return
    weights = lexicon.sums(table.name_tokens, len(table.unique_names))
    total_of, low_of, high_of = stack.lent(weights[0]), stack.lent(weights[2]), stack.lent(weights[3])
    parents, names, leaves = stack.element_fact("parents"), stack.element_fact("names"), stack.leaves
    sums, lows, highs = stack.scratch(stack.elements), stack.scratch(stack.elements), stack.scratch(stack.elements)
    size: cython.Py_ssize_t = len(table.unique_names)
    owns = stack.scratch(size)
    own_column, near = columns.column("own"), columns.column("near")
    near_lowest, near_highest = columns.column("near_lowest"), columns.column("near_highest")
    path = columns.column("path")
    path_lowest, path_highest = columns.column("path_lowest"), columns.column("path_highest")
    most: cython.longlong = MAX_SUM
    most_on_path: cython.longlong = MAX_PATH_SUM
    nearest: cython.Py_ssize_t = NEAREST
    _step: cython.Py_ssize_t
    element: cython.Py_ssize_t
    block: cython.Py_ssize_t
    place: cython.Py_ssize_t
    with cython.nogil:
        for place in range(size):
            owns[place] = clipped(total_of[place], most)
        for element in range(stack.elements):
            parent, name = parents[element], names[element]
            own, low, high = owns[name], low_of[name], high_of[name]
            if parent != element:
                own += sums[parent]
                low = lows[parent] if lows[parent] < low else low
                high = highs[parent] if highs[parent] > high else high
            sums[element], lows[element], highs[element] = own, low, high
        for block in range(stack.size):
            element = leaves[block]
            own_column[block] = owns[names[element]]
            path[block] = clipped(sums[element], most_on_path)
            path_lowest[block], path_highest[block] = lows[element], highs[element]
            total, lowest, highest = sums[element], 0, 0
            for _step in range(nearest):
                name, parent = names[element], parents[element]
                lowest = low_of[name] if low_of[name] < lowest else lowest
                highest = high_of[name] if high_of[name] > highest else highest
                if parent == element:
                    break
                element = parent
            else:
                total -= sums[element]  # the path beyond the nearest
            near[block] = clipped(total, most)
            near_lowest[block], near_highest[block] = lowest, highest
