"""Average what was measured of pages."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from boilercut.training.measures import bootstrap_interval

Group = TypeVar("Group", bound=Hashable)
Value = TypeVar("Value")
Counts = Mapping[str, tuple[int, int]]
"""By kind: how many of how many."""


def grouped(pairs: Iterable[tuple[Group, Value]]) -> dict[Group, list[Value]]:
    """Collect values by group, groups in order of appearance."""
    groups: dict[Group, list[Value]] = defaultdict(list)
    for group, value in pairs:
        groups[group].append(value)
    return groups


def averaged(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the number of pages, and the mean of each figure over the pages that have it.

    Pairs ("how many of how many") are added up and give a share, counts by kind are added up by kind, and ``f1`` comes
    with an interval: 95 %, by bootstrap over pages.

    >>> averaged([{"recall": 1.0, "left": (1, 2)}, {"recall": 0.5, "left": (0, 2)}, {"recall": None, "left": (0, 0)}])
    {'pages': 3, 'recall': 0.75, 'left': 0.25}
    """
    columns = {name: [row[name] for row in rows if row[name] is not None] for name in rows[0]}
    means = {name: _average(values) for name, values in columns.items()}
    interval = {"interval": bootstrap_interval(columns["f1"])} if columns.get("f1") else {}
    return {"pages": len(rows), **means, **interval}


def share(counts: tuple[int, int]) -> float | None:
    """Return how much some is of all; `None` if there is nothing to count."""
    some, every = counts
    return some / every if every else None


def added_up(counts: Iterable[Counts]) -> Counts:
    """Add up counts by kind, with a total under ``"all"``; nothing to count gives no entries.

    >>> added_up([{"share": (1, 2)}, {"share": (0, 1), "legal": (1, 1)}])
    {'legal': (1, 1), 'share': (1, 3), 'all': (2, 4)}
    """
    groups = grouped((name, pair) for own in counts for kind, pair in own.items() for name in {kind, "all"})
    return {kind: _sums(groups[kind]) for kind in sorted(groups, key=lambda kind: (kind == "all", kind))}


def _average(values: Sequence[Any]) -> Any:
    if values and isinstance(values[0], Mapping):
        return added_up(values)
    if values and isinstance(values[0], tuple):
        return share(_sums(values))
    return sum(values) / len(values) if values else None


def _sums(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    some, every = map(sum, zip(*pairs, strict=True))
    return some, every
