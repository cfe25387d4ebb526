"""Measure what ten labelled pages of one site do for its other pages: refits on nine sites, before and after.

The sites are those of the set big9-sites, which no shipped model has seen and whose pages may be used for such
experiments only. The settings of `boilercut.training.refit` were chosen on sites of the training sets.
"""

import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.quality.data import RESULTS, Sample, data_hash, read_set, registered_domain
from boilercut.cutter import Cutter
from boilercut.training.label_files import LabelledPage
from boilercut.training.measures import word_f1
from boilercut.training.train import train

RESULT = RESULTS / "refit.json"
DATA = "big9-sites"
LABELLED = 10
"""Pages of a site that are labelled; the rest is scored."""
SPLITS = 5
"""Random choices of the labelled pages."""
SITES = {
    "arstechnica": ("arstechnica.com",), "bbc": ("bbc.com", "bbc.co.uk"), "cnn": ("cnn.com",),
    "forbes": ("forbes.com",), "foxnews": ("foxnews.com", "foxbusiness.com"), "latimes": ("latimes.com",),
    "nymag": ("nymag.com", "vulture.com", "grubstreet.com"), "nypost": ("nypost.com",), "yahoo": ("yahoo.com",),
}  # fmt: skip
"""The sites by name, with the domains that their pages have."""


def refit_sites() -> None:
    """Refit on each site as `boilercut train` does; print and store word-F1 before and after."""
    rows = {}
    print(f"{'site':12} {'pages':>5} {'before':>7} {'after':>7} {'change':>7}  change by split")
    for name, samples in _by_site().items():
        rows[name] = _measured(samples)
        row = rows[name]
        changes = " ".join(f"{change:+.3f}" for change in row["changes"])
        figures = f"{row['before']:7.4f} {row['after']:7.4f} {row['change']:+7.4f}"
        print(f"{name:12} {len(samples):5} {figures}  {changes}", flush=True)
    means = {
        key: round(float(np.mean([row[key] for row in rows.values()])), 4) for key in ("before", "after", "change")
    }
    better = sum(row["change"] > 0 for row in rows.values())
    print(f"mean {means['before']:.4f} -> {means['after']:.4f}; better on {better} of {len(rows)} sites")
    report = {
        "command": "python -m benchmarks.training refit",
        "date": date.today().isoformat(),
        "data": data_hash([DATA]),
        "labelled": LABELLED,
        "splits": SPLITS,
        "mean": means,
        "sites": rows,
    }
    RESULT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _by_site() -> Mapping[str, list[Sample]]:
    names = {domain: name for name, domains in SITES.items() for domain in domains}
    samples: dict[str, list[Sample]] = defaultdict(list)
    for sample in read_set(DATA):
        samples[names[registered_domain(sample)]].append(sample)
    return dict(sorted(samples.items()))


def _measured(samples: Sequence[Sample]) -> dict[str, Any]:
    shipped = Cutter()
    before = {sample.id: word_f1(shipped.clean(sample.html, kind="html"), sample.gold).f1 for sample in samples}
    pairs = [_split_scores(samples, before, split) for split in range(SPLITS)]
    befores, afters = zip(*pairs, strict=True)
    return {
        "pages": len(samples),
        "before": round(float(np.mean(befores)), 4),
        "after": round(float(np.mean(afters)), 4),
        "change": round(float(np.mean(afters) - np.mean(befores)), 4),
        "changes": [round(after - before, 4) for before, after in pairs],
    }


def _split_scores(samples: Sequence[Sample], before: Mapping[str, float], split: int) -> tuple[float, float]:
    """Return the mean F1 of the pages that were not labelled, before and after refitting on those that were."""
    order = list(samples)
    random.Random(split).shuffle(order)
    held_out = order[LABELLED:]
    with TemporaryDirectory() as folder:
        train([_labelled(sample) for sample in order[:LABELLED]], folder)
        cutter = Cutter(model=folder)
        after = [word_f1(cutter.clean(sample.html, kind="html"), sample.gold).f1 for sample in held_out]
    return float(np.mean([before[sample.id] for sample in held_out])), float(np.mean(after))


def _labelled(sample: Sample) -> LabelledPage:
    return LabelledPage(page=sample.html, kind="html", gold=sample.gold, name=sample.id)
