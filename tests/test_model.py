"""The model: trees as tables against trees walked node by node, and files that do not fit."""

from __future__ import annotations

import json
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import boilercut
from boilercut import BUILTIN, Cutter, ModelError
from boilercut.arrays import Columns
from boilercut.detectors import detect, model_detectors
from boilercut.model import Model, load_model
from boilercut.model.inputs import InputPlan, detector_of
from boilercut.model.trees import MAX_LEAVES, Forest, Tree
from tests.helpers import ARTICLE, blocks_of, golden_sources

INPUTS = 4
GROUPS = (0, 1, 1, 2)
"""The inputs of the random trees belong to three groups."""
VALUES = [-1.0, 0.0, 0.25, 0.1, 1.0, 1e9]
"""Few values, so that inputs often equal thresholds; 0.1 has no exact single-precision form."""


# --- trees ---


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Draw a tree of one to sixteen leaves, numbered as training numbers them."""
    numbers = st.integers(-50_000, 50_000)
    tree = Tree([], [], [], [], [], [])

    def grow(leaves: int) -> int:
        if leaves == 1:
            tree.leaf_values.append(draw(numbers))
            return -len(tree.leaf_values)
        node = len(tree.inputs)
        tree.inputs.append(draw(st.integers(0, INPUTS - 1)))
        tree.thresholds.append(draw(st.sampled_from(VALUES)))
        tree.node_values.append(draw(numbers))
        tree.left.append(0)
        tree.right.append(0)
        left = draw(st.integers(1, leaves - 1))
        tree.left[node] = grow(left)
        tree.right[node] = grow(leaves - left)
        return node

    grow(draw(st.integers(1, MAX_LEAVES)))
    return tree


matrices = st.lists(st.lists(st.sampled_from(VALUES), min_size=INPUTS, max_size=INPUTS), max_size=12).map(
    lambda rows: np.array(rows, dtype=np.float32).reshape(-1, INPUTS)
)


def walked(tree: Tree, row: np.ndarray) -> list[tuple[int | None, int]]:
    """Return the path through a tree: the input asked on the way to each node, and the node's value."""
    if not tree.inputs:
        return [(None, tree.leaf_values[0])]
    path, node = [(None, tree.node_values[0])], 0
    while node >= 0:
        asked = tree.inputs[node]
        node = tree.left[node] if row[asked] <= np.float32(tree.thresholds[node]) else tree.right[node]
        path.append((asked, tree.node_values[node] if node >= 0 else tree.leaf_values[-1 - node]))
    return path


@given(st.lists(trees(), min_size=1, max_size=5), matrices)
def test_scores_are_those_of_walking_every_tree(grown: list[Tree], matrix: np.ndarray) -> None:
    expected = [sum(walked(tree, row)[-1][1] for tree in grown) for row in matrix]
    assert Forest(grown, INPUTS).scores(matrix).tolist() == expected


@given(st.lists(trees(), min_size=1, max_size=5), matrices)
def test_contributions_are_the_steps_of_every_path_and_add_up(grown: list[Tree], matrix: np.ndarray) -> None:
    forest = Forest(grown, INPUTS)
    shares, base = forest.contributions(matrix, GROUPS, 3)
    expected = np.zeros((len(matrix), 3), dtype=np.int64)
    for number, row in enumerate(matrix):
        for path in (walked(tree, row) for tree in grown):
            for (_, before), (asked, after) in pairwise(path):
                expected[number, GROUPS[asked]] += after - before
    np.testing.assert_array_equal(shares, expected)
    np.testing.assert_array_equal(shares.sum(axis=1) + base, forest.scores(matrix))


def test_a_single_leaf_answers_for_every_block() -> None:
    forest = Forest([Tree([], [], [], [], [], [7]), Tree([], [], [], [], [], [-3])], 1)
    matrix = np.zeros((3, 1), dtype=np.float32)
    assert forest.scores(matrix).tolist() == [4, 4, 4]
    shares, base = forest.contributions(matrix, [0], 1)
    assert (shares.tolist(), base) == ([[0], [0], [0]], 4)


def test_a_value_that_equals_the_threshold_goes_left() -> None:
    forest = Forest([Tree([0], [0.5], [-1], [-2], [0], [10, 20])], 1)
    assert forest.scores(np.array([[0.4], [0.5], [0.6]], dtype=np.float32)).tolist() == [10, 10, 20]


@pytest.mark.parametrize("rows", [0, 1, 1023, 1024, 1025, 3000])
def test_any_number_of_blocks_scores_as_one_by_one(rows: int) -> None:
    forest = Forest([Tree([0, 1], [0.5, 0.2], [-1, -2], [1, -3], [5, 6], [10, 20, 40])], 2)
    matrix = np.random.default_rng(1).random((rows, 2), dtype=np.float32)
    expected = [10 if a <= 0.5 else 20 if b <= np.float32(0.2) else 40 for a, b in matrix]
    assert forest.scores(matrix).tolist() == expected
    assert forest.contributions(matrix, [0, 0], 1)[0].shape == (rows, 1)


def test_more_leaves_than_bits_are_refused() -> None:
    nodes = list(range(1, 17))
    tree = Tree(
        [0] * 16, [float(n) for n in nodes], [-1 - n for n in range(16)], [*nodes[:-1], -17], [0] * 16, [0] * 17
    )
    with pytest.raises(ModelError, match="16"):
        Forest([tree], 1)


# --- inputs ---


def test_inputs_are_the_blocks_own_their_neighbours_and_means_within_the_page() -> None:
    blocks = blocks_of("a\nb\nc", "d\ne", kind="text")
    columns = {"x.y": np.array([1.0, 2, 4, 8, 16])}
    matrix = InputPlan(["x.y", "x.y@-1", "x.y@+2", "x.y@mean1"]).matrix(columns, blocks)
    assert matrix.T.tolist() == [
        [1, 2, 4, 8, 16],
        [-1, 1, 2, -1, 8],
        [4, -1, -1, -1, -1],
        [1.5, np.float32(7 / 3), 3, 12, 12],
    ]


def test_columns_may_stand_in_one_matrix_or_in_several() -> None:
    blocks = blocks_of("a\nb\nc", "d\ne", kind="text")
    one, two = np.array([1.0, 2, 4, 8, 16]), np.array([3.0, 1, 0, 2, 5])
    together = Columns([np.stack([two, one])], {"x": (0, 1), "y": (0, 0)})
    apart = Columns([one[None], np.stack([one, two])], {"x": (0, 0), "y": (1, 1)})
    plan = InputPlan(["x", "y@-1", "x@mean1", "y@mean2"])
    expected = plan.matrix({"x": one, "y": two}, blocks)
    for columns in (together, apart, together):
        np.testing.assert_array_equal(plan.matrix(columns, blocks), expected)


@pytest.mark.parametrize(("name", "detector"), [("shape", "shape"), ("shape.words", "shape"), ("a_b.c@mean15", "a_b")])
def test_an_input_names_its_detector(name: str, detector: str) -> None:
    assert detector_of(name) == detector


@pytest.mark.parametrize("name", ["shape.words@", "shape.words@1", "shape.words@mean", "shape.words@+1@-1", ""])
def test_unknown_input_names_are_errors(name: str) -> None:
    with pytest.raises(ModelError, match="names no input") as caught:
        InputPlan([name])
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize("name", ["nobody", "shape.colour", "shape.colour@-1", "shape.colour@mean5"])
def test_an_input_that_no_detector_gives_is_named(name: str) -> None:
    blocks = blocks_of("one", kind="text")
    with pytest.raises(ModelError, match=f"{name.partition('@')[0]}.*no detector gives"):
        InputPlan([name]).matrix(detect(blocks, BUILTIN), blocks)


@pytest.mark.parametrize("size", ["short", "long"])
def test_columns_that_skip_or_go_backwards_are_laid_out_alike(monkeypatch: pytest.MonkeyPatch, size: str) -> None:
    if size == "long":
        monkeypatch.setattr("boilercut.detectors.contract.MAX_TOGETHER", 0)
    blocks = blocks_of("\n".join(f"Line {number}" for number in range(50)), kind="text")
    pairs = np.arange(100.0).reshape(50, 2)
    for column in (pairs[:, 0], pairs[::-1, 1], np.arange(50.0)[::-1]):
        own = boilercut.detector("own")(lambda blocks, column=column: column)
        matrix = InputPlan(["own", "own@-1"]).matrix(detect(blocks, [own]), blocks)
        assert matrix[:, 0].tolist() == column.tolist()
        assert matrix[1:, 1].tolist() == column[:-1].tolist()


def test_error_names_the_missing_builtin_detectors() -> None:
    with pytest.raises(ModelError, match="use the detectors it was trained with"):
        boilercut.clean(ARTICLE, detectors=())


# --- files ---

SMALL: dict[str, Any] = {
    "format": 2,
    "kind": "text",
    "provenance": {},
    "inputs": ["shape.words"],
    "lexicons": {"words": {"bridge": 10}},
    "page_types": {},
    "trees": [
        {
            "inputs": [0],
            "thresholds": [5.0],
            "left": [-1],
            "right": [-2],
            "node_values": [0],
            "leaf_values": [-90000, 90000],
        }
    ],
}
"""The smallest model that works: more than five words are content."""


def folder_with(path: Path, stored: object) -> str:
    """Store a model for text in a folder and return it."""
    path.joinpath("text.json").write_text(stored if isinstance(stored, str) else json.dumps(stored), "utf-8")
    return str(path)


def changed(**parts: object) -> dict[str, Any]:
    """Return the small model with some parts replaced; None takes a part out."""
    return {key: value for key, value in (SMALL | parts).items() if value is not None}


def changed_tree(**parts: object) -> dict[str, Any]:
    """Return the small model with its tree changed."""
    return changed(trees=[SMALL["trees"][0] | parts])


def test_a_model_that_changes_is_read_again(tmp_path: Path) -> None:
    cutter = Cutter(model=folder_with(tmp_path, SMALL))
    before = cutter.extract(ARTICLE).verdicts[0].probability
    folder_with(tmp_path, changed_tree(leaf_values=[0] * len(SMALL["trees"][0]["leaf_values"])))
    assert cutter.extract(ARTICLE).verdicts[0].probability == 0.5 != before


def test_a_model_of_ones_own_decides(tmp_path: Path) -> None:
    result = Cutter(model=folder_with(tmp_path, SMALL)).extract("Home\n" + ARTICLE)
    assert [verdict.keep for verdict in result.verdicts] == [False, True, True, True]
    assert {name for verdict in result.verdicts for name, _ in verdict.evidence} == {"shape"}


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param("", id="empty"),
        pytest.param('{"format": 1, "kind"', id="cut short"),
        pytest.param([], id="no object"),
        pytest.param("null", id="null"),
        pytest.param(changed(format=1), id="another format"),
        pytest.param(changed(format=None), id="no format"),
        pytest.param(changed(inputs=None), id="no inputs"),
        pytest.param(changed(trees=None), id="no trees"),
        pytest.param(changed(lexicons=None), id="no word lists"),
        pytest.param(changed(page_types=None), id="nothing about page types"),
        pytest.param(changed(page_types={"words": {"a": [0.5] * 8}, "figures": {}}), id="a page type's weight between"),
        pytest.param(changed(page_types={"words": {}}), id="page types without figures"),
        pytest.param(changed(provenance=None), id="no provenance"),
        pytest.param(changed(provenance=[1]), id="a provenance that is none"),
        pytest.param(changed(trees=[{"inputs": [0]}]), id="half a tree"),
        pytest.param(changed(trees=[[]]), id="a tree that is none"),
        pytest.param(changed_tree(leaf_values=list(range(17))), id="too many leaves"),
        pytest.param(changed_tree(leaf_values=["high", "low"]), id="values that are no numbers"),
        pytest.param(changed_tree(left=[5]), id="a child that does not exist"),
        pytest.param(changed_tree(inputs=[3]), id="an input that does not exist"),
        pytest.param(changed(lexicons={"letters": {}}), id="a word list of another name"),
        pytest.param(changed(lexicons={"words": {"bridge": "high"}}), id="a word weight that is no number"),
        pytest.param(changed(inputs=["shape.colour"]), id="an input that no detector gives"),
        pytest.param(changed(kind="html"), id="a model for another kind of page"),
        pytest.param(changed(kind=[]), id="a kind that is none"),
        pytest.param("[" * 200_000, id="endless nesting"),
        pytest.param('{"format": 1e999}', id="an endless number"),
        pytest.param(changed_tree(left=[0]), id="a tree that turns back on itself"),
        pytest.param(changed_tree(right=[0]), id="the same to the right"),
        pytest.param(changed_tree(left=[-2], right=[-1]), id="leaves in another order"),
        pytest.param(changed_tree(left=[-1], right=[-1]), id="a leaf reached twice"),
        pytest.param(changed_tree(left=[-(10**9)]), id="a leaf far beyond the last"),
        pytest.param(changed_tree(right=[2**80]), id="a node beyond all bounds"),
        pytest.param(changed_tree(left=[True]), id="a truth value for a node"),
        pytest.param(changed_tree(inputs=[0.5]), id="half an input"),
        pytest.param(changed_tree(inputs=[-1]), id="an input before the first"),
        pytest.param(changed_tree(inputs=[2**80]), id="an input beyond all bounds"),
        pytest.param(changed_tree(thresholds=[float("nan")]), id="a threshold that is no number"),
        pytest.param(changed_tree(thresholds=[1e308]), id="a threshold beyond single precision"),
        pytest.param(changed_tree(thresholds=["5"]), id="a threshold in letters"),
        pytest.param(changed_tree(thresholds=[]), id="too few thresholds"),
        pytest.param(changed_tree(thresholds=[1.0, 2.0]), id="too many thresholds"),
        pytest.param(changed_tree(node_values=[]), id="too few values"),
        pytest.param(changed_tree(node_values=[0.5]), id="values in fractions"),
        pytest.param(changed_tree(leaf_values=[2**80, 0]), id="a value beyond all bounds"),
        pytest.param(changed_tree(leaf_values=[1]), id="too few leaves"),
        pytest.param(changed_tree(inputs=0), id="a number for a list"),
        pytest.param(changed_tree(more=1), id="a part that trees do not have"),
        pytest.param(changed(inputs=[5]), id="an input that is no name"),
        pytest.param(changed(inputs=["shape.words@mean99999999999999999999"]), id="an input that looks too far"),
        pytest.param(changed(inputs=["shape.words@-1001"]), id="an input that looks too far back"),
        pytest.param(changed(lexicons={"words": {"bridge": 2**80}}), id="a word weight beyond all bounds"),
        pytest.param(changed(lexicons={"words": {"bridge": 0.5}}), id="a word weight in fractions"),
        pytest.param(changed(lexicons={"words": ["bridge"]}), id="words without weights"),
        pytest.param(
            changed(lexicons={"words": {}}, inputs=["words.colour"]), id="a column that word lists do not give"
        ),
    ],
)
def test_a_model_file_that_does_not_fit_is_named(tmp_path: Path, stored: object) -> None:
    cutter = Cutter(model=folder_with(tmp_path, stored))
    with pytest.raises(ModelError) as caught:
        cutter.clean(ARTICLE, kind="text")
    assert str(tmp_path / "text.json") in str(caught.value)


@given(st.data())
def test_a_tree_of_any_numbers_is_refused_or_scores(data: st.DataObject) -> None:
    numbers = st.lists(st.integers(-4, 4), min_size=1, max_size=4)
    tree = Tree(*(data.draw(numbers) for _ in range(6)))
    matrix = np.zeros((3, INPUTS), dtype=np.float32)
    try:
        forest = Forest([tree], INPUTS)
    except ModelError:
        return
    assert forest.scores(matrix).tolist() == [walked(tree, row)[-1][1] for row in matrix]
    forest.contributions(matrix, GROUPS, 3)


def test_words_that_no_text_holds_do_no_harm(tmp_path: Path) -> None:
    entries = {"": 5, "\ud800": 5, "a\nb c\td e": 5, "\x00": 5, "x" * 100_000: 5, "bridge": 10**6}
    cutter = Cutter(model=folder_with(tmp_path, changed(lexicons={"words": entries})))
    assert cutter.extract(ARTICLE, kind="text").kept
    for lexicons in ({}, {"words": {}}, {"words": {}, "class_words": {"nav": -5}, "site_words": {"a": 1}}):
        folder = tmp_path / str(len(lexicons))
        folder.mkdir(exist_ok=True)
        assert Cutter(model=folder_with(folder, changed(lexicons=lexicons))).extract(ARTICLE, kind="text").kept


@pytest.mark.parametrize("folder", ["missing", "\x00"])
def test_a_folder_that_does_not_exist_is_named(tmp_path: Path, folder: str) -> None:
    with pytest.raises(ModelError, match=r"text\.json"):
        boilercut.clean(ARTICLE, model=str(tmp_path / folder))


# --- what ships ---

MAX_BYTES = 1_000_000
each_shipped = pytest.mark.parametrize("kind", ["html", "text"])


@each_shipped
def test_a_shipped_model_loads_and_knows_its_kind(kind) -> None:
    model = load_model(kind, None)
    assert model.kind == kind
    assert set(model.lexicons) == ({"words", "class_words", "post_words"} if kind == "html" else {"words"})
    assert all(model.lexicons.values())


def test_the_shipped_models_are_small() -> None:
    home = resources.files("boilercut.model")
    assert sum(len(home.joinpath(f"{kind}.json").read_bytes()) for kind in ("html", "text")) < MAX_BYTES


@each_shipped
def test_a_shipped_model_says_where_it_comes_from(kind) -> None:
    provenance = load_model(kind, None).provenance
    assert {"data", "command", "scores", "date", "seed"} <= provenance.keys()
    assert provenance["data"]
    assert "wcxb" in json.dumps(provenance["data"])
    assert not {"big9-sites", "turku-quality", "dragnet", "daniel-waddle"} & set(
        provenance["data"]
    )  # for scores only, never for training


@each_shipped
def test_the_detectors_give_every_input_of_a_shipped_model(kind) -> None:
    model: Model = load_model(kind, None)
    learned = model_detectors(model.lexicons, model.page_types)
    blocks = blocks_of(*[source.read_text("utf-8") for source in golden_sources("synthetic")], kind=kind)
    matrix = InputPlan(model.inputs).matrix(detect(blocks, (*BUILTIN, *learned)), blocks)
    assert matrix.shape == (len(blocks), len(model.inputs))
    assert np.isfinite(matrix).all()
    assert len(set(model.inputs)) == len(model.inputs)
    assert set(model.detectors) <= {*(each.name for each in (*BUILTIN, *learned)), "document"}


@each_shipped
def test_a_shipped_model_explains_its_scores_exactly(kind) -> None:
    model = load_model(kind, None)
    learned = model_detectors(model.lexicons, model.page_types)
    blocks = blocks_of(*[source.read_text("utf-8") for source in golden_sources("negative")], kind=kind)
    columns = detect(blocks, (*BUILTIN, *learned))
    shares, base = model.explain(columns, blocks)
    np.testing.assert_array_equal(shares.sum(axis=1) + base, model.score(columns, blocks))
