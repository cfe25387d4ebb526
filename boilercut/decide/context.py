"""Context rules: where a block's neighbours know better than its own score.

Each rule is a function from the verdicts so far to new ones; they run in order, and the explanation names
the rule that turned a block round. Cross-validated on the training pages, the rules for headings change the
mean word-F1 by .001 or less, either way, and keep together what a reader expects together; those for runs
of headlines and far islands raised it from .8437 to .8461 in plain text; the one for repeated paragraphs, over
all pages alike, from .8887 to .8907 from HTML and from .8495 to .8507 from text. One that closed gaps of one or
two blocks inside kept text cost .002 and was dropped: the model sees the neighbours itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Booleans, Floats
from boilercut.blocks.arithmetic import page_total, run_numbers
from boilercut.blocks.table import Blocks, stack_of
from boilercut.decide.together import whole_table

__all__ = ["RULES", "overrule"]

MAX_DATED_SHARE = 0.05
MIN_REPEATED_WORDS = 8
"""Shorter lines are said twice for good reasons: a refrain, a speaker's name, a label."""
MIN_RUN = 8
MAX_STRAY_SHARE = 0.2
"""Of so many headlines in a row, so few kept ones are strays."""
MIN_NAMED_SHARE = 0.6
"""Share of a line's words that phrase lists must cover to name it."""
MAX_NAMED_CHANCE, MAX_WORD_CHANCE = 500, 200
"""Thousandths from which the first look speaks for a named line, and for one of a single word."""

Stack: TypeAlias = Any  # boilercut._native.stack.Stack, of either build
_neighbours = sources["neighbours"]


def overrule(
    blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans
) -> tuple[Booleans, np.ndarray]:
    """Apply all rules; return the new verdicts and for each block the number of the rule that made it, or 0."""
    overruled, stack = np.zeros(len(keep), dtype=np.int64), stack_of(blocks)
    for number, rule in enumerate(RULES, start=1):
        changed = rule(stack, columns, probabilities, keep)
        if changed is not keep:
            overruled[changed != keep] = number
            keep = changed
    return keep, overruled


def repeated(stack: Stack, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Cut what was kept before on the page, word for word: a clone for other screens. A quotation stays.

    In plain text nothing marks quotations, so that a page with many dated lines, as threads have, is left alone.
    """
    blocks = stack.blocks
    long = keep & (columns["repetition.times"] > 1) & (blocks.facts.words >= MIN_REPEATED_WORDS)
    if not long.any():
        return keep
    if blocks.elements is None:
        quoted = page_total(blocks, columns["headlines.dated"] > 0) > MAX_DATED_SHARE * (blocks.end - blocks.first)
    else:
        quoted = columns["tags.in_blockquote"] + columns["hints.quote"] > 0
    changed, seen = keep.copy(), set()
    for row in np.flatnonzero(long & ~quoted).tolist():
        said = (int(blocks.pages[row]), blocks.block(row))
        changed[row] = said not in seen
        seen.add(said)
    return changed


def headline_run(stack: Stack, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """In plain text, let a long run of headlines decide together: what nearly all are, all are."""
    blocks = stack.blocks
    if blocks.elements is not None:
        return keep
    member = columns["headlines.title_run"] >= MIN_RUN
    if not member.any():
        return keep
    runs = run_numbers(blocks, member)
    kept_share = np.bincount(runs, weights=keep) / np.bincount(runs)
    return keep & ~(member & (kept_share[runs] <= MAX_STRAY_SHARE))


def named_furniture(stack: Stack, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """In plain text, cut a line that phrase lists name for the most part, if its own score is against it.

    How clean the rest of the document is says nothing for such a line. A single word may be a term, or a heading.
    """
    if "document.chance" not in columns:
        return keep
    most = np.where(stack.blocks.facts.words > 1, MAX_NAMED_CHANCE, MAX_WORD_CHANCE)
    return keep & ~((columns["prompts.share"] >= MIN_NAMED_SHARE) & (columns["document.chance"] < most))


RULES: tuple[Callable[[Stack, Mapping[str, Floats], Floats, Booleans], Booleans], ...] = (
    repeated,
    headline_run,
    named_furniture,
    _neighbours.far_island,
    whole_table,
    _neighbours.section_heading,
    _neighbours.lone_heading,
    _neighbours.leading_title,
    _neighbours.edge_paragraph,
)
