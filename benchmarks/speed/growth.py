"""Time against size: no step may be worse than linear."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.speed.pages import KINDS, page
from boilercut import Cutter
from boilercut._native import build

__all__ = ["draw", "growth", "linearity"]

PLOT = Path(__file__).resolve().parents[2] / "docs" / "images" / "scaling.png"
SENTENCE = "The ferry left at six, and nobody on the pier looked up. "

Maker = Callable[[int], str]
GROWING: dict[str, tuple[int, Maker]] = {
    "nesting": (4_000, lambda size: "<div>" * size + SENTENCE + "</div>" * size),
    "blocks": (8_000, lambda size: f"<p>{SENTENCE}</p>" * size),
    "breaks": (16_000, lambda size: "<p>" + f"{SENTENCE}<br>" * size),
    "line length": (8_000, lambda size: f"<p>{SENTENCE * size}</p>"),
    "attributes": (30_000, lambda size: "<p " + " ".join(f'a{n}="x"' for n in range(size)) + f">{SENTENCE}</p>"),
    "links": (8_000, lambda size: "<p>" + f'<a href="/x">{SENTENCE}</a> ' * size + "</p>"),
    "siblings in a list": (8_000, lambda size: "<ul>" + f"<li class=a><a href=/>{SENTENCE}</a></li>" * size + "</ul>"),
    "open tags": (8_000, lambda size: "<b>" * size + SENTENCE),
    "lines of text": (16_000, lambda size: f"{SENTENCE}\n" * size),
    "one line of text": (16_000, lambda size: SENTENCE * size),
    "headlines": (16_000, lambda size: "Bakery to close after ninety years\n" * size),
}
"""What can grow without end on a page, with a size to begin at."""


def seconds(source: str) -> float:
    """Return the seconds of processor time to clean `source`: the best of three."""
    cutter, best = Cutter(), float("inf")
    for _ in range(3):
        start = time.thread_time()
        cutter.clean(source)
        best = min(best, time.thread_time() - start)
    return best


def linearity() -> dict[str, dict[str, float]]:
    """Return for each thing that can grow how many times longer twice and four times as much of it takes."""
    found = {}
    for name, (size, make) in GROWING.items():
        one, two, four = (seconds(make(times * size)) for times in (1, 2, 4))
        found[name] = {"ms": round(1000 * one, 1), "twice": round(two / one, 2), "four_times": round(four / one, 2)}
    return found


def growth(megabytes: float) -> dict[str, list[tuple[int, float]]]:
    """Return (characters, seconds) of growing pages of every kind, as HTML and as text."""
    curves: dict[str, list[tuple[int, float]]] = {}
    for kind in KINDS:
        for form in ("html", "text"):
            curve = curves.setdefault(f"{kind}, {form}", [])
            parts = 1
            while not curve or curve[-1][0] * 4 <= megabytes * 1e6:
                source = page(kind, parts, "html" if form == "html" else "text")
                curve.append((len(source), round(seconds(source), 5)))
                parts *= 4
    return curves


def draw(curves: dict[str, list[tuple[int, float]]]) -> None:
    """Draw time against size, both logarithmic: a straight line at 45 degrees is linear."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7.5, 4.8), layout="constrained")
    for name, curve in curves.items():
        sizes, times = zip(*curve, strict=True)
        axes.loglog(sizes, times, marker="o", markersize=3, linestyle="-" if "html" in name else "--", label=name)
    low, high = 1e3, max(curve[-1][0] for curve in curves.values())
    axes.loglog([low, high], [low / 5e6, high / 5e6], color="0.7", linewidth=1, zorder=0, label="5 million a second")
    axes.set(xlabel="characters of the page", ylabel="seconds", title=f"Time to clean a page ({build()} build)")
    axes.grid(visible=True, which="major", color="0.9")
    axes.legend(frameon=False)
    figure.savefig(PLOT, dpi=130)
