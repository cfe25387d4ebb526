"""Share work among processes that can be ended: answers in order, and none lost where a process dies or is stuck."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar

from boilercut.errors import MISUSE, WorkerError

__all__ = ["Work", "in_processes"]

KILLED = "killed the process that worked on it (out of memory, or a crash)"
CANNOT_START = (
    'worker processes cannot be started here; a script that asks for workers needs its if __name__ == "__main__":'
)
CANNOT_READ = "worker processes cannot load what they need: define it at the top level of a module"

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Given = TypeVar("Given", contravariant=True)


class Work(Protocol[Given, Answer]):
    """What worker processes do: sent to each when it starts, so it can be pickled."""

    def prepare(self) -> None:
        """Load whatever the first items would load, so that their time is their own."""

    def __call__(self, items: Sequence[Given], /) -> list[Answer]:
        """Return an answer for each item; errors in `MISUSE` end everything."""

    def lost(self, item: Given, reason: str) -> Answer:
        """Return what stands for an item that ended its process, or took too long."""


def in_processes(
    work: Work[Item, Answer], batches: Iterable[Sequence[Item]], workers: int, limit: float = inf
) -> Iterator[list[Answer]]:
    """Yield the answers to each batch, in order, reading no further ahead than keeps all workers busy.

    A worker whose item takes longer than `limit`, in seconds, is ended. Raises `WorkerError` where no process can be
    started, and the errors in `MISUSE` that `work` raises.
    """
    pool = _Pool(work, workers, limit)
    try:
        yield from pool.work_on(batches)
    finally:
        pool.close()


@dataclass
class _Batch(Generic[Item, Answer]):
    """A batch under way: its items, and the answers that are known, by row."""

    items: Sequence[Item]
    answers: dict[int, Answer] = field(default_factory=dict)

    def is_answered(self) -> bool:
        return len(self.answers) == len(self.items)


@dataclass(frozen=True)
class _Task(Generic[Item, Answer]):
    """Some items of a batch, for one worker: all of them, or one that is tried alone."""

    batch: _Batch[Item, Answer]
    rows: Sequence[int]

    def items(self) -> list[Item]:
        return [self.batch.items[row] for row in self.rows]

    def answer(self, answers: Sequence[Answer]) -> None:
        self.batch.answers.update(zip(self.rows, answers, strict=True))


class _Worker(Generic[Item, Answer]):
    """A worker process, with the tasks that it was given and has not answered."""

    def __init__(self, work: bytes) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, work), daemon=True)
        self.process.start()
        theirs.close()
        self.tasks: deque[_Task[Item, Answer]] = deque()
        self.is_ready = False
        self.started = inf
        """When the first of the tasks was begun, as far as is known here."""

    def give(self, task: _Task[Item, Answer]) -> None:
        """Send a task; a worker that is dead is noticed where its answers are read."""
        if not self.tasks and self.is_ready:
            self.started = monotonic()
        self.tasks.append(task)
        with suppress(OSError):
            self.connection.send(task.items())

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


class _Pool(Generic[Item, Answer]):
    """Worker processes; one that dies or takes too long is replaced."""

    def __init__(self, work: Work[Item, Answer], workers: int, limit: float) -> None:
        self._work = work
        self._pickled = pickle.dumps(work)
        self._limit = limit
        # A second task keeps a worker busy while its first answer is read. Where time is bounded, it would have to
        # wait in the pipe of a worker that is stuck, and this process with it.
        self._tasks_each = 2 if limit == inf else 1
        self._tasks: deque[_Task[Item, Answer]] = deque()
        self._batches: deque[_Batch[Item, Answer]] = deque()
        self._count = workers
        self._workers: list[_Worker[Item, Answer]] = []

    def work_on(self, batches: Iterable[Sequence[Item]]) -> Iterator[list[Answer]]:
        for _ in range(self._count):
            self._workers.append(self._started())
        for items in batches:
            batch: _Batch[Item, Answer] = _Batch(items)
            self._batches.append(batch)
            if items:
                self._tasks.append(_Task(batch, range(len(items))))
            self._exchange(0)
            while len(self._batches) > 2 * len(self._workers):
                yield self._next()
        while self._batches:
            yield self._next()

    def close(self) -> None:
        for worker in self._workers:
            worker.end()

    def _started(self) -> _Worker[Item, Answer]:
        try:
            return _Worker(self._pickled)
        except (OSError, AssertionError) as error:  # too many processes, or this one is a daemon, which may have none
            raise WorkerError(f"{CANNOT_START} ({error})") from error

    def _next(self) -> list[Answer]:
        batch = self._batches[0]
        while not batch.is_answered():
            self._exchange(None)
        self._batches.popleft()
        return [batch.answers[row] for row in range(len(batch.items))]

    def _exchange(self, timeout: float | None) -> None:
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
                self._replace(index, f"timed out: took longer than {self._limit:.3g} s, and was ended")

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
        """Start a new worker. The task under way fails if it is one item; of several, each is tried alone."""
        worker = self._workers[index]
        worker.end()
        if not worker.is_ready:
            raise WorkerError(CANNOT_START)
        self._workers[index] = self._started()
        if not worker.tasks:
            return
        blamed, *others = worker.tasks
        self._tasks.extendleft(reversed(others))
        if len(blamed.rows) == 1:
            blamed.answer([self._work.lost(blamed.items()[0], reason)])
        else:
            self._tasks.extendleft(_Task(blamed.batch, [row]) for row in reversed(blamed.rows))


def _serve(connection: Connection, pickled: bytes) -> None:
    """Work on what arrives until the parent ends, even by SIGKILL; Ctrl-C is left to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    arrived: SimpleQueue[list[Any] | None] = SimpleQueue()
    threading.Thread(target=_receive_all, args=(connection, arrived), daemon=True).start()
    try:
        work: Work[Any, Any] = pickle.loads(pickled)
    except Exception as error:  # noqa: BLE001 - whatever a detector's module raises, it is told where it is seen
        connection.send(WorkerError(f"{CANNOT_READ} ({type(error).__name__}: {error})"))
        return
    try:
        work.prepare()
        connection.send("ready")
        while (items := arrived.get()) is not None:
            connection.send(work(items))
    except MISUSE as error:  # ends everything, by name
        connection.send(error)


def _receive_all(connection: Connection, arrived: SimpleQueue[list[Any] | None]) -> None:
    try:
        while True:
            arrived.put(connection.recv())
    except (EOFError, OSError):
        os._exit(1)  # the parent has ended
    finally:
        arrived.put(None)  # what was sent cannot be read: the process ends once it has answered what it got before
