"""The HTML that comes out: which elements, which attributes, and which addresses. Nothing else is ever written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import urljoin

__all__ = [
    "ATTRIBUTES", "BARE", "CELLS", "CODE", "GROUPED", "INLINE", "LISTING", "PHRASING", "RENAMED", "STRUCTURE", "VOID",
    "WITHIN", "Addresses", "code_language", "start_tag",
]  # fmt: skip

STRUCTURE = frozenset(
    """article aside blockquote caption dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section table
    tbody td tfoot th thead tr ul""".split()
)
"""Elements that stand on lines of their own."""
MATHML = frozenset(
    """math menclose mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mroot mrow ms mspace msqrt mstyle msub
    msubsup msup mtable mtd mtext mtr munder munderover semantics""".split()
)
INLINE = MATHML | frozenset(
    """a abbr b bdi bdo cite code del dfn em i ins kbd mark q rp rt ruby s samp small span strong sub sup time u
    var""".split()
)
"""Elements inside a line."""
CODE = frozenset(("code", "kbd", "samp", "var"))
VOID = frozenset(("hr", "img"))
"""Elements without content; `br` is written where lines end."""
RENAMED = {"acronym": "abbr", "dir": "ul", "menu": "ul", "strike": "s", "tt": "code"}
"""Elements that go by another name today."""

PHRASING = frozenset(("caption", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre"))
"""Elements of `STRUCTURE` that hold text and no other element of `STRUCTURE`."""
LISTING = frozenset(("pre",))
"""Elements whose text is all that is written of them: Markdown has nothing else inside a fence."""
CELLS = frozenset(("td", "th"))
BARE = CELLS | PHRASING | {"dd", "figcaption", "li"}
"""Elements of `STRUCTURE` in which text needs no paragraph."""
GROUPED = {"ul": ("li",), "ol": ("li",), "dl": ("dd",), "tr": ("td",), "table": ("tr", "td"), "thead": ("tr", "td"),
           "tbody": ("tr", "td"), "tfoot": ("tr", "td")}  # fmt: skip
"""Elements that hold no text themselves, and the elements that text in them is put into."""
_ROWS = frozenset(("table", "tbody", "tfoot", "thead"))
_TABLE, _ROW, _LIST = frozenset(("table",)), frozenset(("tr",)), frozenset(("ol", "ul"))
WITHIN = {"li": _LIST, "dd": frozenset(("dl",)), "dt": frozenset(("dl",)), "caption": _TABLE, "tbody": _TABLE,
          "tfoot": _TABLE, "thead": _TABLE, "tr": _ROWS, "td": _ROW, "th": _ROW}  # fmt: skip
"""Elements that mean something only right inside certain others."""

_NUMBER = re.compile(r"-?[0-9]{1,9}").fullmatch
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}").fullmatch
_DIRECTION = re.compile(r"ltr|rtl|auto", re.IGNORECASE).fullmatch
_LIST_TYPE = re.compile(r"[1aAiI]").fullmatch
_SCOPE = re.compile(r"col|row|colgroup|rowgroup", re.IGNORECASE).fullmatch
_DISPLAY = re.compile(r"block|inline").fullmatch
_ANY = re.compile(r".{0,5000}", re.DOTALL).fullmatch

_ANYWHERE = {"lang": _LANGUAGE, "dir": _DIRECTION}
_VALUES = {
    tag: {**_ANYWHERE, **own}
    for tag, own in {
        "abbr": {"title": _ANY},
        "dfn": {"title": _ANY},
        "img": {"alt": _ANY, "title": _ANY},
        "li": {"value": _NUMBER},
        "math": {"alttext": _ANY, "display": _DISPLAY},
        "ol": {"reversed": _ANY, "start": _NUMBER, "type": _LIST_TYPE},
        "td": {"colspan": _NUMBER, "rowspan": _NUMBER},
        "th": {"colspan": _NUMBER, "rowspan": _NUMBER, "scope": _SCOPE},
        "time": {"datetime": _ANY},
    }.items()
}
"""For each element its attributes and what their values look like; those of `_ANYWHERE` stand on all."""
_MEANT_BY_ATTRIBUTES = {"a": "href", "img": "src", "div": "", "span": ""}
"""Elements that are left out without an attribute: this one, or any."""
_LOCATIONS = {"a": "href", "blockquote": "cite", "q": "cite", "del": "cite", "ins": "cite"}
"""Attributes that hold addresses; an image's is looked for in `_IMAGE_LOCATIONS`."""
ATTRIBUTES = {
    tag: frozenset((*_VALUES.get(tag, _ANYWHERE), *((_LOCATIONS[tag],) if tag in _LOCATIONS else ())))
    | (frozenset(("src",)) if tag == "img" else frozenset(("class",)) if tag == "code" else frozenset())
    for tag in (*STRUCTURE, *INLINE, *VOID)
}
"""For each element the attributes that it may be written with; a `class` is `language-…` and nothing else."""
_IMAGE_LOCATIONS = ("src", "data-src", "data-lazy-src", "data-original", "srcset", "data-srcset")
"""Where an image's address stands, where scripts load it late, too."""
_SCHEMES = frozenset(("http", "https", "mailto", "tel"))
_IMAGE_SCHEMES = frozenset(("http", "https"))
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):").match
_NOT_IN_ADDRESSES = re.compile(r"[\x00-\x1f\x7f]")
MAX_ADDRESS = 8000
"""Longer addresses are left out; servers take no more characters."""

_CODE = re.compile(
    r"(?:^|[\s;])(?:language|lang|highlight-source|highlight-text|highlight|src|sourceCode|brush)(?:-|:\s*|\s)"
    r"([A-Za-z][A-Za-z0-9_+#.-]{0,29})(?=$|[\s;])"
)
_NO_LANGUAGE = frozenset(
    "default highlight line linenos none notranslate numberLines plain plaintext text txt wrapper".split()
)
_CODE_ATTRIBUTES = ("data-lang", "data-language")


class Addresses:
    """Makes addresses absolute, where the page's own is known, and leaves out those that could run a script."""

    def __init__(self, url: str | None, base: str = "") -> None:
        joined = _joined(url, base) if url and base else ""
        self._base = joined if joined.startswith(("http://", "https://")) else url

    def link(self, address: str | None) -> str | None:
        """Return the address of a link; None for one that is no `http`, `https`, `mailto` or `tel`."""
        return self._safe(address, _SCHEMES)

    def image(self, attributes: Mapping[str, str | None]) -> str | None:
        """Return the address of an image, wherever its element says it; None where there is none to fetch."""
        if "1" in (attributes.get("width"), attributes.get("height")):
            return None  # counts visitors
        for name in _IMAGE_LOCATIONS:
            value = attributes.get(name) or ""
            if name.endswith("srcset"):
                value = next(iter(value.split()), "").rstrip(",")
            if address := self._safe(value, _IMAGE_SCHEMES):
                return address
        return None

    def _safe(self, address: str | None, schemes: frozenset[str]) -> str | None:
        cleaned = _NOT_IN_ADDRESSES.sub("", address or "").strip()
        if self._base and cleaned:
            cleaned = _joined(self._base, cleaned)
        scheme = _SCHEME(cleaned)
        if not cleaned or len(cleaned) > MAX_ADDRESS or (scheme and scheme[1].lower() not in schemes):
            return None
        return cleaned


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:  # brackets that are no IPv6 address
        return ""


def start_tag(tag: str, attributes: Mapping[str, str | None], addresses: Addresses) -> str | None:
    """Return the start tag of an element; None where it means nothing without an address or a language."""
    kept = _kept_attributes(tag, attributes, addresses) if attributes else {}
    if not kept:
        return None if tag in _MEANT_BY_ATTRIBUTES else f"<{tag}>"
    if _MEANT_BY_ATTRIBUTES.get(tag, "") not in ("", *kept):
        return None
    written = "".join([f' {name}="{escape(value)}"' for name, value in kept.items()])
    return f"<{tag}{written}>"


def _kept_attributes(tag: str, attributes: Mapping[str, str | None], addresses: Addresses) -> dict[str, str]:
    """Return the attributes of an element that are written."""
    kept: dict[str, str] = {}
    if tag == "img":
        if address := addresses.image(attributes):
            kept = {"src": address, "alt": ""}
    elif tag in _LOCATIONS and (address := addresses.link(attributes.get(_LOCATIONS[tag]))):
        kept[_LOCATIONS[tag]] = address
    expected = _VALUES.get(tag, _ANYWHERE)
    for name, value in attributes.items():
        if name in expected and expected[name](value or ""):
            kept[name] = value or ""
    return kept


def code_language(attributes: Mapping[str, str | None]) -> str:
    """Return the programming language that an element names, as highlighters do; empty where it names none.

    >>> code_language({"class": "highlight-source-python"}), code_language({"class": "brush: java; gutter: false"})
    ('python', 'java')
    """
    for name in _CODE_ATTRIBUTES:
        if found := _CODE.search(f"lang-{attributes.get(name) or ''}"):
            return found[1]
    names = (match[1] for match in _CODE.finditer(attributes.get("class") or ""))
    return next((name for name in names if name not in _NO_LANGUAGE), "")
