"""The command line, `boilercut COMMAND`.

One module per group of commands; `shared` has what several of them need. What a page holds never makes a
command fail. Exit codes: 0 done, 1 an input cannot be read or an output not be written, 2 wrong usage,
130 interrupted, 141 the reader of the output went away, which is quiet.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Sequence
from typing import NoReturn

import click

from boilercut import __version__
from boilercut._native import build
from boilercut.cli import pages, training
from boilercut.cli.batch import batch
from boilercut.cli.label import label
from boilercut.cli.shared import complain
from boilercut.cli.sites import sites
from boilercut.errors import BoilercutError, BoilercutWarning

__all__ = ["commands", "main"]

FAILURE, USAGE, INTERRUPTED, UNREAD = 1, 2, 130, 141
"""Exit codes; the last two are 128 and the number of the signal (SIGINT, SIGPIPE), as shells count."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit; whatever goes wrong is one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    warnings.simplefilter("ignore", BoilercutWarning)  # commands say it themselves
    sys.exit(_status(arguments))


def _status(arguments: Sequence[str] | None) -> int:
    try:
        status = commands.main(arguments, prog_name="boilercut", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "boilercut"
        return _complain(f"{error.format_message()} (see `{where} --help`)", USAGE)
    except (click.ClickException, BoilercutError) as error:
        return _complain(str(error), FAILURE)
    except (click.Abort, KeyboardInterrupt):
        return _complain("interrupted", INTERRUPTED)
    except (BrokenPipeError, SystemExit):  # inside a command, click turns the former into the latter
        # Python flushes once more at exit; let what is left in the buffer go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    return status if isinstance(status, int) else 0


def _complain(message: str, status: int) -> int:
    complain(message)
    return status


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(f"{__version__} ({build()})", message="%(prog)s %(version)s")
@click.pass_context
def commands(context: click.Context) -> None:
    """Keep the article and cut the boilerplate: from HTML, and from text already extracted.

    \b
    Examples:
      boilercut demo                    what it does, on a page that comes with it
      boilercut clean page.html         the article of a page
      curl -sL URL | boilercut clean    the same in a pipeline
      boilercut explain page.html       what was cut, block by block, and why
      boilercut report page.html -o report.html
                                        the same to look through in a browser, and to label
      boilercut label pages/            many pages to label, in a browser
      boilercut train *.labels.jsonl -o my-model
                                        a model adapted to your own labels
      boilercut batch pages/ -o out     the articles of many pages
      boilercut sites learn pages.jsonl -o profiles.parquet
                                        what the pages of each site repeat
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for _command in (
    pages.clean, pages.explain, pages.report, batch, sites, pages.demo, label,
    training.import_labels, training.train, training.evaluate,
):  # fmt: skip
    commands.add_command(_command)
