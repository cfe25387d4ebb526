"""Write the figures of docs/pipelines/batch.md from benchmarks/results; `--check` only compares.

Every figure is read from a result file of `python -m benchmarks.bulk`, or computed here from those.
"""

import sys
from typing import Any

from generated import filled, result, written


def main() -> int:
    """Write or check the figures; return 1 where a check fails."""
    batch = _batch(result("bulk-turns.json"), result("bulk-whole.json"))
    texts = {"docs/pipelines/batch.md": batch}
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


def _sum(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: sum(run[key] for run in runs) for key in ("pages", "seconds", "cpu_seconds")}


def _line(name: str, run: dict[str, Any]) -> str:
    pages, seconds, cpu = run["pages"], run["seconds"], run["cpu_seconds"]
    return f"| {name} | {pages:,} | {seconds:,.0f} | {pages / seconds:.0f} | {cpu:,.0f} | {pages / cpu:.0f} |\n"


if __name__ == "__main__":
    sys.exit(main())
