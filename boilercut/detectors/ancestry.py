"""Facts that run down the tree: combine a value over all ancestors of every element at once.

Pointer doubling: each step looks twice as far up, so a path of n elements takes log2(n) steps.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from boilercut.vocabulary import Booleans, ElementTable, Integers

__all__ = ["along_path", "containers", "nearest"]

Value = TypeVar("Value", bound=np.generic)


def along_path(
    table: ElementTable, values: npt.NDArray[Value], combine: np.ufunc, identity: float
) -> npt.NDArray[Value]:
    """Combine `values` over each element and all its ancestors; `identity` is the value of nothing."""
    size = len(values)
    nowhere = values.dtype.type(identity)
    combined = np.append(values, nowhere)
    above = np.append(_parents_or(table, size), size)
    while (above[:-1] != size).any():
        combined = combine(combined, combined[above])
        above = above[above]
    return combined[:-1]


def nearest(table: ElementTable, wanted: Booleans) -> Integers:
    """Return for each element the nearest that is wanted, itself included; the root where there is none."""
    here = np.arange(len(wanted))
    found = np.where(wanted | (table.parents == here), here, table.parents)
    while not np.array_equal(further := found[found], found):
        found = further
    return found


def containers(table: ElementTable) -> Integers:
    """Return for each element the outermost ancestor that holds the same blocks.

    Wrappers that add nothing count as one container, however deep they nest.
    """
    parents = table.parents
    wraps = (table.first_blocks[parents] == table.first_blocks) & (table.end_blocks[parents] == table.end_blocks)
    return nearest(table, ~wraps)


def _parents_or(table: ElementTable, nowhere: int) -> Integers:
    here = np.arange(len(table.parents))
    return np.where(table.parents == here, nowhere, table.parents)
