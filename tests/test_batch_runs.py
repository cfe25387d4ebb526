"""Runs that meet other runs, changed inputs, and disks that are full, read-only or gone."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from boilercut.batch import Job, run
from boilercut.batch.outputs import AppendFile
from boilercut.errors import ConfigError, InputError
from tests.helpers import ARTICLE
from tests.test_batch import command_of, content_of, kill_after_commits, write_lines

ROOT = Path(__file__).parent.parent
OUTPUTS = [".jsonl", pytest.param(".parquet", marks=pytest.mark.extra), ""]


@pytest.fixture
def lines(tmp_path: Path) -> str:
    return write_lines(tmp_path / "in.jsonl", [*(f"<p>{ARTICLE} Number {number}.</p>" for number in range(80)), 3])


# One run at a time.


def test_a_second_run_on_one_output_is_refused_at_once(lines: str, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    first = subprocess.Popen(command_of(lines, output), cwd=ROOT, stderr=subprocess.DEVNULL)
    journal = tmp_path / "out.jsonl.journal"
    while not journal.exists() or journal.read_bytes().count(b"\n") < 3:
        time.sleep(0.01)
    before = (tmp_path / "out.jsonl.part").read_bytes()
    for options in ({}, {"resume": True}, {"overwrite": True}):
        with pytest.raises(InputError, match="another run is writing"):
            run(Job(inputs=(lines,), output=output, **options))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="another run is writing"):  # two outputs, one file of failures
        run(Job(inputs=(lines,), output=tmp_path / "other.jsonl", errors=tmp_path / "out.jsonl.errors.jsonl"))
    done = subprocess.run(
        [sys.executable, "-m", "boilercut", "batch", lines, "-o", str(output), "--resume"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert (tmp_path / "out.jsonl.part").read_bytes().startswith(before)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert run(Job(inputs=(lines,), output=output, resume=True)).written == 80


def test_a_run_that_ended_leaves_no_lock_and_no_journal(lines: str, tmp_path: Path) -> None:
    for _ in range(2):
        run(Job(inputs=(lines,), output=tmp_path / "out.jsonl", overwrite=True))
    assert not list(tmp_path.glob("*.journal")) + list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("content", [b"no journal\n", b"{}\n[]\n", b'{"inputs": 1}\n{"source": 0}\n', b"\xff\xfe\n"])
def test_a_damaged_journal_is_named(lines: str, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "out.jsonl.journal").write_bytes(content)
    with pytest.raises(InputError, match=r"damaged|had other"):
        run(Job(inputs=(lines,), output=tmp_path / "out.jsonl", resume=True))


def test_a_file_that_the_last_run_removes_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, calls = tmp_path / "journal", count()
    lock = sys.modules[AppendFile.__module__]._locked

    def locked(file: Any) -> bool:
        if next(calls) == 0:
            path.unlink()  # between being opened here and being locked
        return bool(lock(file))

    monkeypatch.setattr(sys.modules[AppendFile.__module__], "_locked", locked)
    file = AppendFile(path)
    file.write(b"line")
    file.close()
    assert path.read_bytes() == b"line"


def test_file_systems_without_locks_are_written_too(
    lines: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    assert run(Job(inputs=(lines,), output=tmp_path / "out.jsonl")).written == 80


# Only the same inputs are continued.


def _same_size(file: Path) -> None:
    times = file.stat().st_mtime_ns
    file.write_bytes(file.read_bytes().replace(b"Number 79", b"Number 97"))
    os.utime(file, ns=(times, times))


def _touched(file: Path) -> None:
    os.utime(file, ns=(0, 1))


def _grown(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")


@pytest.mark.parametrize("change", [_same_size, _touched, _grown])
def test_a_changed_input_is_not_continued(lines: str, tmp_path: Path, change: Callable[[Path], None]) -> None:
    output = tmp_path / "out.jsonl"
    kill_after_commits(command_of(lines, output), tmp_path / "out.jsonl.journal", 3)
    change(Path(lines))
    with pytest.raises(InputError, match="inputs"):
        run(Job(inputs=(lines,), output=output, resume=True))


def test_outputs_in_a_folder_of_inputs_are_no_inputs(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", [ARTICLE, 3])
    for output in ("out.jsonl", "out"):
        job = Job(inputs=(str(tmp_path),), output=tmp_path / output)
        kill_after_commits(command_of(str(tmp_path), job.output), job.journal_file, 1)
        assert run(Job(inputs=job.inputs, output=job.output, resume=True)).read == 2
        for file in (job.errors_file, *(tmp_path / "out").rglob("*"), job.output):
            if file.is_file():
                file.unlink()


def test_an_output_that_is_an_input_or_the_file_of_failures_is_refused(lines: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="an input and an output"):
        run(Job(inputs=(lines,), output=Path(lines), overwrite=True))
    with pytest.raises(ConfigError, match="errors"):
        Job(inputs=(lines,), output=tmp_path / "out.jsonl", errors=tmp_path / "out.jsonl")


# Disks.


def _mounted(folder: Path, options: str) -> bool:
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    if not _mounted(folder, "size=64k"):
        pytest.skip("needs the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def batch_command(lines: str, output: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "boilercut", "batch", lines, "-o", str(output), *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", OUTPUTS)
def test_a_full_disk_is_one_line_and_can_be_continued(
    lines: str, small_disk: Path, tmp_path: Path, suffix: str
) -> None:
    run(Job(inputs=(lines,), output=tmp_path / f"whole{suffix}"))
    filler = small_disk / "filler"
    filler.write_bytes(bytes(40_000))
    output = small_disk / f"out{suffix}"
    for more in ((), ("--resume",)):
        done = batch_command(lines, output, *more)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert "no space left on device" in done.stderr
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
    done = batch_command(lines, output, "--resume")
    assert done.returncode == 0, done.stderr
    assert content_of(output) == content_of(tmp_path / f"whole{suffix}")


@pytest.mark.parametrize("suffix", OUTPUTS)
def test_a_read_only_disk_is_one_line(lines: str, small_disk: Path, suffix: str) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = batch_command(lines, small_disk / f"out{suffix}")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "read-only file system" in done.stderr


def test_an_output_on_a_full_device_is_one_line(lines: str, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    (tmp_path / "out.jsonl.journal").symlink_to("/dev/full")
    done = batch_command(lines, tmp_path / "out.jsonl")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


def test_an_output_below_a_file_is_one_line(lines: str, tmp_path: Path) -> None:
    done = batch_command(lines, Path(lines) / "out.jsonl")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


class Disk:
    """Fails at one of the calls that write, counted over all of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails_at: int) -> None:
        self._calls, self._fails_at = count(), fails_at
        self.failed = False
        for owner, name in [
            (os, "write"), (os, "fsync"), (os, "open"), (Path, "mkdir"), (Path, "write_bytes"), (Path, "replace"),
            (Path, "unlink"),
        ]:  # fmt: skip
            monkeypatch.setattr(owner, name, self._failing(getattr(owner, name)))

    def _failing(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if next(self._calls) == self._fails_at:
                self.failed = True
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return function(*arguments, **options)

        return call


@pytest.mark.slow
@pytest.mark.parametrize("suffix", OUTPUTS)
def test_wherever_a_disk_fails_the_run_can_be_continued(
    lines: str, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = write_lines(tmp_path / "few.jsonl", [f"<p>Number {number}." for number in range(6)] + [3])
    monkeypatch.setattr("boilercut.batch.pipeline.COMMIT_SECONDS", 0)
    monkeypatch.setattr("boilercut.batch.work.CHUNK_ITEMS", 3)
    run(Job(inputs=(few,), output=tmp_path / f"whole{suffix}"))
    for fails_at in count():
        output = tmp_path / str(fails_at) / f"out{suffix}"
        output.parent.mkdir()
        with monkeypatch.context() as patch:
            disk = Disk(patch, fails_at)
            with suppress(InputError):  # anything else is a traceback
                run(Job(inputs=(few,), output=output))
        counts = run(Job(inputs=(few,), output=output, resume=True))
        assert content_of(output) == content_of(tmp_path / f"whole{suffix}"), fails_at
        assert counts.read in (7, 0), "0 if the run had ended well"
        errors = output.with_name(f"{output.name}.errors.jsonl")
        assert [json.loads(line)["record"] for line in errors.read_text().splitlines()] == [6]
        if not disk.failed:
            break
    assert fails_at > 10


def test_no_folder_of_an_output_that_vanishes_is_a_traceback(
    lines: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from boilercut.batch import outputs

    job = Job(inputs=(lines,), output=tmp_path / "out")
    write = outputs.TextFolder.write
    calls = count()

    def vanish(self: Any, packed: Any) -> None:
        if next(calls) == 2:
            (tmp_path / "out.part").rename(tmp_path / "gone")
            (tmp_path / "out.part").write_text("another disk, with a file of this name")
        write(self, packed)

    monkeypatch.setattr(outputs.TextFolder, "write", vanish)
    with pytest.raises(InputError, match="cannot be written"):
        run(job)
    monkeypatch.undo()
    (tmp_path / "out.part").unlink()
    (tmp_path / "gone").rename(tmp_path / "out.part")
    assert run(Job(inputs=(lines,), output=job.output, resume=True)).written == 80
