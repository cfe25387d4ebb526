"""The whole line, in one readable place: read → measure → detect → score → decide → render."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, islice, pairwise
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

import numpy as np

from boilercut.blocks import Blocks
from boilercut.budget import within_seconds
from boilercut.config import Config
from boilercut.decide import Decision, decide, name_kinds, obeying
from boilercut.detectors import Columns, Detector, detect, model_detectors
from boilercut.measure import measure
from boilercut.model import UNIT, Model, load_model
from boilercut.phrases import phrase_book
from boilercut.read import read, read_source, source_of
from boilercut.read.spans import source_spans
from boilercut.render import kept_markdown, kept_text
from boilercut.rules import rulings, selectors
from boilercut.vocabulary import (
    TAG_NUMBERS,
    Article,
    Booleans,
    ConfigError,
    Evidence,
    Floats,
    Page,
    PageKind,
    Result,
    Verdict,
)

__all__ = ["Cutter"]

BATCH_PAGES = 16
"""So many pages are stacked by `clean_many`: enough to share array overhead, few enough to hold in memory."""
_TAG_NAMES = list(TAG_NUMBERS)

Answer = TypeVar("Answer")


class Cutter:
    """Cuts pages by one configuration; reusable, picklable, and safe on any number of threads.

    >>> import boilercut
    >>> cutter = boilercut.Cutter(boilercut.Config(mode="precision"))
    >>> cutter.clean("")
    ''
    """

    def __init__(self, config: Config | None = None, **options: Any) -> None:
        self.config = (config or Config()).with_options(**options)

    def clean(self, page: object, *, kind: PageKind | None = None, charset: str | None = None) -> str:
        """Return the article of `page` as plain text.

        `page` is `str` or `bytes` of HTML or plain text, or an lxml element or tree; `kind` forces which
        of the two, `charset` is what an HTTP header said of bytes. Raises `PageTypeError` for anything else.
        """
        return self._clean_stack([self._read(page, kind, charset, self._clean_stack)])[0]

    def extract(self, page: object, *, kind: PageKind | None = None, charset: str | None = None) -> Result:
        """Return the article of `page` with a verdict on every block; takes what `clean` takes."""
        return self._result(self._read(page, kind, charset, lambda pages: self._result(pages[0])))

    def clean_many(self, pages: Iterable[object], *, kind: PageKind | None = None, workers: int = 1) -> Iterator[str]:
        """Yield the article of each page, in order, reading `pages` no further ahead than needed.

        With `workers` above 1, that many processes share the work. The answers are those of `clean`.
        """
        return self._many(self._clean_stack, pages, kind, workers)

    def articles(self, pages: Iterable[object], *, kind: PageKind | None = None, workers: int = 1) -> Iterator[Article]:
        """Yield for each page its article and what is known of it; takes what `clean_many` takes.

        It costs little more than `clean_many`; only `extract` explains every block.

        >>> article = next(Cutter().articles(["<title>Ferry</title><p>The ferry sails again on Monday morning.</p>"]))
        >>> article.title, article.kept, article.cut
        ('Ferry', 1, 0)
        """
        return self._many(self._article_stack, pages, kind, workers)

    def _many(
        self,
        answer: Callable[[Sequence[Page]], list[Answer]],
        pages: Iterable[object],
        kind: PageKind | None,
        workers: int,
    ) -> Iterator[Answer]:
        if workers < 1:
            raise ConfigError(f"workers {workers!r}: use a whole number above 0")
        batches = _batches(pages, BATCH_PAGES)
        if workers == 1:
            return (each for batch in batches for each in self._answer_batch(answer, batch, kind))
        return self._answer_in_processes(answer, batches, kind, workers)

    def _answer_batch(
        self, answer: Callable[[Sequence[Page]], list[Answer]], batch: Sequence[object], kind: PageKind | None
    ) -> list[Answer]:
        """Answer for all pages of a batch, those of one kind stacked."""
        pages = [self._read(page, kind, None, answer) for page in batch]
        answers: dict[int, Answer] = {}
        for wanted in ("html", "text"):
            rows = [row for row, page in enumerate(pages) if page.kind == wanted]
            if rows:
                answers.update(zip(rows, answer([pages[row] for row in rows]), strict=True))
        return [answers[row] for row in range(len(pages))]

    def _answer_in_processes(
        self,
        answer: Callable[[Sequence[Page]], list[Answer]],
        batches: Iterator[list[object]],
        kind: PageKind | None,
        workers: int,
    ) -> Iterator[Answer]:
        from collections import deque
        from concurrent.futures import Future, ProcessPoolExecutor
        from multiprocessing import get_context

        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            waiting: deque[Future[list[Answer]]] = deque()
            for batch in batches:
                waiting.append(pool.submit(self._answer_batch, answer, batch, kind))
                if len(waiting) > 2 * workers:
                    yield from waiting.popleft().result()
            for future in waiting:
                yield from future.result()

    def _clean_stack(self, pages: Sequence[Page]) -> list[str]:
        decided = self._decided(pages)
        return [
            kept_text(page, decided.decision.keep[low:high])
            for page, (low, high) in zip(pages, pairwise(decided.bounds), strict=True)
        ]

    def _article_stack(self, pages: Sequence[Page]) -> list[Article]:
        decided = self._decided(pages)
        keep = decided.decision.keep
        kinds = name_kinds(decided.blocks, decided.columns, keep)
        return [
            _article(page, keep[low:high], kinds[low:high], confidence)
            for page, (low, high), confidence in zip(
                pages, pairwise(decided.bounds), decided.decision.confidences, strict=True
            )
        ]

    def _read(
        self, page: object, kind: PageKind | None, charset: str | None, answer: Callable[[Sequence[Page]], object]
    ) -> Page:
        """Read a page; where there is a budget of time, as much of it as leaves `answer` the time it takes."""
        asked, seconds = selectors(self.config.rules), self.config.max_seconds
        if seconds is None:
            return read(page, kind, charset, self.config.budget, asked)
        deadline = perf_counter() + seconds
        source = source_of(page, kind, charset, self.config.budget)
        if source is None:
            return read(page, selectors=asked)
        return read_source(within_seconds(source, lambda part: answer([read_source(part, asked)]), deadline), asked)

    def _decided(self, pages: Sequence[Page]) -> _Decided:
        """Run the line on pages of one kind: this is boilercut."""
        model = load_model(pages[0].kind, self.config.model)
        blocks = measure(pages, phrase_book(self.config.phrases))
        columns = detect(blocks, (*self.config.detectors, *_learned(model)))
        log_odds = UNIT * model.score(columns, blocks).astype(np.float64) + self._added(columns)
        bounds = list(accumulate([len(page.starts) for page in pages], initial=0))
        decision = decide(blocks, columns, log_odds, bounds, self.config.policy)
        if rules := self.config.rules:
            decision = obeying(decision, rulings(rules, blocks, pages), [rule.name for rule in rules])
        return _Decided(bounds, model, blocks, columns, decision)

    def _added(self, columns: Columns) -> Floats | float:
        """Add up the detectors that speak in log-odds themselves, beside the model."""
        return sum((columns[each.name] for each in self.config.detectors if each.log_odds), 0.0)

    def _result(self, page: Page) -> Result:
        decided = self._decided([page])
        keep = decided.decision.keep
        tags = _tags(decided.blocks, decided.columns)
        evidence, base = self._evidence(decided)
        bounds = list(zip(page.starts.tolist(), page.ends.tolist(), strict=True))
        spans = bounds if page.kind == "text" else source_spans(page)
        kinds = self._kinds(decided, evidence)
        verdicts = tuple(
            Verdict(
                index=row,
                text=page.text[start:end],
                keep=bool(keep[row]),
                probability=float(decided.decision.probabilities[row]),
                kind=kinds[row],
                evidence=evidence[row],
                overruled=decided.decision.overruled[row],
                span=spans[row],
                tag=tags[row],
            )
            for row, (start, end) in enumerate(bounds)
        )
        return Result(
            kind=page.kind,
            text=kept_text(page, keep),
            markdown=kept_markdown(page, keep, tags),
            title=page.title,
            confidence=decided.decision.confidences[0],
            verdicts=verdicts,
            base=base,
            truncated=page.truncated,
        )

    def _kinds(self, decided: _Decided, evidence: Sequence[tuple[Evidence, ...]]) -> list[str]:
        """Name each block's kind; a detector of the user's names it where it argued most for the cut."""
        keep = decided.decision.keep
        kinds = name_kinds(decided.blocks, decided.columns, keep)
        own = {each.name: each.kind for each in self.config.detectors if each.log_odds}
        return [
            kind if kept or not told else own.get(told[0].detector) or kind
            for kind, kept, told in zip(kinds, keep.tolist(), evidence, strict=True)
        ]

    def _evidence(self, decided: _Decided) -> tuple[list[tuple[Evidence, ...]], float]:
        """Return each block's evidence, largest first, and the log-odds it starts from."""
        shares, base = decided.model.explain(decided.columns, decided.blocks)
        own = [each.name for each in self.config.detectors if each.log_odds]
        names = (*decided.model.detectors, *own)
        values = np.hstack([shares * UNIT, *(decided.columns[name][:, None] for name in own)])
        order = np.argsort(-np.abs(values), axis=1, kind="stable")
        ranked = np.take_along_axis(values, order, axis=1).tolist()
        return [
            tuple(Evidence(names[number], value) for number, value in zip(numbers, row, strict=True) if value)
            for numbers, row in zip(order.tolist(), ranked, strict=True)
        ], base * UNIT


def _article(page: Page, keep: Booleans, kinds: Sequence[str], confidence: float) -> Article:
    cut_kinds = Counter(kind for kind, kept in zip(kinds, keep.tolist(), strict=True) if not kept)
    return Article(
        text=kept_text(page, keep),
        title=page.title,
        confidence=confidence,
        kept=int(keep.sum()),
        cut_kinds=dict(cut_kinds),
        truncated=page.truncated,
    )


class _Decided(NamedTuple):
    """Everything that is known of a stack of pages once it is decided."""

    bounds: Sequence[int]
    model: Model
    blocks: Blocks
    columns: Columns
    decision: Decision


@lru_cache(maxsize=16)
def _learned(model: Model) -> tuple[Detector, ...]:
    """Return the detectors whose weights a model holds."""
    return model_detectors(model.lexicons, model.page_types)


def _tags(blocks: Blocks, columns: Columns) -> Sequence[str | None]:
    """Return each block's HTML tag; list items and quotes are named by what they stand in."""
    if blocks.elements is None:
        return [None] * len(blocks)
    tags = [_TAG_NAMES[number] for number in columns["tags.block"].astype(np.int64).tolist()]
    for name in ("li", "blockquote", "pre"):
        inside = columns[f"tags.in_{name}"].tolist()
        tags = [name if held and tag in ("p", "div", "span") else tag for tag, held in zip(tags, inside, strict=True)]
    return tags


def _batches(pages: Iterable[object], size: int) -> Iterator[list[object]]:
    iterator = iter(pages)
    while batch := list(islice(iterator, size)):
        yield batch
