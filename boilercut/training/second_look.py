"""Fit the second look: trees that correct first scores by what the whole document looks like.

First scores must come from a model that never saw the document's site, or the trees would trust them too much.
LightGBM does the boosting (extra `train`); what comes out needs NumPy only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from boilercut.arrays import Floats, Integers
from boilercut.blocks.table import Blocks
from boilercut.detectors import BUILTIN, Detector, model_detectors
from boilercut.detectors.contract import detect
from boilercut.model import UNIT, Model
from boilercut.model.document import COLUMNS, FIRST_SCORE, NAMED_SHARE, document_columns
from boilercut.model.inputs import InputPlan, Matrix
from boilercut.training.boosting import TrainingSet, boosted_trees
from boilercut.training.fit import GROUP_EXPONENTS, SITE_EXPONENT, page_weights
from boilercut.training.inputs import SECOND_INPUTS

__all__ = ["SecondExample", "SecondSettings", "fit_second_look", "second_columns", "second_example"]


@dataclass(frozen=True, kw_only=True)
class SecondSettings:
    """How to fit; the defaults are those of the shipped model."""

    trees: int = 100
    leaves: int = 16
    learning_rate: float = 0.1
    shrinkage: float = 5.0
    min_blocks_in_leaf: int = 60
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class SecondExample:
    """A labelled document with the scores of a model that never saw its site."""

    blocks: Blocks
    labels: Floats
    scores: Integers
    matrix: Matrix
    site: str
    group: str
    share: Floats
    """How much each block counts beside those of other documents."""


def second_example(
    blocks: Blocks, labels: Sequence[float], first: Model, site: str, group: str, share: Floats | float
) -> SecondExample:
    """Score a document by `first`, a model without second look, and lay out what the second look sees."""
    seen = second_columns(blocks, first)
    return SecondExample(
        blocks=blocks, labels=np.array(labels, dtype=np.float64), scores=seen[FIRST_SCORE].astype(np.int64),
        matrix=InputPlan(SECOND_INPUTS).matrix(seen, blocks), site=site, group=group,
        share=np.broadcast_to(share, len(blocks)),
    )  # fmt: skip


def second_columns(blocks: Blocks, first: Model) -> Mapping[str, Floats]:
    """Return all columns of a document, with what the scores of `first`, a model without second look, say of it."""
    columns = detect(blocks, _detectors(first))
    scores = first.score(columns, blocks)
    return {**columns, **dict(zip(COLUMNS, document_columns(blocks, scores, UNIT, columns[NAMED_SHARE]), strict=True))}


@lru_cache(maxsize=2)
def _detectors(first: Model) -> tuple[Detector, ...]:
    """Return the detectors that a model asks for: laying out its word lists takes longer than most documents do."""
    return (*BUILTIN, *model_detectors(first.lexicons, first.page_types))


def fit_second_look(examples: Sequence[SecondExample], settings: SecondSettings) -> dict[str, Any]:
    """Return the trees as plain data: what a model's file holds under `document`."""
    data = TrainingSet(
        [example.matrix for example in examples],
        [example.labels for example in examples],
        _weights(examples),
        [UNIT * example.scores.astype(np.float64) for example in examples],
    )
    return {"inputs": list(SECOND_INPUTS), "trees": boosted_trees(data, _parameters(settings), settings.trees)}


def _weights(examples: Sequence[SecondExample]) -> list[Floats]:
    """Return how much each block counts: documents of a site and of a group share what those count."""
    sites = Counter((example.group, example.site) for example in examples)
    groups: Counter[str] = Counter()
    for (group, _), number in sites.items():
        groups[group] += number ** (1 + SITE_EXPONENT)
    return [
        page_weights(example.blocks.facts.words, example.labels)
        * example.share
        * sites[example.group, example.site] ** SITE_EXPONENT
        * groups[example.group] ** GROUP_EXPONENTS["text"]
        for example in examples
    ]


def _parameters(settings: SecondSettings) -> dict[str, Any]:
    return {
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.leaves,
        "min_data_in_leaf": settings.min_blocks_in_leaf,
        "extra_trees": True,
        "feature_fraction": 0.6,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": settings.shrinkage,
        "boost_from_average": False,
        "seed": settings.seed,
        "num_threads": 1,
    }
