"""The page as a whole: what it declares itself to be, and what most of its blocks look like."""

from __future__ import annotations

import re

import numpy as np

from boilercut.columns import page_total, share
from boilercut.detectors.contract import Column, detector
from boilercut.measure import Blocks

_TYPES = {
    "article": ("article", "posting", "report", "recipe"),
    "product": ("product", "offer", "vehicle"),
    "thread": ("discussion", "qapage", "question", "comment", "socialmedia"),
    "listing": ("itemlist", "collection", "searchresults", "jobposting", "event"),
    "website": ("website", "organization", "localbusiness", "service"),
}
"""Schema.org and Open Graph types, by parts of their names, grouped by the sort of page they mark."""

LONG_PARAGRAPH_WORDS = 40
MAX_ADDRESS_CHARACTERS = 2000
# Single classes, or one of them up to a fixed end: none can backtrack.
# Each is one class over and over, or tried at the beginning only: they cannot backtrack badly.
_HOST = re.compile(r"^[a-z]{0,10}:?//[^/]*", re.IGNORECASE)
_PATH_MARKS = re.compile(r"[/?]")
_LETTERS = re.compile(r"[^\W\d_]+")


@detector("page")
def page(blocks: Blocks) -> dict[str, Column]:
    """What sort of page this is; the same for all its blocks."""
    facts = blocks.facts
    covered = blocks.phrases.covered
    size = blocks.end - blocks.first
    counted = (
        facts.words, facts.sentences, covered["function_words"], covered["months"] > 0, facts.currency > 0,
        blocks.word_weights <= 4, blocks.word_weights >= LONG_PARAGRAPH_WORDS,
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
    if blocks.kind == "html":
        declared = [text.lower() for text in blocks.schema]
        for name, parts in _TYPES.items():
            flags = np.array([any(part in text for part in parts) for text in declared], dtype=np.bool_)
            columns[f"declares_{name}"] = flags[blocks.pages]
        addresses = np.array([_address_facts(address) for address in blocks.addresses], dtype=np.int64)
        for name, column in zip(("depth", "words", "digits"), addresses.T, strict=True):
            columns[f"address_{name}"] = column[blocks.pages]
    return columns


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
