"""Keep labels in one JSON-lines file that only grows: a line per labelled page, on the disk before it is confirmed."""

from __future__ import annotations

import json
import os
from itertools import islice, zip_longest
from pathlib import Path
from typing import TypeAlias

from boilercut.training.label_files import LabelError, LabelledPage, line_of, read_labels
from boilercut.training.labelling.queue import key_of

__all__ = ["Choices", "LabelStore"]

BINARY = getattr(os, "O_BINARY", 0)
"""On Windows, leaves line ends as they are."""
LINE_START = b'{"page": '
"""What every line of labels begins with."""
Choices: TypeAlias = tuple[tuple[bool, str], ...]
"""For each block of a page, whether it is kept, and its kind."""


class LabelStore:
    """The labels in a file; a page that is labelled again gets another line, and readers take the last one.

    Raises `LabelError` if the file holds anything but labels.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            data = file.read_bytes() if file.exists() else b""
            end = _end_of_labels(data)
            lines = sum(bool(line.strip()) for line in data[:end].split(b"\n"))
            pages = islice(read_labels([file]), lines)
            self._choices = {key_of(page.kind, page.page): _choices(page) for page in pages}
            _mend(file, data, end)  # labels only: a file of anything else stays as it is
        except OSError as error:
            raise LabelError(f"{file}: cannot be used ({error})") from error
        self.torn_bytes = len(data) - end
        """Length of a last line that was torn when something stopped the last run; it is gone from the file."""

    def __len__(self) -> int:
        return len(self._choices)

    def __contains__(self, key: object) -> bool:
        return key in self._choices

    def get(self, key: str) -> Choices | None:
        """Return what was chosen for a page; None if it has no labels."""
        return self._choices.get(key)

    def append(self, page: LabelledPage) -> None:
        """Write the labels of a page as one line, and return once the disk has it."""
        data = line_of(page).encode()
        descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | BINARY, 0o666)
        try:
            size = os.fstat(descriptor).st_size
            if os.write(descriptor, data) != len(data):  # a full disk
                os.ftruncate(descriptor, size)
                raise OSError("no space left")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self._choices[key_of(page.kind, page.page)] = _choices(page)


def _choices(page: LabelledPage) -> Choices:
    return tuple((keep, kind or "") for (keep, _), kind in zip_longest(page.blocks or (), page.kinds))


def _end_of_labels(data: bytes) -> int:
    """Return where the last line of a file ends, or begins if something stopped while it was written."""
    end = data.rfind(b"\n") + 1
    tail = data[end:]
    if not tail or tail[: len(LINE_START)] != LINE_START[: len(tail)]:
        return len(data)
    try:
        json.loads(tail)
    except (ValueError, RecursionError):
        return end
    return len(data)


def _mend(file: Path, data: bytes, end: int) -> None:
    """End the last line of a file, or cut off what is torn."""
    if end < len(data):
        os.truncate(file, end)
    elif data and not data.endswith(b"\n"):
        with file.open("ab") as stream:
            stream.write(b"\n")
