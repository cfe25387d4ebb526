"""Posts: runs of the lines that stand above and below what people write, such as "Anna, 3 May 2012" and "Reply".

Under an article such a run is its comments; where a page has hardly any prose before it, it is a thread.
"""

from __future__ import annotations

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import ColumnWriter, Scratch, Stack, is_date
else:
    from boilercut._native.stack_py import ColumnWriter, Scratch, Stack, is_date

MAX_MARK_WORDS, MAX_REPLY_WORDS = 14, 5
"""Number of words of a line with a date, and of one with words of comments, that may stand beside a post."""
MAX_GAP = 15
"""Blocks from one mark to the next in the same run."""
MAX_POST_WORDS = 200
"""Words of prose between two marks of the same run: an article between its own date and its comments has more."""
FAR = 999
"""Longest distance in blocks; also that to what the page does not have."""
DATED, REPLIED = 1, 2
"""Sorts of marks: lines with a date, and lines with words of comments."""


def posts(stack: Stack, columns: ColumnWriter) -> None:
    """In plain text, distance to the marks around a line, the run of marks it stands in, and prose there and before."""
    if stack.blocks.elements is None:
        marks = find_marks(stack)
        fill_distances(stack, columns, marks)
        fill_runs(stack, columns, marks)


@cython.cfunc
def find_marks(stack: Stack) -> Scratch:
    """Return for each block the sort of mark that it is, or 0."""
    words, digits, punctuation = stack.fact("words"), stack.fact("digits"), stack.fact("punctuation")
    characters, months, said = stack.fact("characters"), stack.covered("months"), stack.covered("comments")
    marks = stack.zeros(stack.size)
    most: cython.longlong = MAX_MARK_WORDS
    most_said: cython.longlong = MAX_REPLY_WORDS
    dated: cython.longlong = DATED
    replied: cython.longlong = REPLIED
    block: cython.Py_ssize_t
    with cython.nogil:
        for block in range(stack.size):
            if words[block] <= most_said and 2 * said[block] >= words[block] and said[block]:
                marks[block] = replied
            elif words[block] <= most and is_date(digits[block], months[block], punctuation[block], characters[block]):
                marks[block] = dated
    return marks


@cython.cfunc
def fill_distances(stack: Stack, columns: ColumnWriter, marks: Scratch) -> None:
    """Fill in how many blocks away the marks before and behind a block are, and the share of the page's blocks."""
    since, until, share = columns.column("since"), columns.column("until"), columns.column("share")
    end = stack.fact("end")
    far: cython.Py_ssize_t = FAR
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    latest: cython.Py_ssize_t
    upcoming: cython.Py_ssize_t
    number: cython.longlong
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            number = 0
            latest = low - far
            for block in range(low, high):
                if marks[block]:
                    latest = block
                    number += 1
                since[block] = far if block - latest > far else block - latest
            upcoming = high + far
            for block in range(high - 1, low - 1, -1):
                if marks[block]:
                    upcoming = block
                until[block] = far if upcoming - block > far else upcoming - block
                share[block] = number / (high - low)
            low = high


@cython.cfunc
def fill_runs(stack: Stack, columns: ColumnWriter, marks: Scratch) -> None:
    """Fill in, for the blocks of each run of marks, how many it has and how much of the page's prose."""
    number_of, replies_of = columns.zeros("run"), columns.zeros("replies")
    prose_in, prose_before = columns.zeros("prose"), columns.zeros("prose_before")
    prose_each = columns.zeros("prose_each")
    end, sums = stack.fact("end"), stack.prose_sums("word_weights")
    replied: cython.longlong = REPLIED
    gap: cython.Py_ssize_t = MAX_GAP
    most_prose: cython.longlong = MAX_POST_WORDS
    first: cython.Py_ssize_t = 0
    start: cython.Py_ssize_t = 0
    stop: cython.Py_ssize_t
    block: cython.Py_ssize_t
    number: cython.longlong
    replies: cython.longlong
    with cython.nogil:
        while start < stack.size:
            if start == end[first]:
                first = start
            if not marks[start]:
                start += 1
                continue
            number = replies = 0
            block, stop = start, start + 1
            while block < end[first] and block < stop + gap and sums[block] - sums[stop] <= most_prose:
                if marks[block]:
                    number += 1
                    replies += marks[block] == replied
                    stop = block + 1
                block += 1
            stop = block
            total = sums[end[first]] - sums[first] or 1
            prose = sums[stop] - sums[start]
            for block in range(start, stop):
                number_of[block] = number
                replies_of[block] = replies
                prose_in[block] = prose / total
                prose_before[block] = (sums[start] - sums[first]) / total
                prose_each[block] = prose / number
            start = stop
