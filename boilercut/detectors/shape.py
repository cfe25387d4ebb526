"""Shape: what a block's text looks like, whatever it says."""

from __future__ import annotations

import numpy as np

from boilercut import characters as c
from boilercut.blocks import Blocks
from boilercut.columns import is_any, share
from boilercut.detectors.contract import Column, detector
from boilercut.native import column_kernels as kernels
from boilercut.vocabulary import Floats

_BULLETS = np.array([ord(mark) for mark in "-*•‣◦▪·–—○●"], dtype=np.int64)
_HASH, _PIPE, _QUOTE_MARK, _COLON, _QUESTION = (ord(mark) for mark in "#|>:?")
_ARROWS = np.array([ord(mark) for mark in "…»›→"], dtype=np.int64)
MAX_BLANK_LINES, MAX_INDENT = 4, 12


def _fill_shape(blocks: Blocks, columns: Floats) -> None:
    kernels.shape(blocks.table, blocks.phrases.covered["function_words"], columns)


@detector("shape", fill=_fill_shape)
def shape(blocks: Blocks) -> dict[str, Column]:
    """Length, punctuation, case and digits of each block."""
    facts = blocks.facts
    spaced_words = facts.words - facts.unspaced
    return {
        "characters": facts.characters,
        "words": facts.words,
        "word_length": share(facts.word_characters, facts.words),
        "longest_word": facts.longest_word,
        "sentences": facts.sentences,
        "words_per_sentence": share(facts.words, facts.sentences),
        "comma_share": share(facts.commas, facts.words),
        "punctuation_share": share(facts.punctuation, facts.characters),
        "separators": facts.separators,
        "symbol_share": share(facts.symbols, facts.characters),
        "currency": facts.currency,
        "digit_share": share(facts.digits, facts.characters),
        "upper_share": share(facts.upper, facts.word_characters),
        "capitalised_share": share(facts.capitalised, spaced_words),
        "unspaced_share": share(facts.unspaced, facts.words),
        "function_words": share(blocks.phrases.covered["function_words"], facts.words),
    }


def _fill_edges(blocks: Blocks, columns: Floats) -> None:
    kernels.edges(blocks.table, _ARROWS, _BULLETS, MAX_BLANK_LINES, MAX_INDENT, columns)


@detector("edges", fill=_fill_edges)
def edges(blocks: Blocks) -> dict[str, Column]:
    """How each block begins and ends, and how it is laid out in plain text."""
    facts = blocks.facts
    return {
        "ends_sentence": (facts.last_class & c.SENTENCE_END) != 0,
        "ends_colon": facts.last_code == _COLON,
        "ends_question": facts.last_code == _QUESTION,
        "ends_arrow": is_any(facts.last_code, _ARROWS),
        "ends_letter": (facts.last_class & c.WORD) != 0,
        "begins_upper": (facts.first_class & c.UPPER) != 0,
        "begins_lower": (facts.first_class & c.LOWER) != 0,
        "begins_digit": (facts.first_class & c.DIGIT) != 0,
        "begins_mark": (facts.first_class & (c.PUNCTUATION | c.SYMBOL)) != 0,
        "bullet": is_any(facts.first_code, _BULLETS),
        "hash_mark": facts.first_code == _HASH,
        "pipe": facts.first_code == _PIPE,
        "blank_lines": np.minimum(blocks.blank_lines, MAX_BLANK_LINES),
        "indent": np.minimum(blocks.indents, MAX_INDENT),
    }
