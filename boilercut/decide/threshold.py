"""Where to draw the line: the cut that maximises the expected F-measure of the page.

If block `i` has `w` words and is content with probability `p`, keeping the most likely blocks down to some
threshold can be expected to give F-beta = (1 + b²) Σ_kept p w / (Σ_kept w + b² Σ_all p w). The best
threshold follows the page: half of the F1 to be had (Lipton, Elkan and Naryanaswamy 2014), so sure pages
are cut strictly and doubtful ones generously.

That takes blocks one by one, but they err together: the items of a list are all content, or none. If blocks hung
together as closely as they can, all that are likelier than some level would be content, and any level would be as
likely as any other. The two expectations are mixed.
"""

from __future__ import annotations

import numpy as np

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import integers_in, numbers_in
else:
    from boilercut._native.stack_py import integers_in, numbers_in
from boilercut.arrays import Floats, Integers

__all__ = ["best_threshold", "is_sure"]

LEVELS = np.array((0.1, 0.3, 0.5, 0.7, 0.9))
"""Levels of probability that stand for all."""


def best_threshold(probabilities: Floats, words: Integers, beta: float, together: float = 0.0) -> tuple[float, float]:
    """Return the lowest probability to keep, and the F-beta to be expected of it where blocks err one by one.

    `probabilities` and `words` have one entry per block; `together`, from 0 to 1, is the weight of blocks that err
    together. A page without blocks gives (1, 0).
    """
    if not len(probabilities):
        return 1.0, 0.0
    ranking = np.argsort(-probabilities, kind="stable")
    order, chances, words_of = integers_in(ranking), numbers_in(probabilities), integers_in(words)
    content = (np.maximum(words, 1) * (probabilities > LEVELS[:, None])).sum(axis=1)
    content_of = integers_in(content)
    levels: cython.Py_ssize_t = len(LEVELS)
    size: cython.Py_ssize_t = len(ranking)
    squared: cython.double = beta**2
    jointly: cython.double = together
    place: cython.Py_ssize_t
    level: cython.Py_ssize_t
    best: cython.Py_ssize_t = 0
    right: cython.double = 0
    in_all: cython.double = 0
    highest: cython.double = -1
    single: cython.double = 0
    kept: cython.longlong = 0
    with cython.nogil:
        for place in range(size):
            in_all += chances[order[place]] * (words_of[order[place]] or 1)
        for place in range(size):
            weight = words_of[order[place]] or 1
            kept += weight
            right += chances[order[place]] * weight
            alone = (1 + squared) * right / (kept + squared * in_all)
            expected = alone
            if jointly > 0:
                joint = 0.0
                for level in range(levels):
                    common = kept if kept < content_of[level] else content_of[level]
                    joint += (1 + squared) * common / (kept + squared * content_of[level])
                expected = (1 - jointly) * alone + jointly * joint / levels
            if expected > highest:
                highest = expected
                single = alone
                best = place
    return chances[order[best]], single


def is_sure(probabilities: Floats, words: Integers, threshold: float, sure: float) -> bool:
    """Return whether half of the words that a threshold keeps, of which there are some, are in blocks that are sure."""
    chances, words_of = numbers_in(probabilities), integers_in(words)
    size: cython.Py_ssize_t = len(probabilities)
    lowest: cython.double = threshold
    surely: cython.double = sure
    block: cython.Py_ssize_t
    kept: cython.longlong = 0
    kept_surely: cython.longlong = 0
    with cython.nogil:
        for block in range(size):
            if chances[block] >= lowest:
                kept += words_of[block]
                if chances[block] >= surely:
                    kept_surely += words_of[block]
    return 2 * kept_surely >= kept > 0
