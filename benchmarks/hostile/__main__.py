"""Run the hostile pages: `python -m benchmarks.hostile [TOOL ...]`; all tools if none is named.

Each tool's outcomes go to `benchmarks/results/hostile-TOOL.json`; `docs/generate_hostile.py` makes the tables. With
`BOILERCUT_PURE=1` in the environment, ours runs without its compiled part.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import metadata
from typing import Any

import boilercut
from benchmarks.hostile.isolated import MAX_BYTES, MAX_SECONDS, in_child
from benchmarks.quality.data import RESULTS
from benchmarks.quality.rivals import HTML_RIVALS
from benchmarks.reporting import as_json, machine
from boilercut._native import build
from boilercut.read import read
from tests.hostile.cases import CASES, PROSE, Case

__all__ = ["TOOLS", "outcome_of"]

PACKAGES = {"ours": "boilercut", "readability": "readability-lxml"}


def ours(case: Case, page: str | bytes) -> str:
    """Clean a page with boilercut."""
    return boilercut.Cutter().clean(page, kind=case.kind, charset=case.charset)


def resiliparse(case: Case, page: str | bytes) -> str:
    """Extract the main content with resiliparse, which detects the encoding of bytes if asked to."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    if isinstance(page, bytes):
        tree = HTMLTree.parse_from_bytes(page, str(case.charset or detect_encoding(page)))
        return str(extract_plain_text(tree, main_content=True))
    return str(extract_plain_text(page, main_content=True))


TOOLS: dict[str, Callable[[Case, Any], str]] = {
    "ours": ours,
    "trafilatura": lambda _, page: HTML_RIVALS["trafilatura"].clean(page),
    "resiliparse": resiliparse,
    "readability": lambda _, page: HTML_RIVALS["readability"].clean(page),
}


def outcome_of(tool: str, case: Case) -> dict[str, Any]:
    """Return what becomes of a page: end, time and memory, and whether its text was kept, and was read (by ours)."""
    page, held = case.build(), " ".join(case.held.split())
    outcome = in_child(lambda: held in " ".join(TOOLS[tool](case, page).split()))
    was_read = tool == "ours" and held in " ".join(read(page, case.kind, case.charset).text.split())
    figures = {"end": outcome.end, "seconds": outcome.seconds, "megabytes": outcome.megabytes}
    return {**figures, "text_kept": bool(outcome.answer), "blocks_kept": was_read}


def main() -> None:
    """Run the tools that are named, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    parser.add_argument("tools", nargs="*", metavar="TOOL", help=f"of {', '.join(TOOLS)}")
    for tool in parser.parse_args().tools or TOOLS:
        suffix = "-pure" if tool == "ours" and build().startswith("pure") else ""
        path = RESULTS / f"hostile-{tool}{suffix}.json"
        path.write_text(as_json(_result(tool)), "utf-8")
        print(path)


def _result(tool: str) -> dict[str, object]:
    TOOLS[tool](Case(lambda: PROSE), f"<html><body>{PROSE * 3}</body></html>")  # what is loaded once is loaded now
    cases = {}
    for name, case in CASES.items():
        cases[name] = own = outcome_of(tool, case)
        print(f"{tool}: {name}: {own['end']}, {own['seconds']:.2f} s, {own['megabytes']:.0f} MB", flush=True)
    package = PACKAGES.get(tool, tool)
    limits = {"max_seconds": MAX_SECONDS, "max_gigabytes": MAX_BYTES >> 30}
    return {"package": f"{package} {metadata.version(package)}", **machine(), **limits, "cases": cases}


if __name__ == "__main__":
    main()
