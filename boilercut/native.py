"""Which build this is: `kernels` and its like are the compiled modules, or None where NumPy does their work.

The variable `BOILERCUT_PURE=1` keeps the compiled modules out, when installing and when running. They count in 64 bits
as NumPy does, so a Python of 32 does without them.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["build", "column_kernels", "kernels", "markup_kernels"]


def _load(name: str) -> ModuleType | None:
    if os.environ.get("BOILERCUT_PURE") == "1" or sys.maxsize < 1 << 32:
        return None
    try:
        return import_module(f"boilercut.{name}")
    except ImportError:
        return None


kernels: Any = _load("_kernels")
column_kernels: Any = _load("_columns")
markup_kernels: Any = _load("_markup")


def build() -> str:
    """Name the build: "compiled" or "pure Python"."""
    return "pure Python" if kernels is None else "compiled"
