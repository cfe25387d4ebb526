"""Cut records, in stacks, in this process or in worker processes that can be ended.

A record that ends its worker, or takes longer than it may, is found and reported; no other is lost with it.
"""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from time import perf_counter
from typing import Any, TypeAlias

from boilercut.batch.records import (
    Cuttable,
    Done,
    Failed,
    Line,
    Outcome,
    Placed,
    Record,
    Skipped,
    length_of,
    reason_of,
)
from boilercut.batch.rows import Layout, record_of_line
from boilercut.cutter import Cutter
from boilercut.errors import BoilercutWarning
from boilercut.fields import articles_or_errors, cutter_for, profiled_site
from boilercut.page import Located, PageKind
from boilercut.read.decode import decoded
from boilercut.results import Article
from boilercut.sites import SiteProfile
from boilercut.stacks import BATCH_PAGES, answered_by_group, grouped
from boilercut.workers import in_processes

__all__ = ["Cut", "chunks_of", "cut_chunks", "text_record"]

CHUNK_ITEMS = BATCH_PAGES
"""Items that are handed to a worker at once: a stack."""
CHUNK_BYTES = 8_000_000
"""A chunk is closed early once its pages are this long, so that few large pages do not fill the memory."""
GRACE_FACTOR, GRACE_SECONDS = 1.2, 0.2
"""A worker is ended once a record takes `GRACE_FACTOR` times its `max_seconds` and `GRACE_SECONDS`: the budget of
the cutter is met first wherever it can be."""

Chunk: TypeAlias = list[Placed]


def chunks_of(items: Iterable[Placed]) -> Iterator[Chunk]:
    """Group items for the workers, by number and by length; the same items always make the same chunks."""
    return grouped(items, lambda placed: length_of(placed.item), CHUNK_BYTES, CHUNK_ITEMS)


def cut_chunks(cut: Cut, chunks: Iterable[Chunk], workers: int) -> Iterator[tuple[Chunk, list[Outcome]]]:
    """Yield each chunk with an outcome for each of its items, in order.

    With one worker, the work is done in this process, unless the time of a record is bounded: that takes a process
    that can be ended.
    """
    sent: deque[Chunk] = deque()

    def pages() -> Iterator[list[Cuttable]]:
        for chunk in chunks:
            sent.append(chunk)
            yield _cuttable(chunk)

    limit = cut.max_seconds
    answers = map(cut, pages()) if workers == 1 and limit == inf else in_processes(cut, pages(), workers, limit)
    for outcomes in answers:
        chunk = sent.popleft()
        yield chunk, _outcomes(chunk, outcomes)


def _cuttable(chunk: Chunk) -> list[Cuttable]:
    return [placed.item for placed in chunk if isinstance(placed.item, (Record, Line))]


def _outcomes(chunk: Chunk, cut: Sequence[Outcome]) -> list[Outcome]:
    """Put the outcomes of the pages between the items that were no pages."""
    answers = iter(cut)
    return [placed.item if isinstance(placed.item, (Skipped, Failed)) else next(answers) for placed in chunk]


@dataclass(frozen=True)
class Cut:
    """Cuts pages; sent to each worker process when it starts."""

    cutter: Cutter
    layout: Layout
    profiles: Mapping[str, SiteProfile] = field(default_factory=dict)
    """What sites repeat, by the name that `site_of` gives them."""
    extras: tuple[str, ...] = ()
    """Fields of an article that are made where they are asked for."""

    @property
    def max_seconds(self) -> float:
        """Seconds after which the worker of a record is ended; infinity for never."""
        seconds = self.cutter.config.max_seconds
        return inf if seconds is None else GRACE_FACTOR * seconds + GRACE_SECONDS

    def __call__(self, pages: Sequence[Cuttable]) -> list[Outcome]:
        """Return the outcome of each page; those whose kind is known to be the same, and their profile, are stacked."""

        def stack_of(item: Record | Outcome) -> tuple[PageKind | None, str] | None:
            return (item.kind, self.profile_name(item)) if isinstance(item, Record) else None

        def answer(stack: tuple[PageKind | None, str] | None, own: list[Any]) -> Sequence[Outcome]:
            return own if stack is None else self.answers(own, stack[1])

        return answered_by_group([text_record(page, self.layout) for page in pages], stack_of, answer)

    def profile_name(self, record: Record) -> str:
        """Return the site of a record where there is a profile of it, else an empty string."""
        return profiled_site(record.url, self.profiles)

    def answers(self, records: Sequence[Record], profile_name: str) -> Sequence[Outcome]:
        """Return the outcome of each of some records of one kind, with what their site repeats."""
        return self._cut_stack(cutter_for(profile_name, self.cutter, self.profiles), records)

    def _cut_stack(self, cutter: Cutter, records: Sequence[Record]) -> list[Outcome]:
        started = perf_counter()
        pages = [Located(record.page, record.url or None) for record in records]
        answers = articles_or_errors(cutter, pages, records[0].kind, self.extras, log=False)
        seconds = (perf_counter() - started) / len(records)
        return [
            Done(record.id, record.url, answer, seconds)
            if isinstance(answer, Article)
            else Failed(reason_of(answer), id=record.id, url=record.url)
            for record, answer in zip(records, answers, strict=True)
        ]

    def lost(self, page: Cuttable, reason: str) -> Failed:
        """Return the failure of a page that its worker could not report."""
        record = _parsed(page, self.layout)
        return Failed(reason, id=record.id, url=record.url)

    def prepare(self) -> None:
        """Load whatever the first page would load; the output says what was truncated, so no warning does."""
        warnings.simplefilter("ignore", BoilercutWarning)
        articles_or_errors(self.cutter, ["<p>A page of HTML.</p>", "A page of text.\n"], log=False)
        decoded("Une page à décoder".encode("latin-1"))


def _parsed(page: Cuttable, layout: Layout) -> Record | Failed:
    return record_of_line(page.line, layout) if isinstance(page, Line) else page


def text_record(page: Cuttable, layout: Layout) -> Record | Skipped | Failed:
    """Return a record with its page as text; bytes that are no text are skipped."""
    item = _parsed(page, layout)
    if not isinstance(item, Record) or isinstance(item.page, str):
        return item
    try:
        text = decoded(item.page, item.charset)
    except Exception as error:  # noqa: BLE001 - whatever one record sets off, a run of millions goes on, and says so
        return Failed(reason_of(error), id=item.id, url=item.url)
    return item._replace(page=text) if text or not item.page.strip() else Skipped("binary data")
