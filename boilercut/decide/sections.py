"""Sections that are one decision: the comments of a page are left out together, or judged block by block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Booleans, Floats, Integers
from boilercut.decide.policy import MODES

__all__ = ["comment_sections"]

best_threshold = sources["threshold"].best_threshold

MAX_CHANCE = 0.4
"""Mean probability of the words of a comment section that is left out. Of .4, .5 and .6, it was the best for the forums
of one held-out fold of the training sets."""


def comment_sections(
    columns: Mapping[str, Floats], probabilities: Floats, words: Integers, bounds: Sequence[int]
) -> Booleans:
    """Mark the comments of each page on which they are not the text.

    Comments are what class and id words call so. They are many and alike, so the expected F-measure takes in all of
    them or none: where each is a little doubtful, a short article would come with all its comments. So they are judged
    by their mean, and by whether the rest of the page promises more. On a page that is likelier a thread than an
    article, each post is judged for itself.
    """
    if "hints.comments" not in columns:
        return np.zeros(len(words), dtype=np.bool_)
    marked = columns["hints.comments"] > 0
    if "page_type.thread" in columns:
        marked &= columns["page_type.thread"] < columns["page_type.article"]
    if marked.any():
        for low, high in pairwise(bounds):
            marked[low:high] &= _is_aside(probabilities[low:high], words[low:high], marked[low:high])
    return marked


def _is_aside(probabilities: Floats, words: Integers, marked: Booleans) -> bool:
    """Return whether the marked blocks of a page are beside its text."""
    if not marked.any() or marked.all():
        return False
    weights = np.maximum(words[marked], 1)
    # Whole numbers, so that the sum does not depend on the order of addition.
    chance = int((np.rint(256 * probabilities[marked]).astype(np.int64) * weights).sum()) / (256 * int(weights.sum()))
    promised = best_threshold(probabilities[~marked], words[~marked], MODES["balanced"])[1]
    return chance < MAX_CHANCE and promised > chance
