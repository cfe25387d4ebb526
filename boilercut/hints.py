"""Recognise inputs that are plainly no page, and say what to use instead."""

from __future__ import annotations

import os
import re

__all__ = ["MISSING_VALUE", "hint"]

MAX_NAME_CHARACTERS = 2048
"""Longer inputs are neither addresses nor names of files; browsers stop at about as many."""
HEAD_CHARACTERS = 1024
"""Characters at the beginning of an input that its format is looked for in."""

PAGES_OF = "use `boilercut batch FILE -o OUTPUT`, or hand over one of its pages"
CONVERT = "convert it to HTML or text first"
UNPACK = "unpack it first, as `boilercut clean FILE` and `boilercut batch` do"
MISSING_VALUE = "a missing value is no page: leave it out, such as with dropna(), or use boilercut.arrow.clean_table"
_FORMATS = {
    "WARC/": ("a crawl archive (WARC)", PAGES_OF),
    "filedesc:": ("a crawl archive (ARC)", PAGES_OF),
    "\x1f\x8b": ("packed data (gzip)", UNPACK),
    "\x28\xb5\x2f\xfd": ("packed data (zstd)", UNPACK),
    "\x04\x22\x4d\x18": ("packed data (lz4)", UNPACK),
    "PAR1": ("a Parquet file", PAGES_OF),
    "%PDF-": ("a PDF", CONVERT),
    "{\\rtf": ("a rich text document (RTF)", CONVERT),
    "PK\x03\x04": ("a ZIP archive, or an office document or e-book", CONVERT),
    "\x89PNG": ("a picture", "hand over the page that shows it"),
    "GIF8": ("a picture", "hand over the page that shows it"),
    "\xff\xd8\xff": ("a picture", "hand over the page that shows it"),
}
"""Other formats by their first characters: what each is, and what to do."""
_MARKS = tuple(_FORMATS)

_ADDRESS = re.compile(r"(?:https?|ftp|file)://\S+|www\.[\w.-]+\.\w+(?:/\S*)?", re.IGNORECASE)
_FILE_NAME = re.compile(r"[\w./\\~:-]+\.(?:x?html?|txt|md|pdf|docx?|jsonl?|warc|wet|arc|parquet|gz|zst)", re.IGNORECASE)
_JSON = re.compile(r'(?:\[\s*)?\{\s*"[^"\n]{0,200}"\s*:')
_FEED = re.compile(r"(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)?<(rss|feed|urlset|sitemapindex|rdf:RDF)[\s>]")


def hint(page: str | bytes) -> str | None:
    """Return what an input is that is plainly no page, and what to use instead; None for a page.

    >>> hint("%PDF-1.7")
    'a PDF is no page: convert it to HTML or text first'
    >>> hint("<p>A page.") is None
    True
    """
    short = len(page) <= MAX_NAME_CHARACTERS
    head, end = _text(page if short else page[:HEAD_CHARACTERS]), _text(page[-HEAD_CHARACTERS:])
    return _format_hint(head.lstrip("\ufeff \t\r\n"), end.rstrip()) or (_name_hint(head.strip()) if short else None)


def _text(part: str | bytes) -> str:
    return part if isinstance(part, str) else part.decode("latin-1")


def _format_hint(head: str, end: str) -> str | None:
    if head.startswith(_MARKS):
        what, advice = next(_FORMATS[mark] for mark in _MARKS if head.startswith(mark))
        return f"{what} is no page: {advice}"
    if feed := _FEED.match(head):
        return f"a feed or site map ({feed[1]}) is no page: hand over the pages that it links to"
    if _JSON.match(head) and end.endswith(("}", "]")):
        return (
            "JSON is no page: hand over the field that holds one; for JSON lines, use "
            "`boilercut batch FILE --page-field NAME -o OUTPUT`"
        )
    return None


def _name_hint(line: str) -> str | None:
    """Return a hint for an address or the name of a file; the file system is asked for what looks like a path only."""
    if not line or "\n" in line or "<" in line:
        return None
    if _ADDRESS.fullmatch(line):
        return (
            "an address is no page, and boilercut downloads nothing: use `curl -sL URL | boilercut clean`, or hand "
            "over the source"
        )
    if _FILE_NAME.fullmatch(line) or _is_file(line):
        return "the name of a file is no page: use pathlib.Path(NAME), or `boilercut clean NAME`"
    return None


def _is_file(line: str) -> bool:
    """Return whether a line is the path of a file; shares of other computers are not asked for."""
    looks_like_path = ("/" in line or "\\" in line) and not line.startswith(("//", "\\\\"))
    return looks_like_path and os.path.isfile(line)  # noqa: PTH113 - a Path raises where a line holds a zero
