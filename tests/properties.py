"""What holds for every page, whatever stands on it; Hypothesis and the fuzzer both check these."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import pytest

import boilercut
from boilercut import Cutter, Result
from boilercut.read.decode import decoded
from boilercut.vocabulary import PageKind
from tests.helpers import is_ordered_subset

CUTTER = Cutter()
NEIGHBOURS = (
    "<p>The ferry sails again on Monday morning, and nobody minds.</p><ul><li><a href='/'>Home</a></li></ul>",
    "The ferry sails again on Monday morning.\n\nSubscribe to our newsletter\nHome | News | Sport\n",
)
"""An HTML page and a text to stack others with."""
USERS_OF_KERNELS = (
    "boilercut.columns", "boilercut.decide", "boilercut.decide.context", "boilercut.decide.threshold",
    "boilercut.detectors.contract", "boilercut.detectors.learned", "boilercut.detectors.topic",
    "boilercut.measure", "boilercut.model.inputs", "boilercut.model.trees", "boilercut.phrases",
    "boilercut.read.bounds", "boilercut.read.recover", "boilercut.read.text",
)  # fmt: skip
"""Modules that choose between a kernel and NumPy."""


def in_numpy(function: Any) -> Any:
    """Call `function` with every kernel left out."""
    with pytest.MonkeyPatch.context() as patch:
        for module in USERS_OF_KERNELS:
            patch.setattr(import_module(module), "kernels", None)
        patch.setattr("boilercut.read.html.markup_kernels", None)
        return function()


def check_page(page: str | bytes, kind: PageKind | None = None) -> None:
    """Raise AssertionError, or whatever error a page causes, where one of the properties does not hold."""
    check_answer(page, kind)
    check_explanation(page, kind)


def check_answer(page: str | bytes, kind: PageKind | None = None) -> None:
    """Check that the answer is the same alone, among others and without kernels, and that it can be cleaned again."""
    (alone,) = CUTTER.articles([page], kind=kind)
    assert list(CUTTER.articles([*NEIGHBOURS, page], kind=kind))[-1] == alone, "stacked behind others"
    assert next(CUTTER.articles([page, *NEIGHBOURS], kind=kind)) == alone, "stacked before others"
    assert in_numpy(lambda: list(CUTTER.articles([page], kind=kind))) == [alone], "the pure build answers otherwise"
    assert CUTTER.clean(page, kind=kind) == alone.text
    assert 0 <= alone.confidence <= 1
    CUTTER.clean(alone.text)


def check_explanation(page: str | bytes, kind: PageKind | None = None) -> None:
    """Check that the verdicts make up the answer, and that nothing is in it that is not on the page."""
    result = CUTTER.extract(page, kind=kind)
    source = page if isinstance(page, str) else decoded(page)
    assert result.text == CUTTER.clean(page, kind=kind), "clean and extract differ"
    assert result.text == boilercut.replay(source, result.verdicts), "the verdicts do not replay"
    if result.text and result.kind == "text":
        assert is_ordered_subset(result.text.split("\n"), source.split("\n")), "no subset of the lines"
    check_verdicts(source, result)


def check_verdicts(source: str, result: Result) -> None:
    """Check that the verdicts are complete, in order, within the page, and explained to the last bit."""
    assert [verdict.index for verdict in result.verdicts] == list(range(len(result.verdicts)))
    last = 0
    for verdict in result.verdicts:
        assert verdict.text.strip()
        log_odds = result.base + math.fsum(share for _, share in verdict.evidence)
        expected = 1 / (1 + math.exp(-min(max(log_odds, -30), 30)))
        assert math.isclose(verdict.probability, expected, abs_tol=1e-9), "the evidence does not add up"
        if verdict.span is not None:
            start, end = verdict.span
            assert last <= start < end <= len(source), "spans overlap or leave the page"
            assert result.kind == "html" or source[start:end] == verdict.text
            last = end
