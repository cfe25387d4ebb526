"""The command line: `boilercut clean`, `boilercut explain` and `boilercut demo`.

What a page holds never makes a command fail. Exit codes: 0 done, 1 the input cannot be read, 2 wrong usage,
130 interrupted. Where the reader of the output goes away, the command stops, quietly, with 1.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from boilercut import __version__
from boilercut.vocabulary import MODES, BoilercutError, ConfigError, PageKind

if TYPE_CHECKING:
    from boilercut.cutter import Cutter

__all__ = ["commands", "main"]

FAILURE, USAGE, INTERRUPTED = 1, 2, 130
"""Exit codes; the last is 128 and the number of the signal, as shells count."""
PIPE_WIDTH = 120
"""How wide tables are where no terminal says it."""

Command = TypeVar("Command", bound=Callable[..., Any])


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit; whatever goes wrong is one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
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
    except BrokenPipeError:
        # Python flushes once more at exit; let what is left in the buffer go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    return status if isinstance(status, int) else 0


def _complain(message: str, status: int) -> int:
    from boilercut.render.terminal import one_line

    click.echo(f"boilercut: {one_line(message)}", err=True)
    return status


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def commands(context: click.Context) -> None:
    """Keep the article and cut the boilerplate: from HTML, and from text already extracted.

    \b
    Examples:
      boilercut demo                    what it does, on a page that comes with it
      boilercut clean page.html         the article of a page
      curl -s URL | boilercut clean     the same in a pipeline
      boilercut explain page.html       what was cut, block by block, and why
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def _mode_of(context: click.Context, parameter: click.Parameter, value: str) -> str | float:
    """Return the name of a mode, or a probability."""
    if value in MODES:
        return value
    try:
        return float(value)
    except ValueError:
        known = ", ".join(MODES)
        raise click.BadParameter(f"{value!r}: use {known} or a number between 0 and 1") from None


def _known_charset(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Return the name of an encoding that browsers or Python know."""
    from w3lib.encoding import resolve_encoding

    if value is not None and resolve_encoding(value) is None:
        raise click.BadParameter(f"{value!r} is no encoding known here")
    return value


def _page_options(command: Command) -> Command:
    """Add what every command that reads a page takes."""
    for add in (
        click.option("--charset", callback=_known_charset, help="What the HTTP header said of the bytes."),
        click.option(
            "--mode",
            callback=_mode_of,
            metavar="|".join([*MODES, "P"]),
            default="balanced",
            show_default=True,
            help="Favour precision (cut more) or recall (keep more), or give the lowest probability to keep.",
        ),
        click.option("--kind", type=click.Choice(["html", "text"]), help="What the page is; found out if not given."),
        click.argument("file", default="-"),
    ):
        command = add(command)
    return command


_color_option = click.option(
    "--color/--no-color", default=None, help="Use colours or not; by default only on a terminal without NO_COLOR."
)


@commands.command(short_help="Write the article of a page.")
@_page_options
@click.option("--markdown", is_flag=True, help="Write Markdown: headings, lists, quotes and code keep their marks.")
def clean(file: str, kind: PageKind | None, mode: str | float, charset: str | None, markdown: bool) -> None:
    """Write the article of FILE (HTML or plain text; standard input if it is - or missing).

    From plain text, the lines that are kept come out as they went in, in their order.

    \b
    Examples:
      boilercut clean page.html > article.txt
      boilercut clean --markdown page.html > article.md
      boilercut clean --mode precision crawl-dump.txt
      curl -s URL | boilercut clean --charset windows-1251
    """
    cutter, page = _cutter(mode), _read(file, charset)
    article = cutter.extract(page, kind=kind).markdown if markdown else cutter.clean(page, kind=kind)
    if article:
        _write([_for_output(article)])


@commands.command(short_help="Show what is cut, block by block, and why.")
@_page_options
@click.option("--json", "as_json", is_flag=True, help="Write everything as JSON, for machines.")
@_color_option
def explain(
    file: str, kind: PageKind | None, mode: str | float, charset: str | None, as_json: bool, color: bool | None
) -> None:
    """Show for every block of FILE whether it is kept (+) or cut (-), and why.

    The columns: the probability that the block is content; its kind; the detectors that argued most, in
    log-odds, above zero for content, or the context rule that overruled them; the text.

    \b
    Examples:
      boilercut explain page.html | less
      boilercut explain --mode recall page.html
      boilercut explain --json page.html | jq '.blocks[] | select(.keep) | .text'
    """
    from boilercut.render.terminal import summary, table

    cutter = _cutter(mode)
    result = cutter.extract(_read(file, charset), kind=kind)
    if as_json:
        _write([_for_output(json.dumps(result.to_dict(), ensure_ascii=False, indent=2))])
        return
    _write(table(result, _speakers(cutter), _width(), color=_colored(color)))
    _write(["", summary(result)])


@commands.command(short_help="Cut a page that comes with boilercut.")
@_color_option
def demo(color: bool | None) -> None:
    """Cut a page that comes with boilercut, and show what went, and why.

    \b
    Examples:
      boilercut demo
      boilercut demo --color | less -R
    """
    from boilercut.render.terminal import annotated_page, summary

    cutter = _cutter("balanced")
    result = cutter.extract(resources.files("boilercut").joinpath("demo/demo.html").read_bytes())
    _write(
        [
            "A news page, as boilercut sees it. The article stands at the margin; lines with a dash were cut, and",
            "behind them stand their kind and what spoke against them most, in log-odds.",
            "",
        ]
    )
    _write(annotated_page(result, _speakers(cutter), _width(), color=_colored(color)))
    _write(["", summary(result)])


def _cutter(mode: str | float) -> Cutter:
    from boilercut.cutter import Cutter

    try:
        return Cutter(mode=mode)
    except ConfigError as error:
        raise click.UsageError(str(error), click.get_current_context()) from error


def _speakers(cutter: Cutter) -> Mapping[str, str | None]:
    """Map each detector to the kind of boilerplate that it finds."""
    return {each.name: each.kind for each in cutter.config.detectors}


def _read(file: str, charset: str | None) -> str:
    """Return the text of a file; one that holds bytes and no text is a failure."""
    from boilercut.read.decode import decoded

    name = "standard input" if file == "-" else file
    try:
        data = _standard_input() if file == "-" else _bytes_of(file)
    except OSError as error:
        raise click.ClickException(f"{name}: {(error.strerror or str(error)).lower()}") from error
    page = decoded(data, charset)
    if data.strip() and not page:
        raise click.ClickException(f"{name}: binary data, not a page")
    return page


def _bytes_of(file: str) -> bytes:
    with open(file, "rb") as stream:  # noqa: PTH123 - a Path would turn "a//b" and "./a" into other names
        return stream.read()


def _standard_input() -> bytes:
    if sys.stdin.isatty():
        click.echo("boilercut: reading a page from the terminal; end it with Ctrl-D", err=True)
    return sys.stdin.buffer.read()


def _write(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")


def _for_output(text: str) -> str:
    """Return what a page says as it is, but to a terminal nothing that it would obey."""
    from boilercut.render.terminal import harmless

    return harmless(text) if sys.stdout.isatty() else text


def _width() -> int:
    return shutil.get_terminal_size((PIPE_WIDTH, 24)).columns


def _colored(wanted: bool | None) -> bool:
    if wanted is not None:
        return wanted
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
