"""Bound what a parser is superlinear in, before it sees the page.

A parser by the HTML standard takes quadratic time in the depth of open elements, in open formatting elements (which it
opens again in each paragraph), in the attributes of a tag, in the options of a list, and, as lexbor is built, in the
number of distinct names that it does not know. One pass over the source follows the standard closely enough to count
these: the tokenizer's states, and the stack of open elements with the list of active formatting elements. A page
within bounds, which is nearly every page, passes untouched. In any other, tags and attributes beyond a bound are
taken out; text never is.
"""

from __future__ import annotations

import re
from functools import cache

from boilercut._native import chosen_source as kernels
from boilercut.read.html.bounds.limits import LIMITS, MAX_ATTRIBUTES, MAX_DEPTH, loose_caps, tight_caps
from boilercut.read.html.bounds.quick import is_small
from boilercut.read.html.bounds.scan import Scan
from boilercut.read.html.bounds.standard import KNOWN, ROLE_BITS, ROLES
from boilercut.read.html.names import NameTable, name_table

__all__ = ["MAX_ATTRIBUTES", "MAX_DEPTH", "bounded", "is_in_quirks_mode"]

_DOCTYPE = re.compile(rb"(?:[\t\n\f\r ]++|<!--.*?-->|\xef\xbb\xbf)*+<!doctype[^>]*+", re.IGNORECASE | re.DOTALL)
_QUIRKY = re.compile(
    rb"<!doctype(?!\s*+html[\s>]?)|//DTD HTML (?:[23]|4\.0 |4\.01 (?:Transitional|Frameset)//[^\"'/]*+[\"']\s*+$)"
    rb"|//IETF|//DTD (?:W3|Netscape|O'Reilly|Microsoft)",
    re.IGNORECASE,
)


def bounded(source: bytes) -> bytes:
    """Return a page in UTF-8 within the bounds: itself, but where it exceeds them."""
    quirks = is_in_quirks_mode(source)
    is_within = kernels.is_within_bounds(source, *_tag_table(), quirks, LIMITS)
    if is_within or is_small(source):
        return source
    scan = Scan(source, quirks, loose_caps(source))
    if not scan.run():
        scan = Scan(source, quirks, tight_caps(source))
        scan.run()
    return scan.edited()


def is_in_quirks_mode(source: bytes) -> bool:
    """Return whether the page's document type puts a parser into quirks mode, where tables do not end paragraphs."""
    match = _DOCTYPE.match(source)
    return match is None or _QUIRKY.search(match[0]) is not None


@cache
def _tag_table() -> NameTable:
    roles = {name.encode(): number << ROLE_BITS for number, name in enumerate(ROLES, 1)}
    values = {name.decode(): KNOWN.get(name, 0) | roles.get(name, 0) for name in {*KNOWN, *roles}}
    return name_table(values, kernels.hash_element)
