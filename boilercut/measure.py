"""Measure blocks: stack pages into columns and compute every fact about their text once.

All sums are of whole numbers, so a page has the same facts alone and in any stack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from boilercut import characters as c
from boilercut.characters import Classes, Codes
from boilercut.columns import numbered, share, window_sum
from boilercut.native import kernels
from boilercut.phrases import PhraseBook, PhraseHits
from boilercut.vocabulary import Booleans, ElementTable, Floats, Integers, Page, PageKind, Tokens
from boilercut.words import Hashes, ngram_hash, page_keys, span_hashes, text_columns

__all__ = ["Blocks", "measure"]

MAX_CHUNK_CHARACTERS = 1 << 19
"""Text is measured in pieces of about this size, which bounds the memory at work."""
MAX_MEASURED_CHARACTERS = 1 << 18
"""Of a longer block only this much is measured; what it is shows early."""
MIN_PROSE_WORDS = 12
"""Shorter blocks are headings, captions or menu items more often than sentences."""
UNSPACED_PER_WORD = 2
"""Characters to a word, in scripts written without spaces."""
NEAR = 3
"""So many blocks to each side are near, for phrases."""

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
_KERNEL_FACTS = (
    "words", "word_characters", "longest_word", "capitalised", "sentences", *_COUNTED,
    "first_class", "first_code", "last_class", "last_code",
)  # fmt: skip
"""Facts in the order in which the kernel gives them."""
_CLASS_BITS = np.array([[bit] for bit in _COUNTED.values()], dtype=np.uint16)
_COUNTED_CLASSES = np.bitwise_or.reduce(_CLASS_BITS, axis=None) | np.uint16(c.SENTENCE_END)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was measured on the blocks' text: whole numbers, one a block."""

    characters: Integers
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
    """Class bits of the first character, see `boilercut.characters`."""
    first_code: Integers
    last_class: Integers
    """Class bits of the last character that is not a closing quote or bracket."""
    last_code: Integers
    fingerprint: Hashes
    """Hash of the folded text, all digits alike: equal for repeated blocks."""


class PhraseFacts(NamedTuple):
    """What was found of each phrase list, by its name."""

    covered: Mapping[str, Integers]
    """How many words of each block the phrases cover."""
    matches: Mapping[str, Integers]
    """How many phrases."""
    shares: Mapping[str, Floats]
    """The share of the block's words that they cover."""
    near: Mapping[str, Floats]
    """The same for the block and `NEAR` blocks to each side together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """The blocks of one page, or of many pages stacked, as columns: what detectors look at.

    Every array has one entry a block unless it says otherwise. Nothing here is ever changed.
    """

    kind: PageKind
    text: str
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
    phrases: PhraseFacts
    schema: tuple[str, ...]
    """One entry a page: the types that the page declares in its metadata."""
    addresses: tuple[str, ...]
    """One entry a page: the address that the page gives as its own; empty where it gives none."""
    elements: ElementTable | None
    block_elements: Integers
    sources: tuple[str, ...]
    """One entry a page: the text that was read; empty where a tree was handed over."""

    def __len__(self) -> int:
        return len(self.starts)

    def block(self, index: int) -> str:
        """Return the text of one block."""
        return self.text[self.starts[index] : self.ends[index]]


def measure(pages: Sequence[Page], phrase_book: PhraseBook) -> Blocks:
    """Stack `pages`, all of one kind, and measure their blocks."""
    sizes = np.array([len(page.starts) for page in pages], dtype=np.int64)
    bounds = np.concatenate([[0], np.cumsum(sizes)])
    owners = np.repeat(np.arange(len(pages)), sizes)
    shifts = np.cumsum([0] + [len(page.text) + 1 for page in pages])
    text = pages[0].text if len(pages) == 1 else "\n".join(page.text for page in pages)
    starts = np.concatenate([page.starts + shift for page, shift in zip(pages, shifts, strict=False)])
    ends = np.concatenate([page.ends + shift for page, shift in zip(pages, shifts, strict=False)])
    link_characters = np.concatenate([page.link_characters for page in pages])
    facts, tokens = _measure_text(text, starts, ends)
    word_weights = facts.words - facts.unspaced + facts.unspaced // UNSPACED_PER_WORD
    long = (word_weights >= MIN_PROSE_WORDS) & (facts.sentences >= 1)
    own = _PageBounds(bounds[owners], bounds[owners + 1])
    elements, block_elements = _stacked_elements(pages, bounds)
    blank_lines, indents = _layout(pages)
    title = _said_tokens([page.title for page in pages])
    description = _said_tokens([page.metadata.get("description", "") for page in pages])
    return Blocks(
        kind=pages[0].kind,
        text=text,
        starts=starts,
        ends=ends,
        blank_lines=blank_lines,
        indents=indents,
        link_characters=link_characters,
        pages=owners,
        first=own.first,
        end=own.end,
        facts=facts,
        word_weights=word_weights,
        prose=long & (2 * link_characters < facts.characters),
        tokens=tokens,
        title_tokens=title,
        description_tokens=description,
        in_title=_said(tokens, owners, title),
        in_description=_said(tokens, owners, description),
        described_pairs=_said(tokens, owners, description, pairs=True),
        phrases=_phrase_facts(phrase_book.find(tokens, len(starts)), facts.words, own),
        schema=tuple(page.metadata.get("schema", "") + " " + page.metadata.get("og:type", "") for page in pages),
        addresses=tuple(page.metadata.get("address", "") for page in pages),
        elements=elements,
        block_elements=block_elements,
        sources=tuple(page.source for page in pages),
    )


class _PageBounds(NamedTuple):
    """For each block where its page begins and ends."""

    first: Integers
    end: Integers


def _phrase_facts(hits: PhraseHits, words: Integers, own: _PageBounds) -> PhraseFacts:
    near = share(window_sum(own, hits.covered, NEAR)[0], window_sum(own, words, NEAR)[0])
    rows = (hits.covered, hits.matches, share(hits.covered, words), near)
    return PhraseFacts(*(dict(zip(hits.names, row, strict=True)) for row in rows))


def _layout(pages: Sequence[Page]) -> tuple[Integers, Integers]:
    if pages[0].kind == "html":
        nothing = np.zeros(sum(len(page.starts) for page in pages), dtype=np.int64)
        return nothing, nothing
    return (
        np.concatenate([page.blank_lines for page in pages]),
        np.concatenate([page.indents for page in pages]),
    )


def _said_tokens(texts: Sequence[str]) -> Tokens:
    """Return the words of one text a page."""
    ends = np.cumsum([len(text) + 1 for text in texts]) - 1
    starts = np.append(0, ends[:-1] + 1)
    return Tokens(*_measure_chunk("\n".join([*texts, ""]), starts, ends)[1:])


def _said(tokens: Tokens, pages: Integers, said: Tokens, pairs: bool = False) -> Integers:
    """Count each block's words, or pairs of words, that are among those `said` of its page."""
    counts = np.zeros(len(pages), dtype=np.int64)
    if not len(said.hashes):
        return counts
    if kernels:
        slots = 1 << (2 * len(said.hashes)).bit_length()
        table, used = np.empty(slots, dtype=np.uint64), np.zeros(slots, dtype=np.uint8)
        kernels.count_said(*tokens, pages, *said, pairs, table, used, counts)
        return counts
    if pairs:
        tokens, said = _pairs(tokens), _pairs(said)
    keys, wanted = page_keys(tokens.hashes, pages[tokens.blocks]), page_keys(*said)
    return np.bincount(tokens.blocks[np.isin(keys, wanted)], minlength=len(pages))


def _pairs(tokens: Tokens) -> Tokens:
    """Return the pairs of neighbouring words."""
    together = tokens.blocks[:-1] == tokens.blocks[1:]
    return Tokens(ngram_hash(tokens.hashes[:-1], tokens.hashes[1:])[together], tokens.blocks[:-1][together])


def _measure_text(text: str, starts: Integers, ends: Integers) -> tuple[Facts, Tokens]:
    ends = np.minimum(ends, starts + MAX_MEASURED_CHARACTERS)
    columns: list[dict[str, Any]] = []
    hashes: list[Hashes] = []
    owners: list[Integers] = []
    for low, high in _chunks(starts, ends):
        offset = int(starts[low])
        measured, chunk_hashes, chunk_owners = _measure_chunk(
            text[offset : ends[high - 1]], starts[low:high] - offset, ends[low:high] - offset
        )
        columns.append(measured)
        hashes.append(chunk_hashes)
        owners.append(chunk_owners + low)
    if not columns:
        columns.append(_measure_chunk(" ", starts, ends)[0])
    facts = Facts(**{name: np.concatenate([chunk[name] for chunk in columns]) for name in columns[0]})
    nothing = np.zeros(0, dtype=np.int64)
    return facts, Tokens(np.concatenate([nothing.astype(np.uint64), *hashes]), np.concatenate([nothing, *owners]))


def _chunks(starts: Integers, ends: Integers) -> Iterator[tuple[int, int]]:
    """Yield ranges of blocks that together are not much longer than `MAX_CHUNK_CHARACTERS`.

    A block that was shortened ends its range: what was cut off it is no text of the next.
    """
    low = 0
    shortened = np.append(np.flatnonzero(ends - starts == MAX_MEASURED_CHARACTERS) + 1, len(starts))
    while low < len(starts):
        high = int(np.searchsorted(ends, starts[low] + MAX_CHUNK_CHARACTERS, side="right"))
        high = min(max(high, low + 1), int(shortened[np.searchsorted(shortened, low, side="right")]))
        yield low, high
        low = high


def _measure_chunk(text: str, starts: Integers, ends: Integers) -> tuple[dict[str, Any], Hashes, Integers]:
    """Return the facts of each block, and the hash and the block of each word."""
    return (_measured_by_kernel if kernels else _measured_by_numpy)(text, starts, ends)


def _measured_by_kernel(text: str, starts: Integers, ends: Integers) -> tuple[dict[str, Any], Hashes, Integers]:
    codes, tables = c.codes_of(text), c.character_tables()
    facts = np.empty((len(_KERNEL_FACTS), len(starts)), dtype=np.int64)
    fingerprints = np.empty(len(starts), dtype=np.uint64)
    hashes, owners = np.empty(len(codes), dtype=np.uint64), np.empty(len(codes), dtype=np.int64)
    words = kernels.measure_spans(codes, starts, ends, tables.classes, tables.keys, facts, fingerprints, hashes, owners)
    measured: dict[str, Any] = dict(zip(_KERNEL_FACTS, facts, strict=True))
    measured |= {"characters": ends - starts, "fingerprint": fingerprints}
    return measured, hashes[:words].copy(), owners[:words].copy()


def _measured_by_numpy(text: str, starts: Integers, ends: Integers) -> tuple[dict[str, Any], Hashes, Integers]:
    columns = text_columns(text)
    classes, word_starts, word_ends = columns.classes, columns.word_starts, columns.word_ends
    owners = np.searchsorted(starts, word_starts, side="right") - 1
    size = len(starts)

    def total(values: Integers) -> Integers:
        return np.bincount(owners, weights=values, minlength=size).astype(np.int64)

    lengths = word_ends - word_starts
    last_class, last_code = _last_characters(columns.codes, classes, starts, ends)
    longest = np.zeros(size, dtype=np.int64)
    np.maximum.at(longest, owners, lengths)
    measured = _class_counts(classes, starts, ends) | {
        "characters": ends - starts,
        "words": np.bincount(owners, minlength=size),
        "word_characters": total(lengths),
        "longest_word": longest,
        "capitalised": total((classes[word_starts] & c.UPPER) != 0),
        "first_class": classes[starts].astype(np.int64),
        "first_code": columns.codes[starts].astype(np.int64),
        "last_class": last_class,
        "last_code": last_code,
        "fingerprint": span_hashes(columns.prefix, columns.inverse_powers, starts, ends),
    }
    return measured, columns.hashes, owners


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
    return dict(zip((*_COUNTED, "sentences"), counts.astype(np.int64), strict=True))


def _sentence_ends(classes: Classes, ends: Integers, positions: Integers, found: Classes) -> Booleans:
    """Mark sentence ends that white space, a closing quote, the block's end or an ideograph follows."""
    free = (classes.take(positions + 1, mode="clip") & (c.SPACE | c.CLOSER | c.UNSPACED)) != 0
    last = np.zeros(len(classes), dtype=np.bool_)
    last[ends - 1] = True
    return ((found & c.SENTENCE_END) != 0) & (free | last[positions])


def _last_characters(codes: Codes, classes: Classes, starts: Integers, ends: Integers) -> tuple[Integers, Integers]:
    """Return class bits and code of each block's last character, up to two closing marks left out."""
    last = ends - 1
    for _ in range(2):
        closing = ((classes[last] & c.CLOSER) != 0) & (last > starts)
        last = last - closing
    return classes[last].astype(np.int64), codes[last].astype(np.int64)


def _stacked_elements(pages: Sequence[Page], bounds: Integers) -> tuple[ElementTable | None, Integers]:
    if pages[0].kind == "text":
        return None, np.zeros(bounds[-1], dtype=np.int64)
    names: dict[str, int] = {}
    parts, block_elements, shift = [], [], 0
    for number, page in enumerate(pages):
        assert page.elements is not None and page.block_elements is not None
        own = page.elements
        size = len(own.tags)
        parts.append(
            (
                own.tags,
                own.parents + shift,
                numbered(own.distinct_names, names, growing=True)[own.names],
                own.hidden,
                own.first_blocks + bounds[number],
                own.end_blocks + bounds[number],
                np.full(size, number),
            )
        )
        block_elements.append(page.block_elements + shift)
        shift += size
    columns = (np.concatenate(column) for column in zip(*parts, strict=True))
    tags, parents, name_ids, hidden, first, end, owners = columns
    unique_names = list(names)
    table = ElementTable(
        tags=tags,
        parents=parents,
        names=name_ids,
        unique_names=unique_names,
        name_tokens=_name_tokens(unique_names),
        hidden=hidden,
        first_blocks=first,
        end_blocks=end,
        pages=owners,
        ancestors=_ancestors(parents),
    )
    return table, np.concatenate(block_elements)


def _ancestors(parents: Integers) -> tuple[Integers, ...]:
    """Look twice as far up with each step: a path of n elements takes log2(n) steps."""
    size = len(parents)
    above = np.append(np.where(parents == np.arange(size), size, parents), size)
    steps = []
    while above.min(initial=size) < size:
        steps.append(above)
        above = above[above]
    return tuple(steps)


def _name_tokens(names: list[str]) -> Tokens:
    """Split class and id attributes into their words."""
    ends = np.cumsum(np.fromiter(map(len, names), dtype=np.int64, count=len(names)) + 1) - 1
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends + 1])[:-1]
    if kernels:
        codes, tables = c.codes_of("\n".join(names)), c.character_tables()
        hashes, owners = np.empty(len(codes), dtype=np.uint64), np.empty(len(codes), dtype=np.int64)
        size = kernels.split_names(codes, starts, ends, tables.classes, tables.keys, hashes, owners)
        return Tokens(hashes[:size], owners[:size])
    columns = text_columns("\n".join(names), humps=True)
    return Tokens(columns.hashes, np.searchsorted(starts, columns.word_starts, side="right") - 1)
