"""Find where in the source of an HTML page each block stands.

The parser gives no positions. So the source's text is cut into runs, what stands between two tags, and blocks
are matched with runs in order: a block is some whole runs, one after the other, white space aside, and between them
may stand runs that it does not show (see `read.html.settle`). A block that is not found like that (a parser that
moved text, markup that it read otherwise) has no span; none is guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

from boilercut.page import Page
from boilercut.read.html.entities import unescaped
from boilercut.read.html.formulas import (
    BEGIN,
    DATA_ATTRIBUTES,
    END,
    IMAGES,
    TEXT,
    TYPESET_SCRIPT,
    MathEvent,
    carried,
    is_latex_annotation,
    latex,
    math_latex,
)
from boilercut.read.html.recover import recovered
from boilercut.read.html.settle import visible
from boilercut.read.html.tags import READING_BRACKETS, READING_TAGS, SKIPPED_TAGS, VOID_TAGS

__all__ = ["source_spans"]

MAX_RUNS_SKIPPED = 200
"""Maximum number of runs of text, of no block, that are passed over to find the next block."""
MAX_BEGINNINGS = 20
"""Maximum number of runs that are tried as the beginning of a block that does not show all of its runs."""
MAX_RUNS_UNSHOWN = 200
"""Maximum number of runs in a row inside a block that it does not show."""

# Comments end as the HTML standard says, at the end of the page at last; inside a tag, quotes count behind "=" only. A
# tag that never ends swallows what follows, so the scan stops there. All repetitions are possessive, or run up to a
# fixed end: none can backtrack badly, and no part of the page is scanned again and again.
_MARKUP = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?:[^>=]|=\s*+(?:\"[^\"]*+\"|'[^']*+')?)*+>"
    r"|<[!?/](?![a-zA-Z])[^>]*+(?:>|\Z)"
    r"|(?P<unfinished></?[a-zA-Z])",
    re.DOTALL,
)
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp")
}
_ATTRIBUTE = re.compile(r"(?<![^\s\"'/])(?P<name>[^\s=>\"'/]++)\s*+=\s*+(?P<value>\"[^\"]*+\"|'[^']*+'|[^\s>]++)")
_FORMULA_MARKS = ("alttext", *DATA_ATTRIBUTES, *IMAGES)
"""What stands in each tag that carries a formula."""
_RUBY_TAGS = READING_TAGS | {"ruby", "rb"}
"""Elements whose tags end a reading; its own end tag may be left out."""
_SPACE = " \t\r\n\f"
_SKIPPED = SKIPPED_TAGS - VOID_TAGS - {"annotation"}
_SPECIAL = _SKIPPED | _RAW.keys() | {"template"}
"""Elements whose tags matter here; all others only end a run of text."""


class _Run(NamedTuple):
    start: int
    end: int
    letters: str
    """The run's text as a reader sees it, without white space."""


def source_spans(page: Page) -> Sequence[tuple[int, int] | None]:
    r"""Return for each block of `page` where it stands in `page.source`, tags inside it included.

    Taking tags and hidden pieces out of `source[start:end]`, decoding its entities and evening out white space gives
    the block's text. None where the block's place is not certain.

    >>> from boilercut.read.html.parse import read_html
    >>> source = "<p>One &amp; <b>two</b></p>\n<p>Three</p>"
    >>> page = read_html(source)._replace(source=source)
    >>> [page.source[start:end] for start, end in source_spans(page)]
    ['One &amp; <b>two', 'Three']
    """
    runs = _runs(page.source, recovered(page.source) != page.source, page.readings)
    letters_of_all = "".join([run.letters for run in runs])
    ends = list(accumulate([len(run.letters) for run in runs], initial=0))
    spans: list[tuple[int, int] | None] = []
    position = 0
    for start, end in zip(page.starts.tolist(), page.ends.tolist(), strict=True):
        letters = "".join(page.text[start:end].split())
        found = _place(letters_of_all, ends, letters, position) or _place_of_shown(runs, letters, position)
        if found is None:
            spans.append(None)
        else:
            first, position = found
            spans.append((runs[first].start, runs[position - 1].end))
    return spans


def _place(text: str, ends: Sequence[int], letters: str, position: int) -> tuple[int, int] | None:
    """Return the first and the end of the runs that make up `letters`, at `position` or soon behind it.

    `text` is the letters of all runs, and run `i` is `text[ends[i]:ends[i + 1]]`.
    """
    for first in range(position, min(position + MAX_RUNS_SKIPPED, len(ends) - 1)):
        if text.startswith(letters, ends[first]):
            end = bisect_left(ends, ends[first] + len(letters))
            if ends[end] == ends[first] + len(letters):
                return first, end
    return None


def _place_of_shown(runs: Sequence[_Run], letters: str, position: int) -> tuple[int, int] | None:
    """Return the first and the end of the runs among which those are that make up `letters`."""
    beginnings = range(position, min(position + MAX_RUNS_SKIPPED, len(runs)))
    for first in islice((each for each in beginnings if letters.startswith(runs[each].letters)), MAX_BEGINNINGS):
        place, matched, end = first, 0, first
        while matched < len(letters) and place < min(end + MAX_RUNS_UNSHOWN, len(runs)):
            own = runs[place].letters
            place += 1
            if letters.startswith(own, matched):
                matched += len(own)
                end = place
        if matched == len(letters):
            return first, end
    return None


def _runs(source: str, mended: bool, readings: bool) -> list[_Run]:
    """Return the runs of text between tags, leaving out comments and elements whose text is not read.

    Where the reader had to mend the page, elements may end inside their tag or lack an end tag.
    """
    shown = _Shown(readings)
    is_plain = not readings and not _holds(source, ("<math", *_FORMULA_MARKS))  # no tag changes what is shown
    position, skipped, depth = 0, "", 0
    endless = set[str]()
    while position < len(source):
        match = _MARKUP.search(source, position)
        start, end = match.span() if match else (len(source), len(source))
        if not skipped and start > position:
            shown.add(source, position, start)
        if match is None or match["unfinished"]:
            break
        position, (name, closing) = end, match.group("name", "end")
        name = name.lower() if name else ""
        if not is_plain and name and not skipped:
            shown.pass_tag(name, match)
        if name not in _SPECIAL or (mended and match[0].endswith("/>")):
            continue
        if name in _RAW and name not in endless and not closing:
            position, has_end = _raw_end(source, name, end, mended)
            if name == "script" and not skipped and TYPESET_SCRIPT in match[0]:
                shown.add(source, end, position, is_formula=True)
            endless |= set() if has_end else {name}
        elif name == skipped:
            depth += -1 if closing else 1
            skipped = skipped if depth else ""
        elif not skipped and not closing and _is_skipped(name, match[0]):
            skipped, depth = name, 1
    return shown.runs


def _raw_end(source: str, name: str, start: int, mended: bool) -> tuple[int, bool]:
    """Return where the text of an element ends that holds nothing else, and whether it has an end tag."""
    found = _RAW[name].search(source, start)
    return (found.start(), True) if found else (start if mended else len(source), False)


class _Shown:
    """The runs of text that a page shows: formulas as one, ruby readings in brackets."""

    def __init__(self, readings: bool) -> None:
        self.runs: list[_Run] = []
        self._readings, self._in_reading = readings, False
        self._math, self._math_start = -1, 0
        """Where the runs of the open `math` begin, and it itself in the source."""
        self._formula = -1
        """The run that is all of the open `math`."""
        self._events: list[MathEvent] = []
        self._annotated = False

    def add(self, source: str, start: int, end: int, is_formula: bool = False) -> None:
        """Add the text between two tags."""
        raw, is_formula = source[start:end], is_formula or self._annotated
        self._annotated = False
        if raw.isspace():
            return
        text = visible(unescaped(raw))
        self._events += [(TEXT, text)] if self._math >= 0 else []
        if letters := "".join((latex(text) if is_formula else text).split()):
            left = len(raw) - len(raw.lstrip(_SPACE))
            self.runs.append(_Run(start + left, start + len(raw.rstrip(_SPACE)), letters))

    def pass_tag(self, name: str, tag: re.Match[str]) -> None:
        """Take note of a tag: it may begin or end a formula or a reading."""
        self._annotated = False
        if self._readings and name in _RUBY_TAGS:
            self._pass_ruby(name, tag)
        if name == "math" and tag["end"]:
            self._end_math(tag.end())
        elif tag["end"]:
            self._events += [(END, name)] if self._math >= 0 else []
        else:
            self._begin(name, tag)

    def _begin(self, name: str, tag: re.Match[str]) -> None:
        if name == "math" and self._math < 0:
            self._math, self._math_start = len(self.runs), tag.start()
        elif self._math >= 0:
            self._events += [(BEGIN, name), (END, name)] if tag[0].endswith("/>") else [(BEGIN, name)]
            self._annotated = name == "annotation" and is_latex_annotation(_attributes(name, tag[0]))
        if self._annotated:
            del self.runs[self._math :]
            self._formula = self._math
        elif letters := _formula(name, tag[0]):
            self._formula = self._math
            self.runs.append(_Run(tag.start(), tag.end(), letters))

    def _end_math(self, end: int) -> None:
        """Leave of the runs of a formula the one that is all of it, if there is one."""
        if self._formula >= 0:
            del self.runs[self._formula + 1 :]
        elif self._math >= 0 and (letters := _letters(math_latex(self._events))):
            self.runs[self._math :] = [_Run(self._math_start, end, letters)]
        self._math = self._formula = -1
        self._events = []

    def _pass_ruby(self, name: str, tag: re.Match[str]) -> None:
        if self._in_reading:
            self._end_reading(tag.start())
        self._in_reading = name == "rt" and not tag["end"]
        if self._in_reading:
            self.runs.append(_Run(tag.end(), tag.end(), READING_BRACKETS[0]))

    def _end_reading(self, end: int) -> None:
        """Close the bracket that a reading began with; an empty one has none."""
        if self.runs and self.runs[-1].start == self.runs[-1].end:
            self.runs.pop()
        else:
            self.runs.append(_Run(end, end, READING_BRACKETS[1]))


def _holds(source: str, marks: Iterable[str]) -> bool:
    lowered = source.lower()
    return any(mark in lowered for mark in marks)


def _letters(text: str) -> str:
    return "".join(visible(text).split())


def _formula(name: str, tag: str) -> str:
    """Return the letters of the formula that an element carries in its attributes."""
    if "=" not in tag or not _holds(tag, _FORMULA_MARKS):
        return ""
    return _letters(carried(name, _attributes(name, tag)))


def _attributes(name: str, tag: str) -> dict[str, str | None]:
    return {
        each["name"].lower(): unescaped(each["value"].strip("\"'")) for each in _ATTRIBUTE.finditer(tag, 1 + len(name))
    }


def _is_skipped(name: str, tag: str) -> bool:
    """Return whether the text of an element is not read; a template's is, where it is the root of a shadow tree."""
    return name in _SKIPPED or (name == "template" and "shadowrootmode" not in tag.lower())
