"""Fit what a site's profile says of a block, and score it: ``python -m benchmarks.sites fit|score|clean|cost``.

``fit`` learns small trees from the pages of the sites in `TRAIN`: what the model leaves unexplained, given how many
other pages hold a block. Readers' comments teach nothing: that no other page holds them is no reason to keep them.
``score`` prints word-F1 without and with a profile of 1 to 12 other pages; where the trees learned from a set, it is
scored by trees fitted on other sites. ``--held-out`` names a folder with models of folds, such as those that
``python -m benchmarks.training cross-validate --folds 2`` leaves in ``benchmarks/.cache/models``: pages that the
shipped models learned from are then scored by models that did not learn from their sites. ``clean`` prints what is
lost of gold texts with a profile of gold texts, and ``cost`` what learning costs.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np

from benchmarks import sites_cost
from benchmarks.quality.data import REPOSITORY, RESULTS, Sample, data_hash, fold_of, read_pages, registered_domain
from benchmarks.quality.renderings import render
from benchmarks.reporting import as_json, circumstances
from boilercut import Cutter
from boilercut.arrays import Booleans, Columns, Floats
from boilercut.decide import decide
from boilercut.decide.policy import Policy
from boilercut.model.trees import UNIT, Forest, Tree
from boilercut.page import PageKind
from boilercut.read import read
from boilercut.results import SITE
from boilercut.sites.profile import SiteProfile
from boilercut.sites.repeats import FIGURES
from boilercut.sites.sketch import HashedPage, digest_of, hashed_pages, sketch
from boilercut.training.boosting import TrainingSet, boosted_trees
from boilercut.training.fit import page_weights
from boilercut.training.labels import block_labels, comment_labels
from boilercut.training.measures import word_f1

TRAIN = ("static-sites", "static-sites-2")
VALIDATE = ("daniel-waddle", "dragnet")
RESULT = RESULTS / "sites.json"
TREES = REPOSITORY / "boilercut" / "sites" / "trees.json"
KINDS: tuple[PageKind, ...] = ("html", "text")
FOLDS = 5
MIN_PAGES = 4
"""Number of pages from which a site is looked at."""
PROFILE_SIZES = (1, 2, 3, 4, 6, 8, 12)
SCORED_SIZES = (1, 2, 4, 8, 12)
DRAWS = 3
"""Profiles drawn for each page to learn from."""
OWN_SHARE = 0.5
"""Share of the profiles that hold the page itself, as a crawl's do."""
PARAMETERS = {
    "learning_rate": 0.1, "num_leaves": 8, "min_data_in_leaf": 200, "extra_trees": True,
    "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 10, "seed": 1,
    "boost_from_average": False,
    "monotone_constraints": [0, -1, -1, 0, 1, -1, 0, 0], "monotone_constraints_method": "advanced",
}  # fmt: skip
"""A block that more pages hold is never the likelier for it."""
NUMBER_OF_TREES = 60
STRENGTH: Mapping[PageKind, float] = {"html": 1.5, "text": 1.0}
"""By how much the trees' answers are multiplied. Cross-validated on static sites with profiles of four pages, F1 from
HTML rose by .0036 with 1, by .0041 with 1.4 and by .0053 with 1.8; from text by .0153, .0165 and .0166, but with 1.5
the lead that each page of a long article repeats was cut (`tests/test_site_traps.py`)."""


class Models:
    """The models that say what a page is without a profile."""

    def __init__(self, held_out: Path | None = None) -> None:
        self._shipped = Cutter()
        found = {kind: held_out.glob(f"*-of-*/{kind}.json") if held_out else () for kind in KINDS}
        self._folds = {
            kind: [Cutter(model=str(file.parent)) for file in sorted(files)] for kind, files in found.items()
        }

    def cutter(self, sample: Sample, kind: PageKind) -> Cutter:
        """Return the shipped models, or those that did not learn from a page's site."""
        folds = self._folds[kind] if sample.dataset in TRAIN else []
        return folds[fold_of(sample, len(folds))] if folds else self._shipped


class Labelled(NamedTuple):
    """A page with what the model says of it."""

    dataset: str
    site: str
    gold: str
    hashed: HashedPage
    texts: Sequence[str]
    log_odds: Floats
    labels: Floats
    comments: Booleans
    decided: Any
    """Blocks and columns, for deciding once more."""


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sites", description=__doc__)
    parser.add_argument("command", choices=("fit", "score", "clean", "cost"))
    parser.add_argument("--held-out", type=Path, help="folder of the models of folds; shipped ones if left out")
    options = parser.parse_args()
    models = Models(options.held_out)
    if options.command == "fit":
        stored: dict[str, Any] = {
            "provenance": {
                "command": "python -m benchmarks.sites fit --held-out FOLDER",
                "date": date.today().isoformat(),
                "data": data_hash(TRAIN),
            }
        }
        for kind in KINDS:
            stored[kind] = _trees(list(_examples(_sites(models, kind, TRAIN))), STRENGTH[kind])
        TREES.write_text(json.dumps(stored, separators=(",", ":")) + "\n", "ascii")
        return
    measured: dict[str, Any] = {"data": data_hash(TRAIN + VALIDATE)}
    if options.command == "score":
        measured |= {kind: dict(_scores(models, kind)) for kind in KINDS}
    elif options.command == "clean":
        measured["clean"] = dict(_losses())
    else:
        measured["cost"] = sites_cost.measured()
    RESULT.write_text(as_json({**json.loads(RESULT.read_text()), **circumstances(), **measured}))


def _sites(models: Models, kind: PageKind, sets: Iterable[str]) -> Mapping[tuple[str, str], list[Labelled]]:
    """Return the pages of each site that has several."""
    sites: dict[tuple[str, str], list[Labelled]] = defaultdict(list)
    for name in sets:
        for sample in read_pages(name):
            page = read(sample.html if kind == "html" else render(sample, "crawl_dump"), kind)
            if not len(page.starts):
                continue
            model, blocks, columns = models.cutter(sample, kind)._detected([page])
            labels = block_labels(blocks, sample.gold)
            comments = comment_labels(blocks, labels, sample.comments[0]) if sample.comments else np.zeros(len(blocks))
            labelled = Labelled(
                name, registered_domain(sample), sample.gold, hashed_pages(blocks)[0],
                [blocks.block(row) for row in range(len(blocks))],
                UNIT * model.score(columns, blocks).astype(np.float64), labels, comments >= 0.5, (blocks, columns),
            )  # fmt: skip
            sites[name, labelled.site].append(labelled)
    return {site: pages for site, pages in sites.items() if len(pages) >= MIN_PAGES}


def _drawn(pages: Sequence[Labelled], sizes: Sequence[int], draws: int) -> Iterator[tuple[Labelled, Floats | None]]:
    """Yield the pages of a site with an article, each with what profiles of some other pages say of it."""
    draw = Random(f"{pages[0].dataset} {pages[0].site}")
    for page in pages:
        for _ in range(draws if page.gold else 0):
            others = draw.sample(
                [other for other in pages if other is not page], min(draw.choice(sizes), len(pages) - 1)
            )
            known = [*others, *([page] if draw.random() < OWN_SHARE else [])]
            profile = SiteProfile({"html": [sketch(other.hashed, digest_of(other.hashed)) for other in known]})
            found = profile.repeats("html").find(page.hashed)
            yield page, found.figures if found.others else None


def _examples(sites: Mapping[Any, Sequence[Labelled]]) -> Iterator[tuple[Labelled, Floats, Floats]]:
    """Yield pages with figures and the weights of their blocks."""
    for pages in sites.values():
        for page, figures in _drawn(pages, PROFILE_SIZES, DRAWS):
            if figures is not None:
                weights = page_weights(page.hashed.words, page.labels)
                yield page, figures, weights * ~page.comments / len(pages) ** 0.5


def _trees(examples: Sequence[tuple[Labelled, Floats, Floats]], strength: float) -> list[dict[str, Any]]:
    """Fit trees to what the model leaves unexplained; return them as plain data."""
    data = TrainingSet(
        [figures for _, figures, _ in examples],
        [page.labels for page, _, _ in examples],
        [weights for _, _, weights in examples],
        [page.log_odds for page, _, _ in examples],
    )
    return [_strengthened(tree, strength) for tree in boosted_trees(data, PARAMETERS, NUMBER_OF_TREES)]


def _strengthened(tree: Mapping[str, Any], strength: float) -> dict[str, Any]:
    values = {name: [round(strength * value) for value in tree[name]] for name in ("leaf_values", "node_values")}
    return {**tree, **values}


def _scores(models: Models, kind: PageKind) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a table for each set: by the size of the profile the number of pages, and F1 without and with it."""
    whole = _forest(json.loads(TREES.read_text("ascii"))[kind])
    sites = _sites(models, kind, TRAIN)
    examples = list(_examples(sites))
    held_out = [
        _forest(_trees([each for each in examples if _fold(each[0]) != fold], STRENGTH[kind])) for fold in range(FOLDS)
    ]
    for name in (*TRAIN, *VALIDATE):
        own = _sites(models, kind, [name]) if name in VALIDATE else {k: v for k, v in sites.items() if k[0] == name}
        rows, plain = {}, {id(page): _plain_f1(page) for site in own.values() for page in site if page.gold}
        for size in SCORED_SIZES:
            pages = [each for each in own.values() if len(each) > size]
            scored = [
                (page.site, plain[id(page)], _f1(page, figures, whole if name in VALIDATE else held_out[_fold(page)]))
                for site in pages
                for page, figures in _drawn(site, [size], 1)
            ]
            rows[str(size)] = _row(scored, worst=min)
            print(f"{kind} {name:16} {size:3} pages known: {rows[str(size)]}", flush=True)
        yield name, rows


def _losses() -> Iterator[tuple[str, dict[str, float]]]:
    """Yield for each set how much is lost of gold texts, without and with a profile of the site's gold texts."""
    plain = Cutter()
    for name in (*TRAIN, *VALIDATE):
        sites = defaultdict(list)
        for sample in read_pages(name):
            sites[registered_domain(sample)].append(sample.gold or "")
        lost = [
            (site, _lost(plain, gold), _lost(cutter, gold))
            for site, golds in sites.items() if len(golds) >= MIN_PAGES
            for cutter in [Cutter(site=SiteProfile.learn(golds, kind="text"))]
            for gold in filter(None, golds)
        ]  # fmt: skip
        row = _row(lost, worst=max)
        print(f"{name:16} gold texts, lost: {row}", flush=True)
        yield name, row


def _lost(cutter: Cutter, gold: str) -> float:
    return 1 - word_f1(cutter.clean(gold, kind="text"), gold).recall


def _row(scores: Sequence[tuple[str, float, float]], worst: Callable[..., str]) -> dict[str, Any]:
    """Average what was measured without and with a profile; and without the site whose pages changed most for worse."""
    changes: dict[str, float] = defaultdict(float)
    for site, without, with_profile in scores:
        changes[site] += with_profile - without
    site = worst(sorted(changes), key=changes.__getitem__)
    others = [(without, with_profile) for name, without, with_profile in scores if name != site]
    row = {"pages": len(scores), **_means([row[1:] for row in scores])}
    return {**row, "worst_site": site, "others": _means(others)} if others else row


def _means(pairs: Sequence[Any]) -> dict[str, float]:
    without, with_profile = np.mean(pairs, axis=0).round(5).tolist()
    return {"without": without, "with": with_profile}


def _forest(trees: Iterable[Mapping[str, Any]]) -> Forest:
    return Forest([Tree(**tree) for tree in trees], len(FIGURES))


def _fold(page: Labelled) -> int:
    return zlib.crc32(page.site.encode()) % FOLDS


def _f1(page: Labelled, figures: Floats | None, forest: Forest) -> float:
    """Return the word-F1 of a page with the evidence of a profile."""
    rows = len(page.log_odds)
    added = np.zeros(rows) if figures is None else UNIT * np.minimum(forest.scores(figures.astype(np.float32)), 0)
    columns = page.decided[1]
    known = Columns([*columns.tables, added[None]], {**columns.places, SITE: (len(columns.tables), 0)})
    return _cut_f1(page, known, page.log_odds + added)


def _plain_f1(page: Labelled) -> float:
    """Return the word-F1 of a page without a profile."""
    return _cut_f1(page, page.decided[1], page.log_odds)


def _cut_f1(page: Labelled, columns: Columns, log_odds: Floats) -> float:
    blocks = page.decided[0]
    policy = Policy("balanced", frozenset(), frozenset())
    keep = decide(blocks, columns, log_odds, [0, len(blocks)], policy).keep
    return word_f1("\n".join(page.texts[row] for row in np.flatnonzero(keep).tolist()), page.gold).f1


if __name__ == "__main__":
    main()
