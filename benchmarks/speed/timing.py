"""Time candidates interleaved, on one core, and describe the machine."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

import boilercut
from boilercut.native import build

__all__ = ["RESULTS", "interleaved", "machine", "on_one_core", "summary", "write"]

RESULTS = Path(__file__).resolve().parents[1] / "results"


def on_one_core() -> None:
    """Bind this process to one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def interleaved(
    candidates: Mapping[str, Callable[[Any], object]], pages: Sequence[Any], rounds: int = 3
) -> dict[str, list[float]]:
    """Return for each candidate its seconds on each page: the best of `rounds`, the candidates taking turns."""
    seconds = {name: [float("inf")] * len(pages) for name in candidates}
    for number, page in enumerate(pages):
        for _ in range(rounds):
            for name, clean in candidates.items():
                start = time.thread_time()
                clean(page)
                seconds[name][number] = min(seconds[name][number], time.thread_time() - start)
    return seconds


def summary(seconds: Mapping[str, Sequence[float]], sizes: Sequence[int]) -> dict[str, dict[str, float]]:
    """Return by candidate the median milliseconds a page, megabytes a second, and how many times faster ours is."""
    ours = seconds["ours"]
    return {
        name: {
            "median_ms": round(1000 * median(own), 3),
            "mb_per_s": round(sum(sizes) / 1e6 / sum(own), 2),
            "times_ours": round(median(own) / median(ours), 3),
            "times_ours_in_all": round(sum(own) / sum(ours), 3),
        }
        for name, own in seconds.items()
    }


def machine(packages: Sequence[str] = ()) -> dict[str, Any]:
    """Say what was measured with what, where."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "boilercut": boilercut.__version__,
        "build": build(),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {_processor()}",
        "versions": {name: metadata.version(name) for name in ("numpy", "selectolax", *packages)},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")


def write(name: str, result: Mapping[str, Any]) -> Path:
    """Write a result as JSON beside the others; the build is part of its name."""
    path = RESULTS / f"speed-{name}-{build().partition(' ')[0]}.json"
    path.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    return path
