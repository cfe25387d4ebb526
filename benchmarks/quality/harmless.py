"""Measure what cleaning does to text that needs little or none: gold texts, and what extractors put out.

``python -m benchmarks.quality harmless`` gives `clean` the gold text of every page, and counts the words that it loses
and the documents that lose a tenth or more. With ``--extractors`` it also runs those on some pages of each set and
compares the word-F1 of their output before and after. On sets that the model was trained on, figures are in-sample.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from benchmarks.quality.data import RESULTS, Sample, data_hash, read_set, smallest_checksums
from benchmarks.quality.renderings import tidy
from benchmarks.quality.report import as_json, circumstances
from benchmarks.quality.rivals import HTML_RIVALS, RIVALS
from boilercut.training.measures import word_f1

SETS = ("dragnet", "daniel-waddle")
"""Sets that nothing was trained on."""
EXTRACTED_PAGES = 100
LARGE_LOSS = 0.1


class Pass(NamedTuple):
    """One document before and after: its word-F1, and the share of the gold text's words that cleaning lost."""

    before: float
    after: float
    lost: float


def add_command(commands: Any) -> None:
    """Add ``harmless`` to the sub-commands of an argparse parser."""
    parser = commands.add_parser("harmless", help="measure what is lost of clean text, and gained on others' output")
    parser.set_defaults(run=run)
    parser.add_argument("--sets", default=",".join(SETS), help="with commas between")
    parser.add_argument("--extractors", default="", help="whose outputs to clean; none if not given")
    parser.add_argument("--pages", type=int, default=EXTRACTED_PAGES, metavar="N", help="of each set, for extractors")
    parser.add_argument("--output", help=f"file to write in {RESULTS.name}/")


def run(options: argparse.Namespace) -> int:
    """Print a line for each set and type of page; return the exit status."""
    names, extractors = options.sets.split(","), [name for name in options.extractors.split(",") if name]
    tables: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for name in names:
        samples = list(read_set(name))
        for form in ("gold text", *extractors):
            own = samples if form == "gold text" else smallest_checksums(samples, options.pages)
            tables[form] |= _table(own, form)
    for form, table in tables.items():
        _print(form, table)
    if options.output:
        report = {**circumstances(), "data": data_hash(names), "pages": options.pages, **tables}
        (RESULTS / options.output).write_text(as_json(report), encoding="utf-8")
    return 0


def words_kept(samples: Iterable[Sample]) -> dict[str, float]:
    """Return for each set the mean share of its gold texts' words that cleaning keeps."""
    shares: dict[str, list[float]] = defaultdict(list)
    for sample in samples:
        shares[sample.dataset].append(1 - passed(sample.gold, sample.gold).lost)
    return {name: float(np.mean(own)) for name, own in shares.items()}


def passed(text: str, gold: str) -> Pass:
    """Clean a text and compare it with the gold text before and after."""
    before, after = word_f1(text, gold), word_f1(RIVALS["text"]["ours"].clean(text), gold)
    return Pass(before.f1, after.f1, before.recall - after.recall)


def _table(samples: Sequence[Sample], form: str) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Pass]] = defaultdict(list)
    for sample in samples:
        own = passed(_text(sample, form), sample.gold)
        for group in {sample.dataset, f"{sample.dataset}: {sample.type or 'no type'}"}:
            groups[group].append(own)
    return {group: _summary(own) for group, own in sorted(groups.items())}


def _text(sample: Sample, form: str) -> str:
    return sample.gold if form == "gold text" else tidy(HTML_RIVALS[form].clean(sample.html))


def _summary(passes: Sequence[Pass]) -> dict[str, Any]:
    before, after, lost = np.array(passes).mean(axis=0)
    return {
        "documents": len(passes),
        "before": round(float(before), 4),
        "after": round(float(after), 4),
        "words_lost": round(float(lost), 4),
        "losing_a_tenth": round(float(np.mean([each.lost >= LARGE_LOSS for each in passes])), 4),
    }


def _print(form: str, table: Mapping[str, Mapping[str, Any]]) -> None:
    names = ("documents", "before", "after", "words_lost", "losing_a_tenth")
    print(f"{form:40}" + "".join(f"{name:>16}" for name in names))
    for group, row in table.items():
        print(f"{group:40}" + "".join(f"{row[name]:>16}" for name in names))
