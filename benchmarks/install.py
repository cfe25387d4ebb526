"""Measure what installing boilercut and its peers takes: seconds, packages, megabytes.

    python -m benchmarks.install

Each is installed into a fresh environment, without pip's cache: boilercut from a wheel that is built first, the others
from the package index that pip is set to. The time is the shortest of some rounds, and holds the index's answers.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.quality.data import REPOSITORY
from benchmarks.speed.timing import machine, write

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
    write("install", {"installed": found, **machine()})


def installed(folder: Path, what: str) -> dict[str, Any]:
    """Return what installing one package takes."""
    return {"seconds": round(min(_seconds(folder, what) for _ in range(ROUNDS)), 1), **_content(folder)}


def _seconds(folder: Path, what: str) -> float:
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    start = time.perf_counter()
    pip: list[str | Path] = [
        folder / "bin" / "python",
        "-m",
        "pip",
        "install",
        "-q",
        "--no-cache-dir",
        "--no-compile",
        what,
    ]
    subprocess.run(pip, check=True, capture_output=True)
    return time.perf_counter() - start


def _content(folder: Path) -> dict[str, Any]:
    """Return the number of packages and their megabytes, without pip and setuptools, which every environment has."""
    [packages] = folder.glob("lib/python*/site-packages")
    own = [
        path for path in packages.iterdir() if not path.name.startswith(("pip", "setuptools", "pkg_resources", "_dis"))
    ]
    size = sum(file.stat().st_size for path in own for file in (path.rglob("*") if path.is_dir() else [path]))
    return {"packages": sum(path.suffix == ".dist-info" for path in own), "mb": round(size / 1e6)}


if __name__ == "__main__":
    main()
