"""The explanation adds up, points into the input, and can be replayed."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from itertools import islice

import lxml.html
import pytest
from hypothesis import given

import boilercut
from boilercut.read import read
from boilercut.read.decode import decoded
from boilercut.read.html.spans import source_spans
from boilercut.results import Result
from tests.helpers import golden_sources, html_texts
from tests.strategies import html_pages, texts

CUTTER = boilercut.Cutter()
TRAIN_PAGES = 200
MIN_SPAN_SHARE = 0.99
"""Share of all blocks of real pages whose place in the source is found; of 53,714 blocks it was .998."""


def letters(text: str) -> str:
    return "".join(text.split())


def assert_evidence_adds_up(result: Result) -> None:
    for verdict in result.verdicts:
        log_odds = result.base + math.fsum(each.log_odds for each in verdict.evidence)
        expected = 1 / (1 + math.exp(-min(max(log_odds, -30), 30)))
        assert abs(expected - verdict.probability) < 1e-6
        if 1e-9 < verdict.probability < 1 - 1e-9:
            score = math.log(verdict.probability / (1 - verdict.probability))
            assert abs(score - log_odds) < 1e-6


def assert_spans_slice(source: str, result: Result) -> float:
    """Check every span against its block; return the share of blocks that have one."""
    last = 0
    spanned = [verdict for verdict in result.verdicts if verdict.span is not None]
    for verdict in spanned:
        assert verdict.span is not None
        start, end = verdict.span
        assert last <= start <= end <= len(source)
        last = end
        if result.kind == "text":
            assert source[start:end] == verdict.text
        else:
            own = f"<div>{source[start:end]}</div>"
            shown, whole = " ".join(html_texts(own)), lxml.html.document_fromstring(own).text_content()
            assert letters(verdict.text) in (letters(shown), letters(whole))  # all of it where the block is hidden
    return len(spanned) / len(result.verdicts) if result.verdicts else 1.0


def assert_replays(source: str, result: Result) -> None:
    assert boilercut.replay(source, result.verdicts) == CUTTER.clean(source, kind=result.kind) == result.text


@pytest.mark.parametrize("path", golden_sources(), ids=lambda path: path.name)
def test_golden_pages_are_explained_exactly(path) -> None:
    source = decoded(path.read_bytes())
    result = CUTTER.extract(source)
    assert_evidence_adds_up(result)
    from_data = sum(verdict.tag == "script" for verdict in result.verdicts)  # its source is escaped, and has no span
    shown = len(result.verdicts) - from_data
    assert assert_spans_slice(source, result) == pytest.approx(shown / len(result.verdicts))
    assert_replays(source, result)


@given(texts())
def test_any_text_is_explained_exactly(source: str) -> None:
    result = CUTTER.extract(source, kind="text")
    assert_evidence_adds_up(result)
    assert assert_spans_slice(source, result) == 1
    assert_replays(source, result)


@given(html_pages())
def test_any_html_is_explained_exactly(source: str) -> None:
    result = CUTTER.extract(source, kind="html")
    assert_evidence_adds_up(result)
    assert_spans_slice(source, result)
    assert_replays(source, result)


def train_pages() -> Iterator[str]:
    """Return pages of every training set, picked by checksum."""
    from benchmarks.quality.data import TRAIN_SETS, MissingDataError, read_set, smallest_checksums

    each = TRAIN_PAGES // len(TRAIN_SETS)
    try:
        return (page.html for name in TRAIN_SETS for page in smallest_checksums(read_set(name), each))
    except MissingDataError as error:
        pytest.skip(str(error))


@pytest.mark.data
def test_real_pages_are_explained_exactly() -> None:
    from benchmarks.quality.data import MissingDataError

    blocks = spanned = 0.0
    try:
        pages = list(islice(train_pages(), TRAIN_PAGES))
    except MissingDataError as error:
        pytest.skip(str(error))
    assert len(pages) == TRAIN_PAGES
    for source in pages:
        result = CUTTER.extract(source, kind="html")
        assert_evidence_adds_up(result)
        spanned += assert_spans_slice(source, result) * len(result.verdicts)
        blocks += len(result.verdicts)
        assert_replays(source, result)
    assert spanned / blocks > MIN_SPAN_SHARE


@pytest.mark.parametrize(
    ("source", "spans"),
    [
        pytest.param("<p>One &amp; two</p><p>Three</p>", ["One &amp; two", "Three"], id="entities"),
        pytest.param("<p> a <b>bold</b>\n word </p>", ["a <b>bold</b>\n word"], id="inline tags"),
        pytest.param("a<br>b", ["a", "b"], id="line breaks"),
        pytest.param("<script>var a = '<p>One</p>'</script><p>One</p>", ["One"], id="script"),
        pytest.param("<!-- <p>One</p> --><p>One</p><!--><p>Two</p>", ["One", "Two"], id="comments"),
        pytest.param("<title>One</title><svg><text>One</text></svg><p>One</p>", ["One"], id="text nobody reads"),
        pytest.param("<p title='a > b'>One</p>", ["One"], id="quoted bracket"),
        pytest.param('<a class="b"c" href="x">One</a>', ["One"], id="stray quote"),
        pytest.param("<html><iframe src='x'/><p>One two.</p><p>Two</p><p>Three</p></html>", ["One two.", "Two", "Three"], id="closed inside the tag"),
        pytest.param("<p>a <math><msup><mi>v</mi><mn>2</mn></msup></math></p><p>b <math><mi>x</mi></math> c</p>",
                     ["a <math><msup><mi>v</mi><mn>2</mn></msup></math>", "b <math><mi>x</mi></math> c"], id="MathML"),
        pytest.param("<table>moved<tr><td>cell</td></tr></table>", ["moved", "cell"], id="text moved out of a table"),
    ],
)  # fmt: skip
def test_spans_by_hand(source: str, spans: list[str]) -> None:
    result = CUTTER.extract(source, kind="html")
    assert [source[slice(*verdict.span)] for verdict in result.verdicts if verdict.span] == spans


@pytest.mark.parametrize(
    "part",
    [
        "<a ",
        "<p",
        "</",
        "<!",
        "<!--",
        '<a ="',
        "<script>",
        "<svg>",
        "&amp",
        "<b>x</b>",
        "<p>x</p>",
        "<a href='>",
        "x<br>y",
        "<td>a<table>b",
    ],
)
def test_spans_take_time_in_proportion_to_the_page(part: str) -> None:
    page = read(part * 20_000 + '<p>end</p><a =">"', "html")
    started = time.perf_counter()
    assert len(source_spans(page)) == len(page.starts)
    assert time.perf_counter() - started < 20  # a scan that is quadratic takes minutes


def test_spans_of_bytes_point_into_the_decoded_text() -> None:
    source = "<p>Größe und Gewicht</p>"
    result = CUTTER.extract(source.encode("latin-1"), charset="latin-1")
    assert [source[slice(*verdict.span)] for verdict in result.verdicts if verdict.span] == ["Größe und Gewicht"]


def test_trees_have_no_spans() -> None:
    html = pytest.importorskip("lxml.html")
    tree = html.fromstring("<p>The river rose by two metres on Monday night.</p>")
    assert [verdict.span for verdict in CUTTER.extract(tree).verdicts] == [None]
