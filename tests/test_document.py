"""The second look at a document, and text that is left alone."""

from __future__ import annotations

import json
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import boilercut
from boilercut import BUILTIN, ConfigError, Cutter
from boilercut.decide import decide
from boilercut.decide.policy import Policy
from boilercut.detectors import detect
from boilercut.model import UNIT, Model
from boilercut.model.document import COLUMNS, RANKS, document_columns
from tests.helpers import ARTICLE, blocks_of

LEAF = {"thresholds": [5.0], "left": [-1], "right": [-2], "node_values": [0]}
FIRST = {"inputs": ["shape.words"], "trees": [LEAF | {"inputs": [0], "leaf_values": [-20000, 30000]}]}
SECOND = {
    "inputs": ["document.mean", "document.score@mean2"],
    "trees": [
        LEAF | {"inputs": [0], "thresholds": [700.0], "node_values": [500], "leaf_values": [-7000, 9000]},
        LEAF | {"inputs": [1], "thresholds": [0.0], "leaf_values": [-100, 200]},
    ],
}
"""Two trees that tell documents apart by the mean chance of their words, and blocks by their neighbours."""
STORED: dict[str, Any] = {"format": 2, "kind": "text", "provenance": {}, "lexicons": {}, "page_types": {}, **FIRST}
TWICE = {**STORED, "document": SECOND}
LINES = ("Home", "More", "The river rose by two metres on Monday night, and the town was cut off.", "", "It fell.")
documents = st.lists(st.lists(st.sampled_from(LINES), max_size=8).map("\n".join), min_size=1, max_size=4)


def folder_with(path: Path, stored: object) -> str:
    """Store a model for text in a folder and return it."""
    path.joinpath("text.json").write_text(json.dumps(stored), "utf-8")
    return str(path)


@given(documents, st.randoms(use_true_random=False))
def test_a_document_has_the_same_columns_alone_and_in_a_stack(texts: list[str], draw: Any) -> None:
    stack = blocks_of(*texts, kind="text")
    scores = np.array([draw.randint(-90_000, 90_000) for _ in range(len(stack))], dtype=np.int64)
    named_share = np.array([draw.choice([0.0, 0.5, 1.0]) for _ in range(len(stack))])
    together = document_columns(stack, scores, UNIT, named_share)
    sizes = [len(blocks_of(text, kind="text")) for text in texts]
    for text, (low, high) in zip(texts, pairwise(accumulate(sizes, initial=0)), strict=True):
        alone = document_columns(blocks_of(text, kind="text"), scores[low:high], UNIT, named_share[low:high])
        np.testing.assert_array_equal(alone, together[:, low:high])


def test_columns_say_what_scores_low_and_where() -> None:
    blocks = blocks_of("Home\nMore\nThe river rose by two metres.\nAbout", kind="text")
    scores = np.array([-30000, -30000, 30000, -10000])
    columns = dict(zip(COLUMNS, document_columns(blocks, scores, UNIT, np.zeros(4)), strict=True))
    assert columns["document.lines_below_500"].tolist() == [0.75] * 4
    assert columns["document.run_lines"].tolist() == [2, 2, 1, 1]
    assert columns["document.run_edge"].tolist() == [1, 1, 0, 2]
    assert columns["document.words_before_run"].tolist() == [0, 0, 2, 6]
    assert columns["document.longest_run"].tolist() == [6] * 4


def test_columns_say_what_marks_a_dump() -> None:
    text = "The river | The Gazette\nHome\nThe river\nThe river rose by two metres.\nRead more\n© The Gazette"
    blocks = blocks_of(text, kind="text")
    scores, shares = np.array([-5000, -30000, 5000, 30000, 10000, -20000]), np.array([0, 1, 0, 0, 1, 0.0])
    columns = dict(zip(COLUMNS, document_columns(blocks, scores, UNIT, shares), strict=True))
    assert columns["document.named"].tolist() == [0, 1, 0, 0, 0, 1]
    assert columns["document.named_lines"].tolist() == [2] * 6
    assert columns["document.named_words"].tolist() == [3] * 6
    assert columns["document.titled"].tolist() == [1] * 6
    ranks = [columns[f"document.{rank}"][0] for rank in RANKS]
    assert ranks == sorted(columns["document.chance"].tolist())[:3]


def test_a_model_looks_twice_and_explains_both_looks() -> None:
    blocks = blocks_of(ARTICLE + "Home\nMore", "Home\nMore\n" + ARTICLE[:60], kind="text")
    columns, once, twice = detect(blocks, BUILTIN), Model(STORED, "once"), Model(TWICE, "twice")
    shares, base = twice.explain(columns, blocks)
    np.testing.assert_array_equal(shares.sum(axis=1) + base, twice.score(columns, blocks))
    assert twice.detectors == ("shape", "document")
    assert base == once.base + 500
    moved = twice.score(columns, blocks) - once.score(columns, blocks)
    assert moved[:5].tolist() == [9200, 9200, 9200, 9200, 8900]
    assert set(moved[5:].tolist()) <= {9200, -7100, -6800, 8900}


def test_a_second_look_that_does_not_fit_is_named(tmp_path: Path) -> None:
    for document in ([], {"inputs": ["document.mean"]}, {**SECOND, "inputs": ["document.colour", "document.mean"]}):
        with pytest.raises(boilercut.ModelError, match="text"):
            Cutter(model=folder_with(tmp_path, {**STORED, "document": document})).clean(ARTICLE)


def test_evidence_of_the_document_adds_up(tmp_path: Path) -> None:
    cutter = Cutter(model=folder_with(tmp_path, TWICE))
    text = ARTICLE + "Home\nMore\n"
    for verdict in cutter.extract(text).verdicts:
        log_odds = cutter.extract(text).base + sum(each.log_odds for each in verdict.evidence)
        assert 1 / (1 + np.exp(-log_odds)) == pytest.approx(verdict.probability)
        assert "document" in {each.detector for each in verdict.evidence}
    assert list(cutter.clean_many([text, "Home\nMore"])) == [cutter.clean(text), cutter.clean("Home\nMore")]


def test_text_that_looks_clean_loses_no_more_than_asked() -> None:
    text = ARTICLE + "Subscribe to our newsletter\n" * 2
    blocks = blocks_of(text, kind="text")
    scores = np.array([9.0, 9.0, 9.0, -9.0, 9.0])
    for max_loss, kept in ((1.0, 4), (0.01, 5)):
        policy = Policy("balanced", frozenset(), frozenset(), max_loss=max_loss)
        decision = decide(blocks, detect(blocks, BUILTIN), scores, [0, 5], policy)
        assert decision.clean == [False]  # a fifteenth of the words is expected to go
        assert int(decision.keep.sum()) == 4
        decision = decide(blocks, detect(blocks, BUILTIN), np.array([9.0, 9.0, 9.0, -0.5, 9.0]), [0, 5], policy)
        assert decision.clean == [True]
        assert int(decision.keep.sum()) == kept
    assert decision.overruled[3] == "max_loss"


def test_a_number_as_mode_is_not_bound_by_the_loss() -> None:
    blocks = blocks_of(ARTICLE, kind="text")
    decision = decide(
        blocks,
        detect(blocks, BUILTIN),
        np.array([9.0, 9.0, 2.0]),
        [0, 3],
        Policy(0.95, frozenset(), frozenset(), max_loss=0.0),
    )
    assert decision.keep.tolist() == [True, True, False]


@pytest.mark.parametrize("max_loss", [-0.1, 1.1, "all", None])
def test_a_loss_that_is_no_share_is_refused(max_loss: object) -> None:
    with pytest.raises(ConfigError, match="max_loss"):
        Cutter(max_loss=max_loss)
