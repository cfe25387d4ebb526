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
    """Mark the headline of each page of which a block is kept: the first heading that says it, best an `h1`.

    In plain text, that is a line behind the first, which names it.
    """
    found = np.zeros(len(blocks), dtype=np.bool_)
    if not any(headlines):
        return found
    names = ("tags.in_h1", "tags.heading")
    for (low, high), headline in zip(pairwise(bounds), headlines, strict=True):
        if headline and keep[low:high].any():
            if blocks.elements is None:
                alike = blocks.facts.characters[low + 1 : high] == len(headline)
                levels = iter([alike.nonzero()[0] + low + 1])
            else:
                levels = (columns[name][low:high].nonzero()[0] + low for name in names)
            found[next(filter(None, (_shown(blocks, rows, headline) for rows in levels)), [])] = True
    return found


def _shown(blocks: Blocks, rows: Integers, headline: str) -> list[int]:
    """Return the first of some rows, or of their runs, whose text is a headline; an empty list if there is none."""
    sizes = blocks.facts.characters[rows].tolist()
    for row, size in zip(rows.tolist(), sizes, strict=True):
        if size == len(headline) and blocks.block(row) == headline:
            return [row]
    run, length = list[int](), 0
    for row, size in zip([*rows.tolist(), -1], [*sizes, 0], strict=True):
        if run and row != run[-1] + 1:
            if length == len(headline) and " ".join(map(blocks.block, run)) == headline:
                return run
            run, length = [], 0
        length += size + bool(run)
        run.append(row)
    return []
