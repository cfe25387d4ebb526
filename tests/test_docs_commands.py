"""Every command of the documentation runs as it is written, or a comment above it says why not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest

from boilercut.training.label_files import write_labels
from tests.helpers import golden_sources
from tests.test_pipeline_docs import write_crawls
from tests.test_refit import HELD_OUT, LABELLED

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
NEEDS = {
    "README": ["lightgbm", "trafilatura", "fastwarc", "pyarrow"],
    "batch": ["fastwarc", "pyarrow"],
    "sites": ["fastwarc", "pyarrow"],
    "train": ["lightgbm", "trafilatura"],
}
"""What the commands of a page need beside the extra `test`."""
BLOCK = re.compile(r"^(?P<mark><!-- [^\n]* -->\n)?```(?P<language>\w*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^    (?:python|pip|boilercut|nox) .*", re.MULTILINE)
EXTRAS = set(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"])
REASON = re.compile(r"<!-- (?:not run: \S.*|ci:\w+) -->\n")
"""`ci:` stands above what `.ci/run` takes out of the README."""


def commands_of(page: Path) -> list[str]:
    """Return the commands of a page in their order, without those that say why they are not run."""
    blocks = [
        block["code"]
        for block in BLOCK.finditer(page.read_text("utf-8"))
        if block["language"] == "sh" and not REASON.fullmatch(block["mark"] or "")
    ]
    return [line.partition("  #")[0].strip() for block in blocks for line in block.replace("\\\n", "").splitlines()]


RUN = [
    pytest.param(page, marks=[pytest.mark.extra] if page.stem in NEEDS else [], id=page.stem)
    for page in PAGES
    if any(line.startswith("boilercut ") for line in commands_of(page))
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make what the commands name."""
    for source in golden_sources("realistic"):
        if source.suffix == ".html":
            for name in ("page.html", f"pages/{source.name}"):
                (tmp_path / name).parent.mkdir(exist_ok=True)
                shutil.copy(source, tmp_path / name)
    subprocess.run(["gzip", "-k", *(tmp_path / "pages").glob("*.html")], check=True)
    write_labels(tmp_path / "labels.jsonl", LABELLED)
    write_labels(tmp_path / "held-out.jsonl", HELD_OUT)
    for name, text in {"ground-truth/a.json": '{"main_content": "One."}', "html/a.html": "<p>One.</p>"}.items():
        (tmp_path / "benchmark" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "benchmark" / name).write_text(text)
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="the commands are written for a POSIX shell")
@pytest.mark.parametrize("page", RUN)
def test_commands_run_as_written(page: Path, folder: Path) -> None:
    if missing := [name for name in NEEDS.get(page.stem, ()) if not find_spec(name)]:
        pytest.skip(f"needs {' and '.join(missing)}")
    if page.stem in NEEDS and find_spec("pyarrow"):
        (folder / "dump").mkdir()
        write_crawls(folder)
    for command in commands_of(page):
        if command.startswith("boilercut label "):
            _label(command, folder)
        elif not command.startswith("pip install "):
            done = subprocess.run(["bash", "-c", command], cwd=folder, env=_variables(), capture_output=True, text=True)
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def _label(command: str, folder: Path) -> None:
    """Run a command that serves until it is interrupted."""
    with subprocess.Popen(
        ["bash", "-c", f"exec {command}"], cwd=folder, env=_variables(), stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        with urllib.request.urlopen(running.stdout.readline().strip(), timeout=30) as answer:
            assert answer.status == 200
        running.terminate()
    assert running.returncode == 0


def _variables() -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_not_run_says_why(page: Path) -> None:
    """Commands are in blocks of `sh`; they are boilercut's, or install an extra that there is."""
    text = page.read_text("utf-8")
    assert INDENTED.findall(text) == []
    assert [block["code"] for block in BLOCK.finditer(text) if not block["language"]] == []
    for command in commands_of(page):
        if command.startswith("pip install "):
            named = {extra for found in re.findall(r"\[([\w,]+)\]", command) for extra in found.split(",")}
            assert named - {"data"} <= EXTRAS, command  # ray[data]
        else:
            assert command.startswith(("boilercut ", "scrapy runspider ")), command
