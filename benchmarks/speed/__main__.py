"""The command line: ``python -m benchmarks.speed rivals|stages|startup|soak`` (see ``--help``)."""

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.quality.data import MissingDataError, read_sets
from benchmarks.quality.rivals import RIVALS, split_by_presence
from benchmarks.speed.pages import FORMS, KINDS, SIZES, Form, page, text_of
from benchmarks.speed.soak import draw_soak, soak
from benchmarks.speed.stages import stage_milliseconds
from benchmarks.speed.startup import huge_text, startup
from benchmarks.speed.timing import interleaved, machine, on_one_core, summary, write

HTML_RIVALS = ("trafilatura", "resiliparse")
TEXT_RIVALS = ("c4", "justext", "datatrove-c4")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; write its result as JSON and print it."""
    options = _parser().parse_args(arguments)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    on_one_core()
    result = {**options.run(options), **machine()}
    path = write("-".join([options.command, *filter(None, [getattr(options, "form", None)])]), result)
    print(f"{path}\n")
    _print(result)
    return 0


def run_rivals(options: argparse.Namespace) -> dict[str, Any]:
    """Time ours and others in turns, page by page; ours also in batches."""
    pages = _pages(options.form, options.pages)
    sizes = [len(source.encode("utf-8", "replace")) for source in pages]
    candidates = _candidates(options.form)
    seconds = interleaved(candidates, pages, options.rounds)
    batch = interleaved({"ours": lambda many: list(_cutter().clean_many(many, kind=options.form))}, [pages])
    return {
        "pages": len(pages),
        "median_bytes": sorted(sizes)[len(sizes) // 2],
        "rivals": summary(seconds, sizes),
        "batch_mb_per_s": round(sum(sizes) / 1e6 / batch["ours"][0], 2),
    }


def run_stages(options: argparse.Namespace) -> dict[str, Any]:
    """Time the line and each of its stages, one page after the other and nothing in between."""
    pages = _pages(options.form, options.pages)
    return {"pages": len(pages), "milliseconds": stage_milliseconds(pages, options.form, options.rounds)}


def _candidates(form: Form) -> dict[str, Callable[[str], object]]:
    present, _ = split_by_presence(RIVALS[form], None)
    cutter = _cutter()
    found: dict[str, Callable[[str], object]] = {"ours": lambda source: cutter.clean(source, kind=form)}
    wanted = HTML_RIVALS if form == "html" else TEXT_RIVALS
    found |= {name: present[name].clean for name in wanted if name in present}
    if "datatrove-c4" in wanted and (datatrove := _datatrove()):
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


def _cutter() -> Any:
    from boilercut import Cutter

    return Cutter()


def _pages(form: Form, limit: int) -> list[str]:
    """Return training pages, evenly drawn, or where they are missing generated ones."""
    try:
        samples = [sample.html for sample in read_sets(["wcxb"])]
        found = samples[:: max(len(samples) // limit, 1)][:limit]
    except MissingDataError as error:
        print(f"{error}; generated pages instead", file=sys.stderr)
        found = [page(kind, size) for size in SIZES for kind in KINDS]
    return found if form == "html" else [text_of(html) for html in found]


def run_startup(options: argparse.Namespace) -> dict[str, Any]:
    """Time importing and the first page, and clean one text of 50 MB, each in a fresh Python."""
    return {**startup(options.rounds), "text_of_50_mb": huge_text()}


def run_soak(options: argparse.Namespace) -> dict[str, Any]:
    """Watch memory, open files and throughput over many pages, and draw them."""
    result = soak(options.pages)
    draw_soak(result["readings"])
    return result


def _print(value: Any, indent: str = "") -> None:
    for key, own in value.items():
        if key == "readings":
            continue  # they are drawn
        if isinstance(own, dict) and any(isinstance(each, dict) for each in own.values()):
            print(f"{indent}{key}")
            _print(own, indent + "  ")
        else:
            print(f"{indent}{key}: {own}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    rivals = commands.add_parser("rivals", help="ours and others, in turns")
    rivals.add_argument("--form", choices=FORMS, default="html")
    rivals.add_argument("--pages", type=int, default=100)
    rivals.add_argument("--rounds", type=int, default=3)
    rivals.set_defaults(run=run_rivals)
    stages = commands.add_parser("stages", help="ours, stage by stage")
    stages.add_argument("--form", choices=FORMS, default="html")
    stages.add_argument("--pages", type=int, default=63)
    stages.add_argument("--rounds", type=int, default=6)
    stages.set_defaults(run=run_stages)
    start = commands.add_parser("startup", help="import time, the first page, and one text of 50 MB")
    start.add_argument("--rounds", type=int, default=9)
    start.set_defaults(run=run_startup)
    memory = commands.add_parser("soak", help="memory over many pages; draws docs/images/soak.png")
    memory.add_argument("--pages", type=int, default=200_000)
    memory.set_defaults(run=run_soak)
    return parser


if __name__ == "__main__":
    sys.exit(main())
