"""Render verdicts for a person at a terminal: a table of all blocks, and the demo's page with its cuts.

Everything here is a pure function from verdicts to strings. Text that comes from a page is made harmless
first: no control characters, no escape sequences, one line.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from boilercut.blocks.characters import storable
from boilercut.results import SITE, Evidence, Result, Verdict

__all__ = [
    "annotated_page", "display_width", "harmless", "main_evidence", "on_pages", "one_line", "shortened", "summary",
    "table",
]  # fmt: skip

MAX_TEXT_WIDTH = 100
"""Wider lines of running text are hard to read (Bringhurst 1992 has 45 to 75 letters; terminals tolerate more)."""
MIN_TEXT_WIDTH = 20
"""Text is not shortened below this, however narrow the terminal; a line then wraps."""
KIND_WIDTH = 10
"""The longest names of kinds, `navigation` and `pagination`, have ten letters."""
MIN_SHOWN_LOG_ODDS = 0.05
"""Log-odds that are not shown as 0.0."""
EVIDENCE_WIDTH = 38
"""Two detectors with their values, or one and a context rule."""

# Neighbouring classes share no character, and no string runs over the start of another: cannot backtrack badly.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # control sequences: colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\n\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)"  # titles, links
    r"|\x1b[ -/]*[0-~]?"
)
# Control characters but tab and line feed, and directional overrides that reorder what follows.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_DIM, _GREEN, _BOLD, _RESET = "\x1b[2m", "\x1b[32m", "\x1b[1m", "\x1b[0m"


def harmless(text: str) -> str:
    r"""Take out what a terminal would obey: escape sequences and control characters but tab and line feed.

    >>> harmless("\x1b[31mred\x1b[0m \x07and\tplain\n")
    'red and\tplain\n'
    """
    return storable(_CONTROLS.sub("", _ESCAPES.sub("", text)))


def one_line(text: str) -> str:
    r"""Make `text` harmless and one line, its white space collapsed.

    >>> one_line("a\n  b\t c")
    'a b c'
    """
    return harmless(" ".join(text.split()))


def display_width(text: str) -> int:
    """Count the terminal cells that `text` takes: two for a wide character, none for a combining one.

    >>> display_width("新闻 news")
    9
    """
    return sum(map(_cells, text))


def shortened(text: str, width: int) -> str:
    """Cut `text` to `width` cells, with an ellipsis where something is missing.

    >>> shortened("新闻书店", 6), shortened("news", 6)
    ('新闻…', 'news')
    """
    used, fitting = 0, 0
    for position, character in enumerate(text):
        used += _cells(character)
        if used <= width - 1:
            fitting = position + 1
        if used > width:
            return text[:fitting].rstrip() + "…"
    return text


def main_evidence(verdict: Verdict, detector_kinds: Mapping[str, str | None], count: int) -> list[Evidence]:
    """Return the `count` pieces of evidence to show first.

    `detector_kinds` maps detectors to the kind of boilerplate that each finds. A detector that finds the block's
    own kind comes first if it argued for the verdict by `MIN_SHOWN_LOG_ODDS` or more; the others follow as they do in
    the verdict, the strongest first.

    >>> from boilercut.results import KnownReason
    >>> cut = Verdict(index=0, text="Sign up", keep=False, probability=0.1, kind="newsletter", overruled=None,
    ...     tag=None, reasons=KnownReason((Evidence("links", 0.9), Evidence("newsletter", -0.4))))
    >>> main_evidence(cut, {"newsletter": "newsletter"}, 1)
    [Evidence(detector='newsletter', log_odds=-0.4)]
    """
    return sorted(verdict.evidence, key=lambda each: not _finds_its_kind(each, verdict, detector_kinds))[:count]


def summary(result: Result) -> str:
    """Return one line on the whole page: blocks kept and cut, by kind, and the confidence.

    >>> import boilercut
    >>> summary(boilercut.extract(""))
    'No text on this page.'
    """
    if not result.verdicts:
        return "No text on this page."
    kinds = Counter(verdict.kind for verdict in result.cut)
    cut = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    parts = [
        f"Kept {len(result.kept)} of {len(result.verdicts)} blocks",
        f"cut {len(result.cut)}{f' ({cut})' if cut else ''}",
        f"confidence {result.confidence:.2f}",
    ]
    if result.left_alone:
        parts.append("this text looked clean already and was left alone")
    if result.truncated:
        parts.append("only the beginning of the page was read")
    return "; ".join(parts) + "."


def table(result: Result, detector_kinds: Mapping[str, str | None], width: int, *, color: bool) -> Iterator[str]:
    """Yield the lines of a table of all blocks, `width` cells wide, and its legend."""
    yield _painted(_row("", "prob", "kind", "because", "text", width), _BOLD, color)
    for verdict in result.verdicts:
        row = _row(
            "+" if verdict.keep else "-",
            f"{verdict.probability:.2f}",
            verdict.kind,
            _because(verdict, detector_kinds),
            verdict.text,
            width,
        )
        yield _painted(row, _GREEN if verdict.keep else _DIM, color)


def annotated_page(
    result: Result, detector_kinds: Mapping[str, str | None], width: int, *, color: bool
) -> Iterator[str]:
    """Yield the page's lines in order: kept blocks in full, cut blocks shortened, with the reasons behind them."""
    width = min(width, MAX_TEXT_WIDTH + EVIDENCE_WIDTH)
    previous: Verdict | None = None
    for verdict in result.verdicts:
        if previous is not None and _stand_apart(previous, verdict):
            yield ""
        if verdict.keep:
            yield from _kept_lines(verdict, min(width, MAX_TEXT_WIDTH), color)
        else:
            yield _painted(_cut_line(verdict, detector_kinds, width), _DIM, color)
        previous = verdict


def _stand_apart(above: Verdict, below: Verdict) -> bool:
    """Return whether a blank line parts two blocks: at every cut, and between paragraphs."""
    if above.keep != below.keep:
        return True
    return above.keep and not above.kind == below.kind == "list"


def _kept_lines(verdict: Verdict, width: int, color: bool) -> list[str]:
    bullet = "• " if verdict.kind == "list" else ""
    wrapper = textwrap.TextWrapper(width, bullet, " " * len(bullet), break_long_words=False, break_on_hyphens=False)
    lines = wrapper.wrap(one_line(verdict.text))
    headed = verdict.kind in ("title", "heading")
    return [_painted(line, _BOLD, color and headed) for line in lines]


def _cut_line(verdict: Verdict, detector_kinds: Mapping[str, str | None], width: int) -> str:
    against = [each for each in main_evidence(verdict, detector_kinds, len(verdict.evidence)) if _argues(each, verdict)]
    names = ", ".join(_argued(verdict, against[:2]))
    reasons = ": ".join(filter(None, [verdict.kind, f"rule {verdict.overruled}" if verdict.overruled else names]))
    text_width = max(width - KIND_WIDTH - EVIDENCE_WIDTH - 4, MIN_TEXT_WIDTH)
    return f"- {_padded(shortened(one_line(verdict.text), text_width), text_width)}  {reasons}"


def _because(verdict: Verdict, detector_kinds: Mapping[str, str | None]) -> str:
    if verdict.overruled:
        return ", ".join([f"rule {verdict.overruled}", *_argued(verdict, main_evidence(verdict, detector_kinds, 1))])
    return ", ".join(_argued(verdict, main_evidence(verdict, detector_kinds, 2)))


def _row(mark: str, probability: str, kind: str, because: str, text: str, width: int) -> str:
    because = _padded(shortened(because, EVIDENCE_WIDTH), EVIDENCE_WIDTH)
    left = f"{mark:1} {probability:4}  {kind:{KIND_WIDTH}}  {because}  "
    return left + shortened(one_line(text), max(width - len(left), MIN_TEXT_WIDTH))


def _argued(verdict: Verdict, evidence: Sequence[Evidence]) -> list[str]:
    """Name detectors with what they argued; that of sites by the pages that hold the block."""
    return [_signed(each, on_pages(verdict) if each.detector == SITE else "") for each in evidence]


def _signed(evidence: Evidence, name: str) -> str:
    return f"{name or one_line(evidence.detector)} {evidence.log_odds:+.1f}".replace("-", "−")


def on_pages(verdict: Verdict) -> str:
    """Say on how many other pages of the site a block stands; nothing without a profile, or if it stands on none."""
    held, others = verdict.site_pages or (0, 0)
    return f"on {held} of {others} pages" if held else ""


def _argues(evidence: Evidence, verdict: Verdict) -> bool:
    """Return whether the evidence pulled to the side that the verdict came down on."""
    return (evidence.log_odds > 0) == verdict.keep


def _finds_its_kind(evidence: Evidence, verdict: Verdict, detector_kinds: Mapping[str, str | None]) -> bool:
    """Return whether the detector finds the block's own kind, and argued for the verdict."""
    is_own = detector_kinds.get(evidence.detector) == verdict.kind and abs(evidence.log_odds) >= MIN_SHOWN_LOG_ODDS
    return is_own and _argues(evidence, verdict)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - display_width(text))


def _painted(text: str, style: str, color: bool) -> str:
    return f"{style}{text}{_RESET}" if color else text


def _cells(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
