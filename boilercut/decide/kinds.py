"""Name what each block is: a sort of content if kept, a sort of boilerplate if cut.

Kinds inform; they decide nothing. The scores below only rank the kinds of one block against each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from boilercut.arrays import Booleans, Floats
from boilercut.blocks.table import Blocks
from boilercut.page import TAG_NUMBERS
from boilercut.results import BOILERPLATE_KINDS

__all__ = ["boilerplate_kinds", "content_kinds"]

_KIND_OF_TAG = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "ul", "ol", "dl", "dt", "dd"), "list"),
    **dict.fromkeys(("td", "th", "tr", "table", "tbody"), "table"),
    **dict.fromkeys(("pre", "code"), "code"),
    "blockquote": "quote",
    **dict.fromkeys(("figcaption", "caption"), "caption"),
}
_PHRASE_KINDS = {
    "navigation": "navigation", "related": "related", "newsletter": "newsletter", "comments": "comments",
    "share": "share", "consent": "cookie", "legal": "legal", "adverts": "advert", "pagination": "pagination",
    "forms": "form",
}  # fmt: skip
"""Detectors of phrase lists, and the kind that each speaks for."""
OWN_WEIGHT, NEAR_WEIGHT, CLASS_WEIGHT = 1.0, 0.7, 0.6
"""What a block's own phrases, its neighbours' and the class names around it say of its kind."""
FURNITURE_WEIGHT = 0.5
MIN_RUN = 3
"""So many title-like or link-like blocks in a row make a list."""
MIN_KIND_SCORE = 0.2
"""With less to go by, a block is just "other"."""


def content_kinds(blocks: Blocks, columns: Mapping[str, Floats], titles: Booleans) -> list[str]:
    """Return the sort of content that each block would be, by its tag or by its marks in plain text."""
    byline = (columns["bylines.share"] > 0.3) & (blocks.facts.words <= 20)
    if blocks.elements is None:
        marks = (columns["edges.hash_mark"] > 0, columns["edges.pipe"] > 0, columns["edges.bullet"] > 0)
        kinds = np.select([byline, *marks], ["byline", "heading", "table", "list"], "paragraph")
    else:
        by_tag = np.full(len(TAG_NUMBERS), "paragraph", dtype="<U10")
        for tag, kind in _KIND_OF_TAG.items():
            by_tag[TAG_NUMBERS[tag]] = kind
        kinds = by_tag[columns["tags.block"].astype(np.int64)]
        title = titles | ((columns["tags.in_h1"] > 0) & (columns["topic.title_share"] > 0.5))
        kinds = np.select([title, byline & (kinds == "paragraph")], ["title", "byline"], kinds)
        kinds = np.where((kinds == "paragraph") & (columns["tags.in_li"] > 0), "list", kinds)
        kinds = np.where((kinds == "paragraph") & (columns["tags.in_blockquote"] > 0), "quote", kinds)
    return [str(kind) for kind in kinds]


def boilerplate_kinds(blocks: Blocks, columns: Mapping[str, Floats]) -> list[str]:
    """Return the sort of boilerplate that each block would be."""
    scores = np.zeros((len(BOILERPLATE_KINDS), len(blocks)))
    rows = {kind: scores[number] for number, kind in enumerate(BOILERPLATE_KINDS)}
    for name, kind in _PHRASE_KINDS.items():
        if f"{name}.share" in columns:
            rows[kind] += OWN_WEIGHT * columns[f"{name}.share"] + NEAR_WEIGHT * columns[f"{name}.near"]
    if "chrome.share" in columns:  # links to skip the navigation, switches, buttons of players
        rows["navigation"] += FURNITURE_WEIGHT * columns["chrome.share"]
    for kind, row in rows.items():
        if f"hints.{kind}" in columns:
            row += CLASS_WEIGHT * columns[f"hints.{kind}"]
    rows["comments"] += columns.get("captcha", 0.0)
    listed = _list_scores(blocks, columns)
    rows["related"] += listed[0]
    rows["navigation"] += listed[1]
    rows["other"] += MIN_KIND_SCORE
    if blocks.elements is not None:
        rows["other"] += columns["tags.in_h1"]  # a title that a set's policy cuts is none of the rest
    return [BOILERPLATE_KINDS[number] for number in np.argmax(scores, axis=0)]


def _list_scores(blocks: Blocks, columns: Mapping[str, Floats]) -> Sequence[Floats]:
    """Score link farms (runs of titles) and navigation lists (runs of labels)."""
    linked = columns["links.density"] if blocks.elements is not None else np.ones(len(blocks))
    in_run = columns["headlines.title_run"] >= MIN_RUN
    titles = in_run & (columns["headlines.title_like"] + columns["headlines.dated"] > 0)
    labels = (columns["headlines.label_run"] >= MIN_RUN) & ~titles
    navigation = 0.5 * labels * linked
    if blocks.elements is not None:
        navigation = navigation + 0.5 * columns["tags.in_nav"] + 0.3 * columns["tags.in_header"]
    return 0.5 * titles * linked + 0.2 * (columns["headlines.dated_near"] > 0.5), navigation
