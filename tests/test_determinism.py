"""Every way of running gives the same answer, and boilercut keeps no state of pages."""

from __future__ import annotations

import decimal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from boilercut._native import sources
from tests.determinism import Source, answers_one_by_one, digest_of, ways_elsewhere, ways_here
from tests.helpers import golden_sources

SOURCES: list[Source] = [
    ("html" if source.suffix == ".html" else "text", source.read_text("utf-8"))
    for source in golden_sources("realistic")
]
WAYS = {**ways_here(SOURCES), **ways_elsewhere(SOURCES)}
EXPECTED = digest_of(answers_one_by_one(SOURCES))


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
def test_every_way_of_running_gives_the_same_bits(way: Callable[[], str]) -> None:
    assert way() == EXPECTED


def test_digest_depends_on_answers() -> None:
    assert digest_of(answers_one_by_one(SOURCES[:2])) != digest_of(answers_one_by_one(SOURCES[1::-1]))


def test_a_callers_decimals_do_not_change_probabilities() -> None:
    import numpy as np

    probability = sources["probability"]

    values = np.linspace(-29, 29, 1000)
    before = probability.logistic(values)
    probability._exponentials.cache_clear()
    with decimal.localcontext(prec=3):
        assert (probability.logistic(values) == before).all()
    assert np.abs(before - 1 / (1 + np.exp(-values))).max() < 1e-15


def test_no_module_keeps_anything_of_a_page() -> None:
    program = Path(__file__).with_name("module_state.py")
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
