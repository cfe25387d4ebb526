"""Position: where a block stands on the page and among its prose."""

from __future__ import annotations

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import ColumnWriter, Stack, clipped
else:
    from boilercut._native.stack_py import ColumnWriter, Stack, clipped

SHORT_BLOCK_COST = 10
"""What a block that is not prose takes off a run's worth, in words; chosen by judgement, not tuned."""
FAR = 999
"""Longest distance in blocks; also that to what the page does not have."""


def position(stack: Stack, columns: ColumnWriter) -> None:
    """Place on the page, in blocks and in characters."""
    end, sums = stack.fact("end"), stack.sums("characters")
    from_top, from_end, relative = columns.column("from_top"), columns.column("from_end"), columns.column("relative")
    text_before, page_blocks = columns.column("text_before"), columns.column("page_blocks")
    page_characters = columns.column("page_characters")
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            before, total = sums[low], sums[high] - sums[low]
            for block in range(low, high):
                from_top[block] = block - low
                from_end[block] = high - 1 - block
                relative[block] = (block - low) / (high - low or 1)
                text_before[block] = (sums[block] - before) / (total or 1)
                page_blocks[block] = high - low
                page_characters[block] = total
            low = high


def prose(stack: Stack, columns: ColumnWriter) -> None:
    """Place among the page's prose: distance to the next sentences, and to the best run of them."""
    end, member, weights = stack.fact("end"), stack.fact("prose"), stack.fact("word_weights")
    sums, prose_sums = stack.sums("word_weights"), stack.prose_sums("word_weights")
    is_prose, page_words, page_share = columns.column("is"), columns.column("page_words"), columns.column("page_share")
    before, since, until = columns.column("before"), columns.column("since"), columns.column("until")
    outside_run, from_run_start = columns.column("outside_run"), columns.column("from_run_start")
    from_first, from_last = columns.column("from_first"), columns.column("from_last")
    far: cython.longlong = FAR
    cost: cython.longlong = SHORT_BLOCK_COST
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            # The run of blocks with the most words of prose, less the cost of blocks that are none (Kadane).
            run, stop, lowest, first, last = low, low, low, high, low - 1
            worth = least = gain = 0
            for block in range(low, high):
                if member[block]:
                    worth += weights[block]
                    last = block
                    if first == high:
                        first = block
                else:
                    worth -= cost
                if worth < least:
                    least = worth
                    lowest = block + 1
                if worth - least > gain:
                    gain = worth - least
                    run, stop = lowest, block + 1
            upcoming = high + far
            for block in range(high - 1, low - 1, -1):
                if member[block]:
                    upcoming = block
                until[block] = far if upcoming - block > far else upcoming - block
            words_before, total = prose_sums[low], prose_sums[high] - prose_sums[low]
            share = total / (sums[high] - sums[low] or 1)
            latest = low - far
            for block in range(low, high):
                is_prose[block] = member[block]
                if member[block]:
                    latest = block
                page_words[block] = total
                page_share[block] = share
                before[block] = (prose_sums[block] - words_before) / (total or 1)
                since[block] = far if block - latest > far else block - latest
                outside = block - run if block < run else 0 if block < stop else block - stop + 1
                outside_run[block] = clipped(outside, far)
                from_run_start[block] = clipped(block - run, far)
                from_first[block] = clipped(block - first, far)
                from_last[block] = clipped(block - last, far)
            low = high
