"""Keep the answer for a page within a budget of time, by answering for less of it.

No stage can be stopped half-way and still give an answer that means something. So growing beginnings of a page are
answered for, and the last answer that was finished counts. A further beginning is only begun if it would be finished
in time even if all that it adds were of the slowest sort. Every stage is linear in its input, which is what makes
this a forecast.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

from boilercut.read import Source

__all__ = ["within_seconds"]

MARK_COST = 100
"""Characters that take about as long as a tag, or as a line of text (`<p>w` and prose, 200,000 blocks each)."""
DATA_COST = 5
"""Cost of a character of a page with JSON: the beginning of a script costs nothing; with its end it is parsed,
unpacked and compared (4 MB of `articleBody` took .5 s of processor time)."""
FIRST_COST = 1 << 17
"""Cost of the first beginning, in characters; it is answered for however little time there is."""
MAX_GROWTH, MIN_GROWTH = 8, 1.2
"""Maximum factor of the cost from one beginning to the next, and minimum factor of its length."""
SAFE_SHARE = 0.5
"""Share of the time left that is given out."""
MAX_RATE = 2e-6
"""Seconds for each unit of cost that no machine takes: ten times the slowest sort of page on a shared one of 2026."""
SLOWEST = {
    "html": "<p>word" * 600 + "<p>文字" * 600,
    "text": "word\n" * 600 + "文字\n" * 600,
}
"""Pages of the slowest sort, to measure the machine by."""

Answer = TypeVar("Answer")


def within_seconds(source: Source, answer: Callable[[Source], Answer], deadline: float) -> Answer:
    """Return `answer` for as much of `source` as `deadline`, by the clock of `perf_counter`, leaves time for.

    The answer is there by the deadline, or soon after it: the first beginning takes its time in any case.
    """
    begun, slowest = source.beginning(_reach(source, FIRST_COST)), MAX_RATE
    found, seconds = _timed(answer, begun)
    while len(begun.text) < len(source.text):
        cost = _cost(begun)
        left = SAFE_SHARE * (deadline - perf_counter()) - seconds
        affordable = min(left / max(slowest, seconds / cost), (MAX_GROWTH - 1) * cost)
        further = source.beginning(_reach(source, cost + affordable))
        if len(further.text) < len(source.text) and slowest == MAX_RATE and left > 0:
            slowest = _measured_rate(answer, source)
        elif len(further.text) < min(MIN_GROWTH * len(begun.text), len(source.text)):
            break
        else:
            begun = further
            found, seconds = _timed(answer, begun)
    return found


def _timed(answer: Callable[[Source], Answer], source: Source) -> tuple[Answer, float]:
    started = perf_counter()
    found = answer(source)
    return found, perf_counter() - started


def _measured_rate(answer: Callable[[Source], object], source: Source) -> float:
    """Return how many seconds a unit of cost takes on this machine, where a page is of the slowest sort."""
    slowest = source._replace(text=SLOWEST[source.kind])
    return min(_timed(answer, slowest)[1], _timed(answer, slowest)[1]) / _cost(slowest)


def _cost(source: Source) -> int:
    return _character_cost(source) * len(source.text) + MARK_COST * source.marks(0, len(source.text))


def _character_cost(source: Source) -> int:
    return DATA_COST if source.kind == "html" and "json" in source.text else 1


def _reach(source: Source, affordable: float) -> int:
    """Return how many characters can be read at some cost; each step counts half of what the last one did."""
    low, high, each = 0, len(source.text), _character_cost(source)
    while low < high:
        middle = (low + high + 1) // 2
        cost = each * (middle - low) + MARK_COST * source.marks(low, middle)
        if cost <= affordable:
            low, affordable = middle, affordable - cost
        else:
            high = middle - 1
    return low
