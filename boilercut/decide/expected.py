"""The number of words that are expected of blocks by their probabilities, in whole numbers: sums need no order."""

from __future__ import annotations

import numpy as np

from boilercut.arrays import Floats, Integers

__all__ = ["PARTS", "expected_words"]

PARTS = 256
"""Number of parts that a word is counted in."""


def expected_words(probabilities: Floats, words: Integers, parts: int = PARTS) -> Integers:
    """Return the number of words of each block times its probability, in `parts` of a word; no block has no word."""
    return np.asarray(np.rint(parts * probabilities).astype(np.int64) * np.maximum(words, 1))
