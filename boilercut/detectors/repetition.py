"""Repetition: text that stands on the page more than once."""

from __future__ import annotations

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import ColumnWriter, Stack
else:
    from boilercut._native.stack_py import ColumnWriter, Stack


def repetition(stack: Stack, columns: ColumnWriter) -> None:
    """How often the block's text stands on its page, digits ignored, and whether it stood there before."""
    end, size = stack.fact("end"), stack.size
    numbers = stack.numbers(stack.pairs(stack.fingerprints(), stack.fact("pages"), size), size)
    times, again, page_share = columns.column("times"), columns.column("again"), columns.column("page_share")
    counts = stack.zeros(size)
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        for block in range(size):
            again[block] = counts[numbers[block]] > 0
            counts[numbers[block]] += 1
        while low < size:
            high = end[low]
            repeated = 0
            for block in range(low, high):
                times[block] = counts[numbers[block]]
                if counts[numbers[block]] > 1:
                    repeated += 1
            share = repeated / (high - low or 1)
            for block in range(low, high):
                page_share[block] = share
            low = high
