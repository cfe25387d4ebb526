"""Whatever is raised for one record, at any stage of any reader and writer, ends up in the file of failures."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from boilercut.batch import Job, run
from tests.archives import arc_record, http, record
from tests.helpers import ARTICLE

pytest.importorskip("fastwarc", reason="needs the extra batch")
pytest.importorskip("pyarrow", reason="needs the extra batch")

MARK = "xyzzyfrotz"
"""A word of the record that fails, in its page, its id and its address."""
BAD, RECORDS = 2, 5


def page(number: int) -> str:
    mark = f" {MARK}" if number == BAD else ""
    return (
        f"<title>Bridge{mark}</title><p>{ARTICLE} And the lorry{mark} was towed away on Tuesday, number {number}.</p>"
    )


def name(number: int) -> str:
    return f"{MARK if number == BAD else 'page'}-{number}"


def page_files(folder: Path) -> str:
    for number in range(RECORDS):
        (folder / f"{number}-{name(number)}.html").write_bytes(page(number).encode())
    return str(folder)


def json_lines(folder: Path) -> str:
    rows = [{"id": name(number), "url": name(number), "html": page(number)} for number in range(RECORDS)]
    (folder / "in.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return str(folder)


def parquet(folder: Path) -> str:
    import pyarrow as pa
    import pyarrow.parquet as pq

    numbers = range(RECORDS)
    names = [name(number) for number in numbers]
    pq.write_table(
        pa.table({"id": names, "url": names, "html": [page(n).encode() for n in numbers]}), folder / "in.parquet"
    )
    return str(folder)


def warc(folder: Path) -> str:
    packed = [gzip.compress(record(http(page(number).encode()), name=name(number))) for number in range(RECORDS)]
    (folder / "in.warc.gz").write_bytes(b"".join(packed))
    return str(folder)


def wet(folder: Path) -> str:
    bare = [record(page(n).encode(), "conversion", name(n), "text/plain") for n in range(RECORDS)]
    (folder / "in.wet").write_bytes(b"".join(bare))
    return str(folder)


def arc(folder: Path) -> str:
    records = [arc_record(f"http://ullin.example/{name(n)}", http(page(n).encode())) for n in range(RECORDS)]
    (folder / "in.arc").write_bytes(b"".join(records))
    return str(folder)


class Stage(NamedTuple):
    """A function that is called for each record, and the calls that are made to fail."""

    place: str
    fails: Callable[[int, tuple[Any, ...]], bool]
    once: bool = False


def marked(place: str) -> Stage:
    """Fail where an argument holds the marked word."""
    return Stage(place, lambda number, arguments: MARK in repr(arguments))


def numbered(place: str) -> Stage:
    """Fail at the call for the record that is to fail, of a function that is called once for each."""
    return Stage(place, lambda number, arguments: number == BAD)


EVERY = [
    marked("boilercut.cutter.Cutter.articles"),
    marked("boilercut.cutter.read"),
    marked("boilercut.cutter._article"),
    marked("boilercut.batch.pipeline.values_of"),
    marked("boilercut.batch.pipeline.storable")._replace(once=True),  # the row of the failure is made with it too
    marked("boilercut.batch.pipeline._chosen"),
]
OF_BYTES = [marked("boilercut.batch.work.decoded")]
OF_ROWS = [marked("boilercut.batch.rows._as_text")]
OF_RESPONSES = [
    marked("boilercut.batch.archives.message_of"),
    marked("boilercut.batch.archives._page_item"),
    marked("boilercut.batch.messages.Message.body"),
    numbered("boilercut.batch.archives._read_up_to"),
    numbered("boilercut.batch.archives._response_item"),
    numbered("boilercut.batch.archives.charset_in"),
    numbered("boilercut.batch.messages.unpacked_body"),
]
READERS: dict[Callable[[Path], str], list[Stage]] = {
    page_files: [
        *EVERY,
        *OF_BYTES,
        numbered("boilercut.batch.readers.opened"),
        numbered("boilercut.batch.readers.format_of"),
        numbered("boilercut.batch.readers._page_of"),
        numbered("boilercut.batch.readers.unpacked"),
    ],
    json_lines: [*EVERY, *OF_ROWS, marked("json.loads"), marked("boilercut.batch.rows._record_of_row")],
    parquet: [
        *EVERY,
        *OF_BYTES,
        *OF_ROWS,
        numbered("boilercut.batch.rows._record_of_row"),
        Stage("boilercut.batch.readers._Row.__getitem__", lambda number, arguments: arguments[0]._row == BAD),
    ],
    warc: [*EVERY, *OF_BYTES, *OF_RESPONSES, numbered("boilercut.batch.archives._warc_item")],
    wet: [
        *EVERY,
        *OF_BYTES,
        numbered("boilercut.batch.archives._warc_item"),
        marked("boilercut.batch.archives._page_item"),
    ],
    arc: [
        *EVERY,
        *OF_BYTES,
        *(each for each in OF_RESPONSES if "_read_up_to" not in each.place),
        numbered("boilercut.batch.archives._arc_item"),
    ],
}
WRITERS = {".jsonl": "JsonLines", ".parquet": "Parquet", "": "TextFolder"}


class Panic(BaseException):
    """What libraries in Rust raise where they panic."""


RAISED = [
    RuntimeError("plugh"),
    LookupError("unknown encoding: hex"),
    MemoryError(),
    OSError(5, "a disk"),
    RecursionError("deep"),
]


def cases() -> Iterator[Any]:
    number = count()
    for make, stages in READERS.items():
        for suffix, writer in WRITERS.items():
            packing = Stage(f"boilercut.batch.outputs.{writer}.pack", lambda number, arguments: _is_row(arguments[1]))
            for stage in [*stages, packing]:
                error = RAISED[next(number) % len(RAISED)]
                marks = f"{make.__name__}-{writer}-{stage.place.removeprefix('boilercut.')}-{type(error).__name__}"
                yield pytest.param(make, suffix, stage, error, id=marks)


def _is_row(row: dict[str, Any]) -> bool:
    return MARK in repr(row) and "reason" not in row


@pytest.mark.slow
@pytest.mark.parametrize(("make", "suffix", "stage", "error"), list(cases()))
def test_what_is_raised_for_one_record_is_its_failure(
    make: Callable[[Path], str],
    suffix: str,
    stage: Stage,
    error: Exception,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "in").mkdir()
    inputs = (make(tmp_path / "in"),)
    raised = inject(stage, error, monkeypatch)
    job = Job(inputs=inputs, output=tmp_path / f"out{suffix}", fields=("id", "url", "text"))
    counts = run(job)
    monkeypatch.undo()
    assert raised, "the stage was never reached"
    assert (counts.written, counts.failed.total(), counts.skipped.total()) == (RECORDS - 1, 1, 0)
    [failure] = [json.loads(line) for line in job.errors_file.read_text().splitlines()]
    assert failure["record"] == BAD or MARK in failure["input"]
    assert failure["reason"]
    assert job.output.exists()
    assert not job.journal_file.exists()


def inject(stage: Stage, error: Exception, monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Make the calls of a stage that are to fail raise; return a list that fills up with what was raised."""
    path, _, attribute = stage.place.rpartition(".")
    owner = _object(path)
    function, calls, raised = getattr(owner, attribute), count(), list[Exception]()

    def failing(*arguments: Any, **options: Any) -> Any:
        if not (stage.once and raised) and stage.fails(next(calls), arguments):
            raised.append(error)
            raise error
        return function(*arguments, **options)

    monkeypatch.setattr(owner, attribute, failing)
    return raised


def _object(path: str) -> Any:
    try:
        return import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(import_module(module), name)


@pytest.mark.parametrize("suffix", WRITERS)
def test_times_that_python_cannot_hold_are_written_as_arrow_does(tmp_path: Path, suffix: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {
        "zones": pa.array([1, 2, 3], pa.timestamp("ms", tz="Nowhere/City")),
        "nanoseconds": pa.array([1, 2_000_000_001, None], pa.timestamp("ns")),
        "far": pa.array([1 << 61, -(1 << 61), 0], pa.timestamp("us")),
    }
    for name_, column in columns.items():
        pq.write_table(pa.table({"html": [ARTICLE] * 3, "id": column, "url": column}), tmp_path / f"{name_}.parquet")
    job = Job(inputs=(str(tmp_path / "*.parquet"),), output=tmp_path / f"out{suffix}", fields=("id", "url", "text"))
    counts = run(job)
    assert (counts.written, counts.failed.total()) == (9, 0)
    if suffix == ".jsonl":
        written = {json.loads(line)["url"] for line in job.output.read_text().splitlines()}
        assert {"1970-01-01 00:00:00.000000001", "1970-01-01 00:00:02.000000001", ""} <= written
        assert "1970-01-01 00:00:00.001" in written


@pytest.mark.parametrize("make", [json_lines, arc])
def test_a_clipped_file_is_one_failure_and_keeps_what_comes_before(tmp_path: Path, make: Callable[[Path], str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    [file] = Path(make(folder)).iterdir()
    noise = b"".join(sha256(bytes([number])).hexdigest().encode() for number in range(200))
    packed = gzip.compress(file.read_bytes() + b"\n" + noise, mtime=0)
    file.write_bytes(packed[:-4000])
    (tmp_path / "good.jsonl").write_text(json.dumps({"html": ARTICLE}))
    job = Job(inputs=(str(folder), str(tmp_path / "good.jsonl")), output=tmp_path / "out.jsonl")
    counts = run(job)
    assert (counts.written, counts.failed.total()) == (RECORDS + 1, 1)


@pytest.mark.parametrize(
    "charset", ["hex", "idna", "undefined", "rot13", "zlib", "bz2", "base64", "uu", "quopri", "punycode"]
)
def test_no_charset_ends_a_run(tmp_path: Path, charset: str) -> None:
    """Whether such a page is decoded in another way or fails is not for the run to say."""
    in_page = record(http(f"<meta charset={charset}>{page(0)}".encode(), "text/html"), name="in-page")
    in_header = record(http(page(1).encode(), f"text/html; charset={charset}"), name="in-header")
    (tmp_path / "a.warc").write_bytes(in_page + in_header + record(http(page(3).encode())))
    counts = run(Job(inputs=(str(tmp_path / "a.warc"),), output=tmp_path / "out.jsonl"))
    assert counts.read == 3
    assert counts.written >= 1


def test_a_panic_of_a_library_in_rust_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = (warc(tmp_path),)
    panic: Any = Panic("called `Result::unwrap()` on an `Err` value")
    inject(numbered("boilercut.batch.archives._read_up_to"), panic, monkeypatch)
    counts = run(Job(inputs=inputs, output=tmp_path / "out.jsonl"))
    assert (counts.written, counts.failed.total()) == (RECORDS - 1, 1)
