"""Render the kept blocks as plain text and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from boilercut.vocabulary import Booleans, Page

__all__ = ["kept_markdown", "kept_text"]

_MARKS = {"h1": "# ", "h2": "## ", "h3": "### ", "h4": "#### ", "h5": "##### ", "h6": "###### ", "li": "- "}


def kept_text(page: Page, keep: Booleans) -> str:
    """Return the kept blocks, one a line; from plain text, the input's own lines and their paragraph breaks."""
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


def kept_markdown(page: Page, keep: Booleans, tags: Sequence[str | None]) -> str:
    """Return the kept blocks as Markdown: headings, list items, quotes and code are marked as such."""
    if page.kind == "text":
        return kept_text(page, keep)
    parts: list[str] = []
    previous = None
    rows = keep.nonzero()[0]
    for row, start, end in zip(rows.tolist(), page.starts[rows].tolist(), page.ends[rows].tolist(), strict=True):
        tag, text = tags[row], page.text[start:end]
        separator = "" if not parts else "\n" if tag == previous == "li" else "\n\n"
        parts.append(separator + _marked(tag, text))
        previous = tag
    return "".join(parts)


def _marked(tag: str | None, text: str) -> str:
    if tag == "pre":
        return f"```\n{text}\n```"
    if tag == "blockquote":
        return "> " + text.replace("\n", "\n> ")
    return _MARKS.get(tag or "", "") + text
