"""Keep the decisions of models that never saw the page's site, page by page.

``python -m benchmarks.training cross-validate`` writes one file a kind of input to ``benchmarks/.cache``, a page a
line; tables of leaks and losses, calibration and the list of worst pages are made from it. Nothing here needs
boilercut: a row holds the blocks' own text, so a later change of the reader does not shift what was decided.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.quality.data import REPOSITORY, Sample
from boilercut.training.measures import Score, word_f1

CACHE = REPOSITORY / "benchmarks" / ".cache"


class MissingHeldOutError(FileNotFoundError):
    """No cross-validation has been run, or its decisions were deleted."""


@dataclass(slots=True, kw_only=True)
class HeldOutPage:
    """One page in one form, cut in every mode by a model that never saw its site."""

    dataset: str
    id: str
    form: str
    """``"html"``, or the name of the rendering that made text of the page."""
    type: str | None
    language: str | None
    blocks: Sequence[str]
    labels: Sequence[float]
    """For each block how much of it is gold text, from 0 to 1, as training sees it."""
    probabilities: Sequence[float]
    keep: Mapping[str, str]
    """By mode a string of one ``"1"`` (kept) or ``"0"`` (cut) a block."""
    confidence: float
    """The word-F1 that the decision in balanced mode expected of itself."""
    scores: Mapping[str, Score]
    """By mode the word-F1 against the gold text."""

    def text(self, mode: str = "balanced") -> str:
        """Return the text kept in `mode`, one block per line."""
        return kept_text(self.blocks, self.keep[mode])


def kept_text(blocks: Iterable[str], keep: str) -> str:
    r"""Join the blocks whose flag is ``"1"``.

    >>> kept_text(["Menu", "Text.", "More."], "011")
    'Text.\nMore.'
    """
    return "\n".join(block for block, flag in zip(blocks, keep, strict=True) if flag == "1")


def held_out_page(
    sample: Sample,
    form: str,
    blocks: Sequence[str],
    labels: Sequence[float],
    probabilities: Sequence[float],
    keep: Mapping[str, str],
    confidence: float,
) -> HeldOutPage:
    """Score what was kept of `sample` in each mode against its gold text."""
    return HeldOutPage(
        dataset=sample.dataset,
        id=sample.id,
        form=form,
        type=sample.type,
        language=sample.language,
        blocks=blocks,
        labels=[round(label, 3) for label in labels],
        probabilities=[round(probability, 4) for probability in probabilities],
        keep=keep,
        confidence=round(confidence, 4),
        scores={mode: word_f1(kept_text(blocks, flags), sample.gold) for mode, flags in keep.items()},
    )


def held_out_file(kind: str, *, by_set: bool = False) -> Path:
    """Return the file of pages held out by site, or with their whole set, for one kind of input."""
    return CACHE / f"held-out-{kind}{'-by-set' if by_set else ''}.jsonl.gz"


def fold_model(folds: int, fold: int) -> Path:
    """Return the folder of the models, one a kind of input, that were fitted without the sites of one fold."""
    return CACHE / "models" / f"{fold}-of-{folds}"


def write_held_out(file: Path, pages: Iterable[HeldOutPage]) -> None:
    """Write `pages`, one a line."""
    file.parent.mkdir(exist_ok=True)
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(asdict(page), ensure_ascii=False) + "\n" for page in pages)


def read_held_out(file: Path) -> Iterator[HeldOutPage]:
    """Read the pages that `write_held_out` wrote.

    Raises:
        MissingHeldOutError: no cross-validation has been run.
    """
    if not file.is_file():
        raise MissingHeldOutError(f"no {file.name}: run python -m benchmarks.training cross-validate first")
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            row["scores"] = {mode: Score(*score) for mode, score in row["scores"].items()}
            yield HeldOutPage(**row)
