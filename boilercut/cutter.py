"""The whole line, in one readable place: read → measure → detect → score → decide → render."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import accumulate, chain, pairwise
from time import perf_counter
from typing import Generic, NamedTuple, TypeVar, Unpack

import numpy as np

from boilercut.accept import Accepted, AnyPage, accepted, checked_pages, warn_of
from boilercut.arrays import Booleans
from boilercut.blocks.measure import measure
from boilercut.blocks.phrases import phrase_book
from boilercut.blocks.table import Blocks
from boilercut.config import Config, Options, check_number
from boilercut.decide import Decision, apply_rules, comment_blocks, decide, name_kinds, written_blocks
from boilercut.decide.kind_model import boilerplate_kinds, known_kinds
from boilercut.decide.pages import article_probability, type_probabilities
from boilercut.details import Explanation, Named, NamedOnce, PageDetails, html_of, metadata_of
from boilercut.detectors import Columns, Detector, detect, model_detectors
from boilercut.errors import BoilercutError, ConfigError, PageTypeError, WorkerError
from boilercut.model import UNIT, Model, load_model
from boilercut.page import TAG_NAMES, TAG_NUMBERS, Located, Page, PageKind, tag_set
from boilercut.read import Source, read, read_source, source_of
from boilercut.read.budget import within_seconds
from boilercut.read.html.headline import headline
from boilercut.read.lxml import is_lxml
from boilercut.render import kept_text
from boilercut.render.markdown import markdown_of
from boilercut.results import ARTICLE_EXTRAS, Article, Result
from boilercut.rules import rulings, selectors
from boilercut.sites.evidence import pages_holding, site_detector
from boilercut.stacks import StackAnswer, alone, answer_or_raise, grouped, outcome, stack_outcomes, stacks

__all__ = ["Cutter"]

BATCH_CHARACTERS = 1 << 23
"""Length of its pages from which a batch for a worker is closed."""
EXPLAINED_BLOCKS = 1 << 11
"""Number of blocks whose evidence is worked out at a time."""
_PLAIN = tag_set("p", "div", "span")

Answer = TypeVar("Answer")


class Cutter:
    """Cuts pages by one configuration; reusable, picklable, and safe on any number of threads.

    >>> import boilercut
    >>> cutter = boilercut.Cutter(boilercut.Config(mode="precision"))
    >>> cutter.clean("")
    ''
    """

    def __init__(self, config: Config | None = None, **options: Unpack[Options]) -> None:
        self.config = (config or Config()).with_options(**options)
        site = self.config.site
        self._detectors = self.config.detectors if site is None else (*self.config.detectors, site_detector(site))
        self._evidence_names = tuple(each.name for each in self._detectors if each.log_odds)
        self._policy, self._budget = self.config.policy, self.config.budget
        self._selectors, self._readings = selectors(self.config.rules), self.config.ruby == "bracket"

    def clean(self, page: AnyPage, *, kind: PageKind | None = None, charset: str | None = None) -> str:
        """Return the article of `page` as plain text.

        `page` is HTML or plain text: `str`, `bytes`, a `Path` or an open file, or a tree of lxml, BeautifulSoup or
        selectolax; `kind` forces which of the two, `charset` is what an HTTP header said of bytes. Raises
        `PageTypeError` for anything else. Warns with `InputWarning` and `TruncatedWarning`.
        """
        return self._answered(partial(alone, self._clean_stack), page, kind, charset)

    def extract(
        self, page: AnyPage, *, kind: PageKind | None = None, charset: str | None = None, url: str | None = None
    ) -> Result:
        """Return the article of `page` with a verdict on every block; takes what `clean` takes.

        `url` is the page's address: it makes the addresses in `Result.html` and `Result.metadata` absolute.
        """
        return self._answered(self._result, Located(page, url), kind, charset)

    def clean_many(
        self, pages: Iterable[AnyPage | Located], *, kind: PageKind | None = None, workers: int = 1
    ) -> Iterator[str]:
        """Yield the article of each page, in order, reading `pages` no further ahead than needed.

        With `workers` above 1, that many processes share the work. The answers are those of `clean`. What is no page
        raises `PageTypeError` in its place, and a page whose worker process dies `WorkerError`; `next` goes on with the
        page behind it.
        """
        return self._many(self._clean_stack, pages, kind, workers)

    def articles(
        self,
        pages: Iterable[AnyPage | Located],
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
        self, answer: StackAnswer[Answer], pages: Iterable[object], kind: PageKind | None, workers: int
    ) -> Iterator[Answer]:
        check_number("workers", workers)
        pages = checked_pages(pages)
        if workers == 1:
            outcomes = self._outcomes(answer, pages, kind)
        else:
            from boilercut.workers import in_processes  # loads the standard library's processes

            sent: Iterator[object] = (outcome(partial(self._sendable, page)) for page in pages)
            batches = grouped(sent, _length_of, BATCH_CHARACTERS)
            outcomes = chain.from_iterable(in_processes(_ManyPages(self, answer, kind), batches, workers))
        return map(answer_or_raise, outcomes)  # unlike a generator, it goes on behind an error

    def _outcomes(
        self, answer: StackAnswer[Answer], pages: Iterable[object], kind: PageKind | None
    ) -> Iterator[Answer | BoilercutError]:
        """Yield for each page its answer, or the error that it raises."""
        if self.config.max_seconds is not None:
            for page in pages:
                yield outcome(partial(self._answered, partial(alone, answer), page, kind, None))
            return
        for stack in stacks(outcome(partial(self._read, page, kind, None)) for page in pages):
            yield from stack_outcomes(answer, stack)

    def _clean_stack(self, pages: Sequence[Page]) -> list[str]:
        decided = self._decided(pages)
        return [
            kept_text(page, decided.decision.keep[low:high])
            for page, (low, high) in zip(pages, pairwise(decided.bounds), strict=True)
        ]

    def _article_stack(self, fields: Collection[str], pages: Sequence[Page]) -> list[Article]:
        decided = self._decided(pages)
        keep = decided.decision.keep
        boilerplate = boilerplate_kinds(decided.blocks, decided.columns)
        kinds = name_kinds(decided.blocks, decided.columns, decided.decision, boilerplate)
        return [
            _article(page, title, keep[low:high], kinds[low:high], confidence, fields)
            for page, title, (low, high), confidence in zip(
                pages, decided.headlines, pairwise(decided.bounds), decided.decision.confidences, strict=True
            )
        ]

    def _answered(
        self, answer: Callable[[Page], Answer], page: object, kind: PageKind | None, charset: str | None
    ) -> Answer:
        """Read a page and answer for it; where there is a budget of time, for as much of it as fits."""
        if self.config.max_seconds is None:
            return answer(self._read(page, kind, charset))
        deadline = perf_counter() + self.config.max_seconds
        given = self._accepted(page, kind)
        source = source_of(given.page, given.kind, charset, self._budget)
        if source is None:
            return answer(self._read(given, kind, charset))

        def answer_for(part: Source) -> tuple[Answer, Page]:
            found = read_source(part, self._selectors, self._readings)._replace(url=given.url)
            return answer(found), found

        answered, found = within_seconds(source, answer_for, deadline)
        warn_of(given, found)
        return answered

    def _accepted(self, page: object, kind: PageKind | None) -> Accepted:
        given = accepted(page, self._budget.bytes)
        return given if kind is None else given._replace(kind=kind)

    def _sendable(self, page: object) -> Accepted:
        """Return a page as it is sent to a worker process; what cannot be sent raises `PageTypeError`."""
        given = self._accepted(page, None)
        if is_lxml(given.page):
            raise PageTypeError(
                "a tree of lxml cannot be sent to a worker process: hand over its source, or use workers=1"
            )
        if not isinstance(given.page, (str, bytes)):
            self._read(given, None, None)  # says what a page is
        return given

    def _read(self, page: object, kind: PageKind | None, charset: str | None) -> Page:
        given = self._accepted(page, kind)
        found = read(given.page, given.kind, charset, self._budget, self._selectors, readings=self._readings)
        warn_of(given, found)
        return found if given.url is None else found._replace(url=given.url)

    def _decided(self, pages: Sequence[Page]) -> _Decided:
        """Run the line on pages of one kind: this is boilercut."""
        model, blocks, columns = self._detected(pages)
        log_odds = UNIT * model.score(columns, blocks).astype(np.float64)
        for name in self._evidence_names:
            log_odds = log_odds + columns[name]
        bounds = list(accumulate([len(page.starts) for page in pages], initial=0))
        headlines = [headline(page) for page in pages]
        decision = decide(blocks, columns, log_odds, bounds, self._policy, headlines)
        if rules := self.config.rules:
            decision = apply_rules(decision, rulings(rules, blocks, pages), [rule.name for rule in rules])
        return _Decided(bounds, headlines, model, blocks, columns, decision)

    def _detected(self, pages: Sequence[Page]) -> tuple[Model, Blocks, Columns]:
        """Run the first half of the line, up to the columns that the model and the rules look at."""
        model = load_model(pages[0].kind, self.config.model)
        blocks = measure(pages, phrase_book(self.config.phrases))
        columns = detect(blocks, (*self._detectors, *_learned(model)))
        return model, blocks, model.with_document(columns, blocks)

    def _result(self, page: Page) -> Result:
        decided = self._decided([page])
        own = {each.name: each.kind for each in self.config.detectors if each.log_odds}
        explain: Callable[[], Explanation] = partial(self._explain, page)
        own_kinds: Callable[[list[str]], list[str]] = list
        if own:
            explanation = self._explanation(decided.model, decided.blocks, decided.columns)
            own_kinds, explain = partial(_with_own_kinds, decided, explanation, own), lambda: explanation
        details = PageDetails(
            page=page,
            decision=decided.decision,
            name=NamedOnce(partial(_named, decided, own_kinds)),
            page_types=type_probabilities(decided.columns),
            article_probability=article_probability(decided.columns),
            explain=explain,
        )
        if self.config.max_seconds is not None:
            details.compute_reasons()
        return Result(
            kind=page.kind,
            text=kept_text(page, decided.decision.keep),
            title=decided.headlines[0],
            confidence=decided.decision.confidences[0],
            truncated=page.truncated,
            left_alone=decided.decision.clean[0] and bool(decided.decision.keep.all()),
            details=details,
        )

    def _explain(self, page: Page) -> Explanation:
        return self._explanation(*self._detected([page]))

    def _explanation(self, model: Model, blocks: Blocks, columns: Columns) -> Explanation:
        """Return what each detector, those of the user's included, adds to each block's log-odds."""
        shares = np.empty((len(blocks), len(model.detectors) + len(self._evidence_names)))
        for low in range(0, len(blocks), EXPLAINED_BLOCKS):
            part = slice(low, low + EXPLAINED_BLOCKS)
            shares[part, : len(model.detectors)] = UNIT * model.explain(columns, blocks, part)[0]
        for number, name in enumerate(self._evidence_names, len(model.detectors)):
            shares[:, number] = columns[name]
        site = self.config.site
        known = None if site is None else pages_holding(site, blocks)
        names = (*model.detectors, *self._evidence_names)
        return Explanation(names, shares, model.base * UNIT, known)


def _named(decided: _Decided, own_kinds: Callable[[list[str]], list[str]]) -> Named:
    """Name a page's blocks; `own_kinds` replaces kinds by those of the user's detectors."""
    blocks, columns = decided.blocks, decided.columns
    known = known_kinds(blocks, columns)
    kinds = own_kinds(name_kinds(blocks, columns, decided.decision, known.likeliest))
    commented = comment_blocks(columns, decided.decision, kinds)
    return Named(
        kinds=kinds,
        tags=_tags(blocks, columns),
        commented=commented,
        written=written_blocks(blocks, columns, commented),
        known=known,
    )


def _with_own_kinds(
    decided: _Decided, explanation: Explanation, own: Mapping[str, str | None], kinds: Sequence[str]
) -> list[str]:
    """Return `kinds`, with that of a user's detector for each cut block on which it has the most weight."""
    most = [explanation.detectors[number] for number in np.abs(explanation.shares).argmax(axis=1).tolist()]
    has_evidence = np.any(explanation.shares, axis=1)
    keep = decided.decision.keep.tolist()
    return [
        kind if kept or not is_explained else own.get(name) or kind
        for kind, kept, is_explained, name in zip(kinds, keep, has_evidence, most, strict=True)
    ]


def _article(
    page: Page, title: str, keep: Booleans, kinds: Sequence[str], confidence: float, fields: Collection[str]
) -> Article:
    cut_kinds = Counter(kind for kind, kept in zip(kinds, keep.tolist(), strict=True) if not kept)
    html = html_of(page, keep) if "html" in fields or "markdown" in fields else ""
    return Article(
        text=kept_text(page, keep),
        title=title,
        confidence=confidence,
        kept=int(keep.sum()),
        cut_kinds=dict(cut_kinds),
        truncated=page.truncated,
        html=html if "html" in fields else None,
        markdown=markdown_of(html) if "markdown" in fields else None,
        metadata=metadata_of(page) if "metadata" in fields else None,
    )


class _ManyPages(NamedTuple, Generic[Answer]):
    """What worker processes do for `clean_many` and `articles`."""

    cutter: Cutter
    answer: StackAnswer[Answer]
    kind: PageKind | None

    def prepare(self) -> None:
        """Load nothing early: no page's time is bounded here."""

    def __call__(self, pages: Sequence[object]) -> list[Answer | BoilercutError]:
        """Return the outcome of each page."""
        outcomes = self.cutter._outcomes(self.answer, pages, self.kind)
        return list(outcomes)

    def lost(self, page: object, reason: str) -> WorkerError:
        """Return what stands in the place of a page that ended its process."""
        return WorkerError(f"this page {reason}")


class _Decided(NamedTuple):
    """Everything that is known of a stack of pages once it is decided."""

    bounds: Sequence[int]
    headlines: Sequence[str]
    model: Model
    blocks: Blocks
    columns: Columns
    decision: Decision


@lru_cache(maxsize=16)
def _learned(model: Model) -> tuple[Detector, ...]:
    """Return the detectors whose weights a model holds."""
    return model_detectors(model.lexicons, model.page_types)


def _tags(blocks: Blocks, columns: Columns) -> Sequence[str | None]:
    """Return each block's HTML tag; a paragraph in a list item, a quote or a listing has the tag of that."""
    if blocks.elements is None:
        return [None] * len(blocks)
    tags = columns["tags.block"].astype(np.int64)
    is_plain = _PLAIN.take(tags)
    for name in ("pre", "blockquote", "li"):
        tags[(columns[f"tags.in_{name}"] > 0) & is_plain] = TAG_NUMBERS[name]
    return [TAG_NAMES[number] for number in tags.tolist()]


def _length_of(page: object) -> int:
    source = page.page if isinstance(page, Accepted) else page
    return len(source) if isinstance(source, (str, bytes, bytearray)) else 0
