"""Words as columns: where they begin and end, and a hash of their folded letters.

The hash is polynomial (Karp and Rabin 1987), computed for all words of a text from one prefix sum, modulo
2**64. Words that differ only in case or diacritics hash alike; every word of digits is the word `#`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boilercut import characters as c
from boilercut.vocabulary import Booleans, Integers

__all__ = ["NUMBER_HASH", "Hashes", "TextColumns", "hash_words", "ngram_hash", "text_columns"]

Hashes = npt.NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_INVERSE_BASE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
NUMBER_HASH = np.uint64(0x23)
"""The hash of any word made of digits."""


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
    folded = c.folded(codes).astype(np.uint64)
    digits = (classes & c.DIGIT) != 0
    digits |= (folded >= ord("0")) & (folded <= ord("9"))  # ¹ and ² fold to digits
    folded[digits] = ord("0")
    prefix, inverse_powers = _prefix_hash(folded)
    hashes = span_hashes(prefix, inverse_powers, starts, ends)
    hashes[_all_set(digits, starts, ends)] = NUMBER_HASH
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


def hash_words(phrase: str) -> list[int]:
    """Return the hashes of a phrase's words, as a list; `#` stands for any number."""
    return [int(value) for value in text_columns(phrase.replace("#", "0")).hashes]


def _words(classes: npt.NDArray[np.uint16]) -> tuple[Integers, Integers]:
    word = (classes & c.WORD) != 0
    single = (classes & c.UNSPACED) != 0
    return _runs(word & ~single, single)


def _letter_runs(classes: npt.NDArray[np.uint16]) -> tuple[Integers, Integers]:
    upper = (classes & c.UPPER) != 0
    letter = ((classes & c.WORD) != 0) & ((classes & (c.DIGIT | c.PUNCTUATION)) == 0)
    hump = np.zeros(len(classes), dtype=np.bool_)
    hump[1:] = upper[1:] & letter[:-1] & ~upper[:-1]
    starts, ends = _runs(letter, np.zeros_like(hump))
    inner = np.flatnonzero(hump)
    return np.sort(np.concatenate([starts, inner])), np.sort(np.concatenate([ends, inner]))


def _runs(member: Booleans, single: Booleans) -> tuple[Integers, Integers]:
    """Return where runs of `member` begin and end; each `single` is a run of its own."""
    padded = np.zeros(len(member) + 2, dtype=np.bool_)
    padded[1:-1] = member
    starts = np.flatnonzero((member & ~padded[:-2]) | single)
    ends = np.flatnonzero((member & ~padded[2:]) | single) + 1
    return starts, ends


def _prefix_hash(folded: Hashes) -> tuple[Hashes, Hashes]:
    size = len(folded) + 1
    powers = np.full(size, _BASE, dtype=np.uint64)
    inverse_powers = np.full(size, _INVERSE_BASE, dtype=np.uint64)
    powers[0] = inverse_powers[0] = 1
    np.cumprod(powers, out=powers)
    np.cumprod(inverse_powers, out=inverse_powers)
    prefix = np.zeros(size, dtype=np.uint64)
    np.cumsum(folded * powers[:-1], out=prefix[1:])
    return prefix, inverse_powers


def _all_set(flags: Booleans, starts: Integers, ends: Integers) -> Booleans:
    """Tell of each span whether all its flags are set."""
    unset = np.flatnonzero(~flags)
    return np.searchsorted(unset, starts) == np.searchsorted(unset, ends)
