"""Count the parts of the article that a cleaner loses: first and last paragraph, headings, list items, cells, code.

The parts come from the page and its gold text by rules that know nothing of boilercut, so all cleaners are asked for
the same ones. A part is looked for by its words only, wherever they stand in the output.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from benchmarks.quality.data import Sample
from benchmarks.quality.renderings import crawl_dump
from boilercut.training.measures import even_out, words

ARTICLE_TYPES = frozenset(["article", "news"])
LONG_PARAGRAPH_WORDS = 20
"""Words from which a line of gold is a long paragraph; shorter first lines are bylines and standfirsts."""
MIN_PART_WORDS = 3
"""Fewer words ("Next", "1990") stand in any text by chance."""
RUN_WORDS = 4
THERE, LOST = 0.8, 0.5
"""Share of a part's runs of four words that gold and page must have, and below which it is lost from an output."""

_SELECTORS = {
    "heading": "h1, h2, h3, h4, h5, h6",
    "list item": "li:not(:has(li))",
    "table cell": "td:not(:has(td)), th:not(:has(th))",
    "code": "pre",
}


class Part(NamedTuple):
    """A piece of the gold text, and what it is."""

    kind: str
    words: tuple[str, ...]


def gold_parts(sample: Sample) -> list[Part]:
    """Return the parts that both the page and its gold text hold.

    Long paragraphs are taken from pages of `ARTICLE_TYPES` only: elsewhere "the first" means nothing.
    """
    gold = _Runs(sample.gold)
    return [*_paragraphs(sample), *(part for part in _marked_up(sample.html) if gold.share(part.words) >= THERE)]


def lost_parts(output: str, parts: Iterable[Part]) -> Mapping[str, tuple[int, int]]:
    """Return by kind how many parts the output lacks, and how many there are.

    >>> parts = [Part("heading", ("the", "cat", "sat")), Part("code", ("import", "this", "now"))]
    >>> lost_parts("The cat sat down.", parts)
    {'heading': (0, 1), 'code': (1, 1)}
    """
    found, counts = _Runs(output), dict[str, tuple[int, int]]()
    for part in parts:
        lost, all_ = counts.get(part.kind, (0, 0))
        counts[part.kind] = (lost + (found.share(part.words) < LOST), all_ + 1)
    return counts


def _paragraphs(sample: Sample) -> Iterator[Part]:
    if sample.type not in ARTICLE_TYPES:
        return
    page = _Runs(crawl_dump(sample.html))
    lines = [tuple(words(line)) for line in sample.gold.splitlines()]
    paragraphs = [line for line in lines if len(line) >= LONG_PARAGRAPH_WORDS and page.share(line) >= THERE]
    if paragraphs:
        yield Part("first paragraph", paragraphs[0])
        yield Part("last paragraph", paragraphs[-1])


def _marked_up(html: str) -> Iterator[Part]:
    tree = LexborHTMLParser(html)
    for kind, selector in _SELECTORS.items():
        for node in tree.css(selector):
            own = tuple(words(even_out(node.text(separator=" "))))
            if len(own) >= MIN_PART_WORDS:
                yield Part(kind, own)


class _Runs:
    """The runs of up to `RUN_WORDS` words of a text, to look pieces up in it."""

    def __init__(self, text: str) -> None:
        own = words(text)
        self._runs = {size: set(_runs(own, size)) for size in range(MIN_PART_WORDS, RUN_WORDS + 1)}

    def share(self, wanted: tuple[str, ...]) -> float:
        """Return the share of the piece's runs that the text has."""
        size = min(RUN_WORDS, len(wanted))
        own = list(_runs(wanted, size))
        return sum(run in self._runs[size] for run in own) / len(own)


def _runs(tokens: Iterable[str], size: int) -> Iterator[tuple[str, ...]]:
    held = list(tokens)
    return zip(*(held[offset:] for offset in range(size)), strict=False)
