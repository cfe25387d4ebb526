"""No regular expression takes more than linear time, whatever stands on a page: each is run over texts made to hurt it.

Texts are built out of what the pattern itself looks for, repeated; what takes quadratic time over one of them takes
four times as long over twice as much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import product
from pkgutil import walk_packages
from random import Random
from time import thread_time
from typing import Any

import pytest

import boilercut

FEW = 24
"""Characters that take seconds where each of them doubles the time."""
PROBED = 8_000
"""Characters that are tried first: what takes a quadratic time takes some milliseconds over them already."""
LENGTHS = (20_000, 40_000, 80_000)
TRIFLE, FLOOR = 0.002, 0.006
"""Seconds over the first and over the last of these that prove nothing."""
MAX_RATIO = 3.0
"""Of the time for twice the text: 2 is linear, 4 quadratic."""
MAX_SECONDS = 0.25
"""For 80,000 characters."""

MATCHED_ONCE = {
    "boilercut.model.inputs._INPUT": "the name of an input of a model: fullmatch",
    "boilercut.read.data._STATE": "the beginning of a script: match",
    "boilercut.read.data._FLIGHT_ROW": "the beginning of a line: match",
    "boilercut.read.data._NO_PROSE": "the beginning of a text: match",
    "boilercut.read.recover._XML": "the beginning of a page: match",
    "boilercut.read.bounds._DOCTYPE": "the beginning of a page: match",
    "boilercut.read.sniff._DOCUMENT_START": "the beginning of a page: match",
}
"""Patterns that are tried at one place only, and where; at every place some would take quadratic time."""
OPENINGS = ("", "<", '<a b="', "<a b=c ", "<!--", "<script>", "window.a")
STOPS = {"boilercut.read.spans._MARKUP": "unfinished"}
"""Patterns that are searched for until a group matches."""


def patterns() -> dict[str, Any]:
    """Return the compiled patterns of all modules, in tuples and mappings too, by name; each once."""
    found: dict[str, Any] = {}
    for module in walk_packages(boilercut.__path__, "boilercut."):
        if not module.name.endswith("__main__"):
            try:
                names = vars(import_module(module.name))
            except ImportError:  # needs an extra that is not here
                continue
            for name, value in names.items():
                for key, pattern in _patterns_in(value):
                    found.setdefault(f"{module.name}.{name}{key}", pattern)
    return found


def _patterns_in(value: object) -> Iterator[tuple[str, Any]]:
    if hasattr(value, "finditer") and hasattr(value, "pattern"):  # those of `re` and of RE2
        yield "", value
    elif isinstance(value, dict):
        yield from ((f"[{key}]", each) for key, each in value.items() if hasattr(each, "finditer"))
    elif isinstance(value, (tuple, list)):
        yield from ((f"[{place}]", each) for place, each in enumerate(value) if hasattr(each, "finditer"))


PATTERNS = patterns()


def test_all_modules_are_looked_at() -> None:
    assert {name.split(".")[1] for name in PATTERNS} >= {"batch", "characters", "detectors", "model", "read", "render"}
    assert set(PATTERNS) >= {*MATCHED_ONCE, *STOPS}


@pytest.mark.parametrize("name", PATTERNS)
def test_time_is_linear(name: str) -> None:
    assert_all_linear(PATTERNS[name], _use_of(name))


@pytest.mark.parametrize("source", [r"<a[^>]*x>", r"\s+$", r"<!--.*?-->", r"<a(?:\s[^<>]*)*>"])
def test_what_takes_quadratic_time_is_told(source: str) -> None:
    pattern = re.compile(source)
    with pytest.raises(AssertionError, match="seconds"):
        assert_all_linear(pattern, lambda text: _search_all(pattern, text))


def assert_all_linear(pattern: Any, use: Callable[[Any], object]) -> None:
    """Raise AssertionError where `use` takes long over a text, or much longer over twice as much of it."""
    for opening, unit in product(OPENINGS, _units(_source(pattern))):
        assert _seconds(use, _text(pattern, opening, unit, FEW), 1) < MAX_SECONDS, (
            f"{opening!r}, then {unit!r}: seconds"
        )
        if _seconds(use, _text(pattern, opening, unit, PROBED), 1) < TRIFLE:
            continue
        before = MAX_SECONDS
        for length in LENGTHS:
            now = _seconds(use, _text(pattern, opening, unit, length), 3)
            most = max(FLOOR, min(MAX_RATIO * before, MAX_SECONDS))
            assert now < most, f"{now} seconds for {length} characters: {opening!r}, then {unit!r}"
            before = now


def _seconds(use: Callable[[Any], object], text: str | bytes, times: int) -> float:
    """Return the shortest time that `use` takes of this thread's."""
    taken = []
    for _ in range(times):
        begun = thread_time()
        use(text)
        taken.append(thread_time() - begun)
        if taken[-1] > MAX_SECONDS:
            break
    return min(taken)


def _use_of(name: str) -> Callable[[Any], object]:
    """Return how a module uses a pattern: what is searched for may be tried at every place of a page."""
    pattern = PATTERNS[name]
    if name in MATCHED_ONCE:
        return pattern.fullmatch if "fullmatch" in MATCHED_ONCE[name] else pattern.match  # type: ignore[no-any-return]
    return lambda text: _search_all(pattern, text, STOPS.get(name))


def _search_all(pattern: Any, text: str | bytes, stop: str | None = None) -> None:
    for match in pattern.finditer(text):
        if stop and match[stop]:
            break


def _source(pattern: Any) -> str:
    return pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")


def _text(pattern: Any, opening: str, unit: str, length: int) -> str | bytes:
    """Return a unit over and over, behind something that may stay open, before something that may not be expected."""
    text = opening + unit * (length // len(unit)) + "~"
    return text if isinstance(pattern.pattern, str) else text.encode("utf-8", "replace")


def _units(source: str) -> Iterator[str]:
    """Yield what to repeat: each piece of a pattern's source, behind "<" too, and some of them in a row."""
    words = re.findall(r"[A-Za-z]{2,}", re.sub(r"\[([a-z])[A-Z]\]", r"\1", source))
    marks = re.findall(r"[<>!/?=-]{2,}", source)
    pieces = sorted({*"<>/=\"' \n-!a0&;", *(each for each in source if not each.isalnum()), *words[:4], *marks[:4]})
    yield from pieces
    yield from (f"<{piece}" for piece in pieces)
    chance = Random(7)  # the same on every run
    yield from ("".join(chance.choices(pieces, k=chance.randint(2, 5))) for _ in range(24))
