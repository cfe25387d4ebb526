"""Count on how many other pages of a site a block stands, and how its place varies from page to page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boilercut.arrays import Floats, Integers
from boilercut.blocks.words import Hashes, ngram_hash
from boilercut.sites.sketch import Marked, Sketch, sketch

__all__ = ["FIGURES", "Found", "Repeats"]

Marks = npt.NDArray[np.uint32]
"""One bit per page of a profile."""

MIN_PROSE_WORDS = 12
"""Number of words from which a block counts when pages are compared: menus are alike on all pages of a site."""
MIN_COMPARED_WORDS = 40
"""With fewer words in such blocks, pages are compared by all their blocks."""
SAME_ARTICLE = 0.7
"""Share of a page's words from which another page that holds them shows the same article."""
MIN_TEMPLATE_PAGES = 2
"""Number of pages, and half of the profile's, above which a block tells nothing of the article."""
NEAR = 4
"""Number of blocks on each side that count as near."""
_BITS = np.array([number.bit_count() for number in range(256)], dtype=np.int64)
FIGURES = ("others", "text", "place", "path", "varied", "near", "page", "words")


class Found(NamedTuple):
    """What a profile says of each block of a page."""

    others: int
    """Number of pages that count: without those that show the same article."""
    pages: Integers
    """Number of these that hold the block."""
    figures: Floats
    """One row per block, one column for each of `FIGURES`: the number of other pages; the share of them that hold the
    text, that hold it at the same place, that have the place; the share of what stands at the place that no other page
    repeats (-1 where none has the place); the share of the words near by, and of the page's, that are repeated; the
    block's words, at most `MIN_PROSE_WORDS`."""


class Repeats:
    """An index of the sketches of one site's pages."""

    def __init__(self, sketches: Sequence[Sketch]) -> None:
        self._digests = [each.digest for each in sketches]
        page = np.repeat(np.arange(len(sketches)), [len(each.texts) for each in sketches])
        texts, paths = (
            np.concatenate([np.zeros(0, dtype=np.uint64), *[getattr(each, name) for each in sketches]])
            for name in ("texts", "paths")
        )
        self._texts = _Marked(texts, page)
        self._places = _Marked(ngram_hash(paths, texts), page)
        self._paths = _Marked(paths, page)
        self._entries = page, texts, paths

    def find(self, page: Marked) -> Found:
        """Compare the blocks of one page with the site's other pages."""
        texts, paths, words = page
        others = self._others(sketch(page))
        count = int(others).bit_count()
        pages = _count(self._texts.of(texts) & others)
        shares = [
            _count(found & others) / max(count, 1)
            for found in (self._texts.of(texts), self._places.of(ngram_hash(paths, texts)), self._paths.of(paths))
        ]
        words = np.maximum(words, 1)
        repeated = np.where(pages > 0, words, 0)
        figures = np.empty((len(texts), len(FIGURES)))
        for column, values in enumerate(
            (count, *shares, self._varied(paths, others), _near(repeated) / _near(words),
             repeated.sum() / max(int(words.sum()), 1), np.minimum(words, MIN_PROSE_WORDS))
        ):  # fmt: skip
            figures[:, column] = values
        return Found(count, pages, figures)

    def _others(self, own: Sketch) -> np.uint32:
        """Return the pages that count for a page: not itself, and none that shows its article once more."""
        compared = own.words >= MIN_PROSE_WORDS
        if own.words[compared].sum() < MIN_COMPARED_WORDS:
            compared = own.words > 0
        marks, words = self._texts.of(own.texts[compared]), own.words[compared]
        telling = _count(marks) <= max(len(self._digests) // 2, MIN_TEMPLATE_PAGES)
        if words[telling].sum() >= MIN_COMPARED_WORDS:
            marks, words = marks[telling], words[telling]
        others = 0
        for page, digest in enumerate(self._digests):
            shared = words[(marks >> np.uint32(page)) & np.uint32(1) > 0].sum()
            if digest != own.digest and shared < SAME_ARTICLE * words.sum():
                others |= 1 << page
        return np.uint32(others)

    def _varied(self, paths: Hashes, others: np.uint32) -> Floats:
        """Return the share of what stands at a place of the other pages that stands on one of them only."""
        page, texts, entry_paths = self._entries
        counted = (others >> page.astype(np.uint32)) & np.uint32(1) > 0
        known = entry_paths[counted]
        alone = _count(self._texts.of(texts[counted]) & others) == 1
        keys, rows = np.unique(known, return_inverse=True)
        if not len(keys):
            return np.full(len(paths), -1.0)
        shares = np.bincount(rows, weights=alone) / np.bincount(rows)
        at = np.searchsorted(keys, paths).clip(max=len(keys) - 1)
        return np.where(keys[at] == paths, shares[at], -1.0)


class _Marked:
    """For each of some hashes the pages that hold it, as bits."""

    def __init__(self, hashes: Hashes, pages: Integers) -> None:
        self._keys, rows = np.unique(hashes, return_inverse=True)
        self._marks = np.zeros(len(self._keys) + 1, dtype=np.uint32)
        np.bitwise_or.at(self._marks, rows, np.uint32(1) << pages.astype(np.uint32))

    def of(self, hashes: Hashes) -> Marks:
        """Return the pages that hold each of `hashes`."""
        at = np.searchsorted(self._keys, hashes)
        known = np.append(self._keys, np.uint64(0))[at] == hashes
        return np.where(known & (at < len(self._keys)), self._marks[at], np.uint32(0))


def _count(marks: Marks) -> Integers:
    """Return how many bits of each number are set."""
    return _BITS[marks.view(np.uint8).reshape(-1, 4)].sum(axis=1)


def _near(values: Integers) -> Integers:
    """Return the sum of each value and of `NEAR` values on each side."""
    sums = np.concatenate([[0], np.cumsum(values)])
    rows = np.arange(len(values))
    return sums[np.minimum(rows + NEAR + 1, len(values))] - sums[np.maximum(rows - NEAR, 0)]
