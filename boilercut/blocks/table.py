"""Blocks as columns: what detectors look at, and what measuring fills in."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from boilercut import _native
from boilercut._native.rows import ELEMENT_ROWS, FACTS, ROWS
from boilercut.arrays import Booleans, Columns, Integers
from boilercut.blocks.arithmetic import share, window_sum
from boilercut.blocks.words import Hashes
from boilercut.page import PageKind

__all__ = ["ELEMENT_ROWS", "FACTS", "NEAR", "ROWS", "Blocks", "Facts", "PhraseFacts", "sealed", "stack_of"]

NEAR = 3
"""Blocks to each side that are near, for phrases."""


class Tokens(NamedTuple):
    """Every word of every block: a 64-bit hash of its folded letters, and the block it stands in."""

    hashes: npt.NDArray[np.uint64]
    blocks: Integers


@dataclass(frozen=True, kw_only=True)
class ElementTable:
    """The elements of all stacked pages as columns; indices count over the whole stack."""

    table: Integers
    """The columns below as rows, for kernels: see `boilercut.blocks.table.ELEMENT_ROWS`."""
    tags: Integers
    """Numbers of `TAG_NUMBERS`."""
    parents: Integers
    names: Integers
    """Index into `unique_names`."""
    unique_names: list[str]
    name_tokens: Tokens
    """The words of `unique_names`; their `blocks` are indices into it."""
    hidden: Booleans
    first_blocks: Integers
    end_blocks: Integers
    pages: Integers

    @cached_property
    def ancestors(self) -> tuple[Integers, ...]:
        """For each element its ancestor 1, 2, 4, … levels up; the number of elements stands for none.

        With each step twice as far up, a path of n elements takes log2(n) steps.
        """
        size = len(self.parents)
        above = np.append(np.where(self.parents == np.arange(size), size, self.parents), size)
        steps = []
        while above.min(initial=size) < size:
            steps.append(above)
            above = above[above]
        return tuple(steps)


class Facts(NamedTuple):
    """What was measured on the blocks' text: whole numbers, one per block."""

    words: Integers
    word_characters: Integers
    longest_word: Integers
    capitalised: Integers
    """Words that begin with a capital letter."""
    sentences: Integers
    """Marks that end a sentence, where a sentence can end."""
    upper: Integers
    digits: Integers
    commas: Integers
    punctuation: Integers
    separators: Integers
    symbols: Integers
    currency: Integers
    unspaced: Integers
    """Characters of scripts written without spaces."""
    first_class: Integers
    """Class bits of the first character, see `boilercut.blocks.characters`."""
    first_code: Integers
    last_class: Integers
    """Class bits of the last character that is not a closing quote or bracket."""
    last_code: Integers
    characters: Integers
    fingerprint: Hashes
    """Hash of the folded text, all digits alike: equal for repeated blocks."""


class PhraseFacts(NamedTuple):
    """What was found of each phrase list, by the list's name."""

    covered: Columns
    """How many words of each block the list's phrases cover."""
    matches: Columns
    """How many phrases."""


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """The blocks of one page, or of many pages stacked, as columns: what detectors look at.

    Every array has one entry per block unless it says otherwise. Nothing here is ever changed: detectors of users get
    a copy that cannot be written to, see `sealed`.
    """

    kind: PageKind
    text: str
    table: Integers
    """All that are whole numbers below, `facts` included, as rows of one matrix, for kernels: see `ROWS`."""
    starts: Integers
    ends: Integers
    blank_lines: Integers
    """Blank lines before the block, and its indentation: what plain text has instead of markup."""
    indents: Integers
    link_characters: Integers
    pages: Integers
    """Which page of the stack the block belongs to."""
    first: Integers
    end: Integers
    """Bounds of that page's blocks: `first` to `end`, the last not included."""
    facts: Facts
    word_weights: Integers
    """Words, a few characters counting as one in scripts written without spaces."""
    prose: Booleans
    """Whether the block is made of sentences rather than links, headlines or labels."""
    tokens: Tokens
    title_tokens: Tokens
    """Words of the pages' titles; their `blocks` are page numbers."""
    description_tokens: Tokens
    """Words of the pages' descriptions of themselves; their `blocks` are page numbers."""
    in_title: Integers
    """How many of the block's words its page's title holds."""
    in_description: Integers
    described_pairs: Integers
    """How many of the block's words, and of its pairs of words, its page's description of itself holds."""
    title_words: Integers
    description_words: Integers
    """How many words the page's title and its description of itself have."""
    phrases: PhraseFacts
    schema: tuple[str, ...]
    """One entry per page: the types that the page declares in its metadata."""
    addresses: tuple[str, ...]
    """One entry per page: the address that the page gives as its own; empty where it gives none."""
    elements: ElementTable | None
    block_elements: Integers
    sources: tuple[str, ...]
    """One entry per page: the text that was read; empty where a tree was handed over."""

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def phrase_shares(self) -> Columns:
        """The share of the block's words that each list's phrases cover."""
        covered = self.phrases.covered
        return Columns([share(covered.tables[0], self.facts.words)], covered.places)

    @cached_property
    def phrases_near(self) -> Columns:
        """The same for the block and `NEAR` blocks to each side together."""
        covered, words = self.phrases.covered, window_sum(self, self.facts.words, NEAR)[0]
        return Columns([share(window_sum(self, covered.tables[0], NEAR)[0], words)], covered.places)

    def block(self, index: int) -> str:
        """Return the text of one block."""
        return self.text[self.starts[index] : self.ends[index]]


_PLACES = {name: row for row, name in enumerate(ROWS)}
_ELEMENT_PLACES = {name: row for row, name in enumerate(ELEMENT_ROWS)}


def stack_of(blocks: Blocks) -> Any:
    """Return the blocks as loops see them: the `Stack` of `boilercut._native`."""
    return _native.Stack(blocks, _PLACES, _ELEMENT_PLACES)


Sealed = TypeVar("Sealed")


def sealed(value: Sealed) -> Sealed:
    """Return a copy of blocks, or of a part of them, that nobody can write to: its arrays lie in `bytes`.

    A read-only flag could be taken back, from the array or from the one that it is a view of. And compiled code follows
    indices such as `Blocks.first` without a check, so no foreign code may have changed the ones that it sees.
    """
    copy: Any = _sealed(value)
    return copy


def _sealed(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.ndarray(value.shape, value.dtype, value.tobytes())
    if isinstance(value, Columns):
        return Columns(tuple(map(_sealed, value.tables)), MappingProxyType(dict(value.places)))
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(**{field.name: _sealed(getattr(value, field.name)) for field in fields(value)})
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)._make(map(_sealed, value))  # type: ignore[attr-defined]
    return tuple(value) if isinstance(value, list) else value
