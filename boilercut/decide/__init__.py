"""Decide which blocks to keep: by their log-odds, the mode, what the page is, and their neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from boilercut._native import sources
from boilercut.arrays import Booleans, Floats, Integers
from boilercut.blocks.table import Blocks
from boilercut.decide.clean import looks_clean, within_loss
from boilercut.decide.context import RULES, named_share, named_teaser, overrule
from boilercut.decide.headlines import headline_blocks
from boilercut.decide.kind_model import boilerplate_kinds
from boilercut.decide.kinds import content_kinds
from boilercut.decide.pages import without_article
from boilercut.decide.policy import MODES, Policy
from boilercut.decide.sections import appended_articles, comment_sections, small_forms
from boilercut.results import SITE

__all__ = ["Decision", "apply_rules", "comment_blocks", "decide", "name_kinds", "written_blocks"]

best_threshold, is_sure, logistic = (
    sources["threshold"].best_threshold,
    sources["threshold"].is_sure,
    sources["probability"].logistic,
)

MIN_CONFIDENCE = 0.15
"""Expected F1 below which a page has no article; of 260 unlabelled crawl pages, these were error pages, picture pages
and search forms."""
MAX_UNREFUSED_BLOCKS = 2
"""One or two blocks are too little to say that there is no article among them."""
SURE = 0.8
"""Probability from which a block is surely content."""
SURE_FLOOR = 0.5
"""Where half of the kept words are in such blocks, a block of HTML less likely than this is cut: cross-validated, .8874
without and .8888 with it, since blocks err together and the expected F-measure takes them one by one. In plain text it
took as much from threads as it gave to articles."""
TOGETHER = 0.3
"""How far blocks of HTML are taken to err together, for the expected F-measure; lines of text: not at all.

On two held-out folds, another seed moved 5.0 % of the pages by more than .1 F1, and 5.3 % with 0, at the same mean F1.
With .5, 4.8 %, but three training sets fell below their floors.
"""


_RULINGS = (
    None, *(rule.__name__ for rule in RULES), "max_loss", "include", "exclude", comment_sections.__name__, "no_article",
    small_forms.__name__, "headline", appended_articles.__name__,
)  # fmt: skip
"""What overrules a block's score, by number."""
MAX_LOSS, INCLUDE, EXCLUDE, SECTIONS, NO_ARTICLE, FORMS, HEADLINE, APPENDED = range(len(RULES) + 1, len(_RULINGS))


COMMENT_CONTROLS = ("chrome", "comments", "forms", "share")
"""Phrase lists of the buttons and labels that stand beside comments."""
MIN_CONTROL_SHARE, MAX_CONTROL_WORDS = 0.5, 12
"""Minimum share of a line's words that these lists must cover, and maximum number of its words, for it to be one."""
FAR = sources["prompts"].FAR
"""Value of `comments.since` where no heading of comments stands above."""
REPEATED_LOG_ODDS = -1.0
"""Evidence of the detector `SITE` from which a block counts as repeated."""


class Decision(NamedTuple):
    """What was decided on all blocks of a stack."""

    probabilities: Floats
    keep: Booleans
    numbers: Integers
    """For each block the number, in `rulings`, of the context rule or option that changed its verdict last."""
    rulings: Sequence[str | None]
    confidences: Sequence[float]
    """For each page the word-F1 to be expected."""
    clean: Sequence[bool]
    """For each page whether it is text that looks clean already."""
    titles: Booleans
    """Marks the headline of each page."""

    @property
    def overruled(self) -> list[str | None]:
        """For each block the context rule or option that changed its verdict last."""
        return [self.rulings[number] for number in self.numbers.tolist()]


def decide(
    blocks: Blocks,
    columns: Mapping[str, Floats],
    log_odds: Floats,
    bounds: Sequence[int],
    policy: Policy,
    headlines: Sequence[str] = (),
) -> Decision:
    """Decide every block; page `n` of the stack has the blocks `bounds[n]` to `bounds[n + 1]`, and its headline."""
    is_named = isinstance(policy.mode, str)  # a probability that is asked for binds sections and rules, too
    scored, probabilities = _probabilities(blocks, columns, log_odds, bounds, policy)
    left_out = _left_out(blocks, columns, probabilities, bounds) if is_named else np.zeros(len(blocks), dtype=np.int64)
    chances = np.where(left_out, 0.0, probabilities)
    limits, has_article, confidences = _limits(chances, blocks, bounds, policy.mode)
    verdicts = _Verdicts(has_article & (chances >= limits), left_out * (probabilities >= limits))
    spared = (probabilities >= limits) & (scored < limits)  # kept because a site's evidence is left out
    ruled, numbers = overrule(blocks, columns, _rescuable(columns, chances, verdicts.keep | spared), verdicts.keep)
    verdicts.change(ruled & (left_out == 0) if is_named else ruled & verdicts.keep, numbers)
    titles = headline_blocks(blocks, columns, bounds, headlines, verdicts.keep)
    clean = looks_clean(blocks, probabilities, bounds)
    if is_named:
        verdicts.change(within_loss(blocks, verdicts.keep, bounds, clean, policy.max_loss), MAX_LOSS)
        verdicts.credit(spared, MAX_LOSS)
        verdicts.mark(titles, True, HEADLINE)
        verdicts.mark(appended_articles(blocks, columns, verdicts.keep, titles, bounds), False, APPENDED)
    _configure(verdicts, blocks, columns, titles, policy)
    if policy.no_article == "empty":
        verdicts.mark(without_article(columns, len(blocks)), False, NO_ARTICLE)
    return Decision(scored, verdicts.keep, verdicts.numbers, _RULINGS, confidences, clean, titles)


class _Verdicts:
    """The verdicts so far, and for each block the number of what changed its verdict last."""

    def __init__(self, keep: Booleans, numbers: Integers) -> None:
        self.keep, self.numbers = keep, numbers

    def change(self, keep: Booleans, by: Integers | int) -> None:
        """Replace the verdicts, and note what changed those that differ."""
        if keep is not self.keep:
            self.numbers = np.where(keep != self.keep, by, self.numbers)
            self.keep = keep

    def mark(self, marked: Booleans, keep: bool, by: int) -> None:
        """Keep or cut the marked blocks."""
        if marked.any():
            self.change(self.keep | marked if keep else self.keep & ~marked, by)

    def credit(self, marked: Booleans, by: int) -> None:
        """Note what keeps the marked blocks, though it changed none of their verdicts."""
        self.numbers = np.where(self.keep & marked, by, self.numbers)


def _probabilities(
    blocks: Blocks, columns: Mapping[str, Floats], log_odds: Floats, bounds: Sequence[int], policy: Policy
) -> tuple[Floats, Floats]:
    """Return the probabilities by score, and those to decide by.

    The latter leave out a site's evidence where the text looks clean without it.
    """
    scored = logistic(log_odds)
    if SITE not in columns or policy.max_loss == 1 or not isinstance(policy.mode, str):
        return scored, scored
    alone = logistic(log_odds - columns[SITE])
    return scored, np.where(np.repeat(looks_clean(blocks, alone, bounds), np.diff(bounds)), alone, scored)


def _rescuable(columns: Mapping[str, Floats], chances: Floats, kept: Booleans) -> Floats:
    """Return the probabilities that rules go by: none brings back what other pages of the site hold, too."""
    if SITE not in columns:
        return chances
    return np.where((columns[SITE] <= REPEATED_LOG_ODDS) & ~kept, 0.0, chances)


def _left_out(blocks: Blocks, columns: Mapping[str, Floats], probabilities: Floats, bounds: Sequence[int]) -> Integers:
    """Return for each block the number of what leaves it out with its section, comments or a form; 0 for nothing."""
    sections = comment_sections(blocks, columns, probabilities, bounds)
    return np.where(sections, SECTIONS, FORMS * small_forms(blocks, columns, probabilities, bounds))


def _limits(
    chances: Floats, blocks: Blocks, bounds: Sequence[int], mode: str | float
) -> tuple[Floats, Booleans, Sequence[float]]:
    """Return for each block the lowest probability to keep and whether its page has an article, and each page's F1.

    The last is the word-F1 to be expected.
    """
    limits, has_article = np.empty(len(blocks)), np.empty(len(blocks), dtype=np.bool_)
    confidences, words = list[float](), blocks.facts.words
    for low, high in pairwise(bounds):
        threshold, confidence = _threshold(chances[low:high], words[low:high], mode, blocks.elements is not None)
        limits[low:high] = threshold
        has_article[low:high] = high - low <= MAX_UNREFUSED_BLOCKS or _holds_article(confidence, mode)
        confidences.append(confidence)
    return limits, has_article, confidences


def _holds_article(confidence: float, mode: str | float) -> bool:
    return confidence >= MIN_CONFIDENCE or mode not in ("balanced", "precision")


def _threshold(probabilities: Floats, words: Integers, mode: str | float, is_html: bool) -> tuple[float, float]:
    """Return the lowest probability to keep on a page, and the word-F1 to be expected in balanced mode."""
    together = TOGETHER if is_html else 0.0
    balanced, confidence = best_threshold(probabilities, words, MODES["balanced"], together)
    if isinstance(mode, float):
        return mode, confidence
    if mode != "balanced":
        return best_threshold(probabilities, words, MODES[mode], together)[0], confidence
    sure = is_html and is_sure(probabilities, words, balanced, SURE)
    return max(balanced, SURE_FLOOR) if sure else balanced, confidence


def _configure(
    verdicts: _Verdicts, blocks: Blocks, columns: Mapping[str, Floats], titles: Booleans, policy: Policy
) -> None:
    """Keep and cut the kinds that the configuration names; a kind that is named for both is cut."""
    if not policy.include and not policy.exclude:
        return
    content, boilerplate = content_kinds(blocks, columns, titles), boilerplate_kinds(blocks, columns)
    pairs = list(zip(content, boilerplate, strict=True))
    include = np.array([bool(policy.include.intersection(pair)) for pair in pairs], dtype=np.bool_)
    exclude = np.array([kinds[0] in policy.exclude for kinds in pairs], dtype=np.bool_)
    verdicts.mark(include, True, INCLUDE)
    verdicts.mark(exclude, False, EXCLUDE)


def apply_rules(decision: Decision, rulings: Integers, names: Sequence[str]) -> Decision:
    """Return `decision` as a user's rules want it; `rulings` has each block's rule, see `boilercut.rules.rulings`."""
    keep = np.where(rulings, rulings > 0, decision.keep)
    numbers = np.where(keep != decision.keep, len(decision.rulings) + abs(rulings) - 1, decision.numbers)
    return decision._replace(keep=keep, numbers=numbers, rulings=(*decision.rulings, *names))


def comment_blocks(columns: Mapping[str, Floats], decision: Decision, kinds: Sequence[str]) -> Booleans:
    """Mark the blocks that are comments under an article: those cut, and those that the configuration includes."""
    named = np.array([kind == "comments" for kind in kinds], dtype=np.bool_)
    if "comments.since" in columns:  # prose alone does not tell a comment from a paragraph that was cut
        named &= (columns["comments.since"] < FAR) | (columns["comments.share"] > 0)
    if "hints.comments" in columns:
        named = (named | (columns["hints.comments"] > 0)) & (columns["hints.form"] == 0)
    included = decision.numbers == INCLUDE
    return named & (~decision.keep | included)


def written_blocks(blocks: Blocks, columns: Mapping[str, Floats], commented: Booleans) -> Booleans:
    """Mark the blocks of comments that people wrote: not "3 comments", or "Your email will not be published"."""
    if not commented.any():
        return commented
    controls = named_share(columns, COMMENT_CONTROLS) >= MIN_CONTROL_SHARE
    return commented & ~(controls & (blocks.facts.words <= MAX_CONTROL_WORDS))


def name_kinds(
    blocks: Blocks, columns: Mapping[str, Floats], decision: Decision, boilerplate: Sequence[str]
) -> list[str]:
    """Name each block's kind: a sort of content where it is kept, of `boilerplate` where it is cut."""
    content = content_kinds(blocks, columns, decision.titles)
    named: dict[str | None, str] = {
        comment_sections.__name__: "comments",
        **dict.fromkeys((named_teaser.__name__, appended_articles.__name__), "related"),
    }
    cut = [named.get(name, kind) for name, kind in zip(decision.overruled, boilerplate, strict=True)]
    return [content[row] if kept else cut[row] for row, kept in enumerate(decision.keep.tolist())]
