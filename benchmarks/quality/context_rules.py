"""Measure what each context rule does: by set, the mean word-F1 with all rules, and the change without one of them.

``python -m benchmarks.quality rules`` decides every page of HTML by the shipped model, once with all rules and once
without each. Most sets are those that the model learned from: their changes tell of rules, not of new pages.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.quality.data import RESULTS, TRAIN_SETS, VALIDATE_SETS, Sample, data_hash, read_set
from benchmarks.quality.report import as_json, circumstances
from boilercut import decide as deciding
from boilercut.arrays import Booleans
from boilercut.blocks.measure import measure
from boilercut.blocks.phrases import shipped_phrases
from boilercut.decide import context
from boilercut.decide.policy import Policy
from boilercut.detectors import BUILTIN, detect, model_detectors
from boilercut.model import UNIT, load_model
from boilercut.read import read
from boilercut.read.html.headline import headline
from boilercut.training.measures import word_f1

ALL = "all rules"


def add_command(commands: Any) -> None:
    """Add ``rules`` to the sub-commands of an argparse parser."""
    parser = commands.add_parser("rules", help="measure what each context rule does, by set")
    parser.set_defaults(run=run)
    parser.add_argument("--sets", default=",".join(TRAIN_SETS + VALIDATE_SETS), help="with commas between")
    parser.add_argument("--output", help=f"file to write in {RESULTS.name}/")


def run(options: argparse.Namespace) -> int:
    """Print a line for each set; return the exit status."""
    names = options.sets.split(",")
    table = {name: changes(read_set(name)) for name in names}
    for name, row in table.items():
        print(name, " ".join(f"{rule} {value:+.4f}" for rule, value in row.items()), flush=True)
    if options.output:
        (RESULTS / options.output).write_text(as_json({**circumstances(), "data": data_hash(names), "changes": table}))
    return 0


def changes(samples: Iterable[Sample]) -> dict[str, float]:
    """Return the mean F1 with all rules, and how much it changes without each of them."""
    scores: dict[str, list[float]] = defaultdict(list)
    for sample in samples:
        for name, score in _scores(sample).items():
            scores[name].append(score)
    means = {name: float(np.mean(values)) for name, values in scores.items()}
    return {name: mean if name == ALL else mean - means[ALL] for name, mean in means.items()}


def _scores(sample: Sample) -> Mapping[str, float]:
    """Return the F1 of one page with all rules, and without each."""
    model, page = load_model("html", None), read(sample.html, "html")
    blocks = measure([page], shipped_phrases())
    columns = detect(blocks, (*BUILTIN, *model_detectors(model.lexicons, model.page_types)))
    log_odds = UNIT * model.score(columns, blocks).astype(np.float64)

    def decided() -> Booleans:
        policy = Policy("balanced", frozenset(), frozenset())
        return deciding.decide(blocks, columns, log_odds, [0, len(blocks)], policy, [headline(page)]).keep

    known: dict[bytes, float] = {}
    scores = {}
    for name, keep in _by_rule(decided):
        if keep.tobytes() not in known:
            text = "\n".join(blocks.block(row) for row in np.flatnonzero(keep).tolist())
            known[keep.tobytes()] = word_f1(text, sample.gold).f1
        scores[name] = known[keep.tobytes()]
    return scores


def _by_rule(decided: Callable[[], Booleans]) -> Iterable[tuple[str, Booleans]]:
    yield ALL, decided()
    for left_out in context.RULES:
        rules = tuple(rule for rule in context.RULES if rule is not left_out)
        with patch.object(context, "RULES", rules), patch.object(deciding, "RULES", rules):
            yield left_out.__name__, decided()
    for name in ("comment_sections", "small_forms"):
        with patch.object(deciding, name, _no_sections):
            yield name, decided()
    with patch.object(deciding, "headline_blocks", _no_headlines):
        yield "headline", decided()


def _no_sections(blocks: object, columns: object, probabilities: Any, bounds: object) -> Booleans:
    return np.zeros(len(probabilities), dtype=np.bool_)


def _no_headlines(blocks: Any, *_: object) -> Booleans:
    return np.zeros(len(blocks), dtype=np.bool_)


_no_sections.__name__ = "comment_sections"
