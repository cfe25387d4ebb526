"""Words that prose elsewhere on the page says."""

from __future__ import annotations

from typing import Any

import numpy as np

from boilercut.columns import group_numbers, slots_for
from boilercut.vocabulary import Booleans, Integers, Tokens
from boilercut.words import page_keys

FIRST_DISTINCT = (1 << 11) - 1
"""More distinct words than most pages have."""


def core_counts(blocks: Any) -> Integers:
    """Count in each block the words that prose elsewhere on its page says."""
    from boilercut._native import kernels

    tokens: Tokens = blocks.tokens
    if kernels:
        return _counted_by_kernel(kernels, tokens, blocks.table)
    numbers, distinct = group_numbers(page_keys(tokens.hashes, blocks.pages[tokens.blocks]))
    return _shared(numbers, tokens.blocks, blocks.prose, distinct)


def _counted_by_kernel(kernels: Any, tokens: Tokens, table: Integers) -> Integers:
    distinct, done = FIRST_DISTINCT, False
    places = np.empty(len(tokens.hashes), dtype=np.int64)
    while not done:  # too many distinct words for the slots: more slots
        slots, used = slots_for(distinct)
        counts, said = np.zeros(table.shape[1], dtype=np.int64), np.empty((2, len(slots)), dtype=np.int64)
        done = kernels.count_core(*tokens, table, slots, used, said, places, counts)
        distinct *= 8
    return counts


def _shared(words: Integers, owners: Integers, prose: Booleans, distinct: int) -> Integers:
    """Count in each block the words that prose elsewhere says."""
    core = np.flatnonzero(prose[owners])
    elsewhere = np.bincount(words[core], minlength=distinct)[words]
    numbers, size = group_numbers((words[core] * len(prose) + owners[core]).astype(np.uint64))
    elsewhere[core] -= np.bincount(numbers, minlength=size)[numbers]  # what the block says itself
    return np.bincount(owners[elsewhere > 0], minlength=len(prose))
