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
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from boilercut._native import chosen_markup as kernels
from boilercut.read.html.names import NameTable, flags_by_name, name_table

__all__ = ["MAX_ATTRIBUTES", "MAX_DEPTH", "bounded", "is_in_quirks_mode"]

MAX_DEPTH = 1000
"""Maximum number of open elements; the deepest training page has 448."""
MAX_ATTRIBUTES = 1000
"""Maximum number of attributes of a tag, and of all tags of `html` and `body` together: these go to one element."""
MAX_STEPS = 10_000_000
"""Maximum sum of open elements over all tags: lexbor walks the stack for a tag, at 5 ns a step."""
MAX_CLONES = 200_000
"""Maximum number of formatting elements, with their attributes, that are opened again: .3 µs and 200 bytes each."""
MAX_FORMATTING = 250
"""Maximum number of formatting elements to open again."""
MAX_OPTION_STEPS = 4_000_000
"""Maximum sum of the options before each option of a list: lexbor walks them, at 15 ns a step."""
MAX_NAMES = 2000
"""Maximum number of distinct names of attributes and of elements that the standard has no rule for."""
UNBOUNDED = 1 << 60
MAX_ADOPTED = 7
"""Maximum number of blocks that the end of a formatting element takes it out of; the standard's loop ends then."""
TIGHT_DEPTH, TIGHT_OPTIONS = 64, 300
"""What is left open at least, and options of a list, where a sum is beyond its bound."""

MAX_FREE_TAGS = 4000
"""Maximum number of tags of a page that may be nested at will: half the square stays below `MAX_STEPS`."""
MAX_FREE_BYTES = 100_000
"""Maximum size of a page that may have any number of distinct names: 25,000 take .2 s."""
MAX_QUICK_ATTRIBUTES, MAX_QUICK_OPTIONS = 40, 2500
"""Attributes of each tag, and options of a page, up to which `_is_small` need not look further."""

_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_MARKING = frozenset("applet caption marquee object td template th".split())
_TABLE_PARTS = frozenset("caption col colgroup tbody td tfoot th thead tr".split())
_SECTIONS = frozenset("tbody tfoot thead".split())
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
_RAW = frozenset("iframe noembed noframes script style textarea title xmp".split())
_ROOTS = frozenset(["body", "html"])
_SPECIAL = (
    _BLOCKS | _HEADINGS | _MARKING | (_TABLE_PARTS - {"col"})
    | frozenset("button dd dt form li noscript p plaintext select table".split())
)  # fmt: skip
_SCOPES = _MARKING | {"select", "table"}
_NOT_REOPENING = _P_ENDING | _TABLE_PARTS | _ROOTS | _RAW - {"xmp"} | frozenset(
    """base basefont bgsound head link meta frame frameset param source table template track rb rp rt
    rtc""".split()
)  # fmt: skip
"""Start tags before which formatting elements are not opened again."""
_IMPLIED = frozenset("dd dt li optgroup option p rb rp rt rtc".split())
_INTEGRATION = frozenset("annotation-xml desc foreignobject mi mn mo ms mtext title".split())
"""Elements of SVG and MathML whose content is HTML again; `annotation-xml` where its encoding says so."""
_IN_SVG = (b"desc", b"foreignobject", b"title")
_BREAKOUT = frozenset(
    """b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta
    nobr ol p pre ruby s small span strong strike sub sup table tt u ul var""".split()
)
_SETS = (
    _VOID, _FORMATTING, _SPECIAL, _SCOPES, _MARKING, _P_ENDING, _NOT_REOPENING, _TABLE_PARTS, _RAW, _ROOTS, _IMPLIED,
    _INTEGRATION, _BREAKOUT, _BLOCKS, _HEADINGS,
)  # fmt: skip
(
    VOID, FORMATTING, SPECIAL, SCOPE, MARKING, P_ENDING, NOT_REOPENING, TABLE_PART, RAW, ROOT, IMPLIED, INTEGRATION,
    BREAKOUT, BLOCK, HEADING,
) = (1 << bit for bit in range(len(_SETS)))  # fmt: skip
SVG, MATH = 1 << len(_SETS), 2 << len(_SETS)
FOREIGN = SVG | MATH
_KNOWN = {name.encode(): flags for name, flags in flags_by_name(_SETS).items()}
_ROLES = """
    a address annotation-xml br button caption col colgroup dd desc div dt font foreignobject form
    frameset hr input li malignmark math mglyph nobr ol optgroup option p plaintext rb rp rt rtc ruby
    script select svg table tbody td template textarea tfoot th thead title tr ul xmp
""".split()
"""Elements that the kernel has rules of their own for, in the order of its numbers."""
ROLE_BITS = 24
"""Number of bits of a name's value in the kernel's table before the number of its role."""
_HTML_ENCODING = re.compile(
    rb"encoding[\t\n\f\r ]*+=[\t\n\f\r ]*+[\"']?+(?:text/html|application/xhtml\+xml)(?![^\"' \t\n\f\r>])",
    re.IGNORECASE,
)

_UNPLAIN = ~(BLOCK | SPECIAL | P_ENDING | BREAKOUT)
"""Flags of elements whose start tags may do more than end a paragraph; others with rules of their own follow."""
_UNPLAIN_NAMES = (b"button", b"form", b"math", b"svg")
_BLANK = rb"[\t\n\f\r ]"
_ATTRIBUTE = (
    rb"(?:(?<![\t\n\f\r /])[\t\n\f\r /]*+|)([^\t\n\f\r />][^\t\n\f\r />=]*+)"
    rb"(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:\"[^\"]*+\"|'[^']*+'|[^\t\n\f\r >\"'][^\t\n\f\r >]*+)?+)?+"
)
_ATTRIBUTES = re.compile(_ATTRIBUTE)
# All repetitions are possessive, or run up to a fixed end: none can backtrack badly.
_TOKEN = re.compile(
    rb"<(?:(/?)([a-zA-Z][^\t\n\f\r />]*+)((?:" + _ATTRIBUTE.replace(rb"([^", rb"(?:[^") + rb")*+)([\t\n\f\r /]*+)>?"
    rb"|!--(?:-?>|.*?(?:--!?>|\Z))|(!\[CDATA\[)|[!?/][^>]*+>?)",
    re.DOTALL,
)
_RAW_ENDS = {
    name.encode(): re.compile(rb"</" + name.encode() + rb"(?=[\t\n\f\r />])", re.IGNORECASE) for name in sorted(_RAW)
}
_IN_SCRIPT = re.compile(rb"<!--|-->|<(/?)script(?=[\t\n\f\r />])", re.IGNORECASE)
_DOCTYPE = re.compile(rb"(?:[\t\n\f\r ]++|<!--.*?-->|\xef\xbb\xbf)*+<!doctype[^>]*+", re.IGNORECASE | re.DOTALL)
_QUIRKY = re.compile(
    rb"<!doctype(?!\s*+html[\s>]?)|//DTD HTML (?:[23]|4\.0 |4\.01 (?:Transitional|Frameset)//[^\"'/]*+[\"']\s*+$)"
    rb"|//IETF|//DTD (?:W3|Netscape|O'Reilly|Microsoft)",
    re.IGNORECASE,
)


def bounded(source: bytes) -> bytes:
    """Return a page in UTF-8 within the bounds: itself, but where it exceeds them."""
    quirks = is_in_quirks_mode(source)
    is_within = kernels.is_within_bounds(source, *_tag_table(), quirks, _LIMITS)
    if is_within or _is_small(source):
        return source
    scan = _Scan(source, quirks, _loose_caps(source))
    if not scan.run():
        scan = _Scan(source, quirks, _tight_caps(source))
        scan.run()
    return scan.edited()


def is_in_quirks_mode(source: bytes) -> bool:
    """Return whether the page's document type puts a parser into quirks mode, where tables do not end paragraphs."""
    match = _DOCTYPE.match(source)
    return match is None or _QUIRKY.search(match[0]) is not None


class _Caps(NamedTuple):
    """What tags are taken out beyond."""

    depth: int
    formatting: int
    options: int
    names: int
    are_final: bool
    """Whether the sums may go beyond their bounds now."""


def _loose_caps(source: bytes) -> _Caps:
    return _Caps(
        depth=MAX_DEPTH if source.count(b"<") > MAX_FREE_TAGS else UNBOUNDED,
        formatting=MAX_FORMATTING,
        options=UNBOUNDED,
        names=MAX_NAMES if len(source) > MAX_FREE_BYTES else UNBOUNDED,
        are_final=False,
    )


def _tight_caps(source: bytes) -> _Caps:
    tags = source.count(b"<") + 1
    return _Caps(
        depth=min(MAX_DEPTH, max(TIGHT_DEPTH, MAX_STEPS // tags)),
        formatting=min(MAX_FORMATTING, MAX_CLONES // tags),
        options=TIGHT_OPTIONS,
        names=MAX_NAMES,
        are_final=True,
    )


_LIMITS = (MAX_STEPS, MAX_CLONES, MAX_OPTION_STEPS, MAX_ATTRIBUTES, MAX_NAMES)


class _Format:
    """An entry of the list of active formatting elements; a marker where it has no name."""

    __slots__ = ("is_open", "key", "name", "weight")

    def __init__(self, name: bytes, key: bytes, weight: int) -> None:
        self.name, self.key, self.weight, self.is_open = name, key, weight, True


class _Scan:
    """One pass over a page: the tokenizer's states, the stack of open elements, and what is to be taken out."""

    def __init__(self, source: bytes, quirks: bool, caps: _Caps) -> None:
        self.source, self.quirks, self.caps = source, quirks, caps
        self.names: list[bytes] = []
        self.flags: list[int] = []
        self.open: Counter[bytes] = Counter()
        """How many open elements have a name, so that most searches for one need not look at the stack."""
        self.formats: list[_Format | None] = []
        """For each open element its entry in the list of active formatting elements, or None."""
        self.active: list[_Format] = []
        self.edits: list[tuple[int, int, bytes]] = []
        self.taken: Counter[bytes] = Counter()
        """Start tags that were taken out, whose end tags are to go too."""
        self.form = False
        self.steps = self.clones = self.options = self.option_steps = 0
        self.root_attributes = 0
        self.in_frameset = False
        self.distinct: set[bytes] = set()
        """Names of attributes, each behind a space, and of elements that have no flags."""
        self.spelt: set[bytes] = set()
        """Names of attributes as they are spelt, all of which are distinct already, or will be."""

    def run(self) -> bool:
        """Scan the page; return whether all sums are within their bounds, or the caps are tight."""
        source, place, loose = self.source, 0, not self.caps.are_final
        search = _TOKEN.search
        while (match := search(source, place)) is not None:
            start, end = match.span()
            if start > place:
                self._text(place, start)
            place = end
            name = match[2]
            if name is None:
                if match[5]:
                    place = self._section_end(end)
                self.steps += len(self.names)
                continue
            name = name.lower()
            if not match[1]:
                place = self._start_tag(name, match)
            elif match[3] or self.taken or not self._end_plainly(name):
                self._end_tag(name, match)
            self.steps += len(self.names)
            if loose and self._is_beyond():
                return False
        return True

    def edited(self) -> bytes:
        """Return the page with its edits made."""
        if not self.edits:
            return self.source
        parts, place = [], 0
        for start, end, text in self.edits:
            parts += [self.source[place:start], text]
            place = end
        return b"".join([*parts, self.source[place:]])

    def _is_beyond(self) -> bool:
        return self.steps > MAX_STEPS or self.clones > MAX_CLONES or self.option_steps > MAX_OPTION_STEPS

    # tokens

    def _section_end(self, place: int) -> int:
        """Return where `<![CDATA[` ends: outside SVG and MathML it is a comment."""
        mark = b"]]>" if self.flags and self.flags[-1] & FOREIGN else b">"
        found = self.source.find(mark, place)
        return len(self.source) if found < 0 else found + len(mark)

    def _raw_end(self, name: bytes, place: int) -> int:
        """Return where the text of an element ends that holds nothing else: before its end tag."""
        if name == b"script":
            return self._script_end(place)
        match = _RAW_ENDS[name].search(self.source, place)
        return len(self.source) if match is None else match.start()

    def _bound_raw(self, start: int, end: int) -> None:
        """Bound the attributes of what may be tags all the same: in a frameset a parser ignores raw elements."""
        for each in _TOKEN.finditer(self.source, start, end):
            if each[3]:
                self._bound_attribute_names(each, MAX_ATTRIBUTES)

    def _script_end(self, place: int) -> int:
        escaped = nested = False
        while (match := _IN_SCRIPT.search(self.source, place)) is not None:
            place = match.end()
            if match[0] == b"<!--":
                place = match.end() if escaped else match.end() - 2
                escaped = True
            elif match[0] == b"-->":
                escaped = nested = False
            elif match[1] and not nested:
                return match.start()
            elif escaped:
                nested = not match[1]
        return len(self.source)

    def _text(self, start: int, end: int) -> None:
        if not self.active or (self.flags and self.flags[-1] & FOREIGN and not self.flags[-1] & INTEGRATION):
            return
        if self.names and self._is_in_table_context() and self.source[start:end].isspace():
            return
        self._reopen()

    def _start_tag(self, name: bytes, match: re.Match[bytes]) -> int:
        """Take a start tag; return where the scan goes on."""
        known = _KNOWN.get(name, 0)
        attributes = self._bounded_attributes(name, known, match)
        if not known & _UNPLAIN and name not in _UNPLAIN_NAMES and self._is_plain():
            self._open(name, known, None, match)
            return match.end()
        if self._is_foreign(name):
            if known & BREAKOUT or (name == b"font" and _has_font_attribute(match[3])):
                while self.flags and self.flags[-1] & FOREIGN and not self.flags[-1] & INTEGRATION:
                    self._pop_to(len(self.names) - 1)
            else:
                if not match[4].endswith(b"/"):
                    self._open(name, self._foreign_flags(name, known, match[3]), None, match)
                return match.end()
        if known & RAW:
            if name == b"xmp":
                self._close_p()
            place = self._raw_end(name, match.end())
            if self.in_frameset:
                self._bound_raw(match.end(), place)
            if name == b"textarea" or name == b"xmp":
                self._reopen()
            return place
        if name == b"plaintext":
            return len(self.source)
        self.in_frameset |= name == b"frameset"
        if name in (b"svg", b"math"):
            self._reopen()
            if not match[4].endswith(b"/"):
                self._open(name, SVG if name == b"svg" else MATH, None, match)
            return match.end()
        self._html_start(name, known, attributes, match)
        return match.end()

    def _is_plain(self) -> bool:
        """Return whether there is no paragraph to end and nothing to open again, outside SVG and MathML."""
        return not (self.active or self.open[b"p"] or (self.flags and self.flags[-1] & FOREIGN))

    def _bounded_attributes(self, name: bytes, known: int, match: re.Match[bytes]) -> int:
        """Return the number of attributes of a tag, taking out those beyond the bounds."""
        if not known and name not in self.distinct:
            self._bound_name(name, match)
        if not match[3]:
            return 0
        room = MAX_ATTRIBUTES
        if known & ROOT:
            room = max(MAX_ATTRIBUTES - self.root_attributes, 0)
        if len(match[3]) <= MAX_ATTRIBUTES and not known & (ROOT | FORMATTING) and self.caps.names == UNBOUNDED:
            return 0  # they are few, and not asked for
        count = self._bound_attribute_names(match, room)
        if known & ROOT:
            self.root_attributes += count
        return count

    def _bound_name(self, name: bytes, match: re.Match[bytes]) -> None:
        if len(self.distinct) < self.caps.names:
            self.distinct.add(name)
        else:
            self.edits.append((*match.span(2), b"x-x" if b"-" in name else b"x"))

    def _bound_attribute_names(self, match: re.Match[bytes], room: int) -> int:
        """Return the number of attributes of a tag that are left."""
        distinct, count = self.distinct, 0
        found = _ATTRIBUTES.findall(match[3])
        if len(found) <= room and self.spelt.issuperset(found):
            return len(found)
        if len(distinct) + len(found) < self.caps.names:
            self.spelt.update(found)
        start = match.start(3)
        for each in _ATTRIBUTES.finditer(match[3]):
            if count == room:
                self.edits.append((start + each.start(), start + len(match[3]), b" "))
                break
            name = b" " + each[1].lower()
            if name not in distinct:
                if len(distinct) >= self.caps.names and name not in _READ_ATTRIBUTES:
                    self.edits.append((start + each.start(), start + each.end(), b" "))
                    continue
                distinct.add(name)
            count += 1
        return count

    # the stack of open elements

    def _is_foreign(self, name: bytes) -> bool:
        if not self.flags or not self.flags[-1] & FOREIGN:
            return False
        if not self.flags[-1] & INTEGRATION:
            return True
        return name in (b"mglyph", b"malignmark") and self.names[-1][:1] == b"m"

    def _foreign_flags(self, name: bytes, known: int, attributes: bytes) -> int:
        space = self.flags[-1] & FOREIGN
        if name == b"svg" and self.names[-1] == b"annotation-xml":
            space = SVG
        if not known & INTEGRATION or (name in _IN_SVG) != (space == SVG):
            return space
        is_html = name != b"annotation-xml" or _HTML_ENCODING.search(attributes) is not None
        return space | SPECIAL | SCOPE | (INTEGRATION if is_html else 0)

    def _is_in_table_context(self) -> bool:
        return self.names[-1] in (b"table", b"tbody", b"thead", b"tfoot", b"tr")

    def _open(self, name: bytes, flags: int, entry: _Format | None, match: re.Match[bytes] | None) -> bool:
        """Push an element, or take its tag out beyond the greatest depth."""
        if len(self.names) >= self.caps.depth and match is not None:
            text = b"" if flags & (FOREIGN | FORMATTING) else b"<br>"
            self._replace(match, text)
            self.taken[name] += 1
            return False
        self.names.append(name)
        self.open[name] += 1
        self.flags.append(flags)
        self.formats.append(entry)
        return True

    def _replace(self, match: re.Match[bytes], text: bytes) -> None:
        while self.edits and self.edits[-1][0] >= match.start():
            self.edits.pop()
        self.edits.append((match.start(), match.end(), text))

    def _pop_to(self, place: int) -> None:
        """Close the open elements from `place` on."""
        marked = False
        for row in range(place, len(self.names)):
            entry, flags = self.formats[row], self.flags[row]
            self.open[self.names[row]] -= 1
            if entry is not None:
                entry.is_open = False
            marked = marked or bool(flags & MARKING and not flags & FOREIGN)
        if marked:
            self._clear_to_marker()
        del self.names[place:], self.flags[place:], self.formats[place:]

    def _clear_to_marker(self) -> None:
        """Clear the list of active formatting elements to the last marker, once, whatever is closed along."""
        while self.active and self.active.pop().name:
            pass

    def _found(self, name: bytes, stops: int, *more: bytes) -> int:
        """Return where the innermost open `name` is, or -1 where a flag of `stops` or one of `more` is before it."""
        names, flags = self.names, self.flags
        if not self.open[name]:
            return -1
        for place in range(len(names) - 1, -1, -1):
            if names[place] == name and not flags[place] & FOREIGN:
                return place
            if flags[place] & stops or names[place] in more:
                return -1
        return -1

    def _close_p(self) -> None:
        place = self._found(b"p", SCOPE, b"button")
        if place >= 0:
            self._pop_to(place)

    def _reopen(self) -> None:
        """Open formatting elements again that were closed by others."""
        place = len(self.active)
        while place and self.active[place - 1].name and not self.active[place - 1].is_open:
            place -= 1
        for entry in self.active[place:]:
            entry.is_open = True
            self.clones += entry.weight
            self._open(entry.name, FORMATTING, entry, None)

    def _html_start(self, name: bytes, known: int, attributes: int, match: re.Match[bytes]) -> None:
        if known & TABLE_PART:
            self._start_table_part(name, known, match)
            return
        if known & P_ENDING or (name == b"table" and not self.quirks):
            self._start_block(name)
        if not known & NOT_REOPENING:
            self._start_inline(name, match)
        elif name in (b"rb", b"rp", b"rt", b"rtc") and self._found(b"ruby", SCOPE) >= 0:
            self._close_implied(b"rtc" if name in (b"rp", b"rt") else b"")
        if known & (VOID | ROOT):
            return
        if known & FORMATTING:
            self._start_formatting(name, attributes, match)
        elif name == b"form" and not self._start_form():
            pass
        elif name == b"select" and self.taken.get(b" select"):
            self.taken[b" select"] -= 1
        else:
            if name == b"table":
                self._start_table()
            if self._open(name, known, None, match) and known & MARKING:
                self.active.append(_Format(b"", b"", 0))

    def _start_block(self, name: bytes) -> None:
        if name in (b"li", b"dd", b"dt"):
            wanted = (b"li",) if name == b"li" else (b"dd", b"dt")
            rows = len(self.names) if any(self.open[each] for each in wanted) else 0
            for place in range(rows - 1, -1, -1):
                if self.names[place] in wanted:
                    self._pop_to(place)
                    break
                if self.flags[place] & SPECIAL and self.names[place] not in (b"address", b"div", b"p"):
                    break
        self._close_p()
        if name == b"hr":
            self._close_options(name)
        elif self.flags and self.flags[-1] & HEADING and _KNOWN[name] & HEADING:
            self._pop_to(len(self.names) - 1)

    def _start_inline(self, name: bytes, match: re.Match[bytes]) -> None:
        """Do what the start tags of single elements do before they are opened."""
        if name == b"button" and (place := self._found(b"button", SCOPE)) >= 0:
            self._pop_to(place)
        elif name in (b"option", b"optgroup"):
            self._close_options(name)
            if name == b"option":
                self._count_option(match)
        elif name in (b"input", b"select") and (place := self._found(b"select", SCOPE)) >= 0:
            self._pop_to(place)
            self.options = 0
            if name == b"select":
                self.taken[b" select"] += 1
        elif name == b"select":
            self.options = 0
        elif name == b"a" and any(entry.name == b"a" for entry in self._entries()):
            self._adopt(b"a")
        elif name == b"nobr" and self._found(b"nobr", SCOPE) >= 0:
            self._reopen()
            self._adopt(b"nobr")
        self._reopen()

    def _close_options(self, name: bytes) -> None:
        """Close what the parts of a select close: whatever may lack its end tag, but not the group around an option."""
        if self._found(b"select", SCOPE) >= 0:
            self._close_implied(b"optgroup" if name == b"option" else b"")
        elif name != b"hr" and self.names and self.names[-1] == b"option":
            self._pop_to(len(self.names) - 1)

    def _close_implied(self, kept: bytes) -> None:
        """Close elements whose end tags may be left out, up to one called `kept`."""
        while self.flags and self.flags[-1] & IMPLIED and self.names[-1] != kept:
            self._pop_to(len(self.names) - 1)

    def _count_option(self, match: re.Match[bytes]) -> None:
        self.options += 1
        self.option_steps += self.options
        if self.options > self.caps.options:
            self.options = 0
            self.edits.append((match.start(), match.start(), b"</select><select>"))

    def _start_form(self) -> bool:
        """Return whether a form is opened: there is one at a time, and in a table it is closed at once."""
        in_template = self.open[b"template"] > 0
        if self.form and not in_template:
            return False
        self.form = self.form or not in_template
        return not (self.names and self._is_in_table_context())

    def _start_formatting(self, name: bytes, attributes: int, match: re.Match[bytes]) -> None:
        weight = 1 + attributes
        if sum(entry.weight for entry in self.active) + weight > self.caps.formatting:
            self._replace(match, b"")
            self.taken[name] += 1
            return
        entry = _Format(name, name + match[3], weight)
        if self._open(name, FORMATTING, entry, match):
            same = [each for each in self._entries() if each.key == entry.key]
            if len(same) >= 3:
                self._forget(same[0])
            self.active.append(entry)

    def _entries(self) -> list[_Format]:
        """Return the active formatting elements behind the last marker."""
        place = len(self.active)
        while place and self.active[place - 1].name:
            place -= 1
        return self.active[place:]

    def _forget(self, entry: _Format) -> None:
        self.active = [each for each in self.active if each is not entry]

    def _start_table(self) -> None:
        """Close a table that the new one does not stand in a cell of."""
        if not self.open[b"table"]:
            return
        for place in range(len(self.names) - 1, -1, -1):
            if self.names[place] == b"table":
                self._pop_to(place)
                return
            if self.names[place] in (b"td", b"th", b"caption", b"template") or not self.names[place]:
                return

    def _start_table_part(self, name: bytes, known: int, match: re.Match[bytes]) -> None:
        top = len(self.names) - 1 if self.open[b"table"] or self.open[b"template"] else -1
        while top >= 0 and self.names[top] not in (b"table", b"template"):
            top -= 1
        if top < 0:
            return
        if self.names[top] == b"template":  # what is in it decides whether the tag counts
            if name != b"col":
                self._open(b"", SPECIAL | SCOPE, None, match)
            return
        self._pop_to(self._table_context(name, top + 1))
        if name != b"col" and self._open(name, known, None, match) and known & MARKING:
            self.active.append(_Format(b"", b"", 0))

    def _table_context(self, name: bytes, first: int) -> int:
        """Return what to close the stack to for a part of a table whose parts begin at `first`."""
        parts = self.names[first : first + 2]
        if name not in (b"td", b"th", b"tr") or not parts:
            return first
        row = first + (parts[0] in (b"tbody", b"thead", b"tfoot"))
        if row == first and parts[0] != b"tr":
            return first
        if name == b"tr":
            return row
        return row + (self.names[row : row + 1] == [b"tr"])

    # end tags

    def _end_plainly(self, name: bytes) -> bool:
        """Close the innermost element, if the tag does nothing else; return whether it did."""
        names, flags = self.names, self.flags
        if not names or names[-1] != name or flags[-1] & (FORMATTING | MARKING) or name == b"form":
            return False
        if name not in _KNOWN and name not in self.distinct:
            return False
        names.pop()
        flags.pop()
        self.formats.pop()
        self.open[name] -= 1
        return True

    def _end_tag(self, name: bytes, match: re.Match[bytes]) -> None:
        known = _KNOWN.get(name, 0)
        self._bounded_attributes(name, 0 if known & ROOT else known, match)
        if self.taken.get(name) and name.strip():
            self.taken[name] -= 1
            self._replace(match, b"" if known & FORMATTING or not self._is_html_top() else b"<br>")
            return
        if self.flags and self.flags[-1] & FOREIGN and self._end_foreign(name):
            return
        self._html_end(name, known)

    def _is_html_top(self) -> bool:
        return not self.flags or not self.flags[-1] & FOREIGN

    def _end_foreign(self, name: bytes) -> bool:
        if name in (b"br", b"p"):
            while self.flags and self.flags[-1] & FOREIGN and not self.flags[-1] & INTEGRATION:
                self._pop_to(len(self.names) - 1)
            return False
        for place in range(len(self.names) - 1, -1, -1):
            if not self.flags[place] & FOREIGN:
                return False
            if self.names[place] == name:
                self._pop_to(place)
                return True
        return False

    def _html_end(self, name: bytes, known: int) -> None:
        if known & FORMATTING:
            self._adopt(name)
        elif known & HEADING:
            self._end_heading()
        elif name == b"form":
            self._end_form()
        elif known & (VOID | ROOT):
            pass
        else:
            place = self._end_place(name, known)
            if place >= 0:
                self._pop_to(place)

    def _end_place(self, name: bytes, known: int) -> int:
        if name == b"p":
            return self._found(name, SCOPE, b"button")
        if name == b"li":
            return self._found(name, SCOPE, b"ol", b"ul")
        if known & TABLE_PART or name == b"table":
            return self._in_table_scope(name)
        if name == b"template":
            return self._found(name, 0)
        if known & (BLOCK | MARKING) or name in (b"dd", b"dt", b"button", b"select"):
            return self._found(name, SCOPE)
        return self._found(name, SPECIAL)

    def _in_table_scope(self, name: bytes) -> int:
        if not self.open[name]:
            return -1
        for place in range(len(self.names) - 1, -1, -1):
            if self.names[place] == name:
                return place
            if self.names[place] in (b"table", b"template"):
                return -1
        return -1

    def _end_heading(self) -> None:
        for place in range(len(self.names) - 1, -1, -1):
            if self.flags[place] & HEADING:
                self._pop_to(place)
                return
            if self.flags[place] & SCOPE:
                return

    def _end_form(self) -> None:
        if self.open[b"template"]:
            place = self._found(b"form", SCOPE)
            if place >= 0:
                self._pop_to(place)
        elif self.form:
            self.form = False
            place = self._found(b"form", SCOPE)
            if place >= 0:
                self.open[b"form"] -= 1
                del self.names[place], self.flags[place], self.formats[place]

    def _adopt(self, name: bytes) -> None:
        """Run the adoption agency algorithm of the standard, as far as it changes the stack."""
        entry = next((each for each in reversed(self._entries()) if each.name == name), None)
        if entry is None:
            place = self._found(name, SPECIAL)
            if place >= 0:
                self._pop_to(place)
            return
        if not entry.is_open:
            self._forget(entry)
            return
        first = next(row for row in range(len(self.formats) - 1, -1, -1) if self.formats[row] is entry)
        if any(flags & SCOPE for flags in self.flags[first + 1 :]):
            return
        specials = [row for row in range(first + 1, len(self.flags)) if self.flags[row] & SPECIAL]
        if not specials:
            self._pop_to(first)
            self._forget(entry)
        elif len(specials) > MAX_ADOPTED:  # it is opened again inside, and never found
            self.open[name] -= 1
            self.names[first] = b""
            self.formats[first] = None
            entry.name, entry.is_open = b" ", False
        else:
            self._forget(entry)
            self._keep_specials(first, specials[-1])

    def _keep_specials(self, first: int, last: int) -> None:
        """Leave of the elements from `first` on those that the standard leaves: up to the last special one."""
        self._pop_to(last + 1)
        rows = [
            row
            for row in range(first + 1, last + 1)
            if self.flags[row] & SPECIAL or (self.formats[row] is not None and self.formats[row] in self.active)
        ]
        self.open.subtract(self.names[first:])
        self.names[first:] = [self.names[row] for row in rows]
        self.open.update(self.names[first:])
        self.flags[first:] = [self.flags[row] for row in rows]
        self.formats[first:] = [self.formats[row] for row in rows]


_READ_ATTRIBUTES = frozenset(
    b" " + name
    for name in b"""alt aria-hidden class content data-component data-testid data-type hidden href id itemprop name
    property rel role src srcdoc shadowrootmode style title type""".split()
)
"""Attributes that a reader asks for: they are never taken out for the number of names."""


def _has_font_attribute(text: bytes) -> bool:
    return any(each[1].lower() in (b"color", b"face", b"size") for each in _ATTRIBUTES.finditer(text))


_RUN = rb"((?:" + _ATTRIBUTE.replace(rb"([^", rb"(?:[^") + rb"){0,%d}+)" % MAX_QUICK_ATTRIBUTES
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
    **_KNOWN, **{b"/" + name: flags for name, flags in _KNOWN.items() if flags & (FORMATTING | SCOPE)},
    **dict.fromkeys((b"svg", b"math", b"/svg", b"/math"), SCOPE | FOREIGN),
    **dict.fromkeys((b"plaintext", b"frameset"), RAW),
    **dict.fromkeys((b"desc", b"foreignobject", b"annotation-xml", b"mi", b"mn", b"mo", b"ms", b"mtext"), SCOPE | SVG),
    **{name.encode(): SCOPE for name in _TABLE_PARTS}, **{b"/" + name.encode(): SCOPE for name in _TABLE_PARTS},
    b"option": IMPLIED,
}  # fmt: skip


def _is_small(source: bytes) -> bool:
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
                waiting.append((name, blocks, 1 + len(_ATTRIBUTES.findall(run))))
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
    return len(set(_ATTRIBUTES.findall(b" ".join(runs)))) <= MAX_NAMES // 2


@cache
def _tag_table() -> NameTable:
    roles = {name.encode(): number << ROLE_BITS for number, name in enumerate(_ROLES, 1)}
    values = {name.decode(): _KNOWN.get(name, 0) | roles.get(name, 0) for name in {*_KNOWN, *roles}}
    return name_table(values, kernels.hash_element)
