"""Render the HTML that was kept as Markdown, by html-to-markdown (extra `markdown`)."""

from __future__ import annotations

from functools import cache
from typing import Any

from boilercut.extras import needs_extra

__all__ = ["markdown_of"]


def markdown_of(html: str) -> str:
    """Return a clean fragment as Markdown: CommonMark with tables, text escaped where it looks like markup.

    Raises `MissingExtraError` where html-to-markdown is not installed.
    """
    convert, options = _converter()
    return str(convert(html, options).content or "").strip("\n") if html else ""


@cache
def _converter() -> tuple[Any, Any]:
    with needs_extra("markdown"):
        from html_to_markdown import ConversionOptions, convert
    return convert, ConversionOptions(
        autolinks=False,
        br_in_tables=True,
        bullets="-",
        escape_asterisks=True,
        escape_misc=True,
        escape_underscores=True,
        expand_abbreviations=False,
        extract_metadata=False,
        include_blockquote_citations=False,
        list_indent_width=4,
        newline_style="backslash",
        sub_symbol="<sub>",
        sup_symbol="<sup>",
    )
