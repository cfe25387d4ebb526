"""The command for bulk work: `boilercut batch`."""

from __future__ import annotations

import signal
import sys
import textwrap
from os import get_terminal_size
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boilercut.batch.options import DEFAULT_FIELDS, MAX_BYTES
from boilercut.cli.jobs import from_option, job_of, page_field_option, url_field_option, workers_option
from boilercut.cli.progress import Pace, progress_for, summary_lines
from boilercut.cli.shared import cutter_options, kind_option
from boilercut.render.terminal import harmless

if TYPE_CHECKING:
    from boilercut.cutter import Cutter

__all__ = ["batch"]


@click.command(short_help="Cut many pages: files, crawls, tables.")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Name in .jsonl or .parquet, or a folder for text files.",
)
@from_option
@page_field_option
@click.option("--id-field", default="id", show_default=True, help="Field with a name for the record.")
@url_field_option
@click.option(
    "--fields",
    default=",".join(DEFAULT_FIELDS),
    show_default=True,
    help="Of id, url, input, record, text, title, confidence, kept, cut, truncated, html, markdown, metadata, seconds.",
)
@kind_option
@cutter_options
@click.option(
    "--sites", type=click.Path(path_type=Path, dir_okay=False), help="Profiles of sites, from `boilercut sites learn`."
)
@click.option("--learn-sites", is_flag=True, help="Learn what the inputs' sites repeat first; reads them twice.")
@workers_option
@click.option("--max-bytes", default=MAX_BYTES, show_default=True, help="Longer records are not read, but reported.")
@click.option(
    "--errors",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for failures; OUTPUT.errors.jsonl if not given.",
)
@click.option("--resume", is_flag=True, help="Continue an interrupted run.")
@click.option("--overwrite", is_flag=True, help="Replace the output, and forget an interrupted run.")
def batch(output: Path, cutter: Cutter, fields: str, **options: Any) -> None:
    """Cut all pages of INPUT... and write their articles to OUTPUT.

    INPUT is a file, a folder, a pattern, or - for standard input. Pages as files, JSON lines, Parquet, WARC
    (responses), WET (conversions) and ARC are detected; gzip and zstd are unpacked. What fails is
    written to a file of its own, with the reason, and the run goes on. The output has its name only when it is
    complete; an interrupted run is continued with --resume. With --max-seconds, a record that takes a fifth and
    .2 s longer than that fails: the worker process that cuts it is ended.

    \b
    Examples:
      boilercut batch crawl.warc.gz -o articles.parquet --workers 4
      boilercut batch crawl.warc.gz -o articles.parquet --learn-sites
      boilercut batch pages/ -o articles
      boilercut batch 'dump/*.jsonl.zst' --page-field content -o articles.jsonl
      zcat pages.jsonl.gz | boilercut batch - --from jsonl -o articles.jsonl
    """
    from boilercut.batch import run

    names = tuple(name.strip() for name in fields.split(","))
    job = job_of(output=output, config=cutter.config, fields=names, **options)
    pace = Pace()
    progress = progress_for(pace, terminal=sys.stderr.isatty())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        counts = run(job, progress)
    except KeyboardInterrupt:
        click.echo("boilercut: the same command with --resume goes on from here", err=True)
        raise
    finally:
        progress.close()
    if job.resume and not counts.read:
        click.echo(f"boilercut: nothing was left to do: {harmless(str(job.output))} is complete", err=True)
        return
    for line in summary_lines(counts, pace, str(job.output), str(job.errors_file)):
        click.echo(_wrapped(f"boilercut: {harmless(line)}"), err=True)
    if counts.failed and not counts.written:
        raise click.ClickException("nothing could be written")


def _wrapped(line: str) -> str:
    """Return a line of the summary as the terminal takes it, broken between words."""
    if not sys.stderr.isatty():
        return line
    width = get_terminal_size(sys.stderr.fileno()).columns
    broken = textwrap.wrap(line, width, subsequent_indent=" " * 20, break_long_words=False, drop_whitespace=False)
    return "\n".join(part.rstrip() for part in broken)
