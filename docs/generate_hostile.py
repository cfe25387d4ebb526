"""Write the tables of docs/hostile.md from the results of `python -m benchmarks.hostile`; `--check` only compares."""

import sys
from typing import Any

from generated import filled, result, written

RUNS = ("ours", "ours-pure", "trafilatura", "resiliparse", "readability")
LIMIT = 5
"""Seconds that an answer may take to count."""
SLOWEST = 5
"""Number of pages shown one by one: those that cost boilercut most."""


def main() -> int:
    """Write or check the page; return 1 where a check fails."""
    results = {run: result(f"hostile-{run}.json") for run in RUNS}
    ours = results["ours"]
    head = (
        f"Measured by `python -m benchmarks.hostile` on {ours['date']}, {ours['machine']}, Python {ours['python']}.\n"
        f"A tool hangs if it takes more than {ours['max_seconds']} s, and is out of memory above"
        f" {ours['max_gigabytes']} GB.\n\n"
    )
    return written({"docs/hostile.md": filled("docs/hostile.md", head + _totals(results) + "\n" + _table(results))})


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


def _table(results: dict[str, dict[str, Any]]) -> str:
    """Lay out the pages that take boilercut longest: seconds of processor time and megabytes of each tool."""
    cases = results["ours"]["cases"]
    slowest = sorted(cases, key=lambda case: -cases[case]["seconds"])[:SLOWEST]
    lines = [f"| page | {' | '.join(results)} |", "|---|" + "---|" * len(results)]
    for case in slowest:
        cells = [_cell(found["cases"][case]) for found in results.values()]
        lines.append(f"| {case.replace('<', '&lt;')} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(outcome: dict[str, Any]) -> str:
    if outcome["end"] != "ok":
        return str(outcome["end"])
    lost = "" if outcome["text_kept"] else ", text lost"
    return f"{outcome['seconds']:.2f} s, {max(outcome['megabytes'], 0):.0f} MB{lost}"


if __name__ == "__main__":
    sys.exit(main())
