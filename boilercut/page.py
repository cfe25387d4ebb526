"""A page as read: its blocks' text, its elements, and what of it is kept."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import numpy as np

from boilercut.arrays import Booleans, Integers

PageKind = Literal["html", "text"]
PAGE_KINDS: tuple[PageKind, ...] = ("html", "text")

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
TAG_NAMES = tuple(TAG_NUMBERS)
"""The tags by number."""


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
    """How much of a page is read at most: characters, and blocks (with four tags each) or lines of text."""

    characters: int
    blocks: int

    @property
    def bytes(self) -> int:
        """How many bytes are read of a file: in any encoding of a page, a character takes at most four."""
        return 4 * (self.characters + 1)


UNLIMITED = Budget(sys.maxsize, sys.maxsize)
DEFAULT_BUDGET = Budget(20_000_000, 150_000)


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
    readings: bool = False
    """Whether ruby readings are in the text, in brackets."""


class Located(NamedTuple):
    """A page and its address, for functions that take many pages."""

    page: object
    url: str | None


def site_of(url: str) -> str:
    """Return the site of an address: its host, without `www.`; empty where it has none.

    >>> site_of("https://www.Example.org:8080/a?b"), site_of("a page")
    ('example.org', '')
    """
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # brackets that are no IPv6 address
        return ""


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
