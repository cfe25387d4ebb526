"""The whole line, in one readable place: read → measure → detect → score → decide → render."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import accumulate, islice, pairwise
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

import numpy as np

from boilercut.blocks import Blocks
from boilercut.budget import within_seconds
from boilercut.config import Config
from boilercut.decide import Decision, decide, name_kinds, obeying
from boilercut.details import Explanation, PageDetails, html_of
from boilercut.detectors import Columns, Detector, detect
from boilercut.detectors.learned import Lexicon, learned_detectors
from boilercut.measure import measure
from boilercut.model import UNIT, Model, load_model
from boilercut.phrases import phrase_book
from boilercut.read import read, read_source, source_of
from boilercut.read.headline import headline
from boilercut.read.metadata import read_metadata
from boilercut.render import kept_text
from boilercut.render.markdown import markdown_of
from boilercut.results import ARTICLE_EXTRAS, Article, Result
from boilercut.rules import rulings, selectors
from boilercut.vocabulary import (
    TAG_NUMBERS,
    Booleans,
    ConfigError,
    Floats,
    Located,
    Page,
    PageKind,
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

    def extract(
        self, page: object, *, kind: PageKind | None = None, charset: str | None = None, url: str | None = None
    ) -> Result:
        """Return the article of `page` with a verdict on every block; takes what `clean` takes.

        `url` is the page's address: it makes the addresses in `Result.html` and `Result.metadata` absolute.
        """
        located = Located(page, url)
        return self._result(self._read(located, kind, charset, lambda pages: self._result(pages[0])))

    def clean_many(self, pages: Iterable[object], *, kind: PageKind | None = None, workers: int = 1) -> Iterator[str]:
        """Yield the article of each page, in order, reading `pages` no further ahead than needed.

        With `workers` above 1, that many processes share the work. The answers are those of `clean`.
        """
        return self._many(self._clean_stack, pages, kind, workers)

    def articles(
        self,
        pages: Iterable[object],
        *,
        kind: PageKind | None = None,
        workers: int = 1,
        fields: Collection[str] = (),
    ) -> Iterator[Article]:
        """Yield for each page its article and what is known of it; takes what `clean_many` takes.

        It costs little more than `clean_many`; only `extract` explains every block. `fields` asks for more:
        `"html"`, `"markdown"`, `"metadata"`; a page given as `Located(page, url)` gets absolute addresses there.

        >>> article = next(Cutter().articles(["<title>Ferry</title><p>The ferry sails again on Monday morning.</p>"]))
        >>> article.title, article.kept, article.cut
        ('Ferry', 1, 0)
        """
        if unknown := sorted(set(fields) - set(ARTICLE_EXTRAS)):
            raise ConfigError(f"fields: {unknown[0]!r} is none of {', '.join(ARTICLE_EXTRAS)}")
        return self._many(partial(self._article_stack, frozenset(fields)), pages, kind, workers)

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

    def _article_stack(self, fields: Collection[str], pages: Sequence[Page]) -> list[Article]:
        decided = self._decided(pages)
        keep = decided.decision.keep
        kinds = name_kinds(decided.blocks, decided.columns, keep)
        return [
            _article(page, keep[low:high], kinds[low:high], confidence, fields)
            for page, (low, high), confidence in zip(
                pages, pairwise(decided.bounds), decided.decision.confidences, strict=True
            )
        ]

    def _read(
        self, page: object, kind: PageKind | None, charset: str | None, answer: Callable[[Sequence[Page]], object]
    ) -> Page:
        """Read a page; where there is a budget of time, as much of it as leaves `answer` the time it takes."""
        if isinstance(page, Located):
            return self._read(page.page, kind, charset, answer)._replace(url=page.url)
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
        model, blocks, columns = self._detected(pages)
        log_odds = UNIT * model.score(columns, blocks).astype(np.float64) + self._added(columns)
        bounds = list(accumulate([len(page.starts) for page in pages], initial=0))
        decision = decide(blocks, columns, log_odds, bounds, self.config.policy)
        if rules := self.config.rules:
            decision = obeying(decision, rulings(rules, blocks, pages), [rule.name for rule in rules])
        return _Decided(bounds, model, blocks, columns, decision)

    def _detected(self, pages: Sequence[Page]) -> tuple[Model, Blocks, Columns]:
        """Run the first half of the line, up to the columns that the model and the rules look at."""
        model = load_model(pages[0].kind, self.config.model)
        blocks = measure(pages, phrase_book(self.config.phrases))
        return model, blocks, detect(blocks, (*self.config.detectors, *_learned(model)))

    def _added(self, columns: Columns) -> Floats | float:
        """Add up the detectors that speak in log-odds themselves, beside the model."""
        return sum((columns[each.name] for each in self.config.detectors if each.log_odds), 0.0)

    def _result(self, page: Page) -> Result:
        decided = self._decided([page])
        own = {each.name: each.kind for each in self.config.detectors if each.log_odds}
        kinds = name_kinds(decided.blocks, decided.columns, decided.decision.keep)
        explain: Callable[[], Explanation] = partial(self._explain, page)
        if own:
            explanation = self._explanation(decided.model, decided.blocks, decided.columns)
            kinds, explain = _kinds(kinds, decided, explanation, own), lambda: explanation
        return Result(
            kind=page.kind,
            text=kept_text(page, decided.decision.keep),
            title=headline(page),
            confidence=decided.decision.confidences[0],
            truncated=page.truncated,
            details=PageDetails(
                page=page,
                decision=decided.decision,
                kinds=kinds,
                tags=_tags(decided.blocks, decided.columns),
                explain=explain,
            ),
        )

    def _explain(self, page: Page) -> Explanation:
        return self._explanation(*self._detected([page]))

    def _explanation(self, model: Model, blocks: Blocks, columns: Columns) -> Explanation:
        """Return what each detector, those of the user's included, adds to each block's log-odds."""
        shares, base = model.explain(columns, blocks)
        own = [each.name for each in self.config.detectors if each.log_odds]
        values = np.hstack([shares * UNIT, *(columns[name][:, None] for name in own)])
        return Explanation((*model.detectors, *own), values, base * UNIT)


def _kinds(
    kinds: Sequence[str], decided: _Decided, explanation: Explanation, own: Mapping[str, str | None]
) -> list[str]:
    """Name each block's kind where a detector of the user's argued most for the cut: its own kind."""
    most = [explanation.detectors[number] for number in np.abs(explanation.shares).argmax(axis=1).tolist()]
    told = np.any(explanation.shares, axis=1)
    keep = decided.decision.keep.tolist()
    return [
        kind if kept or not any_told else own.get(name) or kind
        for kind, kept, any_told, name in zip(kinds, keep, told, most, strict=True)
    ]


def _article(page: Page, keep: Booleans, kinds: Sequence[str], confidence: float, fields: Collection[str]) -> Article:
    cut_kinds = Counter(kind for kind, kept in zip(kinds, keep.tolist(), strict=True) if not kept)
    html = html_of(page, keep) if "html" in fields or "markdown" in fields else ""
    return Article(
        text=kept_text(page, keep),
        title=headline(page),
        confidence=confidence,
        kept=int(keep.sum()),
        cut_kinds=dict(cut_kinds),
        truncated=page.truncated,
        html=html if "html" in fields else None,
        markdown=markdown_of(html) if "markdown" in fields else None,
        metadata=read_metadata(page) if "metadata" in fields else None,
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
    """Return the detectors made of a model's word lists."""
    return learned_detectors({name: Lexicon.of(words) for name, words in model.lexicons.items()})


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
