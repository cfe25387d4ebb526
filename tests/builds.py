"""Both builds in one process: the package as it is installed, and a copy of it that runs uncompiled."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any
from unittest.mock import patch

from boilercut import _native

__all__ = ["BUILDS", "Build", "build_named"]

BUILDS = ("installed", "uncompiled")
PURE = {"BOILERCUT_PURE": "1", "BOILERCUT_REQUIRE_NATIVE": ""}
"""What chooses the uncompiled build, even where the tests run with the compiled one required."""
LOADED = ("boilercut.cutter", "boilercut.detectors.learned", "boilercut.read.html.recover", "boilercut.detectors.core")


class Build:
    """The package's modules as one build runs them, by name: `build["boilercut.cutter"].Cutter()`."""

    def __init__(self, modules: Mapping[str, ModuleType]) -> None:
        self._modules = dict(modules)

    def __getitem__(self, name: str) -> Any:
        if name not in self._modules:
            with self.active():
                import_module(name)
                self._modules |= _own_modules()
        return self._modules[name]

    def run(self, function: Callable[[], Any]) -> Any:
        """Call a function; what is imported while it runs comes from this build, too."""
        with self.active():
            return function()

    @contextmanager
    def active(self) -> Iterator[None]:
        """Make what is imported inside the block come from this build."""
        held = _own_modules()
        for name in held:
            del sys.modules[name]
        sys.modules.update(self._modules)
        try:
            with patch.dict(os.environ, PURE):
                yield
        finally:
            self._modules |= _own_modules()
            for name in _own_modules():
                del sys.modules[name]
            sys.modules.update(held)


class _Installed(Build):
    def __getitem__(self, name: str) -> Any:
        return import_module(name)

    @contextmanager
    def active(self) -> Iterator[None]:
        yield


def _own_modules() -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "boilercut"}


@cache
def build_named(name: str) -> Build:
    """Return one of `BUILDS`."""
    if name == "installed":
        return _Installed({})
    build = Build({})
    for module in LOADED:
        build[module]
    assert build["boilercut._native"].build() == "pure Python"
    assert build["boilercut._native"] is not _native
    return build
