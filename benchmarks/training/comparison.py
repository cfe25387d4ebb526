"""Compare kinds of models: the same folds, inputs, word lists and deciding, quality against milliseconds and size.

Every contender's log-odds are brought to scale by a logistic regression (Platt 1999) on held-out pages of the other
half of the sites, or the cut, which trusts the probabilities, would favour whoever is calibrated by luck.
"""

import platform
import shlex
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np

from benchmarks.quality.data import Sample, data_hash, fold_of, registered_domain
from benchmarks.training.contenders import BLENDS, CONTENDERS, logistic, milliseconds
from benchmarks.training.corpus import MAIN_RENDERING, Page, examples
from benchmarks.training.cross_validation import Protocol
from boilercut._native import build
from boilercut.decide import decide
from boilercut.model.inputs import InputPlan
from boilercut.training.fit import Example, Settings, training_detectors, training_set, weights
from boilercut.training.inputs import INPUTS
from boilercut.training.measures import word_f1
from boilercut.vocabulary import Floats, Policy

BALANCED = Policy("balanced", frozenset(), frozenset())
TIMED_PAGES = 150
"""Pages of each fold on which scoring is timed."""
FORMS = ("html", MAIN_RENDERING)
"""Forms of a page that are scored; of text, the crawl's dump, though all forms are learned from."""


class Trial(NamedTuple):
    """A held-out page and each contender's log-odds of its blocks."""

    sample: Sample
    example: Example
    log_odds: Mapping[str, Floats]

    @property
    def half(self) -> int:
        """The half of the sites to which the page belongs."""
        return fold_of(self.sample, 2)


Costs = Mapping[str, Sequence[float]]
"""By contender its milliseconds a page and its kilobytes."""


def compare_models(
    corpus: Sequence[Page], protocol: Protocol, names: Sequence[str], splits: int | None = None
) -> dict[str, Any]:
    """Hold out one fold at a time and fit the named contenders on the rest; print and return quality, time and size.

    `splits` is how many folds are held out, if not all of them in turn.
    """
    trials: list[Trial] = []
    costs: dict[str, list[Sequence[float]]] = defaultdict(list)
    for fold in sorted(set(map(protocol.fold, corpus)))[:splits]:
        own, spent = _held_out(corpus, protocol, fold, names)
        trials += own
        for name, pair in spent.items():
            costs[name].append(pair)
        print(f"fold {fold} done", flush=True)
    means = {name: np.mean(pairs, axis=0).tolist() for name, pairs in costs.items()}
    together = {name: parts for name, parts in BLENDS.items() if set(parts) <= set(names)}
    rows = {name: _row(trials, parts, means) for name, parts in ({name: (name,) for name in names} | together).items()}
    _print_rows(rows)
    limits = "" if splits is None else f" --splits {splits}"
    if list(names) != list(CONTENDERS):
        limits += f" --models {shlex.join(names)}"
    return _report(rows, protocol, protocol.command.replace("cross-validate", "models") + limits)


def _held_out(
    corpus: Sequence[Page], protocol: Protocol, fold: str | int, names: Sequence[str]
) -> tuple[list[Trial], Costs]:
    """Fit the contenders without the fold's sites and score the fold's pages; a page without text is left out."""
    own = [page for page in corpus if protocol.fold(page) == fold]
    sites = {registered_domain(page.sample) for page in own}
    unseen = examples(page for page in corpus if registered_domain(page.sample) not in sites)
    inputs, settings = INPUTS[protocol.kind], Settings()
    data, plan = training_set(unseen, settings, inputs), InputPlan(inputs)
    learned = training_detectors(unseen, settings)
    scored = [(page.sample, page.example) for page in own if page.form in FORMS and page.example is not None]
    matrices = [plan.matrix(example.all_columns(learned), example.blocks) for _, example in scored]
    timed = matrices[:: max(len(matrices) // TIMED_PAGES, 1)]
    log_odds: dict[str, list[Floats]] = {}
    costs = {}
    for name in names:
        contender = CONTENDERS[name](data)
        log_odds[name] = [contender.log_odds(matrix) for matrix in matrices]
        costs[name] = (milliseconds(contender, timed), contender.size / 1000)
        print(f"  {name}: {costs[name][0]:.2f} ms a page, {costs[name][1]:.0f} kB", flush=True)
    trials = [
        Trial(sample, example, {name: pages[number] for name, pages in log_odds.items()})
        for number, (sample, example) in enumerate(scored)
    ]
    return trials, costs


def calibrated(trials: Sequence[Trial], names: Sequence[str]) -> list[Floats]:
    """Return each page's log-odds by the named contenders together, brought to scale on the other half of the sites."""
    groups = Counter(trial.example.group for trial in trials)
    tables = [np.column_stack([trial.log_odds[name] for name in names]) for trial in trials]
    coefficients = {}
    for half in (0, 1):
        rows = [number for number, trial in enumerate(trials) if trial.half != half]
        coefficients[half] = logistic(
            np.concatenate([tables[row] for row in rows]),
            np.concatenate([trials[row].example.labels for row in rows]),
            np.concatenate([weights(trials[row].example, groups) for row in rows]),
        )
    return [
        table @ coefficients[trial.half][:-1] + coefficients[trial.half][-1]
        for trial, table in zip(trials, tables, strict=True)
    ]


def _row(trials: Sequence[Trial], names: Sequence[str], costs: Costs) -> dict[str, Any]:
    """Return what the table says of one contender, or of several together."""
    log_odds = calibrated(trials, names)
    by_set: dict[str, list[float]] = defaultdict(list)
    for trial, own in zip(trials, log_odds, strict=True):
        by_set[trial.sample.dataset].append(_f1(trial, own))
    means = {name: float(np.mean(values)) for name, values in by_set.items()}
    return {
        "mean over sets": round(float(np.mean(list(means.values()))), 4),
        "mean over pages": round(float(np.mean([value for values in by_set.values() for value in values])), 4),
        "log loss": round(_log_loss(trials, log_odds), 4),
        "milliseconds a page": round(sum(costs[name][0] for name in names), 3),
        "kilobytes": round(sum(costs[name][1] for name in names)),
        "sets": {name: round(mean, 4) for name, mean in means.items()},
    }


def _f1(trial: Trial, log_odds: Floats) -> float:
    blocks = trial.example.blocks
    keep = decide(blocks, trial.example.columns, log_odds, [0, len(blocks)], BALANCED).keep
    return word_f1("\n".join(blocks.block(row) for row in np.flatnonzero(keep).tolist()), trial.sample.gold).f1


def _log_loss(trials: Sequence[Trial], log_odds: Sequence[Floats]) -> float:
    """Return the mean cross-entropy of a block, weighed as in training."""
    groups = Counter(trial.example.group for trial in trials)
    counts = np.concatenate([weights(trial.example, groups) for trial in trials])
    labels, scores = np.concatenate([trial.example.labels for trial in trials]), np.concatenate(log_odds)
    return float(np.average(np.logaddexp(0, scores) - labels * scores, weights=counts))


def _print_rows(rows: Mapping[str, Mapping[str, Any]]) -> None:
    print(f"{'':26} {'sets':>7} {'pages':>7} {'loss':>7} {'ms':>7} {'kB':>5}")
    for name, row in rows.items():
        means = f"{row['mean over sets']:7.4f} {row['mean over pages']:7.4f} {row['log loss']:7.4f}"
        print(f"{name:26} {means} {row['milliseconds a page']:7.3f} {row['kilobytes']:5}")


def _report(rows: Mapping[str, Any], protocol: Protocol, command: str) -> dict[str, Any]:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "lightgbm", "jax"))
    return {
        "command": command,
        "date": date.today().isoformat(),
        "machine": f"{platform.machine()}, Python {platform.python_version()}, {libraries}",
        "build": "compiled" if build() == "compiled" else "pure",
        "data": data_hash(protocol.sets),
        "models": rows,
    }
