"""A time budget shortens a page that would take longer, and the result reports it."""

from __future__ import annotations

from time import perf_counter, sleep

import pytest

import boilercut
from boilercut.budget import FIRST_CHARACTERS, GROWTH, within_seconds
from boilercut.read import Source
from tests.helpers import ARTICLE

PROSE = f"<p>{ARTICLE}</p>"
LONG_PAGES = {
    "html": "<html><title>The Wend</title>" + PROSE * 9_000,
    "text": ARTICLE * 9_000,
    "dense": PROSE + "<p>word" * 100_000,
    "easy at first": PROSE + f"<!--{'-' * 1_000_000}-->" + PROSE * 6_000,
}


@pytest.mark.parametrize("name", LONG_PAGES)
def test_a_page_that_takes_longer_is_read_as_far_as_it_fits(name: str) -> None:
    page, seconds = LONG_PAGES[name], 0.02
    started = perf_counter()
    article = next(boilercut.Cutter(max_seconds=seconds).articles([page]))
    assert perf_counter() - started < 2
    assert article.truncated
    assert "The bridge over the Wend" in article.text


@pytest.mark.parametrize("name", LONG_PAGES)
def test_a_page_that_fits_is_answered_as_ever(name: str) -> None:
    page = LONG_PAGES[name][:400_000]
    assert boilercut.clean(page, max_seconds=600) == boilercut.clean(page)
    assert not next(boilercut.Cutter(max_seconds=600).articles([page])).truncated


def test_a_short_page_is_read_whole_however_little_time_there_is() -> None:
    page = PROSE * 100
    assert boilercut.extract(page, max_seconds=1e-9) == boilercut.extract(page)


def test_no_time_at_all_still_gives_the_first_beginning() -> None:
    source = Source("word\n" * 100_000, "text", False)
    assert within_seconds(source, lambda part: None, perf_counter() - 1) == source.beginning(FIRST_CHARACTERS)


def test_more_time_reads_more_of_a_page() -> None:
    source = Source("word\n" * 1_000_000, "text", False)

    def cut(part: Source) -> None:
        sleep(len(part.text) / 10_000_000)

    reached = [len(within_seconds(source, cut, perf_counter() + seconds).text) for seconds in (0.02, 0.1, 60)]
    assert FIRST_CHARACTERS * GROWTH < reached[1] < len(source.text) == reached[2]
    assert reached[0] < reached[1] < 1_000_000


def test_a_tree_is_read_whole() -> None:
    html = pytest.importorskip("lxml.html")
    tree = html.fromstring(LONG_PAGES["html"][:400_000])
    assert boilercut.clean(tree, max_seconds=1e-9, max_blocks=1) == boilercut.clean(tree)


def test_the_command_line_takes_it() -> None:
    from click.testing import CliRunner

    from boilercut.cli import commands

    page = PROSE * 2_000
    whole, part = (
        CliRunner().invoke(commands, ["clean", *options, "-"], input=page).output
        for options in ([], ["--max-seconds", "0.000001"])
    )
    assert part
    assert whole.startswith(part[:100])
    assert len(part) < len(whole)
    assert CliRunner().invoke(commands, ["clean", "--max-seconds", "0", "-"], input=page).exit_code == 2
