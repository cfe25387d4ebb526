"""The words every stage shares: pages, blocks, verdicts, results and errors.

A page is a list of **blocks**. `read` makes a `Page`, measuring turns one or many pages into `Blocks`
(columns), and deciding turns those into `Verdict`s, which make up a `Result`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Integers: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Booleans: TypeAlias = npt.NDArray[np.bool_]
PageKind = Literal["html", "text"]

CONTENT_KINDS = (
    "title", "heading", "paragraph", "list", "table", "code", "quote", "caption", "byline", "post",
)  # fmt: skip
BOILERPLATE_KINDS = (
    "navigation", "related", "newsletter", "comments", "share", "cookie", "legal", "advert",
    "pagination", "form", "other",
)  # fmt: skip


class BoilercutError(Exception):
    """Base of every error that boilercut raises on purpose."""


class PageTypeError(BoilercutError, TypeError):
    """The page is not text, bytes or an lxml element."""


class ConfigError(BoilercutError, ValueError):
    """An option is unknown or has a value that means nothing."""


class DetectorError(BoilercutError):
    """A detector broke its contract: wrong length, wrong type, not finite, a name used twice."""


class ModelError(BoilercutError):
    """A model file is damaged, or does not match the detectors that feed it."""


TAG_NUMBERS = {
    tag: number
    for number, tag in enumerate(
        """(other) html body div span p a li ul ol h1 h2 h3 h4 h5 h6 td th tr table tbody article main section
        nav header footer aside form label button blockquote pre code figure figcaption caption dl dt dd
        details summary strong b em i small time address noscript dialog center font template fieldset legend
        menu hgroup cite""".split()
    )
}
"""Tags that a decision may depend on, numbered; every other tag is number 0."""


class Elements(NamedTuple):
    """The HTML elements of a page as columns, in document order: a parent stands before its children."""

    tags: list[str]
    parents: Integers
    """Index of the parent element; the root is its own parent."""
    names: list[str]
    """Class, id, role and item property of each element, in one string."""
    hidden: Booleans
    """Whether the element itself asks not to be shown."""
    first_blocks: Integers
    end_blocks: Integers
    """The element's text is that of the blocks `first_blocks` to `end_blocks`, the last not included."""


class Page(NamedTuple):
    """A page as read: its blocks' text and, from HTML, where in the tree each stood."""

    kind: PageKind
    text: str
    """All blocks' text; a block is `text[start:end]`."""
    starts: Integers
    ends: Integers
    link_characters: Integers
    """For each block how many characters stand inside links."""
    title: str = ""
    metadata: dict[str, str] = {}
    """What the head of the page says about it: language, site name, declared type."""
    elements: Elements | None = None
    block_elements: Integers | None = None
    """For each block the innermost element that holds its first word."""
    blank_lines: Integers | None = None
    """From text: blank lines before each block, and its indentation."""
    indents: Integers | None = None
    truncated: bool = False


class Tokens(NamedTuple):
    """Every word of every block: a 64-bit hash of its folded letters, and the block it stands in."""

    hashes: npt.NDArray[np.uint64]
    blocks: Integers


class ElementTable(NamedTuple):
    """The elements of all stacked pages as columns; indices count over the whole stack."""

    tags: Integers
    """Tag numbers, see `boilercut.structure`."""
    parents: Integers
    names: Integers
    """Index into `unique_names`."""
    unique_names: list[str]
    name_tokens: Tokens
    """The words of `unique_names`; their `blocks` are indices into it."""
    hidden: Booleans
    first_blocks: Integers
    end_blocks: Integers
    pages: Integers
