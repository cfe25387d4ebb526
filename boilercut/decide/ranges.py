"""Blocks that go together: ranges that are kept whole, and what may be a copy of something else that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import Scratch, Stack, Verdicts
else:
    from boilercut._native.stack_py import Scratch, Stack, Verdicts
from boilercut.arrays import Booleans, Floats

QUOTING = ord(">")
"""What lines of plain text begin with that quote another."""
WHOLE, TABLE, LIST = 1, 2, 3
"""Sorts of what keeps or goes as a whole: lists of terms and code, tables, and lists of items."""
MAX_PASSED_WORDS, MIN_PASSED_PROBABILITY = 2, 0.2
"""Words of a label such as "shell" that may stand between a table or listing and the text beside it, and its
probability: an unlikely one, such as "Latest news", is that of another part of the page."""
KEPT_TENTHS = 3
"""Tenths of a table's words from which those kept keep the rest; .2 and .5 were no better on the training pages."""
MAX_PAGE_TENTHS = 3
"""A table that holds more of its page's words lays the page out, unless it holds data; a list of terms, or code, never
does. With 6 instead, tables of old news pages brought back "send to a friend" and other headlines: F1 lower by .002
there, higher nowhere."""
MAX_LINKED_TENTHS = 3
"""More of it inside links: an index of other pages."""
MIN_CHANCE = 26
"""A tenth, in steps of 1/256: less likely tables are not kept merely because they stand inside the article."""
MIN_LIST_CHANCE = 77
"""Three tenths. In lists between kept text, on half of the training pages, 5291 of 6304 words that were cut are text
where the list is as likely as .4, and 1780 of 4202 from .2 to .4; F1 rose by .0004, on eight of ten sets."""
MAX_PASSED_OVER = 3
"""Number of labels and headings that may stand between a table or listing and the text beside it."""


def whole_ranges(
    stack: Stack, first: Any, end: Any, sorts: Any, heading: Floats | None, probabilities: Floats, expected: Any,
    keep: Booleans,
) -> tuple[list[int], list[int]]:  # fmt: skip
    """Return which ranges of blocks `whole_table` keeps whole, and apart tables that it does unless they are layout.

    `first` and `end` are their bounds; `sorts` what they are, 0 for nothing of the kind; `heading` marks headings of
    HTML; `expected` has the parts of words expected of each block.
    """
    kept, firsts, ends, sort_of = stack.verdicts(keep), stack.lent(first), stack.lent(end), stack.lent(sorts)
    page_first, page_end, words_of = stack.fact("first"), stack.fact("end"), stack.fact("words")
    characters, linked, chance_of = stack.sums("characters"), stack.sums("link_characters"), stack.floats(probabilities)
    parts, size = stack.lent(expected), stack.size + 1
    number, words, words_kept, chances = stack.zeros(size), stack.zeros(size), stack.zeros(size), stack.zeros(size)
    passed_over = stack.zeros(size)
    headed = chance_of if heading is None else stack.floats(heading)
    is_html: cython.bint = heading is not None
    most: cython.longlong = MAX_PASSED_WORDS
    least: cython.double = MIN_PASSED_PROBABILITY
    reach: cython.Py_ssize_t = MAX_PASSED_OVER + 1
    ranges: cython.Py_ssize_t = len(first)
    place: cython.Py_ssize_t
    block: cython.Py_ssize_t
    is_list: cython.bint
    whole: list[int] = []
    large: list[int] = []
    for block in range(stack.size):
        number[block + 1] = number[block] + kept[block]
        words[block + 1] = words[block] + max(words_of[block], 1)
        words_kept[block + 1] = words_kept[block] + (max(words_of[block], 1) if kept[block] else 0)
        chances[block + 1] = chances[block] + parts[block]
        if chance_of[block] >= least and (words_of[block] <= most or (is_html and headed[block] > 0)):
            passed_over[block] = 1
    for place in range(ranges):
        low, high = firsts[place], ends[place]
        if sort_of[place] == 0 or high <= low:
            continue
        if number[high] - number[low] == high - low:
            continue
        if number[min(high + reach, stack.size)] == number[max(low - reach, 0)]:
            continue
        held, chance = words[high] - words[low], chances[high] - chances[low]
        of_links = 10 * (linked[high] - linked[low]) >= MAX_LINKED_TENTHS * (characters[high] - characters[low])
        is_list = sort_of[place] == LIST
        likely = chance >= MIN_LIST_CHANCE * held if is_list else chance >= MIN_CHANCE * held and not of_links
        much = not is_list and 10 * (words_kept[high] - words_kept[low]) >= KEPT_TENTHS * held
        if much or (likely and is_between(kept, passed_over, low, high, page_first[low], page_end[low])):
            if 10 * held <= MAX_PAGE_TENTHS * (words[page_end[low]] - words[page_first[low]]):
                whole.append(place)
            elif not is_list:
                (large if sort_of[place] == TABLE else whole).append(place)
    return whole, large


def compared_blocks(
    stack: Stack, columns: Mapping[str, Floats], keep: Booleans, min_words: int, max_characters: int
) -> tuple[Booleans, Booleans]:
    """Return of HTML which kept blocks `repeated` compares, and which of those may go: the longer ones.

    Quotations, code and lines that start with ">" repeat text for a reason; headings and posts may in part.
    """
    times, heading, chars = (
        stack.floats(columns["repetition.times"]),
        stack.floats(columns["tags.heading"]),
        stack.fact("characters"),
    )
    quoted, quote, code = (
        stack.floats(columns["tags.in_blockquote"]),
        stack.floats(columns["hints.quote"]),
        stack.floats(columns["tags.in_pre"]),
    )
    is_typed: cython.bint = "page_type.thread" in columns
    thread, article = (
        stack.floats(columns["page_type.thread"] if is_typed else columns["tags.heading"]),
        stack.floats(columns["page_type.article"] if is_typed else columns["tags.heading"]),
    )
    weights, codes, kept = stack.fact("word_weights"), stack.fact("first_code"), stack.verdicts(keep)
    compared, telling = np.zeros_like(keep), np.zeros_like(keep)
    found, may_go = stack.verdicts(compared), stack.verdicts(telling)
    quoting: cython.longlong = QUOTING
    least: cython.longlong = min_words
    most: cython.longlong = max_characters
    block: cython.Py_ssize_t
    with cython.nogil:
        for block in range(stack.size):
            if not kept[block] or codes[block] == quoting or quoted[block] + quote[block] + code[block] > 0:
                continue
            if times[block] <= 1 and (heading[block] > 0 or (is_typed and thread[block] > article[block])):
                continue
            found[block] = True
            may_go[block] = weights[block] >= least and chars[block] < most
    return stack.written(compared, found), stack.written(telling, may_go)


@cython.cfunc
@cython.exceptval(check=False)
def is_between(
    kept: Verdicts, passed: Scratch, low: cython.Py_ssize_t, high: cython.Py_ssize_t, page_first: cython.Py_ssize_t,
    page_end: cython.Py_ssize_t,
) -> cython.bint:  # fmt: skip
    """Return whether the text before and behind a range is kept; a few `passed` blocks may stand between."""
    most: cython.Py_ssize_t = MAX_PASSED_OVER
    before: cython.Py_ssize_t = low - 1
    behind: cython.Py_ssize_t = high
    if low <= page_first or high >= page_end:
        return False
    if not kept[before]:
        while passed[before] and before > page_first and low - before < most:
            before -= 1
    if not kept[behind]:
        while passed[behind] and behind < page_end - 1 and behind - high < most:
            behind += 1
    return (
        (kept[before] and (before == low - 1 or not passed[before]))
        and (kept[behind] and (behind == high or not passed[behind]))
    )  # fmt: skip
