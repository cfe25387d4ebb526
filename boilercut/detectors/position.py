"""Position: where a block stands on the page and among its prose."""

from __future__ import annotations

import numpy as np

from boilercut.blocks import Blocks
from boilercut.columns import latest, page_first, page_last, page_next, page_total, share, sum_before
from boilercut.detectors.contract import Column, detector
from boilercut.native import column_kernels as kernels
from boilercut.vocabulary import Booleans, Floats, Integers

SHORT_BLOCK_COST = 10
"""What a block that is not prose takes off a run's worth, in words; chosen by judgement, not tuned."""
FAR = 999


def _fill_position(blocks: Blocks, columns: Floats) -> None:
    kernels.position(blocks.table, columns)


@detector("position", fill=_fill_position)
def position(blocks: Blocks) -> dict[str, Column]:
    """Place on the page, in blocks and in characters."""
    here = np.arange(len(blocks))
    characters = blocks.facts.characters
    before, total = sum_before(blocks, characters), page_total(blocks, characters)
    return {
        "from_top": here - blocks.first,
        "from_end": blocks.end - 1 - here,
        "relative": share(here - blocks.first, blocks.end - blocks.first),
        "text_before": share(before, total),
        "page_blocks": blocks.end - blocks.first,
        "page_characters": total,
    }


def _fill_prose(blocks: Blocks, columns: Floats) -> None:
    kernels.prose(blocks.table, SHORT_BLOCK_COST, FAR, columns)


@detector("prose", fill=_fill_prose)
def prose(blocks: Blocks) -> dict[str, Column]:
    """Place among the page's prose: distance to the next sentences, and to the best run of them."""
    here = np.arange(len(blocks))
    member = blocks.prose
    words = np.where(member, blocks.word_weights, 0)
    total = page_total(blocks, words)
    first, end = _best_run(blocks, np.where(member, words, -SHORT_BLOCK_COST))
    outside = np.where(here < first, here - first, np.maximum(here - end + 1, 0))
    return {
        "is": member,
        "page_words": total,
        "page_share": share(total, page_total(blocks, blocks.word_weights)),
        "before": share(sum_before(blocks, words), total),
        "since": np.minimum(here - latest(blocks, member), FAR),
        "until": np.minimum(_next(blocks, member) - here, FAR),
        "outside_run": np.clip(outside, -FAR, FAR),
        "from_run_start": np.clip(here - first, -FAR, FAR),
        "from_first": np.clip(here - page_first(blocks, member), -FAR, FAR),
        "from_last": np.clip(here - page_last(blocks, member), -FAR, FAR),
    }


def _best_run(blocks: Blocks, worth: Integers) -> tuple[Integers, Integers]:
    """Return the bounds of the contiguous run of blocks with the highest sum (Kadane), page by page."""
    first, end = np.zeros((2, len(blocks)), dtype=np.int64)
    lows = np.flatnonzero(blocks.first == np.arange(len(blocks)))
    for low, high in zip(lows.tolist(), blocks.end[lows].tolist(), strict=True):
        sums = np.concatenate([[0], np.cumsum(worth[low:high])])
        gains = sums - np.minimum.accumulate(sums)
        stop = int(np.argmax(gains))
        first[low:high] = low + int(np.argmin(sums[: stop + 1]))
        end[low:high] = low + stop
    return first, end


def _next(blocks: Blocks, member: Booleans) -> Integers:
    """Return for each block the first member at or behind it, or far behind the page."""
    upcoming = np.where(member, np.arange(len(blocks)), page_next(blocks, member))
    return np.where(upcoming < blocks.end, upcoming, blocks.end + FAR)
