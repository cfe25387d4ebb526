"""Choose the pages to label, and their order: those labelled before, then the ones that the model is least sure of."""

from __future__ import annotations

import heapq
from collections.abc import Container, Iterator
from hashlib import sha256
from itertools import islice
from typing import Literal, NamedTuple

from boilercut.batch.inputs import find_sources
from boilercut.batch.job import Job
from boilercut.batch.readers import read_sources
from boilercut.batch.records import Line, Record
from boilercut.batch.work import text_record
from boilercut.cutter import Cutter
from boilercut.page import PageKind

__all__ = ["Order", "Queue", "Task", "key_of", "queue_of"]

Order = Literal["unsure", "given"]
"""Least confident pages first, or as the inputs have them."""


class Task(NamedTuple):
    """A page to label."""

    confidence: float
    position: int
    """Index among all records of the inputs."""
    name: str
    url: str
    kind: PageKind
    page: str
    key: str
    """What labels know the page by: its hash, see `key_of`."""


class Queue(NamedTuple):
    """The pages to go through, those labelled before first."""

    tasks: list[Task]
    unread: int
    """How many records could not be read as pages, or hold no text."""


def key_of(kind: PageKind, page: str) -> str:
    """Return the hash that a page is recognised by."""
    return sha256(f"{kind}\n{page}".encode(errors="surrogatepass")).hexdigest()


def queue_of(job: Job, cutter: Cutter, labelled: Container[str], limit: int, order: Order) -> Queue:
    """Read all pages of a job; keep those with labels, and at most `limit` others."""
    before: list[Task] = []
    unread = [0]
    others = _unlabelled(_tasks(job, cutter, unread), labelled, before)
    chosen = heapq.nsmallest(limit, others) if order == "unsure" else list(islice(others, limit))
    return Queue(before + chosen, unread[0])


def _unlabelled(tasks: Iterator[Task], labelled: Container[str], before: list[Task]) -> Iterator[Task]:
    """Yield each page once that has no labels; put the others into `before`."""
    seen: set[str] = set()
    for task in tasks:
        if task.key in seen:
            continue
        seen.add(task.key)
        if task.key in labelled:
            before.append(task)
        else:
            yield task


def _tasks(job: Job, cutter: Cutter, unread: list[int]) -> Iterator[Task]:
    sources = find_sources(job.inputs, job.files)
    for position, placed in enumerate(read_sources(sources, job)):
        record = text_record(placed.item, job.layout) if isinstance(placed.item, (Record, Line)) else None
        result = cutter.extract(record.page, kind=record.kind) if isinstance(record, Record) else None
        if not isinstance(record, Record) or result is None or not result.verdicts:
            unread[0] += 1
            continue
        name = record.id or record.url or f"{sources[placed.source].name}, record {placed.number + 1}"
        page = str(record.page)
        yield Task(result.confidence, position, name, record.url, result.kind, page, key_of(result.kind, page))
