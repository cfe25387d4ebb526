"""Metamorphic checks on the golden pages, and checks of the checks."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.quality.data import Sample
from boilercut import Cutter
from tests.helpers import ARTICLE, golden_sources
from tests.metamorphic.additions import Additions, taken_from, written
from tests.metamorphic.counts import Verdicts, changed, compared
from tests.metamorphic.pages import known_pages, verdicts_of
from tests.metamorphic.places import PLACES, html_slots
from tests.metamorphic.rewrites import HTML_REWRITES, TEXT_REWRITES

pytest.importorskip("resiliparse", reason="text to add to is resiliparse's; `.ci/run` installs it")
EXACT = ("white space joined", "white space split", "tags in capitals", "attributes reversed")
EXACT_TEXT = ("spaces at line ends", "line ends of Windows", "empty lines between", "lines indented")
PARAGRAPHS = "".join(f"<p>{line}</p>\n" for line in ARTICLE.splitlines())
PAGE = (
    f'<html><head></head><body class="a" id="b"><nav class="menu"><a href="/">Home</a></nav>'
    f"<div><h1>Bridge closed</h1>{PARAGRAPHS}</div><footer>Imprint</footer></body></html>"
)


def sample(html: str, gold: str, language: str = "en", domain: str = "wend.example") -> Sample:
    return Sample(
        dataset="toy", id="7", url=None, domain=domain, language=language, type="article", html=html, gold=gold
    )  # fmt: skip


def known_goldens():
    """Yield the realistic golden pages, taking what is cut of them now as right, and how each is read."""
    cutter = Cutter()
    for source in golden_sources("realistic"):
        text = source.read_text("utf-8")
        form = "html" if source.suffix == ".html" else "text"
        page = text if form == "html" else "<pre>" + text.replace("<", "&lt;") + "</pre>"
        language = source.name.split("-")[0] if source.name[2:3] == "-" else "en"
        one = sample(page, cutter.clean(text, kind=form), language)
        yield from ((form, one, known) for known in known_pages(one, cutter, form))


def test_equivalent_markup_gives_the_same_verdicts() -> None:
    cutter, rewritten_pages = Cutter(), Counter[str]()
    for form, _, known in known_goldens():
        rewrites = HTML_REWRITES if form == "html" else TEXT_REWRITES
        for name in EXACT if form == "html" else EXACT_TEXT:
            rewritten = rewrites[name](known.slots)
            rewritten_pages[name] += rewritten != known.slots.source
            assert changed(known.verdicts, verdicts_of(cutter.extract(rewritten, kind=form))) == 0, name
    assert min(rewritten_pages[name] for name in (*EXACT, *EXACT_TEXT)) >= 5


def test_boilerplate_beside_an_article_is_cut_and_the_article_is_kept() -> None:
    cutter, cut, added, lost, kept = Cutter(), 0, 0, 0, 0
    for form, one, known in known_goldens():
        for addition in written(one.language):
            source = addition.html if form == "html" else "".join(f"{line}\n" for line in addition.lines)
            for place in PLACES:
                after = verdicts_of(cutter.extract(known.slots.with_addition(place, source), kind=form))
                comparison = compared(known.verdicts, after, known.article)
                assert comparison is not None, place
                cut, added = cut + comparison.added_cut, added + comparison.added_cut + len(comparison.added_kept)
                lost, kept = lost + len(comparison.lost), kept + comparison.kept_before
    assert added > 1000
    assert cut / added > 0.95
    assert lost / kept < 0.03  # threads, products and recipes of few lines among them: .026 when this was written


def test_slots_surround_the_article_and_its_container() -> None:
    start, end = PAGE.index("The bridge"), PAGE.rindex("back.")
    slots = html_slots(PAGE, start, end)
    assert slots is not None
    assert slots.source == PAGE
    assert slots.parts[0].endswith("</nav>")
    assert slots.parts[1].endswith("</h1>")
    assert slots.parts[2].startswith("<p>The bridge")
    assert slots.parts[2].endswith("back.</p>")
    assert slots.parts[4].startswith("<footer>")


def test_rewrites_match_their_names() -> None:
    slots = html_slots(PAGE, PAGE.index("The bridge"), PAGE.rindex("back."))
    assert slots is not None
    written_so = {name: rewrite(slots) for name, rewrite in HTML_REWRITES.items()}
    assert '<BODY CLASS="a" ID="b"><NAV' in written_so["tags in capitals"]
    assert '<body id="b" class="a">' in written_so["attributes reversed"]
    assert "class" not in written_so["classes and ids dropped"]
    assert 'class="menu"' not in written_so["classes and ids renamed"]
    assert "Bridge\n\t  closed" in written_so["white space split"]
    assert "<body" in written_so["body in three divs"]
    assert written_so["body in three divs"].count("<div>") == 4
    assert written_so["article in three divs"].count("<div>") == 4
    assert written_so["each paragraph in a div"].count("<div><p>") == 3


def test_taken_pieces_are_boilerplate_of_another_site_in_the_same_language() -> None:
    links = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(5))
    donor = sample(f"<nav><ul>{links}</ul></nav><p>Text.</p>", "Text.", domain="other.example")
    assert [(each.kind, len(each.lines)) for each in taken_from(donor)] == [("navigation", 5)]
    gold = sample("<div class='related'><p>One two three four.</p><p>a</p><p>b</p></div>", "One two three four.")
    assert taken_from(gold) == []
    additions = Additions([donor], lambda _: 0)
    assert [each.origin for each in additions.of(sample(PAGE, ARTICLE))].count("taken") == 1
    for other in (sample(PAGE, ARTICLE, language="de"), sample(PAGE, ARTICLE, domain="other.example")):
        assert all(each.origin == "written" for each in additions.of(other))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (Verdicts(("a", "new", "b"), (False, True, True)), (("new",), 0, (), 0)),
        (Verdicts(("a", "new", "b"), (True, False, False)), ((), 1, ("b",), 1)),
    ],
)
def test_additions_and_losses_are_counted(after: Verdicts, expected: tuple[object, ...]) -> None:
    comparison = compared(Verdicts(("a", "b"), (False, True)), after, [True, True])
    assert comparison is not None
    assert comparison[:4] == expected


def test_pages_with_different_blocks_are_not_compared() -> None:
    assert compared(Verdicts(("a", "b"), (True, True)), Verdicts(("a", "x", "c"), (True,) * 3), [True, True]) is None
