"""Cross-validate: decide every page with a model that never saw its site, or its whole set."""

import json
import platform
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.quality.data import RESULTS, data_hash, fold_of, registered_domain
from benchmarks.quality.held_out import HeldOutPage, fold_model, held_out_file, held_out_page, write_held_out
from benchmarks.training.corpus import LEARNED_FORMS, Page, examples, page_type
from boilercut.decide import Decision, decide
from boilercut.decide.pages import article_probability, type_probabilities
from boilercut.decide.policy import MODES, Policy
from boilercut.detectors import Detector, detect, model_detectors
from boilercut.detectors.page_type import PageTypes, page_type_detector
from boilercut.model import UNIT, Model
from boilercut.page import PageKind
from boilercut.read import read
from boilercut.read.html.headline import headline
from boilercut.training.fit import Example, Settings, fit
from boilercut.training.inputs import INPUTS
from boilercut.training.measures import bootstrap_interval


class Protocol(NamedTuple):
    """What is cross-validated, and how: `folds` by registered domain, or one set at a time."""

    kind: PageKind
    sets: Sequence[str]
    folds: int
    settings: Settings
    by_set: bool = False
    only_fold: int | None = None

    @property
    def command(self) -> str:
        """The command that repeats it."""
        split = "--by-set" if self.by_set else f"--folds {self.folds}"
        split += "" if self.only_fold is None else f" --only-fold {self.only_fold}"
        return f"python -m benchmarks.training cross-validate --input {self.kind} --sets {','.join(self.sets)} {split}"

    def fold(self, page: Page) -> str | int:
        """Return the fold in which the page is held out."""
        return page.sample.dataset if self.by_set else fold_of(page.sample, self.folds)


class TypeCall(NamedTuple):
    """What a page of HTML is, and what a model that never saw its site calls it."""

    type: str | None
    called: str
    has_article: bool
    article_probability: float


def cross_validate(corpus: Sequence[Page], protocol: Protocol) -> None:
    """Hold out one fold at a time, or one only; print and store the means, and keep every decision in the cache."""
    folds = sorted(set(map(protocol.fold, corpus))) if protocol.only_fold is None else [protocol.only_fold]
    results: list[HeldOutPage] = []
    calls: list[TypeCall] = []
    for fold in folds:
        own, model = _fitted_without(corpus, protocol, fold)
        results += [decided(page, model) for page in own if page.sample.gold]
        if model.page_types:
            types = page_type_detector(PageTypes.of(model.page_types))
            calls += [type_call(page, types) for page in own if page.example is not None]
    write_held_out(held_out_file(protocol.kind, by_set=protocol.by_set), results)
    table = _table(results)
    _print_table(table)
    _store(table, protocol, types_table(calls))


def _fitted_without(corpus: Sequence[Page], protocol: Protocol, fold: str | int) -> tuple[list[Page], Model]:
    """Return the pages of a fold, and a model that saw none of their sites."""
    own = [page for page in corpus if protocol.fold(page) == fold and page.form not in LEARNED_FORMS]
    sites = {registered_domain(page.sample) for page in own}  # sets share sites, so a fold's sites leave all sets
    unseen = [page for page in corpus if registered_domain(page.sample) not in sites]
    stored = fit(examples(unseen), protocol.kind, protocol.settings, INPUTS[protocol.kind], {})
    if not protocol.by_set:
        keep_model(stored, fold_model(protocol.folds, int(fold)))
    model = Model(stored, f"fold {fold}")
    print(f"fold {fold} fitted", flush=True)
    return own, model


def keep_model(stored: Mapping[str, Any], folder: Path) -> None:
    """Write a model that held out some pages."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stored['kind']}.json").write_text(json.dumps(stored), encoding="utf-8")


def decided(page: Page, model: Model) -> HeldOutPage:
    """Decide a page in every mode."""
    if page.example is None:
        return held_out_page(page.sample, page.form, [], [], [], dict.fromkeys(MODES, ""), 0.0)
    shown = headline(read(page.sample.html, "html")) if page.form == "html" else ""
    decisions = _decisions(page.example, model, shown)
    balanced, blocks = decisions["balanced"], page.example.blocks
    return held_out_page(
        page.sample,
        page.form,
        [blocks.block(row) for row in range(len(blocks))],
        page.example.labels.tolist(),
        balanced.probabilities.tolist(),
        {mode: "".join("1" if kept else "0" for kept in own.keep) for mode, own in decisions.items()},
        balanced.confidences[0],
    )


def _decisions(example: Example, model: Model, shown: str) -> dict[str, Decision]:
    """Decide one page, with its headline, in every mode."""
    blocks = example.blocks
    columns = example.all_columns(model_detectors(model.lexicons, model.page_types))
    log_odds = UNIT * model.score(columns, blocks).astype(np.float64)
    policies = {mode: Policy(mode, frozenset(), frozenset()) for mode in MODES}
    stack = (blocks, columns, log_odds, [0, len(blocks)])
    return {mode: decide(*stack, policy, [shown]) for mode, policy in policies.items()}


def type_call(page: Page, types: Detector) -> TypeCall:
    """Return what a page of HTML that holds text is, and what a detector of page types calls it."""
    assert page.example is not None
    columns = detect(page.example.blocks, [types])
    chance = article_probability(columns)
    assert chance is not None
    return TypeCall(page_type(page.sample), next(iter(type_probabilities(columns))), bool(page.sample.gold), chance)


def types_table(calls: Sequence[TypeCall]) -> dict[str, Any]:
    """Count by type how many pages are called so rightly and wrongly; and how many have an article, by what was told.

    >>> types_table([TypeCall("thread", "thread", True, 0.97), TypeCall("thread", "article", True, 0.93)])["types"]
    {'thread': {'pages': 2, 'right': 1, 'wrongly_called_so': 0}}
    """
    told = [call for call in calls if call.type is not None]
    types = {
        name: {
            "pages": sum(call.type == name for call in told),
            "right": sum(call.type == name == call.called for call in told),
            "wrongly_called_so": sum(call.called == name != call.type for call in told),
        }
        for name in sorted({call.type for call in told if call.type})
    }
    steps = {
        f"{low / 10:.1f}": [call for call in calls if min(int(10 * call.article_probability), 9) == low]
        for low in range(10)
    }
    return {
        "types": types,
        "has_article_by_probability": {
            step: {"pages": len(own), "with_article": sum(call.has_article for call in own)}
            for step, own in steps.items()
        },
    }


def _table(pages: Iterable[HeldOutPage]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return mean word-F1 by form, then by set and by page type within wcxb."""
    groups: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for page in pages:
        f1 = page.scores["balanced"].f1
        groups[page.form][page.dataset].append(f1)
        if page.dataset == "wcxb":
            groups[page.form][f"wcxb/{page.type}"].append(f1)
    return {
        form: {
            name: {
                "pages": len(values),
                "f1": round(float(np.mean(values)), 4),
                "interval": [round(bound, 4) for bound in bootstrap_interval(values)],
            }
            for name, values in sorted(rows.items())
        }
        for form, rows in groups.items()
    }


def _print_table(table: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
    for form, rows in table.items():
        means = [row["f1"] for name, row in rows.items() if "/" not in name]
        print(f"{form}: mean over sets {np.mean(means):.4f}")
        for name, row in rows.items():
            print(f"  {name:28} {row['pages']:5} {row['f1']:.4f}  [{row['interval'][0]:.3f}, {row['interval'][1]:.3f}]")


def _store(table: Mapping[str, Any], protocol: Protocol, types: Mapping[str, Any]) -> None:
    report = {
        "command": protocol.command,
        "date": date.today().isoformat(),
        "machine": f"{platform.machine()}, Python {platform.python_version()}, LightGBM {version('lightgbm')}",
        "data": data_hash(protocol.sets),
        "scores": table,
        **({"page_types": types} if protocol.kind == "html" else {}),
    }
    name = f"cross-validation-{protocol.kind}{'-by-set' if protocol.by_set else ''}.json"
    (RESULTS / name).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
