"""Measure import, the first page and memory, each in a fresh Python."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from statistics import median
from typing import Any

__all__ = ["huge_text", "startup"]

_PAGE = "<p>One line of text, and a full stop.</p>"
_PROGRAMS = {
    "bare_python": "pass",
    "import": "import boilercut",
    "import_numpy": "import numpy",
    "first_html": f"import boilercut; boilercut.clean({_PAGE!r})",
    "first_text": "import boilercut; boilercut.clean('One line of text, and a full stop.')",
}
_TIMED = "import time; start = time.perf_counter()\n{}\nprint(time.perf_counter() - start)"
_HUGE = """
import resource, time
from benchmarks.quality.data import REPOSITORY
from boilercut import Cutter
from boilercut.read import read
pages = sorted((REPOSITORY / "tests/golden/realistic").glob("*.html"))
text = "\\n".join(read(page.read_bytes(), "html").text for page in pages)
text *= 50_000_000 // len(text.encode())
cutter = Cutter()
cutter.clean("One line of text, and a full stop.")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.thread_time()
cutter.clean(text, kind="text")
seconds = time.thread_time() - start
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
size = len(text.encode())
print(dict(bytes=size, seconds=round(seconds, 1), times_input=round((after - before) * 1024 / size, 1)))
"""


def startup(rounds: int) -> dict[str, Any]:
    """Return the median milliseconds of importing and of the first page, the programs taking turns.

    Modules are compiled to bytecode beforehand, as pip leaves them, even where the environment forbids it.
    """
    seconds: dict[str, list[float]] = {name: [] for name in _PROGRAMS}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}
        for program in _PROGRAMS.values():
            _run(program, environment)
        for _ in range(rounds):
            for name, program in _PROGRAMS.items():
                seconds[name].append(float(_run(_TIMED.format(program), environment)))
    return {f"{name}_ms": round(1000 * median(own), 1) for name, own in seconds.items()}


def huge_text() -> str:
    """Return how long a text of 50 MB takes, and how many times its size in memory."""
    return _run(_HUGE)


def _run(program: str, environment: Mapping[str, str] | None = None) -> str:
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout.strip()
