"""Fill the tables of docs/explain.md and train.md from a run and a result file; `--check` only compares.

The table of explain.md shows verdicts on the page of `boilercut demo`, by the models as they are now.
"""

import sys
from collections.abc import Sequence
from importlib import resources

from generated import ROOT, filled, result, written

sys.path.insert(0, str(ROOT))  # the working tree, whatever is installed

import boilercut
from boilercut.results import Verdict

SHOWN_EVIDENCE = 2
SHOWN_CHARACTERS = 46


def main() -> int:
    """Write or check the tables; return 1 where a check fails."""
    texts = {"docs/explain.md": _explained(), "docs/train.md": _refits()}
    return written({name: filled(name, text + "\n") for name, text in texts.items()})


def _explained() -> str:
    page = resources.files("boilercut").joinpath("demo/demo.html").read_bytes()
    answer = boilercut.extract(page)
    rows = ["| | probability | kind | text | strongest evidence |", "|---|--:|---|---|---|"]
    rows += [_verdict_row(verdict) for verdict in _one_of_each(answer.verdicts)]
    kept = f"{len(answer.kept)} of {len(answer.verdicts)} blocks kept; every block starts from {answer.base:+.2f}."
    return "\n".join([*rows, "", kept])


def _one_of_each(verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
    """Return the longest block of each verdict and kind, in the page's order."""
    longest: dict[tuple[bool, str], Verdict] = {}
    for verdict in sorted(verdicts, key=lambda verdict: -len(verdict.text)):
        longest.setdefault((verdict.keep, verdict.kind), verdict)
    return sorted(longest.values(), key=lambda verdict: verdict.index)


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
    report = result("refit.json")
    rows = ["| site | pages | before | after | change | worst split |", "|---|--:|--:|--:|--:|--:|"]
    for name, row in report["sites"].items():
        figures = f"{row['before']:.3f} | {row['after']:.3f} | {row['change']:+.3f} | {min(row['changes']):+.3f}"
        rows.append(f"| {name} | {row['pages']} | {figures} |")
    mean = report["mean"]
    rows.append(f"| **mean** | | **{mean['before']:.3f}** | **{mean['after']:.3f}** | **{mean['change']:+.3f}** | |")
    return "\n".join([*rows, "", f"Measured {report['date']} by `{report['command']}`."])


if __name__ == "__main__":
    sys.exit(main())
