"""The command that labels many pages in a browser: `boilercut label`."""

from __future__ import annotations

import signal
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boilercut.batch.options import MAX_BYTES
from boilercut.cli.jobs import from_option, job_of, page_field_option, url_field_option
from boilercut.cli.shared import complain, cutter_options, kind_option

if TYPE_CHECKING:
    from boilercut.cutter import Cutter
    from boilercut.training.labelling.app import LabelApp

__all__ = ["label"]

MAX_PAGES = 500
"""More than a person labels at a stretch; each is held in memory."""


@click.command(short_help="Label many pages in a browser.")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o",
    "--output",
    default="labels.jsonl",
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that labels are added to.",
)
@click.option(
    "--order",
    type=click.Choice(["unsure", "given"]),
    default="unsure",
    show_default=True,
    help="Pages that the model is least sure of first, or as they come.",
)
@click.option("--limit", type=click.IntRange(min=1), default=MAX_PAGES, show_default=True, help="Most pages to offer.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1; any free one if not given.")
@click.option("--open", "in_browser", is_flag=True, help="Open the browser.")
@from_option
@page_field_option
@url_field_option
@kind_option
@cutter_options
@click.option("--max-bytes", default=MAX_BYTES, show_default=True, help="Longer records are left out.")
def label(
    output: Path, order: Any, limit: int, port: int, in_browser: bool, cutter: Cutter, inputs: Any, **options: Any
) -> None:
    """Serve a page on this machine to label the pages of INPUT... with the keyboard.

    INPUT is what `boilercut batch` takes. Every block starts with the model's verdict; labels are added to a file that
    `train` and `evaluate` read, a page at a time, and the same command goes on where it was left. Only this machine
    can reach the page, and only with the address that is shown.

    \b
    Examples:
      boilercut label pages/
      boilercut label crawl.jsonl.gz --page-field content -o my-site.labels.jsonl
      boilercut label 'pages/*.html' --model my-model --limit 50 --open
    """
    from boilercut.training.labelling.app import LabelApp
    from boilercut.training.labelling.queue import queue_of
    from boilercut.training.labelling.store import LabelStore

    if output.suffix == ".gz":
        raise click.UsageError("labels are added to a plain file; use a name in .jsonl", click.get_current_context())
    job = job_of(inputs=inputs, output=output, config=cutter.config, **options)
    store = LabelStore(output)
    if store.torn_bytes:
        complain(f"{output}: the last line was torn and is gone; its page comes again")
    queue = queue_of(job, cutter, store, limit, order)
    if queue.unread:
        complain(f"{queue.unread} records are left out: unreadable, or without text")
    if not queue.tasks:
        raise click.ClickException("there is no page to label")
    _serve(LabelApp(queue.tasks, store, cutter), port, in_browser)


def _serve(app: LabelApp, port: int, in_browser: bool) -> None:
    """Answer the browser until the user interrupts."""
    from boilercut.training.labelling.server import LabelServer

    try:
        server = LabelServer(app, port)
    except OSError as error:
        raise click.ClickException(f"port {port}: {(error.strerror or str(error)).lower()}") from error
    click.echo(server.address)
    complain(f"{len(app.tasks)} pages, {app.done} labelled; open the address above, end with Ctrl-C")
    if in_browser:
        webbrowser.open(server.address)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        complain(f"{app.done} of {len(app.tasks)} pages are labelled in {app.store.file}")
    finally:
        server.server_close()
