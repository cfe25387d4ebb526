"""One pass over a page: the tokenizer's states, and what is to be taken out to stay within the bounds."""

from __future__ import annotations

import re

from boilercut.read.html.bounds.elements import Edits, OpenElements
from boilercut.read.html.bounds.limits import MAX_ATTRIBUTES, MAX_CLONES, MAX_OPTION_STEPS, MAX_STEPS, UNBOUNDED, Caps
from boilercut.read.html.bounds.standard import ATTRIBUTE, ATTRIBUTES, FOREIGN, FORMATTING, KNOWN, RAW, RAW_NAMES, ROOT

__all__ = ["Scan"]

# All repetitions are possessive, or run up to a fixed end: none can backtrack badly.
_TOKEN = re.compile(
    rb"<(?:(/?)([a-zA-Z][^\t\n\f\r />]*+)((?:" + ATTRIBUTE.replace(rb"([^", rb"(?:[^") + rb")*+)([\t\n\f\r /]*+)>?"
    rb"|!--(?:-?>|.*?(?:--!?>|\Z))|(!\[CDATA\[)|[!?/][^>]*+>?)",
    re.DOTALL,
)
_RAW_ENDS = {
    name.encode(): re.compile(rb"</" + name.encode() + rb"(?=[\t\n\f\r />])", re.IGNORECASE)
    for name in sorted(RAW_NAMES)
}
_IN_SCRIPT = re.compile(rb"<!--|-->|<(/?)script(?=[\t\n\f\r />])", re.IGNORECASE)
_READ_ATTRIBUTES = frozenset(
    b" " + name
    for name in b"""alt aria-hidden class content data-component data-testid data-type hidden href id itemprop name
    property rel role src srcdoc shadowrootmode style title type""".split()
)
"""Attributes that a reader asks for: they are never taken out for the number of names."""


class Scan:
    """A scan of a page in UTF-8, by the standard's tokenizer."""

    def __init__(self, source: bytes, quirks: bool, caps: Caps) -> None:
        self.source, self.caps = source, caps
        self.edits = Edits()
        self.elements = OpenElements(quirks, caps, self.edits)
        self.steps = self.root_attributes = 0
        self.in_frameset = False
        self.distinct: set[bytes] = set()
        """Names of attributes, each behind a space, and of elements that have no flags."""
        self.spelt: set[bytes] = set()
        """Names of attributes as they are spelt, all of which are distinct already, or will be."""

    def run(self) -> bool:
        """Scan the page; return whether all sums are within their bounds, or the caps are tight."""
        source, place, loose = self.source, 0, not self.caps.are_final
        search, elements = _TOKEN.search, self.elements
        while (match := search(source, place)) is not None:
            start, end = match.span()
            if start > place and elements.active:
                elements.text(source[place:start].isspace())
            place = end
            name = match[2]
            if name is None:
                if match[5]:
                    place = self._section_end(end)
            elif not match[1]:
                place = self._start_tag(name.lower(), match)
            elif not self._is_plain_end(name.lower(), match):
                self._end_tag(name.lower(), match)
            self.steps += len(elements.names)
            if loose and self._is_beyond():
                return False
        return True

    def edited(self) -> bytes:
        """Return the page with its edits made."""
        return self.edits.applied(self.source)

    def _is_plain_end(self, name: bytes, match: re.Match[bytes]) -> bool:
        """Close the innermost element by a tag that does nothing else; return whether it is one."""
        if match[3] or self.elements.taken or (name not in KNOWN and name not in self.distinct):
            return False
        return self.elements.end_innermost(name)

    def _is_beyond(self) -> bool:
        elements = self.elements
        return self.steps > MAX_STEPS or elements.clones > MAX_CLONES or elements.option_steps > MAX_OPTION_STEPS

    def _section_end(self, place: int) -> int:
        """Return where `<![CDATA[` ends: outside SVG and MathML it is a comment."""
        flags = self.elements.flags
        mark = b"]]>" if flags and flags[-1] & FOREIGN else b">"
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

    def _start_tag(self, name: bytes, match: re.Match[bytes]) -> int:
        """Take a start tag; return where the scan goes on."""
        known = KNOWN.get(name, 0)
        attributes = self._bounded_attributes(name, known, match)
        if self.elements.start(name, known, match):
            return match.end()
        if known & RAW:
            self.elements.start_raw(name)
            place = self._raw_end(name, match.end())
            if self.in_frameset:
                self._bound_raw(match.end(), place)
            return place
        if name == b"plaintext":
            return len(self.source)
        self.in_frameset |= name == b"frameset"
        self.elements.start_html(name, known, attributes, match)
        return match.end()

    def _end_tag(self, name: bytes, match: re.Match[bytes]) -> None:
        known = KNOWN.get(name, 0)
        self._bounded_attributes(name, 0 if known & ROOT else known, match)
        self.elements.end(name, known, match)

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
            self.edits.add(*match.span(2), b"x-x" if b"-" in name else b"x")

    def _bound_attribute_names(self, match: re.Match[bytes], room: int) -> int:
        """Return the number of attributes of a tag that are left."""
        distinct, count = self.distinct, 0
        found = ATTRIBUTES.findall(match[3])
        if len(found) <= room and self.spelt.issuperset(found):
            return len(found)
        if len(distinct) + len(found) < self.caps.names:
            self.spelt.update(found)
        start = match.start(3)
        for each in ATTRIBUTES.finditer(match[3]):
            if count == room:
                self.edits.add(start + each.start(), start + len(match[3]), b" ")
                break
            name = b" " + each[1].lower()
            if name not in distinct:
                if len(distinct) >= self.caps.names and name not in _READ_ATTRIBUTES:
                    self.edits.add(start + each.start(), start + each.end(), b" ")
                    continue
                distinct.add(name)
            count += 1
        return count
