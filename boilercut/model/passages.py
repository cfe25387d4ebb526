"""Figures of documents, and of the runs of likely or unlikely blocks in them; `model.document` names them."""

from __future__ import annotations

from typing import Any

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import Column, column_in, integers_in
else:
    from boilercut._native.stack_py import Column, column_in, integers_in


def fill_documents(
    table: Any, first_row: int, end: Any, chances: Any, words: Any, named: Any, bounds: Any, edge_lines: int
) -> None:
    """Fill in what is the same for all blocks of a document, in rows of `table` from `first_row` on.

    `end` says for each block where its document ends; `chances` and `words` are whole numbers, `named` is 0 or 1.
    `bounds` are those of chances whose shares are counted, an array.
    """
    ends, chance_of, words_of, is_named = integers_in(end), integers_in(chances), integers_in(words), integers_in(named)
    bound_of, figures = integers_in(bounds), column_in(table.reshape(-1))
    size: cython.Py_ssize_t = len(chances)
    row: cython.Py_ssize_t = first_row
    edge: cython.Py_ssize_t = edge_lines
    number: cython.Py_ssize_t
    count: cython.Py_ssize_t = len(bounds)
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        while low < size:
            high = ends[low]
            lines, held, weighed, of_chances = high - low, 0, 0, 0
            head, head_words, tail, tail_words, named_lines, named_words = 0, 0, 0, 0, 0, 0
            lowest = second = third = -1
            for block in range(low, high):
                chance, own = chance_of[block], words_of[block]
                held += own
                weighed += chance * own
                of_chances += chance
                if block < low + edge:
                    head += chance * own
                    head_words += own
                if block >= high - edge:
                    tail += chance * own
                    tail_words += own
                named_lines += is_named[block]
                named_words += is_named[block] * own
                if lowest < 0 or chance < lowest:
                    lowest, second, third = chance, lowest, second
                elif second < 0 or chance < second:
                    second, third = chance, second
                elif third < 0 or chance < third:
                    third = chance
            second = lowest if second < 0 else second
            fill(figures, row, size, low, high, lines)
            fill(figures, row + 1, size, low, high, held)
            fill(figures, row + 2, size, low, high, of_chances / lines)
            fill(figures, row + 3, size, low, high, weighed / held)
            fill(figures, row + 4, size, low, high, head / head_words)
            fill(figures, row + 5, size, low, high, tail / tail_words)
            for number in range(count):
                below, below_words = 0, 0
                for block in range(low, high):
                    if chance_of[block] < bound_of[number]:
                        below += 1
                        below_words += words_of[block]
                fill(figures, row + 6 + number, size, low, high, below / lines)
                fill(figures, row + 6 + count + number, size, low, high, below_words / held)
            number = row + 6 + 2 * count
            fill(figures, number, size, low, high, lowest)
            fill(figures, number + 1, size, low, high, second)
            fill(figures, number + 2, size, low, high, second if third < 0 else third)
            fill(figures, number + 3, size, low, high, named_lines)
            fill(figures, number + 4, size, low, high, named_words)
            low = high


def fill_runs(table: Any, first_row: int, end: Any, chances: Any, words: Any, least: int) -> None:
    """Fill in what is the same for all blocks of a run, those from the chance `least` on, or those below; see above."""
    ends, chance_of, words_of, figures = (
        integers_in(end),
        integers_in(chances),
        integers_in(words),
        column_in(table.reshape(-1)),
    )
    size: cython.Py_ssize_t = len(chances)
    row: cython.Py_ssize_t = first_row
    likely: cython.longlong = least
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    start: cython.Py_ssize_t
    before: cython.Py_ssize_t
    stop: cython.Py_ssize_t
    runs: cython.Py_ssize_t
    with cython.nogil:
        while low < size:
            high = ends[low]
            start, before, runs, held_before, longest = low, low, 0, 0, 0
            while start < high:
                stop, held, weighed = start, 0, 0
                while stop < high and (chance_of[stop] >= likely) == (chance_of[start] >= likely):
                    held += words_of[stop]
                    weighed += chance_of[stop] * words_of[stop]
                    stop += 1
                fill(figures, row, size, start, stop, stop - start)
                fill(figures, row + 1, size, start, stop, held)
                fill(figures, row + 2, size, start, stop, weighed / held)
                fill(figures, row + 3, size, start, stop, (start == low) + 2 * (stop == high))
                fill(figures, row + 4, size, start, stop, held_before)
                fill(figures, row + 5, size, before, start, held)
                if chance_of[start] >= likely and held > longest:
                    longest = held
                before, start, held_before, runs = start, stop, held, runs + 1
            fill(figures, row + 5, size, before, high, 0)
            fill(figures, row + 6, size, low, high, runs)
            fill(figures, row + 7, size, low, high, longest)
            low = high


@cython.cfunc
@cython.exceptval(check=False)
@cython.nogil
def fill(
    figures: Column, row: cython.Py_ssize_t, size: cython.Py_ssize_t, low: cython.Py_ssize_t, high: cython.Py_ssize_t,
    value: cython.double,
) -> cython.void:  # fmt: skip
    """Fill in the number of some blocks in a row."""
    block: cython.Py_ssize_t
    for block in range(row * size + low, row * size + high):
        figures[block] = value
