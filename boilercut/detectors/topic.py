"""Topic: how much a block shares with the page's core vocabulary and with its title."""

from __future__ import annotations

import numpy as np

from boilercut.columns import share
from boilercut.detectors.contract import Column, detector
from boilercut.measure import Blocks
from boilercut.vocabulary import Integers

_PAGE_SALT = np.uint64(0x9E3779B97F4A7C15)


@detector("topic")
def topic(blocks: Blocks) -> dict[str, Column]:
    """Words shared with the page's prose and title: a title about something else is a teaser."""
    tokens, size = blocks.tokens, len(blocks)
    keys = tokens.hashes ^ (blocks.pages[tokens.blocks].astype(np.uint64) * _PAGE_SALT)
    _, words = np.unique(keys, return_inverse=True)
    core = blocks.prose[tokens.blocks]
    core_counts = np.bincount(words[core], minlength=int(words.max(initial=-1)) + 1)
    elsewhere = core_counts[words] - _own_counts(words, tokens.blocks, core, size) > 0
    titled = np.isin(keys, _title_keys(blocks))
    weight = blocks.facts.words
    in_title = np.bincount(tokens.blocks[titled], minlength=size)
    title_sizes = np.bincount(blocks.title_tokens.blocks, minlength=int(blocks.pages.max(initial=0)) + 1)
    return {
        "core_share": share(np.bincount(tokens.blocks[elsewhere], minlength=size), weight),
        "title_share": share(in_title, weight),
        "title_covered": np.minimum(share(in_title, title_sizes[blocks.pages]), 3.0),
    }


def _own_counts(words: Integers, owners: Integers, core: np.ndarray, size: int) -> Integers:
    """Return for each token how often its own block says the word, where the block is part of the core."""
    _, inverse, counts = np.unique(words * max(size, 1) + owners, return_inverse=True, return_counts=True)
    return np.where(core, counts[inverse], 0)


def _title_keys(blocks: Blocks) -> np.ndarray:
    title = blocks.title_tokens
    return title.hashes ^ (title.blocks.astype(np.uint64) * _PAGE_SALT)
