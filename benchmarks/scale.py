"""Measure what `docs/pipelines/scale.md` computes from: a worker's time per page, its tail, its memory.

    python -m benchmarks.scale
    python -m benchmarks.scale --datatrove      # the same pages through datatrove's executor, in this environment

The pages are random crawl and news pages (`unlabelled.jsonl.gz`). Times are processor time, the best of some rounds,
because the machine is shared.
"""

import argparse
import gzip
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import boilercut
from benchmarks.quality.data import data_folder
from benchmarks.reporting import machine, peak_megabytes, processor_seconds, write
from benchmarks.speed.timing import interleaved, on_one_core

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
    _cut(cutter, pages[:BATCH_ROWS])
    stacked = min(_cut(cutter, pages) for _ in range(ROUNDS)) / len(pages)
    alone = np.array(interleaved({"ours": cutter.clean}, pages, ROUNDS)["ours"])
    for start in range(0, len(pages), BATCH_ROWS):
        _cut(cutter, pages[start : start + BATCH_ROWS])
    return {
        "pages": len(pages),
        "mean_kb": round(sum(map(len, pages)) / len(pages) / 1000),
        "stacked_ms": round(1000 * stacked, 3),
        "alone_ms": {name: round(1000 * float(value), 2) for name, value in _tail(alone).items()},
        "slowest_hundredth": round(float(np.sort(alone)[-len(alone) // 100 :].sum() / alone.sum()), 3),
        "partitions": {str(size): _spread(alone, size) for size in PARTITIONS},
        "pages_mb": round(sum(map(sys.getsizeof, pages)) / 1e6),
        "peak_mb": round(peak_megabytes()),
    }


def _tail(seconds: np.ndarray) -> dict[str, float]:
    middle, slow, longest = np.quantile(seconds, [0.5, 0.99, 1])
    return {"mean": seconds.mean(), "median": middle, "p99": slow, "longest": longest}


def _spread(seconds: np.ndarray, size: int) -> float:
    """Return how many times the mean partition the slowest of a hundred takes; pages are drawn with replacement."""
    generator = np.random.default_rng(0)
    sums = np.array([generator.choice(seconds, size).sum() for _ in range(DRAWS)])
    return round(float(np.quantile(sums, 0.99) / sums.mean()), 2)


def _cut(cutter: boilercut.Cutter, pages: Sequence[str]) -> float:
    """Cut pages as rows; return the processor time."""
    start = time.process_time()
    for _ in cutter.articles(pages):
        pass
    return time.process_time() - start


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
            before = processor_seconds()
            LocalPipelineExecutor([reader, *steps, writer], tasks=1, logging_dir=f"{folder}/logs-{name}").run()
            seconds[f"{name}_ms"] = round(1000 * (processor_seconds() - before) / len(pages), 2)
    return seconds


def _pages() -> list[str]:
    with gzip.open(data_folder() / "unlabelled.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["html"] for line in lines]


if __name__ == "__main__":
    main()
