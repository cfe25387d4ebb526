"""Import what comes with an extra, or say which one it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from boilercut.errors import MissingExtraError

__all__ = ["needs_extra"]


@contextmanager
def needs_extra(name: str) -> Iterator[None]:
    """Turn a failed import inside the block into `MissingExtraError`, which says what to install.

    >>> with needs_extra("arrow"):
    ...     import no_such_library
    Traceback (most recent call last):
    boilercut.errors.MissingExtraError: no_such_library is not installed: pip install 'boilercut[arrow]'
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"{error.name} is not installed: pip install 'boilercut[{name}]'") from error
