"""The model's inputs: detectors' columns, seen on the block itself and on its neighbours.

An input is named `column` for the block's own value, `column@-2` or `column@+1` for a neighbour's, and
`column@mean8` for the mean over the eight blocks to each side. Inputs that look the same way are computed
together, as one array operation.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from boilercut.columns import Bounded
from boilercut.vocabulary import Floats, Integers, ModelError

__all__ = ["InputPlan", "Matrix", "detector_of"]

Matrix = npt.NDArray[np.float32]

STEP = 1 / 256
"""Means are taken of values rounded to this, so that their sums are whole numbers and exact."""
OUTSIDE = -1.0
"""What a neighbour beyond the page's bounds is worth."""
_INPUT = re.compile(r"(?P<column>[a-z_.0-9]+)(?:@(?:(?P<offset>[+-]\d+)|mean(?P<reach>\d+)))?")


Members: TypeAlias = dict[int, tuple[list[int], list[int]]]
"""By offset or reach: the places of the inputs that look so far, and the rows of the columns they look at."""


class InputPlan:
    """How to lay out the named inputs as a matrix: a row a block, a column an input."""

    def __init__(self, names: Sequence[str]) -> None:
        self._size = len(names)
        self._columns: dict[str, int] = {}
        self._averaged: dict[str, int] = {}
        self._offsets: Members = {}
        self._reaches: Members = {}
        for place, name in enumerate(names):
            match = _INPUT.fullmatch(name)
            if match is None:
                raise ModelError(f"{name!r} names no input; write `column`, `column@-1` or `column@mean5`")
            if match["reach"]:
                _join(self._reaches, int(match["reach"]), place, self._averaged, match["column"])
            else:
                _join(self._offsets, int(match["offset"] or 0), place, self._columns, match["column"])

    def matrix(self, columns: Mapping[str, Floats], blocks: Bounded) -> Matrix:
        """Return the inputs of all blocks. Raises `ModelError` for a column that no detector gave."""
        matrix = np.empty((self._size, len(blocks.first)), dtype=np.float32)
        values = _stacked(columns, self._columns)
        for offset, (places, rows) in self._offsets.items():
            matrix[places] = _neighbours(values.take(rows, axis=0), blocks, offset)
        sums = _whole_sums(_stacked(columns, self._averaged))
        for reach, (places, rows) in self._reaches.items():
            matrix[places] = _means(sums.take(rows, axis=0), blocks, reach)
        return matrix.T


def detector_of(name: str) -> str:
    """Return the name of the detector that an input comes from."""
    return name.partition("@")[0].partition(".")[0]


def _join(members: Members, distance: int, place: int, columns: dict[str, int], name: str) -> None:
    places, rows = members.setdefault(distance, ([], []))
    places.append(place)
    rows.append(columns.setdefault(name, len(columns)))


def _stacked(columns: Mapping[str, Floats], names: Collection[str]) -> Floats:
    if not names:
        return np.zeros((0, 0))
    try:
        return np.concatenate([columns[name] for name in names]).reshape(len(names), -1)
    except KeyError as error:
        raise ModelError(
            f"the model asks for {error.args[0]!r}, which no detector gives; use the detectors it was trained with"
        ) from None


def _neighbours(values: Floats, blocks: Bounded, offset: int) -> Floats:
    if offset == 0:
        return values
    source = np.arange(values.shape[1]) + offset
    inside = (source >= blocks.first) & (source < blocks.end)
    return np.where(inside, values.take(np.where(inside, source, 0), axis=1), OUTSIDE)


def _whole_sums(values: Floats) -> Integers:
    """Return each row's sums of its first 0, 1, 2, … values, in `STEP`s."""
    sums = np.zeros((len(values), values.shape[-1] + 1), dtype=np.int64)
    np.cumsum(np.rint(values / STEP).astype(np.int64), axis=-1, out=sums[:, 1:])
    return sums


def _means(sums: Integers, blocks: Bounded, reach: int) -> Floats:
    here = np.arange(len(blocks.first))
    first, end = np.maximum(here - reach, blocks.first), np.minimum(here + reach + 1, blocks.end)
    return (sums.take(end, axis=1) - sums.take(first, axis=1)) * STEP / (end - first)
