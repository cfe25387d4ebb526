"""Detectors of other packages: found by entry point, loaded when asked for, explained; broken ones named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from boilercut import DetectorError, PluginError, detector, extract, installed_detectors
from boilercut.detectors import BUILTIN

PACKAGE = Path(__file__).parent / "plugin_package"
PROGRAM = """
import json, sys, boilercut
before = "boilercut_tides" in sys.modules
found = boilercut.installed_detectors(["tides"])
page = '''The ferry began sailing again on Monday morning, six weeks after a log bent its propeller, said the skipper.
High water at the pier is at six and at seven, and low water is at noon, as the harbour master has said all year.
The first boat carried forty passengers, and the council will decide on a later boat on Fridays in the summer.'''
result = boilercut.extract(page, detectors=(*boilercut.BUILTIN, *found))
print(json.dumps({"before": before, "found": [each.name for each in found], "cut": [v.text[:10] for v in result.cut],
    "kept": boilercut.clean(page).count("High water"), "evidence": result.verdicts[1].evidence[0]}))
"""


@pytest.mark.extra
def test_an_installed_package_is_found_used_and_explained(tmp_path: Path) -> None:
    """Build and install a package into a folder, and use it from a fresh Python."""
    if find_spec("hatchling") is None or find_spec("pip") is None:
        pytest.skip("hatchling and pip build and install the package; without a network they must be here already")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps", "--no-index"]
    source = tmp_path / "source"
    subprocess.run(["cp", "-r", str(PACKAGE), str(source)], check=True)
    subprocess.run([*install, "--target", str(tmp_path / "site"), str(source)], check=True)
    paths = os.pathsep.join([str(tmp_path / "site"), os.environ["PYTHONPATH"]])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == {
        "before": False,
        "found": ["tides"],
        "cut": ["High water"],
        "kept": 1,
        "evidence": ["tides", -9.0],
    }
    command = [sys.executable, "-m", "boilercut", "explain", "--plugins", "-"]
    page = "High water at the pier is at six and at seven, and low water is at noon, as the harbour master said.\n"
    told = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": paths}, input=page, capture_output=True, text=True, check=True
    )
    assert "tides −9.0" in told.stdout


def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry_points: str, module: str = "") -> None:
    """Put a package's metadata, and its module, where Python looks."""
    info = tmp_path / "strange_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strange-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[boilercut.detectors]\n{entry_points}\n")
    (tmp_path / f"strange_module_{tmp_path.name.replace('-', '_')}.py").write_text(module)
    monkeypatch.syspath_prepend(str(tmp_path))


GOOD = """
import boilercut
@boilercut.detector("strange", log_odds=True)
def strange(blocks):
    return [1.0] * len(blocks)
shape = boilercut.Detector("shape", strange.function)
"""


@pytest.mark.parametrize(
    ("entry_points", "module", "message"),
    [
        pytest.param("strange = no_such_module:strange", "", "'strange' of strange-package cannot be imported: ModuleNotFoundError", id="no module"),
        pytest.param("strange = MODULE:missing", "", "'strange' of strange-package cannot be imported: AttributeError", id="no attribute"),
        pytest.param("strange = MODULE:strange", "1 / 0", "cannot be imported: ZeroDivisionError: division by zero", id="raises"),
        pytest.param("strange = MODULE:strange", "def strange(blocks): ...", "is no detector but function; decorate", id="no detector"),
        pytest.param("other = MODULE:strange", GOOD, "the detector calls itself 'strange'; use one name", id="two names"),
        pytest.param("shape = MODULE:shape", GOOD, "boilercut has a detector of this name", id="name taken"),
    ],
)  # fmt: skip
def test_broken_packages_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry_points: str, module: str, message: str
) -> None:
    name = f"strange_module_{tmp_path.name.replace('-', '_')}"
    installed(tmp_path, monkeypatch, entry_points.replace("MODULE", name), module)
    with pytest.raises(PluginError, match=message):
        installed_detectors()


def test_a_good_package_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"strange_module_{tmp_path.name.replace('-', '_')}"
    installed(tmp_path, monkeypatch, f"strange = {name}:strange", GOOD)
    assert [each.name for each in installed_detectors()] == ["strange"]
    assert [each.name for each in installed_detectors(["strange"])] == ["strange"]


def test_nothing_is_loaded_that_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, monkeypatch, "broken = no_such_module:broken")
    assert installed_detectors([]) == ()


def test_a_detector_that_fails_on_a_page_is_named() -> None:
    @detector("fragile", log_odds=True)
    def fragile(blocks):
        raise KeyError("lost")

    with pytest.raises(DetectorError, match="detector 'fragile' failed: KeyError: 'lost'"):
        extract("One line of text.", detectors=(*BUILTIN, fragile))
