"""Choose the pages that a profile keeps, mostly before they are parsed.

A page's rank is a hash of its source, and a profile keeps the `MAX_PAGES` distinct pages of the lowest ranks. So of
n pages of a site, about `MAX_PAGES` (1 + ln(n / `MAX_PAGES`)) are read, whatever their order; of the others, only the
source is hashed (bottom-k sampling, Cohen and Kaplan 2007).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from boilercut.accept import accepted
from boilercut.page import DEFAULT_BUDGET, PAGE_KINDS, PageKind
from boilercut.read import read, read_source, source_of
from boilercut.sites.sketch import Sketch, hashed_page, sketch

__all__ = ["MAX_PAGES", "Sample", "Sketched", "lowest"]

MAX_PAGES = 32
"""Maximum number of pages of each kind that a profile keeps: what stands on one page in thirty is no template."""


class Sketched(NamedTuple):
    """A page that a profile may keep."""

    kind: PageKind
    sketch: Sketch


class Sample:
    """Remembers the ranks of the pages of one site that a profile would keep, and passes over all others."""

    def __init__(self) -> None:
        self._ranks: dict[PageKind, dict[str, str]] = {kind: {} for kind in PAGE_KINDS}

    def sketch(self, page: object, kind: PageKind | None = None) -> Sketched | None:
        """Return a page's sketch, or None where it cannot change the profile. Takes and raises what `clean` does."""
        given = accepted(page, DEFAULT_BUDGET.bytes)
        source = source_of(given.page, given.kind if kind is None else kind, None, DEFAULT_BUDGET)
        if source is not None and not self._wants(source.kind, rank := _rank(source.text)):
            return None
        found = read(given.page) if source is None else read_source(source)
        if not len(found.starts):
            return None
        made = sketch(hashed_page(found), _rank(found.text) if source is None else rank)
        self._add(found.kind, made)
        return Sketched(found.kind, made)

    def _wants(self, kind: PageKind, rank: str) -> bool:
        ranks = self._ranks[kind]
        return len(ranks) < MAX_PAGES or rank < max(ranks.values())

    def _add(self, kind: PageKind, page: Sketch) -> None:
        ranks = self._ranks[kind]
        ranks[page.digest] = min(page.rank, ranks.get(page.digest, page.rank))
        if len(ranks) > MAX_PAGES:
            del ranks[max(ranks, key=ranks.__getitem__)]


def lowest(sketches: Iterable[Sketch]) -> tuple[Sketch, ...]:
    """Return the sketches of the distinct pages of the lowest ranks, in their order."""
    distinct: dict[str, Sketch] = {}
    for each in sorted(sketches, key=lambda page: page.rank):
        distinct.setdefault(each.digest, each)
    return tuple(distinct.values())[:MAX_PAGES]


def _rank(source: str) -> str:
    return hashlib.blake2b(source.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
