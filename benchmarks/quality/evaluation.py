"""Run cleaners over pages, score every page, and average the scores by set, type and language."""

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.quality.averages import averaged, grouped
from benchmarks.quality.data import TRAIN_SETS, Sample, read_sets, smallest_checksums
from benchmarks.quality.held_out import HeldOutPage, held_out_file, read_held_out
from benchmarks.quality.leftovers import leaked_kinds, snippet_kinds
from benchmarks.quality.losses import Part, gold_parts, lost_parts
from benchmarks.quality.renderings import render
from benchmarks.quality.rivals import RIVALS, Cleaner, Rival, split_by_presence, versions
from boilercut.training.measures import losses, word_f1

SETS = TRAIN_SETS
RIVAL_SETS = TRAIN_SETS[:8]
"""Sets that rivals were run on for the tables of docs."""
MAIN_FORMS = {"html": "html", "text": "crawl_dump"}
"""The form of each kind of input that figures are quoted for."""


@dataclass(slots=True, kw_only=True)
class PageScore:
    """What one cleaner did on one page."""

    rival: str
    dataset: str
    type: str | None = None
    language: str | None = None
    figures: Mapping[str, Any]
    """Word-F1; counts by kind of the leftovers that are left in, and of the parts of the article that are missing; the
    share of the snippets that must appear but do not, `None` without snippets."""
    failure: str = ""


Key = Callable[[PageScore], str]
Tables = dict[str, dict[str, dict[str, Any]]]
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
    return {"failures": failures, **means, **averages}


def mean_over_sets(tables: Iterable[Mapping[str, Mapping[str, Any]]]) -> dict[str, float]:
    """Return each rival's mean F1 over the sets, each set counting once, whatever its size."""
    scores = grouped((rival, own["f1"]) for table in tables for rival, own in table.items())
    return {rival: round(sum(own) / len(own), 4) for rival, own in scores.items()}


class Answers:
    """What a page's outputs are held against: gold text, leftovers by kind, parts of the article; found once."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.leftovers: Sequence[tuple[str, str]] = snippet_kinds(sample) if sample.without else ()
        self.parts: Sequence[Part] = gold_parts(sample)

    def score(self, output: str, rival: str, failure: str = "") -> PageScore:
        """Compare what `rival` made of the page."""
        sample = self.sample
        precision, recall, f1 = word_f1(output, sample.gold)
        figures = {
            "f1": f1, "precision": precision, "recall": recall,
            "leaked": leaked_kinds(output, self.leftovers), "lost": lost_parts(output, self.parts),
            "snippets_lost": losses(output, sample.with_),
        }  # fmt: skip
        return PageScore(
            rival=rival, dataset=sample.dataset, type=sample.type, language=sample.language,
            figures=figures, failure=failure,
        )  # fmt: skip


def score_pages(
    samples: Iterable[Sample], rivals: Mapping[str, Rival], rendering: str | None = None
) -> Iterator[PageScore]:
    """Score every rival on every page, page by page; text made by `rendering` if one is named."""
    for sample in samples:
        page = sample.html if rendering is None else render(sample, rendering)
        answers = Answers(sample)
        for name, rival in rivals.items():
            yield _scored(answers, name, rival.clean, page)


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
    groups = grouped((key(score), score) for score in scores)
    return {
        group: {rival: _summary(each) for rival, each in grouped((score.rival, score) for score in own).items()}
        for group, own in groups.items()
    }


def _summary(scores: Sequence[PageScore]) -> dict[str, Any]:
    return {**averaged([score.figures for score in scores]), "failures": sum(bool(score.failure) for score in scores)}


def _scored(answers: Answers, name: str, clean: Cleaner, page: str) -> PageScore:
    """Clean one page and score the output; where a cleaner raises, the error is kept."""
    try:
        output, failure = clean(page), ""
    except Exception as error:  # noqa: BLE001 - a rival that raises gave nothing; it is counted
        output, failure = "", f"{type(error).__name__}: {error}"
    return answers.score(output, name, failure)
