"""Every stage on its own, and the whole line, under pytest-benchmark: ``pytest benchmarks/speed``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.speed.pages import FORMS, KINDS, SIZES, Form, Kind, page
from boilercut import BUILTIN, Cutter
from boilercut.cutter import _learned
from boilercut.decide import decide
from boilercut.detectors import Detector, detect
from boilercut.measure import measure
from boilercut.model import UNIT, load_model
from boilercut.phrases import shipped_phrases
from boilercut.read import read
from boilercut.render import kept_text

CUTTER = Cutter()


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


class Stages:
    """A medium article, taken through the line stage by stage."""

    def __init__(self, form: Form) -> None:
        self.source = page("article", "medium", form)
        self.page = read(self.source, form)
        self.blocks = measure([self.page], shipped_phrases())
        self.model = load_model(form, None)
        self.detectors = (*BUILTIN, *_learned(self.model))
        self.columns = detect(self.blocks, self.detectors)
        self.log_odds = UNIT * self.model.score(self.columns, self.blocks).astype(np.float64)

    def decided(self) -> Any:
        """Decide with the cutter's own policy."""
        return decide(self.blocks, self.columns, self.log_odds, [0, len(self.blocks)], CUTTER.config.policy)


STAGES = {form: Stages(form) for form in FORMS}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("stage", ["read", "measure", "detect", "score", "decide", "render"])
def test_stage(benchmark: Any, stage: str, form: Form) -> None:
    own = STAGES[form]
    keep = own.decided().keep
    run = {
        "read": lambda: read(own.source, form),
        "measure": lambda: measure([own.page], shipped_phrases()),
        "detect": lambda: detect(own.blocks, own.detectors),
        "score": lambda: own.model.score(own.columns, own.blocks),
        "decide": own.decided,
        "render": lambda: kept_text(own.page, keep),
    }
    assert benchmark(run[stage]) is not None


@pytest.mark.parametrize("detector", STAGES["html"].detectors, ids=lambda detector: detector.name)
def test_detector(benchmark: Any, detector: Detector) -> None:
    assert benchmark(detector.columns, STAGES["html"].blocks)
