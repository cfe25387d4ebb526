"""Which inputs the trees may ask for: columns, their neighbours' values, and means over windows."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["candidate_inputs"]

NEIGHBOURS = (
    "shape.characters", "shape.words", "shape.sentences", "shape.function_words", "shape.comma_share",
    "shape.capitalised_share", "shape.digit_share", "shape.words_per_sentence", "edges.ends_sentence",
    "edges.begins_upper", "edges.bullet", "edges.ends_colon", "edges.blank_lines", "links.density",
    "headlines.title_like", "headlines.dated", "words.sum", "words.mean", "words.lowest", "class_words.near",
    "class_words.own", "tags.block", "tags.leaf", "topic.core_share", "topic.title_share", "repetition.times",
    "comments.share", "related.share", "navigation.share", "newsletter.share", "bylines.share", "share.share",
)  # fmt: skip
"""Columns whose value one and two blocks away may matter."""
FAR_NEIGHBOURS = (
    "shape.words", "shape.characters", "words.sum", "words.mean", "links.density", "tags.block",
    "class_words.near", "edges.ends_sentence", "topic.core_share", "shape.function_words",
)  # fmt: skip
"""Columns whose value three blocks away may matter."""
WINDOWS = (
    "shape.words", "shape.sentences", "shape.characters", "shape.function_words", "edges.ends_sentence",
    "links.density", "words.sum", "words.mean", "topic.core_share", "class_words.near",
    "shape.capitalised_share", "headlines.title_like", "prose.is", "headlines.dated",
)  # fmt: skip
"""Columns whose mean around the block may matter."""
REACHES = (2, 5, 15, 40)


def candidate_inputs(columns: Iterable[str]) -> list[str]:
    """Return the names of all inputs that can be made of `columns`."""
    present = list(columns)
    names = list(present)
    names += [f"{name}@{offset:+d}" for name in present if name in NEIGHBOURS for offset in (-1, 1, -2, 2)]
    names += [f"{name}@{offset:+d}" for name in present if name in FAR_NEIGHBOURS for offset in (-3, 3)]
    names += [f"{name}@mean{reach}" for name in present if name in WINDOWS for reach in REACHES]
    return names
