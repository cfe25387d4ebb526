"""Fuzz a build with sanitizers, by generators: ``python -m tests.fuzz.sanitized --minutes 60`` (gcc; Linux only).

The compiled modules are built once more, into a scratch folder, with AddressSanitizer and
UndefinedBehaviorSanitizer. Child processes then clean generated pages: constructs of the HTML standard one after
and inside the other, mutated golden pages, texts, and bytes with a declared charset. A page that crashes a child,
raises, takes too long, or is answered differently alone and in a stack is a find: it is left in `--finds`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boilercut import Cutter

ROOT = Path(__file__).parents[2]
ROUND_SECONDS = 120
"""Seconds that one child runs before the next begins with fresh memory."""
MAX_PAGE_SECONDS, MAX_SECONDS_PER_MEGABYTE = 10.0, 30.0
"""Maximum processor time for a page: sanitizers make the compiled code about ten times slower."""
MAX_REPEATS = 3000
SANITIZERS = "-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g -O1"


def main() -> int:
    """Fuzz in rounds until the time is over; return 1 where something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.sanitized", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1, help="of the first round; each round has the next one")
    parser.add_argument("--finds", type=Path, default=Path("finds"), help="folder for pages that broke something")
    parser.add_argument("--child", type=float, help="run one round of so many seconds; used by the command itself")
    options = parser.parse_args()
    if options.child:
        return _round(options.seed, options.child, options.finds)
    options.finds.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        environment = _sanitized_build(Path(scratch))
        return _fuzz(options, environment)


def _fuzz(options: argparse.Namespace, environment: dict[str, str]) -> int:
    end, seed, pages, finds = time.monotonic() + 60 * options.minutes, options.seed, 0, 0
    while (left := end - time.monotonic()) > 1:
        seconds = min(left, ROUND_SECONDS)
        arguments = ["--child", str(seconds), "--seed", str(seed), "--finds", str(options.finds.resolve())]
        command = [sys.executable, "-m", "tests.fuzz.sanitized", *arguments]
        done = subprocess.run(command, env=environment, cwd=environment["PYTHONPATH"], capture_output=True, text=True)
        lines = done.stdout.splitlines()
        pages += int(lines[-1]) if done.returncode == 0 and lines else 0
        if done.returncode:
            finds += 1
            print(f"seed {seed}: exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}", flush=True)
            current = options.finds / "current"
            if current.exists():
                current.rename(options.finds / f"seed-{seed}")
        seed += 1
    print(json.dumps({"minutes": options.minutes, "rounds": seed - options.seed, "pages": pages, "finds": finds}))
    return int(finds > 0)


def _sanitized_build(scratch: Path) -> dict[str, str]:
    """Build a copy of the package with sanitizers; return the environment in which Python imports it."""
    ignored = shutil.ignore_patterns("*.so", "*.c", "__pycache__", "build", ".git")
    for name in ("boilercut", "tests", "benchmarks"):
        shutil.copytree(ROOT / name, scratch / name, ignore=ignored)
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, scratch)
    flags = {"CFLAGS": SANITIZERS, "LDFLAGS": "-fsanitize=address,undefined"}
    command = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
    subprocess.run(command, cwd=scratch, env={**os.environ, **flags}, check=True, capture_output=True)
    libraries = " ".join(_library(name) for name in ("libasan.so", "libubsan.so"))
    return {
        **os.environ,
        "PYTHONPATH": str(scratch),
        "PYTHONMALLOC": "malloc",
        "LD_PRELOAD": libraries,
        "ASAN_OPTIONS": "detect_leaks=0:detect_stack_use_after_return=0",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
        "BOILERCUT_REQUIRE_NATIVE": "1",
    }


def _library(name: str) -> str:
    done = subprocess.run(["gcc", f"-print-file-name={name}"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _round(seed: int, seconds: float, finds: Path) -> int:
    """Clean generated pages for some seconds; print how many. The page at work lies in a file, for crashes."""
    from boilercut import Cutter

    rng, cutter, current = Random(seed), Cutter(), finds / "current"
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        page = _page(rng)
        current.write_bytes(page if isinstance(page, bytes) else page.encode("utf-8", "surrogatepass"))
        started = time.process_time()
        _check(cutter, page)
        spent = time.process_time() - started
        allowed = MAX_PAGE_SECONDS + MAX_SECONDS_PER_MEGABYTE * len(page) / 1e6
        assert spent <= allowed, f"{spent:.1f} s for {len(page):,} characters"
        count += 1
    current.unlink(missing_ok=True)
    print(count)
    return 0


def _check(cutter: Cutter, page: str | bytes) -> None:
    """Check that a page is answered the same alone, in a stack and with verdicts."""
    alone = cutter.clean(page)
    assert (
        list(cutter.clean_many(["<p>The ferry sails again on Monday morning.", page, "A line.\nAnother."]))[1] == alone
    )
    result = cutter.extract(page)
    assert result.text == alone, "clean and extract differ"
    assert all(verdict.text.strip() for verdict in result.verdicts)
    if result.verdicts:
        _ = result.verdicts[-1].span, result.verdicts[-1].evidence


def _page(rng: Random) -> str | bytes:
    """Make a page by one of four generators."""
    kind = rng.randrange(4)
    if kind == 0:
        return _mutated(rng, _constructs(rng)) if rng.random() < 0.3 else _constructs(rng)
    source = rng.choice(_golden())
    if kind == 1:
        return _mutated(rng, source)
    if kind == 2:
        return _constructs(rng)[:2000] + _mutated(rng, source) + _constructs(rng)
    charset = rng.choice(("utf-8", "utf-16", "gb18030", "shift_jis", "iso-2022-jp", "hex", "punycode", "koi8-r", "x"))
    head = f"<meta charset={charset}>".encode() if rng.random() < 0.7 else b""
    data = bytearray(head + _mutated(rng, source).encode("utf-8", "surrogatepass"))
    for _ in range(rng.randrange(8)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def _constructs(rng: Random) -> str:
    """Put up to four constructs of the standard one after or inside the other, some prose around them."""
    from tests.hostile.cases import PROSE
    from tests.hostile.constructs import CONSTRUCTS

    builds = [CONSTRUCTS[name] for name in rng.choices(list(CONSTRUCTS), k=rng.randint(1, 4))]
    if rng.random() < 0.5:
        middle = "".join(build(int(MAX_REPEATS ** rng.random())) for build in builds)
    else:
        middle = "".join(build(rng.randint(1, 3)) for build in builds) * int((MAX_REPEATS / 4) ** rng.random())
    return PROSE + middle + PROSE


def _mutated(rng: Random, page: str) -> str:
    """Cut, repeat, move and spoil pieces of a page."""
    from tests import strategies

    pieces = (*strategies.STRAY, *strategies.ATTRIBUTES, *strategies.LABELS, "\ud800", "\x00", "\u2028")
    for _ in range(rng.randint(1, 12)):
        low = rng.randrange(len(page) + 1)
        high = min(low + int(len(page) ** rng.random()), len(page))
        middle = rng.choice(("", page[low:high] * rng.randint(2, 4), rng.choice(pieces), page[low:high][::-1]))
        page = page[:low] + middle + page[high:]
    return page[:500_000]


def _golden() -> list[str]:
    from tests.helpers import golden_sources

    return [source.read_text("utf-8") for source in golden_sources()]


if __name__ == "__main__":
    sys.exit(main())
