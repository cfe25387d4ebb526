"""Context rules: where a block's neighbours know better than its own score.

Each rule is a function from the verdicts so far to new ones; they run in order, and the explanation names
the rule that turned a block round. Cross-validated on the training pages, the rules for headings change the
mean word-F1 by .001 or less, either way, and keep together what a reader expects together; those for runs
of headlines and far islands raised it from .8437 to .8461 in plain text; the one for repeated paragraphs, over
all pages alike, from .8887 to .8907 from HTML and from .8495 to .8507 from text. One that closed gaps of one or
two blocks inside kept text cost .002 and was dropped: the model sees the neighbours itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from boilercut.blocks import Blocks
from boilercut.columns import page_first, page_last, page_next, page_total, prefix_sum, run_numbers, shifted
from boilercut.decide.together import whole_table
from boilercut.native import kernels
from boilercut.vocabulary import Booleans, Floats

__all__ = ["RULES", "overrule"]

MIN_HEADING_PROBABILITY = 0.1
"""A heading less likely than this stays cut even where the text behind it is kept."""
MIN_ALONE_PROBABILITY, MAX_PROMPT_SHARE = 0.2, 0.5
MIN_TITLE_PROBABILITY = 0.25
"""The sets mostly leave the title out of the gold text, so a title's probability is low by policy, not by doubt."""
MIN_EDGE_PROBABILITY = 0.25
MIN_LEAD_WORDS, MAX_LEAD_DISTANCE = 10, 10
MIN_CLOSE_WORDS, MAX_CLOSE_DISTANCE = 12, 4
MAX_EDGE_PROMPT_SHARE = 0.3
NO_EDGE_HINTS = ("comments", "newsletter", "cookie", "related", "share", "form", "advert", "navigation")
"""Kinds that class and id words may name, of which no block is brought back at the article's edges. A rule that kept
closing sentences marked up like the last kept block, from one to the next, brought back comments and consent texts far
oftener than last paragraphs: without it the F1 from HTML rose on every set."""
MAX_TITLE_DISTANCE = 3
"""Blocks from a title to the first paragraph: a standfirst and a byline may come between."""
MAX_DATED_SHARE = 0.05
MIN_REPEATED_WORDS = 8
"""Shorter lines are said twice for good reasons: a refrain, a speaker's name, a label."""
MIN_RUN = 8
MAX_STRAY_SHARE = 0.2
"""Of so many headlines in a row, so few kept ones are strays."""
MIN_SEA = 8
MAX_ISLAND_WORDS, MAX_ISLAND_SHARE, SURE = 120, 0.25, 0.8
"""So many cut blocks around so few words, so small a part of what is kept, and none of them sure: no article."""
MAX_ISLANDS = 3
"""More islands are the posts of a thread."""
MAX_LABEL_WORDS = 3
"""In plain text, so short a line that stands alone among longer ones reads as a heading."""


def overrule(
    blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans
) -> tuple[Booleans, np.ndarray]:
    """Apply all rules; return the new verdicts and for each block the number of the rule that made it, or 0."""
    overruled = np.zeros(len(keep), dtype=np.int64)
    for number, rule in enumerate(RULES, start=1):
        changed = rule(blocks, columns, probabilities, keep)
        if changed is not keep:
            overruled[changed != keep] = number
            keep = changed
    return keep, overruled


def repeated(blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Cut what was kept before on the page, word for word: a clone for other screens. A quotation stays.

    In plain text nothing marks quotations, so that a page with many dated lines, as threads have, is left alone.
    """
    long = keep & (columns["repetition.times"] > 1) & (blocks.facts.words >= MIN_REPEATED_WORDS)
    if not long.any():
        return keep
    if blocks.elements is None:
        quoted = page_total(blocks, columns["headlines.dated"] > 0) > MAX_DATED_SHARE * (blocks.end - blocks.first)
    else:
        quoted = columns["tags.in_blockquote"] + columns["hints.quote"] > 0
    changed, seen = keep.copy(), set()
    for row in np.flatnonzero(long & ~quoted).tolist():
        said = (int(blocks.pages[row]), blocks.block(row))
        changed[row] = said not in seen
        seen.add(said)
    return changed


def headline_run(blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """In plain text, let a long run of headlines decide together: what nearly all are, all are."""
    if blocks.elements is not None:
        return keep
    member = columns["headlines.title_run"] >= MIN_RUN
    if not member.any():
        return keep
    runs = run_numbers(blocks, member)
    kept_share = np.bincount(runs, weights=keep) / np.bincount(runs)
    return keep & ~(member & (kept_share[runs] <= MAX_STRAY_SHARE))


def far_island(blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """In plain text, cut a few doubtful words that stand far from everything else that is kept."""
    if blocks.elements is not None:
        return keep
    if kernels:
        limits = MIN_SEA, MAX_ISLAND_WORDS, MAX_ISLAND_SHARE, SURE, MAX_ISLANDS
        return _turned(kernels.cut_far_islands, keep, blocks.table, probabilities, *limits)
    kept = np.flatnonzero(keep)
    if not len(kept):
        return keep
    apart = np.ones(len(kept), dtype=np.bool_)
    apart[1:] = (np.diff(kept) > MIN_SEA) | (blocks.pages[kept[1:]] != blocks.pages[kept[:-1]])
    begins = np.flatnonzero(apart)
    if len(begins) == 1:
        return keep
    words = np.add.reduceat(blocks.facts.words[kept], begins)
    surest = np.maximum.reduceat(probabilities[kept], begins)
    owners = blocks.pages[kept[begins]]
    page_words = np.bincount(owners, weights=words)[owners]
    few = np.bincount(owners)[owners] <= MAX_ISLANDS
    small = (words <= MAX_ISLAND_WORDS) & (words < MAX_ISLAND_SHARE * page_words) & (surest < SURE) & few
    if not small.any():
        return keep
    islands = np.cumsum(apart) - 1
    changed = keep.copy()
    changed[kept[small[islands]]] = False
    return changed


def lone_heading(blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Cut a section heading when all of its section is cut, up to the next heading."""
    heading = _headings(columns)
    if blocks.elements is None:
        heading = heading | _labels(columns)
    if kernels:
        room = np.empty(len(keep), dtype=np.uint8)
        return _turned(kernels.cut_lone_headings, keep, blocks.table, heading.view(np.uint8), room)
    last = page_next(blocks, heading)
    text = keep & ~heading
    kept_text = prefix_sum(text)
    here = np.arange(len(keep))
    empty = kept_text[last] == kept_text[here + 1]
    between = (here > page_first(blocks, text)) & (here < page_last(blocks, text))
    return keep & ~(heading & empty & (last > here + 1) & ~between)


def section_heading(blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Keep a heading inside the article when the text right after it is kept.

    In plain text, a title or label that stands alone between kept lines, prose behind it, is one, unless
    phrase lists know it.
    """
    heading, alone = _headings(columns), _stands_alone(blocks, columns)
    if kernels:
        flags = heading.view(np.uint8), alone.view(np.uint8)
        least = MIN_HEADING_PROBABILITY, MIN_ALONE_PROBABILITY
        return _turned(kernels.keep_section_headings, keep, blocks.table, *flags, probabilities, *least)
    inside = np.arange(len(keep)) > page_first(blocks, keep)
    follows = shifted(blocks, keep & ~heading, 1, False)
    headed = heading & inside & follows & (probabilities >= MIN_HEADING_PROBABILITY)
    between = shifted(blocks, keep, -1, False) & shifted(blocks, keep & blocks.prose, 1, False)
    return keep | headed | (alone & between & (probabilities >= MIN_ALONE_PROBABILITY))


def edge_paragraph(blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Keep whole sentences that are not unlikely, right before the first and right behind the last kept block.

    A standfirst above the picture, and in plain text a last paragraph below an advert, have one neighbour to speak for
    them. What class words or phrases call a comment, a prompt or a teaser stays cut.
    """
    reach = MAX_CLOSE_DISTANCE if blocks.elements is None else 1
    probabilities = np.where(_marked_boilerplate(columns), 0.0, probabilities)
    if kernels:
        told = columns["edges.ends_sentence"], probabilities
        limits = MIN_EDGE_PROBABILITY, MIN_LEAD_WORDS, MAX_LEAD_DISTANCE, MIN_CLOSE_WORDS, reach
        return _turned(kernels.keep_edge_paragraphs, keep, blocks.table, *told, *limits)
    here = np.arange(len(keep))
    sentence = (columns["edges.ends_sentence"] > 0) & (probabilities >= MIN_EDGE_PROBABILITY)
    first_kept = page_first(blocks, keep)
    before, behind, any_kept = first_kept - here, here - page_last(blocks, keep), first_kept < blocks.end
    leads = (before > 0) & (before <= MAX_LEAD_DISTANCE) & (blocks.word_weights >= MIN_LEAD_WORDS)
    closes = (behind > 0) & (behind <= reach) & (blocks.word_weights >= MIN_CLOSE_WORDS)
    return keep | (sentence & any_kept & (leads | closes))


def _marked_boilerplate(columns: Mapping[str, Floats]) -> Booleans:
    """Mark blocks that phrases, or class and id words around them, call boilerplate."""
    marked = columns["prompts.share"] >= MAX_EDGE_PROMPT_SHARE
    for name in NO_EDGE_HINTS:
        if f"hints.{name}" in columns:
            marked = marked | (columns[f"hints.{name}"] > 0)
    return marked


def leading_title(blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """In plain text, keep a doubtful title right before the first paragraph; nothing else marks it as one."""
    if blocks.elements is not None:
        return keep
    if kernels:
        told = columns["prose.is"], columns["headlines.title_like"], probabilities
        limits = MIN_TITLE_PROBABILITY, MAX_TITLE_DISTANCE
        return _turned(kernels.keep_leading_titles, keep, blocks.table, *told, *limits)
    here = np.arange(len(keep))
    ahead = page_first(blocks, keep & (columns["prose.is"] > 0)) - here
    first_kept = page_first(blocks, keep)
    title = (columns["headlines.title_like"] > 0) & (probabilities >= MIN_TITLE_PROBABILITY)
    return keep | (title & (ahead > 0) & (ahead <= MAX_TITLE_DISTANCE) & (here < first_kept))


RULES: tuple[Callable[[Blocks, Mapping[str, Floats], Floats, Booleans], Booleans], ...] = (
    repeated,
    headline_run,
    far_island,
    whole_table,
    section_heading,
    lone_heading,
    leading_title,
    edge_paragraph,
)


def _turned(kernel: Callable[..., bool], keep: Booleans, *told: object) -> Booleans:
    """Return the verdicts as a kernel changes them, the same array where it changes none."""
    changed = keep.copy()
    return changed if kernel(*told, keep.view(np.uint8), changed.view(np.uint8)) else keep


def _headings(columns: Mapping[str, Floats]) -> Booleans:
    if "tags.heading" in columns:
        return (columns["tags.heading"] > 0) & (columns["tags.in_h1"] == 0)
    return columns["edges.hash_mark"] > 0


def _labels(columns: Mapping[str, Floats]) -> Booleans:
    """Mark lines of plain text that look like headings, though nothing says so."""
    alone = (columns["headlines.label_run"] == 1) & (columns["edges.begins_upper"] > 0)
    return alone & (columns["shape.words"] <= MAX_LABEL_WORDS)


def _stands_alone(blocks: Blocks, columns: Mapping[str, Floats]) -> Booleans:
    """Mark lines of plain text that are a title or label by themselves, and that phrase lists do not know."""
    if blocks.elements is not None:
        return np.zeros(len(blocks), dtype=np.bool_)
    return (columns["headlines.short_run"] == 1) & (columns["prompts.share"] < MAX_PROMPT_SHARE)
