"""Run hostile inputs through `boilercut.batch`: `python -m benchmarks.hostile.batch_cases [CASE ...]`.

All cases run if none is named. Each case runs in a process of its own. The table says what became of the records, and
the most memory that the process held: `megabytes` is its peak, `above start` the part that it did not hold before the
run. A good page stands behind each hostile record, or in a file behind each hostile file, and must be written. Of a
Parquet file, a row group that is a bomb is refused whole, since Arrow unpacks it whole; the failure says so.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

import boilercut
from benchmarks.quality.data import REPOSITORY
from benchmarks.reporting import peak_megabytes, processor_seconds
from boilercut.batch import Job, run
from boilercut.blocks.table import Blocks

__all__ = ["CASES", "Case", "Outcome", "run_case"]

MAX_SECONDS = 600
"""By the clock, for making an input and for its run."""
BIG = 1 << 30
"""Bytes that a bomb unpacks to."""
PAGE = b"<p>The bridge over the Wend was closed on Monday night, after a lorry had struck the second pier.</p>"
ENDLESS = "The word that never ends is plover."


@boilercut.detector("endless", log_odds=True)
def endless(blocks: Blocks) -> np.ndarray:
    """Never answer for a page that has a certain sentence."""
    while ENDLESS in blocks.text:
        pass
    return np.zeros(len(blocks))


class Case(NamedTuple):
    """The files of an input, by name, and the options of its run."""

    files: Callable[[], dict[str, bytes]]
    options: dict[str, Any] = {}  # noqa: RUF012 - never changed
    written: int = 1
    """Pages that are written: the good ones."""


class Outcome(NamedTuple):
    """The counts of a run, and what it took."""

    end: str
    """`ok`, or what ended the process."""
    written: int = 0
    failed: str = ""
    """The reasons of the failures."""
    seconds: float = 0.0
    """Of the processor, workers included."""
    megabytes: float = 0.0
    above_start: float = 0.0


def _http(body: bytes, coding: str = "", content_type: str = "text/html") -> bytes:
    packed = f"Content-Encoding: {coding}\r\n" if coding else ""
    return f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n{packed}\r\n".encode("latin-1") + body


def _record(block: bytes) -> bytes:
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:test:r>\r\nWARC-Date: 2026-03-01T10:00:00Z\r\n"
        "WARC-Target-URI: https://ullin.example/r\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def _arc(block: bytes) -> bytes:
    return f"http://ullin.example/a 192.0.2.1 20260301100000 text/html {len(block)}\n".encode() + block + b"\n"


def _packed(*codings: str) -> bytes:
    """Return `BIG` bytes, packed again and again."""
    data = _bomb(codings[0])
    for coding in codings[1:]:
        data = _pack(data, coding)
    return data


def _pack(data: bytes, coding: str) -> bytes:
    import pyarrow as pa

    if coding == "gzip":
        return gzip.compress(data, 9, mtime=0)
    if coding == "deflate":
        return zlib.compress(data, 9)
    return bytes(pa.compress(data, {"br": "brotli"}.get(coding, coding), asbytes=True))


def _bomb(coding: str, start: bytes = b"") -> bytes:
    """Pack `BIG` bytes, all in one line, piece by piece, so that this process does not hold them."""
    import pyarrow as pa

    piece = b"a" * (1 << 20)
    if coding in ("gzip", "deflate"):
        packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | (16 if coding == "gzip" else 0))
        pieces = (packer.compress(piece) for _ in range(BIG // len(piece)))
        return b"".join([packer.compress(start), *pieces, packer.flush()])
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, {"br": "brotli"}.get(coding, coding)) as stream:
        for _ in range(BIG // len(piece)):
            stream.write(piece)
    return bytes(sink.getvalue())


def _warc(*blocks: bytes) -> dict[str, bytes]:
    return {"a.warc": b"".join(map(_record, (*blocks, _http(PAGE))))}


def _and_good(name: str, data: bytes) -> dict[str, bytes]:
    return {name: data, "z-good.html": PAGE}


def _lines(*pages: object) -> bytes:
    return b"\n".join(json.dumps({"html": page}).encode() for page in pages)


def _parquet(columns: Callable[[Any], dict[str, Any]], **options: Any) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns(pa)), sink, **options)
    return bytes(sink.getvalue())


CHARSETS = "hex idna undefined rot13 zlib bz2 base64 uu quopri punycode utf-16le mbcs".split()
CODINGS = [
    ("gzip",), ("deflate",), ("br",), ("zstd",), ("gzip", "gzip"), ("br", "gzip"), ("gzip", "br", "deflate"),
    ("zstd", "zstd", "zstd"),
]  # fmt: skip
ENDLESS_LINES = 5, 20
"""Good pages before and behind the one that never ends."""
TEXT = PAGE.decode()
CASES: dict[str, Case] = {
    **{
        f"HTTP body of 1 GB, {', '.join(codings)}": Case(
            lambda codings=codings: _warc(_http(_packed(*codings), ", ".join(codings)))  # type: ignore[misc]
        )
        for codings in CODINGS
    },
    "5,000 content codings": Case(lambda: _warc(_http(PAGE, ", ".join(["gzip"] * 5000)))),
    "ARC, HTTP body of 1 GB, gzip": Case(lambda: {"a.arc": _arc(_http(_packed("gzip"), "gzip")) + _arc(_http(PAGE))}),
    "page file of 1 GB, gzip": Case(lambda: _and_good("a.html.gz", _packed("gzip"))),
    "page file of 1 GB, zstd": Case(lambda: _and_good("a.html.zst", _packed("zstd"))),
    "page file of 1 GB, gzip twice": Case(lambda: _and_good("a.html.gz.gz", _packed("gzip", "gzip"))),
    "page file packed 4 times": Case(lambda: _and_good("a.html.gz", _packed("gzip", "gzip", "gzip", "gzip"))),
    "JSON line of 1 GB, gzip": Case(lambda: _and_good("a.jsonl.gz", _bomb("gzip", b'{"html": "'))),
    "WARC header of 1 GB, gzip": Case(lambda: _and_good("a.warc.gz", _bomb("gzip", b"WARC/1.0\r\nX: "))),
    "ARC header of 1 GB, gzip": Case(lambda: _and_good("a.arc.gz", _bomb("gzip", b"filedesc://"))),
    "WARC, gzip twice": Case(lambda: {"a.warc.gz": gzip.compress(gzip.compress(_record(_http(PAGE))))}),
    "Parquet, one row of 500 MB": Case(
        lambda: _and_good("a.parquet", _parquet(lambda pa: {"html": [b"a" * (BIG >> 1)]}, compression="zstd"))
    ),
    "Parquet, 10 rows, one of 500 MB": Case(
        lambda: _and_good(
            "a.parquet", _parquet(lambda pa: {"html": [PAGE] * 9 + [b"a" * (BIG >> 1)]}, compression="zstd")
        )
    ),
    "Parquet, 64 rows of one page of 30 MB": Case(
        lambda: _and_good("a.parquet", _parquet(_repeated, compression="zstd")), {"max_bytes": 20_000_000}
    ),
    "Parquet, unknown time zone in id": Case(lambda: _times("ms", "No/Zone")),
    "Parquet, nanoseconds in id": Case(lambda: _times("ns", None)),
    **{
        f"charset {name} in <meta>": Case(
            lambda name=name: _warc(_http(f"<meta charset={name}>{TEXT}".encode())), written=-1  # type: ignore[misc]
        )
        for name in CHARSETS
    },
    **{
        f"charset {name} in the header": Case(
            lambda name=name: _warc(_http(PAGE, content_type=f"text/html; charset={name}")), written=-1  # type: ignore[misc]
        )
        for name in CHARSETS
    },
    "JSON nested 100,000 deep": Case(lambda: {"a.jsonl": b'{"html":' + b"[" * 100_000 + b"\n" + _lines(TEXT)}),
    "number of 100,000 digits as id": Case(
        lambda: {"a.jsonl": b'{"id":' + b"9" * 100_000 + b',"html":"x"}\n' + _lines(TEXT)}
    ),
    # The last line may be clipped, and is not written.
    "clipped gzip": Case(lambda: _and_good("a.jsonl.gz", gzip.compress(_lines(*[TEXT] * 9))[:-9]), written=9),
    "a record that never ends, --max-seconds .5": Case(lambda: _with_endless(), {"max_seconds": 0.5}, written=25),
    "the same with 2 workers": Case(lambda: _with_endless(), {"max_seconds": 0.5, "workers": 2}, written=25),
}  # fmt: skip
"""Hostile inputs by what is hostile about them; `written=-1` where it is for decoding to say whether a page is lost."""


def _with_endless() -> dict[str, bytes]:
    before, behind = ENDLESS_LINES
    return {"a.jsonl": _lines(*[TEXT] * before, f"<p>{ENDLESS}", *[TEXT] * behind)}


def _times(unit: str, zone: str | None) -> dict[str, bytes]:
    return {"a.parquet": _parquet(lambda pa: {"html": [PAGE], "id": pa.array([1], pa.timestamp(unit, tz=zone))})}


def _repeated(pa: Any) -> dict[str, Any]:
    pages = pa.array([b"a" * 30_000_000, PAGE])
    return {"html": pa.DictionaryArray.from_arrays(pa.array([0] * 64 + [1]), pages)}


def run_case(name: str) -> Outcome:
    """Make the input of a case and run it in a process of its own."""
    with TemporaryDirectory() as folder:
        inputs = Path(folder, "in")
        inputs.mkdir()
        try:
            _in_process("make", name, str(inputs)).check_returncode()
            done = _in_process("child", name, folder)
        except subprocess.TimeoutExpired:
            return Outcome("hang", seconds=MAX_SECONDS)
        if done.returncode:
            return Outcome(done.stderr.splitlines()[-1] if done.stderr else f"exit {done.returncode}")
        return Outcome(*json.loads(done.stdout))


def _in_process(function: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Call a function of this module in a new process; one takes over the peak of the process that starts it."""
    call = f"from benchmarks.hostile import batch_cases; batch_cases.{function}(*{arguments!r})"
    command = [sys.executable, "-c", call]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=MAX_SECONDS, check=False)


def make(name: str, folder: str) -> None:
    """Write the files of a case."""
    for file, data in CASES[name].files().items():
        Path(folder, file).write_bytes(data)


def child(name: str, folder: str) -> None:
    """Run a case in this process, and print its outcome."""
    options = dict(CASES[name].options)
    config = boilercut.Config(detectors=(*boilercut.BUILTIN, endless), max_seconds=options.pop("max_seconds", None))
    (Path(folder) / "warm.html").write_bytes(PAGE)
    run(Job(inputs=(f"{folder}/warm.html",), output=Path(folder, "warm.parquet")))
    started, before = processor_seconds(), peak_megabytes()
    counts = run(Job(inputs=(f"{folder}/in",), output=Path(folder, "out.jsonl"), config=config, **options))
    failed = "; ".join(f"{number} {reason}" for reason, number in counts.failed.items())
    seconds, peak = processor_seconds() - started, peak_megabytes()
    print(json.dumps(Outcome("ok", counts.written, failed, round(seconds, 2), round(peak), round(peak - before))))


def main() -> None:
    """Print the table of the cases that are named."""
    print("| case | end | written | failed | s | megabytes | above start |\n|---|---|---|---|---|---|---|")
    lost = []
    for name in sys.argv[1:] or CASES:
        outcome, wanted = run_case(name), CASES[name].written
        print(f"| {name} | {' | '.join(map(str, outcome))} |", flush=True)
        if outcome.end != "ok" or (outcome.written != wanted if wanted >= 0 else outcome.written < 1):
            lost.append(name)
    sys.exit(f"not as it must be: {', '.join(lost)}" if lost else 0)


if __name__ == "__main__":
    main()
