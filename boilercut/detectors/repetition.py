"""Repetition: text that stands on the page more than once."""

from __future__ import annotations

import numpy as np

from boilercut.blocks import Blocks
from boilercut.columns import group_numbers, page_total, share, slots_for
from boilercut.detectors.contract import Column, detector
from boilercut.native import column_kernels as kernels
from boilercut.vocabulary import Floats
from boilercut.words import page_keys


def _fill(blocks: Blocks, columns: Floats) -> None:
    slots, used = slots_for(len(blocks))
    seen = np.empty((2, len(slots)), dtype=np.int64)
    kernels.repetition(blocks.table, blocks.facts.fingerprint, slots, used, seen, columns)


@detector("repetition", fill=_fill)
def repetition(blocks: Blocks) -> dict[str, Column]:
    """How often the block's text stands on its page, digits ignored, and whether it stood there before."""
    numbers, size = group_numbers(page_keys(blocks.facts.fingerprint, blocks.pages))
    times = np.bincount(numbers, minlength=size)[numbers]
    here = np.arange(len(blocks))
    first = np.empty(size, dtype=np.int64)
    first[numbers[::-1]] = here[::-1]  # of those written to one place, the last stays: the first block
    return {
        "times": times,
        "again": first[numbers] != here,
        "page_share": share(page_total(blocks, times > 1), blocks.end - blocks.first),
    }
