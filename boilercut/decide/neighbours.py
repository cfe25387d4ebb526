"""Context rules that look at a block's neighbours: headings, edges, and what stands far from everything else.

Each takes the verdicts so far and returns new ones, the same array where it changes none.
"""

from __future__ import annotations

from collections.abc import Mapping

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
