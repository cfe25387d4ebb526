"""The headline: kept where the page shows it, whatever its score, since the sets disagree on it and readers do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.table import Blocks

__all__ = ["headline_blocks"]


def headline_blocks(
    blocks: Blocks, columns: Mapping[str, Floats], bounds: Sequence[int], headlines: Sequence[str], keep: Booleans
) -> Booleans:
    """Mark the first heading of each page that is its headline, best of the first level, where a block is kept."""
    found = np.zeros(len(blocks), dtype=np.bool_)
    if blocks.elements is None or not any(headlines):
        return found
    levels = columns["tags.in_h1"] > 0, columns["tags.heading"] > 0
    for (low, high), headline in zip(pairwise(bounds), headlines, strict=True):
        if headline and keep[low:high].any():
            shown = (_shown(blocks, low + np.flatnonzero(level[low:high]), headline) for level in levels)
            found[next((rows for rows in shown if rows), [])] = True
    return found


def _shown(blocks: Blocks, rows: Integers, headline: str) -> list[int]:
    """Return the first of some rows, or of their runs, that is a headline; none of them where there is none."""
    alone = rows[blocks.facts.characters[rows] == len(headline)].tolist()
    if row := next(([row] for row in alone if blocks.block(row) == headline), None):
        return row
    runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) > 1 else []
    return next((run for run in (each.tolist() for each in runs) if " ".join(map(blocks.block, run)) == headline), [])
