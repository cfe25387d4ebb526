"""Run archives and files that are bombs through `boilercut.batch`: `python -m benchmarks.hostile.batch_cases [CASE …]`.

All cases run if none is named, each in a process of its own. The table says what became of the records, and the most
memory that the process held: `megabytes` is its peak, `above start` the part that it did not hold before the run. A
good page stands behind each hostile record, or in a file behind each hostile file, and must be written. Of a Parquet
file, a row group that is a bomb is refused whole, since Arrow unpacks it whole; the failure says so. Smaller bombs,
charsets, records that never end and odd times are in `tests/test_batch*.py`.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.hostile.isolated import in_child
from benchmarks.reporting import peak_megabytes, processor_seconds
from boilercut.batch import Job, run
from tests.archives import arc_record, coded, http, record

MAX_SECONDS = 600
"""By the clock, for making an input and for its run."""
BIG = 1 << 30
"""Bytes that a bomb unpacks to."""
PAGE = b"<p>The bridge over the Wend was closed on Monday night, after a lorry had struck the second pier.</p>"
CODINGS = ("gzip", "br", "zstd", "gzip, gzip", "br, gzip", "gzip, br, deflate", "zstd, zstd, zstd")
Files = dict[str, bytes]


def _bomb(codings: str, start: bytes = b"") -> bytes:
    """Pack `BIG` bytes, all in one line, piece by piece, so that this process does not hold them; then again."""
    first, *others = codings.split(", ")
    pa = import_module("pyarrow")
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, {"br": "brotli"}.get(first, first)) as stream:
        stream.write(start)
        for _ in range(BIG >> 20):
            stream.write(b"a" * (1 << 20))
    data = bytes(sink.getvalue())
    for coding in others:
        data = coded(coding, data)
    return data


def _warc(codings: str, body: bytes) -> Files:
    return {"a.warc": record(http(body, Content_Encoding=codings)) + record(http(PAGE))}


def _and_good(name: str, data: bytes) -> Files:
    return {name: data, "z-good.html": PAGE}


def _parquet(pages: Any) -> Files:
    pa, sink = import_module("pyarrow"), import_module("io").BytesIO()
    import_module("pyarrow.parquet").write_table(pa.table({"html": pages}), sink, compression="zstd")
    return _and_good("a.parquet", sink.getvalue())


def _repeated() -> Any:
    pa = import_module("pyarrow")
    return pa.DictionaryArray.from_arrays(pa.array([0] * 64 + [1]), pa.array([b"a" * 200_000_000, PAGE]))


def _line_before(line: bytes) -> Files:
    return {"a.jsonl": line + b"\n" + json.dumps({"html": PAGE.decode()}).encode()}


def _http_bomb(codings: str) -> Callable[[], Files]:
    return lambda: _warc(codings, _bomb(codings))


CASES: dict[str, Callable[[], Files]] = {
    **{f"HTTP body of 1 GB, {codings}": _http_bomb(codings) for codings in CODINGS},
    "5,000 content codings": lambda: _warc(", ".join(["gzip"] * 5000), PAGE),
    "ARC, HTTP body of 1 GB, gzip": lambda: {
        "a.arc": arc_record("http://a/", http(_bomb("gzip"), Content_Encoding="gzip"))
        + arc_record("http://b/", http(PAGE))
    },
    "page file of 1 GB, gzip": lambda: _and_good("a.html.gz", _bomb("gzip")),
    "page file of 1 GB, zstd": lambda: _and_good("a.html.zst", _bomb("zstd")),
    "page file of 1 GB, gzip twice": lambda: _and_good("a.html.gz.gz", _bomb("gzip, gzip")),
    "page file packed 4 times": lambda: _and_good("a.html.gz", _bomb("gzip, gzip, gzip, gzip")),
    "JSON line of 1 GB, gzip": lambda: _and_good("a.jsonl.gz", _bomb("gzip", b'{"html": "')),
    "WARC header of 1 GB, gzip": lambda: _and_good("a.warc.gz", _bomb("gzip", b"WARC/1.0\r\nX: ")),
    "ARC header of 1 GB, gzip": lambda: _and_good("a.arc.gz", _bomb("gzip", b"filedesc://")),
    "WARC, gzip twice": lambda: {"a.warc.gz": gzip.compress(gzip.compress(record(http(PAGE))))},
    "Parquet, one row of 500 MB": lambda: _parquet([b"a" * (BIG >> 1)]),
    "Parquet, 10 rows, one of 500 MB": lambda: _parquet([PAGE] * 9 + [b"a" * (BIG >> 1)]),
    "Parquet, 64 rows of one page of 200 MB": lambda: _parquet(_repeated()),
    "JSON nested 100,000 deep": lambda: _line_before(b'{"html":' + b"[" * 100_000),
    "number of 100,000 digits as id": lambda: _line_before(b'{"id":' + b"9" * 100_000 + b',"html":"x"}'),
}
"""Hostile inputs by what is hostile about them: their files by name."""


def run_case(name: str) -> tuple[str, list[Any]]:
    """Make the input of a case and run it, each in a process of its own; return how that ended, and the figures."""
    with TemporaryDirectory() as folder:
        Path(folder, "in").mkdir()
        outcome = in_child(lambda: _make(name, folder), MAX_SECONDS, None)
        if outcome.end == "ok":
            outcome = in_child(lambda: _figures(folder), MAX_SECONDS, None)
        return outcome.end, outcome.answer or []


def _make(name: str, folder: str) -> None:
    for file, data in CASES[name]().items():
        Path(folder, "in", file).write_bytes(data)


def _figures(folder: str) -> list[Any]:
    """Run over the files; return pages written, reasons of failures, seconds with those of workers, and memory."""
    (Path(folder) / "warm.html").write_bytes(PAGE)
    run(Job(inputs=(f"{folder}/warm.html",), output=Path(folder, "warm.parquet")))
    started, before = processor_seconds(), peak_megabytes()
    counts = run(Job(inputs=(f"{folder}/in",), output=Path(folder, "out.jsonl")))
    failed = "; ".join(f"{number} {reason}" for reason, number in counts.failed.items())
    seconds, peak = processor_seconds() - started, peak_megabytes()
    return [counts.written, failed, round(seconds, 2), round(peak), round(peak - before)]


def main() -> None:
    """Print the table of the cases that are named."""
    print("| case | end | written | failed | s | megabytes | above start |\n|---|---|---|---|---|---|---|")
    lost = []
    for name in sys.argv[1:] or CASES:
        end, figures = run_case(name)
        print(f"| {name} | {' | '.join(map(str, [end, *figures]))} |", flush=True)
        if end != "ok" or figures[0] != 1:
            lost.append(name)
    sys.exit(f"not as it must be: {', '.join(lost)}" if lost else 0)


if __name__ == "__main__":
    main()
