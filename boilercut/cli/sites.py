"""The commands for profiles of sites: `boilercut sites learn`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from boilercut.batch.options import MAX_BYTES
from boilercut.cli.jobs import from_option, job_of, page_field_option, url_field_option, workers_option
from boilercut.cli.progress import Pace, progress_for
from boilercut.cli.shared import check_output, kind_option, overwrite_option
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
@from_option
@page_field_option
@url_field_option
@kind_option
@workers_option
@click.option("--max-bytes", default=MAX_BYTES, show_default=True, help="Longer records are not read, but counted.")
@overwrite_option
def learn(output: Path, overwrite: bool, **options: Any) -> None:
    """Learn from all pages of INPUT... what each site repeats, and write the profiles to OUTPUT.

    INPUT is what `boilercut batch` takes; the site of a page is the host of its address, without `www.`.
    """
    from boilercut.batch.inputs import find_sources
    from boilercut.batch.learn import write_learned

    if output.suffix != ".parquet":
        raise click.UsageError("output: use a name in .parquet", click.get_current_context())
    check_output(output, overwrite)
    job = job_of(output=output, **options)
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
