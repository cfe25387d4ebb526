"""What passes through a run: records as read, and what became of them."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from boilercut.fields import ARTICLE_FIELDS
from boilercut.vocabulary import Article, PageKind

__all__ = [
    "BATCH_FIELDS", "Cuttable", "Done", "Failed", "Item", "Line", "Outcome", "Placed", "Record", "Skipped", "length_of",
]  # fmt: skip

BATCH_FIELDS = {
    "id": "string",
    "url": "string",
    "input": "string",
    "record": "int64",
    **ARTICLE_FIELDS,
    "seconds": "double",
}
"""What can be asked of each page: where it came from, its article, and the time it took; with Arrow types."""


class Record(NamedTuple):
    """A page to be cut."""

    page: str | bytes
    id: str = ""
    url: str = ""
    kind: PageKind | None = None
    charset: str | None = None


class Line(NamedTuple):
    """A line of JSON with a page, which is parsed where the page is cut: bytes are quickly sent to a process."""

    line: bytes


class Skipped(NamedTuple):
    """Something that is no page, and was never meant to be one: a request, a picture."""

    reason: str


class Failed(NamedTuple):
    """A page that could not be read or cut."""

    reason: str
    id: str = ""
    url: str = ""


class Done(NamedTuple):
    """A page that was cut."""

    id: str
    url: str
    article: Article
    seconds: float
    """Its share of the time that its stack took."""


Cuttable: TypeAlias = Record | Line
Item: TypeAlias = Cuttable | Skipped | Failed
Outcome: TypeAlias = Done | Skipped | Failed


class Placed(NamedTuple):
    """An item, and where it stands."""

    source: int
    """Number of the input, from 0."""
    number: int
    """Place in the input, from 0."""
    item: Item
    position: int
    """Bytes of all inputs read by then."""


def length_of(item: Item) -> int:
    """Return the length of what was read for a page, in bytes or characters; 0 for what is no page."""
    if isinstance(item, Record):
        return len(item.page)
    return len(item.line) if isinstance(item, Line) else 0
