"""The document as a whole, as a first look scored it: what a second look reads.

A crawl's dump, an extractor's output with leftovers and text that is clean already differ little line by line. They
differ in how much of the document scores low, where that stands, and in what runs. So text is scored twice: the
second look sees the first scores of the block, of its neighbours, of its run and of the whole document, and adds
log-odds of its own, the evidence named `document`.

Chances are whole thousandths, so sums are exact and a page alone has the same columns as a page in a stack.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Floats, Integers
from boilercut.blocks.arithmetic import Bounded, range_sum, run_numbers

__all__ = ["COLUMNS", "DOCUMENT", "FIRST_SCORE", "Measured", "document_columns"]

DOCUMENT = "document"
"""Name of the evidence, and of the columns."""
FIRST_SCORE = "document.score"
"""Name of the column that holds the first look's scores."""
WHOLE = 1000
"""Steps of a chance."""
LOW = (50, 100, 200, 500, 900)
"""Bounds of chances, in thousandths, whose shares of the document are counted."""
MIDDLE = 500
"""From this chance on a block belongs to a run of likely ones."""
EDGE_LINES = 5
"""Blocks at the beginning and at the end of a document that are looked at apart."""
_OF_BLOCK = ("score", "chance")
_OF_DOCUMENT = (
    "lines", "words", "mean_by_lines", "mean", "head", "tail",
    *(f"{part}_below_{bound}" for part in ("lines", "words") for bound in LOW),
)  # fmt: skip
_OF_RUN = (
    "run_lines", "run_words", "run_mean", "run_edge", "words_before_run", "words_behind_run", "runs", "longest_run",
)  # fmt: skip
COLUMNS = tuple(f"{DOCUMENT}.{name}" for name in (*_OF_BLOCK, *_OF_DOCUMENT, *_OF_RUN))
"""Names of the columns, in order."""
_BOUNDS = np.array(LOW)[:, None]


class Measured(Bounded, Protocol):
    """Blocks whose words were counted; see `boilercut.blocks.table.Blocks`."""

    @property
    def facts(self) -> Any:
        """What was counted, `words` among it: whole numbers, one per block."""


def document_columns(blocks: Measured, scores: Integers, unit: float) -> Floats:
    """Return what first scores, whole numbers of `unit` log-odds, tell of each block, its run and its document.

    One row per column of `COLUMNS`.
    """
    words = np.maximum(blocks.facts.words, 1)
    chances = np.rint(WHOLE * sources["probability"].logistic(unit * scores)).astype(np.int64)
    table = np.empty((len(COLUMNS), len(scores)))
    table[0], table[1] = scores, chances
    if len(scores):
        behind = 2 + len(_OF_DOCUMENT)
        table[2:behind] = _of_document(blocks, chances, words)
        table[behind:] = _of_run(blocks, chances, words)
    return table


def _of_document(blocks: Measured, chances: Integers, words: Integers) -> Floats:
    """Return figures that are the same for all blocks of a document: a row for each of `_OF_DOCUMENT`."""
    starts = np.flatnonzero(blocks.first == np.arange(len(chances)))
    first, end = blocks.first[starts], blocks.end[starts]
    below = chances < _BOUNDS
    rows = np.concatenate([[words, chances * words, chances], below, below * words])
    sums, size = range_sum(rows, first, end), end - first
    edges = np.concatenate([first, np.maximum(end - EDGE_LINES, first)])
    edge_ends = np.concatenate([np.minimum(first + EDGE_LINES, end), end])
    edge_words, edge_chances = range_sum(rows[:2], edges, edge_ends)
    middle = 3 + len(LOW)
    figures = np.empty((len(_OF_DOCUMENT), len(starts)))
    figures[:4] = size, sums[0], sums[2] / size, sums[1] / sums[0]
    figures[4:6] = (edge_chances / edge_words).reshape(2, -1)
    figures[6 : 6 + len(LOW)] = sums[3:middle] / size
    figures[6 + len(LOW) :] = sums[middle:] / sums[0]
    return np.repeat(figures, size, axis=1)


def _of_run(blocks: Measured, chances: Integers, words: Integers) -> Floats:
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
