"""The learned model: detectors' columns in, log-odds of each block out."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from boilercut.arrays import Columns, Floats, Integers
from boilercut.blocks.arithmetic import Bounded
from boilercut.blocks.table import Blocks
from boilercut.errors import ModelError
from boilercut.model.document import COLUMNS, DOCUMENT, FIRST_SCORE, NAMED_SHARE, document_columns
from boilercut.model.inputs import InputPlan, Matrix, detector_of
from boilercut.model.trees import UNIT, Forest, Tree
from boilercut.page import PageKind

__all__ = ["UNIT", "Model", "load_model"]

_HOME = Path(__file__).parent

FORMAT = 2
MAX_SCORED_BLOCKS = 1 << 15
"""Blocks whose inputs are laid out at a time, which bounds the memory at work."""
ALL_BLOCKS = slice(0, sys.maxsize)
MAX_WEIGHT = 10**6
"""Log-odds of a word, in hundredths; sums over all words of the longest page are still exact."""
LEXICONS = ("words", "class_words", "post_words", "site_words", "site_class_words")
"""Names of the word lists that a model may carry; the last two come from refitting it to a user's own pages."""


class Model:
    """Trees over named inputs, and the learned word lists that feed two of the detectors."""

    def __init__(self, stored: Mapping[str, Any], source: str) -> None:
        try:
            if stored["format"] != FORMAT:
                raise ValueError(f"format {stored['format']!r}, but this boilercut reads format {FORMAT}")
            self.kind: PageKind = stored["kind"]
            self._first = _Look(stored, source)
            self._second = _Look(stored[DOCUMENT], source) if DOCUMENT in stored else None
            self.inputs = self._first.inputs
            self.lexicons = {name: _checked_words(name, words) for name, words in stored["lexicons"].items()}
            self.page_types = _checked_page_types(stored["page_types"])
            self.provenance: dict[str, Any] = _checked_provenance(stored["provenance"])
        except (AttributeError, KeyError, TypeError, IndexError, ValueError, ModelError) as error:
            raise ModelError(f"{source}: no model for this boilercut ({type(error).__name__}: {error})") from error
        own = tuple(dict.fromkeys(detector_of(name) for name in self.inputs))
        self.detectors = (*own, DOCUMENT) if self._second else own
        """Names of the evidence, in the order of `explain`."""
        self._groups = [self.detectors.index(detector_of(name)) for name in self.inputs]
        self._last: tuple[Mapping[str, tuple[int, int]], Mapping[str, tuple[int, int]]] = {}, {}
        """Where columns stood the last time, and where they and those of the document stand together.

        Threads share it: it is always replaced whole.
        """

    @property
    def base(self) -> int:
        """The part of every score that no detector explains."""
        return self._first.forest.base + (self._second.forest.base if self._second else 0)

    def with_document(self, columns: Mapping[str, Floats], blocks: Blocks) -> Columns:
        """Return the columns with those of the document, which a first look gives, where the model looks twice."""
        found = Columns.of(columns)
        if self._second is None or FIRST_SCORE in found:
            return found
        document = document_columns(blocks, self._first.score(found, blocks), UNIT, found[NAMED_SHARE])
        last, places = self._last
        if last is not found.places:
            own = {name: (len(found.tables), row) for row, name in enumerate(COLUMNS)}
            places = {**found.places, **own}
            self._last = found.places, places
        return Columns([*found.tables, document], places)

    def score(self, columns: Mapping[str, Floats], blocks: Blocks) -> Integers:
        """Return each block's log-odds, in `UNIT`s."""
        if self._second is None:
            return self._first.score(columns, blocks)
        found = self.with_document(columns, blocks)
        return found[FIRST_SCORE].astype(np.int64) + self._second.score(found, blocks)

    def explain(self, columns: Mapping[str, Floats], blocks: Blocks, part: slice = ALL_BLOCKS) -> tuple[Integers, int]:
        """Return each detector's share of each block's log-odds, one row per block, and the base they start from."""
        size = len(self.detectors)
        shares = self._first.explain(columns, blocks, part, self._groups, size)
        if self._second is not None:
            groups = [self.detectors.index(DOCUMENT)] * len(self._second.inputs)
            shares += self._second.explain(self.with_document(columns, blocks), blocks, part, groups, size)
        return shares, self.base


class _Look:
    """A sum of trees over named inputs."""

    def __init__(self, stored: Mapping[str, Any], source: str) -> None:
        self.inputs: tuple[str, ...] = tuple(stored["inputs"])
        self.forest = Forest([Tree(**tree) for tree in stored["trees"]], len(self.inputs))
        self._source = source
        self._plan = InputPlan(self.inputs)

    def score(self, columns: Mapping[str, Floats], blocks: Bounded) -> Integers:
        """Return the sum of the trees for each block, in `UNIT`s."""
        size = len(blocks.first)
        if size <= MAX_SCORED_BLOCKS:
            return self.forest.scores(self._matrix(columns, blocks))
        parts = (slice(low, low + MAX_SCORED_BLOCKS) for low in range(0, size, MAX_SCORED_BLOCKS))
        return np.concatenate([self.forest.scores(self._part(columns, blocks, part)) for part in parts])

    def explain(
        self, columns: Mapping[str, Floats], blocks: Bounded, part: slice, groups: Sequence[int], size: int
    ) -> Integers:
        """Return the share of each of `size` groups of inputs in the sum, one row per block."""
        return self.forest.contributions(self._part(columns, blocks, part), groups, size)[0]

    def _part(self, columns: Mapping[str, Floats], blocks: Bounded, part: slice) -> Matrix:
        """Return the inputs of some blocks, laid out with as many around them as an input looks at."""
        low, high = part.start, min(part.stop, len(blocks.first))
        first, end = max(low - self._plan.reach, 0), min(high + self._plan.reach, len(blocks.first))
        around = _Part(np.maximum(blocks.first[first:end] - first, 0), np.minimum(blocks.end[first:end], end) - first)
        return self._matrix(Columns.of(columns).part(first, end), around)[low - first : high - first]

    def _matrix(self, columns: Mapping[str, Floats], blocks: Bounded) -> Matrix:
        try:
            return self._plan.matrix(columns, blocks)
        except ModelError as error:
            raise ModelError(f"{self._source}: {error}") from None


class _Part(NamedTuple):
    """For some blocks of a stack, where each one's page begins and ends among them."""

    first: Integers
    end: Integers


def _checked_provenance(provenance: Any) -> dict[str, Any]:
    if not isinstance(provenance, dict):
        raise ValueError("the provenance is no object")
    return provenance


def _checked_words(name: str, words: Mapping[str, int]) -> dict[str, int]:
    if name not in LEXICONS:
        raise ValueError(f"word list {name!r} is none of {', '.join(LEXICONS)}")
    if not all(type(weight) is int and abs(weight) <= MAX_WEIGHT for weight in words.values()):
        raise ValueError(f"a word's weight is no whole number between -{MAX_WEIGHT} and {MAX_WEIGHT}")
    return dict(words)


def _checked_page_types(stored: Any) -> dict[str, dict[str, list[int]]]:
    """Return the weights of the detector of page types; a model without that detector has none."""
    if not stored:
        return {}
    for part in ("words", "figures"):
        for name, weights in stored[part].items():
            if not all(type(weight) is int and abs(weight) <= MAX_WEIGHT for weight in weights):
                raise ValueError(f"page type weights of {name!r} are no whole numbers up to {MAX_WEIGHT}")
    return {"words": dict(stored["words"]), "figures": dict(stored["figures"])}


def load_model(kind: PageKind, folder: str | None) -> Model:
    """Load the model for HTML or for text, from `folder` or from the package; once, unless its file changes.

    Raises `ModelError` if the file is missing, damaged or of another format.
    """
    if folder is None:
        return _shipped(kind)
    file = Path(folder) / f"{kind}.json"
    try:
        state = file.stat()
    except (OSError, ValueError) as error:
        raise ModelError(f"{file}: no readable model there ({error})") from error
    return _loaded(kind, file, (state.st_mtime_ns, state.st_size, state.st_ino))


@cache
def _shipped(kind: PageKind) -> Model:
    """Load a model of the package."""
    return _loaded(kind, _HOME / f"{kind}.json", None)


@lru_cache(maxsize=16)
def _loaded(kind: PageKind, file: Path, state: tuple[int, ...] | None) -> Model:
    """Load the model in a file that is in a certain state."""
    try:
        stored = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{file}: no readable model there ({error})") from error
    model = Model(stored, str(file))
    if model.kind != kind:
        raise ModelError(f"{file}: this is the model for {model.kind}, not for {kind}")
    return model
