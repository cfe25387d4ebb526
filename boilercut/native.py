"""Which build this is: `kernels` is the compiled module, or None where NumPy does its work.

The variable `BOILERCUT_PURE=1` keeps the compiled module out, when installing and when running.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["build", "kernels"]


def _load() -> ModuleType | None:
    if os.environ.get("BOILERCUT_PURE") == "1":
        return None
    try:
        return import_module("boilercut._kernels")
    except ImportError:
        return None


kernels: Any = _load()


def build() -> str:
    """Name the build: "compiled" or "pure Python"."""
    return "pure Python" if kernels is None else "compiled"
