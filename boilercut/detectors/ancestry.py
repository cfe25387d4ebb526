"""Facts that run down the tree: combine a value over all ancestors of every element at once.

The table of elements knows for each its ancestor 1, 2, 4, … levels up. So a step combines twice as many
ancestors as the one before.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from boilercut.arrays import Booleans, Integers
from boilercut.blocks.table import ElementTable

__all__ = ["along_path", "containers", "nearest"]

Value = TypeVar("Value", bound=np.generic)


def along_path(
    table: ElementTable, values: npt.NDArray[Value], combine: np.ufunc, identity: int = 0
) -> npt.NDArray[Value]:
    """Combine `values` over each element and all its ancestors, in each row of a matrix.

    `combine` is associative and commutative, as a sum or a maximum is; `identity` is the value of nothing.
    """
    combined = np.full((*values.shape[:-1], values.shape[-1] + 1), identity, dtype=values.dtype)
    combined[..., :-1] = values
    for above in table.ancestors:
        combined = combine(combined, combined.take(above, axis=-1))
    return combined[..., :-1]


def nearest(table: ElementTable, wanted: Booleans) -> Integers:
    """Return for each element the nearest that is wanted, itself included; the root where there is none.

    An element stands behind its ancestors, so the nearest has the highest index.
    """
    here = np.arange(len(table.parents))
    return along_path(table, np.where(wanted | (table.parents == here), here, 0), np.maximum)


def containers(table: ElementTable) -> Integers:
    """Return for each element the outermost ancestor that holds the same blocks.

    Wrappers that add nothing count as one container, however deep they nest.
    """
    parents = table.parents
    wraps = (table.first_blocks[parents] == table.first_blocks) & (table.end_blocks[parents] == table.end_blocks)
    return nearest(table, ~wraps)
