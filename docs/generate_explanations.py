"""Fill the table of docs/explain.md: verdicts on the page of `boilercut demo`, by the models as they are now.

`--check` only compares.
"""

import sys
from collections.abc import Sequence
from importlib import resources

from generated import ROOT, filled, written

sys.path.insert(0, str(ROOT))  # the working tree, whatever is installed

import boilercut
from boilercut.results import Verdict

SHOWN_EVIDENCE = 2
SHOWN_KINDS = ("title", "paragraph", "navigation", "related", "newsletter", "comments", "legal")
SHOWN_CHARACTERS = 46


def main() -> int:
    """Write or check the tables; return 1 where a check fails."""
    return written({"docs/explain.md": filled("docs/explain.md", _explained() + "\n")})


def _explained() -> str:
    page = resources.files("boilercut").joinpath("demo/demo.html").read_bytes()
    answer = boilercut.extract(page)
    rows = ["| | probability | kind | text | strongest evidence |", "|---|--:|---|---|---|"]
    rows += [_verdict_row(verdict) for verdict in _one_of_each(answer.verdicts)]
    kept = f"{len(answer.kept)} of {len(answer.verdicts)} blocks kept; every block starts from {answer.base:+.2f}."
    return "\n".join([*rows, "", kept])


def _one_of_each(verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
    """Return the longest block of some kinds, in the page's order."""
    kinds = [[verdict for verdict in verdicts if verdict.kind == kind] for kind in SHOWN_KINDS]
    longest = [max(own, key=lambda verdict: len(verdict.text)) for own in kinds if own]
    return sorted(longest, key=lambda verdict: verdict.index)


def _verdict_row(verdict: Verdict) -> str:
    told = [f"{name} {value:+.2f}" for name, value in verdict.evidence[:SHOWN_EVIDENCE]]
    if verdict.overruled:
        told.insert(0, f"*rule {verdict.overruled}*")
    text = " ".join(verdict.text.split()).replace("|", "\\|")
    text = text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS].rstrip() + "…"
    shown = text if verdict.keep else f"~~{text}~~"
    mark = "keep" if verdict.keep else "cut"
    return f"| {mark} | {verdict.probability:.2f} | {verdict.kind} | {shown} | {', '.join(told)} |"


if __name__ == "__main__":
    sys.exit(main())
