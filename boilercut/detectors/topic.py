"""Topic: how much a block shares with the page's core vocabulary and with its title."""

from __future__ import annotations

import numpy as np

from boilercut.blocks import Blocks
from boilercut.columns import group_numbers, share, slots_for
from boilercut.detectors.contract import Column, detector
from boilercut.native import column_kernels, kernels
from boilercut.vocabulary import Booleans, Floats, Integers, Tokens
from boilercut.words import page_keys

FIRST_DISTINCT = (1 << 11) - 1
"""More distinct words than most pages have."""
MAX_COVERED = 3.0
"""A short title's words may stand often in one block."""


def _fill(blocks: Blocks, columns: Floats) -> None:
    column_kernels.topic(blocks.table, _in_core(blocks), MAX_COVERED, columns)


@detector("topic", fill=_fill)
def topic(blocks: Blocks) -> dict[str, Column]:
    """Words shared with the page's prose and title: a title about something else is a teaser."""
    words = blocks.facts.words
    return {
        "core_share": share(_in_core(blocks), words),
        "title_share": share(blocks.in_title, words),
        "title_covered": np.minimum(share(blocks.in_title, blocks.title_words), MAX_COVERED),
    }


def _in_core(blocks: Blocks) -> Integers:
    """Count in each block the words that prose elsewhere on its page says."""
    tokens = blocks.tokens
    if kernels:
        return _counted_by_kernel(tokens, blocks.table)
    numbers, distinct = group_numbers(page_keys(tokens.hashes, blocks.pages[tokens.blocks]))
    return _shared(numbers, tokens.blocks, blocks.prose, distinct)


def _counted_by_kernel(tokens: Tokens, table: Integers) -> Integers:
    distinct, done = FIRST_DISTINCT, False
    places = np.empty(len(tokens.hashes), dtype=np.int64)
    while not done:  # too many distinct words for the room: more room
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
