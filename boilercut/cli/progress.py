"""Show how a bulk run goes: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from boilercut.batch.journal import Counts

__all__ = ["Bar", "Lines", "Pace", "progress_for", "summary_lines"]

LINE_SECONDS = 10.0
"""Seconds between lines where there is no terminal."""
MAX_REASONS = 8
"""More reasons than these are summed up."""


class Pace:
    """Pages, bytes and time since a run began or went on."""

    def __init__(self) -> None:
        self.started = monotonic()
        self._pages = self._bytes = 0

    def start(self, counts: Counts) -> None:
        """Take what an interrupted run had done as the point to count from."""
        self._pages, self._bytes = counts.written, counts.bytes

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return max(monotonic() - self.started, 1e-9)

    def rates(self, counts: Counts) -> str:
        """Return pages and megabytes a second."""
        pages, size = counts.written - self._pages, counts.bytes - self._bytes
        return f"{pages / self.seconds:,.0f} pages/s, {size / self.seconds / 1e6:,.1f} MB/s"


class Lines:
    """A line every ten seconds."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._shown = monotonic()
        self._total = self._done = 0

    def begin(self, total: int, done: int, counts: Counts) -> None:
        """Note how much there is to read."""
        self._pace.start(counts)
        self._total, self._done = total, done

    def advance(self, counts: Counts, position: int) -> None:
        """Write a line, if it is time for one."""
        if monotonic() - self._shown >= LINE_SECONDS:
            self._shown = monotonic()
            click.echo(f"boilercut: {self._line(counts, position)}", err=True)

    def _line(self, counts: Counts, position: int) -> str:
        line = f"{counts.written:,} pages, {self._pace.rates(counts)}"
        if position <= self._done or not self._total:
            return line
        left = self._pace.seconds * (self._total - position) / (position - self._done)
        return f"{line}, {position / self._total:.0%} of the input, {duration(left)} left"

    def close(self) -> None:
        """Leave the last line as it is."""


class Bar:
    """A bar with pages a second, megabytes a second and the time left; needs rich."""

    def __init__(self, pace: Pace) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._pace = pace
        self._progress: Any = Progress(
            BarColumn(bar_width=None),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.description},"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=Console(stderr=True),
        )
        self._task = self._progress.add_task("0 pages", total=None)

    def begin(self, total: int, done: int, counts: Counts) -> None:
        """Show the bar."""
        self._pace.start(counts)
        self._progress.start()
        self._progress.update(self._task, total=total or None, completed=done)

    def advance(self, counts: Counts, position: int) -> None:
        """Move the bar."""
        description = f"{counts.written:,} pages, {self._pace.rates(counts)}"
        self._progress.update(self._task, completed=position, description=description)

    def close(self) -> None:
        """Leave the bar as it is, and end its thread."""
        self._progress.stop()


def progress_for(pace: Pace, *, terminal: bool) -> Bar | Lines:
    """Return a bar for a terminal if rich is installed, else lines."""
    if terminal:
        try:
            return Bar(pace)
        except ModuleNotFoundError:
            pass
    return Lines(pace)


def summary_lines(counts: Counts, pace: Pace, output: str, errors: str) -> list[str]:
    """Return what became of all records: what was read is what was written, skipped and failed."""
    failed = f" ({errors})" if counts.failed else ""
    return [
        f"read     {counts.read:>9,} records in {duration(pace.seconds)}: {pace.rates(counts)}",
        f"written  {counts.written:>9,} pages to {output}",
        f"skipped  {counts.skipped.total():>9,}{_reasons(counts.skipped)}",
        f"failed   {counts.failed.total():>9,}{_reasons(counts.failed)}{failed}",
    ]


def _reasons(counter: Any) -> str:
    common = counter.most_common(MAX_REASONS)
    parts = [f"{number:,} {reason}" for reason, number in common]
    if rest := counter.total() - sum(number for _, number in common):
        parts.append(f"{rest:,} for other reasons")
    return f": {'; '.join(parts)}" if parts else ""


def duration(seconds: float) -> str:
    """Return a time as a person says it.

    >>> duration(7.25), duration(200), duration(7300)
    ('7.2 s', '3 min 20 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
    return f"{seconds // 3600:.0f} h {seconds % 3600 // 60:.0f} min"
