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
from itertools import count

from boilercut._native import markup as kernels
from boilercut.read.names import NameTable, flags_by_name, name_table
from boilercut.read.tags import RAW_TEXT_TAGS, SHADOW_ROOT, SWALLOWING_TAGS, VOID_TAGS

__all__ = ["parsable", "recovered", "with_shadow_roots_shown"]

_CLOSED_BY_OTHERS = frozenset("p li dt dd td th tr option optgroup thead tbody tfoot html head body".split())
"""Elements whose end tag may be left out: many open tags of these are not nesting."""
_OPTIONS = ("option", "optgroup")
"""Elements that hide what follows where the list around them is gone."""
_LOSABLE = ("script", "style", "textarea", "title", "iframe")
"""Elements that swallow the page where their end tag is lost."""
_ROOTS = ("body", "html")
"""Elements that there is one of, which gets the attributes of all their tags."""


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
_ROOT_NAMES = _any_case(_ROOTS)
_COUNTED_TAG = re.compile(rf"<(/?(?:{_LOSABLE_NAMES})|(?:{_ROOT_NAMES})(?=[\s/]))")
_NESTING_TAG = re.compile(
    rf"<(/?)(?!(?:{_any_case(VOID_TAGS | _CLOSED_BY_OTHERS)})(?![\w-]))[a-zA-Z][^<>]*(?<!/)>", re.ASCII
)
MAX_ATTRIBUTES = 1000
"""More attributes are nobody's work."""
MAX_ROOTS = 100
"""So many tags of `body` and `html` keep their attributes: a parser hands them all to one element."""
MIN_LONG_PAGE = 20_000
"""In a shorter page no tag has so many attributes that it matters."""
# As the HTML standard has it: a name may begin with a digit or a quote, and a quoted value may hold ">". Possessive
# throughout, and each part begins with what the one before excludes.
_ATTRIBUTE = r"""(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+)"""
_TO_FULL_TAG = re.compile(
    rf"(?:[^<]++|<(?![a-zA-Z])|<[a-zA-Z][^\s/>]*+{_ATTRIBUTE}{{0,{MAX_ATTRIBUTES}}}+(?!{_ATTRIBUTE}))*+",
    re.ASCII,
)
_FULL_TAG_OR_RAW = re.compile(
    rf"(<[a-zA-Z][^\s/>]*+{_ATTRIBUTE}{{{MAX_ATTRIBUTES}}}+){_ATTRIBUTE}*+"
    rf"|<!--.*?(?:-->|\Z)|<({_any_case(RAW_TEXT_TAGS)})(?=[\s/>]).*?(?:</\2|\Z)|<[a-zA-Z][^\s/>]*+{_ATTRIBUTE}*+",
    re.DOTALL | re.ASCII,
)
_ROOT = re.compile(rf"<({_ROOT_NAMES})(?=[\s/]){_ATTRIBUTE}*+", re.ASCII)
_SELF_CLOSED = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)/>")
_TEMPLATE = re.compile(r"<(/?)template\b([^<>]*)>", re.IGNORECASE)
_PROSE_END_TAG = re.compile(r"</(?:p|div|h[1-6]|li|td|article|section)\s*>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*+)[^<>]*+>")  # possessive: what follows could match a name's end too
MAX_DEPTH = 1000
"""Deeper elements are read as if on this level; the deepest count on a training page is 448."""
MIN_TAGS_TO_NEST = 5000
"""With fewer tags, the parser's work, quadratic in the depth, stays small."""
MIN_SWALLOWED_TAGS = 3
"""So many end tags of text elements behind an unclosed raw element are a page, not a script."""


def parsable(html: str) -> bytes:
    """Return `html` as a parser takes it: in UTF-8, and `recovered`."""
    source = _encoded(html)
    if _is_sound(html, source):
        return source
    mended = _mended(html)
    return source if mended is html else _encoded(mended)


def recovered(html: str) -> str:
    """Return `html` with swallowing tags closed and hopeless nesting flattened."""
    return html if _is_sound(html, _encoded(html)) else _mended(html)


def _encoded(html: str) -> bytes:
    """Return `html` in UTF-8; lone surrogates become question marks."""
    return bytes(kernels.encoded(html))


def _is_sound(html: str, source: bytes) -> bool:
    """Tell, in one pass, whether there surely is nothing to mend; where it cannot tell, the searches below do."""
    most = MAX_ATTRIBUTES if len(html) >= MIN_LONG_PAGE else len(html)
    return not _XML.match(html) and bool(kernels.is_sound(source, *_tag_table(), MAX_DEPTH, MAX_ROOTS, most))


def _mended(html: str) -> str:
    if "/>" in html and (_XML.match(html) or _SELF_CLOSED_RAW.search(html)):
        html = _SELF_CLOSED.sub(_with_end_tag, html)
    found = Counter(_COUNTED_TAG.findall(html))
    for name in _LOSABLE:
        if found[name] != found[f"/{name}"] or found[name.upper()]:
            html = _with_lost_end_tag(html, name)
    html = _with_fewer_attributes(_with_lost_comment_end(html))
    if sum(times for name, times in found.items() if name.lower() in _ROOTS) > MAX_ROOTS:
        html = _with_fewer_roots(html)
    return _flattened(html) if html.count("<") >= MIN_TAGS_TO_NEST else html


@cache
def _tag_table() -> NameTable:
    flags = flags_by_name((SWALLOWING_TAGS, VOID_TAGS | _CLOSED_BY_OTHERS, frozenset(_ROOTS)))
    return name_table(flags, kernels.hash_tag)


def with_shadow_roots_shown(html: str) -> str:
    """Rename templates that are shadow roots, which a parser would put aside with the others."""
    renamed: list[bool] = []

    def replacement(match: re.Match[str]) -> str:
        if not match[1]:
            renamed.append("shadowrootmode" in match[2].lower())
            return f"<{SHADOW_ROOT}{match[2]}>" if renamed[-1] else match.group()
        return f"</{SHADOW_ROOT}>" if renamed and renamed.pop() else match.group()

    return _TEMPLATE.sub(replacement, html)


def _with_fewer_attributes(html: str) -> str:
    """Leave off attributes beyond `MAX_ATTRIBUTES` a tag: a parser compares each with all before it."""
    if len(html) < MIN_LONG_PAGE or _has_few_attributes(html):
        return html
    return _FULL_TAG_OR_RAW.sub(lambda match: match[1] or match[0], html)


def _has_few_attributes(html: str) -> bool:
    """Tell whether no tag has more than `MAX_ATTRIBUTES`."""
    few = bool(kernels.has_few_attributes(_encoded(html), MAX_ATTRIBUTES))
    match = None if few else _TO_FULL_TAG.match(html)
    return few or (match is not None and match.end() == len(html))


def _with_fewer_roots(html: str) -> str:
    """Leave off the attributes of all tags of roots but the first `MAX_ROOTS`."""
    numbers = count()
    return _ROOT.sub(lambda match: match[0] if next(numbers) < MAX_ROOTS else f"<{match[1]}", html)


def _flattened(html: str) -> str:
    """Replace tags nested deeper than `MAX_DEPTH` by line breaks, which keep the blocks apart."""
    if _depth(html) <= MAX_DEPTH:
        return html
    depth = 0

    def replacement(match: re.Match[str]) -> str:
        nonlocal depth
        step = _step(match)
        too_deep = max(depth, depth + step) > MAX_DEPTH and (step != 0 or match[2].lower() in _OPTIONS)
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
