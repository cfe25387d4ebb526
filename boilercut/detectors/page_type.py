"""What the page is: article, thread, listing, and so on, told by the words of its classes and labels and by counts.

Every type has a score of its own, in hundredths of log-odds, summed from weights that were learned: of each class or
id word that the page uses anywhere (and, apart, of those on its `body`), of each word of its labels ("Reply", "Add to
cart"), and of figures such as the number of posts.
Scores are sums of whole numbers, so a page alone scores as it does among others, on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from boilercut._native import chosen_kernels as kernels
from boilercut._native import sources
from boilercut.arrays import Floats, Integers
from boilercut.blocks.table import Blocks, Tokens, stack_of
from boilercut.blocks.words import Hashes, HashIndex, hash_words, ngram_hash
from boilercut.detectors.contract import Detector, built_in
from boilercut.detectors.learned import entry_hashes

__all__ = [
    "BODY",
    "FIGURES",
    "LABEL",
    "PAGE_TYPES",
    "PageTypes",
    "figure_names",
    "figure_steps",
    "page_figures",
    "page_type_detector",
    "page_words",
]

PAGE_TYPES = ("article", "thread", "listing", "product", "documentation", "service", "other", "no_article")
"""What a page may be. `no_article` is apart from the types: a listing may hold a text of its own, or none."""
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
    "alike": (2, 3, 5, 8, 15, 30),
    "alike_prose": (0.1, 0.3, 0.5, 0.7, 0.9),
    "alike_dated": (1, 2, 3, 5, 8, 15),
    "alike_dated_prose": (0.3, 0.5, 0.7, 0.9),
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
BODY, LABEL = hash_words("body label")
"""What the words on a body and those of labels are paired with, so that each weighs by itself."""
_counts = sources["page_counts"]
_DECLARED = tuple(FIGURES)[len(_counts.FIGURES) :]
"""The figures that the page itself declares."""


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
        unknown = [0] * len(PAGE_TYPES)  # a model of before the figure was
        figures = np.array([stored["figures"].get(name, unknown) for name in figure_names()], dtype=np.int64)
        return cls(HashIndex(hashes), weights[order], figures)

    def scores(self, stack: Any) -> Integers:
        """Return the score of every type: a row for each page."""
        names, labels = stack.blocks.elements.name_tokens.hashes, _labels(stack.blocks)
        rows = self._rows(names), self._rows(names, BODY), self._rows(labels.hashes, LABEL)
        scores = figure_steps(_figures(stack)) @ self.figures
        for page, used in enumerate(_counts.used_words(stack, *rows, labels.blocks, len(self.weights))):
            scores[page] += np.add.reduce(self.weights.take(np.fromiter(used, dtype=np.int64, count=len(used)), axis=0))
        return np.asarray(np.minimum(np.maximum(scores, -MAX_SCORE), MAX_SCORE))

    def _rows(self, hashes: Hashes, before: int = 0) -> Integers:
        """Return the row of each hash, or of the pair of `before` and it; -1 for one that is not known."""
        rows = np.empty(len(hashes), dtype=np.int64)
        kernels.find_rows(hashes, before, *self.known.table, rows)
        return rows


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

    def scores_of(stack: Any) -> dict[str, list[int]]:
        return dict(zip(PAGE_TYPES, learned.scores(stack).T.tolist(), strict=True))

    return built_in(partial(sources["page"].page_type, scores_of=scores_of), "page_type")


def page_words(blocks: Blocks) -> tuple[Hashes, Integers]:
    """Return the distinct words of each page, and the page of each: class and id words, those of `body`, of labels."""
    assert blocks.elements is not None
    names, labels = blocks.elements.name_tokens.hashes, _labels(blocks)
    words = labels.hashes
    groups = names, ngram_hash(np.full_like(names, BODY), names), ngram_hash(np.full_like(words, LABEL), words)
    hashes, numbers = np.unique(np.concatenate(groups), return_inverse=True)
    rows = np.split(numbers.astype(np.int64), (len(names), 2 * len(names)))
    used = _counts.used_words(stack_of(blocks), *rows, labels.blocks, len(hashes))
    return hashes[list(chain.from_iterable(used))], np.repeat(np.arange(len(used)), list(map(len, used)))


def _labels(blocks: Blocks) -> Tokens:
    """Return the words of the blocks that are labels."""
    is_label = (blocks.facts.words <= _counts.MAX_LABEL_WORDS) & ~blocks.prose
    places = np.flatnonzero(is_label.take(blocks.tokens.blocks))
    return Tokens(blocks.tokens.hashes.take(places), blocks.tokens.blocks.take(places))


def page_figures(blocks: Blocks) -> Floats:
    """Return the figures of each page, in the order of `FIGURES`: a row for each page."""
    return _figures(stack_of(blocks))


def _figures(stack: Any) -> Floats:
    blocks = stack.blocks
    rows = np.zeros((len(FIGURES), len(blocks.schema)))
    _counts.count_figures(stack, dict(zip(_counts.FIGURES, rows, strict=False)))
    said = sources["page"].declared(blocks.schema, blocks.addresses)
    rows[len(_counts.FIGURES) :] = [said[name] for name in _DECLARED]
    return rows.T
