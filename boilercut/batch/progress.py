"""What a run tells of its progress."""

from __future__ import annotations

from typing import Protocol

from boilercut.batch.journal import Counts

__all__ = ["Progress"]


class Progress(Protocol):
    """Shows the progress of a run."""

    def begin(self, total: int, done: int, counts: Counts) -> None:
        """Begin with the bytes of all inputs, and how many of them an interrupted run had done."""

    def advance(self, counts: Counts, position: int) -> None:
        """Show the counts and the position in the inputs, in bytes."""
