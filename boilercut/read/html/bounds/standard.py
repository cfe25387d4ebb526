"""What the HTML standard says of elements and attributes, as far as bounds need it: a flag for each set of names.

setup.py makes C constants of the flags and of the numbers of `ROLES`.
"""

from __future__ import annotations

import re

from boilercut.read.html.names import flags_by_name

_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_MARKING = frozenset("applet caption marquee object td template th".split())
TABLE_PARTS = frozenset("caption col colgroup tbody td tfoot th thead tr".split())
_BLOCKS = frozenset(
    """address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer header
    hgroup listing main menu nav ol pre search section summary ul""".split()
)
"""Elements that end a paragraph, and whose end tag closes what is open inside."""
_P_ENDING = _BLOCKS | _HEADINGS | frozenset("dd dt form hr li p plaintext xmp".split())
_VOID = frozenset(
    """area base basefont bgsound br embed frame frameset head image img input keygen link meta param source track
    wbr col hr""".split()
)
"""Elements that are never open, or once at most."""
RAW_NAMES = frozenset("iframe noembed noframes script style textarea title xmp".split())
_ROOTS = frozenset(["body", "html"])
_SPECIAL = (
    _BLOCKS | _HEADINGS | _MARKING | (TABLE_PARTS - {"col"})
    | frozenset("button dd dt form li noscript p plaintext select table".split())
)  # fmt: skip
_SCOPES = _MARKING | {"select", "table"}
_NOT_REOPENING = _P_ENDING | TABLE_PARTS | _ROOTS | RAW_NAMES - {"xmp"} | frozenset(
    """base basefont bgsound head link meta frame frameset param source table template track rb rp rt
    rtc""".split()
)  # fmt: skip
"""Start tags before which formatting elements are not opened again."""
_IMPLIED = frozenset("dd dt li optgroup option p rb rp rt rtc".split())
_INTEGRATION = frozenset("annotation-xml desc foreignobject mi mn mo ms mtext title".split())
"""Elements of SVG and MathML whose content is HTML again; `annotation-xml` where its encoding says so."""
IN_SVG = (b"desc", b"foreignobject", b"title")
_BREAKOUT = frozenset(
    """b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta
    nobr ol p pre ruby s small span strong strike sub sup table tt u ul var""".split()
)
_SETS = (
    _VOID, _FORMATTING, _SPECIAL, _SCOPES, _MARKING, _P_ENDING, _NOT_REOPENING, TABLE_PARTS, RAW_NAMES, _ROOTS,
    _IMPLIED, _INTEGRATION, _BREAKOUT, _BLOCKS, _HEADINGS,
)  # fmt: skip
(
    VOID, FORMATTING, SPECIAL, SCOPE, MARKING, P_ENDING, NOT_REOPENING, TABLE_PART, RAW, ROOT, IMPLIED, INTEGRATION,
    BREAKOUT, BLOCK, HEADING,
) = (1 << bit for bit in range(len(_SETS)))  # fmt: skip
SVG, MATH = 1 << len(_SETS), 2 << len(_SETS)
FOREIGN = SVG | MATH
KNOWN = {name.encode(): flags for name, flags in flags_by_name(_SETS).items()}
ROLES = """
    a address annotation-xml br button caption col colgroup dd desc div dt font foreignobject form
    frameset hr input li malignmark math mglyph nobr ol optgroup option p plaintext rb rp rt rtc ruby
    script select svg table tbody td template textarea tfoot th thead title tr ul xmp
""".split()
"""Elements that the kernel has rules of their own for, in the order of its numbers."""
ROLE_BITS = 24
"""Number of bits of a name's value in the kernel's table before the number of its role."""
ATTRIBUTE = (
    rb"(?:(?<![\t\n\f\r /])[\t\n\f\r /]*+|)([^\t\n\f\r />][^\t\n\f\r />=]*+)"
    rb"(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:\"[^\"]*+\"|'[^']*+'|[^\t\n\f\r >\"'][^\t\n\f\r >]*+)?+)?+"
)
ATTRIBUTES = re.compile(ATTRIBUTE)
