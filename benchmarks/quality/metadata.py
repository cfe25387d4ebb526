"""Compare the titles, authors and dates that extractors read from pages with those that the sets state."""

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from html import unescape
from importlib import import_module
from typing import Any

import boilercut
from benchmarks.quality.data import RESULTS, read_rows

__all__ = ["add_command"]

SETS = ("wcxb", "newspaper4k-424", "fundus", "trafilatura", "chinese-wced")
"""Sets that state titles, authors or dates."""
FIELDS = ("title", "author", "date")
_ALIKE = str.maketrans("‘’“”–—\u00a0", "''\"\"-- ")
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;&|/]| and | und | et | y )\s*")

Stated = Mapping[str, str]


def add_command(commands: Any) -> None:
    """Add ``metadata`` to the sub-commands of an argparse parser."""
    parser = commands.add_parser("metadata", help=__doc__)
    parser.set_defaults(run=run)
    parser.add_argument("--sets", default=",".join(SETS), help="with commas between")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth page")
    parser.add_argument("--output", help=f"file to write in {RESULTS.name}/")


def run(options: argparse.Namespace) -> int:
    """Count for each set and field how often each extractor says exactly what the set states."""
    readers = {name: reader for name, load in READERS.items() if (reader := load())}
    tables = {name: _counts(name, readers, options.every) for name in options.sets.split(",")}
    print(
        f"{'set':20}{'field':8}{'stated':>8}" + "".join(f"{name:>14}" for name in readers) + "   where ours declares it"
    )
    for name, table in tables.items():
        for field in FIELDS:
            counts = table[field]
            if counts["stated"]:
                own = "".join(f"{counts[reader]:14}" for reader in readers)
                declared = ", ".join(f"{reader} {counts[f'{reader}, declared']}" for reader in readers)
                print(f"{name:20}{field:8}{counts['stated']:8}{own}   of {counts['declared']}: {declared}")
    if options.output:
        (RESULTS / options.output).write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")
    return 0


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


def _newspaper() -> Callable[[str, str], Stated] | None:
    try:
        article = import_module("newspaper").Article
    except ImportError:
        return None

    def read(html: str, url: str) -> Stated:
        try:
            found = article(url or "https://example.org/", fetch_images=False)
            found.download(input_html=html)
            found.parse()
        except Exception:  # noqa: BLE001 - a rival's errors count as nothing found
            return dict.fromkeys(FIELDS, "")
        date = str(found.publish_date or "")[:10]
        return {"title": found.title or "", "author": ", ".join(found.authors), "date": date}

    return read


READERS: Mapping[str, Callable[[], Callable[[str, str], Stated] | None]] = {
    "boilercut": _ours,
    "trafilatura": _trafilatura,
    "newspaper4k": _newspaper,
}
