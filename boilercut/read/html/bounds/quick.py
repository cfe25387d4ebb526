"""Tell by one pattern that a page surely is within the bounds: this spares the build without kernels most scans."""

from __future__ import annotations

import re
from collections.abc import Sequence

from boilercut.read.html.bounds.elements import MAX_ADOPTED
from boilercut.read.html.bounds.limits import MAX_CLONES, MAX_FORMATTING, MAX_FREE_BYTES, MAX_FREE_TAGS, MAX_NAMES
from boilercut.read.html.bounds.standard import (
    ATTRIBUTE,
    ATTRIBUTES,
    FOREIGN,
    FORMATTING,
    IMPLIED,
    KNOWN,
    RAW,
    SCOPE,
    SVG,
    TABLE_PARTS,
)  # fmt: skip

__all__ = ["is_small"]

MAX_QUICK_ATTRIBUTES, MAX_QUICK_OPTIONS = 40, 2500
"""Attributes of each tag, and options of a page, up to which `is_small` need not look further."""

_RUN = rb"((?:" + ATTRIBUTE.replace(rb"([^", rb"(?:[^") + rb"){0,%d}+)" % MAX_QUICK_ATTRIBUTES
_FULL = rb"[\t\n\f\r /]*+>"
_QUICK = re.compile(
    rb"<(?:script(?=[\t\n\f\r />])" + _RUN + _FULL
    + rb"[^<]*+(<(?!/?script|/>)[^<]*+)*+(?:(?=</script[\t\n\f\r />])|(<)|\Z)"
    rb"|(style|title|textarea|iframe|noembed|noframes|xmp)(?=[\t\n\f\r />])" + _RUN + _FULL
    + rb"[^<]*+(<(?!/)[^<]*+)*+(?:(?=</\4[\t\n\f\r />])|(<)|\Z)"
    rb"|(/?[a-z][^\t\n\f\r />]*+)" + _RUN + rb"(?:" + _FULL + rb"|[\t\n\f\r /]*+(?:([^\t\n\f\r />])|\Z))"
    rb"|!--(?:-?>|.*?(?:--!?>|\Z))|(!\[cdata\[)|[!?/][^>]*+>?)",
    re.DOTALL,
)  # fmt: skip
"""Tags of a page in small letters. Groups: attributes of a script, "<" in it, what stands where its end tag should be;
name and attributes of what else holds text only, "<" in it, what stands where its end tag should be; any other tag,
its attributes, what is too much of them; a CDATA section."""
_QUICK_FLAGS = {
    **KNOWN, **{b"/" + name: flags for name, flags in KNOWN.items() if flags & (FORMATTING | SCOPE)},
    **dict.fromkeys((b"svg", b"math", b"/svg", b"/math"), SCOPE | FOREIGN),
    **dict.fromkeys((b"plaintext", b"frameset"), RAW),
    **dict.fromkeys((b"desc", b"foreignobject", b"annotation-xml", b"mi", b"mn", b"mo", b"ms", b"mtext"), SCOPE | SVG),
    **{name.encode(): SCOPE for name in TABLE_PARTS}, **{b"/" + name.encode(): SCOPE for name in TABLE_PARTS},
    b"option": IMPLIED,
}  # fmt: skip


def is_small(source: bytes) -> bool:
    """Return whether a page surely is within the bounds: it has few tags, and few formatting elements are left open.

    This spares the build without kernels most scans. It needs no stack of elements: an end tag counts where it ends the
    formatting element that was opened last, if nothing stands between that ends the search for it.
    """
    if source.count(b"<") > MAX_FREE_TAGS:
        return False
    waiting: list[tuple[bytes, int, int]] = []
    runs: list[bytes] = []
    weight = reopened = options = foreign = blocks = 0
    found = _QUICK.findall(source.lower() + b"</>")  # so that an element without an end tag ends here
    for first, script, endless, _, second, style, open_ended, name, run, more, section in found:
        if more or section or endless or open_ended or (foreign and (script or style)):
            return False
        runs += (first, second, run)
        known = _QUICK_FLAGS.get(name, 0)
        if not known:
            continue
        if known & FORMATTING:
            if name[:1] != b"/":
                waiting.append((name, blocks, 1 + len(ATTRIBUTES.findall(run))))
                weight += waiting[-1][2]
            elif waiting and waiting[-1][0] == name[1:]:
                _, before, own = waiting.pop()
                weight -= own if blocks - before <= MAX_ADOPTED else 0
            if weight > MAX_FORMATTING:
                return False
            continue
        blocks += 1
        reopened += weight
        if known & SCOPE:
            waiting.clear()
            if known & FOREIGN == FOREIGN:
                foreign += 1 if name[:1] != b"/" else -(0 < foreign < MAX_FREE_TAGS)
            elif known & SVG and foreign:
                foreign = MAX_FREE_TAGS
        elif known & RAW:
            return False
        elif name == b"option":
            options += 1
    return (
        reopened <= MAX_CLONES
        and options <= MAX_QUICK_OPTIONS
        and (len(source) <= MAX_FREE_BYTES or _has_few_names(runs))
    )


def _has_few_names(runs: Sequence[bytes]) -> bool:
    """Return whether few distinct attributes are in `runs` of them; unknown elements are too few to matter."""
    return len(set(ATTRIBUTES.findall(b" ".join(set(runs))))) <= MAX_NAMES // 2
