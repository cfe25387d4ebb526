"""Two news pages with leftovers, labelled line by line by hand; they stay in the shared folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import boilercut
from benchmarks.quality.data import MissingDataError, data_folder

try:
    SEEDS = data_folder() / "seeds"
except MissingDataError:
    SEEDS = Path("shared/data/seeds")
LABELS = SEEDS / "labels.json"
NAMES = ("000_bcac3338ee84ccef.txt", "002_0f7aef29f35be11a.txt")

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not LABELS.exists(), reason=f"the seed pages are not here ({SEEDS})"),
]


@pytest.mark.parametrize("keep", [True, False], ids=["keep", "cut"])
@pytest.mark.parametrize("name", NAMES)
def test_every_labelled_line(name: str, keep: bool) -> None:
    page = (SEEDS / name).read_text("utf-8")
    labels = json.loads(LABELS.read_text("utf-8"))[name]
    ranges = labels["keep" if keep else "cut"]
    wrong = []
    for verdict in boilercut.extract(page).verdicts:
        number = page.count("\n", 0, verdict.span[0]) + 1
        if any(first <= number <= last for first, last in ranges) and verdict.keep != keep:
            wrong.append(f"{number}: {verdict.text[:100]} ({verdict.probability:.2f})")
    assert not wrong, f"should be {'kept' if keep else 'cut'}:\n" + "\n".join(wrong)
