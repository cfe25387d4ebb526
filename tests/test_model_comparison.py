"""The comparison of models: each contender learns what can be learned, and probabilities come out calibrated."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality.data import Sample, fold_of
from benchmarks.training.comparison import Trial, calibrated
from benchmarks.training.contenders import (
    Contender,
    fit_logistic,
    fit_naive_bayes,
    logistic,
    milliseconds,
    sigmoid,
)
from benchmarks.training.network import Network, Shape, fit_network, forward, squashed
from boilercut.measure import measure
from boilercut.phrases import shipped_phrases
from boilercut.read import read
from boilercut.training.fit import Example, TrainingSet

PAGES, BLOCKS, INPUTS = 60, 40, 4


def toy(seed: int, *, neighbours: bool = False) -> TrainingSet:
    """Content is where the first input is high, on the block itself or on the one before; the rest is noise."""
    draw = np.random.default_rng(seed)
    matrices = [draw.standard_normal((BLOCKS, INPUTS)).astype(np.float32) for _ in range(PAGES)]
    told = [np.roll(matrix[:, 0], 1) if neighbours else matrix[:, 0] for matrix in matrices]
    labels = [(own > 0).astype(np.float64) for own in told]
    return TrainingSet(matrices, labels, [np.ones(BLOCKS) for _ in range(PAGES)])


def share_right(contender: Contender, data: TrainingSet) -> float:
    right = [
        (contender.log_odds(matrix) > 0) == (own > 0.5)
        for matrix, own in zip(data.matrices, data.labels, strict=True)
    ]  # fmt: skip
    return float(np.mean([own[1:] for own in right]))  # a page's first block has none before it


@pytest.mark.parametrize("fit", [fit_naive_bayes, fit_logistic])
def test_sums_of_evidence_learn_what_one_input_tells(fit) -> None:
    assert share_right(fit(toy(1)), toy(2)) > 0.9


def test_naive_bayes_counts_twice_what_is_told_twice_and_logistic_regression_does_not() -> None:
    draw = np.random.default_rng(1)
    told = [draw.standard_normal((BLOCKS, 1)).astype(np.float32) for _ in range(PAGES)]
    labels = [(draw.random(BLOCKS) < sigmoid(own[:, 0])).astype(np.float64) for own in told]
    data = TrainingSet([np.repeat(own, 3, axis=1) for own in told], labels, [np.ones(BLOCKS)] * PAGES)
    matrix = np.full((1, 3), 1.0, dtype=np.float32)
    bayes, regression = fit_naive_bayes(data).log_odds(matrix)[0], fit_logistic(data).log_odds(matrix)[0]
    assert bayes > 2
    assert 0.5 < regression < 1.5, "the log-odds that the labels were drawn with are 1"


def test_logistic_regression_finds_the_coefficients_that_labels_were_made_with() -> None:
    draw = np.random.default_rng(3)
    inputs = draw.standard_normal((500, 2))
    labels = sigmoid(inputs @ [2.0, -1.0] + 0.5)  # labels are shares, not only 0 and 1
    weights = draw.random(500)
    assert np.allclose(logistic(inputs, labels, weights), [2.0, -1.0, 0.5], atol=1e-6)


def test_a_page_is_calibrated_by_pages_of_the_other_half_of_the_sites() -> None:
    """Labels of a page must not change its own log-odds."""
    sites = [f"site{number}.example" for number in range(12)]
    trials = [trial(site, ["Content of the page.", "Menu"] * 10, "Content of the page.") for site in sites]
    changed = trials[0]._replace(example=trial(sites[0], ["Content of the page.", "Menu"] * 10, "Menu").example)
    before, after = calibrated(trials, ("any",)), calibrated([changed, *trials[1:]], ("any",))
    assert {each.half for each in trials} == {0, 1}
    assert np.array_equal(before[0], after[0])
    others = [number for number, each in enumerate(trials) if each.half != trials[0].half]
    assert any(not np.array_equal(before[number], after[number]) for number in others)


def trial(site: str, lines: list[str], gold: str) -> Trial:
    blocks = measure([read("\n".join(lines), "text")], shipped_phrases())
    sample = Sample(dataset="toy", id=site, url=None, domain=site, language="en", type=None, html="", gold=gold)
    labels = np.array([float(line == gold) for line in lines])
    draw = np.random.default_rng(fold_of(sample, 1000))
    log_odds = labels + draw.standard_normal(len(lines))
    return Trial(sample, Example(blocks, labels, site, "toy"), {"any": log_odds})


def test_milliseconds_are_means_over_pages() -> None:
    assert 0 < milliseconds(fit_naive_bayes(toy(1)), toy(2).matrices[:3]) < 1000


def test_a_network_sees_nothing_beyond_its_page() -> None:
    """Two pages with room between give what each gives alone, so training on stretches is training on pages."""
    shape, draw = Shape(units=6, steps=(1, 2)), np.random.default_rng(4)
    parameters = {
        "mix": draw.standard_normal((INPUTS, 6)), "mix_bias": draw.standard_normal(6),
        "along0": draw.standard_normal((5, 6)), "across0": draw.standard_normal((6, 6)), "bias0": draw.standard_normal(6),
        "along1": draw.standard_normal((5, 6)), "across1": draw.standard_normal((6, 6)), "bias1": draw.standard_normal(6),
        "out": draw.standard_normal(6), "out_bias": np.zeros(()),
    }  # fmt: skip
    network = Network(parameters, np.ones(INPUTS, dtype=np.float32), shape)
    first, second = (draw.standard_normal((blocks, INPUTS)).astype(np.float32) for blocks in (9, 7))
    room = np.zeros((4, INPUTS), dtype=np.float32)
    together = squashed(np.concatenate([first, room, second]), network.scale)
    present = np.repeat([1.0, 0.0, 1.0], [9, 4, 7])[:, None]
    found = forward(np, parameters, together, present, shape)
    assert np.allclose(found[:9], network.log_odds(first))
    assert np.allclose(found[13:], network.log_odds(second))


@pytest.mark.extra
def test_a_network_learns_what_only_the_block_before_tells() -> None:
    pytest.importorskip("jax", reason="the network is fitted with the extra `models`")
    pytest.importorskip("optax", reason="the network is fitted with the extra `models`")
    data, other = toy(1, neighbours=True), toy(2, neighbours=True)
    network = fit_network(data, Shape(units=8, steps=(1,), batch=2, epochs=60, rate=2e-2, dropped=0.0))
    assert share_right(network, other) > 0.9
    assert share_right(fit_naive_bayes(data), other) < 0.6, "no block tells of itself"
