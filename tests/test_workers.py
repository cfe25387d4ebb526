"""Many pages: an error, or the death of a worker process, costs no other page its answer or its place."""

from __future__ import annotations

from itertools import count, islice
from typing import Any

import pytest

import boilercut
from boilercut import BUILTIN, Cutter, DetectorError, PageTypeError, WorkerError
from boilercut.stacks import BATCH_PAGES
from tests.helpers import ARTICLE
from tests.killers import BROKEN, DEADLY, killer

CAREFUL = Cutter(detectors=(*BUILTIN, killer))
PAGES = [f"<p>Page {number}. {ARTICLE}</p>" for number in range(BATCH_PAGES + 4)]


def outcomes(answers: Any) -> list[Any]:
    """Return all answers, and in the place of an error its type."""
    found: list[Any] = []
    while True:
        try:
            found.append(next(answers))
        except StopIteration:
            return found
        except boilercut.BoilercutError as error:
            found.append(type(error))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("call", ["clean_many", "articles"])
@pytest.mark.parametrize("place", [0, 3, BATCH_PAGES + 1])
def test_a_page_that_raises_leaves_the_others_in_place(place: int, call: str, workers: int) -> None:
    pages: list[Any] = [*PAGES[:place], None, f"<p>{BROKEN}", ARTICLE, *PAGES[place:]]
    found = outcomes(getattr(CAREFUL, call)(pages, workers=workers))
    expected = list(getattr(Cutter(), call)([*PAGES[:place], ARTICLE, *PAGES[place:]]))
    assert found == [*expected[:place], PageTypeError, DetectorError, *expected[place:]]


@pytest.mark.slow
@pytest.mark.parametrize("place", [0, BATCH_PAGES + 1])
def test_a_worker_that_dies_loses_its_page_alone(place: int) -> None:
    pages = [*PAGES[:place], f"<p>{DEADLY}", *PAGES[place:]]
    expected = [Cutter().clean(page) for page in PAGES]
    found = outcomes(CAREFUL.clean_many(pages, workers=2))
    assert found == [*expected[:place], WorkerError, *expected[place:]]


@pytest.mark.parametrize("max_seconds", [None, 60.0])
def test_pages_are_read_no_further_ahead_than_needed(max_seconds: float | None) -> None:
    read = count()
    pages = (f"<p>{next(read)} {ARTICLE}" for _ in range(1_000))
    assert len(list(islice(Cutter(max_seconds=max_seconds).clean_many(pages), 3))) == 3
    assert next(read) <= 2 * BATCH_PAGES


def test_large_pages_are_not_stacked() -> None:
    read = count()
    pages = ("<p>x" * 20_000 for _ in iter(lambda: next(read), None))
    next(Cutter().clean_many(pages))
    assert next(read) == 1
