"""Names of array types, and columns by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Integers: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Booleans: TypeAlias = npt.NDArray[np.bool_]


class Columns(Mapping[str, Any]):
    """Columns by name, each a row of one of a few matrices, so that taking all of them copies nothing."""

    __slots__ = ("tables", "places")

    def __init__(self, tables: Sequence[npt.NDArray[Any]], places: Mapping[str, tuple[int, int]]) -> None:
        self.tables = tables
        self.places = places
        """For each name the number of its matrix, and its row there."""

    @classmethod
    def of(cls, columns: Mapping[str, npt.NDArray[Any]]) -> Columns:
        """Return `columns` as what they are, or as the rows of one matrix."""
        if isinstance(columns, Columns):
            return columns
        return cls([np.stack(list(columns.values()))], {name: (0, row) for row, name in enumerate(columns)})

    def part(self, low: int, high: int) -> Columns:
        """Return the columns of the blocks `low` to `high`, the last not included."""
        return Columns([table[:, low:high] for table in self.tables], self.places)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        table, row = self.places[name]
        return self.tables[table][row]

    def __contains__(self, name: object) -> bool:
        return name in self.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)
