"""Sections that are one decision: comments, forms and appended articles are left out, or judged block by block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.arithmetic import page_next, range_sum
from boilercut.blocks.table import Blocks
from boilercut.decide.expected import PARTS, expected_words
from boilercut.decide.policy import MODES
from boilercut.page import TAG_NUMBERS

__all__ = ["appended_articles", "comment_sections", "small_forms"]

best_threshold = sources["threshold"].best_threshold

MAX_CHANCE, MAX_CHANCE_ON_ARTICLES, MAX_CHANCE_IN_DOUBT = 0.4, 0.6, 0.3
"""Mean probability of the words of a comment section that is left out: in general, on what is surely an article with
prose beside its comments, and on what is rather a thread. Chosen on two held-out folds of the training sets."""
SURE, LIKELY, THREAD = 400, 250, -150
"""Hundredths of log-odds by which a page is rather an article than a thread. Below `LIKELY`, comments are left out only
where prose stays beside them, and below `THREAD`, never."""
FORM_PARTS = 4
"""Forms are left out where a page promises more than this many times their text. On two held-out folds, of the words
kept in forms that held as little of the prose, one in twelve was gold text."""
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
    the text: the rest of its page holds no prose.
    """
    if "hints.comments" not in columns:
        return np.zeros(len(blocks), dtype=np.bool_)
    marked, words = columns["hints.comments"] > 0, blocks.facts.words
    if not marked.any():
        return marked
    left = ~marked & blocks.prose & (probabilities >= KEPT)
    article = columns["page_type.article"] - columns["page_type.thread"] if "page_type.thread" in columns else None
    for low, high in pairwise(bounds):
        if marked[low:high].any():
            margin = LIKELY if article is None else float(article[low])
            most = _most_chance(margin, bool(left[low:high].any()))
            marked[low:high] &= _is_aside(probabilities[low:high], words[low:high], marked[low:high], most)
    return marked


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
    marked, elements = np.zeros(len(blocks), dtype=np.bool_), blocks.elements
    if elements is None or "page_type.article" not in columns:
        return marked
    linked = 10 * blocks.link_characters >= LINKED_TENTHS * blocks.facts.characters
    headline, heading = titles & ~linked & (columns["page_type.article"] > 0), columns["tags.heading"] > 0
    articles = (elements.tags == TAG_NUMBERS["article"]) & (elements.end_blocks > elements.first_blocks)
    first, end = elements.first_blocks[articles], elements.end_blocks[articles]
    for page in np.split(np.arange(len(first)), np.searchsorted(first, bounds[1:-1])):
        shown = (range_sum(np.stack([headline, keep & blocks.prose]), first[page], end[page]) > 0).all(axis=0)
        if not shown.any() or shown.all():
            continue
        behind = page[first[page] >= end[page][shown].max()]
        own = page_next(blocks, heading)[first[behind] - 1]
        for row, title in zip(behind.tolist(), own.tolist(), strict=True):
            if title < end[row] and linked[title]:
                marked[first[row] : end[row]] = True
    return marked


def _most_chance(article: float, has_prose: bool) -> float:
    """Return how likely comments may be that are left out, by how surely the page is an article, and no thread."""
    if article < THREAD or (article < LIKELY and not has_prose):
        return 0.0
    if article < 0:
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
