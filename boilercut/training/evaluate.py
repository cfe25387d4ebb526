"""Score cleaners on labelled pages: the measures of boilercut's own benchmarks, on a user's pages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from boilercut.training.label_files import LabelledPage
from boilercut.training.measures import (
    bootstrap_interval,
    character_accuracy,
    kept_lines,
    line_f1,
    losses,
    word_f1,
)

__all__ = ["Cleaner", "Score", "Summary", "score_pages", "summarise", "table"]

Cleaner = Callable[[LabelledPage], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one cleaner did on one page; None where the page's labels cannot tell."""

    cleaner: str
    group: str
    f1: float
    precision: float
    recall: float
    lost: float | None
    leaked: float | None
    line_f1: float | None
    characters: float | None
    seconds: float
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Means over the pages of one group; `interval` is that of the mean F1, 95 % by bootstrap."""

    cleaner: str
    group: str
    pages: int
    interval: tuple[float, float]
    means: Mapping[str, float | None]
    failed: int


MEASURES = {
    "f1": "F1", "precision": "precision", "recall": "recall", "lost": "lost", "leaked": "leaked",
    "line_f1": "line F1", "characters": "characters", "seconds": "ms a page",
}  # fmt: skip
"""What is averaged, and the title of its column."""


def score_pages(pages: Iterable[LabelledPage], cleaners: Mapping[str, Cleaner]) -> Iterator[Score]:
    """Clean every page with every cleaner and compare with its labels; one that raises gave an empty text."""
    for page in pages:
        for name, cleaner in cleaners.items():
            yield _score(page, name, cleaner)


def summarise(scores: Sequence[Score], *, by_group: bool = False) -> list[Summary]:
    """Average over all pages and then, if asked for, over each group of pages, if there are several."""
    groups = list(dict.fromkeys(score.group for score in scores)) if by_group else []
    named = [("all", scores)]
    if len(groups) > 1:
        named += [(group, [score for score in scores if score.group == group]) for group in groups]
    return [
        _summary(group, name, [score for score in own if score.cleaner == name])
        for group, own in named
        for name in dict.fromkeys(score.cleaner for score in own)
    ]


def table(summaries: Sequence[Summary]) -> list[str]:
    """Return the lines of a table for a terminal; a measure that no page's labels allow has no column."""
    shown = [name for name in MEASURES if any(each.means[name] is not None for each in summaries)]
    rows = [["pages of", "cleaner", "pages", "F1, 95 %", *(MEASURES[name] for name in shown), "failed"]]
    for each in summaries:
        low, high = each.interval
        interval = f"{low:.3f}–{high:.3f}" if each.pages > 1 else "–"
        values = [_shown(name, each.means[name]) for name in shown]
        rows.append([each.group, each.cleaner, str(each.pages), interval, *values, str(each.failed)])
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return ["  ".join(map(_aligned, row, widths, range(len(row)))).rstrip() for row in rows]


def _score(page: LabelledPage, name: str, cleaner: Cleaner) -> Score:
    start = time.perf_counter()
    try:
        output, failed = cleaner(page), False
    except Exception:  # noqa: BLE001 - another tool may raise anything; it gave nothing, and that is counted
        output, failed = "", True
    seconds = time.perf_counter() - start
    words = word_f1(output, page.main_text)
    by_line, characters = _line_scores(page, output)
    missing = losses(output, page.without)
    return Score(
        cleaner=name,
        group=page.type or page.group,
        f1=words.f1,
        precision=words.precision,
        recall=words.recall,
        lost=losses(output, page.with_),
        leaked=None if missing is None else 1 - missing,
        line_f1=by_line,
        characters=characters,
        seconds=seconds,
        failed=failed,
    )


def _line_scores(page: LabelledPage, output: str) -> tuple[float | None, float | None]:
    """Return F1 of kept lines and accuracy by characters, for text whose lines are labelled."""
    if page.kind != "text" or page.blocks is None:
        return None, None
    lines, labels = [text for _, text in page.blocks], [keep for keep, _ in page.blocks]
    kept = kept_lines(lines, output)
    return line_f1(kept, labels).f1, character_accuracy(lines, kept, labels)


def _summary(group: str, cleaner: str, scores: Sequence[Score]) -> Summary:
    return Summary(
        cleaner=cleaner,
        group=group,
        pages=len(scores),
        interval=bootstrap_interval([score.f1 for score in scores]),
        means={name: _mean([getattr(score, name) for score in scores]) for name in MEASURES},
        failed=sum(score.failed for score in scores),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{1000 * value:.1f}" if name == "seconds" else f"{value:.3f}"


def _aligned(cell: str, width: int, place: int) -> str:
    return cell.ljust(width) if place < 2 else cell.rjust(width)
