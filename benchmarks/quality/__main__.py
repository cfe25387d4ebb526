"""The command line: ``python -m benchmarks.quality rivals|worst|lines|recall|gate`` (see ``--help``)."""

import argparse
import logging
import sys
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.quality import gate, recall
from benchmarks.quality.data import (
    LINE_SETS,
    TRAIN_SETS,
    MissingDataError,
    Sample,
    read_line_set,
    read_sets,
    smallest_checksums,
)
from benchmarks.quality.evaluation import PageScore, score_documents, score_pages
from benchmarks.quality.renderings import RENDERING_NAMES
from benchmarks.quality.report import RESULTS, print_report, print_worst, write_result
from benchmarks.quality.rivals import RIVALS, split_by_presence, versions


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0, 1 for a floor not reached, 2 for no data."""
    options = _parser().parse_args(arguments)
    logging.disable(logging.CRITICAL)  # rivals report broken pages, by the thousand
    warnings.simplefilter("ignore")
    try:
        return int(options.run(options))
    except MissingDataError as error:
        print(error, file=sys.stderr)
        return 2


def run_rivals(options: argparse.Namespace) -> int:
    """Score rivals and ours on the chosen sets; print tables and write JSON."""
    present, skipped = split_by_presence(RIVALS[options.input], _names(options.rivals))
    rendering = options.rendering if options.input == "text" else None
    scores = list(score_pages(_progress(_samples(options)), present, rendering))
    details = {"input": options.input, "rendering": rendering, "skipped": skipped}
    _report(options, scores, skipped, versions(present.values()), details)
    return 0


def run_lines(options: argparse.Namespace) -> int:
    """Score text rivals and ours on documents whose lines are labelled."""
    present, skipped = split_by_presence(RIVALS["text"], _names(options.rivals))
    documents = (document for name in _names(options.sets) or () for document in read_line_set(name))
    scores = list(score_documents(documents, present))
    _report(options, scores, skipped, versions(present.values()), {"skipped": skipped})
    return 0


def run_worst(options: argparse.Namespace) -> int:
    """List the pages on which ours, or another rival, scores lowest."""
    present, skipped = split_by_presence(RIVALS[options.input], [options.rival])
    rendering = options.rendering if options.input == "text" else None
    print_worst(score_pages(_samples(options), present, rendering), options.count)
    for name, reason in skipped.items():
        print(f"skipped {name}: {reason}")
    return 0


def _report(
    options: argparse.Namespace,
    scores: list[PageScore],
    skipped: dict[str, str],
    used: dict[str, str],
    details: dict[str, object],
) -> None:
    print_report(scores, skipped)
    if options.output:
        write_result(RESULTS / options.output, scores, used, details)


def _samples(options: argparse.Namespace) -> Iterable[Sample]:
    samples = read_sets(_names(options.sets) or TRAIN_SETS)
    return smallest_checksums(samples, options.sample) if options.sample else samples


def _progress(samples: Iterable[Sample]) -> Iterable[Sample]:
    """Write the number of pages done to the terminal, if there is one, every hundred pages."""
    for number, sample in enumerate(samples):
        if number % 100 == 0 and sys.stderr.isatty():
            print(f"{number} pages", file=sys.stderr)
        yield sample


def _names(value: str | None) -> list[str] | None:
    return value.split(",") if value else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    rivals = commands.add_parser("rivals", help=run_rivals.__doc__)
    rivals.set_defaults(run=run_rivals)
    rivals.add_argument("--rivals", help="names, with commas between; all that are installed")
    _add_page_options(rivals)
    _add_output(rivals)
    worst = commands.add_parser("worst", help=run_worst.__doc__)
    worst.set_defaults(run=run_worst)
    worst.add_argument("--rival", default="ours")
    worst.add_argument("--count", type=int, default=20, help="how many pages to list")
    _add_page_options(worst)
    lines = commands.add_parser("lines", help=run_lines.__doc__)
    lines.set_defaults(run=run_lines)
    lines.add_argument("--sets", default=",".join(LINE_SETS))
    lines.add_argument("--rivals", help="names, with commas between; all that are installed")
    _add_output(lines)
    recall.add_command(commands)
    gate.add_command(commands)
    return parser


def _add_page_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sets", default=",".join(TRAIN_SETS), help="with commas between")
    parser.add_argument("--input", choices=tuple(RIVALS), default="html")
    parser.add_argument("--rendering", choices=RENDERING_NAMES, default="crawl_dump")
    parser.add_argument("--sample", type=int, metavar="N", help="only N pages of each set")


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, help=f"file to write in {RESULTS.name}/")


if __name__ == "__main__":
    sys.exit(main())
