"""Topic: how much a block shares with the page's core vocabulary and with its title."""

from __future__ import annotations

import numpy as np

from boilercut.columns import group_numbers, share
from boilercut.detectors.contract import Column, detector
from boilercut.measure import Blocks
from boilercut.native import kernels
from boilercut.vocabulary import Booleans, Integers
from boilercut.words import page_keys


@detector("topic")
def topic(blocks: Blocks) -> dict[str, Column]:
    """Words shared with the page's prose and title: a title about something else is a teaser."""
    tokens = blocks.tokens
    numbers, distinct = group_numbers(page_keys(tokens.hashes, blocks.pages[tokens.blocks]))
    in_core = _shared(numbers, tokens.blocks, blocks.prose, distinct)
    words = blocks.facts.words
    title_sizes = np.bincount(blocks.title_tokens.blocks, minlength=int(blocks.pages.max(initial=0)) + 1)
    return {
        "core_share": share(in_core, words),
        "title_share": share(blocks.in_title, words),
        "title_covered": np.minimum(share(blocks.in_title, title_sizes[blocks.pages]), 3.0),
    }


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
