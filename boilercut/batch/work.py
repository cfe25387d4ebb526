"""Cut records, in stacks, in this process or in worker processes that can be ended.

A record that ends its worker, or takes longer than it may, is found and reported; no other is lost with it.
"""

from __future__ import annotations

import os
import signal
import threading
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from time import monotonic, perf_counter
from typing import TypeAlias

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
from boilercut.cutter import BATCH_PAGES, Cutter, grouped
from boilercut.errors import BoilercutWarning, InputError
from boilercut.fields import MISUSE, articles_or_errors
from boilercut.page import Located, PageKind
from boilercut.read.decode import decoded
from boilercut.results import Article
from boilercut.sites import SiteProfile, site_of

__all__ = ["Cut", "chunks_of", "cut_chunks"]

CHUNK_ITEMS = BATCH_PAGES
"""Items that are handed to a worker at once: a stack."""
CHUNK_BYTES = 8_000_000
"""A chunk is closed early once its pages are this long, so that few large pages do not fill the memory."""
GRACE_FACTOR, GRACE_SECONDS = 1.2, 0.2
"""A worker is ended once a record takes `GRACE_FACTOR` times its `max_seconds` and `GRACE_SECONDS`: the budget of
the cutter is met first wherever it can be."""
KILLED = "killed the process that worked on it (out of memory, or a crash)"

Chunk: TypeAlias = list[Placed]


def chunks_of(items: Iterable[Placed]) -> Iterator[Chunk]:
    """Group items for the workers, by number and by length; the same items always make the same chunks."""
    return grouped(items, lambda placed: length_of(placed.item), CHUNK_BYTES)


def cut_chunks(cut: Cut, chunks: Iterable[Chunk], workers: int) -> Iterator[tuple[Chunk, list[Outcome]]]:
    """Yield each chunk with an outcome for each of its items, in order.

    With one worker, the work is done in this process, unless the time of a record is bounded: that takes a process
    that can be ended.
    """
    if workers == 1 and cut.max_seconds is None:
        for chunk in chunks:
            yield chunk, _outcomes(chunk, cut(_cuttable(chunk)))
        return
    pool = _Pool(cut, workers)
    try:
        yield from pool.cut_all(chunks)
    finally:
        pool.close()


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
    def max_seconds(self) -> float | None:
        """Seconds after which the worker of a record is ended; None for never."""
        seconds = self.cutter.config.max_seconds
        return None if seconds is None else GRACE_FACTOR * seconds + GRACE_SECONDS

    def __call__(self, pages: Sequence[Cuttable]) -> list[Outcome]:
        """Return the outcome of each page; those whose kind is known to be the same, and their profile, are stacked."""
        outcomes: dict[int, Outcome] = {}
        records: dict[int, Record] = {}
        for row, item in enumerate(_with_text(self._record(page)) for page in pages):
            if isinstance(item, Record):
                records[row] = item
            else:
                outcomes[row] = item
        stacks: dict[tuple[PageKind | None, str], list[int]] = {}
        for row, record in records.items():
            stacks.setdefault((record.kind, self.profile_name(record)), []).append(row)
        for (_, name), rows in stacks.items():
            outcomes.update(zip(rows, self.answers([records[row] for row in rows], name), strict=True))
        return [outcomes[row] for row in range(len(pages))]

    def profile_name(self, record: Record) -> str:
        """Return the site of a record where there is a profile of it, else an empty string."""
        site = site_of(record.url) if self.profiles else ""
        return site if site in self.profiles else ""

    def answers(self, records: Sequence[Record], profile_name: str) -> Sequence[Outcome]:
        """Return the outcome of each of some records of one kind, with what their site repeats."""
        profile = self.profiles.get(profile_name)
        return self._cut_stack(self.cutter if profile is None else Cutter(self.cutter.config, site=profile), records)

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

    def _record(self, page: Cuttable) -> Record | Failed:
        return record_of_line(page.line, self.layout) if isinstance(page, Line) else page

    def failed(self, page: Cuttable, reason: str) -> Failed:
        """Return the failure of a page that its worker could not report."""
        record = self._record(page)
        return Failed(reason, id=record.id, url=record.url)

    def warm_up(self) -> None:
        """Load whatever the first page would load, so that its time is its own."""
        articles_or_errors(self.cutter, ["<p>A page of HTML.</p>", "A page of text.\n"], log=False)
        decoded("Une page à décoder".encode("latin-1"))


def _with_text(item: Record | Failed) -> Record | Skipped | Failed:
    """Return a record with its page as text; bytes that are no text are skipped."""
    if not isinstance(item, Record) or isinstance(item.page, str):
        return item
    try:
        text = decoded(item.page, item.charset)
    except Exception as error:  # noqa: BLE001 - whatever one record sets off, a run of millions goes on, and says so
        return Failed(reason_of(error), id=item.id, url=item.url)
    return item._replace(page=text) if text or not item.page.strip() else Skipped("binary data")


@dataclass
class _Pending:
    """A chunk under way: its pages, and the outcomes that are known."""

    chunk: Chunk
    pages: list[Cuttable]
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    def is_answered(self) -> bool:
        return len(self.outcomes) == len(self.pages)


@dataclass(frozen=True)
class _Task:
    """Some pages of a chunk, for one worker: all of them, or one that is tried alone."""

    pending: _Pending
    rows: Sequence[int]

    def answer(self, outcomes: Sequence[Outcome]) -> None:
        self.pending.outcomes.update(zip(self.rows, outcomes, strict=True))


class _Worker:
    """A worker process, with the tasks that it was given and has not answered."""

    def __init__(self, cut: Cut) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, cut), daemon=True)
        self.process.start()
        theirs.close()
        self.tasks: deque[_Task] = deque()
        self.is_ready = False
        self.started = inf
        """When the first of the tasks was begun, as far as is known here."""

    def give(self, task: _Task) -> None:
        """Send a task; a worker that is dead is noticed where its answers are read."""
        if not self.tasks and self.is_ready:
            self.started = monotonic()
        self.tasks.append(task)
        with suppress(OSError):
            self.connection.send([task.pending.pages[row] for row in task.rows])

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


class _Pool:
    """Worker processes whose answers are yielded in order; one that dies or takes too long is replaced."""

    def __init__(self, cut: Cut, workers: int) -> None:
        self._cut = cut
        self._limit = inf if cut.max_seconds is None else cut.max_seconds
        # A second task keeps a worker busy while its first answer is read. Where time is bounded, it would have to
        # wait in the pipe of a worker that is stuck, and this process with it.
        self._tasks_each = 2 if self._limit == inf else 1
        self._tasks: deque[_Task] = deque()
        self._pending: deque[_Pending] = deque()
        self._workers = [_Worker(cut) for _ in range(workers)]

    def cut_all(self, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, list[Outcome]]]:
        """Yield chunks and the outcomes of their items, reading no further ahead than keeps all workers busy."""
        for chunk in chunks:
            pending = _Pending(chunk, _cuttable(chunk))
            self._pending.append(pending)
            if pending.pages:
                self._tasks.append(_Task(pending, range(len(pending.pages))))
            self._work(0)
            while len(self._pending) > 2 * len(self._workers):
                yield self._next()
        while self._pending:
            yield self._next()

    def close(self) -> None:
        for worker in self._workers:
            worker.end()

    def _next(self) -> tuple[Chunk, list[Outcome]]:
        pending = self._pending[0]
        while not pending.is_answered():
            self._work(None)
        self._pending.popleft()
        return pending.chunk, _outcomes(pending.chunk, [pending.outcomes[row] for row in range(len(pending.pages))])

    def _work(self, timeout: float | None) -> None:
        """Give tasks to workers that have too few, and take the answers that arrive until `timeout` or a deadline."""
        for number in range(self._tasks_each):
            for worker in self._workers:
                if self._tasks and len(worker.tasks) <= number:
                    worker.give(self._tasks.popleft())
        deadline = min(worker.started for worker in self._workers) + self._limit
        if timeout is None and deadline < inf:
            timeout = max(deadline - monotonic(), 0)
        answered = wait([worker.connection for worker in self._workers], timeout)
        for index, worker in enumerate(self._workers):
            if worker.connection in answered:
                self._receive(index)
            elif monotonic() - worker.started > self._limit and not worker.connection.poll():
                seconds = self._cut.cutter.config.max_seconds
                self._replace(index, f"timed out: took longer than the {seconds:g} s of max_seconds, and was ended")

    def _receive(self, index: int) -> None:
        worker = self._workers[index]
        try:
            answer = worker.connection.recv()
        except (EOFError, OSError):
            self._replace(index, KILLED)
            return
        if isinstance(answer, Exception):
            raise answer
        if worker.is_ready:
            worker.tasks.popleft().answer(answer)
        worker.is_ready = True
        worker.started = monotonic() if worker.tasks else inf

    def _replace(self, index: int, reason: str) -> None:
        """Start a new worker. The task under way fails if it is one page; of several, each is tried alone."""
        worker = self._workers[index]
        worker.end()
        if not worker.is_ready:
            raise InputError(
                "worker processes cannot be started here; a script that calls run() with workers needs its "
                'if __name__ == "__main__":'
            )
        self._workers[index] = _Worker(self._cut)
        if not worker.tasks:
            return
        blamed, *others = worker.tasks
        self._tasks.extendleft(reversed(others))
        if len(blamed.rows) == 1:
            blamed.answer([self._cut.failed(blamed.pending.pages[blamed.rows[0]], reason)])
        else:
            self._tasks.extendleft(_Task(blamed.pending, [row]) for row in reversed(blamed.rows))


def _serve(connection: Connection, cut: Cut) -> None:
    """Work on what arrives until the parent ends, even by SIGKILL; Ctrl-C is left to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore", BoilercutWarning)  # the output says what was truncated
    arrived: SimpleQueue[list[Cuttable]] = SimpleQueue()
    threading.Thread(target=_receive_all, args=(connection, arrived), daemon=True).start()
    answer: object
    try:
        cut.warm_up()
        answer = "ready"
        while True:
            connection.send(answer)
            answer = cut(arrived.get())
    except MISUSE as error:  # ends the run, by name
        connection.send(error)


def _receive_all(connection: Connection, arrived: SimpleQueue[list[Cuttable]]) -> None:
    try:
        while True:
            arrived.put(connection.recv())
    except (EOFError, OSError):
        os._exit(1)  # the parent has ended
