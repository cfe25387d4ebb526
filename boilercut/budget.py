"""Keep a page within a budget of time, by reading less of it.

No stage can be stopped half-way and still give an answer that means something. So the beginning of a long page is
cut first, to see how fast it goes, then eight times as much, and so on. What would take too long is made shorter
before it is begun. Every stage is linear in its input, which is what makes this a forecast.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from boilercut.read import Source

__all__ = ["within_seconds"]

FIRST_CHARACTERS = 1 << 14
"""The first beginning that is tried."""
GROWTH = 8
"""Each is so many times longer than the one before; pages not so much longer than the first are cut whole."""
MARK_CHARACTERS = 100
"""A tag, or a line of text, takes about as long as so many characters (`<p>w` and prose, 200,000 blocks each)."""
SAFE_SHARE = 0.8
"""So much of the time that is left is given out."""


def within_seconds(source: Source, cut: Callable[[Source], object], deadline: float) -> Source:
    """Return as much of `source` as `cut` can deal with before `deadline`, by the clock of `perf_counter`."""
    length, reach = FIRST_CHARACTERS, len(source.text)
    if length * GROWTH < reach:
        cut(source.beginning(1))  # what is loaded once is loaded now, and does not count
    while length * GROWTH < reach:
        started = perf_counter()
        cut(source.beginning(length))
        now = perf_counter()
        affordable = _cost(source, length) * SAFE_SHARE * max(deadline - now, 0.0) / max(now - started, 1e-6)
        reach = max(_reach(source, affordable), length)
        length *= GROWTH
    return source.beginning(reach)


def _cost(source: Source, length: int) -> int:
    return length + MARK_CHARACTERS * source.text.count(source.mark, 0, length)


def _reach(source: Source, affordable: float) -> int:
    """Return how many characters can be read at some cost; each step counts half of what the last one did."""
    low, high = 0, len(source.text)
    while low < high:
        middle = (low + high + 1) // 2
        cost = middle - low + MARK_CHARACTERS * source.text.count(source.mark, low, middle)
        if cost <= affordable:
            low, affordable = middle, affordable - cost
        else:
            high = middle - 1
    return low
