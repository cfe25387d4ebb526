"""The document as a whole, as a first look scored it: what a second look reads.

A crawl's dump, an extractor's output with leftovers and text that is clean already differ little line by line. They
differ in how much of the document scores low, where that stands, and in what runs. So text is scored twice: the
second look sees the first scores of the block, of its neighbours, of its run and of the whole document, and adds
log-odds of its own, the evidence named `document`.

Chances are whole thousandths, so sums are exact and a page alone has the same columns as a page in a stack.
"""

from __future__ import annotations

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.arithmetic import Bounded, range_sum, run_numbers
from boilercut.blocks.characters import COPYRIGHT
from boilercut.blocks.table import Blocks

__all__ = ["COLUMNS", "DOCUMENT", "FIRST_SCORE", "NAMED_SHARE", "document_columns"]

DOCUMENT = "document"
"""Name of the evidence, and of the columns."""
FIRST_SCORE = "document.score"
"""Name of the column that holds the first look's scores."""
NAMED_SHARE = "prompts.share"
"""Name of the column that says how much of a block's words phrases of boilerplate cover."""
WHOLE = 1000
"""Steps of a chance."""
LOW = (50, 100, 200, 500, 900)
"""Bounds of chances, in thousandths, whose shares of the document are counted."""
MIDDLE = 500
"""From this chance on a block belongs to a run of likely ones."""
EDGE_LINES = 5
"""Blocks at the beginning and at the end of a document that are looked at apart."""
RANKS = ("lowest", "second_lowest", "third_lowest")
"""The lowest chances of a document, by rank: a text that is clean has hardly one that is very low."""
MIN_NAMED_SHARE = 0.6
"""Share of an unlikely line's words that phrase lists must cover to name it; a sign of copyright names it, too."""
TITLED_LINES, TITLE_PART = 30, 4
"""Blocks below the first among which a title is looked for, of which the first, with the site's name, begins with it;
and times that it may be as long."""
_OF_BLOCK = ("score", "chance", "named")
_OF_DOCUMENT = (
    "lines", "words", "mean_by_lines", "mean", "head", "tail",
    *(f"{part}_below_{bound}" for part in ("lines", "words") for bound in LOW),
    *RANKS, "named_lines", "named_words", "titled",
)  # fmt: skip
_OF_RUN = (
    "run_lines", "run_words", "run_mean", "run_edge", "words_before_run", "words_behind_run", "runs", "longest_run",
)  # fmt: skip
COLUMNS = tuple(f"{DOCUMENT}.{name}" for name in (*_OF_BLOCK, *_OF_DOCUMENT, *_OF_RUN))
"""Names of the columns, in order."""
_BOUNDS = np.array(LOW)[:, None]


def document_columns(blocks: Blocks, scores: Integers, unit: float, named_share: Floats) -> Floats:
    """Return what first scores, whole numbers of `unit` log-odds, tell of each block, its run and its document.

    `named_share` is the share of each block's words that phrases of boilerplate cover. One row per column of `COLUMNS`.
    """
    words = np.maximum(blocks.facts.words, 1)
    chances = np.rint(WHOLE * sources["probability"].logistic(unit * scores)).astype(np.int64)
    named = (chances < MIDDLE) & ((named_share >= MIN_NAMED_SHARE) | (blocks.facts.first_code == COPYRIGHT))
    table = np.empty((len(COLUMNS), len(scores)))
    table[0], table[1], table[2] = scores, chances, named
    if len(scores):
        begin, end = len(_OF_BLOCK), len(_OF_BLOCK) + len(_OF_DOCUMENT)
        table[begin:end] = _of_document(blocks, chances, words, named)
        table[end:] = _of_run(blocks, chances, words)
    return table


def _of_document(blocks: Blocks, chances: Integers, words: Integers, named: Booleans) -> Floats:
    """Return figures that are the same for all blocks of a document: a row for each of `_OF_DOCUMENT`."""
    starts = np.flatnonzero(blocks.first == np.arange(len(chances)))
    first, end = blocks.first[starts], blocks.end[starts]
    below = chances < _BOUNDS
    rows = np.concatenate([[words, chances * words, chances], below, below * words, [named, named * words]])
    sums, size = range_sum(rows, first, end), end - first
    edges = np.concatenate([first, np.maximum(end - EDGE_LINES, first)])
    edge_ends = np.concatenate([np.minimum(first + EDGE_LINES, end), end])
    edge_words, edge_chances = range_sum(rows[:2], edges, edge_ends)
    middle, behind = 3 + len(LOW), 3 + 2 * len(LOW)
    figures = np.empty((len(_OF_DOCUMENT), len(starts)))
    figures[:4] = size, sums[0], sums[2] / size, sums[1] / sums[0]
    figures[4:6] = (edge_chances / edge_words).reshape(2, -1)
    figures[6 : 6 + len(LOW)] = sums[3:middle] / size
    figures[6 + len(LOW) : 6 + 2 * len(LOW)] = sums[middle:behind] / sums[0]
    ranked = chances[np.lexsort((chances, blocks.pages))]
    figures[-6:-3] = [ranked[np.minimum(first + rank, end - 1)] for rank in range(len(RANKS))]
    figures[-3:-1] = sums[behind:]
    figures[-1] = [_is_titled(blocks, low, high) for low, high in zip(first.tolist(), end.tolist(), strict=True)]
    return np.repeat(figures, size, axis=1)


def _is_titled(blocks: Blocks, first: int, end: int) -> bool:
    """Return whether a document begins as pages do: with a title of which a line further down is a part."""
    title = blocks.block(first)
    texts = (blocks.block(row) for row in range(first + 1, min(first + 1 + TITLED_LINES, end)))
    return any(
        len(title) < TITLE_PART * len(text) < TITLE_PART * len(title) and title.startswith(text) for text in texts
    )


def _of_run(blocks: Bounded, chances: Integers, words: Integers) -> Floats:
    """Return figures of the run of likely or unlikely blocks that each block stands in: a row for each of `_OF_RUN`."""
    likely = chances >= MIDDLE
    of_block = run_numbers(blocks, likely)
    starts = np.flatnonzero(np.diff(of_block, prepend=-1))
    ends = np.append(starts[1:], len(of_block))
    held, weighed = range_sum(np.stack([words, chances * words]), starts, ends)
    begins, stops = blocks.first[starts] == starts, blocks.end[starts] == ends
    document, first_runs = np.cumsum(begins) - 1, np.flatnonzero(begins)
    figures = np.zeros((len(_OF_RUN), len(starts)))
    figures[:4] = ends - starts, held, weighed / held, begins + 2 * stops
    figures[4, 1:], figures[5, :-1] = held[:-1], held[1:]
    figures[4, begins] = figures[5, stops] = 0
    figures[6] = np.diff(first_runs, append=len(starts))[document]
    figures[7] = np.maximum.reduceat(np.where(likely[starts], held, 0), first_runs)[document]
    return figures.take(of_block, axis=1)
