"""Phrase lists: loaded from data files, looked up as word n-grams in all blocks at once.

A phrase is one to sixteen words (in Thai, characters). Every prefix of a phrase is known by its hash, so
that a lookup only goes on where a phrase can still come of it; the time is linear in the number of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from boilercut._native import chosen_kernels as kernels
from boilercut.arrays import Booleans, Integers
from boilercut.blocks.table import Tokens
from boilercut.blocks.words import Hashes, HashIndex, ngram_hash, text_columns
from boilercut.errors import ConfigError

__all__ = [
    "MAX_PHRASE_WORDS",
    "PhraseBook",
    "PhraseHits",
    "class_word_book",
    "parse_phrases",
    "phrase_book",
    "shipped_list",
    "shipped_phrases",
]

MAX_PHRASE_WORDS = 16
LISTS = (
    "adverts", "bylines", "chrome", "comments", "consent", "forms", "function_words", "headings", "legal",
    "months", "navigation", "newsletter", "pagination", "related", "share",
)  # fmt: skip
"""The phrase lists, by the names of their files."""
_FOLDER = Path(__file__).parent / "phrase_lists"


class PhraseHits(NamedTuple):
    """What was found: one row per list, one column per block."""

    names: tuple[str, ...]
    covered: Integers
    """How many words of the block the list's phrases cover."""
    matches: Integers
    """How many phrases."""


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """All phrase lists in one table of hashes."""

    names: tuple[str, ...]
    grams: HashIndex
    """The hashes of all phrases and of all their beginnings."""
    members: Integers
    """For each of them the lists that hold it, as bits in the order of `names`; none for a mere beginning."""
    continues: Booleans
    """For each of them whether it is the beginning of a longer phrase."""

    @classmethod
    def of(cls, lists: Mapping[str, Iterable[str]]) -> PhraseBook:
        """Build a book from lists by name."""
        own_bits = np.repeat(1 << np.arange(len(lists)), [len(list(phrases)) for phrases in lists.values()])
        keys, owners, prefixes = _grams([phrase for phrases in lists.values() for phrase in phrases])
        grams = np.sort(np.concatenate([keys, prefixes]))
        grams = grams[np.diff(grams, prepend=~grams[:1]) != 0]  # `np.unique` takes longer than all the rest
        members, continues = np.zeros(len(grams), dtype=np.int64), np.zeros(len(grams), dtype=np.bool_)
        np.bitwise_or.at(members, np.searchsorted(grams, keys), own_bits[owners])
        continues[np.searchsorted(grams, prefixes)] = True
        return cls(tuple(lists), HashIndex(grams), members, continues)

    def find(self, tokens: Tokens, size: int) -> PhraseHits:
        """Look up every n-gram of `tokens`, which stand in `size` blocks."""
        held = np.zeros(len(tokens.hashes), dtype=np.int64)
        covered, matches = np.zeros((2, len(self.names), size), dtype=np.int64)
        kernels.find_phrases(*tokens, *self._lookup, held, covered, matches)
        return PhraseHits(self.names, covered, matches)

    def lists_in(self, tokens: Tokens, size: int) -> Integers:
        """Return for each of `size` blocks the lists that any n-gram in it is of, as bits in the order of `names`."""
        lists = np.zeros(size, dtype=np.int64)
        kernels.mark_phrases(*tokens, *self._lookup, lists)
        return lists

    def covers(self, texts: Sequence[str], name: str) -> Booleans:
        """Return which of some short texts the phrases of a list cover whole."""
        hashes, words = _words_of(texts)
        found = self.find(Tokens(hashes, np.repeat(np.arange(len(texts)), words)), len(texts))
        return (words > 0) & (found.covered[self.names.index(name)] >= words)

    @property
    def _lookup(self) -> tuple[object, ...]:
        """What a kernel needs to look n-grams up."""
        return *self.grams.table, self.members, self.continues.view(np.uint8), MAX_PHRASE_WORDS


def _grams(phrases: list[str]) -> tuple[Hashes, Integers, Hashes]:
    """Return the phrases' hashes, which phrase each belongs to, and the hashes of all proper prefixes."""
    hashes, lengths = _words_of([phrase.replace("#", "0") for phrase in phrases])
    owners = np.flatnonzero(lengths)
    first = (np.cumsum(lengths) - lengths)[owners]
    grams = hashes[first]
    keys, key_owners, prefixes = [grams[:0]], [owners[:0]], [grams[:0]]
    for length in range(1, MAX_PHRASE_WORDS + 1):
        complete = lengths[owners] == length
        keys.append(grams[complete])
        key_owners.append(owners[complete])
        owners, first, grams = owners[~complete], first[~complete], grams[~complete]
        prefixes.append(grams)
        if length < MAX_PHRASE_WORDS and len(owners):
            grams = ngram_hash(grams, hashes[first + length])
    return np.concatenate(keys), np.concatenate(key_owners), np.concatenate(prefixes)


def _words_of(texts: Sequence[str]) -> tuple[Hashes, Integers]:
    """Return the hashes of the words of all texts, and how many words each has."""
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 1
    columns = text_columns(" ".join(texts))
    owners = np.searchsorted(np.cumsum(sizes) - sizes, columns.word_starts, side="right") - 1
    return columns.hashes, np.bincount(owners, minlength=len(texts))


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
    return PhraseBook.of({name: shipped_list(name) for name in LISTS})


def phrase_book(folder: str | None) -> PhraseBook:
    """Load the lists that come with boilercut, and add those of `folder`, files of the same names and form.

    They are loaded once, unless a file changes. Raises `ConfigError` for a folder without lists, and for a list, or a
    phrase, that could never be found.
    """
    if folder is None:
        return shipped_phrases()
    files = sorted(Path(folder).glob("*.txt"))
    if not files:
        raise ConfigError(f"phrases: {folder}: no .txt files there; name them after the lists: {', '.join(LISTS)}")
    states = [file.stat() for file in files]
    return _extended(tuple(files), tuple((state.st_mtime_ns, state.st_size, state.st_ino) for state in states))


@lru_cache(maxsize=16)
def _extended(files: Sequence[Path], states: tuple[tuple[int, ...], ...]) -> PhraseBook:
    """Add the phrases of files that are in certain states."""
    lists = {name: shipped_list(name) for name in LISTS}
    for file in files:
        if file.stem not in lists:
            raise ConfigError(f"phrases: {file}: no list has this name; there are {', '.join(LISTS)}")
        lists[file.stem] = lists[file.stem] + _checked_phrases(file)
    return PhraseBook.of(lists)


def _checked_phrases(file: Path) -> list[str]:
    try:
        sections = parse_phrases(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"phrases: {file}: not readable as UTF-8 text ({error})") from error
    phrases = [each for own in sections.values() for each in own]
    if not phrases:
        raise ConfigError(f"phrases: {file}: no phrases there; write one per line below a section such as [en]")
    for phrase in phrases:
        if not 0 < len(text_columns(phrase).hashes) <= MAX_PHRASE_WORDS:
            raise ConfigError(f"phrases: {file}: {phrase!r} has not 1 to {MAX_PHRASE_WORDS} words")
    return phrases


def shipped_list(name: str) -> list[str]:
    """Load the phrases of one list that comes with boilercut, all languages together."""
    sections = parse_phrases(_FOLDER.joinpath(f"{name}.txt").read_text("utf-8"))
    return [each for phrases in sections.values() for each in phrases]


@cache
def class_word_book() -> PhraseBook:
    """Load the words in class and id attributes that speak for a kind of boilerplate."""
    return PhraseBook.of(parse_phrases(_FOLDER.joinpath("class_words.txt").read_text("utf-8")))
