"""Commands on labelled pages: import them, train on them, evaluate on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boilercut.cli.shared import check_output, cutter_options, files_of, overwrite_option, write
from boilercut.page import PAGE_KINDS

if TYPE_CHECKING:
    from boilercut.cutter import Cutter
    from boilercut.training.evaluate import Cleaner
    from boilercut.training.label_files import LabelledPage

__all__ = ["evaluate", "import_labels", "train"]

_labels = click.argument("labels", nargs=-1, required=True)
_LAYOUTS = ("wcxb", "scrapinghub", "gold-text")


@click.command(name="import", short_help="Turn a folder of labelled pages into a label file.")
@click.argument("layout", type=click.Choice(_LAYOUTS))
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False), help="File to write: .jsonl, .jsonl.gz")
@overwrite_option
def import_labels(layout: str, folder: str, output: str, overwrite: bool) -> None:
    """Turn FOLDER, labelled pages in one of the layouts in use, into a label file.

    \b
    Layouts:
      wcxb         ground-truth/NAME.json with main_content, and html/NAME.html
      scrapinghub  ground-truth.json with articleBody by id, and html/ID.html.gz
      gold-text    gold/NAME.txt, and pages/NAME.html or pages/NAME.txt

    \b
    Examples:
      boilercut import gold-text my-pages -o labels.jsonl
      boilercut import wcxb benchmark/dev -o wcxb.jsonl.gz
    """
    from boilercut.training.importers import LAYOUTS
    from boilercut.training.label_files import write_labels

    check_output(output, overwrite)
    count = write_labels(output, LAYOUTS[layout](Path(folder)))
    write([f"{output}: {count} labelled pages"])


@click.command(short_help="Adapt the model to labelled pages of your own.")
@_labels
@click.option("-o", "--output", required=True, type=click.Path(file_okay=False), help="Folder to write the model to.")
@click.option("--model", "base", metavar="FOLDER", help="Start from this model instead of the shipped one.")
@click.option("--from-scratch", is_flag=True, help="Fit a new model; needs hundreds of pages.")
@overwrite_option
def train(labels: Sequence[str], output: str, base: str | None, from_scratch: bool, overwrite: bool) -> None:
    """Train on label files or patterns LABELS and write a model, for `--model` and `Config(model=…)`.

    The shipped model is adapted: ten labelled pages of one site are enough to help on its other pages. Reports
    save labels, and `boilercut import` makes label files of other labelled pages. Needs the extra `train`.

    \b
    Examples:
      boilercut train a.labels.jsonl b.labels.jsonl -o my-model
      boilercut clean --model my-model page.html
      boilercut train --from-scratch thousand-pages.jsonl.gz -o my-model
    """
    if base is not None and from_scratch:
        raise click.UsageError("--model and --from-scratch exclude each other", click.get_current_context())
    check_output(output, overwrite)
    from boilercut.training.train import train as trained

    done = trained(_read(labels), output, base, from_scratch=from_scratch)
    write([f"{output}/{kind}.json: {what}" for kind, what in done.items()])


@click.command(short_help="Measure on labelled pages, against other cleaners.")
@_labels
@cutter_options
@click.option("--against", default="", metavar="NAMES", help="trafilatura,justext,resiliparse,readability,none")
@click.option("--sites", "by_group", is_flag=True, help="Add a row for each site, or each type where pages state one.")
def evaluate(labels: Sequence[str], cutter: Cutter, against: str, by_group: bool) -> None:
    """Measure how well the pages of label files LABELS are cut: a table of means over pages.

    F1, precision and recall compare words with the labelled text, as multisets; lost and leaked are the shares of
    the labels' snippets that are missing and that should not be there; line F1 and characters are for text whose
    lines are labelled. With a model of your own, called by its folder's name, the shipped one is measured too.

    \b
    Examples:
      boilercut evaluate labels.jsonl
      boilercut evaluate labels.jsonl --sites
      boilercut evaluate held-out.jsonl --model my-model --against trafilatura,none
    """
    from boilercut.training.cleaners import rivals
    from boilercut.training.evaluate import score_pages, summarise, table

    names = [name for name in map(str.strip, against.split(",")) if name]
    rivals("html", names)  # fail before anything is measured
    pages = _read(labels)
    for kind in PAGE_KINDS:
        own = [page for page in pages if page.kind == kind]
        if own:
            write([f"From {'HTML' if kind == 'html' else 'text'}", ""])
            cleaners = _own_cleaners(cutter) | rivals(kind, names)
            write(table(summarise(list(score_pages(own, cleaners)), by_group=by_group)))
            write([""])


def _read(labels: Sequence[str]) -> list[LabelledPage]:
    from boilercut.training.label_files import last_labels, read_labels

    return last_labels(read_labels(files_of(labels)))


def _own_cleaners(cutter: Cutter) -> dict[str, Cleaner]:
    """Return boilercut as asked for; a model of the user's by its name, with the shipped one beside it."""
    from boilercut.cutter import Cutter
    from boilercut.training.cleaners import boilercut_cleaner

    if cutter.config.model is None:
        return {"boilercut": boilercut_cleaner(cutter)}
    own = Path(cutter.config.model).resolve().name
    return {own: boilercut_cleaner(cutter), "shipped model": boilercut_cleaner(Cutter(cutter.config, model=None))}
