"""Share helpers between test modules: pages as blocks, and the golden files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from boilercut.blocks.measure import measure
from boilercut.blocks.phrases import shipped_phrases
from boilercut.blocks.table import Blocks
from boilercut.page import TAG_NUMBERS, Elements, Page, PageKind
from boilercut.read import read

GOLDEN = Path(__file__).parent / "golden"
ARTICLE = (
    "The bridge over the Wend was closed on Monday night, after a lorry had struck the second pier of the arch.\n"
    "Engineers looked at the pier by torchlight, and they said that the bridge would stay closed until the spring.\n"
    "The town has no other crossing, so the children of the mill side now walk four miles to school and back.\n"
)
"""Prose that any model should keep."""


def page_of(source: object, kind: PageKind | None = None) -> Page:
    """Read one page without a budget."""
    return read(source, kind)


def blocks_of(*sources: object, kind: PageKind | None = None) -> Blocks:
    """Read and measure pages, stacked."""
    return measure([page_of(source, kind) for source in sources], shipped_phrases())


def block_texts(page: Page) -> list[str]:
    """Return the text of each block."""
    return [page.text[start:end] for start, end in zip(page.starts.tolist(), page.ends.tolist(), strict=True)]


def html_texts(source: object) -> list[str]:
    """Return the text of each block of HTML."""
    return block_texts(page_of(source, "html" if isinstance(source, str) else None))


def element_tags(elements: Elements) -> list[str]:
    """Return the tag of each element."""
    names = list(TAG_NUMBERS)
    return [names[number] for number in elements.tags.tolist()]


def element_names(elements: Elements) -> list[str]:
    """Return class, id and the like of each element."""
    return [elements.distinct_names[number] for number in elements.names.tolist()]


def golden_sources(folder: str = "*") -> list[Path]:
    """Return the golden pages of a folder, sorted."""
    return sorted(each for each in GOLDEN.glob(f"{folder}/*") if each.suffix in (".html", ".txt"))


def is_ordered_subset(part: Iterable[str], whole: Iterable[str]) -> bool:
    """Return whether `part` is `whole` with some items left out."""
    remaining = iter(whole)
    return all(item in remaining for item in part)


def arrays_of(value: Any, path: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """Yield every array inside dataclasses, tuples and mappings, with the path to it."""
    if isinstance(value, np.ndarray):
        yield path, value
    elif is_dataclass(value):
        for each in fields(value):
            yield from arrays_of(getattr(value, each.name), f"{path}.{each.name}")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from arrays_of(item, f"{path}.{key}")
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from arrays_of(item, f"{path}.{number}")
