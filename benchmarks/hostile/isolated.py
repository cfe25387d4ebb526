"""Run one tool on hostile pages, each in a process of its own that may hang, crash or run out of memory.

`python -m benchmarks.hostile.isolated TOOL` loads the tool once, then reads names of cases from standard input, a
line each. For each it forks: the child gets a limit of time and of memory, and says what became of the page.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

import boilercut
from benchmarks.hostile.cases import CASES, PROSE, Case
from benchmarks.quality.data import REPOSITORY
from benchmarks.quality.rivals import HTML_RIVALS
from boilercut.read import read

__all__ = ["MAX_SECONDS", "TOOLS", "Outcome", "Server", "server"]

MAX_SECONDS = 30
MAX_BYTES = 4 << 30

Tool = Callable[[Case, Any], str]


class Outcome(NamedTuple):
    """What became of a page: how the process ended, the time, the memory on top of the page, and the text.

    `end` is `ok`, `hang` (the time was up, by the clock), `out of memory`, `crash`, or the name of an exception.
    `seconds` are those of the processor, so that a busy machine changes little.
    """

    end: str
    seconds: float = 0.0
    megabytes: float = 0.0
    text_kept: bool = False
    blocks_kept: bool = False
    """Whether the text is among what was read; of ours only."""


def ours(case: Case, page: str | bytes) -> str:
    """Clean a page with boilercut."""
    return boilercut.Cutter().clean(page, kind=case.kind, charset=case.charset)


def resiliparse(case: Case, page: str | bytes) -> str:
    """Extract the main content with resiliparse, which detects the encoding of bytes if asked to."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    if isinstance(page, bytes):
        tree = HTMLTree.parse_from_bytes(page, str(case.charset or detect_encoding(page)))
        return str(extract_plain_text(tree, main_content=True))
    return str(extract_plain_text(page, main_content=True))


TOOLS: dict[str, Tool] = {
    "ours": ours,
    "trafilatura": lambda _, page: HTML_RIVALS["trafilatura"].clean(page),
    "resiliparse": resiliparse,
    "readability": lambda _, page: HTML_RIVALS["readability"].clean(page),
}


class Server:
    """A process that runs one tool on cases, each in a child."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, name: str) -> Outcome:
        """Return what became of one case."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(name + "\n")
        self._process.stdin.flush()
        return Outcome(*json.loads(self._process.stdout.readline()))


@contextmanager
def server(tool: str, pure: bool = False) -> Iterator[Server]:
    """Start a process that runs `tool`; ours without its compiled part if `pure`."""
    environment = {**os.environ, **({"BOILERCUT_PURE": "1"} if pure else {})}
    with subprocess.Popen(
        [sys.executable, "-m", __spec__.name, tool],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        cwd=REPOSITORY, env=environment,
    ) as process:  # fmt: skip
        yield Server(process)


def main(arguments: Sequence[str]) -> None:
    """Serve one tool until standard input ends."""
    tool = TOOLS[arguments[0]]
    tool(Case(lambda: PROSE), f"<html><body>{PROSE * 3}</body></html>")  # what is loaded once is loaded now
    for line in sys.stdin:
        print(json.dumps(_outcome(tool, CASES[line.strip()], arguments[0] == "ours")), flush=True)


def in_child(work: Callable[[], object]) -> tuple[Any, int]:
    """Call a function in a fork of this process; return what it gave, None if it gave nothing, and the exit status."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        with os.fdopen(writing, "w") as stream:
            json.dump(work(), stream)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        said = stream.read()
    return json.loads(said) if said else None, os.waitpid(child, 0)[1]


def _outcome(tool: Tool, case: Case, blocks: bool) -> Outcome:
    said, status = in_child(lambda: _limited(tool, case, blocks))
    if os.WIFSIGNALED(status):
        return Outcome("hang" if os.WTERMSIG(status) == signal.SIGALRM else "crash", MAX_SECONDS * 1.0)
    return Outcome(*said) if said else Outcome("crash")


def _limited(tool: Tool, case: Case, blocks: bool) -> Outcome:
    """Run a tool on a case, in this process, which dies when its time is up."""
    page = case.build()
    resource.setrlimit(resource.RLIMIT_AS, (MAX_BYTES + 1024 * _status("VmSize"), resource.RLIM_INFINITY))
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _status("VmRSS")
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(MAX_SECONDS)
    started = process_time()
    try:
        end, text = "ok", tool(case, page)
    except MemoryError:
        end, text = "out of memory", ""
    except Exception as error:  # noqa: BLE001 - whatever a tool raises is what is to be known
        end, text = type(error).__name__, ""
    seconds = process_time() - started
    signal.alarm(0)
    peak = (_status("VmHWM") - before) / 1024
    held = " ".join(case.held.split())
    was_read = blocks and held in " ".join(read(page, case.kind, case.charset).text.split())
    return Outcome(end, round(seconds, 3), round(peak, 1), held in " ".join(text.split()), was_read)


def _status(field: str) -> int:
    """Return a figure of this process, in kilobytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1])


if __name__ == "__main__":
    main(sys.argv[1:])
