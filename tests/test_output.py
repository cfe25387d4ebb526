"""What is handed over besides text: clean HTML, Markdown, the headline, metadata; and that a result is lazy."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

import boilercut
from boilercut.details import html_of
from boilercut.read import read
from boilercut.render.elements import ATTRIBUTES, INLINE, STRUCTURE, VOID
from boilercut.render.markdown import markdown_of
from boilercut.results import Metadata
from tests.growth import MAX_GROWTH, growth

CHROMIUM = Path("/usr/bin/chromium")
ADDRESS = "https://example.org/news/story.html"
PROSE = "The ferry across the sound sails again on Monday morning, six weeks after its propeller broke on a rock."
WORD = re.compile(r"\w+")


def fragment(page: object, url: str | None = None) -> str:
    """Return all of a page as clean HTML, nothing cut."""
    found = read(page, kind=None if not isinstance(page, str) else "html")._replace(url=url)
    return html_of(found, np.ones(len(found.starts), dtype=np.bool_))


def one_line(html: str) -> str:
    """Return HTML without the line ends that stand behind and before tags."""
    return re.sub(r"\n(?=<)|(?<=>)\n", "", html)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<div><h2>A <b>b</b></h2><div>c<br>d</div></div>", "<h2>A <b>b</b></h2><p>c<br>d</p>"),
        ("<p>a <b>bold </b>z</p>", "<p>a <b>bold</b> z</p>"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("<ol start=3 type=a><li value=7>x<li>y</ol>", '<ol start="3" type="a"><li value="7">x</li><li>y</li></ol>'),
        ("<li>a<li>b", "<ul><li>a</li><li>b</li></ul>"),
        ("<ul>a<li><div>b</div><div>c</div></ul>", "<ul><li>a</li><li>b<p>c</p></li></ul>"),
        ("<dl><dt>t<dd>d</dl>", "<dl><dt>t</dt><dd>d</dd></dl>"),
        ("<blockquote cite=/x>q<p>r</blockquote>", '<blockquote cite="/x"><p>q</p><p>r</p></blockquote>'),
        ("<a href=/x><pre>a\n  <i>b</i> <a href=/y>c</a><img src=/z>\n\nd</pre></a>", "<pre>a\n  b c\n\nd</pre>"),
        ("<pre><code class=language-js>a\n b</code></pre>", '<pre><code class="language-js">a\n b</code></pre>'),
        ("<div class='highlight-c'><pre>x</pre></div>", '<pre><code class="language-c">x</code></pre>'),
        ("<a href=/x><h3>t</h3><p>y</p></a>", '<h3><a href="/x">t</a></h3><p><a href="/x">y</a></p>'),
        ("<p>x<sup>2</sup></p><p dir=rtl lang=ar>y</p>", '<p>x<sup>2</sup></p><p dir="rtl" lang="ar">y</p>'),
        ("<div lang=fr><p lang=fr>y</p></div>", '<div lang="fr"><p>y</p></div>'),
        ("<p><math display=block><mi>x</mi></math></p>", '<p><math display="block"><mi>x</mi></math></p>'),
        ("<p>a<hr><p>b", "<p>a</p><hr><p>b</p>"),
        ("<p>a<p><img src=/i.png alt=A><p>b", '<p>a</p><p><img src="/i.png" alt="A"></p><p>b</p>'),
        (
            "<figure><a href=/b><img data-src=/i.png src='data:x'></a><figcaption>c</figcaption></figure>",
            '<figure><a href="/b"><img src="/i.png" alt=""></a><figcaption>c</figcaption></figure>',
        ),
        ("<p>a<img src=/p.gif width=1 height=1> b", "<p>a b</p>"),
        (
            "<table><tr><th scope=col>a<th><tr><td colspan=2>b</table>",
            '<table><tbody><tr><th scope="col">a</th><th></th></tr><tr><td colspan="2">b</td></tr></tbody></table>',
        ),
        ("<table><tr><td><h2>a</h2><td>b</table>", "<h2>a</h2><p>b</p>"),
        ("<table><tr><td>a<tr><td>b</table>", "<p>a</p><p>b</p>"),
        ("<p>1 &lt; 2 &amp;amp; &lt;b&gt;</p>", "<p>1 &lt; 2 &amp;amp; &lt;b&gt;</p>"),
        ("", ""),
    ],
)
def test_structure_stands(page: str, expected: str) -> None:
    assert one_line(fragment(page)) == expected


def test_what_was_cut_leaves_structure_around_what_was_kept() -> None:
    page = read(
        "<ul><li>a<li>cut<li>b</ul><div><p>cut<img src=/x.png><p>cut</div><table><tr><td>c<td>cut</table>", kind="html"
    )
    keep = np.array(["cut" not in page.text[start:end] for start, end in zip(page.starts, page.ends, strict=True)])
    assert one_line(html_of(page, keep)) == (
        "<ul><li>a</li><li>b</li></ul><table><tbody><tr><td>c</td><td></td></tr></tbody></table>"
    )


@pytest.mark.parametrize("figure", ["figure", "div class=wp-caption"])
def test_a_picture_between_kept_blocks_outlives_its_caption(figure: str) -> None:
    page = read(f"<p>a</p><{figure}><img src=/x.png><p>cut</p></{figure.split()[0]}><p>b</p>", kind="html")
    picture = '<img src="/x.png" alt="">'
    for keep, expected in (([1, 0, 1], picture), ([1, 0, 0], ""), ([0, 0, 1], ""), ([1, 1, 1], picture)):
        found = html_of(page, np.array(keep, dtype=np.bool_))
        assert (picture in found) == bool(expected)
        assert ("cut" in found) == (keep[1] == 1)


def test_the_language_of_many_listings_is_looked_for_once() -> None:
    def written(size: int) -> str:
        return fragment(f"<div class='{'ab ' * size} lang-python'>" + "<pre>x = 1</pre>" * size + "</div>")

    assert written(2).count('<code class="language-python">') == 2
    assert growth(written, 2000) <= MAX_GROWTH


def test_a_listing_beside_its_line_numbers_is_no_table() -> None:
    page = "<table><tr><td class=gutter><pre>1\n2</pre></td><td><pre><code>a\n  b</code></pre></td></tr></table>"
    assert fragment(page) == "<pre><code>a\n  b</code></pre>"


@pytest.mark.parametrize(
    ("address", "base", "expected"),
    [
        ("a.html", "", "https://example.org/news/a.html"),
        ("/a?b=1&amp;c=2", "", "https://example.org/a?b=1&c=2"),
        ("#note", "", "https://example.org/news/story.html#note"),
        ("//other.example/x", "", "https://other.example/x"),
        ("x", "/docs/", "https://example.org/docs/x"),
        ("mailto:a@example.org", "", "mailto:a@example.org"),
    ],
)
def test_addresses_are_made_absolute(address: str, base: str, expected: str) -> None:
    page = (
        f"<head><base href='{base}'></head><p><a href='{address}'>x</a></p>"
        if base
        else f"<p><a href='{address}'>x</a>"
    )
    link = LexborHTMLParser(fragment(page, ADDRESS)).css_first("a")
    assert link is not None
    assert link.attributes == {"href": expected}


@pytest.mark.parametrize(
    "address",
    [
        " java\nscript:alert(1)", "&#1;javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x",
        "java&Tab;script:alert(1)", "file:///etc/passwd", "blob:x", "http://[", "view-source:x",
    ],
)  # fmt: skip
@pytest.mark.parametrize("url", [None, ADDRESS])
@pytest.mark.parametrize("base", ["", "javascript:/"])
def test_addresses_that_could_run_are_left_out(address: str, url: str | None, base: str) -> None:
    page = f"<base href='{base}'><p>x <a href='{address}'>y</a> <img src='{address}' srcset='{address}'></p>"
    for written in re.findall(r'(?:href|src)="([^"]*)"', fragment(page, url)):
        assert re.fullmatch(r"https?://.*|[^:]*", written)
    assert "javascript" not in fragment(page, url).lower()


HOSTILE = [
    "<p>x<script>run()</script></p>",
    "<p onclick=run()>x<img src=/x onerror=run()></p>",
    "<svg><p>x<style><img src=x onerror=run()></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=run()&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=run()>",
    "<noscript><p title=\"</noscript><img src=x onerror=run()>\">x</noscript>",
    "<template><script>run()</script></template><p>x",
    "<p>&lt;script&gt;run()&lt;/script&gt; &lt;img src=x onerror=run()&gt;</p>",
    "<title>&lt;/title&gt;&lt;script&gt;run()&lt;/script&gt;</title><p>x",
    "<a href='javascript:run()'>x</a><a href=' &#14; javascript:run()'>y</a>",
    "<img alt='\"><script>run()</script>' src=/a.png><p>x<abbr title='\"><img src=x onerror=run()>'>y</abbr></p>",
    "<p lang='\"><script>run()</script>' dir='x\" onload=run()'>x</p><ol start='1\" onclick=run()'><li>y</ol>",
    "<pre class='language-\"><script>run()</script>'>x</pre><code class=\"language-x' onclick='run()\">y</code>",
    "<textarea></textarea><script>run()</script><xmp><img src=x onerror=run()></xmp><plaintext><script>run()</script>",
    "<iframe srcdoc='<script>run()</script>'></iframe><object data='javascript:run()'></object><embed src=javascript:run()>x",
    "<table background='javascript:run()'><tr><td style='background:url(javascript:run())'>x<td>y</table>",
    "<x-a is=script onfocus=run() autofocus tabindex=1>x</x-a><details open ontoggle=run()>y</details>",
    "<base href='javascript:/a/'><a href='%0arun()'>x</a><a href=x>y</a>",
    "<meta http-equiv=refresh content='0;url=javascript:run()'><link rel=stylesheet href=javascript:run()><p>x",
    "<svg><a xlink:href='javascript:run()'><text>x</text></a><set attributeName=href to=javascript:run() /></svg><p>y",
    "<p>x<!-- --!><script>run()</script> --></p><p>y<![CDATA[<script>run()</script>]]>",
    "<select><option><style></option></select><img src=x onerror=run()></style><p>x",
    "<picture><source srcset='javascript:run()'><img srcset='javascript:run() 1x, x 2x'></picture><p>x",
    "<ruby><rt><rp><style></style><img src=x onerror=run()></ruby><p>x",
]  # fmt: skip


def unlisted(html: str) -> Iterator[str]:
    """Yield what a browser's parser finds in a fragment beyond the list of elements and attributes."""
    parser = LexborHTMLParser(html)
    body = parser.body
    for node in body.traverse(include_text=False) if body is not None else ():
        if node.tag in ("body", "-comment"):
            continue
        if node.tag not in STRUCTURE | INLINE | VOID | {"br"}:
            yield f"<{node.tag}>"
        yield from (f"{node.tag} {name}" for name in node.attributes if name not in ATTRIBUTES.get(node.tag or "", ()))


@pytest.mark.parametrize("page", HOSTILE)
@pytest.mark.parametrize("url", [None, ADDRESS])
def test_nothing_beyond_the_list_comes_through(page: str, url: str | None) -> None:
    html = fragment(page, url)
    assert list(unlisted(html)) == []
    assert "<!" not in html


def test_a_list_that_lets_a_script_through_would_be_noticed() -> None:
    assert list(unlisted("<p onclick=x>a<script></script></p>")) == ["p onclick", "<script>"]


@pytest.mark.parametrize("page", HOSTILE)
def test_lxml_trees_come_through_no_worse(page: str) -> None:
    assert list(unlisted(fragment(lxml_html.document_fromstring(page)))) == []


@pytest.mark.slow
def test_no_script_runs_in_a_browser() -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}: apt-get install chromium")
    markdown = MarkdownIt("commonmark", {"html": True})
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page()
        calls: list[str] = []
        tab.expose_function("run", lambda: calls.append(tab.url))
        tab.set_content("<img src=x onerror='run()'>")
        tab.wait_for_timeout(200)
        assert calls, "the browser must notice a script that does run"
        calls.clear()
        for page in HOSTILE:
            html = fragment(page)
            tab.set_content(html + markdown.render(markdown_of(html)))
            tab.evaluate("html => { document.body.innerHTML = html; document.body.innerHTML += '' }", html)
            for link in tab.query_selector_all("a[href]"):
                assert not str(link.get_attribute("href")).lower().strip().startswith("javascript")
        tab.wait_for_timeout(300)
        assert calls == []
        browser.close()


TEXTS = st.text(st.sampled_from("ab1 .\n<>&\"'#*_`[]()!-+|\\~=éß中"), max_size=12)
TAGS = st.sampled_from(
    "p div span b i a li ul ol td tr table pre code h2 br img blockquote x-y dl dt button math mi noscript".split()
)
PAGES = st.recursive(
    TEXTS.map(lambda text: text.replace("<", "&lt;")),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=4)).map(
        lambda each: f"<{each[0]}>{''.join(each[1])}</{each[0]}>"
    ),
    max_leaves=20,
)


def text_of(html: str) -> str:
    body = LexborHTMLParser(html).body
    return body.text() if body is not None else ""


@given(PAGES)
def test_html_holds_the_words_of_the_text(page: str) -> None:
    found = read(page, kind="html")
    html = html_of(found, np.ones(len(found.starts), dtype=np.bool_))
    assert text_of(html).split() == found.text.split()
    assert list(unlisted(html)) == []


@given(PAGES)
def test_lxml_trees_hold_the_words_of_the_text(page: str) -> None:
    tree = lxml_html.fragment_fromstring(page, create_parent="div")
    found = read(tree)
    html = html_of(found, np.ones(len(found.starts), dtype=np.bool_))
    assert text_of(html).split() == found.text.split()


@given(PAGES, st.randoms(use_true_random=False))
def test_html_of_any_choice_of_blocks_holds_their_words(page: str, random: Any) -> None:
    found = read(page, kind="html")
    keep = np.array([random.random() < 0.5 for _ in found.starts], dtype=np.bool_)
    kept = [found.text[start:end] for start, end in zip(found.starts[keep], found.ends[keep], strict=True)]
    assert text_of(html_of(found, keep)).split() == " ".join(kept).split()


def test_a_tree_that_was_changed_gives_paragraphs() -> None:
    tree = lxml_html.document_fromstring(f"<h2>One</h2><p>{PROSE}</p>")
    result = boilercut.extract(tree, mode=0.0001)
    tree.find(".//p").insert(0, lxml_html.fragment_fromstring("<div>new <b>words</b></div>"))
    assert text_of(result.html).split() == result.text.split()


def test_deep_pages_are_rendered() -> None:
    assert text_of(fragment("<ul><li>" * 3000 + PROSE)).split() == PROSE.split()
    assert text_of(fragment("<b><i>" * 2000 + PROSE)).split() == PROSE.split()


def test_text_becomes_paragraphs_of_escaped_lines() -> None:
    one, two, three = (PROSE.replace("Monday", day) for day in ("Monday", "Tuesday", "Friday"))
    result = boilercut.extract(f"{one}\n  {two} <b>\n\n{three}", kind="text", mode=0.0001)
    assert result.html == f"<p>{one}<br>\n{two} &lt;b&gt;</p>\n<p>{three}</p>"


# --- Markdown ---


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<h2>A</h2><p>b <b>c</b> <i>d</i> <code>e`f</code></p>", "## A\n\nb **c** *d* ``e`f``"),
        ("<ol start=9><li>a<ul><li>b</ul><li>c</ol>", "9. a\n    - b\n10. c"),
        ("<p><a href='/a(b)c'>x</a> <img src=/i.png alt='p'>", "[x](/a(b)c) ![p](/i.png)"),
        ("<table><tr><th>a|b<th>c<tr><td>1<br>2<td>3</table>", "| a\\|b   | c |\n| ------ | --- |\n| 1<br> 2 | 3 |"),
        ("<pre class=lang-sh>a\n  b</pre>", "```sh\na\n  b\n```"),
        ("<blockquote><p>a<p>b</blockquote>", "> a\n>\n> b"),
        ("<p>10<sup>6</sup> H<sub>2</sub>O <sup>&lt;b&gt;</sup>", "10<sup>6</sup> H<sub>2</sub>O <sup>\\<b\\></sup>"),
        ("", ""),
    ],
)
def test_markdown_keeps_the_structure(page: str, expected: str) -> None:
    written = re.sub(r" +\|", " |", markdown_of(fragment(page)))
    assert re.sub(r"-{3,}", "---", written) == re.sub(r"-{3,}", "---", re.sub(r" +\|", " |", expected))


@pytest.mark.parametrize(
    "text",
    [
        "# no heading", "- no item", "+ no item", "1. no item", "2) no item", "> no quote", "| no | table |", "---", "===",
        "```", "    no code", "*no* _emphasis_", "[no](http://link)", "![no](http://image)", "<b>no</b> tag", "&amp; no entity",
        "<img src=x onerror=alert(1)>", "a\\b", "~~no~~", "`no`", "<http://no.link>", "a *b* c_d_e",
    ],
)  # fmt: skip
def test_text_that_looks_like_markup_stays_text(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    for page in (f"<p>{escaped}</p>", f"<p>above<br>{escaped}</p>", f"<ul><li>{escaped}</ul>"):
        rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown_of(fragment(page)))
        assert text in " ".join(text_of(rendered).split()) or text.strip() in text_of(rendered)
        assert not re.search(r"<(?:h\d|hr|img|a|em|strong|code|table|b|ol)\b", rendered)


def test_markdown_without_the_extra_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['html_to_markdown'] = None\n"
        "import boilercut\n"
        "try: boilercut.extract('<p>Hello.</p>').markdown\n"
        "except boilercut.MissingExtraError as error: print(error)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install 'boilercut[markdown]'" in answer.stdout


# --- the headline and metadata ---


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<title>Ferry sails | The Post</title><h1>Ferry sails</h1>", "Ferry sails"),
        ("<title>Ferry sails | The Post</title><meta property=og:site_name content='The Post'>", "Ferry sails"),
        (
            "<title>The Post: Ferry sails</title><h1>The Post</h1><meta property=og:site_name content='The Post'>",
            "Ferry sails",
        ),
        ("<title>Why - and how - ferries sail</title>", "Why - and how - ferries sail"),
        ("<title>Ferry sails – example</title><link rel=canonical href='https://www.example.org/x'>", "Ferry sails"),
        ("<title>Ferry sails again</title><h1>Menu</h1><h1>The ferry sails again</h1>", "The ferry sails again"),
        ("<title>Ferry sails - The Post</title><h1>The Post</h1><h2>Ferry sails</h2>", "Ferry sails"),
        ("<title>The Post: Ferry sails</title><h1>The Post</h1><h3>Ferry sails</h3>", "Ferry sails"),
        ("<title>Ferry sails - The Post</title><h1>Ferry sails</h1><h2>The Post</h2>", "Ferry sails"),
        (
            "<title>News: Ferry sails | The Post</title><h1>Ferry for the island repaired</h1>",
            "Ferry for the island repaired",
        ),
        ("<title>News: Roof | The Post</title><h1>Ferry repaired</h1>", "News: Roof | The Post"),
        ("<title>Why it smokes - Stove Talk Forum</title><h1>Stove Talk</h1><h2>Why it smokes</h2>", "Why it smokes"),
        (
            "<title>Why it smokes - Stove Talk Forum</title><h1>Menu</h1><h2>Smokes</h2>",
            "Why it smokes - Stove Talk Forum",
        ),
        ("<h1>Ferry sails</h1><p>x", "Ferry sails"),
        ("<h1>One</h1><h1>Two</h1>", ""),
        ("<p>x", ""),
    ],
)
def test_the_headline_is_the_title_without_the_site(page: str, expected: str) -> None:
    result = boilercut.extract(page, kind="html")
    assert result.title == result.metadata.title == expected


DECLARATIONS = """<html lang=en-GB><head><title>Ferry sails | Post</title>
<meta property=og:site_name content=Post><meta name=description content="It sails.">
<meta property=og:image content=/ferry.jpg><link rel=canonical href=/ferry><link rel=license href="/cc-by">
<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "Other"},
{"@type": "NewsArticle", "headline": "Ferry sails", "datePublished": "2026-11-27T08:30:00+01:00",
 "author": [{"@id": "#ann"}, {"@type": "Person", "name": "Bo Lee"}]}, {"@type": "Person", "@id": "#ann", "name": "Ann Ray"}]}
</script></head><body><h1>Ferry sails</h1><p>By Someone Else</p></body>"""


@pytest.mark.parametrize("handed_over", [str, str.encode, lxml_html.document_fromstring], ids=["str", "bytes", "lxml"])
def test_metadata_is_what_the_page_declares(handed_over: Any) -> None:
    result = boilercut.extract(handed_over(DECLARATIONS), url="https://example.org/news/1")
    assert result.metadata == Metadata(
        title="Ferry sails",
        authors=("Ann Ray", "Bo Lee"),
        date="2026-11-27T08:30:00+01:00",
        language="en-GB",
        site="Post",
        description="It sails.",
        image="https://example.org/ferry.jpg",
        url="https://example.org/ferry",
        licence="https://example.org/cc-by",
    )
    assert result.to_dict()["metadata"] == result.metadata.to_dict()


@pytest.mark.parametrize(
    ("head", "field", "expected"),
    [
        ("<meta name=author content='By Ann Ray'>", "authors", ("Ann Ray",)),
        ("<meta property=article:author content='https://social.example/ann'>", "authors", ()),
        ("<meta name=DC.Date.Issued content=2026-11-27>", "date", "2026-11-27"),
        ("<meta name=date content='next Friday'>", "date", ""),
        ("<time class=published datetime=2026-11-27T08:30>x</time>", "date", "2026-11-27T08:30"),
        ("<p itemprop=author>Ann <b>Ray</b></p>", "authors", ("Ann Ray",)),
        ("<a rel='license noopener' href='https://cc.example/by'>x</a>", "licence", "https://cc.example/by"),
        ("<meta property=og:locale content=de_AT>", "language", "de-AT"),
        ("<script type='application/ld+json'>{broken</script>", "authors", ()),
        ("<script type='application/ld+json'>[[[1, {\"@type\": 3, \"author\": {\"name\": [null]}}]]]</script>", "authors", ()),
        (f"<script type='application/ld+json'>{'[' * 100_000}</script>", "authors", ()),
    ],
)  # fmt: skip
def test_single_declarations(head: str, field: str, expected: object) -> None:
    assert getattr(boilercut.extract(f"<head>{head}</head><p>x", kind="html").metadata, field) == expected


def test_what_is_not_declared_stays_empty() -> None:
    assert boilercut.extract("<p>By Ann Ray, 27 November 2026</p>").metadata == Metadata()
    assert boilercut.extract("By Ann Ray, 27 November 2026", kind="text").metadata == Metadata()


# --- lazy results ---

PAGE = f"<title>Ferry</title><nav><a href=/>Home</a></nav><h1>Ferry</h1><p>{PROSE}</p><p>{PROSE}</p>"


def test_results_survive_pickling_whole() -> None:
    result = boilercut.extract(PAGE, url=ADDRESS)
    copy = pickle.loads(pickle.dumps(result))
    assert copy == result
    assert copy.to_dict() == result.to_dict()
    assert (copy.html, copy.markdown, copy.metadata, dict(copy.counts)) == (
        result.html, result.markdown, result.metadata, dict(result.counts),
    )  # fmt: skip
    assert copy.verdicts[0] == pickle.loads(pickle.dumps(result.verdicts[0])) == result.verdicts[0]


def test_results_of_trees_survive_pickling() -> None:
    result = boilercut.extract(lxml_html.document_fromstring(PAGE))
    assert pickle.loads(pickle.dumps(result)).html == result.html


def test_results_differ_where_anything_does() -> None:
    result = boilercut.extract(PAGE)
    assert result == boilercut.extract(PAGE)
    assert hash(result) == hash(boilercut.extract(PAGE))
    assert result != boilercut.extract(PAGE.replace("<p>", "<p><!-- -->", 1))  # spans differ
    assert result != boilercut.extract(PAGE.replace("<h1>", "<h1 lang=en>"))
    assert result != PAGE


def test_threads_get_the_same_values() -> None:
    result = boilercut.extract(PAGE)

    def all_of(_: int) -> tuple[object, ...]:
        return result.html, result.base, [each.to_dict() for each in result.verdicts], result.metadata

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(all_of, range(32)))
    assert all(answer == answers[0] for answer in answers)


def test_a_result_is_written_shortly_and_cannot_be_changed() -> None:
    result = boilercut.extract(PAGE)
    assert len(repr(result)) < 150
    assert repr(result).startswith("Result(kind='html', title='Ferry'")
    with pytest.raises(AttributeError):
        result.text = ""  # type: ignore[misc]


def test_counts_are_those_of_the_verdicts() -> None:
    result = boilercut.extract(PAGE)
    assert sum(result.counts.values()) == len(result.verdicts)
    assert all(sum(each.kind == kind for each in result.verdicts) == count for kind, count in result.counts.items())


def test_text_and_title_run_neither_detectors_twice_nor_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    for name in ("spans.source_spans", "subtree.kept_subtree", "metadata.read_metadata"):
        monkeypatch.setattr(f"boilercut.read.html.{name}", lambda *_, name=name: calls.append(name))
    result = boilercut.extract(PAGE)
    assert result.title
    assert len(result.kept) > 1
    assert calls == []


# --- articles ---


def test_articles_hold_more_where_it_is_asked_for() -> None:
    pages = [boilercut.Located(PAGE + "<p>" + PROSE + " <a href=x>There</a></p>", ADDRESS), PROSE]
    plain, text = boilercut.Cutter().articles(pages)
    assert (plain.html, plain.markdown, plain.metadata) == (text.html, None, None) == (None, None, None)
    rich, text = boilercut.Cutter().articles(pages, fields=["html", "markdown", "metadata"])
    result = boilercut.extract(pages[0].page, url=ADDRESS)  # type: ignore[union-attr]
    assert (rich.html, rich.markdown, rich.metadata) == (result.html, result.markdown, result.metadata)
    assert 'href="https://example.org/news/x"' in result.html
    assert text.html == f"<p>{PROSE}</p>"
    with pytest.raises(boilercut.ConfigError, match="'htm' is none of html, markdown, metadata"):
        boilercut.Cutter().articles(pages, fields=["htm"])
