"""The documentation is true: its examples run, its commands exist, its generated page is up to date."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

import boilercut
from boilercut.cli import commands

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUICKSTART = (ROOT / "docs" / "quickstart.md").read_text(encoding="utf-8")


def fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_examples_run(page: Path) -> None:
    source = "\n".join(fenced(page.read_text(encoding="utf-8"), "python"))
    if "lxml" in source:
        pytest.importorskip("lxml")
    example = doctest.DocTestParser().get_doctest(source, {}, page.name, str(page), 0)
    report: list[str] = []
    doctest.DocTestRunner().run(example, out=report.append)
    assert not report, "".join(report)


def test_readme_and_quickstart_have_python_examples() -> None:
    assert all(">>>" in "".join(fenced(text, "python")) for text in (README, QUICKSTART))


def test_readme_shows_the_output_of_its_page() -> None:
    before, after = fenced(README, "html")[0], fenced(README, "text")[0]
    assert boilercut.clean(before) + "\n" == after


@pytest.mark.parametrize("name", ["demo", "test"])
def test_readme_has_the_commands_that_ci_runs(name: str) -> None:
    assert len(re.findall(rf"^<!-- ci:{name} -->\n```sh\n[^\n]+\n```$", README, re.MULTILINE)) == 1


def test_architecture_names_every_module() -> None:
    named = set(re.findall(r"`(?:boilercut\.)?(\w+)`", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")))
    found = {path.stem for path in (ROOT / "boilercut").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert sorted(name for name in found - named if not name.startswith("__")) == []


LINKED = [*PAGES, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs" / "pipelines").glob("*.md"))]


@pytest.mark.parametrize("page", LINKED, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if "://" not in target and not (page.parent / target).exists()] == []


@pytest.mark.parametrize("name", list(commands.commands))
def test_every_command_is_documented(name: str) -> None:
    assert f"`boilercut {name}" in QUICKSTART
    assert f"boilercut {name}" in README


def every_command(group: click.Group = commands) -> list[click.Command]:
    below = [every_command(each) if isinstance(each, click.Group) else [each] for each in group.commands.values()]
    return [group, *(command for found in below for command in found)]


@pytest.mark.parametrize("command", every_command(), ids=lambda command: command.name)
def test_every_option_says_what_it_does(command: click.Command) -> None:
    assert [option.name for option in command.params if isinstance(option, click.Option) and not option.help] == []


def test_every_command_explains_itself_with_examples() -> None:
    for command in (commands, *commands.commands.values()):
        assert "Examples:" in (command.help or "")


def test_page_of_detectors_is_up_to_date() -> None:
    command = [sys.executable, ROOT / "docs" / "generate_detectors.py", "--check"]
    # The generator imports a module from its folder, and the working tree, which may be uncompiled.
    beside = os.environ | {"PYTHONSAFEPATH": "", "BOILERCUT_REQUIRE_NATIVE": ""}
    checked = subprocess.run(command, env=beside, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("kind", ["CONTENT_KINDS", "BOILERPLATE_KINDS"])
def test_every_kind_is_documented(kind: str) -> None:
    from boilercut import results

    assert [name for name in getattr(results, kind) if f"`{name}`" not in QUICKSTART] == []
