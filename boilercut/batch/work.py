"""Cut records, in stacks, in this process or in several; a page that kills its process is found and reported."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from time import perf_counter
from typing import TypeAlias

from boilercut.batch.records import Cuttable, Done, Failed, Line, Outcome, Placed, Record, Skipped, length_of
from boilercut.batch.rows import Layout, record_of_line
from boilercut.cutter import BATCH_PAGES, Cutter
from boilercut.read.decode import decoded
from boilercut.vocabulary import InputError

__all__ = ["Cut", "chunks_of", "cut_chunks"]

CHUNK_ITEMS = BATCH_PAGES
"""So many items are handed to a worker at once: a stack."""
CHUNK_BYTES = 8_000_000
"""A chunk is closed early once its pages are this long, so that few large pages do not fill the memory."""

Chunk: TypeAlias = list[Placed]


def chunks_of(items: Iterable[Placed]) -> Iterator[Chunk]:
    """Group items for the workers, by number and by length; the same items always make the same chunks."""
    chunk: Chunk = []
    size = 0
    for placed in items:
        chunk.append(placed)
        size += length_of(placed.item)
        if len(chunk) >= CHUNK_ITEMS or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def cut_chunks(cut: Cut, chunks: Iterable[Chunk], workers: int) -> Iterator[tuple[Chunk, list[Outcome]]]:
    """Yield each chunk with an outcome for each of its items, in order."""
    if workers == 1:
        for chunk in chunks:
            yield chunk, _outcomes(chunk, cut(_cuttable(chunk)))
        return
    pool = _Pool(cut, workers)
    try:
        for chunk, found in pool.cut_all(chunks):
            yield chunk, _outcomes(chunk, found)
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
    """Cuts pages; what a worker process is sent to work with."""

    cutter: Cutter
    layout: Layout

    def __call__(self, pages: Sequence[Cuttable]) -> list[Outcome]:
        """Return what became of each page."""
        items = [record_of_line(page.line, self.layout) if isinstance(page, Line) else page for page in pages]
        answers = iter(cut_records(self.cutter, [item for item in items if isinstance(item, Record)]))
        return [next(answers) if isinstance(item, Record) else item for item in items]


def cut_records(cutter: Cutter, records: Sequence[Record]) -> list[Outcome]:
    """Return what became of each record; those whose kind is known to be the same are stacked."""
    outcomes: dict[int, Outcome] = {}
    pages = [_text_of(record) for record in records]
    for kind in dict.fromkeys(record.kind for record in records):
        rows = [row for row, record in enumerate(records) if record.kind == kind and pages[row] is not None]
        outcomes.update(zip(rows, _cut_stack(cutter, [(pages[row] or "", records[row]) for row in rows]), strict=True))
    return [outcomes.get(row, Skipped("binary data")) for row in range(len(records))]


def _text_of(record: Record) -> str | None:
    """Return the page as text; None for bytes that are none."""
    if isinstance(record.page, str):
        return record.page
    text = decoded(record.page, record.charset)
    return None if not text and record.page.strip() else text


def _cut_stack(cutter: Cutter, pages: Sequence[tuple[str, Record]]) -> list[Outcome]:
    if not pages:
        return []
    started = perf_counter()
    try:
        articles = list(cutter.articles((page for page, _ in pages), kind=pages[0][1].kind))
    except Exception as error:  # noqa: BLE001 - whatever one page sets off, a run of millions goes on, and says so
        if len(pages) == 1:
            return [Failed(f"{type(error).__name__}: {error}", id=pages[0][1].id, url=pages[0][1].url)]
        return [outcome for page in pages for outcome in _cut_stack(cutter, [page])]
    seconds = (perf_counter() - started) / len(pages)
    return [Done(record.id, record.url, article, seconds) for (_, record), article in zip(pages, articles, strict=True)]


class _Pool:
    """Worker processes that answer in order, and that are replaced when one of them dies."""

    def __init__(self, cut: Cut, workers: int) -> None:
        self._cut, self._workers = cut, workers
        self._executor = _executor(workers)
        self._waiting: deque[tuple[Chunk, Future[list[Outcome]]]] = deque()
        try:
            self._executor.submit(os.getpid).result()
        except BrokenProcessPool as error:
            raise InputError(
                "worker processes cannot be started here; a script that calls run() with workers needs its "
                'if __name__ == "__main__":'
            ) from error

    def cut_all(self, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, list[Outcome]]]:
        """Yield chunks and what became of their pages, reading no further ahead than keeps all workers busy."""
        for chunk in chunks:
            self._waiting.append((chunk, self._submit(chunk)))
            if len(self._waiting) > 2 * self._workers:
                yield self._next()
        while self._waiting:
            yield self._next()

    def close(self) -> None:
        self._executor.shutdown(cancel_futures=True)

    def _submit(self, chunk: Chunk) -> Future[list[Outcome]]:
        """Hand a chunk to the workers; where they are dead already, its turn in `_next` brings new ones."""
        try:
            return self._executor.submit(self._cut, _cuttable(chunk))
        except BrokenProcessPool as error:
            broken = Future[list[Outcome]]()
            broken.set_exception(error)
            return broken

    def _next(self) -> tuple[Chunk, list[Outcome]]:
        chunk, future = self._waiting.popleft()
        try:
            return chunk, future.result()
        except BrokenProcessPool:
            # Any of the chunks under way may hold the page that did it. The first is worked on alone; if it was
            # another one, that one breaks the new pool too, and will be the first by and by.
            self._replace()
            return chunk, _cut_alone(self._cut, _cuttable(chunk))

    def _replace(self) -> None:
        """Start new workers, and give them what the old ones left undone."""
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = _executor(self._workers)
        self._waiting = deque(
            (
                chunk,
                future if _is_answered(future) else self._submit(chunk),
            )
            for chunk, future in self._waiting
        )


def _is_answered(future: Future[list[Outcome]]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _cut_alone(cut: Cut, pages: Sequence[Cuttable]) -> list[Outcome]:
    """Cut pages one by one in a process of their own, and start another where that dies."""
    outcomes: list[Outcome] = []
    executor = _executor(1)
    for page in pages:
        try:
            outcomes += executor.submit(cut, [page]).result()
        except BrokenProcessPool:
            outcomes.append(_killer(page, cut.layout))
            executor.shutdown()
            executor = _executor(1)
    executor.shutdown()
    return outcomes


def _killer(page: Cuttable, layout: Layout) -> Failed:
    record = record_of_line(page.line, layout) if isinstance(page, Line) else page
    return Failed("killed the process that worked on it (out of memory, or a crash)", id=record.id, url=record.url)


def _executor(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin_worker)


def _begin_worker() -> None:
    """Leave Ctrl-C to the parent, and die when it does, even by SIGKILL."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
