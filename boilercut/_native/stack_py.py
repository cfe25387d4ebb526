"""A stack of pages as the uncompiled loops see it: facts by name, as lists, which Python reads fastest."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Hashable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, groupby
from typing import Any, TypeAlias

import numpy as np

__all__ = [
    "Column", "ColumnWriter", "Integers", "Scratch", "Stack", "Verdicts", "clipped", "column_in", "integers_in",
    "is_date", "numbers_in", "rounded", "whole_in",
]  # fmt: skip

Keys: TypeAlias = Sequence[Hashable]
Integers: TypeAlias = Sequence[int]
Scratch: TypeAlias = list[int]
Verdicts: TypeAlias = list[bool]
Column: TypeAlias = "array[float]"

rounded = round


def clipped(value: int, most: int) -> int:
    """Return a value no further from 0 than `most`."""
    return most if value > most else -most if value < -most else value


def is_date(digits: int, months: int, punctuation: int, characters: int) -> bool:
    """Return whether a short block is a date: a month or weekday beside digits, or 12:30 or 24.05.21."""
    return digits > 0 and (months > 0 or (digits >= 4 and punctuation > 0 and 8 * digits >= characters))


def integers_in(numbers: Any) -> list[int]:
    """Return the numbers of an array of one dimension."""
    return list(numbers.tolist())


def numbers_in(numbers: Any) -> list[float]:
    """Return the numbers of an array of one dimension."""
    return list(numbers.tolist())


def column_in(numbers: Any) -> Any:
    """Return an array of one dimension to write into."""
    return memoryview(numbers)


whole_in = column_in


class Stack:
    """The blocks of stacked pages, for one run of detectors on one thread."""

    def __init__(self, blocks: Any, rows: Mapping[str, int], element_rows: Mapping[str, int]) -> None:
        self.blocks = blocks
        self._rows, self._element_rows = rows, element_rows
        self._facts: dict[str, list[int]] = {}
        self._element_facts: dict[str, list[int]] = {}
        self._sums: dict[str, list[int]] = {}
        self.size = len(blocks)
        self.elements = 0
        self._signatures: Keys | None = None
        self._siblings: list[int] | None = None
        if blocks.elements is not None:
            self.elements = blocks.elements.table.shape[1]

    @cached_property
    def leaves(self) -> list[int]:
        """Return the innermost element of each block."""
        return list(self.blocks.block_elements.tolist())

    def fact(self, name: str) -> list[int]:
        """Return a fact of every block."""
        if name not in self._facts:
            self._facts[name] = self.blocks.table[self._rows[name]].tolist()
        return self._facts[name]

    def element_fact(self, name: str) -> list[int]:
        """Return a fact of every element."""
        if name not in self._element_facts:
            self._element_facts[name] = self.blocks.elements.table[self._element_rows[name]].tolist()
        return self._element_facts[name]

    def covered(self, name: str) -> list[int]:
        """Return how many words of each block a list's phrases cover."""
        return list(self.blocks.phrases.covered[name].tolist())

    def matches(self, name: str) -> list[int]:
        """Return how many phrases of a list each block holds."""
        return list(self.blocks.phrases.matches[name].tolist())

    def lent(self, numbers: Any) -> list[int]:
        """Return the numbers of an array of one dimension."""
        return list(numbers.tolist())

    def floats(self, numbers: Any) -> list[float]:
        """Return the numbers of an array of one dimension."""
        return list(numbers.tolist())

    def verdicts(self, flags: Any) -> Verdicts:
        """Return the flags of an array of one dimension, one per block, to read or to write."""
        return list(flags.tolist())

    def written(self, flags: Any, verdicts: Verdicts) -> Any:
        """Return the array of flags with the changes."""
        flags[:] = verdicts
        return flags

    def sums(self, name: str) -> list[int]:
        """Return the sums of a fact over the blocks before each block, and over all."""
        if name not in self._sums:
            self._sums[name] = list(accumulate(self.fact(name), initial=0))
        return self._sums[name]

    def prose_sums(self, name: str) -> list[int]:
        """Return the sums of a fact over the prose before each block, and over all prose."""
        key = f"prose {name}"
        if key not in self._sums:
            pairs = zip(self.fact(name), self.fact("prose"), strict=True)
            self._sums[key] = list(accumulate((value if prose else 0 for value, prose in pairs), initial=0))
        return self._sums[key]

    def scratch(self, size: int) -> list[int]:
        """Return memory for `size` numbers, for the detector that is running."""
        return [0] * size

    zeros = scratch

    def flags(self, wanted: Collection[int], values: Sequence[int]) -> list[bool]:
        """Mark the blocks whose value is one of a few."""
        return [value in wanted for value in values]

    def run_lengths(self, member: array[float]) -> None:
        """Turn flags into the length of the run of members that each stands in; a run ends with its page."""
        low = 0
        for _, run in groupby(zip(member, self.fact("first"), strict=True)):
            size = len(list(run))
            if member[low]:
                member[low : low + size] = array("d", [size]) * size
            low += size

    def release(self) -> None:
        """Take back what detectors borrowed."""

    def fingerprints(self) -> Keys:
        """Return the fingerprint of every block's text."""
        return list(self.blocks.facts.fingerprint.tolist())

    def signatures(self) -> Keys:
        """Return a key for each element's tag and class words; numbers in class names do not count."""
        if self._signatures is None:
            table = self.blocks.elements
            sums = np.zeros(len(table.unique_names), dtype=np.uint64)
            np.add.at(sums, table.name_tokens.blocks, table.name_tokens.hashes)
            names = sums.tolist()
            pairs = zip(self.element_fact("tags"), self.element_fact("names"), strict=True)
            self._signatures = [(tag, names[name]) for tag, name in pairs]
        return self._signatures

    def siblings(self) -> list[int]:
        """Number the distinct parents, tags and class words together; return each element's number."""
        if self._siblings is None:
            keys = self.pairs(self.signatures(), self.element_fact("parents"), self.elements)
            self._siblings = self.numbers(keys, self.elements)
        return self._siblings

    def pairs(self, left: Keys, right: Sequence[int], size: int) -> Keys:
        """Return a key for each two; the same two have the same key."""
        return list(zip(left, right, strict=False))

    def places(self, levels: int) -> Keys:
        """Return a key for the page, the element and the `levels` elements above it, of each block."""
        parents, signatures = self.element_fact("parents"), self.signatures()
        place, keys = list(self.leaves), [self.fact("pages"), [signatures[leaf] for leaf in self.leaves]]
        for _ in range(levels):
            place = [parents[element] for element in place]
            keys.append([signatures[element] for element in place])
        return list(zip(*keys, strict=True))

    def numbers(self, keys: Keys, size: int) -> list[int]:
        """Number distinct keys from 0, as they come first; return each key's number."""
        seen: dict[Hashable, int] = {}
        return [seen.setdefault(key, len(seen)) for key in keys]


class ColumnWriter:
    """The columns that detectors fill, rows of a matrix; without a matrix it notes their names."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self._zeros = array("d", bytes(0 if table is None else 8 * table.shape[1]))
        self._columns: dict[int, array[float]] = {}
        self.rows: dict[str, int] = {}

    def begin(self, rows: dict[str, int]) -> None:
        """Take the rows of the next detector's columns, by name."""
        self.rows = rows

    def end(self) -> None:
        """Copy the columns into the matrix."""
        if self._columns:
            filled = np.frombuffer(b"".join(self._columns.values()))
            self._table[list(self._columns)] = filled.reshape(len(self._columns), -1)

    def column(self, name: str) -> array[float]:
        """Return a column that the detector is to fill."""
        if self._table is None:
            self.rows[name] = len(self.rows)
        column = self._columns[self.rows[name]] = self._zeros[:]
        return column

    zeros = column
