"""Make records of rows: JSON lines and rows of Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from boilercut.batch.records import Failed, Record
from boilercut.vocabulary import PageKind

__all__ = ["Layout", "missing_field", "record_of_line", "record_of_row"]

MAX_NAMED_FIELDS = 12
"""So many of the fields that there are, are named where the wanted one is missing."""


class Layout(NamedTuple):
    """Where in a row a record is."""

    page_field: str
    id_field: str
    url_field: str
    kind: PageKind | None
    max_bytes: int


def record_of_line(line: bytes, layout: Layout) -> Record | Failed:
    """Parse a line of JSON."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Failed(f"not JSON: {error}")
    return record_of_row(row, layout) if isinstance(row, dict) else Failed("not a JSON object")


def record_of_row(row: Mapping[str, Any], layout: Layout) -> Record | Failed:
    """Take page, id and address out of a row."""
    known = {"id": _as_text(row.get(layout.id_field)), "url": _as_text(row.get(layout.url_field))}
    if layout.page_field not in row:
        return Failed(missing_field(layout, row), **known)
    page = row[layout.page_field]
    if not isinstance(page, (str, bytes)):
        return Failed(f"field {layout.page_field!r} holds no page but {type(page).__name__}", **known)
    if len(page) > layout.max_bytes:
        return Failed(f"longer than {layout.max_bytes:,} bytes", **known)
    return Record(page, kind=layout.kind, **known)


def missing_field(layout: Layout, names: Iterable[str]) -> str:
    """Say that the field with the page is not there, and what is."""
    return f"no field {layout.page_field!r}: there are {', '.join(islice(names, MAX_NAMED_FIELDS))}"


def _as_text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, default=str)
