"""The project's checks: `nox -s quick` while working, `nox` before a commit; `.ci/run` runs every session."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nox

ROOT = Path(__file__).parent
NATIVE = {"BOILERCUT_REQUIRE_NATIVE": "1"}
PURE = {"BOILERCUT_PURE": "1"}
QUIET = {"NO_MKDOCS_2_WARNING": "1"}
"""Leaves out Material's advertisement for its successor."""
BOTH_BUILDS = ("tests/test_golden.py", "tests/test_detectors.py")
GENERATORS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("generate_*.py"))
ENGINES = "test,batch,spark,datasets,datatrove,scrapy,langchain,llamaindex,haystack"
RESILIPARSE = "resiliparse>=0.15"
NOT_WITH_LOWEST = ("docs", "docs_commands", "quality_bench", "report")
"""Test modules about docs, benchmarks and a browser, which do not depend on the versions of dependencies."""

WHEEL = os.environ.get("BOILERCUT_WHEEL")
"""A wheel that was built before, which sessions install instead of compiling once more."""

nox.needs_version = ">=2024.4.15"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["quick", "lint", "docs"]


def _install(session: nox.Session, extras: str, *others: str) -> None:
    """Install boilercut with some extras, compiled."""
    session.install(f"boilercut[{extras}] @ file://{Path(WHEEL).resolve()}" if WHEEL else f".[{extras}]", *others)


@nox.session(venv_backend="none")
def quick(session: nox.Session) -> None:
    """Run golden cases and the detectors' contract in both builds, in the environment that nox runs in."""
    pytest = (sys.executable, "-m", "pytest", "--quiet", "-n", "auto")
    session.run(*pytest, *BOTH_BUILDS, "tests/test_native.py", *session.posargs, env=NATIVE)
    session.run(*pytest, *BOTH_BUILDS, *session.posargs, env=PURE)


@nox.session
def full(session: nox.Session) -> None:
    """Run all tests of one process with the compiled build, and those that need no extra with the pure build."""
    _install(session, "dev,train,peers", RESILIPARSE)
    session.run("pytest", "--quiet", "-n", "auto", "-ra", "-m", "", *session.posargs, env=NATIVE)
    session.run("pytest", "--quiet", "-n", "auto", *session.posargs, env=PURE)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format and types."""
    session.install(".[dev,train,peers]", RESILIPARSE, env=PURE)  # checks of the source compile nothing
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Check generated pages and the site with its links; `-- --write` writes pages, `-- --serve` shows the site."""
    _install(session, "test,docs")
    if "--serve" in session.posargs:
        session.run("mkdocs", "serve", env=QUIET)
        return
    for generator in GENERATORS:
        session.run("python", generator, *(() if "--write" in session.posargs else ("--check",)), env=PURE)
    if not session.posargs:
        session.run("mkdocs", "build", "--strict", "--site-dir", session.create_tmp(), env=QUIET)
        session.run("pytest", "--quiet", "tests/test_docs.py", "tests/test_docs_commands.py", "tests/test_doctests.py")


@nox.session
def gate(session: nox.Session) -> None:
    """Compare quality with the pinned floors; needs the page sets (see BOILERCUT_DATA)."""
    session.install("-e", ".[test]", RESILIPARSE)  # benchmarks are run from the source tree
    session.run("python", "-m", "benchmarks.quality", "gate", *session.posargs, env=NATIVE)


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the source distribution and from it the wheel, check both, and test the wheel where no compiler is."""
    folder = ROOT / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    session.install("build", "twine", *(["auditwheel"] if sys.platform == "linux" else []))
    session.run("python", "-m", "build", "--outdir", str(folder))
    [built] = folder.glob("*.whl")
    session.run("twine", "check", "--strict", *map(str, folder.iterdir()))
    if sys.platform == "linux":
        session.run("auditwheel", "show", str(built))
    here = Path(session.create_tmp()) / "without-compiler"
    session.run("python", "-m", "venv", "--clear", str(here))
    scripts = here / ("Scripts" if sys.platform == "win32" else "bin")
    no_compiler = {"CC": "/nowhere/cc", "CXX": "/nowhere/c++"}
    install = ("install", "--quiet", "--only-binary=:all:", f"{built}[test]")
    session.run(str(scripts / "python"), "-m", "pip", *install, external=True, env=no_compiler)
    session.run(str(scripts / "boilercut"), "demo", external=True, env=NATIVE)
    version = subprocess.run([scripts / "boilercut", "--version"], capture_output=True, text=True, check=True).stdout
    if "(compiled)" not in version:
        session.error(f"the wheel holds no compiled part: {version}")
    session.run(str(scripts / "pytest"), "--quiet", "-n", "auto", *session.posargs, external=True, env=NATIVE)


@nox.session
def lowest(session: nox.Session) -> None:
    """Run tests with the lowest versions that pyproject.toml allows."""
    constraints = Path(session.create_tmp()) / "lowest.txt"
    constraints.write_text("\n".join(lowest_versions("lxml", "rules")), "utf-8")
    _install(session, "test", "--constraint", str(constraints))
    session.run("python", ".ci/lowest.py", str(constraints))
    ignored = [f"--ignore=tests/test_{name}.py" for name in NOT_WITH_LOWEST]
    session.run("pytest", "--quiet", "-n", "auto", *ignored, *session.posargs)


def lowest_versions(*extras: str) -> list[str]:
    """Return the pinned lowest versions of the dependencies and of some extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needs = [*project["dependencies"], *(need for extra in extras for need in project["optional-dependencies"][extra])]
    return [need.replace(">=", "==") for need in needs]


@nox.session
def engines(session: nox.Session) -> None:
    """Run the tests of archives and adapters with the real engines; Spark's need a Java runtime."""
    _install(session, ENGINES, "polars")
    session.run("pip", "install", "--quiet", "ray[data]", success_codes=[0, 1])  # some machines have no wheel
    tests = ("batch", "batch_archives", "arrow", "pipeline_docs", "doctests")
    files = [f"tests/test_{name}.py" for name in tests]
    session.run("pytest", "--quiet", "-ra", "-m", "", "tests/adapters", *files, *session.posargs, env=NATIVE)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Fuzz for a minute; `-- --minutes 30` is the long run."""
    session.install("-e", ".[test,fuzz]")
    session.run("python", "-m", "tests.fuzz", *(session.posargs or ("--minutes", "0.9")), env=NATIVE)
