"""A site's profile: which blocks its pages repeat, and where.

A profile keeps sketches of at most `MAX_PAGES` distinct pages of each kind: those of the lowest ranks. Which these
are does not depend on the order or the division of the work, so merging is associative, commutative and idempotent,
and a profile never takes more than a few dozen kilobytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from boilercut.errors import InputError
from boilercut.page import PAGE_KINDS, PageKind
from boilercut.sites.repeats import Repeats
from boilercut.sites.sampling import Sample, Sketched, lowest
from boilercut.sites.sketch import MAX_BLOCKS, MAX_WORDS, Sketch

__all__ = ["SiteProfile"]

FORMAT = 2
_COLUMNS = {"texts": "<u4", "paths": "<u4", "words": "<u1"}
"""Columns of a sketch, and how their numbers are stored."""


class SiteProfile:
    """What the pages of one site repeat; immutable, picklable, merged with ``|``.

    >>> page = "<p>{0} sails again on Monday morning, six weeks late.<p>Written by those who live here."
    >>> profile = SiteProfile.learn(page.format(name) for name in ("Mary", "Anna", "Ruth"))
    >>> len(profile)
    3
    >>> import boilercut
    >>> boilercut.clean(page.format("Ada"), site=profile)
    'Ada sails again on Monday morning, six weeks late.'
    """

    def __init__(self, sketches: Mapping[PageKind, Iterable[Sketch]] | None = None) -> None:
        given = sketches or {}
        self._sketches = {kind: lowest(given.get(kind, ())) for kind in PAGE_KINDS}

    @classmethod
    def learn(cls, pages: Iterable[object], *, kind: PageKind | None = None) -> SiteProfile:
        """Learn from pages of one site, each taken as `boilercut.clean` takes it.

        A page that comes several times counts once. Raises `PageTypeError` for what is no page.
        """
        profile, sample = cls(), Sample()
        for page in pages:
            if found := sample.sketch(page, kind):
                profile |= cls.of(found)
        return profile

    @classmethod
    def of(cls, page: Sketched) -> SiteProfile:
        """Return the profile of one page."""
        return cls({page.kind: [page.sketch]})

    def __or__(self, other: object) -> SiteProfile:
        """Return the profile of both profiles' pages."""
        if not isinstance(other, SiteProfile):
            return NotImplemented
        return SiteProfile({kind: (*self._sketches[kind], *other._sketches[kind]) for kind in PAGE_KINDS})

    def __len__(self) -> int:
        """Return how many pages the profile keeps."""
        return sum(map(len, self._sketches.values()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SiteProfile) and self._digests == other._digests

    def __hash__(self) -> int:
        return hash(self._digests)

    def __repr__(self) -> str:
        return f"<SiteProfile of {len(self)} pages>"

    def __reduce__(self) -> tuple[Any, ...]:
        return SiteProfile, (self._sketches,)

    @property
    def _digests(self) -> tuple[str, ...]:
        return tuple(f"{kind} {each.rank} {each.digest}" for kind in PAGE_KINDS for each in self._sketches[kind])

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that change with what the profile says."""
        return hashlib.sha256(self.to_json().encode("ascii")).hexdigest()[:16]

    def to_json(self) -> str:
        """Return the profile as JSON: the same text for the same pages, learned in any order."""
        pages = [
            {"kind": kind, "rank": each.rank, "digest": each.digest, **{name: _packed(each, name) for name in _COLUMNS}}
            for kind in PAGE_KINDS
            for each in self._sketches[kind]
        ]
        return json.dumps({"format": FORMAT, "pages": pages}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str, source: str = "profile") -> SiteProfile:
        """Return the profile that `to_json` wrote; raise `InputError`, which names `source`, for anything else."""
        try:
            stored = json.loads(text)
            if stored["format"] != FORMAT:
                raise ValueError(f"format {stored['format']!r}, but this boilercut reads format {FORMAT}")
            return cls(
                {kind: [_unpacked(each) for each in stored["pages"] if each["kind"] == kind] for kind in PAGE_KINDS}
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
            raise InputError(f"{source}: no profile of a site ({type(error).__name__}: {error})") from error

    def save(self, file: str | Path) -> None:
        """Write the profile to a JSON file."""
        Path(file).write_text(self.to_json(), "ascii")

    @classmethod
    def load(cls, file: str | Path) -> SiteProfile:
        """Read a profile that `save` wrote; raise `InputError` for anything else."""
        try:
            text = Path(file).read_text("ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{file}: cannot be read as a profile of a site ({error})") from error
        return cls.from_json(text, str(file))

    def repeats(self, kind: PageKind) -> Repeats:
        """Return the index of what the pages of one kind repeat."""
        return self._html if kind == "html" else self._text

    @cached_property
    def _html(self) -> Repeats:
        return Repeats(self._sketches["html"])

    @cached_property
    def _text(self) -> Repeats:
        return Repeats(self._sketches["text"])


def _packed(page: Sketch, name: str) -> str:
    return base64.b64encode(getattr(page, name).astype(_COLUMNS[name]).tobytes()).decode("ascii")


def _unpacked(stored: Mapping[str, str]) -> Sketch:
    """Return a sketch as it is stored; raise `ValueError` where its columns do not fit together."""
    columns = {
        name: np.frombuffer(base64.b64decode(stored[name], validate=True), dtype=form)
        for name, form in _COLUMNS.items()
    }
    if len(set(map(len, columns.values()))) != 1 or len(columns["texts"]) > MAX_BLOCKS:
        raise ValueError("the columns of a page have different lengths, or too many blocks")
    for name in ("rank", "digest"):
        if len(stored[name]) != 32 or int(stored[name], 16) < 0:
            raise ValueError(f"{name} {stored[name]!r}")
    words = np.minimum(columns["words"].astype(np.int64), MAX_WORDS)
    texts, paths = (columns[name].astype(np.uint32) for name in ("texts", "paths"))
    return Sketch(stored["rank"], stored["digest"], texts, paths, words)
