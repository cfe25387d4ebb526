"""Mend HTML source of which a WHATWG parser would swallow the rest.

Pages saved as XML close elements inside the tag (`<script …/>`, `<iframe …/>`, `<textarea/>`). To an HTML
parser that is an open tag, and everything behind it is script or form text. The same happens where the
end tag was lost. Both are noticed in the source, before parsing; pages without the signs pass untouched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from boilercut._native import chosen_source as kernels
from boilercut.read.html.names import NameTable, flags_by_name, name_table
from boilercut.read.html.tags import SHADOW_ROOT, SWALLOWING_TAGS, VOID_TAGS

__all__ = ["encoded", "recovered", "recovered_source", "with_shadow_roots_shown"]

_LOSABLE = ("script", "style", "textarea", "title", "iframe")
"""Elements that swallow the page where their end tag is lost."""


def _any_case(names: Iterable[str]) -> str:
    """Match `names` in any case; the flag for that would keep the search from leaping to the next "<"."""
    return "|".join("".join(f"[{letter}{letter.upper()}]" for letter in name) for name in sorted(names))


# None of these can backtrack badly: each repeats one negated class, which cannot match what follows it.
_RAW_NAMES = _any_case(SWALLOWING_TAGS)
_RAW_INITIALS = "".join(sorted({initial for name in SWALLOWING_TAGS for initial in (name[0], name[0].upper())}))
_SELF_CLOSED_RAW = re.compile(
    rf"<(?=[{_RAW_INITIALS}])(?:{_RAW_NAMES})(?:\s[^<>]*)?/>(?=\s*(?:<(?!/(?:{_RAW_NAMES}))|\Z))"
)
_XML = re.compile("[\ufeff \\t\\r\\n]*<[?]xml")
_LOSABLE_NAMES = "|".join(sorted({*_LOSABLE, *map(str.upper, _LOSABLE)}))
_LOSABLE_TAG = re.compile(rf"<(/?(?:{_LOSABLE_NAMES}))")
_SELF_CLOSED = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)/>")
_TEMPLATE = re.compile(r"<(/?)template\b([^<>]*)>", re.IGNORECASE)
_PROSE_END_TAG = re.compile(r"</(?:p|div|h[1-6]|li|td|article|section)\s*>", re.IGNORECASE)
MIN_SWALLOWED_TAGS = 3
"""End tags of text elements behind an unclosed raw element from which they are a page, not a script."""


def recovered(html: str) -> str:
    """Return `html` with swallowing tags closed."""
    return html if _is_sound(html, encoded(html)) else _mended(html)


def recovered_source(html: str) -> bytes:
    """Return `recovered` HTML in UTF-8."""
    source = encoded(html)
    if _is_sound(html, source):
        return source
    mended = _mended(html)
    return source if mended is html else encoded(mended)


def encoded(html: str) -> bytes:
    """Return `html` in UTF-8; lone surrogates become question marks."""
    return bytes(kernels.encoded(html))


def _is_sound(html: str, source: bytes) -> bool:
    """Return whether there surely is nothing to mend, found in one pass; in doubt, the searches below decide."""
    return not _XML.match(html) and bool(kernels.is_sound(source, *_tag_table()))


def _mended(html: str) -> str:
    if "/>" in html and (_XML.match(html) or _SELF_CLOSED_RAW.search(html)):
        html = _SELF_CLOSED.sub(_with_end_tag, html)
    found = Counter(_LOSABLE_TAG.findall(html))
    for name in _LOSABLE:
        if found[name] != found[f"/{name}"] or found[name.upper()]:
            html = _with_lost_end_tag(html, name)
    return _with_lost_comment_end(html)


@cache
def _tag_table() -> NameTable:
    return name_table(flags_by_name((SWALLOWING_TAGS,)), kernels.hash_tag)


def with_shadow_roots_shown(html: str) -> str:
    """Rename templates that are shadow roots, which a parser would put aside with the others."""
    renamed: list[bool] = []

    def replacement(match: re.Match[str]) -> str:
        if not match[1]:
            renamed.append("shadowrootmode" in match[2].lower())
            return f"<{SHADOW_ROOT}{match[2]}>" if renamed[-1] else match.group()
        return f"</{SHADOW_ROOT}>" if renamed and renamed.pop() else match.group()

    return _TEMPLATE.sub(replacement, html)


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
