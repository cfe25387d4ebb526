"""What several commands share: options, reading a page, writing lines, colours."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from boilercut.decide.policy import MAX_LOSS, MODES
from boilercut.errors import ConfigError

if TYPE_CHECKING:
    from boilercut.cutter import Cutter
    from boilercut.detectors import Detector

__all__ = [
    "color_option", "colored", "cutter_options", "for_output", "page_options", "read_page", "speakers",
    "terminal_width", "write", "write_file",
]  # fmt: skip

PIPE_WIDTH = 120
"""How wide tables are where no terminal says it."""

Command = TypeVar("Command", bound=Callable[..., Any])


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
    """Return the name of an encoding that browsers know."""
    from boilercut.read.decode import codec_of

    if value is not None and codec_of(value) is None:
        raise click.BadParameter(f"{value!r}: use a name that browsers know, such as utf-8 or windows-1251")
    return value


OPTIONS = ("mode", "model", "phrases", "max_loss", "max_seconds", "include", "exclude")
"""Options of a cutter that have the names of `Config`'s."""


def cutter_options(command: Command) -> Command:
    """Add the options that say how to cut; the command gets them as one `cutter`."""

    @wraps(command)
    def with_cutter(*args: Any, plugins: bool, peers: bool, rules: str | None, **rest: Any) -> Any:
        chosen = {name: rest.pop(name) for name in OPTIONS}
        return command(*args, cutter=_cutter(chosen, rules, _added_detectors(plugins, peers)), **rest)

    for add in (
        click.option("--peers", is_flag=True, help="Take trafilatura's and jusText's verdicts as evidence; slow."),
        click.option("--plugins", is_flag=True, help="Use the detectors that other installed packages offer."),
        click.option("--rules", metavar="FILE", help="TOML file of rules: what to keep, what to drop."),
        click.option("--exclude", multiple=True, metavar="KIND", help="Cut blocks of this kind; can be repeated."),
        click.option("--include", multiple=True, metavar="KIND", help="Keep blocks of this kind; can be repeated."),
        click.option(
            "--max-seconds", type=float, metavar="N", help="Read less of a page that would take longer than that."
        ),
        click.option(
            "--max-loss",
            type=float,
            default=MAX_LOSS,
            metavar="SHARE",
            help="Cut no larger share of the words of text that looks clean; 0.05 if not given.",
        ),
        click.option("--phrases", metavar="FOLDER", help="Phrase lists to add to those of boilercut."),
        click.option("--model", metavar="FOLDER", help="A model of your own, made by `boilercut train`."),
        click.option(
            "--mode",
            callback=_mode_of,
            metavar="|".join([*MODES, "P"]),
            default="balanced",
            show_default=True,
            help="Favour precision (cut more) or recall (keep more), or give the lowest probability to keep.",
        ),
    ):
        with_cutter = add(with_cutter)
    return cast("Command", with_cutter)


def page_options(command: Command) -> Command:
    """Add what every command that reads a page takes: a file, what it is, and how to cut."""
    command = cutter_options(command)
    for add in (
        click.option("--charset", callback=_known_charset, help="What the HTTP header said of the bytes."),
        click.option("--kind", type=click.Choice(["html", "text"]), help="What the page is; found out if not given."),
        click.argument("file", default="-"),
    ):
        command = add(command)
    return command


color_option = click.option(
    "--color/--no-color", default=None, help="Use colours or not; by default only on a terminal without NO_COLOR."
)


def _cutter(options: Mapping[str, Any], rules: str | None, detectors: Sequence[Detector]) -> Cutter:
    """Make the cutter that the options ask for; options that mean nothing are wrong usage."""
    from boilercut.cutter import Cutter
    from boilercut.detectors import BUILTIN
    from boilercut.rules import read_rules

    try:
        return Cutter(**options, rules=read_rules(rules) if rules else (), detectors=(*BUILTIN, *detectors))
    except ConfigError as error:
        raise click.UsageError(str(error), click.get_current_context()) from error


def _added_detectors(plugins: bool, peers: bool) -> list[Detector]:
    """Return the detectors that are asked for besides the built-in ones."""
    found: list[Detector] = []
    if plugins:
        from boilercut.detectors.plugins import installed_detectors

        found += installed_detectors()
    if peers:
        from boilercut.peers import PEERS

        found += PEERS
    return found


def speakers(cutter: Cutter) -> Mapping[str, str | None]:
    """Map each detector to the kind of boilerplate that it finds."""
    return {each.name: each.kind for each in cutter.config.detectors}


def read_page(file: str, charset: str | None) -> str:
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


def write(lines: Iterable[str]) -> None:
    """Write lines to standard output, as they come."""
    for line in lines:
        sys.stdout.write(line + "\n")


def write_file(file: str, text: str) -> None:
    """Write `text` to a file as UTF-8; where that cannot be done, the command fails."""
    try:
        Path(file).write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise click.ClickException(f"{file}: {(error.strerror or str(error)).lower()}") from error


def for_output(text: str) -> str:
    """Return what a page says as it is, but to a terminal nothing that it would obey."""
    from boilercut.render.terminal import harmless

    return harmless(text) if sys.stdout.isatty() else text


def terminal_width() -> int:
    """Return how many cells a line may take."""
    return shutil.get_terminal_size((PIPE_WIDTH, 24)).columns


def colored(wanted: bool | None) -> bool:
    """Tell whether to use colours, where the user did not say: on a terminal that can."""
    if wanted is not None:
        return wanted
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
