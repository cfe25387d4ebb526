"""Ruby readings: dropped, or put in brackets behind the word, in every output alike."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest
from click.testing import CliRunner

import boilercut
from boilercut.cli import commands
from boilercut.errors import ConfigError

WRITTEN = {
    "<ruby>橋<rt>はし</rt></ruby>を": ("橋を", "橋(はし)を"),
    "<ruby>橋<rp>[</rp><rt>はし</rt><rp>]</rp></ruby>を": ("橋を", "橋(はし)を"),
    "<ruby>東<rt>とう</rt>京<rt>きょう</rt></ruby>へ": ("東京へ", "東(とう)京(きょう)へ"),
    "<ruby>橋<rt></rt></ruby>を": ("橋を", "橋を"),
    "<ruby>橋<rt><b>は</b>し</rt></ruby>を": ("橋を", "橋(はし)を"),
    "橋(はし)を": ("橋(はし)を", "橋(はし)を"),
}
UNCLOSED = {
    "<ruby>東<rt>とう<rb>京<rt>きょう</ruby>へ": ("東京へ", "東(とう)京(きょう)へ"),
    "<ruby>橋<rp>(<rt>はし<rp>)</ruby>を": ("橋を", "橋(はし)を"),
    "<template shadowrootmode=open><ruby>橋<rt>はし</rt></ruby>を</template>": ("橋を", "橋(はし)を"),
}
REST = "渡って、子どもたちは毎朝となり町の学校まで歩いていきます。"


def page_of(markup: str) -> str:
    return f"<html><body><article><p>{markup}{REST}</p><p>雨の日はバスが出ます。運転手は町の人です。</p></article></body></html>"


@pytest.mark.parametrize(
    ("markup", "expected"), [*WRITTEN.items(), *UNCLOSED.items()], ids=range(len(WRITTEN | UNCLOSED))
)
@pytest.mark.parametrize("ruby", ["drop", "bracket"])
def test_readings_are_dropped_or_bracketed(markup: str, expected: tuple[str, str], ruby: str) -> None:
    result = boilercut.extract(page_of(markup), ruby=ruby)
    first = expected[ruby == "bracket"]
    assert "".join(result.text.splitlines()[:-1]) == first + REST
    assert "".join(lxml.html.fromstring(result.html).text_content().split()) == "".join(result.text.split())


@pytest.mark.parametrize(("markup", "expected"), WRITTEN.items(), ids=range(len(WRITTEN)))
@pytest.mark.parametrize("ruby", ["drop", "bracket"])
def test_trees_are_read_alike(markup: str, expected: tuple[str, str], ruby: str) -> None:
    tree = lxml.html.fromstring(page_of(markup))
    assert boilercut.clean(tree, ruby=ruby).splitlines()[0] == expected[ruby == "bracket"] + REST


@pytest.mark.parametrize("markup", [*WRITTEN, *list(UNCLOSED)[:2]])
@pytest.mark.parametrize("ruby", ["drop", "bracket"])
def test_blocks_with_readings_have_spans(markup: str, ruby: str) -> None:
    page = page_of(markup)
    first = boilercut.extract(page, ruby=ruby).verdicts[0]
    assert first.span is not None
    start, end = first.span
    assert page[start:end] == (markup + REST).removeprefix("<ruby>")


@pytest.mark.parametrize("inside", ["", "x", "x</rt>"])
def test_a_formula_may_swallow_the_beginning_of_a_reading(inside: str) -> None:
    formula = f'<math><ruby><rt>r<annotation encoding="tex">{inside}</annotation></rt></ruby></math>'
    for page in (f"<p>{formula}</p>", f"<p>{REST}{formula}{REST}</p>"):
        assert all(
            verdict.span is None or verdict.span[0] >= 0 for verdict in boilercut.extract(page, ruby="bracket").verdicts
        )


def test_a_budget_of_time_reads_alike() -> None:
    page = page_of(next(iter(WRITTEN)))
    assert boilercut.clean(page, ruby="bracket", max_seconds=60) == boilercut.clean(page, ruby="bracket")


def test_other_choices_are_refused() -> None:
    with pytest.raises(ConfigError, match="ruby 'keep': use 'drop' or 'bracket'"):
        boilercut.Config(ruby="keep")


def test_the_command_line_has_the_option(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(page_of(next(iter(WRITTEN))), encoding="utf-8")
    done = CliRunner().invoke(commands, ["clean", "--ruby", "bracket", str(file)])
    assert done.exit_code == 0
    assert "橋(はし)を" in done.stdout
