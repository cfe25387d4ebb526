"""What boilercut costs before and besides its work: import, the first page, memory. Each in a fresh Python."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from typing import Any

__all__ = ["soak", "startup"]

_PAGE = "<p>One line of text, and a full stop.</p>"
_PROGRAMS = {
    "bare_python": "pass",
    "import": "import boilercut",
    "import_numpy": "import numpy",
    "first_html": f"import boilercut; boilercut.clean({_PAGE!r})",
    "first_text": "import boilercut; boilercut.clean('One line of text, and a full stop.')",
}
_TIMED = "import time; start = time.perf_counter()\n{}\nprint(time.perf_counter() - start)"
_SOAK = """
import resource
from benchmarks.speed.pages import KINDS, page
from boilercut import Cutter
cutter = Cutter()
sources = [page(kind, 20, "html", seed) for kind in KINDS for seed in range(10)]
readings = []
for number in range({pages}):
    cutter.clean(sources[number % len(sources)])
    if number % max({pages} // 5, 1) == 0 or number == {pages} - 1:
        with open("/proc/self/statm") as statm:
            readings.append(round(int(statm.read().split()[1]) * resource.getpagesize() / 1e6, 1))
print(readings)
"""
_HUGE = """
import resource, time
from benchmarks.speed.pages import page
text = page("article", 120, "text")
text = text * (50_000_000 // len(text.encode()))
from boilercut import Cutter
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
    """Return the median milliseconds of importing and of the first page, the programs taking turns."""
    seconds: dict[str, list[float]] = {name: [] for name in _PROGRAMS}
    for _ in range(rounds):
        for name, program in _PROGRAMS.items():
            seconds[name].append(float(_run(_TIMED.format(program))))
    return {f"{name}_ms": round(1000 * median(own), 1) for name, own in seconds.items()}


def soak(pages: int) -> dict[str, Any]:
    """Return resident megabytes along the way, and what a text of 50 MB takes."""
    return {"pages": pages, "resident_mb": _run(_SOAK.format(pages=pages)), "text_of_50_mb": _run(_HUGE)}


def _run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()
