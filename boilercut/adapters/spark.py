"""Clean a column of a Spark DataFrame, and learn what its sites repeat (extra `spark`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from boilercut.arrow import (
    PROFILE_SCHEMA,
    addressed_pages,
    article_schema,
    check_schema,
    clean_table,
    profile_table,
    profiles_of,
)
from boilercut.cutter import Cutter
from boilercut.errors import ConfigError
from boilercut.extras import needs_extra
from boilercut.fields import DEFAULT_FIELDS
from boilercut.page import PageKind, site_of
from boilercut.sites import SiteProfile, learn_many

with needs_extra("spark"):
    import pyarrow as pa
    from pyspark.sql import DataFrame
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
    from pyspark.sql.types import StructType

__all__ = ["clean_pages", "learn_sites"]

_SITE, _PROFILE = "boilercut_site", "boilercut_profile"
"""Columns that pages have while they are joined with profiles."""


def clean_pages(
    frame: DataFrame,
    column: str,
    *,
    fields: Sequence[str] = DEFAULT_FIELDS,
    prefix: str = "",
    urls: str | None = None,
    kind: PageKind | None = None,
    cutter: Cutter | None = None,
    sites: DataFrame | None = None,
) -> DataFrame:
    """Return `frame` with new columns of articles behind its own; takes what `boilercut.arrow.clean_table` takes.

    `sites` is what `learn_sites` returns: pages are joined with the profile of their site.

    Lazy: the pages are cut by Spark's Python workers when the result is used, in the partitions that they
    are in. Raises `ConfigError` at once where `column` is missing or holds no pages.
    """
    if not hasattr(frame, "mapInArrow"):
        raise ConfigError(f"{type(frame).__name__} is no DataFrame of Spark; boilercut.arrow.clean_table takes others")
    added = article_schema(fields, prefix)
    check_schema(to_arrow_schema(frame.schema), column, added)
    schema = StructType([*frame.schema.fields, *from_arrow_schema(added).fields])
    cutter, has_sites = cutter or Cutter(), sites is not None

    def clean_batches(batches: Iterator[Any]) -> Iterator[Any]:
        known: dict[str, SiteProfile] = {}
        for batch in batches:
            known = _profiles_in(batch, known) if has_sites else {}
            cleaned = clean_table(
                batch, column, fields=fields, prefix=prefix, urls=urls, kind=kind, cutter=cutter, sites=known
            )
            yield cleaned.select(schema.names)

    return (frame if sites is None else _joined(frame, urls, sites)).mapInArrow(clean_batches, schema)


def learn_sites(frame: DataFrame, column: str, *, urls: str, kind: PageKind | None = None) -> DataFrame:
    """Return the profile of each site that a frame has pages of: the columns `site` and `profile`, which is JSON.

    Lazy. Each partition is reduced to profiles before anything is moved, so a site may have any number of pages.
    """
    schema = from_arrow_schema(PROFILE_SCHEMA)

    def learn(batches: Iterator[Any]) -> Iterator[Any]:
        pages = (page for batch in batches for page in addressed_pages(batch, column, urls))
        yield from profile_table(learn_many(pages, kind)).to_batches()

    def merge(parts: Any) -> Any:
        return profile_table(profiles_of(parts))

    return frame.select(column, urls).mapInArrow(learn, schema).groupBy("site").applyInArrow(merge, schema)


def _joined(frame: DataFrame, urls: str | None, sites: DataFrame) -> DataFrame:
    """Return the pages with their sites and the profiles of these."""
    if urls is None:
        raise ConfigError("sites: say in which column the addresses are, with urls")
    profiles = sites.withColumnsRenamed({"site": _SITE, "profile": _PROFILE})

    def name_sites(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            names = [site_of(url.as_py() or "") for url in batch.column(urls)]
            yield batch.append_column(_SITE, pa.array(names, pa.string()))

    schema = StructType([*frame.schema.fields, *from_arrow_schema(pa.schema([(_SITE, pa.string())])).fields])
    return frame.mapInArrow(name_sites, schema).join(profiles, _SITE, "left")


def _profiles_in(batch: Any, known: dict[str, SiteProfile]) -> dict[str, SiteProfile]:
    """Return the profiles of the sites in a batch; `known` are those of the batch before, parsed already."""
    rows = dict(zip(batch.column(_SITE).to_pylist(), batch.column(_PROFILE).to_pylist(), strict=True))
    return {site: known.get(site) or SiteProfile.from_json(profile, site) for site, profile in rows.items() if profile}
