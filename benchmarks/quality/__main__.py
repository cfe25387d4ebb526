"""The command line: ``python -m benchmarks.quality COMMAND``; ``--help`` lists the commands."""

import argparse
import logging
import sys
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.quality import context_rules, gate, harmless, kinds, metadata, output, validate
from benchmarks.quality.data import (
    LINE_SETS,
    RESULTS,
    TRAIN_SETS,
    MissingDataError,
    Sample,
    read_line_set,
    read_sets,
    smallest_checksums,
)
from benchmarks.quality.evaluation import score_held_out, score_pages
from benchmarks.quality.held_out import MissingHeldOutError, held_out_file, read_held_out
from benchmarks.quality.lines import print_tables, score_documents, tables_by_language, write_tables
from benchmarks.quality.renderings import RENDERING_NAMES
from benchmarks.quality.report import print_report, write_result
from benchmarks.quality.rivals import RIVALS, split_by_presence, versions

MAIN_FORMS = {"html": "html", "text": "crawl_dump"}
"""The form of each kind of input that figures are quoted for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0, 1 for a floor not reached, 2 for no data to work on."""
    options = parser().parse_args(arguments)
    logging.disable(logging.CRITICAL)  # rivals report broken pages, by the thousand
    warnings.simplefilter("ignore")
    try:
        return int(options.run(options))
    except (MissingDataError, MissingHeldOutError) as error:
        print(error, file=sys.stderr)
        return 2


def run_rivals(options: argparse.Namespace) -> int:
    """Score rivals and ours on the chosen sets; print tables and write JSON."""
    present, skipped = split_by_presence(RIVALS[options.input], _names(options.rivals))
    rendering = options.rendering if options.input == "text" else None
    scores = list(score_pages(_progress(_samples(options)), present, rendering))
    print_report(scores, skipped)
    if options.output:
        details = {"input": options.input, "rendering": rendering, "skipped": skipped}
        write_result(RESULTS / options.output, scores, versions(present.values()), details)
    return 0


def run_held_out(options: argparse.Namespace) -> int:
    """Score what cross-validation kept, in every mode."""
    for kind in options.input:
        held_out = (page for page in read_held_out(held_out_file(kind)) if page.form == MAIN_FORMS[kind])
        pages = {(page.dataset, page.id): page for page in held_out if page.dataset in options.sets.split(",")}
        samples = read_sets(dict.fromkeys(dataset for dataset, _ in pages))
        scores = list(score_held_out(_progress(samples), pages))
        print_report(scores, {})
        write_result(RESULTS / f"held-out-{kind}.json", scores, {}, {})
    return 0


def run_lines(options: argparse.Namespace) -> int:
    """Score text rivals and ours on documents whose lines are labelled, by language."""
    present, skipped = split_by_presence(RIVALS["text"], _names(options.rivals))
    sets = _names(options.sets) or []
    documents = (document for name in sets for document in read_line_set(name))
    tables = tables_by_language(score_documents(documents, present))
    print_tables(tables)
    if options.output:
        details = {"skipped": skipped, "versions": versions(present.values())}
        write_tables(RESULTS / options.output, tables, sets, details)
    return 0


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


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    whole = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    rivals = commands.add_parser("rivals", help=run_rivals.__doc__)
    rivals.set_defaults(run=run_rivals)
    rivals.add_argument("--rivals", help="names, with commas between; all that are installed")
    _add_page_options(rivals)
    _add_output(rivals)
    held_out = commands.add_parser("held-out", help=run_held_out.__doc__)
    held_out.set_defaults(run=run_held_out)
    held_out.add_argument("--input", choices=tuple(MAIN_FORMS), nargs="+", default=list(MAIN_FORMS))
    held_out.add_argument("--sets", default=",".join(TRAIN_SETS[:8]), help="by default those that rivals were run on")
    lines = commands.add_parser("lines", help=run_lines.__doc__)
    lines.set_defaults(run=run_lines)
    lines.add_argument("--sets", default=",".join(LINE_SETS))
    lines.add_argument("--rivals", help="names, with commas between; all that are installed")
    _add_output(lines)
    context_rules.add_command(commands)
    gate.add_command(commands)
    harmless.add_command(commands)
    kinds.add_command(commands)
    metadata.add_command(commands)
    output.add_command(commands)
    validate.add_command(commands)
    return whole


def _add_page_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sets", default=",".join(TRAIN_SETS), help="with commas between")
    parser.add_argument("--input", choices=tuple(RIVALS), default="html")
    parser.add_argument("--rendering", choices=RENDERING_NAMES, default="crawl_dump")
    parser.add_argument("--sample", type=int, metavar="N", help="only N pages of each set")


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, help=f"file to write in {RESULTS.name}/")


if __name__ == "__main__":
    sys.exit(main())
