"""Read a page: decode it, tell HTML from text, cut it into blocks. The only stage that knows markup."""

from __future__ import annotations

from boilercut.read.decode import decoded
from boilercut.read.lxml import is_lxml, read_lxml
from boilercut.read.sniff import kind_of
from boilercut.read.text import read_text
from boilercut.vocabulary import Page, PageKind, PageTypeError

__all__ = ["read"]


def read(page: object, kind: PageKind | None = None, charset: str | None = None) -> Page:
    """Return the blocks of `page`: `str` or `bytes` of HTML or plain text, or an lxml element or tree.

    `kind` forces how text is understood; `charset` is what an HTTP header said of bytes.
    Raises `PageTypeError` for anything else.
    """
    if isinstance(page, (bytes, bytearray, memoryview)):
        page = decoded(bytes(page), charset)
    if isinstance(page, str):
        if (kind or kind_of(page)) == "text":
            return read_text(page)
        from boilercut.read.html import read_html

        return read_html(page)
    if is_lxml(page):
        return read_lxml(page)
    raise PageTypeError(
        f"a page is str, bytes or an lxml element, not {type(page).__name__}; decode or select it first"
    )
