"""Time candidates interleaved, on one core."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

__all__ = ["interleaved", "on_one_core", "summary"]


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
