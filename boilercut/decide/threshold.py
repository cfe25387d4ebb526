"""Where to draw the line: the cut that maximises the expected F-measure of the page.

If block `i` has `w` words and is content with probability `p`, keeping the most likely blocks down to some
threshold can be expected to give F-beta = (1 + b²) Σ_kept p w / (Σ_kept w + b² Σ_all p w). The best
threshold follows the page: half of the F1 to be had (Lipton, Elkan and Naryanaswamy 2014), so sure pages
are cut strictly and doubtful ones generously.
"""

from __future__ import annotations

import numpy as np

from boilercut.native import kernels
from boilercut.vocabulary import Floats, Integers

__all__ = ["best_threshold"]


def best_threshold(probabilities: Floats, words: Integers, beta: float) -> tuple[float, float]:
    """Return the lowest probability to keep, and the F-beta to be expected with it.

    `probabilities` and `words` have one entry a block. A page without blocks gives (1, 0).
    """
    if not len(probabilities):
        return 1.0, 0.0
    order = np.argsort(-probabilities, kind="stable")
    if kernels:
        best, highest = kernels.best_cut(order, probabilities, words, beta**2)
        return float(probabilities[order[best]]), highest
    sorted_probabilities = probabilities[order]
    weights = np.maximum(words[order], 1)
    kept = np.cumsum(weights)
    right = np.cumsum(sorted_probabilities * weights)
    expected = (1 + beta**2) * right / (kept + beta**2 * right[-1])
    best = int(np.argmax(expected))
    return float(sorted_probabilities[best]), float(expected[best])
