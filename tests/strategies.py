"""Hypothesis strategies: texts and HTML pages that look like pages, in many scripts, whole and broken."""

from __future__ import annotations

import json
from html import escape

from hypothesis import strategies as st

SENTENCES = (
    "The bridge was closed on Monday, and nobody crossed the river until the spring.",
    "Die Brücke wurde am Montag gesperrt, und niemand kam bis zum Frühjahr über den Fluss.",
    "Le pont a été fermé lundi, et personne n’a traversé la rivière avant le printemps.",
    "Мост закрыли в понедельник, и до весны никто не перешёл через реку.",
    "أغلق الجسر يوم الاثنين، ولم يعبر أحد النهر حتى الربيع؟",
    "桥在星期一关闭了，直到春天没有人过河。",
    "橋は月曜日に閉鎖され、春まで誰も川を渡りませんでした。",
    "สะพานปิดในวันจันทร์ ไม่มีใครข้ามแม่น้ำจนถึงฤดูใบไม้ผลิ",
    "पुल सोमवार को बंद कर दिया गया, और वसंत तक किसी ने नदी पार नहीं की।",
    "다리는 월요일에 폐쇄되었고, 봄까지 아무도 강을 건너지 않았다.",
    "Köprü pazartesi günü kapatıldı; ilkbahara kadar kimse nehri geçmedi.",
    "הגשר נסגר ביום שני, ואיש לא חצה את הנהר עד האביב.",
)
LABELS = (
    "Home", "News", "Sport", "Contact us", "Subscribe to our newsletter", "Read more", "Leave a comment",
    "6 + 18 =", "Share on Facebook", "© 2024 Wend Courier", "Startseite", "Подписаться", "相关阅读", "コメント",
    "اقرأ أيضا", "« 1 2 3 »", "12:30 • 24.05.21", "|", "-", "…", "£3.50", "🙂", "\u200b", "\ufeff", "a\u0301",
)  # fmt: skip
CLASSES = ("", "content", "article-body", "sidebar", "navBar", "related-posts", "comments", "cookie-banner", "x y")
BLOCKS = (
    "div",
    "p",
    "section",
    "article",
    "aside",
    "nav",
    "ul",
    "li",
    "h1",
    "h2",
    "td",
    "blockquote",
    "pre",
    "my-card",
)
INLINES = ("span", "a", "b", "em", "code", "time")
LINE_ENDS = ("\n", "\n\n", "\r\n", "\r\n\r\n", "\n \n", "\n\t\n", "\r")
STRAY = (
    "<",
    ">",
    "</div>",
    "<p",
    "<!--",
    "]]>",
    "<script>",
    "</p></p>",
    "&amp",
    "&#0;",
    "<b/>",
    "\x00",
    "<td>",
    '"',
    "<a href='",
)

ODD_TAGS = (
    "template", "svg", "math", "table", "tr", "select", "option", "textarea", "title", "noscript", "iframe", "frameset",
    "style", "script", "dl", "dt", "dd", "figure", "figcaption", "form", "button", "input", "br", "hr", "img", "meta",
    "body", "head", "html", "xmp", "plaintext", "caption", "details", "summary", "address", "shadow-root", "object",
)  # fmt: skip
ATTRIBUTES = (
    ' class="', " id='", " hidden", ' style="display:none"', " aria-hidden=true", ' role="navigation"', ' href="/x"',
    ' shadowrootmode="open"', ' type="application/ld+json"', ' type="application/json"', ' srcdoc="<p>', " charset=",
    ' property="og:title" content="', ' name="description" content="', ' itemprop="articleBody"', " data-type=ad", "/>",
)  # fmt: skip
STORY = "".join(SENTENCES[:3])
ODD_MARKUP = (
    f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{STORY * 3}"}}</script><p>Loading',
    f'<script>window.__STATE__ = {{"props": {{"body": "<p>{STORY}</p><p>{STORY}</p>", "n": 1e999}}}};</script><div id=app>',
    f'<script type="application/json">{{"a": [{{"text": "{STORY}\\ud83d \\u0000"}}, null</script><p>x',
    f'<div><template shadowrootmode="open"><p>{STORY}</p><slot></slot></template>{STORY}</div>',
    f"<noscript><p>{STORY}</p></noscript><p>{STORY}</p><img alt='a>b'>",
    f'<iframe srcdoc="&lt;p&gt;{STORY}&lt;/p&gt;"></iframe><p>Share this',
    f"<?xml version='1.0'?><html xmlns='x'><script src='a'/><p>{STORY}</p><textarea/><p>{STORY}</p></html>",
    f"<table><tr><td>{STORY}<table><tr><td>1<td>2</table><th>3</table>" * 2,
    f"<svg><title>{STORY}</title><foreignObject><p>{STORY}</p></foreignObject></svg><math><mi>x</mi></math>",
    f"<!--[if IE]><p>{STORY}</p><![endif]--><![CDATA[{STORY}]]><!-- {STORY}",
    f"<select><option>{STORY}<p>{STORY}</select><pre>\n a\n\tb </pre><xmp>{STORY}</xmp><plaintext>{STORY}",
    f"<p>{STORY}<br><br/>{STORY}<hr><dl><dt>a<dd>b</dl><ul><li>{STORY}<li><a href=/>{STORY}</a></ul>",
)
"""Markup that a reader has to take a particular turn for."""

sentences = st.sampled_from(SENTENCES)
labels = st.sampled_from(LABELS)
paragraphs = st.lists(sentences, min_size=1, max_size=4).map(" ".join)
any_text = st.text(st.characters(), max_size=300)
"""Any string at all, lone surrogates included."""


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Draw a plain text: paragraphs and leftovers, with indents and all sorts of line ends."""
    lines = draw(st.lists(paragraphs | labels | st.text(max_size=20), max_size=15))
    indents = st.sampled_from(["", "", "", "  ", "\t", "\u3000", "- ", "* "])
    return "".join(draw(indents) + line + draw(st.sampled_from(LINE_ENDS)) for line in lines)


@st.composite
def inline(draw: st.DrawFn) -> str:
    """Draw a text with inline markup around some of it."""
    text = escape(draw(paragraphs | labels))
    tag = draw(st.sampled_from(("", "", *INLINES)))
    return f'<{tag} href="/x" class="{draw(st.sampled_from(CLASSES))}">{text}</{tag}>' if tag else text


def _wrapped(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    attributes = st.sampled_from(["", " hidden", ' style="display:none"', ' id="main"', ' data-type="ad"'])
    contents = st.lists(children, min_size=1, max_size=4).map("".join)
    return st.tuples(st.sampled_from(BLOCKS), st.sampled_from(CLASSES), attributes, contents).map(
        lambda drawn: f'<{drawn[0]} class="{drawn[1]}"{drawn[2]}>{drawn[3]}</{drawn[0]}>'
    )


fragments = st.recursive(inline() | st.just("<br>") | st.just("\n"), _wrapped, max_leaves=25)
"""Well-nested HTML without the frame of a document."""


@st.composite
def html_pages(draw: st.DrawFn) -> str:
    """Draw a whole, well-formed HTML page."""
    body = "".join(draw(st.lists(fragments, min_size=1, max_size=5)))
    title = escape(draw(labels))
    return f'<!DOCTYPE html><html lang="en"><head><title>{title}</title></head><body>{body}</body></html>'


@st.composite
def broken_pages(draw: st.DrawFn) -> str:
    """Draw an HTML page with a piece missing and stray markup thrown in."""
    page = draw(html_pages() | whole_pages())
    for stray in draw(st.lists(st.sampled_from(STRAY), max_size=4)):
        at = draw(st.integers(0, len(page)))
        page = page[:at] + stray + page[at:]
    return page[draw(st.integers(0, 80)) : len(page) - draw(st.integers(0, 80))]


@st.composite
def articles(draw: st.DrawFn) -> str:
    """Draw paragraphs with subheadings, lists, tables, quotes, code and line breaks among them."""
    text, label = paragraphs.map(escape), labels.map(escape)
    parts = st.one_of(
        text.map(lambda drawn: f"<p>{drawn}</p>"),
        text.map(lambda drawn: f"{drawn}<br><br>"),
        text.map(lambda drawn: f"<blockquote><p>{drawn}</p></blockquote>"),
        label.map(lambda drawn: f"<h2>{drawn}</h2>"),
        label.map(lambda drawn: f"<pre><code>{drawn}\n  {drawn}</code></pre>"),
        st.lists(text | label, min_size=1, max_size=4).map(lambda drawn: f"<ul><li>{'<li>'.join(drawn)}</ul>"),
        tables(),
    )
    return f"<article><h1>{draw(label)}</h1>{''.join(draw(st.lists(parts, min_size=1, max_size=8)))}</article>"


@st.composite
def tables(draw: st.DrawFn) -> str:
    """Draw a table, with a table in a cell at times."""
    cells = draw(st.lists(labels.map(escape), min_size=1, max_size=9))
    inner = f"<table><tr><td>{cells[0]}</table>" if draw(st.booleans()) else ""
    wide = draw(st.integers(1, 3))
    rows = ["".join(f"<td>{cell}" for cell in cells[row : row + wide]) for row in range(0, len(cells), wide)]
    return f"<table><caption>{cells[-1]}</caption><tr>{'<tr>'.join(rows)}{inner}</table>"


@st.composite
def threads(draw: st.DrawFn) -> str:
    """Draw posts of a forum, each with a name, a date and tools."""
    posts = draw(st.lists(paragraphs.map(escape), min_size=1, max_size=6))
    return "".join(
        f'<div class="post" id="post-{number}"><a href="/user/{number}">user{number}</a> <time>3.04.2024, 18:{number}'
        f"</time><div class='post-body'>{post}</div><ul><li><a href='#'>Reply</a><li><a href='#'>Quote</a></ul></div>"
        for number, post in enumerate(posts)
    )


@st.composite
def listings(draw: st.DrawFn) -> str:
    """Draw cards with a link, a teaser and a price."""
    cards = draw(st.lists(st.tuples(labels.map(escape), sentences.map(escape)), min_size=1, max_size=8))
    return "".join(
        f'<div class="card"><a href="/{number}"><h3>{title}</h3></a><p>{text}</p><span>£{number}.50</span></div>'
        for number, (title, text) in enumerate(cards)
    )


@st.composite
def data_scripts(draw: st.DrawFn) -> str:
    """Draw an article that stands in JSON only: declared as one, or as a script's state; cut off at times."""
    text = draw(paragraphs)
    body = json.dumps(f"<p>{text}</p><p>{text}</p>" if draw(st.booleans()) else text, ensure_ascii=draw(st.booleans()))
    data = f'{{"@type": "NewsArticle", "depth": [{{}}, null, 1e999], "articleBody": {body}}}'
    data = data[: draw(st.integers(20, len(data)))] if draw(st.booleans()) else data
    kind = draw(st.sampled_from(['type="application/ld+json"', 'type="application/json"', ""]))
    return f"<script {kind}>{data if kind else f'window.__STATE__ = {data};'}</script>"


@st.composite
def whole_pages(draw: st.DrawFn) -> str:
    """Draw a page as sites have them: a menu, an article, a thread or cards, leftovers, and odd markup."""
    contents = articles() | threads() | listings() | data_scripts() | fragments | st.sampled_from(ODD_MARKUP)
    main = "".join(draw(st.lists(contents, min_size=1, max_size=3)))
    menu = "".join(
        f'<li><a href="/{label[:3]}">{escape(label)}</a></li>' for label in draw(st.lists(labels, max_size=6))
    )
    leftovers = "".join(f"<p>{escape(label)}</p>" for label in draw(st.lists(labels, max_size=5)))
    return (
        f"<!DOCTYPE html><html><head><title>{escape(draw(labels))}</title></head><body><nav><ul>{menu}</ul></nav>"
        f"<main>{main}</main><aside>{leftovers}</aside><footer>© 2024 Wend Courier</footer></body></html>"
    )


CHARSETS = {
    "utf-8": "utf-8", "utf-16": "utf-16", "utf-16be": "utf-16-be", "gb18030": "gb18030", "shift_jis": "cp932",
    "euc-jp": "euc_jp", "windows-1251": "cp1251", "iso-8859-1": "cp1252", "big5": "big5hkscs", "euc-kr": "cp949",
}  # fmt: skip
"""What headers say, and the codec that browsers understand by it."""


any_page = st.one_of(any_text, texts(), html_pages(), broken_pages(), whole_pages(), st.binary(max_size=300))
"""Anything that may be handed in as source."""
