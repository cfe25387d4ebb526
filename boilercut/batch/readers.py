"""Read the records of an input: page files, JSON lines, Parquet; archives are read in `archives`.

A reader yields one item for each record that it finds. A record that cannot be read becomes a `Failed`; if the
input itself is broken, there is one `Failed` where reading stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO

from boilercut.batch.archives import read_arc, read_warc
from boilercut.batch.inputs import Source, format_of, opened
from boilercut.batch.job import Job
from boilercut.batch.packing import TooLongError, unpacked
from boilercut.batch.records import ENDINGS, Failed, Item, Line, Placed, Record, guarded, reason_of
from boilercut.batch.rows import missing_field, record_of_row
from boilercut.errors import MissingExtraError
from boilercut.extras import needs_extra

__all__ = ["read_sources"]

ROWS_AT_ONCE = 16
"""Rows of Parquet that are decoded at a time: a row may hold a page of many megabytes."""
MAX_RATIO = 100
"""A row group that is longer than `max_bytes` and unpacks to more than this many times its length is a bomb: Arrow
unpacks a page of the file whole. HTML is packed to a fifth or a twentieth."""


def read_sources(sources: list[Source], job: Job, start: tuple[int, int] = (0, 0)) -> Iterator[Placed]:
    """Yield the items of all sources in order, from an item of a source on."""
    before = sum(source.size for source in sources[: start[0]])
    for index in range(start[0], len(sources)):
        skipped = start[1] if index == start[0] else 0
        for number, (item, position) in enumerate(islice(_items(sources[index], job), skipped, None), skipped):
            yield Placed(index, number, item, before + position)
        before += sources[index].size


def _items(source: Source, job: Job) -> Iterator[tuple[Item, int]]:
    """Yield the items of an input, with the number of its bytes that were read by then."""
    try:
        with opened(source) as stream:
            read = _READERS[job.input_format or format_of(stream, source.name)]
            for item in read(stream, source.name, job):
                yield item, _position(stream, source)
    except (MissingExtraError, *ENDINGS):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever an input sets off, a run goes on to the next one, and says so
        yield Failed(f"the input cannot be read on: {reason_of(error)}"), source.size


def _position(stream: BinaryIO, source: Source) -> int:
    """Return the position in a file; readers of Parquet jump, so never beyond its end."""
    return min(stream.tell(), source.size) if source.size else 0


def _read_page(stream: BinaryIO, name: str, job: Job) -> Iterator[Item]:
    yield guarded(_page_of, stream, name, job, known={"id": name})


def _page_of(stream: BinaryIO, name: str, job: Job) -> Item:
    data = unpacked(stream).read(job.max_bytes + 1)
    if len(data) > job.max_bytes:
        raise TooLongError(job.max_bytes)
    return Record(data, id=name, kind=job.kind, whole=True)


def _read_json_lines(stream: BinaryIO, name: str, job: Job) -> Iterator[Item]:
    lines = unpacked(stream)
    while line := lines.readline(job.max_bytes + 1):
        if len(line) > job.max_bytes:
            while line and not line.endswith(b"\n"):
                line = lines.readline(1 << 20)
            yield Failed(str(TooLongError(job.max_bytes)))
        elif line.strip():
            yield Line(line)


def _read_parquet(stream: BinaryIO, name: str, job: Job) -> Iterator[Item]:
    with needs_extra("batch"):
        import pyarrow.parquet as pq
    if not stream.seekable():
        yield Failed("Parquet cannot be read from a pipe; use a file")
        return
    file = pq.ParquetFile(stream, pre_buffer=False)
    names = file.schema_arrow.names
    if job.page_field not in names:
        yield Failed(missing_field(job.layout, names))
        return
    wanted = [name for name in names if name in (job.page_field, job.id_field, job.url_field)]
    for group in range(file.num_row_groups):
        yield from _row_group(file, group, wanted, job)


def _row_group(file: Any, group: int, wanted: list[str], job: Job) -> Iterator[Item]:
    """Yield the records of a row group; where it cannot be read on, one `Failed`."""
    if _is_bomb(file.metadata.row_group(group), job):
        yield Failed(f"row group {group} is not read: it unpacks to more than {MAX_RATIO} times its length")
        return
    try:
        for batch in file.iter_batches(ROWS_AT_ONCE, row_groups=[group], columns=wanted):
            for row in range(batch.num_rows):
                yield record_of_row(_Row(batch, row), job.layout)
    except ENDINGS:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a row group sets off, the others are read
        yield Failed(f"row group {group} cannot be read on: {reason_of(error)}")


def _is_bomb(group: Any, job: Job) -> bool:
    columns = [group.column(index) for index in range(group.num_columns)]
    pages = [column for column in columns if column.path_in_schema.partition(".")[0] == job.page_field]
    packed = sum(column.total_compressed_size for column in pages)
    length = sum(column.total_uncompressed_size for column in pages)
    return bool(length > max(job.max_bytes, MAX_RATIO * packed))


class _Row(Mapping[str, Any]):
    """A row of a record batch, its values converted when they are asked for: one that cannot be spoils no other."""

    def __init__(self, batch: Any, row: int) -> None:
        self._batch, self._row = batch, row

    def __getitem__(self, name: str) -> Any:
        scalar = self._batch.column(name)[self._row]
        try:
            return scalar.as_py()
        except (ValueError, KeyError, OverflowError):  # times with nanoseconds, of unknown zones, of far years
            if getattr(scalar.type, "tz", None):
                scalar = scalar.cast(f"timestamp[{scalar.type.unit}]")  # in UTC, as Parquet keeps it
            return str(scalar.cast("string"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._batch.schema.names)

    def __len__(self) -> int:
        return int(self._batch.num_columns)


_READERS: dict[str, Callable[[BinaryIO, str, Job], Iterator[Item]]] = {
    "page": _read_page,
    "jsonl": _read_json_lines,
    "parquet": _read_parquet,
    "warc": read_warc,
    "arc": read_arc,
}
