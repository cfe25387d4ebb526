"""Write the table of docs/hostile.md from the results of `python -m benchmarks.hostile`; `--check` only compares."""

import sys
from typing import Any

from generated import filled, result, written

RUNS = ("ours", "ours-pure", "trafilatura", "resiliparse", "readability")
LIMIT = 5
"""Seconds that an answer may take to count."""


def main() -> int:
    """Write or check the page; return 1 where a check fails."""
    results = {run: result(f"hostile-{run}.json") for run in RUNS}
    ours = results["ours"]
    head = (
        f"Measured by `python -m benchmarks.hostile` on {ours['date']}, {ours['machine']}, Python {ours['python']}.\n"
        f"A tool hangs if it takes more than {ours['max_seconds']} s, and is out of memory above"
        f" {ours['max_gigabytes']} GB.\n\n"
    )
    return written({"docs/hostile.md": filled("docs/hostile.md", head + _totals(results))})


def _totals(results: dict[str, dict[str, Any]]) -> str:
    lines = ["| | pages | answered within 5 s, with the text | slowest answer | failed | text lost |"]
    lines.append("|---|--:|--:|--:|--:|--:|")
    for run, found in results.items():
        cases = list(found["cases"].values())
        answers = [case for case in cases if case["end"] == "ok"]
        good = sum(case["text_kept"] and case["seconds"] <= LIMIT for case in answers)
        lost = sum(not case["text_kept"] for case in answers)
        slowest = max(case["seconds"] for case in answers)
        name = found["package"] + (", pure" if run.endswith("-pure") else "")
        lines.append(f"| {name} | {len(cases)} | {good} | {slowest:.1f} s | {len(cases) - len(answers)} | {lost} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
