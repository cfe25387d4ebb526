"""The page as a whole: what it declares itself to be, and what most of its blocks look like."""

from __future__ import annotations

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


@detector("page")
def page(blocks: Blocks) -> dict[str, Column]:
    """What sort of page this is; the same for all its blocks."""
    facts = blocks.facts
    size = blocks.end - blocks.first
    short = blocks.word_weights <= 4
    columns: dict[str, Column] = {
        "words_per_block": share(page_total(blocks, facts.words), size),
        "short_share": share(page_total(blocks, short), size),
        "sentences": page_total(blocks, facts.sentences),
        "function_words": share(
            page_total(blocks, blocks.phrases.covered["function_words"]), page_total(blocks, facts.words)
        ),
        "dates": page_total(blocks, blocks.phrases.covered["months"] > 0),
    }
    if blocks.kind == "html":
        declared = [text.lower() for text in blocks.schema]
        for name, parts in _TYPES.items():
            flags = np.array([any(part in text for part in parts) for text in declared], dtype=np.bool_)
            columns[f"declares_{name}"] = flags[blocks.pages]
    return columns
