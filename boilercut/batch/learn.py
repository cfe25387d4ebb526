"""Learn what the sites of a crawl repeat: one pass over the inputs of a run, one profile per site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from boilercut.batch.inputs import Source
from boilercut.batch.job import Job
from boilercut.batch.journal import Counts
from boilercut.batch.progress import Progress
from boilercut.batch.readers import read_sources
from boilercut.batch.records import Done, Failed, Learned, Outcome, Record, Skipped, length_of, reason_of
from boilercut.batch.sites import write_profiles
from boilercut.batch.work import Cut, chunks_of, cut_chunks
from boilercut.cutter import Cutter
from boilercut.errors import MISUSE
from boilercut.page import site_of
from boilercut.sites import SiteProfile, merged
from boilercut.sites.many import Samples
from boilercut.sites.sampling import Sample

__all__ = ["LearnedSites", "learn_sites", "write_learned"]


MAX_SAMPLES = 4096
"""Maximum number of sites whose sample a process remembers."""


@dataclass(frozen=True)
class _Learn(Cut):
    """Learns from pages in place of cutting them."""

    samples: Samples = field(default_factory=lambda: Samples(MAX_SAMPLES))
    """What this process knows of the pages that sites' profiles keep."""

    def profile_name(self, record: Record) -> str:
        """Return the site of a record."""
        return site_of(record.url)

    def answers(self, records: Sequence[Record], profile_name: str) -> Sequence[Outcome]:
        """Return what there is to learn of each page."""
        if not profile_name:
            return [Skipped("no address, so no site")] * len(records)
        sample = self.samples.of(profile_name)
        return [_learned(record, profile_name, sample) for record in records]


def _learned(record: Record, site: str, sample: Sample) -> Outcome:
    try:
        found = sample.sketch(record.page, record.kind)
        return Learned(site, SiteProfile() if found is None else SiteProfile.of(found))
    except MISUSE:
        raise
    except Exception as error:  # noqa: BLE001 - whatever one record sets off, a run of millions goes on, and says so
        return Failed(reason_of(error), id=record.id, url=record.url)


class LearnedSites(NamedTuple):
    """The profile of each site among the records of a job, and the counts of the records."""

    profiles: dict[str, SiteProfile]
    counts: Counts


def learn_sites(job: Job, sources: Sequence[Source], progress: Progress | None = None) -> LearnedSites:
    """Learn from all records of a job."""
    counts = Counts()
    return LearnedSites(merged(_profiles_learned(job, sources, counts, progress)), counts)


def _profiles_learned(
    job: Job, sources: Sequence[Source], counts: Counts, progress: Progress | None
) -> Iterator[tuple[str, SiteProfile]]:
    """Yield what each record teaches of its site, and count the records."""
    if progress:
        progress.begin(sum(source.size for source in sources), 0, counts)
    learn = _Learn(Cutter(job.config), job.layout)
    for chunk, outcomes in cut_chunks(learn, chunks_of(read_sources(list(sources), job, (0, 0))), job.workers):
        for placed, outcome in zip(chunk, outcomes, strict=True):
            counts.bytes += length_of(placed.item)
            if isinstance(outcome, Learned):
                counts.written += 1
                yield outcome.site, outcome.profile
            elif not isinstance(outcome, Done):
                counts.add_unwritten(outcome)
        if progress:
            progress.advance(counts, chunk[-1].position)


def write_learned(file: Path, job: Job, sources: Sequence[Source], progress: Progress | None = None) -> LearnedSites:
    """Learn, and write the profiles to a file."""
    learned = learn_sites(job, sources, progress)
    write_profiles(file, learned.profiles)
    return learned
