"""What a measurement says of itself, its tables on the terminal, and its file in benchmarks/results."""

import json
import os
import platform
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import boilercut
from benchmarks.quality.data import RESULTS
from boilercut._native import build

# White space, numbers and a comma in turn: no two neighbours share a character.
_PAIR = re.compile(r"\[\s+([-\d.]+),\s+([-\d.]+)\s+\]")


def machine(packages: Sequence[str] = ()) -> dict[str, Any]:
    """Return what was measured with what, where."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "boilercut": boilercut.__version__,
        "build": build(),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {_processor()}",
        "versions": {name: metadata.version(name) for name in ("numpy", "selectolax", *packages)},
    }


def circumstances() -> dict[str, Any]:
    """Return the command of this run, and what `machine` says."""
    return {"command": f"python {shlex.join(sys.orig_argv[1:])}", **machine()}


def as_json(result: Mapping[str, Any]) -> str:
    r"""Write a result as JSON of many lines, pairs of numbers on one.

    >>> as_json({"interval": [0.5, 0.75]})
    '{\n "interval": [0.5, 0.75]\n}\n'
    """
    return _PAIR.sub(r"[\1, \2]", json.dumps(result, indent=1, ensure_ascii=False)) + "\n"


def write(name: str, result: Mapping[str, Any]) -> Path:
    """Write a measurement of time as JSON beside the others; the build is part of its name."""
    path = RESULTS / f"speed-{name}-{build().partition(' ')[0]}.json"
    path.write_text(as_json(result), "utf-8")
    return path


def show(found: Mapping[str, Any], title: str = "") -> None:
    """Print figures: those of one kind as a table with a row for each name, others a line each."""
    rows = {name: own for name, own in found.items() if isinstance(own, Mapping)}
    if rows and all(_is_row(own) for own in rows.values()):
        _print_table(title, rows)
    else:
        for name, own in rows.items():
            show(own, f"{title}, {name}" if title else name)
    for name, own in found.items():
        if name not in rows:
            print(f"{title}, {name}: {_cell(own)}" if title else f"{name}: {_cell(own)}")


def processor_seconds() -> float:
    """Return the processor time of this process and of its children that have ended."""
    import resource  # Windows has none

    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def peak_megabytes() -> float:
    """Return the most memory that this process or one of its ended children held."""
    import resource

    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


def _is_row(own: Mapping[str, Any]) -> bool:
    return not all(isinstance(value, Mapping) for value in own.values())


def _print_table(title: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    lines = [[title, *columns], *([name, *(_cell(row.get(each)) for each in columns)] for name, row in rows.items())]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for first, *others in lines:
        cells = (f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True))
        print("  ".join([f"{first:{widths[0]}}", *cells]), flush=True)
    print()


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_cell, value))}]"
    if isinstance(value, Mapping):
        return _cell(value.get("all"))
    return "-" if value is None else str(value)


def _processor() -> str:
    """Return the processor's name where Linux says it, otherwise what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")
