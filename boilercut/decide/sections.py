"""Sections that are one decision: comments, forms and appended articles are left out, or judged block by block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.arithmetic import page_next, range_sum
from boilercut.blocks.table import Blocks
from boilercut.decide.policy import MODES
from boilercut.page import TAG_NUMBERS

__all__ = ["appended_articles", "comment_sections", "small_forms"]

best_threshold, expected_words = sources["threshold"].best_threshold, sources["probability"].expected_words
PARTS = sources["probability"].PARTS

MAX_CHANCE, MAX_CHANCE_ON_ARTICLES, MAX_CHANCE_IN_DOUBT = 0.4, 0.6, 0.3
"""Mean probability of the words of a comment section that is left out: in general, on what is surely an article with
prose beside its comments, and where it is rather a thread or nothing else is prose. Chosen on two held-out folds of the
training sets."""
SURE, LIKELY, THREAD = 400, 250, -150
"""Hundredths of log-odds by which a page is rather an article than a thread. Below 0, comments are left out only where
prose stays beside them, below `LIKELY` elsewhere only as in doubt, and below `THREAD`, never."""
FORM_PARTS = 3
"""Forms are left out where a page promises more than this many times their text. On two held-out folds, the mean F1 was
higher by .0002 than with 4 on wcxb, and the same on other sets."""
HEADING_SHARE, MAX_HEADING_WORDS, MAX_LINKED = 0.6, 8, 0.5
"""Share of a heading's words that the phrases of comments cover, as in "3 Comments", its number of words, and the share
of it inside links."""
MAX_HEADINGS = 3
"""Headings of a page that are tried. On two held-out folds, the comments under them that no class word names took the
comments kept from .021 to .006 and from .035 to .027 on the two sets that have them, and no page lost .05 of its F1."""
LINKED_TENTHS = 9
"""Tenths of a heading inside links from which it leads to another page."""
KEPT = 0.5
"""Probability from which prose beside the comments is taken for the page's own."""


def comment_sections(
    blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, bounds: Sequence[int]
) -> Booleans:
    """Mark the comments of each page on which they are not the text.

    Comments are what class and id words call so. They are many and alike, so the expected F-measure takes in all of
    them or none: where each is a little doubtful, a short article would come with all its comments. So they are judged
    by their mean, by whether the rest of the page promises more, and by what the page is. On a thread, the posts are
    the text: the rest of its page holds no prose. On what is surely an article, so is judged what a heading such as
    "3 Comments" stands above, up to the end of the element around both, behind some prose.
    """
    if "hints.comments" not in columns:
        return np.zeros(len(blocks), dtype=np.bool_)
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


def _headed(blocks: Blocks, heading: Booleans, left: Booleans, page: slice) -> Iterator[Booleans]:
    """Mark what each of the first few headings behind some prose of a page stands above."""
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
    headline, heading = titles & ~linked & (columns["page_type.article"] > 0), columns["tags.heading"] > 0
    is_own = (range_sum(np.stack([headline, keep & blocks.prose]), first, end) > 0).all(axis=0)
    pages, own_ends = np.searchsorted(bounds, first, side="right"), np.zeros(len(bounds) + 1, dtype=np.int64)
    np.maximum.at(own_ends, pages[is_own], end[is_own])
    behind = (own_ends[pages] > 0) & (first >= own_ends[pages])
    if not behind.any():
        return nothing
    first, end = first[behind], end[behind]
    title = page_next(blocks, heading)[first - 1]
    others = (title < end) & linked[np.minimum(title, end - 1)]
    size = len(nothing) + 1
    steps = np.bincount(first[others], minlength=size) - np.bincount(end[others], minlength=size)
    return np.asarray(np.cumsum(steps[:-1]) > 0)


def _most_chance(article: float, has_prose: bool) -> float:
    """Return how likely comments may be that are left out, by how surely the page is an article, and no thread."""
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
