"""The model's inputs: detectors' columns, seen on the block itself and on its neighbours.

An input is named `column` for the block's own value, `column@-2` or `column@+1` for a neighbour's, and
`column@mean8` for the mean over the eight blocks to each side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from boilercut.columns import Bounded, shifted, window_sum
from boilercut.vocabulary import Floats, ModelError

__all__ = ["Matrix", "detector_of", "input_matrix"]

Matrix = npt.NDArray[np.float32]

STEP = 1 / 256
"""Means are taken of values rounded to this, so that their sums are whole numbers and exact."""
OUTSIDE = -1.0
"""What a neighbour beyond the page's bounds is worth."""
_INPUT = re.compile(r"(?P<column>[a-z_.0-9]+)(?:@(?:(?P<offset>[+-]\d+)|mean(?P<reach>\d+)))?")


def input_matrix(columns: Mapping[str, Floats], blocks: Bounded, names: Sequence[str]) -> Matrix:
    """Return the named inputs, one row a block, one column an input."""
    matrix = np.empty((len(blocks.first), len(names)), dtype=np.float32, order="F")
    for index, name in enumerate(names):
        matrix[:, index] = _input(columns, blocks, name)
    return matrix


def detector_of(name: str) -> str:
    """Return the name of the detector that an input comes from."""
    return name.partition("@")[0].partition(".")[0]


def _input(columns: Mapping[str, Floats], blocks: Bounded, name: str) -> Floats:
    match = _INPUT.fullmatch(name)
    if match is None or match["column"] not in columns:
        raise ModelError(f"the model asks for {name!r}, which no detector gives; use the detectors it was trained with")
    values = columns[match["column"]]
    if match["offset"]:
        return shifted(blocks, values, int(match["offset"]), OUTSIDE)
    if match["reach"]:
        whole = np.rint(values / STEP).astype(np.int64)
        total, size = window_sum(blocks, whole, int(match["reach"]))
        return total * STEP / size
    return values
