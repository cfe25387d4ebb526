"""The constructs of the HTML standard, each repeated as often as is asked: tests and `benchmarks.hostile` use them."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.hostile.cases import PROSE

__all__ = ["CONSTRUCTS", "PARAGRAPHS", "Build"]

Build = Callable[[int], str]


def _numbered(form: str) -> Build:
    return lambda times: "".join(form.replace("%", str(number)) for number in range(times))


def _repeated(unit: str, before: str = "", after: str = "") -> Build:
    return lambda times: before + unit * times + after


_BLOCKS = (
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form header "
    "hgroup main menu nav ol p pre section summary ul li dd dt h1 h6 listing noscript"
).split()
_INLINE = "a b big code em font i nobr s small strike strong tt u span sub abbr label ins del ruby rb rt rp rtc".split()
_OTHER = (
    "table tr td th tbody thead caption col colgroup select option optgroup button template object applet marquee svg "
    "math x-y unknown frameset frame html body head br hr img input embed area meta link base param wbr image"
).split()
_RAW = "script style textarea title iframe noembed noframes xmp".split()

CONSTRUCTS: dict[str, Build] = {
    **{f"<{tag}>": _repeated(f"<{tag}>") for tag in (*_BLOCKS, *_INLINE, *_OTHER)},
    **{f"<{tag}>x": _repeated(f"<{tag}>x") for tag in (*_BLOCKS, *_INLINE, *_OTHER)},
    **{f"</{tag}>": _repeated(f"x</{tag}>") for tag in (*_BLOCKS, *_INLINE, *_OTHER)},
    **{f"<{tag}></>": _repeated(f"<{tag}>x</{tag}>") for tag in (*_BLOCKS, *_INLINE, *_OTHER, *_RAW)},
    **{f"<{tag}> open": _repeated("<p>x<", f"{PROSE}<{tag}>") for tag in (*_RAW, "plaintext")},
    "<div />": _repeated("<div />"),
    "<div></x>": _repeated("<div></x>"),
    '<div a="<">': _repeated('<div a="<">'),
    '<div a=">">': _repeated('<div a="</div>">'),
    "<div><!--</div>-->": _repeated("<div><!--</div>-->"),
    "<div><!--></div>-->": _repeated("<div><!--></div><div>-->"),
    "<div><script></div></script>": _repeated("<div><script></div></script>"),
    "<div><svg><title></div>": _repeated("<div><svg><title></div></title></svg>"),
    "<div></div x=': distinct": _numbered("<div></div x%>"),
    "<script><!--<script>": _repeated("<script><!--<script></script>--></script>x"),
    "<b><div></b>": _repeated("<b><div></b>"),
    "<b><p></b>": _repeated("<b><p>x</b>"),
    "<a><div><a>": _repeated("<a><div>"),
    "<b><div x9></b>": _repeated("<b>" + "<div>" * 9 + "</b>" + "</div>" * 9),
    "<font a=%>": _numbered("<font a=%>"),
    "<font a=%><p>x": _numbered("<font a=%><p>x"),
    "<font a=%></p>x": _numbered("<p><font a=%></p>x"),
    "<td><font a=%>": lambda times: "<table><tr>" + _numbered("<td><font a=%>x")(times),
    "<b><span></b></span>": _repeated("<b><div></b></div><span>"),
    "<dl><dt>": _repeated("<dl><dt>"),
    "<ul><li>": _repeated("<ul><li>x"),
    "<table><tr><td>": _repeated("<table><tr><td>x"),
    "<table>x": _repeated("<table>x"),
    "<table> x<tr>": _repeated("x<tr>", "<table>"),
    "<table> <p>x": _repeated("<p>x", "<table>"),
    "<table> <b>x": _repeated("<b>x</b>", "<table>"),
    "<table> <td>": _repeated("<td>x", "<table>"),
    "<select> <option>": _repeated("<option>x", "<select>"),
    "<select> <optgroup><option>": _repeated("<optgroup><option>x", "<select>"),
    "<select> <div><option>": _repeated("<div><option>x", "<select>"),
    "<select> <hr>": _repeated("<hr>", "<select>"),
    "<datalist> <option>": _repeated("<option>x", "<datalist>"),
    "<template><div><td>": _repeated("<div><td>", "<template>"),
    "<template><template>": _repeated("<template><p>x"),
    "<svg><col>": _repeated("<col>", "<svg>"),
    "<svg><g>": _repeated("<g>", "<svg>"),
    "<svg><g/>": _repeated("<g/>x", "<svg>"),
    "<svg><desc>": _repeated("<svg><desc>x"),
    "<svg><![CDATA[": _repeated("<![CDATA[x<p>]]>", "<svg>"),
    "<math><mi>": _repeated("<math><mi>x"),
    "<math><annotation-xml>": _repeated("<annotation-xml encoding=text/html><p>x", "<math>"),
    "<form><div></form>": _repeated("<form><div></form>"),
    "<frameset><frame>": _repeated("<frame>", "<frameset>"),
    "<x-%>": _numbered("<x-%>y</x-%>"),
    "<p a%>": _numbered("<p a%>y"),
    "</p a%>": _numbered("</p a%>y"),
    "<p class=%>": _numbered("<p class=c%>y"),
    "<body a%>": _numbered("<body a%>"),
    "<html a%>": _numbered("<html a%>"),
    "<p a% a%>": lambda times: f"<p {_numbered('a% ')(times)}>y",
    "</p a% a%>": lambda times: f"</p {_numbered('a% ')(times)}>y",
    "<!--><p a% a%>": lambda times: f"<!--><p {_numbered('a% ')(times)}>y",
    "<frameset><style><p a%>": lambda times: f"<frameset><style><p {_numbered('a% ')(times)}></style>",
    "<a href=": _repeated('<a href="'),
    "<!-- -->": _repeated("<!-- -->x"),
    "<!-->": _repeated("<!-->x"),
    "<!--": _repeated("<!--"),
    "<!x>": _repeated("<!x>x"),
    "<?x>": _repeated("<?x>x"),
    "</ x>": _repeated("</ x>x"),
    "<![CDATA[": _repeated("<![CDATA[x]]>"),
    "<!doctype>": _repeated("<!doctype html>x"),
    "<": _repeated("< "),
    "&amp;": _repeated("&amp;"),
    "&none;": _repeated("&none;"),
    "&#0;": _repeated("&#0;&#x110000;"),
    "NUL": _repeated("x\0"),
    "srcdoc": _repeated("&lt;div /&gt;", '<iframe srcdoc="', '"></iframe>'),
    "srcdoc, attributes": lambda times: f'<iframe srcdoc="&lt;b {_numbered("a% ")(times)}&gt;{PROSE}"></iframe>',
    "articleBody": lambda times: _posted("<div />" * times),
    "articleBody, attributes": lambda times: _posted(f"<b {_numbered('a% ')(times)}>"),
}
"""Constructs by name: what makes one of so many parts."""
PARAGRAPHS = _repeated("<p>x")


def _posted(html: str) -> str:
    body = html + "<p>The harbour council decides on lights and boats this Friday evening, it said today, and more.</p>"
    data = {"@type": "NewsArticle", "articleBody": body}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'
