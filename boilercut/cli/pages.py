"""Commands on one page: clean it, explain it, report on it, and the demonstration."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

import click

from boilercut.cli.shared import (
    color_option,
    colored,
    for_output,
    page_options,
    read_page,
    speakers,
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


@click.command(short_help="Write the article of a page.")
@page_options
@click.option("--html", "form", flag_value="html", help="Write clean HTML: structure, links, images, tables, code.")
@click.option("--markdown", "form", flag_value="markdown", help="Write Markdown; needs the extra `markdown`.")
@click.option("--json", "form", flag_value="json", help="Write text, title, confidence and metadata as JSON.")
@click.option("--url", help="The page's address; makes addresses in the output absolute.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="File to write; standard output if missing.")
def clean(
    file: str,
    kind: PageKind | None,
    cutter: Cutter,
    charset: str | None,
    form: str | None,
    url: str | None,
    output: str | None,
) -> None:
    """Write the article of FILE (HTML or plain text; standard input if it is - or missing).

    From plain text, the lines that are kept come out as they went in, in their order.

    \b
    Examples:
      boilercut clean page.html > article.txt
      boilercut clean --markdown --url https://example.org/news page.html -o article.md
      boilercut clean --html --exclude table page.html > article.html
      boilercut clean --mode precision crawl-dump.txt
      curl -s URL | boilercut clean --charset windows-1251
    """
    page = read_page(file, charset)
    article = (
        cutter.clean(page, kind=kind) if form is None else _rendered(cutter.extract(page, kind=kind, url=url), form)
    )
    if output is not None:
        write_file(output, article + "\n" if article else "")
    elif article:
        write([for_output(article)])


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

    result = cutter.extract(read_page(file, charset), kind=kind)
    if as_json:
        write([for_output(json.dumps(result.to_dict(), ensure_ascii=False, indent=2))])
        return
    write(table(result, speakers(cutter), terminal_width(), color=colored(color)))
    write(["", summary(result)])


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
    write(annotated_page(result, speakers(cutter), terminal_width(), color=colored(color)))
    write(["", summary(result)])


@click.command(short_help="Write a report to look through, with labels to save.")
@page_options
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="File to write; standard output if missing.")
@click.option("--url", help="The page's address, which goes into saved labels.")
def report(
    file: str, kind: PageKind | None, cutter: Cutter, charset: str | None, output: str | None, url: str | None
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

    source = read_page(file, charset)
    name = url or ("standard input" if file == "-" else file)
    html = html_report(cutter.extract(source, kind=kind), ReportedPage(name, source, url))
    if output is None:
        write([for_output(html)])
    else:
        write_file(output, html)
