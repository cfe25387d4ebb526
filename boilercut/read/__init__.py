"""Read a page: decode it, tell HTML from text, cut it into blocks. The only stage that knows markup."""

from __future__ import annotations

from collections.abc import Sequence

from boilercut.read.decode import decoded
from boilercut.read.lxml import is_lxml, read_lxml
from boilercut.read.sniff import kind_of
from boilercut.read.text import read_text
from boilercut.vocabulary import ConfigError, Page, PageKind, PageTypeError

__all__ = ["read"]


def read(
    page: object, kind: PageKind | None, charset: str | None, max_characters: int, selectors: Sequence[str] = ()
) -> Page:
    """Return the blocks of `page`: `str` or `bytes` of HTML or plain text, or an lxml element or tree.

    `kind` forces how text is understood; `charset` is what an HTTP header said of bytes. Of source longer
    than `max_characters`, the beginning is read. `selectors` are CSS, see `Page.selected`. Raises
    `PageTypeError` for anything that is no page, and `ConfigError` for a `kind` that is none.
    """
    if kind not in (None, "html", "text"):
        raise ConfigError(f"kind {kind!r}: use 'html', 'text' or nothing to have it found out")
    if isinstance(page, (bytes, bytearray, memoryview)):
        page = decoded(bytes(page), charset)
    if isinstance(page, str):
        source = page[:max_characters]
        return _read_source(source, kind, selectors)._replace(source=source, truncated=len(page) > max_characters)
    if is_lxml(page):
        return read_lxml(page, selectors)
    raise PageTypeError(
        f"a page is str, bytes or an lxml element, not {type(page).__name__}; decode or select it first"
    )


def _read_source(source: str, kind: PageKind | None, selectors: Sequence[str]) -> Page:
    if (kind or kind_of(source)) == "text":
        return read_text(source)
    from boilercut.read.html import read_html  # text mode never loads the parser

    return read_html(source, selectors)
