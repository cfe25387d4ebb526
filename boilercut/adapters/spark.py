"""Clean a column of a Spark DataFrame (extra `spark`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from boilercut.arrow import article_schema, check_schema, clean_table
from boilercut.cutter import Cutter
from boilercut.errors import ConfigError
from boilercut.extras import needs_extra
from boilercut.fields import DEFAULT_FIELDS
from boilercut.page import PageKind

with needs_extra("spark"):
    from pyspark.sql import DataFrame
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
    from pyspark.sql.types import StructType

__all__ = ["clean_pages"]


def clean_pages(
    frame: DataFrame,
    column: str,
    *,
    fields: Sequence[str] = DEFAULT_FIELDS,
    prefix: str = "",
    urls: str | None = None,
    kind: PageKind | None = None,
    cutter: Cutter | None = None,
) -> DataFrame:
    """Return `frame` with new columns of articles behind its own; takes what `boilercut.arrow.clean_table` takes.

    Lazy: the pages are cut by Spark's Python workers when the result is used, in the partitions that they
    are in. Raises `ConfigError` at once where `column` is missing or holds no pages.
    """
    if not hasattr(frame, "mapInArrow"):
        raise ConfigError(f"{type(frame).__name__} is no DataFrame of Spark; boilercut.arrow.clean_table takes others")
    added = article_schema(fields, prefix)
    check_schema(to_arrow_schema(frame.schema), column, added)
    schema = StructType([*frame.schema.fields, *from_arrow_schema(added).fields])
    cutter = cutter or Cutter()

    def clean_batches(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            yield clean_table(batch, column, fields=fields, prefix=prefix, urls=urls, kind=kind, cutter=cutter)

    return frame.mapInArrow(clean_batches, schema)
