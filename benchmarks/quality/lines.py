"""Score cleaners of text on documents whose lines are labelled by hand: F1 of the lines that are kept.

Lines are counted over all documents of a language, as the set's users do, because a document without a line to keep
would score 0 for every cleaner that keeps one.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from benchmarks.quality.data import LINE_SETS, LineSample, read_line_set
from benchmarks.quality.rivals import RIVALS, Rival, split_by_presence, versions
from boilercut.training.measures import kept_lines

SETS = LINE_SETS
MODES = {"ours": "balanced", "ours-precision": "precision", "ours-recall": "recall"}
DRAWS = 1000


class LineCounts(NamedTuple):
    """One document cleaned by one cleaner: lines kept rightly, kept, and to be kept; the same of characters right."""

    rival: str
    language: str
    hits: int
    kept: int
    wanted: int
    right_characters: int
    characters: int


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Score text rivals and ours on documents whose lines are labelled, by language."""
    present, skipped = split_by_presence(RIVALS["text"], options.rivals)
    documents = (document for name in options.sets for document in read_line_set(name))
    tables = tables_by_language(score_documents(documents, present))
    return {"skipped": skipped, "packages": versions(present.values()), "languages": tables}


def score_documents(documents: Iterable[LineSample], rivals: Mapping[str, Rival]) -> Iterator[LineCounts]:
    """Score the rivals and ours, in every mode, on documents whose lines are labelled."""
    for document in documents:
        rows = [row for row, line in enumerate(document.lines) if line.strip()]
        lines, labels = [document.lines[row] for row in rows], [document.labels[row] for row in rows]
        for name, rival in rivals.items():
            modes = MODES if name == "ours" else {name: ""}
            for shown, mode in modes.items():
                kept = own_verdicts(lines, mode) if mode else kept_lines(lines, rival.clean("\n".join(lines)))
                yield _counted(shown, document.language or "not known", lines, kept, labels)


def own_verdicts(lines: Sequence[str], mode: str) -> list[bool]:
    """Return boilercut's verdict on each line; the output alone does not show which of two equal lines was kept."""
    result = import_module("boilercut").extract("\n".join(lines), kind="text", mode=mode)
    return [verdict.keep for verdict in result.verdicts]


def tables_by_language(scores: Iterable[LineCounts]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return by language, and over all, each rival's F1, precision and recall of lines, with a 95 % interval of F1."""
    groups: dict[str, dict[str, list[LineCounts]]] = defaultdict(lambda: defaultdict(list))
    for score in scores:
        for language in (score.language, "all"):
            groups[language][score.rival].append(score)
    return {
        language: {rival: _summary(own) for rival, own in rivals.items()} for language, rivals in sorted(groups.items())
    }


def _counted(
    rival: str, language: str, lines: Sequence[str], kept: Sequence[bool], labels: Sequence[bool]
) -> LineCounts:
    triples = list(zip((len(line.strip()) for line in lines), kept, labels, strict=True))
    return LineCounts(
        rival,
        language,
        hits=sum(guess and label for _, guess, label in triples),
        kept=sum(kept),
        wanted=sum(labels),
        right_characters=sum(size for size, guess, label in triples if guess == label),
        characters=sum(size for size, _, _ in triples),
    )


def _summary(scores: Sequence[LineCounts]) -> dict[str, Any]:
    counts = np.array([score[2:] for score in scores])
    hits, kept, wanted, right, characters = counts.sum(axis=0)
    return {
        "documents": len(scores),
        "f1": round(float(2 * hits / max(kept + wanted, 1)), 4),
        "interval": _interval(counts[:, :3]),
        "precision": round(float(hits / max(kept, 1)), 4),
        "recall": round(float(hits / max(wanted, 1)), 4),
        "character_accuracy": round(float(right / max(characters, 1)), 4),
    }


def _interval(counts: np.ndarray) -> list[float]:
    """Return the 95 % percentile bootstrap interval of F1, drawing whole documents."""
    picks = np.random.default_rng(0).integers(len(counts), size=(DRAWS, len(counts)))
    hits, kept, wanted = counts[picks].sum(axis=1).T
    return [round(float(edge), 4) for edge in np.quantile(2 * hits / np.maximum(kept + wanted, 1), [0.025, 0.975])]
