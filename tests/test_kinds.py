"""What cut blocks are called: probabilities, what speaks for a kind, and the model behind."""

from __future__ import annotations

import json
import math
import pickle
from pathlib import Path

import numpy as np
import pytest

import boilercut
from benchmarks.quality.kinds import read_draws
from benchmarks.training import kinds as training
from boilercut._native import sources
from boilercut.blocks.table import stack_of
from boilercut.cutter import Cutter
from boilercut.decide import kind_model
from boilercut.decide.kind_model import BASE, STEPS, KindModel
from boilercut.detectors import BUILTIN
from boilercut.read import read
from boilercut.results import BOILERPLATE_KINDS

PAGE = (
    "<article><h1>Ferry</h1><p>The ferry sails again on Monday morning, six weeks after a log bent its propeller.</p>"
    "<p>“We had to wait for a part from Norway,” said the skipper. The first boat carried forty people.</p></article>"
    "<div class='promo'><h3>Newsletter</h3><p>Sign up for our newsletter and never miss a story.</p></div>"
    "<footer><p>© 2024 Gazette. All rights reserved.</p><ul><li><a href='/a'>About us</a></li></ul></footer>"
)


def shares(*names: str) -> dict[str, list[int]]:
    return {name: [100] * len(BOILERPLATE_KINDS) for name in names}


@pytest.mark.parametrize("source", [PAGE, "Sign up for our newsletter\nAll rights reserved\nThe ferry sails."])
def test_a_cut_block_has_its_most_likely_kind(source: str) -> None:
    cut = boilercut.extract(source, mode=0.99).cut
    assert cut
    for verdict in cut:
        assert verdict.kind == next(iter(verdict.kinds))
        assert set(verdict.kinds) == set(BOILERPLATE_KINDS)
        assert math.isclose(sum(verdict.kinds.values()), 1)
        assert sorted(verdict.kinds.values(), reverse=True) == list(verdict.kinds.values())


def test_evidence_on_the_kind_adds_up_to_what_it_is_ahead_of_the_next() -> None:
    for verdict in boilercut.extract(PAGE).verdicts:
        first, second = list(verdict.kinds.values())[:2]
        assert math.isclose(
            sum(each.log_odds for each in verdict.kind_evidence), math.log(first / second), abs_tol=1e-9
        )
        sizes = [abs(each.log_odds) for each in verdict.kind_evidence]
        assert sizes == sorted(sizes, reverse=True)


def test_phrases_speak_for_their_kind() -> None:
    prompt = boilercut.extract(PAGE).verdicts[4]
    assert prompt.kind == "newsletter"
    assert dict(prompt.kind_evidence)["newsletter"] > 1


def test_kinds_can_be_pickled_and_are_in_json() -> None:
    result = boilercut.extract(PAGE)
    again = pickle.loads(pickle.dumps(result))
    for before, after in zip(result.verdicts, again.verdicts, strict=True):
        assert dict(after.kinds) == dict(before.kinds)
        assert after.kind_evidence == before.kind_evidence
        assert next(iter(after.to_dict()["kinds"])) == next(iter(before.kinds))


def test_kinds_are_those_of_the_page_alone_in_every_stack_and_part(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = [article.cut_kinds for page in (PAGE, PAGE[:700]) for article in Cutter().articles([page])]
    together = [article.cut_kinds for article in Cutter().articles([PAGE, PAGE[:700]])]
    monkeypatch.setattr(kind_model, "BLOCKS_TOGETHER", 2)
    parts = [article.cut_kinds for article in Cutter().articles([PAGE, PAGE[:700]])]
    assert alone == together == parts


def test_inputs_are_columns_questions_products_and_neighbours() -> None:
    names = ["newsletter.share", "shape.size<=4", "shape.size>4", "newsletter.share * shape.size>4",
             "newsletter.share@-1", "newsletter.share@+1", "no.such"]  # fmt: skip
    model = KindModel(shares(BASE, *names))
    decided = Cutter()._decided([read("Sign up for our newsletter\nThe ferry", "text")])
    (values,) = model.values(decided.blocks, decided.columns)
    rows = {name: (values[model.inputs.index(name)] / STEPS).tolist() for name in (BASE, *names)}
    assert rows == {
        BASE: [1, 1], "newsletter.share": [1, 0], "shape.size<=4": [0, 1], "shape.size>4": [1, 0],
        "newsletter.share * shape.size>4": [1, 0], "newsletter.share@-1": [0, 1], "newsletter.share@+1": [0, 0],
        "no.such": [0, 0],
    }  # fmt: skip


def test_kinds_need_no_detector() -> None:
    pages = [PAGE, "Sign up for our newsletter"]
    for page in pages:
        decided = Cutter()._decided([read(page)])
        assert len(kind_model.boilerplate_kinds(decided.blocks, {})) == len(decided.blocks)


@pytest.mark.parametrize("kind", ["html", "text"])
def test_shipped_weights_are_those_that_training_writes(kind: str) -> None:
    stored = json.loads(Path(kind_model.__file__).with_name("kinds.json").read_text("utf-8"))
    assert list(stored[kind]) == training.INPUTS[kind]  # type: ignore[index]
    detectors = {each.name for each in BUILTIN} | {BASE, "page_type"}
    assert {name.partition(".")[0] for name in stored[kind]} <= detectors
    assert all(type(weight) is int for weights in stored[kind].values() for weight in weights)
    assert stored["provenance"]["labels"] == len(read_draws(training.LABELS.read_text("utf-8")))


@pytest.mark.extra
def test_training_learns_from_labels_and_from_what_it_makes_of_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("lightgbm")
    monkeypatch.setattr(training, "TEACHER_ROUNDS", 5)
    rng = np.random.default_rng(0)
    truth = rng.integers(0, len(BOILERPLATE_KINDS), 600)
    values = np.zeros((600, len(training.INPUTS["text"])), dtype=np.float32)
    values[np.arange(600), truth] = 1
    may_be = np.eye(len(BOILERPLATE_KINDS), dtype=np.bool_)[truth]
    may_be[300:] = False
    nobody = np.zeros(600, dtype=np.bool_)
    lines = training.Lines(values, may_be, np.repeat([1, 0], 300), [f"{row}.example" for row in range(600)], nobody)
    assert (np.argmax(values @ training.fitted(lines), axis=1) == truth).all()
    assert training.cross_validated(lines)["1"]["all"] == {"labelled": 300, "right": 300, "labelled_as": {}}


def test_the_innermost_named_element_is_the_nearer_the_less_of_the_page_it_holds() -> None:
    page = "<body class=menu><div class=menu><p>one</p><div><p class=cookie>two</p></div></div><p>three</p></body>"
    blocks = Cutter()._decided([read(page, "html")]).blocks
    assert blocks.elements is not None
    lists = np.array([{"menu": 1, "cookie": 2}.get(name, 0) for name in blocks.elements.unique_names], dtype=np.int64)
    nearness = sources["surroundings"].named_nearness(stack_of(blocks), lists, 2)
    near, nearer, menu = 0.75, 0.75**2, 1 - 2 / 3 / 2
    assert nearness.tolist() == [[near * menu, nearer * menu, 0], [0, 1 - 1 / 3 / 2, 0]]


def test_the_box_around_a_block_is_the_smallest_element_with_several() -> None:
    page = "<div>" + "<div>" + "<p>one</p>" * 4 + "</div><p>five</p></div><p>six</p>"
    blocks = Cutter()._decided([read(page, "html")]).blocks
    low, high = sources["surroundings"].boxes(stack_of(blocks))
    assert list(zip(low.tolist(), high.tolist(), strict=True)) == [(0, 4)] * 4 + [(0, 5), (0, 6)]
