"""No regular expression takes more than linear time, whatever stands on a page: each is run over texts made to hurt it.

Texts are built out of what the pattern itself looks for, repeated; what takes quadratic time over one of them takes
four times as long over twice as much.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from itertools import product
from pathlib import Path
from pkgutil import walk_packages
from random import Random
from typing import Any

import pytest

import boilercut
from tests.attacks import Attack, attacks
from tests.growth import MAX_GROWTH, growth, seconds

FEW = 24
"""Characters that take seconds where each of them doubles the time."""
PROBED = 8_000
"""Characters, and twice as many: what takes a quadratic time takes some milliseconds over them already."""
MAX_SECONDS = 0.25
"""For a few characters."""

RUN = 8000
"""Characters of a run: what takes quadratic time takes tens of milliseconds over them."""

MATCHED_ONCE = {
    "boilercut.hints._ADDRESS": "a line of 2,048 characters at most: fullmatch",
    "boilercut.hints._FILE_NAME": "a line of 2,048 characters at most: fullmatch",
    "boilercut.hints._JSON": "the beginning of an input: match",
    "boilercut.hints._FEED": "the beginning of an input: match",
    "boilercut.model.inputs._INPUT": "the name of an input of a model: fullmatch",
    "boilercut.read.html.data._STATE": "the beginning of a script: match",
    "boilercut.read.html.data._FLIGHT_ROW": "the beginning of a line: match",
    "boilercut.read.html.data._NO_PROSE": "the beginning of a text: match",
    "boilercut.read.html.recover._XML": "the beginning of a page: match",
    "boilercut.read.html.bounds._DOCTYPE": "the beginning of a page: match",
    "boilercut.batch.archives._ARC_HEADER": "a whole line: fullmatch",
    "boilercut.batch.messages._CHUNK_LENGTH": "the beginning of a chunk's line: match",
    "boilercut.batch.names._MADE_HERE": "a whole name: fullmatch",
    "boilercut.batch.names._FILE_HERE": "a whole name: fullmatch",
    "boilercut.read.html.metadata._LANGUAGE": "a whole tag: fullmatch",
    "boilercut.read.html.metadata._ISO": "the beginning of a date: match",
    "boilercut.read.decode._LABEL": "the beginning of an attribute's value: match",
    "boilercut.read.html.selectors._SPACE": "where the reader is: match",
    "boilercut.read.html.selectors._NAME": "where the reader is: match",
    "boilercut.read.html.selectors._STRING": "where the reader is: match",
    "boilercut.read.html.selectors._OPERATOR": "where the reader is: match",
    "boilercut.read.html.selectors._COMBINATOR": "where the reader is: match",
    "boilercut.read.html.selectors._PLACES": "all between parentheses: fullmatch",
    "boilercut.read.html.selectors._TO_PARENTHESIS": "where the reader is: match",
    "boilercut.read.html.select._PLAIN_NAME": "a whole name: fullmatch",
    "boilercut.read.sniff._DOCUMENT_START": "the beginning of a page: match",
}
"""Patterns that are tried at one place only, and where; at every place some would take quadratic time."""
MAX_DEPTH = 3
"""Levels of collections and classes in which patterns are looked for."""
OPENINGS = ("", "<", '<a b="', "<a b=c ", "<!--", "<script>", "window.a")
STOPS = {"boilercut.read.html.spans._MARKUP": "unfinished"}
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


def _patterns_in(value: object, depth: int = 0) -> Iterator[tuple[str, Any]]:
    if hasattr(value, "finditer") and hasattr(value, "pattern"):  # those of `re` and of RE2
        yield "", value
    elif depth < MAX_DEPTH:
        for key, each in _held(value):
            yield from ((f"{key}{rest}", pattern) for rest, pattern in _patterns_in(each, depth + 1))


def _held(value: object) -> Iterator[tuple[str, object]]:
    """Yield what a collection holds, and the attributes of a class of boilercut's own."""
    if isinstance(value, Mapping):
        yield from ((f"[{key}]", each) for key, each in value.items())
    elif isinstance(value, (tuple, list, set, frozenset)):
        yield from ((f"[{place}]", each) for place, each in enumerate(value))
    elif isinstance(value, type) and value.__module__.startswith("boilercut"):
        yield from ((f".{key}", each) for key, each in vars(value).items())


PATTERNS = patterns()


def test_all_modules_are_looked_at() -> None:
    assert {name.split(".")[1] for name in PATTERNS} >= {"batch", "blocks", "detectors", "model", "read", "render"}
    assert set(PATTERNS) >= {*MATCHED_ONCE, *STOPS}


@pytest.mark.slow
@pytest.mark.parametrize("name", PATTERNS)
def test_time_is_linear(name: str) -> None:
    assert_all_linear(PATTERNS[name], _use_of(name))


@pytest.mark.slow
@pytest.mark.parametrize("source", [r"<a[^>]*x>", r"\s+$", r"<!--.*?-->", r"<a(?:\s[^<>]*)*>"])
def test_quadratic_time_is_detected(source: str) -> None:
    pattern = re.compile(source)
    with pytest.raises(AssertionError, match="seconds"):
        assert_all_linear(pattern, lambda text: _search_all(pattern, text))


@pytest.mark.slow
@pytest.mark.parametrize("name", PATTERNS)
def test_runs_of_what_a_pattern_repeats_take_linear_time(name: str) -> None:
    use = _use_of(name)
    is_bytes = isinstance(PATTERNS[name].pattern, bytes)
    for attack in attacks(PATTERNS[name]):

        def run(size: int, attack: Attack = attack) -> None:
            text = attack.text(size)
            use(text.encode("latin-1", "replace") if is_bytes else text)

        assert growth(run, RUN) <= MAX_GROWTH, attack


@pytest.mark.slow
@pytest.mark.parametrize("source", [r'"@type"\s*:\s*\[?\s*"', r"<a[^>]*x>", r"x[ab]*[bc]*d"])
def test_runs_find_what_takes_quadratic_time(source: str) -> None:
    pattern = re.compile(source)

    def run(size: int, attack: Attack) -> None:
        _search_all(pattern, attack.text(size))

    assert any(growth(partial(run, attack=attack), RUN) > 3 for attack in attacks(pattern))


@pytest.mark.parametrize("path", sorted(Path(boilercut.__path__[0]).rglob("*.py")), ids=str)
def test_patterns_are_compiled_where_they_are_found(path: Path) -> None:
    """All patterns are compiled at the top level; functions of `re` take a mark that is no pattern."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Lambda))]
    inside = {id(each) for function in functions for each in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "re":
            compiled = node.func.attr == "compile" and id(node) not in inside
            mark = node.func.attr == "finditer" and ast.unparse(node.args[0]) in ("mark", r"'\n'")
            assert compiled or mark, f"line {node.lineno}: {ast.unparse(node)}"
        assert not (isinstance(node, ast.ImportFrom) and node.module == "re"), f"line {node.lineno}: write `import re`"


def assert_all_linear(pattern: Any, use: Callable[[Any], object]) -> None:
    """Raise AssertionError where `use` takes long over a text, or much longer over twice as much of it."""
    for opening, unit in product(OPENINGS, _units(_source(pattern))):

        def run(size: int, opening: str = opening, unit: str = unit) -> None:
            use(_text(pattern, opening, unit, size))

        assert seconds(run, FEW) < MAX_SECONDS, f"{opening!r}, then {unit!r}: seconds"
        assert growth(run, PROBED) <= MAX_GROWTH, f"{opening!r}, then {unit!r}: seconds grow faster than the text"


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
