"""Adapt a model to a user's own pages: word lists of those pages, and a few small trees behind the model's own.

A few labelled pages say little about the world and much about their site: which class names wrap the article,
which lines come back on every page. So two more word lists are learned from them, `site_words` and
`site_class_words`, and small trees that see these lists beside all that the model sees. The trees start from
the model's score and correct it. How many there are is chosen by cross-validation over the labelled pages;
none, if that is best, so that pages that teach nothing change nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from boilercut.arrays import Integers
from boilercut.decide import decide
from boilercut.decide.policy import Policy
from boilercut.detectors import detect, model_detectors
from boilercut.detectors.learned import SITE_PREFIX, Lexicon, learned_detectors
from boilercut.errors import ModelError
from boilercut.model import UNIT, Model
from boilercut.model.inputs import InputPlan, Matrix
from boilercut.model.trees import Forest, Tree
from boilercut.training.boosting import TrainingSet, boosted_trees
from boilercut.training.fit import Example, weights
from boilercut.training.lexicons import learn_lexicon, readable, spellings

__all__ = ["MIN_PAGES", "Refit", "refit"]

MIN_PAGES = 4
"""Fewer labelled pages cannot be split into pages to learn from and pages to check on."""
SITE_INPUTS = {
    "site_words": ("sum", "mean", "lowest", "highest", "mean@mean2"),
    "site_class_words": ("own", "near", "near_lowest", "near_highest", "path", "path_lowest", "path_highest"),
}
"""What the added trees may ask of the site's word lists."""
_BALANCED = Policy("balanced", frozenset(), frozenset())


@dataclass(frozen=True, kw_only=True)
class Refit:
    """How to adapt; chosen on sites of the training sets, see docs/train.md."""

    tree_counts: tuple[int, ...] = (0, 5, 10, 20, 40, 80)
    learning_rate: float = 0.05
    leaves: int = 6
    min_blocks_in_leaf: int = 5
    """LightGBM counts blocks by how unsure the model is of them: many sure ones count as few, so this is low, or what
    the model is surely wrong about could not be corrected."""
    shrinkage: float = 10.0
    words: int = 2000
    class_words: int = 500
    min_pages: int = 2
    """Words of fewer labelled pages are left out."""
    folds: int = 10
    seed: int = 1


def refit(
    examples: Sequence[Example], base: Mapping[str, Any], settings: Refit, provenance: Mapping[str, Any]
) -> dict[str, Any]:
    """Return `base`, a stored model, adapted to labelled pages of its kind.

    What an earlier refit added to `base` is taken off first. Raises `ValueError` for fewer than `MIN_PAGES`.
    """
    if len(examples) < MIN_PAGES:
        raise ValueError(f"{len(examples)} labelled pages are too few: refitting needs {MIN_PAGES}, ten are better")
    base = _without_refit(base)
    pages = [_LabelledPage(example, Model(base, "base")) for example in examples]
    inputs = [*base["inputs"], *_site_inputs(examples[0])]
    count, gain = _best_count(pages, inputs, settings)
    trees = _corrections(pages, inputs, settings, count)
    added = {"pages": len(examples), "base_trees": len(base["trees"]), "trees": len(trees), "gain": round(gain, 4)}
    return {
        **base,
        "inputs": inputs,
        "lexicons": {**base["lexicons"], **_spelt_lexicons(examples, settings)},
        "trees": [*base["trees"], *trees],
        "provenance": {**base["provenance"], "refit": {**provenance, **added}},
    }


class _LabelledPage:
    """A labelled page with what the model says of it."""

    def __init__(self, example: Example, model: Model) -> None:
        learned = model_detectors(model.lexicons, model.page_types)
        self.example = example
        self.columns = example.all_columns(learned)
        self.scores: Integers = model.score(self.columns, example.blocks)

    def matrix(self, inputs: Sequence[str], lexicons: Mapping[str, Lexicon]) -> Matrix:
        """Return what the trees may see of the page, given the site's word lists."""
        own = detect(self.example.blocks, learned_detectors(lexicons))
        return InputPlan(inputs).matrix({**self.columns, **own}, self.example.blocks)

    def f1(self, correction: Integers) -> float:
        """Return the word-F1 of the page's cut, by its labels, once the score is corrected."""
        blocks, labels = self.example.blocks, self.example.labels
        log_odds = UNIT * (self.scores + correction).astype(np.float64)
        keep = decide(blocks, self.columns, log_odds, [0, len(blocks)], _BALANCED).keep
        words = blocks.facts.words
        given, wanted = float((words * keep).sum()), float((words * labels).sum())
        return 2 * float((words * labels * keep).sum()) / (given + wanted) if given + wanted else 1.0


def _without_refit(base: Mapping[str, Any]) -> dict[str, Any]:
    added = base["provenance"].get("refit")
    if added is None:
        return dict(base)
    if not isinstance(added, dict) or type(added.get("base_trees")) is not int:
        raise ModelError("the base model does not say how many trees it had before it was refitted: start from another")
    return {
        **base,
        "inputs": [name for name in base["inputs"] if not name.startswith(SITE_PREFIX)],
        "lexicons": {name: words for name, words in base["lexicons"].items() if not name.startswith(SITE_PREFIX)},
        "trees": base["trees"][: added["base_trees"]],
        "provenance": {key: value for key, value in base["provenance"].items() if key != "refit"},
    }


def _site_inputs(example: Example) -> list[str]:
    return [f"{name}.{column}" for name in _site_lists(example) for column in SITE_INPUTS[name]]


def _site_lists(example: Example) -> list[str]:
    return [SITE_PREFIX + name for name in example.votes if SITE_PREFIX + name in SITE_INPUTS]


def _hashed_lexicons(examples: Sequence[Example], settings: Refit) -> dict[str, dict[int, int]]:
    pages = [str(number) for number in range(len(examples))]
    sizes = {"words": settings.words, "class_words": settings.class_words}
    votes = {name: [example.votes[name] for example in examples] for name in sizes if name in examples[0].votes}
    return {
        SITE_PREFIX + name: learn_lexicon(own, pages, sizes[name], settings.min_pages) for name, own in votes.items()
    }


def _lexicons(pages: Sequence[_LabelledPage], settings: Refit) -> dict[str, Lexicon]:
    return {
        name: Lexicon(np.array(list(words), dtype=np.uint64), np.array(list(words.values()), dtype=np.int64))
        for name, words in _hashed_lexicons([page.example for page in pages], settings).items()
    }


def _spelt_lexicons(examples: Sequence[Example], settings: Refit) -> dict[str, dict[str, int]]:
    spelt = {}
    for name, lexicon in _hashed_lexicons(examples, settings).items():
        names = spellings((example.blocks for example in examples), set(lexicon), name.endswith("class_words"))
        spelt[name] = readable(lexicon, names)
    return spelt


def _best_count(pages: Sequence[_LabelledPage], inputs: Sequence[str], settings: Refit) -> tuple[int, float]:
    """Return with how many trees the labelled pages do best when left out, and the F1 that gains."""
    scores = np.zeros((len(settings.tree_counts), len(pages)))
    for rest, held_out in _splits(len(pages), settings.folds):
        own = [pages[row] for row in rest]
        trees = [Tree(**tree) for tree in _corrections(own, inputs, settings, max(settings.tree_counts))]
        lexicons = _lexicons(own, settings)
        for row in held_out:
            matrix = pages[row].matrix(inputs, lexicons)
            for place, count in enumerate(settings.tree_counts):
                scores[place, row] = pages[row].f1(Forest(trees[:count], len(inputs)).scores(matrix))
    gains = (scores - scores[0]).mean(axis=1)
    best = int(np.argmax(gains))
    return settings.tree_counts[best], float(gains[best])


def _splits(size: int, folds: int) -> list[tuple[list[int], list[int]]]:
    parts = [list(range(part, size, folds)) for part in range(min(folds, size))]
    return [([row for row in range(size) if row not in part], part) for part in parts]


def _corrections(
    pages: Sequence[_LabelledPage], inputs: Sequence[str], settings: Refit, count: int
) -> list[dict[str, Any]]:
    """Boost `count` small trees from the model's score; each page sees the word lists of the other pages."""
    if not count:
        return []
    matrices: list[Matrix] = []
    order: list[_LabelledPage] = []
    for rest, part in _splits(len(pages), settings.folds):
        lexicons = _lexicons([pages[row] for row in rest], settings)
        matrices += [pages[row].matrix(inputs, lexicons) for row in part]
        order += [pages[row] for row in part]
    data = TrainingSet(
        matrices,
        [page.example.labels for page in order],
        [weights(page.example, Counter({page.example.group: 1})) for page in order],
        [UNIT * page.scores.astype(np.float64) for page in order],
    )
    return boosted_trees(data, _parameters(settings), count)


def _parameters(settings: Refit) -> dict[str, Any]:
    return {
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.leaves,
        "min_data_in_leaf": settings.min_blocks_in_leaf,
        "feature_fraction": 0.5,
        "lambda_l2": settings.shrinkage,
        "boost_from_average": False,
        "seed": settings.seed,
        "num_threads": 1,
    }
