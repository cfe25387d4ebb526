"""Score languages that a model never saw: `python -m benchmarks.training unseen-languages`.

First looks at text are fitted to one half of the sites, with all languages and without one, and score the dumps of that
language in the other half. They have fewer trees than what ships and no second look: only differences tell something.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np

from benchmarks.quality.data import RESULTS, data_hash, fold_of, registered_domain
from benchmarks.quality.languages import language_of
from benchmarks.training.corpus import MAIN_RENDERING, Page, examples
from benchmarks.training.cross_validation import decided
from boilercut.model import Model
from boilercut.training.fit import Settings, fit
from boilercut.training.inputs import INPUTS

LANGUAGES = ("de", "es", "zh", "fr")
SETTINGS = Settings(trees=60)
FOLDS = 2


def score_unseen(corpus: Sequence[Page], sets: Sequence[str]) -> None:
    """Store the F1 of languages' dumps by models that saw the language, and by models that did not."""
    half = [page for page in corpus if fold_of(page.sample, FOLDS)]
    seen = _fitted(half)
    rows = {}
    for language in LANGUAGES:
        dumps = [page for page in corpus if _is_scored(page, language)]
        unseen = _fitted([page for page in half if language_of(page.sample) != language])
        f1 = {name: _mean_f1(dumps, model) for name, model in (("seen", seen), ("unseen", unseen))}
        sites = len({registered_domain(page.sample) for page in dumps})
        rows[language] = {"sites": sites, "pages": len(dumps), **f1}
        print(language, rows[language], flush=True)
    head = {"date": date.today().isoformat(), "data": data_hash(sets), "settings": asdict(SETTINGS)}
    (RESULTS / "unseen-languages.json").write_text(json.dumps({**head, "languages": rows}, indent=1) + "\n", "utf-8")


def _is_scored(page: Page, language: str) -> bool:
    is_held_out = not fold_of(page.sample, FOLDS) and page.form == MAIN_RENDERING
    return is_held_out and language_of(page.sample) == language


def _fitted(corpus: Sequence[Page]) -> Model:
    stored: dict[str, Any] = fit(examples(corpus), "text", SETTINGS, INPUTS["text"], {})
    return Model(stored, "first look of a trial")


def _mean_f1(pages: Sequence[Page], model: Model) -> float:
    return round(float(np.mean([decided(page, model).scores["balanced"].f1 for page in pages])), 4)
