"""Topic: how much a block shares with the page's core vocabulary and with its title."""

from __future__ import annotations

import numpy as np

from boilercut.columns import group_numbers, share
from boilercut.detectors.contract import Column, detector
from boilercut.measure import Blocks
from boilercut.native import column_kernels, kernels
from boilercut.vocabulary import Booleans, Floats, Integers
from boilercut.words import page_keys


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
    numbers, distinct = group_numbers(page_keys(tokens.hashes, blocks.pages[tokens.blocks]))
    return _shared(numbers, tokens.blocks, blocks.prose, distinct)


def _shared(words: Integers, owners: Integers, prose: Booleans, distinct: int) -> Integers:
    """Count in each block the words that prose elsewhere says."""
    if kernels:
        counts = np.zeros(len(prose), dtype=np.int64)
        totals, own = np.zeros((2, distinct), dtype=np.int64)
        kernels.count_shared(words, owners, prose.view(np.uint8), totals, own, counts)
        return counts
    core = np.flatnonzero(prose[owners])
    elsewhere = np.bincount(words[core], minlength=distinct)[words]
    numbers, size = group_numbers((words[core] * len(prose) + owners[core]).astype(np.uint64))
    elsewhere[core] -= np.bincount(numbers, minlength=size)[numbers]  # what the block says itself
    return np.bincount(owners[elsewhere > 0], minlength=len(prose))
