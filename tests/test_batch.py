"""Bulk runs read, write, report, and survive being killed."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import time
import tracemalloc
import unicodedata
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

import boilercut
from boilercut import workers
from boilercut.batch import Job, run
from boilercut.batch.inputs import find_sources
from boilercut.batch.journal import Counts
from boilercut.batch.names import TextFiles
from boilercut.batch.readers import read_sources
from boilercut.batch.records import Placed, Record
from boilercut.batch.rows import Layout
from boilercut.batch.work import CHUNK_ITEMS, Cut, chunks_of, cut_chunks
from boilercut.errors import ConfigError, InputError
from tests.helpers import ARTICLE, golden_sources
from tests.killers import BROKEN, DEADLY, ENDLESS, killer

LAYOUT = Layout("html", "id", "url", None, 1 << 20)
PAGES = [source.read_text(encoding="utf-8") for source in golden_sources()]


def rows_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def write_lines(file: Path, pages: Iterable[object], **more: object) -> str:
    lines = [json.dumps({"id": f"page-{n}", "html": page, **more}) for n, page in enumerate(pages)]
    file.write_text("\n".join(lines), encoding="utf-8")
    return str(file)


@pytest.fixture
def lines(tmp_path: Path) -> str:
    return write_lines(tmp_path / "pages.jsonl", PAGES, url="https://ullin.example/")


# What comes out is what the library gives, in order.


@pytest.mark.parametrize("workers", [1, 2])
def test_json_lines_in_json_lines_out(lines: str, tmp_path: Path, workers: int) -> None:
    output = tmp_path / "out.jsonl"
    counts = run(Job(inputs=(lines,), output=output, workers=workers))
    assert rows_of(output) == [
        {
            "id": f"page-{number}",
            "url": "https://ullin.example/",
            "title": result.title,
            "text": result.text,
            "confidence": result.confidence,
        }
        for number, result in enumerate(map(boilercut.extract, PAGES))
    ]
    assert counts.read == counts.written == len(PAGES)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out.jsonl", "pages.jsonl"]


def test_every_field_can_be_asked_for(lines: str, tmp_path: Path) -> None:
    fields = ("record", "input", "kept", "cut", "truncated", "seconds", "text")
    run(Job(inputs=(lines,), output=tmp_path / "out.jsonl", fields=fields))
    row, result = rows_of(tmp_path / "out.jsonl")[3], boilercut.extract(PAGES[3])
    assert tuple(row) == fields
    assert row["seconds"] > 0
    assert [row[name] for name in fields[:5]] == [3, lines, len(result.kept), len(result.cut), False]


def test_options_reach_the_cutter(lines: str, tmp_path: Path) -> None:
    config = boilercut.Config(mode=0.0001)
    run(Job(inputs=(lines,), output=tmp_path / "out.jsonl", config=config, kind="text"))
    assert rows_of(tmp_path / "out.jsonl")[0]["text"] == boilercut.extract(PAGES[0], kind="text", mode=0.0001).text


def test_fields_of_other_names_are_read(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(json.dumps({"body": ARTICLE, "key": 7, "link": "https://a.example/"}))
    job = Job(
        inputs=(str(tmp_path / "in.jsonl"),), output=tmp_path / "out.jsonl", page_field="body", id_field="key",
        url_field="link", fields=("id", "url", "text"),
    )  # fmt: skip
    run(job)
    assert rows_of(job.output) == [{"id": "7", "url": "https://a.example/", "text": boilercut.clean(ARTICLE)}]


def test_lone_surrogates_do_not_stop_the_writer(tmp_path: Path) -> None:
    inputs = (write_lines(tmp_path / "in.jsonl", [f"{ARTICLE[:50]}\ud800{ARTICLE[50:]}"]),)
    run(Job(inputs=inputs, output=tmp_path / "out.jsonl"))
    assert "\ufffd" in rows_of(tmp_path / "out.jsonl")[0]["text"]


# Inputs.


def test_files_folders_and_patterns_are_found_once_and_in_order(tmp_path: Path) -> None:
    for name in ("b/2.html", "b/1.html", "b/.hidden", "a.html", "b/.git/config", "c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(ARTICLE)
    wanted = [str(tmp_path / name) for name in ("c.txt", "b/1.html", "b/2.html", "a.html")]
    found = find_sources([str(tmp_path / "c.txt"), str(tmp_path / "b"), str(tmp_path / "**/*.html"), wanted[0]])
    assert [source.name for source in found] == wanted


def test_a_missing_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        run(Job(inputs=(str(tmp_path / "nowhere"),), output=tmp_path / "out.jsonl"))
    assert list(tmp_path.iterdir()) == []


def test_page_files_are_decoded_and_binaries_skipped(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    russian = "<meta charset=koi8-r><p>Паром через Уллин снова пошёл в понедельник утром, после поломки винта.</p>"
    (folder / "1.html").write_bytes(russian.encode("koi8-r"))
    (folder / "2.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40)
    (folder / "3.html.gz").write_bytes(gzip.compress(ARTICLE.encode()))
    (folder / "4.txt").write_bytes(b"")
    counts = run(Job(inputs=(str(folder),), output=tmp_path / "out.jsonl"))
    rows = rows_of(tmp_path / "out.jsonl")
    assert [Path(row["id"]).name for row in rows] == ["1.html", "3.html.gz", "4.txt"]
    assert "Паром" in rows[0]["text"]
    assert rows[1]["text"] == boilercut.clean(ARTICLE)
    assert rows[2]["text"] == ""
    assert counts.skipped == {"binary data": 1}


def test_compression_is_detected_by_the_first_bytes(lines: str, tmp_path: Path) -> None:
    packed = tmp_path / "packed.jsonl"  # nothing in its name says so
    packed.write_bytes(gzip.compress(Path(lines).read_bytes()))
    run(Job(inputs=(lines,), output=tmp_path / "plain-out.jsonl", fields=("text",)))
    run(Job(inputs=(str(packed),), output=tmp_path / "packed-out.jsonl", fields=("text",)))
    assert (tmp_path / "plain-out.jsonl").read_bytes() == (tmp_path / "packed-out.jsonl").read_bytes()


@pytest.mark.extra
@pytest.mark.parametrize("packing", ["zstd", "lz4"])
def test_other_packings(lines: str, tmp_path: Path, packing: str) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    packed = tmp_path / "packed.jsonl"
    with pyarrow.CompressedOutputStream(str(packed), packing) as stream:
        stream.write(Path(lines).read_bytes())
    assert run(Job(inputs=(str(packed),), output=tmp_path / "out.jsonl")).written == len(PAGES)
    packed.write_bytes(packed.read_bytes()[:-40])
    clipped = run(Job(inputs=(str(packed),), output=tmp_path / "clipped.jsonl"))
    assert clipped.failed.total() == 1
    assert clipped.written < len(PAGES)


def test_standard_input_is_read(lines: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "boilercut", "batch", "-", "-o", str(tmp_path / "out.jsonl")]
    subprocess.run(command, input=gzip.compress(Path(lines).read_bytes()), check=True, capture_output=True)
    assert [row["id"] for row in rows_of(tmp_path / "out.jsonl")] == [f"page-{n}" for n in range(len(PAGES))]


@pytest.mark.extra
def test_parquet_in_parquet_out(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"id": [1, 2, 3], "html": [PAGES[0].encode(), None, PAGES[1].encode()], "unread": [None] * 3})
    pq.write_table(table, tmp_path / "in.parquet")
    job = Job(inputs=(str(tmp_path / "in.parquet"),), output=tmp_path / "out.parquet", fields=("id", "text", "kept"))
    counts = run(job)
    assert (counts.written, counts.failed) == (2, {"field 'html' holds no page but NoneType": 1})
    found = pq.read_table(job.output)
    assert found.schema.equals(pa.schema([("id", pa.string()), ("text", pa.string()), ("kept", pa.int32())]))
    assert found["id"].to_pylist() == ["1", "3"]
    assert found["text"].to_pylist() == [boilercut.clean(PAGES[0]), boilercut.clean(PAGES[1])]


# A folder of text files.


def test_a_folder_of_text_files_with_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("crawl/a").mkdir(parents=True)
    Path("crawl/a/one.html").write_text(f"<title>One</title><p>{ARTICLE}</p>")
    write_lines(Path("more.jsonl"), [ARTICLE])
    run(Job(inputs=("crawl", "more.jsonl"), output=Path("out"), fields=("id", "title")))
    assert Path("out/crawl/a/one.html.txt").read_text() == boilercut.clean(f"<p>{ARTICLE}</p>")
    assert Path("out/more.jsonl/000000000.txt").read_text() == boilercut.clean(ARTICLE)
    assert rows_of(Path("out/index.jsonl")) == [
        {"file": "crawl/a/one.html.txt", "id": "crawl/a/one.html", "title": "One"},
        {"file": "more.jsonl/000000000.txt", "id": "page-0", "title": ""},
    ]


@pytest.mark.parametrize(
    "source",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a/../../b",
        "..",
        "x" * 400,
        "a\nb\x00c",
        'c:\\d|e"f',
        "~/a",
        "\udcff.html",
        "/",
    ],
)
def test_text_files_stay_inside_the_folder(source: str, tmp_path: Path) -> None:
    for number in (None, 3):
        name = TextFiles([source]).name_of(source, number)
        inside = (tmp_path / name).resolve()
        assert inside.is_relative_to(tmp_path.resolve())
        assert not Path(name).is_absolute()
        assert all(len(part.encode()) < 250 and part.isprintable() for part in Path(name).parts)


def test_names_that_had_to_be_changed_stay_apart() -> None:
    names = ("a:b", "a?b", "a_b", "x" * 300, "x" * 301)
    assert len({TextFiles(names).name_of(name, None) for name in names}) == 5


COLLIDING = {
    "a page beside a folder": ["a", "a.txt/b", "a.TXT/c"],
    "letters of both cases": ["A.html", "a.html", "x/A.html", "X/a.html"],
    "normal forms": ["e\u0301.html", "é.html", "É.html"],
    "signs for one another": ["ſ", "s", "ß", "ss", "µ", "μ", "ı", "i", "İ", "I"],
    "the folder above": ["../a.html", "_/a.html", "/_/a.html"],
    "from the root": ["/data/a", "data/a"],
    "a record of a file beside a page": ["A", "a/000000007", "a/000000008"],
    "the index": ["index.jsonl", "INDEX.jsonl", "index.jsonl/a"],
    "what Windows reserves": ["con", "CON.html", "com1.txt", "lpt¹", "nul .x", "aux/a", "a.", "a", "a "],
    "names that are made here": ["A.html", "a.html", f"A.html-{sha256(b'A.html').hexdigest()[:16]}"],
    "long names": ["x" * 300, "x" * 301, "y" * 120, "/".join(["d" * 90] * 20), "/".join(["d" * 90] * 21)],
    "what is not allowed": ["a:b", "a?b", "a_b", "a\\b"],
}


@pytest.mark.parametrize("sources", COLLIDING.values(), ids=COLLIDING)
def test_no_two_text_files_are_one_on_any_file_system(sources: list[str]) -> None:
    files = TextFiles(sources)
    names = [files.name_of(source, number) for source in sources for number in (None, 7)]
    folders = {_as_disks_fold(folder) for name in names for folder in PurePosixPath(name).parents}
    folded = [_as_disks_fold(name) for name in names]
    assert len(set(folded)) == len(folded), "two files of one name"
    assert not folders & {*folded, "index.jsonl"}, "a file and a folder of one name"
    parts = [part for name in names for part in PurePosixPath(name).parts]
    assert all(len(part.encode()) <= 143 and part[-1] not in " ." for part in parts)
    assert all(len(name.encode()) < 900 for name in names)
    assert not any(part.partition(".")[0].rstrip().lower() in ("con", "com1", "nul", "aux", "lpt¹") for part in parts)


def _as_disks_fold(name: object) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", str(name)).upper().casefold())


@pytest.mark.parametrize("sources", COLLIDING.values(), ids=COLLIDING)
def test_names_of_text_files_do_not_depend_on_the_order_of_inputs(sources: list[str]) -> None:
    files, reversed_files = TextFiles(sources), TextFiles(sources[::-1])
    assert [files.name_of(each, None) for each in sources] == [reversed_files.name_of(each, None) for each in sources]


def test_pages_and_records_whose_names_collide_are_all_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    for name in ("../a.html", "_/a.html", "b", "b.txt/c", "A.html", "a.html"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(ARTICLE)
    # what a record calls itself does not matter
    Path("more.jsonl").write_text("".join(json.dumps({"id": "more.jsonl", "html": ARTICLE}) + "\n" for _ in "ab"))
    inputs = ("../a.html", "_", "b", "b.txt", "A.html", "a.html", "more.jsonl")
    counts = run(Job(inputs=inputs, output=Path("out"), fields=("id",)))
    files = [row["file"] for row in rows_of(Path("out/index.jsonl"))]
    assert counts.written == len(set(files)) == 8
    assert all(Path("out", file).read_text().startswith(ARTICLE[:40]) for file in files)


# A broken record is reported, and the run continues.


def test_broken_records_are_reported_with_their_index(tmp_path: Path) -> None:
    good = json.dumps({"id": "good", "html": ARTICLE})
    broken = [
        '{"id": "cut off',
        "[1, 2]",
        '{"text": "x"}',
        '{"id": "n", "html": null}',
        '{"html": 3}',
        "\xff\xfe",
        "[" * 99999,
    ]
    source = tmp_path / "in.jsonl"
    source.write_bytes("\n\n".join([good, *broken, good]).encode("latin-1") + b"\n")
    job = Job(inputs=(str(source),), output=tmp_path / "out.jsonl")
    counts = run(job)
    assert (counts.read, counts.written, counts.failed.total()) == (9, 2, 7)
    failures = rows_of(job.errors_file)
    assert [each["record"] for each in failures] == list(range(1, 8))
    assert failures[2]["reason"] == "no field 'html': there are text"
    assert failures[3] == {
        "input": str(source), "record": 4, "id": "n", "url": "", "reason": "field 'html' holds no page but NoneType",
    }  # fmt: skip


def test_records_that_are_too_long_are_not_read(tmp_path: Path) -> None:
    pages = [ARTICLE, "x" * 5_000_000, ARTICLE]
    bomb = tmp_path / "bomb.html.gz"
    bomb.write_bytes(gzip.compress(b"<p>" + b"a" * 100_000_000, 1))
    inputs = (write_lines(tmp_path / "in.jsonl", pages), str(bomb))
    tracemalloc.start()
    counts = run(Job(inputs=inputs, output=tmp_path / "out.jsonl", max_bytes=100_000))
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()
    assert (counts.written, counts.failed) == (2, {"longer than 100,000 bytes": 2})


def test_a_clipped_or_foreign_input_does_not_stop_the_others(lines: str, tmp_path: Path) -> None:
    clipped = tmp_path / "a.jsonl.gz"
    clipped.write_bytes(gzip.compress(Path(lines).read_bytes())[:-5000])
    (tmp_path / "b.jsonl").write_bytes(b"\x1f\x8b\x08 and nothing else")
    counts = run(Job(inputs=(str(clipped), str(tmp_path / "b.jsonl"), lines), output=tmp_path / "out.jsonl"))
    failures = rows_of(tmp_path / "out.jsonl.errors.jsonl")
    assert [Path(each["input"]).name for each in failures] == ["a.jsonl.gz", "b.jsonl"]
    assert len(PAGES) < counts.written < 2 * len(PAGES)
    assert counts.read == counts.written + 2


@pytest.mark.extra
@pytest.mark.parametrize("content", [b"PAR1 and nothing else", b"", b"PAR1" + bytes(500) + b"PAR1"])
def test_broken_parquet_is_reported(tmp_path: Path, content: bytes) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "a.parquet").write_bytes(content)
    write_lines(tmp_path / "b.jsonl", [ARTICLE])
    counts = run(Job(inputs=(str(tmp_path / "*.*"),), output=tmp_path / "out" / "out.jsonl"))
    assert (counts.written, counts.failed.total()) == (1, 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_page_that_raises_is_reported(tmp_path: Path, workers: int) -> None:
    pages = [ARTICLE] * 20 + [f"<p>{BROKEN}</p>"] + [ARTICLE] * 20
    config = boilercut.Config(detectors=(*boilercut.BUILTIN, killer))
    job = Job(
        inputs=(write_lines(tmp_path / "in.jsonl", pages),),
        output=tmp_path / "out.jsonl",
        config=config,
        workers=workers,
    )
    assert run(job).written == 40
    [failure] = rows_of(job.errors_file)
    assert failure["id"] == "page-20"
    assert failure["reason"] == "DetectorError: detector 'killer' failed: RuntimeError: plugh"


@pytest.mark.slow
def test_a_page_that_kills_its_process_is_reported_and_no_other_is_lost(tmp_path: Path) -> None:
    pages = [ARTICLE] * 150
    pages[37] = pages[120] = f"<p>{DEADLY}</p>"
    config = boilercut.Config(detectors=(*boilercut.BUILTIN, killer))
    job = Job(
        inputs=(write_lines(tmp_path / "in.jsonl", pages),), output=tmp_path / "out.jsonl", config=config, workers=2
    )
    counts = run(job)
    assert (counts.written, counts.failed.total()) == (148, 2)
    assert [each["id"] for each in rows_of(job.errors_file)] == ["page-37", "page-120"]
    assert [row["id"] for row in rows_of(job.output)] == [f"page-{n}" for n in range(150) if n not in (37, 120)]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_record_beyond_its_time_is_ended_and_no_other_is_lost(tmp_path: Path, workers: int) -> None:
    pages = [ARTICLE] * 40
    pages[7] = pages[30] = f"<p>{ENDLESS}</p>"
    config = boilercut.Config(detectors=(*boilercut.BUILTIN, killer), max_seconds=1.5)
    inputs = (write_lines(tmp_path / "in.jsonl", pages),)
    job = Job(inputs=inputs, output=tmp_path / "out.jsonl", config=config, workers=workers)
    started = time.monotonic()
    counts = run(job)
    assert time.monotonic() - started < 60
    assert (counts.written, counts.failed) == (38, {"timed out": 2})
    assert [each["id"] for each in rows_of(job.errors_file)] == ["page-7", "page-30"]
    assert [row["id"] for row in rows_of(job.output)] == [f"page-{n}" for n in range(40) if n not in (7, 30)]


@pytest.mark.slow
@pytest.mark.parametrize("dead", [[0], [1], [0, 1]])
def test_no_chunk_is_lost_where_workers_are_dead_when_they_are_given_one(
    monkeypatch: pytest.MonkeyPatch, dead: list[int]
) -> None:
    started: list[workers._Worker] = []

    class Mortal(workers._Worker):
        def __init__(self, work: Any) -> None:
            super().__init__(work)
            started.append(self)

    def chunks() -> Iterator[list[Placed]]:
        for number in range(12):
            if number == 6:
                for index in dead:
                    started[index].process.kill()
                    started[index].process.join()
            yield [Placed(0, number, Record(ARTICLE, f"page-{number}"), 0)]

    monkeypatch.setattr("boilercut.workers._Worker", Mortal)
    answered = list(cut_chunks(Cut(boilercut.Cutter(), LAYOUT), chunks(), 2))
    assert [chunk[0].number for chunk, _ in answered] == list(range(12))
    assert all(len(outcomes) == 1 for _, outcomes in answered)


def test_errors_file_of_an_earlier_run_is_removed(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    (tmp_path / "in.jsonl").write_text("broken")
    run(Job(inputs=(str(tmp_path / "in.jsonl"),), output=output))
    assert (tmp_path / "out.jsonl.errors.jsonl").exists()
    write_lines(tmp_path / "in.jsonl", [ARTICLE])
    run(Job(inputs=(str(tmp_path / "in.jsonl"),), output=output, overwrite=True))
    assert not (tmp_path / "out.jsonl.errors.jsonl").exists()


# Memory and chunks.


def test_reading_is_lazy_and_chunks_are_bounded(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", ["x" * 3_000_000] * 12 + [ARTICLE] * 40)
    job = Job(inputs=(source,), output=tmp_path / "out.jsonl")
    chunks = list(chunks_of(read_sources(find_sources(job.inputs), job)))
    assert [len(chunk) for chunk in chunks] == [3, 3, 3, 3, CHUNK_ITEMS, CHUNK_ITEMS, 8]


def test_records_of_several_kinds_are_answered_in_order() -> None:
    records = [
        Record(ARTICLE, kind="text"),
        Record(b"\x00\x01\x02" * 50),
        Record(f"<p>{ARTICLE}"),
        Record(ARTICLE, kind="html"),
    ]
    outcomes = Cut(boilercut.Cutter(), LAYOUT)(records)
    texts = [getattr(getattr(each, "article", None), "text", None) for each in outcomes]
    assert texts == [
        boilercut.clean(ARTICLE, kind="text"), None, boilercut.clean(f"<p>{ARTICLE}"), boilercut.clean(ARTICLE, kind="html"),
    ]  # fmt: skip


# Runs that end before their time.


UNENDING = """
import threading
from boilercut.batch import pipeline
from boilercut.cli import main

def commit(journal, state, commit=pipeline.Journal.commit):
    if state.complete:
        threading.Event().wait()
    commit(journal, state)

pipeline.COMMIT_SECONDS, pipeline.Journal.commit = 0, commit
main()
"""
"""The command line, committing after every chunk but the last: however slow the test, its run has not ended."""


def command_of(job_inputs: str, output: Path, *more: str) -> list[str]:
    """Return a command that must be killed, and always has committed something by then."""
    return [sys.executable, "-c", UNENDING, "batch", job_inputs, "-o", str(output), *more]


def kill_after_commits(command: list[str], journal: Path, commits: int) -> None:
    """Start a run and kill only it with SIGKILL once its journal has a number of lines."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while process.poll() is None and len(_lines(journal)) <= commits:
        time.sleep(0.002)
    process.kill()
    assert process.wait() == -signal.SIGKILL, "the run ended before it was killed"


def _lines(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines() if file.exists() else []


@pytest.fixture
def many(tmp_path: Path) -> str:
    pages = [*(PAGES * 5), "broken"]
    source = write_lines(tmp_path / "many.jsonl", pages)
    with Path(source).open("a") as file:
        file.write('\n{"id": "cut off')
    return source


@pytest.mark.slow
@pytest.mark.parametrize(
    ("suffix", "workers"),
    [(".jsonl", 1), (".jsonl", 2), pytest.param(".parquet", 1, marks=pytest.mark.extra), ("", 1)],
)
def test_a_killed_run_continues_without_loss_or_duplicates(
    many: str, tmp_path: Path, suffix: str, workers: int
) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    whole, output = tmp_path / f"whole{suffix}", tmp_path / f"out{suffix}"
    run(Job(inputs=(many,), output=whole))
    journal = tmp_path / f"{output.name}.journal"
    kill_after_commits(command_of(many, output, "--workers", str(workers)), journal, 3)
    kill_after_commits(command_of(many, output, "--workers", str(workers), "--resume"), journal, 9)
    assert not output.exists()
    with pytest.raises(InputError, match="--resume"):
        run(Job(inputs=(many,), output=output))
    run(Job(inputs=(many,), output=output, resume=True))
    assert content_of(output) == content_of(whole)
    assert len(_lines(tmp_path / f"{output.name}.errors.jsonl")) == 1
    assert not journal.exists()


def content_of(output: Path) -> dict[str, bytes]:
    files = sorted(output.rglob("*")) if output.is_dir() else [output]
    return {str(file.relative_to(output)): file.read_bytes() for file in files if file.is_file()}


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_workers_of_a_killed_run_end(many: str, tmp_path: Path) -> None:
    command = command_of(many, tmp_path / "out.jsonl", "--workers", "2")
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while len(_lines(tmp_path / "out.jsonl.journal")) < 3:
        time.sleep(0.01)
    children = list(_children_of(process.pid))
    assert len(children) >= 2
    process.kill()
    process.wait()
    for _ in range(200):
        if not any(map(_is_running, children)):
            return
        time.sleep(0.05)
    pytest.fail(f"still running: {children}")


def _children_of(parent: int) -> Iterator[int]:
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(status.read_text().rpartition(")")[2].split()[1]) == parent:
                yield int(status.parent.name)
        except OSError:
            continue


def _is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_an_interrupted_run_says_how_to_go_on(many: str, tmp_path: Path) -> None:
    process = subprocess.Popen(command_of(many, tmp_path / "out.jsonl"), stderr=subprocess.PIPE)
    while len(_lines(tmp_path / "out.jsonl.journal")) < 3:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    errors = process.communicate()[1].decode()
    assert process.returncode == 130
    assert "--resume" in errors
    assert "Traceback" not in errors


def test_a_torn_line_of_the_journal_does_not_count(many: str, tmp_path: Path) -> None:
    whole, output = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    run(Job(inputs=(many,), output=whole))
    journal = tmp_path / "out.jsonl.journal"
    kill_after_commits(command_of(many, output), journal, 5)
    with journal.open("ab") as file:
        file.write(b'{"source": 0, "num')
    run(Job(inputs=(many,), output=output, resume=True))
    assert output.read_bytes() == whole.read_bytes()


def test_only_the_same_run_is_continued(many: str, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    kill_after_commits(command_of(many, output), tmp_path / "out.jsonl.journal", 3)
    with pytest.raises(InputError, match="fields"):
        run(Job(inputs=(many,), output=output, resume=True, fields=("text",)))
    with pytest.raises(InputError, match="options"):
        run(Job(inputs=(many,), output=output, resume=True, config=boilercut.Config(mode="recall")))
    with Path(many).open("a") as file:
        file.write("\n")
    with pytest.raises(InputError, match="inputs"):
        run(Job(inputs=(many,), output=output, resume=True))
    assert run(Job(inputs=(many,), output=output, overwrite=True)).written > 0


def test_a_crash_between_the_last_steps_is_mended(lines: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from boilercut.batch import pipeline

    job = Job(inputs=(lines, str(tmp_path / "broken.jsonl")), output=tmp_path / "out.jsonl")
    (tmp_path / "broken.jsonl").write_text("broken")

    def crash(self: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline.Journal, "finish", crash)
    with pytest.raises(KeyboardInterrupt):
        run(job)
    monkeypatch.undo()
    counts = run(Job(inputs=job.inputs, output=job.output, resume=True))
    assert (counts.written, counts.failed.total()) == (len(PAGES), 1)
    assert len(rows_of(job.output)) == len(PAGES)
    assert sorted(file.name for file in tmp_path.glob("out*")) == ["out.jsonl", "out.jsonl.errors.jsonl"]


def test_resuming_a_run_that_ended_well_does_nothing(lines: str, tmp_path: Path) -> None:
    job = Job(inputs=(lines,), output=tmp_path / "out.jsonl")
    run(job)
    before = job.output.stat().st_mtime_ns
    assert run(Job(inputs=(lines,), output=job.output, resume=True)) == Counts()
    assert job.output.stat().st_mtime_ns == before


def test_outputs_are_not_overwritten_unasked(lines: str, tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("precious")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    for output in ("out.jsonl", "out"):
        with pytest.raises(InputError, match="already"):
            run(Job(inputs=(lines,), output=tmp_path / output))
    assert (tmp_path / "out.jsonl").read_text() == "precious"


# Wrong use.


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"inputs": ()}, "inputs"),
        ({"output": Path("out.csv")}, "out.csv"),
        ({"fields": ("text", "txet")}, "txet"),
        ({"fields": ("text", "text")}, "twice"),
        ({"input_format": "csv"}, "csv"),
        ({"workers": 0}, "workers"),
        ({"max_bytes": 1.5}, "max_bytes"),
        ({"resume": True, "overwrite": True}, "overwrite"),
        ({"resume": True, "inputs": ("-",)}, "standard input"),
        ({"kind": "pdf"}, "use 'html', 'text' or None"),
    ],
)  # fmt: skip
def test_invalid_jobs_are_explained(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Job(**{"inputs": ("a",), "output": Path("out.jsonl"), **options})


def test_a_missing_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "fastwarc.warc", None)
    (tmp_path / "a.warc").write_bytes(b"WARC/1.0\r\n")
    with pytest.raises(boilercut.MissingExtraError, match=r"boilercut\[batch\]"):
        run(Job(inputs=(str(tmp_path / "a.warc"),), output=tmp_path / "out.jsonl"))


# The command.


def test_the_command_reports_and_sums_up(lines: str, tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text("broken")
    command = [
        "batch",
        lines,
        str(tmp_path / "broken.jsonl"),
        "-o",
        str(tmp_path / "out.jsonl"),
        "--fields",
        "id, text",
    ]
    done = subprocess.run([sys.executable, "-m", "boilercut", *command], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    summary = done.stderr.splitlines()
    assert [line.split()[1] for line in summary] == ["read", "written", "skipped", "failed"]
    assert [int(line.split()[2].rstrip(":")) for line in summary] == [len(PAGES) + 1, len(PAGES), 0, 1]
    assert set(rows_of(tmp_path / "out.jsonl")[0]) == {"id", "text"}


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["nowhere.jsonl", "-o", "out.jsonl"], 1, "nowhere.jsonl"),
        (["in.jsonl", "-o", "out.csv"], 2, "out.csv"),
        (["in.jsonl", "-o", "out.jsonl", "--mode", "bold"], 2, "bold"),
        (["in.jsonl", "-o", "out.jsonl"], 1, "nothing could be written"),
    ],
)
def test_the_command_fails_with_one_line(arguments: list[str], status: int, message: str, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("broken")
    done = subprocess.run(
        [sys.executable, "-m", "boilercut", "batch", *arguments],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == status
    assert message in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_progress_is_printed_as_lines_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    from boilercut.cli.progress import Lines, Pace

    pace = Pace()
    progress = Lines(pace)
    progress.begin(1000, 200, Counts(written=100))
    pace.started -= 10
    progress._shown -= 11
    progress.advance(Counts(written=300, bytes=5_000_000), 600)
    progress.advance(Counts(written=301), 610)
    line = capsys.readouterr().err
    assert line == "boilercut: 300 pages, 20 pages/s, 0.5 MB/s, 60% of the input, 10.0 s left\n"


def test_failures_count_records_read(lines: str, tmp_path: Path) -> None:
    first = tmp_path / "first.jsonl"
    first.write_text(json.dumps({"body": PAGES[0]}) + "\n", encoding="utf-8")
    job = Job(inputs=(str(first), lines), output=tmp_path / "out.jsonl", page_field="body")
    assert run(job).written == 1
    failures = [(each["id"], each["url"]) for each in rows_of(job.errors_file)]
    assert failures == [(f"page-{number}", "https://ullin.example/") for number in range(len(PAGES))]
