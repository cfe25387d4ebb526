"""The seam between the builds, and the compiled modules that read pages; pure builds skip what needs those."""

from __future__ import annotations

import ctypes
import os
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

from boilercut import _native
from boilercut.blocks import characters
from boilercut.blocks.phrases import shipped_phrases
from boilercut.read import read
from boilercut.read.html.parse import read_html
from boilercut.read.html.recover import recovered
from boilercut.read.html.tree import _known_names, read_tree
from tests.builds import build_named
from tests.helpers import golden_sources, page_of
from tests.strategies import any_page, broken_pages, html_pages, texts
from tests.test_builds import assert_same

SAID = "Said once, and then again where no script is. " * 8
compiled_only = pytest.mark.skipif(_native.build() != "compiled", reason="this is the pure build")
UNCOMPILED = build_named("uncompiled")


@compiled_only
@given(html_pages() | broken_pages() | any_page.filter(lambda page: isinstance(page, str)))
def test_no_page_is_called_sound_that_would_be_mended(source: str) -> None:
    assert recovered(source) == UNCOMPILED.run(lambda: UNCOMPILED["boilercut.read.html.recover"].recovered(source))


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
    assert recovered(source) == UNCOMPILED.run(lambda: UNCOMPILED["boilercut.read.html.recover"].recovered(source))


@compiled_only
@given(html_pages() | broken_pages())
def test_the_kernels_read_what_the_walk_reads(source: str) -> None:
    scanned, walked = (
        read_html(source),
        UNCOMPILED.run(lambda: UNCOMPILED["boilercut.read.html.parse"].read_html(source)),
    )
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
    assert_same(read_html(markup), UNCOMPILED.run(lambda: UNCOMPILED["boilercut.read.html.parse"].read_html(markup)))
    assert repr(read_html(markup)) == repr(
        UNCOMPILED.run(lambda: UNCOMPILED["boilercut.read.html.parse"].read_html(markup))
    )


@given(texts())
def test_a_shortened_block_has_the_same_facts_in_any_stack(text: str) -> None:
    long = read("word " * 60_000 + "\nA line behind it.", "text")
    other = page_of(text, "text")
    from boilercut.blocks.measure import measure

    alone, stacked = measure([long], shipped_phrases()), measure([long, other], shipped_phrases())
    assert alone.facts.words.tolist() == stacked.facts.words[: len(alone)].tolist()


def run(program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a Python of its own, with `python -W error::RuntimeWarning` where it is told to."""
    path = {name: os.environ[name] for name in ("PYTHONSAFEPATH", "PYTHONPATH") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", program], env=path | variables, capture_output=True, text=True, check=False
    )


BUILD = "from boilercut._native import build; print(build())"
BROKEN = """
import sys
class Broken:
    def find_spec(self, name, path=None, target=None):
        if name == "boilercut._native.position":
            raise ImportError("this module is damaged")
sys.meta_path.insert(0, Broken())
"""


def test_the_build_says_what_it_is_and_can_be_made_pure() -> None:
    assert run(BUILD, BOILERCUT_PURE="1").stdout == "pure Python\n"
    assert run(BUILD).stdout.strip() == _native.build()


def test_a_python_of_32_bits_runs_the_pure_build() -> None:
    assert run(f"import sys; sys.maxsize = 2**31 - 1; {BUILD}").stdout == "pure Python\n"


@compiled_only
def test_one_damaged_module_makes_the_build_pure_and_is_reported() -> None:
    done = run(BROKEN + BUILD)
    assert done.stdout.startswith("pure Python (1 of ")
    assert "boilercut._native.position: this module is damaged" in done.stdout
    assert "RuntimeWarning" in done.stderr


@compiled_only
def test_the_version_reports_a_damaged_module() -> None:
    program = "from boilercut.cli import main; main(['--version'])"
    assert "this module is damaged" in run(BROKEN + program).stdout


@compiled_only
def test_a_damaged_module_is_an_error_where_the_compiled_build_is_required() -> None:
    done = run(BROKEN + BUILD, BOILERCUT_REQUIRE_NATIVE="1")
    assert done.returncode == 1
    assert "boilercut._native.NativeError: 1 of " in done.stderr


def test_a_pure_build_is_an_error_where_the_compiled_build_is_required() -> None:
    done = run(BUILD, BOILERCUT_REQUIRE_NATIVE="1", BOILERCUT_PURE="1")
    assert done.returncode == 1
    assert "NativeError: BOILERCUT_REQUIRE_NATIVE=1" in done.stderr


def test_only_the_seam_knows_which_build_runs() -> None:
    home = Path(characters.__file__).parent
    knowing = [path for path in home.rglob("*.py") if re.search(r"if (markup_)?kernels\b", path.read_text("utf-8"))]
    assert knowing == []


def test_sources_are_compiled_for_what_they_are_named_after() -> None:
    last_names = [name.rpartition(".")[2] for name in _native.SOURCES]
    assert len(set(last_names)) == len(last_names)
    marked = {
        path for path in Path(characters.__file__).parent.rglob("*.py") if "import cython\n" in path.read_text("utf-8")
    }
    files = {
        Path(characters.__file__).parents[1].joinpath(*name.split(".")).with_suffix(".py") for name in _native.SOURCES
    }
    assert marked <= files | {path for path in marked if path.name == "cython_stub.py"}


@compiled_only
@given(
    st.text()
    | st.text(st.characters(max_codepoint=0x7FF))
    | st.text("ab\x7f\x80\u07ff\u0800\ud800\udfff\ue000\U0010ffff")
)
def test_text_is_encoded_as_python_does(text: str) -> None:
    for source in (text, "a" * 40 + text, text + "a" * 40, "\u20ac" + "a" * 70 + text):
        assert _native.chosen_source.encoded(source) == source.encode("utf-8", "replace")


@compiled_only
@pytest.mark.parametrize("source", golden_sources(), ids=lambda path: path.name)
def test_golden_pages_are_read_by_the_kernels(source: Any) -> None:
    """The walk in Python gives the same answers, only slower; it is left to pages with formulas."""
    page = source.read_bytes()
    assert (read_tree(LexborHTMLParser(page)) is None) == (b"<math" in page)


@compiled_only
def test_trees_with_another_layout_are_walked_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = LexborHTMLParser("<p>some words</p><an-element an-attribute='some words'>").body
    assert tree is not None
    nodes = (tree.child, tree.last_child, tree.child and tree.child.child, tree)
    places = [node.mem_id for node in nodes if node is not None]
    told = (b"an-element", b"an-attribute", b"some words")
    is_laid_out = _native.chosen_markup.is_laid_out
    assert is_laid_out(*places, *told)
    for row, wrong in enumerate((b"an-elemen", b"an-attributf", b"some word")):
        assert not is_laid_out(*places, *told[:row], wrong, *told[row + 1 :])
    for order in ((1, 0, 2, 3), (0, 1, 3, 2), (3, 0, 2, 1), (0, 0, 2, 3)):
        assert not is_laid_out(*(places[number] for number in order), *told)
    page = golden_sources("realistic")[0].read_text("utf-8")
    known = read_html(page)
    monkeypatch.setattr("boilercut.read.html.tree._is_laid_out", lambda tag, attribute: tag != "foreignObject")
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
        return bool(_native.chosen_markup.is_laid_out(*places, *told))


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
def test_letters_are_not_mistaken_for_the_address_of_letters() -> None:
    tree = ForgedTree()
    ctypes.memmove(tree.at(F.TAG), b"element-name-of17", 17)
    assert not tree.is_laid_out()


@compiled_only
def test_loops_refuse_numbers_of_another_size() -> None:
    with pytest.raises(ValueError, match="numbers of 8 bytes"):
        _native.sources["threshold"].is_sure(np.ones(2, dtype=np.float32), np.ones(2, dtype=np.int64), 0.5, 0.8)
