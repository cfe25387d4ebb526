"""Reading: bytes to text, detection of HTML, pages cut into blocks."""

from __future__ import annotations

import codecs

import lxml.etree
import lxml.html
import numpy as np
import pytest
from hypothesis import given

from boilercut.errors import PageTypeError
from boilercut.page import Budget, Page
from boilercut.read import read
from boilercut.read.decode import decoded
from boilercut.read.html.recover import recovered
from boilercut.read.sniff import kind_of
from tests.helpers import ARTICLE, block_texts, element_names, element_tags, html_texts, page_of
from tests.strategies import any_text, html_pages, texts

JAPANESE = "橋は月曜日に閉鎖され、春まで誰も川を渡りませんでした。町の人々は舟で学校へ通います。" * 5
CHINESE = "桥在星期一关闭了，直到春天没有人过河。镇上的孩子们每天坐船去上学。" * 5
RUSSIAN = "Мост закрыли в понедельник, и до весны никто не перешёл через реку. " * 5
LATIN = "The bridge was closed on Monday, and nobody crossed the river. " * 5


# --- bytes ---


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(codecs.BOM_UTF8 + RUSSIAN.encode(), RUSSIAN, id="UTF-8 mark"),
        pytest.param(codecs.BOM_UTF16_LE + JAPANESE.encode("utf-16-le"), JAPANESE, id="UTF-16-LE mark"),
        pytest.param(codecs.BOM_UTF16_BE + JAPANESE.encode("utf-16-be"), JAPANESE, id="UTF-16-BE mark"),
        pytest.param(RUSSIAN.encode(), RUSSIAN, id="undeclared UTF-8"),
        pytest.param(LATIN.encode("utf-16-le"), LATIN, id="undeclared UTF-16-LE"),
        pytest.param(LATIN.encode("utf-16-be"), LATIN, id="undeclared UTF-16-BE"),
        pytest.param(JAPANESE.encode("shift_jis"), JAPANESE, id="undeclared Shift_JIS"),
        pytest.param(JAPANESE.encode("euc_jp"), JAPANESE, id="undeclared EUC-JP"),
        pytest.param(CHINESE.encode("gb18030"), CHINESE, id="undeclared GB18030"),
        pytest.param(RUSSIAN.encode("cp1251"), RUSSIAN, id="undeclared Windows-1251"),
        pytest.param(b"", "", id="nothing"),
    ],
)
def test_bytes_that_declare_nothing(data: bytes, text: str) -> None:
    assert decoded(data) == text


@pytest.mark.parametrize(
    "meta",
    ['<meta charset="windows-1251">', "<META http-equiv=Content-Type content='text/html; charset=windows-1251'>"],
)
def test_a_meta_charset_is_believed(meta: str) -> None:
    assert decoded((meta + RUSSIAN).encode("cp1251")) == meta + RUSSIAN


def test_byte_order_mark_beats_http_charset_beats_meta() -> None:
    page = '<meta charset="utf-8">' + RUSSIAN
    assert decoded(page.encode("koi8-r"), "koi8-r") == page
    assert decoded(codecs.BOM_UTF8 + page.encode(), "koi8-r") == page


def test_latin_1_means_windows_1252_as_in_browsers() -> None:
    assert decoded(b"\x93caf\xe9\x94", "iso-8859-1") == "“café”"


def test_wrong_bytes_become_replacement_characters() -> None:
    assert decoded(b"caf\xc3\xa9 \xff bridge", "utf-8") == "café \ufffd bridge"
    assert decoded(b'<meta charset="utf-8"><p>caf\xe9</p>').endswith("<p>caf\ufffd</p>")


@pytest.mark.parametrize("charset", ["no-such-charset", "", "utf-8\r\n", "\ud800"])
def test_a_charset_that_does_not_exist_is_passed_over(charset: str) -> None:
    assert decoded(RUSSIAN.encode(), charset) == RUSSIAN


def test_binary_data_gives_no_text() -> None:
    assert decoded(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20) == ""


# --- HTML or text ---


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><p>one",
        "\ufeff \n<!doctype HTML>\none line\nand another\nand a third",
        "<?xml version='1.0'?>\n<html>",
        "<!-- saved page -->\n<html><body>text\ntext\ntext",
        "<HTML>",
        "<p>A fragment.</p>",
        "  <div class='x'>A fragment\nthat runs over\nthree lines</div>\n",
        "<p>one\n<p>two\n<p>three",
        "<table><tr><td>1<td>2</table>",
        "one<br>\ntwo<br/>\nthree<br />",
        "Before<p>after</p>",
    ],
)  # fmt: skip
def test_this_is_html(page: str) -> None:
    assert kind_of(page) == "html"


@pytest.mark.parametrize(
    "page",
    [
        "",
        " \n",
        "Hello.",
        "a < b and c > d",
        "if (a<b) { return c>d; }",
        "std::vector<int> a;\nstd::map<p, q> b;",
        "x <3 y\n<3 z",
        "<name@example.org> wrote:\n> hello",
        "# Title\n\nSome *text* with <b>bold</b> in it.\n\nAnother paragraph.\n\n<br>\n\nAnd the last one.",
        "Use the <div> and <p> tags of HTML.",
        "The <p> element holds a paragraph.\nClose it with </p>, or leave that out.\nIt may hold no other block.\nSo much for that.\nThe rest is text.",
        "AT&amp;T &lt;p&gt;",
        ARTICLE,
    ],
)  # fmt: skip
def test_this_is_text(page: str) -> None:
    assert kind_of(page) == "text"


def test_the_kind_can_be_forced() -> None:
    assert block_texts(page_of("<p>a</p>", "text")) == ["<p>a</p>"]
    assert block_texts(page_of("a\nb", "html")) == ["a b"]


# --- HTML to blocks ---


@pytest.mark.parametrize(
    ("source", "blocks"),
    [
        pytest.param("<p>one<br>two<br/>three</p>", ["one", "two", "three"], id="br"),
        pytest.param("<br><br>one<br><br>", ["one"], id="br around"),
        pytest.param("<p>one <b>bold</b>er <i>it</i> two</p>", ["one bolder it two"], id="inline"),
        pytest.param("<div>a<p>b</p>c</div>", ["a", "b", "c"], id="nested"),
        pytest.param("<div><div><span><div>a</div></span></div></div>", ["a"], id="block in inline"),
        pytest.param("<pre>a\n  b\n\nc  </pre>", ["a\n  b\n\nc"], id="pre keeps lines"),
        pytest.param("<p>a\n   b\t\tc</p>", ["a b c"], id="other elements collapse"),
        pytest.param("<table><tr><td>1</td><td>2</td></tr><tr><th>3</table>", ["1", "2", "3"], id="table"),
        pytest.param("<dl><dt>a<dd>b</dl>", ["a", "b"], id="definitions"),
        pytest.param("<ul><li>a<ul><li>b</ul><li>c</ul>", ["a", "b", "c"], id="lists"),
        pytest.param("<div hidden>a</div><p style='display:none'>b</p>", ["a", "b"], id="hidden is still read"),
        pytest.param("<noscript><p>a</p></noscript>", ["a"], id="noscript"),
        pytest.param("<my-card>a</my-card><my-card>b</my-card>", ["a", "b"], id="custom elements"),
        pytest.param("<button>go</button>text<label>Name</label>", ["go", "text", "Name"], id="controls"),
        pytest.param("<p>a&nbsp;b\u3000c&amp;d&#x20AC;</p>", ["a b c&d€"], id="entities and spaces"),
        pytest.param("<p>a<!-- no -->b<script>no</script><style>no</style></p>", ["ab"], id="not text"),
        pytest.param("<svg><title>no</title><text>no</text></svg>a<select><option>no</select>", ["a"], id="not prose"),
        pytest.param("<p>one<p>two<div>three</p>four", ["one", "two", "three", "four"], id="unclosed"),
        pytest.param("<p> </p><div>\n</div>", [], id="nothing but space"),
    ],
)
def test_segmentation(source: str, blocks: list[str]) -> None:
    assert html_texts(source) == blocks


def test_title_and_head_are_read() -> None:
    head = (
        '<head><title> Bridge\n closed </title><meta property="og:type" content="article">'
        '<script type="application/ld+json">{"@context": "x", "@type": "NewsArticle"}</script></head>'
    )
    source = f"<!DOCTYPE html><html>{head}<body><p>text</p><svg><title>no</title></svg></body></html>"
    for page in (page_of(source), page_of(lxml.html.fromstring(source))):
        assert page.title == "Bridge closed"
        assert page.metadata["og:type"] == "article"
        assert page.metadata["schema"] == "NewsArticle"
        assert block_texts(page) == ["text"]


def test_open_graph_title_replaces_a_missing_title() -> None:
    assert page_of('<html><head><meta property="og:title" content="Bridge"></head><p>text').title == "Bridge"


def test_link_characters_are_counted_for_each_block() -> None:
    page = page_of("<p>see <a href=x>the bridge</a> now</p><p><a href=y><b>all</b></a></p><p>none</p>")
    assert page.link_characters.tolist() == [10, 3, 0]


def test_the_tree_knows_parents_names_and_hiding() -> None:
    page = page_of(
        '<body><div id="main" class="a b" role="x"><p hidden>one</p></div><p style="visibility: hidden">two</p></body>',
        "html",
    )
    elements = page.elements
    assert elements is not None
    tags = element_tags(elements)
    division = tags.index("div")
    assert sorted(element_names(elements)[division].split()) == ["a", "b", "main", "x"]
    assert tags[elements.parents[tags.index("p")]] == "div"
    assert [elements.hidden[row] for row, tag in enumerate(tags) if tag == "p"] == [True, True]
    assert (elements.first_blocks[division], elements.end_blocks[division]) == (0, 1)


@given(html_pages())
def test_elements_hold_their_children_and_blocks_their_text(source: str) -> None:
    page = page_of(source, "html")
    elements, inner = page.elements, page.block_elements
    assert elements is not None
    assert inner is not None
    parents, rows = elements.parents, np.arange(len(elements.tags))
    assert (parents <= rows).all()
    assert (elements.first_blocks[parents] <= elements.first_blocks).all()
    assert (elements.end_blocks[parents] >= elements.end_blocks).all()
    blocks = np.arange(len(inner))
    assert (elements.first_blocks[inner] <= blocks).all()
    assert (elements.end_blocks[inner] > blocks).all()
    assert all(text and text == text.strip() for text in block_texts(page))
    assert (page.link_characters <= page.ends - page.starts).all()


# --- source that a parser would swallow ---


@pytest.mark.parametrize(
    ("source", "blocks"),
    [
        ("<p>one</p><iframe src='x'/><p>two</p>", ["one", "two"]),
        ("<p>one</p><script src='x'/><p>two</p>", ["one", "two"]),
        ("<p>one</p><textarea/><p>two</p><style/><p>three</p>", ["one", "two", "three"]),
        ("<?xml version='1.0'?><html><head><title/></head><body><div/><p>one</p></body></html>", ["one"]),
        ("<p>one</p><br/><hr/><img src='x'/><p>two</p>", ["one", "two"]),
        ("<script>let a = 1<p>one</p><p>two</p><p>three</p>", ["one", "two", "three"]),
        ("<title>lost<body><p>one</p><p>two</p><p>three</p>", ["one", "two", "three"]),
        ("<TEXTAREA>lost<p>one</p><p>two</p><p>three</p>", ["one", "two", "three"]),
        ("<p>one</p><!-- lost <p>two</p><p>three</p><p>four</p>", ["one", "lost", "two", "three", "four"]),
    ],
)
def test_recovered(source: str, blocks: list[str]) -> None:
    assert html_texts(source) == blocks


@pytest.mark.parametrize(
    "source",
    [
        "<p>one</p><script>document.write('<p>two</p><p>a</p><p>b</p>')</script>",
        "<!-- <p>one</p><p>two</p><p>three</p> --><p>four</p>",
        "<script src=x></script><p>one</p><p>two</p><p>three</p>",
        "<p>one</p>" * 10,
        "<div>" * 300 + "deep" + "</div>" * 300,
    ],
)
def test_sound_source_is_left_alone(source: str) -> None:
    assert recovered(source) == source


def test_text_in_hopeless_nesting_stays_in_order_and_apart() -> None:
    source = "".join(f"<div>{number}" for number in range(3000))
    assert html_texts(source) == [str(number) for number in range(3000)]


# --- lxml ---


@given(html_pages())
def test_an_lxml_tree_gives_the_blocks_of_its_source(source: str) -> None:
    root = lxml.html.fromstring(source)
    clean = lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")
    assert html_texts(root) == html_texts(clean)
    assert html_texts(root.getroottree()) == html_texts(root)


def test_an_lxml_tree_gives_the_columns_of_its_source() -> None:
    source = f"<html><head><title>T</title></head><body><nav><a href='/'>Home</a></nav><div class='x'><p>{ARTICLE}</p></div></body></html>"
    ours, theirs = page_of(source), page_of(lxml.html.document_fromstring(source))
    assert (ours.title, ours.text) == (theirs.title, theirs.text)
    assert ours.elements is not None
    assert theirs.elements is not None
    assert element_tags(ours.elements) == element_tags(theirs.elements)
    assert element_names(ours.elements) == element_names(theirs.elements)
    for name in ("starts", "ends", "link_characters", "block_elements"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))


def test_a_part_of_a_tree_is_a_page_without_its_tail() -> None:
    root = lxml.html.fromstring("<div><p>one</p>tail<p>two</p>end</div>")
    assert html_texts(root[0]) == ["one"]
    assert html_texts(root) == ["one", "tail", "two", "end"]


def test_namespaces_comments_and_instructions_do_not_matter() -> None:
    xhtml = b'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title></head><body><!-- no --><p>one<?no no?>!</p>two<br/>three</body></html>'
    page = page_of(lxml.etree.fromstring(xhtml))
    assert block_texts(page) == ["one!", "two", "three"]
    assert page.title == "T"


def test_an_empty_tree_is_an_empty_page() -> None:
    assert block_texts(page_of(lxml.etree.ElementTree())) == []
    assert block_texts(page_of(lxml.html.Element("div"))) == []


@pytest.mark.parametrize("page", [None, 1, ["<p>"], lxml.etree, lxml.html.HtmlElement])
def test_anything_else_is_no_page(page: object) -> None:
    with pytest.raises(PageTypeError, match="a page is str, bytes or an lxml element"):
        page_of(page)


# --- text to blocks ---


@given(texts() | any_text)
def test_every_line_that_is_not_blank_is_a_block(text: str) -> None:
    page = page_of(text, "text")
    assert block_texts(page) == [line.strip() for line in text.split("\n") if line.strip()]


@given(texts())
def test_blank_lines_and_indents_lead_back_to_the_lines(text: str) -> None:
    page = page_of(text, "text")
    assert page.blank_lines is not None
    assert page.indents is not None
    lines = text.split("\n")
    number = -1
    for start, blank, indent in zip(page.starts, page.blank_lines, page.indents, strict=True):
        number += int(blank) + 1
        assert not "".join(lines[number - blank : number]).strip()
        assert lines[number][indent:].startswith(text[start])
        assert not lines[number][:indent].strip()


@pytest.mark.parametrize(
    ("text", "starts", "blank_lines", "indents"),
    [
        ("one\ntwo", [0, 4], [0, 0], [0, 0]),
        ("one\n\n\ntwo", [0, 6], [0, 2], [0, 0]),
        ("\n  one\n \n\ttwo\n", [3, 10], [1, 1], [2, 1]),
        ("one\r\n\r\ntwo\r\n", [0, 7], [0, 1], [0, 0]),
        ("\u3000一\u2028二\n三", [1, 5], [0, 0], [1, 0]),
        ("", [], [], []),
    ],
)
def test_layout_of_text(text: str, starts: list[int], blank_lines: list[int], indents: list[int]) -> None:
    page = page_of(text, "text")
    assert page.starts.tolist() == starts
    assert page.blank_lines is not None
    assert page.blank_lines.tolist() == blank_lines
    assert page.indents is not None
    assert page.indents.tolist() == indents


def test_markdown_links_count_as_links() -> None:
    page = page_of("no link\nsee [the bridge](/bridge) and [us](http://x.example/a?b)\n[](x) ]( [a\n](b)", "text")
    assert page.link_characters.tolist() == [0, 12, 0, 0]


# --- the budget ---


@pytest.mark.parametrize("source", [ARTICLE, f"<p>{ARTICLE}</p>", ARTICLE.encode()])
def test_a_long_page_is_truncated(source: str | bytes) -> None:
    page: Page = read(source, budget=Budget(50, 10))
    assert page.truncated
    assert 0 < len(page.text) <= 50
    assert not read(source, budget=Budget(len(source), 10)).truncated


@pytest.mark.parametrize("source", ["<p>word" * 11, "word\n" * 12])
def test_a_page_of_many_blocks_is_truncated(source: str) -> None:
    page = read(source, budget=Budget(1000, 10))
    assert page.truncated
    assert 10 <= len(page.starts) <= 11
    assert not read(source, budget=Budget(1000, 12)).truncated


def test_blocks_of_text_are_lines() -> None:
    source = "One < two, and two < three.\n" * 20
    assert len(read(source, "text", budget=Budget(1000, 20)).starts) == 20


def test_tags_in_capitals_hold_shadow_roots_too() -> None:
    shown = '<x-card><template shadowrootmode="open"><p>Inside.</p></template></x-card><p>Outside.</p>'
    loud = shown.replace("template", "TEMPLATE").replace("shadowrootmode", "ShadowRootMode")
    assert html_texts(loud) == html_texts(shown) == ["Inside.", "Outside."]


# --- what is settled by context, see boilercut.read.html.settle ---


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        pytest.param("<p>It is a <button>chamber</button> with gates at both ends.</p>",
                     ["It is a chamber with gates at both ends."], id="button in a sentence"),
        pytest.param("<p>Was this page of any help? <button>Yes</button> <button>No</button></p>",
                     ["Was this page of any help?", "Yes", "No"], id="toolbar"),
        pytest.param("<p>Thanks go to <x-user>@halla</x-user>, who stayed.</p>",
                     ["Thanks go to @halla, who stayed."], id="custom element in a sentence"),
        pytest.param("<x-card><h2>Title</h2><p>Text</p></x-card>", ["Title", "Text"], id="custom element around blocks"),
        pytest.param("<pre><div>  a</div><div>    b</div><div><br></div><div>c</div></pre>",
                     ["  a\n    b\n\nc"], id="lines that are blocks"),
        pytest.param("<pre><div>a\n</div><div>\n</div>\n<div>b</div></pre>", ["a\n\nb"], id="blocks and line feeds"),
        pytest.param("<pre><i class=lineno>1</i>a<br>  b<button>Copy</button></pre>", ["a\n  b"], id="gutter"),
        pytest.param("<p>a <i class=gutter>word</i></p>", ["a word"], id="no gutter"),
        pytest.param("<div class=copy-btn>Copy</div><pre>a</pre><a class='x copy-code'>Copy</a>", ["a"], id="copy"),
        pytest.param("<p>So <i class=copy-code>goes the text of this paragraph.</i></p>",
                     ["So goes the text of this paragraph."], id="no copy button"),
        pytest.param("<ol><li>a note <a class=footnote-backref href=#r>back to text</a></ol>", ["a note"], id="back"),
        pytest.param("<p>one <b>two <i hidden>three</i></b></p>", ["one two"], id="hidden piece"),
        pytest.param("<p>one <i popover id=p>two</i><i popover=manual>three</i></p>", ["one"], id="popover"),
        pytest.param("<p><i hidden>three</i></p>", ["three"], id="hidden as a whole"),
        pytest.param("<p>out <i class=sr-only>(new window)</i></p>", ["out"], id="for screen readers"),
        pytest.param("<h2>One<a href=#one>¶</a></h2><p><a href=#>#</a></p>", ["One", "#"], id="permalink"),
        pytest.param("<p>See <a href=x>#<b>tag</b></a></p>", ["See #tag"], id="link that begins with a symbol"),
        pytest.param("<h2>One<span class=mw-editsection>[<a href=x>edit</a>]</span></h2>", ["One"], id="edit link"),
        pytest.param("<p>Hand\u00adwerk un\u200bd</p><p>\u200b</p><p>ก\u200bข</p>",
                     ["Handwerk und", "ก\u200bข"], id="characters without width"),
        pytest.param("<p><ruby>橋<rp>(</rp><rt>はし</rt><rp>)</rp></ruby>が</p>", ["橋が"], id="readings"),
        pytest.param("<p><b>Price</b><span>From 5</span> and H<sub>2</sub>O</p>", ["Price From 5 and H2O"], id="parted"),
        pytest.param('<p>a <math alttext="{\\displaystyle x^{2}}"><mi>x</mi></math> b</p>', ["a x^{2} b"], id="alttext"),
        pytest.param("<p>a <math><mfrac><msup><mi>v</mi><mn>2</mn></msup><mi>r</mi></mfrac></math> b</p>",
                     [r"a \frac{v^2}{r} b"], id="MathML"),
        pytest.param("<p>a <math> <msqrt> <mi>sin</mi> <mo>&#x2061;</mo> <mi>x</mi> <mo>&lt;</mo> <mn>12</mn> </msqrt>"
                     " </math> b</p>", [r"a \sqrt{sin x<12} b"], id="words in MathML"),
        pytest.param("<p><math><munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>"
                     "<msub><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>i</mi></msub><!-- --></math></p>",
                     ["∑_{i=1}^n{a+b}_i"], id="groups in MathML"),
        pytest.param("<p><math><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd>a</mtd></mtr>"
                     "</mtable></math></p>", [r"1 & 0 \\ a"], id="matrix in MathML"),
        pytest.param("<p>a <math><mi>x</mi><mo>=</mo><mi>y</mi></math></p>", ["a x=y"], id="MathML without places"),
        pytest.param(f"<p>a <math>{'<mrow>' * 60}<msup><mi>x</mi><mn>2</mn></msup></math></p>", ["a x2"], id="deep"),
        pytest.param('<p>a <script type="math/tex">\\rho</script> b</p>', ["a \\rho b"], id="MathJax 2"),
        pytest.param('<p>a</p><script type="math/tex; mode=display">c</script><p>b</p>', ["a", "c", "b"], id="display"),
        pytest.param("<p>a <img class=latex alt='$e^x$'> b</p>", ["a e^x b"], id="picture of a formula"),
        pytest.param("<p>a <i data-tex='e^x'>ex</i> b</p>", ["a e^x b"], id="data attribute"),
    ],
)  # fmt: skip
def test_pieces_are_settled_by_context(body: str, blocks: list[str]) -> None:
    assert html_texts(body) == blocks
    assert block_texts(read(lxml.html.document_fromstring(f"<html><body>{body}</body></html>"))) == blocks
