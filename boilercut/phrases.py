"""Phrase lists: loaded from data files, looked up as word n-grams in all blocks at once.

A phrase is one to sixteen words (in Thai, characters). Every prefix of a phrase is known by its hash, so
that a lookup only goes on where a phrase can still come of it; the time is linear in the number of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np

from boilercut.vocabulary import Integers, Tokens
from boilercut.words import Hashes, ngram_hash, text_columns

__all__ = ["MAX_PHRASE_WORDS", "PhraseBook", "PhraseHits", "class_word_book", "parse_phrases", "shipped_phrases"]

MAX_PHRASE_WORDS = 16
LISTS = (
    "adverts", "bylines", "chrome", "comments", "consent", "forms", "function_words", "headings", "legal",
    "months", "navigation", "newsletter", "pagination", "related", "share",
)  # fmt: skip
"""The phrase lists, by the names of their files."""
_FOLDER = resources.files("boilercut").joinpath("detectors", "phrases")


class PhraseHits(NamedTuple):
    """What was found of each list: how many words of each block its phrases cover, and how many phrases."""

    covered: Mapping[str, Integers]
    matches: Mapping[str, Integers]


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """All phrase lists in one table of hashes."""

    names: tuple[str, ...]
    keys: Hashes
    """Sorted n-gram hashes of all phrases."""
    members: Integers
    """For each key the lists that hold it, as bits in the order of `names`."""
    prefixes: Hashes
    """Sorted n-gram hashes of all proper prefixes."""

    @classmethod
    def of(cls, lists: Mapping[str, Iterable[str]]) -> PhraseBook:
        """Build a book from lists by name."""
        members = np.repeat(1 << np.arange(len(lists)), [len(list(phrases)) for phrases in lists.values()])
        keys, owners, prefixes = _grams([phrase for phrases in lists.values() for phrase in phrases])
        order = np.argsort(keys, kind="stable")
        unique, first = np.unique(keys[order], return_index=True)
        bits = np.bitwise_or.reduceat(members[owners[order]], first) if len(first) else members[:0]
        return cls(tuple(lists), unique, bits, np.unique(prefixes))

    def find(self, tokens: Tokens, size: int) -> PhraseHits:
        """Look up every n-gram of `tokens`, which stand in `size` blocks."""
        positions, lengths, members = self._matches(tokens)
        covered, matches = {}, {}
        for bit, name in enumerate(self.names):
            chosen = np.flatnonzero(members & (1 << bit))
            starts = positions[chosen]
            matches[name] = np.bincount(tokens.blocks[starts], minlength=size)
            inside = _inside(starts, starts + lengths[chosen], len(tokens.hashes))
            covered[name] = np.bincount(tokens.blocks[inside], minlength=size)
        return PhraseHits(covered, matches)

    def _matches(self, tokens: Tokens) -> tuple[Integers, Integers, Integers]:
        """Return position, length in words and lists of every phrase found."""
        found: list[tuple[Integers, Integers, Integers]] = []
        positions = np.arange(len(tokens.hashes))
        grams = tokens.hashes
        for length in range(1, MAX_PHRASE_WORDS + 1):
            rows, hit = _lookup(self.keys, grams)
            found.append((positions[hit], np.full(int(hit.sum()), length), self.members[rows[hit]]))
            alive = _lookup(self.prefixes, grams)[1] & (positions + length < len(tokens.hashes))
            positions, grams = positions[alive], grams[alive]
            alive = tokens.blocks[positions + length] == tokens.blocks[positions]
            positions, grams = positions[alive], grams[alive]
            if not len(positions):
                break
            grams = ngram_hash(grams, tokens.hashes[positions + length])
        starts, lengths, members = (np.concatenate(column) for column in zip(*found, strict=True))
        return starts, lengths, members


def _lookup(keys: Hashes, wanted: Hashes) -> tuple[Integers, np.ndarray]:
    """Return for each wanted hash its row in the sorted `keys`, and whether it is really there."""
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
    rows = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return rows, keys[rows] == wanted


def _inside(starts: Integers, ends: Integers, size: int) -> Integers:
    """Return the positions that at least one span covers."""
    if not len(starts):
        return starts
    steps = np.bincount(starts, minlength=size + 1) - np.bincount(ends, minlength=size + 1)
    return np.flatnonzero(np.cumsum(steps[:-1]) > 0)


def _grams(phrases: list[str]) -> tuple[Hashes, Integers, Hashes]:
    """Return the phrases' hashes, which phrase each belongs to, and the hashes of all proper prefixes."""
    lines = [phrase.replace("#", "0").replace("\n", " ") for phrase in phrases]
    line_starts = np.cumsum([0] + [len(line) + 1 for line in lines])[:-1]
    columns = text_columns("\n".join(lines))
    lengths = np.bincount(np.searchsorted(line_starts, columns.word_starts, side="right") - 1, minlength=len(lines))
    owners = np.flatnonzero(lengths)
    first = (np.cumsum(lengths) - lengths)[owners]
    grams = columns.hashes[first]
    keys, key_owners, prefixes = [grams[:0]], [owners[:0]], [grams[:0]]
    for length in range(1, MAX_PHRASE_WORDS + 1):
        complete = lengths[owners] == length
        keys.append(grams[complete])
        key_owners.append(owners[complete])
        owners, first, grams = owners[~complete], first[~complete], grams[~complete]
        prefixes.append(grams)
        if length < MAX_PHRASE_WORDS and len(owners):
            grams = ngram_hash(grams, columns.hashes[first + length])
    return np.concatenate(keys), np.concatenate(key_owners), np.concatenate(prefixes)


def parse_phrases(text: str) -> dict[str, list[str]]:
    r"""Return the phrases of a list file by section: `[en]` starts one; what stands above the first is comment.

    >>> parse_phrases("# about\n[en]\nread more\n[de]\nmehr lesen\n")
    {'en': ['read more'], 'de': ['mehr lesen']}
    """
    sections: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1], [])
        elif line and current is not None:
            current.append(line)
    return sections


@cache
def shipped_phrases() -> PhraseBook:
    """Load the lists that come with boilercut, all languages together."""
    lists = {name: parse_phrases(_FOLDER.joinpath(f"{name}.txt").read_text("utf-8")) for name in LISTS}
    return PhraseBook.of({name: [each for phrases in own.values() for each in phrases] for name, own in lists.items()})


@cache
def class_word_book() -> PhraseBook:
    """Load the words in class and id attributes that speak for a kind of boilerplate."""
    return PhraseBook.of(parse_phrases(_FOLDER.joinpath("class_words.txt").read_text("utf-8")))
