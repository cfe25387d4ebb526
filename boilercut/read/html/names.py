"""Facts about names of tags and attributes, as hash tables that kernels look them up in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from boilercut.arrays import Integers
from boilercut.blocks.words import Hashes

__all__ = ["NameTable", "flags_by_name", "name_table"]

SLOTS = 1024
"""Places in a table: several for every name."""

NameTable = tuple[Hashes, Integers]
"""Hashes of names, each at the first free place from its own on, and their values."""


def flags_by_name(sets: Sequence[frozenset[str]]) -> dict[str, int]:
    """Return of each name which of `sets` hold it, as bits in their order."""
    return {
        name: sum(1 << bit for bit, members in enumerate(sets) if name in members) for name in frozenset().union(*sets)
    }


def name_table(values: Mapping[str, int], hashed_by: Callable[[bytes], int]) -> NameTable:
    """Return the table of `values` by name, as a kernel hashes it; a name that is not in it has the value 0."""
    slots, found = np.zeros(SLOTS, dtype=np.uint64), np.zeros(SLOTS, dtype=np.int64)
    for name in sorted(values):
        hashed = hashed_by(name.encode())
        slot = hashed % SLOTS
        while slots[slot]:
            slot = (slot + 1) % SLOTS
        slots[slot] = hashed
        found[slot] = values[name]
    return slots, found
