"""Budgets of memory and time shorten a page that would take more, and the result reports it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from time import perf_counter, process_time, sleep

import pytest

import boilercut
from boilercut.page import Budget
from boilercut.read import Source, read
from boilercut.read.budget import FIRST_COST, MAX_GROWTH, within_seconds
from tests.helpers import ARTICLE

PROSE = f"<p>{ARTICLE}</p>"
LONG_PAGES = {
    "html": "<html><title>The Wend</title>" + PROSE * 9_000,
    "text": ARTICLE * 9_000,
    "dense": PROSE + "<p>word" * 100_000,
    "easy at first": PROSE + f"<!--{'-' * 1_000_000}-->" + PROSE * 6_000,
}
SLOW_PAGES = {
    "prose": lambda: PROSE * 8_000,
    "many blocks": lambda: PROSE + "<p>x" * 149_000,
    "one huge block": lambda: f"{PROSE}<p>{'the ferry sails again ' * 300_000}",
    "many scripts": lambda: PROSE + "".join(f"<p>word {chr(code)} слово 文字水火" for code in range(0x370, 0x3070) if chr(code).isalpha()) * 8,
    "deep": lambda: PROSE + "<div>" * 70_000 + "x" + "</div>" * 70_000,
    "data": lambda: PROSE + f'<script type="application/ld+json">{{"articleBody":"{"word word " * 400_000}"}}</script>',
    "lines in data": lambda: PROSE + '<script type="application/ld+json">{"articleBody":"' + "x\\n" * 500_000 + '"}</script>',
    "easy at first": lambda: f"{PROSE}<!--{'-' * 1_000_000}-->" + "<p>x" * 149_000,
    "text": lambda: ARTICLE * 8_000,
    "lines": lambda: "x\n" * 149_000,
}  # fmt: skip
LATE_SECONDS, LATE_SHARE = 0.2, 1.2
"""How far behind its time an answer may be: so many seconds, or so many times as much; see `Config.max_seconds`."""


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.05, 0.4])
@pytest.mark.parametrize("call", ["clean", "extract"])
@pytest.mark.parametrize("name", SLOW_PAGES)
def test_the_answer_is_there_in_time(name: str, call: str, seconds: float) -> None:
    page, answer = SLOW_PAGES[name](), getattr(boilercut.Cutter(max_seconds=seconds), call)
    answer(PROSE)
    answer(ARTICLE)
    started = process_time()
    answer(page)
    assert process_time() - started <= max(seconds + LATE_SECONDS, seconds * LATE_SHARE)


@pytest.mark.parametrize("name", LONG_PAGES)
def test_a_page_that_takes_longer_is_read_as_far_as_it_fits(name: str) -> None:
    article = next(boilercut.Cutter(max_seconds=0.02).articles([LONG_PAGES[name]]))
    assert article.truncated
    assert "The bridge over the Wend" in article.text


@pytest.mark.parametrize("name", LONG_PAGES)
def test_a_page_that_fits_is_answered_as_ever(name: str) -> None:
    page = LONG_PAGES[name][:400_000]
    assert boilercut.clean(page, max_seconds=600) == boilercut.clean(page)
    assert boilercut.extract(page[:50_000], max_seconds=600) == boilercut.extract(page[:50_000])
    assert not next(boilercut.Cutter(max_seconds=600).articles([page])).truncated


def test_a_short_page_is_read_whole_however_little_time_there_is() -> None:
    page = PROSE * 100
    assert boilercut.extract(page, max_seconds=1e-9) == boilercut.extract(page)


def lengths(text: str, seconds: float, pace: Callable[[Source], float]) -> list[int]:
    """Return how long the beginnings are that a page is answered for, each in the time that `pace` says."""
    tried = []

    def answer(part: Source) -> int:
        sleep(pace(part))
        tried.append(len(part.text))
        return len(part.text)

    tried.append(within_seconds(Source(text, "text", False), answer, perf_counter() + seconds))
    return tried


def test_no_time_at_all_still_gives_the_first_beginning() -> None:
    text = "w" * 1_000_000
    assert lengths(text, -1, lambda part: 0) == [FIRST_COST, FIRST_COST]


def test_more_time_answers_for_more_of_a_page() -> None:
    text = "w" * 20_000_000
    reached = [lengths(text, seconds, lambda part: len(part.text) / 10_000_000)[-1] for seconds in (0.02, 0.5, 60)]
    assert FIRST_COST <= reached[0] < reached[1] < reached[2] == len(text)


def test_a_page_that_surely_fits_is_answered_in_few_steps() -> None:
    text = "w" * 1_000_000
    assert lengths(text, 60, lambda part: 0) == [FIRST_COST, len(text), len(text)]
    assert len(text) < MAX_GROWTH * FIRST_COST


def test_the_last_answer_finished_in_time_counts() -> None:
    text = "w" * 9_000_000
    *tried, answered = lengths(text, 0.3, lambda part: 0.3 if len(part.text) > FIRST_COST else 0.001)
    assert answered == tried[-1]
    assert len([length for length in tried if length > FIRST_COST]) <= 1


def test_a_tree_is_read_whole() -> None:
    html = pytest.importorskip("lxml.html")
    tree = html.fromstring(LONG_PAGES["html"][:400_000])
    assert boilercut.clean(tree, max_seconds=1e-9, max_blocks=1) == boilercut.clean(tree)


def test_the_command_line_takes_it() -> None:
    from click.testing import CliRunner

    from boilercut.cli import commands

    page = "".join(f"Day {day}. {PROSE}" for day in range(2_000))
    whole, part = (
        CliRunner().invoke(commands, ["clean", *options, "-"], input=page).stdout
        for options in ([], ["--max-seconds", "0.000001"])
    )
    if part.startswith("boilercut: "):  # click before 8.2 mixes standard error in
        part = part.partition("\n")[2]
    assert part
    assert whole.startswith(part[:100])
    assert len(part) < len(whole)
    assert CliRunner().invoke(commands, ["clean", "--max-seconds", "0", "-"], input=page).exit_code == 2


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<p>x" * 40, id="tags"),
        pytest.param("x\n" * 40, id="lines"),
        pytest.param(f'<p>y<script type="application/ld+json">{{"articleBody":"{"x x" + chr(92) + "n"}' + "word and word\\n" * 40 + '"}</script>', id="lines in data"),
    ],
)  # fmt: skip
def test_no_page_has_more_blocks_than_allowed(page: str) -> None:
    limited = read(page, budget=Budget(10_000, 8))
    assert limited.truncated
    assert len(limited.starts) <= 9
    assert boilercut.extract(page, max_blocks=8).truncated


MEMORY = """
import resource, sys
import boilercut
cutter = boilercut.Cutter()
cutter.extract("<p>x").verdicts
cutter.clean("x")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
{use}
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
MAX_MEGABYTES = 600
"""What a page of up to a megabyte takes at most by default."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems count memory in other units")
@pytest.mark.parametrize(
    ("use", "megabytes"),
    [
        pytest.param('cutter.clean("<p>x" * 250_000)', MAX_MEGABYTES, id="clean, many blocks"),
        pytest.param('cutter.clean("<td>x" * 250_000)', MAX_MEGABYTES, id="clean, many cells"),
        pytest.param('cutter.clean("x\\n" * 500_000)', MAX_MEGABYTES, id="clean, many lines"),
        pytest.param('len(cutter.extract("<p>x" * 40_000).verdicts)', MAX_MEGABYTES / 3, id="extract, all verdicts"),
        pytest.param('list(cutter.clean_many(["<p>x" * 40_000] * 6))', MAX_MEGABYTES / 3, id="clean_many"),
    ],
)
def test_memory_is_bounded_by_default(use: str, megabytes: float) -> None:
    run = subprocess.run([sys.executable, "-c", MEMORY.format(use=use)], capture_output=True, text=True, check=True)
    assert int(run.stdout) < megabytes
