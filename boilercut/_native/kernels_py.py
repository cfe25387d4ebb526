"""The kernels of the pure build, in NumPy: the names, the arguments and the answers of `kernels.pyx`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from boilercut._native.rows import ROWS
from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks import characters as c
from boilercut.blocks.characters import Classes, Codes
from boilercut.blocks.words import Hashes, HashIndex, group_numbers, ngram_hash, page_keys, span_hashes, text_columns

_COUNTED = {
    "upper": c.UPPER,
    "digits": c.DIGIT,
    "commas": c.COMMA,
    "punctuation": c.PUNCTUATION,
    "separators": c.SEPARATOR,
    "symbols": c.SYMBOL,
    "currency": c.CURRENCY,
    "unspaced": c.UNSPACED,
}
"""Facts that are the number of a block's characters of one class."""
_CLASS_BITS = np.array([[bit] for bit in _COUNTED.values()], dtype=np.uint16)
_COUNTED_CLASSES = np.bitwise_or.reduce(_CLASS_BITS, axis=None) | np.uint16(c.SENTENCE_END)
MAX_LEAVES = 16
CHUNK_BLOCKS = 256
"""Blocks scored at once: their leaves fit the processor's cache."""


def measure_spans(
    text: str, starts: Integers, ends: Integers, class_table: Classes, key_table: Classes, unspaced_per_word: int,
    min_prose_words: int, table: Integers, fingerprints: Hashes, hashes: Hashes, owners: Integers,
) -> int:  # fmt: skip
    """Fill in the facts of each span of text and its words; return how many words there are."""
    columns = text_columns(text)
    classes, word_starts, word_ends = columns.classes, columns.word_starts, columns.word_ends
    own = np.searchsorted(starts, word_starts, side="right") - 1
    size, words = len(starts), len(word_starts)
    lengths = word_ends - word_starts
    last_class, last_code = _last_characters(columns.codes, classes, starts, ends)
    longest = np.zeros(size, dtype=np.int64)
    np.maximum.at(longest, own, lengths)
    rows = dict(zip(ROWS, table, strict=True))
    measured = _class_counts(classes, starts, ends) | {
        "characters": ends - starts,
        "words": np.bincount(own, minlength=size),
        "word_characters": np.bincount(own, weights=lengths, minlength=size),
        "longest_word": longest,
        "capitalised": np.bincount(own, weights=(classes[word_starts] & c.UPPER) != 0, minlength=size),
        "first_class": classes[starts],
        "first_code": columns.codes[starts],
        "last_class": last_class,
        "last_code": last_code,
    }
    for name, values in measured.items():
        rows[name][:] = values
    _weigh(rows, unspaced_per_word, min_prose_words)
    fingerprints[:] = span_hashes(columns.prefix, columns.inverse_powers, starts, ends)
    hashes[:words], owners[:words] = columns.hashes, own
    return words


def _weigh(rows: Mapping[str, Integers], unspaced_per_word: int, min_prose_words: int) -> None:
    """Tell prose from links, headlines and labels."""
    weights = rows["words"] - rows["unspaced"] + rows["unspaced"] // unspaced_per_word
    unmarked = (rows["last_code"] >= c.UNMARKED_FIRST) & (rows["last_code"] < c.UNMARKED_END)
    unmarked &= weights >= c.UNMARKED_PARTS * min_prose_words
    long = (weights >= min_prose_words) & ((rows["sentences"] >= 1) | unmarked)
    rows["word_weights"][:] = weights
    rows["prose"][:] = long & (2 * rows["link_characters"] < rows["characters"])


def _class_counts(classes: Classes, starts: Integers, ends: Integers) -> dict[str, Integers]:
    """Count the characters of each class in each block, looking at those alone that are of any."""
    positions = np.flatnonzero(classes & _COUNTED_CLASSES)
    found = classes[positions]
    members = np.empty((len(_COUNTED) + 1, len(found)), dtype=np.bool_)
    np.not_equal(found & _CLASS_BITS, 0, out=members[:-1])
    members[-1] = _sentence_ends(classes, ends, positions, found)
    sums = np.zeros((len(members), len(found) + 1), dtype=np.int32)
    np.cumsum(members, axis=1, out=sums[:, 1:])
    counts = sums.take(positions.searchsorted(ends), axis=1) - sums.take(positions.searchsorted(starts), axis=1)
    return dict(zip((*_COUNTED, "sentences"), counts, strict=True))


def _sentence_ends(classes: Classes, ends: Integers, positions: Integers, found: Classes) -> Booleans:
    """Mark sentence ends that white space, a closing quote, the block's end or an ideograph follows."""
    free = (classes.take(positions + 1, mode="clip") & (c.SPACE | c.CLOSER | c.UNSPACED)) != 0
    last = np.zeros(len(classes), dtype=np.bool_)
    last[ends - 1] = True
    return ((found & c.SENTENCE_END) != 0) & (free | last[positions])


def _last_characters(codes: Codes, classes: Classes, starts: Integers, ends: Integers) -> tuple[Classes, Codes]:
    """Return class bits and code of each block's last character, up to two closing marks left out."""
    last = ends - 1
    for _ in range(2):
        closing = ((classes[last] & c.CLOSER) != 0) & (last > starts)
        last = last - closing
    return classes[last], codes[last]


def split_names(names: list[str], class_table: Classes, key_table: Classes, hashes: Hashes, owners: Integers) -> int:
    """Hash the runs of letters in each name, which end at humps; return how many there are."""
    ends = np.cumsum(np.fromiter(map(len, names), dtype=np.int64, count=len(names)) + 1)
    columns = text_columns("\n".join(names), humps=True)
    size = len(columns.hashes)
    hashes[:size], owners[:size] = columns.hashes, np.searchsorted(ends, columns.word_starts, side="right")
    return size


def find_phrases(
    hashes: Hashes, blocks: Integers, keys: Hashes, first: Any, shift: int, present: Any, members: Integers,
    continues: Any, max_words: int, held: Integers, covered: Integers, matches: Integers,
) -> None:  # fmt: skip
    """Count for each list (a row) and block the phrases found and the words that they cover."""
    starts, lengths, lists = _phrases(
        hashes, blocks, HashIndex.of_table(keys, first, shift), members, continues, max_words
    )
    ends = np.cumsum(lengths)
    within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
    np.bitwise_or.at(held, np.repeat(starts, lengths) + within, np.repeat(lists, lengths))
    inside = np.flatnonzero(held)
    _count_bits(held[inside], blocks[inside], covered)
    _count_bits(lists, blocks[starts], matches)


def mark_phrases(
    hashes: Hashes, blocks: Integers, keys: Hashes, first: Any, shift: int, present: Any, members: Integers,
    continues: Any, max_words: int, lists: Integers,
) -> None:  # fmt: skip
    """Add up for each block, as bits, the lists of the phrases found in it."""
    starts, _, found = _phrases(hashes, blocks, HashIndex.of_table(keys, first, shift), members, continues, max_words)
    np.bitwise_or.at(lists, blocks[starts], found)


def _count_bits(members: Integers, blocks: Integers, counts: Integers) -> None:
    """Count for each list (a row) and block in how many `members` the list's bit is set."""
    lists, rows = np.nonzero(members >> np.arange(len(counts))[:, None] & 1)
    counts += np.bincount(lists * counts.shape[1] + blocks[rows], minlength=counts.size).reshape(counts.shape)


def _phrases(
    hashes: Hashes, blocks: Integers, index: HashIndex, members: Integers, continues: Any, max_words: int
) -> tuple[Integers, Integers, Integers]:
    """Return position, length in words and lists of every phrase found."""
    found: list[tuple[Integers, Integers, Integers]] = []
    positions, grams = np.arange(len(hashes)), hashes
    for length in range(1, max_words + 1):
        known, rows = index.find(grams)
        positions, grams, lists = positions[known], grams[known], members[rows]
        phrases = np.flatnonzero(lists)
        found.append((positions[phrases], np.full(len(phrases), length), lists[phrases]))
        goes_on = (continues[rows] > 0) & (positions + length < len(hashes))
        positions, grams = positions[goes_on], grams[goes_on]
        same = blocks[positions + length] == blocks[positions]
        positions, grams = positions[same], grams[same]
        if not len(positions):
            break
        grams = ngram_hash(grams, hashes[positions + length])
    starts, lengths, lists = (np.concatenate(column) for column in zip(*found, strict=True))
    return starts, lengths, lists


def hash_shingles(
    hashes: Hashes, blocks: Integers, compared: Any, pages: Integers, keys: Hashes, begins: Integers, ends: Integers
) -> int:
    """Hash each run of six words of the blocks `compared` that stands on one page, and note where it begins and ends.

    Return their number; there is room for as many as words.
    """
    own = np.flatnonzero(compared[blocks])
    words, owners = hashes[own], blocks[own]
    whole = np.flatnonzero(pages[owners[:-5]] == pages[owners[5:]])
    pairs = ngram_hash(words[:-1], words[1:])
    runs = ngram_hash(ngram_hash(pairs[:-4], pairs[2:-2]), pairs[4:])[whole]
    count = len(runs)
    begins[:count], ends[:count] = owners[whole], owners[whole + 5]
    keys[:count] = page_keys(runs, pages[begins[:count]])
    return count


def may_hold_copies(
    keys: Hashes, begins: Integers, words: Integers, droppable: Any, size: int, shift: int, buckets: Any
) -> bool:
    """Return whether another of the `keys` falls in the bucket of a droppable block's first key, and of its middle one.

    The keys are those of its runs of `size` words; `buckets`, all 0, are what is left of a key without `shift` bits.
    """
    own = (keys >> np.uint64(shift)).view(np.int64)
    is_shared = np.bincount(own)[own] > 1
    rows = np.flatnonzero(np.diff(begins, prepend=-1))
    middle = np.minimum(rows + np.maximum(words[begins[rows]] - size, 0) // 2, len(keys) - 1)
    return bool(((droppable[begins[rows]] > 0) & is_shared[rows] & is_shared[middle]).any())


def find_rows(hashes: Hashes, before: int, keys: Hashes, first: Any, shift: int, present: Any, rows: Integers) -> None:
    """Look up words, or where `before` is not 0 the pairs of it and them; `rows` of those not there are -1."""
    wanted = ngram_hash(np.full(len(hashes), before, dtype=np.uint64), hashes) if before else hashes
    positions, found = HashIndex.of_table(keys, first, shift).find(wanted)
    rows.fill(-1)
    rows[positions] = found


def sum_weights(
    hashes: Hashes,
    blocks: Integers,
    keys: Hashes,
    first: Any,
    shift: int,
    present: Any,
    weights: Integers,
    pairs: bool,
    sums: Integers,
) -> None:
    """Look up words, and pairs of words if asked; rows of `sums`: total, number, lowest and highest weight."""
    index = HashIndex.of_table(keys, first, shift)
    positions, rows = index.find(hashes)
    if pairs:
        pair_positions, pair_rows = index.find(ngram_hash(hashes[:-1], hashes[1:]))
        inside = blocks[pair_positions] == blocks[pair_positions + 1]
        positions = np.concatenate([positions, pair_positions[inside]])
        rows = np.concatenate([rows, pair_rows[inside]])
    owners, found = blocks[positions], weights[rows]
    np.add.at(sums[0], owners, found)
    np.add.at(sums[1], owners, 1)
    np.minimum.at(sums[2], owners, found)
    np.maximum.at(sums[3], owners, found)


def count_said(
    hashes: Hashes, blocks: Integers, title: Hashes, title_pages: Integers, description: Hashes,
    description_pages: Integers, slots: Hashes, marks: Any, table: Integers,
) -> None:  # fmt: skip
    """Count each block's words, and pairs of words, that its page's title and description of itself hold."""
    rows = dict(zip(ROWS, table, strict=True))
    pages = rows["pages"]
    rows["title_words"][:] = np.bincount(title_pages, minlength=pages.max(initial=0) + 1)[pages]
    rows["description_words"][:] = np.bincount(description_pages, minlength=pages.max(initial=0) + 1)[pages]
    rows["in_title"][:] = _said(hashes, blocks, pages, title, title_pages)
    rows["in_description"][:] = _said(hashes, blocks, pages, description, description_pages)
    rows["described_pairs"][:] = _said(*_pairs(hashes, blocks), pages, *_pairs(description, description_pages))


def _said(hashes: Hashes, blocks: Integers, pages: Integers, said: Hashes, said_pages: Integers) -> Integers:
    """Count each block's words that are among those `said` of its page."""
    wanted = np.sort(page_keys(said, said_pages))
    if not len(wanted):
        return np.zeros(len(pages), dtype=np.int64)
    keys = page_keys(hashes, pages[blocks])
    there = wanted.take(wanted.searchsorted(keys), mode="clip") == keys
    return np.bincount(blocks[there], minlength=len(pages))


def _pairs(hashes: Hashes, blocks: Integers) -> tuple[Hashes, Integers]:
    """Return the pairs of neighbouring words."""
    together = blocks[:-1] == blocks[1:]
    return ngram_hash(hashes[:-1], hashes[1:])[together], blocks[:-1][together]


def count_core(
    hashes: Hashes, blocks: Integers, table: Integers, slots: Hashes, used: Any, said: Integers, places: Integers,
    counts: Integers,
) -> bool:  # fmt: skip
    """Count in each block the words that prose elsewhere on its page says."""
    rows = dict(zip(ROWS, table, strict=True))
    words, distinct = group_numbers(page_keys(hashes, rows["pages"][blocks]))
    prose = rows["prose"] > 0
    core = np.flatnonzero(prose[blocks])
    elsewhere = np.bincount(words[core], minlength=distinct)[words]
    numbers, size = group_numbers((words[core] * len(prose) + blocks[core]).astype(np.uint64))
    elsewhere[core] -= np.bincount(numbers, minlength=size)[numbers]  # what the block says itself
    counts[:] = np.bincount(blocks[elsewhere > 0], minlength=len(prose))
    return True


def number_all(keys: list[str], numbers: dict[str, int], found: Integers, growing: bool) -> None:
    """Look up the number of each key; if `growing`, new keys are numbered on, otherwise they are number 0."""
    found[:] = [numbers.setdefault(key, len(numbers)) if growing else numbers.get(key, 0) for key in keys]


def sum_ranges(values: Integers, first: Integers, end: Integers, sums: Integers, found: Integers) -> None:
    """Sum each row of `values` over each range; raise `IndexError` for a range that is none."""
    size = values.shape[1]
    if len(first) != len(end) or not all((bounds >= 0).all() and (bounds <= size).all() for bounds in (first, end)):
        raise IndexError("first and end must be bounds of blocks")
    before = np.zeros((len(values), size + 1), dtype=np.int64)
    np.cumsum(values, axis=1, out=before[:, 1:])
    np.subtract(before.take(end, axis=1), before.take(first, axis=1), out=found)


def fill_inputs(
    values: Floats, rows: Integers, reaches: Integers, offsets: Integers, first: Integers, end: Integers,
    outside: float, step: float, sums: Integers, matrix: Any,
) -> None:  # fmt: skip
    """Fill in a row per input: the mean over `reaches` blocks to each side, or the value at an offset if that is -1."""
    averaged = reaches >= 0
    here = np.arange(len(first))
    for offset in np.unique(offsets[~averaged]).tolist():
        places = np.flatnonzero((offsets == offset) & ~averaged)
        matrix[places] = _neighbours(values.take(rows[places], axis=0), here + offset, first, end, outside)
    summed = np.unique(rows[averaged])
    before = np.zeros((len(summed), len(first) + 1), dtype=np.int64)
    np.cumsum(np.rint(values[summed] / step).astype(np.int64), axis=1, out=before[:, 1:])
    for reach in np.unique(reaches[averaged]).tolist():
        places = np.flatnonzero(reaches == reach)
        own = before.take(np.searchsorted(summed, rows[places]), axis=0)
        low, high = np.maximum(here - reach, first), np.minimum(here + reach + 1, end)
        matrix[places] = (own.take(high, axis=1) - own.take(low, axis=1)) * step / (high - low)


def _neighbours(values: Floats, source: Integers, first: Integers, end: Integers, outside: float) -> Floats:
    inside = (source >= first) & (source < end)
    return np.where(inside, values.take(np.where(inside, source, 0), axis=1), outside)


def score_trees(inputs: Any, asked: Any, thresholds: Any, lost_leaves: Any, leaves: Integers, scores: Integers) -> None:
    """Add each tree's answer to each block's score; all arrays of trees have a row per node, a column per tree."""
    rows = np.arange(0, leaves.size, MAX_LEAVES, dtype=np.intp)[:, None]
    for low in range(0, inputs.shape[1], CHUNK_BLOCKS):
        own = inputs[:, low : low + CHUNK_BLOCKS]
        lost = np.zeros((len(leaves), own.shape[1]), dtype=np.uint16)
        found, beyond, losses = np.empty(lost.shape, own.dtype), np.empty(lost.shape, np.bool_), np.empty_like(lost)
        for node, limits, losing in zip(asked, thresholds, lost_leaves, strict=True):
            np.greater(own.take(node, axis=0, out=found, mode="clip"), limits[:, None], out=beyond)
            lost |= np.multiply(beyond, losing[:, None], out=losses)
        answers = leaves.take(leaf_of_lost().take(lost) + rows)
        scores[low : low + CHUNK_BLOCKS] += answers.sum(axis=0, dtype=np.int64)


@cache
def leaf_of_lost() -> npt.NDArray[np.uint8]:
    """Return for each set of lost leaves the lowest leaf left."""
    leaf = np.zeros(1 << MAX_LEAVES, dtype=np.uint8)
    for number in reversed(range(MAX_LEAVES)):
        leaf.reshape(-1, 2, 1 << number)[:, 0] = number
    return leaf
