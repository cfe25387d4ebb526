"""Does the confidence of a page predict its F1, and the probability of a block how much of it is gold?"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.quality.data import REPOSITORY
from benchmarks.quality.held_out import HeldOutPage
from boilercut.training.measures import words

PLOT = REPOSITORY / "docs" / "images" / "calibration.png"
BINS = 10
Values = npt.NDArray[np.float64]


def calibration(pages: Sequence[HeldOutPage]) -> dict[str, Any]:
    """Return the two reliability tables of held-out pages, and how well confidence ranks and hits their F1.

    Every page weighs the same; within a page, a block weighs its words.
    """
    confidence = np.array([page.confidence for page in pages])
    f1 = np.array([page.scores["balanced"].f1 for page in pages])
    probabilities, labels, weights = (np.concatenate(column) for column in zip(*map(_blocks, pages), strict=True))
    return {
        "confidence": _reliability(confidence, f1, np.ones(len(pages))),
        "confidence_mean_absolute_error": round(float(np.abs(confidence - f1).mean()), 4),
        "confidence_rank_correlation": round(_rank_correlation(confidence, f1), 4),
        "probability": _reliability(probabilities, labels, weights),
        "probability_mean_error": round(_mean_error(_reliability(probabilities, labels, weights)), 4),
    }


def plot(by_input: Mapping[str, Mapping[str, Any]], file: Path = PLOT) -> None:
    """Draw the reliability of confidence and of probability, one line an input, as a PNG. Needs Matplotlib."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, 2, figsize=(10, 4.6), layout="constrained")
    titles = {
        "confidence": ("Pages", "confidence", "word-F1 reached"),
        "probability": ("Blocks", "probability of being content", "share that is gold text"),
    }
    for panel, (name, (title, across, up)) in zip(panels, titles.items(), strict=True):
        panel.plot([0, 1], [0, 1], color="0.7", linewidth=1, label="exact")
        for label, tables in by_input.items():
            _draw(panel, tables[name], f"from {label if label == 'text' else label.upper()}")
        panel.set(title=title, xlabel=across, ylabel=up, xlim=(0, 1), ylim=(0, 1), aspect="equal")
        panel.legend(frameon=False)
    file.parent.mkdir(exist_ok=True)
    figure.savefig(file, dpi=110, metadata={"Software": None})
    pyplot.close(figure)


def _draw(panel: Any, bins: Sequence[Mapping[str, float]], label: str) -> None:
    """Draw one line whose dots grow with what they stand for."""
    across, up = [row["expected"] for row in bins], [row["found"] for row in bins]
    (line,) = panel.plot(across, up, label=label)
    panel.scatter(across, up, s=[8 + 250 * row["share"] for row in bins], color=line.get_color(), alpha=0.6)


def _blocks(page: HeldOutPage) -> tuple[Values, Values, Values]:
    sizes = np.array([len(words(block)) for block in page.blocks], dtype=np.float64)
    return np.array(page.probabilities), np.array(page.labels), sizes / max(sizes.sum(), 1)


def _reliability(expected: Values, found: Values, weights: Values) -> list[dict[str, float]]:
    """Return for each tenth of the scale that is used its weighted means, and its share of the weight."""
    places = np.minimum((expected * BINS).astype(int), BINS - 1)
    rows = []
    for place in range(BINS):
        own = places == place
        weight = weights[own].sum()
        if weight > 0:
            means = (float((values[own] * weights[own]).sum() / weight) for values in (expected, found))
            row = dict(zip(("expected", "found"), means, strict=True)) | {"share": float(weight / weights.sum())}
            rows.append({name: round(value, 4) for name, value in row.items()})
    return rows


def _mean_error(bins: Sequence[Mapping[str, float]]) -> float:
    return sum(row["share"] * abs(row["expected"] - row["found"]) for row in bins)


def _rank_correlation(left: Values, right: Values) -> float:
    """Return Spearman's rank correlation, ties sharing their mean rank; 0 where one side never changes."""
    if np.ptp(left) == 0 or np.ptp(right) == 0:
        return 0.0
    return float(np.corrcoef(_ranks(left), _ranks(right))[0, 1])


def _ranks(values: Values) -> Values:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[inverse]
