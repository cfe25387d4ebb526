"""Shape: what a block's text looks like, whatever it says."""

from __future__ import annotations

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import ColumnWriter, Stack
else:
    from boilercut._native.stack_py import ColumnWriter, Stack
from boilercut.blocks import characters as c

BULLETS = frozenset(map(ord, "-*•‣◦▪·–—○●"))
ARROWS = frozenset(map(ord, "…»›→"))
MAX_BLANK_LINES, MAX_INDENT = 4, 12
"""Largest numbers of blank lines and of characters of indentation that count."""


def shape(stack: Stack, columns: ColumnWriter) -> None:
    """Length, punctuation, case and digits of each block."""
    words_of, characters_of, letters_of = stack.fact("words"), stack.fact("characters"), stack.fact("word_characters")
    longest_of, sentences_of, commas_of = stack.fact("longest_word"), stack.fact("sentences"), stack.fact("commas")
    punctuation_of, separators_of = stack.fact("punctuation"), stack.fact("separators")
    symbols_of, currency_of, digits_of = stack.fact("symbols"), stack.fact("currency"), stack.fact("digits")
    upper_of, capitalised_of, unspaced_of = stack.fact("upper"), stack.fact("capitalised"), stack.fact("unspaced")
    function_words_of = stack.covered("function_words")
    characters, words = columns.column("characters"), columns.column("words")
    word_length, longest_word = columns.column("word_length"), columns.column("longest_word")
    sentences = columns.column("sentences")
    words_per_sentence, comma_share = columns.column("words_per_sentence"), columns.column("comma_share")
    punctuation_share, separators = columns.column("punctuation_share"), columns.column("separators")
    symbol_share, currency = columns.column("symbol_share"), columns.column("currency")
    digit_share, upper_share = columns.column("digit_share"), columns.column("upper_share")
    capitalised_share = columns.column("capitalised_share")
    unspaced_share, function_words = columns.column("unspaced_share"), columns.column("function_words")
    block: cython.Py_ssize_t
    with cython.nogil:
        for block in range(stack.size):
            own, length = words_of[block] or 1, characters_of[block] or 1
            characters[block] = characters_of[block]
            words[block] = words_of[block]
            word_length[block] = letters_of[block] / own
            longest_word[block] = longest_of[block]
            sentences[block] = sentences_of[block]
            words_per_sentence[block] = words_of[block] / (sentences_of[block] or 1)
            comma_share[block] = commas_of[block] / own
            punctuation_share[block] = punctuation_of[block] / length
            separators[block] = separators_of[block]
            symbol_share[block] = symbols_of[block] / length
            currency[block] = currency_of[block]
            digit_share[block] = digits_of[block] / length
            upper_share[block] = upper_of[block] / (letters_of[block] or 1)
            spaced = words_of[block] - unspaced_of[block]
            capitalised_share[block] = capitalised_of[block] / (spaced if spaced > 0 else 1)
            unspaced_share[block] = unspaced_of[block] / own
            function_words[block] = function_words_of[block] / own


def edges(stack: Stack, columns: ColumnWriter) -> None:
    """How each block begins and ends, and how it is laid out in plain text."""
    first_class, first_code = stack.fact("first_class"), stack.fact("first_code")
    last_class, last_code = stack.fact("last_class"), stack.fact("last_code")
    blank_lines_of, indents_of = stack.fact("blank_lines"), stack.fact("indents")
    ends_sentence, ends_colon = columns.column("ends_sentence"), columns.column("ends_colon")
    ends_question, ends_arrow = columns.column("ends_question"), columns.column("ends_arrow")
    ends_letter, begins_upper = columns.column("ends_letter"), columns.column("begins_upper")
    begins_lower, begins_digit = columns.column("begins_lower"), columns.column("begins_digit")
    begins_mark, bullet = columns.column("begins_mark"), columns.column("bullet")
    hash_mark, pipe = columns.column("hash_mark"), columns.column("pipe")
    blank_lines, indent = columns.column("blank_lines"), columns.column("indent")
    arrows, bullets = stack.flags(ARROWS, last_code), stack.flags(BULLETS, first_code)
    sentence_end: cython.longlong = c.SENTENCE_END
    word: cython.longlong = c.WORD
    upper: cython.longlong = c.UPPER
    lower: cython.longlong = c.LOWER
    digit: cython.longlong = c.DIGIT
    mark: cython.longlong = c.PUNCTUATION | c.SYMBOL
    most_lines: cython.longlong = MAX_BLANK_LINES
    most_indent: cython.longlong = MAX_INDENT
    colon: cython.longlong = ord(":")
    question: cython.longlong = ord("?")
    hash_code: cython.longlong = ord("#")
    pipe_code: cython.longlong = ord("|")
    block: cython.Py_ssize_t
    with cython.nogil:
        for block in range(stack.size):
            first, last = first_class[block], last_class[block]
            begins, ends = first_code[block], last_code[block]
            ends_sentence[block] = (last & sentence_end) != 0
            ends_colon[block] = ends == colon
            ends_question[block] = ends == question
            ends_arrow[block] = arrows[block]
            ends_letter[block] = (last & word) != 0
            begins_upper[block] = (first & upper) != 0
            begins_lower[block] = (first & lower) != 0
            begins_digit[block] = (first & digit) != 0
            begins_mark[block] = (first & mark) != 0
            bullet[block] = bullets[block]
            hash_mark[block] = begins == hash_code
            pipe[block] = begins == pipe_code
            blank_lines[block] = min(blank_lines_of[block], most_lines)
            indent[block] = min(indents_of[block], most_indent)
