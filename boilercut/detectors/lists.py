"""Lists: items that begin alike, and what they hang on.

An ingredient list and a menu look alike line by line. What differs is what stands before them: a sentence
that ends in a colon, a heading within prose, or nothing of the kind.
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
from boilercut.blocks.characters import DIGIT

BULLETS = frozenset(map(ord, "-*•‣◦▪·–—○●+"))
COLONS = frozenset(map(ord, ":："))
MAX_NUMBERED_WORDS = 60
"""A longer block that begins with a number is a paragraph, more often than an item."""
FAR = 99
"""Longest distance in blocks; also that to what the page does not have."""


def lists(stack: Stack, columns: ColumnWriter) -> None:
    """Runs of bulleted or numbered items and of blocks alike in length and edges; how far back a colon stands."""
    first_class, last_class, words = stack.fact("first_class"), stack.fact("last_class"), stack.fact("words")
    characters, member, end = stack.fact("characters"), stack.fact("prose"), stack.fact("end")
    bullets = stack.flags(BULLETS, stack.fact("first_code"))
    colons = stack.flags(COLONS, stack.fact("last_code"))
    item_run, alike_run = columns.column("item_run"), columns.zeros("alike_run")
    since_colon, since_prose = columns.column("since_colon"), columns.column("since_prose")
    digit: cython.longlong = DIGIT
    max_numbered: cython.longlong = MAX_NUMBERED_WORDS
    far: cython.Py_ssize_t = FAR
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    numbered: cython.bint
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            colon = prose = low - far
            for block in range(low, high):
                numbered = (first_class[block] & digit) != 0 and words[block] <= max_numbered
                item_run[block] = 1 if bullets[block] or numbered else 0
                if colons[block]:
                    colon = block
                if member[block]:
                    prose = block
                since_colon[block] = far if block - colon > far else block - colon
                since_prose[block] = far if block - prose > far else block - prose
                if (
                    block > low
                    and first_class[block] == first_class[block - 1]
                    and last_class[block] == last_class[block - 1]
                ):
                    one, other = characters[block] or 1, characters[block - 1] or 1
                    if (one ^ other) <= (one & other):  # as long in whole steps of two: the highest bit is the same
                        alike_run[block] = alike_run[block - 1] = 1
            low = high
    stack.run_lengths(item_run)
    stack.run_lengths(alike_run)
