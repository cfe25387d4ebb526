"""The document as a whole, as a first look scored it: what a second look reads.

A crawl's dump, an extractor's output with leftovers and text that is clean already differ little line by line. They
differ in how much of the document scores low, where that stands, and in what runs. So text is scored twice: the
second look sees the first scores of the block, of its neighbours, of its run and of the whole document, and adds
log-odds of its own, the evidence named `document`.

Chances are whole thousandths, so sums are exact and a page alone has the same columns as a page in a stack.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boilercut._native import sources
from boilercut.blocks import Blocks
from boilercut.columns import range_sum, run_numbers, share
from boilercut.vocabulary import Columns, Integers

__all__ = ["DOCUMENT", "FIRST_SCORE", "document_columns"]

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


class _Runs(NamedTuple):
    """Runs of blocks that are all likely, or all unlikely, to be content."""

    of_block: Integers
    lines: Integers
    words: Integers
    chances: Integers
    likely: npt.NDArray[np.bool_]
    begins: npt.NDArray[np.bool_]
    """Whether the run begins its document."""
    ends: npt.NDArray[np.bool_]


def document_columns(blocks: Blocks, scores: Integers, unit: float) -> Columns:
    """Return what first scores, whole numbers of `unit` log-odds, tell of each block, its run and its document."""
    words = np.maximum(blocks.facts.words, 1)
    chances = np.rint(WHOLE * sources["probability"].logistic(unit * scores)).astype(np.int64)
    found: dict[str, npt.NDArray[np.generic]] = {"score": scores, "chance": chances}
    found |= _of_document(blocks, chances, words) | _of_run(blocks, chances, words)
    table = np.empty((len(found), len(scores)))
    for row, values in enumerate(found.values()):
        table[row] = values
    return Columns([table], {f"{DOCUMENT}.{name}": (0, row) for row, name in enumerate(found)})


def _of_document(blocks: Blocks, chances: Integers, words: Integers) -> dict[str, npt.NDArray[np.generic]]:
    """Return figures that are the same for all blocks of a document, computed once each."""
    starts = np.flatnonzero(blocks.first == np.arange(len(chances)))
    first, end = blocks.first[starts], blocks.end[starts]
    below = np.stack([chances < bound for bound in LOW]).astype(np.int64)
    weighed = chances * words
    rows = np.concatenate([np.stack([words, chances, weighed]), below, below * words])
    sums = range_sum(rows, first, end)
    size, of_words = end - first, sums[0]
    head = range_sum(rows[[0, 2]], first, np.minimum(first + EDGE_LINES, end))
    tail = range_sum(rows[[0, 2]], np.maximum(end - EDGE_LINES, first), end)
    figures: dict[str, npt.NDArray[np.generic]] = {
        "lines": size,
        "words": of_words,
        "mean_by_lines": share(sums[1], size),
        "mean": share(sums[2], of_words),
        "head": share(head[1], head[0]),
        "tail": share(tail[1], tail[0]),
    }
    for row, bound in enumerate(LOW):
        figures[f"lines_below_{bound}"] = share(sums[3 + row], size)
        figures[f"words_below_{bound}"] = share(sums[3 + len(LOW) + row], of_words)
    return {name: np.repeat(values, size) for name, values in figures.items()}


def _of_run(blocks: Blocks, chances: Integers, words: Integers) -> dict[str, npt.NDArray[np.generic]]:
    """Return figures of the run that each block stands in, of the runs beside it, and of all runs of the document."""
    runs = _runs(blocks, chances, words)
    document = np.cumsum(runs.begins) - 1
    longest = np.zeros(int(runs.begins.sum()), dtype=np.int64)
    np.maximum.at(longest, document, np.where(runs.likely, runs.words, 0))
    figures: dict[str, npt.NDArray[np.generic]] = {
        "run_lines": runs.lines,
        "run_words": runs.words,
        "run_mean": share(runs.chances, runs.words),
        "run_edge": runs.begins + 2 * runs.ends,
        "words_before_run": np.where(runs.begins, 0, np.append(0, runs.words[:-1])),
        "words_behind_run": np.where(runs.ends, 0, np.append(runs.words[1:], 0)),
        "runs": np.bincount(document)[document],
        "longest_run": longest[document],
    }
    return {name: values[runs.of_block] for name, values in figures.items()}


def _runs(blocks: Blocks, chances: Integers, words: Integers) -> _Runs:
    likely = chances >= MIDDLE
    of_block = run_numbers(blocks, likely)
    starts = np.flatnonzero(np.diff(of_block, prepend=-1))
    ends = np.append(starts[1:], len(of_block))[: len(starts)]
    sums = range_sum(np.stack([words, chances * words]), starts, ends)
    begins, stops = blocks.first[starts] == starts, blocks.end[starts] == ends
    return _Runs(of_block, ends - starts, sums[0], sums[1], likely[starts], begins, stops)
