"""From log-odds to probabilities, and to the words expected by them, with the same bits on every processor."""

from __future__ import annotations

from decimal import Context, Decimal
from functools import cache

import numpy as np

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import column_in, integers_in, numbers_in, rounded, whole_in
else:
    from boilercut._native.stack_py import column_in, integers_in, numbers_in, rounded, whole_in
from boilercut.arrays import Floats, Integers

__all__ = ["PARTS", "expected_words", "logistic"]

PARTS = 256
"""Number of parts that a word is counted in: sums of whole numbers need no order."""

MAX_LOG_ODDS = 30
"""Surer than this, a probability cannot be told from 0 or 1."""
STEPS = 16
"""To one of log-odds, in the table of the exponential function."""
TAYLOR_TERMS = 8
"""Within half a step the rest of the series is below what a double can hold."""


def logistic(log_odds: Floats) -> Floats:
    """Return the probabilities 1 / (1 + exp(-x)) of log-odds, with the same bits on every processor.

    `numpy.exp` is another program on a processor with AVX-512 than on one without, and their last bits differ. Sums,
    products and quotients are those of IEEE 754 anywhere: here they refine a table that decimals are made into.

    >>> logistic(np.array([0.0, 2.0, -900.0])).round(4).tolist()
    [0.5, 0.8808, 0.0]
    """
    values = np.ascontiguousarray(log_odds, dtype=np.float64)
    probabilities = np.empty(len(values))
    odds, exponentials, found = numbers_in(values), numbers_in(_exponentials()), column_in(probabilities)
    size: cython.Py_ssize_t = len(values)
    steps: cython.Py_ssize_t = STEPS
    terms: cython.Py_ssize_t = TAYLOR_TERMS
    most: cython.double = MAX_LOG_ODDS
    middle: cython.Py_ssize_t = STEPS * MAX_LOG_ODDS
    place: cython.Py_ssize_t
    number: cython.Py_ssize_t
    step: cython.Py_ssize_t
    series: cython.double
    with cython.nogil:
        for place in range(size):
            value = -most  # of what is no number, too: it must not lead out of the table
            if odds[place] < most:
                value = -odds[place] if -odds[place] < most else most
            step = rounded(value * steps)
            rest = value - step / steps
            series = 1
            for number in range(terms, 0, -1):
                series = 1 + series * rest / number
            found[place] = 1 / (1 + exponentials[step + middle] * series)
    return probabilities


def expected_words(probabilities: Floats, words: Integers, parts: int = PARTS) -> Integers:
    """Return the number of words of each block times its probability, in `parts` of a word; no block has no word."""
    expected = np.empty(len(words), dtype=np.int64)
    chances, words_of, found = numbers_in(probabilities), integers_in(words), whole_in(expected)
    size: cython.Py_ssize_t = len(words)
    whole: cython.double = parts
    block: cython.Py_ssize_t
    with cython.nogil:
        for block in range(size):
            found[block] = rounded(whole * chances[block]) * (words_of[block] or 1)
    return expected


@cache
def _exponentials() -> Floats:
    """Return exp(x) in steps from the lowest to the highest log-odds, read-only."""
    context = Context(prec=30)
    whole = [float(context.exp(Decimal(power))) for power in range(-MAX_LOG_ODDS, MAX_LOG_ODDS + 1)]
    parts = [float(context.exp(Decimal(step / STEPS))) for step in range(STEPS)]
    table = np.multiply.outer(whole, parts).ravel()
    table.flags.writeable = False
    return table
