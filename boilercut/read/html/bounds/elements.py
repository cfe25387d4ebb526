"""Follow the stack of open elements and the list of active formatting elements, as the standard has a parser keep them.

What would go beyond the caps is taken out of the page as it is met.
"""

from __future__ import annotations

import re
from collections import Counter

from boilercut.read.html.bounds.limits import Caps
from boilercut.read.html.bounds.standard import (
    ATTRIBUTES,
    BLOCK,
    BREAKOUT,
    FOREIGN,
    FORMATTING,
    HEADING,
    IMPLIED,
    IN_SVG,
    INTEGRATION,
    KNOWN,
    MARKING,
    MATH,
    NOT_REOPENING,
    P_ENDING,
    ROOT,
    SCOPE,
    SPECIAL,
    SVG,
    TABLE_PART,
    VOID,
)  # fmt: skip

__all__ = ["Edits", "OpenElements"]

MAX_ADOPTED = 7
"""Maximum number of blocks that the end of a formatting element takes it out of; the standard's loop ends then."""
_HTML_ENCODING = re.compile(
    rb"encoding[\t\n\f\r ]*+=[\t\n\f\r ]*+[\"']?+(?:text/html|application/xhtml\+xml)(?![^\"' \t\n\f\r>])",
    re.IGNORECASE,
)
_UNPLAIN = ~(BLOCK | SPECIAL | P_ENDING | BREAKOUT)
"""Flags of elements whose start tags may do more than end a paragraph; others with rules of their own follow."""
_UNPLAIN_NAMES = (b"button", b"form", b"math", b"svg")


class _Format:
    """An entry of the list of active formatting elements; a marker where it has no name."""

    __slots__ = ("is_open", "key", "name", "weight")

    def __init__(self, name: bytes, key: bytes, weight: int) -> None:
        self.name, self.key, self.weight, self.is_open = name, key, weight, True


class Edits:
    """What is to be taken out of a page, or put into it, in order."""

    def __init__(self) -> None:
        self.made: list[tuple[int, int, bytes]] = []

    def add(self, start: int, end: int, text: bytes) -> None:
        """Put `text` in the place of what is from `start` to `end`."""
        self.made.append((start, end, text))

    def replace_tag(self, match: re.Match[bytes], text: bytes) -> None:
        """Put `text` in the place of a tag, whatever was to be taken out of the tag."""
        while self.made and self.made[-1][0] >= match.start():
            self.made.pop()
        self.add(match.start(), match.end(), text)

    def applied(self, source: bytes) -> bytes:
        """Return a page with its edits made."""
        if not self.made:
            return source
        parts, place = [], 0
        for start, end, text in self.made:
            parts += [source[place:start], text]
            place = end
        return b"".join([*parts, source[place:]])


class OpenElements:
    """The open elements of a page, as its tags come; whatever would go beyond the caps is edited out."""

    def __init__(self, quirks: bool, caps: Caps, edits: Edits) -> None:
        self.quirks, self.caps, self.edits = quirks, caps, edits
        self.names: list[bytes] = []
        self.flags: list[int] = []
        self.open: Counter[bytes] = Counter()
        """How many open elements have a name, so that most searches for one need not look at the stack."""
        self.formats: list[_Format | None] = []
        """For each open element its entry in the list of active formatting elements, or None."""
        self.active: list[_Format] = []
        self.taken: Counter[bytes] = Counter()
        """Start tags that were taken out, whose end tags are to go too."""
        self.form = False
        self.clones = self.options = self.option_steps = 0

    def text(self, is_blank: bool) -> None:
        """Take text: it opens formatting elements again."""
        if not self.is_foreign() and not (is_blank and self.names and self._is_in_table_context()):
            self._reopen()

    def is_foreign(self) -> bool:
        """Return whether the innermost element is of SVG or MathML, and its content too."""
        return bool(self.flags) and bool(self.flags[-1] & FOREIGN) and not self.flags[-1] & INTEGRATION

    def start(self, name: bytes, known: int, match: re.Match[bytes]) -> bool:
        """Take a start tag that needs no rule of HTML's own; return whether it was one."""
        if not known & _UNPLAIN and name not in _UNPLAIN_NAMES and self._is_plain():
            self._open(name, known, None, match)
            return True
        if not self._is_foreign_tag(name):
            return False
        if known & BREAKOUT or (name == b"font" and _has_font_attribute(match[3])):
            self._leave_foreign()
            return False
        if not match[4].endswith(b"/"):
            self._open(name, self._foreign_flags(name, known, match[3]), None, match)
        return True

    def start_html(self, name: bytes, known: int, attributes: int, match: re.Match[bytes]) -> None:
        """Take a start tag by the rules of HTML; `attributes` is the number of attributes that the tag has."""
        if name in (b"svg", b"math"):
            self._reopen()
            if not match[4].endswith(b"/"):
                self._open(name, SVG if name == b"svg" else MATH, None, match)
            return
        self._start(name, known, attributes, match)

    def start_raw(self, name: bytes) -> None:
        """Take an element that holds text only, and ends with it."""
        if name == b"xmp":
            self._close_p()
        if name in (b"textarea", b"xmp"):
            self._reopen()

    def end_innermost(self, name: bytes) -> bool:
        """Close the innermost element, if its end tag does nothing else; return whether it did."""
        names, flags = self.names, self.flags
        if not names or names[-1] != name or flags[-1] & (FORMATTING | MARKING) or name == b"form":
            return False
        names.pop()
        flags.pop()
        self.formats.pop()
        self.open[name] -= 1
        return True

    def end(self, name: bytes, known: int, match: re.Match[bytes]) -> None:
        """Take an end tag."""
        if self.taken.get(name) and name.strip():
            self.taken[name] -= 1
            is_html = not self.flags or not self.flags[-1] & FOREIGN
            self.edits.replace_tag(match, b"" if known & FORMATTING or not is_html else b"<br>")
            return
        if self.flags and self.flags[-1] & FOREIGN and self._end_foreign(name):
            return
        self._end(name, known)

    def _is_plain(self) -> bool:
        """Return whether there is no paragraph to end and nothing to open again, outside SVG and MathML."""
        return not (self.active or self.open[b"p"] or (self.flags and self.flags[-1] & FOREIGN))

    def _leave_foreign(self) -> None:
        while self.is_foreign():
            self._pop_to(len(self.names) - 1)

    def _is_foreign_tag(self, name: bytes) -> bool:
        if not self.flags or not self.flags[-1] & FOREIGN:
            return False
        if not self.flags[-1] & INTEGRATION:
            return True
        return name in (b"mglyph", b"malignmark") and self.names[-1][:1] == b"m"

    def _foreign_flags(self, name: bytes, known: int, attributes: bytes) -> int:
        space = self.flags[-1] & FOREIGN
        if name == b"svg" and self.names[-1] == b"annotation-xml":
            space = SVG
        if not known & INTEGRATION or (name in IN_SVG) != (space == SVG):
            return space
        is_html = name != b"annotation-xml" or _HTML_ENCODING.search(attributes) is not None
        return space | SPECIAL | SCOPE | (INTEGRATION if is_html else 0)

    def _is_in_table_context(self) -> bool:
        return self.names[-1] in (b"table", b"tbody", b"thead", b"tfoot", b"tr")

    def _open(self, name: bytes, flags: int, entry: _Format | None, match: re.Match[bytes] | None) -> bool:
        """Push an element, or take its tag out beyond the greatest depth."""
        if len(self.names) >= self.caps.depth and match is not None:
            text = b"" if flags & (FOREIGN | FORMATTING) else b"<br>"
            self.edits.replace_tag(match, text)
            self.taken[name] += 1
            return False
        self.names.append(name)
        self.open[name] += 1
        self.flags.append(flags)
        self.formats.append(entry)
        return True

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

    def _start(self, name: bytes, known: int, attributes: int, match: re.Match[bytes]) -> None:
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
        elif self.flags and self.flags[-1] & HEADING and KNOWN[name] & HEADING:
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
            self.edits.add(match.start(), match.start(), b"</select><select>")

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
            self.edits.replace_tag(match, b"")
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

    def _end_foreign(self, name: bytes) -> bool:
        if name in (b"br", b"p"):
            self._leave_foreign()
            return False
        for place in range(len(self.names) - 1, -1, -1):
            if not self.flags[place] & FOREIGN:
                return False
            if self.names[place] == name:
                self._pop_to(place)
                return True
        return False

    def _end(self, name: bytes, known: int) -> None:
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


def _has_font_attribute(text: bytes) -> bool:
    return any(each[1].lower() in (b"color", b"face", b"size") for each in ATTRIBUTES.finditer(text))
