"""What counts as prose, for every detector that needs the text's centre of mass."""

from __future__ import annotations

from boilercut.measure import Blocks
from boilercut.vocabulary import Booleans, Integers

MIN_PROSE_WORDS = 12
"""Shorter blocks are headings, captions or menu items more often than sentences."""
UNSPACED_PER_WORD = 2
"""Characters to a word, in scripts written without spaces."""


def word_weights(blocks: Blocks) -> Integers:
    """Return how many words each block has, about two ideographs counting as one word."""
    facts = blocks.facts
    return facts.words - facts.unspaced + facts.unspaced // UNSPACED_PER_WORD


def is_prose(blocks: Blocks) -> Booleans:
    """Tell which blocks are sentences rather than links, headlines or labels."""
    facts = blocks.facts
    return (
        (word_weights(blocks) >= MIN_PROSE_WORDS)
        & (facts.sentences >= 1)
        & (2 * blocks.link_characters < facts.characters)
    )
