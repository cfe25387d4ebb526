"""The kernels of `boilercut._native`, by their old names."""

from boilercut import _native
from boilercut._native import build, markup_kernels

__all__ = ["build", "kernels", "markup_kernels"]

kernels = _native._loaded.get("boilercut._native.kernels")
