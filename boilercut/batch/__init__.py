"""Bulk work: pages from files, crawls and tables in, articles out.

inputs → readers → work (chunks, processes) → outputs, with a journal from which a run that was killed goes on.
`run(Job(...))` is the whole of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boilercut.batch.job import Job
    from boilercut.batch.pipeline import run

__all__ = ["Job", "run"]


def __getattr__(name: str) -> Any:
    """Load the names when they are first asked for: the command line needs the options only."""
    if name not in __all__:
        raise AttributeError(f"module 'boilercut.batch' has no attribute {name!r}")
    from boilercut.batch import job, pipeline

    return getattr(job if name == "Job" else pipeline, name)
