"""Many pages: an error, or the death of a worker process, costs no other page its answer or its place."""

from __future__ import annotations

import multiprocessing.process
import sys
from collections.abc import Sequence
from itertools import count, islice
from operator import attrgetter
from typing import Any

import lxml.html
import pytest

import boilercut
from boilercut import BUILTIN, Cutter, DetectorError, PageTypeError, WorkerError
from boilercut.stacks import BATCH_PAGES
from boilercut.workers import KILLED, in_processes
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


class Foreign(str):
    """Text of a class of its own, which a worker process cannot make again."""

    def __reduce__(self) -> Any:
        return sys.modules["tests.test_workers"].__dict__["nothing"], ()


@pytest.mark.slow
def test_pages_that_cannot_be_sent_to_a_worker_cost_no_other_its_answer() -> None:
    pages = [ARTICLE, lxml.html.fromstring(f"<p>{ARTICLE}"), Foreign(ARTICLE), lambda: ARTICLE, ARTICLE]
    found = outcomes(Cutter().clean_many(pages, workers=2))
    assert found == [Cutter().clean(ARTICLE), PageTypeError, Cutter().clean(ARTICLE), PageTypeError, found[0]]


class Unreadable:
    """Raises where a worker process reads it."""

    def __reduce__(self) -> Any:
        return int, ("no number",)


class Echo:
    """Work that returns what it gets."""

    def prepare(self) -> None:
        """Do nothing."""

    def __call__(self, items: Sequence[Any]) -> list[Any]:
        return list(items)

    def lost(self, item: Any, reason: str) -> str:
        """Return why there is no answer."""
        return reason


@pytest.mark.slow
def test_a_worker_that_cannot_read_an_item_does_not_wait_forever() -> None:
    assert list(in_processes(Echo(), [["a", Unreadable(), "b"], ["c"]], 1)) == [["a", KILLED, "b"], ["c"]]


class Unloadable(Echo):
    def __reduce__(self) -> tuple[Any, ...]:
        return attrgetter("no_such_name"), ("",)


def test_work_that_no_worker_can_load_says_why() -> None:
    with pytest.raises(WorkerError, match=r"cannot load what they need.*no_such_name"):
        next(in_processes(Unloadable(), [["a"]], 1))


def test_a_process_that_may_start_no_others_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(multiprocessing.process.current_process()._config, "daemon", True)  # type: ignore[attr-defined]
    with pytest.raises(WorkerError, match=r"cannot be started here.*daemonic"):
        next(Cutter().clean_many([ARTICLE], workers=2))
