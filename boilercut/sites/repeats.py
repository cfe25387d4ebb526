"""Count on how many other pages of a site a block stands, and how its place varies from page to page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boilercut.arrays import Floats, Integers
from boilercut.blocks.words import Hashes
from boilercut.sites.sketch import HashedPage, ShortHashes, Sketch, digest_of

__all__ = ["FIGURES", "Found", "Repeats"]

PageBits = npt.NDArray[np.uint32]
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
_BITS = np.array([number.bit_count() for number in range(1 << 16)], dtype=np.uint8)
FIGURES = ("others", "text", "place", "path", "varied", "near", "page", "words")


class Found(NamedTuple):
    """What a profile says of each block of a page."""

    others: int
    """Number of pages that count: without those that show the same article."""
    pages: Integers
    """Number of these that hold the block."""
    figures: Floats
    """One row per block, one column for each of `FIGURES`:

    - `others`: the number of other pages
    - `text`, `place`, `path`: the share of them that hold the text, hold it at the same place, have that place
    - `varied`: of the texts at that place, the share that only one page holds; -1 if no other page has the place
    - `near`, `page`: the share of repeated words among the words near the block, and on the page
    - `words`: the number of words of the block, at most `MIN_PROSE_WORDS`
    """


class Repeats:
    """An index of the sketches of one site's pages."""

    def __init__(self, sketches: Sequence[Sketch]) -> None:
        self._digests = [each.digest for each in sketches]
        page = np.repeat(np.arange(len(sketches)), [len(each.texts) for each in sketches])
        texts, paths = (
            np.concatenate([np.zeros(0, dtype=np.uint32), *[getattr(each, name) for each in sketches]])
            for name in ("texts", "paths")
        )
        self._texts = _PagesByHash(texts, page)
        self._places = _PagesByHash(_places(texts, paths), page)
        self._paths = _PagesByHash(paths, page)
        self._entries = self._texts.of(texts), self._paths.rows(paths), np.uint32(1) << page.astype(np.uint32)

    def find(self, page: HashedPage) -> Found:
        """Compare the blocks of one page with the site's other pages."""
        texts, paths, words = page
        with_text = self._texts.of(texts)
        others = self._others(page, with_text)
        count = int(others).bit_count()
        pages = _count(with_text & others)
        rows = self._paths.rows(paths)
        places, on_path = (
            _count(found & others) for found in (self._places.of(_places(texts, paths)), self._paths.bits[rows])
        )
        words = np.maximum(words, 1)
        repeated = np.where(pages > 0, words, 0)
        known = max(count, 1)
        figures = {
            "others": count,
            "text": pages / known,
            "place": places / known,
            "path": on_path / known,
            "varied": self._varied(others)[rows],
            "near": _near(repeated) / _near(words),
            "page": repeated.sum() / max(int(words.sum()), 1),
            "words": np.minimum(words, MIN_PROSE_WORDS),
        }
        table = np.empty((len(texts), len(FIGURES)))
        for column, name in enumerate(FIGURES):
            table[:, column] = figures[name]
        return Found(count, pages, table)

    def _others(self, page: HashedPage, with_text: PageBits) -> np.uint32:
        """Return the pages that count for a page: not itself, and none that shows its article once more."""
        compared = page.words >= MIN_PROSE_WORDS
        if page.words[compared].sum() < MIN_COMPARED_WORDS:
            compared = page.words > 0
        telling = compared & (_count(with_text) <= max(len(self._digests) // 2, MIN_TEMPLATE_PAGES))
        if page.words[telling].sum() >= MIN_COMPARED_WORDS:
            compared = telling
        bits, words = with_text[compared], page.words[compared]
        holding = np.unpackbits(bits.astype("<u4").view(np.uint8).reshape(-1, 4), axis=1, bitorder="little")
        shared = (words @ holding)[: len(self._digests)]
        own = digest_of(page)
        counts = [
            each != own and held < SAME_ARTICLE * words.sum()
            for each, held in zip(self._digests, shared.tolist(), strict=True)
        ]
        return np.uint32(sum(1 << number for number, is_other in enumerate(counts) if is_other))

    def _varied(self, others: np.uint32) -> Floats:
        """Return for each path the share of what stands there on other pages that stands on one of them only."""
        with_text, rows, page = self._entries
        counted = (page & others) > 0
        alone = _count(with_text & others) == 1
        size = len(self._paths) + 1
        entries = np.bincount(rows[counted], minlength=size)
        shares = np.bincount(rows[counted & alone], minlength=size) / np.maximum(entries, 1)
        return np.where(entries > 0, shares, -1.0)


class _PagesByHash:
    """For each of some hashes the pages that hold it, as bits."""

    def __init__(self, hashes: Hashes | ShortHashes, pages: Integers) -> None:
        keys, rows = np.unique(hashes, return_inverse=True)
        self._keys = np.append(keys, np.zeros(1, dtype=keys.dtype))
        self.bits = np.zeros(len(self._keys), dtype=np.uint32)
        """The pages that hold each hash; the last of them for hashes that no page holds."""
        np.bitwise_or.at(self.bits, rows, np.uint32(1) << pages.astype(np.uint32))

    def __len__(self) -> int:
        return len(self._keys) - 1

    def rows(self, hashes: Hashes | ShortHashes) -> Integers:
        """Return the index of each hash in `bits`."""
        at = np.searchsorted(self._keys[:-1], hashes)
        return np.where(self._keys[at] == hashes, at, len(self)) if len(self) else at

    def of(self, hashes: Hashes | ShortHashes) -> PageBits:
        """Return the pages that hold each of `hashes`."""
        return self.bits[self.rows(hashes)]


def _places(texts: ShortHashes, paths: ShortHashes) -> Hashes:
    """Return a number for each text at its place."""
    return (paths.astype(np.uint64) << np.uint64(32)) | texts


def _count(bits: PageBits) -> Integers:
    """Return how many bits of each number are set."""
    return _BITS[bits & np.uint32(0xFFFF)] + _BITS[bits >> np.uint32(16)]


def _near(values: Integers) -> Integers:
    """Return the sum of each value and of `NEAR` values on each side."""
    sums = np.concatenate([[0], np.cumsum(values)])
    rows = np.arange(len(values))
    return sums[np.minimum(rows + NEAR + 1, len(values))] - sums[np.maximum(rows - NEAR, 0)]
