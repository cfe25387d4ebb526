"""Decide: logits in, keep or cut out, with the mode's operating point and the sequence's context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.table import Blocks
from boilercut.decide.clean import looks_clean, within_loss
from boilercut.decide.context import RULES, overrule
from boilercut.decide.kinds import boilerplate_kinds, content_kinds
from boilercut.decide.policy import MODES, Policy

__all__ = ["Decision", "decide", "name_kinds", "obeying"]

best_threshold, is_sure, logistic = (
    sources["threshold"].best_threshold,
    sources["threshold"].is_sure,
    sources["probability"].logistic,
)

MIN_CONFIDENCE = 0.15
"""Where even the best cut promises no more than this, there is no article; of 260 unlabelled crawl pages, these
were error pages, picture pages and search forms."""
MAX_UNREFUSED_BLOCKS = 2
"""One or two blocks are too little to say that there is no article among them."""
SURE = 0.8
SURE_FLOOR = 0.5
"""Where half of the kept words are `SURE`, a block of HTML less likely than this is cut: cross-validated, .8874
without and .8888 with it, since blocks err together and the expected F-measure takes them one by one. In plain text it
took as much from threads as it gave to articles."""


_RULINGS = (None, *(rule.__name__ for rule in RULES), "max_loss", "include", "exclude")
"""What overrules a block's score, by number."""
MAX_LOSS, INCLUDE, EXCLUDE = range(len(RULES) + 1, len(_RULINGS))


class Decision(NamedTuple):
    """What was decided on all blocks of a stack."""

    probabilities: Floats
    keep: Booleans
    overruled: Sequence[str | None]
    """For each block the context rule that turned its verdict round."""
    confidences: Sequence[float]
    """For each page the word-F1 to be expected."""
    clean: Sequence[bool]
    """For each page whether it is text that looks clean already."""


def decide(
    blocks: Blocks, columns: Mapping[str, Floats], log_odds: Floats, bounds: Sequence[int], policy: Policy
) -> Decision:
    """Decide every block; page `n` of the stack has the blocks `bounds[n]` to `bounds[n + 1]`."""
    probabilities = logistic(log_odds)
    keep = np.zeros(len(probabilities), dtype=np.bool_)
    confidences = []
    for low, high in pairwise(bounds):
        own, words = probabilities[low:high], blocks.facts.words[low:high]
        balanced, confidence = best_threshold(own, words, MODES["balanced"])
        if policy.mode == "balanced":
            sure = blocks.elements is not None and is_sure(own, words, balanced, SURE)
            threshold = max(balanced, SURE_FLOOR) if sure else balanced
        else:
            threshold = _threshold(own, words, policy.mode)
        keep[low:high] = (own >= threshold) & (
            len(own) <= MAX_UNREFUSED_BLOCKS or _holds_article(confidence, policy.mode)
        )
        confidences.append(confidence)
    chosen, clean = keep, looks_clean(blocks, probabilities, bounds)
    keep, numbers = overrule(blocks, columns, probabilities, keep)
    if isinstance(policy.mode, float):  # the lowest probability asked for binds the rules too
        keep, numbers = keep & chosen, np.where(chosen, numbers, 0)
    else:
        spared = within_loss(blocks, keep, bounds, clean, policy.max_loss)
        keep, numbers = spared, np.where(spared == keep, numbers, MAX_LOSS)
    keep, numbers = _as_configured(blocks, columns, policy, keep, numbers)
    overruled = [_RULINGS[number] for number in numbers.tolist()] if numbers.any() else [None] * len(numbers)
    return Decision(probabilities, keep, overruled, confidences, clean)


def _holds_article(confidence: float, mode: str | float) -> bool:
    return confidence >= MIN_CONFIDENCE or mode not in ("balanced", "precision")


def _threshold(probabilities: Floats, words: np.ndarray, mode: str | float) -> float:
    return mode if isinstance(mode, float) else best_threshold(probabilities, words, MODES[mode])[0]


def _as_configured(
    blocks: Blocks, columns: Mapping[str, Floats], policy: Policy, keep: Booleans, numbers: np.ndarray
) -> tuple[Booleans, np.ndarray]:
    """Keep and cut the kinds that the configuration names; to be cut weighs more than to be kept."""
    if not policy.include and not policy.exclude:
        return keep, numbers
    content, boilerplate = content_kinds(blocks, columns), boilerplate_kinds(blocks, columns)
    pairs = list(zip(content, boilerplate, strict=True))
    include = np.array([bool(policy.include.intersection(pair)) for pair in pairs], dtype=np.bool_) & ~keep
    exclude = np.array([kinds[0] in policy.exclude for kinds in pairs], dtype=np.bool_) & (keep | include)
    numbers = np.where(exclude, EXCLUDE, np.where(include, INCLUDE, numbers))
    return (keep | include) & ~exclude, numbers


def obeying(decision: Decision, rulings: Integers, names: Sequence[str]) -> Decision:
    """Return `decision` as a user's rules want it; `rulings` has each block's rule, see `boilercut.rules.rulings`."""
    keep = np.where(rulings, rulings > 0, decision.keep)
    overruled = [
        names[abs(ruling) - 1] if turned else before
        for ruling, turned, before in zip(
            rulings.tolist(), (keep != decision.keep).tolist(), decision.overruled, strict=True
        )
    ]
    return decision._replace(keep=keep, overruled=overruled)


def name_kinds(blocks: Blocks, columns: Mapping[str, Floats], keep: Booleans) -> list[str]:
    """Name each block's kind: a sort of content where it is kept, of boilerplate where it is cut."""
    content, boilerplate = content_kinds(blocks, columns), boilerplate_kinds(blocks, columns)
    return [content[row] if kept else boilerplate[row] for row, kept in enumerate(keep.tolist())]
