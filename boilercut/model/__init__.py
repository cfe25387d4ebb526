"""The learned model: detectors' columns in, one logit a block out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from boilercut.columns import Bounded
from boilercut.model.inputs import InputPlan, detector_of
from boilercut.model.trees import UNIT, Forest, Tree
from boilercut.vocabulary import Floats, Integers, ModelError, PageKind

__all__ = ["UNIT", "Model", "load_model"]

FORMAT = 1


class Model:
    """Trees over named inputs, and the learned word lists that feed two of the detectors."""

    def __init__(self, stored: Mapping[str, Any], source: str) -> None:
        if stored.get("format") != FORMAT:
            raise ModelError(f"{source}: format {stored.get('format')!r}, but this boilercut reads format {FORMAT}")
        try:
            self.kind: PageKind = stored["kind"]
            self.inputs: tuple[str, ...] = tuple(stored["inputs"])
            self._plan = InputPlan(self.inputs)
            self.lexicons: dict[str, dict[str, int]] = stored["lexicons"]
            self.provenance: dict[str, Any] = stored["provenance"]
            self.forest = Forest([Tree(**tree) for tree in stored["trees"]], len(self.inputs))
        except (KeyError, TypeError, IndexError, ValueError) as error:
            raise ModelError(f"{source}: damaged model file ({type(error).__name__}: {error})") from error
        self.detectors = tuple(dict.fromkeys(detector_of(name) for name in self.inputs))

    def score(self, columns: Mapping[str, Floats], blocks: Bounded) -> Integers:
        """Return each block's logit, in `UNIT`s."""
        return self.forest.scores(self._plan.matrix(columns, blocks))

    def explain(self, columns: Mapping[str, Floats], blocks: Bounded) -> tuple[Integers, int]:
        """Return each detector's share of each block's logit, a row a block, and the base they start from."""
        numbers = {name: number for number, name in enumerate(self.detectors)}
        groups = [numbers[detector_of(name)] for name in self.inputs]
        return self.forest.contributions(self._plan.matrix(columns, blocks), groups, len(self.detectors))


@cache
def load_model(kind: PageKind, folder: str | None) -> Model:
    """Load the model for HTML or for text, from `folder` or from the package.

    Raises `ModelError` if the file is missing, damaged or of another format.
    """
    home = Path(folder) if folder is not None else resources.files("boilercut.model")
    file = home.joinpath(f"{kind}.json")
    try:
        stored = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{file}: no readable model there ({error})") from error
    return Model(stored, str(file))
