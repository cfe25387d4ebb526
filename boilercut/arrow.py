"""Clean a column of a table of Arrow, pandas or polars (extra `arrow`); engines that speak Arrow build on this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from boilercut.cutter import Cutter
from boilercut.errors import ConfigError
from boilercut.extras import needs_extra
from boilercut.fields import COLUMN_FIELDS, DEFAULT_FIELDS, article_columns, checked_fields
from boilercut.page import Located, PageKind
from boilercut.sites import SiteProfile, learn_many, merged

with needs_extra("arrow"):
    import pyarrow as pa

__all__ = [
    "PROFILE_SCHEMA", "addressed_pages", "article_schema", "check_schema", "clean_table", "learn_sites",
    "profile_table", "profiles_of",
]  # fmt: skip

Tabular = TypeVar("Tabular")
"""A table or record batch of Arrow, or a DataFrame of pandas or polars."""

PROFILE_SCHEMA = pa.schema([("site", pa.string()), ("profile", pa.string())])
"""The columns of a table of profiles, which are written as JSON."""
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
    sites: Mapping[str, SiteProfile] | None = None,
) -> Tabular:
    """Return `table` with a new column for each of `fields` behind its own; rows and their order stay.

    `table` is a table or record batch of Arrow, or a DataFrame of pandas or polars; the answer is of the same type.

    `column` holds pages as strings or bytes, of HTML or plain text; `kind` is the kind of all, if it is known.
    `fields` are names of `COLUMN_FIELDS`, and the new columns are called so, behind `prefix`. Where the page is null,
    the new values are null; so are those of a page that cannot be cut, which is logged as an error by the logger
    `boilercut`. `urls` names the column of the pages' addresses, if there is one: it makes those in the fields `html`,
    `markdown` and `metadata` absolute, and pages are cut with the profiles of their `sites`, see `learn_sites`. Pages
    are scored in stacks, so larger tables are quicker.

    Raises `ConfigError` where `column` is missing or holds no pages, a field is unknown, or a new column
    would have the name of an old one.

    >>> table = pa.table({"html": ["<p>The river rose by two metres on Monday night.</p>", None]})
    >>> clean_table(table, "html", fields=["text", "kept"]).drop_columns("html").to_pylist()
    [{'text': 'The river rose by two metres on Monday night.', 'kept': 1}, {'text': None, 'kept': None}]
    """
    task = _Task(column, checked_fields(fields), prefix, urls, kind, cutter or Cutter(), sites)
    if isinstance(table, (pa.Table, pa.RecordBatch)):
        return _clean_arrow(table, task)
    if _is_frame(table):
        return _clean_frame(table, task)
    raise ConfigError(f"{type(table).__name__} is no table of Arrow, pandas or polars; of a lazy one, collect() it")


class _Task(NamedTuple):
    """What to do with a table; see `clean_table`."""

    column: str
    fields: Sequence[str]
    prefix: str
    urls: str | None
    kind: PageKind | None
    cutter: Cutter
    sites: Mapping[str, SiteProfile] | None


def _clean_arrow(table: Any, task: _Task) -> Any:
    added = article_schema(task.fields, task.prefix)
    check_schema(table.schema, task.column, added)
    pages: Iterable[Any] = (value.as_py() for value in table.column(task.column))
    if task.urls is not None:
        _check_column(task.urls, table.schema.names)
        pages = map(_located, pages, table.column(task.urls))
    found = article_columns(task.cutter, pages, task.fields, kind=task.kind, sites=task.sites)
    arrays = [pa.array(values, field.type) for values, field in zip(found.values(), added, strict=True)]
    schema = pa.schema([*table.schema, *added], metadata=table.schema.metadata)
    return type(table).from_arrays([*table.columns, *arrays], schema=schema)


def _is_frame(table: object) -> bool:
    package = type(table).__module__.partition(".")[0]
    return package in ("pandas", "polars") and type(table).__name__ == "DataFrame"


def _clean_frame(frame: Any, task: _Task) -> Any:
    """Clean a DataFrame of pandas or polars; its own columns are left alone, so that no type of them changes."""
    names = list(map(str, frame.columns))
    used = [name for name in (task.column, task.urls) if name is not None]
    for name in used:
        _check_column(name, names)
    added = article_schema(task.fields, task.prefix)
    _check_names(added, names)
    is_polars = type(frame).__module__.startswith("polars")
    pages = pa.table(
        {name: frame[name].to_arrow() if is_polars else pa.Array.from_pandas(frame[name]) for name in used}
    )
    cleaned = _clean_arrow(pages, task).select(added.names)
    if is_polars:
        return frame.hstack(type(frame)(cleaned))
    columns = cleaned.to_pandas()
    return frame.assign(**{name: columns[name].array for name in added.names})


def _located(page: object, url: pa.Scalar) -> Located | None:
    return None if page is None else Located(page, url.as_py())


def learn_sites(table: Any, column: str, *, urls: str, kind: PageKind | None = None) -> dict[str, SiteProfile]:
    """Return the profile of each site that a table of Arrow has pages of; the columns are those of `clean_table`.

    >>> table = pa.table({"html": ["<p>One", "<p>Two", None], "url": ["http://a.example/", "http://a.example/2", ""]})
    >>> learn_sites(table, "html", urls="url")
    {'a.example': <SiteProfile of 2 pages>}
    """
    check_schema(table.schema, column, pa.schema([]))
    _check_column(urls, table.schema.names)
    return learn_many(addressed_pages(table, column, urls), kind)


def addressed_pages(table: Any, column: str, urls: str) -> Iterator[tuple[str, object]]:
    """Yield the pages of a table, each behind its address."""
    for url, page in zip(table.column(urls), table.column(column), strict=True):
        if page.is_valid:
            yield url.as_py() or "", page.as_py()


def profile_table(profiles: Mapping[str, SiteProfile]) -> pa.Table:
    """Return profiles as a table, sorted by site."""
    names = sorted(profiles)
    columns: list[Any] = [names, [profiles[name].to_json() for name in names]]
    return pa.table(columns, schema=PROFILE_SCHEMA)


def profiles_of(table: Any, source: str = "profiles") -> dict[str, SiteProfile]:
    """Return the profiles of a table, those of a site that comes several times merged.

    Raises `InputError`, which names `source`, for a table that holds something else.
    """
    sites, profiles = (table.column(name) for name in PROFILE_SCHEMA.names)
    rows = ((site.as_py(), profile.as_py()) for site, profile in zip(sites, profiles, strict=True))
    return merged((site, SiteProfile.from_json(profile, f"{source}, {site}")) for site, profile in rows)


def article_schema(fields: Iterable[str] = DEFAULT_FIELDS, prefix: str = "") -> pa.Schema:
    """Return the columns that `clean_table` adds.

    >>> article_schema(["text", "confidence"], prefix="article_").names
    ['article_text', 'article_confidence']
    """
    names = checked_fields(fields)
    return pa.schema([(prefix + name, pa.type_for_alias(COLUMN_FIELDS[name])) for name in names])


def check_schema(schema: pa.Schema, column: str, added: pa.Schema) -> None:
    """Raise `ConfigError` unless `column` holds pages and the added columns have new names."""
    places = schema.get_all_field_indices(column)
    _check_column(column, schema.names)
    found = schema.field(places[0]).type
    values = found.value_type if pa.types.is_dictionary(found) else found
    if not any(is_type(values) for is_type in _PAGE_TYPES):
        raise ConfigError(f"column {column!r} holds {found}, not pages: use strings or bytes")
    _check_names(added, schema.names)


def _check_column(name: str, names: Sequence[str]) -> None:
    if names.count(name) != 1:
        raise ConfigError(f"column {name!r}: there is not one such column among {', '.join(names)}")


def _check_names(added: pa.Schema, names: Sequence[str]) -> None:
    if taken := [name for name in added.names if name in names]:
        raise ConfigError(f"column {taken[0]!r} is there already: give a prefix for the new columns, or other fields")
