"""What sort of boilerplate each block would be: a linear model over columns and their products, learned from labels.

An input is a column from 0 to 1, a question (`tags.in_form>0`, `shape.size<=4`), or two of these multiplied
(`share.share * tags.in_form>0`). A column may be that of a neighbour (`related.share@-1`). Inputs are whole hundredths,
and so are weights: their sums are exact, on any machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from boilercut._native import sources
from boilercut.arrays import Floats, Integers
from boilercut.blocks.arithmetic import range_sum, share
from boilercut.blocks.phrases import class_word_book
from boilercut.blocks.table import Blocks, stack_of
from boilercut.page import TAG_NUMBERS, PageKind
from boilercut.results import BOILERPLATE_KINDS, Evidence

__all__ = ["BASE", "STEPS", "TAGS", "KindModel", "KnownKinds", "boilerplate_kinds", "known_kinds"]

BASE = "base"
"""Name of the input that is always 1."""
STEPS, UNIT = 100, 1e-4
"""Steps of an input, from 0 to 1; and log-odds that a step of one hundredth makes."""
TAGS = ("p", "div", "li", "label", "button", "h2", "h3", "h4", "td", "dt", "dd")
"""Tags of blocks, a column each."""
MAX_EXACT = 1 << 24
"""Sums of whole numbers below this are exact in floating-point numbers of 32 bits, which take half the time."""
BLOCKS_TOGETHER = 1 << 12
"""Blocks whose inputs are laid out at a time, which bounds the memory at work."""
_FACTOR = re.compile(r"(?P<column>[a-z_.0-9]+(?:@[+-]1)?)(?:(?P<sign>>|<=)(?P<bound>-?[0-9.]+))?")
_TIMES = " * "
_logistic, _surroundings = sources["probability"].logistic, sources["surroundings"]


class KindModel:
    """Weights of every input for each of `BOILERPLATE_KINDS`."""

    def __init__(self, weights: Mapping[str, Sequence[int]]) -> None:
        products = [name for name in weights if _TIMES in name]
        factors = dict.fromkeys(factor for name in weights if name != BASE for factor in name.split(_TIMES))
        found = sorted((match for factor in factors if (match := _FACTOR.fullmatch(factor))), key=_is_question)
        names = {match.group(): row for row, match in enumerate(found)}
        self.inputs = (*names, *products, BASE)
        """The columns, the questions, the products, and what is always 1."""
        none = [0] * len(BOILERPLATE_KINDS)  # a factor that counts only in products
        table = np.array([weights.get(name, none) for name in self.inputs], dtype=np.float64).T
        exact = np.abs(table).sum(axis=1).max() * STEPS < MAX_EXACT
        self._weights: npt.NDArray[Any] = table.astype(np.float32 if exact else np.float64, order="C")
        detectors = [name.partition(".")[0] for name in self.inputs]
        self._detectors = list(dict.fromkeys(detectors))
        self._owners = np.array(list(map(self._detectors.index, detectors)), dtype=np.int64)
        columns = dict.fromkeys(match["column"] for match in found)
        self._columns = [(name, int(offset or 0)) for name, _, offset in (column.partition("@") for column in columns)]
        rows = np.array([list(columns).index(match["column"]) for match in found], dtype=np.int64)
        questions = [match for match in found if match["sign"]]
        self._plain, self._asked = rows[: len(found) - len(questions)], rows[len(found) - len(questions) :]
        self._bounds = np.array([float(match["bound"]) for match in questions])[:, None]
        self._at_most = np.array([match["sign"] == "<=" for match in questions], dtype=np.bool_)[:, None]
        pairs = [[names[factor] for factor in name.split(_TIMES)] for name in products]
        self._pairs = np.array(pairs, dtype=np.int64).reshape(-1, 2).T

    def values(self, blocks: Blocks, columns: Mapping[str, Floats]) -> Iterator[Floats]:
        """Yield the inputs of some blocks after the other, whole numbers: a row for each, a column for each block."""
        own, nothing = _own_columns(blocks, columns), np.zeros(len(blocks))
        names = {name for name, _ in self._columns}
        known = {name: own[name] if name in own else columns.get(name, nothing) for name in names}
        for low in range(0, len(blocks), BLOCKS_TOGETHER):
            part = slice(low, min(low + BLOCKS_TOGETHER, len(blocks)))
            found = np.empty((len(self._columns), part.stop - low))
            beside = {offset: _beside(blocks, part, offset) for offset in {offset for _, offset in self._columns} - {0}}
            for row, (name, offset) in enumerate(self._columns):
                if offset:
                    places, inside = beside[offset]
                    np.multiply(known[name].take(places), inside, out=found[row])
                else:
                    found[row] = known[name][part]
            yield self._inputs(found)

    def _inputs(self, columns: Floats) -> Floats:
        values = np.ones((len(self.inputs), columns.shape[1]))
        plain, asked = len(self._plain), len(self._plain) + len(self._asked)
        own = columns.take(self._plain, axis=0, out=values[:plain], mode="clip")
        np.minimum(np.maximum(own, 0, out=own), 1, out=own)
        values[plain:asked] = (columns.take(self._asked, axis=0) > self._bounds) ^ self._at_most
        np.multiply(values.take(self._pairs[0], axis=0), values.take(self._pairs[1], axis=0), out=values[asked:-1])
        values *= STEPS
        return np.asarray(np.rint(values, out=values))

    def scores(self, values: Floats) -> Floats:
        """Return the score of each kind, in `UNIT`s of log-odds: a row for each."""
        scores = np.einsum("ki,ij->kj", self._weights, values.astype(self._weights.dtype))  # exact in any order
        return np.asarray(scores, dtype=np.float64)

    def evidence(self, values: Floats, kind: int, other: int) -> dict[str, float]:
        """Return what each detector says for one kind rather than another, given the inputs of one block."""
        shares = np.bincount(self._owners, values * (self._weights[kind] - self._weights[other])).tolist()
        return {name: UNIT * share for name, share in zip(self._detectors, shares, strict=True) if share}


class KnownKinds(NamedTuple):
    """What is known of the kinds of a page's blocks."""

    model: KindModel
    values: npt.NDArray[np.uint8]
    """The model's inputs: a row for each block."""
    scores: Floats
    """The score of each kind: a row for each block."""

    @property
    def likeliest(self) -> list[str]:
        """The most likely kind of each block."""
        return _likeliest(self.scores.T)

    def probabilities(self, index: int) -> dict[str, float]:
        """Return the kinds of one block, the most likely first; the probabilities add up to 1."""
        scores = self.scores[index]
        below = _logistic(UNIT * (scores - scores.max()))
        odds = below / (1 - below)
        order = np.argsort(-scores, kind="stable").tolist()
        shares = (odds / odds.sum()).tolist()
        return {BOILERPLATE_KINDS[kind]: shares[kind] for kind in order}

    def evidence(self, index: int) -> tuple[Evidence, ...]:
        """Return what speaks for the most likely kind rather than the next, largest first."""
        values = self.values[index].astype(np.float64)
        first, second = np.argsort(-self.scores[index], kind="stable")[:2].tolist()
        shares = self.model.evidence(values, first, second)
        return tuple(Evidence(*share) for share in sorted(shares.items(), key=lambda share: -abs(share[1])))


def boilerplate_kinds(blocks: Blocks, columns: Mapping[str, Floats]) -> list[str]:
    """Return the sort of boilerplate that each block most likely would be."""
    model = _model(blocks.kind)
    return [kind for values in model.values(blocks, columns) for kind in _likeliest(model.scores(values))]


def known_kinds(blocks: Blocks, columns: Mapping[str, Floats]) -> KnownKinds:
    """Return what explains the kinds of blocks, `boilerplate_kinds` among it."""
    model = _model(blocks.kind)
    found = np.empty((len(blocks), len(model.inputs)), dtype=np.uint8)
    scores, low = np.empty((len(blocks), len(BOILERPLATE_KINDS))), 0
    for values in model.values(blocks, columns):
        high = low + values.shape[1]
        found[low:high], scores[low:high] = values.T, model.scores(values).T
        low = high
    return KnownKinds(model, found, scores)


def _likeliest(scores: Floats) -> list[str]:
    """Return the most likely kind of each block, given a row of scores for each kind."""
    return [BOILERPLATE_KINDS[kind] for kind in np.argmax(scores, axis=0).tolist()]


@cache
def _model(kind: PageKind) -> KindModel:
    """Load the model for one kind of page."""
    return KindModel(json.loads(Path(__file__).with_name("kinds.json").read_text("utf-8"))[kind])


def _is_question(factor: re.Match[str]) -> bool:
    return factor["sign"] is not None


def _beside(blocks: Blocks, part: slice, offset: int) -> tuple[Integers, Integers]:
    """Return the places of the blocks `offset` further on, and whether they are on the same page (0 or 1)."""
    places = np.arange(part.start, part.stop) + offset
    inside = (places >= blocks.first[part]) & (places < blocks.end[part])
    return np.where(inside, places, 0), inside.astype(np.int64)


def _own_columns(blocks: Blocks, columns: Mapping[str, Floats]) -> dict[str, Any]:
    """Return the columns that only kinds need."""
    covered, words = blocks.phrases.covered, blocks.facts.words
    found: dict[str, Any] = {"shape.size": blocks.word_weights, "headlines.months": covered["months"] > 0}
    table = blocks.elements
    if table is None:
        return found
    stack, book = stack_of(blocks), class_word_book()
    lists = book.lists_in(table.name_tokens, len(table.unique_names))
    nearness = _surroundings.named_nearness(stack, lists, len(book.names))
    found |= {f"hints.near_{name}": own for name, own in zip(book.names, nearness, strict=True)}
    if "tags.block" in columns:
        found |= {f"tags.is_{tag}": columns["tags.block"] == TAG_NUMBERS[tag] for tag in TAGS}
    low, high = _surroundings.boxes(stack)
    counts = (words, blocks.link_characters, blocks.facts.characters, blocks.word_weights <= 4, blocks.prose)
    sums = range_sum(np.stack([*counts, *covered.tables[0]]), low, high)
    words, links, characters, labels, prose = sums[: len(counts)]
    found |= {"links.box": share(links, characters), "headlines.box": share(labels, high - low)}
    found |= {"prose.box": share(prose, high - low)}
    shares = share(sums[len(counts) :], words)
    return found | {f"{name}.box": shares[row] for name, (_, row) in covered.places.items()}
