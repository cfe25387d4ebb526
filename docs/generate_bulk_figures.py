"""Write the figures of docs/pipelines/batch.md and spark.md from benchmarks/results; `--check` only compares.

Every figure is read from a result file of `python -m benchmarks.bulk`, or computed here from those.
"""

import sys
from typing import Any

from generated import filled, result, written

SECONDS_AN_HOUR = 3600
CRAWL_PAGES = 100_000_000
"""The size of the example crawl."""
EXAMPLE_CORES = 64


def main() -> int:
    """Write or check the figures; return 1 where a check fails."""
    batch = _batch(result("bulk-turns.json"), result("bulk-whole.json"))
    texts = {"docs/pipelines/batch.md": batch, "docs/pipelines/spark.md": _spark(result("bulk-spark.json"))}
    return written({name: filled(name, text) for name, text in texts.items()})


def _batch(turns: dict[str, Any], long: dict[str, Any]) -> str:
    whole, killed, speedup = long["whole"], long["killed"], turns["speedup"]
    runs = [_sum([turn for turn in turns["turns"] if turn["workers"] == workers]) for workers in (1, 2)]
    first, second = killed["killed_after_pages"]
    names = ("one worker", "two workers", "all pages, two workers")
    return f"""\
Measured by `{turns["command"]}` ({turns["machine"]}) and
`{long["command"]}` ({long["machine"]}), Python {turns["python"]}. Since the
machine was shared, pages a second of CPU time say more than pages a second by the clock.

| | pages | seconds | pages/s | CPU seconds | pages per CPU second |
|---|--:|--:|--:|--:|--:|
{"".join(_line(name, run) for name, run in zip(names, [*runs, whole], strict=True))}
- **Two workers**, in turn with one: {speedup["wall"]:.2f} times as fast by the clock, while other work left
  {speedup["cores_used_by_one"]:.2f} cores to one and {speedup["cores_used_by_two"]:.2f} to two. On a page they spend
  {1 / speedup["cpu_per_page_of_one_worker_to_two"]:.2f} times the CPU time of one, so with two cores of their own they
  can be {speedup["on_two_free_cores_at_most"]:.2f} times as fast (computed, not measured).
- **Memory** of the three processes together, the largest value of each tenth of the {whole["pages"]:,} pages, in MB:
  {", ".join(map(str, whole["memory_mb"]))}.
- **Killed** with SIGKILL after {first:,} and again after {second:,} committed pages, and continued:
  {killed["rows"]:,} rows, and the output is
  {"the same, byte for byte, as" if killed["same_bytes_as_whole"] else "NOT the same as"} that of the run left alone.
"""


def _sum(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: sum(run[key] for run in runs) for key in ("pages", "seconds", "cpu_seconds")}


def _line(name: str, run: dict[str, Any]) -> str:
    pages, seconds, cpu = run["pages"], run["seconds"], run["cpu_seconds"]
    return f"| {name} | {pages:,} | {seconds:,.0f} | {pages / seconds:.0f} | {cpu:,.0f} | {pages / cpu:.0f} |\n"


def _spark(measured: dict[str, Any]) -> str:
    runs = measured["turns"]
    per_second = round(sum(run["pages"] for run in runs) / sum(run["cpu_seconds"] for run in runs))
    per_hour = per_second * SECONDS_AN_HOUR
    hours = round(CRAWL_PAGES / per_hour)
    return f"""\
## How long it takes

`{measured["command"]}`, PySpark in local mode, Python {measured["python"]}, {measured["machine"]}.
Training pages, {measured["mean_characters"]:,} characters on average, from Parquet to Parquet. CPU time is that of the
Python workers and of the JVM together.

| | pages | seconds | pages/s | CPU seconds | pages per CPU second |
|---|--:|--:|--:|--:|--:|
{"".join(_line(f"local[{run['cores']}]", run) for run in runs)}
That is {per_second} pages a second of a core, so {per_second} × {SECONDS_AN_HOUR} = {per_hour:,} pages a core-hour.

Projected, not measured: a crawl of {CRAWL_PAGES:,} such pages takes
{CRAWL_PAGES:,} / {per_hour:,} = {hours:,} core-hours, or
{hours:,} / {EXAMPLE_CORES} = {hours / EXAMPLE_CORES:.1f} hours on {EXAMPLE_CORES} cores. There is no shuffle and
nothing shared, so what is lost to this is uneven partitions and the reading of the source. Keep partitions at a few
thousand pages, and many times as many as there are cores.
"""


if __name__ == "__main__":
    sys.exit(main())
