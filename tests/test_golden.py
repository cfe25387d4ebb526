"""Golden cases: readable pages with an expected verdict for every line (see golden/README.md)."""

from __future__ import annotations

import pytest

from boilercut import Cutter
from tests.golden_cases import Case, collapsed, failures_of, golden_cases, known_failures
from tests.helpers import GOLDEN

CASES = golden_cases()
CUTTER = Cutter()
each_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@each_case
def test_every_line_has_its_expected_verdict(case: Case) -> None:
    known = known_failures().get(case.name, {})
    failures = {line.number: f"{line.mark} {line.text} [is {became}]" for line, became in failures_of(case, CUTTER)}
    new = [text for number, text in failures.items() if number not in known]
    mended = [f"{number}: {text}" for number, text in known.items() if number not in failures]
    assert not new, "unexpected verdicts:\n" + "\n".join(new)
    assert not mended, "pass now, remove them from known_failures.txt:\n" + "\n".join(mended)


@each_case
def test_every_line_is_a_block_of_the_page(case: Case) -> None:
    missing = [line.text for line, became in failures_of(case, CUTTER) if became == "missing"]
    assert not missing, "no block of the page reads:\n" + "\n".join(missing)


@each_case
def test_case_is_well_formed(case: Case) -> None:
    assert case.lines
    assert {line.mark for line in case.lines} <= {"+", "-", "?"}
    assert any(line.mark == "+" for line in case.lines)
    if case.source.suffix == ".txt":
        listed = [collapsed(line) for line in case.source.read_text("utf-8").split("\n") if line.strip()]
        assert [line.text for line in case.lines] == listed


def test_known_failures_name_lines_that_exist() -> None:
    lines = {(case.name, line.number): f"{line.mark} {line.text}" for case in CASES for line in case.lines}
    for name, known in known_failures().items():
        for number, text in known.items():
            assert lines[name, number].startswith(text), f"{name}:{number} has changed"


def test_pages_and_expectations_match() -> None:
    pages = {source.stem for source in GOLDEN.glob("*/*") if source.suffix in (".html", ".txt")}
    assert pages == {source.stem for source in GOLDEN.glob("*/*.expected")}
    assert len(pages) >= 40
