"""Mend HTML source that a WHATWG parser would swallow.

Pages saved as XML close elements inside the tag (`<script …/>`, `<iframe …/>`, `<textarea/>`). To an HTML
parser that is an open tag, and everything behind it is script or form text. The same happens where the
end tag was lost. Both are noticed in the source, before parsing; pages without the signs pass untouched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from boilercut.native import markup_kernels as kernels
from boilercut.read.names import NameTable, flags_by_name, name_table
from boilercut.read.tags import SHADOW_ROOT, SWALLOWING_TAGS, VOID_TAGS

__all__ = ["recovered", "with_shadow_roots_shown"]

_CLOSED_BY_OTHERS = frozenset("p li dt dd td th tr option optgroup thead tbody tfoot html head body".split())
"""Elements whose end tag may be left out: many open tags of these are not nesting."""
_LOSABLE = ("script", "style", "textarea", "title", "iframe")
"""Elements that swallow the page where their end tag is lost."""


def _any_case(names: Iterable[str]) -> str:
    """Match `names` in any case; the flag for that would keep the search from leaping to the next "<"."""
    return "|".join("".join(f"[{letter}{letter.upper()}]" for letter in name) for name in sorted(names))


# None of these can backtrack badly: each repeats one negated class, which cannot match what follows it.
_RAW_NAMES = _any_case(SWALLOWING_TAGS)
_SELF_CLOSED_RAW = re.compile(rf"<(?:{_RAW_NAMES})(?:\s[^<>]*)?/>(?=\s*(?:<(?!/(?:{_RAW_NAMES}))|\Z))")
_XML = re.compile("[\ufeff \\t\\r\\n]*<[?]xml")
_LOSABLE_TAG = re.compile(rf"<(/?(?:{'|'.join(sorted({*_LOSABLE, *map(str.upper, _LOSABLE)}))}))")
_NESTING_TAG = re.compile(
    rf"<(/?)(?!(?:{_any_case(VOID_TAGS | _CLOSED_BY_OTHERS)})(?![\w-]))[a-zA-Z][^<>]*(?<!/)>", re.ASCII
)
MAX_ATTRIBUTES, MIN_LONG_TAG = 1000, 4000
"""More attributes are nobody's work, and a tag with more is longer than this."""
# Possessive throughout: a tag is read once. No name of an attribute begins with a digit; many words of drawings do.
_FULL_TAG = re.compile(
    r"""<[a-zA-Z][^\s/<>"']*+(?:\s++[^\s=/"'<0-9][^\s=/"'<]*+(?:=(?:"[^"]*+"|'[^']*+'|[^\s"'<>]++))?+)"""
    rf"{{{MAX_ATTRIBUTES}}}+(?=\s)"
)
_SELF_CLOSED = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)/>")
_TEMPLATE = re.compile(r"<(/?)template\b([^<>]*)>", re.IGNORECASE)
_PROSE_END_TAG = re.compile(r"</(?:p|div|h[1-6]|li|td|article|section)\s*>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)[^<>]*>")
MAX_DEPTH = 1000
"""Deeper elements are read as if on this level; the deepest count on a training page is 448."""
MIN_TAGS_TO_NEST = 5000
"""With fewer tags, the parser's work, quadratic in the depth, stays small."""
MIN_SWALLOWED_TAGS = 3
"""So many end tags of text elements behind an unclosed raw element are a page, not a script."""


def recovered(html: str) -> str:
    """Return `html` with swallowing tags closed and hopeless nesting flattened."""
    if kernels and _is_sound(html):
        return html
    if "/>" in html and (_XML.match(html) or _SELF_CLOSED_RAW.search(html)):
        html = _SELF_CLOSED.sub(_with_end_tag, html)
    found = Counter(_LOSABLE_TAG.findall(html))
    for name in _LOSABLE:
        if found[name] != found[f"/{name}"] or found[name.upper()]:
            html = _with_lost_end_tag(html, name)
    html = _with_fewer_attributes(_with_lost_comment_end(html))
    return _flattened(html) if html.count("<") >= MIN_TAGS_TO_NEST else html


def _is_sound(html: str) -> bool:
    """Tell, in one pass, whether there surely is nothing to mend; where it cannot tell, the searches below do."""
    return (
        not _XML.match(html)
        and bool(kernels.is_sound(html, *_tag_table(), MAX_DEPTH))
        and _with_lost_comment_end(html) is html
        and _with_fewer_attributes(html) is html
    )


@cache
def _tag_table() -> NameTable:
    return name_table(flags_by_name((SWALLOWING_TAGS, VOID_TAGS | _CLOSED_BY_OTHERS)))


def with_shadow_roots_shown(html: str) -> str:
    """Rename templates that are shadow roots, which a parser would put aside with the others."""
    renamed: list[bool] = []

    def replacement(match: re.Match[str]) -> str:
        if not match[1]:
            renamed.append("shadowrootmode" in match[2])
            return f"<{SHADOW_ROOT}{match[2]}>" if renamed[-1] else match.group()
        return f"</{SHADOW_ROOT}>" if renamed and renamed.pop() else match.group()

    return _TEMPLATE.sub(replacement, html)


def _with_fewer_attributes(html: str) -> str:
    """Leave off what attributes a tag has beyond `MAX_ATTRIBUTES`: a parser compares each with all before it.

    Such a tag is long. So the search leaps from one ">" to the last within reach, and looks closer only where
    there is none.
    """
    parts, done, position = [], 0, 0
    while position < len(html):
        last = html.rfind(">", position, position + MIN_LONG_TAG)
        if last < 0:
            last = html.find(">", position + MIN_LONG_TAG)
            last = last if last >= 0 else len(html)
            if full := _FULL_TAG.search(html, position, last):
                parts.append(html[done : full.end()])
                done = last
        position = last + 1
    return "".join([*parts, html[done:]]) if parts else html


def _flattened(html: str) -> str:
    """Replace tags nested deeper than `MAX_DEPTH` by line breaks, which keep the blocks apart."""
    if _depth(html) <= MAX_DEPTH:
        return html
    depth = 0

    def replacement(match: re.Match[str]) -> str:
        nonlocal depth
        step = _step(match)
        too_deep = step != 0 and max(depth, depth + step) > MAX_DEPTH
        depth = max(depth + step, 0)
        return "<br>" if too_deep else match.group()

    return _TAG.sub(replacement, html)


def _depth(html: str) -> int:
    """Return how deep tags nest at most; end tags without a beginning do not count."""
    depth, deepest = 0, 0
    for closes in _NESTING_TAG.findall(html):
        if not closes:
            depth += 1
            if depth > deepest:
                deepest = depth
        elif depth:
            depth -= 1
    return deepest


def _step(tag: re.Match[str]) -> int:
    name = tag[2].lower()
    if name in VOID_TAGS or name in _CLOSED_BY_OTHERS or tag[0].endswith("/>"):
        return 0
    return -1 if tag[1] else 1


def _with_end_tag(match: re.Match[str]) -> str:
    name, attributes = match.groups()
    if name.lower() in VOID_TAGS:
        return match.group()
    return f"<{name}{attributes}></{name}>"


def _with_lost_end_tag(html: str, name: str) -> str:
    """Close the last `name` element where its end tag is missing and a page stands behind it."""
    opening = max(html.rfind(f"<{name}"), html.rfind(f"<{name.upper()}"))
    if opening < 0 or max(html.rfind(f"</{name}"), html.rfind(f"</{name.upper()}")) > opening:
        return html
    tag_end = html.find(">", opening)
    following = html.find("<", tag_end)
    if tag_end < 0 or following < 0 or not _holds_a_page(html, following):
        return html
    return f"{html[:following]}</{name}>{html[following:]}"


def _with_lost_comment_end(html: str) -> str:
    opening = html.rfind("<!--")
    if opening < 0 or html.find("-->", opening) >= 0 or not _holds_a_page(html, opening):
        return html
    return f"{html[: opening + 4]}-->{html[opening + 4 :]}"


def _holds_a_page(html: str, position: int) -> bool:
    tags = _PROSE_END_TAG.finditer(html, position)
    return sum(1 for _, _ in zip(tags, range(MIN_SWALLOWED_TAGS), strict=False)) == MIN_SWALLOWED_TAGS
