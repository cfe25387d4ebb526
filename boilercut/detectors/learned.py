"""Detectors whose parameters were learned: log-odds of words, and of the words in class and id attributes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from boilercut.blocks import Blocks
from boilercut.columns import share
from boilercut.detectors.ancestry import along_path
from boilercut.detectors.contract import Column, Detector
from boilercut.native import column_kernels, kernels
from boilercut.vocabulary import Floats, Integers, Tokens
from boilercut.words import Hashes, HashIndex, ngram_hash, text_columns

__all__ = ["SITE", "Lexicon", "entry_hashes", "learned_detectors"]

MAX_SUM = 3000
"""Sums of log-odds, in hundredths, beyond which more words say nothing new."""
MAX_PATH_SUM = 6000
SITE = "site_"
"""What the names of word lists learned from a user's own pages begin with."""
NEAREST = 6
"""So many elements from the block upwards have their class words added up."""


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
        if kernels:
            kernels.sum_weights(*tokens, *self._index.table, self._weights, pairs, sums)
            return sums
        owners, weights = self._found(tokens, pairs)
        sums[0] = np.bincount(owners, weights=weights, minlength=size)
        sums[1] = np.bincount(owners, minlength=size)
        np.minimum.at(sums[2], owners, weights)
        np.maximum.at(sums[3], owners, weights)
        return sums

    def _found(self, tokens: Tokens, pairs: bool) -> tuple[Integers, Integers]:
        """Return block and weight of every word, and every pair of words, that is known."""
        hashes, blocks = tokens
        positions, rows = self._index.find(hashes)
        if not pairs:
            return blocks[positions], self._weights[rows]
        pair_positions, pair_rows = self._index.find(ngram_hash(hashes[:-1], hashes[1:]))
        inside = blocks[pair_positions] == blocks[pair_positions + 1]
        positions = np.concatenate([positions, pair_positions[inside]])
        return blocks[positions], self._weights[np.concatenate([rows, pair_rows[inside]])]


def learned_detectors(lexicons: Mapping[str, Lexicon]) -> tuple[Detector, ...]:
    """Make the detectors of a model's lexicons: `words` and, for HTML, `class_words`; a refit adds `site_` ones."""
    makers = {"words": _word_detector, "class_words": _class_word_detector, "post_words": _class_word_detector}
    return tuple(makers[name.removeprefix(SITE)](name, lexicon) for name, lexicon in lexicons.items())


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


def _word_detector(name: str, lexicon: Lexicon) -> Detector:
    """Make the detector of the learned words: sum, mean, lowest and highest log-odds in each block."""

    def words(blocks: Blocks) -> dict[str, Column]:
        return _summary(lexicon.sums(blocks.tokens, len(blocks), pairs=True))

    def fill(blocks: Blocks, columns: Floats) -> None:
        column_kernels.word_sums(lexicon.sums(blocks.tokens, len(blocks), pairs=True), MAX_SUM, columns)

    return Detector(name, words, fill=fill)


def _summary(sums: Integers) -> dict[str, Column]:
    total, number, low, high = sums
    return {"sum": np.clip(total, -MAX_SUM, MAX_SUM), "mean": share(total, number), "lowest": low, "highest": high}


def _class_word_detector(name: str, lexicon: Lexicon) -> Detector:
    """Make the detector of the learned class and id words, near the block and along its whole path."""

    def class_words(blocks: Blocks) -> dict[str, Column]:
        table = blocks.elements
        if table is None:
            return {}
        total, _, low, high = lexicon.sums(table.name_tokens, len(table.unique_names))
        own = np.stack([np.clip(total, -MAX_SUM, MAX_SUM), low, high]).take(table.names, axis=1)
        own_sum, own_low, own_high = own
        leaf = blocks.block_elements
        total, low, high = _near(table.parents, leaf, own)
        return {
            "own": own_sum[leaf],
            "near": np.clip(total, -MAX_SUM, MAX_SUM),
            "near_lowest": low,
            "near_highest": high,
            "path": np.clip(along_path(table, own_sum, np.add)[leaf], -MAX_PATH_SUM, MAX_PATH_SUM),
            "path_lowest": along_path(table, own_low, np.minimum)[leaf],
            "path_highest": along_path(table, own_high, np.maximum)[leaf],
        }

    def fill(blocks: Blocks, columns: Floats) -> None:
        table = blocks.elements
        if table is None:
            return
        sums = lexicon.sums(table.name_tokens, len(table.unique_names))
        room = np.empty((3, table.table.shape[1]), dtype=np.int64)
        limits = (MAX_SUM, MAX_PATH_SUM, NEAREST)
        column_kernels.class_words(blocks.table, table.table, blocks.block_elements, sums, *limits, room, columns)

    return Detector(name, class_words, fill=fill)


def _near(parents: Integers, leaf: Integers, own: Integers) -> Integers:
    """Return sum, lowest and highest of `own` over each leaf and the elements right above it: three rows."""
    total, low, high = own[:, leaf]
    for _ in range(NEAREST - 1):
        above = parents[leaf]
        moved, leaf = above != leaf, above
        total = total + np.where(moved, own[0, leaf], 0)
        low, high = np.minimum(low, own[1, leaf]), np.maximum(high, own[2, leaf])
    return np.stack([total, low, high])
