"""Prompts: blocks made of the phrases that sites say to every visitor.

One detector for each list in `phrases/`: the share of the block's words that phrases of the list cover,
and the same for the blocks around it. A phrase alone decides nothing: in a long paragraph it covers
little, and only the model weighs it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from boilercut.blocks import NEAR, Blocks
from boilercut.columns import latest, page_first, page_total, range_sum, share, window_sum
from boilercut.detectors.contract import Column, Detector, detector
from boilercut.native import column_kernels as kernels
from boilercut.vocabulary import Floats, Integers

BOILERPLATE_LISTS = (
    "navigation", "related", "newsletter", "comments", "share", "consent", "legal", "adverts", "pagination", "forms",
    "chrome",
)  # fmt: skip
"""Phrase lists of what is not the article."""
MAX_CAPTCHA_NUMBERS = 3
MAX_HEADING_WORDS = 8
FAR = 999


def _fill_captcha(blocks: Blocks, columns: Floats) -> None:
    kernels.captcha(blocks.table, MAX_CAPTCHA_NUMBERS, columns)


@detector("captcha", kind="comments", fill=_fill_captcha)
def captcha(blocks: Blocks) -> Column:
    """Sums that a form asks people to do, such as "6 + 18 =": few words, all of them numbers, and signs between."""
    facts = blocks.facts
    only_numbers = (facts.digits > 0) & (facts.digits == facts.word_characters)
    return only_numbers & (facts.words <= MAX_CAPTCHA_NUMBERS) & (facts.symbols >= 2)


def _fill_prompts(blocks: Blocks, columns: Floats) -> None:
    covered = blocks.phrases.covered
    lists = np.array([covered.places[name][1] for name in BOILERPLATE_LISTS], dtype=np.int64)
    kernels.prompts(blocks.table, covered.tables[0], lists, NEAR, np.empty(len(blocks), dtype=np.int64), columns)


@detector("prompts", fill=_fill_prompts)
def prompts(blocks: Blocks) -> dict[str, Column]:
    """Share of words covered by the phrases of any list, here and nearby: a short block of nothing else says it all."""
    words = blocks.facts.words
    covered = np.minimum(sum(blocks.phrases.covered[name] for name in BOILERPLATE_LISTS), words)
    near = window_sum(blocks, np.stack([covered, words]), NEAR)[0]
    return {"share": share(covered, words), "near": share(*near)}


def prompt_detector(name: str, kind: str | None, phrases: str | None = None, opens_section: bool = False) -> Detector:
    """Make the detector of one phrase list; `opens_section` where its phrases head lists, as "Comments" does."""
    columns = PhraseColumns(phrases or name, opens_section)
    return Detector(name, columns, kind, fill=columns.fill)


@dataclass(frozen=True, slots=True)
class PhraseColumns:
    """Share of words that the list's phrases cover, in the block and nearby; and what stands behind such blocks."""

    phrases: str
    """Name of the list."""
    opens_section: bool
    """Whether to say how far back the last block of such phrases is, and how much of the page's prose it leaves."""

    def __call__(self, blocks: Blocks) -> dict[str, Column]:
        """Return the columns."""
        name, found = self.phrases, blocks.phrases
        columns: dict[str, Column] = {
            "share": blocks.phrase_shares[name],
            "matches": found.matches[name],
            "near": blocks.phrases_near[name],
        }
        return columns | _behind(blocks, found.covered[name]) if self.opens_section else columns

    def fill(self, blocks: Blocks, columns: Floats) -> None:
        """Fill in the columns."""
        covered = blocks.phrases.covered[self.phrases]
        kernels.phrases(blocks.table, covered, blocks.phrases.matches[self.phrases], NEAR, columns)
        if self.opens_section:
            kernels.behind_headings(blocks.table, covered, MAX_HEADING_WORDS, FAR, columns)


def _behind(blocks: Blocks, covered: Integers) -> dict[str, Column]:
    """Blocks since the last heading of the section, and the page's share of prose before the first."""
    heading = (2 * covered >= blocks.facts.words) & (covered > 0) & (blocks.facts.words <= MAX_HEADING_WORDS)
    prose = np.where(blocks.prose, blocks.word_weights, 0)
    before = range_sum(prose, blocks.first, page_first(blocks, heading))
    return {
        "since": np.minimum(np.arange(len(blocks)) - latest(blocks, heading), FAR),
        "prose_before": share(before, page_total(blocks, prose)),
    }
