"""Choose the pages to change: those whose article is known, because boilercut's answer agrees with the gold text."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks.quality.data import Sample
from benchmarks.quality.renderings import crawl_dump
from boilercut import Cutter
from boilercut.blocks.measure import measure
from boilercut.blocks.phrases import shipped_phrases
from boilercut.page import PageKind
from boilercut.read import read
from boilercut.results import Result
from boilercut.training.labels import block_labels
from boilercut.training.measures import word_f1, words
from tests.metamorphic.counts import Verdicts
from tests.metamorphic.places import Slots, html_slots, text_slots

FORMS: dict[str, PageKind] = {"html": "html", "text": "text", "article alone": "text"}
"""What goes in: the whole page, the whole page's text as a crawl dumps it, and of that the article's lines only."""
MIN_F1 = 0.8
"""Pages that score less are left out: what their article is, boilercut and the gold text do not agree on."""
ARTICLE_LABEL = 0.5
MIN_ANCHOR_WORDS = 12
"""Minimum number of words of a paragraph at which the article may begin or end; labels and dates have fewer."""


class Known(NamedTuple):
    """A page as it is before any change."""

    slots: Slots
    verdicts: Verdicts
    article: tuple[bool, ...]
    """For each block whether it belongs to the article, by the gold text."""


def verdicts_of(result: Result) -> Verdicts:
    """Return what is compared of a result."""
    texts = (" ".join(verdict.text.split()) for verdict in result.verdicts)
    return Verdicts(tuple(texts), tuple(verdict.keep for verdict in result.verdicts))


def known_pages(sample: Sample, cutter: Cutter, form: str) -> Iterator[Known]:
    """Yield the page in one form, if its article is known and its places are found."""
    slots = _html(sample, cutter) if form == "html" else _text(sample, cutter, alone=form == "article alone")
    if slots is None:
        return
    result = cutter.extract(slots.source, kind=FORMS[form])
    article = article_blocks(slots.source, FORMS[form], sample.gold)
    if word_f1(result.text, sample.gold).f1 >= MIN_F1:
        yield Known(slots, verdicts_of(result), article)


def article_blocks(source: str, kind: PageKind, gold: str) -> tuple[bool, ...]:
    """Return for each block of a page whether it is gold text."""
    blocks = measure([read(source, kind, None)], shipped_phrases())
    return tuple((block_labels(blocks, gold) >= ARTICLE_LABEL).tolist())


def _html(sample: Sample, cutter: Cutter) -> Slots | None:
    spans = [span for row in _anchors(sample.html, "html", sample, cutter) if (span := row[1]) is not None]
    return html_slots(sample.html, spans[0][0], spans[-1][1]) if spans else None


def _text(sample: Sample, cutter: Cutter, *, alone: bool) -> Slots | None:
    lines = [line for line in crawl_dump(sample.html).splitlines() if line.strip()]
    if alone:
        own = article_blocks("\n".join(lines), "text", sample.gold)
        lines = [line for line, inside in zip(lines, own, strict=True) if inside]
    rows = [index for index, _ in _anchors("\n".join(lines), "text", sample, cutter)]
    return text_slots(lines, rows[0], rows[-1]) if rows else None


def _anchors(
    source: str, kind: PageKind, sample: Sample, cutter: Cutter
) -> Sequence[tuple[int, tuple[int, int] | None]]:
    """Return index and span of the kept paragraphs between which the article stands."""
    article = article_blocks(source, kind, sample.gold)
    return [
        (verdict.index, verdict.span)
        for verdict, own in zip(cutter.extract(source, kind=kind).verdicts, article, strict=True)
        if own and verdict.keep and len(words(verdict.text)) >= MIN_ANCHOR_WORDS
    ]
