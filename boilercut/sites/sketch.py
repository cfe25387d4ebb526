"""Reduce a page to the hashes of its blocks and of their places, which a profile keeps."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from boilercut.arrays import Integers
from boilercut.blocks.table import Blocks, ElementTable
from boilercut.blocks.words import Hashes, ngram_hash
from boilercut.page import tag_set

__all__ = ["MAX_BLOCKS", "MAX_WORDS", "Marked", "Sketch", "digest_of", "marked", "sketch"]

MAX_BLOCKS = 1024
"""Maximum number of distinct blocks kept of a page: those whose text has the lowest hashes, on every page the same."""
MAX_WORDS = 255
"""Number of words from which blocks count as equally long."""
_NO_PLACE = tag_set("html", "body")
"""Elements whose class words name the single page rather than a place on it."""
_STEP, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


class Sketch(NamedTuple):
    """A page as a profile keeps it: one entry per distinct block, sorted by text and place."""

    digest: str
    """Hash of the page's blocks: 32 hexadecimal digits; pages with the same blocks are the same page."""
    texts: Hashes
    """Hash of each block's text, all digits alike."""
    paths: Hashes
    """Hash of the block's place: tags and class words from the body to the block; 0 in plain text."""
    words: Integers
    """Number of words of the block, at most `MAX_WORDS`."""


class Marked(NamedTuple):
    """What is looked at of each block of one page: hashes of its text and of its place, and its words."""

    texts: Hashes
    paths: Hashes
    words: Integers


def marked(blocks: Blocks) -> list[Marked]:
    """Return what is looked at of the blocks of each page of a stack."""
    texts, paths, words = blocks.facts.fingerprint, block_paths(blocks), np.minimum(blocks.word_weights, MAX_WORDS)
    bounds = np.searchsorted(blocks.pages, np.arange(len(blocks.sources) + 1)).tolist()
    return [Marked(texts[low:high], paths[low:high], words[low:high]) for low, high in pairwise(bounds)]


def digest_of(page: Marked) -> str:
    """Return a hash of a page's blocks that does not depend on their order."""
    return hashlib.blake2b(np.sort(page.texts).astype("<u8").tobytes(), digest_size=16).hexdigest()


def sketch(page: Marked) -> Sketch:
    """Reduce a page.

    >>> from boilercut.blocks.measure import measure
    >>> from boilercut.blocks.phrases import shipped_phrases
    >>> from boilercut.read import read
    >>> page = measure([read("<p>Home</p><p>The ferry sails again.</p><p>Home</p>")], shipped_phrases())
    >>> sorted(sketch(marked(page)[0]).words.tolist())
    [1, 4]
    """
    texts, paths, words = page
    order = np.lexsort((paths, texts))
    texts, paths, words = texts[order], paths[order], words[order]
    first = np.ones(len(texts), dtype=np.bool_)
    first[1:] = (texts[1:] != texts[:-1]) | (paths[1:] != paths[:-1])
    rows = np.flatnonzero(first)[:MAX_BLOCKS]
    return Sketch(digest_of(page), texts[rows], paths[rows], words[rows])


def block_paths(blocks: Blocks) -> Hashes:
    """Return a hash of each block's place: the tags and class words of the elements around it, below the body."""
    table = blocks.elements
    if table is None or not len(table.tags):
        return np.zeros(len(blocks), dtype=np.uint64)
    own = _mixed(_name_hashes(table)[table.names] + (table.tags.astype(np.uint64) + np.uint64(1)) * _STEP)
    own[_NO_PLACE[table.tags]] = 0
    return _summed_upwards(own, table)[blocks.block_elements]


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
