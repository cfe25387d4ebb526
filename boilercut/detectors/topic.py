"""Topic: how much a block shares with the page's core vocabulary and with its title."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import ColumnWriter, Stack
else:
    from boilercut._native.stack_py import ColumnWriter, Stack
from boilercut.arrays import Integers

MAX_COVERED = 3.0
"""A short title's words may stand often in one block."""


def topic(stack: Stack, columns: ColumnWriter, core_counts: Callable[[Any], Integers]) -> None:
    """Words shared with the page's prose and title: a title about something else is a teaser."""
    words, in_title, title_words = stack.fact("words"), stack.fact("in_title"), stack.fact("title_words")
    in_core = stack.lent(core_counts(stack.blocks))
    core_share, title_share = columns.column("core_share"), columns.column("title_share")
    title_covered = columns.column("title_covered")
    most: cython.double = MAX_COVERED
    block: cython.Py_ssize_t
    with cython.nogil:
        for block in range(stack.size):
            own = words[block] or 1
            core_share[block] = in_core[block] / own
            title_share[block] = in_title[block] / own
            title_covered[block] = min(in_title[block] / (title_words[block] or 1), most)
