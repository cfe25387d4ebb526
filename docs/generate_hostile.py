# ruff: noqa: E501 - the head of the page is prose
"""Write the tables of docs/hostile.md from the results of `python -m benchmarks.hostile`; `--check` only compares."""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RUNS = ("ours", "ours-pure", "trafilatura", "resiliparse", "readability")
HEAD = """\
# Hostile pages

Each cell: seconds of the processor, and the peak of memory in MB on top of the page and the loaded library; or how it ended:
`hang` after {seconds} s, `crash`, `out of memory` beyond {gigabytes} GB, or the error it raised. **lost**: it answered, and the text that
the page shows is not in the answer. A tool that leaves text out on purpose, or was never promised bytes without a
charset, is not wrong to: the word says what came out. The pages are in `benchmarks/hostile/cases.py`. Measured by
`python -m benchmarks.hostile` on {date}, {machine}, a machine that others used too, Python {python}.

"""


def main() -> int:
    """Write or check the page; return 1 where a check fails."""
    results = {run: _result(run) for run in RUNS}
    ours, page = results["ours"], ROOT / "docs" / "hostile.md"
    text = HEAD.format(
        seconds=ours["max_seconds"], gigabytes=ours["max_gigabytes"], date=ours["date"], machine=ours["machine"],
        python=ours["python"],
    ) + _totals(results) + _table(results)  # fmt: skip
    if "--check" not in sys.argv:
        page.write_text(text, encoding="utf-8")
    elif page.read_text("utf-8") != text:
        print("stale docs/hostile.md: run python docs/generate_hostile.py")
        return 1
    return 0


def _result(run: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "benchmarks" / "results" / f"hostile-{run}.json").read_text("utf-8"))
    return found


def _cell(outcome: dict[str, Any]) -> str:
    if outcome["end"] != "ok":
        return str(outcome["end"])
    lost = "" if outcome["text_kept"] else ", **lost**"
    return f"{outcome['seconds']:.2f} s, {max(outcome['megabytes'], 0):.0f}{lost}"


def _totals(results: dict[str, dict[str, Any]]) -> str:
    lines = ["| | pages | answered within 5 s, with the text | slowest answer | failed | text lost |"]
    lines.append("|---|--:|--:|--:|--:|--:|")
    for run, result in results.items():
        cases = list(result["cases"].values())
        answers = [case for case in cases if case["end"] == "ok"]
        good = sum(case["text_kept"] and case["seconds"] <= 5 for case in answers)
        lost = sum(not case["text_kept"] for case in answers)
        slowest = max(case["seconds"] for case in answers)
        name = result["package"] + (", pure" if run.endswith("-pure") else "")
        lines.append(f"| {name} | {len(cases)} | {good} | {slowest:.1f} s | {len(cases) - len(answers)} | {lost} |")
    return "\n".join(lines) + "\n\n"


def _table(results: dict[str, dict[str, Any]]) -> str:
    lines = [f"| page | {' | '.join(results)} |", "|---|" + "---|" * len(results)]
    for case in results["ours"]["cases"]:
        cells = [_cell(result["cases"][case]) for result in results.values()]
        lines.append(f"| {case.replace('<', '&lt;')} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
