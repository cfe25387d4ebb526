"""Column arithmetic that respects the bounds of stacked pages.

Everything here is exact on whole numbers, so that a page gives the same columns alone and in any stack.
"""

from __future__ import annotations

import os
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from boilercut._native import chosen_kernels as kernels
from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.words import group_numbers

__all__ = [
    "group_numbers", "in_ranges", "latest", "numbered", "page_first", "page_last", "page_next", "page_total",
    "prefix_sum", "range_sum", "run_lengths", "run_numbers", "share", "shifted", "slots_for", "sum_after",
    "sum_before", "window_sum",
]  # fmt: skip

NOWHERE = 1_000_000
"""A distance no page has."""
SEED = int.from_bytes(os.urandom(8), "little")
"""Of the hash tables, another in each process: nobody can write words that share a slot."""

Value = TypeVar("Value", bound=np.generic)


class Bounded(Protocol):
    """Anything that knows for each block where its page begins and ends."""

    @property
    def first(self) -> Integers: ...
    @property
    def end(self) -> Integers: ...


def share(part: npt.NDArray[np.generic], whole: npt.NDArray[np.generic]) -> Floats:
    """Return `part / whole`, and 0 where there is no whole."""
    return np.true_divide(part, np.maximum(whole, 1))


def prefix_sum(values: npt.NDArray[np.generic]) -> Integers:
    """Return the sums of the first 0, 1, 2, … values, in each row if there are several; whole numbers only."""
    sums = np.zeros((*values.shape[:-1], values.shape[-1] + 1), dtype=np.int64)
    np.cumsum(values, axis=-1, out=sums[..., 1:])
    return sums


def range_sum(values: npt.NDArray[np.generic], first: Integers, end: Integers) -> Integers:
    """Sum whole-number `values` over each range of blocks; of a matrix, in each row."""
    rows = np.atleast_2d(np.ascontiguousarray(values, dtype=np.int64))
    found = np.empty((len(rows), len(first)), dtype=np.int64)
    # NumPy 1 counts in 32 bits on Windows.
    first, end = np.asarray(first, dtype=np.int64), np.asarray(end, dtype=np.int64)
    kernels.sum_ranges(rows, first, end, np.empty(rows.shape[1] + 1, dtype=np.int64), found)
    return found.reshape(*values.shape[:-1], len(first))


def in_ranges(first: Integers, end: Integers, size: int) -> Booleans:
    """Mark those of `size` blocks that stand in at least one range, `first` to `end`, the last not included.

    >>> in_ranges(np.array([1, 2]), np.array([2, 4]), 5).tolist()
    [False, True, True, True, False]
    """
    steps = np.bincount(first, minlength=size + 1) - np.bincount(end, minlength=size + 1)
    return np.asarray(np.cumsum(steps[:-1]) > 0)


def page_total(blocks: Bounded, values: npt.NDArray[np.generic]) -> Integers:
    """Sum whole-number `values` over each block's page."""
    return range_sum(values, blocks.first, blocks.end)


def sum_before(blocks: Bounded, values: npt.NDArray[np.generic]) -> Integers:
    """Sum whole-number `values` over the blocks before each block."""
    return range_sum(values, blocks.first, np.arange(len(values)))


def sum_after(blocks: Bounded, values: npt.NDArray[np.generic]) -> Integers:
    """Sum whole-number `values` over the blocks after each block."""
    return range_sum(values, np.arange(len(values)) + 1, blocks.end)


def window_sum(blocks: Bounded, values: npt.NDArray[np.generic], reach: int) -> tuple[Integers, Integers]:
    """Sum whole-number `values` over `reach` blocks to each side; also return how many blocks that is."""
    here = np.arange(values.shape[-1])
    first = np.maximum(here - reach, blocks.first)
    end = np.minimum(here + reach + 1, blocks.end)
    return range_sum(values, first, end), end - first


def shifted(blocks: Bounded, values: npt.NDArray[Value], offset: int, fill: float) -> npt.NDArray[Value]:
    """Return each block's value `offset` blocks further on, and `fill` beyond the page."""
    source = np.arange(len(values)) + offset
    inside = (source >= blocks.first) & (source < blocks.end)
    return np.where(inside, values[np.where(inside, source, 0)], values.dtype.type(fill))


def slots_for(size: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint8]]:
    """Return an empty hash table for up to `size` distinct keys: the slots' keys, and which slots are used.

    The number of slots is a power of two, at least twice `size`. Behind their keys stands `SEED`, see `slot_of` in
    `_shared.pxd`. Kernels only add up what belongs to one key, so no answer depends on the order of the slots.
    """
    slots = 1 << (2 * size).bit_length()
    keys = np.empty(slots + 1, dtype=np.uint64)
    keys[slots] = SEED
    return keys, np.zeros(slots, dtype=np.uint8)


def numbered(keys: list[str], numbers: dict[str, int], growing: bool = False) -> Integers:
    """Return the number of each key; if `growing`, new keys are numbered on, otherwise they are number 0."""
    found = np.empty(len(keys), dtype=np.int64)
    kernels.number_all(keys, numbers, found, growing)
    return found


def run_numbers(blocks: Bounded, member: Booleans) -> Integers:
    """Number the runs of members and of others, from 0; a run ends with its page."""
    begins = np.ones(len(member), dtype=np.bool_)
    begins[1:] = (member[1:] != member[:-1]) | (blocks.first[1:] != blocks.first[:-1])
    return np.cumsum(begins) - 1


def run_lengths(blocks: Bounded, member: Booleans) -> Integers:
    """Return for each member the length of the run of members it stands in, and 0 for the rest."""
    numbers = run_numbers(blocks, member)
    return np.where(member, np.bincount(numbers)[numbers], 0)


def page_first(blocks: Bounded, member: Booleans) -> Integers:
    """Return the position of the first member on each block's page, or the page's end."""
    positions = np.append(np.flatnonzero(member), len(member))
    found = positions[np.searchsorted(positions, blocks.first)]
    return np.minimum(found, blocks.end)


def page_last(blocks: Bounded, member: Booleans) -> Integers:
    """Return the position of the last member on each block's page, or one before the page's first block."""
    positions = np.insert(np.flatnonzero(member), 0, -1)
    found = positions[np.searchsorted(positions, blocks.end) - 1]
    return np.maximum(found, blocks.first - 1)


def page_next(blocks: Bounded, member: Booleans) -> Integers:
    """Return the position of the next member behind each block, or the page's end."""
    size = len(member)
    here = np.arange(size)
    upcoming = np.append(np.minimum.accumulate(np.where(member, here, size)[::-1])[::-1], size)
    return np.minimum(upcoming[1:], blocks.end)


def latest(blocks: Bounded, member: Booleans) -> Integers:
    """Return the position of the last member at or before each block, far before the page where there is none."""
    here = np.arange(len(member))
    found = np.maximum.accumulate(np.where(member, here, -1))
    return np.where(found >= blocks.first, found, blocks.first - NOWHERE)
