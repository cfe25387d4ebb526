"""The detector `site`: what a profile says of each block, in log-odds.

Small trees correct the model's score. They were fitted on sites with several labelled pages: each page was compared
with some of the other pages of its site (`python -m benchmarks.sites fit`). If a profile has no other page, the
evidence is 0. It is never above 0, because comments and teasers often stand on one page only, as articles do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from boilercut.arrays import Floats
from boilercut.blocks.table import Blocks
from boilercut.detectors import Detector
from boilercut.model.trees import UNIT, Forest, Tree
from boilercut.page import PageKind
from boilercut.results import SITE
from boilercut.sites.profile import SiteProfile
from boilercut.sites.repeats import FIGURES
from boilercut.sites.sketch import hashed_pages

__all__ = ["pages_holding", "site_detector"]


@dataclass(frozen=True)
class _SiteEvidence:
    """The function of the detector; unlike a closure, it can be pickled."""

    profile: SiteProfile

    def __call__(self, blocks: Blocks) -> Floats:
        repeats, forest = self.profile.repeats(blocks.kind), _forest(blocks.kind)
        parts = [np.zeros(0)]
        for page in hashed_pages(blocks):
            found = repeats.find(page)
            scores = forest.scores(found.figures.astype(np.float32)) if found.others else np.zeros(len(page.texts))
            parts.append(UNIT * np.minimum(scores, 0))
        return np.concatenate(parts)


def site_detector(profile: SiteProfile) -> Detector:
    """Return the detector of what a site repeats."""
    return Detector(SITE, _SiteEvidence(profile), log_odds=True)


def pages_holding(profile: SiteProfile, blocks: Blocks) -> list[tuple[int, int]]:
    """Return for each block on how many other pages of the site it stands, and how many there are."""
    repeats = profile.repeats(blocks.kind)
    pages = [repeats.find(page) for page in hashed_pages(blocks)]
    return [(held, found.others) for found in pages for held in found.pages.tolist()]


@cache
def _forest(kind: PageKind) -> Forest:
    """Load the trees for one kind of page."""
    stored = json.loads(Path(__file__).with_name("trees.json").read_text("utf-8"))
    return Forest([Tree(**tree) for tree in stored[kind]], len(FIGURES))
