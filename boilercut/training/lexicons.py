"""Learn which words, and which class and id words, speak for content: log-odds, one vote a site.

A word's vote on one site is the mean label of the blocks that hold it; sites are added up, so that a site
with a thousand pages counts as much as one with a single page. Words of fewer than `MIN_SITES` sites are
left out: they would name sites, not say what boilerplate is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from boilercut.arrays import Floats
from boilercut.blocks import characters as c
from boilercut.blocks.table import Blocks
from boilercut.blocks.words import Hashes, ngram_hash, text_columns

__all__ = ["Votes", "class_word_votes", "learn_lexicon", "spellings", "word_votes"]

MIN_SITES = 4
PRIOR = 2.0
"""Votes added to both sides, so that rare words say little."""
NEAREST_ELEMENTS = 6


class Votes(NamedTuple):
    """How one page votes: its distinct words or word pairs, and each one's mean label."""

    hashes: Hashes
    labels: Floats


def word_votes(blocks: Blocks, labels: Floats) -> Votes:
    """Return the votes of a page's words and word pairs."""
    hashes, owners = blocks.tokens
    together = owners[:-1] == owners[1:]
    pairs = ngram_hash(hashes[:-1], hashes[1:])[together]
    every = np.concatenate([hashes, pairs])
    where = np.concatenate([owners, owners[:-1][together]])
    once = np.unique(np.stack([every, where.astype(np.uint64)]), axis=1)
    return _means(once[0], labels[once[1].astype(np.int64)], np.ones(once.shape[1]))


def class_word_votes(blocks: Blocks, labels: Floats) -> Votes:
    """Return the votes of a page's class and id words, each block voting for its nearest elements'."""
    table = blocks.elements
    assert table is not None
    counts = np.zeros(len(table.unique_names))
    sums = np.zeros(len(table.unique_names))
    element = blocks.block_elements
    for _ in range(NEAREST_ELEMENTS):
        np.add.at(counts, table.names[element], 1)
        np.add.at(sums, table.names[element], labels)
        above = table.parents[element]
        moved = above != element
        element, labels = above[moved], labels[moved]
    owners = table.name_tokens.blocks
    used = counts[owners] > 0
    owners = owners[used]
    return _means(table.name_tokens.hashes[used], sums[owners] / counts[owners], counts[owners])


def _means(hashes: Hashes, labels: Floats, weights: Floats) -> Votes:
    unique, inverse = np.unique(hashes, return_inverse=True)
    total = np.bincount(inverse, weights=weights)
    return Votes(unique, np.bincount(inverse, weights=labels * weights) / total)


def learn_lexicon(
    votes: Sequence[Votes], sites: Sequence[str], entries: int, min_sites: int = MIN_SITES
) -> dict[int, int]:
    """Return the log-odds, in hundredths, of the `entries` words (by hash) that say most."""
    by_site: dict[str, list[Votes]] = defaultdict(list)
    for vote, site in zip(votes, sites, strict=True):
        by_site[site].append(vote)
    pooled = [
        _means(
            np.concatenate([vote.hashes for vote in group]),
            np.concatenate([vote.labels for vote in group]),
            np.ones(sum(len(vote.hashes) for vote in group)),
        )
        for group in by_site.values()
    ]
    hashes = np.concatenate([vote.hashes for vote in pooled])
    unique, inverse = np.unique(hashes, return_inverse=True)
    labels = np.concatenate([vote.labels for vote in pooled])
    content = np.asarray(np.bincount(inverse, weights=labels), dtype=np.float64)
    number = np.asarray(np.bincount(inverse), dtype=np.float64)
    return _strongest(unique, content, number, entries, min_sites)


def _strongest(unique: Hashes, content: Floats, number: Floats, entries: int, min_sites: int) -> dict[int, int]:
    prior = np.log(max(content.sum(), PRIOR) / max((number - content).sum(), PRIOR))  # few pages may lack one side
    common = number >= min_sites
    unique, content, number = unique[common], content[common], number[common]
    log_odds = np.log((content + PRIOR) / (number - content + PRIOR)) - prior * number / (number + 2 * PRIOR)
    rank = np.argsort(-np.abs(log_odds) * np.sqrt(number), kind="stable")[:entries]
    hundredths = np.rint(100 * log_odds[rank]).astype(int)
    return {int(key): int(value) for key, value in zip(unique[rank], hundredths, strict=True) if value}


def spellings(pages: Iterable[Blocks], wanted: set[int], names: bool) -> dict[int, str]:
    """Return how the words behind hashes are spelt, from the pages that hold them."""
    found: dict[int, str] = {}
    for blocks in pages:
        if names and blocks.elements is not None:
            _spell("\n".join(blocks.elements.unique_names), True, wanted, found)
        elif not names:
            _spell(blocks.text, False, wanted, found)
    return found


def _spell(text: str, humps: bool, wanted: set[int], found: dict[int, str]) -> None:
    columns = text_columns(text, humps)
    folded = c.folded(columns.codes)
    spans = list(zip(columns.word_starts.tolist(), columns.word_ends.tolist(), strict=True))
    pairs = ngram_hash(columns.hashes[:-1], columns.hashes[1:])
    for key, row in _first_rows(columns.hashes, wanted, found):
        found[key] = _spelling(folded, spans[row])
    for key, row in _first_rows(pairs, wanted, found):
        found[key] = f"{_spelling(folded, spans[row])} {_spelling(folded, spans[row + 1])}"


def _first_rows(hashes: Hashes, wanted: set[int], found: Mapping[int, str]) -> list[tuple[int, int]]:
    """Return each of the hashes that is wanted and not found yet, with the row where it stands first."""
    keys, rows = np.unique(hashes, return_index=True)
    pairs = zip(keys.tolist(), rows.tolist(), strict=True)
    return [(key, row) for key, row in pairs if key in wanted and key not in found]


def _spelling(folded: c.Codes, span: tuple[int, int]) -> str:
    word = "".join(map(chr, folded[span[0] : span[1]].tolist()))
    return "#" if word.isdecimal() else "".join("0" if letter.isdecimal() else letter for letter in word)


def readable(lexicon: Mapping[int, int], names: Mapping[int, str]) -> dict[str, int]:
    """Return a lexicon by spelling, sorted, as it is stored."""
    return dict(sorted((names[key], value) for key, value in lexicon.items() if key in names))
