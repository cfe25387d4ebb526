"""Peers as detectors: verdicts of other extractors as evidence."""

from __future__ import annotations

import sys

import pytest

import boilercut
from boilercut import BUILTIN, Cutter
from boilercut.peers import JUSTEXT_WEIGHT, PEERS, TRAFILATURA_WEIGHT, trafilatura_text
from tests.helpers import ARTICLE, golden_sources

PARAGRAPHS = [f"{line} {line.replace('bridge', 'road')}" for line in ARTICLE.splitlines()]
"""Long enough for jusText, which takes a paragraph of two hundred characters for nothing by itself."""
PAGE = (
    "<html><body><nav><a href='/'>Home</a> <a href='/town'>Town</a></nav><article>"
    + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    + "</article><footer><a href='/terms'>Terms of use</a></footer></body></html>"
)
DETECTORS = (*BUILTIN, *PEERS)
pytestmark = pytest.mark.extra


@pytest.fixture(autouse=True)
def _peers() -> None:
    for name in ("trafilatura", "justext"):
        pytest.importorskip(name, reason="the extra `peers` has it")


def worth(page: object, name: str) -> list[float]:
    verdicts = boilercut.extract(page, detectors=DETECTORS).verdicts
    return [dict(verdict.evidence).get(name, 0.0) for verdict in verdicts]  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "weight"), [("trafilatura", TRAFILATURA_WEIGHT), ("justext", JUSTEXT_WEIGHT)])
def test_peers_speak_for_the_article(name: str, weight: float) -> None:
    assert worth(PAGE, name) == [-weight, weight, weight, weight, -weight]


def test_in_text_only_justext_speaks() -> None:
    page = "\n".join(["Home", *PARAGRAPHS, "Terms of use"])
    assert worth(page, "trafilatura") == [0] * 5
    assert worth(page, "justext") == [-JUSTEXT_WEIGHT, *[JUSTEXT_WEIGHT] * 3, -JUSTEXT_WEIGHT]


def test_trees_leave_trafilatura_silent() -> None:
    html = pytest.importorskip("lxml.html")
    assert set(worth(html.document_fromstring(PAGE), "trafilatura")) == {0.0}


def test_batches_and_single_pages_agree() -> None:
    cutter = Cutter(detectors=DETECTORS)
    pages = [PAGE, ARTICLE, "", "<p>", *(source.read_text("utf-8") for source in golden_sources("realistic")[:8])]
    assert list(cutter.clean_many(pages)) == [cutter.clean(page) for page in pages]


@pytest.mark.parametrize("page", ["", "<", "<p>\ud800", "<html><body></body></html>", "\x00", "<p>" * 3000])
def test_no_page_makes_a_peer_raise(page: str) -> None:
    assert isinstance(boilercut.clean(page, kind="html", detectors=DETECTORS), str)


def test_a_peer_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    told = r"trafilatura is not installed: pip install 'boilercut\[peers\]'"
    with pytest.raises(boilercut.DetectorError, match=told):
        boilercut.clean(PAGE, detectors=DETECTORS)
    with pytest.raises(boilercut.MissingExtraError, match=told):
        trafilatura_text(PAGE)
