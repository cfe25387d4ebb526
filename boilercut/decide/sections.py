"""Sections that are one decision: comments, forms and appended articles are left out, or judged block by block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.arithmetic import in_ranges, page_next, range_sum
from boilercut.blocks.table import Blocks
from boilercut.decide.policy import MODES
from boilercut.page import TAG_NUMBERS

__all__ = ["appended_articles", "comment_sections", "small_forms"]

best_threshold, expected_words = sources["threshold"].best_threshold, sources["probability"].expected_words
PARTS = sources["probability"].PARTS

MAX_CHANCE = 0.4
"""Mean probability of the words of a comment section from which it stays. This one and the next two were chosen on two
held-out folds of the training sets."""
MAX_CHANCE_ON_ARTICLES = 0.6
"""The same on what is surely an article, with prose beside its comments."""
MAX_CHANCE_IN_DOUBT = 0.3
"""The same where the page is rather a thread, or holds no other prose."""
SURE = 400
"""Hundredths of log-odds, of an article against a thread, from which a page is surely an article."""
LIKELY = 250
"""The same below which comments without prose beside them are judged as in doubt."""
THREAD = -150
"""The same below which comments always stay; those without prose beside them stay below 0."""
FORM_PARTS = 3
"""Forms are left out where a page promises more than this many times their text. On two held-out folds, the mean F1 was
higher by .0002 than with 4 on wcxb, and the same on other sets."""
HEADING_SHARE = 0.6
"""Share of a heading's words that the phrases of comments must cover, as in "3 Comments"."""
MAX_HEADING_WORDS, MAX_LINKED = 8, 0.5
"""Maximum number of words of such a heading, and the share of it inside links."""
MAX_HEADINGS = 3
"""Headings of a page that are tried. Leaving out the comments under them that no class word names lowered the share of
comments kept on two held-out folds from .021 to .006 and from .035 to .027, and no page lost .05 of its F1."""
LINKED_TENTHS = 9
"""Tenths of a heading inside links from which it leads to another page."""
MIN_MARKS = 3
"""Minimum number of marks in a run of posts in plain text; a mark is a date, or a word such as "Reply"."""
MAX_APART = 25
"""Maximum number of lines from one mark to the next."""
MIN_WORDS_ABOVE = 40
"""Minimum number of words of prose above the heading."""
MAX_MARKS_ABOVE = 2
"""Maximum number of marks from that prose to the heading, itself included."""
MAX_CHANCE_IN_TEXT = 0.8
"""Mean probability of a section's words from which it stays, in plain text."""
MAX_BEFORE_FIRST = 1
"""Maximum number of lines between the heading and the first mark. On one half of the sites, the dumps with comments of
both static sets rose from .751 to .807 in F1, and threads lost nothing; with one more, .813, and threads lost .007."""
KEPT = 0.5
"""Probability from which prose beside the comments is taken for the page's own."""


def comment_sections(
    blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, bounds: Sequence[int]
) -> Booleans:
    """Mark the comments of each page on which they are not the text.

    Comments are what class and id words name so. They are many and alike, so the expected F-measure takes in all of
    them or none: where each is a little doubtful, a short article would come with all its comments. So a section is
    judged as a whole: by its mean probability, by whether the rest of the page promises more, and by the page's type.
    On a thread, the posts are the text, and the rest of the page holds no prose. On what is surely an article, what
    stands behind some prose and below a heading such as "3 Comments", up to the end of its element, is a section, too.
    """
    if "hints.comments" not in columns:
        return _posts_below(blocks, columns, probabilities, bounds)
    marked, words = columns["hints.comments"] > 0, blocks.facts.words
    heading = columns["comments.share"] >= HEADING_SHARE
    if heading.any():
        heading &= (words <= MAX_HEADING_WORDS) & (columns["links.density"] <= MAX_LINKED)  # "7 Comments" leads to them
    elif not marked.any():
        return marked
    left = ~marked & blocks.prose & (probabilities >= KEPT)
    article = columns["page_type.article"] - columns["page_type.thread"] if "page_type.thread" in columns else None
    for low, high in pairwise(bounds):
        page = slice(low, high)
        margin = LIKELY if article is None or low == high else float(article[low])
        if marked[page].any():
            most = _most_chance(margin, bool(left[page].any()))
            marked[page] &= _is_aside(probabilities[page], words[page], marked[page], most)
        if margin > SURE and heading[page].any():
            for section in _headed(blocks, heading, left, page):
                prose = section & blocks.prose[page]
                judged = prose if prose.any() else section
                if _is_aside(probabilities[page], words[page], judged, MAX_CHANCE_ON_ARTICLES):
                    marked[page] |= section
                    break
    return marked


def _posts_below(
    blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, bounds: Sequence[int]
) -> Booleans:
    """Mark in plain text the posts below a heading such as "3 Comments" that stands behind prose, judged as one.

    Unlike "Reply", a heading stands on a page once; and unlike on a thread, few marks of posts stand above it.
    """
    marked, words = np.zeros(len(blocks), dtype=np.bool_), blocks.facts.words
    heading = (columns["comments.share"] >= HEADING_SHARE) & (words <= MAX_HEADING_WORDS)
    heading &= (columns["posts.run"] >= MIN_MARKS) & (columns["repetition.times"] <= 1)
    heading[:-1] &= columns["posts.until"][1:] <= MAX_BEFORE_FIRST
    if not heading.any():
        return marked
    kept, marks = np.where(blocks.prose & (probabilities >= KEPT), words, 0), columns["posts.since"] == 0
    for low, high in pairwise(bounds):
        page, above = slice(low, high), np.cumsum(kept[low:high])
        behind = np.flatnonzero(heading[page] & (above >= MIN_WORDS_ABOVE))
        for row in behind[np.cumsum(marks[page] & (above > 0))[behind] <= MAX_MARKS_ABOVE][:MAX_HEADINGS]:
            section = slice(row, row + _end_of_posts(marks[page][row:]))
            judged = np.zeros(high - low, dtype=np.bool_)
            judged[section] = blocks.prose[page][section] if blocks.prose[page][section].any() else True
            if _is_aside(probabilities[page], words[page], judged, MAX_CHANCE_IN_TEXT):
                marked[page][section] = True
                break
    return marked


def _end_of_posts(marks: Booleans) -> int:
    """Return how long a section is, given the marks from its heading on: its last post is as long as any other."""
    rows = np.flatnonzero(marks)
    gaps = np.diff(rows, prepend=0)
    apart = np.flatnonzero(gaps > MAX_APART)
    rows, gaps = (rows[: apart[0]], gaps[: apart[0]]) if len(apart) else (rows, gaps)
    return int(rows[-1] + gaps.max() + 1) if len(rows) else 1


def _headed(blocks: Blocks, heading: Booleans, left: Booleans, page: slice) -> Iterator[Booleans]:
    """Yield for each of the first few headings behind a page's first prose a mark on what stands below it."""
    table = blocks.elements
    assert table is not None
    first = page.start + int(np.argmax(left[page])) if left[page].any() else page.stop
    for row in first + np.flatnonzero(heading[first : page.stop])[:MAX_HEADINGS]:
        element = blocks.block_elements[row]
        while table.end_blocks[element] <= row + 1 and table.parents[element] != element:
            element = table.parents[element]
        rows = np.arange(page.start, page.stop)
        yield (rows >= row) & (rows < table.end_blocks[element])


def small_forms(
    blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, bounds: Sequence[int]
) -> Booleans:
    """Mark the forms of each page that promise little of its text: what stands there is about filling them in.

    Some sites lay whole pages, or each post of a thread, into forms.
    """
    if "tags.in_form" not in columns:
        return np.zeros(len(blocks), dtype=np.bool_)
    marked = columns["tags.in_form"] > 0
    if marked.any():
        promised = expected_words(probabilities, blocks.facts.words)
        for low, high in pairwise(bounds):
            held = int(promised[low:high][marked[low:high]].sum())
            marked[low:high] &= FORM_PARTS * held < int(promised[low:high].sum())
    return marked


def appended_articles(
    blocks: Blocks, columns: Mapping[str, Floats], keep: Booleans, titles: Booleans, bounds: Sequence[int]
) -> Booleans:
    """Mark other pages' articles behind the one that holds the headline and prose: their own headings are links.

    Where the headline is a link too, the page is a list of posts.
    """
    nothing, elements = np.zeros(len(blocks), dtype=np.bool_), blocks.elements
    if elements is None or "page_type.article" not in columns:
        return nothing
    articles = np.flatnonzero(elements.tags == TAG_NUMBERS["article"])
    if len(articles) < 2 or not titles.any():
        return nothing
    articles = articles[elements.end_blocks[articles] > elements.first_blocks[articles]]
    first, end = elements.first_blocks[articles], elements.end_blocks[articles]
    linked = 10 * blocks.link_characters >= LINKED_TENTHS * blocks.facts.characters
    headline = titles & ~linked & (columns["page_type.article"] > 0)
    is_own = range_sum(np.stack([headline, keep & blocks.prose]), first, end).min(axis=0) > 0
    behind = _behind_own(first, end, is_own, bounds)
    if not behind.any():
        return nothing
    first, end = first[behind], end[behind]
    title = page_next(blocks, columns["tags.heading"] > 0)[first - 1]
    is_other = (title < end) & linked[np.minimum(title, end - 1)]
    return in_ranges(first[is_other], end[is_other], len(blocks))


def _behind_own(first: Integers, end: Integers, is_own: Booleans, bounds: Sequence[int]) -> Booleans:
    """Return which articles begin behind the last end of their page's own ones; without an own one, none do."""
    pages, own_ends = np.searchsorted(bounds, first, side="right"), np.zeros(len(bounds) + 1, dtype=np.int64)
    np.maximum.at(own_ends, pages[is_own], end[is_own])
    return (own_ends[pages] > 0) & (first >= own_ends[pages])


def _most_chance(article: float, has_prose: bool) -> float:
    """Return the mean probability below which comments are left out; `article` is in hundredths of log-odds."""
    if article < THREAD or (article < 0 and not has_prose):
        return 0.0
    if article < 0 or (article < LIKELY and not has_prose):
        return MAX_CHANCE_IN_DOUBT
    return MAX_CHANCE_ON_ARTICLES if article > SURE and has_prose else MAX_CHANCE


def _is_aside(probabilities: Floats, words: Integers, marked: Booleans, most: float) -> bool:
    """Return whether the marked blocks of a page are beside its text."""
    if marked.all():
        return False
    held = int(expected_words(probabilities[marked], words[marked]).sum())
    chance = held / (PARTS * int(np.maximum(words[marked], 1).sum()))
    promised = best_threshold(probabilities[~marked], words[~marked], MODES["balanced"])[1]
    return chance < most and promised > chance
