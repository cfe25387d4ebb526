"""Fit a model: word lists first, then boosted trees over the detectors' columns, then plain data.

The trees must not see word lists that were learned from their own pages, or they would trust them too
much. So the pages are split by site into `LEXICON_FOLDS`, and each part sees the lists of the others.
LightGBM does the boosting (extra `train`); what comes out needs NumPy only.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from boilercut.arrays import Booleans, Columns, Floats, Integers
from boilercut.blocks.table import Blocks
from boilercut.detectors import BUILTIN, Detector, detect
from boilercut.detectors.learned import Lexicon, learned_detectors
from boilercut.detectors.page_type import PageTypes, page_type_detector
from boilercut.model import FORMAT
from boilercut.model.inputs import InputPlan, Matrix, detector_of
from boilercut.model.trees import MAX_LEAVES
from boilercut.page import PageKind
from boilercut.training.boosting import TrainingSet, boosted_trees
from boilercut.training.labels import past_the_gold
from boilercut.training.lexicons import class_word_votes, learn_lexicon, readable, spellings, word_votes
from boilercut.training.page_types import PageFacts, learn_page_types, page_facts, stored_page_types

__all__ = [
    "Example", "Settings", "fit", "has_all_parts", "page_weights", "training_detectors", "training_set", "weights",
]  # fmt: skip

LEXICON_FOLDS = 4
FORGOTTEN_SHARE = 0.15
"""Share of training pages on which the word list is blanked, and of those on which the class words are."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to fit; the defaults are those of the shipped models."""

    trees: int = 200
    leaves: int = MAX_LEAVES
    """Leaves of a tree at most."""
    learning_rate: float = 0.1
    words: int = 6000
    """Entries of the word list, of the class-word list, and of the list of class words around posts."""
    class_words: int = 3000
    post_words: int = 600
    seed: int = 1


class Example:
    """A labelled page, with what every fold needs of it computed once.

    Not its columns: a whole corpus' would fill the memory, and computing them again takes little beside fitting trees.
    """

    def __init__(
        self, blocks: Blocks, labels: Floats, site: str, group: str, *, share: float = 1.0,
        doubtful: Booleans | None = None, posts: Floats | None = None, page_type: str | None = None,
        forgotten: float = FORGOTTEN_SHARE,
    ) -> None:  # fmt: skip
        self.blocks, self.labels, self.site, self.group, self.share = blocks, labels, site, group, share
        self.doubtful = past_the_gold(blocks, labels) if doubtful is None else doubtful
        self.forgotten = forgotten
        self.votes = {"words": word_votes(blocks, labels)}
        self.facts: PageFacts | None = None
        if blocks.elements is not None:
            self.votes["class_words"] = class_word_votes(blocks, labels)
            if posts is not None:
                self.votes["post_words"] = class_word_votes(blocks, posts)
            self.facts = page_facts(blocks, page_type, bool(labels.max(initial=0) > 0))

    def at(self, site: str) -> Example:
        """Return the same page as one of another site."""
        moved = copy(self)
        moved.site = site
        return moved

    def all_columns(self, learned: Sequence[Detector] = ()) -> Columns:
        """Return the columns of the built-in and of the learned detectors."""
        return detect(self.blocks, (*BUILTIN, *learned))


def fit(
    examples: Sequence[Example],
    kind: PageKind,
    settings: Settings,
    inputs: Sequence[str],
    provenance: Mapping[str, Any],
) -> dict[str, Any]:
    """Return a fitted model as plain data: what `boilercut.model.Model` reads.

    `examples` are labelled pages, all of `kind`; `inputs` names the trees' inputs. Raises `ValueError`
    where there are too few sites to split into `LEXICON_FOLDS` parts.
    """
    if not has_all_parts(examples):
        raise ValueError(f"too few sites: label pages of more sites, so that each of {LEXICON_FOLDS} parts has some")
    inputs = _taught(inputs, examples)
    trees = boosted_trees(training_set(examples, settings, inputs), _parameters(settings), settings.trees)
    lexicons = {}
    for name, lexicon in _lexicons(examples, settings).items():
        names = spellings((example.blocks for example in examples), set(lexicon), name != "words")
        lexicons[name] = readable(lexicon, names)
    types = _page_types(examples)
    return {
        "format": FORMAT,
        "kind": kind,
        "provenance": dict(provenance),
        "inputs": list(inputs),
        "lexicons": lexicons,
        "page_types": stored_page_types(types, [example.blocks for example in examples]) if types else {},
        "trees": trees,
    }


def _taught(inputs: Sequence[str], examples: Sequence[Example]) -> list[str]:
    """Leave out the inputs of detectors that the pages cannot teach: where no page has a type, or posts marked."""
    untaught = set()
    if not any(example.facts and example.facts.type >= 0 for example in examples):
        untaught.add("page_type")
    if not any("post_words" in example.votes for example in examples):
        untaught.add("post_words")
    return [name for name in inputs if detector_of(name) not in untaught]


def _lexicons(examples: Sequence[Example], settings: Settings) -> dict[str, dict[int, int]]:
    sizes = {"words": settings.words, "class_words": settings.class_words, "post_words": settings.post_words}
    lexicons = {}
    for name in sizes:
        voters = [example for example in examples if name in example.votes]
        if voters:
            votes, sites = [example.votes[name] for example in voters], [example.site for example in voters]
            lexicons[name] = learn_lexicon(votes, sites, sizes[name])
    return lexicons


def _page_types(examples: Sequence[Example]) -> PageTypes | None:
    """Learn what pages are, if anybody says of any what it is."""
    told = [example for example in examples if example.facts is not None and example.facts.type >= 0]
    if not told:
        return None
    return learn_page_types([example.facts for example in told if example.facts], [example.site for example in told])


def training_detectors(examples: Sequence[Example], settings: Settings) -> tuple[Detector, ...]:
    """Return the detectors whose word lists are learned from `examples`, and that of page types."""
    lexicons = {
        name: Lexicon(np.array(list(words), dtype=np.uint64), np.array(list(words.values()), dtype=np.int64))
        for name, words in _lexicons(examples, settings).items()
    }
    types = _page_types(examples)
    return (*learned_detectors(lexicons), *([page_type_detector(types)] if types else []))


def training_set(examples: Sequence[Example], settings: Settings, inputs: Sequence[str]) -> TrainingSet:
    """Lay out the inputs of all pages, each with word lists that were learned from other sites."""
    matrices: list[Matrix] = []
    order: list[Example] = []
    plan = InputPlan(inputs)
    for part in range(LEXICON_FOLDS):
        own = [example for example in examples if _part(example) == part]
        learned = training_detectors([example for example in examples if _part(example) != part], settings)
        matrices += [plan.matrix(example.all_columns(learned), example.blocks) for example in own]
        order += own
    _forget(matrices, [example.forgotten for example in order], inputs, np.random.default_rng(settings.seed))
    sites = Counter((example.group, example.site) for example in examples)
    shares = {pair: pages**SITE_EXPONENT for pair, pages in sites.items()}
    groups: Counter[str] = Counter()
    for example in examples:
        groups[example.group] += shares[example.group, example.site]
    labels = [example.labels for example in order]
    counted = [shares[example.group, example.site] * weights(example, groups) for example in order]
    return TrainingSet(matrices, labels, counted)


def _forget(
    matrices: Sequence[Matrix], shares: Sequence[float], inputs: Sequence[str], draw: np.random.Generator
) -> None:
    """Blank what a learned list says on some pages: elsewhere, in other languages, it will say nothing.

    Where class words go, so do the tags that say where the article is: themes that name one name the other.
    """
    for names in (("words",), ("class_words", "parts"), ("post_words",)):
        places = [place for place, each in enumerate(inputs) if detector_of(each) in names]
        for matrix, share in zip(matrices, shares, strict=True):
            if draw.random() < (share if "class_words" in names else FORGOTTEN_SHARE):
                matrix[:, places] = 0


def has_all_parts(examples: Iterable[Example]) -> bool:
    """Return whether there are enough sites for each of `LEXICON_FOLDS` parts to have some."""
    return len({_part(example) for example in examples}) == LEXICON_FOLDS


def _part(example: Example) -> int:
    return zlib.crc32(example.site[::-1].encode()) % LEXICON_FOLDS


def _parameters(settings: Settings) -> dict[str, Any]:
    return {
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.leaves,
        "min_data_in_leaf": 40,
        "extra_trees": True,
        "feature_fraction": 0.6,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 3,
        "seed": settings.seed,
    }


WORD_EXPONENT = 0.7
"""A block weighs its words to this power: long blocks matter more to word-F1, short ones are more in number."""
TEXT_SHARE = 0.2
"""A page's blocks weigh the more the less gold text the page has, since a wrong block then costs more of its F1:
their weights are divided by this much of the page's text and by the rest of its gold text."""
DOUBTFUL_WEIGHT = 0.02
SITE_EXPONENT = -0.5
"""A page weighs less the more pages its site has in its group."""
GROUP_EXPONENTS: Mapping[PageKind, float] = {"html": -0.5, "text": -0.35}
"""A page weighs less the more pages its set and type have, so that small groups count. With -.35 for HTML too, the mean
F1 over the eight older sets was .886 instead of .891 on one held-out fold."""


def weights(example: Example, groups: Mapping[str, int]) -> Floats:
    """Return how much each block of a page counts, given how many pages each group has."""
    certain = np.where(example.doubtful, DOUBTFUL_WEIGHT, 1.0)
    page = page_weights(example.blocks.facts.words, example.labels)
    return np.asarray(page * certain * example.share * groups[example.group] ** GROUP_EXPONENTS[example.blocks.kind])


def page_weights(words: Integers, labels: Floats) -> Floats:
    """Return how much each block counts among those of its page, given the words and the labels of all."""
    sizes = np.maximum(words, 1) ** WORD_EXPONENT
    gold = float((sizes * labels).sum())
    return np.asarray(25 * sizes / (TEXT_SHARE * sizes.sum() + (1 - TEXT_SHARE) * gold) + 0.02)
