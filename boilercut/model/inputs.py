"""The model's inputs: detectors' columns, seen on the block itself and on its neighbours.

An input is named `column` for the block's own value, `column@-2` or `column@+1` for a neighbour's, and
`column@mean8` for the mean over the eight blocks to each side. Inputs that look the same way are computed
together, as one array operation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from boilercut._native import chosen_kernels as kernels
from boilercut.arrays import Columns, Floats, Integers
from boilercut.blocks.arithmetic import Bounded
from boilercut.errors import ModelError

__all__ = ["InputPlan", "Matrix", "detector_of"]

Matrix = npt.NDArray[np.float32]

STEP = 1 / 256
"""Means are taken of values rounded to this, so that their sums are whole numbers and exact."""
OUTSIDE = -1.0
"""What a neighbour beyond the page's bounds is worth."""
MAX_REACH = 1000
"""Blocks away that an input may look."""
_INPUT = re.compile(r"(?P<column>[a-z_.0-9]+)(?:@(?:(?P<offset>[+-]\d+)|mean(?P<reach>\d+)))?")


class InputPlan:
    """How to lay out the named inputs as a matrix: one row per block, one column per input."""

    def __init__(self, names: Sequence[str]) -> None:
        self._columns: dict[str, int] = {}
        ways = [self._way(name) for name in names]
        self._rows, self._reaches, self._offsets = np.array(ways, dtype=np.int64).reshape(-1, 3).T.copy()
        self._last: tuple[Mapping[str, tuple[int, int]], Sequence[tuple[int, Integers]], Integers] = {}, [], self._rows
        """Where columns stood the last time, and what `_places` returned: the same detectors give the same ones.

        Threads share it: it is always replaced whole.
        """

    @property
    def reach(self) -> int:
        """How many blocks away the inputs look at most."""
        return int(max(self._reaches.max(initial=0), np.abs(self._offsets).max(initial=0)))

    def _way(self, name: str) -> tuple[int, int, int]:
        """Return the row of the input's column, and the reach of its mean (-1 for none) or its offset."""
        match = _INPUT.fullmatch(name)
        if match is None:
            raise ModelError(f"{name!r} names no input; write `column`, `column@-1` or `column@mean5`")
        reach, offset = int(match["reach"] or -1), int(match["offset"] or 0)
        if max(reach, abs(offset)) > MAX_REACH:
            raise ModelError(f"{name!r} looks further than {MAX_REACH} blocks")
        return self._columns.setdefault(match["column"], len(self._columns)), reach, offset

    def matrix(self, columns: Mapping[str, Floats], blocks: Bounded) -> Matrix:
        """Return the inputs of all blocks. Raises `ModelError` for a column that no detector gave."""
        matrix = np.empty((len(self._rows), len(blocks.first)), dtype=np.float32)
        if not len(self._rows):
            return matrix.T
        values, rows = self._values(Columns.of(columns))
        scratch = np.empty(len(blocks.first) + 1, dtype=np.int64)
        ways = (rows, self._reaches, self._offsets)
        kernels.fill_inputs(values, *ways, blocks.first, blocks.end, OUTSIDE, STEP, scratch, matrix)
        return matrix.T

    def _values(self, columns: Columns) -> tuple[Floats, Integers]:
        """Return a matrix that has the columns of all inputs, and the row of each input's."""
        last, parts, rows = self._last
        if last is not columns.places:
            parts, rows = self._places(columns)
            self._last = columns.places, parts, rows
        if len(parts) == 1:
            return columns.tables[parts[0][0]], rows
        return np.concatenate([columns.tables[table].take(own, axis=0) for table, own in parts]), rows

    def _places(self, columns: Columns) -> tuple[Sequence[tuple[int, Integers]], Integers]:
        """Return the matrices that have columns of inputs, each with the rows of those, and the row of each input's.

        Where there is one such matrix, rows are counted there, else in those rows one after the other. Raises
        `ModelError` for a column that is missing.
        """
        try:
            places = [columns.places[name] for name in self._columns]
        except KeyError as error:
            raise ModelError(
                f"the model asks for {error.args[0]!r}, which no detector gives; use the detectors it was trained with"
            ) from None
        tables, rows = np.array(places, dtype=np.int64).reshape(-1, 2).T
        used = np.unique(tables).tolist()
        parts = [(table, rows[tables == table]) for table in used]
        if len(used) > 1:
            rows = np.argsort(np.argsort(tables, kind="stable"), kind="stable")
        return parts, rows[self._rows]


def detector_of(name: str) -> str:
    """Return the name of the detector that an input comes from."""
    return name.partition("@")[0].partition(".")[0]
