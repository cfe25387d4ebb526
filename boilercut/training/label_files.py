r"""Label files: pages with what of them is content, one JSON object a line, for HTML and for text alike.

    {"page": "<html>…", "kind": "html", "gold": "The main text.", "url": "https://…"}
    {"page": "Home\nA line of text.", "kind": "text", "blocks": [[0, "Home"], [1, "A line of text."]]}

`page` and `kind` are needed, and one of `gold` (the main text, which blocks are aligned with) and `blocks` (every
block in order, 1 to keep and 0 to cut, and its kind if it is known; reports and `boilercut label` save these).
`name`, `url`, `site`, `type`, `language` and the lists `with` and `without` (snippets that must, and must not, be in
the output) may be given. Other keys are ignored.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from boilercut.arrays import Floats
from boilercut.blocks.characters import storable
from boilercut.blocks.measure import measure
from boilercut.blocks.phrases import shipped_phrases
from boilercut.blocks.table import Blocks
from boilercut.errors import BoilercutError
from boilercut.page import PAGE_KINDS, PageKind, site_of
from boilercut.read import read
from boilercut.training.fit import Example
from boilercut.training.labels import block_labels

__all__ = [
    "LabelError", "LabelledPage", "example_of", "last_labels", "line_of", "read_labels", "snippets_of", "write_labels",
]  # fmt: skip


class LabelError(BoilercutError):
    """A label file is not readable, or a line of it is no labelled page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPage:
    """A page and what of it is content: `gold` text, or `blocks` of which each is kept or cut."""

    page: str
    kind: PageKind
    gold: str | None = None
    blocks: tuple[tuple[bool, str], ...] | None = None
    name: str = ""
    url: str = ""
    site: str = ""
    type: str = ""
    language: str = ""
    with_: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """The kind of each of `blocks`, an empty string where it is not stated; empty if none is."""

    @property
    def main_text(self) -> str:
        """The text that is to be kept."""
        if self.gold is not None:
            return self.gold
        return "\n".join(text for keep, text in self.blocks or () if keep)

    @property
    def group(self) -> str:
        """The site, which pages are grouped by: as given, else the host of the address, else the page itself."""
        return self.site or site_of(self.url) or self.name or self.page[:100]


def read_labels(files: Iterable[str | Path]) -> Iterator[LabelledPage]:
    """Yield the labelled pages of JSON-lines files, plain or `.gz`, in order.

    Raises `LabelError`, naming file and line, for anything that is no labelled page.
    """
    for file in files:
        try:
            with _opened(file, "rt") as lines:
                for number, line in enumerate(lines, start=1):
                    if line.strip():
                        yield _page(line, f"{file}, line {number}")
        except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
            raise LabelError(f"{file}: not readable as UTF-8 text ({error})") from error


def write_labels(file: str | Path, pages: Iterable[LabelledPage]) -> int:
    """Write labelled pages as JSON lines, compressed if the name ends in `.gz`; return how many."""
    count = 0
    with _opened(file, "wt") as lines:
        for page in pages:
            lines.write(line_of(page))
            count += 1
    return count


def last_labels(pages: Iterable[LabelledPage]) -> list[LabelledPage]:
    """Return each page once, as it was labelled last."""
    return list({(page.kind, page.page): page for page in pages}.values())


def line_of(page: LabelledPage) -> str:
    """Return the line of a labelled page; half characters, which UTF-8 cannot express, are escaped."""
    row = _row(page)
    line = json.dumps(row, ensure_ascii=False)
    return (line if storable(line) == line else json.dumps(row)) + "\n"


def example_of(page: LabelledPage) -> Example | None:
    """Return a labelled page as an example to learn from; None if it holds no text."""
    read_page = read(page.page, page.kind)
    if not len(read_page.starts):
        return None
    blocks = measure([read_page], shipped_phrases())
    return Example(blocks, _labels(page, blocks), page.group, page.type)


def _labels(page: LabelledPage, blocks: Blocks) -> Floats:
    """Return the labels of blocks: those given if they are of the same blocks, else by aligning the main text."""
    texts = [blocks.block(row) for row in range(len(blocks))]
    if page.blocks is not None and texts == [text for _, text in page.blocks]:
        return np.array([float(keep) for keep, _ in page.blocks])
    return block_labels(blocks, page.main_text)


def _opened(file: str | Path, mode: str) -> Any:
    if str(file).endswith(".gz"):
        return gzip.open(file, mode, encoding="utf-8")
    return open(file, mode, encoding="utf-8")  # noqa: PTH123 - closed by who asked; one name for both kinds


def _page(line: str, where: str) -> LabelledPage:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LabelError(f"{where}: no JSON ({error})") from error
    if not isinstance(row, dict) or not isinstance(row.get("page"), str):
        raise LabelError(f"{where}: no object with a page: write its source under the key 'page'")
    if row.get("kind") not in PAGE_KINDS:
        raise LabelError(f"{where}: kind {row.get('kind')!r} is neither 'html' nor 'text'")
    gold, blocks = row.get("gold"), row.get("blocks")
    labelled = [_block(block, where) for block in _list(blocks or [], "blocks", where)]
    kinds = tuple(kind for _, _, kind in labelled)
    if isinstance(gold, str) == (blocks is not None):
        raise LabelError(f"{where}: give one of 'gold' (text) and 'blocks' (a list of [0 or 1, text])")
    return LabelledPage(
        page=row["page"],
        kind=row["kind"],
        gold=gold,
        blocks=None if blocks is None else tuple((keep, text) for keep, text, _ in labelled),
        kinds=kinds if any(kinds) else (),
        with_=snippets_of(row, "with", where),
        without=snippets_of(row, "without", where),
        **{key: str(row.get(key) or "") for key in ("name", "url", "site", "type", "language")},
    )


def _list(value: Any, key: str, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise LabelError(f"{where}: {key!r} is no list")
    return value


def snippets_of(row: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """Return a list of texts; none where there is no such key. Raises `LabelError` for anything else."""
    snippets = tuple(_list(row.get(key) or [], key, where))
    if not all(isinstance(snippet, str) for snippet in snippets):
        raise LabelError(f"{where}: {key!r} holds something that is no text")
    return snippets


def _block(block: Any, where: str) -> tuple[bool, str, str]:
    match block:
        case [0 | 1 as keep, str(text)]:
            return bool(keep), text, ""
        case [0 | 1 as keep, str(text), str(kind)]:
            return bool(keep), text, kind
    raise LabelError(f"{where}: {block!r} is no labelled block; write [1, text] to keep or [0, text] to cut")


def _row(page: LabelledPage) -> Mapping[str, Any]:
    row: dict[str, Any] = {"page": page.page, "kind": page.kind}
    if page.gold is not None:
        row["gold"] = page.gold
    else:
        row["blocks"] = [
            [int(keep), text, kind] if kind else [int(keep), text]
            for (keep, text), kind in zip_longest(page.blocks or (), page.kinds)
        ]
    optional = {key: getattr(page, key) for key in ("name", "url", "site", "type", "language", "without")}
    return row | {key: value for key, value in {**optional, "with": page.with_}.items() if value}
