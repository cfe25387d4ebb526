"""Score cleaners of text on documents whose lines are labelled by hand: F1 of the lines that are kept.

Lines are counted over all documents of a language, as the set's users do, because a document without a line to keep
would score 0 for every cleaner that keeps one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.quality.data import LineSample, data_hash
from benchmarks.quality.report import as_json, circumstances
from benchmarks.quality.rivals import Rival
from boilercut.training.measures import kept_lines

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


def print_tables(tables: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
    """Print one table per language, with one row per rival."""
    for language, table in tables.items():
        documents = next(iter(table.values()))["documents"]
        print(f"\n{language}, {documents} documents\n{'':18}{'F1':>7}{'95 %':>15}{'prec':>7}{'rec':>7}{'chars':>7}")
        for rival, row in table.items():
            low, high = row["interval"]
            means = f"{row['precision']:7.3f}{row['recall']:7.3f}{row['character_accuracy']:7.3f}"
            print(f"{rival:18}{row['f1']:7.3f}{f'{low:.3f} to {high:.3f}':>15}{means}")


def write_tables(file: Path, tables: Mapping[str, Any], sets: Iterable[str], details: Mapping[str, Any]) -> None:
    """Write the tables with the run's circumstances."""
    result = {**circumstances(), "data": data_hash(sets), **details, "languages": tables}
    file.write_text(as_json(result), encoding="utf-8")


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
