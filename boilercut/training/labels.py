"""Turn gold text into block labels: how much of each block belongs to the article.

Gold text says what to keep, not where it stood. Blocks are aligned with it in order: long blocks are
anchors, chained so that page order and gold order agree and as many words as possible are matched; short
blocks count where the gold text between their neighbours' anchors has them. A teaser that repeats the
article's first sentence elsewhere on the page is therefore not content.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import pairwise

import numpy as np

from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.table import Blocks, ElementTable
from boilercut.blocks.words import Hashes, text_columns
from boilercut.detectors.structure import INLINE

__all__ = ["block_labels", "comment_labels", "past_the_gold", "word_labels", "words_by_block"]

SHINGLE = 4
"""Words that must match in a row before a long block counts as found."""
ANCHOR_SHARE = 0.6
"""Share of a block's shingles that must be gold to make it an anchor."""
MAX_OCCURRENCES = 6
"""Maximum number of places of a shingle in the gold text; more means a refrain."""
OUT_OF_ORDER = 0.35
"""Label of a block whose words are gold, but which page order says is a repetition."""
SHORT_ELSEWHERE = 0.25
"""Label of a short block whose words are gold, but not where it stands."""
SURE_GOLD, SURE_CUT = 0.7, 0.3
EVEN_SHARE = 0.8
"""Share of the prose before the gold text's end that must be gold for what follows to be in doubt."""
MIN_GOLD_SIBLINGS = 3


def block_labels(blocks: Blocks, gold: str) -> Floats:
    """Return for each block of one page the share of it that is gold text, from 0 to 1."""
    return word_labels(words_by_block(blocks), gold)


def word_labels(words: list[list[int]], gold: str) -> Floats:
    """Return the same for blocks given by the hashes of their words."""
    gold_words = text_columns(gold).hashes
    places = _shingle_places(gold_words)
    shares = np.array([_shingle_share(own, places) for own in words])
    chain = _best_chain(words, shares, places)
    return _label_all(words, shares, chain, gold_words)


def comment_labels(blocks: Blocks, labels: Floats, comments: str) -> Floats:
    """Return for each block the share of it that is readers' comments; none where the gold text claims more."""
    own = block_labels(blocks, comments)
    return np.where(own > labels, own, 0.0)


def past_the_gold(blocks: Blocks, labels: Floats) -> Booleans:
    """Mark prose that goes on evenly where the gold text stops: cut by its label, content by its looks.

    On a twelfth of the training pages the gold text was clipped, or a part of the article was taken for all
    of it. Where nearly all prose of one parent element is gold up to some block, and none behind it, what
    is behind teaches nothing. From plain text, nothing is marked.
    """
    doubtful = np.zeros(len(blocks), dtype=np.bool_)
    if blocks.elements is None or not len(blocks):
        return doubtful
    parents = _parents(blocks, blocks.elements)
    gold = blocks.prose & (labels >= SURE_GOLD)
    for parent in np.unique(parents[gold]):
        siblings = np.flatnonzero((parents == parent) & blocks.prose)
        last = siblings[gold[siblings]][-1]
        inside, behind = siblings[siblings <= last], siblings[siblings > last]
        if gold[inside].sum() >= MIN_GOLD_SIBLINGS and labels[inside].mean() >= EVEN_SHARE:
            doubtful[behind[labels[behind] < SURE_CUT]] = True
    return doubtful


def _parents(blocks: Blocks, table: ElementTable) -> Integers:
    """Return the parent of the innermost element of each block that stands on lines of its own."""
    inline = np.array(INLINE, dtype=np.bool_)
    own = _nearest(table, ~inline[table.tags])[blocks.block_elements]
    return table.parents[own]


def _nearest(table: ElementTable, wanted: Booleans) -> Integers:
    """Return for each element the nearest that is wanted, itself included; the root where there is none.

    An element stands behind its ancestors, so the nearest has the highest index. Each step looks twice as far up.
    """
    here = np.arange(len(table.parents))
    found = np.append(np.where(wanted | (table.parents == here), here, 0), 0)
    for above in table.ancestors:
        found = np.maximum(found, found.take(above))
    return found[:-1]


def words_by_block(blocks: Blocks) -> list[list[int]]:
    """Return the hashes of each block's words."""
    bounds = np.searchsorted(blocks.tokens.blocks, np.arange(len(blocks) + 1)).tolist()
    hashes = blocks.tokens.hashes.tolist()
    return [hashes[low:high] for low, high in pairwise(bounds)]


def _shingles(words: list[int]) -> list[tuple[int, ...]]:
    size = min(SHINGLE, len(words))
    return [tuple(words[i : i + size]) for i in range(len(words) - size + 1)] if size else []


def _shingle_places(gold_words: Hashes) -> dict[tuple[int, ...], list[int]]:
    places: dict[tuple[int, ...], list[int]] = defaultdict(list)
    words = gold_words.tolist()
    for position in range(len(words) - SHINGLE + 1):
        places[tuple(words[position : position + SHINGLE])].append(position)
    return places


def _shingle_share(words: list[int], places: dict[tuple[int, ...], list[int]]) -> float:
    if len(words) < SHINGLE:
        return 0.0
    shingles = _shingles(words)
    return sum(shingle in places for shingle in shingles) / len(shingles)


def _best_chain(
    words: list[list[int]], shares: Floats, places: dict[tuple[int, ...], list[int]]
) -> dict[int, tuple[int, int]]:
    """Return the gold span of each anchor on the heaviest chain that rises in page and gold order."""
    anchors: list[tuple[int, int, int]] = []
    for block in np.flatnonzero(shares >= ANCHOR_SHARE).tolist():
        own = words[block]
        shingles = _shingles(own)
        at = next(i for i, shingle in enumerate(shingles) if shingle in places)
        found = places[shingles[at]][:MAX_OCCURRENCES]
        anchors.extend((block, max(position - at, 0), len(own)) for position in found)
    return _heaviest_rising(anchors)


def _heaviest_rising(anchors: list[tuple[int, int, int]]) -> dict[int, tuple[int, int]]:
    """Weighted longest increasing subsequence: `anchors` are (block, gold position, weight) in page order."""
    # A staircase of (position, best weight, anchor): positions and weights both rise.
    positions: list[int] = []
    weights: list[int] = []
    tops: list[int] = []
    previous: list[int] = []
    index = 0
    while index < len(anchors):
        block = anchors[index][0]
        updates = []
        while index < len(anchors) and anchors[index][0] == block:
            _, position, weight = anchors[index]
            below = bisect_right(positions, position - 1) - 1
            previous.append(tops[below] if below >= 0 else -1)
            updates.append((position + weight - 1, weight + (weights[below] if below >= 0 else 0), index))
            index += 1
        for position, weight, number in updates:
            _put_on_staircase(positions, weights, tops, position, weight, number)
    chain: dict[int, tuple[int, int]] = {}
    number = tops[-1] if tops else -1
    while number >= 0:
        block, position, size = anchors[number]
        chain[block] = (position, position + size)
        number = previous[number]
    return chain


def _put_on_staircase(
    positions: list[int], weights: list[int], tops: list[int], position: int, weight: int, number: int
) -> None:
    at = bisect_right(positions, position)
    if at > 0 and weights[at - 1] >= weight:
        return
    while at > 0 and positions[at - 1] == position:
        at -= 1
        del positions[at], weights[at], tops[at]
    while at < len(positions) and weights[at] <= weight:
        del positions[at], weights[at], tops[at]
    positions.insert(at, position)
    weights.insert(at, weight)
    tops.insert(at, number)


def _label_all(words: list[list[int]], shares: Floats, chain: dict[int, tuple[int, int]], gold_words: Hashes) -> Floats:
    gold = gold_words.tolist()
    labels = np.zeros(len(words))
    ahead = _next_anchors(len(words), chain, len(gold))
    everywhere = _short_places(gold)
    used, behind = [False] * len(gold), 0
    for start, end in chain.values():
        for position in range(max(start, 0), min(end, len(gold))):
            used[position] = True
    for block, own in enumerate(words):
        if block in chain:
            labels[block] = shares[block]
            behind = max(behind, min(chain[block][1], len(gold)))
            continue
        if not own:
            continue
        if len(own) >= SHINGLE:
            labels[block] = shares[block] * OUT_OF_ORDER if shares[block] >= ANCHOR_SHARE else shares[block]
        found = _free_place(own, everywhere, used, behind - 2, ahead[block] + 2)
        if found is not None:
            labels[block] = 1.0
            used[found : found + len(own)] = [True] * len(own)
        elif len(own) < SHINGLE and tuple(own) in everywhere:
            labels[block] = SHORT_ELSEWHERE
    return labels


def _next_anchors(size: int, chain: dict[int, tuple[int, int]], end: int) -> list[int]:
    """Return for each block where in the gold text the next anchor begins."""
    ahead, upcoming = [end] * size, end
    for block in range(size - 1, -1, -1):
        ahead[block] = upcoming
        if block in chain:
            upcoming = chain[block][0]
    return ahead


def _short_places(gold: list[int]) -> dict[tuple[int, ...], list[int]]:
    places: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for size in range(1, SHINGLE + 1):
        for position in range(len(gold) - size + 1):
            places[tuple(gold[position : position + size])].append(position)
    return places


def _free_place(
    own: list[int], everywhere: dict[tuple[int, ...], list[int]], used: list[bool], low: int, high: int
) -> int | None:
    """Return where between two anchors the gold text has exactly these words, not yet taken."""
    for position in everywhere.get(tuple(own[:SHINGLE]), ()):
        if position >= low and position + len(own) <= high and not any(used[position : position + len(own)]):
            return position
    return None
