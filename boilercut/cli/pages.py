"""Commands on one page: clean it, explain it, report on it, and the demonstration."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boilercut.cli.shared import (
    check_output,
    color_option,
    colored,
    complain,
    detector_kinds,
    file_option,
    files_of,
    for_output,
    one_file,
    overwrite_option,
    page_options,
    read_page,
    terminal_width,
    write,
    write_file,
)
from boilercut.errors import MissingExtraError
from boilercut.page import PageKind

if TYPE_CHECKING:
    from boilercut.cutter import Cutter
    from boilercut.results import Result

__all__ = ["clean", "demo", "explain", "report"]

_SUFFIXES = {None: ".txt", "html": ".html", "markdown": ".md", "json": ".json"}
"""Suffixes of files in a folder, by form."""


@click.command(short_help="Write the article of a page.")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@page_options
@click.option("--html", "form", flag_value="html", help="Write clean HTML: structure, links, images, tables, code.")
@click.option("--markdown", "form", flag_value="markdown", help="Write Markdown; needs the extra `markdown`.")
@click.option("--json", "form", flag_value="json", help="Write text, title, confidence and metadata as JSON.")
@click.option("--url", help="The page's address; makes addresses in the output absolute.")
@click.option("-o", "--output", metavar="NAME", help="File to write, or folder; standard output if missing.")
@overwrite_option
def clean(
    files: Sequence[str],
    kind: PageKind | None,
    cutter: Cutter,
    charset: str | None,
    form: str | None,
    url: str | None,
    output: str | None,
    overwrite: bool,
) -> None:
    """Write the article of each FILE: HTML or plain text; standard input if it is - or missing.

    FILE is a file, a folder or a pattern; gzip and zstd are unpacked. Articles of several files follow one another,
    with an empty line between them, or go to a folder, one file each. From plain text, the lines that are kept come
    out as they went in, in their order.

    \b
    Examples:
      boilercut clean page.html > article.txt
      boilercut clean --markdown --url https://example.org/news page.html -o article.md
      boilercut clean 'pages/*.html.gz' -o articles/
      boilercut clean --mode precision crawl-dump.txt
      curl -sL URL | boilercut clean --charset windows-1251
    """
    names = files_of(files or ["-"], folders=True)
    if url is not None and len(names) > 1:
        raise click.UsageError("--url is the address of one page", click.get_current_context())
    targets = _targets(names, form, output)
    if output is not None:
        check_output(output, overwrite)
    failed = 0
    for number, (name, target) in enumerate(zip(names, targets, strict=True)):
        try:
            article = _article(read_page(name, charset, kind, cutter), name, kind, cutter, form, url)
        except click.ClickException as error:
            if len(names) == 1:
                raise
            complain(error.message)
            failed += 1
            continue
        if target is not None:
            write_file(target, article + "\n" if article else "")
        elif article:
            write([*([""] if number else []), for_output(article)])
    if failed:
        raise click.ClickException(f"{failed} of {len(names)} files could not be cut")


def _targets(names: Sequence[str], form: str | None, output: str | None) -> list[str | None]:
    """Return the file to write for each page: one file, files of a folder, or None for standard output."""
    if output is None:
        return [None] * len(names)
    if len(names) == 1 and not Path(output).is_dir() and not output.endswith(("/", os.sep)):
        return [output]
    from boilercut.batch.names import TextFiles

    files = TextFiles(names)
    return [os.path.join(output, files.name_of(name, None, _SUFFIXES[form])) for name in names]  # noqa: PTH118


def _article(page: str, name: str, kind: PageKind | None, cutter: Cutter, form: str | None, url: str | None) -> str:
    """Return the article of a page in a form; say on standard error if only the beginning was read."""
    result = cutter.extract(page, kind=kind, url=url)
    if result.truncated:
        shown = "standard input" if name == "-" else name
        complain(f"{shown}: only the beginning was read: the page is beyond a budget (--max-seconds, max_characters …)")
    return result.text if form is None else _rendered(result, form)


def _rendered(result: Result, form: str) -> str:
    """Return the article as HTML, Markdown or JSON."""
    if form == "html":
        return result.html
    if form == "markdown":
        try:
            return result.markdown
        except MissingExtraError as error:
            raise click.ClickException(str(error)) from error
    known = {"text": result.text, "confidence": round(result.confidence, 6), "truncated": result.truncated}
    return json.dumps({**result.metadata.to_dict(), **known}, ensure_ascii=False, indent=2)


@click.command(short_help="Show what is cut, block by block, and why.")
@file_option
@page_options
@click.option("--json", "as_json", is_flag=True, help="Write everything as JSON, for machines.")
@color_option
def explain(
    file: str, kind: PageKind | None, cutter: Cutter, charset: str | None, as_json: bool, color: bool | None
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

    result = cutter.extract(read_page(one_file(file), charset, kind, cutter), kind=kind)
    if as_json:
        write([for_output(json.dumps(result.to_dict(), ensure_ascii=False, indent=2))])
        return
    width = terminal_width(colored(color))
    write(table(result, detector_kinds(cutter), width, color=colored(color)))
    write(["", *textwrap.wrap(summary(result), width)])


@click.command(short_help="Cut a page that comes with boilercut.")
@color_option
def demo(color: bool | None) -> None:
    """Cut a page that comes with boilercut, and show what went, and why.

    \b
    Examples:
      boilercut demo
      boilercut demo --color | less -R
    """
    from boilercut.cutter import Cutter
    from boilercut.render.terminal import annotated_page, summary

    cutter = Cutter()
    result = cutter.extract(resources.files("boilercut").joinpath("demo/demo.html").read_bytes())
    write(
        [
            "A news page, as boilercut sees it. The article stands at the margin; lines with a dash were cut, and",
            "behind them stand their kind and what spoke against them most, in log-odds.",
            "",
        ]
    )
    width = terminal_width(colored(color))
    write(annotated_page(result, detector_kinds(cutter), width, color=colored(color)))
    write(["", *textwrap.wrap(summary(result), width)])


@click.command(short_help="Write a report to look through, with labels to save.")
@file_option
@page_options
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="File to write; standard output if missing.")
@click.option("--url", help="The page's address, which goes into saved labels.")
@overwrite_option
def report(
    file: str,
    kind: PageKind | None,
    cutter: Cutter,
    charset: str | None,
    output: str | None,
    url: str | None,
    overwrite: bool,
) -> None:
    """Write an HTML report on FILE: every block, its kind and the evidence, to look through in a browser.

    Verdicts can be turned round there and saved as labels for `boilercut train`. The report is one file that
    loads nothing from anywhere; the page's source is inside, since labels need it.

    \b
    Examples:
      boilercut report page.html -o report.html
      boilercut report --kind text --mode recall dump.txt -o report.html
      curl -s URL | boilercut report --url URL -o report.html
    """
    from boilercut.render.report import ReportedPage, html_report

    file = one_file(file)
    if output is not None:
        check_output(output, overwrite)
    source = read_page(file, charset, kind, cutter)
    name = url or ("standard input" if file == "-" else file)
    html = html_report(cutter.extract(source, kind=kind), ReportedPage(name, source, url))
    if output is None:
        write([for_output(html)])
    else:
        write_file(output, html)
