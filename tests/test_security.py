"""Promises of SECURITY.md: no network, no code from data, nothing written outside the output, bounded unpacking."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import boilercut
from tests.helpers import ARTICLE

GUARD = """
import sys
seen = []
def guard(event, arguments):
    if event.startswith(FORBIDDEN):
        seen.append((event, str(arguments)[:200]))
"""
"""Python's own record of what a program does (PEP 578); a hook cannot be taken off again."""

COMMANDS = (
    "clean page.html", "explain page.html", "report page.html -o report.html", "demo", "clean links.html",
    "batch page.html links.html -o out.jsonl", "evaluate labels.jsonl",
    *(("train labels.jsonl -o model",) if find_spec("lightgbm") else ()),  # the extra train
)  # fmt: skip
LINKS = (
    '<base href="http://127.0.0.1:9/"><link rel="stylesheet" href="http://127.0.0.1:9/a.css">'
    '<script src="http://127.0.0.1:9/a.js"></script><meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/">'
    '<!DOCTYPE html [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>&x;<iframe src="http://127.0.0.1:9/"></iframe>'
)
"""What a browser, or an XML parser, would load."""


def guarded(program: str, forbidden: tuple[str, ...], folder: Path) -> list[list[str]]:
    """Run a program and return which of the forbidden things it did: names of audit events and their arguments."""
    code = f"FORBIDDEN = {forbidden!r}\n{GUARD}{program}\nimport json\nprint('SEEN', json.dumps(seen))"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    seen: list[list[str]] = json.loads(done.stdout.rpartition("SEEN")[2])
    return seen


def test_network_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(f"<h1>Bridge</h1><p>{ARTICLE}</p>")
    (tmp_path / "links.html").write_text(f"{LINKS}<p>{ARTICLE}</p>")
    pages = [f"Day {day}. {ARTICLE}" for day in range(5)]
    labels = [{"page": page, "kind": "text", "gold": page, "url": "http://127.0.0.1:9/"} for page in pages]
    (tmp_path / "labels.jsonl").write_text("".join(f"{json.dumps(label)}\n" for label in labels))
    program = f"""
sys.addaudithook(guard)
from boilercut.cli import _status
for command in {COMMANDS!r}:
    status = _status(command.split())
    assert status == 0, (command, status)
import socket
"""
    found = guarded(program, ("socket.", "urllib.", "http.", "ftplib.", "subprocess.", "os.system"), tmp_path)
    assert [event for event in found if event[0] not in ("socket.__new__", "socket.gethostname")] == []


def test_the_guard_sees_a_connection(tmp_path: Path) -> None:
    program = """
sys.addaudithook(guard)
import socket
try:
    socket.create_connection(("127.0.0.1", 9), 0.1)
except OSError:
    pass
"""
    assert "socket.connect" in [event for event, _ in guarded(program, ("socket.",), tmp_path)]


def test_loading_data_runs_nothing(tmp_path: Path) -> None:
    model = json.loads(Path(boilercut.__file__).parent.joinpath("model/text.json").read_text("utf-8"))
    model["provenance"]["__reduce__"] = "os.system"
    (tmp_path / "text.json").write_text(json.dumps(model))
    (tmp_path / "newsletter.txt").write_text("[en]\n__import__('os').system('true')\n")
    (tmp_path / "rules.toml").write_text("[[rule]]\naction = 'drop'\nphrase = '{__class__} sign up'\n")
    program = f"""
import boilercut, boilercut.training.label_files
boilercut.Cutter().extract("A line of text.")  # loads the modules, which is code of boilercut's own
sys.addaudithook(guard)
text = {ARTICLE!r}
assert boilercut.clean(text, model=".", phrases=".", rules=boilercut.read_rules("rules.toml")) == text.strip()
"""
    assert guarded(program, ("exec", "compile", "import", "pickle.", "marshal.", "code."), tmp_path) == []


@pytest.mark.parametrize("name", ["../../escape", "/etc/escape", "..", "a/../../../escape", "C:\\escape", "\x00"])
def test_names_in_records_are_never_names_of_files(tmp_path: Path, name: str) -> None:
    from boilercut.batch import Job, run

    inside = tmp_path / "run"
    inside.mkdir()
    row = {"html": f"<p>{ARTICLE}</p>", "id": name, "url": f"file:///{name}"}
    (inside / "pages.jsonl").write_text(json.dumps(row))
    before = set(tmp_path.rglob("*"))
    run(Job(inputs=(str(inside / "pages.jsonl"),), output=inside / "out"))
    made = set(tmp_path.rglob("*")) - before
    assert [path for path in made if path.suffix == ".txt"]
    assert all(path == inside / "out" or inside / "out" in path.parents for path in made)
    assert not any("escape" in path.name for path in made)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_a_folder_of_pages_is_passed_over(tmp_path: Path) -> None:
    from boilercut.batch.inputs import find_sources

    os.mkfifo(tmp_path / "pipe.html")
    (tmp_path / "device.html").symlink_to("/dev/zero")
    (tmp_path / "gone.html").symlink_to(tmp_path / "nowhere")
    (tmp_path / "page.html").write_text("<p>One.</p>")
    assert [Path(source.name).name for source in find_sources([str(tmp_path)])] == ["page.html"]
