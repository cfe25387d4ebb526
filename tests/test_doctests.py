"""The examples in the package's docstrings run."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module
from importlib.util import find_spec

import pytest

import boilercut

EXTRAS = {
    "boilercut.arrow": "pyarrow",
    "boilercut.adapters.spark": "pyspark",
    "boilercut.adapters.datatrove": "datatrove",
    "boilercut.adapters.haystack": "haystack",
    "boilercut.adapters.langchain": "langchain_core",
    "boilercut.adapters.llamaindex": "llama_index",
    "boilercut.adapters.scrapy": "scrapy",
}
"""Modules that need an extra, and the library that it brings."""
MODULES = ["boilercut", *(module.name for module in pkgutil.walk_packages(boilercut.__path__, "boilercut."))]


def parameters() -> list[object]:
    """Return every module of the package but its program; those of extras bear the mark."""
    names = [name for name in MODULES if not name.endswith("__main__")]
    return [pytest.param(name, marks=pytest.mark.extra if name in EXTRAS else ()) for name in names]


@pytest.mark.parametrize("name", parameters())
def test_examples_of_docstrings_run(name: str) -> None:
    if name in EXTRAS and not find_spec(EXTRAS[name]):
        pytest.skip(f"needs {EXTRAS[name]}")
    report: list[str] = []
    module = import_module(name)
    runner = doctest.DocTestRunner()
    for example in doctest.DocTestFinder(exclude_empty=True).find(module):
        runner.run(example, out=report.append)
    assert not report, "".join(report)


def test_modules_of_extras_are_there() -> None:
    assert EXTRAS.keys() <= set(MODULES)
