"""What the generators in this folder share: result files read, and pages filled or, with `--check`, only compared."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->"


def result(name: str) -> Any:
    """Return what a result file of the benchmarks holds."""
    return json.loads((ROOT / "benchmarks" / "results" / name).read_text("utf-8"))


def filled(name: str, text: str) -> str:
    """Return a page with `text` between its two marks; the page is named from the root of the project."""
    before, begin, rest = (ROOT / name).read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{name} has no {BEGIN.strip()} … {END} marks")
    return f"{before}{begin}{text}{end}{after}"


def written(pages: Mapping[str, str]) -> int:
    """Write pages, by name; with `--check` on the command line compare them instead, and return 1 if one differs."""
    if "--check" not in sys.argv:
        for name, text in pages.items():
            (ROOT / name).write_text(text, encoding="utf-8")
        return 0
    stale = [name for name, text in pages.items() if (ROOT / name).read_text("utf-8") != text]
    if stale:
        print(f"out of date: {', '.join(stale)}; run python docs/{Path(sys.argv[0]).name}", file=sys.stderr)
    return 1 if stale else 0
