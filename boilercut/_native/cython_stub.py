"""What the single sources need of `cython` where they run uncompiled: names that do nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["cython"]

Function = TypeVar("Function", bound=Callable[..., Any])


class _NoGil:
    """Stands for `cython.nogil`, which is a block and a decorator."""

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...

    def __call__(self, function: Function) -> Function:
        """Return the function as it is."""
        return function


class cython:  # noqa: N801  (stands for the module of that name)
    """The decorators and blocks of Cython's pure-Python mode that boilercut's sources use."""

    compiled = False
    nogil = _NoGil()

    @staticmethod
    def cfunc(function: Function) -> Function:
        """Mark a function of C."""
        return function

    inline = cfunc

    @staticmethod
    def exceptval(*, check: bool) -> Callable[[Function], Function]:
        """Say that a function never raises."""
        return lambda function: function
