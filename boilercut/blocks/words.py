"""Words as columns: where they begin and end, and a hash of their folded letters.

The hash is polynomial (Karp and Rabin 1987), computed for all words of a text from one prefix sum, modulo
2**64. Words that differ only in case or diacritics hash alike; every word of digits is the word `#`.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boilercut.arrays import Booleans, Integers
from boilercut.blocks import characters as c

__all__ = [
    "NUMBER_HASH", "HashIndex", "Hashes", "TextColumns", "group_numbers", "hash_words", "ngram_hash", "page_keys",
    "span_hashes", "text_columns",
]  # fmt: skip

Hashes = npt.NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_INVERSE_BASE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
NUMBER_HASH = np.uint64(0x23)
"""The hash of any word made of digits."""
MAX_SCANNED = 16
"""Keys of a bucket that are looked at one by one."""
FIRST_POWERS = 1 << 16
"""Powers that are computed once: enough for most pages, in a megabyte."""


class TextColumns(NamedTuple):
    """A piece of text as arrays: class bits of its characters, and its words."""

    codes: npt.NDArray[np.uint32]
    classes: npt.NDArray[np.uint16]
    word_starts: Integers
    word_ends: Integers
    hashes: Hashes
    prefix: Hashes
    """Prefix sums of the polynomial hash; `span_hashes` turns them into the hash of any span."""
    inverse_powers: Hashes


def text_columns(text: str, humps: bool = False) -> TextColumns:
    r"""Split `text` into words and hash them.

    A word is a run of letters, digits, marks and underscores, as in `\\\\w+`; in scripts without spaces it is
    one character. With `humps`, as for class attributes, words are runs of letters that end at a hump
    (`postBody` is `post` and `body`).
    """
    codes = c.codes_of(text)
    classes = c.classes_of(codes)
    starts, ends = _letter_runs(classes) if humps else _words(classes)
    keys = c.keys_of(codes)
    prefix, inverse_powers = _prefix_hash(keys)
    hashes = span_hashes(prefix, inverse_powers, starts, ends)
    hashes[_numbers(keys, starts, ends)] = NUMBER_HASH
    return TextColumns(codes, classes, starts, ends, hashes, prefix, inverse_powers)


def span_hashes(prefix: Hashes, inverse_powers: Hashes, starts: Integers, ends: Integers) -> Hashes:
    """Return the hash of each span of characters, the same wherever the span stands."""
    hashes = (prefix[ends] - prefix[starts]) * inverse_powers[starts]
    hashes ^= hashes >> np.uint64(32)
    hashes *= _MIX
    return hashes ^ (hashes >> np.uint64(29))


def ngram_hash(left: Hashes, right: Hashes) -> Hashes:
    """Return the hash of the n-gram that continues `left` with the word `right`."""
    mixed = (left * np.uint64(_BASE)) ^ right
    return (mixed ^ (mixed >> np.uint64(31))) * _MIX


def page_keys(hashes: Hashes, pages: Integers) -> Hashes:
    """Return hashes that are equal only where they stand on the same of several stacked pages."""
    return hashes ^ (pages.astype(np.uint64) * np.uint64(_BASE))


def group_numbers(keys: Hashes) -> tuple[Integers, int]:
    """Number the distinct keys, in no particular order; return each key's number, and how many there are."""
    distinct, numbers = np.unique(keys, return_inverse=True)
    return numbers, len(distinct)


def hash_words(phrase: str) -> list[int]:
    """Return the hashes of a phrase's words, as a list; `#` stands for any number."""
    return [int(value) for value in text_columns(phrase.replace("#", "0")).hashes]


def _words(classes: c.Classes) -> tuple[Integers, Integers]:
    singles = np.flatnonzero(classes & c.UNSPACED)
    starts, ends = _runs((classes & (c.WORD | c.UNSPACED)) == c.WORD)
    return _merged(starts, singles), _merged(ends, singles + 1)


def _letter_runs(classes: c.Classes) -> tuple[Integers, Integers]:
    upper = (classes & c.UPPER) != 0
    letter = (classes & (c.WORD | c.DIGIT | c.PUNCTUATION)) == c.WORD
    starts, ends = _runs(letter)
    humps = np.flatnonzero(upper[1:] & letter[:-1] & ~upper[:-1]) + 1
    return _merged(starts, humps), _merged(ends, humps)


def _runs(member: Booleans) -> tuple[Integers, Integers]:
    """Return where runs of members begin and end."""
    padded = np.zeros(len(member) + 2, dtype=np.bool_)
    padded[1:-1] = member
    bounds = np.flatnonzero(padded[1:] != padded[:-1])
    return bounds[::2], bounds[1::2]


def _merged(one: Integers, other: Integers) -> Integers:
    return np.sort(np.concatenate([one, other])) if len(other) else one


def _prefix_hash(keys: c.Codes) -> tuple[Hashes, Hashes]:
    powers, inverse_powers = (_powers(base, len(keys) + 1) for base in (_BASE, _INVERSE_BASE))
    prefix = np.zeros(len(keys) + 1, dtype=np.uint64)
    np.cumsum(keys * powers[:-1], out=prefix[1:])
    return prefix, inverse_powers


def _powers(base: int, size: int) -> Hashes:
    """Return the powers 0, 1, 2, … of `base`."""
    return _first_powers(base)[:size] if size <= FIRST_POWERS else _computed_powers(base, size)


@cache
def _first_powers(base: int) -> Hashes:
    return _computed_powers(base, FIRST_POWERS)


def _computed_powers(base: int, size: int) -> Hashes:
    powers = np.full(size, base, dtype=np.uint64)
    powers[0] = 1
    return np.cumprod(powers, out=powers)


def _numbers(keys: c.Codes, starts: Integers, ends: Integers) -> Integers:
    """Return which words are made of digits; few begin with one, so only those are looked into."""
    rows = np.flatnonzero(keys[starts] == ord("0"))
    others = np.flatnonzero(keys != ord("0"))
    return rows[np.searchsorted(others, starts[rows]) == np.searchsorted(others, ends[rows])]


class HashIndex:
    """Sorted hashes to look others up in, by buckets: hashes spread evenly, so few share their leading bits.

    Keys that were chosen to share a bucket are looked up by bisection.
    """

    __slots__ = ("first", "keys", "present", "shift")

    def __init__(self, keys: Hashes) -> None:
        bits = len(keys).bit_length() + 1
        self.keys = np.sort(keys)
        self.shift = 64 - bits
        sizes = np.bincount(self._buckets(keys), minlength=1 << bits)
        self.first = np.append(0, np.cumsum(sizes)).astype(np.uint32)
        """Where the keys of each bucket begin; those of the next end them."""
        self.present = np.zeros(1 << bits, dtype=np.uint8)
        """Eight bits for each bucket, one for each value of a key's next three bits: set where there is such a key."""
        eighths = np.uint8(1) << ((keys >> np.uint64(self.shift - 3)) & np.uint64(7)).astype(np.uint8)
        np.bitwise_or.at(self.present, self._buckets(keys), eighths)

    @classmethod
    def of_table(cls, keys: Hashes, first: npt.NDArray[np.uint32], shift: int) -> HashIndex:
        """Return the index that has a table."""
        index = cls.__new__(cls)
        index.keys, index.first, index.shift = keys, first, shift
        return index

    def find(self, wanted: Hashes) -> tuple[Integers, Integers]:
        """Return the positions of those of `wanted` that are there, and their rows in the sorted `keys`."""
        buckets = self._buckets(wanted)
        first, end = self.first.take(buckets), self.first.take(buckets + 1)
        if (end - first).max(initial=0) > MAX_SCANNED:
            rows = self.keys.searchsorted(wanted)
            there = self.keys.take(rows, mode="clip") == wanted
            return np.flatnonzero(there), rows[there]
        likely = np.flatnonzero(first < end)
        hashes, rows, end = wanted[likely], first[likely].astype(np.int64), end[likely]
        there = self.keys.take(rows) == hashes
        rest = np.flatnonzero(~there & (rows + 1 < end))
        while len(rest):  # buckets of several keys: one step per key
            rows[rest] += 1
            there[rest] = self.keys.take(rows[rest]) == hashes[rest]
            rest = rest[~there[rest] & (rows[rest] + 1 < end[rest])]
        return likely[there], rows[there]

    @property
    def table(self) -> tuple[Hashes, npt.NDArray[np.uint32], int, npt.NDArray[np.uint8]]:
        """What a kernel needs to look hashes up."""
        return self.keys, self.first, self.shift, self.present

    def _buckets(self, hashes: Hashes) -> Integers:
        return (hashes >> np.uint64(self.shift)).view(np.int64)
