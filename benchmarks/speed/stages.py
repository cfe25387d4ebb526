"""Run and time each stage separately, on the output of the stage before."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median

import numpy as np

from boilercut import BUILTIN, Cutter
from boilercut.blocks.measure import measure
from boilercut.blocks.phrases import shipped_phrases
from boilercut.decide import Decision, decide
from boilercut.detectors import detect, model_detectors
from boilercut.model import UNIT, load_model
from boilercut.page import PageKind
from boilercut.read import read
from boilercut.render import kept_text

__all__ = ["Stages", "stage_milliseconds"]

CUTTER = Cutter()


class Stages:
    """A page, taken through the line stage by stage."""

    def __init__(self, source: str, form: PageKind) -> None:
        self.source, self.form = source, form
        self.page = read(source, form)
        self.blocks = measure([self.page], shipped_phrases())
        self.model = load_model(form, None)
        self.detectors = (*BUILTIN, *model_detectors(self.model.lexicons, self.model.page_types))
        self.columns = detect(self.blocks, self.detectors)
        self.log_odds = UNIT * self.model.score(self.columns, self.blocks).astype(np.float64)
        self.columns_decided = self.model.with_document(self.columns, self.blocks)

    def runs(self) -> Mapping[str, Callable[[], object]]:
        """Return what runs each stage again, and the whole line."""
        keep = self.decided().keep
        return {
            "clean": lambda: CUTTER.clean(self.source, kind=self.form),
            "read": lambda: read(self.source, self.form),
            "measure": lambda: measure([self.page], shipped_phrases()),
            "detect": lambda: detect(self.blocks, self.detectors),
            "score": lambda: self.model.score(self.columns, self.blocks),
            "decide": self.decided,
            "render": lambda: kept_text(self.page, keep),
        }

    def decided(self, headlines: Sequence[str] = ()) -> Decision:
        """Decide with the cutter's own policy."""
        bounds = [0, len(self.blocks)]
        return decide(self.blocks, self.columns_decided, self.log_odds, bounds, CUTTER.config.policy, headlines)


def stage_milliseconds(pages: Iterable[str], form: PageKind, rounds: int) -> dict[str, float]:
    """Return the median milliseconds of each stage over pages, each page's best of `rounds`, stages taking turns."""
    seconds: dict[str, list[float]] = {}
    for source in pages:
        runs = Stages(source, form).runs()
        best = dict.fromkeys(runs, float("inf"))
        for _ in range(rounds):
            for name, run in runs.items():
                start = time.thread_time()
                run()
                best[name] = min(best[name], time.thread_time() - start)
        for name, own in best.items():
            seconds.setdefault(name, []).append(own)
    return {name: round(1000 * median(own), 3) for name, own in seconds.items()}
