"""Remember what a run has committed, so that it can be continued after whatever ended it.

A line is added to the journal once everything that it describes is on the disk. A last line that was cut off does
not count.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boilercut.batch.outputs import AppendFile
from boilercut.batch.records import Failed, Skipped, class_of
from boilercut.errors import InputError

__all__ = ["Counts", "Journal", "State"]


@dataclass(kw_only=True)
class Counts:
    """The outcomes of the records read, counted."""

    written: int = 0
    bytes: int = 0
    """Characters or bytes of the pages read."""
    skipped: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    @property
    def read(self) -> int:
        """The number of records read."""
        return self.written + self.skipped.total() + self.failed.total()

    def add_unwritten(self, outcome: Failed | Skipped) -> None:
        """Count a record that gives no output."""
        if isinstance(outcome, Failed):
            self.failed[class_of(outcome.reason)] += 1
        else:
            self.skipped[outcome.reason] += 1


@dataclass(kw_only=True)
class State:
    """The point that a run has reached."""

    source: int = 0
    number: int = 0
    """The next record to read, and its input."""
    output: int = 0
    errors: int = 0
    """Lengths of the output and of the file of failures."""
    complete: bool = False
    counts: Counts = field(default_factory=Counts)

    def to_dict(self) -> dict[str, Any]:
        """Return the state as plain values."""
        return {**vars(self), "counts": vars(self.counts)}

    @staticmethod
    def of(stored: dict[str, Any]) -> State:
        """Read a state back."""
        counts = stored.pop("counts")
        counts["skipped"], counts["failed"] = Counter(counts["skipped"]), Counter(counts["failed"])
        return State(**stored, counts=Counts(**counts))


class Journal:
    """The journal of one output, which one run at a time can have open.

    Raises `InputError` if another run has. A run that was killed has it open no more.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = AppendFile(path)
        lines = self._file.read().splitlines(keepends=True)
        self._lines = [line for line in lines if line.endswith(b"\n")]
        self.is_empty = not self._lines
        """Whether there is no run to continue: none was begun, or the last one ended well."""

    def begin(self, run: dict[str, Any], *, resume: bool) -> State:
        """Note a `run`, a description of inputs and options; return where to begin.

        Raises `InputError` if the journal is that of another run.
        """
        lines = self._lines if resume else []
        try:
            first, state = json.loads(lines[0]) if lines else run, _last_state(lines)
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{self.path} is damaged; start over with --overwrite") from error
        _check_same(first, run, self.path)
        self._file.cut_back(sum(map(len, lines)))
        if not lines:
            self._add(run)
        return state

    def commit(self, state: State) -> None:
        """Note a state whose output is on the disk."""
        self._add(state.to_dict())

    def finish(self) -> None:
        """Forget the run."""
        self.is_empty = True

    def close(self) -> None:
        """Close the journal; it stays if the run can be continued."""
        if os.name == "nt":  # where open files cannot be removed
            self._file.close()
        if self.is_empty:
            with suppress(OSError):
                self.path.unlink()
        self._file.close()

    def _add(self, entry: dict[str, Any]) -> None:
        self._file.write(json.dumps(entry).encode() + b"\n")
        self._file.sync()
        self.is_empty = False


def _last_state(lines: Sequence[bytes]) -> State:
    return State.of(json.loads(lines[-1])) if len(lines) > 1 else State()


def _check_same(before: dict[str, Any], now: dict[str, Any], path: Path) -> None:
    if changed := [key for key in now if before.get(key) != now[key]]:
        raise InputError(
            f"{path}: the run to continue had other {' and '.join(changed)}; start over with --overwrite, or call "
            "it as before"
        )
