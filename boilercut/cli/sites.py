"""The commands for profiles of sites: `boilercut sites learn`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from boilercut.batch.options import INPUT_FORMATS, MAX_BYTES
from boilercut.cli.progress import Pace, progress_for
from boilercut.cli.shared import overwrite_option
from boilercut.errors import ConfigError
from boilercut.render.terminal import harmless

__all__ = ["sites"]


@click.group(short_help="Learn what the pages of each site repeat.")
def sites() -> None:
    """Learn what the pages of each site repeat; see docs/sites.md.

    \b
    Examples:
      boilercut sites learn crawl.warc.gz -o profiles.parquet
      boilercut batch crawl.warc.gz --sites profiles.parquet -o articles.parquet
    """


@sites.command(short_help="Learn a profile of each site.")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Name in .parquet.")
@click.option("--from", "input_format", type=click.Choice(INPUT_FORMATS),
              help="What the inputs are; detected for each if not given.")  # fmt: skip
@click.option("--page-field", default="html", show_default=True, help="Field of JSON lines or Parquet with the page.")
@click.option("--url-field", default="url", show_default=True, help="Field with the address.")
@click.option("--kind", type=click.Choice(["html", "text"]), help="What the pages are; detected if not given.")
@click.option("--workers", default=1, show_default=True, help="Processes that share the work.")
@click.option("--max-bytes", default=MAX_BYTES, show_default=True, help="Longer records are not read, but counted.")
@overwrite_option
def learn(output: Path, overwrite: bool, **options: Any) -> None:
    """Learn from all pages of INPUT... what each site repeats, and write the profiles to OUTPUT.

    INPUT is what `boilercut batch` takes; the site of a page is the host of its address, without `www.`.
    """
    from boilercut.batch import Job
    from boilercut.batch.inputs import find_sources
    from boilercut.batch.learn import write_learned

    if output.suffix != ".parquet":
        raise click.UsageError("output: use a name in .parquet", click.get_current_context())
    if output.exists() and not overwrite:
        raise click.ClickException(f"{output} is there already: use another name, or --overwrite")
    try:
        job = Job(output=output, **options)
    except ConfigError as error:
        raise click.UsageError(str(error), click.get_current_context()) from error
    progress = progress_for(Pace(), terminal=sys.stderr.isatty())
    try:
        learned = write_learned(output, job, find_sources(job.inputs, job.files), progress)
    finally:
        progress.close()
    failed = f", {learned.counts.failed.total()} failed" if learned.counts.failed else ""
    skipped = f", {learned.counts.skipped.total()} skipped" if learned.counts.skipped else ""
    click.echo(
        f"boilercut: learned {len(learned.profiles)} sites from {learned.counts.written} pages{skipped}{failed}: "
        f"{harmless(str(output))}",
        err=True,
    )
    if not learned.profiles:
        raise click.ClickException("no page has an address, so there is nothing to learn of a site (see --url-field)")
