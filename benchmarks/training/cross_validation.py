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
from benchmarks.training.corpus import Page, examples
from boilercut.decide import Decision, decide
from boilercut.decide.policy import MODES, Policy
from boilercut.detectors import model_detectors
from boilercut.model import UNIT, Model
from boilercut.page import PageKind
from boilercut.training.fit import Example, Settings, fit
from boilercut.training.inputs import INPUTS
from boilercut.training.measures import bootstrap_interval


class Protocol(NamedTuple):
    """What is cross-validated, and how: `folds` by registered domain, or one set at a time."""

    kind: PageKind
    sets: Sequence[str]
    folds: int
    by_set: bool

    @property
    def command(self) -> str:
        """The command that repeats it."""
        split = "--by-set" if self.by_set else f"--folds {self.folds}"
        return f"python -m benchmarks.training cross-validate --input {self.kind} --sets {','.join(self.sets)} {split}"

    def fold(self, page: Page) -> str | int:
        """Return the fold in which the page is held out."""
        return page.sample.dataset if self.by_set else fold_of(page.sample, self.folds)


def cross_validate(corpus: Sequence[Page], protocol: Protocol) -> None:
    """Hold out one fold at a time; print and store the means, and keep every decision in the cache."""
    results = [page for fold in sorted(set(map(protocol.fold, corpus))) for page in _held_out(corpus, protocol, fold)]
    write_held_out(held_out_file(protocol.kind, by_set=protocol.by_set), results)
    table = _table(results)
    _print_table(table)
    _store(table, protocol)


def _held_out(corpus: Sequence[Page], protocol: Protocol, fold: str | int) -> list[HeldOutPage]:
    own = [page for page in corpus if protocol.fold(page) == fold]
    sites = {registered_domain(page.sample) for page in own}  # sets share sites, so a fold's sites leave all sets
    unseen = [page for page in corpus if registered_domain(page.sample) not in sites]
    stored = fit(examples(unseen), protocol.kind, Settings(), INPUTS[protocol.kind], {})
    if not protocol.by_set:
        _keep_model(stored, fold_model(protocol.folds, int(fold)))
    model = Model(stored, f"fold {fold}")
    print(f"fold {fold} fitted", flush=True)
    return [_decided(page, model) for page in own if page.sample.gold]


def _keep_model(stored: Mapping[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stored['kind']}.json").write_text(json.dumps(stored), encoding="utf-8")


def _decided(page: Page, model: Model) -> HeldOutPage:
    if page.example is None:
        return held_out_page(page.sample, page.form, [], [], [], dict.fromkeys(MODES, ""), 0.0)
    decisions = _decisions(page.example, model)
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


def _decisions(example: Example, model: Model) -> dict[str, Decision]:
    """Decide one page in every mode."""
    blocks = example.blocks
    columns = example.all_columns(model_detectors(model.lexicons, model.page_types))
    log_odds = UNIT * model.score(columns, blocks).astype(np.float64)
    policies = {mode: Policy(mode, frozenset(), frozenset()) for mode in MODES}
    return {mode: decide(blocks, columns, log_odds, [0, len(blocks)], policy) for mode, policy in policies.items()}


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


def _store(table: Mapping[str, Any], protocol: Protocol) -> None:
    report = {
        "command": protocol.command,
        "date": date.today().isoformat(),
        "machine": f"{platform.machine()}, Python {platform.python_version()}, LightGBM {version('lightgbm')}",
        "data": data_hash(protocol.sets),
        "scores": table,
    }
    name = f"cross-validation-{protocol.kind}{'-by-set' if protocol.by_set else ''}.json"
    (RESULTS / name).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
