"""Boosted trees as array operations.

Each tree has at most sixteen leaves, so the leaves out of reach fit into the bits of one integer: a node
whose threshold the value exceeds loses the leaves on its left. Once all nodes were asked, a block's leaf is
the lowest bit not lost (QuickScorer, Lucchese et al. 2015). The first nodes of all trees are asked together
for all blocks, then the second ones, and so on: fifteen rounds, however many trees there are. That takes a
fifth of the time of one round an input with a table of its thresholds.

Leaf values are whole numbers, in `UNIT`s of log-odds: sums are exact, in any order, on any machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boilercut._native import chosen_kernels as kernels
from boilercut._native.kernels_py import leaf_of_lost
from boilercut.arrays import Integers
from boilercut.errors import ModelError
from boilercut.model.inputs import Matrix

__all__ = ["MAX_LEAVES", "UNIT", "Forest", "Tree"]

UNIT = 1e-4
"""Log-odds are stored and added in whole multiples of this."""
MAX_LEAVES = 16
MAX_THRESHOLD = 3e38
"""The largest that single precision holds is a little more."""
MAX_VALUE = 10**9
"""Sums of a billion values as large as this are still exact."""
NODES_TOGETHER = 3
"""Nodes of a tree that the kernel evaluates at a time; fifteen are a multiple of it."""


@dataclass(frozen=True, slots=True)
class Tree:
    """One binary tree: node 0 is the root, a negative child `-1 - k` is leaf `k`, numbered left to right.

    A block goes left where its input is at most the threshold.
    """

    inputs: Sequence[int]
    thresholds: Sequence[float]
    left: Sequence[int]
    right: Sequence[int]
    node_values: Sequence[int]
    """What the tree would answer at each node, were it a leaf; the path's steps explain the answer."""
    leaf_values: Sequence[int]


class Forest:
    """A sum of trees, compiled into tables."""

    def __init__(self, trees: Sequence[Tree], inputs: int) -> None:
        for number, tree in enumerate(trees):
            if wrong := _wrong(tree, inputs):
                raise ModelError(f"tree {number}: {wrong}; train the model again, or fetch it again")
        self._trees = tuple(trees)
        self._leaves = np.zeros((len(trees), MAX_LEAVES), dtype=np.int64)
        for number, tree in enumerate(trees):
            self._leaves[number, : len(tree.leaf_values)] = tree.leaf_values
        self._rounds = _rounds(self._trees)
        self._shares: tuple[tuple[int, ...], list[Integers]] | None = None
        self.base = sum(map(_root_value, self._trees))
        """The part of every score that no input explains."""

    def leaves(self, matrix: Matrix) -> npt.NDArray[np.uint8]:
        """Return the leaf of each block in each tree; `matrix` has one row per block, one column per input."""
        inputs = matrix.T
        lost = np.zeros((len(self._trees), len(matrix)), dtype=np.uint16)
        for asked, thresholds, losing in zip(*self._rounds, strict=True):
            lost |= (inputs.take(asked, axis=0) > thresholds[:, None]) * losing[:, None]
        return leaf_of_lost().take(lost)

    def scores(self, matrix: Matrix) -> Integers:
        """Return the sum of all trees for each block, in `UNIT`s of log-odds."""
        scores = np.zeros(len(matrix), dtype=np.int64)
        kernels.score_trees(np.ascontiguousarray(matrix.T), *self._rounds, self._leaves, scores)
        return scores

    def contributions(self, matrix: Matrix, groups: Sequence[int], size: int) -> tuple[Integers, int]:
        """Split each block's score over groups of inputs, and return the `base` beside it.

        Walking down a tree, the answer changes at every node; the change belongs to the input asked there
        (Saabas 2014). The shares and the `base` add up to the score exactly. `groups` gives each input's
        group, of `size` groups in all; the shares come as one row a block.
        """
        shares = np.zeros((matrix.shape[0], size), dtype=np.int64)
        for table, leaf in zip(self._share_tables(tuple(groups), size), self.leaves(matrix), strict=True):
            shares += table.take(leaf, axis=0)
        return shares, self.base

    def _share_tables(self, groups: tuple[int, ...], size: int) -> Sequence[Integers]:
        """Return for each tree its leaves' shares; a model's groups are always the same, so they are kept."""
        known = self._shares
        if known is None or known[0] != groups:
            known = self._shares = groups, [_leaf_shares(tree, groups, size) for tree in self._trees]
        return known[1]


def _wrong(tree: Tree, inputs: int) -> str:
    """Say what is wrong with a tree, if anything: kernels follow its numbers without looking."""
    for numbers in (tree.inputs, tree.left, tree.right, tree.node_values, tree.leaf_values):
        if not set(map(type, numbers)) <= {int}:
            return "something other than whole numbers where those must be"
    if not set(map(type, tree.thresholds)) <= {int, float} or not _within(tree.thresholds, MAX_THRESHOLD):
        return f"a threshold is no number between -{MAX_THRESHOLD:g} and {MAX_THRESHOLD:g}"
    if not _within((*tree.node_values, *tree.leaf_values), MAX_VALUE):
        return f"a value is above {MAX_VALUE}, or below -{MAX_VALUE}"
    if len(tree.leaf_values) > MAX_LEAVES:
        return f"more than {MAX_LEAVES} leaves"
    if not all(0 <= asked < inputs for asked in tree.inputs):
        return f"it asks for an input that is none of the {inputs} named"
    return "" if _is_one_tree(tree) else "its nodes and leaves do not make one tree, with leaves numbered left to right"


def _within(numbers: Sequence[float], limit: float) -> bool:
    return all(abs(each) <= limit for each in numbers)  # false of what is no number, too


def _is_one_tree(tree: Tree) -> bool:
    """Walk down the tree, left before right: every node comes once, and every leaf in the order of its number."""
    nodes = len(tree.inputs)
    if {len(tree.thresholds), len(tree.left), len(tree.right), len(tree.node_values), len(tree.leaf_values) - 1} != {
        nodes
    }:
        return False
    visited, leaves, waiting = 0, 0, [0 if nodes else -1]
    while waiting:
        node = waiting.pop()
        if node >= nodes or visited > nodes:
            return False
        if node >= 0:
            visited += 1
            waiting += [tree.right[node], tree.left[node]]
        elif node == -1 - leaves:
            leaves += 1
        else:
            return False
    return (visited, leaves) == (nodes, nodes + 1)


class _Rounds(NamedTuple):
    """What the nodes ask, and the leaves lost where the value is above: one row per node, one column per tree."""

    inputs: npt.NDArray[np.intp]
    thresholds: npt.NDArray[np.float32]
    lost: npt.NDArray[np.uint16]


def _rounds(trees: Sequence[Tree]) -> _Rounds:
    """Lay out the nodes of all trees; where a tree has fewer than others, it loses nothing."""
    size = max((len(tree.inputs) for tree in trees), default=0)
    size += -size % NODES_TOGETHER
    inputs = np.zeros((size, len(trees)), dtype=np.intp)
    thresholds = np.full((size, len(trees)), np.inf, dtype=np.float32)
    lost = np.zeros((size, len(trees)), dtype=np.uint16)
    for number, tree in enumerate(trees):
        nodes = len(tree.inputs)
        inputs[:nodes, number] = tree.inputs
        thresholds[:nodes, number] = tree.thresholds
        lost[:nodes, number] = [_leaf_bits(tree, child) for child in tree.left]
    return _Rounds(inputs, thresholds, lost)


def _leaf_bits(tree: Tree, child: int) -> int:
    bits, open_nodes = 0, [child]
    while open_nodes:
        node = open_nodes.pop()
        if node < 0:
            bits |= 1 << (-1 - node)
        else:
            open_nodes += [tree.left[node], tree.right[node]]
    return bits


def _root_value(tree: Tree) -> int:
    return tree.node_values[0] if tree.inputs else tree.leaf_values[0]


def _leaf_shares(tree: Tree, groups: Sequence[int], size: int) -> Integers:
    """Return for each leaf how its value came about: the changes along its path, by group."""
    shares = np.zeros((MAX_LEAVES, size), dtype=np.int64)
    open_nodes: list[tuple[int, npt.NDArray[np.int64]]] = [(0, np.zeros(size, dtype=np.int64))] if tree.inputs else []
    while open_nodes:
        node, path = open_nodes.pop()
        for child in (tree.left[node], tree.right[node]):
            value = tree.leaf_values[-1 - child] if child < 0 else tree.node_values[child]
            own = path.copy()
            own[groups[tree.inputs[node]]] += value - tree.node_values[node]
            if child < 0:
                shares[-1 - child] = own
            else:
                open_nodes.append((child, own))
    return shares
