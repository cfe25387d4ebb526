"""What a detector is: a function over all blocks that returns one column, or a few named ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from importlib import import_module
from types import FunctionType
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from boilercut import _native
from boilercut.arrays import Columns, Floats
from boilercut.blocks.measure import nothing_measured
from boilercut.blocks.table import Blocks, sealed, stack_of
from boilercut.errors import DetectorError
from boilercut.page import PageKind
from boilercut.results import BOILERPLATE_KINDS

__all__ = ["Columns", "Detector", "detect", "detector"]

Column: TypeAlias = npt.NDArray[np.generic]
Fill: TypeAlias = Callable[[Any, Any], None]
"""Fills a detector's columns: takes the `Stack` and the `ColumnWriter` of `boilercut._native`."""

MAX_TOGETHER = 1 << 15
"""With more blocks than this, columns are checked one by one: a call each costs nothing then."""
MAX_EVIDENCE = 1_000_000
"""Largest log-odds of a detector; certainty is at about 30, and sums must stay finite."""


@dataclass(frozen=True, slots=True)
class Detector:
    """A named column function.

    `name` is the detector's only identifier: in the columns, in explanations, in the documentation.
    `kind` is the kind of boilerplate it finds, if it finds one. `log_odds` marks a detector whose single
    column already is evidence: negative for boilerplate, positive for content.
    """

    name: str
    function: Callable[[Blocks], Column | Mapping[str, Column]]
    kind: str | None = None
    log_odds: bool = False
    fill: Fill | None = field(default=None, compare=False, repr=False)
    """What boilercut's own detectors are made of: a loop that is compiled where there is a compiler."""

    def __hash__(self) -> int:
        return hash(self.name)

    def __reduce__(self) -> tuple[Callable[..., Detector], tuple[object, ...]]:
        """Pickle a decorated detector by its place, since its module's name for the function is the detector."""
        if self.is_built_in:
            return _built_in_named, (self.name,)
        if not isinstance(self.function, FunctionType):
            return Detector, (self.name, self.function, self.kind, self.log_odds)
        place = (self.function.__module__, self.function.__qualname__)
        if getattr(import_module(place[0]), place[1], None) is not self:
            raise DetectorError(
                f"detector {self.name!r} cannot be sent to another process: define it at the top level of a "
                f"module, under the name of its function ({place[1]!r} in {place[0]!r} is something else)"
            )
        return _detector_at, place

    @property
    def is_foreign(self) -> bool:
        """Whether the function is not boilercut's own: it gets a copy of the blocks, and `fill` is not called."""
        module: object = getattr(self.function, "__module__", None)
        return not (isinstance(module, str) and module.startswith("boilercut."))

    @property
    def is_built_in(self) -> bool:
        """Whether this is one of boilercut's own detectors, which `fill` runs."""
        return self.fill is not None and not self.is_foreign

    def columns(self, blocks: Blocks) -> Columns:
        """Run the detector and check its contract: as many finite numbers as there are blocks."""
        return detect(blocks, [self])

    def named(self, blocks: Blocks) -> dict[str, Column]:
        """Run the detector and name its columns, unchecked."""
        try:
            found = self.function(blocks)
            found = dict(found) if isinstance(found, Mapping) else found
        except Exception as error:
            raise DetectorError(f"detector {self.name!r} failed: {type(error).__name__}: {error}") from error
        if self.log_odds and isinstance(found, Mapping):
            raise DetectorError(f"detector {self.name!r}: with log_odds, return one column, not columns by name")
        if not isinstance(found, Mapping):
            return {self.name: found}
        return {f"{self.name}.{key}": column for key, column in found.items()}

    def checked(self, key: str, column: Column, size: int) -> Floats:
        """Return a column as numbers of its own; raise `DetectorError` if it breaks the contract."""
        try:  # kernels step from one number to the next; the detector may go on writing to what it returned
            values = (np.array if self.is_foreign else np.asarray)(column, dtype=np.float64, order="C")
        except Exception as error:  # what a user's object raises where it is made numbers of
            raise DetectorError(f"detector {self.name!r}: column {key!r} is not made of numbers: {error}") from error
        if values.shape != (size,):
            raise DetectorError(
                f"detector {self.name!r}: column {key!r} has shape {values.shape}, but there are {size} blocks; "
                "return one number for each block"
            )
        if not np.isfinite(values).all():
            raise DetectorError(f"detector {self.name!r}: column {key!r} holds NaN or infinity; return finite numbers")
        return values


def _detector_at(module: str, name: str) -> Detector:
    found = getattr(import_module(module), name)
    assert isinstance(found, Detector)
    return found


def _built_in_named(name: str) -> Detector:
    return next(each for each in import_module("boilercut.detectors").BUILTIN if each.name == name)


def detector(
    name: str, *, kind: str | None = None, log_odds: bool = False
) -> Callable[[Callable[[Blocks], Column | Mapping[str, Column]]], Detector]:
    """Make a detector of a function from blocks to a column.

    Raises `DetectorError` for a name that is not made of letters and underscores, or an unknown kind.

    >>> import boilercut
    >>> @boilercut.detector("shouting", kind="advert", log_odds=True)
    ... def shouting(blocks):
    ...     return -2.0 * (blocks.facts.upper > 0.6 * blocks.facts.characters)
    >>> shouting.name
    'shouting'
    """
    if not name.replace("_", "a").isalpha():
        raise DetectorError(f"detector name {name!r}: use letters and underscores only")
    if kind is not None and kind not in BOILERPLATE_KINDS:
        raise DetectorError(f"detector {name!r}: kind {kind!r} is none of {', '.join(BOILERPLATE_KINDS)}")

    def wrap(function: Callable[[Blocks], Column | Mapping[str, Column]]) -> Detector:
        return Detector(name, function, kind, log_odds)

    return wrap


def built_in(fill: Fill, name: str, kind: str | None = None) -> Detector:
    """Make one of boilercut's own detectors of a loop that fills columns."""

    @wraps(getattr(fill, "func", fill))  # the loop's own name and docstring, where it is a partial
    def function(blocks: Blocks) -> Mapping[str, Column]:
        plan = _plan((own,), blocks.kind)
        filled = _filled(blocks, plan)
        return {column.removeprefix(name).removeprefix("."): filled[row] for column, (_, row) in plan.places.items()}

    own = Detector(name, function, kind, fill=fill)
    return own


def detect(blocks: Blocks, detectors: Iterable[Detector]) -> Columns:
    """Run all `detectors` over `blocks` and return their columns by name: `detector`, or `detector.column`.

    Boilercut's own run first, and on other arrays than those that a detector of a user's sees.
    """
    plan = _plan(tuple(detectors), blocks.kind)
    filled, places = _filled(blocks, plan), plan.places
    if not plan.others:
        return Columns([filled], places)
    found: dict[str, Column] = {}
    owners: list[Detector] = []
    copy: Blocks | None = None
    for each in plan.others:
        if each.is_foreign and copy is None:
            copy = sealed(blocks)
        named = each.named(copy if each.is_foreign and copy is not None else blocks)
        _refuse_twice(each, named, places)
        _refuse_twice(each, named, found)
        found |= named
        owners += [each] * len(named)
    names = tuple(found)
    tables = [filled, *_tables(found, owners, len(blocks))]
    columns = Columns(tables, places | _places(names, len(tables) > 2) if names else places)
    for each in plan.others:
        if each.log_odds and np.abs(columns[each.name]).max(initial=0) > MAX_EVIDENCE:
            raise DetectorError(f"detector {each.name!r}: log-odds beyond {MAX_EVIDENCE:,}; 30 are certain already")
    return columns


def _filled(blocks: Blocks, plan: _Plan) -> Floats:
    """Run boilercut's own detectors; return a matrix of their columns."""
    table = np.empty((len(plan.places), len(blocks)))
    stack, writer = stack_of(blocks), _native.ColumnWriter(table)
    for fill, rows in plan.fills:
        writer.begin(rows)
        fill(stack, writer)
        stack.release()
    writer.end()
    return table


class _Plan(NamedTuple):
    """Boilercut's own detectors with the rows of their columns, and the place of each column by its full name."""

    fills: tuple[tuple[Fill, dict[str, int]], ...]
    places: dict[str, tuple[int, int]]
    others: tuple[Detector, ...]
    """Those of users."""


@lru_cache(maxsize=64)
def _plan(detectors: tuple[Detector, ...], kind: PageKind) -> _Plan:
    """Plan the rows of columns; detectors tell the names of theirs when they run without any block."""
    fills, places = [], dict[str, tuple[int, int]]()
    for each in (one for one in detectors if one.is_built_in):
        assert each.fill is not None
        blocks, names = nothing_measured(kind), _native.ColumnWriter(None)
        each.fill(stack_of(blocks), names)
        named = {
            (f"{each.name}.{name}" if name else each.name): (0, len(places) + row) for name, row in names.rows.items()
        }
        _refuse_twice(each, named, places)
        fills.append((each.fill, {name: len(places) + row for name, row in names.rows.items()}))
        places |= named
    return _Plan(tuple(fills), places, tuple(each for each in detectors if not each.is_built_in))


def _places(names: Iterable[str], apart: bool) -> dict[str, tuple[int, int]]:
    """Return where columns stand that no kernel filled: in the second matrix, or each in a matrix of its own."""
    return {name: (1 + place, 0) if apart else (1, place) for place, name in enumerate(names)}


def _refuse_twice(each: Detector, named: Mapping[str, object], known: Mapping[str, object]) -> None:
    if twice := named.keys() & known.keys():
        raise DetectorError(f"two detectors are named {each.name!r} (column {min(twice)!r}); rename one")


def _tables(found: dict[str, Column], owners: list[Detector], size: int) -> list[Floats]:
    """Return checked columns as the rows of one matrix, or where they are very long each as a matrix of its own."""
    if not found:
        return []
    rows = _rows(list(found.values()), size)
    if rows is not None:
        return [rows]
    pairs = list(zip(owners, found, strict=True))
    return [owner.checked(name, found.pop(name), size)[None] for owner, name in pairs]


def _rows(columns: list[Any], size: int) -> Floats | None:
    """Return all columns as rows of one matrix, or nothing if one of them may break the contract, or is very long."""
    if size > MAX_TOGETHER:
        return None  # one by one they need not be in memory twice
    for column in columns:
        if type(column) is not np.ndarray or column.shape != (size,) or column.dtype.kind not in "biuf":
            return None
    matrix = np.concatenate(columns, dtype=np.float64, casting="unsafe").reshape(len(columns), size)
    return matrix if np.isfinite(matrix).all() else None
