"""Run cleaners over pages, score every page, and average the scores by set, type and language."""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.quality.data import TRAIN_SETS, Sample, read_sets, smallest_checksums
from benchmarks.quality.held_out import HeldOutPage, held_out_file, read_held_out
from benchmarks.quality.leftovers import leaked_kinds, snippet_kinds
from benchmarks.quality.losses import Part, gold_parts, lost_parts
from benchmarks.quality.renderings import render
from benchmarks.quality.rivals import RIVALS, Cleaner, Rival, split_by_presence, versions
from boilercut.training.measures import bootstrap_interval, losses, word_f1

SETS = TRAIN_SETS
RIVAL_SETS = TRAIN_SETS[:8]
"""Sets that rivals were run on for the tables of docs."""
MAIN_FORMS = {"html": "html", "text": "crawl_dump"}
"""The form of each kind of input that figures are quoted for."""

Counts = Mapping[str, tuple[int, int]]
"""By kind: how many of how many."""


@dataclass(slots=True, kw_only=True)
class PageScore:
    """What one cleaner did on one page."""

    rival: str
    dataset: str
    type: str | None = None
    language: str | None = None
    precision: float
    recall: float
    f1: float
    seconds: float
    failure: str = ""
    leaked: Counts = field(default_factory=dict)
    """By kind of leftover: how many snippets were left in, of how many."""
    lost: Counts = field(default_factory=dict)
    """By kind of part of the article: how many are missing, of how many."""
    snippets_lost: float | None = None
    """Share of the snippets that must appear but do not; `None` without snippets."""


@dataclass(slots=True, kw_only=True)
class Summary:
    """Means over pages of one cleaner; the interval is 95 %, by bootstrap over pages, of F1.

    `leaked` and `lost` are counts, added up over pages, with a total under ``"all"``; a share of a small count means
    little.
    """

    pages: int
    f1: float
    interval: tuple[float, float]
    precision: float
    recall: float
    seconds: float
    failures: int
    leaked: Counts
    lost: Counts
    snippets_lost: float | None


Key = Callable[[PageScore], str]
Tables = dict[str, dict[str, Summary]]
GROUPS: Mapping[str, Key] = {
    "sets": lambda score: score.dataset,
    "types": lambda score: f"{score.dataset}: {score.type or 'no type'}",
    "languages": lambda score: score.language or "not known",
    "whole": lambda score: "all",
}


def rivals(options: argparse.Namespace) -> dict[str, Any]:
    """Score rivals and ours on pages from HTML or from text."""
    present, skipped = split_by_presence(RIVALS[options.input], options.rivals)
    rendering = options.rendering if options.input == "text" else None
    samples = read_sets(options.sets)
    chosen = smallest_checksums(samples, options.sample) if options.sample else samples
    scores = list(score_pages(chosen, present, rendering))
    head = {"input": options.input, "rendering": rendering, "skipped": skipped, "packages": versions(present.values())}
    return head | result_of(scores)


def held_out(options: argparse.Namespace) -> dict[str, Any]:
    """Score what cross-validation kept, in every mode."""
    kept = (page for page in read_held_out(held_out_file(options.input)) if page.form == MAIN_FORMS[options.input])
    pages = {(page.dataset, page.id): page for page in kept if page.dataset in options.sets}
    return result_of(list(score_held_out(read_sets(dict.fromkeys(dataset for dataset, _ in pages)), pages)))


def result_of(scores: Sequence[PageScore]) -> dict[str, Any]:
    """Average the scores in every way of grouping them, and over sets."""
    averages = {title: summarise(scores, key) for title, key in GROUPS.items()}
    failures = sorted({f"{score.rival}: {score.failure}" for score in scores if score.failure})
    means = {"mean_f1_over_sets": mean_over_sets(averages["sets"].values())}
    return {"failures": failures, **means, **_rounded(averages)}


def mean_over_sets(tables: Iterable[Mapping[str, Summary]]) -> dict[str, float]:
    """Return each rival's mean F1 over the sets, each set counting once, whatever its size."""
    scores: dict[str, list[float]] = defaultdict(list)
    for rival, own in (item for table in tables for item in table.items()):
        scores[rival].append(own.f1)
    return {rival: round(sum(own) / len(own), 4) for rival, own in scores.items()}


class Answers:
    """What a page's outputs are held against: gold text, leftovers by kind, parts of the article; found once."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.leftovers: Sequence[tuple[str, str]] = snippet_kinds(sample) if sample.without else ()
        self.parts: Sequence[Part] = gold_parts(sample)

    def score(self, output: str, rival: str, seconds: float = 0.0, failure: str = "") -> PageScore:
        """Compare what `rival` made of the page."""
        sample = self.sample
        precision, recall, f1 = word_f1(output, sample.gold)
        return PageScore(
            rival=rival, dataset=sample.dataset, type=sample.type, language=sample.language,
            precision=precision, recall=recall, f1=f1, seconds=seconds, failure=failure,
            leaked=leaked_kinds(output, self.leftovers),
            lost=lost_parts(output, self.parts),
            snippets_lost=losses(output, sample.with_),
        )  # fmt: skip


def score_pages(
    samples: Iterable[Sample], rivals: Mapping[str, Rival], rendering: str | None = None
) -> Iterator[PageScore]:
    """Score every rival on every page, page by page; text made by `rendering` if one is named.

    The time to render is not counted.
    """
    for sample in samples:
        page = sample.html if rendering is None else render(sample, rendering)
        answers = Answers(sample)
        for name, rival in rivals.items():
            yield answers.score(*_run(name, rival.clean, page))


def score_held_out(samples: Iterable[Sample], decided: Mapping[tuple[str, str], HeldOutPage]) -> Iterator[PageScore]:
    """Score what models kept that never saw the page's site, each mode under its own name.

    `decided` holds the pages by set and id; samples that it does not hold are left out.
    """
    for sample in samples:
        page = decided.get((sample.dataset, sample.id))
        if page is not None:
            answers = Answers(sample)
            yield from (answers.score(page.text(mode), mode) for mode in page.keep)


def summarise(scores: Iterable[PageScore], key: Key) -> Tables:
    """Average scores by ``key(score)`` and by rival, groups and rivals in order of appearance."""
    groups: dict[str, dict[str, list[PageScore]]] = defaultdict(lambda: defaultdict(list))
    for score in scores:
        groups[key(score)][score.rival].append(score)
    return {group: {rival: _summary(own) for rival, own in rivals.items()} for group, rivals in groups.items()}


def share_of(counts: Counts, kind: str) -> float | None:
    """Return the share of one kind; `None` if there is nothing to count.

    >>> share_of({"share": (1, 4)}, "share"), share_of({}, "all")
    (0.25, None)
    """
    some, every = counts.get(kind, (0, 0))
    return some / every if every else None


def _run(name: str, clean: Cleaner, page: str) -> tuple[str, str, float, str]:
    """Clean one page; return the output, who made it, the seconds it took, and the error if there was one."""
    start = time.perf_counter()
    try:
        output, failure = clean(page), ""
    except Exception as error:  # noqa: BLE001 — a rival that raises gave nothing; it is counted
        output, failure = "", f"{type(error).__name__}: {error}"
    return output, name, time.perf_counter() - start, failure


def _summary(scores: list[PageScore]) -> Summary:
    f1s = [score.f1 for score in scores]
    return Summary(
        pages=len(scores),
        f1=_mean(f1s) or 0.0,
        interval=bootstrap_interval(f1s),
        precision=_mean([score.precision for score in scores]) or 0.0,
        recall=_mean([score.recall for score in scores]) or 0.0,
        seconds=sum(score.seconds for score in scores),
        failures=sum(bool(score.failure) for score in scores),
        leaked=added_up(score.leaked for score in scores),
        lost=added_up(score.lost for score in scores),
        snippets_lost=_mean([score.snippets_lost for score in scores]),
    )


def added_up(counts: Iterable[Counts]) -> Counts:
    """Add up counts by kind, with a total under ``"all"``; nothing to count gives no entries.

    >>> added_up([{"share": (1, 2)}, {"share": (0, 1), "legal": (1, 1)}])
    {'legal': (1, 1), 'share': (1, 3), 'all': (2, 4)}
    """
    sums: dict[str, tuple[int, int]] = {}
    for kind, (some, every) in (item for own in counts for item in own.items()):
        for name in (kind, "all"):
            before = sums.get(name, (0, 0))
            sums[name] = (before[0] + some, before[1] + every)
    return {kind: sums[kind] for kind in sorted(sums, key=lambda kind: (kind == "all", kind))}


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _rounded(value: Any) -> Any:
    """Return tables as plain data, with numbers of four decimals."""
    if isinstance(value, Summary):
        return _rounded(asdict(value))
    if isinstance(value, dict):
        return {key: _rounded(own) for key, own in value.items()}
    if isinstance(value, tuple):
        return [_rounded(own) for own in value]
    return round(value, 4) if isinstance(value, float) else value
