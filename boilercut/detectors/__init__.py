"""Detectors: column functions over blocks, in one explicit order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from boilercut._native import sources
from boilercut.blocks.phrases import class_word_book
from boilercut.detectors.contract import Columns, Detector, built_in, detect, detector
from boilercut.detectors.core import core_counts
from boilercut.detectors.learned import Lexicon, learned_detectors
from boilercut.detectors.page_type import PageTypes, page_type_detector

__all__ = ["BUILTIN", "Columns", "Detector", "detect", "detector", "model_detectors"]

_anchors, _headlines, _links, _lists = sources["anchors"], sources["headlines"], sources["links"], sources["lists"]
_page, _position, _posts, _prompts = sources["page"], sources["position"], sources["posts"], sources["prompts"]
_repetition, _shape, _structure = sources["repetition"], sources["shape"], sources["structure"]
_topic = sources["topic"]


def _phrases(name: str, kind: str | None, phrases: str | None = None, opens_section: bool = False) -> Detector:
    """Make the detector of one phrase list; `opens_section` where its phrases head lists, as "Comments" does."""
    return built_in(partial(_prompts.phrases, name=phrases or name, opens_section=opens_section), name, kind)


BUILTIN: tuple[Detector, ...] = (
    built_in(_shape.shape, "shape"),
    built_in(_shape.edges, "edges"),
    built_in(_links.links, "links"),
    built_in(_headlines.headlines, "headlines", "related"),
    built_in(_lists.lists, "lists"),
    _phrases("navigation", "navigation"),
    _phrases("related", "related", opens_section=True),
    _phrases("newsletter", "newsletter"),
    _phrases("comments", "comments", opens_section=True),
    _phrases("share", "share"),
    _phrases("consent", "cookie"),
    _phrases("legal", "legal"),
    _phrases("adverts", "advert"),
    _phrases("pagination", "pagination"),
    _phrases("forms", "form"),
    _phrases("chrome", "other"),
    _phrases("bylines", None),
    _phrases("section_titles", None, "headings"),
    built_in(_prompts.prompts, "prompts"),
    built_in(_prompts.captcha, "captcha", "comments"),
    built_in(_posts.posts, "posts"),
    built_in(_repetition.repetition, "repetition"),
    built_in(_position.position, "position"),
    built_in(_position.prose, "prose"),
    built_in(partial(_topic.topic, core_counts=core_counts), "topic"),
    built_in(_page.page, "page"),
    built_in(_anchors.anchors, "anchors"),
    built_in(_anchors.parts, "parts"),
    built_in(_structure.tags, "tags"),
    built_in(partial(_structure.hints, class_word_book=class_word_book), "hints"),
    built_in(_structure.containers, "containers"),
    built_in(_structure.pattern, "pattern"),
)
"""Every detector that boilercut runs unless told otherwise; those about HTML give no column for text."""


def model_detectors(lexicons: Mapping[str, Mapping[str, int]], page_types: Mapping[str, Any]) -> tuple[Detector, ...]:
    """Make the detectors whose weights a model's file holds: one for each word list, and that of page types."""
    learned = learned_detectors({name: Lexicon.of(words) for name, words in lexicons.items()})
    return (*learned, page_type_detector(PageTypes.of(page_types))) if page_types else learned
