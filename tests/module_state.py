"""Run as a program: walk all values of boilercut's modules, clean pages in threads, walk again, and name every change.

One call before the first walk loads models, phrase lists and tables, which depend on the configuration alone. After it,
nothing may change.
"""

from __future__ import annotations

import gc
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = (
    "boilercut.adapters",
    "boilercut.arrow",
    "boilercut.batch",
    "boilercut.cli",
    "boilercut.training",
    "boilercut.__main__",
)
"""Parts that cleaning a page does not use; some need extras."""
PLAIN = (str, bytes, int, float, bool, complex, type(None), range, slice)

State = dict[str, str]


def main() -> int:
    """Return 1 where something changed, and print what."""
    modules = sorted(names())
    for name in modules:
        import_module(name)
    use(["<p>The river rose by two metres on Monday night.</p>", "The river rose by two metres on Monday night."])
    before = state(modules)
    sources = [
        path.read_bytes() for path in (ROOT / "tests" / "golden").glob("*/*") if path.suffix in (".html", ".txt")
    ]
    use([*sources, *(source.decode() for source in sources)])
    after = state(modules)
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    print(f"{len(before)} values in {len(modules)} modules; changed: {changed[:20] or 'none'}")
    return int(bool(changed))


def names() -> Iterator[str]:
    """Yield the modules that cleaning uses."""
    import boilercut

    yield "boilercut"
    for found in pkgutil.walk_packages(boilercut.__path__, "boilercut."):
        if not found.name.startswith(LEFT_OUT):
            yield found.name


def use(pages: list[Any]) -> None:
    """Clean, explain and report pages in threads, in stacks, and with rules."""
    import boilercut

    cutter = boilercut.Cutter(rules=[boilercut.Rule("drop", phrase="subscribe to our newsletter")])
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(boilercut.clean, pages)) == list(boilercut.Cutter().clean_many(pages))
        assert [result.text for result in pool.map(cutter.extract, pages)] == list(cutter.clean_many(pages))


def state(modules: list[str]) -> State:
    """Return a hash of every value that the modules hold, by the path to it."""
    found: State = {}
    seen: dict[int, Any] = {}
    for name in modules:
        for key, value in vars(sys.modules[name]).items():
            if not key.startswith("__"):
                walk(f"{name}.{key}", value, found, seen)
    return found


def walk(path: str, value: Any, found: State, seen: dict[int, Any]) -> None:
    """Add `value` and what it holds; `seen` keeps values alive, so that no number is given twice."""
    if isinstance(value, PLAIN):
        found[path] = repr(value)
    elif id(value) not in seen and not isinstance(value, ModuleType):
        seen[id(value)] = value
        found[path] = repr(type(value))
        if isinstance(value, np.ndarray):
            found[path] = f"{value.dtype} {value.shape} {sha256(value.tobytes()).hexdigest()}"
        elif isinstance(value, Mapping):
            for number, (key, item) in enumerate(value.items()):
                walk(f"{path}[{number}: {str(key)[:40]}]", item, found, seen)
        elif isinstance(value, (list, tuple)):
            for number, item in enumerate(value):
                walk(f"{path}[{number}]", item, found, seen)
        elif isinstance(value, (set, frozenset)):
            found[path] = repr(sorted(map(repr, value)))
        else:
            walk_object(path, value, found, seen)


def walk_object(path: str, value: Any, found: State, seen: dict[int, Any]) -> None:
    """Add what functions close over and remember, and what classes and objects of boilercut hold."""
    if isinstance(value, FunctionType):
        cells = [cell.cell_contents for cell in value.__closure__ or ()]
        walk(f"{path}()", (value.__defaults__, value.__dict__, cells), found, seen)
    elif hasattr(value, "cache_info"):
        remembered = [each for each in gc.get_referents(value) if isinstance(each, dict)]
        walk(f"{path}(cached)", remembered, found, seen)
    elif not isinstance(value, BuiltinFunctionType) and is_ours(value):
        walk(f"{path}.*", dict(vars(value)) if hasattr(value, "__dict__") else {}, found, seen)
        slots = [name for each in type(value).__mro__ for name in getattr(each, "__slots__", ())]
        walk(f"{path}.slots", {name: getattr(value, name, None) for name in slots}, found, seen)


def is_ours(value: Any) -> bool:
    """Return whether a class, or an object's class, is boilercut's."""
    owner = value if isinstance(value, type) else type(value)
    return str(owner.__module__).startswith("boilercut")


if __name__ == "__main__":
    sys.exit(main())
