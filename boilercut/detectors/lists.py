"""Lists: items that begin alike, and what they hang on.

An ingredient list and a menu look alike line by line. What differs is what stands before them: a sentence
that ends in a colon, a heading within prose, or nothing of the kind.
"""

from __future__ import annotations

import numpy as np

from boilercut import characters as c
from boilercut.blocks import Blocks
from boilercut.columns import is_any, latest, run_lengths, shifted
from boilercut.detectors.contract import Column, detector
from boilercut.native import column_kernels as kernels
from boilercut.vocabulary import Booleans, Floats

_BULLETS = np.array([ord(mark) for mark in "-*•‣◦▪·–—○●+"], dtype=np.int64)
_COLONS = np.array([ord(mark) for mark in ":："], dtype=np.int64)
MAX_NUMBERED_WORDS = 60
"""A longer block that begins with a number is a paragraph, more often than an item."""
FAR = 99


def _fill(blocks: Blocks, columns: Floats) -> None:
    kernels.lists(blocks.table, _BULLETS, _COLONS, MAX_NUMBERED_WORDS, FAR, columns)


@detector("lists", fill=_fill)
def lists(blocks: Blocks) -> dict[str, Column]:
    """Runs of bulleted or numbered items and of blocks alike in length and edges; how far back a colon stands."""
    facts = blocks.facts
    bullet = is_any(facts.first_code, _BULLETS)
    numbered = ((facts.first_class & c.DIGIT) != 0) & (facts.words <= MAX_NUMBERED_WORDS)
    colon = is_any(facts.last_code, _COLONS)
    here = np.arange(len(blocks))
    return {
        "item_run": run_lengths(blocks, bullet | numbered),
        "alike_run": run_lengths(blocks, _like_the_next(blocks)),
        "since_colon": np.minimum(here - latest(blocks, colon), FAR),
        "since_prose": np.minimum(here - latest(blocks, blocks.prose), FAR),
    }


def _like_the_next(blocks: Blocks) -> Booleans:
    """Tell which blocks are like a neighbour: begin and end in the same way, and are about as long."""
    facts = blocks.facts
    length = np.frexp(np.maximum(facts.characters, 1))[1].astype(np.int64) - 1  # whole steps of two, to the bit
    look = (facts.first_class * (1 << 16) + facts.last_class) * 64 + length
    return (look == shifted(blocks, look, -1, -1)) | (look == shifted(blocks, look, 1, -1))
