"""Measure what `docs/pipelines/scale.md` computes from: a worker's time per page, its tail, its memory.

    python -m benchmarks.scale
    python -m benchmarks.scale --datatrove      # the same pages through datatrove's executor, in this environment

The pages are random crawl and news pages (`unlabelled.jsonl.gz`). Times are processor time, the best of some rounds,
because the machine is shared.
"""

import argparse
import gzip
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import boilercut
from benchmarks.quality.data import data_folder
from benchmarks.speed.timing import interleaved, machine, on_one_core, write

ROUNDS = 5
PARTITIONS = (100, 1000, 10_000)
"""Pages per partition whose spread is computed."""
DRAWS = 2000
BATCH_ROWS = 256
"""Pages that an engine hands to a worker at once."""


def main() -> None:
    """Measure, and write the result to benchmarks/results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--datatrove", action="store_true", help="measure datatrove's executor instead")
    if parser.parse_args().datatrove:
        found = {"datatrove": datatrove_seconds(), **machine(["datatrove"])}
        write("scale-datatrove", found)
        return
    on_one_core()
    write("scale", {**measured(_pages()), **machine()})


def measured(pages: Sequence[str]) -> dict[str, Any]:
    """Return seconds per page in stacks and alone, the spread of partitions, and the memory of a worker."""
    cutter = boilercut.Cutter()
    _rows(cutter, pages[:BATCH_ROWS])
    stacked = min(_timed(cutter, pages) for _ in range(ROUNDS)) / len(pages)
    alone = np.array(interleaved({"ours": cutter.clean}, pages, ROUNDS)["ours"])
    for start in range(0, len(pages), BATCH_ROWS):
        _rows(cutter, pages[start : start + BATCH_ROWS])
    return {
        "pages": len(pages),
        "mean_kb": round(sum(map(len, pages)) / len(pages) / 1000),
        "stacked_ms": round(1000 * stacked, 3),
        "alone_ms": {name: round(1000 * value, 2) for name, value in _tail(alone).items()},
        "slowest_hundredth": round(float(np.sort(alone)[-len(alone) // 100 :].sum() / alone.sum()), 3),
        "partitions": {str(size): _spread(alone, size) for size in PARTITIONS},
        "pages_mb": round(sum(map(sys.getsizeof, pages)) / 1e6),
        "peak_mb": round(_peak_mb()),
    }


def _tail(seconds: np.ndarray) -> dict[str, float]:
    return {
        "mean": float(seconds.mean()),
        "median": float(np.median(seconds)),
        "p99": float(np.quantile(seconds, 0.99)),
        "longest": float(seconds.max()),
    }


def _spread(seconds: np.ndarray, size: int) -> float:
    """Return how many times the mean partition the slowest of a hundred takes; pages are drawn with replacement."""
    generator = np.random.default_rng(0)
    sums = np.array([generator.choice(seconds, size).sum() for _ in range(DRAWS)])
    return round(float(np.quantile(sums, 0.99) / sums.mean()), 2)


def _rows(cutter: boilercut.Cutter, pages: Sequence[str]) -> None:
    for _ in cutter.articles(pages):
        pass


def _timed(cutter: boilercut.Cutter, pages: Sequence[str]) -> float:
    start = time.process_time()
    _rows(cutter, pages)
    return time.process_time() - start


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def datatrove_seconds() -> dict[str, float]:
    """Return the processor time per page of a pipeline from and to JSON lines, and of the same without cutting."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    from boilercut.adapters.datatrove import BoilercutExtractor

    pages = _pages()
    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        rows = [json.dumps({"text": page, "id": str(number)}) for number, page in enumerate(pages)]
        (Path(folder) / "in").mkdir()
        (Path(folder) / "in" / "pages.jsonl").write_text("\n".join(rows), "utf-8")
        for name, steps in (("copy", []), ("cut", [BoilercutExtractor(timeout=30)])):
            reader, writer = JsonlReader(f"{folder}/in"), JsonlWriter(f"{folder}/{name}")
            before = _processor_seconds()
            LocalPipelineExecutor([reader, *steps, writer], tasks=1, logging_dir=f"{folder}/logs-{name}").run()
            seconds[f"{name}_ms"] = round(1000 * (_processor_seconds() - before) / len(pages), 2)
    return seconds


def _processor_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _pages() -> list[str]:
    with gzip.open(data_folder() / "unlabelled.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["html"] for line in lines]


if __name__ == "__main__":
    main()
