"""Share work among processes: answers in order, and none lost where a process dies."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeAlias, TypeVar

from boilercut.errors import BoilercutError, WorkerError

__all__ = ["in_processes"]

AHEAD = 2
"""Batches under way for each worker: one that is worked on, and one that waits."""

Answer = TypeVar("Answer")
Work: TypeAlias = Callable[[Sequence[object]], list[Answer | BoilercutError]]


def in_processes(
    work: Work[Answer], batches: Iterable[list[object]], workers: int
) -> Iterator[Answer | BoilercutError]:
    """Yield what `work` returns for each page, in order; for a page whose process dies, a `WorkerError`.

    Reads no further ahead than keeps all workers busy. Raises `WorkerError` where no process can be started.
    """
    pool = _pool(workers)
    waiting: deque[tuple[list[object], Future[list[Answer | BoilercutError]]]] = deque()
    try:
        _check(pool)
        for batch in batches:
            try:
                future = pool.submit(work, batch)
            except BrokenProcessPool:
                pool.shutdown()
                pool = _pool(workers)
                future = pool.submit(work, batch)
            waiting.append((batch, future))
            if len(waiting) > AHEAD * workers:
                yield from _finished(work, *waiting.popleft())
        while waiting:
            yield from _finished(work, *waiting.popleft())
    finally:
        pool.shutdown(cancel_futures=True)


def _check(pool: ProcessPoolExecutor) -> None:
    try:
        pool.submit(os.getpid).result()
    except BrokenProcessPool as error:
        raise WorkerError(
            "worker processes cannot be started here; a script that asks for workers needs its "
            'if __name__ == "__main__":'
        ) from error


def _finished(
    work: Work[Answer], batch: list[object], future: Future[list[Answer | BoilercutError]]
) -> list[Answer | BoilercutError]:
    """Return a batch's outcomes; where a process died meanwhile, which ends all batches under way, do it again."""
    try:
        return future.result()
    except BrokenProcessPool:
        return _one_by_one(work, batch)


def _one_by_one(work: Work[Answer], batch: list[object]) -> list[Answer | BoilercutError]:
    """Work on pages one by one in a process of their own, and start another where that dies."""
    outcomes: list[Answer | BoilercutError] = []
    pool = _pool(1)
    for page in batch:
        try:
            outcomes += pool.submit(work, [page]).result()
        except BrokenProcessPool:
            outcomes.append(WorkerError("this page killed the process that worked on it (out of memory, or a crash)"))
            pool.shutdown()
            pool = _pool(1)
    pool.shutdown()
    return outcomes


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
