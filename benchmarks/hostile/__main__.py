"""Run the hostile pages: `python -m benchmarks.hostile [TOOL ...]`; all tools if none is named.

Each tool's outcomes go to `benchmarks/results/hostile-TOOL.json`; `docs/generate_hostile.py` makes the tables.
"""

from __future__ import annotations

import argparse
from importlib import metadata

from benchmarks.hostile.cases import CASES
from benchmarks.hostile.isolated import MAX_BYTES, MAX_SECONDS, server
from benchmarks.quality.data import RESULTS
from benchmarks.reporting import as_json, machine

RUNS = {
    "ours": ("ours", False, "boilercut"),
    "ours-pure": ("ours", True, "boilercut"),
    "trafilatura": ("trafilatura", False, "trafilatura"),
    "resiliparse": ("resiliparse", False, "resiliparse"),
    "readability": ("readability", False, "readability-lxml"),
}
"""What can be run, by the name of its result: the tool, whether without its compiled part, and its package."""


def main() -> None:
    """Run the tools that are named, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    parser.add_argument("tools", nargs="*", metavar="TOOL", help=f"of {', '.join(RUNS)}")
    for name in parser.parse_args().tools or RUNS:
        path = RESULTS / f"hostile-{name}.json"
        path.write_text(as_json(_result(name)), "utf-8")
        print(path)


def _result(name: str) -> dict[str, object]:
    tool, pure, package = RUNS[name]
    limits = {"max_seconds": MAX_SECONDS, "max_gigabytes": MAX_BYTES >> 30}
    cases = {}
    with server(tool, pure) as served:
        for case in CASES:
            outcome = served.run(case)
            cases[case] = outcome._asdict()
            print(f"{name}: {case}: {outcome.end}, {outcome.seconds:.2f} s, {outcome.megabytes:.0f} MB", flush=True)
    return {"package": f"{package} {metadata.version(package)}", **machine(), **limits, "cases": cases}


if __name__ == "__main__":
    main()
