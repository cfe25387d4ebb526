"""What a whole page is, by the columns of the page type: hundredths of log-odds, the same for all its blocks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Booleans, Floats

__all__ = ["article_probability", "type_probabilities", "without_article"]

logistic = sources["probability"].logistic

_PREFIX = "page_type."
_NO_ARTICLE = "page_type.no_article"


def type_probabilities(columns: Mapping[str, Floats]) -> dict[str, float]:
    """Return the types of a page, most likely first, with probabilities that add up to 1; empty where nothing is known.

    Each type was learned against all others, so the probabilities are brought to a sum of 1.
    """
    names = [name for name in columns if name.startswith(_PREFIX) and name != _NO_ARTICLE]
    if not names or not len(columns[names[0]]):
        return {}
    chances = logistic(np.array([columns[name][0] / 100 for name in names]))
    chances /= chances.sum()
    order = np.argsort(-chances, kind="stable").tolist()
    return {names[row].removeprefix(_PREFIX): float(chances[row]) for row in order}


def article_probability(columns: Mapping[str, Floats]) -> float | None:
    """Return how likely a page has a text of its own; None where nothing is known."""
    if _NO_ARTICLE not in columns or not len(columns[_NO_ARTICLE]):
        return None
    return float(logistic(-columns[_NO_ARTICLE][:1] / 100)[0])


def without_article(columns: Mapping[str, Floats], size: int) -> Booleans:
    """Mark the blocks of pages that most likely have no text of their own."""
    return columns[_NO_ARTICLE] > 0 if _NO_ARTICLE in columns else np.zeros(size, dtype=np.bool_)
