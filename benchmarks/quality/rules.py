"""Measure what each context rule does: by set, the mean word-F1 with all rules, and the change without one of them.

``python -m benchmarks.quality rules`` decides every page of HTML by the shipped model, once with all rules and once
without each. Most sets are those that the model learned from: their changes tell of rules, not of new pages.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.quality.data import TRAIN_SETS, VALIDATE_SETS, Sample, read_set
from benchmarks.speed.stages import Stages
from boilercut import decide as deciding
from boilercut.arrays import Booleans
from boilercut.blocks.table import Blocks
from boilercut.decide import context
from boilercut.read.html.headline import headline
from boilercut.training.measures import word_f1

SETS = TRAIN_SETS + VALIDATE_SETS
ALL = "all rules"
OTHERS = {
    "comment_sections": "comment_sections",
    "small_forms": "small_forms",
    "headline": "headline_blocks",
    "appended_articles": "appended_articles",
}
"""Rules that are not in `context.RULES`, by name: what decides them in `boilercut.decide`."""


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure what each context rule does, by set."""
    return {"changes": {name: changes(read_set(name)) for name in options.sets}}


def changes(samples: Iterable[Sample]) -> dict[str, float]:
    """Return the mean F1 with all rules, and how much it changes without each of them."""
    scores: dict[str, list[float]] = defaultdict(list)
    for sample in samples:
        line = Stages(sample.html, "html")
        for name in (ALL, *(rule.__name__ for rule in context.RULES), *OTHERS):
            with _without(name):
                keep = line.decided([headline(line.page)]).keep
            text = "\n".join(line.blocks.block(row) for row in np.flatnonzero(keep).tolist())
            scores[name].append(word_f1(text, sample.gold).f1)
    means = {name: float(np.mean(values)) for name, values in scores.items()}
    return {name: mean if name == ALL else mean - means[ALL] for name, mean in means.items()}


def _without(name: str) -> ExitStack:
    """Return a context in which one rule does nothing."""
    stack = ExitStack()
    if name in OTHERS:
        stack.enter_context(patch.object(deciding, OTHERS[name], _nothing))
    rules = tuple(rule for rule in context.RULES if rule.__name__ != name)
    for module in (context, deciding):
        stack.enter_context(patch.object(module, "RULES", rules))
    return stack


def _nothing(blocks: Blocks, *_: object) -> Booleans:
    return np.zeros(len(blocks), dtype=np.bool_)
