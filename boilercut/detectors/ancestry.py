"""Facts that run down the tree of elements."""

from __future__ import annotations

import numpy as np

from boilercut.arrays import Booleans, Integers
from boilercut.blocks.table import ElementTable

__all__ = ["nearest"]


def nearest(table: ElementTable, wanted: Booleans) -> Integers:
    """Return for each element the nearest that is wanted, itself included; the root where there is none.

    An element stands behind its ancestors, so the nearest has the highest index. Each step looks twice as far up.
    """
    here = np.arange(len(table.parents))
    found = np.append(np.where(wanted | (table.parents == here), here, 0), 0)
    for above in table.ancestors:
        found = np.maximum(found, found.take(above))
    return found[:-1]
