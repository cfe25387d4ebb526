"""Compare the answers of every way of running: ``python -m tests.determinism [--python PATH …]``.

A digest covers each page's text and confidence and each block's verdict, kind and probability, bit by bit. Each way of
running gives one digest: threads, processes, stacks, orders, hash seeds, builds, other interpreters.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from boilercut import Cutter
from boilercut.decide import name_kinds
from boilercut.decide.kind_model import boilerplate_kinds
from boilercut.page import Page, PageKind
from boilercut.read import read
from boilercut.render import kept_text

__all__ = ["Source", "digest_of", "main", "ways_elsewhere", "ways_here"]

RESULT = Path(__file__).parents[1] / "benchmarks" / "results" / "determinism.json"
PAGES = 500
THREADS = (1, 2, 16)
STACKS = (2, 7, 16, 64)
HASH_SEEDS = ("0", "1", "20241124")
OLDER_PROCESSORS = ("X86_V4", "X86_V4 X86_V3")
"""Features that NumPy must not use: AVX-512, and AVX2 too (names since 2.4; NumPy ignores unknown names)."""

Source = tuple[PageKind, str]


def main() -> int:
    """Print a digest for each way of running; return 1 where two differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.determinism", description=__doc__)
    parser.add_argument("--python", action="append", default=[], help="another interpreter that boilercut is in")
    parser.add_argument("--pages", type=int, default=PAGES, help="of the training sets, as HTML and as text")
    parser.add_argument("--sources", type=Path, help="only print the digest of the pages in this file")
    options = parser.parse_args()
    if options.sources:
        print(digest_of(answers_one_by_one(json.loads(options.sources.read_text("ascii")))))
        return 0
    sources = train_sources(options.pages)
    digests: dict[str, str] = {}
    for name, digest in {**ways_here(sources), **ways_elsewhere(sources, options.python)}.items():
        digests[name] = digest()
        print(f"{digests[name][:16]}  {name}", flush=True)
    result = {"pages": options.pages, "forms": ["html", "text"], "digests": digests, **_machine()}
    RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    return int(len(set(digests.values())) > 1)


def train_sources(count: int) -> list[Source]:
    """Return a number of training pages, evenly over the sets, each as HTML and as lines of text."""
    from benchmarks.quality.data import TRAIN_SETS, read_sets, smallest_checksums

    picked = smallest_checksums(read_sets(), -(-count // len(TRAIN_SETS)))
    sources: list[Source] = []
    for number in range(count):  # sets are not alike in size: those that have more pages fill up
        html = picked[number % len(picked)].html
        page = read(html, "html", None)
        lines = [page.text[start:end] for start, end in zip(page.starts.tolist(), page.ends.tolist(), strict=True)]
        sources += [("html", html), ("text", "\n".join(lines))]
    return sources


def ways_here(sources: Sequence[Source]) -> dict[str, Callable[[], str]]:
    """Return the ways of running in this interpreter, by name."""
    ways: dict[str, Callable[[], str]] = {"one by one": lambda: digest_of(answers_one_by_one(sources))}
    for threads in THREADS:
        ways[f"{threads} threads, one cutter"] = partial(_in_threads, sources, threads)
    for method in ("spawn", "fork"):
        ways[f"2 processes, {method}"] = partial(_in_processes, sources, method)
    for size in STACKS:
        ways[f"stacks of {size}"] = partial(_in_stacks, sources, size)
    ways["stacks of 16, shuffled"] = partial(_shuffled, sources, 16)
    ways["in reverse"] = lambda: digest_of(answers_one_by_one(sources[::-1])[::-1])
    return ways


def ways_elsewhere(sources: Sequence[Source], pythons: Sequence[str] = ()) -> dict[str, Callable[[], str]]:
    """Return the ways of running in a fresh interpreter: other hash seeds, the pure build, other versions."""
    ways: dict[str, Callable[[], str]] = {}
    for seed in HASH_SEEDS:
        ways[f"PYTHONHASHSEED={seed}"] = partial(_in_python, sources, sys.executable, {"PYTHONHASHSEED": seed})
    for features in OLDER_PROCESSORS:
        ways[f"a processor without {features}"] = partial(
            _in_python, sources, sys.executable, {"NPY_DISABLE_CPU_FEATURES": features}
        )
    ways["pure Python"] = partial(_in_python, sources, sys.executable, {"BOILERCUT_PURE": "1"})
    for python in pythons:
        for variables in ({"BOILERCUT_PURE": "0"}, {"BOILERCUT_PURE": "1"}):
            ways[version_of(python, variables)] = partial(_in_python, sources, python, variables)
    return ways


def digest_of(answers: Sequence[str]) -> str:
    """Return one digest of all pages' answers, in order."""
    return hashlib.sha256("\n".join(answers).encode("ascii")).hexdigest()


def answers_one_by_one(sources: Sequence[Source]) -> list[str]:
    """Return the hash of each page's answer."""
    cutter = Cutter()
    return [explained(cutter, source) for source in sources]


def explained(cutter: Cutter, source: Source) -> str:
    """Return the hash of what `extract` says of a page."""
    kind, text = source
    result = cutter.extract(text, kind=kind)
    blocks = [(verdict.keep, verdict.kind, verdict.probability.hex()) for verdict in result.verdicts]
    return _hashed((result.text, result.confidence.hex(), blocks))


def stacked(cutter: Cutter, sources: Sequence[Source]) -> list[str]:
    """Return the same hashes for pages that go through the line together."""
    found: dict[int, str] = {}
    for wanted in ("html", "text"):
        rows = [row for row, (kind, _) in enumerate(sources) if kind == wanted]
        pages = [read(sources[row][1], wanted, None) for row in rows]
        found.update(zip(rows, _decided(cutter, pages), strict=True))
    return [found[row] for row in range(len(sources))]


def _decided(cutter: Cutter, pages: Sequence[Page]) -> Iterator[str]:
    if not pages:
        return
    decided = cutter._decided(pages)
    keep, probabilities = decided.decision.keep, decided.decision.probabilities.tolist()
    blocks = list(
        zip(
            keep.tolist(),
            name_kinds(
                decided.blocks, decided.columns, decided.decision, boilerplate_kinds(decided.blocks, decided.columns)
            ),
            [probability.hex() for probability in probabilities],
            strict=True,
        )
    )
    for page, (low, high), confidence in zip(
        pages, pairwise(decided.bounds), decided.decision.confidences, strict=True
    ):
        yield _hashed((kept_text(page, keep[low:high]), float(confidence).hex(), blocks[low:high]))


def _hashed(answer: object) -> str:
    return hashlib.sha256(repr(answer).encode("utf-8", "backslashreplace")).hexdigest()


def _in_threads(sources: Sequence[Source], threads: int) -> str:
    with ThreadPoolExecutor(threads) as pool:
        return digest_of(list(pool.map(partial(explained, Cutter()), sources)))


def _in_processes(sources: Sequence[Source], method: str) -> str:
    with ProcessPoolExecutor(2, mp_context=get_context(method)) as pool:
        return digest_of(list(pool.map(partial(explained, Cutter()), sources, chunksize=8)))


def _in_stacks(sources: Sequence[Source], size: int) -> str:
    cutter = Cutter()
    stacks = [sources[start : start + size] for start in range(0, len(sources), size)]
    return digest_of([answer for stack in stacks for answer in stacked(cutter, stack)])


def _shuffled(sources: Sequence[Source], size: int) -> str:
    order = Random(1).sample(range(len(sources)), len(sources))
    cutter, answers = Cutter(), [""] * len(sources)
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        for row, answer in zip(rows, stacked(cutter, [sources[row] for row in rows]), strict=True):
            answers[row] = answer
    return digest_of(answers)


def _in_python(sources: Sequence[Source], python: str, variables: Mapping[str, str]) -> str:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "sources.json"
        file.write_text(json.dumps(sources), "ascii")
        command = [python, "-m", "tests.determinism", "--sources", str(file)]
        environment = {**os.environ, "BOILERCUT_REQUIRE_NATIVE": "", **variables}
        done = subprocess.run(command, env=environment, cwd=Path(__file__).parents[1], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout.strip()


def version_of(python: str, variables: Mapping[str, str]) -> str:
    """Return an interpreter's name and version, its NumPy's, and which build of boilercut it uses."""
    program = (
        "import platform, sys, numpy, boilercut._native as native;"
        "free = '' if getattr(sys, '_is_gil_enabled', lambda: True)() else ' free-threaded';"
        "print(f'Python {platform.python_version()}{free}, NumPy {numpy.__version__}, {native.build()}')"
    )
    environment = {**os.environ, "BOILERCUT_REQUIRE_NATIVE": "", **variables}
    done = subprocess.run([python, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _machine() -> dict[str, Any]:
    from benchmarks.reporting import machine

    return machine()


if __name__ == "__main__":
    sys.exit(main())
