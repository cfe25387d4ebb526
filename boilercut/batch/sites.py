"""Keep the profiles of many sites in one Parquet file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from boilercut.batch.names import part_of
from boilercut.errors import InputError
from boilercut.extras import needs_extra
from boilercut.sites import SiteProfile

__all__ = ["read_profiles", "write_profiles"]

PROFILES_AT_ONCE = 256
"""Number of profiles in a row group, which bounds the memory at work."""


def write_profiles(file: Path, profiles: Mapping[str, SiteProfile]) -> None:
    """Write profiles, sorted by site: the same bytes for the same profiles. A file has its name once it is complete."""
    with needs_extra("batch"):
        from pyarrow import parquet

        from boilercut.arrow import PROFILE_SCHEMA, profile_table
    names = sorted(profiles)
    try:
        with parquet.ParquetWriter(part_of(file), PROFILE_SCHEMA, compression="zstd") as writer:
            for low in range(0, len(names), PROFILES_AT_ONCE):
                some = names[low : low + PROFILES_AT_ONCE]
                writer.write_table(profile_table({name: profiles[name] for name in some}))
        part_of(file).replace(file)
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error})") from error


def read_profiles(file: Path) -> dict[str, SiteProfile]:
    """Read what `write_profiles` wrote; raise `InputError` for anything else."""
    with needs_extra("batch"):
        import pyarrow
        from pyarrow import parquet

        from boilercut.arrow import PROFILE_SCHEMA, profiles_of
    try:
        table = parquet.read_table(file, columns=PROFILE_SCHEMA.names)
    except (OSError, pyarrow.ArrowException) as error:
        raise InputError(f"{file}: cannot be read as profiles of sites ({error})") from error
    return profiles_of(table, str(file))
