"""Run a job: read, cut, write, commit, until everything is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from time import monotonic
from typing import Any

from boilercut.batch.inputs import Source, find_sources, identity_of
from boilercut.batch.job import Job
from boilercut.batch.journal import Counts, Journal, State
from boilercut.batch.learn import write_learned
from boilercut.batch.names import TextFiles, part_of
from boilercut.batch.outputs import (
    JsonLines,
    Output,
    Parquet,
    Row,
    TextFolder,
    finish_output,
    is_text_folder,
    writing,
)
from boilercut.batch.progress import Progress
from boilercut.batch.readers import read_sources
from boilercut.batch.records import Done, Failed, Outcome, Placed, Record, Skipped, length_of, reason_of
from boilercut.batch.rows import NO_FIELD
from boilercut.batch.sites import read_profiles
from boilercut.batch.work import Chunk, Cut, chunks_of, cut_chunks
from boilercut.blocks.characters import storable
from boilercut.cutter import Cutter
from boilercut.errors import InputError
from boilercut.fields import COLUMN_FIELDS, extras_of, values_of
from boilercut.fingerprint import fingerprint
from boilercut.sites import SiteProfile

__all__ = ["Progress", "run"]

COMMIT_SECONDS = 1.0
"""Seconds between two commits; a killed run repeats no more than this. One commit took 2 to 20 ms."""


def run(job: Job, progress: Progress | None = None) -> Counts:
    """Run a job to its end, and return the counts of its records by outcome.

    Raises `InputError` if an input is missing, an output exists, another run writes it, or it cannot be written;
    unless the message says otherwise, the run can be continued.

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
    sources = find_sources(job.inputs, job.files)
    journal = Journal(job.journal_file)
    try:
        if job.resume and journal.is_empty and job.output.exists():
            return Counts()  # the run ended well
        _check_outputs(job)
        state = journal.begin(_description(job, sources), resume=job.resume)
        if not state.complete:
            _run_rest(job, sources, journal, state, progress)
        _finish(job, state.counts)
        journal.finish()
    finally:
        journal.close()
    return state.counts


class _PageFieldError(InputError):
    """No record has the field that the pages should be in."""


def _run_rest(job: Job, sources: list[Source], journal: Journal, state: State, progress: Progress | None) -> None:
    """Work on what is left; where no record has a page, leave nothing behind that the next command would trip over."""
    try:
        _Run(job, sources, journal, state, _profiles(job, sources, progress)).to_the_end(progress)
    except _PageFieldError:
        for part in (part_of(job.output), part_of(job.errors_file)):
            rmtree(part) if part.is_dir() else part.unlink(missing_ok=True)
        journal.finish()
        raise


def _check_page_field(job: Job, outcomes: Sequence[Outcome]) -> None:
    """Raise an error where all of the first records lack the field with the page: then all others do."""
    lacking = [each for each in outcomes if isinstance(each, Failed) and each.reason.startswith(NO_FIELD)]
    if lacking and len(lacking) == len(outcomes):
        raise _PageFieldError(f"{lacking[0].reason}; choose one with --page-field (page_field={job.page_field!r})")


def _profiles(job: Job, sources: Sequence[Source], progress: Progress | None) -> dict[str, SiteProfile]:
    """Return the profiles of sites that a job asks for, learned first where it says so."""
    if job.sites_file is None:
        return {}
    if job.learn_sites and not (job.resume and job.sites_file.exists()):
        write_learned(job.sites_file, job, sources, progress)
    return read_profiles(job.sites_file)


def _finish(job: Job, counts: Counts) -> None:
    """Give both files their names; where nothing failed, there is no file of failures."""
    if counts.failed:
        finish_output(job.errors_file, "jsonl")
    else:
        with writing(job.errors_file):
            part_of(job.errors_file).unlink(missing_ok=True)
            job.errors_file.unlink(missing_ok=True)
    finish_output(job.output, job.output_format)


def _check_outputs(job: Job) -> None:
    if job.resume:
        return
    if job.overwrite and part_of(job.output).is_dir():
        with writing(job.output):
            rmtree(part_of(job.output))
    if part_of(job.output).exists() and not job.overwrite:
        raise InputError(
            f"{part_of(job.output)} is left from a run that did not end: continue it with --resume, or start over "
            "with --overwrite"
        )
    is_folder = job.output.is_dir()
    if any(job.output.iterdir()) if is_folder else job.output.exists():
        if not job.overwrite:
            raise InputError(f"{job.output} is there already: use another name, or --overwrite")
        if is_folder and not is_text_folder(job.output):
            raise InputError(f"{job.output} is a folder that no run has written, and not replaced: use another name")


def _description(job: Job, sources: Sequence[Source]) -> dict[str, Any]:
    """Describe a run by what its output depends on, so that no other run is continued in its place."""
    names = ("kind", "input_format", "output_format", "page_field", "id_field", "url_field", "fields", "max_bytes")
    return {
        "inputs": sha256(json.dumps([identity_of(source) for source in sources]).encode()).hexdigest(),
        **json.loads(json.dumps({name: getattr(job, name) for name in names})),
        "sites": "learned" if job.learn_sites else job.sites and _hash_of(job.sites),
        "options, models or version": fingerprint(job.config),
    }


def _hash_of(file: Path) -> str:
    try:
        return sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"{file}: cannot be read as profiles of sites ({error})") from error


class _Run:
    """A run under way: its files, and the point that it has reached."""

    def __init__(
        self, job: Job, sources: list[Source], journal: Journal, state: State, profiles: Mapping[str, SiteProfile]
    ) -> None:
        self._job, self._sources, self._journal, self._state = job, sources, journal, state
        self._cut = Cut(Cutter(job.config), job.layout, profiles, tuple(extras_of(job.fields)))
        self._text_files = TextFiles(source.name for source in sources)
        self._output = _output_of(job, state.output)
        self._errors = _errors_of(job, state.errors, self._output)

    def to_the_end(self, progress: Progress | None) -> None:
        """Work on what is left."""
        try:
            committed = monotonic()
            for chunk, outcomes in self._cut_rest(progress):
                if not self._state.counts.read:
                    _check_page_field(self._job, outcomes)
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
        for chunk, outcomes in cut_chunks(self._cut, chunks, job.workers):
            yield chunk, outcomes
            if progress:
                progress.advance(state.counts, chunk[-1].position)

    def _store(self, chunk: Chunk, outcomes: Sequence[Outcome]) -> None:
        """Write a chunk, and count it."""
        rows, failures, counts = [], [], self._state.counts
        for placed, outcome in zip(chunk, outcomes, strict=True):
            counts.bytes += length_of(placed.item)
            stored = self._packed(placed, outcome) if isinstance(outcome, Done) else outcome
            if isinstance(stored, Failed):
                failures.append(self._errors.pack(self._failure(placed, stored)))
            if isinstance(stored, (Failed, Skipped)):
                counts.add_unwritten(stored)
            else:
                rows.append(stored)
        self._output.write(rows)
        self._errors.write(failures)
        counts.written += len(rows)
        self._state.source, self._state.number = chunk[-1].source, chunk[-1].number + 1

    def _packed(self, placed: Placed, done: Done) -> Any:
        """Return a page as the output stores it, or its failure."""
        try:
            return self._output.pack(self._row(placed, done))
        except Exception as error:  # noqa: BLE001 - whatever one record sets off, a run of millions goes on, and says so
            return Failed(f"cannot be stored: {reason_of(error)}", id=done.id, url=done.url)

    def _row(self, placed: Placed, done: Done) -> Row:
        source = self._sources[placed.source].name
        row = {
            "id": storable(done.id),
            "url": storable(done.url),
            "input": storable(source),
            "record": placed.number,
            **dict(zip(COLUMN_FIELDS, values_of(done.article, list(COLUMN_FIELDS)), strict=True)),
            "seconds": round(done.seconds, 6),
        }
        if self._job.output_format == "text":
            whole = isinstance(placed.item, Record) and placed.item.whole
            file = self._text_files.name_of(source, None if whole else placed.number)
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


def _errors_of(job: Job, length: int, output: Output) -> JsonLines:
    """Open the file of failures; if that fails, the output is closed again, so that it is not locked."""
    try:
        return JsonLines(job.errors_file, length)
    except InputError:
        output.close()
        raise


def _output_of(job: Job, length: int) -> Output:
    if job.output_format == "parquet":
        return Parquet(job.output, length, job.fields)
    return JsonLines(job.output, length) if job.output_format == "jsonl" else TextFolder(job.output, length)
