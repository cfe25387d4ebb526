"""Name the sites of records, and keep the profiles of many sites in one Parquet file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from boilercut.batch.names import part_of
from boilercut.errors import InputError
from boilercut.extras import needs_extra
from boilercut.sites import SiteProfile

__all__ = ["read_profiles", "site_of", "write_profiles"]

PROFILES_AT_ONCE = 256
"""Number of profiles in a row group, which bounds the memory at work."""
_COLUMNS = ("site", "profile")


def site_of(url: str) -> str:
    """Return the site of an address: its host, without `www.`; empty where it has none.

    >>> site_of("https://www.Example.org:8080/a?b"), site_of("a page")
    ('example.org', '')
    """
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def write_profiles(file: Path, profiles: Mapping[str, SiteProfile]) -> None:
    """Write profiles, sorted by site: the same bytes for the same profiles. A file has its name once it is complete."""
    with needs_extra("batch"):
        import pyarrow
        from pyarrow import parquet
    schema = pyarrow.schema([(name, pyarrow.string()) for name in _COLUMNS])
    names = sorted(profiles)
    try:
        with parquet.ParquetWriter(part_of(file), schema, compression="zstd") as writer:
            for low in range(0, len(names), PROFILES_AT_ONCE):
                some = names[low : low + PROFILES_AT_ONCE]
                columns: list[Any] = [some, [profiles[name].to_json() for name in some]]
                writer.write_table(pyarrow.table(columns, schema=schema))
        part_of(file).replace(file)
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error})") from error


def read_profiles(file: Path) -> dict[str, SiteProfile]:
    """Read what `write_profiles` wrote; raise `InputError` for anything else."""
    with needs_extra("batch"):
        import pyarrow
        from pyarrow import parquet
    try:
        rows: Iterable[Mapping[str, str]] = parquet.read_table(file, columns=list(_COLUMNS)).to_pylist()
    except (OSError, pyarrow.ArrowException) as error:
        raise InputError(f"{file}: cannot be read as profiles of sites ({error})") from error
    return {row["site"]: SiteProfile.from_json(row["profile"], f"{file}, {row['site']}") for row in rows}
