"""Find the inputs, detect their formats, tell them apart, and open them."""

from __future__ import annotations

import glob
import io
import os
import sys
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from boilercut.batch.options import InputFormat
from boilercut.batch.packing import UNPACK_ERRORS, counted, packing_of, unpacked
from boilercut.errors import InputError

__all__ = ["Source", "find_sources", "format_of", "identity_of", "opened"]

HEAD_BYTES = 1 << 16
"""Bytes from which the format of an input is detected."""
END_BYTES = 1 << 16
"""Bytes of each end of an input that tell it from another of the same size and time."""

_MAGIC: dict[bytes, InputFormat] = {b"WARC/": "warc", b"filedesc:": "arc", b"PAR1": "parquet"}
_SUFFIXES: dict[str, InputFormat] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".parquet": "parquet",
    ".warc": "warc", ".wet": "warc", ".wat": "warc", ".arc": "arc",
}  # fmt: skip
_PACKED_SUFFIXES = (".gz", ".zst", ".zstd", ".lz4")


class Source(NamedTuple):
    """An input: a file, or `-` for standard input."""

    name: str
    size: int


def find_sources(inputs: Iterable[str], outputs: Iterable[Path] = ()) -> list[Source]:
    """Return the files that inputs name, in a fixed order, each once.

    Folders are walked without hidden files, and without the `outputs` of the run. Raises `InputError` for what is not
    there, and for an input that is an output too.
    """
    own = {os.path.realpath(path) for path in outputs}
    names: dict[str, str] = {}
    for each in inputs:
        if each != "-" and os.path.realpath(each) in own:
            raise InputError(f"{each} is an input and an output; use another name for the output")
        for name in _files_of(each, own):
            real = os.path.realpath(name) if name != "-" else "-"
            if real not in own:
                names.setdefault(real, name)
    return [Source(name, Path(name).stat().st_size if name != "-" else 0) for name in names.values()]


def identity_of(source: Source) -> list[str | int]:
    """Return what tells an input from a changed one: name, size, time of change, and a hash of both ends.

    Pipes and standard input are known by their names only.
    """
    path = Path(source.name)
    if source.name == "-" or not path.is_file():
        return [source.name]
    status = path.stat()
    with path.open("rb") as stream:
        ends = sha256(stream.read(END_BYTES))
        stream.seek(max(status.st_size - END_BYTES, 0))
        ends.update(stream.read(END_BYTES))
    return [source.name, status.st_size, status.st_mtime_ns, ends.hexdigest()]


def _files_of(name: str, own: Container[str]) -> Iterator[str]:
    if name == "-" or Path(name).is_file() or _is_pipe(name):
        return iter([name])
    if Path(name).is_dir():
        return _walk(name, own)
    found = glob.iglob(name, recursive=True)  # noqa: PTH207 - a Path would turn "./a*" into other names
    if files := sorted(each for each in found if Path(each).is_file()):
        return iter(files)
    raise InputError(f"{name}: no such file or folder, and nothing that it stands for as a pattern")


def _is_pipe(name: str) -> bool:
    return Path(name).is_fifo()


def _walk(folder: str, own: Container[str]) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        shown = sorted(each for each in folders if not each.startswith("."))
        folders[:] = [each for each in shown if os.path.realpath(os.path.join(parent, each)) not in own]  # noqa: PTH118
        paths = (os.path.join(parent, file) for file in sorted(files) if not file.startswith("."))  # noqa: PTH118
        yield from (path for path in paths if Path(path).is_file())  # a pipe or a device would never end


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """Open an input for reading, packed as it is."""
    if source.name == "-":
        yield _with_position(cast("BinaryIO", sys.stdin.buffer))
        return
    with Path(source.name).open("rb", HEAD_BYTES) as stream:
        yield _with_position(stream)


def _with_position(stream: BinaryIO) -> BinaryIO:
    return stream if stream.seekable() and hasattr(stream, "peek") else counted(stream, HEAD_BYTES)


def format_of(stream: BinaryIO, name: str) -> InputFormat:
    """Detect the format of an input by its first bytes, then by its name; the stream keeps its position."""
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


def _unpacked_head(stream: BinaryIO) -> bytes:
    """Return the first bytes of the unpacked data, or as many as can be unpacked."""
    head = cast("io.BufferedReader", stream).peek(HEAD_BYTES)[:HEAD_BYTES]
    if packing_of(head) is None:
        return head
    try:
        return unpacked(cast("BinaryIO", io.BufferedReader(io.BytesIO(head)))).read(16)
    except UNPACK_ERRORS:
        return b""
