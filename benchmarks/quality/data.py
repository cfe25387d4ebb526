"""Find, read, group and sample the labelled page sets.

The folder is ``$BOILERCUT_DATA`` or ``../shared/data`` beside the repository; its README tells
where each set comes from. Nothing here needs boilercut.
"""

import gzip
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TRAIN_SETS = (
    "wcxb", "newspaper4k-424", "fundus", "google-trends-2017", "webforum-52", "magic-html-article",
    "magic-html-forum", "chinese-wced", "static-sites", "static-sites-2",
)  # fmt: skip
"""Page sets that what ships may be trained on."""

SNIPPET_SETS = ("trafilatura",)
"""Train sets without gold text: snippets that must appear, that must not, and that belong to comments."""

VALIDATE_SETS = ("big9-sites", "dragnet", "daniel-waddle")
"""Page sets to score on, never to train what ships."""

LINE_SETS = ("turku-quality",)
"""Sets of documents whose lines are labelled; score on them, never train on them."""

REPOSITORY = Path(__file__).resolve().parents[2]
RESULTS = REPOSITORY / "benchmarks" / "results"

# Public suffixes of two labels, a kind and a country's code, such as "co.uk" in "bbc.co.uk".
_LONG_SUFFIX = re.compile(
    r"(?:ac|co|com|edu|gen|go|gob|gouv|gov|govt|in|k12|ltd|me|mil|ne|net|nhs|nom|or|org|plc|sch)\.[a-z]{2}"
)
_WRAPPED_ADDRESS = re.compile(r'<text id="(https?://[^"\s]+)')


class MissingDataError(FileNotFoundError):
    """The data folder, or a set in it, is not there; benchmarks that need it say so and skip."""


@dataclass(slots=True, kw_only=True)
class Sample:
    """One page with the main text that a person, or a parser made for its site, took from it."""

    dataset: str
    id: str
    url: str | None
    domain: str | None
    language: str | None
    type: str | None
    html: str
    gold: str
    """The main text; empty where the page has no article, or its set has snippets only."""
    with_: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    """Readers' comments, where the set holds them apart from the gold text: one text, or several snippets."""


@dataclass(slots=True, kw_only=True)
class LineSample:
    """One document of text, each line labelled: ``True`` is to be kept."""

    dataset: str
    id: str
    language: str | None
    lines: tuple[str, ...]
    labels: tuple[bool, ...]


def data_folder() -> Path:
    """Return the data folder.

    Raises:
        MissingDataError: neither ``$BOILERCUT_DATA`` nor ``../shared/data`` is a folder.
    """
    named = os.environ.get("BOILERCUT_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        raise MissingDataError(f"no data in {folder}: set BOILERCUT_DATA to the folder that has train/")
    return folder


def set_file(name: str) -> Path:
    """Return the file of the set called `name`, from ``train/`` or ``validate/``.

    Raises:
        MissingDataError: there is no such set.
    """
    folder = data_folder()
    for file in (f"train/{name}.jsonl.gz", f"validate/{name}.jsonl.gz"):
        if (folder / file).is_file():
            return folder / file
    lines = folder / "validate" / f"{name}.lines.jsonl.gz"
    if lines.is_file():
        return lines
    raise MissingDataError(f"no set {name!r} in {folder}; known: {TRAIN_SETS + SNIPPET_SETS + VALIDATE_SETS}")


def data_hash(names: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of each named set's file, so that a result says what it was measured on.

    The compressed file is hashed, as it stands on disk; 16 hexadecimal digits are kept.
    """
    return {name: hashlib.sha256(set_file(name).read_bytes()).hexdigest()[:16] for name in names}


def read_set(name: str) -> Iterator[Sample]:
    """Read the pages of the set called `name`, in the file's order, leaving out those without gold."""
    return (sample for sample in read_pages(name) if sample.gold.strip())


def read_pages(name: str) -> Iterator[Sample]:
    """Read all pages of the set called `name`, those without gold text too."""
    return (_sample(row, name) for row in _rows(set_file(name)))


def read_sets(names: Iterable[str] = TRAIN_SETS) -> Iterator[Sample]:
    """Read the pages of several sets, one after the other (see `read_set`)."""
    for name in names:
        yield from read_set(name)


def read_rows(name: str) -> Iterator[dict[str, Any]]:
    """Read the pages of a set as they are stored, with whatever the set states of them."""
    return _rows(set_file(name))


def read_line_set(name: str) -> Iterator[LineSample]:
    """Read the documents of a set whose lines are labelled."""
    for row in _rows(set_file(name)):
        labels = tuple(map(bool, row["labels"]))
        yield LineSample(
            dataset=name, id=str(row["id"]), language=row.get("lang"), lines=tuple(row["lines"]), labels=labels
        )


def registered_domain(sample: Sample) -> str:
    """Return the name that groups the pages of one site, for folds that keep sites together.

    It comes from the stored `domain`, else the address, else the address that Chinese pages of
    one set are wrapped in, else the page's id. A host is cut to its site by a simple rule
    (`site_of`), since sets store ``bbs.archlinux.org`` and ``archlinux.org`` alike.
    """
    wrapped = _WRAPPED_ADDRESS.match(sample.html)
    address = sample.url or (wrapped.group(1) if wrapped else "")
    host = sample.domain or urlsplit(address).hostname
    return site_of(host) if host else f"{sample.dataset}:{sample.id}"


def site_of(host: str) -> str:
    """Cut a host name to its site: the last two labels, or three under a suffix as ``co.uk``.

    >>> site_of("www.bbc.co.uk"), site_of("bbs.archlinux.org"), site_of("127.0.0.1")
    ('bbc.co.uk', 'archlinux.org', '127.0.0.1')
    """
    labels = host.lower().strip(".").split(".")
    if labels[-1].isdigit() or len(labels) < 3:
        return ".".join(labels)
    long_suffix = _LONG_SUFFIX.fullmatch(".".join(labels[-2:]))
    return ".".join(labels[-3 if long_suffix else -2 :])


def fold_of(sample: Sample, folds: int) -> int:
    """Return the fold, from 0 to ``folds - 1``, that the sample's whole site belongs to.

    By CRC32 of the site's name, so it stays the same whatever other pages are read.
    """
    return zlib.crc32(registered_domain(sample).encode()) % folds


def smallest_checksums(samples: Iterable[Sample], count: int) -> list[Sample]:
    """Pick `count` pages of each set, the same ones every time and on every machine; sets come one after the other.

    They are those whose ids have the smallest CRC32, so a page added to a set moves at most one page out of the sample.
    """
    sets = groupby(samples, attrgetter("dataset"))
    return [each for _, own in sets for each in nsmallest(count, own, key=lambda page: zlib.crc32(page.id.encode()))]


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _sample(row: dict[str, Any], name: str) -> Sample:
    return Sample(
        dataset=name, id=str(row["id"]), url=row.get("url"), domain=row.get("domain"), language=row.get("lang"),
        type=row.get("type"), html=row["html"], gold=row["gold"] or "", with_=tuple(row.get("with") or ()),
        without=tuple(row.get("without") or ()), comments=_texts(row.get("comments")),
    )  # fmt: skip


def _texts(value: str | Iterable[str] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())
