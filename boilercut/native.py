"""The kernels of `boilercut._native`, by their old names."""

from boilercut._native import build, kernels, markup_kernels

__all__ = ["build", "kernels", "markup_kernels"]
