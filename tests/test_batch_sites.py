"""Bulk runs learn what sites repeat, and use it: the same bytes on any number of workers and after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from boilercut import ConfigError, InputError, SiteProfile
from boilercut.batch import Job, run
from boilercut.batch.sites import read_profiles, write_profiles
from boilercut.page import site_of
from tests.test_sites import BLURB, page, plain

pytest.importorskip("pyarrow")
SITES = ("one.example", "two.example", "three.example")


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """Write a crawl of three sites, one of which repeats nothing, and a page without an address."""
    rows = [{"url": f"https://www.{site}/{number}", "html": page(number)} for number in range(6) for site in SITES[:2]]
    rows += [{"url": f"http://{SITES[2]}/a", "html": "<p>The only page of its site has one sentence of its own.</p>"}]
    rows += [{"html": page(9)}, {"url": "https://one.example/text", "html": plain(3)}]
    file = tmp_path / "crawl.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


def texts(file: Path) -> list[str]:
    return [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]


def test_profiles_are_learned_and_used(crawl: Path, tmp_path: Path) -> None:
    plain_run, learned = tmp_path / "plain.jsonl", tmp_path / "learned.jsonl"
    run(Job(inputs=(str(crawl),), output=plain_run))
    counts = run(Job(inputs=(str(crawl),), output=learned, learn_sites=True))
    assert counts.written == 15
    assert sum(BLURB in text for text in texts(plain_run)) >= 13
    assert [BLURB in text for text in texts(learned)[:13]] == [False] * 13
    assert texts(learned)[13] == texts(plain_run)[13]  # no address, no site
    profiles = read_profiles(tmp_path / "learned.jsonl.sites.parquet")
    assert {site: len(profile) for site, profile in profiles.items()} == {
        "one.example": 7,
        "two.example": 6,
        "three.example": 1,
    }
    used = tmp_path / "used.jsonl"
    run(Job(inputs=(str(crawl),), output=used, sites=tmp_path / "learned.jsonl.sites.parquet"))
    assert texts(used) == texts(learned)


def test_any_number_of_workers_gives_the_same_bytes(crawl: Path, tmp_path: Path) -> None:
    outputs = []
    for number in (1, 3):
        output = tmp_path / f"out-{number}.jsonl"
        run(Job(inputs=(str(crawl),), output=output, fields=("url", "text"), learn_sites=True, workers=number))
        outputs.append((output.read_bytes(), Path(f"{output}.sites.parquet").read_bytes()))
    assert outputs[0] == outputs[1]


KILLED = """
import sys, time
from pathlib import Path
from boilercut.batch import Job, run
from boilercut.batch import pipeline
folder, slow, resume = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "resume"
def endless(*arguments, **options):
    Path(folder, "reached").touch()
    time.sleep(600)
if slow == "learning" and not resume:
    pipeline.write_learned = endless
if slow == "cutting" and not resume:
    pipeline._Run.to_the_end = endless
run(Job(inputs=(str(folder / "crawl.jsonl"),), output=folder / "out.jsonl", fields=("url", "text"), learn_sites=True,
        resume=resume))
"""


@pytest.mark.parametrize("stage", ["learning", "cutting"])
def test_a_killed_run_goes_on_to_the_same_bytes(crawl: Path, tmp_path: Path, stage: str) -> None:
    whole = tmp_path / "whole.jsonl"
    run(Job(inputs=(str(crawl),), output=whole, fields=("url", "text"), learn_sites=True))
    command = [sys.executable, "-c", KILLED, str(tmp_path), stage]
    process = subprocess.Popen([*command, "first"])
    limit = monotonic() + 60
    while not (tmp_path / "reached").exists() and monotonic() < limit:
        sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    subprocess.run([*command, "resume"], check=True)
    assert (tmp_path / "out.jsonl").read_bytes() == whole.read_bytes()
    assert (tmp_path / "out.jsonl.sites.parquet").read_bytes() == Path(f"{whole}.sites.parquet").read_bytes()


def test_profiles_are_part_of_what_a_run_is(crawl: Path, tmp_path: Path) -> None:
    file = tmp_path / "profiles.parquet"
    write_profiles(file, {"one.example": SiteProfile.learn([page(1)])})
    with pytest.raises(InputError, match="cannot be read as profiles"):
        run(Job(inputs=(str(crawl),), output=tmp_path / "out.jsonl", sites=crawl))
    with pytest.raises(InputError, match="cannot be read"):
        run(Job(inputs=(str(crawl),), output=tmp_path / "new.jsonl", sites=tmp_path / "nothing.parquet"))


def test_misuse_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="either read or learned"):
        Job(inputs=("a",), output=tmp_path / "out.jsonl", sites=tmp_path / "p.parquet", learn_sites=True)
    with pytest.raises(ConfigError, match="cannot be read twice"):
        Job(inputs=("-",), output=tmp_path / "out.jsonl", learn_sites=True)


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.a.example/b", "a.example"), ("HTTP://A.Example:80", "a.example"), ("a.html", ""), ("", ""),
        ("http://[::1", ""), ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ],
)  # fmt: skip
def test_a_site_is_a_host(url: str, site: str) -> None:
    assert site_of(url) == site


def test_the_command_line_learns_and_uses_profiles(crawl: Path, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from boilercut.cli import commands

    def run_command(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(commands, arguments)
        return done.exit_code, done.stderr + str(done.exception or "")

    profiles, output = str(tmp_path / "profiles.parquet"), str(tmp_path / "out.jsonl")
    status, told = run_command("sites", "learn", str(crawl), "-o", profiles)
    assert (status, "learned 3 sites from 14 pages, 1 skipped" in told) == (0, True)
    assert run_command("sites", "learn", str(crawl), "-o", profiles)[0] == 1
    assert run_command("sites", "learn", str(crawl), "-o", profiles, "--overwrite")[0] == 0
    assert run_command("sites", "learn", str(crawl), "-o", "profiles.json")[0] == 2
    assert run_command("batch", str(crawl), "-o", output, "--sites", profiles)[0] == 0
    assert [BLURB in text for text in texts(Path(output))[:13]] == [False] * 13
    nothing = tmp_path / "page.html"
    nothing.write_text(page(1), "utf-8")
    status, told = run_command("sites", "learn", str(nothing), "-o", str(tmp_path / "none.parquet"))
    assert status == 1
    assert "no page has an address" in told
