"""Run cleaners over pages, score every page, and average the scores by any key."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from benchmarks.quality.data import LineSample, Sample
from benchmarks.quality.measures import (
    bootstrap_interval,
    character_accuracy,
    kept_lines,
    leaks,
    line_f1,
    losses,
    word_f1,
)
from benchmarks.quality.renderings import render
from benchmarks.quality.rivals import Cleaner, Rival


@dataclass(slots=True, kw_only=True)
class PageScore:
    """What one cleaner did on one page; `leaked` and `lost` are shares, `None` without snippets."""

    rival: str
    dataset: str
    id: str
    url: str | None = None
    type: str | None = None
    language: str | None = None
    precision: float
    recall: float
    f1: float
    seconds: float
    failure: str = ""
    leaked: float | None = None
    lost: float | None = None
    character_accuracy: float | None = None


@dataclass(slots=True, kw_only=True)
class Summary:
    """Means over pages of one cleaner; the interval is 95 %, by bootstrap over pages, of F1."""

    pages: int
    f1: float
    interval: tuple[float, float]
    precision: float
    recall: float
    seconds: float
    failures: int
    leaked: float | None
    lost: float | None
    character_accuracy: float | None

    def rounded(self) -> dict[str, object]:
        """Return the fields as JSON likes them, floats with four decimals."""
        return {name: _rounded(value) for name, value in asdict(self).items()}


Key = Callable[[PageScore], str]


def score_pages(
    samples: Iterable[Sample], rivals: Mapping[str, Rival], rendering: str | None = None
) -> Iterator[PageScore]:
    """Score every rival on every page, page by page; text made by `rendering` if one is named.

    The time to render is not counted.
    """
    for sample in samples:
        page = sample.html if rendering is None else render(sample, rendering)
        for name, rival in rivals.items():
            yield score_page(sample, page, name, rival.clean)


def score_page(sample: Sample, page: str, name: str, clean: Cleaner) -> PageScore:
    """Clean one page with one cleaner and compare what comes out with the page's gold text."""
    output, seconds, failure = _run(clean, page)
    precision, recall, f1 = word_f1(output, sample.gold)
    return PageScore(
        rival=name,
        dataset=sample.dataset,
        id=sample.id,
        url=sample.url,
        type=sample.type,
        language=sample.language,
        precision=precision,
        recall=recall,
        f1=f1,
        seconds=seconds,
        failure=failure,
        leaked=leaks(output, sample.without),
        lost=losses(output, sample.with_),
    )


def score_documents(documents: Iterable[LineSample], rivals: Mapping[str, Rival]) -> Iterator[PageScore]:
    """Score every text rival on documents whose lines are labelled: F1 of kept lines."""
    for document in documents:
        for name, rival in rivals.items():
            yield _score_document(document, name, rival.clean)


def summarise(scores: Iterable[PageScore], key: Key) -> dict[str, dict[str, Summary]]:
    """Average scores by ``key(score)`` and by rival, groups and rivals in order of appearance."""
    groups: dict[str, dict[str, list[PageScore]]] = defaultdict(lambda: defaultdict(list))
    for score in scores:
        groups[key(score)][score.rival].append(score)
    return {group: {rival: _summary(own) for rival, own in rivals.items()} for group, rivals in groups.items()}


def _score_document(document: LineSample, name: str, clean: Cleaner) -> PageScore:
    output, seconds, failure = _run(clean, "\n".join(document.lines))
    written = [number for number, line in enumerate(document.lines) if line.strip()]
    lines = [document.lines[number] for number in written]
    labels = [document.labels[number] for number in written]
    kept = kept_lines(lines, output)
    precision, recall, f1 = line_f1(kept, labels)
    return PageScore(
        rival=name,
        dataset=document.dataset,
        id=document.id,
        language=document.language,
        precision=precision,
        recall=recall,
        f1=f1,
        seconds=seconds,
        failure=failure,
        character_accuracy=character_accuracy(lines, kept, labels),
    )


def _run(clean: Cleaner, page: str) -> tuple[str, float, str]:
    """Clean one page; return the output, the seconds it took, and the error if there was one."""
    start = time.perf_counter()
    try:
        output, failure = clean(page), ""
    except Exception as error:  # noqa: BLE001 — a rival that raises gave nothing; it is counted
        output, failure = "", f"{type(error).__name__}: {error}"
    return output, time.perf_counter() - start, failure


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
        leaked=_mean([score.leaked for score in scores]),
        lost=_mean([score.lost for score in scores]),
        character_accuracy=_mean([score.character_accuracy for score in scores]),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _rounded(value: object) -> object:
    if isinstance(value, tuple):
        return [_rounded(item) for item in value]
    return round(value, 4) if isinstance(value, float) else value
