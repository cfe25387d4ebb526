"""The command line: ``python -m benchmarks.quality COMMAND``; ``--help`` lists the commands."""

import argparse
import logging
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.quality import evaluation, gate, harmless, kinds, languages, lines, metadata, output, rules, validate
from benchmarks.quality.data import RESULTS, MissingDataError, data_hash
from benchmarks.quality.held_out import MissingHeldOutError
from benchmarks.quality.renderings import RENDERING_NAMES
from benchmarks.quality.rivals import RIVALS
from benchmarks.reporting import as_json, circumstances, show

COMMANDS = {
    "rivals": (evaluation.rivals, evaluation.SETS),
    "held-out": (evaluation.held_out, evaluation.RIVAL_SETS),
    "lines": (lines.run, lines.SETS),
    "validate": (validate.run, validate.SETS),
    "harmless": (harmless.run, harmless.SETS),
    "languages": (languages.run, languages.SETS),
    "kinds": (kinds.run, kinds.SETS),
    "metadata": (metadata.run, metadata.SETS),
    "output": (output.run, output.SETS),
    "rules": (rules.run, rules.SETS),
}
"""What measures, each with the sets that it takes by default. `gate` compares with floors instead."""
OUTPUTS = {"held-out": "held-out-{input}.json"}
"""Files that are written unless another is named."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0, 1 for a floor not reached, 2 for no data to work on."""
    options = parser().parse_args(arguments)
    logging.disable(logging.CRITICAL)  # rivals report broken pages, by the thousand
    warnings.simplefilter("ignore")
    try:
        return gate.run(options) if options.command == "gate" else _measure(options)
    except (MissingDataError, MissingHeldOutError) as error:
        print(error, file=sys.stderr)
        return 2


def _measure(options: argparse.Namespace) -> int:
    """Run a command; print its tables, and write them where a file is named."""
    found = _rounded(COMMANDS[options.command][0](options))
    show(found)
    if options.output:
        head = {**circumstances(), "data": data_hash(options.sets)}
        (RESULTS / str(options.output).format(**vars(options))).write_text(as_json({**head, **found}), "utf-8")
    return 0


def _rounded(value: Any) -> Any:
    """Return tables as plain data, with numbers of four decimals."""
    if isinstance(value, Mapping):
        return {key: _rounded(own) for key, own in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(own) for own in value]
    return round(value, 4) if isinstance(value, float) else value


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    whole = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    commands = whole.add_subparsers(required=True, metavar="COMMAND", dest="command")
    parsers = {name: commands.add_parser(name, help=run.__doc__) for name, (run, _) in COMMANDS.items()}
    for name, own in parsers.items():
        sets = ",".join(COMMANDS[name][1])
        own.add_argument("--sets", type=_names, default=sets, help=f"with commas between; by default {sets}")
        own.add_argument("--output", default=OUTPUTS.get(name), help=f"file to write in {RESULTS.name}/")
    for name in ("rivals", "held-out"):
        parsers[name].add_argument("--input", choices=tuple(RIVALS), default="html")
    parsers["validate"].add_argument("--input", choices=tuple(RIVALS), nargs="+", default=list(RIVALS))
    for name in ("rivals", "lines"):
        parsers[name].add_argument("--rivals", type=_names, help="names, with commas between; all that are installed")
    parsers["rivals"].add_argument("--rendering", choices=RENDERING_NAMES, default="crawl_dump")
    parsers["rivals"].add_argument("--sample", type=int, metavar="N", help="only N pages of each set")
    parsers["harmless"].add_argument("--extractors", type=_names, default=[], help="whose outputs to clean as well")
    parsers["harmless"].add_argument("--pages", type=int, default=100, metavar="N", help="of each set, for extractors")
    parsers["kinds"].add_argument("--draw", type=int, default=1, metavar="N", help="which draw of blocks")
    parsers["kinds"].add_argument("--show", action="store_true", help="print the blocks to be labelled")
    parsers["kinds"].add_argument("--labels", type=Path, help="file of labels")
    parsers["metadata"].add_argument("--every", type=int, default=1, metavar="N", help="only every Nth page")
    parsers["output"].add_argument("--sample", type=int, default=50, metavar="N", help="pages of each set")
    parsers["output"].add_argument("--rich", type=int, default=15, metavar="N", help="pages rich in structure")
    floors = commands.add_parser("gate", help=gate.run.__doc__)
    floors.add_argument("--write-floors", action="store_true", help="raise floors to what is reached")
    floors.add_argument("--lower", metavar="REASON", help="let floors be lowered, for this reason")
    floors.add_argument("--floors", type=Path, default=gate.FLOORS_FILE, help="the file of floors")
    return whole


def _names(value: str) -> list[str]:
    return value.split(",")


if __name__ == "__main__":
    sys.exit(main())
