"""Files in and out of the commands: several, packed, by pattern, into folders; one rule for what is there already."""

from __future__ import annotations

import gzip
import json
import sys
import warnings
from pathlib import Path

import pytest

import boilercut
from boilercut.cli import main
from tests.helpers import ARTICLE

PAGE = f"<head><title>Bridge closed</title></head><nav><a href='/'>Home</a></nav><h1>Bridge closed</h1><p>{ARTICLE}</p>"
TEXT = boilercut.clean(PAGE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pages" / "deep").mkdir(parents=True)
    for name in ("pages/a.html", "pages/b.html", "pages/deep/a.html"):
        Path(name).write_text(PAGE, encoding="utf-8")
    Path("c.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]):
    def run(*arguments: str) -> tuple[int, str, str]:
        """Run a command in this process; return exit code, output, errors."""
        with warnings.catch_warnings(), pytest.raises(SystemExit) as ended:
            main(arguments)
        written = capsys.readouterr()
        return int(ended.value.code or 0), written.out, written.err

    return run


def test_clean_takes_several_files_patterns_and_folders(run) -> None:
    assert run("clean", "pages/a.html", "c.html.gz") == (0, f"{TEXT}\n\n{TEXT}\n", "")
    for inputs in (["pages/*.html", "pages/deep/a.html"], ["pages"], ["pages/**/*.html"]):
        assert run("clean", *inputs) == (0, "\n\n".join([TEXT] * 3) + "\n", "")


def test_clean_writes_a_file_each_into_a_folder(run) -> None:
    assert run("clean", "pages", "c.html.gz", "-o", "out") == (0, "", "")
    names = ["c.html.gz.txt", "pages/a.html.txt", "pages/b.html.txt", "pages/deep/a.html.txt"]
    assert sorted(file.relative_to("out").as_posix() for file in Path("out").rglob("*.txt")) == names
    assert {Path("out", name).read_text("utf-8") for name in names} == {TEXT + "\n"}
    assert run("clean", "--json", "pages/a.html", "-o", "json/")[0] == 0
    assert json.loads(Path("json/pages/a.html.json").read_text("utf-8"))["text"] == TEXT


def test_clean_goes_on_behind_a_file_that_is_no_page(run) -> None:
    Path("pages/b.html").write_bytes(b"%PDF-1.7")
    status, written, errors = run("clean", "pages/a.html", "pages/b.html", "c.html.gz")
    assert (status, written) == (1, f"{TEXT}\n\n{TEXT}\n")
    assert "b.html: a PDF is no page: convert it" in errors
    assert "1 of 3 files could not be cut" in errors


@pytest.mark.parametrize("command", ["clean", "explain", "report"])
@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b'{"html": "<p>A page."}', "JSON is no page"),
        (b"https://ullin.example/1\n", "curl -sL URL | boilercut clean"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n", "use `boilercut batch"),
    ],
)
def test_what_is_no_page_is_a_failure_with_advice(run, command: str, content: bytes, advice: str) -> None:
    Path("input").write_bytes(content)
    status, written, errors = run(command, "input")
    assert (status, written) == (1, "")
    assert errors.startswith("boilercut: input: ")
    assert advice in errors


def test_an_address_is_a_failure_with_advice(run) -> None:
    status, _, errors = run("clean", "https://ullin.example/1")
    assert status == 1
    assert "curl -sL URL | boilercut clean" in errors


def test_a_stated_kind_is_obeyed(run) -> None:
    Path("input").write_text('{"a": "A line of JSON, which somebody wants to have cleaned as text."}')
    assert run("clean", "--kind", "text", "--mode", "0.0001", "input")[0] == 0


def test_damaged_and_unknown_packings_are_failures(run) -> None:
    Path("bad.gz").write_bytes(gzip.compress(PAGE.encode())[:40])
    status, _, errors = run("clean", "bad.gz")
    assert status == 1
    assert "bad.gz" in errors


def test_commands_of_one_page_say_what_a_pattern_stands_for(run) -> None:
    assert run("explain", "pages/deep/*.html")[0] == 0
    status, _, errors = run("explain", "pages/*.html")
    assert status == 2
    assert "stands for 2 files" in errors
    assert run("clean", "none/*.html")[0] == 1


def test_truncation_is_reported(run) -> None:
    Path("long.html").write_text("<p>word" * 200_000)
    status, _, errors = run("clean", "long.html", "--max-seconds", "0.000001")
    assert status == 0
    assert "long.html: only the beginning was read" in errors


@pytest.mark.parametrize(
    "arguments",
    [
        ["clean", "pages/a.html", "-o", "there.txt"],
        ["clean", "pages", "-o", "full"],
        ["report", "pages/a.html", "-o", "there.txt"],
        ["import", "gold-text", "gold", "-o", "there.txt"],
        ["batch", "pages", "-o", "there.jsonl"],
        ["batch", "pages", "-o", "full"],
        ["train", "labels.jsonl", "-o", "full"],
    ],
    ids=" ".join,
)
def test_outputs_that_are_there_are_refused_by_one_rule(run, arguments: list[str]) -> None:
    for folder in ("full", "gold/gold", "gold/pages"):
        Path(folder).mkdir(parents=True)
    for file in ("there.txt", "there.jsonl", "full/index.jsonl", "full/kept"):
        Path(file).write_text("kept")
    Path("gold/gold/1.txt").write_text(TEXT)
    Path("gold/pages/1.html").write_text(PAGE)
    status, _, errors = run(*arguments)
    assert status == 1
    assert f"{arguments[-1]} is there already: use another name, or --overwrite" in errors
    assert Path("there.txt").read_text() == Path("full/kept").read_text() == "kept"
    if arguments[0] != "train":
        assert run(*arguments, "--overwrite")[0] == 0


def test_batch_replaces_its_own_folders_only(run) -> None:
    assert run("batch", "pages", "-o", "out")[0] == 0
    Path("out/stale.txt").write_text("from an older run")
    assert run("batch", "pages", "-o", "out", "--overwrite")[0] == 0
    assert not Path("out/stale.txt").exists()
    Path("mine").mkdir()
    assert run("batch", "pages", "-o", "mine")[0] == 0
    Path("mine/index.jsonl").unlink()
    status, _, errors = run("batch", "pages", "-o", "mine", "--overwrite")
    assert status == 1
    assert "a folder that no run has written" in errors


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_a_wrong_page_field_names_those_that_there_are_and_leaves_nothing(run, suffix: str) -> None:
    row = {"content": PAGE, "address": "https://ullin.example/1"}
    Path("in.jsonl").write_text("\n".join([json.dumps(row)] * 40), encoding="utf-8")
    if suffix == "parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        pa = pytest.importorskip("pyarrow")
        parquet.write_table(pa.Table.from_pylist([row] * 40), "in.parquet")
    status, _, errors = run("batch", f"in.{suffix}", "-o", "out.jsonl")
    assert status == 1
    assert "no field 'html': there are content, address; choose one with --page-field" in errors
    assert not list(Path().glob("out*"))
    fields = ["--page-field", "content", "--url-field", "address", "--fields", "text,html,markdown,metadata"]
    assert run("batch", f"in.{suffix}", "-o", "out.jsonl", *fields)[0] == 0
    first = json.loads(Path("out.jsonl").read_text("utf-8").splitlines()[0])
    assert (first["text"], first["html"]) == (TEXT, boilercut.extract(PAGE).html)
    assert json.loads(first["metadata"])["title"] == "Bridge closed"


def test_a_finished_run_has_nothing_left_to_do(run) -> None:
    assert run("batch", "pages", "-o", "out.jsonl")[0] == 0
    status, _, errors = run("batch", "pages", "-o", "out.jsonl", "--resume")
    assert (status, errors) == (0, "boilercut: nothing was left to do: out.jsonl is complete\n")


def test_the_headline_is_kept_or_cut_on_request(run) -> None:
    assert run("clean", "--title", "pages/a.html")[1].startswith("Bridge closed\n")
    assert "Bridge closed\n" not in run("clean", "--no-title", "pages/a.html")[1]


def test_the_summary_breaks_between_words(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    summary = run("explain", "pages/a.html")[1].split("\n\n")[-1]
    assert max(map(len, summary.splitlines())) <= 30
    assert " ".join(summary.split()).startswith("Kept ")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_colours_through_a_pipe_fit_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    import os
    import pty

    from boilercut.cli.shared import PIPE_WIDTH, terminal_width

    ours, theirs = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 67, 0, 0))
    monkeypatch.delenv("COLUMNS", raising=False)
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        assert terminal_width(color=True) == 67
    monkeypatch.undo()
    os.close(ours)
    monkeypatch.setenv("COLUMNS", str(PIPE_WIDTH))
    assert terminal_width() == PIPE_WIDTH
