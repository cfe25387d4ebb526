"""Write the figures of docs/pipelines/scale.md, measured by `python -m benchmarks.scale`; `--check` only compares."""

import sys
from typing import Any

from generated import filled, result, written

HOURS_PER_MS = 1e9 / 1000 / 3600
"""Hours for a billion pages, per millisecond of one."""


def main() -> int:
    """Write or check the figures; return 1 where a check fails."""
    scale = _scale(result("speed-scale-compiled.json"), result("speed-scale-datatrove-compiled.json")["datatrove"])
    return written({"docs/pipelines/scale.md": filled("docs/pipelines/scale.md", scale)})


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
  {alone["p99"]:.0f} ms, the longest of {one["pages"]} {alone["longest"]:.0f} ms.
- **Partitions**: of a hundred partitions of 100 pages the slowest takes {spread["100"]:.2f} times the mean, of 1,000
  pages {spread["1000"]:.2f}, of 10,000 pages {spread["10000"]:.2f} (drawn from these pages): take 1,000 or more.
- **Memory**: a worker that held all pages ({one["pages_mb"]} MB) peaked at {one["peak_mb"]} MB.

Measured by `python -m benchmarks.scale` (and `--datatrove`), {one["date"]}, {one["machine"]}.
"""


if __name__ == "__main__":
    sys.exit(main())
