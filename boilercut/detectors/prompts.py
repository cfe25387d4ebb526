"""Prompts: blocks made of the phrases that sites say to every visitor.

One detector for each list in `phrases/`: the share of the block's words that phrases of the list cover,
and the same for the blocks around it. A phrase alone decides nothing: in a long paragraph it covers
little, and only the model weighs it.
"""

from __future__ import annotations

from boilercut.columns import share, window_sum
from boilercut.detectors.contract import Column, Detector
from boilercut.measure import Blocks

NEAR = 3


def prompt_detector(name: str, kind: str | None, phrases: str | None = None) -> Detector:
    """Make the detector of one phrase list."""
    source = phrases or name

    def columns(blocks: Blocks) -> dict[str, Column]:
        covered, words = blocks.phrases.covered[source], blocks.facts.words
        near = window_sum(blocks, covered, NEAR)[0]
        return {
            "share": share(covered, words),
            "matches": blocks.phrases.matches[source],
            "near": share(near, window_sum(blocks, words, NEAR)[0]),
        }

    columns.__doc__ = f"Share of words covered by the phrases of `{source}.txt`, here and nearby."
    return Detector(name, columns, kind)
