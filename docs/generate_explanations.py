"""Fill the tables of docs/explain.md, train.md and peers.md from runs and result files; `--check` only compares.

The table of explain.md is what boilercut says of the page of `boilercut demo`, with the models as they are now. The
others are read from benchmarks/results, whose files name the commands that measured them.
"""

import json
import sys
from importlib import resources
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
sys.path.insert(0, str(ROOT))  # the working tree, whatever is installed

import boilercut
from boilercut.vocabulary import Verdict

SHOWN_EVIDENCE = 3
SHOWN_CHARACTERS = 46


def main() -> int:
    """Write or check the tables; return 1 where a check fails."""
    stale = []
    for name, table in (("explain.md", _explained()), ("train.md", _refits()), ("peers.md", _peers())):
        file = ROOT / "docs" / name
        old = file.read_text("utf-8")
        before, _, rest = old.partition("<!-- table -->\n")
        _, mark, after = rest.partition("<!-- /table -->")
        new = f"{before}<!-- table -->\n{table}\n{mark}{after}"
        if "--check" not in sys.argv:
            file.write_text(new, encoding="utf-8")
        elif new != old:
            stale.append(name)
    if stale:
        print(f"stale tables in {', '.join(stale)}: run python docs/generate_explanations.py")
    return 1 if stale else 0


def _explained() -> str:
    page = resources.files("boilercut").joinpath("demo/demo.html").read_bytes()
    result = boilercut.extract(page)
    rows = ["| | probability | kind | text | strongest evidence |", "|---|--:|---|---|---|"]
    rows += [_verdict_row(verdict) for verdict in result.verdicts]
    kept = f"{len(result.kept)} of {len(result.verdicts)} blocks kept; every block starts from {result.base:+.2f}."
    return "\n".join([*rows, "", kept])


def _verdict_row(verdict: Verdict) -> str:
    told = [f"{name} {value:+.2f}" for name, value in verdict.evidence[:SHOWN_EVIDENCE]]
    if verdict.overruled:
        told.insert(0, f"*rule {verdict.overruled}*")
    text = " ".join(verdict.text.split()).replace("|", "\\|")
    text = text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS].rstrip() + "…"
    shown = text if verdict.keep else f"~~{text}~~"
    mark = "keep" if verdict.keep else "cut"
    return f"| {mark} | {verdict.probability:.2f} | {verdict.kind} | {shown} | {', '.join(told)} |"


def _refits() -> str:
    report = _report("refit.json")
    rows = ["| site | pages | before | after | change | by split |", "|---|--:|--:|--:|--:|---|"]
    for name, row in report["sites"].items():
        splits = ", ".join(f"{change:+.3f}" for change in row["changes"])
        rows.append(
            f"| {name} | {row['pages']} | {row['before']:.3f} | {row['after']:.3f} | {row['change']:+.3f} | {splits} |"
        )
    mean = report["mean"]
    rows.append(f"| **mean** | | **{mean['before']:.3f}** | **{mean['after']:.3f}** | **{mean['change']:+.3f}** | |")
    return "\n".join([*rows, "", f"Measured {report['date']} by `{report['command']}`."])


def _peers() -> str:
    report = _report("peers.json")
    names = list(next(iter(report["f1"].values())))
    rows = [f"| word-F1 | {' | '.join(names)} |", f"|---|{'--:|' * len(names)}"]
    rows += [f"| {name} | {' | '.join(f'{row[key]:.3f}' for key in names)} |" for name, row in report["f1"].items()]
    times = [f"| {name} | {value:.1f} |" for name, value in report["milliseconds a page"].items()]
    told = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    return "\n".join(
        [*rows, "", "| | ms a page |", "|---|--:|", *times, "",
         f"Measured {report['date']} on {report['pages']} pages by `{report['command']}` ({told})."]
    )  # fmt: skip


def _report(name: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((RESULTS / name).read_text("utf-8"))
    return report


if __name__ == "__main__":
    sys.exit(main())
