"""The models that are compared: each is fitted on the same pages and inputs, and gives log-odds of each block."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from benchmarks.training.network import Shape, fit_network
from boilercut.model.inputs import Matrix
from boilercut.model.trees import UNIT, Forest, Tree
from boilercut.training.fit import Settings, TrainingSet, boost, plain_tree
from boilercut.vocabulary import Floats

BINS = 16
"""Parts that the naive Bayes cuts each input's values into, of equal numbers of blocks where values allow it."""
ROWS = 1 << 14
"""So many blocks are taken at a time where a table of all of them would be large."""
BYTES_A_NODE = 8
"""An input's number, a threshold in single precision and two children; a leaf takes two bytes."""


class Contender(Protocol):
    """A fitted model."""

    @property
    def size(self) -> int:
        """How many bytes it takes as plain arrays, not compressed."""

    def log_odds(self, matrix: Matrix) -> Floats:
        """Return the log-odds of each block of one page, given its inputs."""


class NaiveBayes(NamedTuple):
    """Evidence of each input's bin, added up as if the inputs knew nothing of one another."""

    edges: npt.NDArray[np.float32]
    evidence: npt.NDArray[np.float32]
    """Log-odds: a row an input, a column a bin."""
    prior: float

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return self.edges.nbytes + self.evidence.nbytes

    def shares(self, matrix: Matrix) -> Matrix:
        """Return each input's evidence, a row a block."""
        inputs = zip(self.edges, self.evidence, matrix.T, strict=True)
        return np.stack([own[np.searchsorted(edges, values)] for edges, own, values in inputs], axis=1)

    def log_odds(self, matrix: Matrix) -> Floats:
        """Return the sum of all inputs' evidence for each block."""
        return self.shares(matrix).sum(axis=1, dtype=np.float64) + self.prior


class Logistic(NamedTuple):
    """Logistic regression on the evidence of the bins, so that the inputs need not be linear."""

    bayes: NaiveBayes
    coefficients: Floats

    @property
    def size(self) -> int:
        """How many bytes it takes; the coefficients are multiplied into the evidence."""
        return self.bayes.size

    def log_odds(self, matrix: Matrix) -> Floats:
        """Return the weighted sum of all inputs' evidence for each block."""
        return self.bayes.shares(matrix) @ self.coefficients[:-1] + self.coefficients[-1]


class Trees(NamedTuple):
    """Boosted trees, evaluated as in the library."""

    forest: Forest
    size: int

    def log_odds(self, matrix: Matrix) -> Floats:
        """Return the sum of all trees for each block."""
        return UNIT * self.forest.scores(matrix).astype(np.float64)


def fit_naive_bayes(data: TrainingSet) -> NaiveBayes:
    """Count each bin's blocks, weighted; half a block's weight is added to each count (Jeffreys' prior)."""
    labels, weights = np.concatenate(data.labels), np.concatenate(data.weights)
    weights = weights / weights.mean()
    positive, total = float((weights * labels).sum()), float(weights.sum())
    edges, evidence = [], []
    for place in range(data.matrices[0].shape[1]):
        values = np.concatenate([matrix[:, place] for matrix in data.matrices])
        own = np.quantile(values, np.arange(1, BINS) / BINS).astype(np.float32)
        bins = np.searchsorted(own, values)
        content = np.bincount(bins, weights * labels, BINS) + 0.5
        rest = np.bincount(bins, weights * (1 - labels), BINS) + 0.5
        edges.append(own)
        evidence.append(np.log(content / positive) - np.log(rest / (total - positive)))
    prior = float(np.log(positive / (total - positive)))
    return NaiveBayes(np.array(edges), np.array(evidence, dtype=np.float32), prior)


def fit_logistic(data: TrainingSet) -> Logistic:
    """Weigh the evidence that naive Bayes takes for independent."""
    bayes = fit_naive_bayes(data)
    shares = np.concatenate([bayes.shares(matrix) for matrix in data.matrices])
    return Logistic(bayes, logistic(shares, np.concatenate(data.labels), np.concatenate(data.weights), ridge=1e-3))


def logistic(
    inputs: npt.NDArray[np.floating], labels: Floats, weights: Floats, ridge: float = 0.0, rounds: int = 12
) -> Floats:
    """Return the coefficients of a logistic regression, the intercept last, by Newton's method.

    `labels` may be any number from 0 to 1, which the regressions of libraries do not take. `ridge` is the weight of
    the squared coefficients beside the mean loss of a block.
    """
    weights = weights / weights.sum()
    size = inputs.shape[1] + 1
    coefficients, penalty = np.zeros(size), np.diag(np.append(np.full(size - 1, ridge), 0.0) + 1e-12)
    for _ in range(rounds):
        gradient, curvature = penalty @ coefficients, penalty.copy()
        for low in range(0, len(inputs), ROWS):
            rows = slice(low, low + ROWS)
            own = np.column_stack([inputs[rows], np.ones(len(inputs[rows]))])
            chance = sigmoid(own @ coefficients)
            gradient += own.T @ (weights[rows] * (chance - labels[rows]))
            curvature += (own * (weights[rows] * chance * (1 - chance))[:, None]).T @ own
        coefficients = coefficients - np.linalg.solve(curvature, gradient)
    return coefficients


def sigmoid(log_odds: Floats) -> Floats:
    """Return probabilities."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))))


def fit_trees(data: TrainingSet, settings: Settings) -> Trees:
    """Boost as the shipped model is boosted."""
    found = [plain_tree(tree["tree_structure"]) for tree in boost(data, settings).dump_model()["tree_info"]]
    trees = [Tree(**tree) for tree in found]
    size = sum(BYTES_A_NODE * len(tree.inputs) + 2 * len(tree.leaf_values) for tree in trees)
    return Trees(Forest(trees, data.matrices[0].shape[1]), size)


def milliseconds(contender: Contender, matrices: list[Matrix], repeats: int = 3) -> float:
    """Return the mean over pages of the least time that scoring took."""
    least = []
    for matrix in matrices:
        times = []
        for _ in range(repeats):
            started = time.perf_counter()
            contender.log_odds(matrix)
            times.append(time.perf_counter() - started)
        least.append(min(times))
    return 1000 * float(np.mean(least))


SHIPPED = "200 trees of 16 leaves"
NETWORK = "network"
CONTENDERS: Mapping[str, Callable[[TrainingSet], Contender]] = {
    "naive Bayes": fit_naive_bayes,
    "logistic regression": fit_logistic,
    "200 trees of 8 leaves": partial(fit_trees, settings=Settings(leaves=8)),
    "100 trees of 16 leaves": partial(fit_trees, settings=Settings(trees=100, learning_rate=0.2)),
    SHIPPED: partial(fit_trees, settings=Settings()),
    "400 trees of 16 leaves": partial(fit_trees, settings=Settings(trees=400, learning_rate=0.05)),
    NETWORK: partial(fit_network, shape=Shape()),
}
"""By name, how each is fitted. Fewer trees learn faster, so that their steps add up to as much."""
BLENDS = {"trees and network": (SHIPPED, NETWORK)}
"""What is put together of two by a logistic regression on their log-odds."""
