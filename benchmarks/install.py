"""Measure what installing boilercut and its peers takes: seconds, packages, megabytes.

    python -m benchmarks.install

Each is installed into an empty folder, without pip's cache: boilercut from a wheel that is built first, the others
from the package index that pip is set to. The time is the shortest of some rounds, and holds the index's answers.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.quality.data import REPOSITORY
from benchmarks.reporting import machine, show, write

PEERS = ("trafilatura", "readability-lxml", "justext", "resiliparse")
ROUNDS = 2


def main() -> None:
    """Measure, and write the result to benchmarks/results."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, REPOSITORY], check=True)
        [wheel] = Path(folder).glob("*.whl")
        wanted = {"boilercut": str(wheel), **{name: name for name in PEERS}}
        found = {name: installed(Path(folder, "env"), what) for name, what in wanted.items()}
        found["boilercut"]["wheel_mb"] = round(wheel.stat().st_size / 1e6, 1)
    show(found)
    write("install", {"installed": found, **machine()})


def installed(folder: Path, what: str) -> dict[str, Any]:
    """Return what installing one package takes."""
    return {"seconds": round(min(_seconds(folder, what) for _ in range(ROUNDS)), 1), **_content(folder)}


def _seconds(folder: Path, what: str) -> float:
    shutil.rmtree(folder, ignore_errors=True)
    start = time.perf_counter()
    pip = [sys.executable, "-I", "-m", "pip", "install", "-q", "-I", "--no-cache-dir", "--no-compile", "--target"]
    subprocess.run([*pip, str(folder), what], check=True, capture_output=True)
    return time.perf_counter() - start


def _content(folder: Path) -> dict[str, Any]:
    size = sum(file.stat().st_size for file in folder.rglob("*"))
    return {"packages": len(list(folder.glob("*.dist-info"))), "mb": round(size / 1e6)}


if __name__ == "__main__":
    main()
