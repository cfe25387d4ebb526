"""Type checkers of users find wrong calls, and accept right ones."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import pytest

from boilercut.config import Config, Options

CALLS = Path(__file__).parent / "typing" / "calls.py"
PACKAGE = Path(__file__).parents[1]
WRONG = {number for number, line in enumerate(CALLS.read_text("utf-8").splitlines(), 1) if line.endswith("# wrong")}


def found_by(command: list[str], pattern: str) -> set[int]:
    """Return the numbers of the lines that a checker complains of."""
    done = subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True, check=False)
    return {int(number) for number in re.findall(pattern, done.stdout)} or pytest.fail(done.stdout + done.stderr)


@pytest.mark.extra
def test_mypy_finds_the_wrong_calls() -> None:
    if not find_spec("mypy"):
        pytest.skip("needs mypy")
    command = [sys.executable, "-m", "mypy", "--strict", str(CALLS)]
    assert found_by(command, r"calls\.py:(\d+): error") == WRONG


@pytest.mark.extra
def test_pyright_finds_the_wrong_calls() -> None:
    if not shutil.which("node") or not find_spec("pyright"):
        pytest.skip("needs pyright and node")
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, str(CALLS)]
    assert found_by(command, r"calls\.py:(\d+):\d+ - error") == WRONG


def test_options_for_type_checkers_are_those_of_config() -> None:
    assert list(Options.__annotations__) == [each.name for each in fields(Config)]
    declared = {name: str(kind) for name, kind in Options.__annotations__.items()}
    assert {name: kind.split("'")[1] for name, kind in declared.items()} == {
        each.name: str(each.type) for each in fields(Config)
    }
