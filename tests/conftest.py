"""Set up all tests: test the installed package, and draw the same examples on every run and every machine.

`--import-mode=append` puts this repository behind site-packages, so that `tests` and `benchmarks` can be imported and
`boilercut` is what was installed. The processes that tests start get the same path: PYTHONSAFEPATH leaves out the
current folder, and `subprocess_path/sitecustomize.py` appends the repository.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "boilercut",
    derandomize=True,
    database=None,
    deadline=None,  # the machine decides how long an example takes; test_hostile.py watches time
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],  # whole pages take a while to draw
)
settings.register_profile(
    "thorough",  # pytest --hypothesis-profile=thorough
    settings.get_profile("boilercut"),
    derandomize=False,
    max_examples=2000,
)
settings.load_profile("boilercut")

PATH = [str(Path(__file__).parent / "subprocess_path"), os.environ.get("PYTHONPATH", "")]
os.environ |= {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(filter(None, PATH))}


CHROMIUM = "/usr/bin/chromium"
"""Where Debian's package puts it."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start a real browser without a window."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright drives a browser; see the extra `dev`")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no {CHROMIUM}: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def pytest_report_header() -> str:
    """Say what is tested, and where the rest is."""
    import boilercut
    from boilercut._native import build

    tested = f"boilercut {boilercut.__version__} ({build()}) from {Path(boilercut.__file__).parent}"
    return f"{tested}\ntests marked slow, extra or data are deselected: `pytest -m slow`, and `nox -s full`, which installs what they need"
