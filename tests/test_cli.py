"""The command line, run as a user runs it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

import boilercut
from boilercut._native import build
from boilercut.cli import commands

ARTICLE = (
    "The ferry across the Ullin began sailing again on Monday morning, six weeks after a log bent its propeller.",
    "“We had to wait for a part from Norway,” said the skipper, Ada Brandt. The first boat carried forty people.",
)
PAGE = f"""<nav><a href="/">Home</a> <a href="/town">Town</a> <a href="/sport">Sport</a></nav>
<p>{ARTICLE[0]}</p>
<p>{ARTICLE[1]}</p>
<footer>© 2026 The Ullin Courier. All rights reserved. <a href="/privacy">Privacy policy</a></footer>
"""


def run(*arguments: str, stdin: bytes = b"", **environment: str) -> tuple[int, str, str]:
    """Run `python -m boilercut` in a process; return exit code, output, errors."""
    done = subprocess.run(
        [sys.executable, "-m", "boilercut", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


@pytest.fixture
def page(tmp_path: Path) -> str:
    file = tmp_path / "page.html"
    file.write_text(PAGE, encoding="utf-8")
    return str(file)


def assert_one_line(errors: str, *parts: str) -> None:
    assert errors.startswith("boilercut: ")
    assert errors.count("\n") == 1
    assert [part for part in parts if part not in errors] == []


# What the commands write.


def test_clean_writes_the_article_of_a_file(page: str) -> None:
    assert run("clean", page) == (0, "\n".join(ARTICLE) + "\n", "")


@pytest.mark.parametrize("arguments", [["clean"], ["clean", "-"]])
def test_clean_reads_standard_input(arguments: Sequence[str]) -> None:
    assert run(*arguments, stdin=PAGE.encode()) == (0, "\n".join(ARTICLE) + "\n", "")


def test_clean_keeps_lines_of_text_as_they_are() -> None:
    text = (
        "  An indented line of prose, with  two spaces, that ends\twith a stop.  \r\nAnother line, as long as that one."
    )
    assert run("clean", "--mode", "0.001", stdin=text.encode())[1] == boilercut.clean(text, mode=0.001) + "\n"


def test_clean_writes_markdown() -> None:
    article = f"<article><h2>Repairs</h2>{''.join(f'<p>{line}</p>' for line in ARTICLE)}</article>"
    written = run("clean", "--markdown", "--mode", "0.001", stdin=article.encode())[1]
    assert written == boilercut.extract(article, mode=0.001).markdown + "\n"
    assert written.startswith("## Repairs\n")


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_clean_writes_other_forms_to_a_file(page: str, form: str, tmp_path: Path) -> None:
    file = tmp_path / "article"
    assert run("clean", f"--{form}", "-o", str(file), page) == (0, "", "")
    assert file.read_text("utf-8") == getattr(boilercut.extract(PAGE), form) + "\n"


def test_clean_writes_json() -> None:
    linked = f"<head><link rel=canonical href=/x></head>{PAGE}"
    written = json.loads(run("clean", "--json", "--url", "https://example.org/1", stdin=linked.encode())[1])
    assert (written["text"], written["url"]) == ("\n".join(ARTICLE), "https://example.org/x")


def test_clean_includes_and_excludes_kinds(page: str) -> None:
    assert "Privacy policy" in run("clean", "--include", "legal", "--include", "navigation", page)[1]
    assert run("clean", "--exclude", "paragraph", page)[1] == ""
    code, _, errors = run("clean", "--exclude", "paragraphs", page)
    assert code == 2
    assert "'paragraphs' is none of" in errors


def test_clean_writes_nothing_for_an_empty_page() -> None:
    assert run("clean", stdin=b"") == (0, "", "")


def test_kind_is_obeyed() -> None:
    assert "<p>" in run("clean", "--kind", "text", "--mode", "0.0001", stdin=PAGE.encode())[1]


def test_charset_is_obeyed() -> None:
    russian = "<p>Паром через Уллин снова пошёл в понедельник утром, через шесть недель после поломки винта.</p>"
    page = russian.encode("koi8-r")
    assert "Паром" in run("clean", "--charset", "koi8-r", "--mode", "0.001", stdin=page)[1]


def test_mode_may_be_a_probability(page: str) -> None:
    assert len(run("clean", "--mode", "0.0001", page)[1]) > len(run("clean", "--mode", "0.9999", page)[1])


def test_explain_shows_every_block_on_a_line(page: str) -> None:
    status, written, errors = run("explain", page, COLUMNS="100")
    lines = written.splitlines()
    assert (status, errors) == (0, "")
    assert [line[0] for line in lines[1:5]] == ["-", "+", "+", "-"]
    assert max(map(len, lines[:-1])) == 100
    assert lines[-1].startswith("Kept 2 of 4 blocks; cut 2 (")
    assert "confidence 0." in lines[-1]


def test_explain_as_json_agrees_with_the_api(page: str) -> None:
    status, written, errors = run("explain", "--json", "--mode", "recall", page)
    assert (status, errors) == (0, "")
    assert json.loads(written) == json.loads(json.dumps(boilercut.extract(PAGE, mode="recall").to_dict()))


def test_explain_says_that_there_is_no_text() -> None:
    assert run("explain", stdin=b"<p> </p>")[1].endswith("No text on this page.\n")


def test_demo_explains_its_cuts() -> None:
    status, written, errors = run("demo")
    cut = [line for line in written.splitlines() if line.startswith("- ")]
    kept = [line for line in written.splitlines() if line and line not in cut]
    assert (status, errors) == (0, "")
    for kind in ("navigation", "related", "comments", "newsletter"):
        assert any(f"  {kind}: " in line for line in cut), kind
    assert "On a still morning the water off Carrow Point" in "\n".join(kept)
    assert any(line.startswith("Kept ") for line in kept[-2:])  # the last line may wrap


def test_version() -> None:
    assert run("--version") == (0, f"boilercut {boilercut.__version__} ({build()})\n", "")


def test_no_arguments_is_help() -> None:
    assert run() == run("--help")
    assert run()[0] == 0


@pytest.mark.parametrize("command", [[], ["clean"], ["explain"], ["demo"]])
def test_help_has_examples(command: list[str]) -> None:
    status, written, _ = run(*command, "--help")
    assert status == 0
    assert "Examples:\n" in written


# Colours and what a terminal would obey.


@pytest.mark.parametrize("arguments", [["explain", "-"], ["demo"]])
def test_colours_are_for_terminals(arguments: list[str]) -> None:
    assert "\x1b" not in run(*arguments, stdin=PAGE.encode())[1]
    assert "\x1b[2m- " in run(*arguments, "--color", stdin=PAGE.encode())[1]


HOSTILE = (
    "<p>A sentence \x1b]0;title\x07that \x1b[31msets colours\x9b2J, rings \x07bells and is long enough to stay.</p>"
)


def test_explain_strips_control_characters() -> None:
    written = run("explain", stdin=HOSTILE.encode(), COLUMNS="200")[1]
    assert "A sentence that sets colours, rings bells and is long enough to stay." in written
    assert not {"\x1b", "\x07", "\x9b"} & set(written)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_clean_strips_control_characters_on_a_terminal_only() -> None:
    arguments = ("clean", "--mode", "0.0001", "--charset", "utf-8", "-")
    assert "\x1b[31m" in run(*arguments, stdin=HOSTILE.encode())[1]
    shown = on_terminal(*arguments, stdin=HOSTILE.encode())
    assert "A sentence that sets colours, rings bells and is" in shown
    assert "\x1b" not in shown


COMMANDING = (
    "<title>\x1b]0;owned\x07T</title><p>A sentence \x1b]8;;http://evil.example\x1b\\that\x1b]8;;\x1b\\ hides "
    "\x1b[31;5mcolours\x1b[0m, \x9b2Jclears, \x90q\x9cdraws, \x1bPq\x1b\\paints, \x1b[6nasks, \u202eturns round\u202c, "
    "\u2066isolates\u2069, \x08\x08backs up, \x0e shifts, \rreturns and is long enough to stay on the page.</p>"
)
"""What text can make a terminal do: titles, links, colours, clearing, device strings, reports, reordering."""
ORDERS = {"\x1b", "\x07", "\x08", "\x0e", "\x90", "\x9b", "\x9c", "\x9d", "\u202e", "\u202c", "\u2066", "\u2069"}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("command", ["clean", "clean --markdown", "explain --no-color", "explain --json", "report"])
@pytest.mark.parametrize("kind", ["html", "text"])
def test_no_command_passes_a_pages_orders_to_a_terminal(command: str, kind: str) -> None:
    arguments = (*command.split(), "--kind", kind, "--mode", "0.0001", "--charset", "utf-8", "-")
    shown = on_terminal(*arguments, stdin=COMMANDING.encode(), COLUMNS="400")
    assert "is long enough to stay" in " ".join(shown.split())
    assert not ORDERS & set(shown)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_terminal_output_has_colours_by_default() -> None:
    assert "\x1b[2m- " in on_terminal("explain", stdin=PAGE.encode())
    assert "\x1b" not in on_terminal("explain", stdin=PAGE.encode(), NO_COLOR="1")
    assert "\x1b" not in on_terminal("explain", "--no-color", stdin=PAGE.encode())


def on_terminal(*arguments: str, stdin: bytes, **environment: str) -> str:
    """Run a command with a pseudo-terminal as its standard output."""
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "boilercut", *arguments]
    quiet = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=theirs, env={**quiet, "TERM": "xterm", **environment}
    )
    os.close(theirs)
    assert process.stdin is not None
    process.stdin.write(stdin)
    process.stdin.close()
    parts = []
    try:
        while part := os.read(ours, 65536):
            parts.append(part)
    except OSError:  # how Linux says that the other side is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    return b"".join(parts).decode("utf-8")


def test_output_is_utf_8_whatever_the_locale() -> None:
    status, written, errors = run("clean", stdin=PAGE.encode(), LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (status, errors) == (0, "")
    assert "“We had" in written


def test_lone_surrogates_do_not_crash() -> None:
    text = b"<p>A sentence with \xed\xa0\x80 half a character and &#xD800; another one, long enough to stay.</p>"
    assert run("clean", "--mode", "0.0001", stdin=text)[0] == 0
    assert run("explain", stdin=text)[0] == 0


def test_commands_work_inside_other_click_programs(page: str) -> None:
    done = CliRunner().invoke(commands, ["clean", page])
    assert (done.exit_code, done.output) == (0, "\n".join(ARTICLE) + "\n")


# What goes wrong.


def test_missing_file() -> None:
    status, written, errors = run("clean", "no-such-page.html")
    assert (status, written) == (1, "")
    assert_one_line(errors, "no-such-page.html", "no such file")


def test_directory(tmp_path: Path) -> None:
    status, written, errors = run("explain", str(tmp_path))
    assert (status, written) == (1, "")
    assert_one_line(errors, str(tmp_path), "directory")


def test_binary_data(tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 50)
    status, written, errors = run("clean", str(file))
    assert (status, written) == (1, "")
    assert_one_line(errors, "picture.png", "a picture is no page")


def test_file_name_cannot_reach_the_terminal() -> None:
    errors = run("clean", "no\x1b[2J\nsuch file")[2]
    assert_one_line(errors, "no such file")
    assert "\x1b" not in errors


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["clean", "--modd", "recall"], ["--modd", "`boilercut clean --help`"]),
        (["--nonsense"], ["--nonsense", "`boilercut --help`"]),
        (["cut"], ["cut", "`boilercut --help`"]),
        (["clean", "--mode", "bold"], ["bold", "precision, balanced, recall"]),
        (["clean", "--mode", "1.5"], ["1.5", "precision"]),
        (["clean", "--kind", "pdf"], ["pdf", "html", "text"]),
        (["clean", "--charset", "klingon"], ["klingon"]),
        (["explain", "one", "two"], ["two"]),
        (["demo", "page.html"], ["page.html"]),
    ],
    ids=" ".join,
)
def test_wrong_usage(arguments: list[str], parts: list[str]) -> None:
    status, written, errors = run(*arguments)
    assert (status, written) == (2, "")
    assert_one_line(errors, *parts)


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_interrupt() -> None:
    script = "from boilercut.cli import main; print('ready', flush=True); main(['clean'])"
    command = [sys.executable, "-c", script]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, preexec_fn=hear_interrupts) as process:
        assert process.stdout is not None
        process.stdout.readline()
        wait_until_reading(process.pid)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert_one_line(errors.decode().lstrip("\n"), "interrupted")


def hear_interrupts() -> None:
    """Undo what a shell does to the tests when it runs them in the background: children then ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_until_reading(pid: int) -> None:
    """Wait until the process sleeps on its standard input, where the system tells; else a moment."""
    import time

    waiting = Path(f"/proc/{pid}/wchan")
    for _ in range(100):
        time.sleep(0.05)
        if waiting.exists() and "pipe" in waiting.read_text():
            return


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize("arguments", ["demo", "explain --json -", "clean -"])
def test_broken_pipe_is_quiet(arguments: str) -> None:
    many = f"<article>{''.join(f'<p>{ARTICLE[0]}</p>' for _ in range(2000))}</article>"
    command = f"'{sys.executable}' -m boilercut {arguments} | head -c 1"
    done = subprocess.run(command, shell=True, input=many.encode(), capture_output=True, check=False)
    assert done.stderr == b""
    assert len(done.stdout) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs pipes that break")
def test_a_broken_pipe_has_the_exit_code_of_shells() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "boilercut", "demo"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
