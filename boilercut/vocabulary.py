"""The words every stage shares: pages, blocks, verdicts, results and errors.

A page is a list of **blocks**. `read` makes a `Page`, measuring turns one or many pages into `Blocks`
(columns), and deciding turns those into `Verdict`s, which make up a `Result`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

Integers: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Booleans: TypeAlias = npt.NDArray[np.bool_]
PageKind = Literal["html", "text"]
Value = TypeVar("Value")

CONTENT_KINDS = (
    "title", "heading", "paragraph", "list", "table", "code", "quote", "caption", "byline", "post",
)  # fmt: skip
BOILERPLATE_KINDS = (
    "navigation", "related", "newsletter", "comments", "share", "cookie", "legal", "advert",
    "pagination", "form", "other",
)  # fmt: skip


MODES = {"precision": 0.5, "balanced": 1.0, "recall": 2.0}
"""The weight of recall against precision in the F-measure that each mode maximises (van Rijsbergen's beta)."""


MAX_LOSS = 0.05
"""Largest share of the words that is cut from text that looks clean already, unless the caller says another."""


class Policy(NamedTuple):
    """What the caller wants of the decision; see `Config` for the meaning."""

    mode: str | float
    include: frozenset[str]
    exclude: frozenset[str]
    max_loss: float = MAX_LOSS


class Located(NamedTuple):
    """A page and its address, for functions that take many pages."""

    page: object
    url: str | None


class BoilercutError(Exception):
    """Base of every error that boilercut raises on purpose."""


class PageTypeError(BoilercutError, TypeError):
    """The page is not text, bytes or an lxml element."""


class ConfigError(BoilercutError, ValueError):
    """An option is unknown or has a value that means nothing."""


class DetectorError(BoilercutError):
    """A detector broke its contract: wrong length, wrong type, not finite, a name used twice."""


class PluginError(BoilercutError):
    """An installed package offers a detector that cannot be used."""


class ModelError(BoilercutError):
    """A model file is damaged, or does not match the detectors that feed it."""


class WorkerError(BoilercutError):
    """A worker process died on a page, or none can be started."""


class InputError(BoilercutError):
    """An input, or a file that a run would continue or write to, is not as it must be."""


class MissingExtraError(BoilercutError, ImportError):
    """A library is not installed that comes with one of boilercut's extras."""


TAG_NUMBERS = {
    tag: number
    for number, tag in enumerate(
        """(other) html body div span p a li ul ol h1 h2 h3 h4 h5 h6 td th tr table tbody article main section
        nav header footer aside form label button blockquote pre code figure figcaption caption dl dt dd
        details summary strong b em i small time address noscript dialog center font template fieldset legend
        menu hgroup cite script""".split()
    )
}
"""Tags that a decision may depend on, numbered; every other tag is number 0."""


def tag_set(*names: str) -> Booleans:
    """Return a table that says of each number of `TAG_NUMBERS` whether its tag is one of `names`."""
    return np.array([tag in names for tag in TAG_NUMBERS], dtype=np.bool_)


HEADING_TAGS = tag_set("h1", "h2", "h3", "h4", "h5", "h6")


class Elements(NamedTuple):
    """The HTML elements of a page as columns, in document order: a parent stands before its children."""

    tags: Integers
    """Numbers of `TAG_NUMBERS`."""
    parents: Integers
    """Index of the parent element; the root is its own parent."""
    names: Integers
    """Index into `distinct_names`."""
    distinct_names: list[str]
    """Class, id, role and item property of an element, in one string."""
    hidden: Booleans
    """Whether the element itself asks not to be shown."""
    first_blocks: Integers
    end_blocks: Integers
    """The element's text is that of the blocks `first_blocks` to `end_blocks`, the last not included."""


class Budget(NamedTuple):
    """How much of a page is read at most: so many characters, and so many tags of HTML or lines of text."""

    characters: int
    blocks: int


UNLIMITED = Budget(sys.maxsize, sys.maxsize)


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
    metadata: Mapping[str, str] = MappingProxyType({})
    """What the page says about itself: Open Graph properties, and the schema.org types it declares."""
    elements: Elements | None = None
    block_elements: Integers | None = None
    """For each block the innermost element that holds its first word."""
    blank_lines: Integers | None = None
    """From text: blank lines before each block, and its indentation."""
    indents: Integers | None = None
    truncated: bool = False
    selected: tuple[Booleans, ...] = ()
    """For each CSS selector that was asked for, which blocks begin inside an element it selects."""
    source: str = ""
    """The text that was read, decoded; empty where a tree was handed over."""
    tree: object = None
    """The lxml element or tree that was handed over."""
    url: str | None = None
    """The page's address, where the caller gave it."""


class Part(NamedTuple):
    """A piece of text of a kept block, or an element that stands for itself, such as an image."""

    block: int
    """Index of the block; -1 for an element that stands between blocks."""
    element: int
    """The element that holds the text, or that stands for itself."""
    text: str
    """Empty for an element that stands for itself."""


class Subtree(NamedTuple):
    """The elements of a page that hold kept blocks, in document order: a parent stands before its children."""

    tags: list[str]
    parents: list[int]
    """Index of the parent element; -1 for the root."""
    attributes: list[Mapping[str, str | None]]
    leaves: list[int]
    """For each element the innermost one around it, or itself, that stands on lines of its own."""
    parts: list[Part]
    base: str
    """The address that the page declares for its links; empty where it declares none."""


class Tokens(NamedTuple):
    """Every word of every block: a 64-bit hash of its folded letters, and the block it stands in."""

    hashes: npt.NDArray[np.uint64]
    blocks: Integers


@dataclass(frozen=True, kw_only=True)
class ElementTable:
    """The elements of all stacked pages as columns; indices count over the whole stack."""

    table: Integers
    """The columns below as rows, for kernels: see `boilercut.blocks.ELEMENT_ROWS`."""
    tags: Integers
    """Numbers of `TAG_NUMBERS`."""
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

    @cached_property
    def ancestors(self) -> tuple[Integers, ...]:
        """For each element its ancestor 1, 2, 4, … levels up; the number of elements stands for none.

        With each step twice as far up, a path of n elements takes log2(n) steps.
        """
        size = len(self.parents)
        above = np.append(np.where(self.parents == np.arange(size), size, self.parents), size)
        steps = []
        while above.min(initial=size) < size:
            steps.append(above)
            above = above[above]
        return tuple(steps)


class Columns(Mapping[str, Any]):
    """Columns by name, each a row of one of a few matrices, so that whoever wants them all need not copy them."""

    __slots__ = ("tables", "places")

    def __init__(self, tables: Sequence[npt.NDArray[Any]], places: Mapping[str, tuple[int, int]]) -> None:
        self.tables = tables
        self.places = places
        """For each name the number of its matrix, and its row there."""

    @classmethod
    def of(cls, columns: Mapping[str, npt.NDArray[Any]]) -> Columns:
        """Return `columns` as what they are, or as the rows of one matrix."""
        if isinstance(columns, Columns):
            return columns
        return cls([np.stack(list(columns.values()))], {name: (0, row) for row, name in enumerate(columns)})

    def part(self, low: int, high: int) -> Columns:
        """Return the columns of the blocks `low` to `high`, the last not included."""
        return Columns([table[:, low:high] for table in self.tables], self.places)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        table, row = self.places[name]
        return self.tables[table][row]

    def __contains__(self, name: object) -> bool:
        return name in self.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


def __getattr__(name: str) -> Any:
    """Return what `boilercut.results` holds today (PEP 562), for those who import it from here."""
    if name not in ("Article", "Evidence", "Result", "Verdict"):
        raise AttributeError(f"module 'boilercut.vocabulary' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("boilercut.results"), name)
