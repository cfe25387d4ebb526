"""Pages that break other tools give an answer within seconds and bounded memory, and keep their text."""

from __future__ import annotations

import sys

import pytest

import boilercut
from benchmarks.hostile.__main__ import outcome_of
from tests.hostile.cases import CASES, PROSE

MAX_SECONDS = 5.0
"""Most take a tenth of it; a quadratic step anywhere takes far more."""
MAX_MEGABYTES = 1000
"""On top of the page and of what is loaded once."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="time and memory are bounded by Linux's means")


@pytest.fixture(scope="module", autouse=True)
def _loaded_model() -> None:
    """Load once what every page's process would load."""
    boilercut.clean(PROSE * 3, kind="html")


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_answers_in_time_and_memory_and_keeps_its_text(name: str) -> None:
    outcome = outcome_of("ours", CASES[name])
    if outcome["seconds"] > MAX_SECONDS:
        outcome = outcome_of("ours", CASES[name])  # the machine may be busy
    assert outcome["end"] == "ok"
    assert outcome["seconds"] < MAX_SECONDS
    assert outcome["megabytes"] < MAX_MEGABYTES
    assert outcome["blocks_kept"]
    assert outcome["text_kept"]


@pytest.mark.parametrize(
    "page", ["", b"", b"\x00", b"\xff\xfe", b"\xfe\xff\x00", "\x00", "<", "\ud800", "</", "<!", "&"]
)
def test_next_to_nothing_is_a_page_too(page: str | bytes) -> None:
    result = boilercut.extract(page)
    assert len(result.verdicts) <= 1
    assert result.text == boilercut.clean(page)


@pytest.mark.parametrize("name", ["PNG", "PDF", "gzip", "200,000 zero bytes", "empty", "white space only"])
def test_pages_without_text_give_no_blocks(name: str) -> None:
    assert boilercut.extract(CASES[name].build()).verdicts == ()
