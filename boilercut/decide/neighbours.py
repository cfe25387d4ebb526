"""Context rules that look at a block's neighbours: headings, edges, and what stands far from everything else.

Each takes the verdicts so far and returns new ones, the same array where it changes none.
"""

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

MIN_HEADING_PROBABILITY = 0.1
"""A heading less likely than this stays cut even where the text behind it is kept."""
MIN_ALONE_PROBABILITY, MAX_PROMPT_SHARE = 0.2, 0.4
MIN_TITLE_PROBABILITY = 0.25
"""The sets mostly leave the title out of the gold text, so a title's probability is low by policy, not by doubt."""
MIN_EDGE_PROBABILITY = 0.25
MIN_LEAD_WORDS, MAX_LEAD_DISTANCE = 10, 10
MIN_CLOSE_WORDS, MAX_CLOSE_DISTANCE = 12, 4
MAX_PROMPT_WORDS_SHARE = 0.3
BARRED_HINTS = ("comments", "newsletter", "cookie", "related", "share", "form", "advert", "navigation")
"""Kinds that class and id words may name, of which no block is brought back at the article's edges. A rule that also
kept closing sentences marked up like the last kept block brought back no last paragraph of 562 that the model cuts, and
cost F1 on ten of thirteen sets."""
MAX_TITLE_DISTANCE = 3
"""Blocks from a title to the first paragraph: a standfirst and a byline may come between."""
MIN_GAP = 8
MAX_SEGMENT_WORDS, MAX_SEGMENT_SHARE, SURE = 120, 0.25, 0.8
"""This many cut blocks around this few words, this small a part of what is kept, none of them sure: no article."""
MAX_SEGMENTS = 3
"""More segments are the posts of a thread."""
MAX_LABEL_WORDS = 3
"""Words of a line of plain text that, alone among longer ones, reads as a heading."""

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


def isolated_segment(stack: Stack, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """In plain text, cut a few doubtful words that stand far from everything else that is kept."""
    if stack.blocks.elements is not None:
        return keep
    end, words_of, chances, kept = (
        stack.fact("end"),
        stack.fact("words"),
        stack.floats(probabilities),
        stack.verdicts(keep),
    )
    changed = keep.copy()
    turned = stack.verdicts(changed)
    min_gap: cython.Py_ssize_t = MIN_GAP
    max_segments: cython.Py_ssize_t = MAX_SEGMENTS
    max_words: cython.longlong = MAX_SEGMENT_WORDS
    max_share: cython.double = MAX_SEGMENT_SHARE
    sure: cython.double = SURE
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    is_doubtful: cython.bint
    is_changed: cython.bint = False
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            latest, segments, on_page = low - min_gap - 1, 0, 0
            for block in range(low, high):
                if kept[block]:
                    if block - latest > min_gap:
                        segments += 1
                    on_page += words_of[block]
                    latest = block
            block = low
            while 1 < segments <= max_segments and block < high:
                if not kept[block]:
                    block += 1
                    continue
                first, last = block, block
                words, is_doubtful = 0, True
                while block < high and block - last <= min_gap:
                    if kept[block]:
                        words += words_of[block]
                        is_doubtful = is_doubtful and chances[block] < sure
                        last = block
                    block += 1
                if is_doubtful and words <= max_words and words < max_share * on_page:
                    is_changed = True
                    while first <= last:
                        turned[first] = False
                        first += 1
            low = high
    return stack.written(changed, turned) if is_changed else keep


def section_heading(stack: Stack, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Keep a heading inside the article when the text right after it is kept.

    In plain text, a title or label that stands alone between kept lines, prose behind it, is one, unless
    phrase lists know it.
    """
    end, prose, chances, kept = (
        stack.fact("end"),
        stack.fact("prose"),
        stack.floats(probabilities),
        stack.verdicts(keep),
    )
    heading, alone = headings(stack, columns, False), stands_alone(stack, columns)
    changed = keep.copy()
    turned = stack.verdicts(changed)
    min_heading: cython.double = MIN_HEADING_PROBABILITY
    min_alone: cython.double = MIN_ALONE_PROBABILITY
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    headed: cython.bint
    between: cython.bint
    is_changed: cython.bint = False
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            for block in range(first_kept(kept, low, high) + 1, high - 1):
                if not kept[block + 1] or kept[block]:
                    continue
                headed = heading[block] and not heading[block + 1] and chances[block] >= min_heading
                between = alone[block] and kept[block - 1] and prose[block + 1] and chances[block] >= min_alone
                if headed or between:
                    turned[block] = is_changed = True
            low = high
    return stack.written(changed, turned) if is_changed else keep


def lone_heading(stack: Stack, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Cut a section heading when all of its section is cut, up to the next heading."""
    changed, others = keep.copy(), keep.copy()
    end, heading, kept = (
        stack.fact("end"),
        headings(stack, columns, stack.blocks.elements is None),
        stack.verdicts(keep),
    )
    text, turned = stack.verdicts(others), stack.verdicts(changed)
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    is_empty: cython.bint
    is_changed: cython.bint = False
    with cython.nogil:
        while low < stack.size:
            high = upcoming = end[low]
            for block in range(low, high):
                text[block] = kept[block] and not heading[block]
            first, last = first_kept(text, low, high), last_kept(text, low, high)
            is_empty = True
            for block in range(high - 1, low - 1, -1):
                if heading[block]:
                    if kept[block] and is_empty and upcoming > block + 1 and not first < block < last:
                        turned[block] = False
                        is_changed = True
                    upcoming, is_empty = block, True
                elif kept[block]:
                    is_empty = False
            low = high
    return stack.written(changed, turned) if is_changed else keep


def leading_title(stack: Stack, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """In plain text, keep a doubtful title right before the first paragraph; nothing else marks it as one."""
    if stack.blocks.elements is not None:
        return keep
    changed = keep.copy()
    end, chances, kept, turned = (
        stack.fact("end"),
        stack.floats(probabilities),
        stack.verdicts(keep),
        stack.verdicts(changed),
    )
    prose, title = stack.floats(columns["prose.is"]), stack.floats(columns["headlines.title_like"])
    least: cython.double = MIN_TITLE_PROBABILITY
    reach: cython.Py_ssize_t = MAX_TITLE_DISTANCE
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    is_changed: cython.bint = False
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            first = first_kept(kept, low, high)
            paragraph = first
            while paragraph < high and not (kept[paragraph] and prose[paragraph] > 0):
                paragraph += 1
            for block in range(max(low, paragraph - reach), first):
                if title[block] > 0 and chances[block] >= least:
                    turned[block] = is_changed = True
            low = high
    return stack.written(changed, turned) if is_changed else keep


def edge_paragraph(stack: Stack, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Keep whole sentences that are not unlikely, right before the first and right behind the last kept block.

    A standfirst above the picture, and in plain text a last paragraph below an advert, have one neighbour to speak for
    them. What class words or phrases call a comment, a prompt or a teaser stays cut; behind the article, one phrase of
    newsletters or sharing is enough: of 16 such blocks of held-out training pages one was text, and the mean F1 without
    them is higher by .0004.
    """
    end, weights, chances = stack.fact("end"), stack.fact("word_weights"), stack.floats(probabilities)
    changed = keep.copy()
    kept, turned, sentence = stack.verdicts(keep), stack.verdicts(changed), stack.floats(columns["edges.ends_sentence"])
    newsletter, share = stack.floats(columns["newsletter.matches"]), stack.floats(columns["share.matches"])
    least: cython.double = MIN_EDGE_PROBABILITY
    min_lead: cython.longlong = MIN_LEAD_WORDS
    min_close: cython.longlong = MIN_CLOSE_WORDS
    ahead: cython.Py_ssize_t = MAX_LEAD_DISTANCE
    behind: cython.Py_ssize_t = MAX_CLOSE_DISTANCE if stack.blocks.elements is None else 1
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    is_changed: cython.bint = False
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            first, last = first_kept(kept, low, high), last_kept(kept, low, high)
            if first < high:
                for block in range(max(low, first - ahead), min(high, last + behind + 1)):
                    if first <= block <= last or sentence[block] <= 0 or chances[block] < least:
                        continue
                    if block > last and newsletter[block] + share[block] > 0:
                        continue
                    if weights[block] >= (min_close if block > last else min_lead):
                        turned[block] = is_changed = True
            low = high
    if not is_changed:
        return keep
    return np.asarray(stack.written(changed, turned) & (keep | ~marked_boilerplate(columns)))


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


@cython.cfunc
@cython.exceptval(check=False)
@cython.nogil
def first_kept(kept: Verdicts, low: cython.Py_ssize_t, high: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Return the first kept block of a page, or its end."""
    while low < high and not kept[low]:
        low += 1
    return low


@cython.cfunc
@cython.exceptval(check=False)
@cython.nogil
def last_kept(kept: Verdicts, low: cython.Py_ssize_t, high: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Return the last kept block of a page, or one before its first."""
    high -= 1
    while high >= low and not kept[high]:
        high -= 1
    return high


def marked_boilerplate(columns: Mapping[str, Floats]) -> Booleans:
    """Mark blocks that phrases, or class and id words around them, call boilerplate."""
    marked = columns["prompts.share"] >= MAX_PROMPT_WORDS_SHARE
    for name in BARRED_HINTS:
        if f"hints.{name}" in columns:
            marked = marked | (columns[f"hints.{name}"] > 0)
    return marked


@cython.cfunc
def headings(stack: Stack, columns: Mapping[str, Floats], with_labels: cython.bint) -> Scratch:
    """Mark headings: in HTML below the main one, in plain text those of Markdown, and labels where they are asked for.

    Labels are lines that look like headings, though nothing says so.
    """
    marks, words = stack.zeros(stack.size), stack.floats(columns["shape.words"])
    is_html: cython.bint = "tags.heading" in columns
    heading = stack.floats(columns["tags.heading" if is_html else "edges.hash_mark"])
    main = stack.floats(columns["tags.in_h1"]) if is_html else heading
    run = stack.floats(columns["headlines.label_run"]) if with_labels else heading
    begins_upper = stack.floats(columns["edges.begins_upper"]) if with_labels else heading
    most: cython.double = MAX_LABEL_WORDS
    is_heading: cython.bint
    is_label: cython.bint
    block: cython.Py_ssize_t
    with cython.nogil:
        for block in range(stack.size):
            is_heading = heading[block] > 0 and not (is_html and main[block] != 0)
            is_label = with_labels and run[block] == 1 and begins_upper[block] > 0 and words[block] <= most
            marks[block] = is_heading or is_label
    return marks


@cython.cfunc
def stands_alone(stack: Stack, columns: Mapping[str, Floats]) -> Scratch:
    """Mark lines of plain text that are a title or label by themselves, and that phrase lists do not know."""
    marks = stack.zeros(stack.size)
    if "tags.heading" in columns:
        return marks
    run, share = stack.floats(columns["headlines.short_run"]), stack.floats(columns["prompts.share"])
    most: cython.double = MAX_PROMPT_SHARE
    block: cython.Py_ssize_t
    with cython.nogil:
        for block in range(stack.size):
            marks[block] = run[block] == 1 and share[block] < most
    return marks
