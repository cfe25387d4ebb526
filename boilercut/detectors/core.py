"""Words that prose elsewhere on the page says."""

from __future__ import annotations

import numpy as np

from boilercut._native import chosen_kernels as kernels
from boilercut.arrays import Integers
from boilercut.blocks.arithmetic import slots_for
from boilercut.blocks.table import Blocks

FIRST_DISTINCT = (1 << 11) - 1
"""More distinct words than most pages have."""


def core_counts(blocks: Blocks) -> Integers:
    """Count in each block the words that prose elsewhere on its page says."""
    tokens, table = blocks.tokens, blocks.table
    distinct, done = FIRST_DISTINCT, False
    places = np.empty(len(tokens.hashes), dtype=np.int64)
    while not done:  # too many distinct words for the slots: more slots
        slots, used = slots_for(distinct)
        counts, said = np.zeros(table.shape[1], dtype=np.int64), np.empty((2, len(slots)), dtype=np.int64)
        done = kernels.count_core(*tokens, table, slots, used, said, places, counts)
        distinct *= 8
    return counts
