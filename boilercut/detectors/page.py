"""The page as a whole: what it declares itself to be, and what most of its blocks look like."""

from __future__ import annotations

import re

import numpy as np

from boilercut.blocks import Blocks
from boilercut.columns import page_total, share
from boilercut.detectors.contract import Column, detector
from boilercut.native import column_kernels as kernels
from boilercut.vocabulary import Floats, Integers

_TYPES = {
    "article": ("article", "posting", "report", "recipe"),
    "product": ("product", "offer", "vehicle"),
    "thread": ("discussion", "qapage", "question", "comment", "socialmedia"),
    "listing": ("itemlist", "collection", "searchresults", "jobposting", "event"),
    "website": ("website", "organization", "localbusiness", "service"),
}
"""Schema.org and Open Graph types, by parts of their names, grouped by the sort of page they mark."""
_DECLARED = (*(f"declares_{name}" for name in _TYPES), "address_depth", "address_words", "address_digits")

MAX_SHORT_WORDS = 4
LONG_PARAGRAPH_WORDS = 40
MAX_ADDRESS_CHARACTERS = 2000
# Each is one class over and over, or tried at the beginning only: they cannot backtrack badly.
_HOST = re.compile(r"^[a-z]{0,10}:?//[^/]*", re.IGNORECASE)
_PATH_MARKS = re.compile(r"[/?]")
_LETTERS = re.compile(r"[^\W\d_]+")


def _fill(blocks: Blocks, columns: Floats) -> None:
    covered = blocks.phrases.covered
    lists = covered["function_words"], covered["months"]
    kernels.page(blocks.table, *lists, MAX_SHORT_WORDS, LONG_PARAGRAPH_WORDS, declared_facts(blocks), columns)


@detector("page", fill=_fill)
def page(blocks: Blocks) -> dict[str, Column]:
    """What sort of page this is; the same for all its blocks."""
    facts = blocks.facts
    covered = blocks.phrases.covered
    size = blocks.end - blocks.first
    counted = (
        facts.words, facts.sentences, covered["function_words"], covered["months"] > 0, facts.currency > 0,
        blocks.word_weights <= MAX_SHORT_WORDS, blocks.word_weights >= LONG_PARAGRAPH_WORDS,
        2 * blocks.link_characters > facts.characters,
    )  # fmt: skip
    words, sentences, function_words, dates, priced, short, long, linked = page_total(blocks, np.stack(counted))
    columns: dict[str, Column] = {
        "words_per_block": share(words, size),
        "short_share": share(short, size),
        "sentences": sentences,
        "function_words": share(function_words, words),
        "dates": dates,
        "priced_share": share(priced, size),
        "linked_share": share(linked, size),
        "long_paragraphs": long,
    }
    declared = declared_facts(blocks)[blocks.pages].T
    return columns | dict(zip(_DECLARED, declared, strict=True)) if blocks.kind == "html" else columns


def declared_facts(blocks: Blocks) -> Integers:
    """Return what HTML pages say of themselves: a row a page, with the values of `_DECLARED`."""
    if blocks.kind == "text":
        return np.zeros((len(blocks.schema), 0), dtype=np.int64)
    rows = [
        (*(any(part in declared for part in parts) for parts in _TYPES.values()), *_address_facts(address))
        for declared, address in zip(map(str.lower, blocks.schema), blocks.addresses, strict=True)
    ]
    return np.array(rows, dtype=np.int64)


def _address_facts(address: str) -> tuple[int, int, int]:
    """Return how deep an address goes, the words of its last part, and its digits; -1 where it is not known.

    A home page is its site's root; an article's address tends to end in its title or to hold a date.
    """
    if not address:
        return -1, -1, -1
    path = _HOST.sub("", address[:MAX_ADDRESS_CHARACTERS])
    parts = [part for part in _PATH_MARKS.split(path) if part]
    words = len(_LETTERS.findall(parts[-1])) if parts else 0
    return len(parts), words, sum(map(str.isdecimal, path))
