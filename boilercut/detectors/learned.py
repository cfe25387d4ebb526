"""Detectors whose parameters were learned: log-odds of words, and of the words in class and id attributes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from boilercut.columns import share
from boilercut.detectors.ancestry import along_path
from boilercut.detectors.contract import Column, Detector
from boilercut.measure import Blocks
from boilercut.vocabulary import Integers
from boilercut.words import Hashes, HashIndex, ngram_hash, text_columns

__all__ = ["Lexicon", "learned_detectors"]

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
        return cls(_entry_hashes(list(log_odds)), weights)

    def find(self, hashes: Hashes) -> tuple[Integers, Integers]:
        """Return the positions of known hashes, and their weights."""
        positions, rows = self._index.find(hashes)
        return positions, self._weights[rows]


def learned_detectors(lexicons: Mapping[str, Lexicon]) -> tuple[Detector, ...]:
    """Make the detectors of a model's lexicons, `words` and, for HTML, `class_words`."""
    makers = {"words": _word_detector, "class_words": _class_word_detector}
    return tuple(makers[name](lexicon) for name, lexicon in lexicons.items())


def _entry_hashes(entries: list[str]) -> Hashes:
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


def _word_detector(lexicon: Lexicon) -> Detector:
    """Make the detector of the learned words: sum, mean, lowest and highest log-odds in each block."""

    def words(blocks: Blocks) -> dict[str, Column]:
        positions, weights = lexicon.find(blocks.tokens.hashes)
        owners = blocks.tokens.blocks[positions]
        pair_owners, pair_weights = _pairs(blocks, lexicon)
        return _summary(np.concatenate([owners, pair_owners]), np.concatenate([weights, pair_weights]), len(blocks))

    return Detector("words", words)


def _pairs(blocks: Blocks, lexicon: Lexicon) -> tuple[Integers, Integers]:
    hashes, owners = blocks.tokens
    pairs = ngram_hash(hashes[:-1], hashes[1:])
    positions, weights = lexicon.find(pairs)
    inside = owners[positions] == owners[positions + 1]
    return owners[positions[inside]], weights[inside]


def _summary(owners: Integers, weights: Integers, size: int) -> dict[str, Column]:
    total = np.bincount(owners, weights=weights, minlength=size).astype(np.int64)
    low, high = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    np.minimum.at(low, owners, weights)
    np.maximum.at(high, owners, weights)
    return {
        "sum": np.clip(total, -3000, 3000),
        "mean": share(total, np.bincount(owners, minlength=size)),
        "lowest": low,
        "highest": high,
    }


def _class_word_detector(lexicon: Lexicon) -> Detector:
    """Make the detector of the learned class and id words, near the block and along its whole path."""

    def class_words(blocks: Blocks) -> dict[str, Column]:
        table = blocks.elements
        if table is None:
            return {}
        positions, weights = lexicon.find(table.name_tokens.hashes)
        names = _summary(table.name_tokens.blocks[positions], weights, len(table.unique_names))
        own_sum, own_low, own_high = (np.asarray(names[key])[table.names] for key in ("sum", "lowest", "highest"))
        element = blocks.block_elements
        total, low, high = (own[element] for own in (own_sum, own_low, own_high))
        for _ in range(NEAREST - 1):
            above = table.parents[element]
            moved = above != element
            element = above
            total = total + np.where(moved, own_sum[element], 0)
            low, high = np.minimum(low, own_low[element]), np.maximum(high, own_high[element])
        leaf = blocks.block_elements
        return {
            "own": own_sum[leaf],
            "near": np.clip(total, -3000, 3000),
            "near_lowest": low,
            "near_highest": high,
            "path": np.clip(along_path(table, own_sum, np.add, 0)[leaf], -6000, 6000),
            "path_lowest": along_path(table, own_low, np.minimum, 0)[leaf],
            "path_highest": along_path(table, own_high, np.maximum, 0)[leaf],
        }

    return Detector("class_words", class_words)
