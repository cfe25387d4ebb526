"""Detectors: column functions over blocks, in one explicit order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boilercut.detectors.anchors import anchors, parts
from boilercut.detectors.contract import Columns, Detector, detect, detector
from boilercut.detectors.headlines import headlines
from boilercut.detectors.learned import Lexicon, learned_detectors
from boilercut.detectors.links import links
from boilercut.detectors.lists import lists
from boilercut.detectors.page import page
from boilercut.detectors.page_type import PageTypes, page_type_detector
from boilercut.detectors.position import position, prose
from boilercut.detectors.prompts import captcha, prompt_detector, prompts
from boilercut.detectors.repetition import repetition
from boilercut.detectors.shape import edges, shape
from boilercut.detectors.structure import container_masses, hints, pattern, tags
from boilercut.detectors.topic import topic

__all__ = ["BUILTIN", "Columns", "Detector", "detect", "detector", "model_detectors"]

PROMPTS = (
    prompt_detector("navigation", "navigation"),
    prompt_detector("related", "related", opens_section=True),
    prompt_detector("newsletter", "newsletter"),
    prompt_detector("comments", "comments", opens_section=True),
    prompt_detector("share", "share"),
    prompt_detector("consent", "cookie"),
    prompt_detector("legal", "legal"),
    prompt_detector("adverts", "advert"),
    prompt_detector("pagination", "pagination"),
    prompt_detector("forms", "form"),
    prompt_detector("chrome", "other"),
    prompt_detector("bylines", None),
    prompt_detector("section_titles", None, "headings"),
)
"""One detector for each phrase list."""

BUILTIN: tuple[Detector, ...] = (
    shape, edges, links, headlines, lists, *PROMPTS, prompts, captcha, repetition, position, prose, topic, page,
    anchors, parts, tags, hints, container_masses, pattern,
)  # fmt: skip
"""Every detector that boilercut runs unless told otherwise; those about HTML give no column for text."""


def model_detectors(lexicons: Mapping[str, Mapping[str, int]], page_types: Mapping[str, Any]) -> tuple[Detector, ...]:
    """Make the detectors whose weights a model's file holds: one for each word list, and that of page types."""
    learned = learned_detectors({name: Lexicon.of(words) for name, words in lexicons.items()})
    return (*learned, page_type_detector(PageTypes.of(page_types))) if page_types else learned
