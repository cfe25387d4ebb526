"""Train on label files: adapt a model to a user's own pages, or fit one from scratch, and store it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from boilercut.errors import ModelError
from boilercut.model import Model
from boilercut.page import PAGE_KINDS, PageKind
from boilercut.training.fit import Example, Settings, fit, has_all_parts
from boilercut.training.inputs import INPUTS
from boilercut.training.label_files import LabelError, LabelledPage, example_of
from boilercut.training.refit import MIN_PAGES, Refit, refit

__all__ = ["stored_model", "train"]


def train(
    pages: Sequence[LabelledPage], folder: str | Path, base: str | None = None, *, from_scratch: bool = False
) -> dict[PageKind, str]:
    """Write a model folder trained on labelled pages; return for each kind what was done.

    Starts from the model in folder `base`, or from the shipped one, and adapts it; `from_scratch` fits anew. Of a
    kind without labelled pages, the model that would have been started from is copied, so that the folder serves
    both. Raises `LabelError` for too few pages and `ModelError` for a base that cannot be read.
    """
    done: dict[PageKind, str] = {}
    models: dict[PageKind, Mapping[str, Any]] = {}
    if not pages:
        raise LabelError("no labelled pages: nothing to train on")
    for kind in PAGE_KINDS:
        own = [page for page in pages if page.kind == kind]
        examples = [example for page in own if (example := example_of(page)) is not None]
        if not own:
            models[kind], done[kind] = stored_model(kind, base), "no labelled pages: copied"
        elif from_scratch:
            models[kind], done[kind] = _fitted(examples, kind, _provenance(own)), f"fitted on {len(examples)} pages"
        else:
            models[kind] = _refitted(examples, kind, stored_model(kind, base), _provenance(own))
            done[kind] = _refit_summary(models[kind]["provenance"]["refit"])
    _write(Path(folder), models)
    return done


def stored_model(kind: PageKind, folder: str | None) -> dict[str, Any]:
    """Return the stored model of a folder, or the shipped one, as plain data."""
    home = Path(folder) if folder is not None else resources.files("boilercut.model")
    file = home.joinpath(f"{kind}.json")
    try:
        stored: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{file}: no readable model there ({error})") from error
    Model(stored, str(file))  # says what is wrong with it
    return stored


def _refitted(
    examples: Sequence[Example], kind: PageKind, base: Mapping[str, Any], provenance: Mapping[str, Any]
) -> dict[str, Any]:
    if len(examples) < MIN_PAGES:
        raise LabelError(
            f"{len(examples)} labelled {kind} pages with text are too few: label {MIN_PAGES} at least, ten are better"
        )
    return refit(examples, base, Refit(), provenance)


def _fitted(examples: Sequence[Example], kind: PageKind, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Fit anew; where there are too few sites to hold some out, every page counts as a site."""
    if not has_all_parts(examples):
        examples = [example.at(f"page {number}") for number, example in enumerate(examples)]
    if not has_all_parts(examples):
        raise LabelError(f"{len(examples)} labelled {kind} pages are too few to fit a model from scratch")
    return fit(examples, kind, Settings(), INPUTS[kind], provenance)


def _provenance(pages: Iterable[LabelledPage]) -> dict[str, Any]:
    """Say what a model was trained on, by a hash of pages and labels."""
    digest = hashlib.sha256()
    for page in pages:
        digest.update(json.dumps([page.page, page.main_text]).encode())
    return {"command": "boilercut train", "date": date.today().isoformat(), "data": digest.hexdigest()[:16]}


def _refit_summary(added: Mapping[str, Any]) -> str:
    if not added["trees"]:
        return f"{added['pages']} pages taught nothing that held on the pages left out: unchanged"
    return (
        f"adapted to {added['pages']} pages by {added['trees']} small trees; "
        f"F1 of pages left out {added['gain']:+.3f}, by their labels"
    )


def _write(folder: Path, models: Mapping[PageKind, Mapping[str, Any]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for kind, stored in models.items():
        text = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
        folder.joinpath(f"{kind}.json").write_text(text + "\n", encoding="utf-8")
