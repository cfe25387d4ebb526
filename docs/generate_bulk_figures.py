"""Write the figures of docs/pipelines/batch.md and scale.md from benchmarks/results; `--check` only compares.

Every figure is read from a result file of `python -m benchmarks.bulk` and `benchmarks.scale`, or computed from those.
"""

import sys
from typing import Any

from generated import filled, result, written

HOURS_PER_MS = 1e9 / 1000 / 3600
"""Hours for a billion pages, per millisecond of one."""


def main() -> int:
    """Write or check the figures; return 1 where a check fails."""
    batch = _batch(result("bulk-turns.json"), result("bulk-whole.json"))
    scale = _scale(result("speed-scale-compiled.json"), result("speed-scale-datatrove-compiled.json")["datatrove"])
    texts = {"docs/pipelines/batch.md": batch, "docs/pipelines/scale.md": scale}
    return written({name: filled(name, text) for name, text in texts.items()})


def _batch(turns: dict[str, Any], long: dict[str, Any]) -> str:
    whole, killed, speedup = long["whole"], long["killed"], turns["speedup"]
    runs = [_sum([turn for turn in turns["turns"] if turn["workers"] == workers]) for workers in (1, 2)]
    first, second = killed["killed_after_pages"]
    names = ("one worker", "two workers", "all pages, two workers")
    return f"""\
Measured by `{turns["command"]}` ({turns["machine"]}) and
`{long["command"]}` ({long["machine"]}), Python {turns["python"]}. The
machine was shared, so compare pages per CPU second.

| | pages | seconds | pages/s | CPU seconds | pages per CPU second |
|---|--:|--:|--:|--:|--:|
{"".join(_line(name, run) for name, run in zip(names, [*runs, whole], strict=True))}
- Two workers, in turn with one, were {speedup["wall"]:.2f} times as fast by the clock: other work left
  {speedup["cores_used_by_one"]:.2f} cores to one and {speedup["cores_used_by_two"]:.2f} to two. By CPU time per page
  they can be {speedup["on_two_free_cores_at_most"]:.2f} times as fast on two free cores (computed).
- The three processes together took {min(whole["memory_mb"])} to {max(whole["memory_mb"])} MB, without growth.
- A run killed with SIGKILL after {first:,} and {second:,} pages, and continued, wrote {killed["rows"]:,} rows,
  {"byte for byte the same" if killed["same_bytes_as_whole"] else "NOT the same"} as a run left alone.
"""


def _scale(one: dict[str, Any], datatrove: dict[str, Any]) -> str:
    alone, spread = one["alone_ms"], one["partitions"]
    costs = {
        "in stacks: Arrow, Spark, `batch`": one["stacked_ms"],
        "page by page": alone["mean"],
        "datatrove, with reading, writing and starting": datatrove["cut_ms"],
    }
    rows = [f"| {way} | {cost:.1f} ms | {cost * HOURS_PER_MS:,.0f} core-hours |\n" for way, cost in costs.items()]
    return f"""\
| a page of {one["mean_kb"]} kB | processor time | a billion pages |
|---|--:|--:|
{"".join(rows)}
- **The tail**: half of the pages take less than {alone["median"]:.1f} ms, one in a hundred more than
  {alone["p99"]:.0f} ms, the longest of {one["pages"]} took {alone["longest"]:.0f} ms. The slowest hundredth takes
  {one["slowest_hundredth"]:.0%} of the time.
- **Partitions**: of a hundred partitions of 100 pages the slowest takes {spread["100"]:.2f} times the mean, of 1,000
  pages {spread["1000"]:.2f}, of 10,000 pages {spread["10000"]:.2f} (drawn from these pages). Partitions of 1,000 to
  10,000 pages, {one["stacked_ms"]:.0f} to {one["stacked_ms"] * 10:.0f} seconds of a core, are even, and little is lost
  with one.
- **Memory**: a worker that held all {one["pages"]} pages ({one["pages_mb"]} MB) peaked at {one["peak_mb"]} MB.

Measured by `python -m benchmarks.scale` (and `--datatrove`), {one["date"]}, {one["machine"]}.
"""


def _sum(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: sum(run[key] for run in runs) for key in ("pages", "seconds", "cpu_seconds")}


def _line(name: str, run: dict[str, Any]) -> str:
    pages, seconds, cpu = run["pages"], run["seconds"], run["cpu_seconds"]
    return f"| {name} | {pages:,} | {seconds:,.0f} | {pages / seconds:.0f} | {cpu:,.0f} | {pages / cpu:.0f} |\n"


if __name__ == "__main__":
    sys.exit(main())
