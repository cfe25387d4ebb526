"""Leaks by kind, losses by part, and labelled lines, on cases worked out by hand."""

from __future__ import annotations

from argparse import Namespace
from importlib.util import find_spec

import pytest

from benchmarks.quality import languages
from benchmarks.quality.data import LineSample, Sample
from benchmarks.quality.evaluation import score_held_out, summarise
from benchmarks.quality.held_out import HeldOutPage, held_out_page
from benchmarks.quality.kinds import Drawn, counted, read_labels
from benchmarks.quality.leftovers import UNASSIGNED, kinds, leaked_kinds, snippet_kinds
from benchmarks.quality.lines import own_verdicts, score_documents, tables_by_language
from benchmarks.quality.losses import gold_parts, lost_parts
from benchmarks.quality.rivals import TEXT_RIVALS

FIRST = (
    "The ferry left the harbour an hour late because the fog had not lifted, and nobody on the quay seemed surprised."
)
LAST = (
    "When the island came into sight at last, the passengers put their books away and walked to the bow without a word."
)
PAGE = f"""<html><body class="single-post">
<header><ul class="mainMenu"><li>Timetables and fares</li><li>Our boats</li></ul></header>
<article><h1>The ferry to the island</h1><p>{FIRST}</p>
<ul><li>bring a warm coat</li><li>arrive half an hour early</li></ul>
<table><tr><td>Adults pay twelve</td><td>6</td></tr></table>
<pre>ferry --book two</pre><p>{LAST}</p></article>
<div id="crp_related"><a>A night on the lighthouse</a></div>
<div class="box">Somewhere to sleep</div>
<form class="mc4wp"><p>Subscribe to our newsletter</p></form>
<p>© 2026 The Ferry Gazette</p></body></html>"""
GOLD = f"The ferry to the island\n{FIRST}\n- bring a warm coat\n- arrive half an hour early\n"
GOLD += f"Adults pay twelve | 6\nferry --book two\n{LAST}"
SNIPPETS = (
    "Subscribe to our newsletter",
    "A night on the lighthouse",
    "Our boats",
    "Somewhere to sleep",
    "Not on the page",
    "bring a warm coat",
)


needs_renderer = pytest.mark.skipif(
    find_spec("resiliparse") is None, reason="resiliparse, which dumps pages, is absent"
)


def sample(html: str = PAGE, gold: str = GOLD, without: tuple[str, ...] = SNIPPETS) -> Sample:
    return Sample(
        dataset="toy",
        id="7",
        url=None,
        domain=None,
        language="en",
        type="article",
        html=html,
        gold=gold,
        without=without,
    )


def held_out(gold: str, blocks: list[str], labels: list[float], keep: str, confidence: float = 0.9) -> HeldOutPage:
    probabilities = [0.9 if flag == "1" else 0.1 for flag in keep]
    return held_out_page(
        sample(gold=gold), "html", blocks, labels, probabilities, {"balanced": keep, "recall": "1" * len(keep)}, confidence
    )  # fmt: skip


def test_leftover_kind_comes_from_words_then_from_markup() -> None:
    assert dict(snippet_kinds(sample())) == {
        "subscribe to our newsletter": "newsletter",
        "a night on the lighthouse": "related",
        "our boats": "navigation",
        "somewhere to sleep": UNASSIGNED,
    }


@pytest.mark.parametrize(
    ("snippet", "kind"),
    [
        ("Diese Seite verwendet Cookies", "cookie"),
        ("Подпишитесь на рассылку", "newsletter"),
        ("发表评论", "comments"),
        ("Lire aussi", "related"),
        ("Alle Rechte vorbehalten", "legal"),
        ("关注我们", "share"),
        ("Jetzt kaufen", "promo"),
        ("Saltar a navegación · Inicio", "navigation"),
    ],
)
def test_leftovers_are_known_in_other_languages(snippet: str, kind: str) -> None:
    page = sample(html=f"<p>{snippet}</p>", without=(snippet,))
    assert [found for _, found in snippet_kinds(page)] == [kind]


def test_no_phrase_of_a_kind_is_hidden_by_an_earlier_kind_alone() -> None:
    seen: dict[str, str] = {}
    for kind in kinds():
        for phrase in kind.phrases:
            assert phrase, f"{kind.name} holds a phrase without words"
            assert seen.setdefault(phrase, kind.name) == kind.name, f"{phrase} stands under two kinds"


def test_leaks_are_counted_by_kind_and_only_as_whole_words() -> None:
    snippets = [("our boats", "navigation"), ("share", "share"), ("share", "share")]
    assert leaked_kinds("Our boats: shared by all.", snippets) == {"navigation": (1, 1), "share": (0, 2)}


@pytest.mark.extra
@needs_renderer
def test_parts_of_the_article_are_found_in_page_and_gold() -> None:
    parts = gold_parts(sample())
    assert [part.kind for part in parts] == [
        "first paragraph", "last paragraph", "heading", "list item", "list item", "table cell", "code",
    ]  # fmt: skip
    lost = lost_parts(f"The ferry to the island\n{FIRST}\nbring a warm coat", parts)
    assert lost == {
        "first paragraph": (0, 1),
        "last paragraph": (1, 1),
        "heading": (0, 1),
        "list item": (1, 2),
        "table cell": (1, 1),
        "code": (1, 1),
    }


@pytest.mark.extra
@needs_renderer
def test_a_paragraph_that_the_page_does_not_hold_is_not_asked_for() -> None:
    missing = "An editor wrote this sentence into the gold text by mistake, and no page on earth has it, however long one looks."
    parts = gold_parts(sample(gold=f"{missing}\n{GOLD}"))
    assert parts[0].words[:3] == ("the", "ferry", "left")


@pytest.mark.extra
@needs_renderer
def test_held_out_pages_are_scored_by_mode_and_leaks_added_up() -> None:
    page = held_out(GOLD, ["Our boats", GOLD], [0, 1], "01")
    scores = list(score_held_out([sample()], {("toy", "7"): page}))
    table = summarise(scores * 2, lambda score: score.dataset)["toy"]
    assert table["balanced"]["f1"] == 1.0
    assert table["balanced"]["leaked"]["all"] == (0, 8)
    assert table["recall"]["leaked"]["navigation"] == (2, 2)


def test_lines_are_counted_over_all_documents_of_a_language() -> None:
    documents = [
        LineSample(dataset="toy", id="1", language="sv", lines=("Meny", "Katten sov."), labels=(False, True)),
        LineSample(dataset="toy", id="2", language="sv", lines=("Meny", "Sök", " "), labels=(False, False, False)),
    ]
    table = tables_by_language(score_documents(documents, {"none": TEXT_RIVALS["none"]}))
    row = table["sv"]["none"]
    assert row["documents"] == 2
    assert (row["precision"], row["recall"], row["f1"]) == (0.25, 1.0, 0.4)
    assert row["character_accuracy"] == pytest.approx(11 / 22)
    assert table["all"] == table["sv"]


def test_equal_lines_have_separate_verdicts() -> None:
    lines = ["Menu", FIRST, LAST, "Menu"]
    assert len(own_verdicts(lines, "balanced")) == len(lines)
    assert own_verdicts(lines, "recall")[1:3] == [True, True]


def test_kinds_are_counted_on_labelled_blocks_that_are_no_content() -> None:
    labels = read_labels("a-1 share,form\na-2 navigation\na-3 content\n\n")
    blocks = [Drawn(f"a-{number}", "site", "share", "") for number in range(1, 5)]
    counts = counted(blocks, labels)
    assert counts["share"] == {"labelled": 2, "right": 1, "labelled_as": {"share": 1, "navigation": 1}}
    assert counts["all"]["labelled"] == 2


def test_a_site_counts_once_in_the_table_of_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    def page(number: int, site: int, language: str | None) -> Sample:
        return Sample(
            dataset="toy",
            id=str(number),
            url=None,
            domain=f"s{site}.example",
            language=language,
            type=None,
            html="",
            gold="x",
        )

    told = [*((0, "pt") for _ in range(3)), *((site, "pt-BR") for site in range(5)), (9, "de"), (8, None)]
    pages = [page(number, *each) for number, each in enumerate(told)]
    monkeypatch.setattr(languages, "read_sets", lambda names: pages)
    monkeypatch.setattr(languages, "scored", lambda sample: {"html": float(sample.domain == "s0.example"), "text": 1.0})
    ((name, row),) = languages.run(Namespace(sets=["toy"]))["languages"].items()
    assert (name, row["sites"], row["pages"], row["text"]) == ("pt", 5, 6, 1.0)
    assert row["html"] == pytest.approx(0.2)
    low, high = row["html, interval"]
    assert 0 <= low <= 0.2 <= high <= 1
