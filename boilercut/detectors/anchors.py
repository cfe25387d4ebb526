"""Anchors: where a block stands from the places that surely belong to what the page is about.

A page that shows further articles below the first, or a stream of them, holds much prose that is not its
own. What tells them apart is the way to the page's heading, to the first prose behind it, to the longest
paragraph, and to the text that the page describes itself with.
"""

from __future__ import annotations

import numpy as np

from boilercut.blocks import Blocks
from boilercut.columns import best_places, page_first, page_total, prefix_sum, range_sum, share, shifted
from boilercut.detectors.ancestry import along_path, nearest
from boilercut.detectors.contract import Column, detector
from boilercut.native import column_kernels as kernels
from boilercut.vocabulary import HEADING_TAGS, TAG_NUMBERS, Booleans, ElementTable, Floats, Integers, tag_set

MAX_TITLE_WORDS = 40
MIN_TITLE_SCORE = 77
"""Three tenths, in steps of 1/256: less of the title's words in a block, and of the block's in the title, is chance."""
H1_SCORE, HEADING_SCORE = 77, 38
"""What standing in a heading adds to the score of a title's place, in steps of 1/256; chosen by judgement."""
MIN_DESCRIPTION_PAIRS = 3
"""Fewer pairs of words in common with the page's description are chance."""
MAX_PAIR_SHARE = 2.0
FAR = 999
NOWHERE = -FAR - 1
_H1 = 2
_HEADINGS = HEADING_TAGS.astype(np.int64) + tag_set("h1")
"""Marks of tags, as bits: `_H1`, and 1 for a lower heading."""
_ARTICLE = TAG_NUMBERS["article"]


def _fill_anchors(blocks: Blocks, columns: Floats) -> None:
    scores = np.empty(len(blocks), dtype=np.int64)
    if blocks.elements is None:
        kernels.anchors_of_text(blocks.table, FAR, scores, columns)
        return
    elements, leaves = blocks.elements.table, blocks.block_elements
    room = np.empty((2, max(len(blocks), elements.shape[1]) + 1), dtype=np.int64)
    limits = (MAX_TITLE_WORDS, MIN_TITLE_SCORE, H1_SCORE, HEADING_SCORE)
    kernels.score_titles(blocks.table, elements, leaves, _HEADINGS, *limits, room[0], scores)
    kernels.anchors(
        blocks.table, elements, leaves, scores, _description_scores(blocks), FAR, MAX_PAIR_SHARE, room, columns
    )


@detector("anchors", fill=_fill_anchors)
def anchors(blocks: Blocks) -> dict[str, Column]:
    """Blocks and prose between the block and the page's title, lead, longest paragraph and self-description."""
    prose = np.where(blocks.prose, blocks.word_weights, 0)
    if blocks.elements is None:
        return _from_places(blocks, prose, {"longest": best_places(blocks, prose)})
    return _described(blocks) | _from_places(blocks, prose, _places(blocks, blocks.elements, prose))


def _places(blocks: Blocks, table: ElementTable, prose: Integers) -> dict[str, Integers]:
    """Return for each block where its page has each anchor; -1 where the page has none."""
    longest = best_places(blocks, prose)
    title = best_places(blocks, _title_scores(blocks, table))
    behind = np.arange(len(blocks)) >= title
    lead = page_first(blocks, blocks.prose & behind)
    return {
        "title": title,
        "lead": np.where(lead < blocks.end, lead, longest),
        "longest": longest,
        "description": best_places(blocks, _description_scores(blocks)),
    }


def _description_scores(blocks: Blocks) -> Integers:
    return np.where(blocks.facts.words > MIN_DESCRIPTION_PAIRS, blocks.described_pairs, 0)


def _from_places(blocks: Blocks, prose: Integers, places: dict[str, Integers]) -> dict[str, Column]:
    here = np.arange(len(blocks))
    place = np.stack(list(places.values()))
    known = place >= 0
    sums = prefix_sum(prose)
    between = share(sums[here] - sums[np.maximum(place, 0)], page_total(blocks, prose))
    by_name = {
        "since": np.where(known, np.clip(here - place, -FAR, FAR), NOWHERE),
        "prose_since": np.where(known, between, 0),
    }
    if blocks.elements is not None:
        by_name["shared"] = np.where(known, _shared(blocks, blocks.elements, prose, place), -1)
    return {f"{column}_{name}": row for column, rows in by_name.items() for name, row in zip(places, rows, strict=True)}


def _shared(blocks: Blocks, table: ElementTable, prose: Integers, place: Integers) -> Floats:
    """Return how much of the page's prose the smallest element holds that holds the block and each anchor."""
    at = np.full((len(place), int(max(blocks.pages.max(initial=0), table.pages.max(initial=0))) + 1), -1)
    at[:, blocks.pages] = place
    anchor = at[:, table.pages]
    holds = (table.first_blocks <= anchor) & (anchor < table.end_blocks)
    held = range_sum(prose, table.first_blocks, table.end_blocks)
    return share(held[nearest(table, holds)[:, blocks.block_elements]], page_total(blocks, prose))


def _title_scores(blocks: Blocks, table: ElementTable) -> Integers:
    """Score each block as the page's heading, in steps of 1/256; 0 where it is none."""
    words = np.maximum(blocks.facts.words, 1)
    said = blocks.in_title
    size = np.maximum(blocks.title_words, 1)
    alike = 256 * np.minimum(said, size) * said // (size * words)
    heading = along_path(table, _HEADINGS[table.tags], np.bitwise_or, 0)[blocks.block_elements]
    score = alike + H1_SCORE * (heading & _H1 > 0) + HEADING_SCORE * (heading > 0)
    fits = (blocks.facts.words <= MAX_TITLE_WORDS) & ((alike >= MIN_TITLE_SCORE) | (heading & _H1 > 0))
    return np.where(fits, score, 0)


def _described(blocks: Blocks) -> dict[str, Column]:
    """How much the block shares with the description that the page gives of itself."""
    return {
        "described": share(blocks.in_description, blocks.facts.words),
        "describes": np.minimum(share(blocks.described_pairs, blocks.description_words), MAX_PAIR_SHARE),
    }


def _fill_parts(blocks: Blocks, columns: Floats) -> None:
    if blocks.elements is None:
        return
    elements = blocks.elements.table
    room = np.empty((2, elements.shape[1]), dtype=np.int64)
    kernels.parts(blocks.table, elements, blocks.block_elements, _ARTICLE, TAG_NUMBERS["h1"], room, columns)


@detector("parts", fill=_fill_parts)
def parts(blocks: Blocks) -> dict[str, Column]:
    """Which of the page's articles and main headings the block stands in or behind, and how many there are."""
    table = blocks.elements
    if table is None:
        return {}
    leaf = blocks.block_elements
    article = table.tags == _ARTICLE
    outer = article & (along_path(table, article.astype(np.int64), np.add, 0) == 1)
    own = nearest(table, outer)
    number = np.cumsum(outer) - _before_page(table, outer)
    heading = along_path(table, table.tags == TAG_NUMBERS["h1"], np.logical_or, False)[leaf]
    begins = heading & ~shifted(blocks, heading, -1, False)
    return {
        "article": np.where(outer[own], number[own], 0)[leaf],
        "articles": _page_counts(table, outer)[table.pages][leaf],
        "h1": range_sum(begins, blocks.first, np.arange(len(blocks)) + 1),
        "h1s": page_total(blocks, begins),
    }


def _page_counts(table: ElementTable, member: Booleans) -> Integers:
    return np.bincount(table.pages, weights=member, minlength=int(table.pages.max(initial=0)) + 1).astype(np.int64)


def _before_page(table: ElementTable, member: Booleans) -> Integers:
    """Return for each element how many members the pages before its own have."""
    counts = _page_counts(table, member)
    return (np.cumsum(counts) - counts)[table.pages]
