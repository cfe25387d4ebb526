"""Boost trees with LightGBM (extra `train`), and write them as the plain data that `boilercut.model.trees` reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from boilercut.arrays import Floats
from boilercut.extras import needs_extra
from boilercut.model.inputs import Matrix
from boilercut.model.trees import UNIT

__all__ = ["TrainingSet", "boosted_trees"]

ALIKE = {"objective": "cross_entropy", "deterministic": True, "force_col_wise": True, "verbose": -1}
"""Parameters that all fits have: the same trees in every run."""


class TrainingSet(NamedTuple):
    """What is learned from, page by page: the inputs of its blocks, how much of each is content, how much each counts.

    Whole pages stay together, so that a model of sequences can learn from it too.
    """

    matrices: Sequence[Matrix | Floats]
    labels: Sequence[Floats]
    weights: Sequence[Floats]
    log_odds: Sequence[Floats] | None = None
    """What the trees start from; None for nothing."""


def boosted_trees(data: TrainingSet, parameters: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    """Return `count` trees at most, fitted with LightGBM's `parameters`, as plain data."""
    with needs_extra("train"):
        import lightgbm

    dataset = lightgbm.Dataset(
        np.concatenate(data.matrices),
        np.concatenate(data.labels),
        weight=np.concatenate(data.weights),
        init_score=None if data.log_odds is None else np.concatenate(data.log_odds),
        params={"max_bin": 63, "verbose": -1},
    )
    booster = lightgbm.train({**ALIKE, **parameters}, dataset, count)
    return [plain_tree(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]


def plain_tree(root: Mapping[str, Any]) -> dict[str, Any]:
    """Return one of LightGBM's trees as plain data: what `boilercut.model.trees.Tree` holds."""
    tree: dict[str, Any] = {key: [] for key in ("inputs", "thresholds", "left", "right", "node_values", "leaf_values")}
    _add_node(root, tree)
    return tree


def _add_node(node: Mapping[str, Any], tree: dict[str, Any]) -> int:
    """Add a node and all below it; return its number, or `-1 - k` for leaf `k`."""
    if "split_feature" not in node:
        tree["leaf_values"].append(round(node["leaf_value"] / UNIT))
        return -len(tree["leaf_values"])
    number = len(tree["inputs"])
    tree["inputs"].append(node["split_feature"])
    tree["thresholds"].append(_single_precision(node["threshold"]))
    tree["node_values"].append(round(node["internal_value"] / UNIT))
    for side in ("left", "right"):
        tree[side].append(0)
    for side in ("left", "right"):
        tree[side][number] = _add_node(node[f"{side}_child"], tree)
    return number


def _single_precision(threshold: float) -> float:
    """Round down to single precision, so that `input <= threshold` splits the same; keep few digits."""
    rounded = np.float32(threshold)
    if rounded > threshold:
        rounded = np.nextafter(rounded, np.float32(-np.inf))
    return float(str(rounded))
