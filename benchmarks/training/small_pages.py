"""Small pages: an article, or part of it, among a few lines of the furniture that its own page has.

Whole dumps are full of furniture, and clean texts have none. Between them lie the pages of small sites: mostly content,
with a line of navigation, a prompt between two paragraphs, a list of other titles, an "edit this page". They are made
from crawl dumps: runs of furniture are thinned to a few lines, each at its place.
"""

import random
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from benchmarks.training.corpus import CONTENT_LABEL

BOILERPLATE_LABEL = 0.05
"""A line of which less is the page's own is furniture; a line between this and `CONTENT_LABEL` is left out."""
PAGES = 4
"""Small pages that are made of each dump."""
TITLE_LABEL = 0.5
"""Label of a line that repeats the page's title: gold texts mostly leave it out, boilercut keeps it."""
TITLED_SHARE = 0.5
"""Share of small pages that begin with what the page calls itself, as the dumps of some tools do."""
MIN_TITLE_WORDS = 3
MIN_CONTENT_LINES = 3
ARTICLE_LINES = (4, 8, 15, 15, 40, 40, 400)
RUN_LINES = (0, 1, 1, 2, 3, 5, 8, 12)
"""Lines that stay of a run of furniture."""
TOGETHER_SHARE = 0.7
"""Share of runs whose lines stay next to each other: half of those from their beginning, where a heading may be."""
FURNITURE_SHARES = (0.1, 0.2, 0.3, 0.4)
"""How much of a small page's words may be furniture."""
COMMON_LINES = (0, 0, 1, 2, 3)
"""Lines put between paragraphs that several sites have beside their articles."""
MIN_SITES = 3
MAX_COMMON_WORDS = 8
JOINED_WORDS = 3
"""Neighbouring lines of furniture of no more words than this may stand in one line, as links without list items do."""
_MARKER = re.compile(r"^(?:[•*-]|\d+\.) ")
_WORD = re.compile(r"\w+")


class Line(NamedTuple):
    """A line of a dump and how much of it is the page's own."""

    text: str
    label: float


CommonLines = Mapping[tuple[int, str | None], Mapping[str, int]]
"""By fold and language, the short lines that several sites have beside their articles, and how many have them."""


def common_lines(pages: Iterable[tuple[int, str | None, str, Sequence[Line]]]) -> CommonLines:
    """Return the lines that several sites have beside their articles, given each dump's fold, language, site, lines."""
    sites: dict[tuple[int, str | None], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for fold, language, site, lines in pages:
        for text, label in lines:
            if label < BOILERPLATE_LABEL and 0 < len(text.split()) <= MAX_COMMON_WORDS:
                sites[fold, language][_MARKER.sub("", text)].add(site)
    return {
        group: {text: len(own) for text, own in sorted(found.items()) if len(own) >= MIN_SITES}
        for group, found in sites.items()
    }


def small_pages(key: str, lines: Sequence[Line], title: str, common: Mapping[str, int]) -> Iterator[list[Line]]:
    """Yield the lines of each small page made of a dump; `key` decides what is drawn."""
    told = [_titled(line, frozenset(_words(title))) for line in lines]
    if sum(line.label >= CONTENT_LABEL for line in told) < MIN_CONTENT_LINES:
        return
    for number in range(PAGES):
        draw = random.Random(zlib.crc32(f"{key} {number}".encode()))
        made = _small_page(told, common, draw)
        if any(line.label < BOILERPLATE_LABEL for line in made):
            yield [Line(title, TITLE_LABEL), *made] if title and draw.random() < TITLED_SHARE else made


def _titled(line: Line, title: frozenset[str]) -> Line:
    own = _words(line.text)
    is_title = len(own) >= MIN_TITLE_WORDS and title.issuperset(own) and line.label < CONTENT_LABEL
    return Line(line.text, TITLE_LABEL) if is_title else line


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _small_page(lines: Sequence[Line], common: Mapping[str, int], draw: random.Random) -> list[Line]:
    lines = _part(lines, draw)
    content = sum(len(line.text.split()) for line in lines if line.label >= CONTENT_LABEL)
    share = draw.choice(FURNITURE_SHARES)
    allowed = _thinned(lines, content * share / (1 - share), draw)
    made = [line for number, line in enumerate(lines) if line.label >= CONTENT_LABEL or number in allowed]
    if draw.random() < 0.5:
        made = list(_joined(made, draw))
    number = draw.choice(COMMON_LINES) if common else 0
    for text in draw.choices([*common], [*common.values()], k=number) if number else ():
        made.insert(draw.randint(1, len(made)), Line(text, 0.0))
    if draw.random() < 0.6:
        made = [Line(_MARKER.sub("", line.text), line.label) for line in made]
    return made


def _part(lines: Sequence[Line], draw: random.Random) -> Sequence[Line]:
    """Return all lines, less the article's lines beyond a number that is drawn."""
    content = [number for number, line in enumerate(lines) if line.label >= CONTENT_LABEL]
    length = draw.choice(ARTICLE_LINES)
    start = draw.choice((0, 0, draw.randrange(max(1, len(content) - length + 1))))
    left_out = {*content[:start], *content[start + length :]}
    return [line for number, line in enumerate(lines) if number not in left_out]


def _thinned(lines: Sequence[Line], words: float, draw: random.Random) -> set[int]:
    """Return which lines of furniture stay: a few of each run, next to each other or not, of so many words in all."""
    stay: list[list[int]] = []
    runs = groupby(range(len(lines)), lambda number: lines[number].label >= CONTENT_LABEL)
    for is_content, numbers in runs:
        run = [] if is_content else [n for n in numbers if not BOILERPLATE_LABEL <= lines[n].label < CONTENT_LABEL]
        length = min(draw.choice(RUN_LINES), len(run))
        start = draw.choice((0, 0, len(run) - length, draw.randint(0, len(run) - length)))
        together = draw.random() < TOGETHER_SHARE
        stay.append(run[start : start + length] if together else sorted(draw.sample(run, length)))
    draw.shuffle(stay)
    chosen: set[int] = set()
    for number in (number for part in stay for number in part):
        own = len(lines[number].text.split())
        if own <= words:
            chosen.add(number)
            words -= own
    return chosen


def _joined(lines: Iterable[Line], draw: random.Random) -> Iterator[Line]:
    """Join neighbouring short lines of furniture to one, a few at a time."""
    short = groupby(lines, lambda line: line.label < BOILERPLATE_LABEL and len(line.text.split()) <= JOINED_WORDS)
    for is_short, group in short:
        own, step = list(group), draw.randint(2, 6) if is_short else 1
        for start in range(0, len(own), step):
            part = own[start : start + step]
            yield Line(" ".join(_MARKER.sub("", line.text) for line in part), 0.0) if len(part) > 1 else part[0]
