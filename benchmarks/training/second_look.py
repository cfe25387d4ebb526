"""Fit the second look of the shipped model for text, and cross-validate it on documents of every kind.

Folds are halves of the sites. First scores come from first looks that were fitted to the other half: trees that saw a
page know it too well, and a second look would trust them too much.
"""

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from benchmarks.quality.data import REPOSITORY, RESULTS, data_hash, fold_of, read_set
from benchmarks.quality.held_out import fold_model
from benchmarks.training.corpus import CONTENT_LABEL, SELECTED_SETS, Page, examples, pages
from benchmarks.training.cross_validation import keep_model
from benchmarks.training.documents import (
    CLEAN_FORMS,
    COMMENTED_FORM,
    EXTRACTORS,
    FOLDS,
    SMALL_FORM,
    Document,
    document_pages,
    documents,
)
from boilercut.arrays import Floats, Integers
from boilercut.blocks.measure import measure
from boilercut.blocks.phrases import shipped_phrases
from boilercut.blocks.table import Blocks
from boilercut.decide import decide
from boilercut.decide.policy import Policy
from boilercut.model import UNIT, Model
from boilercut.model.document import DOCUMENT
from boilercut.model.trees import Forest, Tree
from boilercut.read import read
from boilercut.training.fit import Settings, fit
from boilercut.training.inputs import INPUTS, SECOND_INPUTS
from boilercut.training.measures import word_f1
from boilercut.training.second_look import (
    SecondExample,
    SecondSettings,
    fit_second_look,
    second_columns,
    second_example,
)

MODELS = REPOSITORY / "boilercut" / "model"
RESULT = RESULTS / "second-look.json"
SHARES = {
    "partly_cleaned": 0.5, "recall_leftovers": 0.5, "leftovers": 0.8, SMALL_FORM: 0.3, COMMENTED_FORM: 0.7,
    "clean": 2.2, "clean, dressed": 1.2, "clean, broken": 1.2,
    "trafilatura": 0.3, "resiliparse": 0.3, "readability": 0.3, "justext": 0.3,
}  # fmt: skip
"""How much a document of each form counts, by trials on one half of the sites. With 1.6 for clean text, .5 for small
pages and 2 for dumps, of clean text on the other half .0213 of the words were lost, of small pages .806 of the lines of
furniture cut, and the F1 of dumps was .8652; with these .0215, .775 and .8631. These were taken for the gate's floors
of clean text, of which the others missed two, and as .072 of the documents lose a tenth or more instead of .078."""
SELECTED_SHARE = 0.7
"""The same for documents of `SELECTED_SETS`, whose many pages of few generators would outweigh the rest."""
THREAD_SHARE, OTHER_LANGUAGE_SHARE = 3.0, 1.5
"""The same for threads, of which there are few, and for languages other than English."""
COMMENTS_SHARE = 6.0
"""The same for dumps that hold comments of their page."""
LEFTOVER_WEIGHT = 3.0
"""How much a line that is furniture counts beside a text's own where lines were put in, or left in: most are short, so
word-F1 hardly sees them, and readers do."""
DUMP_SHARE = 1.8
"""How much a page's dumps count together."""
UNMARKED_SHARES, MARKED_CLEAN_SHARE = {"clean": 1.5, SMALL_FORM: 0.4}, 0.8
"""What these are multiplied by in a document of which no line is named by phrase lists and that begins with no title,
and by in a clean one of another sort: nine clean texts in ten have neither, and hardly a page has neither."""
SCORED_FORMS = ("crawl_dump", "partly_cleaned", *CLEAN_FORMS, "leftovers", SMALL_FORM, *EXTRACTORS)
OWN_LABELS = (*CLEAN_FORMS, "leftovers", SMALL_FORM)
"""Forms that are made of lines whose labels are certain, even where a page's are not."""
OTHERS = (*OWN_LABELS, *EXTRACTORS)
"""Forms that hold none of a page's comments, or few."""
THREAD_TYPES, THREAD_SETS = ("forum", "thread"), ("webforum-52", "magic-html-forum")
SCORED_PAGES = 60
"""Pages of each set and type that cross-validation scores: the first by checksum."""
LARGE_LOSS = 0.1
FIRST_SETTINGS = Settings(trees=160)
"""How to fit the first looks that give the scores: to half of the sites, with fewer trees than what ships has."""
_MARKS = [SECOND_INPUTS.index(f"{DOCUMENT}.{name}") for name in ("named_lines", "titled")]
_BALANCED = Policy("balanced", frozenset(), frozenset())


class Pair(NamedTuple):
    """A document, what a second look sees of it, and the first look that scored it."""

    document: Document
    example: SecondExample
    first: Model


def fit_shipped(corpus: Sequence[Page], sets: Sequence[str]) -> None:
    """Cross-validate the second look of the shipped model for text, then fit it on everything and write the model.

    `corpus` is what `text_corpus` makes of the sets.
    """
    stored = json.loads((MODELS / "text.json").read_text("utf-8"))
    commented = {(name, sample.id) for name in sets for sample in read_set(name) if sample.comments}
    firsts = first_looks(corpus)
    models = [Model(first, f"first look {fold}") for fold, first in enumerate(firsts)]
    pairs = _pairs([document for name in sets for document in documents(name)], models, commented)
    print(f"{len(pairs)} documents", flush=True)
    settings = SecondSettings()
    scores = cross_validated(pairs, firsts, settings)
    provenance = {
        "command": f"python -m benchmarks.training second-look --sets {','.join(sets)}",
        "date": date.today().isoformat(),
        "data": data_hash(sets),
        "documents": dict(Counter(pair.document.form for pair in pairs)),
        "settings": asdict(settings),
    }
    RESULT.write_text(json.dumps({**provenance, "scores": scores}, indent=1) + "\n", encoding="utf-8")
    stored["provenance"][DOCUMENT] = provenance
    write_model({**stored, DOCUMENT: fit_second_look(_learned(pairs), settings)})


def text_corpus(sets: Sequence[str]) -> list[Page]:
    """Return all that a first look at text learns from."""
    return [*pages("text", sets), *(page for name in sets for page in document_pages(name))]


def first_looks(corpus: Sequence[Page]) -> list[dict[str, Any]]:
    """Return for each fold a first look, as plain data, that was fitted to the pages of all others."""
    found = []
    for fold in range(FOLDS):
        others = examples([page for page in corpus if fold_of(page.sample, FOLDS) != fold])
        found.append(fit(others, "text", FIRST_SETTINGS, INPUTS["text"], {}))
        print(f"first look {fold} fitted", flush=True)
    return found


def write_model(stored: Mapping[str, Any]) -> None:
    """Write the shipped model of a kind, a tree a line."""
    text = json.dumps(stored, ensure_ascii=False, separators=(",", ":")).replace('},{"inputs"', '},\n{"inputs"')
    (MODELS / f"{stored['kind']}.json").write_text(text + "\n", encoding="utf-8")


def cross_validated(
    pairs: Sequence[Pair], firsts: Sequence[Mapping[str, Any]], settings: SecondSettings
) -> dict[str, dict[str, dict[str, float]]]:
    """Return by form and set what documents score as they are, by the first look, and by one fitted to other sites.

    Both looks that were fitted without a fold are kept as a model in the cache.
    """
    rows: dict[str, dict[str, list[tuple[float, ...]]]] = defaultdict(lambda: defaultdict(list))
    scored = _scored_pages(pairs)
    for fold in range(FOLDS):
        second = fit_second_look(_learned([pair for pair in pairs if pair.document.fold != fold]), settings)
        keep_model({**firsts[fold], DOCUMENT: second}, fold_model(FOLDS, fold))
        forest = Forest([Tree(**tree) for tree in second["trees"]], len(second["inputs"]))
        for pair in pairs:
            document = pair.document
            if document.fold == fold and (document.dataset, document.id) in scored and document.form in SCORED_FORMS:
                row = _scored(pair, forest.scores(pair.example.matrix))
                for group in {document.dataset, f"{document.dataset}: {document.type or 'no type'}"}:
                    rows[document.form][group].append(row)
    return {form: {group: _means(own) for group, own in sorted(groups.items())} for form, groups in rows.items()}


def _scored_pages(pairs: Sequence[Pair]) -> set[tuple[str, str]]:
    ids: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    for document in (pair.document for pair in pairs):
        ids[document.dataset, document.type].add(document.id)
    chosen = {
        group: sorted(own, key=lambda each: zlib.crc32(each.encode()))[:SCORED_PAGES] for group, own in ids.items()
    }
    return {(dataset, each) for (dataset, _), own in chosen.items() for each in own}


def _pairs(made: Sequence[Document], firsts: Sequence[Model], commented: Collection[tuple[str, str]]) -> list[Pair]:
    """Lay out the documents, scored by the first look of their fold; `commented` pages have comments of their own."""
    dumps = Counter((each.dataset, each.id) for each in made if each.form not in SHARES)
    pairs = []
    for document in made:
        share = share_of(document, dumps[document.dataset, document.id])
        is_commented = document.form not in OTHERS and (document.dataset, document.id) in commented
        blocks = measure([read(document.text, "text")], shipped_phrases())
        group = f"{document.dataset}/{document.type}"
        first = firsts[document.fold]
        example = second_example(blocks, document.labels, first, document.site, group, share)
        counted = _share_of_marks(document.form, example) * (COMMENTS_SHARE if is_commented else 1.0)
        pairs.append(Pair(document, replace(example, share=example.share * counted), first))
    return pairs


def _share_of_marks(form: str, example: SecondExample) -> float:
    """Return how much a document counts by whether it shows a mark of being a page."""
    is_clean = form in CLEAN_FORMS
    if len(example.blocks) and example.matrix[0, _MARKS].any():
        return MARKED_CLEAN_SHARE if is_clean else 1.0
    return UNMARKED_SHARES.get("clean" if is_clean else form, 1.0)


def share_of(document: Document, dumps: int) -> Floats:
    """Return how much each line of a document counts; `dumps` of its page share what one counts."""
    share = SHARES.get(document.form) or DUMP_SHARE / dumps
    share *= SELECTED_SHARE if document.dataset in SELECTED_SETS else 1.0
    share *= THREAD_SHARE if document.type in THREAD_TYPES or document.dataset in THREAD_SETS else 1.0
    share *= OTHER_LANGUAGE_SHARE if document.language not in (None, "en") else 1.0
    is_left = (np.array(document.labels) < CONTENT_LABEL) & (document.form in ("leftovers", SMALL_FORM))
    return share * np.where(is_left, LEFTOVER_WEIGHT, 1.0)


def _learned(pairs: Sequence[Pair]) -> list[SecondExample]:
    return [pair.example for pair in pairs if not pair.document.doubtful or pair.document.form in OWN_LABELS]


def _scored(pair: Pair, correction: Integers) -> tuple[float, ...]:
    """Return F1 as it is, by the first look and by both, and the gold text's words lost by the first and by both."""
    document, blocks, scores = pair.document, pair.example.blocks, pair.example.scores
    columns = second_columns(blocks, pair.first)
    first, both = (word_f1(_kept(blocks, columns, own), document.gold) for own in (scores, scores + correction))
    return word_f1(document.text, document.gold).f1, first.f1, both.f1, 1 - first.recall, 1 - both.recall


def _kept(blocks: Blocks, columns: Mapping[str, Floats], scores: Integers) -> str:
    log_odds = UNIT * scores.astype(np.float64)
    keep = decide(blocks, columns, log_odds, [0, len(blocks)], _BALANCED).keep
    return "\n".join(blocks.block(row) for row in np.flatnonzero(keep).tolist())


def _means(rows: Sequence[tuple[float, ...]]) -> dict[str, float]:
    values = np.array(rows)
    names = ("as it is", "first look", "both looks", "lost by first", "lost by both")
    means = {name: round(float(mean), 4) for name, mean in zip(names, values.mean(axis=0), strict=True)}
    tenth = {
        f"a tenth {name}": round(float((values[:, names.index(name)] >= LARGE_LOSS).mean()), 4) for name in names[3:]
    }
    return {"documents": len(rows), **means, **tenth}
