"""Train and cross-validate: `python -m benchmarks.training cross-validate|train|both --input html|text`."""

import argparse
import json
import platform
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from typing import Any

import numpy as np

from benchmarks.quality.data import REPOSITORY, TRAIN_SETS, data_hash, fold_of, registered_domain
from benchmarks.quality.measures import bootstrap_interval, word_f1
from benchmarks.training.corpus import MAIN_RENDERING, Page, fragment, headlines, pages, with_link_farm
from boilercut.decide import decide
from boilercut.detectors.learned import Lexicon, learned_detectors
from boilercut.model import UNIT, Model
from boilercut.training.fit import Example, Settings, fit
from boilercut.training.inputs import INPUTS
from boilercut.vocabulary import PageKind, Policy

RESULTS = REPOSITORY / "benchmarks" / "results"
MODELS = REPOSITORY / "boilercut" / "model"
BALANCED = Policy("balanced", frozenset(), frozenset())


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__)
    parser.add_argument("command", choices=("cross-validate", "train", "both"))
    parser.add_argument("--input", choices=("html", "text"), required=True)
    parser.add_argument("--sets", default=",".join(TRAIN_SETS), help="comma-separated names of page sets")
    parser.add_argument("--folds", type=int, default=5, help="folds by registered domain")
    parser.add_argument("--by-set", action="store_true", help="leave one whole set out at a time instead")
    arguments = parser.parse_args()
    corpus = list(pages(arguments.input, arguments.sets.split(",")))
    print(f"{len(corpus)} pages read", flush=True)
    if arguments.command != "train":
        _cross_validate(corpus, arguments)
    if arguments.command != "cross-validate":
        _train(corpus, arguments.input, arguments.sets.split(","))


def _train(corpus: Sequence[Page], kind: PageKind, sets: Sequence[str]) -> None:
    """Fit on everything and write the shipped model, with where it came from."""
    settings = Settings()
    provenance = {
        "command": f"python -m benchmarks.training train --input {kind}",
        "date": date.today().isoformat(),
        "data": data_hash(sets),
        "seed": settings.seed,
        "settings": asdict(settings),
        "scores": _held_out_scores(kind),
    }
    stored = fit(_examples(corpus), kind, settings, INPUTS[kind], provenance)
    text = json.dumps(stored, ensure_ascii=False, separators=(",", ":")).replace('},{"inputs"', '},\n{"inputs"')
    (MODELS / f"{kind}.json").write_text(text + "\n", encoding="utf-8")


def _held_out_scores(kind: PageKind) -> dict[str, float]:
    """Return the cross-validated mean word-F1 by form and set, as measured before."""
    report = json.loads((RESULTS / f"cross-validation-{kind}.json").read_text("utf-8"))
    return {f"{form}, {name}": row["f1"] for form, rows in report["scores"].items() for name, row in rows.items()}


def _cross_validate(corpus: Sequence[Page], arguments: argparse.Namespace) -> None:
    """Score every page with a model that never saw its site (or its set); print and store the means."""
    folds = [page.sample.dataset if arguments.by_set else fold_of(page.sample, arguments.folds) for page in corpus]
    scores = [0.0] * len(corpus)
    for fold in sorted(set(folds)):
        train = _unseen([page for page, own in zip(corpus, folds, strict=True) if own != fold], corpus, folds, fold)
        kind = arguments.input
        model = Model(fit(_examples(train), kind, Settings(), INPUTS[kind], {}), f"fold {fold}")
        for row, (page, own) in enumerate(zip(corpus, folds, strict=True)):
            if own == fold and page.example is not None:
                scores[row] = _score(page, page.example, model)
        print(f"fold {fold} done", flush=True)
    _store(corpus, scores, arguments)


def _unseen(train: Sequence[Page], corpus: Sequence[Page], folds: Sequence[Any], fold: Any) -> list[Page]:
    """Drop the training pages of sites that the fold has too: sets share sites."""
    held_out = {registered_domain(page.sample) for page, own in zip(corpus, folds, strict=True) if own == fold}
    return [page for page in train if registered_domain(page.sample) not in held_out]


def _score(page: Page, example: Example, model: Model) -> float:
    blocks = example.blocks
    learned = learned_detectors({name: Lexicon.of(words) for name, words in model.lexicons.items()})
    columns = example.all_columns(learned)
    log_odds = UNIT * model.score(columns, blocks).astype(np.float64)
    decision = decide(blocks, columns, log_odds, [0, len(blocks)], BALANCED)
    kept = "\n".join(blocks.block(row) for row in np.flatnonzero(decision.keep).tolist())
    return word_f1(kept, page.sample.gold).f1


def _examples(corpus: Sequence[Page]) -> list[Example]:
    """Return what to learn from: every page that holds text; of text pages also fragments and link farms."""
    whole = [page.example for page in corpus if page.example is not None]
    dumps = [page for page in corpus if page.form == MAIN_RENDERING and page.example is not None]
    farms = headlines(dumps)
    made = [fragment(page) for page in dumps] + [with_link_farm(page, farms) for page in dumps]
    return whole + [example for example in made if example is not None]


def _store(corpus: Sequence[Page], scores: Sequence[float], arguments: argparse.Namespace) -> None:
    table = _table(corpus, scores)
    for form, rows in table.items():
        means = [row["f1"] for name, row in rows.items() if "/" not in name]
        print(f"{form}: mean over sets {np.mean(means):.4f}")
        for name, row in rows.items():
            print(f"  {name:28} {row['pages']:5} {row['f1']:.4f}  [{row['interval'][0]:.3f}, {row['interval'][1]:.3f}]")
    protocol = "--by-set" if arguments.by_set else f"--folds {arguments.folds}"
    report = {
        "command": f"python -m benchmarks.training cross-validate --input {arguments.input} "
        f"--sets {arguments.sets} {protocol}",
        "date": date.today().isoformat(),
        "machine": f"{platform.machine()}, Python {platform.python_version()}, LightGBM {version('lightgbm')}",
        "data": data_hash(arguments.sets.split(",")),
        "scores": table,
    }
    name = f"cross-validation-{arguments.input}{'-by-set' if arguments.by_set else ''}.json"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / name).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _table(corpus: Sequence[Page], scores: Sequence[float]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return mean word-F1 by form, then by set and by page type within wcxb."""
    groups: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for page, score in zip(corpus, scores, strict=True):
        groups[page.form][page.sample.dataset].append(score)
        if page.sample.dataset == "wcxb":
            groups[page.form][f"wcxb/{page.sample.type}"].append(score)
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


if __name__ == "__main__":
    main()
