"""What the caller wants of the decision."""

from __future__ import annotations

from typing import NamedTuple

MODES = {"precision": 0.5, "balanced": 1.0, "recall": 2.0}
"""The weight of recall against precision in the F-measure that each mode maximises (van Rijsbergen's beta)."""

MAX_LOSS = 0.05
"""Largest share of the words that is cut from text that looks clean already, unless the caller says another."""


class Policy(NamedTuple):
    """What the caller wants of the decision; see `Config` for the meaning."""

    mode: str | float
    include: frozenset[str]
    exclude: frozenset[str]
    no_article: str = "keep"
    max_loss: float = MAX_LOSS
