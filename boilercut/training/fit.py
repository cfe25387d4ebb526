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
from typing import Any, NamedTuple

import numpy as np

from boilercut.blocks import Blocks
from boilercut.detectors import BUILTIN, Detector, detect
from boilercut.detectors.learned import Lexicon, learned_detectors
from boilercut.extras import needs_extra
from boilercut.model import FORMAT
from boilercut.model.inputs import InputPlan, Matrix, detector_of
from boilercut.model.trees import MAX_LEAVES, UNIT
from boilercut.training.labels import past_the_gold
from boilercut.training.lexicons import class_word_votes, learn_lexicon, readable, spellings, word_votes
from boilercut.vocabulary import Booleans, Floats, PageKind

__all__ = [
    "Example", "Settings", "TrainingSet", "boost", "fit", "has_all_parts", "plain_tree", "training_detectors",
    "training_set", "weights",
]  # fmt: skip

LEXICON_FOLDS = 4


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to fit; the defaults are those of the shipped models."""

    trees: int = 200
    leaves: int = MAX_LEAVES
    """Leaves of a tree at most."""
    learning_rate: float = 0.1
    words: int = 6000
    """Entries of the word list, and of the class-word list."""
    class_words: int = 3000
    seed: int = 1


class Example:
    """A labelled page, with what every fold needs of it computed once."""

    def __init__(
        self, blocks: Blocks, labels: Floats, site: str, group: str, *, share: float = 1.0,
        doubtful: Booleans | None = None,
    ) -> None:  # fmt: skip
        self.blocks, self.labels, self.site, self.group, self.share = blocks, labels, site, group, share
        self.doubtful = past_the_gold(blocks, labels) if doubtful is None else doubtful
        self.columns = detect(blocks, BUILTIN)
        self.votes = {"words": word_votes(blocks, labels)}
        if blocks.elements is not None:
            self.votes["class_words"] = class_word_votes(blocks, labels)

    def at(self, site: str) -> Example:
        """Return the same page as one of another site."""
        moved = copy(self)
        moved.site = site
        return moved

    def all_columns(self, learned: Sequence[Detector]) -> dict[str, Floats]:
        """Return the columns of the built-in and of the learned detectors."""
        return {**self.columns, **detect(self.blocks, learned)}


class TrainingSet(NamedTuple):
    """What is learned from, page by page: the inputs of its blocks, how much of each is content, how much each counts.

    Whole pages stay together, so that a model of sequences can learn from it too.
    """

    matrices: Sequence[Matrix]
    labels: Sequence[Floats]
    weights: Sequence[Floats]


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
    booster = boost(training_set(examples, settings, inputs), settings)
    trees = [plain_tree(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    lexicons = {}
    for name, lexicon in _lexicons(examples, settings).items():
        names = spellings((example.blocks for example in examples), set(lexicon), name == "class_words")
        lexicons[name] = readable(lexicon, names)
    return {
        "format": FORMAT,
        "kind": kind,
        "provenance": dict(provenance),
        "inputs": list(inputs),
        "lexicons": lexicons,
        "trees": trees,
    }


def _lexicons(examples: Sequence[Example], settings: Settings) -> dict[str, dict[int, int]]:
    sites = [example.site for example in examples]
    sizes = {"words": settings.words, "class_words": settings.class_words}
    return {
        name: learn_lexicon([example.votes[name] for example in examples], sites, sizes[name])
        for name in examples[0].votes
    }


def training_detectors(examples: Sequence[Example], settings: Settings) -> tuple[Detector, ...]:
    """Return the detectors whose word lists are learned from `examples`."""
    lexicons = _lexicons(examples, settings)
    return learned_detectors(
        {
            name: Lexicon(np.array(list(words), dtype=np.uint64), np.array(list(words.values()), dtype=np.int64))
            for name, words in lexicons.items()
        }
    )


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
    _forget(matrices, inputs, np.random.default_rng(settings.seed))
    groups = Counter(example.group for example in examples)
    labels = [example.labels for example in order]
    return TrainingSet(matrices, labels, [weights(example, groups) for example in order])


def boost(data: TrainingSet, settings: Settings) -> Any:
    """Return LightGBM's trees for `data`."""
    with needs_extra("train"):
        import lightgbm

    dataset = lightgbm.Dataset(
        np.concatenate(data.matrices),
        np.concatenate(data.labels),
        weight=np.concatenate(data.weights),
        params={"max_bin": 63, "verbose": -1},
    )
    return lightgbm.train(_parameters(settings), dataset, settings.trees)


def _forget(matrices: Sequence[Matrix], inputs: Sequence[str], draw: np.random.Generator) -> None:
    """Blank what a learned list says on some pages: elsewhere, in other languages, it will say nothing."""
    for name in ("words", "class_words"):
        places = [place for place, each in enumerate(inputs) if detector_of(each) == name]
        for matrix in matrices:
            if draw.random() < FORGOTTEN_SHARE:
                matrix[:, places] = 0


def has_all_parts(examples: Iterable[Example]) -> bool:
    """Tell whether there are enough sites for each of `LEXICON_FOLDS` parts to have some."""
    return len({_part(example) for example in examples}) == LEXICON_FOLDS


def _part(example: Example) -> int:
    return zlib.crc32(example.site[::-1].encode()) % LEXICON_FOLDS


def _parameters(settings: Settings) -> dict[str, Any]:
    return {
        "objective": "cross_entropy",
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.leaves,
        "min_data_in_leaf": 40,
        "extra_trees": True,
        "feature_fraction": 0.6,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 3,
        "seed": settings.seed,
        "deterministic": True,
        "force_col_wise": True,
        "verbose": -1,
    }


FORGOTTEN_SHARE = 0.15
"""Share of training pages on which the word list is blanked, and of those on which the class words are."""
WORD_EXPONENT = 0.7
"""A block weighs its words to this power: long blocks matter more to word-F1, short ones are more in number."""
TEXT_SHARE = 0.2
"""A page's blocks weigh the more the less gold text the page has, since a wrong block then costs more of its F1:
their weights are divided by this much of the page's text and by the rest of its gold text."""
DOUBTFUL_WEIGHT = 0.02
GROUP_EXPONENT = -0.35
"""A page weighs less the more pages its set and type have, so that small groups count."""


def weights(example: Example, groups: Mapping[str, int]) -> Floats:
    """Return how much each block of a page counts, given how many pages each group has."""
    words = np.maximum(example.blocks.facts.words, 1) ** WORD_EXPONENT
    gold = float((words * example.labels).sum())
    page = 25 * words / (TEXT_SHARE * words.sum() + (1 - TEXT_SHARE) * gold) + 0.02
    certain = np.where(example.doubtful, DOUBTFUL_WEIGHT, 1.0)
    return np.asarray(page * certain * example.share * groups[example.group] ** GROUP_EXPONENT)


def plain_tree(root: Mapping[str, Any]) -> dict[str, Any]:
    """Return one of LightGBM's trees as plain data: what `boilercut.model.trees.Tree` holds."""
    tree: dict[str, Any] = {key: [] for key in ("inputs", "thresholds", "left", "right", "node_values", "leaf_values")}
    _add_node(root, tree)
    return tree


def _add_node(node: Mapping[str, Any], tree: dict[str, Any]) -> int:
    """Add a node and all below it; return its number, or `-1 - k` for leaf `k`."""
    if "split_feature" not in node:
        tree["leaf_values"].append(round(node["leaf_value"] / UNIT))
        return -len(tree["leaf_values"])
    number = len(tree["inputs"])
    tree["inputs"].append(node["split_feature"])
    tree["thresholds"].append(_single_precision(node["threshold"]))
    tree["node_values"].append(round(node["internal_value"] / UNIT))
    for side in ("left", "right"):
        tree[side].append(0)
    for side in ("left", "right"):
        tree[side][number] = _add_node(node[f"{side}_child"], tree)
    return number


def _single_precision(threshold: float) -> float:
    """Round down to single precision, so that `input <= threshold` splits the same; keep few digits."""
    rounded = np.float32(threshold)
    if rounded > threshold:
        rounded = np.nextafter(rounded, np.float32(-np.inf))
    return float(str(rounded))
