"""Detectors whose parameters were learned: log-odds of words, and of the words in class and id attributes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from boilercut._native import chosen_kernels as kernels
from boilercut._native import sources
from boilercut.arrays import Integers
from boilercut.blocks.table import Tokens
from boilercut.blocks.words import Hashes, HashIndex, ngram_hash, text_columns
from boilercut.detectors.contract import Detector, built_in

_lexicons = sources["lexicons"]

__all__ = ["SITE_PREFIX", "Lexicon", "entry_hashes", "learned_detectors"]

SITE_PREFIX = "site_"
"""What the names of word lists learned from a user's own pages begin with."""


class Lexicon:
    """Words, or pairs of words, with their learned log-odds of being content, in hundredths."""

    __slots__ = ("_index", "_weights")

    def __init__(self, hashes: Hashes, weights: Integers) -> None:
        order = np.argsort(hashes, kind="stable")
        self._index = HashIndex(hashes)
        self._weights: Integers = weights[order]

    @property
    def keys(self) -> Hashes:
        """The hashes of all entries, sorted."""
        return self._index.keys

    @classmethod
    def of(cls, log_odds: Mapping[str, int]) -> Lexicon:
        """Make a lexicon of spelt entries: one word, or two with a space between them."""
        weights = np.fromiter(log_odds.values(), dtype=np.int64, count=len(log_odds))
        return cls(entry_hashes(list(log_odds)), weights)

    def sums(self, tokens: Tokens, size: int, pairs: bool = False) -> Integers:
        """Return total, number, lowest and highest of the weights in each of `size` blocks: four rows.

        With `pairs`, two words in a row are looked up as well.
        """
        sums = np.zeros((4, size), dtype=np.int64)
        kernels.sum_weights(*tokens, *self._index.table, self._weights, pairs, sums)
        return sums


def learned_detectors(lexicons: Mapping[str, Lexicon]) -> tuple[Detector, ...]:
    """Make the detectors of a model's lexicons: `words` and, for HTML, `class_words`; a refit adds `site_` ones."""
    loops = {"words": _lexicons.words, "class_words": _lexicons.class_words, "post_words": _lexicons.class_words}
    return tuple(
        built_in(partial(loops[name.removeprefix(SITE_PREFIX)], lexicon=lexicon), name)
        for name, lexicon in lexicons.items()
    )


def entry_hashes(entries: list[str]) -> Hashes:
    """Return the hash of each entry: of one word, or of the pair of two with a space between them."""
    columns = text_columns("\n".join(entry.replace("#", "0") for entry in entries))
    starts = np.cumsum([0] + [len(entry) + 1 for entry in entries])[:-1]
    owners = np.searchsorted(starts, columns.word_starts, side="right") - 1
    hashes = np.zeros(len(entries), dtype=np.uint64)
    first = np.ones(len(owners), dtype=np.bool_)
    first[1:] = owners[1:] != owners[:-1]
    hashes[owners[first]] = columns.hashes[first]
    second = np.flatnonzero(~first)
    hashes[owners[second]] = ngram_hash(hashes[owners[second]], columns.hashes[second])
    return hashes
