"""Peers: what other extractors would keep, as text and as detectors. Needs the extra `peers`.

`PEERS` are detectors in log-odds of their own, for `Config(detectors=(*BUILTIN, *PEERS))`. docs/peers.md says what they
bring, and what time they cost.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np

from boilercut.blocks.table import Blocks
from boilercut.detectors import detector
from boilercut.detectors.contract import Column
from boilercut.errors import MissingExtraError
from boilercut.page import TAG_NUMBERS
from boilercut.training.labels import word_labels, words_by_block

__all__ = [
    "PEERS", "justext_lines", "justext_peer", "justext_text", "stoplist_for", "trafilatura_peer", "trafilatura_text",
]  # fmt: skip

TRAFILATURA_WEIGHT = 0.25
JUSTEXT_WEIGHT = 0.25
"""Log-odds that a block gains if a peer would keep it, and loses if not. Of the weights tried on training pages, larger
ones did harm; see docs/peers.md."""
MIN_STOPWORD_SHARE = 0.15
"""Below this share of stop words no list fits, and jusText runs in its language-independent way."""
STOPLISTS = tuple(
    """
    English German French Spanish Italian Portuguese Dutch Swedish Norwegian_Bokmal Danish Finnish Polish Czech
    Hungarian Romanian Turkish Russian Ukrainian Greek Arabic Persian Hebrew Indonesian Vietnamese Korean
    """.split()
)
"""jusText's stop lists that a page's language is guessed from; it has none for Chinese and Japanese."""


@detector("trafilatura", log_odds=True)
def trafilatura_peer(blocks: Blocks) -> Column:
    """What trafilatura would keep of each page: its output, aligned with the blocks.

    Silent on plain text, on lxml trees, and where trafilatura finds nothing or fails.
    """
    worth = np.zeros(len(blocks))
    words = words_by_block(blocks)
    for source, rows in zip(blocks.sources, _page_rows(blocks), strict=True):
        if blocks.kind == "html" and (kept := _trafilatura_or_nothing(source)):
            worth[rows] = 2 * word_labels(words[rows], kept) - 1
    return TRAFILATURA_WEIGHT * worth


@detector("justext", log_odds=True)
def justext_peer(blocks: Blocks) -> Column:
    """What jusText's two passes would keep, with blocks as its paragraphs and a stop list guessed for each page."""
    worth = np.zeros(len(blocks))
    for rows in _page_rows(blocks):
        own = [_paragraph(blocks, row) for row in range(rows.start, rows.stop)]
        _classify(own)
        worth[rows] = [-1 if each.is_boilerplate else 1 for each in own]
    return JUSTEXT_WEIGHT * worth


PEERS = (trafilatura_peer, justext_peer)
"""The peers' detectors."""


def trafilatura_text(html: str) -> str:
    """Return what trafilatura extracts with its default settings."""
    return _module("trafilatura").extract(html) or ""


def _trafilatura_or_nothing(html: str) -> str:
    extract = _module("trafilatura").extract
    try:
        return extract(html) or ""
    except Exception:  # noqa: BLE001 - nothing about a page may raise, whatever it does to another tool
        return ""


def justext_lines(text: str) -> str:
    """Return the lines of plain text that jusText's rules keep, each line a paragraph without links or tags."""
    paragraphs = [_line_paragraph(line) for line in text.splitlines() if line.strip()]
    _classify(paragraphs)
    return "\n".join(each.text for each in paragraphs if not each.is_boilerplate)


def justext_text(html: str) -> str:
    """Return what jusText extracts from HTML, the stop list guessed from the page's own paragraphs."""
    if not html.strip():
        return ""
    paragraphs = _module("justext").justext(html, frozenset(), stopwords_low=0, stopwords_high=0)
    _classify(paragraphs)
    return "\n".join(each.text for each in paragraphs if not each.is_boilerplate)


def stoplist_for(text: str) -> frozenset[str]:
    """Return the jusText stop list that most words of `text` are in; an empty one if none fits."""
    counts = Counter(text.lower().split())
    shares = {name: sum(counts[word] for word in counts.keys() & _stoplist(name)) for name in STOPLISTS}
    best = max(shares, key=lambda name: shares[name])
    return _stoplist(best) if shares[best] >= MIN_STOPWORD_SHARE * max(counts.total(), 1) else frozenset()


def _classify(paragraphs: list[Any]) -> None:
    core = _module("justext.core")
    stoplist = stoplist_for("\n".join(each.text for each in paragraphs))
    settings = {} if stoplist else {"stopwords_low": 0, "stopwords_high": 0}
    core.classify_paragraphs(paragraphs, stoplist=stoplist, **settings)
    core.revise_paragraph_classification(paragraphs)


def _paragraph(blocks: Blocks, row: int) -> Any:
    paragraph = _line_paragraph(blocks.block(row))
    paragraph.chars_count_in_links = int(blocks.link_characters[row])
    if blocks.elements is not None and blocks.elements.tags[blocks.block_elements[row]] in _HEADING_NUMBERS:
        paragraph.dom_path = "h1"
    return paragraph


def _line_paragraph(line: str) -> Any:
    """Make the paragraph object that jusText's rules read."""
    paragraph = _module("justext.paragraph").Paragraph(_module("justext.core").PathInfo())
    paragraph.append_text(line)
    return paragraph


_HEADING_NUMBERS = frozenset(TAG_NUMBERS[f"h{level}"] for level in range(1, 7))


def _page_rows(blocks: Blocks) -> list[slice]:
    """Return the blocks of each page of the stack."""
    bounds = np.searchsorted(blocks.pages, np.arange(len(blocks.sources) + 1)).tolist()
    return [slice(low, high) for low, high in pairwise(bounds)]


@cache
def _stoplist(name: str) -> frozenset[str]:
    words: frozenset[str] = _module("justext").get_stoplist(name)
    return words


def _module(name: str) -> Any:
    try:  # an ImportError of any kind: jusText's own is lxml's word that lxml-html-clean is missing
        return import_module(name)
    except ImportError as error:
        raise MissingExtraError(f"{name.partition('.')[0]} is not installed: pip install 'boilercut[peers]'") from error
