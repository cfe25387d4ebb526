"""What the page is: article, thread, listing, and so on, told by the words of its classes and by counts.

Every type has a score of its own, in hundredths of log-odds, summed from weights that were learned: of each class or
id word that the page uses anywhere (and, apart, of those on its `body`), and of figures such as the number of posts.
Scores are sums of whole numbers, so a page alone scores as it does among others, on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Floats, Integers
from boilercut.blocks.arithmetic import prefix_sum, share
from boilercut.blocks.table import Blocks, ElementTable
from boilercut.blocks.words import Hashes, HashIndex, hash_words, ngram_hash, page_keys
from boilercut.detectors.contract import Detector, built_in
from boilercut.detectors.learned import entry_hashes
from boilercut.page import TAG_NUMBERS

__all__ = [
    "BODY",
    "FIGURES",
    "PAGE_TYPES",
    "PageTypes",
    "figure_names",
    "figure_steps",
    "page_figures",
    "page_type_detector",
    "page_words",
]

PAGE_TYPES = ("article", "thread", "listing", "product", "documentation", "service", "other", "no_article")
"""What a page may be. `no_article` is told apart from the types: a listing may hold a text of its own, or none."""
MAX_SCORE = 1500
"""Scores are clipped to this, in hundredths of log-odds: surer than any page is."""
FIGURES: dict[str, tuple[float, ...]] = {
    "blocks": (10, 30, 60, 120, 250, 500),
    "prose": (1, 2, 4, 8, 15, 30, 60),
    "prose_share": (0.1, 0.3, 0.5, 0.7, 0.85),
    "linked_share": (0.1, 0.2, 0.35, 0.5, 0.7),
    "dated": (1, 2, 4, 8, 16, 32),
    "bylines": (1, 2, 4, 8, 16),
    "comments": (1, 2, 4, 8, 16),
    "priced": (1, 3, 8, 20),
    "repeated": (2, 3, 5, 8, 15, 30),
    "repeated_prose": (0.1, 0.3, 0.5, 0.7, 0.9),
    "largest_prose": (0.05, 0.1, 0.2, 0.4),
    "address_depth": (0, 1, 2, 3, 4),
    "address_words": (1, 2, 4, 7),
    "address_digits": (1, 4, 8),
    "declares_article": (1,),
    "declares_product": (1,),
    "declares_thread": (1,),
    "declares_listing": (1,),
    "declares_website": (1,),
}
"""Figures of a page and the bounds of their steps: a figure has one weight for each step."""
_BOUNDS = np.array([bound for bounds in FIGURES.values() for bound in bounds])
_FIGURE_OF_BOUND = np.repeat(np.arange(len(FIGURES)), list(map(len, FIGURES.values())))
BODY = np.uint64(hash_words("body")[0])
_BYLINE_SHARE = 0.3
MIN_REPEATED_BLOCKS = 2
"""An element with fewer blocks is a paragraph, not a post with an author or a date."""


class PageTypes(NamedTuple):
    """Learned weights, in hundredths of log-odds; a column each for `PAGE_TYPES`."""

    known: HashIndex
    """The words' hashes."""
    weights: Integers
    """A row for each word, in the order of the sorted hashes."""
    figures: Integers
    """A row for each step of each figure, in the order of `FIGURES`, and one row first that every page has."""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> PageTypes:
        """Make them of what a model's file holds: ``words`` and ``figures`` by name, each a list of weights."""
        words = stored["words"]
        hashes = entry_hashes(list(words))
        order = np.argsort(hashes, kind="stable")
        weights = np.array(list(words.values()), dtype=np.int64).reshape(len(words), len(PAGE_TYPES))
        figures = np.array([stored["figures"][name] for name in figure_names()], dtype=np.int64)
        return cls(HashIndex(hashes), weights[order], figures)

    def scores(self, words: tuple[Hashes, Integers], figures: Floats) -> Integers:
        """Return the score of every type: a row for each page."""
        hashes, pages = words
        positions, rows = self.known.find(hashes)
        bounds = np.searchsorted(pages[positions], np.arange(len(figures) + 1))
        of_words = np.diff(prefix_sum(self.weights[rows].T).take(bounds, axis=1), axis=1).T
        return np.clip(figure_steps(figures) @ self.figures + of_words, -MAX_SCORE, MAX_SCORE)


def figure_names() -> list[str]:
    """Name the rows of `PageTypes.figures`: ``always``, then ``blocks 10``, ``blocks 30`` and so on."""
    return ["always", *(f"{name} {bound:g}" for name, bounds in FIGURES.items() for bound in bounds)]


def figure_steps(figures: Floats) -> Integers:
    """Return which steps each page's figures reach: a row for each page, a column for each of `figure_names`."""
    steps = np.ones((len(figures), 1 + len(_BOUNDS)), dtype=np.int64)
    steps[:, 1:] = figures.take(_FIGURE_OF_BOUND, axis=1) >= _BOUNDS
    return steps


def page_type_detector(learned: PageTypes) -> Detector:
    """Make the detector of page types from learned weights."""

    def scores_of(blocks: Blocks) -> dict[str, list[int]]:
        assert blocks.elements is not None
        scores = learned.scores(page_words(blocks, blocks.elements), page_figures(blocks, blocks.elements))
        return dict(zip(PAGE_TYPES, scores.T.tolist(), strict=True))

    return built_in(partial(sources["page"].page_type, scores_of=scores_of), "page_type")


def page_words(blocks: Blocks, table: ElementTable) -> tuple[Hashes, Integers]:
    """Return the distinct class and id words of each page, and the page of each, in order; those of `body` twice."""
    size = len(table.unique_names)
    used = np.unique(table.pages * size + table.names)
    hashes, pages = _words_of(table, used % size, used // size)
    body = np.flatnonzero(table.tags == TAG_NUMBERS["body"])
    of_body, body_pages = _words_of(table, table.names[body], table.pages[body])
    hashes = np.concatenate([hashes, ngram_hash(np.full(len(of_body), BODY), of_body)])
    pages = np.concatenate([pages, body_pages])
    _, first = np.unique(page_keys(hashes, pages), return_index=True)
    first = first[np.argsort(pages[first], kind="stable")]
    return hashes[first], pages[first]


def _words_of(table: ElementTable, names: Integers, pages: Integers) -> tuple[Hashes, Integers]:
    """Return the words of some distinct names, each with the page that uses it."""
    hashes, owners = table.name_tokens
    first, end = np.searchsorted(owners, names), np.searchsorted(owners, names + 1)
    lengths = end - first
    starts = np.cumsum(lengths) - lengths
    rows = np.arange(int(lengths.sum())) - np.repeat(starts - first, lengths)
    return hashes[rows], np.repeat(pages, lengths)


def page_figures(blocks: Blocks, table: ElementTable) -> Floats:
    """Return the figures of each page, in the order of `FIGURES`: a row for each page."""
    covered, facts = blocks.phrases.covered, blocks.facts
    counted = np.stack(
        (
            np.ones(len(blocks), dtype=np.int64), blocks.prose, np.where(blocks.prose, facts.characters, 0),
            facts.characters, blocks.link_characters, covered["months"] > 0,
            covered["bylines"] > _BYLINE_SHARE * facts.words, covered["comments"] > 0, facts.currency > 0,
        )
    )  # fmt: skip
    pages = len(blocks.schema)
    bounds = np.searchsorted(blocks.pages, np.arange(pages + 1))
    sums = np.diff(prefix_sum(counted).take(bounds, axis=1), axis=1)
    number, prose, prose_characters, characters, linked, dated, bylines, comments, priced = sums
    largest = np.zeros(pages, dtype=np.int64)
    np.maximum.at(largest, blocks.pages, counted[2])
    repeated, repeated_prose = _repeated(blocks, table, pages)
    rows = (
        number, prose, share(prose_characters, characters), share(linked, characters), dated, bylines, comments, priced,
        repeated, share(repeated_prose, prose_characters), share(largest, prose_characters), *_declared_rows(blocks),
    )  # fmt: skip
    return np.stack(rows, axis=1).astype(np.float64)


def _repeated(blocks: Blocks, table: ElementTable, pages: int) -> tuple[Integers, Integers]:
    """Return how many elements with prose share one name, at most, and how many characters of prose those hold."""
    prose = np.where(blocks.prose, blocks.facts.characters, 0)
    sums = np.append(0, np.cumsum(prose))
    held = sums[table.end_blocks] - sums[table.first_blocks]
    named = np.array([bool(name) for name in table.unique_names], dtype=np.bool_)
    large = table.end_blocks - table.first_blocks >= MIN_REPEATED_BLOCKS
    rows = np.flatnonzero((held > 0) & large & named[table.names])
    keys, inverse = np.unique(table.pages[rows] * len(named) + table.names[rows], return_inverse=True)
    times = np.bincount(inverse, minlength=len(keys))
    masses = np.bincount(inverse, weights=held[rows], minlength=len(keys)).astype(np.int64)
    owners = keys // max(len(named), 1)
    most, mass = np.zeros(pages, dtype=np.int64), np.zeros(pages, dtype=np.int64)
    np.maximum.at(most, owners, times)
    np.maximum.at(mass, owners, np.where(times > 1, masses, 0))
    return most, mass


def _declared_rows(blocks: Blocks) -> Sequence[Integers]:
    declared = sources["page"].declared(blocks.schema, blocks.addresses)
    return [np.array(declared[name], dtype=np.int64) for name in FIGURES if name in declared]
