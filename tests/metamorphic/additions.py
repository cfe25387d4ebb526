"""Collect boilerplate to add beside articles: written for this project, or taken from other pages.

Written pieces (``additions.toml``) come in thirteen languages, in markup without any class name. Taken ones are whole
elements of other sites' pages in the same language, with all their markup; their kind is told by their tag, class,
id or role (``leftovers.toml``), and the gold text of their own page holds none of their longer lines.
"""

import random
import tomllib
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from benchmarks.quality.data import Sample, registered_domain
from benchmarks.quality.leftovers import kinds, names_of
from benchmarks.quality.renderings import crawl_dump
from boilercut.training.measures import even_out, holds, words

KINDS = ("navigation", "comments", "newsletter", "related")
NAVIGATION_NAMES = frozenset(["nav", "navbar", "navigation", "menu", "submenu", "megamenu"])
"""Of the names that leftovers know as navigation, those of lists of links; the rest are whole regions of a page."""
LINES = range(3, 41)
"""How many lines of text a taken element has; smaller ones are labels, larger ones are half a page."""
TELLING_WORDS = 4
"""Minimum number of words of a line to search for in the gold text; shorter lines occur in any text."""
WRITTEN_FOR_OTHERS = "en"


class Addition(NamedTuple):
    """One piece of boilerplate, as markup and as lines."""

    kind: str
    origin: str
    html: str
    lines: tuple[str, ...]


class Additions:
    """All pieces there are, and which of them go to a page."""

    def __init__(self, samples: Iterable[Sample], part: Callable[[Sample], int]) -> None:
        self._part = part
        self._taken: dict[tuple[str, str | None, int], list[tuple[str, Addition]]] = defaultdict(list)
        for sample in samples:
            for addition in taken_from(sample):
                key = (addition.kind, sample.language, part(sample))
                self._taken[key].append((registered_domain(sample), addition))

    def of(self, sample: Sample) -> list[Addition]:
        """Return the pieces to add to one page: of each kind a written one, and a taken one if there is any.

        A taken piece comes from another site, in the page's language, of the same `part` of the pages, so that a
        model that has not seen the page has not seen the piece either.
        """
        return [*written(sample.language), *filter(None, (self._drawn(sample, kind) for kind in KINDS))]

    def _drawn(self, sample: Sample, kind: str) -> Addition | None:
        own = registered_domain(sample)
        pieces = self._taken.get((kind, sample.language, self._part(sample)), [])
        others = [addition for site, addition in pieces if site != own]
        return random.Random(zlib.crc32(f"{kind} {sample.id}".encode())).choice(others) if others else None


def written(language: str | None) -> list[Addition]:
    """Return the written pieces in `language`, or in English if there are none."""
    table = _table()
    pieces = table.get(language or WRITTEN_FOR_OTHERS, table[WRITTEN_FOR_OTHERS])
    return [Addition(kind, "written", _markup(kind, pieces[kind]), tuple(pieces[kind])) for kind in KINDS]


def taken_from(sample: Sample) -> list[Addition]:
    """Return the first element of each kind that `sample` has, if it is sure to be boilerplate."""
    found: dict[str, Addition] = {}
    gold = even_out(sample.gold)
    body = LexborHTMLParser(sample.html).body
    for element in body.css("nav, aside, section, div, ul, form, footer") if body else ():
        kind = _kind(element)
        if kind is None or kind in found or (kind == "comments" and sample.type == "forum"):
            continue
        source = element.html or ""
        lines = tuple(crawl_dump(source).splitlines())
        if len(lines) in LINES and not any(_in_gold(line, gold) for line in lines):
            found[kind] = Addition(kind, "taken", source, lines)
    return list(found.values())


def _kind(element: LexborNode) -> str | None:
    own = names_of(element)
    return next((kind for kind, known in _names().items() if not own.isdisjoint(known)), None)


@cache
def _names() -> Mapping[str, frozenset[str]]:
    known = {kind.name: kind.names for kind in kinds()}
    return {**{kind: known[kind] for kind in KINDS if kind != "navigation"}, "navigation": NAVIGATION_NAMES}


def _in_gold(line: str, gold: str) -> bool:
    own = even_out(line)
    return len(words(own)) >= TELLING_WORDS and holds(gold, own)


@cache
def _table() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads(Path(__file__).with_name("additions.toml").read_text(encoding="utf-8"))


def _markup(kind: str, lines: Sequence[str]) -> str:
    """Mark a written piece up as such a thing is, without names that would give it away."""
    own = [escape(line) for line in lines]
    if kind == "navigation":
        return f"<div>{_links(own)}</div>"
    if kind == "related":
        return f"<div><h3>{own[0]}</h3>{_links(own[1:])}</div>"
    inner = "".join(f"<p>{line}</p>" for line in own[1:-1])
    return f"<div><h3>{own[0]}</h3><form>{inner}<button>{own[-1]}</button></form></div>"


def _links(lines: Iterable[str]) -> str:
    items = (f'<li><a href="/{number}">{line}</a></li>' for number, line in enumerate(lines))
    return f"<ul>{''.join(items)}</ul>"
