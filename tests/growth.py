"""Measure how time grows with the size of an input: 2 for twice as much is linear, 4 is quadratic."""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import sleep, thread_time
from typing import TypeVar

Input = TypeVar("Input")
ATTEMPTS, FEW_ATTEMPTS, PAUSE = 40, 8, 0.15
"""Number of measurements; behind the first few, seconds between them, in which what else the machine does may end."""
MAX_GROWTH = 2.3
"""Largest factor of time for twice the input that is taken for linear."""
CERTAIN = 3.4
"""A factor that three attempts in a row do not show by chance."""
NOISE = 0.02
"""Seconds below which a time proves nothing."""


def growth(run: Callable[[int], object], size: int) -> float:
    """Return how much longer `run` takes for twice the size, by processor time: the best of a few, in turns.

    0 where the longer run takes less than `NOISE`. Stops as soon as the growth is no more than `MAX_GROWTH`: noise can
    make a time longer only.
    """
    short = long = float("inf")
    for attempt in range(ATTEMPTS):
        if attempt >= FEW_ATTEMPTS:
            sleep(PAUSE)
        short, long = min(short, seconds(run, size)), min(long, seconds(run, 2 * size))
        if long < NOISE or long <= MAX_GROWTH * short or (attempt == 2 and long > CERTAIN * short):
            break
    return 0.0 if long < NOISE else long / short


def seconds(run: Callable[[Input], object], size: Input) -> float:
    """Return the processor time that one run takes of this thread's, without rounds of the garbage collector."""
    gc.disable()
    try:
        begun = thread_time()
        run(size)
        return thread_time() - begun
    finally:
        gc.enable()
