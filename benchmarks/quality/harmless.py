"""Measure what cleaning does to text that needs little or none: gold texts, and what extractors put out.

``python -m benchmarks.quality harmless`` gives `clean` the gold text of every page, and counts the words that it loses
and the documents that lose a tenth or more. With ``--extractors`` it also runs those on some pages of each set and
compares the word-F1 of their output before and after. On sets that the model was trained on, figures are in-sample.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from benchmarks.quality.averages import averaged, grouped
from benchmarks.quality.data import Sample, read_set, smallest_checksums
from benchmarks.quality.renderings import tidy
from benchmarks.quality.rivals import HTML_RIVALS, RIVALS
from boilercut.training.measures import word_f1

SETS = ("dragnet", "daniel-waddle")
"""Sets that nothing was trained on."""
LARGE_LOSS = 0.1


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure what is lost of clean text, and gained on others' output."""
    tables: dict[str, Any] = defaultdict(dict)
    for samples in map(list, map(read_set, options.sets)):
        tables["gold text"] |= _table(samples, "gold text")
        for extractor in options.extractors:
            tables[extractor] |= _table(smallest_checksums(samples, options.pages), extractor)
    return {"pages": options.pages, **tables}


def words_kept(samples: Iterable[Sample]) -> dict[str, float]:
    """Return for each set the mean share of its gold texts' words that cleaning keeps."""
    lost = grouped((sample.dataset, passed(sample.gold, sample.gold)["words_lost"]) for sample in samples)
    return {name: 1 - float(np.mean(own)) for name, own in lost.items()}


def passed(text: str, gold: str) -> dict[str, float]:
    """Clean a text; return its word-F1 before and after, and the share of the gold text's words that cleaning lost."""
    before, after = word_f1(text, gold), word_f1(RIVALS["text"]["ours"].clean(text), gold)
    lost = before.recall - after.recall
    return {"before": before.f1, "after": after.f1, "words_lost": lost, "losing_a_tenth": float(lost >= LARGE_LOSS)}


def _table(samples: Sequence[Sample], form: str) -> dict[str, dict[str, Any]]:
    rows = [(sample, passed(_text(sample, form), sample.gold)) for sample in samples]
    groups = grouped(
        (group, row) for sample, row in rows
        for group in (sample.dataset, f"{sample.dataset}: {sample.type or 'no type'}")
    )  # fmt: skip
    return {group: averaged(own) for group, own in sorted(groups.items())}


def _text(sample: Sample, form: str) -> str:
    return sample.gold if form == "gold text" else tidy(HTML_RIVALS[form].clean(sample.html))
