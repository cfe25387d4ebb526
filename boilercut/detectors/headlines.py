"""Lists of headlines: the "related videos" link farms, runs of titles that link elsewhere."""

from __future__ import annotations

import numpy as np

from boilercut import characters as c
from boilercut.blocks import Blocks
from boilercut.columns import run_lengths, share, window_sum
from boilercut.detectors.contract import Column, detector
from boilercut.native import column_kernels as kernels
from boilercut.vocabulary import Floats

MIN_TITLE_WORDS, MAX_TITLE_WORDS = 3, 26
"""Headlines are neither labels nor paragraphs."""
MAX_LABEL_WORDS = 5
MAX_DATED_WORDS = 40
NEAR = 6


def _fill(blocks: Blocks, columns: Floats) -> None:
    limits = (MIN_TITLE_WORDS, MAX_TITLE_WORDS, MAX_LABEL_WORDS, MAX_DATED_WORDS)
    kernels.headlines(blocks.table, blocks.phrases.covered["months"], *limits, NEAR, columns)


@detector("headlines", kind="related", fill=_fill)
def headlines(blocks: Blocks) -> dict[str, Column]:
    """Runs of title-like, dated or label-like blocks: one headline is a title, thirty are a link farm."""
    facts = blocks.facts
    words = facts.words - facts.unspaced // 2
    unfinished = (facts.last_class & c.SENTENCE_END) == 0
    title = (words >= MIN_TITLE_WORDS) & (words <= MAX_TITLE_WORDS) & unfinished & (facts.sentences <= 1)
    label = (words <= MAX_LABEL_WORDS) & unfinished
    dated = _has_date(blocks) & (words <= MAX_DATED_WORDS)
    (titles_near, dated_near), size = window_sum(blocks, np.stack([title, dated]), NEAR)
    return {
        "title_like": title,
        "title_run": run_lengths(blocks, title | dated),
        "label_run": run_lengths(blocks, label),
        "short_run": run_lengths(blocks, label | title | dated),
        "near": share(titles_near, size),
        "dated": dated,
        "dated_near": share(dated_near, size),
    }


def _has_date(blocks: Blocks) -> np.ndarray:
    """A month or weekday name beside digits, or many digits with marks between them (12:30, 24.05.21)."""
    facts = blocks.facts
    named = (blocks.phrases.covered["months"] > 0) & (facts.digits > 0)
    return named | ((facts.digits >= 4) & (facts.punctuation >= 1) & (facts.digits * 8 >= facts.characters))
