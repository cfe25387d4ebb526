"""Render the kept blocks as plain text."""

from __future__ import annotations

from boilercut.arrays import Booleans
from boilercut.page import Page

__all__ = ["kept_text"]


def kept_text(page: Page, keep: Booleans) -> str:
    """Return the kept blocks, one per line; from plain text, the input's own lines and their paragraph breaks."""
    starts, ends = page.starts[keep].tolist(), page.ends[keep].tolist()
    if page.kind == "html":
        return "\n".join([page.text[start:end] for start, end in zip(starts, ends, strict=True)])
    lines: list[str] = []
    assert page.blank_lines is not None and page.indents is not None
    layout = zip(page.blank_lines[keep].tolist(), page.indents[keep].tolist(), strict=True)
    for start, end, (blank_lines, indent) in zip(starts, ends, layout, strict=True):
        start -= indent
        if lines and blank_lines:  # the blank line itself: it may hold spaces or a carriage return
            lines.append(page.text[page.text.rfind("\n", 0, start - 1) + 1 : start - 1])
        line_end = page.text.find("\n", end)
        lines.append(page.text[start : line_end if line_end >= 0 else len(page.text)])
    return "\n".join(lines)
