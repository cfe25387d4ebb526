"""The headline: kept where the page shows it, whatever its score, since the sets disagree on it and readers do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from boilercut.arrays import Booleans, Floats
from boilercut.blocks.table import Blocks

__all__ = ["headline_blocks"]


def headline_blocks(
    blocks: Blocks, columns: Mapping[str, Floats], bounds: Sequence[int], headlines: Sequence[str], keep: Booleans
) -> Booleans:
    """Mark on each page of HTML that keeps something the first heading of the first level that is its headline."""
    found = np.zeros(len(blocks), dtype=np.bool_)
    if blocks.elements is None or not any(headlines):
        return found
    member = columns["tags.in_h1"] > 0
    for (low, high), headline in zip(pairwise(bounds), headlines, strict=True):
        if headline and keep[low:high].any():
            rows = low + np.flatnonzero(member[low:high])
            runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
            shown = (run for run in runs if " ".join(map(blocks.block, run.tolist())) == headline)
            found[next(shown, rows[:0])] = True
    return found
