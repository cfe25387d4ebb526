"""The fuzzer's seed inputs and earlier finds hold all properties; ``python -m tests.fuzz`` is the fuzzer."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz.targets import FINDS, TARGETS, check, corpus, dictionary

EVERY = 4
"""Number of seed inputs per input that is checked here."""


@pytest.mark.parametrize("find", sorted(FINDS.iterdir()), ids=lambda find: find.name)
def test_earlier_finds_pass(find: Path) -> None:
    check(find.name.partition("-")[0], find.read_bytes())


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_seed_inputs_pass(target: str) -> None:
    inputs = list(corpus(target))
    assert len(inputs) > 20
    for data in inputs[::EVERY]:
        check(target, data)


def test_dictionary_is_valid_for_libfuzzer() -> None:
    words = dictionary().splitlines()
    assert len(words) == len(set(words)) > 100
    assert all(word.startswith('"\\x') and word.endswith('"') for word in words)


@pytest.mark.extra
@pytest.mark.skipif(not find_spec("atheris"), reason="needs atheris (the extra fuzz)")
def test_the_command_runs_and_counts(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "tests.fuzz", "--minutes", "0.05", "--target", "text", "--output", str(report)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"executions"' in report.read_text()
