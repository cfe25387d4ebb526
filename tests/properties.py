"""State the properties of every page; Hypothesis and the fuzzer check them."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import boilercut
from boilercut import Cutter, Result
from boilercut.page import PageKind
from boilercut.read.decode import decoded
from tests.builds import build_named
from tests.helpers import is_ordered_subset

CUTTER = Cutter()
NEIGHBOURS = (
    "<p>The ferry sails again on Monday morning, and nobody minds.</p><ul><li><a href='/'>Home</a></li></ul>",
    "The ferry sails again on Monday morning.\n\nSubscribe to our newsletter\nHome | News | Sport\n",
)
"""An HTML page and a text to stack others with."""


def uncompiled_articles(page: str | bytes, kind: PageKind | None) -> list[Any]:
    """Return the article of a page as the uncompiled sources give it."""
    build = build_named("uncompiled")
    return build.run(lambda: list(build["boilercut.cutter"].Cutter().articles([page], kind=kind)))


def check_answer(page: str | bytes, kind: PageKind | None = None) -> None:
    """Check that the answer is the same alone, among others and uncompiled, and that it can be cleaned again."""
    (alone,) = CUTTER.articles([page], kind=kind)
    assert list(CUTTER.articles([*NEIGHBOURS, page], kind=kind))[-1] == alone, "stacked behind others"
    assert next(CUTTER.articles([page, *NEIGHBOURS], kind=kind)) == alone, "stacked before others"
    (pure,) = uncompiled_articles(page, kind)
    assert asdict(pure) == asdict(alone), "the pure build gives another answer"
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
