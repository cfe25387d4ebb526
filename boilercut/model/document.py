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
from boilercut.arrays import Floats, Integers
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
_BOUNDS = np.array(LOW, dtype=np.int64)
fill_documents, fill_runs = sources["passages"].fill_documents, sources["passages"].fill_runs


def document_columns(blocks: Blocks, scores: Integers, unit: float, named_share: Floats) -> Floats:
    """Return what first scores, whole numbers of `unit` log-odds, tell of each block, its run and its document.

    `named_share` is the share of each block's words that phrases of boilerplate cover. One row per column of `COLUMNS`.
    """
    words = np.maximum(blocks.facts.words, 1)
    chances = np.rint(WHOLE * sources["probability"].logistic(unit * scores)).astype(np.int64)
    named = (chances < MIDDLE) & ((named_share >= MIN_NAMED_SHARE) | (blocks.facts.first_code == COPYRIGHT))
    table = np.empty((len(COLUMNS), len(scores)))
    table[0], table[1], table[2] = scores, chances, named
    of_document, of_run = len(_OF_BLOCK), len(_OF_BLOCK) + len(_OF_DOCUMENT)
    fill_documents(table, of_document, blocks.end, chances, words, named.astype(np.int64), _BOUNDS, EDGE_LINES)
    fill_runs(table, of_run, blocks.end, chances, words, MIDDLE)
    for low in np.flatnonzero(blocks.first == np.arange(len(scores))).tolist():
        high = int(blocks.end[low])
        table[of_run - 1, low:high] = _is_titled(blocks, low, high)
    return table


def _is_titled(blocks: Blocks, first: int, end: int) -> bool:
    """Return whether a document begins as pages do: with a title of which a line further down is a part."""
    title = blocks.block(first)
    texts = (blocks.block(row) for row in range(first + 1, min(first + 1 + TITLED_LINES, end)))
    return any(
        len(title) < TITLE_PART * len(text) < TITLE_PART * len(title) and title.startswith(text) for text in texts
    )
