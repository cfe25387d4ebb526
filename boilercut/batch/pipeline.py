"""Run a job: read, cut, write, commit, until everything is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from shutil import rmtree
from time import monotonic
from typing import Any, Protocol

from boilercut.batch.inputs import Source, find_sources
from boilercut.batch.job import Job
from boilercut.batch.journal import Counts, Journal, State
from boilercut.batch.outputs import (
    JsonLines,
    Output,
    Parquet,
    Row,
    TextFolder,
    check_text_files,
    finish_output,
    part_of,
    text_file_of,
)
from boilercut.batch.readers import read_sources
from boilercut.batch.records import Done, Failed, Outcome, Placed, length_of
from boilercut.batch.work import Chunk, Cut, chunks_of, cut_chunks
from boilercut.cutter import Cutter
from boilercut.fields import ARTICLE_FIELDS, storable, values_of
from boilercut.fingerprint import fingerprint
from boilercut.vocabulary import InputError

__all__ = ["Progress", "run"]

COMMIT_SECONDS = 1.0
"""So often what is written is made safe; a killed run repeats no more than this. One commit took 2 to 20 ms."""


class Progress(Protocol):
    """Who is told how a run goes."""

    def begin(self, total: int, done: int, counts: Counts) -> None:
        """Hear that a run begins or goes on: the bytes of its inputs, and what was done of them before."""

    def advance(self, counts: Counts, position: int) -> None:
        """Hear how far it is."""


def run(job: Job, progress: Progress | None = None) -> Counts:
    """Run a job to its end, and return what became of its records.

    Raises `InputError` where an input is not there, or an output is already.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     page = Path(folder, "page.html")
    ...     _ = page.write_text("<p>The river rose by two metres on Monday night.</p>")
    ...     counts = run(Job(inputs=(str(page),), output=Path(folder, "out.jsonl"), fields=("text", "kept")))
    ...     print(counts.written, Path(folder, "out.jsonl").read_text())
    1 {"text":"The river rose by two metres on Monday night.","kept":1}
    <BLANKLINE>
    """
    sources = find_sources(job.inputs)
    _check_outputs(job, sources)
    journal = Journal(job.output.with_name(job.output.name + ".journal"))
    if job.resume and job.output.exists() and not journal.path.exists():
        return Counts()  # the run ended well
    try:
        state = journal.begin(_description(job, sources), resume=job.resume)
        if not state.complete:
            _Run(job, sources, journal, state).to_the_end(progress)
        _finish(job, state.counts)
        journal.finish()
    finally:
        journal.close()
    return state.counts


def _finish(job: Job, counts: Counts) -> None:
    """Give both files their names; where nothing failed, there is no file of failures."""
    if counts.failed:
        finish_output(job.errors_file, "jsonl")
    else:
        part_of(job.errors_file).unlink(missing_ok=True)
        job.errors_file.unlink(missing_ok=True)
    finish_output(job.output, job.output_format)


def _check_outputs(job: Job, sources: Sequence[Source]) -> None:
    if job.output_format == "text":
        check_text_files(source.name for source in sources)
    if job.resume:
        return
    if job.overwrite and part_of(job.output).is_dir():
        rmtree(part_of(job.output))
    if part_of(job.output).exists() and not job.overwrite:
        raise InputError(
            f"{part_of(job.output)} is left from a run that did not end: continue it with --resume, or start over "
            "with --overwrite"
        )
    if job.output.is_dir() if job.output_format == "text" else job.output.exists() and not job.overwrite:
        raise InputError(f"{job.output} is there already: use another name, or --overwrite for a file")


def _description(job: Job, sources: Sequence[Source]) -> dict[str, Any]:
    """Describe a run by what its output depends on, so that no other run is continued in its place."""
    names = ("kind", "input_format", "output_format", "page_field", "id_field", "url_field", "fields", "max_bytes")
    return {
        "inputs": sha256(json.dumps(sources).encode()).hexdigest(),
        **json.loads(json.dumps({name: getattr(job, name) for name in names})),
        "options, models or version": fingerprint(job.config),
    }


class _Run:
    """A run under way: its files, and how far it is."""

    def __init__(self, job: Job, sources: list[Source], journal: Journal, state: State) -> None:
        self._job, self._sources, self._journal, self._state = job, sources, journal, state
        self._output = _output_of(job, state.output)
        self._errors = JsonLines(job.errors_file, state.errors)

    def to_the_end(self, progress: Progress | None) -> None:
        """Work on what is left."""
        try:
            committed = monotonic()
            for chunk, outcomes in self._cut_rest(progress):
                self._store(chunk, outcomes)
                if monotonic() - committed >= COMMIT_SECONDS:
                    self._commit()
                    committed = monotonic()
            self._state.complete = True
            self._commit()
        finally:
            self._output.close()
            self._errors.close()

    def _cut_rest(self, progress: Progress | None) -> Iterator[tuple[Chunk, list[Outcome]]]:
        job, state = self._job, self._state
        if progress:
            done = sum(source.size for source in self._sources[: state.source])
            progress.begin(sum(source.size for source in self._sources), done, state.counts)
        chunks = chunks_of(read_sources(self._sources, job, (state.source, state.number)))
        for chunk, outcomes in cut_chunks(Cut(Cutter(job.config), job.layout), chunks, job.workers):
            yield chunk, outcomes
            if progress:
                progress.advance(state.counts, chunk[-1].position)

    def _store(self, chunk: Chunk, outcomes: Sequence[Outcome]) -> None:
        """Write a chunk, and count it."""
        rows, failures, counts = [], [], self._state.counts
        for placed, outcome in zip(chunk, outcomes, strict=True):
            counts.bytes += length_of(placed.item)
            if isinstance(outcome, Done):
                rows.append(self._row(placed, outcome))
            elif isinstance(outcome, Failed):
                failures.append(self._failure(placed, outcome))
                counts.failed[_class_of(outcome.reason)] += 1
            else:
                counts.skipped[outcome.reason] += 1
        self._output.write(rows)
        self._errors.write(failures)
        counts.written += len(rows)
        self._state.source, self._state.number = chunk[-1].source, chunk[-1].number + 1

    def _row(self, placed: Placed, done: Done) -> Row:
        source = self._sources[placed.source].name
        row = {
            "id": storable(done.id),
            "url": storable(done.url),
            "input": storable(source),
            "record": placed.number,
            **dict(zip(ARTICLE_FIELDS, values_of(done.article, list(ARTICLE_FIELDS)), strict=True)),
            "seconds": round(done.seconds, 6),
        }
        if self._job.output_format == "text":
            file = text_file_of(source, None if done.id == source else placed.number)
            return {"file": file, **_chosen(row, (*self._job.fields, "text"))}
        return _chosen(row, self._job.fields)

    def _failure(self, placed: Placed, failed: Failed) -> Row:
        source = self._sources[placed.source].name
        row = {"input": source, "record": placed.number, "id": failed.id, "url": failed.url, "reason": failed.reason}
        return {key: storable(value) if isinstance(value, str) else value for key, value in row.items()}

    def _commit(self) -> None:
        self._state.output = self._output.sync()
        self._state.errors = self._errors.sync()
        self._journal.commit(self._state)


def _chosen(row: Row, fields: Sequence[str]) -> Row:
    return {name: row[name] for name in fields}


def _class_of(reason: str) -> str:
    """Return the part of a reason that many failures share."""
    return reason.partition(":")[0]


def _output_of(job: Job, length: int) -> Output:
    if job.output_format == "parquet":
        return Parquet(job.output, length, job.fields)
    return JsonLines(job.output, length) if job.output_format == "jsonl" else TextFolder(job.output, length)
