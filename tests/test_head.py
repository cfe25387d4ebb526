"""What a page says in its head and as data: read once, in linear time, whatever numbers and lists stand there."""

from __future__ import annotations

import json
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

import boilercut
from boilercut.read.html.entities import unescaped
from boilercut.read.html.head import MAX_TYPES, Head
from boilercut.read.html.parse import read_html
from tests.growth import MAX_GROWTH, growth, seconds
from tests.helpers import ARTICLE

LINKED = '<script type="application/ld+json">%s</script>'
LONG_NUMBERS = ["&#" + "1" * 5000 + ";", "&#" + "0" * 5000 + "65;", "&#x" + "1" * 5000 + ";", "&#" + "0" * 5000]


@given(st.text(alphabet="&#xX0123456789aAmp;lt éß", max_size=30))
def test_references_are_decoded_as_html_does(text: str) -> None:
    assert unescaped(text) == unescape(text)


@pytest.mark.parametrize(("number", "character"), [(0, "\ufffd"), (1, "A"), (2, "\ufffd"), (3, "\ufffd")])
def test_references_of_any_length_are_decoded(number: int, character: str) -> None:
    assert unescaped(LONG_NUMBERS[number]) == character


@pytest.mark.parametrize("reference", LONG_NUMBERS, ids=range(4))
def test_no_reference_raises(reference: str) -> None:
    data = json.dumps({"@type": "Article", "articleBody": f"{ARTICLE} {reference}"})
    assert boilercut.extract(f"<p>{ARTICLE} {reference}</p>").text
    assert boilercut.clean(f"<title>A title of words</title><p>x</p>{LINKED % data}")


def test_a_long_number_loses_no_text_beside_it() -> None:
    data = json.dumps({"@type": "Article", "articleBody": ARTICLE})[:-1] + ', "n": ' + "9" * 5000 + "}"
    assert ARTICLE.splitlines()[0] in boilercut.clean(f"<title>A title of words</title><p>x</p>{LINKED % data}")


def test_types_of_all_scripts_are_noted_in_order_and_capped() -> None:
    head = Head()
    for number in range(3):
        head.describe("script", {"type": "application/ld+json"}, f'{{"@type" : [ "Type{"ABC"[number]}", "x"]}}')
    assert head.metadata["schema"] == "TypeA TypeB TypeC"
    head.describe("script", {"type": "application/ld+json"}, '"@type":"Other"' * (MAX_TYPES + 5))
    head.describe("script", {"type": "application/ld+json"}, '"@type":"Last"')
    assert len(head.metadata["schema"].split()) == MAX_TYPES
    assert "Last" not in head.metadata["schema"]


@pytest.mark.parametrize(
    ("start", "unit", "end"),
    [
        (LINKED[:35] + '{"@type":', " ", "</script>"),
        (LINKED[:35] + '{"articleBody": ', "9", "}</script>"),
        (LINKED[:35] + '{"articleBody": 1.', "9", "}</script>"),
        (LINKED[:35] + '{"articleBody": "', "&#", '"}</script>'),
        ("", '<script type="json">"@type":"' + "A" * 60 + '"</script>', ""),
        ("", '<meta name="description" content="' + "word " * 20 + '">', ""),
        ("", "<title> </title>", ""),
        ("", '<meta property="og:x" content="y">', ""),
        ("", "<link rel=canonical href=/x>", ""),
        ("", '<script>window.x = {"a": [1]};' + " " * 80 + "</script>", ""),
        ("", "<noscript>" + "word " * 20 + "</noscript>", ""),
    ],
)
def test_heads_are_read_in_linear_time(start: str, unit: str, end: str) -> None:
    def run(size: int) -> None:
        read_html(f"<title>A title</title><p>x</p>{start}{unit * (size // len(unit))}{end}")

    assert growth(run, 100_000) <= MAX_GROWTH


def test_blocks_are_found_in_the_source_in_linear_time() -> None:
    def run(size: int) -> None:
        letters = "<b>a</b>" * size
        boilercut.extract(f"<p>x</p><noscript>{letters}</noscript><p>{letters}c</p>")

    assert growth(run, 4000) <= MAX_GROWTH


def test_the_name_of_a_site_is_compared_in_time_that_its_length_does_not_multiply() -> None:
    parts = " | ".join(["Tide"] * 140)

    def titled(size: int) -> str:
        named = f'<meta property="og:site_name" content="{"Tide " * size}">'
        placed = f'<meta property="og:url" content="https://{"tide" * size}.example/">'
        return boilercut.extract(f"{named}{placed}<title>{parts}</title><p>{ARTICLE}</p>").title

    assert titled(1) == "Tide"
    assert growth(titled, 4000) <= MAX_GROWTH
    assert seconds(titled, 8000) < 1
