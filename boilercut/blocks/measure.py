"""Measure blocks: stack pages into columns and compute every fact about their text once.

All sums are of whole numbers, so a page has the same facts alone and in any stack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from boilercut._native import chosen_kernels as kernels
from boilercut.arrays import Columns, Integers
from boilercut.blocks import characters as c
from boilercut.blocks.arithmetic import numbered, slots_for
from boilercut.blocks.phrases import PhraseBook, PhraseHits, shipped_phrases
from boilercut.blocks.table import ELEMENT_ROWS, FACTS, ROWS, Blocks, ElementTable, Facts, PhraseFacts, Tokens
from boilercut.blocks.words import Hashes
from boilercut.page import Elements, Page, PageKind

__all__ = ["MAX_MEASURED_CHARACTERS", "BlockHashes", "hash_blocks", "measure", "nothing_measured", "tokens_of"]

MAX_CHUNK_CHARACTERS = 1 << 19
"""Text is measured in pieces of about this size, which bounds the memory at work."""
MAX_MEASURED_CHARACTERS = 1 << 18
"""Of a longer block only this much is measured; what it is shows early."""
MIN_PROSE_WORDS = 12
"""Shorter blocks are headings, captions or menu items more often than sentences."""
UNSPACED_PER_WORD = 2
"""Characters to a word, in scripts written without spaces."""

_NO_TOKENS = Tokens(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64))


def measure(pages: Sequence[Page], phrase_book: PhraseBook) -> Blocks:
    """Stack `pages`, all of one kind, and measure their blocks."""
    bounds = list(accumulate([len(page.starts) for page in pages], initial=0))
    table = np.zeros((len(ROWS), bounds[-1]), dtype=np.int64)
    rows = _named(table)
    _stack(pages, bounds, rows)
    text, starts, ends = _stacked_text(pages)
    fingerprint, tokens = _measure_text(text, starts, ends, table)
    title_tokens, description_tokens = _page_tokens(pages)
    _count_page_words(tokens, title_tokens, description_tokens, table)
    elements, block_elements = _stacked_elements(pages, bounds)
    return Blocks(
        kind=pages[0].kind,
        text=text,
        table=table,
        starts=starts,
        ends=ends,
        facts=Facts._make([*map(rows.pop, FACTS), fingerprint]),
        prose=rows.pop("prose") > 0,
        tokens=tokens,
        title_tokens=title_tokens,
        description_tokens=description_tokens,
        phrases=_phrase_facts(phrase_book.find(tokens, len(starts))),
        schema=tuple(page.metadata.get("schema", "") + " " + page.metadata.get("og:type", "") for page in pages),
        addresses=tuple(page.metadata.get("address", "") for page in pages),
        elements=elements,
        block_elements=block_elements,
        sources=tuple(page.source for page in pages),
        **rows,
    )


class BlockHashes(NamedTuple):
    """What tells the blocks of a page from one another, and what stands around them; names as in `Blocks`."""

    fingerprint: Hashes
    word_weights: Integers
    elements: ElementTable | None
    block_elements: Integers


def hash_blocks(page: Page) -> BlockHashes:
    """Measure of a page's blocks only what `BlockHashes` holds: the same numbers as `measure` finds."""
    table, bounds = np.zeros((len(ROWS), len(page.starts)), dtype=np.int64), [0, len(page.starts)]
    fingerprint, _ = _measure_text(*_stacked_text([page]), table)
    return BlockHashes(fingerprint, _named(table)["word_weights"], *_stacked_elements([page], bounds))


@cache
def nothing_measured(kind: PageKind) -> Blocks:
    """Return the blocks of a page that has none."""
    nothing = np.zeros(0, dtype=np.int64)
    elements = Elements(nothing, nothing, nothing, [], nothing > 0, nothing, nothing)
    page = Page(
        kind, "", nothing, nothing, nothing,
        elements=elements, block_elements=nothing, blank_lines=nothing, indents=nothing,
    )  # fmt: skip
    return measure([page], shipped_phrases())


def _named(table: Integers) -> dict[str, Integers]:
    """Return the rows of the table of blocks by their names."""
    return dict(zip(ROWS, table, strict=True))


def _stack(pages: Sequence[Page], bounds: Sequence[int], rows: Mapping[str, Integers]) -> None:
    """Fill in what pages know before their text is measured."""
    for number, page in enumerate(pages):
        own = slice(bounds[number], bounds[number + 1])
        known: dict[str, Any] = {
            "link_characters": page.link_characters,
            "pages": number,
            "first": own.start,
            "end": own.stop,
        }
        if page.kind == "text":
            known |= {"blank_lines": page.blank_lines, "indents": page.indents}
        for name, values in known.items():
            rows[name][own] = values


def _stacked_text(pages: Sequence[Page]) -> tuple[str, Integers, Integers]:
    """Join the pages' texts; return where each block begins and ends in it."""
    if len(pages) == 1:
        return pages[0].text, np.ascontiguousarray(pages[0].starts), np.ascontiguousarray(pages[0].ends)
    shifts = list(accumulate([len(page.text) + 1 for page in pages[:-1]], initial=0))
    starts = np.concatenate([page.starts + shift for page, shift in zip(pages, shifts, strict=True)])
    ends = np.concatenate([page.ends + shift for page, shift in zip(pages, shifts, strict=True)])
    return "\n".join(page.text for page in pages), starts, ends


def _phrase_facts(hits: PhraseHits) -> PhraseFacts:
    return PhraseFacts(*(Columns([each], _places(hits.names)) for each in (hits.covered, hits.matches)))


@cache
def _places(names: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    return {name: (0, row) for row, name in enumerate(names)}


def _page_tokens(pages: Sequence[Page]) -> tuple[Tokens, Tokens]:
    """Return the words of the pages' titles, and of their descriptions of themselves."""
    texts = [page.title for page in pages] + [page.metadata.get("description", "") for page in pages]
    if not any(texts):
        return _NO_TOKENS, _NO_TOKENS
    hashes, owners = tokens_of(texts)
    titles = int(np.searchsorted(owners, len(pages)))
    return Tokens(hashes[:titles], owners[:titles]), Tokens(hashes[titles:], owners[titles:] - len(pages))


def tokens_of(texts: Sequence[str]) -> Tokens:
    """Return the words of some texts; their `blocks` are indices into `texts`."""
    bounds = list(accumulate([len(text) + 1 for text in texts], initial=0))
    starts, ends = np.array(bounds[:-1], dtype=np.int64), np.array(bounds[1:], dtype=np.int64) - 1
    unasked = np.zeros((len(ROWS), len(texts)), dtype=np.int64)
    return _measure_text("\n".join([*texts, ""]), starts, ends, unasked)[1]


def _count_page_words(tokens: Tokens, title: Tokens, description: Tokens, table: Integers) -> None:
    """Count each block's words, and pairs of words, that its page's title and description of itself hold."""
    size = len(title.hashes) + len(description.hashes)
    if not size:
        return
    slots, marks = slots_for(2 * size)  # for words and for pairs of them
    kernels.count_said(*tokens, *title, *description, slots, marks, table)


def _measure_text(text: str, starts: Integers, ends: Integers, table: Integers) -> tuple[Hashes, Tokens]:
    """Fill in the facts about the blocks' text; return their fingerprints and their words."""
    if 0 < len(text) <= min(MAX_CHUNK_CHARACTERS, MAX_MEASURED_CHARACTERS) and len(starts):
        fingerprint, hashes, owners = _measure_chunk(text, starts, ends, table)
        return fingerprint, Tokens(hashes, owners)
    ends = np.minimum(ends, starts + MAX_MEASURED_CHARACTERS)
    parts = []
    for low, high in _chunks(starts, ends):
        offset = int(starts[low])
        chunk = starts[low:high] - offset, ends[low:high] - offset
        fingerprint, hashes, owners = _measure_chunk(text[offset : ends[high - 1]], *chunk, table[:, low:high])
        parts.append((fingerprint, hashes, owners + low))
    if not parts:
        return _NO_TOKENS.hashes, _NO_TOKENS
    fingerprint, hashes, owners = parts[0] if len(parts) == 1 else map(np.concatenate, zip(*parts, strict=True))
    return fingerprint, Tokens(hashes, owners)


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


def _measure_chunk(text: str, starts: Integers, ends: Integers, table: Integers) -> tuple[Hashes, Hashes, Integers]:
    """Fill in the facts of each block; return its fingerprint, and the hash and the block of each word."""
    tables = c.character_tables()
    fingerprint = np.empty(len(starts), dtype=np.uint64)
    hashes, owners = np.empty(len(text), dtype=np.uint64), np.empty(len(text), dtype=np.int64)
    words = kernels.measure_spans(
        text, starts, ends, tables.classes, tables.keys, UNSPACED_PER_WORD, MIN_PROSE_WORDS,
        table, fingerprint, hashes, owners,
    )  # fmt: skip
    return fingerprint, hashes[:words].copy(), owners[:words].copy()


def _stacked_elements(pages: Sequence[Page], bounds: Sequence[int]) -> tuple[ElementTable | None, Integers]:
    if pages[0].kind == "text":
        return None, np.zeros(bounds[-1], dtype=np.int64)
    parts = [page.elements for page in pages if page.elements is not None]
    names, numbers = _stacked_names(parts)
    table = np.empty((len(ELEMENT_ROWS), sum(len(own.tags) for own in parts)), dtype=np.int64)
    block_elements, shift = np.empty(bounds[-1], dtype=np.int64), 0
    for number, (page, own) in enumerate(zip(pages, parts, strict=True)):
        assert page.block_elements is not None
        part = dict(zip(ELEMENT_ROWS, table[:, shift : shift + len(own.tags)], strict=True))
        part["tags"][:], part["names"][:], part["pages"][:] = own.tags, numbers[number], number
        part["hidden"][:] = own.hidden
        np.add(own.parents, shift, out=part["parents"])
        np.add(own.first_blocks, bounds[number], out=part["first_blocks"])
        np.add(own.end_blocks, bounds[number], out=part["end_blocks"])
        np.add(page.block_elements, shift, out=block_elements[bounds[number] : bounds[number + 1]])
        shift += len(own.tags)
    rows = dict(zip(ELEMENT_ROWS, table, strict=True))
    hidden = rows.pop("hidden") > 0
    elements = ElementTable(table=table, hidden=hidden, unique_names=names, name_tokens=_name_tokens(names), **rows)
    return elements, block_elements


def _stacked_names(parts: Sequence[Elements]) -> tuple[list[str], list[Integers]]:
    """Return the distinct names on all pages, and the numbers there of each page's elements' names."""
    if len(parts) == 1:
        return parts[0].distinct_names, [parts[0].names]
    names: dict[str, int] = {}
    numbers = [numbered(own.distinct_names, names, growing=True)[own.names] for own in parts]
    return list(names), numbers


def _name_tokens(names: list[str]) -> Tokens:
    """Split class and id attributes into their words."""
    size = sum(map(len, names))
    tables = c.character_tables()
    hashes, owners = np.empty(size, dtype=np.uint64), np.empty(size, dtype=np.int64)
    words = kernels.split_names(names, tables.classes, tables.keys, hashes, owners)
    return Tokens(hashes[:words], owners[:words])
