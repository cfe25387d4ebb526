"""Prompts: blocks made of the phrases that sites say to every visitor.

One detector for each list in `phrases/`: the share of the block's words that phrases of the list cover,
and the same for the blocks around it. A phrase alone decides nothing: in a long paragraph it covers
little, and only the model weighs it.
"""

from __future__ import annotations

from dataclasses import dataclass

from boilercut.columns import share, window_sum
from boilercut.detectors.contract import Column, Detector, detector
from boilercut.measure import Blocks

NEAR = 3
MAX_CAPTCHA_NUMBERS = 3


@detector("captcha", kind="comments")
def captcha(blocks: Blocks) -> Column:
    """Sums that a form asks people to do, such as "6 + 18 =": few words, all of them numbers, and signs between."""
    facts = blocks.facts
    only_numbers = (facts.digits > 0) & (facts.digits == facts.word_characters)
    return only_numbers & (facts.words <= MAX_CAPTCHA_NUMBERS) & (facts.symbols >= 2)


def prompt_detector(name: str, kind: str | None, phrases: str | None = None) -> Detector:
    """Make the detector of one phrase list."""
    return Detector(name, PhraseColumns(phrases or name), kind)


@dataclass(frozen=True, slots=True)
class PhraseColumns:
    """Share of words that the list's phrases cover, in the block and nearby; and how many phrases it has."""

    phrases: str
    """Name of the list."""

    def __call__(self, blocks: Blocks) -> dict[str, Column]:
        """Return the three columns."""
        covered, words = blocks.phrases.covered[self.phrases], blocks.facts.words
        near = window_sum(blocks, covered, NEAR)[0]
        return {
            "share": share(covered, words),
            "matches": blocks.phrases.matches[self.phrases],
            "near": share(near, window_sum(blocks, words, NEAR)[0]),
        }
