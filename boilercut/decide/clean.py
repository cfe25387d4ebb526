"""Text that looks clean already: how much of it may be cut."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Booleans, Floats
from boilercut.blocks.table import Blocks

__all__ = ["looks_clean", "within_loss"]

expected_words = sources["probability"].expected_words

CLEAN_THOUSANDTHS = 50
"""Largest share of its words that may be expected to be boilerplate, for a text to look clean."""
WHOLE = 1000
"""Parts that a word is counted in: sums of thousandths are exact."""


def looks_clean(blocks: Blocks, probabilities: Floats, bounds: Sequence[int]) -> list[bool]:
    """Return for each page whether it is text of which hardly anything is expected to be boilerplate."""
    if blocks.elements is not None:
        return [False] * (len(bounds) - 1)
    words = np.maximum(blocks.facts.words, 1)
    expected = expected_words(1 - probabilities, words, WHOLE)
    return [
        high > low and int(expected[low:high].sum()) <= CLEAN_THOUSANDTHS * int(words[low:high].sum())
        for low, high in pairwise(bounds)
    ]


def within_loss(
    blocks: Blocks, keep: Booleans, bounds: Sequence[int], clean: Sequence[bool], max_loss: float
) -> Booleans:
    """Keep all of a page that looks clean if more than `max_loss` of its words would be cut."""
    words, changed = np.maximum(blocks.facts.words, 1), keep
    for (low, high), is_clean in zip(pairwise(bounds), clean, strict=True):
        own = words[low:high]
        if is_clean and int(own[~keep[low:high]].sum()) > max_loss * int(own.sum()):
            changed = changed.copy() if changed is keep else changed
            changed[low:high] = True
    return changed
