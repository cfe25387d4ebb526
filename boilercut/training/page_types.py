"""Learn what pages are: one logistic regression for each type, over the words of classes and a page's figures.

The weights are fitted by L-BFGS (SciPy, which LightGBM brings along), rounded to hundredths, and stored by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from boilercut.arrays import Floats, Integers
from boilercut.blocks.table import Blocks
from boilercut.blocks.words import Hashes, HashIndex, ngram_hash
from boilercut.detectors.page_type import (
    BODY,
    LABEL,
    PAGE_TYPES,
    PageTypes,
    figure_names,
    figure_steps,
    page_figures,
    page_words,
)
from boilercut.extras import needs_extra
from boilercut.training.lexicons import spellings

__all__ = ["PageFacts", "learn_page_types", "page_facts", "stored_page_types"]

MIN_SITES = 6
"""Words of fewer sites are left out."""
WORDS = 1500
"""Words that are kept: those with the largest weights on the most sites."""
RIDGE = 3.0
"""Weight of the sum of squares, against one for each page's loss."""
NO_ARTICLE = PAGE_TYPES.index("no_article")


class PageFacts(NamedTuple):
    """What shows the type of one page, and the type: a number of `PAGE_TYPES`, or -1 where it is not labelled."""

    words: Hashes
    steps: Integers
    type: int
    has_article: bool


def page_facts(blocks: Blocks, type_: str | None, has_article: bool = True) -> PageFacts:
    """Return the facts of one page of HTML."""
    words, _ = page_words(blocks)
    steps = figure_steps(page_figures(blocks))[0]
    return PageFacts(words, steps, PAGE_TYPES.index(type_) if type_ else -1, has_article)


def learn_page_types(pages: Sequence[PageFacts], sites: Sequence[str]) -> PageTypes:
    """Fit the weights of every type; a page counts less the more pages of its site and type there are."""
    known = [row for row, page in enumerate(pages) if page.type >= 0]
    pages, sites = [pages[row] for row in known], [sites[row] for row in known]
    pairs = Counter((site, page.type) for site, page in zip(sites, pages, strict=True))
    weights = np.array([pairs[site, page.type] ** -0.5 for site, page in zip(sites, pages, strict=True)])
    targets = _targets(pages)
    hashes = _common_words(pages, sites)
    fitted = _fitted(pages, hashes, targets, weights)
    spread = _sites_by_word(pages, sites, hashes) ** 0.5
    strongest = np.sort(np.argsort(-np.abs(fitted[: len(hashes)]).max(axis=1) * spread, kind="stable")[:WORDS])
    hashes = hashes[strongest]
    hundredths = np.rint(100 * _fitted(pages, hashes, targets, weights)).astype(np.int64)
    used = np.abs(hundredths[: len(hashes)]).max(axis=1) > 0
    return PageTypes(HashIndex(hashes[used]), hundredths[: len(hashes)][used], hundredths[len(hashes) :])


def _targets(pages: Sequence[PageFacts]) -> Floats:
    targets = np.zeros((len(pages), len(PAGE_TYPES)))
    targets[np.arange(len(pages)), [page.type for page in pages]] = 1
    targets[:, NO_ARTICLE] = [not page.has_article for page in pages]
    return targets


def _sites_by_word(pages: Sequence[PageFacts], sites: Sequence[str], hashes: Hashes) -> Floats:
    by_site: dict[str, set[int]] = {}
    for page, site in zip(pages, sites, strict=True):
        by_site.setdefault(site, set()).update(page.words.tolist())
    counts = Counter(word for words in by_site.values() for word in words)
    return np.array([counts[word] for word in hashes.tolist()], dtype=np.float64)


def _common_words(pages: Sequence[PageFacts], sites: Sequence[str]) -> Hashes:
    every = np.unique(np.concatenate([page.words for page in pages]))
    return every[_sites_by_word(pages, sites, every) >= MIN_SITES]


def _fitted(pages: Sequence[PageFacts], hashes: Hashes, targets: Floats, weights: Floats) -> Floats:
    """Return weights by word, and behind them by step: a row each, a column for each type."""
    with needs_extra("train"):
        from scipy import optimize, sparse

    rows, columns = [], []
    for number, page in enumerate(pages):
        found = np.searchsorted(hashes, page.words)
        there = found[np.take(hashes, found, mode="clip") == page.words] if len(hashes) else found[:0]
        rows.append(np.full(len(there), number))
        columns.append(there)
    places = np.concatenate(rows), np.concatenate(columns)
    words = sparse.csr_matrix((np.ones(len(places[0])), places), shape=(len(pages), len(hashes)))
    matrix = sparse.hstack([words, sparse.csr_matrix(np.stack([page.steps for page in pages]))]).tocsr()
    transposed = matrix.T.tocsr()

    def loss(point: Floats, target: Floats) -> tuple[float, Floats]:
        logits = matrix @ point
        signed = np.where(target > 0, logits, -logits)
        value = float((weights * np.logaddexp(0, -signed)).sum() + RIDGE / 2 * (point**2).sum())
        chances = 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
        return value, transposed @ (weights * (chances - target)) + RIDGE * point

    start = np.zeros(matrix.shape[1])
    return np.stack(
        [
            optimize.minimize(loss, start, (target,), "L-BFGS-B", jac=True, options={"maxiter": 150}).x
            for target in targets.T
        ],
        axis=1,
    )


def stored_page_types(learned: PageTypes, pages: Sequence[Blocks]) -> dict[str, Any]:
    """Return the weights by name, as a model's file holds them."""
    wanted = set(learned.known.keys.tolist())
    plain = {word for blocks in pages if blocks.elements for word in blocks.elements.name_tokens.hashes.tolist()}
    shown = {word for blocks in pages for word in np.unique(blocks.tokens.hashes).tolist()}
    on_body, on_labels = _paired(BODY, plain, wanted), _paired(LABEL, shown, wanted)
    spelt = spellings(pages, wanted | set(on_body.values()), True)
    spelt_labels = spellings(pages, set(on_labels.values()), False)
    names = {
        **spelt,
        **{key: f"body {spelt[word]}" for key, word in on_body.items() if word in spelt},
        **{key: f"label {spelt_labels[word]}" for key, word in on_labels.items() if word in spelt_labels},
    }
    rows = zip(learned.known.keys.tolist(), learned.weights.tolist(), strict=True)
    words: Mapping[str, list[int]] = {names[key]: weights for key, weights in rows if key in names}
    figures = dict(zip(figure_names(), learned.figures.tolist(), strict=True))
    return {"words": dict(sorted(words.items())), "figures": figures}


def _paired(mark: int, words: set[int], wanted: set[int]) -> dict[int, int]:
    """Return the words that are wanted in a pair with a mark, by the hash of the pair."""
    plain = np.array(sorted(words), dtype=np.uint64)
    pairs = ngram_hash(np.full_like(plain, mark), plain)
    return {key: word for key, word in zip(pairs.tolist(), plain.tolist(), strict=True) if key in wanted}
