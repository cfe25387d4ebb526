"""Read plain text: every line that is not blank is a block."""

from __future__ import annotations

import re

import numpy as np

from boilercut.native import kernels
from boilercut.vocabulary import Integers, Page

__all__ = ["read_text"]

# One negated class up to the end of the line, or bounded repeats of one: neither can backtrack badly.
_LINE = re.compile(r"\S[^\n]*")
_MARKDOWN_LINK = re.compile(r"\[([^\[\]\n]{0,1000})\]\([^()\s]{0,2000}\)")


def read_text(text: str) -> Page:
    """Return the lines of `text` as blocks; a block leaves out the white space around the line."""
    starts, ends, blank_lines, indents = _lines(text)
    return Page(
        kind="text",
        text=text,
        starts=starts,
        ends=ends,
        link_characters=_link_characters(text, starts),
        blank_lines=blank_lines,
        indents=indents,
    )


def _lines(text: str) -> tuple[Integers, Integers, Integers, Integers]:
    """Return where each line begins and ends, white space left out, the blank lines before it, and its indentation."""
    if kernels:
        found = np.empty((4, text.count("\n") + 1), dtype=np.int64)
        size = kernels.find_lines(text, found)
        starts, ends, blank_lines, indents = found[:, :size].copy()
        return starts, ends, blank_lines, indents
    starts_list, ends_list = [], []
    for match in _LINE.finditer(text):
        starts_list.append(match.start())
        ends_list.append(match.start() + len(match.group().rstrip()))
    starts = np.array(starts_list, dtype=np.int64)
    newlines = _positions_of_newlines(text)
    before = np.searchsorted(newlines, starts)
    line_starts = np.concatenate([[0], newlines + 1])[before]
    blank_lines = np.maximum(np.diff(before, prepend=-1) - 1, 0)
    return starts, np.array(ends_list, dtype=np.int64), blank_lines, starts - line_starts


def _positions_of_newlines(text: str) -> Integers:
    return np.array([match.start() for match in re.finditer("\n", text)], dtype=np.int64)


def _link_characters(text: str, starts: Integers) -> Integers:
    """Count the characters inside Markdown links, by line."""
    if "](" not in text or not len(starts):
        return np.zeros(len(starts), dtype=np.int64)
    links = [(match.start(), len(match.group(1))) for match in _MARKDOWN_LINK.finditer(text)]
    positions, lengths = np.array(links, dtype=np.int64).reshape(-1, 2).T
    lines = np.searchsorted(starts, positions, side="right") - 1
    return np.bincount(lines, weights=lengths, minlength=len(starts)).astype(np.int64)
