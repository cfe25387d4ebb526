"""Read plain text: every line that is not blank is a block."""

from __future__ import annotations

import re

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Integers
from boilercut.page import Page

__all__ = ["read_text"]

find_lines = sources["lines"].find_lines

# Bounded repeats of one negated class: it cannot backtrack badly.
_MARKDOWN_LINK = re.compile(r"\[([^\[\]\n]{0,1000})\]\([^()\s]{0,2000}\)")


def read_text(text: str) -> Page:
    """Return the lines of `text` as blocks; a block leaves out the white space around the line."""
    starts, ends, blank_lines, indents = map(np.asarray, find_lines(text))
    return Page(
        kind="text",
        text=text,
        starts=starts,
        ends=ends,
        link_characters=_link_characters(text, starts),
        blank_lines=blank_lines,
        indents=indents,
    )


def _link_characters(text: str, starts: Integers) -> Integers:
    """Count the characters inside Markdown links, by line."""
    if "](" not in text or not len(starts):
        return np.zeros(len(starts), dtype=np.int64)
    links = [(match.start(), len(match.group(1))) for match in _MARKDOWN_LINK.finditer(text)]
    positions, lengths = np.array(links, dtype=np.int64).reshape(-1, 2).T
    lines = np.searchsorted(starts, positions, side="right") - 1
    return np.bincount(lines, weights=lengths, minlength=len(starts)).astype(np.int64)
