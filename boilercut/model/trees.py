"""Boosted trees as array operations.

Each tree has at most sixteen leaves, so the leaves still reachable fit into the bits of one integer. For
every input, a table says which leaves each tree loses when the input's value exceeds the first, second, …
threshold in use; a block's leaf is the lowest bit that survives all inputs. (The bit vectors are those of
QuickScorer, Lucchese et al. 2015; taking all of a tree's thresholds on one input in one table row is ours.)

Leaf values are whole numbers, in `UNIT`s of log-odds: sums are exact, in any order, on any machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from boilercut.model.inputs import Matrix
from boilercut.vocabulary import Integers, ModelError

__all__ = ["MAX_LEAVES", "UNIT", "Forest", "Tree"]

UNIT = 1e-4
"""Log-odds are stored and added in whole multiples of this."""
MAX_LEAVES = 16
CHUNK_BLOCKS = 1024
"""So many blocks are scored at a time; their leaf sets then stay in the processor's cache."""
_ALL = np.uint16(0xFFFF)


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
        if any(len(tree.leaf_values) > MAX_LEAVES for tree in trees):
            raise ModelError(f"a tree has more than {MAX_LEAVES} leaves; train with at most that many")
        if any(not 0 <= asked < inputs for tree in trees for asked in tree.inputs):
            raise ModelError(f"a tree asks for an input that is none of the {inputs} named")
        self._trees = tuple(trees)
        self._leaves = np.zeros((len(trees), MAX_LEAVES), dtype=np.int64)
        for number, tree in enumerate(trees):
            self._leaves[number, : len(tree.leaf_values)] = tree.leaf_values
        self._tables = [_InputTable.of(self._trees, index) for index in range(inputs)]

    def leaves(self, matrix: Matrix) -> npt.NDArray[np.intp]:
        """Return the leaf of each block in each tree; `matrix` has a row a block, a column an input."""
        alive = np.full((len(self._trees), len(matrix)), _ALL, dtype=np.uint16)
        for index, table in enumerate(self._tables):
            if len(table.trees):
                alive[table.trees] &= table.masks[:, np.searchsorted(table.thresholds, matrix[:, index])]
        lowest = alive & (~alive + np.uint16(1))
        return _LEAF_OF_BIT[lowest % 37]

    def scores(self, matrix: Matrix) -> Integers:
        """Return the sum of all trees for each block, in `UNIT`s of log-odds."""
        parts = [self._scores(matrix[low : low + CHUNK_BLOCKS]) for low in range(0, len(matrix), CHUNK_BLOCKS)]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    def _scores(self, matrix: Matrix) -> Integers:
        found = self.leaves(matrix)
        return self._leaves[np.arange(len(self._trees))[:, None], found].sum(axis=0, dtype=np.int64)

    def contributions(self, matrix: Matrix, groups: Sequence[int], size: int) -> tuple[Integers, int]:
        """Split each block's score over groups of inputs, and return the part that no input explains.

        Walking down a tree, the answer changes at every node; the change belongs to the input asked there
        (Saabas 2014). The shares and the rest add up to the score exactly. `groups` gives each input's
        group, of `size` groups in all; the shares come as one row a block.
        """
        found = self.leaves(matrix)
        shares = np.zeros((matrix.shape[0], size), dtype=np.int64)
        for tree, leaf in zip(self._trees, found, strict=True):
            shares += _leaf_shares(tree, groups, size)[leaf]
        return shares, sum(_root_value(tree) for tree in self._trees)


_LEAF_OF_BIT = np.zeros(37, dtype=np.intp)
"""Place of a lone bit, by its remainder modulo 37 (different for every power of two up to 2**35)."""
for _leaf in range(MAX_LEAVES):
    _LEAF_OF_BIT[(1 << _leaf) % 37] = _leaf


@dataclass(frozen=True, slots=True)
class _InputTable:
    """For one input: the thresholds in use, the trees that use it, and the leaves left in each."""

    thresholds: npt.NDArray[np.float32]
    trees: npt.NDArray[np.intp]
    masks: npt.NDArray[np.uint16]
    """A row a tree, a column for each number of thresholds that the value exceeds."""

    @classmethod
    def of(cls, trees: Sequence[Tree], index: int) -> _InputTable:
        nodes = [
            (number, np.float32(tree.thresholds[node]), *_lost_leaves(tree, node))
            for number, tree in enumerate(trees)
            for node, asked in enumerate(tree.inputs)
            if asked == index
        ]
        thresholds = np.unique(np.array([node[1] for node in nodes], dtype=np.float32))
        used = np.unique(np.array([node[0] for node in nodes], dtype=np.intp))
        masks = np.full((len(used), len(thresholds) + 1), _ALL, dtype=np.uint16)
        for number, threshold, below, above in nodes:
            row, rank = np.searchsorted(used, number), np.searchsorted(thresholds, threshold)
            masks[row, : rank + 1] &= ~np.uint16(below)
            masks[row, rank + 1 :] &= ~np.uint16(above)
        return cls(thresholds, used, masks)


def _lost_leaves(tree: Tree, node: int) -> tuple[int, int]:
    """Return, as bits, the leaves out of reach when a node's answer is left, and when it is right."""
    return _leaf_bits(tree, tree.right[node]), _leaf_bits(tree, tree.left[node])


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
