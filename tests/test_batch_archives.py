"""Crawl archives through a bulk run: every record is written, skipped or reported; clipped and broken ones too."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import boilercut
from boilercut.batch import Job, run
from boilercut.batch.inputs import find_sources
from boilercut.batch.journal import Counts
from boilercut.batch.readers import read_sources
from tests.archives import arc_record, coded, http, record
from tests.helpers import ARTICLE

pytest.importorskip("fastwarc", reason="needs the extra batch")
pytestmark = pytest.mark.extra

PAGE = f"<title>Bridge closed</title><nav><a href=/>Home</a> <a href=/a>News</a></nav><p>{ARTICLE}</p>"
RUSSIAN = "<p>Паром через Уллин снова пошёл в понедельник утром, через шесть недель после поломки винта.</p>"


def cut(
    tmp_path: Path, *archives: tuple[str, bytes], **options: Any
) -> tuple[Counts, list[dict[str, Any]], list[dict[str, Any]]]:
    """Run over archives; return the counts, the rows and the failures."""
    for name, data in archives:
        (tmp_path / name).write_bytes(data)
    job = Job(inputs=tuple(str(tmp_path / name) for name, _ in archives), output=tmp_path / "out.jsonl", **options)
    counts = run(job)
    assert counts.read == counts.written + counts.skipped.total() + counts.failed.total()
    return counts, _rows(job.output), _rows(job.errors_file)


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


GOOD = [record(http(PAGE.encode()), name=f"page-{n}") for n in range(4)]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_responses_are_cut_and_the_rest_is_counted(tmp_path: Path, packed: bool) -> None:
    records = [
        record(b"software: a test\r\n", "warcinfo", content_type="application/warc-fields"),
        record(b"GET / HTTP/1.1\r\n\r\n", "request", content_type="application/http; msgtype=request"),
        GOOD[0],
        record(http(b"\x89PNG", "image/png"), name="picture"),
        record(http(b"gone", status="404 Not Found"), name="gone"),
        record(http(b"{}", "no-such-type"), name="odd"),
        record(b"seen before", "revisit"),
        record(PAGE.encode(), "resource", "saved", "text/html"),
        record(b"dns", name="dns", content_type="text/dns"),
    ]
    data = b"".join(map(gzip.compress, records)) if packed else b"".join(records)
    counts, rows, failures = cut(tmp_path, ("crawl.warc", data))
    assert [row["url"].rpartition("/")[2] for row in rows] == ["page-0", "saved"]
    assert rows[0] == {
        "id": "<urn:test:page-0>",
        "url": "https://ullin.example/page-0",
        "title": "Bridge closed",
        "text": boilercut.clean(PAGE),
        "confidence": boilercut.extract(PAGE).confidence,
    }
    assert failures == []
    assert counts.skipped == {
        "warcinfo record": 1, "request record": 1, "revisit record": 1, "HTTP status 404": 1,
        "not HTML or text: image": 1, "not HTML or text: other": 1, "not HTTP": 1,
    }  # fmt: skip


def test_the_http_header_says_the_encoding(tmp_path: Path) -> None:
    body = b"<meta charset=utf-8>" + RUSSIAN.encode("windows-1251")
    _, rows, _ = cut(tmp_path, ("a.warc", record(http(body, "text/html; charset=windows-1251"))))
    assert rows[0]["text"] == boilercut.clean(RUSSIAN)


@pytest.mark.parametrize("coding", ["gzip", "chunked", "both"])
def test_http_codings_are_undone(tmp_path: Path, coding: str) -> None:
    body, headers = PAGE.encode(), {}
    if coding in ("gzip", "both"):
        body, headers["Content_Encoding"] = gzip.compress(body), "gzip"
    if coding in ("chunked", "both"):
        body, headers["Transfer_Encoding"] = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), "chunked"
    _, rows, _ = cut(tmp_path, ("a.warc", record(http(body, **headers))))
    assert rows[0]["text"] == boilercut.clean(PAGE)


def test_conversions_are_text(tmp_path: Path) -> None:
    text = f"Home\nNews\n<b> is a tag\n{ARTICLE}\n© 2026 The Ullin Courier. All rights reserved."
    _, rows, _ = cut(tmp_path, ("a.wet", record(text.encode(), "conversion", content_type="text/plain")))
    assert rows[0]["text"] == boilercut.clean(text, kind="text")
    assert set(rows[0]["text"].splitlines()) <= set(text.splitlines())


def test_arc_is_read(tmp_path: Path) -> None:
    description = b"1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n\n"
    data = b"".join(
        [
            arc_record("filedesc://a.arc", description, "text/plain"),
            arc_record("http://ullin.example/a", http(PAGE.encode())),
            arc_record("http://ullin.example/b", http(b"moved", status="301 Moved"), "text/html"),
            arc_record("http://ullin.example/c", http(b"GIF89a", "image/gif"), "image/gif"),
            arc_record("http://ullin.example/d", http(PAGE.encode()))[:-90],
        ]
    )
    counts, rows, failures = cut(tmp_path, ("a.arc", data))
    assert [(row["url"], row["text"]) for row in rows] == [("http://ullin.example/a", boilercut.clean(PAGE))]
    assert [(each["url"], each["reason"].partition(":")[0]) for each in failures] == [
        ("http://ullin.example/d", "clipped")
    ]
    assert counts.skipped == {"ARC header": 1, "HTTP status 301": 1, "not HTML or text: image": 1}


# Clipped and damaged archives.


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_wherever_an_archive_is_clipped_something_says_so(tmp_path: Path, packed: bool) -> None:
    records = [gzip.compress(each, mtime=0) if packed else each for each in GOOD[:3]]
    whole = b"".join(records)
    begin = len(records[0]) + len(records[1])
    for end in range(begin + 1, len(whole) - 24, 7):  # before its closing line breaks and checksum
        folder = tmp_path / str(end)
        folder.mkdir()
        _, rows, failures = cut(folder, ("a.warc", whole[:end]))
        assert len(rows) == 2, end
        assert len(failures) == 1, end


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_reading_continues_after_damage(tmp_path: Path, packed: bool) -> None:
    records = [gzip.compress(each, mtime=0) if packed else each for each in GOOD]
    damaged = (
        records[1][:30] + b"\x00rubbish\x00" * 20 + records[1][200:] if packed else b"rubbish\r\n\r\n" + records[1][15:]
    )
    _, rows, failures = cut(tmp_path, ("a.warc", b"".join([records[0], damaged, *records[2:]])))
    assert [row["url"].rpartition("/")[2] for row in rows] == ["page-0", "page-2", "page-3"]
    assert [each["reason"].partition(":")[0] for each in failures] == ["damaged"]


def test_rubbish_by_the_name_of_an_archive_is_reported(tmp_path: Path) -> None:
    archives = [
        ("a.warc", b"no archive\n" * 50),
        ("b.warc.gz", b"\x1f\x8b\x08rubbish"),
        ("c.warc", b""),
        ("d.arc", b"rubbish\n"),
    ]
    _, rows, failures = cut(tmp_path, *archives, ("good.warc", GOOD[0]))
    assert len(rows) == 1
    assert {Path(each["input"]).name for each in failures} >= {"a.warc", "b.warc.gz", "c.warc", "d.arc"}


def test_random_damage_never_stops_a_run(tmp_path: Path) -> None:
    import random

    chance = random.Random(7)
    whole = b"".join(gzip.compress(each, mtime=0) for each in GOOD)
    for number in range(60):
        data = bytearray(whole if number % 2 else b"".join(GOOD))
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        folder = tmp_path / str(number)
        folder.mkdir()
        cut(folder, ("a.warc", bytes(data)))


@pytest.mark.parametrize("layer", ["record", "http", "file"])
def test_archive_bombs_are_not_unpacked(tmp_path: Path, layer: str) -> None:
    big = b"<p>" + b"a" * 80_000_000
    bomb = record(http(gzip.compress(big, 1), Content_Encoding="gzip") if layer == "http" else http(big))
    data = [gzip.compress(each, 1) if layer == "file" else each for each in (bomb, GOOD[0])]
    _, rows, failures = cut(tmp_path, ("a.warc", b"".join(data)), max_bytes=1_000_000)
    assert len(rows) == 1
    assert [each["reason"] for each in failures] == ["longer than 1,000,000 bytes"]


@pytest.mark.parametrize("codings", ["gzip", "deflate", "zlib", "br", "zstd", "gzip, gzip", "gzip, br, deflate"])
def test_http_bombs_take_no_memory(tmp_path: Path, codings: str) -> None:
    body = b"<p>" + b"a" * 200_000_000
    for coding in codings.split(", "):
        body = coded(coding, body)
    named = codings.replace("zlib", "deflate")
    (tmp_path / "a.warc").write_bytes(record(http(body, Content_Encoding=named)) + GOOD[0])
    assert_little_memory(tmp_path, "a.warc")


@pytest.mark.parametrize(
    ("name", "start", "codings"),
    [
        ("a.html.gz", b"<p>", ["gzip"]),
        ("a.html.zst", b"<p>", ["zstd"]),
        ("a.html.gz.gz", b"<p>", ["gzip", "gzip"]),
        ("a.html.gz.zst.gz", b"<p>", ["gzip", "zstd", "gzip"]),
        ("a.html.gz", b"<p>", ["gzip"] * 4),
        ("a.jsonl.gz", b'{"html": "', ["gzip"]),
        ("a.jsonl.zst.gz", b'{"html": "', ["zstd", "gzip"]),
        ("a.warc.gz", b"WARC/1.0\r\nX: ", ["gzip"]),
        ("a.warc.zst", b"WARC/1.0\r\nX: ", ["zstd"]),
        ("a.warc.gz", record(http(b"<p>" + b"a" * 200_000_000)), ["gzip", "gzip"]),
        ("a.arc.gz", b"filedesc://", ["gzip"]),
        ("a.arc.gz", b"http://a/ 192.0.2.1 20260301100000 text/html 200000000\n", ["gzip"]),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_packed_files_take_no_memory(tmp_path: Path, name: str, start: bytes, codings: list[str]) -> None:
    data = start + b"a" * 200_000_000
    for coding in codings:
        data = coded(coding, data)
    (tmp_path / name).write_bytes(data)
    (tmp_path / "b.html").write_text(PAGE)
    assert_little_memory(tmp_path, name, "b.html")


def test_a_parquet_bomb_takes_no_memory(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pages = pa.table({"html": [b"<p>"] * 9 + [b"a" * 200_000_000]})
    pq.write_table(pages, tmp_path / "a.parquet", compression="zstd")
    (tmp_path / "b.html").write_text(PAGE)
    assert_little_memory(tmp_path, "a.parquet", "b.html")


def assert_little_memory(folder: Path, *inputs: str) -> None:
    """Run over inputs in a new process; one good page is written, something fails, and the peak grows by little."""
    program = f"""
import resource
from pathlib import Path
from boilercut.batch import Job, run
Path("warm.html").write_text("<p>A page.")
run(Job(inputs=("warm.html",), output=Path("warm.parquet")))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
counts = run(Job(inputs={inputs!r}, output=Path("out.jsonl"), max_bytes=1_000_000))
assert counts.written == 1 and counts.failed, counts
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    # through a shell: a process begins with the peak of the one that starts it, which has made the bomb
    command = ["/bin/sh", "-c", 'exec 3<&0; "$0" "$@" <&3 | cat', sys.executable, "-c", program]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout, done.stderr
    assert int(done.stdout) < 60_000, "kilobytes"


def test_a_thousand_codings_are_not_undone(tmp_path: Path) -> None:
    page = record(http(b"<p>Text</p>", Content_Encoding=", ".join(["gzip"] * 1000)))
    _, rows, failures = cut(tmp_path, ("a.warc", page + GOOD[0]))
    assert (len(rows), failures[0]["id"]) == (1, "<urn:test:r>")


@pytest.mark.parametrize("packing", ["plain", "gzip", "gzip twice", "zstd", "lz4"])
@pytest.mark.parametrize("piped", [False, True], ids=["file", "pipe"])
def test_packed_archives_are_read_from_files_and_pipes(tmp_path: Path, packing: str, piped: bool) -> None:
    data = b"".join(map(gzip.compress, GOOD)) if "gzip" in packing else b"".join(GOOD)
    if packing == "gzip twice":
        data = gzip.compress(data)
    if packing in ("zstd", "lz4"):
        pa = pytest.importorskip("pyarrow")
        with pa.CompressedOutputStream(str(tmp_path / "packed"), packing) as stream:
            stream.write(data)
        data = (tmp_path / "packed").read_bytes()
    (tmp_path / "a.warc").write_bytes(data)
    command = [sys.executable, "-m", "boilercut", "batch", "-" if piped else "a.warc", "-o", "out.jsonl"]
    given = {"input": data} if piped else {}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, **given)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    assert len(_rows(tmp_path / "out.jsonl")) == len(GOOD)
    assert not (tmp_path / "out.jsonl.errors.jsonl").exists()


@pytest.mark.extra
def test_archives_become_parquet_and_are_cut_by_workers(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "a.warc.gz").write_bytes(b"".join(map(gzip.compress, GOOD * 10)))
    run(Job(inputs=(str(tmp_path / "*.warc.gz"),), output=tmp_path / "out.parquet", workers=2))
    table = pq.read_table(tmp_path / "out.parquet")
    assert table["text"].to_pylist() == [boilercut.clean(PAGE)] * 40


# The archives of the data folder, where it is there: made by many tools, good, clipped and broken.


@pytest.fixture(scope="session")
def real_archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import tarfile

    data = Path(os.environ.get("BOILERCUT_DATA") or Path(__file__).parents[2] / "shared" / "data")
    if not (data / "warc.tar.xz").is_file():
        pytest.skip(f"no warc.tar.xz in {data}")
    folder = tmp_path_factory.mktemp("archives")
    with tarfile.open(data / "warc.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.mark.data
def test_real_archives_lose_no_record(real_archives: Path, tmp_path: Path) -> None:
    job = Job(inputs=(str(real_archives),), output=tmp_path / "out.jsonl")
    counts = run(job)
    assert counts.read == counts.written + counts.skipped.total() + counts.failed.total()
    assert (counts.failed["damaged"], counts.failed["clipped"], counts.failed["empty response"]) == (3, 2, 1)
    compared = 0
    for source in find_sources([str(real_archives / "**" / "*.warc*")]):
        data = Path(source.name).read_bytes()
        if "clipped" not in source.name and "trunc" not in source.name and not source.name.endswith("lz4"):
            data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
            heads = re.findall(rb"(?m)^WARC/\d+\.\d+\r?$", data)  # counted without any reader of archives
            assert len(list(read_sources([source], job))) == len(heads), source.name
            compared += len(heads)
    assert compared > 200
