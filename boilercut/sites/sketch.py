"""Reduce a page to the hashes of its blocks and of their places, which a profile keeps."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boilercut.arrays import Integers
from boilercut.blocks.measure import hash_blocks
from boilercut.blocks.table import Blocks, ElementTable
from boilercut.blocks.words import Hashes, ngram_hash
from boilercut.page import Page, tag_set

__all__ = [
    "MAX_BLOCKS",
    "MAX_WORDS",
    "HashedPage",
    "ShortHashes",
    "Sketch",
    "digest_of",
    "hashed_pages",
    "hashed_page",
    "sketch",
]

ShortHashes = npt.NDArray[np.uint32]
"""Half a hash: of the ten thousand blocks of a profile, one in 400,000 others is taken for one of them."""

MAX_BLOCKS = 1024
"""Maximum number of distinct blocks kept of a page: those whose text has the lowest hashes, on every page the same."""
MAX_WORDS = 255
"""Number of words from which blocks count as equally long."""
_NO_PLACE = tag_set("html", "body")
"""Elements whose class words name the single page rather than a place on it."""
_STEP, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


class Sketch(NamedTuple):
    """A page as a profile keeps it: one entry per distinct block, sorted by text and place."""

    rank: str
    """Hash of the page's source: 32 hexadecimal digits; a profile keeps the pages of the lowest rank."""
    digest: str
    """Hash of the page's blocks: 32 hexadecimal digits; pages with the same blocks are the same page."""
    texts: ShortHashes
    """Hash of each block's text, all digits alike."""
    paths: ShortHashes
    """Hash of the block's place: tags and class words from the body to the block; 0 in plain text."""
    words: Integers
    """Number of words of the block, at most `MAX_WORDS`."""


class HashedPage(NamedTuple):
    """The blocks of a page as they are compared: hashes of their texts and places, and their numbers of words."""

    texts: ShortHashes
    paths: ShortHashes
    words: Integers


def hashed_pages(blocks: Blocks) -> list[HashedPage]:
    """Hash the blocks of each page of a stack."""
    texts, paths, words = _hashed(blocks.facts.fingerprint, blocks.word_weights, blocks.elements, blocks.block_elements)
    bounds = np.searchsorted(blocks.pages, np.arange(len(blocks.sources) + 1)).tolist()
    return [HashedPage(texts[low:high], paths[low:high], words[low:high]) for low, high in pairwise(bounds)]


def hashed_page(page: Page) -> HashedPage:
    """Hash the blocks of one page, of which nothing else is measured."""
    return _hashed(*hash_blocks(page))


def _hashed(
    fingerprint: Hashes, words: Integers, elements: ElementTable | None, block_elements: Integers
) -> HashedPage:
    paths = _block_paths(elements, block_elements)
    return HashedPage(fingerprint.astype(np.uint32), paths.astype(np.uint32), np.minimum(words, MAX_WORDS))


def digest_of(page: HashedPage) -> str:
    """Return a hash of a page's blocks that does not depend on their order."""
    return hashlib.blake2b(np.sort(page.texts).astype("<u4").tobytes(), digest_size=16).hexdigest()


def sketch(page: HashedPage, rank: str) -> Sketch:
    """Reduce a page to its distinct blocks.

    >>> from boilercut.read import read
    >>> page = read("<p>Home</p><p>The ferry sails again.</p><p>Home</p>")
    >>> sorted(sketch(hashed_page(page), "0" * 32).words.tolist())
    [1, 4]
    """
    texts, paths, words = page
    order = np.lexsort((paths, texts))
    texts, paths, words = texts[order], paths[order], words[order]
    first = np.ones(len(texts), dtype=np.bool_)
    first[1:] = (texts[1:] != texts[:-1]) | (paths[1:] != paths[:-1])
    rows = np.flatnonzero(first)[:MAX_BLOCKS]
    return Sketch(rank, digest_of(page), texts[rows], paths[rows], words[rows])


def _block_paths(table: ElementTable | None, block_elements: Integers) -> Hashes:
    """Return a hash of each block's place: the tags and class words of the elements around it, below the body."""
    if table is None or not len(table.tags):
        return np.zeros(len(block_elements), dtype=np.uint64)
    own = _mixed(_name_hashes(table)[table.names] + (table.tags.astype(np.uint64) + np.uint64(1)) * _STEP)
    own[_NO_PLACE[table.tags]] = 0
    return _summed_upwards(own, table)[block_elements]


def _name_hashes(table: ElementTable) -> Hashes:
    """Return a hash of each distinct name's words that does not depend on their order; all numbers are alike."""
    hashes = np.zeros(len(table.unique_names), dtype=np.uint64)
    np.add.at(hashes, table.name_tokens.blocks, _mixed(table.name_tokens.hashes))
    return hashes


def _summed_upwards(values: Hashes, table: ElementTable) -> Hashes:
    """Return for each element a hash of the values from the root to it: with each step twice as far up."""
    size = len(values)
    path = np.append(values, np.uint64(0))
    for above in table.ancestors:
        path = np.where(above == size, path, ngram_hash(path[above], path))
        path[size] = 0
    return path[:size]


def _mixed(hashes: Hashes) -> Hashes:
    mixed = (hashes ^ (hashes >> np.uint64(30))) * _MIX
    return mixed ^ (mixed >> np.uint64(27))
