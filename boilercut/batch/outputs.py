"""Write articles: JSON lines, Parquet, or a folder of text files.

Until a run is complete, its output has the name of the output and `.part`, and only grows. So a run that was
killed is cut back to what was committed, and goes on. The last step gives the output its name.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any, Protocol

from boilercut.batch.options import OutputFormat
from boilercut.batch.records import BATCH_FIELDS
from boilercut.extras import needs_extra
from boilercut.fields import storable
from boilercut.vocabulary import InputError

__all__ = [
    "AppendFile", "JsonLines", "Output", "Parquet", "Row", "TextFolder", "check_text_files", "finish_output", "part_of",
    "text_file_of",
]  # fmt: skip

Row = dict[str, Any]

ROW_GROUP_BYTES = 64_000_000
"""Parquet's row groups are closed at this size; readers hold one at a time."""
ROW_GROUP_ROWS = 8192
MAX_NAME_BYTES = 120
"""Longer names of files are cut and told apart by a hash; most file systems allow 255 bytes."""

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]')


def part_of(path: Path) -> Path:
    """Return the name that an output has until it is complete."""
    return path.with_name(path.name + ".part")


def _sync_folder(folder: Path) -> None:
    """Make sure that names given in a folder outlast a crash of the machine."""
    if os.name != "posix":
        return  # elsewhere folders cannot be opened
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class AppendFile:
    """A file that only grows; opened again, it is first cut back to the length that was committed."""

    def __init__(self, path: Path, length: int) -> None:
        if length and (not path.exists() or path.stat().st_size < length):
            raise InputError(f"{path}: shorter than the journal says; start over with --overwrite")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("r+b" if length else "wb")
        self._file.truncate(length)
        self._file.seek(length)

    def write(self, data: bytes) -> None:
        """Add to the end."""
        self._file.write(data)

    def sync(self) -> int:
        """Make sure that everything is on the disk, and return the length."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> None:
        """Close the file; it keeps its name."""
        self._file.close()


class Output(Protocol):
    """Where rows go."""

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows."""

    def sync(self) -> int:
        """Make sure that all rows are on the disk; return the length to give to `__init__` when continuing."""

    def close(self) -> None:
        """Stop, complete or not."""


class JsonLines:
    """One JSON object a line."""

    def __init__(self, path: Path, length: int) -> None:
        self._file = AppendFile(part_of(path), length)

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows."""
        self._file.write(b"".join(_json_line(row) for row in rows))

    def sync(self) -> int:
        """Sync and return the length."""
        return self._file.sync()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Parquet:
    """One Parquet file, made at the end of Arrow record batches that were appended one by one.

    A Parquet file cannot be continued, since what it holds is said at its end; Arrow's stream format can.
    """

    def __init__(self, path: Path, length: int, fields: Sequence[str]) -> None:
        with needs_extra("batch"):
            import pyarrow as pa
        self._arrow = pa
        self._schema = pa.schema([(name, pa.type_for_alias(BATCH_FIELDS[name])) for name in fields])
        self._file = AppendFile(part_of(path), length)
        if not length:
            self._file.write(self._schema.serialize().to_pybytes())

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows as one record batch."""
        if rows:
            batch = self._arrow.RecordBatch.from_pylist(list(rows), schema=self._schema)
            self._file.write(batch.serialize().to_pybytes())

    def sync(self) -> int:
        """Sync and return the length."""
        return self._file.sync()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class TextFolder:
    """A folder with a text file a page, and `index.jsonl` with the other fields."""

    INDEX = "index.jsonl"

    def __init__(self, path: Path, length: int) -> None:
        self._path = path
        self._index = AppendFile(part_of(path) / self.INDEX, length)
        self._unsynced: list[Path] = []

    def write(self, rows: Sequence[Row]) -> None:
        """Write each row's text to its file, and the rest to the index."""
        for row in rows:
            file = part_of(self._path) / row["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(row["text"], encoding="utf-8", newline="\n")
            self._unsynced.append(file)
        self._index.write(b"".join(_json_line({k: v for k, v in row.items() if k != "text"}) for row in rows))

    def sync(self) -> int:
        """Sync all files written since the last time."""
        for file in self._unsynced:
            with file.open("rb") as written:
                os.fsync(written.fileno())
        self._unsynced = []
        return self._index.sync()

    def close(self) -> None:
        """Close the index."""
        self._index.close()


def finish_output(path: Path, output_format: OutputFormat) -> None:
    """Give a complete output its name; does nothing where that was done before a crash."""
    part = part_of(path)
    if not part.exists():
        return
    if output_format == "parquet":
        packed = path.with_name(path.name + ".packing")
        _pack(part, packed)
        packed.replace(path)
        part.unlink()
    else:
        part.replace(path)
    _sync_folder(path.parent)


def _pack(part: Path, target: Path) -> None:
    """Turn record batches into Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with (
        pa.OSFile(str(part)) as file,
        pa.ipc.open_stream(file) as batches,
        pq.ParquetWriter(target, batches.schema, compression="zstd") as writer,
    ):
        for group in _row_groups(batches):
            writer.write_table(pa.Table.from_batches(group), row_group_size=2 * ROW_GROUP_ROWS)
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _row_groups(batches: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield record batches by row group; they are the same whether the run was interrupted or not."""
    group: list[Any] = []
    rows = size = 0
    for batch in batches:
        group.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= ROW_GROUP_ROWS or size >= ROW_GROUP_BYTES:
            yield group
            group, rows, size = [], 0, 0
    if group:
        yield group


def text_file_of(source: str, number: int | None) -> str:
    """Return the name of a page's text file, inside the output folder wherever the page came from.

    `number` is the record's place in `source`, None where the source is the page.

    >>> text_file_of("../crawl/a.html", None), text_file_of("/data/b.warc.gz", 7)
    ('_/crawl/a.html.txt', 'data/b.warc.gz/000000007.txt')
    """
    path = PurePath(source)
    parts = [_safe_name(part) for part in path.parts if part != path.anchor]
    return "/".join(parts or ["_"]) + (".txt" if number is None else f"/{number:09}.txt")


def _safe_name(name: str) -> str:
    """Return a name that stands for one file and goes nowhere; a name that had to be changed gets a hash."""
    if name == "..":
        return "_"
    safe = _UNSAFE.sub("_", storable(name))
    if safe == name and len(safe.encode()) <= MAX_NAME_BYTES:
        return safe
    cut = safe.encode()[:MAX_NAME_BYTES].decode("utf-8", "ignore")
    return f"{cut}-{sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def check_text_files(sources: Iterable[str]) -> None:
    """Raise `InputError` if two sources would be written to the same files."""
    names: dict[str, str] = {}
    for source in sources:
        name = text_file_of(source, None)
        if name in names:
            raise InputError(f"{names[name]} and {source} would both be written to {name}; use .jsonl as output")
        names[name] = source


def _json_line(row: Row) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"
