"""Context rules: where a block's neighbours know better than its own score.

Each rule is a function from the verdicts so far to new ones; they run in order, and the explanation names
the rule that turned a block round. They are about headings: cross-validated on the training pages the first
two change the mean word-F1 by less than .001, and keep what a reader expects together. One that closed gaps
of one or two blocks inside kept text cost .002 and was dropped: the model sees the neighbours itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from boilercut.columns import page_first, page_last, shifted
from boilercut.measure import Blocks
from boilercut.vocabulary import Booleans, Floats

__all__ = ["RULES", "overrule"]

MIN_HEADING_PROBABILITY = 0.1
"""A heading less likely than this stays cut even where the text behind it is kept."""
MIN_TITLE_PROBABILITY = 0.25
"""The sets mostly leave the title out of the gold text, so a title's probability is low by policy, not by doubt."""
MAX_TITLE_DISTANCE = 3
"""Blocks from a title to the first paragraph: a standfirst and a byline may come between."""


def overrule(
    blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans
) -> tuple[Booleans, np.ndarray]:
    """Apply all rules; return the new verdicts and for each block the number of the rule that made it, or 0."""
    overruled = np.zeros(len(keep), dtype=np.int64)
    for number, rule in enumerate(RULES, start=1):
        changed = rule(blocks, columns, probabilities, keep)
        overruled = np.where(changed != keep, number, overruled)
        keep = changed
    return keep, overruled


def lone_heading(blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Cut a section heading when all of its section is cut, up to the next heading."""
    heading = _headings(columns)
    last = _last_of_section(blocks, heading)
    kept_text = np.concatenate([[0], np.cumsum(keep & ~heading)])
    here = np.arange(len(keep))
    empty = kept_text[last] == kept_text[np.minimum(here + 1, len(keep))]
    between = (here > page_first(blocks, keep & ~heading)) & (here < page_last(blocks, keep & ~heading))
    return keep & ~(heading & empty & (last > here + 1) & ~between)


def section_heading(blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Keep a heading inside the article when the text right after it is kept."""
    heading = _headings(columns)
    here = np.arange(len(keep))
    inside = here > page_first(blocks, keep)
    follows = shifted(blocks, keep & ~heading, 1, False)
    return keep | (heading & inside & follows & (probabilities >= MIN_HEADING_PROBABILITY))


def leading_title(blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """In plain text, keep a doubtful title right before the first paragraph; nothing else marks it as one."""
    if blocks.elements is not None:
        return keep
    here = np.arange(len(keep))
    ahead = page_first(blocks, keep & (columns["prose.is"] > 0)) - here
    first_kept = page_first(blocks, keep)
    title = (columns["headlines.title_like"] > 0) & (probabilities >= MIN_TITLE_PROBABILITY)
    return keep | (title & (ahead > 0) & (ahead <= MAX_TITLE_DISTANCE) & (here < first_kept))


RULES: tuple[Callable[[Blocks, Mapping[str, Floats], Floats, Booleans], Booleans], ...] = (
    section_heading,
    lone_heading,
    leading_title,
)


def _headings(columns: Mapping[str, Floats]) -> Booleans:
    if "tags.heading" in columns:
        return (columns["tags.heading"] > 0) & (columns["tags.in_h1"] == 0)
    return columns["edges.hash_mark"] > 0


def _last_of_section(blocks: Blocks, heading: Booleans) -> np.ndarray:
    """Return for each block where the next heading stands, or the end of the page."""
    here = np.arange(len(heading))
    upcoming = np.append(np.minimum.accumulate(np.where(heading, here, len(here))[::-1])[::-1], len(here))
    return np.minimum(upcoming[1:], blocks.end)
