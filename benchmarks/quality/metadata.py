"""Compare the titles, authors and dates that extractors read from pages with those that the sets state."""

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from html import unescape
from importlib import import_module
from typing import Any

import boilercut
from benchmarks.quality.data import read_rows

SETS = ("wcxb", "newspaper4k-424", "fundus", "trafilatura", "chinese-wced")
"""Sets that state titles, authors or dates."""
FIELDS = ("title", "author", "date")
_ALIKE = str.maketrans("‘’“”–—\u00a0", "''\"\"-- ")
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;&|/]| and | und | et | y )\s*")

Stated = Mapping[str, str]


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Count for each set and field how often each extractor says exactly what the set states."""
    readers = {name: reader for name, load in READERS.items() if (reader := load())}
    return {"sets": {name: _counts(name, readers, options.every) for name in options.sets}}


def _counts(dataset: str, readers: Mapping[str, Callable[[str, str], Stated]], every: int) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for number, row in enumerate(read_rows(dataset)):
        if number % every or not any(row.get(field) for field in FIELDS):
            continue
        found = {name: reader(row["html"], row.get("url") or "") for name, reader in readers.items()}
        for field in FIELDS:
            if row.get(field):
                _add(counts[field], field, str(row[field]), found)
    return counts


def _add(counts: Counter[str], field: str, stated: str, found: Mapping[str, Stated]) -> None:
    declared = bool(found["boilercut"][field])
    counts["stated"] += 1
    counts["declared"] += declared
    for name, values in found.items():
        right = _same(field, values[field], stated)
        counts[name] += right
        counts[f"{name}, declared"] += right and declared


def _same(field: str, value: str, stated: str) -> bool:
    """Return whether two values are equal, case, quotes, dashes and the order of authors aside."""
    if field == "date":
        return value[:10] == stated[:10]
    if field == "author":
        return _names(value) == _names(stated)
    return _even(value) == _even(stated)


def _even(value: str) -> str:
    return " ".join(unescape(value).casefold().translate(_ALIKE).split())


def _names(value: str) -> set[str]:
    return {name.removeprefix("by ") for name in _BETWEEN_NAMES.split(_even(value)) if name}


def _ours() -> Callable[[str, str], Stated]:
    cutter = boilercut.Cutter()

    def read(html: str, url: str) -> Stated:
        found = cutter.extract(html, kind="html", url=url or None).metadata
        return {"title": found.title, "author": found.author, "date": found.date}

    return read


def _trafilatura() -> Callable[[str, str], Stated] | None:
    try:
        metadata = import_module("trafilatura.metadata").extract_metadata
    except ImportError:
        return None

    def read(html: str, url: str) -> Stated:
        found = metadata(html, default_url=url or None)
        return {field: str(getattr(found, field, None) or "") for field in FIELDS}

    return read


READERS: Mapping[str, Callable[[], Callable[[str, str], Stated] | None]] = {
    "boilercut": _ours,
    "trafilatura": _trafilatura,
}
