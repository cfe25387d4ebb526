"""Context rules: where a block's neighbours know better than its own score.

Each rule is a function from the verdicts so far to new ones; they run in order, and the explanation names
the rule that changed a verdict last. Cross-validated on the training pages, the rules for headings change the
mean word-F1 by .001 or less, either way, and keep together what a reader expects together; those for runs
of headlines and isolated segments raised it from .8437 to .8461 in plain text; the one for repeated paragraphs, over
all pages alike, from .8887 to .8907 from HTML and from .8495 to .8507 from text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.arithmetic import page_first, page_total, run_numbers
from boilercut.blocks.characters import COPYRIGHT
from boilercut.blocks.phrases import shipped_phrases
from boilercut.blocks.table import Blocks, stack_of
from boilercut.decide.copies import repeated
from boilercut.decide.together import formula_between, listing_button, whole_table

__all__ = ["RULES", "named_share", "overrule"]

MIN_SHOWN_TIMES = 4
"""Minimum number of shown words for each hidden one. Of the hidden sentences that are kept on training pages, 18 above
the first paragraph are boilerplate and 5 are text; further down, where pages unfold, 97 and 253."""
MIN_RUN = 8
"""Minimum number of headlines in a row that are cut together."""
MAX_STRAY_SHARE = 0.2
"""Largest share of such a row that counts as kept by mistake."""
CONTROLS = ("chrome", "share", "navigation", "pagination", "comments", "newsletter", "adverts", "consent", "legal")
"""Lists whose lines are mostly boilerplate on training pages; those with headings such as "See also" are not."""
MIN_NAMED_SHARE = 0.6
"""Share of a line's words that phrase lists must cover to name it."""
MAX_NAMED_CHANCE, MAX_WORD_CHANCE = 500, 200
"""Thousandths of probability at the first look from which a named line stays, and one of a single word."""
MAX_LABEL_CHARACTERS, MAX_TEASER_WORDS = 40, 25
"""Maximum number of characters before a title, as in "Read also:", and of words in the whole line. Of such lines that
were kept on 1,000 training pages as text, 7 in 10 were boilerplate. Without this rule, F1 from HTML falls by up to
.0006, depending on the set, and rises on none (`python -m benchmarks.quality rules`)."""
SURE_TITLE = 0.95
"""Probability from which such a line stays: in text that is clean, it may be the page's own."""

Stack: TypeAlias = Any  # boilercut._native.stack.Stack, of either build
_neighbours = sources["neighbours"]


def overrule(
    blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans
) -> tuple[Booleans, Integers]:
    """Apply all rules; return the new verdicts and for each block the number of the rule that made it, or 0."""
    overruled, stack = np.zeros(len(keep), dtype=np.int64), stack_of(blocks)
    for number, rule in enumerate(RULES, start=1):
        changed = rule(stack, columns, probabilities, keep)
        stack.release()
        if changed is not keep:
            overruled[changed != keep] = number
            if rule is repeated:  # no rule brings a copy back
                probabilities = np.where(keep & ~changed, 0.0, probabilities)
            keep = changed
    return keep, overruled


def named_share(columns: Mapping[str, Floats], lists: Sequence[str]) -> Floats:
    """Return the share of each block's words that some phrase lists cover."""
    return np.asarray(sum(columns[f"{name}.share"] for name in lists))


def headline_run(stack: Stack, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """In plain text, cut all of a long run of headlines if nearly all of it is cut."""
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
    """In plain text, cut a line that is a control by its phrases, or a copyright, if its own score is against it.

    How clean the rest of the document is says nothing for such a line. A single word may be a term, or a heading.
    """
    if "document.chance" not in columns:
        return keep
    most = np.where(stack.blocks.facts.words > 1, MAX_NAMED_CHANCE, MAX_WORD_CHANCE)
    share = named_share(columns, CONTROLS)
    named = (share >= MIN_NAMED_SHARE) | (stack.blocks.facts.first_code == COPYRIGHT)
    return keep & ~(named & (columns["document.chance"] < most))


def named_teaser(stack: Stack, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Cut a line such as "Read also: Harbour chief resigns", the title of another page, unless it is surely content."""
    blocks = stack.blocks
    may_be = keep & (columns["related.matches"] > 0) & (blocks.facts.words <= MAX_TEASER_WORDS)
    may_be &= probabilities < SURE_TITLE
    may_be &= (columns["edges.ends_sentence"] == 0) | (columns["edges.ends_question"] > 0)
    labels = {row: label for row in np.flatnonzero(may_be).tolist() if (label := _label_of(blocks.block(row)))}
    if not labels:
        return keep
    is_teaser = shipped_phrases().covers(list(labels.values()), "related")
    changed = keep.copy()
    changed[np.array(list(labels))[is_teaser]] = False
    return changed


def _label_of(line: str) -> str:
    """Return what stands before the colon of a line, if a title stands behind it."""
    label, _, title = line.replace("：", ":").partition(":")
    return label if title.strip() and len(label) <= MAX_LABEL_CHARACTERS and "://" not in title else ""


def hidden_lead(stack: Stack, columns: Mapping[str, Floats], probabilities: Floats, keep: Booleans) -> Booleans:
    """Cut hidden sentences above the first paragraph that is shown: a summary for machines. Most of a page stays."""
    blocks = stack.blocks
    if blocks.elements is None:
        return keep
    hidden = columns["tags.hidden"] > 0
    if not hidden.any() or not (hidden & keep & blocks.prose).any():
        return keep
    hidden &= keep
    shown, words = keep & ~hidden, blocks.facts.words
    few = MIN_SHOWN_TIMES * page_total(blocks, words * hidden) <= page_total(blocks, words * shown)
    above = np.arange(len(keep)) < page_first(blocks, shown & blocks.prose)
    return keep & ~(hidden & blocks.prose & few & above)


RULES: tuple[Callable[[Stack, Mapping[str, Floats], Floats, Booleans], Booleans], ...] = (
    repeated,
    headline_run,
    named_furniture,
    _neighbours.isolated_segment,
    whole_table,
    listing_button,
    formula_between,
    _neighbours.section_heading,
    _neighbours.lone_heading,
    _neighbours.leading_title,
    _neighbours.edge_paragraph,
    hidden_lead,
    named_teaser,
)
