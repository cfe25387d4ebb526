"""Posts: runs of the lines that stand above and below what people write, such as "Anna, 3 May 2012" and "Reply".

Under an article such a run is its comments; where a page has hardly any prose before it, it is a thread.
"""

from __future__ import annotations

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import ColumnWriter, Stack
else:
    from boilercut._native.stack_py import ColumnWriter, Stack

MAX_MARK_WORDS, MAX_REPLY_WORDS = 14, 5
"""Number of words of a line with a date, and of one with words of comments, that may stand beside a post."""
MAX_GAP = 15
"""Blocks from one mark to the next in the same run."""
MAX_POST_WORDS = 200
"""Words of prose between two marks of the same run: an article between its own date and its comments has more."""
FAR = 999
"""Longest distance in blocks; also that to what the page does not have."""


def posts(stack: Stack, columns: ColumnWriter) -> None:
    """In plain text, distance to the marks around a line, the run of marks it stands in, and prose there and before."""
    if stack.blocks.elements is not None:
        return
    words, digits_of, punctuation = stack.fact("words"), stack.fact("digits"), stack.fact("punctuation")
    characters, months, said = stack.fact("characters"), stack.covered("months"), stack.covered("comments")
    end, sums = stack.fact("end"), stack.prose_sums("word_weights")
    since, until = columns.column("since"), columns.column("until")
    marks_in, replies_in, share_of = columns.zeros("run"), columns.zeros("replies"), columns.column("share")
    prose_in, prose_before = columns.zeros("prose"), columns.zeros("prose_before")
    prose_each = columns.zeros("prose_each")
    kinds = stack.zeros(stack.size)
    most: cython.longlong = MAX_MARK_WORDS
    most_said: cython.longlong = MAX_REPLY_WORDS
    gap: cython.Py_ssize_t = MAX_GAP
    most_prose: cython.longlong = MAX_POST_WORDS
    far: cython.Py_ssize_t = FAR
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    start: cython.Py_ssize_t
    stop: cython.Py_ssize_t
    latest: cython.Py_ssize_t
    upcoming: cython.Py_ssize_t
    row: cython.Py_ssize_t
    marks: cython.longlong
    own: cython.longlong
    replies: cython.longlong
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            total = sums[high] - sums[low] or 1
            marks = 0
            for block in range(low, high):
                if words[block] <= most_said and 2 * said[block] >= words[block] and said[block]:
                    kinds[block] = 2
                elif digits_of[block] and words[block] <= most:
                    digits = digits_of[block]
                    if months[block] or (digits >= 4 and punctuation[block] and 8 * digits >= characters[block]):
                        kinds[block] = 1
                marks += kinds[block] > 0
            upcoming = high + far
            for block in range(high - 1, low - 1, -1):
                if kinds[block]:
                    upcoming = block
                until[block] = far if upcoming - block > far else upcoming - block
                share_of[block] = marks / (high - low)
            latest = low - far
            for block in range(low, high):
                if kinds[block]:
                    latest = block
                since[block] = far if block - latest > far else block - latest
            start = low
            while start < high:
                if not kinds[start]:
                    start += 1
                    continue
                own = replies = 0
                row, stop = start, start + 1
                while row < high and row < stop + gap and sums[row] - sums[stop] <= most_prose:
                    if kinds[row]:
                        own += 1
                        replies += kinds[row] == 2
                        stop = row + 1
                    row += 1
                stop = row
                held = sums[stop] - sums[start]
                for row in range(start, stop):
                    marks_in[row] = own
                    replies_in[row] = replies
                    prose_in[row] = held / total
                    prose_before[row] = (sums[start] - sums[low]) / total
                    prose_each[row] = held / own
                start = stop
            low = high
