"""Topic: how much a block shares with the page's core vocabulary and with its title."""

from __future__ import annotations

import numpy as np

from boilercut.columns import group_numbers, share
from boilercut.detectors.contract import Column, detector
from boilercut.measure import Blocks
from boilercut.native import kernels
from boilercut.vocabulary import Booleans, Integers, Tokens
from boilercut.words import Hashes

_PAGE_SALT = np.uint64(0x9E3779B97F4A7C15)


@detector("topic")
def topic(blocks: Blocks) -> dict[str, Column]:
    """Words shared with the page's prose and title: a title about something else is a teaser."""
    tokens = blocks.tokens
    title = blocks.title_tokens
    keys = np.concatenate([_keys(title, title.blocks), _keys(tokens, blocks.pages[tokens.blocks])])
    numbers, distinct = group_numbers(keys)
    titled = np.zeros(distinct, dtype=np.bool_)
    titled[numbers[: len(title.hashes)]] = True
    in_core, in_title = _shared(numbers[len(title.hashes) :], tokens.blocks, blocks.prose, titled)
    weight = blocks.facts.words
    title_sizes = np.bincount(title.blocks, minlength=int(blocks.pages.max(initial=0)) + 1)
    return {
        "core_share": share(in_core, weight),
        "title_share": share(in_title, weight),
        "title_covered": np.minimum(share(in_title, title_sizes[blocks.pages]), 3.0),
    }


def _shared(words: Integers, owners: Integers, prose: Booleans, titled: Booleans) -> tuple[Integers, Integers]:
    """Count in each block the words that prose elsewhere says, and the words of the title."""
    if kernels:
        counts = np.zeros((2, len(prose)), dtype=np.int64)
        totals, own = np.zeros((2, len(titled)), dtype=np.int64)
        kernels.count_shared(words, owners, prose.view(np.uint8), titled.view(np.uint8), totals, own, counts)
        return counts[0], counts[1]
    core = np.flatnonzero(prose[owners])
    elsewhere = np.bincount(words[core], minlength=len(titled))[words]
    numbers, size = group_numbers((words[core] * len(prose) + owners[core]).astype(np.uint64))
    elsewhere[core] -= np.bincount(numbers, minlength=size)[numbers]  # what the block says itself
    return (
        np.bincount(owners[elsewhere > 0], minlength=len(prose)),
        np.bincount(owners[titled[words]], minlength=len(prose)),
    )


def _keys(tokens: Tokens, pages: Integers) -> Hashes:
    return tokens.hashes ^ (pages.astype(np.uint64) * _PAGE_SALT)
