"""Importing loads little, and stages never import one another."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "boilercut"
STAGES = {"read", "detectors", "model", "decide", "render"}
SHARED = {"arrays", "errors", "page"}
"""What every part knows."""
TEXT_TOOLS = SHARED | {"_native", "blocks"}
"""What stands below every stage."""
PIPELINE_TOOLS = SHARED | {"accept", "cutter", "extras", "fields", "fingerprint", "results"}
"""What stands above the cutter, for pipelines."""
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "arrays": set(),
    "page": {"arrays"},
    "results": SHARED,
    "extras": SHARED,
    "stacks": SHARED,
    "workers": SHARED,
    "_native": SHARED | {"blocks"},
    "blocks": SHARED | {"_native"},
    "columns": {"blocks"},
    "read": TEXT_TOOLS | {"results"},
    "detectors": TEXT_TOOLS | {"results"},
    "model": TEXT_TOOLS,
    "decide": TEXT_TOOLS | {"results"},
    "render": TEXT_TOOLS | {"extras", "results"},
    "rules": TEXT_TOOLS | {"read"},
    "config": SHARED | {"blocks", "decide", "detectors", "results", "rules", "sites"},
    "sites": TEXT_TOOLS | {"accept", "detectors", "model", "read", "results"},
    "details": SHARED | {"decide", "read", "render", "results"},
    "hints": set(),
    "accept": SHARED | {"hints", "read"},
    "fields": SHARED | {"accept", "blocks", "cutter", "results", "sites", "stacks"},
    "fingerprint": SHARED | {"config", "__version__"},
    "arrow": PIPELINE_TOOLS | {"sites"},
    "adapters": PIPELINE_TOOLS | {"arrow", "blocks", "read", "sites"},
    "batch": PIPELINE_TOOLS | {"arrow", "blocks", "config", "read", "sites", "stacks", "workers"},
}
"""What each part may import besides itself. The rest (cutter, cli, peers, training, …) may import anything."""
EVERYTHING = {"cutter", "cli", "peers", "training", "__init__", "__main__", "demo"}


def part_of(path: Path) -> str:
    """Return the part of the package that a file belongs to: a module or a stage's folder."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_parts(path: Path) -> set[str]:
    """Return the parts of boilercut that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= (
                {f"{node.module}.{alias.name}" for alias in node.names}
                if node.module == "boilercut"
                else {str(node.module)}
            )
    return {name.split(".")[1] for name in names if name.startswith("boilercut.")}


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_straight_down_the_line(path: Path) -> None:
    part = part_of(path)
    if part not in EVERYTHING:
        assert imported_parts(path) - {part} <= MAY_IMPORT[part]


def test_stages_never_import_one_another() -> None:
    for path in FILES:
        if part_of(path) in STAGES:
            assert not (imported_parts(path) & STAGES) - {part_of(path)}, path


def test_nothing_that_runs_imports_training_or_the_command_line() -> None:
    for path in FILES:
        if part_of(path) not in {"training", "cli", "peers", "__main__"}:
            assert not imported_parts(path) & {"training", "cli"}, path


def test_only_the_cutter_imports_all_stages() -> None:
    knowing = [path.name for path in FILES if imported_parts(path) >= STAGES]
    assert knowing == ["cutter.py"]


def loaded_by(program: str) -> set[str]:
    """Return the top-level packages that a fresh Python has loaded after `program`."""
    report = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", f"{program}\n{report}"], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_importing_loads_next_to_nothing() -> None:
    assert not loaded_by("import boilercut") & {
        "numpy",
        "selectolax",
        "click",
        "lxml",
        "webencodings",
        "charset_normalizer",
        "lightgbm",
    }


def test_the_cutter_loads_neither_pools_nor_what_only_metadata_needs() -> None:
    assert not loaded_by("import boilercut.cutter") & {"concurrent", "email", "multiprocessing"}


@pytest.mark.parametrize("program", ["import boilercut, boilercut.adapters, boilercut.batch", "import boilercut.cli"])
def test_extras_are_loaded_when_they_are_used(program: str) -> None:
    extras = {
        "datasets",
        "datatrove",
        "fastwarc",
        "haystack",
        "langchain_core",
        "llama_index",
        "pandas",
        "pyarrow",
        "pyspark",
    }
    assert not loaded_by(program) & (extras | {"rich", "scrapy", "lightgbm", "lxml"})


def test_text_never_loads_a_parser() -> None:
    loaded = loaded_by("import boilercut; boilercut.clean('One line of text, and a full stop.')")
    assert "numpy" in loaded
    assert not loaded & {"selectolax", "lxml", "click", "webencodings", "charset_normalizer", "lightgbm"}


def test_html_never_loads_lxml() -> None:
    loaded = loaded_by("import boilercut; boilercut.clean('<p>One line of text, and a full stop.</p>')")
    assert "selectolax" in loaded
    assert not loaded & {"lxml", "click", "lightgbm"}


def test_every_public_name_is_there_and_nothing_else() -> None:
    import boilercut

    assert all(hasattr(boilercut, name) for name in boilercut.__all__)
    assert len(set(boilercut.__all__)) == len(boilercut.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = boilercut.no_such_name
