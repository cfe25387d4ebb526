"""Score ours by language, beside trafilatura and the best run of lines, from HTML and from a crawl's text dump.

``python -m benchmarks.quality languages`` gives pages of train sets to the models in ``benchmarks/.cache/models`` that
were fitted to the other half of the sites (``python -m benchmarks.training cross-validate --input html --folds 2``, and
``… second-look`` for text), other pages to those that ship. A site counts once: two of its pages are scored at most,
and sixty sites of a language.
"""

import argparse
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from heapq import nsmallest
from typing import Any

import numpy as np

import boilercut
from benchmarks.quality.averages import grouped
from benchmarks.quality.data import TRAIN_SETS, VALIDATE_SETS, Sample, fold_of, read_sets, registered_domain
from benchmarks.quality.held_out import MissingHeldOutError, fold_model
from benchmarks.quality.renderings import crawl_dump
from benchmarks.quality.rivals import RIVALS
from boilercut.page import PageKind
from boilercut.training.measures import bootstrap_interval, word_f1

SETS = TRAIN_SETS + VALIDATE_SETS
FOLDS = 2
MIN_SITES, MAX_SITES, MAX_PAGES = 5, 60, 2
"""Languages with pages of fewer sites are left out; sites of a language, and pages of a site, that are scored."""
OTHERS: Mapping[PageKind, str] = {"html": "trafilatura", "text": "best-run"}
"""The rival beside ours."""


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Score ours by language with models that never saw the page's site, beside other tools."""
    picked = chosen(read_sets(options.sets))
    scores: dict[str, dict[str, list[dict[str, float]]]] = defaultdict(lambda: defaultdict(list))
    for sample in read_sets(options.sets):
        if (sample.dataset, sample.id) in picked:
            scores[language_of(sample)][registered_domain(sample)].append(scored(sample))
    tables = {name: _averaged(list(sites.values())) for name, sites in scores.items()}
    return {"languages": dict(sorted(tables.items(), key=lambda pair: -pair[1]["sites"]))}


def chosen(samples: Iterable[Sample]) -> set[tuple[str, str]]:
    """Pick sites of each language, and pages of each site: those with the smallest checksums."""
    sites: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for sample in samples:
        if language_of(sample):
            sites[language_of(sample)][registered_domain(sample)].append((sample.dataset, sample.id))
    own = (each for each in sites.values() if len(each) >= MIN_SITES)
    picked = (each[name] for each in own for name in nsmallest(MAX_SITES, each, key=_checksum))
    return {page for pages in picked for page in nsmallest(MAX_PAGES, pages, key=lambda page: _checksum(page[1]))}


def language_of(sample: Sample) -> str:
    """Return the code of a page's language, without a region; empty where its set does not know it."""
    return (sample.language or "")[:2]


def _checksum(name: str) -> int:
    return zlib.crc32(name.encode())


def scored(sample: Sample) -> dict[str, float]:
    """Return the word-F1 of ours and of the rival on a page, from HTML and from its text."""
    pages: dict[PageKind, str] = {"html": sample.html, "text": crawl_dump(sample.html)}
    found: dict[str, float] = {}
    for kind, page in pages.items():
        found[kind] = word_f1(_cutter(kind, sample).clean(page, kind=kind), sample.gold).f1
        found[f"{kind}, {OTHERS[kind]}"] = word_f1(RIVALS[kind][OTHERS[kind]].clean(page), sample.gold).f1
    return found


def _cutter(kind: PageKind, sample: Sample) -> boilercut.Cutter:
    return _cutter_of(kind, fold_of(sample, FOLDS) if sample.dataset in TRAIN_SETS else None)


@cache
def _cutter_of(kind: PageKind, fold: int | None) -> boilercut.Cutter:
    if fold is None:
        return boilercut.Cutter()
    folder = fold_model(FOLDS, fold)
    if not (folder / f"{kind}.json").is_file():
        raise MissingHeldOutError(f"no {kind}.json in {folder}: {__doc__}")
    return boilercut.Cutter(model=str(folder))


def _averaged(sites: Sequence[Sequence[Mapping[str, float]]]) -> dict[str, Any]:
    """Average the scores of each site's pages, and those of the sites, with an interval over sites."""
    means = [{name: float(np.mean([page[name] for page in pages])) for name in pages[0]} for pages in sites]
    columns = grouped((name, value) for own in means for name, value in own.items())
    return {
        "sites": len(sites),
        "pages": sum(map(len, sites)),
        **{name: float(np.mean(values)) for name, values in columns.items()},
        **{f"{name}, interval": bootstrap_interval(values) for name, values in columns.items() if name in OTHERS},
    }
