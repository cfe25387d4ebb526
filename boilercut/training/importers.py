"""Read labelled pages from the layouts that public sets, and people's folders, come in."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from boilercut.read.decode import decoded
from boilercut.training.label_files import LabelError, LabelledPage, snippets_of

__all__ = ["LAYOUTS"]

_PAGE_ENDINGS = (".html", ".html.gz", ".htm", ".htm.gz")


def wcxb(folder: Path) -> Iterator[LabelledPage]:
    """One JSON file a page in `ground-truth/`, `main_content` inside; its page in `html/`, of the same name."""
    for file in _sorted(folder, "ground-truth/*.json"):
        row = _json(file)
        truth = row.get("ground_truth", row)
        yield LabelledPage(
            page=_page_named(folder / "html", file.stem),
            kind="html",
            gold=_text(truth, "main_content", file),
            name=file.stem,
            url=str(row.get("url") or truth.get("url") or ""),
            type=str(row.get("page_type") or ""),
            with_=snippets_of(truth, "with", str(file)),
            without=snippets_of(truth, "without", str(file)),
        )


def scrapinghub(folder: Path) -> Iterator[LabelledPage]:
    """All gold in `ground-truth.json`, by page id: `articleBody` and `url`; the pages are `html/ID.html.gz`."""
    file = folder / "ground-truth.json"
    for name, row in sorted(_json(file).items()):
        yield LabelledPage(
            page=_page_named(folder / "html", name),
            kind="html",
            gold=_text(row, "articleBody", file),
            name=name,
            url=str(row.get("url") or ""),
        )


def gold_text(folder: Path) -> Iterator[LabelledPage]:
    """Main texts as `gold/NAME.txt`; the page is `pages/NAME.html`, or `pages/NAME.txt` if it is text itself."""
    for file in _sorted(folder, "gold/*.txt"):
        text = folder / "pages" / file.name
        yield LabelledPage(
            page=decoded(text.read_bytes()) if text.is_file() else _page_named(folder / "pages", file.stem),
            kind="text" if text.is_file() else "html",
            gold=decoded(file.read_bytes()),
            name=file.stem,
        )


LAYOUTS: dict[str, Callable[[Path], Iterator[LabelledPage]]] = {
    "wcxb": wcxb,
    "scrapinghub": scrapinghub,
    "gold-text": gold_text,
}
"""The layouts by name."""


def _sorted(folder: Path, pattern: str) -> list[Path]:
    files = sorted(folder.glob(pattern))
    if not files:
        raise LabelError(f"{folder}: no {pattern} there")
    return files


def _json(file: Path) -> dict[str, Any]:
    try:
        row = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise LabelError(f"{file}: not readable as JSON ({error})") from error
    if not isinstance(row, dict):
        raise LabelError(f"{file}: no JSON object")
    return row


def _text(row: Any, key: str, file: Path) -> str:
    value = row.get(key) if isinstance(row, dict) else None
    if not isinstance(value, str):
        raise LabelError(f"{file}: no text under {key!r}")
    return value


def _page_named(folder: Path, name: str) -> str:
    if Path(name).name != name:  # it comes from a file of somebody's
        raise LabelError(f"{folder}: {name!r} is no name of a page")
    for ending in _PAGE_ENDINGS:
        file = folder / f"{name}{ending}"
        if file.is_file():
            return decoded(_bytes_of(file))
    raise LabelError(f"{folder}: no page {name}.html, with or without .gz")


def _bytes_of(file: Path) -> bytes:
    try:
        return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise LabelError(f"{file}: not readable ({error})") from error
