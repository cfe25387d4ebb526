"""Load and check golden cases, and list the expected failures.

    python -m tests.golden_report

lists what fails now, in the format of `known_failures.txt`.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from boilercut import Cutter
from tests.helpers import GOLDEN, golden_sources

KNOWN_FAILURES = GOLDEN / "known_failures.txt"
SEPARATOR = " | "


class Expected(NamedTuple):
    """One line of an `.expected` file."""

    number: int
    mark: str
    """`+` must be kept, `-` must be cut, `?` may be either."""
    text: str


class Failure(NamedTuple):
    """An expected line, and what became of it: `kept`, `cut` or `missing`."""

    expected: Expected
    became: str


class Case(NamedTuple):
    """A golden page and what should become of it."""

    name: str
    source: Path
    lines: tuple[Expected, ...]


def collapsed(text: str) -> str:
    """Return `text` with white space collapsed to single spaces."""
    return " ".join(text.split())


def golden_cases() -> list[Case]:
    """Load every case, sorted by name."""
    return [
        Case(f"{source.parent.name}/{source.stem}", source, expected_lines(source.with_suffix(".expected")))
        for source in golden_sources()
    ]


def expected_lines(path: Path) -> tuple[Expected, ...]:
    """Return the lines of an `.expected` file behind its leading comment."""
    lines = [
        Expected(number, line[:1], collapsed(line[2:]))
        for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1)
        if line.strip()
    ]
    comment = next((row for row, line in enumerate(lines) if line.mark != "#"), len(lines))
    return tuple(lines[comment:])


def failures_of(case: Case, cutter: Cutter) -> list[Failure]:
    """Clean a case and return the lines that did not become what they should."""
    blocks = [
        (collapsed(verdict.text), verdict.keep) for verdict in cutter.extract(case.source.read_text("utf-8")).verdicts
    ]
    failures, position = [], 0
    for line in case.lines:
        found = next((row for row in range(position, len(blocks)) if blocks[row][0] == line.text), None)
        if found is None:
            failures.append(Failure(line, "missing"))
            continue
        position = found + 1
        keep = blocks[found][1]
        if line.mark != "?" and keep != (line.mark == "+"):
            failures.append(Failure(line, "kept" if keep else "cut"))
    return failures


def known_failures() -> dict[str, dict[int, str]]:
    """Return the line numbers expected to fail, each with its beginning, by name of the case.

    A line of the file is `NAME:NUMBER | how the expected line begins | why it fails`.
    """
    known: dict[str, dict[int, str]] = {}
    for line in KNOWN_FAILURES.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        place, _, rest = line.partition(SEPARATOR)
        text, _, reason = rest.rpartition(SEPARATOR)
        name, _, number = place.rpartition(":")
        if not (number.isdecimal() and text and reason.strip()):
            raise ValueError(f"{KNOWN_FAILURES.name}: write NAME:NUMBER | TEXT | REASON, not {line!r}")
        known.setdefault(name, {})[int(number)] = text
    return known
