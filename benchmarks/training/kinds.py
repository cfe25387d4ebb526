"""Learn what cut blocks are called, and cross-validate it by site: `python -m benchmarks.training kinds`.

Few blocks are labelled by hand. So a teacher (LightGBM and a linear model together) learns from them and says how
likely each kind is for many more blocks, and the linear model that ships learns from both. It sees many without
class words, or by their phrases only. Those whose text a set holds as a reader's comment are comments. Where a person
named several kinds, each is right. From text, the same blocks are learned as lines of a crawl's dump.
"""

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.quality.data import REPOSITORY, RESULTS, Sample, data_hash, read_pages, registered_domain
from benchmarks.quality.kinds import count_names, read_draws
from benchmarks.quality.renderings import crawl_dump
from boilercut.arrays import Booleans, Floats, Integers
from boilercut.cutter import Cutter
from boilercut.decide.kind_model import BASE, STEPS, TAGS, KindModel
from boilercut.page import PageKind
from boilercut.read import read
from boilercut.results import BOILERPLATE_KINDS

LABELS = Path(__file__).with_name("kinds.txt")
MODEL, RESULT = REPOSITORY / "boilercut" / "decide" / "kinds.json", RESULTS / "kinds.json"
FOLDS, SEED = 5, 1
BLOCKS_PER_PAGE, TAUGHT_WEIGHT = 10, 0.15
"""Blocks of each page that the teacher labels, and how much one counts beside one labelled by hand."""
OTHER_PAGES = 4
"""One page of so many takes part that has neither labelled blocks nor comments."""
RIDGE, ITERATIONS = 1.0, 150
MIN_COMMENT_WORDS = 4
TEACHER = {
    "objective": "multiclass", "num_class": len(BOILERPLATE_KINDS), "num_leaves": 7, "learning_rate": 0.07,
    "min_data_in_leaf": 8, "lambda_l2": 3, "feature_fraction": 0.4, "verbose": -1, "num_threads": 1, "seed": SEED,
    "deterministic": True, "force_col_wise": True,
}  # fmt: skip
TEACHER_ROUNDS, TEACHER_SHARE = 100, 0.6
_LISTS = (
    "navigation", "related", "newsletter", "comments", "share", "consent", "legal", "adverts", "pagination", "forms",
)  # fmt: skip
_OTHER_LISTS = "chrome", "bylines", "section_titles"
_HINTS = (
    "navigation", "related", "newsletter", "comments", "share", "cookie", "legal", "advert", "pagination", "form",
    "byline", "caption", "quote",
)  # fmt: skip
_OF_LIST = "share share>0 share>0.49 near share@-1 share@+1 share*shape.size<=4".split()
_OF_OTHER_LIST = "share>0 share>0.49 share@+1".split()
_TEXT_INPUTS = """
    headlines.title_like>0 headlines.dated>0 headlines.dated_near headlines.near headlines.label_run>2
    headlines.label_run>7 headlines.title_run>2 headlines.title_run>7 headlines.short_run>2 headlines.short_run>7
    headlines.months headlines.months*shape.size<=4 shape.size<=1 shape.size<=2 shape.size<=4 shape.size<=8
    shape.size<=16 shape.size<=32 prose.is shape.characters<=2 shape.digit_share shape.digit_share>0
    shape.digit_share>0.49 shape.digit_share>0.99 shape.currency>0 shape.upper_share shape.capitalised_share
    shape.sentences>0 shape.function_words shape.symbol_share shape.separators>0 edges.begins_lower edges.begins_mark
    edges.begins_digit edges.ends_colon edges.ends_question edges.ends_sentence edges.ends_arrow edges.bullet
    edges.pipe edges.hash_mark captcha     prose.before>0 prose.from_last>0 prose.from_last>20
    comments.since<=5 comments.since<=50 related.since<=5 related.since<=15 repetition.again>0
    repetition.times>2 topic.title_share adverts.share*shape.size>4
    pagination.share*pagination.near>0.15
    """.split()
_HTML_INPUTS = """
    links.density>0.5 links.density>0.9 links.near_density links.page_density links.box headlines.box prose.box
    shape.size<=4*links.density>0.5 shape.size>5*links.density>0.5 tags.in_nav>0*links.density>0.5
    tags.in_footer>0*links.density>0.5 tags.in_header>0*links.density>0.5 tags.in_aside>0*links.density>0.5
    tags.in_li>0*links.density>0.5 headlines.title_like>0*links.density>0.5 headlines.title_run>2*links.density>0.5
    headlines.label_run>2*links.density>0.5 page_type.article>0 page_type.thread>0 page_type.listing>0
    page_type.product>0 page_type.documentation>0 page_type.service>0 hints.comments>0*prose.is
    hints.comments>0*shape.size<=2 tags.heading>0 tags.hidden>0 adverts.share*tags.in_footer>0
    share.share*tags.in_form>0 newsletter.share*tags.in_form>0 forms.share*tags.in_form>0
    tags.in_form>0*links.density>0.5
    """.split()
_AROUND = (
    "nav", "header", "footer", "aside", "form", "label", "button", "h1", "li", "table", "figure", "blockquote", "a",
    "article", "main", "dialog", "details", "dl", "section", "p", "noscript", "td", "script",
)  # fmt: skip


BLIND = ("hints.",), ("prose.", "page_type.", "repetition.", "topic.", "comments.since", "related.since"), _LISTS, ()
"""What blocks are seen without, a fifth of them each: class words; what lies elsewhere in the page; phrases, as in
languages without a list; all but phrases."""
SEEN = (BASE, "shape.", "edges.", *(f"{name}.share" for name in (*_LISTS, *_OTHER_LISTS)))
"""What is left of a block that is seen by its phrases only."""
BLINDED_WEIGHT = 0.3
"""How much a labelled block that is seen so counts, beside itself."""


def _inputs() -> dict[PageKind, list[str]]:
    """Return the names of the inputs: for text those that need no markup."""
    of_text = [f"{name}.{column}" for name in _LISTS for column in _OF_LIST]
    of_text += [f"{name}.{column}" for name in _OTHER_LISTS for column in _OF_OTHER_LIST] + _TEXT_INPUTS
    more = [f"{name}.{column}" for name in _LISTS for column in ("share*links.density>0.5", "box")]
    more += [f"hints.near_{name}{step}" for name in _HINTS for step in ("", ">0.6")]
    more += [f"tags.in_{name}>0" for name in _AROUND] + [f"tags.is_{name}" for name in TAGS] + _HTML_INPUTS
    spaced = [[name.replace("*", " * ") for name in names] for names in (of_text + more, of_text)]
    return {"html": [BASE, *spaced[0]], "text": [BASE, *spaced[1]]}


INPUTS = _inputs()


class Lines(NamedTuple):
    """Blocks to learn from: a row for each."""

    values: Floats
    """The inputs, from 0 to 1."""
    may_be: Booleans
    """The kinds that are right, as a person said; none where nobody did."""
    draws: Integers
    """The draw in which the block was labelled; 0 for none."""
    sites: Sequence[str]
    is_comment: Booleans

    def part(self, rows: Integers) -> "Lines":
        """Return some of the rows."""
        sites = [self.sites[row] for row in rows.tolist()]
        return Lines(self.values[rows], self.may_be[rows], self.draws[rows], sites, self.is_comment[rows])


def learn_kinds(sets: Sequence[str]) -> None:
    """Cross-validate, store the counts, then learn from everything and write the weights that ship."""
    labels = read_draws(LABELS.read_text("utf-8"))
    provenance = {
        "command": f"python -m benchmarks.training kinds --sets {','.join(sets)}", "date": date.today().isoformat(),
        "data": data_hash(sets), "labels": len(labels), "seed": SEED,
    }  # fmt: skip
    report: dict[str, Any] = dict(provenance)
    stored: dict[str, Any] = {}
    for kind in ("html", "text"):
        lines = labelled_lines(sets, labels, kind)
        report[kind] = cross_validated(lines)
        weights = fitted(lines)
        stored[kind] = dict(zip(INPUTS[kind], np.rint(100 * weights).astype(int).tolist(), strict=True))
        print(kind, len(lines.sites), json.dumps(report[kind]["all"]["all"]), flush=True)
    RESULT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    MODEL.write_text(_as_lines({"provenance": provenance, **stored}), encoding="utf-8")


def _as_lines(stored: Mapping[str, Mapping[str, Any]]) -> str:
    """Return JSON with one input on each line."""
    parts = []
    for part, own in stored.items():
        lines = (f"{json.dumps(name)}: {json.dumps(value)}" for name, value in own.items())
        parts.append(f"{json.dumps(part)}: {{\n" + ",\n".join(lines))
    return "{\n" + "\n},\n".join(parts) + "\n}\n}\n"


def labelled_lines(sets: Iterable[str], labels: Mapping[str, tuple[int, frozenset[str]]], kind: PageKind) -> Lines:
    """Return the blocks that are labelled, and some others that are cut."""
    model, cutter = KindModel(dict.fromkeys(INPUTS[kind], [0] * len(BOILERPLATE_KINDS))), Cutter()
    by_page = defaultdict[str, dict[int, tuple[int, frozenset[str]]]](dict)
    for key, label in labels.items():
        by_page[key[:8]][int(key[9:])] = label
    parts = [
        part
        for number, sample in enumerate(sample for name in sets for sample in read_pages(name))
        if (known := by_page[f"{zlib.crc32(sample.id.encode()):08x}"]) or sample.comments or not number % OTHER_PAGES
        if (part := _of_page(sample, known, kind, model, cutter))
    ]
    sites = [site for part in parts for site in part.sites]
    return Lines(
        np.concatenate([part.values for part in parts]), np.concatenate([part.may_be for part in parts]),
        np.concatenate([part.draws for part in parts]), sites, np.concatenate([part.is_comment for part in parts]),
    )  # fmt: skip


def _of_page(
    sample: Sample, known: Mapping[int, tuple[int, frozenset[str]]], kind: PageKind, model: KindModel, cutter: Cutter
) -> Lines | None:
    page = read(sample.html, "html")
    texts = [page.text[low:high] for low, high in zip(page.starts.tolist(), page.ends.tolist(), strict=True)]
    if kind == "text":
        page = read(crawl_dump(sample.html), "text")
        known = dict(_same_lines(texts, known, page.text.splitlines()))
    if not len(page.starts):
        return None
    decided = cutter._decided([page])
    blocks, columns, decision = decided.blocks, decided.columns, decided.decision
    drawn = np.random.default_rng(zlib.crc32(sample.id.encode())).permutation(np.flatnonzero(~decision.keep))
    rows = sorted({*drawn[:BLOCKS_PER_PAGE].tolist(), *(row for row in known if row < len(blocks))})
    places = [model.inputs.index(name) for name in INPUTS[kind]]
    values = np.concatenate(list(model.values(blocks, columns)), axis=1)[np.ix_(places, rows)].T / STEPS
    named = [known.get(row, (0, frozenset[str]())) for row in rows]
    may_be = np.array([[kind in kinds for kind in BOILERPLATE_KINDS] for _, kinds in named], dtype=np.bool_)
    said = "\n".join(" ".join(text.split()) for text in sample.comments)
    is_comment = [
        blocks.facts.words[row] >= MIN_COMMENT_WORDS and " ".join(blocks.block(row).split()) in said for row in rows
    ]
    draws = np.array([draw for draw, _ in named], dtype=np.int64)
    sites = [registered_domain(sample)] * len(rows)
    comments = np.array(is_comment, dtype=np.bool_)
    return Lines(values.astype(np.float32), may_be.reshape(-1, len(BOILERPLATE_KINDS)), draws, sites, comments)


def _same_lines(
    texts: Sequence[str], known: Mapping[int, tuple[int, frozenset[str]]], lines: Sequence[str]
) -> Iterator[tuple[int, tuple[int, frozenset[str]]]]:
    """Yield the labels by the lines that say the same as blocks of HTML: the second such line as the second."""
    places = defaultdict[str, list[int]](list)
    for place, line in enumerate(lines):
        places[" ".join(line.split())].append(place)
    seen = Counter[str]()
    for block, text in enumerate(texts):
        said = " ".join(text.split())
        if block in known and seen[said] < len(places[said]):
            yield places[said][seen[said]], known[block]
        seen[said] += 1


def cross_validated(lines: Lines) -> dict[str, Any]:
    """Return by draw, and over all, how many of the labelled blocks are named rightly with their sites held out."""
    folds = np.array([zlib.crc32(site.encode()) % FOLDS for site in lines.sites])
    labelled = lines.may_be.any(axis=1)
    called = np.zeros(len(folds), dtype=np.int64)
    for fold in range(FOLDS):
        weights = fitted(lines.part(np.flatnonzero(folds != fold)))
        held_out = np.flatnonzero(folds == fold)
        called[held_out] = np.argmax(lines.values[held_out] @ weights, axis=1)
    names = np.array(BOILERPLATE_KINDS)
    counted = [
        (draw, (str(names[kind]), frozenset(names[may_be].tolist())))
        for draw, kind, may_be in zip(
            lines.draws[labelled].tolist(), called[labelled].tolist(), lines.may_be[labelled], strict=True
        )
    ]
    draws = sorted({draw for draw, _ in counted})
    by_draw = {str(draw): count_names(pair for number, pair in counted if number == draw) for draw in draws}
    return {**by_draw, "all": count_names(pair for _, pair in counted)}


def fitted(lines: Lines) -> Floats:
    """Return the weight of each input for each kind, in log-odds."""
    hand = lines.may_be.any(axis=1)
    may_be, others = lines.may_be[hand].astype(np.float64), lines.values[~hand]
    comments = np.array([kind == "comments" for kind in BOILERPLATE_KINDS], dtype=np.float64)
    taught = np.where(lines.is_comment[~hand][:, None], comments, _taught(lines.part(np.flatnonzero(hand)), others))
    values = [lines.values[hand], _blinded(lines.values[hand]), _blinded(others)]
    weights = np.repeat([1.0, BLINDED_WEIGHT, TAUGHT_WEIGHT], list(map(len, values)))
    return _minimised(np.concatenate(values), np.concatenate([may_be, may_be, taught]), weights, 2 * len(may_be))


def _blinded(values: Floats) -> Floats:
    """Return inputs of which some are 0 that pages of other makers may lack: see `BLIND`."""
    names = next(names for names in INPUTS.values() if len(names) == values.shape[1])
    unseen = [[name.startswith(group) if group else not name.startswith(SEEN) for name in names] for group in BLIND]
    groups = np.random.default_rng(SEED).integers(0, len(BLIND) + 1, len(values))
    hidden = np.array([*unseen, [False] * len(names)], dtype=np.bool_)[groups]
    return np.where(hidden, np.float32(0), values)


def _taught(hand: Lines, values: Floats) -> Floats:
    """Return how likely each kind is, as two models say together that know the labels of the hand only."""
    import lightgbm

    rows, kinds = np.nonzero(hand.may_be)
    weights = (1 / hand.may_be.sum(axis=1))[rows]
    trees = lightgbm.train(TEACHER, lightgbm.Dataset(hand.values[rows], kinds, weight=weights), TEACHER_ROUNDS)
    count = len(hand.values)
    line = _minimised(hand.values, hand.may_be.astype(np.float64), np.ones(count), count)
    answers: Floats = np.asarray(trees.predict(values, num_threads=1))
    return TEACHER_SHARE * answers + (1 - TEACHER_SHARE) * _softmax(values @ line)


def _minimised(values: Floats, targets: Floats, weights: Floats, hand: int) -> Floats:
    """Return the weights with the least cross-entropy; of the first rows any kind that they may be is right."""
    from scipy import optimize

    shape = values.shape[1], targets.shape[1]
    values = values.astype(np.float64)

    def loss(point: Floats) -> tuple[float, Floats]:
        line = point.reshape(shape)
        chances = _softmax(values @ line)
        wanted, right = targets.copy(), np.einsum("ij,ij->i", chances[:hand], targets[:hand])[:, None] + 1e-12
        wanted[:hand] *= chances[:hand] / right
        of_hand = -(weights[:hand] @ np.log(right))[0]
        of_rest = -(weights[hand:] * (targets[hand:] * np.log(chances[hand:] + 1e-12)).sum(axis=1)).sum()
        slope = values.T @ (weights[:, None] * (chances - wanted)) + RIDGE * line
        return float(of_hand + of_rest + RIDGE / 2 * (point**2).sum()), slope.ravel()

    start = np.zeros(values.shape[1] * targets.shape[1])
    found = optimize.minimize(loss, start, method="L-BFGS-B", jac=True, options={"maxiter": ITERATIONS})
    return np.asarray(found.x).reshape(shape)


def _softmax(scores: Floats) -> Floats:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
