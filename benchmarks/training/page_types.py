"""Learn what pages are again, for the shipped model for HTML: its trees stay as they are.

Cross-validation holds out sites, as for the whole model, and counts how many pages of each type are called so.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date

from benchmarks.quality.data import RESULTS, data_hash, fold_of
from benchmarks.training.corpus import COMMENTED_FORM, POST_FOLDS, Page, examples
from benchmarks.training.cross_validation import TypeCall, type_call, types_table
from benchmarks.training.second_look import MODELS, write_model
from boilercut.detectors.page_type import PageTypes, page_type_detector
from boilercut.training.fit import Example
from boilercut.training.page_types import learn_page_types, stored_page_types

RESULT = RESULTS / "page-types.json"


def learn_types_again(corpus: Sequence[Page], sets: Sequence[str]) -> None:
    """Cross-validate, store the counts, then learn from all pages and write the weights into the shipped model."""
    calls = [call for fold in range(POST_FOLDS) for call in _held_out(corpus, fold)]
    provenance = {
        "command": f"python -m benchmarks.training page-types --sets {','.join(sets)}",
        "date": date.today().isoformat(),
        "data": data_hash(sets),
    }
    table = types_table(calls)
    RESULT.write_text(json.dumps({**provenance, **table}, indent=1) + "\n", encoding="utf-8")
    for name, row in table["types"].items():
        print(f"{name:14} {row['right']:5} of {row['pages']:5}, {row['wrongly_called_so']:4} others called so")
    every = examples(corpus)
    stored = json.loads((MODELS / "html.json").read_text("utf-8"))
    stored["page_types"] = stored_page_types(_learned(every), [example.blocks for example in every])
    stored["provenance"]["page_types"] = provenance
    write_model(stored)


def _learned(known: Sequence[Example]) -> PageTypes:
    told = [example for example in known if example.facts is not None and example.facts.type >= 0]
    return learn_page_types([example.facts for example in told if example.facts], [example.site for example in told])


def _held_out(corpus: Sequence[Page], fold: int) -> Iterator[TypeCall]:
    detector = page_type_detector(
        _learned(examples(page for page in corpus if fold_of(page.sample, POST_FOLDS) != fold))
    )
    for page in corpus:
        if fold_of(page.sample, POST_FOLDS) == fold and page.form != COMMENTED_FORM and page.example is not None:
            yield type_call(page, detector)
