"""The compiled kernels and their NumPy twins give the same bits; pure builds skip what needs the kernels."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from boilercut import Config, Cutter, characters, native
from boilercut.blocks import ELEMENT_ROWS, ROWS, Blocks
from boilercut.columns import logistic
from boilercut.decide import _is_sure, context
from boilercut.decide.threshold import best_threshold
from boilercut.detectors import BUILTIN, detect
from boilercut.phrases import shipped_phrases
from boilercut.read import read
from boilercut.read.html import read_html
from boilercut.read.recover import recovered
from boilercut.read.text import read_text
from boilercut.read.tree import _known_names, read_tree
from boilercut.vocabulary import Columns, Page, PageKind
from tests.helpers import arrays_of, blocks_of, golden_sources, page_of
from tests.properties import USERS_OF_KERNELS, in_numpy
from tests.strategies import any_page, broken_pages, html_pages, texts

SAID = "Said once, and then again where no script is. " * 8
TOLD_TO_RULES = (
    "tags.heading", "tags.in_h1", "tags.block", "tags.depth", "edges.ends_sentence", "edges.hash_mark",
    "edges.begins_upper", "headlines.label_run", "headlines.short_run", "headlines.title_like", "prompts.share",
    "prose.is", "shape.words",
)  # fmt: skip
"""Columns that context rules look at."""
compiled_only = pytest.mark.skipif(native.kernels is None, reason="this is the pure build")


def assert_same(one: Any, other: Any) -> None:
    """Compare two nests of arrays bit by bit."""
    left, right = dict(arrays_of(one)), dict(arrays_of(other))
    assert left.keys() == right.keys()
    for path, array in left.items():
        np.testing.assert_array_equal(array, right[path], err_msg=path)


def line_of(*pages: Page) -> tuple[Any, ...]:
    """Take pages through the whole line."""
    decided = Cutter()._decided(pages)
    return decided.blocks, dict(decided.columns), decided.model.score(decided.columns, decided.blocks), decided.decision


@compiled_only
@pytest.mark.parametrize("source", golden_sources(), ids=lambda path: path.name)
def test_golden_pages_go_the_same_line(source: Any) -> None:
    kind: PageKind = "html" if source.suffix == ".html" else "text"
    page = page_of(source.read_text("utf-8"), kind)
    assert_same(line_of(page), in_numpy(lambda: line_of(page)))


@compiled_only
@given(any_page)
def test_any_page_goes_the_same_line(source: str | bytes) -> None:
    page = page_of(source)
    assert_same(line_of(page), in_numpy(lambda: line_of(page)))


@compiled_only
@given(st.lists(html_pages(), min_size=2, max_size=4))
def test_stacked_pages_go_the_same_line(sources: list[str]) -> None:
    pages = [page_of(source, "html") for source in sources]
    assert_same(line_of(*pages), in_numpy(lambda: line_of(*pages)))


@compiled_only
@given(html_pages() | broken_pages() | any_page.filter(lambda page: isinstance(page, str)))
def test_no_page_is_called_sound_that_would_be_mended(source: str) -> None:
    assert recovered(source) == in_numpy(lambda: recovered(source))


@compiled_only
@pytest.mark.parametrize(
    "source",
    [
        "<p>a<script src=x />b</p>",
        "<IFRAME/><p>a</p>",
        "<title-card><p>a</p><p>b</p><p>c</p>",
        "<TITLE>a<p>b</p><p>c</p><p>d</p>",
        "<script>a<p>b</p><p>c</p><p>d</p>",
        "<p>\u4e00</p><style>a<p>b</p><p>c</p><p>d</p>",
        "<p>\U0001f600</p></title><title>a<p>b</p><p>c</p><p>d</p>",
        "\ufeff <?xml version='1.0'?><html><p/>a</html>",
        "<div>" * 3000 + "<a <b>" * 3000,
        "<Div\n>\u4e00" * 6000,
        "<p>" * 6000,
        "<!-- <p>a</p><p>b</p><p>c</p>",
    ],
    ids=range(12),
)
def test_signs_of_mending_are_seen_by_the_kernel_too(source: str) -> None:
    assert recovered(source) == in_numpy(lambda: recovered(source))


@compiled_only
@given(html_pages() | broken_pages())
def test_the_kernels_read_what_the_walk_reads(source: str) -> None:
    scanned, walked = read_html(source), in_numpy(lambda: read_html(source))
    assert_same(scanned, walked)
    assert scanned.elements is not None
    assert walked.elements is not None
    assert scanned.elements.distinct_names == walked.elements.distinct_names
    assert (scanned.text, scanned.title, scanned.metadata) == (walked.text, walked.title, walked.metadata)


@compiled_only
@pytest.mark.parametrize(
    "markup",
    [
        "<p>a<template><p>b<template>c</template></p></template>d</p>",
        "<script>var a = '<script>';</script><p>after</p>",
        "<script><!-- <script></script> --></script><p>after</p>",
        "<style>a > b { content: '</p>' }</style><p>after</p>",
        "<svg><svg><title>t</title></svg><style>b</style></svg><p>after</p>",
        "<select><option>a<option>b</select>c<br>d<hr>e",
        "<!-- > --><!----><p>a<!-- x -->b<!--></p> -->c</p>",
        "<?php echo '<p>'; ?><p>a</p>",
        "<math><mi>x</mi><annotation>y</annotation></math>z",
        "<plaintext>a<b>c",
        "<xmp><p>a</p></xmp><noscript><p>b</p></noscript><iframe><p>c</p></iframe>",
        '<p class="a>b" id=\'c"d\' hidden title="x < y">e &amp;amp; f&nbsp;g &lt;h&gt;</p>',
        '<p ==x =y a"b=1 class= id>e</p><div style="display:none" aria-hidden=true>f</div>',
        "<pre>\n\n a\n  b </pre><textarea>\n\n<p>x</textarea><title>t &amp; u</title>",
        "<a<b c>x</a<b><my-card class=k>y</my-card><foo/bar>z",
        "<frameset><frame></frameset>",
        '<meta property="og:title" content="A &quot;b&quot;"><meta name=og:type content=article>c',
        '<script type="application/ld+json">{"@type": ["Recipe"]}</script><p>d</p>',
        "",
        "\x00<p>\x00a\r\nb&#13;c</p>",
        "<p>a<path>b</path><lineargradient>c</lineargradient><my_card>d</my_card></p><search>e</search>",
        "<p a b=c><font-of-a-very-long-name data-of-a-very-long-name=x data-component=y>z</font-of-a-very-long-name>",
        "<script>//<![CDATA[\nwindow.a = 1;//]]></script><title>a</title><title>b</title><svg><title>c</title></svg>",
        "<p STYLE='Display : None'>a</p><p style=visibility:HIDDEN>b</p><p style='color:red'>c</p><p hidden=''>d</p>",
        "<p class='a b' id=c>x</p><p class=a id='b c'>y</p><p class='' role=c id>z</p>",
        "<META NAME=Description content=a><meta property='og:type' content=b><link rel=CANONICAL href=c>d",
        "<b>a<p>b</b>c</p><table>d<tr><td>e</table><!-- f --> g",
        f"<p>{SAID}</p><noscript>{SAID}</noscript>x<noscript>{SAID[::-1]}</noscript><pre> a\n b\u3000</pre>\u00a0z\u2003",
    ],
)
def test_the_kernels_read_odd_markup_as_the_walk_does(markup: str) -> None:
    assert_same(read_html(markup), in_numpy(lambda: read_html(markup)))
    assert repr(read_html(markup)) == repr(in_numpy(lambda: read_html(markup)))


@compiled_only
def test_a_text_longer_than_a_chunk_is_measured_alike() -> None:
    source = "One line of text, and a full stop. " * 9000 + "\n" + "Another, of 12 words and no more.\n" * 30_000
    page = read(source, "text")
    assert_same(line_of(page), in_numpy(lambda: line_of(page)))


@compiled_only
def test_a_text_of_more_words_than_there_is_room_for_at_first_is_measured_alike() -> None:
    words = [f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(20_000)]
    lines = [" ".join(words[low : low + 20]) + "." for low in range(0, 17_500, 15)]
    page = read("\n".join(lines), "text")
    assert_same(line_of(page), in_numpy(lambda: line_of(page)))


def test_what_kernels_share_says_what_python_says() -> None:
    source = Path(characters.__file__).with_name("_shared.pxd").read_text("utf-8")
    classes = re.findall(r"^    (\w+) = 1 << (\d+)$", source, re.MULTILINE)
    assert {name: 1 << int(bit) for name, bit in classes} == {name: getattr(characters, name) for name, _ in classes}
    assert len(classes) == 13
    _, rows, element_rows = re.findall(r"cdef enum:\n((?:    .*\n)+)", source)
    for numbered, names in ((rows, ROWS), (element_rows, ELEMENT_ROWS)):
        spelt = re.findall(r"^    (?:ELEMENT_)?([A-Z_]+)$", numbered, re.MULTILINE)
        assert [singular(name.lower()) for name in spelt] == [singular(name) for name in names]


def test_whoever_chooses_between_kernels_and_numpy_can_be_made_to_choose_numpy() -> None:
    home = Path(characters.__file__).parent
    choosing = [path for path in home.rglob("*.py") if re.search(r"\bif kernels\b(?! is)", path.read_text("utf-8"))]
    assert choosing
    for path in choosing:
        name = ".".join(path.relative_to(home.parent).with_suffix("").parts).removesuffix(".__init__")
        assert name in USERS_OF_KERNELS


def singular(name: str) -> str:
    return re.sub("(y|ies|s)$", "", name)


@compiled_only
@given(st.text("\n\r \tab\u2003\u2028\x1c桥\U0001f600"))
def test_lines_are_found_alike(text: str) -> None:
    assert_same(read_text(text), in_numpy(lambda: read_text(text)))


@compiled_only
@given(st.lists(st.floats(allow_nan=False)))
def test_probabilities_are_the_same_bits(log_odds: list[float]) -> None:
    values = np.array(log_odds)
    np.testing.assert_array_equal(logistic(values), in_numpy(lambda: logistic(values)))


@compiled_only
def test_log_odds_that_are_no_number_do_not_lead_out_of_the_table() -> None:
    assert 0 <= logistic(np.array([np.nan]))[0] <= 1


@compiled_only
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 500))), st.sampled_from([0.5, 1.0, 2.0]))
def test_the_line_is_drawn_at_the_same_place(blocks: list[tuple[float, int]], beta: float) -> None:
    chances = np.array([chance for chance, _ in blocks])
    words = np.array([size for _, size in blocks], dtype=np.int64)
    assert best_threshold(chances, words, beta) == in_numpy(lambda: best_threshold(chances, words, beta))


@pytest.mark.parametrize("pure", [False, True])
def test_many_blocks_are_scored_in_parts_to_the_same_answer(monkeypatch: pytest.MonkeyPatch, pure: bool) -> None:
    pages = [
        page_of(source.read_text("utf-8"), "html") for source in golden_sources("realistic") if source.suffix == ".html"
    ]
    blocks, columns, scores, _ = line_of(*pages)
    model = Cutter()._decided(pages).model
    monkeypatch.setattr("boilercut.model.MAX_SCORED_BLOCKS", 37)
    monkeypatch.setattr("boilercut.detectors.contract.MAX_TOGETHER", 37)
    again = in_numpy(lambda: model.score(columns, blocks)) if pure else model.score(columns, blocks)
    np.testing.assert_array_equal(scores, again)
    assert_same(columns, line_of(*pages)[1])


@given(texts())
def test_a_shortened_block_has_the_same_facts_in_any_stack(text: str) -> None:
    long = read("word " * 60_000 + "\nA line behind it.", "text")
    other = page_of(text, "text")
    from boilercut.measure import measure

    alone, stacked = measure([long], shipped_phrases()), measure([long, other], shipped_phrases())
    assert alone.facts.words.tolist() == stacked.facts.words[: len(alone)].tolist()


def test_the_build_says_what_it_is_and_can_be_told_to_be_pure() -> None:
    program = "from boilercut.native import build; print(build())"
    done = subprocess.run(
        [sys.executable, "-c", program], env={"BOILERCUT_PURE": "1"}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "pure Python"
    assert native.build() == ("compiled" if native.kernels else "pure Python")


def test_a_python_of_32_bits_does_without_kernels() -> None:
    program = "import sys; sys.maxsize = 2**31 - 1; from boilercut.native import build; print(build())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "pure Python"


def test_both_builds_give_the_same_answer_to_options() -> None:
    page = "<h1>The weir</h1>" + "<p>The council put off the vote on the weir, for the third time this year.</p>" * 3
    for mode in ("precision", "balanced", "recall", 0.3):
        cutter = Cutter(Config(mode=mode))
        assert cutter.clean(page) == in_numpy(lambda own=cutter: own.clean(page))


@compiled_only
@given(
    st.text()
    | st.text(st.characters(max_codepoint=0x7FF))
    | st.text("ab\x7f\x80\u07ff\u0800\ud800\udfff\ue000\U0010ffff")
)
def test_text_is_encoded_as_python_does(text: str) -> None:
    for source in (text, "a" * 40 + text, text + "a" * 40, "\u20ac" + "a" * 70 + text):
        assert native.markup_kernels.encoded(source) == source.encode("utf-8", "replace")


@compiled_only
@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        (context.far_island, "text"), (context.section_heading, "html"), (context.section_heading, "text"),
        (context.lone_heading, "html"), (context.lone_heading, "text"), (context.leading_title, "text"),
        (context.closing_run, "html"), (context.edge_paragraph, "html"), (context.edge_paragraph, "text"),
    ],
)  # fmt: skip
def test_context_rules_turn_the_same_blocks(rule: Any, kind: PageKind) -> None:
    suffix = {"html": ".html", "text": ".txt"}[kind]
    sources = [path.read_text("utf-8") for path in golden_sources("realistic") if path.suffix == suffix]
    blocks = blocks_of("", *sources[:9], kind=kind)
    turned = [turned_alike(rule, blocks, detect(blocks, BUILTIN), np.random.default_rng(seed)) for seed in range(30)]
    assert sum(turned)


def turned_alike(rule: Any, blocks: Blocks, known: Columns, rng: np.random.Generator) -> int:
    """Apply a rule to verdicts, and to what it looks at, made up at random; return how many blocks it turns round."""
    size = len(blocks)
    made_up = {name: rng.integers(0, 3, size).astype(np.float64) for name in TOLD_TO_RULES if name in known}
    keep = rng.random(1 + size // 7).repeat(7)[:size] + rng.random(size) < 2 * rng.random()
    told = blocks, {**known, **made_up}, rng.choice([0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 0.8, 0.9], size), keep
    changed = rule(*told)
    np.testing.assert_array_equal(changed, in_numpy(lambda: rule(*told)))
    return int((changed != keep).sum())


@compiled_only
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.4, 0.8, 0.9]), st.integers(0, 3)), max_size=5))
def test_a_page_is_as_sure_either_way(blocks: list[tuple[float, int]]) -> None:
    probabilities = np.array([probability for probability, _ in blocks], dtype=np.float64)
    words = np.array([count for _, count in blocks], dtype=np.int64)
    assert _is_sure(probabilities, words, 0.4) == in_numpy(lambda: _is_sure(probabilities, words, 0.4))


@compiled_only
@pytest.mark.parametrize("source", golden_sources(), ids=lambda path: path.name)
def test_golden_pages_are_read_by_the_kernels(source: Any) -> None:
    """The walk in Python gives the same answers, only slower; without this nobody would notice."""
    assert read_tree(LexborHTMLParser(source.read_bytes())) is not None


@compiled_only
def test_trees_that_are_laid_out_otherwise_are_left_to_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = LexborHTMLParser("<p>some words</p><an-element an-attribute='some words'>").body
    assert tree is not None
    nodes = (tree.child, tree.last_child, tree.child and tree.child.child, tree)
    places = [node.mem_id for node in nodes if node is not None]
    told = (b"an-element", b"an-attribute", b"some words")
    is_laid_out = native.markup_kernels.is_laid_out
    assert is_laid_out(*places, *told)
    for row, wrong in enumerate((b"an-elemen", b"an-attributf", b"some word")):
        assert not is_laid_out(*places, *told[:row], wrong, *told[row + 1 :])
    for order in ((1, 0, 2, 3), (0, 1, 3, 2), (3, 0, 2, 1), (0, 0, 2, 3)):
        assert not is_laid_out(*(places[number] for number in order), *told)
    page = golden_sources("realistic")[0].read_text("utf-8")
    known = read_html(page)
    monkeypatch.setattr("boilercut.read.tree._is_laid_out", lambda tag, attribute: tag != "foreignObject")
    _known_names.cache_clear()
    try:
        assert _known_names() is None
        assert repr(read_html(page)) == repr(known)
    finally:
        _known_names.cache_clear()


class ForgedTree:
    """A tree in memory as lexbor lays it out, word by word, for a test to lay out otherwise."""

    FIRST, TEXT, OTHER, ATTRIBUTE, VALUE, TAG, NAME, LETTERS, PARENT = range(0, 180, 20)

    def __init__(self) -> None:
        self.words = (ctypes.c_uint64 * 200)()
        first, text, other, attribute, value, tag, name, letters, parent = map(self.at, range(0, 180, 20))
        self.write(self.FIRST, {4: parent, 5: other, 7: parent, 8: text, 11: 1})
        self.write(self.TEXT, {7: first, 11: 3, 12: letters, 13: 10})
        self.write(self.OTHER, {1: tag, 7: parent, 11: 1, 15: attribute, 16: attribute})
        self.write(self.ATTRIBUTE, {1: name, 4: parent, 11: 2, 14: value, 15: other})
        self.write(self.VALUE, {0: letters, 1: 10})
        self.write(self.TAG, {0: letters + 16, 3: 17})
        self.write(self.NAME, {3: 16})
        ctypes.memmove(name, b"attribute-of-16b", 16)
        ctypes.memmove(letters, b"some words", 10)
        ctypes.memmove(letters + 16, b"element-name-of17", 17)

    def at(self, place: int) -> int:
        return ctypes.addressof(self.words) + 8 * place

    def write(self, place: int, words: dict[int, int]) -> None:
        for offset, word in words.items():
            self.words[place + offset] = word

    def swap(self, one: int, other: int) -> None:
        self.words[one], self.words[other] = self.words[other], self.words[one]

    def is_laid_out(self) -> bool:
        places = map(self.at, (self.FIRST, self.OTHER, self.TEXT, self.PARENT))
        told = (b"element-name-of17", b"attribute-of-16b", b"some words")
        return bool(native.markup_kernels.is_laid_out(*places, *told))


F = ForgedTree
READ_FIELDS = {
    F.FIRST: (5, 7, 8, 11, 15), F.TEXT: (7, 11, 13), F.OTHER: (1, 15, 16), F.ATTRIBUTE: (1, 4, 11, 14, 15, 16),
    F.VALUE: (1,), F.TAG: (3,), F.NAME: (3,),
}  # fmt: skip


@compiled_only
@pytest.mark.parametrize("place", [node + field for node, fields in READ_FIELDS.items() for field in fields])
@pytest.mark.parametrize("word", [0, 0x10, 0x1001, "an address"])
def test_no_field_that_is_read_may_hold_anything_else(place: int, word: int | str) -> None:
    tree = ForgedTree()
    assert tree.is_laid_out()
    known, tree.words[place] = tree.words[place], tree.at(199) if isinstance(word, str) else word
    assert tree.is_laid_out() == (tree.words[place] == known)


@compiled_only
@pytest.mark.parametrize(
    ("one", "other"),
    [(F.ATTRIBUTE + 13, F.ATTRIBUTE + 14), (F.ATTRIBUTE + 14, F.ATTRIBUTE + 15), (F.ATTRIBUTE + 1, F.ATTRIBUTE + 12),
     (F.OTHER + 1, F.OTHER + 2), (F.VALUE, F.VALUE + 1), (F.TEXT + 12, F.TEXT + 13), (F.FIRST + 5, F.FIRST + 6),
     (F.TAG + 3, F.TAG + 4), (F.NAME + 2, F.NAME + 3), (F.OTHER + 14, F.OTHER + 15)],
)  # fmt: skip
def test_fields_in_another_order_are_noticed(one: int, other: int) -> None:
    tree = ForgedTree()
    tree.swap(one, other)
    assert not tree.is_laid_out()


@compiled_only
def test_letters_are_not_taken_for_the_place_of_letters() -> None:
    tree = ForgedTree()
    ctypes.memmove(tree.at(F.TAG), b"element-name-of17", 17)
    assert not tree.is_laid_out()
