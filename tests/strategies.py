"""Hypothesis strategies: texts and HTML pages that look like pages, in many scripts, whole and broken."""

from __future__ import annotations

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
    page = draw(html_pages())
    for stray in draw(st.lists(st.sampled_from(STRAY), max_size=4)):
        at = draw(st.integers(0, len(page)))
        page = page[:at] + stray + page[at:]
    return page[draw(st.integers(0, 80)) : len(page) - draw(st.integers(0, 80))]


any_page = st.one_of(any_text, texts(), html_pages(), broken_pages(), st.binary(max_size=300))
"""Anything that may be handed in as source."""
