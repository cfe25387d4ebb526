"""What several commands share: options, reading a page, writing lines, colours."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from boilercut.decide.policy import MAX_LOSS, MODES
from boilercut.errors import ConfigError, InputError, MissingExtraError
from boilercut.page import PAGE_KINDS, PageKind

if TYPE_CHECKING:
    from boilercut.cutter import Cutter
    from boilercut.detectors import Detector
    from boilercut.sites import SiteProfile

__all__ = [
    "check_output", "color_option", "colored", "complain", "cutter_options", "detector_kinds", "file_option",
    "files_of", "for_output", "kind_option", "one_file", "overwrite_option", "page_options", "read_page",
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


OPTIONS = ("mode", "model", "phrases", "max_loss", "max_seconds", "include", "exclude", "no_article", "ruby")
"""Options of a cutter that have the names of `Config`'s."""


def _choice(option: str, choices: Sequence[str], text: str) -> Callable[[Command], Command]:
    """Make an option that takes one of a few words, the first if it is not given."""
    return click.option(option, type=click.Choice(choices), default=choices[0], show_default=True, help=text)


_CUTTER_OPTIONS = (
    click.option("--peers", is_flag=True, help="Take trafilatura's and jusText's verdicts as evidence; slow."),
    click.option("--plugins", is_flag=True, help="Use the detectors that other installed packages offer."),
    click.option("--site", metavar="FILE", help="What the site's pages repeat: a file of `SiteProfile.save`."),
    click.option("--rules", metavar="FILE", help="TOML file of rules: what to keep, what to drop."),
    click.option("--title/--no-title", default=None, help="Keep or cut the headline whatever its score."),
    click.option("--exclude", multiple=True, metavar="KIND", help="Cut blocks of this kind; can be repeated."),
    _choice("--no-article", ["keep", "empty"], "What to give of a page of HTML that has no text of its own."),
    _choice("--ruby", ["drop", "bracket"], "What becomes of the readings beside Chinese and Japanese words."),
    click.option("--include", multiple=True, metavar="KIND", help="Keep blocks of this kind; can be repeated."),
    click.option(
        "--max-seconds", type=float, metavar="N", help="Read less of a page that would take longer than that."
    ),
    click.option(
        "--max-loss",
        type=float,
        default=MAX_LOSS,
        metavar="SHARE",
        help=f"Cut no larger share of the words of text that looks clean; {MAX_LOSS} if not given.",
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
)
"""What `cutter_options` adds, the last first in the help."""


def cutter_options(command: Command) -> Command:
    """Add the options that say how to cut; the command gets them as one `cutter`."""

    @wraps(command)
    def with_cutter(*args: Any, plugins: bool, peers: bool, rules: str | None, title: bool | None, **rest: Any) -> Any:
        chosen = {name: rest.pop(name) for name in OPTIONS}
        chosen["site"] = _profile(rest.pop("site"))
        if title is not None:
            chosen["include" if title else "exclude"] += ("title",)
        return command(*args, cutter=_cutter(chosen, rules, _added_detectors(plugins, peers)), **rest)

    for add in _CUTTER_OPTIONS:
        with_cutter = add(with_cutter)
    return cast("Command", with_cutter)


def page_options(command: Command) -> Command:
    """Add what every command that reads pages takes: what they are, and how to cut."""
    command = cutter_options(command)
    for add in (
        click.option("--charset", callback=_known_charset, help="What the HTTP header said of the bytes."),
        kind_option,
    ):
        command = add(command)
    return command


kind_option = click.option("--kind", type=click.Choice(PAGE_KINDS), help="What the pages are; detected if not given.")
overwrite_option = click.option("--overwrite", is_flag=True, help="Replace what the output holds.")
file_option = click.argument("file", default="-")

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


def _profile(file: str | None) -> SiteProfile | None:
    """Read the profile of the page's site."""
    from boilercut.sites import SiteProfile

    try:
        return None if file is None else SiteProfile.load(file)
    except InputError as error:
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


def detector_kinds(cutter: Cutter) -> Mapping[str, str | None]:
    """Map each detector to the kind of boilerplate that it finds."""
    return {each.name: each.kind for each in cutter.config.detectors}


def files_of(names: Sequence[str], *, folders: bool = False) -> list[str]:
    """Return the files that names and patterns stand for, in order, each once; what is not there is a failure.

    A folder stands for the files in it, or is a failure.
    """
    from boilercut.batch.inputs import find_sources
    from boilercut.hints import hint

    for name in names:
        if "://" in name and (advice := hint(name)):
            raise click.ClickException(f"{name}: {advice}")
        if not folders and Path(name).is_dir():
            raise click.ClickException(f"{name}: is a directory; name its files, such as '{name.rstrip(os.sep)}/*'")
    return [source.name for source in find_sources(names)]


def one_file(name: str) -> str:
    """Return the one file that a name or a pattern stands for."""
    found = files_of([name])
    if len(found) > 1:
        raise click.UsageError(f"{name} stands for {len(found)} files: name one", click.get_current_context())
    return found[0]


def read_page(file: str, charset: str | None, kind: PageKind | None, cutter: Cutter) -> str:
    """Return the text of a file, unpacked; what is plainly no page is a failure, unless its kind is stated."""
    from boilercut.hints import hint
    from boilercut.read.decode import decoded

    name = "standard input" if file == "-" else file
    data = _content(file, name, cutter.config.budget.bytes)
    page = decoded(data, charset)
    if advice := None if kind and page else hint(data):
        raise click.ClickException(f"{name}: {advice}")
    if data.strip() and not page:
        raise click.ClickException(f"{name}: binary data is no page")
    return page


def _content(file: str, name: str, max_bytes: int) -> bytes:
    """Return the first bytes of a file or of standard input, unpacked where they are packed."""
    from boilercut.batch.inputs import Source, opened
    from boilercut.batch.packing import UNPACK_ERRORS, unpacked

    if file == "-" and sys.stdin.isatty():
        complain("reading a page from the terminal; end it with Ctrl-D")
    try:
        with opened(Source(file, 0)) as stream:
            return unpacked(stream).read(max_bytes)
    except MissingExtraError as error:
        raise click.ClickException(f"{name}: {error}") from error
    except UNPACK_ERRORS as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise click.ClickException(f"{name}: {reason.lower()}") from error


def check_output(output: str | Path, overwrite: bool) -> None:
    """Refuse an output that holds something, unless it is to be replaced."""
    path = Path(output)
    if not overwrite and (any(path.iterdir()) if path.is_dir() else path.exists()):
        raise click.ClickException(f"{output} is there already: use another name, or --overwrite")


def complain(message: str) -> None:
    """Write one line to standard error, without what a terminal would obey."""
    from boilercut.render.terminal import one_line

    click.echo(f"boilercut: {one_line(message)}", err=True)


def write(lines: Iterable[str]) -> None:
    """Write lines to standard output, as they come."""
    for line in lines:
        sys.stdout.write(line + "\n")


def write_file(file: str, text: str) -> None:
    """Write `text` to a file as UTF-8; where that cannot be done, the command fails."""
    try:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise click.ClickException(f"{file}: {(error.strerror or str(error)).lower()}") from error


def for_output(text: str) -> str:
    """Return what a page says as it is, but to a terminal nothing that it would obey."""
    from boilercut.render.terminal import harmless

    return harmless(text) if sys.stdout.isatty() else text


def terminal_width(color: bool = False) -> int:
    """Return how many cells a line may take; output in colour goes to a terminal, even through a pipe."""
    if color and not os.environ.get("COLUMNS") and not sys.stdout.isatty():
        for stream in (sys.stderr, sys.stdin):
            with suppress(OSError, ValueError):
                return os.get_terminal_size(stream.fileno()).columns
    return shutil.get_terminal_size((PIPE_WIDTH, 24)).columns


def colored(wanted: bool | None) -> bool:
    """Return whether to use colours, where the user did not say: on a terminal that can."""
    if wanted is not None:
        return wanted
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
