"""What passes through a run: records as they are read, and their outcomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, TypeVar

from boilercut.batch.packing import TooLongError
from boilercut.fields import COLUMN_FIELDS
from boilercut.page import PageKind
from boilercut.results import Article
from boilercut.sites import SiteProfile

__all__ = [
    "BATCH_FIELDS", "Cuttable", "Done", "Failed", "Item", "Known", "Learned", "Line", "Outcome", "Placed", "Record",
    "Skipped", "ENDINGS", "MAX_REASON_CHARACTERS", "class_of", "guarded", "length_of", "reason_of",
]  # fmt: skip

BATCH_FIELDS = {
    "id": "string",
    "url": "string",
    "input": "string",
    "record": "int64",
    **COLUMN_FIELDS,
    "seconds": "double",
}
"""The fields of a row: where the page came from, its article, and the time it took; with Arrow types."""
MAX_REASON_CHARACTERS = 300
"""Longer messages are cut: some libraries quote the whole page."""

ENDINGS = (KeyboardInterrupt, SystemExit, GeneratorExit)
"""What ends a run on purpose. Other exceptions that are no `Exception` are panics of libraries in Rust."""

Known: TypeAlias = dict[str, str]
"""What is known of a record when it fails: `id` and `url`, as far as they were read."""


class Record(NamedTuple):
    """A page to be cut."""

    page: str | bytes
    id: str = ""
    url: str = ""
    kind: PageKind | None = None
    charset: str | None = None
    whole: bool = False
    """Whether the page is its whole input, and not one record of many."""


class Line(NamedTuple):
    """A line of JSON with a page, parsed by the process that cuts the page: bytes are quick to send."""

    line: bytes


class Skipped(NamedTuple):
    """A record that is no page and was never meant to be one: a request, a picture."""

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
    """The time of its stack, divided by the pages of the stack."""


class Learned(NamedTuple):
    """A page that a site's profile was learned from."""

    site: str
    profile: SiteProfile


Cuttable: TypeAlias = Record | Line
Item: TypeAlias = Cuttable | Skipped | Failed
Outcome: TypeAlias = Done | Learned | Skipped | Failed


Made = TypeVar("Made")


class Placed(NamedTuple):
    """An item and its position."""

    source: int
    """Index of the input."""
    number: int
    """Index in the input."""
    item: Item
    position: int
    """Bytes of all inputs that were read by then."""


def length_of(item: Item) -> int:
    """Return the length of what was read for a page, in bytes or characters; 0 for what is no page."""
    if isinstance(item, Record):
        return len(item.page)
    return len(item.line) if isinstance(item, Line) else 0


def guarded(make: Callable[..., Made], *arguments: Any, known: Known) -> Made | Failed:
    """Return the item that `make` returns, or a `Failed` with what is `known` of the record."""
    try:
        return make(*arguments)
    except TooLongError as error:
        return Failed(str(error), **known)
    except ENDINGS:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever one record sets off, a run of millions goes on, and says so
        return Failed(f"damaged record: {reason_of(error)}", **known)


def class_of(reason: str) -> str:
    """Return the part of a reason that many failures share."""
    return reason.partition(":")[0]


def reason_of(error: BaseException) -> str:
    """Return the type and the message of an error, in bounded length.

    >>> reason_of(KeyError("id"))
    "KeyError: 'id'"
    """
    reason = f"{type(error).__name__}: {error}"
    return reason if len(reason) <= MAX_REASON_CHARACTERS else f"{reason[:MAX_REASON_CHARACTERS]}…"
