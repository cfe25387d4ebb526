"""Watch memory, open files and speed over hundreds of thousands of calls in one process.

Run by ``python -m benchmarks.speed soak``. Most pages hold unique words, so that any cache of pages shows.
"""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.speed.pages import KINDS, page
from boilercut import Cutter

__all__ = ["draw_soak", "soak"]

PLOT = Path(__file__).resolve().parents[2] / "docs" / "images" / "soak.png"
READINGS = 100
EXPLAINED_EVERY = 10
"""Number of calls per `extract`; the others are `clean`."""
SENTENCE = "The ferry left at six, and nobody on the pier looked up. "
HOSTILE: Mapping[str, str | bytes] = {
    "nested": "<div>" * 300 + SENTENCE,
    "misnested": "<p><b><i></b><table><a href=/><td></i></p>" * 40 + SENTENCE,
    "line breaks": f"{SENTENCE}<br>" * 150,
    "tiny blocks": "<p>word</p>" * 300,
    "links": f'<p><a href="/x">{SENTENCE}</a></p>' * 60,
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(400)) + f">{SENTENCE}</p>",
    "one line": "x" * 20_000,
    "one line of sentences": SENTENCE * 200,
    "brackets": "<" * 5000 + SENTENCE,
    "open comments": f"<p>{SENTENCE}</p>" + "<!--" * 500,
    "open scripts": f"<p>{SENTENCE}</p>" + "<script>" * 300,
    "closed as in XML": "<?xml version='1.0'?><html><iframe/>" + f"<script/><p>{SENTENCE}</p>" * 40 + "</html>",
    "surrogates and zeros": f"<p>\ud800{SENTENCE}\x00\udfff</p>" * 20,
    "combining marks": "a" + "\u0301" * 3000 + f"\n{SENTENCE}",
    "data only": '<script type="application/ld+json">{"articleBody": "' + SENTENCE * 20 + '"}</script>',
    "text with fences": f"{SENTENCE}\n```\na = 1\n```\n" * 20,
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "cut-off UTF-8": ("<p>" + "Größe, naïveté, мост. " * 40).encode()[:-3],
    "no charset": ("Мост через реку закрыли в понедельник вечером. " * 20).encode("cp1251"),
    "empty": "",
}
"""Pages that break others, small enough for many calls."""


def soak(pages: int) -> dict[str, Any]:
    """Return readings along `pages` calls in a fresh process, and what they come to."""
    program = f"from benchmarks.speed.soak import run; run({pages})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    readings = json.loads(done.stdout)
    return {"pages": pages, **_summary(readings), "readings": readings}


def run(pages: int) -> None:
    """Clean a number of pages and print the readings as JSON."""
    cutter, makers = Cutter(), list(_makers())
    readings = [_reading(0, 0.0, 1)]
    between = max(pages // READINGS // len(makers), 1) * len(makers)  # every reading is after the same pages
    started = time.thread_time()
    for number in range(1, pages + 1):
        source = makers[number % len(makers)](number)
        answer = cutter.extract if number % EXPLAINED_EVERY == 0 else cutter.clean
        answer(source)
        if number % between == 0:
            readings.append(_reading(number, time.thread_time() - started, between))
            started = time.thread_time()
    print(json.dumps(readings))


def _makers() -> Iterator[Callable[[int], str | bytes]]:
    """Yield what makes the pages: HTML, text and bytes of every kind in small sizes, and hostile pages."""
    for kind in KINDS:
        for parts in (1, 2, 4, 8):
            html, text = page(kind, parts, "html"), page(kind, parts, "text")
            yield from (partial(_unlike, source) for source in (html, html.encode("utf-8"), text))
    yield from (partial(_unlike, source) for source in HOSTILE.values())


def _unlike(source: str | bytes, number: int) -> str | bytes:
    """Return the page with words that no other page has."""
    if isinstance(source, bytes):
        return source.replace(b"river", b"river%d" % number) + b"<!-- %d -->" % number
    return source.replace("river", f"river{number}").replace("Wend", f"Wend{number}").replace("ferry", f"f{number}")


def _reading(number: int, seconds: float, pages: int) -> dict[str, float]:
    """Return what the process holds; objects are counted once garbage is collected."""
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return {
        "calls": number,
        "resident_mb": round(resident / 1e6, 2),
        "open_files": sum(1 for _ in Path("/proc/self/fd").iterdir()) - 1,  # the listing itself is one
        "objects": len(gc.get_objects()),
        "calls_a_second": round(pages / seconds, 1) if seconds else 0.0,
    }


def _summary(readings: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Compare the second half of a run with the first, leaving out the start."""
    warm = readings[max(len(readings) // 10, 1) :]
    half = len(warm) // 2
    return {
        name: [_median(warm[:half], name), _median(warm[half:], name), max(each[name] for each in warm)]
        for name in ("resident_mb", "open_files", "objects", "calls_a_second")
    }


def _median(readings: Sequence[Mapping[str, float]], name: str) -> float:
    values = sorted(each[name] for each in readings)
    return values[len(values) // 2]


def draw_soak(readings: Sequence[Mapping[str, float]]) -> None:
    """Draw memory, open files and throughput along the run, each in its own panel."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(3, 1, figsize=(7.5, 6), sharex=True, layout="constrained")
    for panel, (name, label) in zip(
        panels,
        (("resident_mb", "resident MB"), ("open_files", "open files"), ("calls_a_second", "calls a second")),
        strict=True,
    ):
        shown = readings[1:]
        panel.plot([each["calls"] for each in shown], [each[name] for each in shown], linewidth=1)
        panel.set(ylabel=label, ylim=(0, 1.3 * max(each[name] for each in shown)))
        panel.grid(visible=True, color="0.9")
    panels[0].set_title(f"One process, {readings[-1]['calls']:,.0f} calls")
    panels[-1].set_xlabel("calls")
    panels[-1].xaxis.set_major_formatter("{x:,.0f}")
    figure.savefig(PLOT, dpi=130)
