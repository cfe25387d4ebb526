"""The way to the parser: what parsers are superlinear in is bounded, no text is lost, and other pages pass untouched."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import islice
from json import dumps
from random import Random
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from boilercut import _native
from boilercut.read.html import bounds
from boilercut.read.html.bounds import bounded
from boilercut.read.html.parse import read_html
from boilercut.read.html.spans import source_spans
from tests.builds import build_named
from tests.helpers import ARTICLE, golden_sources

compiled_only = pytest.mark.skipif(_native.build() != "compiled", reason="this is the pure build")
UNCOMPILED = build_named("uncompiled")
BEFORE, AFTER = "The ferry sails again on Monday.", "The bridge is closed until spring."
MAX_SECONDS = 4.0
"""Most take a tenth of it on an idle machine, and none took less than ten seconds, or a gigabyte, without bounds."""


def numbered(form: str, times: int) -> str:
    return "".join(form.replace("%", str(number)) for number in range(times))


HOSTILE: dict[str, Callable[[], str]] = {
    "formatting elements with an attribute each": lambda: "<p>" + numbered("<font a=%>", 900) + "<p>x" * 20_000,
    "formatting elements that close nothing": lambda: "<p>" + numbered("<font a=%></i>", 900) + "<p>x" * 20_000,
    "formatting elements in a comment's shade": lambda: (
        "<p>" + numbered("<font a=%><!--</font>-->", 900) + "<p>x" * 20_000
    ),
    "formatting elements that blocks keep open": lambda: (
        ("<b>" + "<div>" * 9 + "</b>" + "</div>" * 9) * 900 + "<p>x" * 20_000
    ),
    "slashes": lambda: "<div />" * 40_000,
    "end tags that close nothing": lambda: "<div></x>" * 40_000,
    "< in a value": lambda: '<div a="<">' * 40_000,
    "an end tag in a value": lambda: '<div a="</div>">' * 40_000,
    "an end tag in a comment": lambda: "<div><!--</div>-->" * 40_000,
    "an end tag behind an empty comment": lambda: "<div><!--></div><div>-->" * 20_000,
    "an end tag in a comment that ends in !": lambda: "<div><!--</div>--!>" * 30_000,
    "an end tag in a script": lambda: "<div><script></div></script>" * 20_000,
    "an end tag in a script in a script": lambda: "<div><script><!--<script></script></div>--></script>" * 20_000,
    "an end tag behind a cell": lambda: "<div><table><tr><td></div>" * 20_000,
    "an end tag behind a formatting element": lambda: "<b><div></b></div><span></b>" * 20_000,
    "forms": lambda: "<form><div></form>" * 40_000,
    "elements of SVG that HTML has no content for": lambda: "<svg>" + "<col>" * 40_000,
    "titles in SVG": lambda: "<svg><title><div></title></svg>" * 20_000,
    "cells in templates": lambda: "<template>x" + "<td><div>" * 40_000 + "</template>",
    "lists in lists": lambda: "<dl><dt>" * 40_000,
    "paragraphs in deep elements": lambda: "<div>" * 900 + "<p>x" * 50_000,
    "attributes": lambda: f"<p {numbered('a% ', 40_000)}>x",
    "attributes behind an empty comment": lambda: f"<!--><p {numbered('a% ', 40_000)}>x",
    "attributes of an end tag": lambda: f"</p {numbered('a% ', 40_000)}>x",
    "attributes in a frameset": lambda: f"<frameset><style><p {numbered('a% ', 40_000)}></style></frameset>",
    "attributes of many bodies": lambda: numbered("<body a%=1 b%=1 c%=1>", 20_000),
    "options": lambda: "<select>" + "<option>a" * 40_000 + "</select>",
    "elements with a name each": lambda: numbered("<x-%>y</x-%>", 40_000),
    "attributes with a name each": lambda: numbered("<p a%>y", 60_000),
    "attributes of end tags with a name each": lambda: numbered("</p a%>y", 60_000),
}


def seconds(function: Callable[[], Any]) -> float:
    started = process_time()
    function()
    return process_time() - started


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_read_in_time_and_keep_their_text(name: str) -> None:
    source = f"<!doctype html><p>{BEFORE}</p>{HOSTILE[name]()}</select></template></svg><p>{AFTER}</p>"
    texts: list[str] = []
    taken = seconds(lambda: texts.append(read_html(source).text))
    if taken > MAX_SECONDS:  # the machine may be busy
        taken = seconds(lambda: read_html(source))
    assert taken < MAX_SECONDS
    assert BEFORE in texts[0]
    hidden = name in ("attributes in a frameset", "cells in templates", "titles in SVG")
    assert AFTER in texts[0] or hidden


@pytest.mark.slow
@compiled_only
@pytest.mark.parametrize("name", HOSTILE)
def test_either_build_takes_the_same_out(name: str) -> None:
    source = HOSTILE[name]().encode()
    assert bounded(source) == UNCOMPILED["boilercut.read.html.bounds"].bounded(source)


@pytest.mark.slow
@pytest.mark.parametrize("place", ["srcdoc", "articleBody"])
@pytest.mark.parametrize("name", ["slashes", "attributes", "options", "elements with a name each"])
def test_frames_and_html_in_data_go_the_same_way(place: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def watched(source: bytes) -> bytes:
        seen.append(source)
        return bounded(source)

    monkeypatch.setattr("boilercut.read.html.parse.bounded", watched)
    inner = f"{HOSTILE[name]()}</select><p>{ARTICLE}</p>"
    sources = {
        "srcdoc": f'<p>{BEFORE}</p><iframe srcdoc="{escape(inner)}"></iframe>',
        "articleBody": f"<p>{BEFORE}</p><script type='application/ld+json'>"
        f'{{"@type": "NewsArticle", "articleBody": {in_a_script(inner)}}}</script>',
    }
    assert seconds(lambda: read_html(sources[place])) < 2 * MAX_SECONDS
    assert [source for source in seen if source.startswith(inner[:40].encode())]


def in_a_script(text: str) -> str:
    return dumps(text).replace("</", "<\\/")


# --- pages within bounds pass untouched ---


@pytest.mark.parametrize("source", golden_sources(), ids=lambda path: path.name)
def test_golden_pages_pass_untouched(source: Any) -> None:
    page = source.read_bytes()
    assert bounded(page) is page
    assert UNCOMPILED["boilercut.read.html.bounds"].bounded(page) is page


@pytest.mark.parametrize(
    "source",
    [
        b"", b"<", b"<!", b"</", b"<a", b"<a b='", b"<!--", b"<script>", b"<script><!--", b"<svg><![CDATA[",
        b"<div>" * 900, b"<div>" * 4000, b"<p>x" * 5000, b"<li>x" * 5000, b"<option>" * 2000,
        b"<b><i>x</i></b>" * 5000, b"<p>" + b"<b a=1>" * 3000, numbered("<p a%>", 3000).encode(),
        b"<p " + b"a " * 1000 + b">", b"<table>" + b"<tr><td><b>x" * 5000, b"<svg>" + b"<path d='M0 0'/>" * 5000,
    ],
)  # fmt: skip
def test_what_parsers_are_quick_at_passes_untouched(source: bytes) -> None:
    assert bounded(source) is source
    assert UNCOMPILED["boilercut.read.html.bounds"].bounded(source) is source


# --- what is taken out ---


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"<div>" * 5000 + b"x", b"<div>" * 1000 + b"<br>" * 4000 + b"x"),
        (b"<p " + b"a=1 " * 1002 + b">x", b"<p" + b" a=1" * 1000 + b"  >x"),
        (b"</p " + b"a=1 " * 1002 + b">x", b"</p" + b" a=1" * 1000 + b"  >x"),
    ],
)  # fmt: skip
def test_tags_and_attributes_beyond_a_bound_are_taken_out(source: bytes, expected: bytes) -> None:
    assert bounded(source) == expected
    assert UNCOMPILED["boilercut.read.html.bounds"].bounded(source) == expected


def test_a_long_list_of_options_becomes_several() -> None:
    found = bounded(b"<select>" + b"<option>a" * 4000 + b"</select>")
    assert found.count(b"<option>a") == 4000
    assert found.count(b"<select>") == found.count(b"</select>") == 14


def test_attributes_that_are_read_stay_whatever_their_number_of_names() -> None:
    page = read_html(numbered("<p a%=1 class=c%>y", 20_000))
    assert page.elements is not None
    assert "c19999" in page.elements.distinct_names


def test_spans_are_those_of_the_source_where_tags_were_taken_out() -> None:
    source = "<div />" * 6000 + "<p>One <b>two</b></p><p>Three</p>"
    page = read_html(source)._replace(source=source)
    found = [span and source[slice(*span)] for span in source_spans(page)]
    assert found == ["One <b>two", "Three"]


# --- the scan and its kernel, against each other and against the parser ---

NAMES = (
    "div p span b i a font table tr td tbody caption li ul dd dt dl option select button form svg math g title mi desc "
    "foreignObject template h1 pre object marquee nobr style script textarea noscript x x-y ruby rt br input hr col "
    "section optgroup em annotation-xml"
).split()
MARKS = ("x", " ", "<!-->", "<![CDATA[", ">", "]]>", "<!--", "-->", '<p a="', '"', "</ x>", "<x <y>", "<b a='>'>")


def pieces(random: Random) -> str:
    name, kind = random.choice(NAMES), random.random()
    if kind < 0.5:
        return f"<{name}{random.choice(['', '', ' /', ' a=1', f' a={random.randrange(9)}'])}>"
    return f"</{name}>" if kind < 0.85 else random.choice(MARKS)


def soup(seed: int, most: int = 200) -> bytes:
    random = Random(seed)
    beginning = random.choice(["", "<!doctype html>"])
    return (beginning + "".join(pieces(random) for _ in range(random.randrange(1, most)))).encode()


def scanned(source: bytes) -> bounds.Scan:
    scan = bounds.Scan(source, bounds.is_in_quirks_mode(source), bounds.loose_caps(source))
    scan.run()
    return scan


@compiled_only
@given(st.integers(0, 10**9))
def test_the_kernel_counts_what_the_scan_counts(seed: int) -> None:
    source = soup(seed)
    scan, quirks = scanned(source), bounds.is_in_quirks_mode(source)

    def is_within(*sums: int) -> bool:
        answer = _native.chosen_source.is_within_bounds(source, *bounds._tag_table(), quirks, (*sums, 1000, 1000))
        return bool(answer)

    sums = (scan.steps, scan.elements.clones, scan.elements.option_steps)
    certain = is_within(*[10**9] * 3)  # eight blocks in a formatting element, an annotation: the scan decides
    assert is_within(*sums) == certain
    for row in range(3):
        less = [each - (place == row) for place, each in enumerate(sums)]
        assert less[row] < 0 or not is_within(*less)


@given(st.integers(0, 10**9))
def test_pages_called_small_have_nothing_to_take_out(seed: int) -> None:
    source = soup(seed, 30) * 20
    with pytest.MonkeyPatch.context() as patch:
        for module in (bounds.quick, bounds.scan):
            patch.setattr(module, "MAX_CLONES", 60)
        for module in (bounds.quick, bounds.limits):
            patch.setattr(module, "MAX_FORMATTING", 12)
        if bounds.is_small(source):
            scan = bounds.Scan(source, bounds.is_in_quirks_mode(source), bounds.loose_caps(source))
            assert scan.run()
            assert not scan.edits.made


class DeepElements(bounds.scan.OpenElements):
    """Open elements that know how deep they were at most."""

    deepest = 0

    def _open(self, *given: Any) -> bool:
        opened = super()._open(*given)
        self.deepest = max(self.deepest, len(self.names))
        return opened


@given(st.integers(0, 10**9))
def test_trees_are_no_deeper_than_the_scan_takes_them_to_be(seed: int) -> None:
    random = Random(seed)
    unit = "".join(pieces(random) for _ in range(random.randrange(1, 7)))
    source = ("".join(pieces(random) for _ in range(random.randrange(4))) + unit * 40).encode()
    quirks, caps = bounds.is_in_quirks_mode(source), bounds.loose_caps(source)
    scan = bounds.Scan(source, quirks, caps)
    scan.elements = elements = DeepElements(quirks, caps, scan.edits)
    scan.run()
    assert depth(source) <= 3 * elements.deepest + 20  # a cell makes a row and a section


def depth(source: bytes) -> int:
    root = LexborHTMLParser(source).root
    deepest, waiting = 0, [(root, 1)] if root else []
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        child: LexborNode | None = node.child
        while child is not None:
            waiting += [(child, level + 1)] if child.tag not in ("-text", "-comment") else []
            child = child.next
    return deepest


# --- growth ---


@pytest.mark.slow
@pytest.mark.parametrize("name", ["<div></x>", "<font a=%><p>x", "<select> <option>", "<x-%>", "<p a% a%>", "<td>x"])
def test_twice_the_page_takes_twice_the_time(name: str) -> None:
    from benchmarks.hostile.growth import growth
    from tests.hostile.constructs import CONSTRUCTS

    assert growth(name, CONSTRUCTS[name], 200_000, whole=False).factor < 3


def test_growth_pairs_every_construct_with_every_other() -> None:
    from benchmarks.hostile.growth import pages
    from tests.hostile.constructs import CONSTRUCTS

    singles = 3 * len(CONSTRUCTS)
    assert len(list(islice(pages(), singles + 1))) == singles
    assert next(islice(pages(pairs=True), singles, None))[0] == "<address> | <address>"
