"""Clean a column of an Arrow table or record batch (extra `arrow`); engines that speak Arrow build on this."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from boilercut.cutter import Cutter
from boilercut.errors import ConfigError
from boilercut.extras import needs_extra
from boilercut.fields import COLUMN_FIELDS, DEFAULT_FIELDS, article_columns, checked_fields
from boilercut.page import Located, PageKind

with needs_extra("arrow"):
    import pyarrow as pa

__all__ = ["article_schema", "clean_table"]

Tabular = TypeVar("Tabular", bound="pa.Table | pa.RecordBatch")

_PAGE_TYPES = (
    pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view,
    pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view, pa.types.is_null,
)  # fmt: skip


def clean_table(
    table: Tabular,
    column: str,
    *,
    fields: Sequence[str] = DEFAULT_FIELDS,
    prefix: str = "",
    urls: str | None = None,
    kind: PageKind | None = None,
    cutter: Cutter | None = None,
) -> Tabular:
    """Return `table` with a new column for each of `fields` behind its own; rows and their order stay.

    `column` holds pages as strings or bytes, of HTML or plain text; `kind` is the kind of all, if it is known.
    `fields` are names of `COLUMN_FIELDS`, and the new columns are called so, behind `prefix`. Where the page is null,
    the new values are null; so are those of a page that cannot be cut, which is logged as an error by the logger
    `boilercut`. `urls` names the column of the pages' addresses, if there is one: it makes those in the fields `html`,
    `markdown` and `metadata` absolute. Pages are scored in stacks, so larger tables are quicker.

    Raises `ConfigError` where `column` is missing or holds no pages, a field is unknown, or a new column
    would have the name of an old one.

    >>> table = pa.table({"html": ["<p>The river rose by two metres on Monday night.</p>", None]})
    >>> clean_table(table, "html", fields=["text", "kept"]).drop_columns("html").to_pylist()
    [{'text': 'The river rose by two metres on Monday night.', 'kept': 1}, {'text': None, 'kept': None}]
    """
    added = article_schema(fields, prefix)
    check_schema(table.schema, column, added)
    if urls is not None and len(table.schema.get_all_field_indices(urls)) != 1:
        raise ConfigError(f"column {urls!r}: there is not one such column among {', '.join(table.schema.names)}")
    pages: Iterable[object] = (value.as_py() for value in table.column(column))
    if urls is not None:
        pages = map(_located, pages, table.column(urls))
    found = article_columns(cutter or Cutter(), pages, checked_fields(fields, COLUMN_FIELDS), kind=kind)
    arrays = [pa.array(values, field.type) for values, field in zip(found.values(), added, strict=True)]
    schema = pa.schema([*table.schema, *added], metadata=table.schema.metadata)
    return type(table).from_arrays([*table.columns, *arrays], schema=schema)


def _located(page: object, url: pa.Scalar) -> Located | None:
    return None if page is None else Located(page, url.as_py())


def article_schema(fields: Iterable[str] = DEFAULT_FIELDS, prefix: str = "") -> pa.Schema:
    """Return the columns that `clean_table` adds.

    >>> article_schema(["text", "confidence"], prefix="article_").names
    ['article_text', 'article_confidence']
    """
    names = checked_fields(fields, COLUMN_FIELDS)
    return pa.schema([(prefix + name, pa.type_for_alias(COLUMN_FIELDS[name])) for name in names])


def check_schema(schema: pa.Schema, column: str, added: pa.Schema) -> None:
    """Raise `ConfigError` unless `column` holds pages and the added columns have new names."""
    places = schema.get_all_field_indices(column)
    if len(places) != 1:
        raise ConfigError(f"column {column!r}: there is not one such column among {', '.join(schema.names)}")
    found = schema.field(places[0]).type
    values = found.value_type if pa.types.is_dictionary(found) else found
    if not any(is_type(values) for is_type in _PAGE_TYPES):
        raise ConfigError(f"column {column!r} holds {found}, not pages: use strings or bytes")
    if taken := [name for name in added.names if name in schema.names]:
        raise ConfigError(f"column {taken[0]!r} is there already: give a prefix for the new columns, or other fields")
