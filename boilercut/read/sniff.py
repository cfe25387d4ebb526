"""Tell HTML from plain text, once, from the whole input."""

from __future__ import annotations

import re

from boilercut.page import PageKind

__all__ = ["kind_of"]

# Tried at the beginning only, and each run ends at what the next part begins with: it cannot backtrack badly.
_DOCUMENT_START = re.compile(
    r"[\s\ufeff]*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE
)
_TAG = re.compile(
    r"</?(?:p|div|span|a|br|hr|ul|ol|li|table|tr|td|th|h[1-6]|article|section|main|nav|header|footer|aside|img|"
    r"script|style|form|figure|blockquote|pre|strong|em|b|i|dl|dt|dd|body|html|head|title|meta|link)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)  # one negated class inside the tag: cannot backtrack badly
MIN_OPEN_TAGS = 5
"""Tags on a single line from which they are markup even if none is closed."""
MIN_TAGGED_SHARE = 0.5
"""Markup stands on at least half of an HTML page's lines; text that talks of tags has fewer."""


def kind_of(page: str) -> PageKind:
    """Return "html" where the input is marked up throughout, "text" otherwise."""
    if "<" not in page:
        return "text"
    if _DOCUMENT_START.match(page):
        return "html"
    tags = [match.start() for match in _TAG.finditer(page)]
    if not tags:
        return "text"
    start = page.lstrip("\ufeff \t\r\n")
    if start.startswith("<") and (page.rstrip().endswith(">") or _TAG.match(start)):
        return "html"
    lines = _tagged_lines(page, tags)
    if lines == 1 and len(tags) < MIN_OPEN_TAGS and "</" not in page:
        return "text"  # a sentence about tags has few, and closes none
    return "html" if lines >= MIN_TAGGED_SHARE * _lines(page) else "text"


def _tagged_lines(page: str, tags: list[int]) -> int:
    """Count the lines on which a tag begins."""
    count, line_end = 0, -1
    for position in tags:
        if position > line_end:
            count += 1
            line_end = page.find("\n", position)
            if line_end < 0:
                break
    return count


def _lines(page: str) -> int:
    return sum(1 for line in page.split("\n") if line.strip())
