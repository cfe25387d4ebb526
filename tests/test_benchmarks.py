"""`python -m benchmarks` runs only commands that exist."""

from __future__ import annotations

import shlex

import pytest

from benchmarks import __main__ as measuring
from benchmarks.quality import __main__ as quality
from benchmarks.training import __main__ as training

STEPS = list(measuring.steps(by_set=True, rivals=True))


@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_understood(step: str) -> None:
    words = shlex.split(step)
    parsers = {"benchmarks.quality": quality.parser, "benchmarks.training": training.parser}
    if words[0] == "-m":
        parsers[words[1]]().parse_args(words[2:])
    else:
        assert (measuring.REPOSITORY / words[0]).is_file()


def test_tables_are_written_after_their_measurements() -> None:
    assert [step.split()[2] for step in measuring.steps(by_set=False, rivals=False) if step.startswith("-m")] == [
        "cross-validate", "cross-validate", "held-out", "held-out", "validate", "rules", "lines",
    ]  # fmt: skip
    assert STEPS[-1] == "docs/generate_figures.py"
