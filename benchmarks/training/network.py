"""A small network over the sequence of blocks: one of the models that the trees are compared with.

Each block's inputs are squashed and mixed into a few units; then layers of convolutions let a unit see the blocks
around, each unit first along the page and then all units together (depthwise separable, Chollet 2017), added to what
was there (He et al. 2016). JAX (extra `models`) finds the gradients; what comes out needs NumPy only, and both run the
same `forward`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from boilercut.extras import needs_extra
from boilercut.model.inputs import Matrix
from boilercut.training.fit import TrainingSet
from boilercut.vocabulary import Floats

Singles = npt.NDArray[np.float32]
Parameters = dict[str, Any]
"""Arrays of NumPy or of JAX by name."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The network's layout, and how it is fitted; tried on the first of three folds of HTML."""

    units: int = 48
    steps: tuple[int, ...] = (1, 3, 9)
    """How far apart the blocks are that each layer looks at."""
    width: int = 5
    """How many blocks each layer looks at."""
    epochs: int = 20
    batch: int = 32
    """Stretches a step."""
    rate: float = 4e-3
    decay: float = 1e-2
    dropped: float = 0.25
    """Share of inputs, and of units, that are blanked on a stretch."""
    seed: int = 1


STRETCH = 256
"""Blocks are laid behind one another, pages apart from each other, and then cut into stretches of so many."""


class Network(NamedTuple):
    """A fitted network, as arrays of NumPy."""

    parameters: Parameters
    scale: Singles
    shape: Shape

    @property
    def size(self) -> int:
        """How many bytes it takes in half precision."""
        return 2 * (self.scale.size + sum(array.size for array in self.parameters.values()))

    def log_odds(self, matrix: Matrix) -> Floats:
        """Return the log-odds of each block of one page."""
        present = np.ones((len(matrix), 1), dtype=np.float32)
        return np.asarray(forward(np, self.parameters, squashed(matrix, self.scale), present, self.shape))


def squashed(matrix: Matrix, scale: Singles) -> Singles:
    """Bring inputs of any size between -1 and 1, steepest near zero: `x / (|x| + scale)`."""
    return np.asarray(matrix / (np.abs(matrix) + scale), dtype=np.float32)


def forward(array: Any, parameters: Parameters, inputs: Any, present: Any, shape: Shape, keep: Any = 1.0) -> Any:
    """Return log-odds for `inputs`, whose last two axes are blocks and inputs; `array` is `numpy` or `jax.numpy`.

    `present` is 1 for blocks and 0 for the room between pages, which so is to the network what is beyond a page.
    """
    units = array.maximum(inputs @ parameters["mix"] + parameters["mix_bias"], 0) * present
    for layer, step in enumerate(shape.steps):
        seen = _along(array, units, parameters[f"along{layer}"], step)
        added = array.maximum(seen @ parameters[f"across{layer}"] + parameters[f"bias{layer}"], 0)
        units = (units + keep * added) * present
    return units @ parameters["out"] + parameters["out_bias"]


def _along(array: Any, units: Any, taps: Any, step: int) -> Any:
    """Add up each unit's values on blocks `step` apart, with a weight for each place."""
    reach, blocks = step * (len(taps) // 2), units.shape[-2]
    padded = array.pad(units, [(0, 0)] * (units.ndim - 2) + [(reach, reach), (0, 0)])
    return sum(padded[..., place * step : place * step + blocks, :] * tap for place, tap in enumerate(taps))


def fit_network(data: TrainingSet, shape: Shape) -> Network:
    """Fit by Adam with decoupled decay (Loshchilov and Hutter 2019) on a rate that falls to zero along a cosine."""
    with needs_extra("models"):
        import jax
        import optax

    scale = _scale(data.matrices)
    stretches = _Stretches.of(data, scale, shape)
    draw = np.random.default_rng(shape.seed)
    parameters = jax.device_put(_start(len(scale), shape, draw))
    size = min(shape.batch, len(stretches.inputs))
    total = shape.epochs * (len(stretches.inputs) // size)
    rate = optax.warmup_cosine_decay_schedule(0, shape.rate, total // 20, total)
    optimiser = optax.adamw(rate, weight_decay=shape.decay)

    def step(parameters: Any, state: Any, batch: Any, key: Any) -> tuple[Any, Any]:
        updates, state = optimiser.update(jax.grad(_loss)(parameters, batch, key, shape), state, parameters)
        return optax.apply_updates(parameters, updates), state

    improved: Any = jax.jit(step)
    state, keys = optimiser.init(parameters), iter(jax.random.split(jax.random.key(shape.seed), total))
    for _ in range(shape.epochs):
        for batch in stretches.batches(size, draw):
            parameters, state = improved(parameters, state, batch, next(keys))
    return Network({name: np.asarray(own) for name, own in parameters.items()}, scale, shape)


def _loss(parameters: Any, batch: Any, key: Any, shape: Shape) -> Any:
    """Return the weighted cross-entropy with some inputs and units of each stretch blanked."""
    import jax
    import optax

    inputs, labels, weights = batch
    keep = 1 - shape.dropped
    first, second = jax.random.split(key)
    heard = jax.random.bernoulli(first, keep, (len(inputs), 1, inputs.shape[-1])) / keep
    kept = jax.random.bernoulli(second, keep, (len(inputs), 1, shape.units)) / keep
    present = (weights > 0)[..., None]
    log_odds = forward(jax.numpy, parameters, inputs.astype("float32") * heard, present, shape, kept)
    return (weights * optax.sigmoid_binary_cross_entropy(log_odds, labels)).sum() / weights.sum()


def _start(inputs: int, shape: Shape, draw: np.random.Generator) -> Parameters:
    """Draw the parameters to start from; a layer starts by looking at its own block."""
    units = shape.units

    def drawn(*size: int, times: float = 1.0) -> Singles:
        return (draw.standard_normal(size) * times * np.sqrt(2 / size[0])).astype(np.float32)

    parameters = {"mix": drawn(inputs, units), "mix_bias": np.zeros(units, np.float32)}
    for layer in range(len(shape.steps)):
        parameters[f"along{layer}"] = drawn(shape.width, units, times=0.5)
        parameters[f"across{layer}"] = drawn(units, units, times=0.5)
        parameters[f"bias{layer}"] = np.zeros(units, np.float32)
    return parameters | {"out": drawn(units, times=0.25), "out_bias": np.zeros((), np.float32)}


def _scale(matrices: Sequence[Matrix]) -> Singles:
    """Return for each input the mean size of its values other than zero, over every tenth page."""
    sizes = np.abs(np.concatenate(matrices[::10]))
    return np.asarray(sizes.sum(axis=0) / np.maximum((sizes > 0).sum(axis=0), 1) + 1e-3, dtype=np.float32)


class _Stretches(NamedTuple):
    """All pages' inputs, labels and weights, cut into stretches: the first two axes are stretches and blocks."""

    inputs: npt.NDArray[np.float16]
    labels: Singles
    weights: Singles

    @classmethod
    def of(cls, data: TrainingSet, scale: Singles, shape: Shape) -> "_Stretches":
        """Lay out pages with so much empty room between that the widest layer does not look over it."""
        room = max(shape.steps) * (shape.width // 2)
        lengths = [len(matrix) + room for matrix in data.matrices]
        count = -(-sum(lengths) // STRETCH)
        inputs = np.zeros((count * STRETCH, len(scale)), np.float16)
        labels, weights = np.zeros((2, count * STRETCH), np.float32)
        ends = np.cumsum(lengths) - room
        for end, matrix, own_labels, own_weights in zip(ends.tolist(), *data, strict=True):
            rows = slice(end - len(matrix), end)
            inputs[rows], labels[rows], weights[rows] = squashed(matrix, scale), own_labels, own_weights
        size = (count, STRETCH)
        return cls(inputs.reshape(*size, -1), labels.reshape(size), weights.reshape(size))

    def batches(self, size: int, draw: np.random.Generator) -> Iterator[tuple[Any, Any, Any]]:
        """Yield all stretches once, `size` at a time, in random order; what is left over waits for the next round."""
        order = draw.permutation(len(self.inputs))
        for low in range(0, len(order) - size + 1, size):
            rows = order[low : low + size]
            yield self.inputs[rows], self.labels[rows], self.weights[rows]
