"""Read the records of an input: page files, JSON lines, Parquet; archives are read in `archives`.

A reader yields one item for each thing that it finds. What is wrong with a record becomes a `Failed`; what is
wrong with the whole input, one `Failed` where reading stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO

from boilercut.batch.archives import read_arc, read_warc
from boilercut.batch.inputs import READ_ERRORS, Source, format_of, opened, unpacked
from boilercut.batch.job import Job
from boilercut.batch.records import Failed, Item, Line, Placed, Record
from boilercut.batch.rows import missing_field, record_of_row
from boilercut.extras import needs_extra

__all__ = ["read_sources"]

ROWS_AT_ONCE = 16
"""Parquet is decoded so many rows at a time: a row may hold a page of many megabytes."""


def read_sources(sources: list[Source], job: Job, start: tuple[int, int] = (0, 0)) -> Iterator[Placed]:
    """Yield the items of all sources in order, from an item of a source on."""
    before = sum(source.size for source in sources[: start[0]])
    for place in range(start[0], len(sources)):
        skipped = start[1] if place == start[0] else 0
        for number, (item, position) in enumerate(islice(_items(sources[place], job), skipped, None), skipped):
            yield Placed(place, number, item, before + position)
        before += sources[place].size


def _items(source: Source, job: Job) -> Iterator[tuple[Item, int]]:
    """Yield what an input holds, and how many of its bytes were read by then."""
    try:
        with opened(source) as stream:
            read = _READERS[job.input_format or format_of(stream, source.name)]
            for item in read(stream, source.name, job):
                yield item, _told(stream, source)
    except READ_ERRORS as error:
        yield Failed(f"the input cannot be read on: {str(error) or type(error).__name__}"), source.size


def _told(stream: BinaryIO, source: Source) -> int:
    """Return how far a file was read; Parquet readers jump, so never beyond its end."""
    return min(stream.tell(), source.size) if source.size else 0


def _read_page(stream: BinaryIO, name: str, job: Job) -> Iterator[Item]:
    data = unpacked(stream).read(job.max_bytes + 1)
    if len(data) > job.max_bytes:
        yield Failed(_too_long(job), id=name)
    else:
        yield Record(data, id=name, kind=job.kind)


def _read_json_lines(stream: BinaryIO, name: str, job: Job) -> Iterator[Item]:
    lines = unpacked(stream)
    while line := lines.readline(job.max_bytes + 1):
        if len(line) > job.max_bytes:
            while line and not line.endswith(b"\n"):
                line = lines.readline(1 << 20)
            yield Failed(_too_long(job))
        elif line.strip():
            yield Line(line)


def _read_parquet(stream: BinaryIO, name: str, job: Job) -> Iterator[Item]:
    with needs_extra("batch"):
        import pyarrow.parquet as pq
    if not stream.seekable():
        yield Failed("Parquet cannot be read from a pipe; use a file")
        return
    table = pq.ParquetFile(stream, pre_buffer=False)
    if job.page_field not in table.schema_arrow.names:
        yield Failed(missing_field(job.layout, table.schema_arrow.names))
        return
    wanted = {job.page_field, job.id_field, job.url_field}
    columns = [column for column in table.schema_arrow.names if column in wanted]
    for batch in table.iter_batches(ROWS_AT_ONCE, columns=columns):
        yield from (record_of_row(row, job.layout) for row in batch.to_pylist())


def _too_long(job: Job) -> str:
    return f"longer than {job.max_bytes:,} bytes"


_READERS: dict[str, Callable[[BinaryIO, str, Job], Iterator[Item]]] = {
    "page": _read_page,
    "jsonl": _read_json_lines,
    "parquet": _read_parquet,
    "warc": read_warc,
    "arc": read_arc,
}
