"""What sort of boilerplate each block would be: a linear model over columns and their products, learned from labels.

An input is a column from 0 to 1, a question (`tags.in_form>0`, `shape.size<=4`), or two of these multiplied
(`share.share * tags.in_form>0`). A column may be that of a neighbour (`related.share@-1`). Inputs are whole hundredths,
and so are weights: their sums are exact, on any machine.
"""

from __future__ import annotations

import json
import re
from collections import Counter
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
from boilercut.blocks.table import Blocks, ElementTable
from boilercut.page import TAG_NUMBERS, PageKind, tag_set
from boilercut.results import BOILERPLATE_KINDS, Evidence

__all__ = ["BASE", "STEPS", "TAGS", "KindModel", "KnownKinds", "boilerplate_kinds", "known_kinds"]

BASE = "base"
"""Name of the input that is always 1."""
STEPS, UNIT = 100, 1e-4
"""Steps of an input, from 0 to 1; and log-odds that a step of one hundredth makes."""
TAGS = ("p", "div", "li", "label", "button", "h2", "h3", "h4", "td", "dt", "dd")
"""Tags of blocks, a column each."""
LEVELS, FADING = 12, 0.75
"""Number of elements from the block upwards whose class words count, and how much less each says than one inside it."""
BLOCKS_TOGETHER = 1 << 12
"""Blocks whose inputs are laid out at a time, which bounds the memory at work."""
BOX_BLOCKS = 4
"""Minimum number of blocks in the element around a block that is looked at as a whole."""
_FRAME = tag_set("html", "body")
_FACTOR = re.compile(r"(?P<column>[a-z_.0-9]+(?:@[+-]1)?)(?:(?P<sign>>|<=)(?P<bound>-?[0-9.]+))?")
_TIMES = " * "
_logistic = sources["probability"].logistic


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
        self._weights = np.array([weights.get(name, none) for name in self.inputs], dtype=np.float64).T.copy()
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
        values[:plain] = np.minimum(np.maximum(columns.take(self._plain, axis=0), 0), 1)
        values[plain:asked] = (columns.take(self._asked, axis=0) > self._bounds) ^ self._at_most
        values[asked:-1] = values.take(self._pairs[0], axis=0) * values.take(self._pairs[1], axis=0)
        values *= STEPS
        return np.asarray(np.rint(values, out=values))

    def scores(self, values: Floats) -> Floats:
        """Return the score of each kind, in `UNIT`s of log-odds: a row for each."""
        return np.asarray(np.einsum("ki,ij->kj", self._weights, values))  # of whole numbers: exact in any order

    def likeliest(self, values: Floats) -> list[str]:
        """Return the most likely kind of each block, given the inputs."""
        return [BOILERPLATE_KINDS[kind] for kind in np.argmax(self.scores(values), axis=0).tolist()]

    def evidence(self, values: Floats, kind: int, other: int) -> dict[str, float]:
        """Return what each detector says for one kind rather than another, given the inputs of one block."""
        shares = Counter[str]()
        for name, value in zip(self.inputs, values * (self._weights[kind] - self._weights[other]), strict=True):
            shares[name.partition(".")[0]] += int(value)
        return {name: UNIT * value for name, value in shares.items() if value}


class KnownKinds(NamedTuple):
    """What is known of the kinds of a page's blocks."""

    model: KindModel
    values: npt.NDArray[np.uint8]
    """The model's inputs: a row for each block."""

    def likeliest(self) -> list[str]:
        """Return the most likely kind of each block."""
        starts = range(0, len(self.values), BLOCKS_TOGETHER)
        parts = (self.values[low : low + BLOCKS_TOGETHER].T.astype(np.float64) for low in starts)
        return [kind for part in parts for kind in self.model.likeliest(part)]

    def probabilities(self, index: int) -> dict[str, float]:
        """Return the kinds of one block, the most likely first; the probabilities add up to 1."""
        scores = self.model.scores(self.values[index, :, None].astype(np.float64))[:, 0]
        below = _logistic(UNIT * (scores - scores.max()))
        odds = below / (1 - below)
        order = np.argsort(-scores, kind="stable").tolist()
        return {BOILERPLATE_KINDS[kind]: float(odds[kind] / odds.sum()) for kind in order}

    def evidence(self, index: int) -> tuple[Evidence, ...]:
        """Return what speaks for the most likely kind rather than the next, largest first."""
        values = self.values[index].astype(np.float64)
        first, second = np.argsort(-self.model.scores(values[:, None])[:, 0], kind="stable")[:2].tolist()
        shares = self.model.evidence(values, first, second)
        return tuple(Evidence(*share) for share in sorted(shares.items(), key=lambda share: -abs(share[1])))


def boilerplate_kinds(blocks: Blocks, columns: Mapping[str, Floats]) -> list[str]:
    """Return the sort of boilerplate that each block most likely would be."""
    model = _model(blocks.kind)
    return [kind for values in model.values(blocks, columns) for kind in model.likeliest(values)]


def known_kinds(blocks: Blocks, columns: Mapping[str, Floats]) -> KnownKinds:
    """Return what explains the kinds of blocks, `boilerplate_kinds` among it."""
    model = _model(blocks.kind)
    parts = [values.T.astype(np.uint8) for values in model.values(blocks, columns)]
    return KnownKinds(model, np.concatenate([np.zeros((0, len(model.inputs)), dtype=np.uint8), *parts]))


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
    covered = blocks.phrases.covered
    found: dict[str, Any] = {"shape.size": blocks.word_weights, "headlines.months": covered["months"] > 0}
    if blocks.elements is None:
        return found
    found |= {f"hints.near_{name}": nearness for name, nearness in _named_nearness(blocks, blocks.elements).items()}
    if "tags.block" in columns:
        found |= {f"tags.is_{tag}": columns["tags.block"] == TAG_NUMBERS[tag] for tag in TAGS}
    low, high = _boxes(blocks.elements, blocks.block_elements)
    labels, words = blocks.word_weights <= 4, blocks.facts.words
    counts = np.stack([words, blocks.link_characters, blocks.facts.characters, labels, blocks.prose])
    words, links, characters, labels, prose = range_sum(counts, low, high)
    found |= {"links.box": share(links, characters), "headlines.box": share(labels, high - low)}
    found |= {"prose.box": share(prose, high - low)}
    shares = share(range_sum(covered.tables[0], low, high), words)
    return found | {f"{name}.box": shares[row] for name, (_, row) in covered.places.items()}


def _boxes(table: ElementTable, elements: Integers) -> tuple[Integers, Integers]:
    """Return the bounds of the smallest element around each block that holds `BOX_BLOCKS` blocks."""
    held = table.end_blocks - table.first_blocks
    for _ in range(LEVELS):
        elements = np.where(held[elements] < BOX_BLOCKS, table.parents[elements], elements)
    return table.first_blocks[elements], table.end_blocks[elements]


def _named_nearness(blocks: Blocks, table: ElementTable) -> dict[str, Floats]:
    """Return for each kind that class or id words name how near to each block the innermost element of that name is.

    It is 1 for the block's own element, and less for one that holds much of the page.
    """
    book = class_word_book()
    lists = book.lists_in(table.name_tokens, len(table.unique_names))[table.names]
    lists[_FRAME[table.tags]] = 0
    held = table.end_blocks - table.first_blocks
    kinds = {kind: np.zeros(len(blocks)) for kind in book.names}
    element, seen = blocks.block_elements, np.zeros(len(blocks), dtype=np.int64)
    for level in range(LEVELS):
        first = lists[element] & ~seen
        found = int(np.bitwise_or.reduce(first, initial=0))
        for bit, name in enumerate(book.names) if found else ():
            if found >> bit & 1:
                rows = np.flatnonzero(first >> bit & 1)
                share_held = held[element[rows]] / (blocks.end - blocks.first)[rows]
                kinds[name][rows] = FADING**level * (1 - share_held / 2)
        seen |= first
        element = table.parents[element]
    return kinds
