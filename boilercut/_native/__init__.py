"""The only switch between the compiled build and the pure one.

The compiled build runs every module of `SOURCES` compiled, and the kernels besides; the pure build runs the same
sources as they are, and NumPy in the kernels' place. It is all or nothing: where a compiled module is missing or does
not load, none is used, and a warning says so.

`BOILERCUT_PURE=1` keeps the compiled modules out, when installing and when running. With `BOILERCUT_REQUIRE_NATIVE=1`
it is an error that they cannot be used. They count in 64 bits as NumPy does, so a Python of 32 does without them.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from boilercut.errors import BoilercutError

__all__ = [
    "SOURCES", "ColumnWriter", "NativeError", "Stack", "build", "chosen_kernels", "chosen_markup",
    "chosen_source", "sources",
]  # fmt: skip

SOURCES = (
    "boilercut.read.lines", "boilercut.decide.neighbours", "boilercut.decide.probability", "boilercut.decide.ranges",
    "boilercut.decide.surroundings", "boilercut.decide.threshold", "boilercut.detectors.anchors",
    "boilercut.detectors.headlines", "boilercut.detectors.lexicons", "boilercut.detectors.links",
    "boilercut.detectors.lists", "boilercut.detectors.page", "boilercut.detectors.page_counts",
    "boilercut.detectors.position", "boilercut.detectors.posts", "boilercut.detectors.prompts",
    "boilercut.detectors.repetition", "boilercut.detectors.shape", "boilercut.detectors.structure",
    "boilercut.detectors.topic", "boilercut.model.passages",
)  # fmt: skip
"""Modules that are compiled as they are, each to a module of the same last name in this folder; setup.py reads this."""
KERNELS = (
    "boilercut._native.stack", "boilercut._native.kernels", "boilercut._native.source", "boilercut._native.markup",
)  # fmt: skip
"""Modules in Cython, beside which stands another implementation."""


class NativeError(BoilercutError, ImportError):
    """The compiled modules are asked for and cannot be used."""


def _compiled_names() -> tuple[str, ...]:
    return (*KERNELS, *(f"boilercut._native.{name.rpartition('.')[2]}" for name in SOURCES))


def _load() -> tuple[dict[str, ModuleType], dict[str, ImportError]]:
    """Return the compiled modules by name, and why others could not be loaded."""
    if os.environ.get("BOILERCUT_PURE") == "1" or sys.maxsize < 1 << 32:
        return {}, {}
    loaded, failed = {}, {}
    for name in _compiled_names():
        try:
            loaded[name] = import_module(name)
        except ImportError as error:
            failed[name] = error
    return loaded, failed


def _is_absent(name: str, error: ImportError) -> bool:
    return isinstance(error, ModuleNotFoundError) and error.name == name


def _problem(loaded: Mapping[str, ModuleType], failed: Mapping[str, ImportError]) -> str:
    """Say what went wrong, if anything did: an installation without any compiled module is a pure one."""
    if not failed or (not loaded and all(_is_absent(*each) for each in failed.items())):
        return ""
    name, error = next(iter(failed.items()))
    return (
        f"{len(failed)} of {len(failed) + len(loaded)} compiled modules cannot be loaded, so none is used; "
        f"reinstall boilercut ({name}: {error})"
    )


_loaded, _failed = _load()
PROBLEM = _problem(_loaded, _failed)
"""Why the compiled modules are not used though some are there; empty where all is well."""
if os.environ.get("BOILERCUT_REQUIRE_NATIVE") == "1" and (_failed or not _loaded):
    raise NativeError(PROBLEM or "BOILERCUT_REQUIRE_NATIVE=1, but no compiled module is installed or allowed")
if PROBLEM:
    warnings.warn(PROBLEM, RuntimeWarning, stacklevel=2)
    _loaded = {}


class _Sources(dict[str, Any]):
    """The modules of `SOURCES` by their last names, as this build runs them."""

    def __missing__(self, name: str) -> Any:
        full_name = next(each for each in SOURCES if each.endswith(f".{name}"))
        module = _loaded.get(f"boilercut._native.{name}") or import_module(full_name)
        self[name] = module
        return module


sources = _Sources()


def _chosen(name: str) -> Any:
    """Return the compiled module, or the one beside it that does the same without a compiler."""
    return _loaded.get(f"boilercut._native.{name}") or import_module(f"boilercut._native.{name}_py")


# Not by the modules' own names: importing a submodule sets its name in the package.
chosen_kernels, chosen_source, chosen_markup = map(_chosen, ("kernels", "source", "markup"))
Stack, ColumnWriter = _chosen("stack").Stack, _chosen("stack").ColumnWriter


def build() -> str:
    """Name the build: "compiled" or "pure Python"; say so where compiled modules are there that cannot be used."""
    name = "compiled" if _loaded else "pure Python"
    return f"{name} ({PROBLEM})" if PROBLEM else name
