"""The command line: ``python -m tests.fuzz [--minutes 30] [--target bytes|html|text]``."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.fuzz.targets import FINDS, TARGETS, corpus, dictionary

MAX_SECONDS_AN_INPUT = 20
MAX_MEMORY_MB = 4096
ROUND_SECONDS = 60
"""atheris 3.0 never frees the result of a comparison between arrays, some 250 kB a run; a new process begins anew."""
LONGEST = 4000
"""Bytes of an input."""
NUMBERS = {
    "edges": r"cov: (\d+)",
    "features": r"ft: (\d+)",
    "kept_inputs": r"corp: (\d+)",
    "executions": r"stat::number_of_executed_units: (\d+)",
}
"""What libFuzzer prints of a run; the last one counts."""


def main() -> int:
    """Fuzz every target for its share of the time; return 1 where something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="for all targets together")
    parser.add_argument("--target", choices=TARGETS, action="append", help="can be given more than once; default: all")
    parser.add_argument("--seed", type=int, default=1, help="of the mutations")
    parser.add_argument("--corpus", type=Path, help="folder to go on with and to leave new inputs in")
    parser.add_argument("--output", type=Path, help="JSON file for the figures")
    options = parser.parse_args()
    targets = options.target or TARGETS
    report = {}
    with TemporaryDirectory() as scratch:
        for target in targets:
            folder = (options.corpus or Path(scratch)) / target
            report[target] = fuzz(target, 60 * options.minutes / len(targets), options.seed, folder)
            print(f"{target}: {report[target]}", flush=True)
    if options.output:
        options.output.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    return int(any(each["finds"] for each in report.values()))


def fuzz(target: str, seconds: float, seed: int, folder: Path) -> dict[str, Any]:
    """Fuzz one target in rounds until one finds something; each round is a process that continues with all earlier inputs."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(corpus(target)):
        (folder / f"seed-{number:04}").write_bytes(data)
    words = folder.parent / "dictionary.txt"
    words.write_text(dictionary(), "ascii")
    before, started = set(_finds(target)), time.monotonic()
    figures: dict[str, int] = {"executions": 0}
    while (left := seconds - (time.monotonic() - started)) > 0 and set(_finds(target)) == before:
        numbers = _round(target, min(left, ROUND_SECONDS), [f"-dict={words}", f"-seed={seed}", str(folder)])
        figures = {**figures, **numbers, "executions": figures["executions"] + numbers.get("executions", 0)}
        seed += 1
    finds = sorted(path.name for path in set(_finds(target)) - before)
    return {"seconds": round(time.monotonic() - started), **figures, "finds": finds}


def _round(target: str, seconds: float, arguments: list[str]) -> dict[str, int]:
    """Run libFuzzer once and return its figures; where it ended early, show what it said."""
    command = [
        sys.executable, "-m", "tests.fuzz.harness", target, f"-max_total_time={max(int(seconds), 1)}",
        f"-timeout={MAX_SECONDS_AN_INPUT}", f"-rss_limit_mb={MAX_MEMORY_MB}", f"-max_len={LONGEST}",
        f"-artifact_prefix={FINDS}/{target}-", "-print_final_stats=1", *arguments,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    output = done.stdout + done.stderr
    if done.returncode:
        print(_without_progress(output), file=sys.stderr)
        if "Test unit written to" not in output:
            raise SystemExit(f"the fuzzer of {target} ended with {done.returncode} and left no input")
    return _numbers(output)


def _finds(target: str) -> Iterator[Path]:
    return FINDS.glob(f"{target}-*")


def _numbers(output: str) -> dict[str, int]:
    found = {name: re.findall(pattern, output) for name, pattern in NUMBERS.items()}
    return {name: int(values[-1]) for name, values in found.items() if values}


def _without_progress(output: str) -> str:
    return "\n".join(line for line in output.splitlines() if not line.startswith(("#", "INFO:")))[-6000:]


if __name__ == "__main__":
    sys.exit(main())
