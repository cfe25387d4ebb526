"""Measure how time grows with a page: `python -m benchmarks.hostile.growth [--pairs] [NAME ...]`.

Pages are generated from the constructs of the HTML standard, each repeated n and 2n times: alone, nested, followed by
many paragraphs, and with `--pairs` each after and inside each other one. Every page is measured in a child process:
processor time and peak memory. Whatever takes more than `MAX_GROWTH` times as long for twice the page, or more than
`MAX_SECONDS` or `MAX_MEGABYTES` for a megabyte, is marked, and the command fails.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import product
from typing import NamedTuple

from benchmarks.hostile.isolated import in_child
from boilercut import Cutter
from boilercut.read import read
from tests.growth import MAX_GROWTH
from tests.hostile.cases import HELD, PROSE
from tests.hostile.constructs import CONSTRUCTS, PARAGRAPHS, Build

__all__ = ["Growth", "growth", "pages"]

MAX_SECONDS, MAX_MEGABYTES = 1.5, 600
"""Maximum processor time and memory for a page of a megabyte."""
MIN_SECONDS = 0.05
"""Time from which growth counts."""
SIZES = (1, 1, 2, 4)
"""Sizes of further measurements, as multiples: where one is not linear, the next decides. A page that exceeds a bound
is scanned in Python, once; such a step does not come again on a page twice as long, as quadratic growth does."""
MAX_CLOCK_SECONDS = 120
"""Time after which a child is ended."""


class Growth(NamedTuple):
    """Time in seconds for a page and for one twice as long, and the peak memory of the longer in megabytes."""

    name: str
    seconds: float
    twice: float
    megabytes: float
    bytes: int
    """Size of the longer page."""
    text_kept: bool

    @property
    def factor(self) -> float:
        """How many times longer the longer page takes."""
        return self.twice / max(self.seconds, MIN_SECONDS)

    @property
    def is_linear(self) -> bool:
        """Whether time and memory stay within their bounds."""
        share = max(self.bytes / 1e6, 1.0)
        return (
            self.factor <= MAX_GROWTH
            and self.twice <= MAX_SECONDS * share
            and self.megabytes <= MAX_MEGABYTES * share
            and self.text_kept
        )


def pages(pairs: bool = False) -> Iterator[tuple[str, Build]]:
    """Yield every page by name."""
    for name, build in CONSTRUCTS.items():
        yield name, build
        yield f"{name} then <p>x", _halves(build, PARAGRAPHS)
        yield f"600 {name} then <p>x", _after(600, build, PARAGRAPHS)
    if pairs:
        for (first, before), (second, build) in product(CONSTRUCTS.items(), repeat=2):
            yield f"{first} | {second}", _halves(before, build)
            yield f"300 {first} | {second}", _after(300, before, build)
            yield f"{first}{second}", _inside(before, build)


def _halves(first: Build, second: Build) -> Build:
    return lambda times: first(times // 2) + second(times // 2)


def _after(count: int, first: Build, second: Build) -> Build:
    return lambda times: first(count) + second(times)


def _inside(first: Build, second: Build) -> Build:
    return lambda times: (first(1) + second(1)) * (times // 2)


def growth(name: str, build: Build, size: int, whole: bool = True) -> Growth:
    """Measure a construct on pages of about `size` and twice as many bytes; only reading them if not `whole`."""
    times = max(size * 200 // max(len(build(200)), 1), 2)
    for multiple in SIZES:
        found = _growth(name, build, multiple * times, whole)
        if found.is_linear or not found.text_kept:
            break
    return found


def _growth(name: str, build: Build, times: int, whole: bool) -> Growth:
    # What follows a construct may be hidden by it, as a script that never ends hides the page; what is before may not.
    sources = [PROSE + build(times), PROSE + build(2 * times)]
    one, two = (in_child(partial(_answered, source, whole), MAX_CLOCK_SECONDS) for source in sources)
    return Growth(name, one.seconds, two.seconds, two.megabytes, len(sources[1].encode()), bool(two.answer))


def _answered(source: str, whole: bool) -> bool:
    text = Cutter().clean(source, kind="html") if whole else read(source, "html").text
    return not whole or HELD in text or HELD in read(source, "html").text


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of growth; end with an error where something is not linear."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile.growth", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only pages whose names hold this")
    parser.add_argument("--pairs", action="store_true", help="each construct after and inside each other one, too")
    parser.add_argument("--size", type=int, default=500_000, help="bytes of the shorter page (%(default)s)")
    parser.add_argument("--read", action="store_true", help="read pages only, and decide nothing")
    options = parser.parse_args(arguments)
    _answered(PROSE, True)  # what is loaded once is loaded now
    failed = 0
    print(f"{'construct':44} {'n':>7} {'2n':>7} s  factor     MB")
    for name, build in pages(options.pairs):
        if options.names and not any(each in name for each in options.names):
            continue
        found = growth(name, build, options.size, not options.read)
        failed += not found.is_linear
        mark = "" if found.is_linear else "  <- TEXT LOST" if not found.text_kept else "  <-"
        row = f"{name:44} {found.seconds:7.3f} {found.twice:7.3f}    {found.factor:5.2f} {found.megabytes:6.0f}"
        print(row + mark, flush=True)
    sys.exit(f"{failed} are not linear" if failed else None)


if __name__ == "__main__":
    main()
