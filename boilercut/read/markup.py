"""Markup as flat lists, whatever tree it came from, and its segmentation into blocks."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from boilercut.read.tags import BLOCK_TAGS
from boilercut.vocabulary import Elements, Integers, Page

__all__ = ["BREAK", "MarkupBuilder", "breaks_block", "page_from_markup"]

BREAK: tuple[int, None] = (-1, None)
"""The piece that ends a block."""

_NAMING_ATTRIBUTES = frozenset(("class", "id", "role", "itemprop", "data-testid", "data-component", "data-type"))
"""Attributes whose words say what an element is for."""
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SCHEMA_TYPE = re.compile(r'"@type"\s*:\s*\[?\s*"([A-Za-z]{1,60})"')


_DESCRIPTIONS = frozenset(("description", "og:description", "twitter:description"))
MAX_DESCRIPTION_CHARACTERS = 5000


class MarkupBuilder:
    """Collects elements and pieces of text in document order; a tree walker drives it.

    `pieces` holds `(element, text)` pairs and `BREAK` wherever a block ends.
    """

    __slots__ = (
        "first_pieces", "end_pieces", "hidden", "linked", "metadata", "names", "parents", "pieces",
        "preformatted", "tags", "title",
    )  # fmt: skip

    def __init__(self) -> None:
        self.tags: list[str] = []
        self.parents: list[int] = []
        self.names: list[str] = []
        self.first_pieces: list[int] = []
        self.end_pieces: list[int] = []
        self.hidden: list[bool] = []
        self.linked: list[bool] = []
        self.preformatted: list[bool] = []
        self.pieces: list[tuple[int, str | None]] = []
        self.title = ""
        self.metadata: dict[str, str] = {}

    def open(self, tag: str, attributes: Mapping[str, str | None], parent: int) -> int:
        """Add an element below `parent` (-1 for the root) and return its index."""
        index = len(self.tags)
        names, hidden = "", False
        if attributes:
            names = " ".join([value for key, value in attributes.items() if value and key in _NAMING_ATTRIBUTES])
            hidden = _asks_to_hide(attributes)
        self.tags.append(tag)
        self.parents.append(max(parent, 0))
        self.names.append(names)
        self.first_pieces.append(len(self.pieces))
        self.end_pieces.append(len(self.pieces))
        self.hidden.append(hidden)
        self.linked.append(tag == "a" or (parent >= 0 and self.linked[parent]))
        self.preformatted.append(tag == "pre" or (parent >= 0 and self.preformatted[parent]))
        if breaks_block(tag):
            self.pieces.append(BREAK)
        return index

    def close(self, index: int) -> None:
        """End the element `index`: what was added since it was opened belongs to it."""
        if breaks_block(self.tags[index]):
            self.pieces.append(BREAK)
        self.end_pieces[index] = len(self.pieces)

    def describe(self, tag: str, attributes: Mapping[str, str | None], text: str) -> None:
        """Take note of what an element of the page's head says about the page."""
        if tag == "title":
            self.title = self.title or " ".join(text.split())
        elif tag == "script" and "json" in (attributes.get("type") or ""):
            types = " ".join(_SCHEMA_TYPE.findall(text))
            self.metadata["schema"] = f"{self.metadata.get('schema', '')} {types}".strip()
        elif tag == "meta":
            name = attributes.get("property") or attributes.get("name") or ""
            content = attributes.get("content") or ""
            if name.startswith("og:"):
                self.metadata.setdefault(name, content)
            if name.lower() in _DESCRIPTIONS:
                self.metadata["description"] = f"{self.metadata.get('description', '')}\n{content}"[:MAX_DESCRIPTION_CHARACTERS]
            elif name == "og:url":
                self.metadata.setdefault("address", content)
        elif tag == "link" and (attributes.get("rel") or "").lower() == "canonical":
            self.metadata["address"] = attributes.get("href") or ""


def breaks_block(tag: str) -> bool:
    """Tell whether an element stands on lines of its own; custom elements (`my-card`) mostly do."""
    return tag in BLOCK_TAGS or "-" in tag


def _asks_to_hide(attributes: Mapping[str, str | None]) -> bool:
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    return bool(style and _HIDING_STYLE.search(style))


def page_from_markup(markup: MarkupBuilder) -> Page:
    """Cut the pieces into blocks: the text between two breaks, white space collapsed."""
    texts: list[str] = []
    block_elements: list[int] = []
    link_characters: list[int] = []
    first_pieces: list[int] = []
    parts: list[str] = []
    first, links = -1, 0
    linked, preformatted = markup.linked, markup.preformatted
    markup.pieces.append(BREAK)
    for position, (element, piece) in enumerate(markup.pieces):
        if piece is not None:
            parts.append(piece)
            if linked[element]:
                links += len(piece.strip())
            if first < 0 and not piece.isspace():
                first, first_piece = element, position
        elif first >= 0:
            text = _collapsed("".join(parts), preformatted[first])
            texts.append(text)
            block_elements.append(first)
            link_characters.append(min(links, len(text)))
            first_pieces.append(first_piece)
            parts.clear()
            first, links = -1, 0
        else:
            parts.clear()
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    ends = np.cumsum(lengths + 1) - 1
    return Page(
        kind="html",
        text="\n".join(texts),
        starts=ends - lengths,
        ends=ends,
        title=markup.title or markup.metadata.get("og:title", ""),
        metadata=markup.metadata,
        elements=_elements(markup, np.array(first_pieces, dtype=np.int64)),
        block_elements=np.array(block_elements, dtype=np.int64),
        link_characters=np.array(link_characters, dtype=np.int64),
    )


def _elements(markup: MarkupBuilder, first_pieces: Integers) -> Elements:
    """Return the element columns; `first_pieces` says with which piece each block begins."""
    return Elements(
        tags=markup.tags,
        parents=np.array(markup.parents, dtype=np.int64),
        names=markup.names,
        hidden=np.array(markup.hidden, dtype=np.bool_),
        first_blocks=np.searchsorted(first_pieces, np.array(markup.first_pieces, dtype=np.int64)),
        end_blocks=np.searchsorted(first_pieces, np.array(markup.end_pieces, dtype=np.int64)),
    )


def _collapsed(text: str, preformatted: bool) -> str:
    if preformatted and "\n" in text:
        return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
    return " ".join(text.split())
