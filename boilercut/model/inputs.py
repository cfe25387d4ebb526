"""The model's inputs: detectors' columns, seen on the block itself and on its neighbours.

An input is named `column` for the block's own value, `column@-2` or `column@+1` for a neighbour's, and
`column@mean8` for the mean over the eight blocks to each side. Inputs that look the same way are computed
together, as one array operation.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from boilercut.columns import Bounded
from boilercut.vocabulary import Floats, ModelError

__all__ = ["InputPlan", "Matrix", "detector_of"]

Matrix = npt.NDArray[np.float32]

STEP = 1 / 256
"""Means are taken of values rounded to this, so that their sums are whole numbers and exact."""
OUTSIDE = -1.0
"""What a neighbour beyond the page's bounds is worth."""
_INPUT = re.compile(r"(?P<column>[a-z_.0-9]+)(?:@(?:(?P<offset>[+-]\d+)|mean(?P<reach>\d+)))?")


class InputPlan:
    """How to lay out the named inputs as a matrix: a row a block, a column an input."""

    def __init__(self, names: Sequence[str]) -> None:
        self._size = len(names)
        self._offsets: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self._reaches: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for place, name in enumerate(names):
            match = _INPUT.fullmatch(name)
            if match is None:
                raise ModelError(f"{name!r} names no input; write `column`, `column@-1` or `column@mean5`")
            if match["reach"]:
                self._reaches[int(match["reach"])].append((place, match["column"]))
            else:
                self._offsets[int(match["offset"] or 0)].append((place, match["column"]))

    def matrix(self, columns: Mapping[str, Floats], blocks: Bounded) -> Matrix:
        """Return the inputs of all blocks. Raises `ModelError` for a column that no detector gave."""
        matrix = np.empty((self._size, len(blocks.first)), dtype=np.float32)
        for offset, members in self._offsets.items():
            matrix[[place for place, _ in members]] = _neighbours(_stacked(columns, members), blocks, offset)
        for reach, members in self._reaches.items():
            matrix[[place for place, _ in members]] = _means(_stacked(columns, members), blocks, reach)
        return matrix.T


def detector_of(name: str) -> str:
    """Return the name of the detector that an input comes from."""
    return name.partition("@")[0].partition(".")[0]


def _stacked(columns: Mapping[str, Floats], members: Sequence[tuple[int, str]]) -> Floats:
    try:
        return np.stack([columns[name] for _, name in members])
    except KeyError as error:
        raise ModelError(
            f"the model asks for {error.args[0]!r}, which no detector gives; use the detectors it was trained with"
        ) from None


def _neighbours(values: Floats, blocks: Bounded, offset: int) -> Floats:
    if offset == 0:
        return values
    source = np.arange(values.shape[1]) + offset
    inside = (source >= blocks.first) & (source < blocks.end)
    return np.where(inside, values[:, np.where(inside, source, 0)], OUTSIDE)


def _means(values: Floats, blocks: Bounded, reach: int) -> Floats:
    here = np.arange(values.shape[1])
    first, end = np.maximum(here - reach, blocks.first), np.minimum(here + reach + 1, blocks.end)
    sums = np.zeros((values.shape[0], values.shape[1] + 1), dtype=np.int64)
    np.cumsum(np.rint(values / STEP).astype(np.int64), axis=1, out=sums[:, 1:])
    return (sums[:, end] - sums[:, first]) * STEP / (end - first)
