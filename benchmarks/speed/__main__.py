"""The command line: ``python -m benchmarks.speed rivals|stages|startup`` (see ``--help``)."""

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from benchmarks.quality.data import read_sets
from benchmarks.quality.renderings import crawl_dump
from benchmarks.quality.rivals import RIVALS, split_by_presence
from benchmarks.reporting import machine, show, write
from benchmarks.speed.stages import stage_milliseconds
from benchmarks.speed.startup import huge_text, startup
from benchmarks.speed.timing import interleaved, on_one_core, summary
from boilercut import Cutter
from boilercut.page import PageKind

TIMED = {"html": ("trafilatura", "resiliparse"), "text": ("c4", "justext")}
"""Rivals that are timed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; write its result as JSON and print it."""
    options = _parser().parse_args(arguments)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    on_one_core()
    result = {**options.run(options), **machine()}
    print(f"{write('-'.join([options.command, *filter(None, [getattr(options, 'form', None)])]), result)}\n")
    show(result)
    return 0


def run_rivals(options: argparse.Namespace) -> dict[str, Any]:
    """Time ours and others in turns, page by page; ours also in batches."""
    pages = _pages(options.form, options.pages)
    sizes = [len(source.encode("utf-8", "replace")) for source in pages]
    seconds = interleaved(_candidates(options.form), pages, options.rounds)
    batch = interleaved({"ours": lambda many: list(Cutter().clean_many(many, kind=options.form))}, [pages])
    return {
        "pages": len(pages),
        "median_bytes": int(median(sizes)),
        "rivals": summary(seconds, sizes),
        "batch_mb_per_s": round(sum(sizes) / 1e6 / batch["ours"][0], 2),
    }


def run_stages(options: argparse.Namespace) -> dict[str, Any]:
    """Time the line and each of its stages, one page after the other and nothing in between."""
    pages = _pages(options.form, options.pages)
    return {"pages": len(pages), "milliseconds": stage_milliseconds(pages, options.form, options.rounds)}


def run_startup(options: argparse.Namespace) -> dict[str, Any]:
    """Time importing and the first page, and clean one text of 50 MB, each in a fresh Python."""
    return {**startup(options.rounds), "text_of_50_mb": huge_text()}


def _candidates(form: PageKind) -> dict[str, Callable[[str], object]]:
    cutter = Cutter()
    found: dict[str, Callable[[str], object]] = {"ours": lambda source: cutter.clean(source, kind=form)}
    present, _ = split_by_presence(RIVALS[form], TIMED[form])
    found |= {name: rival.clean for name, rival in present.items()}
    if form == "text" and (datatrove := _datatrove()):
        found["datatrove-c4"] = datatrove
    return found


def _datatrove() -> Callable[[str], object] | None:
    """Return the line rules of C4 as datatrove has them (its sentence count needs a tokenizer, and is left out)."""
    try:
        from datatrove.data import Document
        from datatrove.pipeline.filters import C4QualityFilter
    except ImportError:
        return None
    rules = C4QualityFilter(min_num_sentences=-1)
    return lambda text: rules.filter(Document(text=text, id=""))


def _pages(form: PageKind, limit: int) -> list[str]:
    """Return training pages, evenly drawn."""
    samples = [sample.html for sample in read_sets(["wcxb"])]
    found = samples[:: max(len(samples) // limit, 1)][:limit]
    return found if form == "html" else list(map(crawl_dump, found))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run, pages, rounds in (
        ("rivals", run_rivals, 100, 3), ("stages", run_stages, 63, 6), ("startup", run_startup, 0, 9),
    ):  # fmt: skip
        command = commands.add_parser(name, help=run.__doc__)
        command.set_defaults(run=run)
        command.add_argument("--rounds", type=int, default=rounds)
        if pages:
            command.add_argument("--form", choices=tuple(TIMED), default="html")
            command.add_argument("--pages", type=int, default=pages)
    return parser


if __name__ == "__main__":
    sys.exit(main())
