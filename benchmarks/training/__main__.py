"""Train and cross-validate: `python -m benchmarks.training cross-validate|train|both --input html|text`.

`page-types` learns page types again for the shipped model, whose trees stay, `second-look` the second look of the model
for text without the first, `kinds` what cut blocks are called; `unseen-languages` scores languages that are left out.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from benchmarks.quality.data import RESULTS, TRAIN_SETS, data_hash
from benchmarks.training.corpus import Page, commented, examples, pages
from benchmarks.training.cross_validation import Protocol, cross_validate
from benchmarks.training.kinds import learn_kinds
from benchmarks.training.page_types import learn_types_again
from benchmarks.training.second_look import fit_shipped, text_corpus, write_model
from benchmarks.training.unseen_languages import score_unseen
from boilercut.page import PageKind
from boilercut.training.fit import Settings, fit
from boilercut.training.inputs import INPUTS

SETTINGS: dict[PageKind, Settings] = {"html": Settings(trees=250), "text": Settings()}
"""How to fit what ships. The model for HTML has more kinds of pages to know than that for text."""
TEXT_COMMANDS = {"second-look": fit_shipped, "unseen-languages": score_unseen}
"""Commands for text alone, and what each does with the pages."""


def main() -> None:
    """Run the command line."""
    arguments = parser().parse_args()
    sets = arguments.sets.split(",")
    if arguments.command == "kinds":
        learn_kinds(sets)
        return
    kind: PageKind = "text" if arguments.command in TEXT_COMMANDS else arguments.input
    corpus = text_corpus(sets) if kind == "text" else list(pages("html", sets))
    corpus += list(commented(corpus))
    print(f"{len(corpus)} pages read", flush=True)
    if arguments.command in TEXT_COMMANDS:
        TEXT_COMMANDS[arguments.command](corpus, sets)
        return
    if arguments.command == "page-types":
        learn_types_again(corpus, sets)
        return
    protocol = Protocol(kind, sets, arguments.folds, SETTINGS[kind], arguments.by_set, arguments.only_fold)
    if arguments.command != "train":
        cross_validate(corpus, protocol)
    if arguments.command != "cross-validate":
        _train(corpus, kind, sets)
    if arguments.command != "cross-validate" and kind == "text":
        fit_shipped(corpus, sets)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    whole = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__)
    whole.add_argument("command", choices=("cross-validate", "train", "both", "page-types", "kinds", *TEXT_COMMANDS))
    whole.add_argument("--input", choices=("html", "text"), default="html")
    whole.add_argument("--sets", default=",".join(TRAIN_SETS), help="comma-separated names of page sets")
    whole.add_argument("--folds", type=int, default=5, help="folds by registered domain")
    whole.add_argument("--only-fold", type=int, help="hold out this fold only, from 0")
    whole.add_argument("--by-set", action="store_true", help="leave one whole set out at a time instead")
    return whole


def _train(corpus: Sequence[Page], kind: PageKind, sets: Sequence[str]) -> None:
    """Fit on everything and write the shipped model, with where it came from."""
    settings = SETTINGS[kind]
    stored = fit(examples(corpus), kind, settings, INPUTS[kind], {})
    stored["provenance"] = {
        "command": f"python -m benchmarks.training train --input {kind}",
        "date": date.today().isoformat(),
        "data": data_hash(sets),
        "seed": settings.seed,
        "settings": asdict(settings),
        **_held_out_scores(kind),
    }
    write_model(stored)


def _held_out_scores(kind: PageKind) -> dict[str, Any]:
    """Return the cross-validated mean word-F1 by form and set, as measured before, and the command that measured it."""
    report = json.loads((RESULTS / f"cross-validation-{kind}.json").read_text("utf-8"))
    scores = {f"{form}, {name}": row["f1"] for form, rows in report["scores"].items() for name, row in rows.items()}
    return {"scores": scores, "scores_by": report["command"]}


if __name__ == "__main__":
    main()
