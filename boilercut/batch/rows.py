"""Make records of rows: JSON lines and rows of Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from boilercut.batch.packing import TooLongError
from boilercut.batch.records import MAX_REASON_CHARACTERS, Failed, Known, Record, guarded
from boilercut.page import PageKind

__all__ = ["NO_FIELD", "Layout", "missing_field", "record_of_line", "record_of_row"]

NO_FIELD = "no field"
"""How the reason begins where a record has no field with a page."""
MAX_NAMED_FIELDS = 12
"""Maximum number of fields that are named where the wanted one is missing."""


class Layout(NamedTuple):
    """The fields of a row that hold a record."""

    page_field: str
    id_field: str
    url_field: str
    kind: PageKind | None
    max_bytes: int


def record_of_line(line: bytes, layout: Layout) -> Record | Failed:
    """Parse a line of JSON; whatever is wrong with it, a `Failed`."""
    try:
        row = json.loads(line)
    except Exception as error:  # noqa: BLE001 - damage, too deep nesting, a number too long, too little memory
        return Failed(f"not JSON: {error}"[:MAX_REASON_CHARACTERS])
    return record_of_row(row, layout) if isinstance(row, dict) else Failed("not a JSON object")


def record_of_row(row: Mapping[str, Any], layout: Layout) -> Record | Failed:
    """Make a record of a row; whatever is wrong with a value, a `Failed`."""
    known: Known = {}
    return guarded(_record_of_row, row, layout, known, known=known)


def _record_of_row(row: Mapping[str, Any], layout: Layout, known: Known) -> Record | Failed:
    for name, field in (("id", layout.id_field), ("url", layout.url_field)):
        known[name] = _as_text(row.get(field))
    if layout.page_field not in row:
        return Failed(missing_field(layout, row), **known)
    page = row[layout.page_field]
    if not isinstance(page, (str, bytes)):
        return Failed(f"field {layout.page_field!r} holds no page but {type(page).__name__}", **known)
    if len(page) > layout.max_bytes:
        raise TooLongError(layout.max_bytes)
    return Record(page, known["id"], known["url"], kind=layout.kind)


def missing_field(layout: Layout, names: Iterable[str]) -> str:
    """Return the message that the field with the page is missing, with the fields that there are."""
    return f"{NO_FIELD} {layout.page_field!r}: there are {', '.join(islice(names, MAX_NAMED_FIELDS))}"


def _as_text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, default=str)
