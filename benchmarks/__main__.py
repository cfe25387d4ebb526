"""Measure boilercut's quality anew and write the tables: `python -m benchmarks [--by-set] [--rivals]`.

Each step is a separate command. This program runs them in order and stops at the first failure.
"""

import argparse
import shlex
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.quality.data import REPOSITORY
from benchmarks.quality.rivals import RIVALS

FOLDS = {"html": 5, "text": 3}


def main() -> None:
    """Run each step in a process."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--by-set", action="store_true", help="also leave one whole set out at a time")
    parser.add_argument("--rivals", action="store_true", help="also run the rivals again")
    options = parser.parse_args()
    for step in steps(options.by_set, options.rivals):
        print(f"$ python {step}", flush=True)
        subprocess.run([sys.executable, *shlex.split(step)], cwd=REPOSITORY, check=True)


def steps(by_set: bool, rivals: bool) -> Iterator[str]:
    """Yield the arguments of each Python process to run, in order."""
    for kind, folds in FOLDS.items():
        yield f"-m benchmarks.training cross-validate --input {kind} --folds {folds}"
        if by_set:
            yield f"-m benchmarks.training cross-validate --input {kind} --by-set"
        if rivals:
            others = ",".join(name for name in RIVALS[kind] if name != "ours")
            yield f"-m benchmarks.quality rivals --input {kind} --rivals {others} --output rivals-{kind}.json"
    yield from (f"-m benchmarks.quality held-out --input {kind}" for kind in FOLDS)
    for command, output in (("validate", "validation"), ("rules", "rules"), ("lines", "rivals-lines")):
        yield f"-m benchmarks.quality {command} --output {output}.json"
    yield "docs/generate_figures.py"


if __name__ == "__main__":
    main()
