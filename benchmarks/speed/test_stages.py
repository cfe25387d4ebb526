"""Every stage on its own, and the whole line, under pytest-benchmark: ``pytest benchmarks/speed``."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.speed.pages import FORMS, KINDS, SIZES, Form, Kind, page
from benchmarks.speed.stages import CUTTER, STAGES, Stages
from boilercut.detectors import Detector


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", SIZES)
def test_clean(benchmark: Any, kind: Kind, size: str, form: Form) -> None:
    source = page(kind, size, form)
    assert benchmark(CUTTER.clean, source, kind=form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", ["small", "medium"])
def test_clean_many(benchmark: Any, size: str, form: Form) -> None:
    sources = [page(KINDS[seed % 3], size, form, seed) for seed in range(100)]
    assert len(benchmark(lambda: list(CUTTER.clean_many(sources, kind=form)))) == 100


MEDIUM = {form: Stages(page("article", "medium", form), form) for form in FORMS}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("stage", STAGES)
def test_stage(benchmark: Any, stage: str, form: Form) -> None:
    assert benchmark(MEDIUM[form].runs()[stage]) is not None


@pytest.mark.parametrize("detector", MEDIUM["html"].detectors, ids=lambda detector: detector.name)
def test_detector(benchmark: Any, detector: Detector) -> None:
    assert benchmark(detector.columns, MEDIUM["html"].blocks)
