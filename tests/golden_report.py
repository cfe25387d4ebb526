"""List the golden lines that fail now, as lines for `known_failures.txt`.

python -m tests.golden_report [part of a case's name]
"""

from __future__ import annotations

import sys

from boilercut import Cutter
from tests.golden_cases import SEPARATOR, failures_of, golden_cases, known_failures

SHOWN_CHARACTERS = 60


def main(wanted: str = "") -> None:
    """Print each failure, known ones marked, and the totals."""
    cutter, known = Cutter(), known_failures()
    checked = failed = 0
    for case in golden_cases():
        if wanted not in case.name:
            continue
        checked += sum(line.mark != "?" for line in case.lines)
        for line, became in failures_of(case, cutter):
            failed += 1
            reason = "(known)" if line.number in known.get(case.name, {}) else f"is {became}: REASON"
            text = f"{line.mark} {line.text}"[:SHOWN_CHARACTERS]
            print(f"{case.name}:{line.number}{SEPARATOR}{text}{SEPARATOR}{reason}")  # noqa: T201 - a report for a terminal
    print(f"# {failed} of {checked} lines fail")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:2])
