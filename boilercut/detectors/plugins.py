"""Detectors from other installed packages, found by entry point and loaded only when asked for.

A package offers a detector by an entry point of the group `boilercut.detectors`:

    [project.entry-points."boilercut.detectors"]
    tides = "my_package:tides"
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

from boilercut.detectors import BUILTIN, Detector
from boilercut.errors import PluginError

__all__ = ["GROUP", "installed_detectors"]

GROUP = "boilercut.detectors"
"""The group of entry points that is looked at."""


def installed_detectors(names: Iterable[str] | None = None) -> tuple[Detector, ...]:
    """Return the detectors that installed packages offer, sorted by name; those of `names`, or all.

    Use them as `Config(detectors=(*BUILTIN, *installed_detectors()))`. Nothing of another package is imported
    before this is called. Raises `PluginError`, naming entry point and package, for one that cannot be imported
    or is no detector, for two of one name, and for a name that nothing offers.

    >>> installed_detectors(["no_such_detector"])
    Traceback (most recent call last):
    boilercut.errors.PluginError: no installed package offers a detector 'no_such_detector'
    """
    offered = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    wanted = None if names is None else set(names)
    if missing := sorted((wanted or set()) - {point.name for point in offered}):
        raise PluginError(f"no installed package offers a detector {missing[0]!r}")
    found: dict[str, EntryPoint] = {}
    for point in offered:
        if wanted is None or point.name in wanted:
            if point.name in found:
                raise PluginError(f"{_described(point)}: {_described(found[point.name])} has the same name")
            found[point.name] = point
    return tuple(_loaded(point) for point in found.values())


def _loaded(point: EntryPoint) -> Detector:
    try:
        detector = point.load()
    except Exception as error:
        raise PluginError(f"{_described(point)} cannot be imported: {type(error).__name__}: {error}") from error
    if not isinstance(detector, Detector):
        raise PluginError(
            f"{_described(point)}: {point.value} is no detector but {type(detector).__name__}; "
            "decorate a function with @boilercut.detector(name)"
        )
    if detector.name != point.name:
        raise PluginError(f"{_described(point)}: the detector calls itself {detector.name!r}; use one name for both")
    if any(detector.name == each.name for each in BUILTIN):
        raise PluginError(f"{_described(point)}: boilercut has a detector of this name; choose another")
    return detector


def _described(point: EntryPoint) -> str:
    package = point.dist.name if point.dist is not None else "an unknown package"
    return f"detector {point.name!r} of {package}"
