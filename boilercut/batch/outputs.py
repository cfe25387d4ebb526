"""Write articles: JSON lines, Parquet, or a folder of text files.

Until a run is complete, its output has the name of the output and `.part`, and only grows. A run that was killed
is cut back to what was committed, and continues from there. The last step gives the output its name.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from typing import IO, Any, Protocol

from boilercut.batch.names import INDEX, part_of, unfinished_of
from boilercut.batch.options import OutputFormat
from boilercut.batch.records import BATCH_FIELDS
from boilercut.errors import InputError
from boilercut.extras import needs_extra

__all__ = [
    "AppendFile", "JsonLines", "Output", "Parquet", "Row", "TextFolder", "finish_output", "is_text_folder", "writing",
]  # fmt: skip

Row = dict[str, Any]

ROW_GROUP_BYTES = 64_000_000
"""Parquet's row groups are closed at this size; readers hold one at a time."""
ROW_GROUP_ROWS = 8192
LOCKED_BYTE = 1 << 30
"""Position of the byte that Windows locks: locked bytes cannot be read there, and no journal is so long."""
NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}
"""Errors of file systems that have no locks."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what disks raise inside the block into an `InputError` that names the file and says how to continue."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error) or type(error).__name__).lower()
        raise InputError(
            f"{error.filename or path}: cannot be written: {reason}; what was committed is kept, and the same command "
            "with --resume goes on from there"
        ) from error


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
    """A file that only grows, and that one run at a time can have open.

    Opened again, it is first cut back to the length that was committed. Raises `InputError` if another run has it
    open, if it is shorter than that, or if it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = _opened(path)
            while not self._is_ours():
                self._file = _opened(path)  # the run that had it open has just ended, and removed it

    def _is_ours(self) -> bool:
        """Lock the file; return False, with the file closed, if its name no longer stands for it."""
        with self._closed_on_failure():
            if not stat.S_ISREG(os.fstat(self._file.fileno()).st_mode):
                raise InputError(f"{self._path} is no file, but a device or a pipe; use another output")
            if not _locked(self._file):
                raise InputError(f"{self._path}: another run is writing it; wait for its end, or use another output")
            if _is_still(self._file, self._path):
                return True
        self.close()
        return False

    @contextmanager
    def _closed_on_failure(self) -> Iterator[None]:
        try:
            with writing(self._path):
                yield
        except InputError:
            self.close()
            raise

    def cut_back(self, length: int) -> None:
        """Forget what was written beyond `length`."""
        with self._closed_on_failure():
            if self._file.seek(0, os.SEEK_END) < length:
                raise InputError(f"{self._path}: shorter than the journal says; start over with --overwrite")
            self._file.truncate(length)
            self._file.seek(length)

    def read(self) -> bytes:
        """Return all that was written."""
        with self._closed_on_failure():
            self._file.seek(0)
            return self._file.read()

    def write(self, data: bytes) -> None:
        """Add to the end."""
        rest = memoryview(data)
        with self._closed_on_failure():
            while rest:
                rest = rest[os.write(self._file.fileno(), rest) :]

    def sync(self) -> int:
        """Make sure that everything is on the disk, and return the length."""
        with self._closed_on_failure():
            os.fsync(self._file.fileno())
            return self._file.tell()

    def close(self) -> None:
        """Close the file and unlock it; it keeps its name."""
        with suppress(OSError):
            self._file.close()


def _opened(path: Path) -> IO[bytes]:
    """Open a file for reading and writing, without a buffer: what a full disk did not take must not be left in it."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666), "r+b", 0)


def _locked(file: IO[bytes]) -> bool:
    """Lock a file until it is closed, or its process ends; return whether nobody else has.

    Where the system or the file system has no locks, nobody has.
    """
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(LOCKED_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        return True
    except OSError as error:
        return error.errno in NO_LOCKS
    return True


def _is_still(file: IO[bytes], path: Path) -> bool:
    """Return whether a name still stands for an open file."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


class Output(Protocol):
    """Where rows go: each is packed by itself, so that one that cannot be stored spoils no other."""

    def pack(self, row: Row) -> Any:
        """Return a row as it will be stored; raises whatever is wrong with it."""

    def write(self, packed: Sequence[Any]) -> None:
        """Add packed rows; raises `InputError` if the disk does not take them."""

    def sync(self) -> int:
        """Make sure that all rows are on the disk; return the length to give to `__init__` when continuing."""

    def close(self) -> None:
        """Stop, complete or not."""


class _OneFile:
    """Rows that all go to one file."""

    def __init__(self, path: Path, length: int) -> None:
        self._file = AppendFile(part_of(path))
        self._file.cut_back(length)

    def sync(self) -> int:
        """Sync and return the length."""
        return self._file.sync()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class JsonLines(_OneFile):
    """One JSON object per line."""

    def pack(self, row: Row) -> bytes:
        """Return a row as a line."""
        return _json_line(row)

    def write(self, packed: Sequence[bytes]) -> None:
        """Add lines."""
        self._file.write(b"".join(packed))


class Parquet(_OneFile):
    """One Parquet file, made at the end of Arrow record batches that were appended one by one.

    A Parquet file cannot be continued, since its index stands at its end; Arrow's stream format can.
    """

    def __init__(self, path: Path, length: int, fields: Sequence[str]) -> None:
        with needs_extra("batch"):
            import pyarrow as pa
        self._arrow = pa
        self._schema = pa.schema([(name, pa.type_for_alias(BATCH_FIELDS[name])) for name in fields])
        super().__init__(path, length)
        if not length:
            self._file.write(self._schema.serialize().to_pybytes())

    def pack(self, row: Row) -> Any:
        """Return a row as a table of one row."""
        return self._arrow.Table.from_pylist([row], schema=self._schema)

    def write(self, packed: Sequence[Any]) -> None:
        """Add rows as one record batch."""
        if packed:
            for batch in self._arrow.concat_tables(packed).combine_chunks().to_batches():
                self._file.write(batch.serialize().to_pybytes())


class TextFolder:
    """A folder with one text file per page, and `index.jsonl` with the other fields."""

    def __init__(self, path: Path, length: int) -> None:
        self._path = part_of(path)
        self._index = AppendFile(self._path / INDEX)
        self._index.cut_back(length)
        self._unsynced: list[Path] = []

    def pack(self, row: Row) -> tuple[str, bytes, bytes]:
        """Return the name of the text file, the text, and the line of the index."""
        line = _json_line({name: value for name, value in row.items() if name != "text"})
        return row["file"], row["text"].encode("utf-8"), line

    def write(self, packed: Sequence[tuple[str, bytes, bytes]]) -> None:
        """Write each text to its file, and the lines to the index."""
        for name, text, _ in packed:
            file = self._path / name
            with writing(file):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text)
            self._unsynced.append(file)
        self._index.write(b"".join(line for _, _, line in packed))

    def sync(self) -> int:
        """Sync all files written since the last time."""
        for file in self._unsynced:
            with writing(file), file.open("rb") as written:
                os.fsync(written.fileno())
        self._unsynced = []
        return self._index.sync()

    def close(self) -> None:
        """Close the index."""
        self._index.close()


def finish_output(path: Path, output_format: OutputFormat) -> None:
    """Give a complete output its name; does nothing where that was done before a crash."""
    part = part_of(path)
    with writing(path):
        if not part.exists():
            return
        if output_format == "parquet":
            _pack(part, path)
            part.unlink()
        else:
            if is_text_folder(path):
                rmtree(path)  # the output of an older run, which the user gave up
            part.replace(path)
        _sync_folder(path.parent)


def is_text_folder(path: Path) -> bool:
    """Return whether a folder is the output of a run."""
    return path.is_dir() and (path / INDEX).is_file()


def _pack(part: Path, target: Path) -> None:
    """Turn record batches into Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    unfinished = unfinished_of(target)
    try:
        with (
            pa.OSFile(str(part)) as file,
            pa.ipc.open_stream(file) as batches,
            pq.ParquetWriter(unfinished, batches.schema, compression="zstd") as writer,
        ):
            for group in _row_groups(batches):
                writer.write_table(pa.Table.from_batches(group), row_group_size=2 * ROW_GROUP_ROWS)
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.replace(target)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)  # on a full disk, it would be in the way of the next try
        raise


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


def _json_line(row: Row) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"
