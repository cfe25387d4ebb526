"""Read a page: decode it, tell HTML from text, cut it into blocks. The only stage that knows markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from boilercut.errors import ConfigError, PageTypeError
from boilercut.page import UNLIMITED, Budget, Page, PageKind
from boilercut.read.decode import decoded
from boilercut.read.lxml import is_lxml, read_lxml
from boilercut.read.sniff import kind_of
from boilercut.read.text import read_text

__all__ = ["Source", "read", "read_source", "source_of"]


TAGS_PER_BLOCK = 4
"""Maximum number of tags (or other "<") that are read for each block allowed; elements take a tenth of its memory."""


class Source(NamedTuple):
    """The text of a page, decoded, with what it is to be read as."""

    text: str
    kind: PageKind
    truncated: bool
    blocks: int = UNLIMITED.blocks
    """Maximum number of blocks; the first ones of a page are kept."""

    def marks(self, low: int, high: int) -> int:
        """Count between two positions what blocks are made with: tags, also those spelt in data; lines of text."""
        marks = ("<", "&lt;", r"\u003") if self.kind == "html" else ("\n",)
        return sum(self.text.count(mark, low, high) for mark in marks)

    def beginning(self, characters: int) -> Source:
        """Return the first characters of it."""
        if characters >= len(self.text):
            return self
        return self._replace(text=self.text[:characters], truncated=True)


def read(
    page: object,
    kind: PageKind | None = None,
    charset: str | None = None,
    budget: Budget = UNLIMITED,
    selectors: Sequence[str] = (),
    *,
    readings: bool = False,
) -> Page:
    """Return the blocks of `page`: `str` or `bytes` of HTML or plain text, or an lxml element or tree.

    `kind` forces how text is understood; `charset` is what an HTTP header said of bytes. Of source beyond the
    budget, the beginning is read; trees are read whole. `selectors` are CSS, see `Page.selected`; `readings` puts
    ruby readings into the text, in brackets. Raises `PageTypeError` for anything that is no page, and `ConfigError` for
    a `kind` that is none.
    """
    source = source_of(page, kind, charset, budget)
    if source is None:
        return read_lxml(page, selectors, readings)._replace(tree=page)
    return read_source(source, selectors, readings)


def source_of(page: object, kind: PageKind | None, charset: str | None, budget: Budget) -> Source | None:
    """Return what is to be read of a page, within the budget; None for trees. Takes and raises what `read` does."""
    if kind not in (None, "html", "text"):
        raise ConfigError(f"kind {kind!r}: use 'html', 'text' or nothing to have it found out")
    if isinstance(page, (bytes, bytearray, memoryview)):
        page = decoded(bytes(page), charset)
    if isinstance(page, str):
        return _source(page, kind, budget)
    if is_lxml(page):
        return None
    raise PageTypeError(
        f"a page is str, bytes or an lxml element, not {type(page).__name__}; "
        "decode or select it first, or pass its source, such as str(soup)"
    )


def read_source(source: Source, selectors: Sequence[str] = (), readings: bool = False) -> Page:
    """Return the blocks of a source, and which of them CSS selectors select."""
    if source.kind == "text":
        page = read_text(source.text)
    else:
        from boilercut.read.html.parse import read_html  # text mode never loads the parser

        page = read_html(source.text, selectors, readings)
    page = page._replace(source=source.text, truncated=source.truncated)
    return _first_blocks(page, source.blocks) if len(page.starts) > source.blocks else page


def _source(page: str, kind: PageKind | None, budget: Budget) -> Source:
    text = page[: budget.characters]
    marked = _up_to(text, "<", TAGS_PER_BLOCK * budget.blocks)
    kind = kind or kind_of(marked)
    text = marked if kind == "html" else _up_to(text, "\n", budget.blocks)
    most = budget.blocks + (kind == "text")  # a text has one line more than it has line ends
    return Source(text, kind, truncated=len(text) < len(page), blocks=most)


def _up_to(text: str, mark: str, most: int) -> str:
    """Return `text` up to where a mark stands in it once too often."""
    if len(text) <= most or text.count(mark) <= most:
        return text
    return text[: next(islice(re.finditer(mark, text), most, None)).start()]


def _first_blocks(page: Page, count: int) -> Page:
    """Return a page of HTML without the blocks behind the first `count`."""
    assert page.elements is not None and page.block_elements is not None
    elements = page.elements._replace(
        first_blocks=np.minimum(page.elements.first_blocks, count),
        end_blocks=np.minimum(page.elements.end_blocks, count),
    )
    return page._replace(
        text=page.text[: page.ends[count - 1]],
        starts=page.starts[:count],
        ends=page.ends[:count],
        link_characters=page.link_characters[:count],
        block_elements=page.block_elements[:count],
        selected=tuple(own[:count] for own in page.selected),
        elements=elements,
        truncated=True,
    )
