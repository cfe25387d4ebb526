"""Find the inputs, tell what they are, and open them; what is packed is unpacked as a stream."""

from __future__ import annotations

import glob
import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from boilercut.batch.options import InputFormat
from boilercut.extras import needs_extra
from boilercut.vocabulary import InputError

__all__ = ["READ_ERRORS", "Source", "find_sources", "format_of", "opened", "unpacked"]

READ_ERRORS = (OSError, EOFError, ValueError, NotImplementedError, zlib.error)
"""What the readers of files raise when one is broken; Arrow's errors derive from these."""
HEAD_BYTES = 1 << 16
"""So much is looked at to tell what an input is."""
PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4"}
"""First bytes of packed files (RFC 1952, RFC 8878, LZ4 frame format)."""

_MAGIC: dict[bytes, InputFormat] = {b"WARC/": "warc", b"filedesc:": "arc", b"PAR1": "parquet"}
_SUFFIXES: dict[str, InputFormat] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".parquet": "parquet",
    ".warc": "warc", ".wet": "warc", ".wat": "warc", ".arc": "arc",
}  # fmt: skip
_PACKED_SUFFIXES = (".gz", ".zst", ".zstd", ".lz4")


class Source(NamedTuple):
    """An input: a file, or `-`."""

    name: str
    size: int


def find_sources(inputs: Iterable[str]) -> list[Source]:
    """Return the files that inputs name, in a fixed order, each once.

    Folders are walked without hidden files. Raises `InputError` for what is not there.
    """
    names: dict[str, str] = {}
    for each in inputs:
        for name in _files_of(each):
            names.setdefault(os.path.realpath(name) if name != "-" else "-", name)
    return [Source(name, Path(name).stat().st_size if name != "-" else 0) for name in names.values()]


def _files_of(name: str) -> Iterator[str]:
    if name == "-" or Path(name).is_file() or _is_pipe(name):
        return iter([name])
    if Path(name).is_dir():
        return _walk(name)
    found = glob.iglob(name, recursive=True)  # noqa: PTH207 - a Path would turn "./a*" into other names
    if files := sorted(each for each in found if Path(each).is_file()):
        return iter(files)
    raise InputError(f"{name}: no such file or folder, and nothing that it stands for as a pattern")


def _is_pipe(name: str) -> bool:
    return Path(name).is_fifo()


def _walk(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        paths = (os.path.join(parent, file) for file in sorted(files) if not file.startswith("."))  # noqa: PTH118
        yield from (path for path in paths if Path(path).is_file())  # a pipe or a device would never end


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """Open an input for reading, packed as it is."""
    if source.name == "-":
        yield cast("BinaryIO", sys.stdin.buffer)
        return
    with Path(source.name).open("rb", HEAD_BYTES) as stream:
        yield stream


def unpacked(stream: BinaryIO) -> io.BufferedIOBase:
    """Return the stream unpacked, if its first bytes say that it is packed; it is never unpacked as a whole."""
    packing = _packing_of(_head(stream))
    if packing == "gzip":
        return gzip.GzipFile(fileobj=stream, mode="rb")
    if packing is not None:
        with needs_extra("batch"):
            import pyarrow as pa
        return io.BufferedReader(pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), packing))
    return cast("io.BufferedIOBase", stream)


def format_of(stream: BinaryIO, name: str) -> InputFormat:
    """Tell what an input is by its first bytes, then by its name; the stream stays where it is."""
    head = _unpacked_head(stream)
    for magic, found in _MAGIC.items():
        if head.startswith(magic):
            return found
    suffix = _suffix_of(name)
    if not suffix and head.lstrip().startswith(b"{"):
        return "jsonl"
    return _SUFFIXES.get(suffix, "page")


def _suffix_of(name: str) -> str:
    path = Path(name.lower())
    return (path.with_suffix("") if path.suffix in _PACKED_SUFFIXES else path).suffix


def _head(stream: BinaryIO) -> bytes:
    return cast("io.BufferedReader", stream).peek(HEAD_BYTES)[:HEAD_BYTES]


def _packing_of(head: bytes) -> str | None:
    return next((name for magic, name in PACKED.items() if head.startswith(magic)), None)


def _unpacked_head(stream: BinaryIO) -> bytes:
    """Return the first bytes of what is packed, or as many as can be had."""
    head = _head(stream)
    if _packing_of(head) is None:
        return head
    try:
        return unpacked(cast("BinaryIO", io.BufferedReader(io.BytesIO(head)))).read(16)
    except READ_ERRORS:
        return b""
