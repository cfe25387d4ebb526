"""Decide: logits in, keep or cut out, with the mode's operating point and the sequence's context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.table import Blocks
from boilercut.decide.clean import looks_clean, within_loss
from boilercut.decide.context import RULES, overrule
from boilercut.decide.headlines import headline_blocks
from boilercut.decide.kinds import boilerplate_kinds, content_kinds
from boilercut.decide.pages import without_article
from boilercut.decide.policy import MODES, Policy
from boilercut.decide.sections import comment_sections, small_forms
from boilercut.results import SITE

__all__ = ["Decision", "comment_blocks", "decide", "name_kinds", "obeying"]

best_threshold, is_sure, logistic = (
    sources["threshold"].best_threshold,
    sources["threshold"].is_sure,
    sources["probability"].logistic,
)

MIN_CONFIDENCE = 0.15
"""Where even the best cut promises no more than this, there is no article; of 260 unlabelled crawl pages, these
were error pages, picture pages and search forms."""
MAX_UNREFUSED_BLOCKS = 2
"""One or two blocks are too little to say that there is no article among them."""
SURE = 0.8
SURE_FLOOR = 0.5
"""Where half of the kept words are `SURE`, a block of HTML less likely than this is cut: cross-validated, .8874
without and .8888 with it, since blocks err together and the expected F-measure takes them one by one. In plain text it
took as much from threads as it gave to articles."""


_RULINGS = (
    None, *(rule.__name__ for rule in RULES), "max_loss", "include", "exclude", comment_sections.__name__, "no_article",
    small_forms.__name__, "headline",
)  # fmt: skip
"""What overrules a block's score, by number."""
MAX_LOSS, INCLUDE, EXCLUDE, SECTIONS, NO_ARTICLE, FORMS, HEADLINE = range(len(RULES) + 1, len(_RULINGS))


REPEATED_LOG_ODDS = -1.0
"""Evidence of the detector `SITE` from which a block counts as repeated."""


class Decision(NamedTuple):
    """What was decided on all blocks of a stack."""

    probabilities: Floats
    keep: Booleans
    overruled: Sequence[str | None]
    """For each block the context rule that turned its verdict round."""
    confidences: Sequence[float]
    """For each page the word-F1 to be expected."""
    clean: Sequence[bool]
    """For each page whether it is text that looks clean already."""
    titles: Booleans
    """Marks the headline of each page."""


def decide(
    blocks: Blocks,
    columns: Mapping[str, Floats],
    log_odds: Floats,
    bounds: Sequence[int],
    policy: Policy,
    headlines: Sequence[str] = (),
) -> Decision:
    """Decide every block; page `n` of the stack has the blocks `bounds[n]` to `bounds[n + 1]`, and its headline."""
    words, named_mode = blocks.facts.words, isinstance(policy.mode, str)  # a probability binds sections and rules, too
    probabilities = scored = logistic(log_odds)
    if named_mode and policy.max_loss < 1 and SITE in columns:
        probabilities = _beside_site(blocks, columns[SITE], log_odds, bounds)
    keep, wanted, low_scored, sections, forms = np.zeros((5, len(scored)), dtype=np.bool_)
    if named_mode:
        sections = comment_sections(blocks, columns, probabilities, bounds)
        forms = small_forms(blocks, columns, probabilities, bounds) & ~sections
    left_out = sections | forms
    chances = np.where(left_out, 0.0, probabilities)
    confidences = []
    for low, high in pairwise(bounds):
        own = chances[low:high]
        threshold, confidence = _threshold(own, words[low:high], policy.mode, blocks.elements is not None)
        keep[low:high] = (own >= threshold) & (
            len(own) <= MAX_UNREFUSED_BLOCKS or _holds_article(confidence, policy.mode)
        )
        wanted[low:high] = probabilities[low:high] >= threshold
        low_scored[low:high] = scored[low:high] < threshold
        confidences.append(confidence)
    chosen = keep if not named_mode else np.ones_like(keep)
    clean = looks_clean(blocks, probabilities, bounds)
    rescuable = np.where(low_scored & wanted, chances, _rescuable(columns, chances, keep))
    keep, numbers = overrule(blocks, columns, rescuable, keep)
    keep = keep & chosen & ~left_out
    ruled = np.where(sections, SECTIONS, FORMS) * wanted
    numbers = np.where(left_out, ruled, np.where(chosen, numbers, 0))
    titles = headline_blocks(blocks, columns, bounds, headlines, keep)
    if named_mode:
        spared = within_loss(blocks, keep, bounds, clean, policy.max_loss)
        is_spared = (spared != keep) | (spared & low_scored & wanted)
        keep, numbers = spared, np.where(is_spared, MAX_LOSS, numbers)
        numbers = np.where(titles & ~keep, HEADLINE, numbers)
        keep = keep | titles
    keep, numbers = _as_configured(blocks, columns, policy, titles, keep, numbers)
    if policy.no_article == "empty":
        empty = without_article(columns, len(keep))
        keep, numbers = keep & ~empty, np.where(empty & keep, NO_ARTICLE, numbers)
    overruled = [_RULINGS[number] for number in numbers.tolist()] if numbers.any() else [None] * len(numbers)
    return Decision(scored, keep, overruled, confidences, clean, titles)


def _beside_site(blocks: Blocks, evidence: Floats, log_odds: Floats, bounds: Sequence[int]) -> Floats:
    """Return the probabilities to decide by: for text that looks clean by itself, those without a site's evidence."""
    alone = logistic(log_odds - evidence)
    clean = np.repeat(looks_clean(blocks, alone, bounds), np.diff(bounds))
    return np.where(clean, alone, logistic(log_odds))


def _rescuable(columns: Mapping[str, Floats], chances: Floats, keep: Booleans) -> Floats:
    """Return the chances as rules see them: no rule brings back what other pages of the site hold, too."""
    if SITE not in columns:
        return chances
    return np.where(~keep & (columns[SITE] <= REPEATED_LOG_ODDS), 0.0, chances)


def _holds_article(confidence: float, mode: str | float) -> bool:
    return confidence >= MIN_CONFIDENCE or mode not in ("balanced", "precision")


def _threshold(probabilities: Floats, words: Integers, mode: str | float, is_html: bool) -> tuple[float, float]:
    """Return the lowest probability to keep on a page, and the word-F1 to be expected in balanced mode."""
    balanced, confidence = best_threshold(probabilities, words, MODES["balanced"])
    if mode != "balanced":
        return mode if isinstance(mode, float) else best_threshold(probabilities, words, MODES[mode])[0], confidence
    sure = is_html and is_sure(probabilities, words, balanced, SURE)
    return max(balanced, SURE_FLOOR) if sure else balanced, confidence


def _as_configured(
    blocks: Blocks,
    columns: Mapping[str, Floats],
    policy: Policy,
    titles: Booleans,
    keep: Booleans,
    numbers: Integers,
) -> tuple[Booleans, Integers]:
    """Keep and cut the kinds that the configuration names; to be cut weighs more than to be kept."""
    if not policy.include and not policy.exclude:
        return keep, numbers
    content, boilerplate = content_kinds(blocks, columns, titles), boilerplate_kinds(blocks, columns)
    pairs = list(zip(content, boilerplate, strict=True))
    include = np.array([bool(policy.include.intersection(pair)) for pair in pairs], dtype=np.bool_) & ~keep
    exclude = np.array([kinds[0] in policy.exclude for kinds in pairs], dtype=np.bool_) & (keep | include)
    numbers = np.where(exclude, EXCLUDE, np.where(include, INCLUDE, numbers))
    return (keep | include) & ~exclude, numbers


def obeying(decision: Decision, rulings: Integers, names: Sequence[str]) -> Decision:
    """Return `decision` as a user's rules want it; `rulings` has each block's rule, see `boilercut.rules.rulings`."""
    keep = np.where(rulings, rulings > 0, decision.keep)
    overruled = [
        names[abs(ruling) - 1] if turned else before
        for ruling, turned, before in zip(
            rulings.tolist(), (keep != decision.keep).tolist(), decision.overruled, strict=True
        )
    ]
    return decision._replace(keep=keep, overruled=overruled)


def comment_blocks(columns: Mapping[str, Floats], decision: Decision, kinds: Sequence[str]) -> Booleans:
    """Mark the blocks that are comments under an article: those cut, and those that the configuration includes."""
    named = np.array([kind == "comments" for kind in kinds], dtype=np.bool_)
    if "hints.comments" in columns:
        named = (named | (columns["hints.comments"] > 0)) & (columns["hints.form"] == 0)
    included = np.array([name == "include" for name in decision.overruled], dtype=np.bool_)
    return named & (~decision.keep | included)


def name_kinds(blocks: Blocks, columns: Mapping[str, Floats], decision: Decision) -> list[str]:
    """Name each block's kind: a sort of content where it is kept, of boilerplate where it is cut."""
    content, boilerplate = content_kinds(blocks, columns, decision.titles), boilerplate_kinds(blocks, columns)
    return [content[row] if kept else boilerplate[row] for row, kept in enumerate(decision.keep.tolist())]
