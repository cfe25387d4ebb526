"""Measure speed, memory and recovery of `boilercut batch` on the training pages, repeated.

    python -m benchmarks.bulk turns
    python -m benchmarks.bulk whole

`turns` runs one worker and two workers in turn, so that what else the machine does hits both. `whole` cuts all pages
with two workers, while memory is watched, then again, killed twice with SIGKILL and continued, and compares the
outputs. Times are wall clock and CPU time of the whole tree of processes: on a busy machine, pages per CPU second say
more.
"""

import argparse
import gzip
import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any

from benchmarks.quality.data import REPOSITORY, RESULTS, TRAIN_SETS, Sample, data_hash, read_sets

FILE_PAGES = 2000
"""Number of pages per file; the input is several names of one file."""


def main() -> None:
    """Measure, and write the result to benchmarks/results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk")
    parser.add_argument("what", choices=["turns", "whole"])
    parser.add_argument("--pages", type=int, default=20_000, help="pages of the long runs (default 20000)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of one worker and two workers (default 3)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure = {"turns": measure_turns, "whole": measure_whole}[arguments.what]
        result = {**_circumstances(arguments), **measure(Path(folder), arguments.pages, arguments.rounds)}
    (RESULTS / f"bulk-{arguments.what}.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


def measure_turns(folder: Path, pages: int, rounds: int) -> dict[str, Any]:
    """Measure one worker and two workers in turn, on one file of pages."""
    inputs = write_pages(folder, 1)
    runs = []
    for number, workers in enumerate((1, 2) * rounds):
        runs.append(timed_run(inputs, folder / f"turn-{number}.jsonl", workers))
        print(f"turn {number}: {runs[-1]}", file=sys.stderr)
    return {"turns": runs, "speedup": speedup(runs)}


def measure_whole(folder: Path, pages: int, rounds: int) -> dict[str, Any]:
    """Measure a long run, and one that is killed."""
    inputs = write_pages(folder, pages // FILE_PAGES)
    whole = timed_run(inputs, folder / "whole.jsonl", 2, watch=True)
    print(f"whole: {whole}", file=sys.stderr)
    killed = killed_run(inputs, folder / "killed.jsonl", len(inputs))
    same = _hash(folder / "whole.jsonl") == _hash(folder / "killed.jsonl")
    return {"whole": whole, "killed": {**killed, "rows": _lines(folder / "killed.jsonl"), "same_bytes_as_whole": same}}


def write_pages(folder: Path, files: int) -> list[str]:
    """Write training pages to one file of JSON lines, and give it several names."""
    first = folder / "pages-00.jsonl.gz"
    rows = [json.dumps({"id": sample.id, "url": sample.url, "html": sample.html}) for sample in _samples()]
    with gzip.open(first, "wt", compresslevel=6, encoding="utf-8") as file:
        file.write("\n".join(rows))
    names = [folder / f"pages-{number:02}.jsonl.gz" for number in range(files)]
    for name in names[1:]:
        os.link(first, name)
    return [str(name) for name in names]


def _samples() -> Iterator[Sample]:
    """Yield the pages of one file: the training pages, and as many of them again as are missing."""
    return islice(chain(read_sets(), read_sets()), FILE_PAGES)


def timed_run(inputs: list[str], output: Path, workers: int, *, watch: bool = False) -> dict[str, Any]:
    """Run a job in a separate process; return pages, seconds, CPU seconds, and memory over time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen(_command(inputs, output, workers), stderr=subprocess.DEVNULL)
    memory = list(_memory_of(process)) if watch else []
    assert process.wait() == 0
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    pages = _lines(output)
    found = {
        "workers": workers,
        "pages": pages,
        "seconds": round(seconds, 1),
        "pages_per_second": round(pages / seconds, 1),
        "cpu_seconds": round(cpu, 1),
        "pages_per_cpu_second": round(pages / cpu, 1),
    }
    return {**found, "memory_mb": _tenths(memory)} if watch else found


def killed_run(inputs: list[str], output: Path, files: int) -> dict[str, Any]:
    """Run a job, kill it with SIGKILL after a third and after two thirds of the files, and continue it."""
    killed_at: list[int] = []
    for limit in (files // 3, 2 * files // 3):
        more = ["--resume"] if killed_at else []
        process = subprocess.Popen(_command(inputs, output, 2, *more), stderr=subprocess.DEVNULL)
        while _committed(output)["source"] < limit:
            assert process.poll() is None
            time.sleep(0.05)
        process.kill()
        process.wait()
        killed_at.append(_committed(output)["counts"]["written"])
    subprocess.run(_command(inputs, output, 2, "--resume"), check=True, stderr=subprocess.DEVNULL)
    return {"killed_after_pages": killed_at}


def _committed(output: Path) -> dict[str, Any]:
    """Return the last whole entry of a run's journal."""
    journal = output.with_name(f"{output.name}.journal")
    lines = journal.read_bytes().splitlines(keepends=True) if journal.exists() else []
    whole = [line for line in lines[1:] if line.endswith(b"\n")]
    return json.loads(whole[-1]) if whole else {"source": 0}


def _command(inputs: list[str], output: Path, workers: int, *more: str) -> list[str]:
    names = [*inputs, "-o", str(output), "--workers", str(workers), *more]
    return [sys.executable, "-m", "boilercut", "batch", *names]


def speedup(runs: list[dict[str, Any]]) -> dict[str, float]:
    """Return how two workers compare with one: by wall clock, and by CPU time a page.

    Two workers that cost as much CPU time a page as one, and never wait, are twice as fast where two cores are free.
    """
    wall = {count: sum(run["seconds"] for run in runs if run["workers"] == count) for count in (1, 2)}
    cpu = {count: sum(run["cpu_seconds"] for run in runs if run["workers"] == count) for count in (1, 2)}
    return {
        "wall": round(wall[1] / wall[2], 2),
        "cpu_per_page_of_one_worker_to_two": round(cpu[1] / cpu[2], 2),
        "on_two_free_cores_at_most": round(2 * cpu[1] / cpu[2], 2),
        "cores_used_by_one": round(cpu[1] / wall[1], 2),
        "cores_used_by_two": round(cpu[2] / wall[2], 2),
    }


def _memory_of(process: subprocess.Popen[bytes]) -> Iterator[float]:
    """Yield the resident megabytes of a process and its children, once a second while it runs."""
    while process.poll() is None:
        yield sum(map(_resident, [process.pid, *_children_of(process.pid)])) / 1e6
        time.sleep(1)


def _children_of(process: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _tenths(values: list[float]) -> list[int]:
    """Return the largest value of each tenth of the run."""
    bounds = [round(len(values) * tenth / 10) for tenth in range(11)]
    return [round(max(values[low : max(high, low + 1)])) for low, high in pairwise(bounds)]


def _lines(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for _ in lines)


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _commit() -> str:
    command = ["git", "-C", str(REPOSITORY), "log", "-1", "--format=%s"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def _circumstances(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "command": f"python -m benchmarks.bulk {arguments.what} --pages {arguments.pages} --rounds {arguments.rounds}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the beginning",
        "commit": _commit(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("boilercut", "numpy", "selectolax", "pyarrow")},
        "data": data_hash(TRAIN_SETS),
    }


if __name__ == "__main__":
    main()
