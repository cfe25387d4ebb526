"""Hugging Face datasets itself: map in batches, in processes, and from the cache."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import boilercut
from boilercut.adapters.datasets import CleanPages
from boilercut.errors import ConfigError
from tests.helpers import golden_sources

PAGES = [source.read_text(encoding="utf-8") for source in golden_sources("realistic")]


def test_it_maps_columns() -> None:
    found = CleanPages("page", fields=["text", "kept"], prefix="a_", mode="recall")(
        {"page": [PAGES[0], None], "n": [1, 2]}
    )
    result = boilercut.extract(PAGES[0], mode="recall")
    assert found == {"a_text": [result.text, None], "a_kept": [len(result.kept), None]}


def test_usage_errors_advise() -> None:
    with pytest.raises(ConfigError, match="none of n"):
        CleanPages("page")({"n": [1]})
    with pytest.raises(ConfigError, match="mood"):
        CleanPages("page", mood="recall")


def test_a_copy_answers_the_same() -> None:
    clean = CleanPages("page", kind="html", include={"title", "byline", "list"}, mode=0.4)
    copy = pickle.loads(pickle.dumps(clean))
    assert copy({"page": PAGES[:3]}) == clean({"page": PAGES[:3]})
    assert pickle.dumps(copy) == pickle.dumps(clean)


def test_a_row_is_cut_like_a_batch_of_one() -> None:
    clean = CleanPages("html", fields=["text", "html"], urls="url")
    page = "<p>The river rose by two metres on Monday night, says <a href='/2'>the mayor of the town</a>.</p>"
    batch = clean({"html": [page, None], "url": ["https://ullin.example/1", None]})
    assert clean({"html": page, "url": "https://ullin.example/1"}) == {name: found[0] for name, found in batch.items()}
    assert clean({"html": None, "url": None}) == {"text": None, "html": None}
    assert "https://ullin.example/2" in batch["html"][0]


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}.items():
        monkeypatch.setenv(name, value)
    datasets = pytest.importorskip("datasets", reason="needs the extra datasets")
    datasets.disable_progress_bars()
    return datasets


@pytest.mark.extra
@pytest.mark.parametrize("processes", [None, 2])
def test_map_keeps_rows_order_and_nulls(datasets: Any, processes: int | None) -> None:
    pages = [None, *PAGES, None]
    dataset = datasets.Dataset.from_dict({"n": list(range(len(pages))), "html": pages})
    cleaned = dataset.map(CleanPages("html", fields=["text", "kept"]), batched=True, batch_size=7, num_proc=processes)
    assert cleaned["n"][:] == list(range(len(pages)))
    assert cleaned["text"][:] == [page if page is None else boilercut.clean(page) for page in pages]
    assert cleaned.column_names == ["n", "html", "text", "kept"]


@pytest.mark.extra
@pytest.mark.parametrize("form", [None, "numpy", "pandas"])
def test_map_without_batched_and_with_formats_gives_the_same(datasets: Any, form: str | None) -> None:
    dataset = datasets.Dataset.from_dict({"n": [0, 1, 2], "html": [*PAGES[:2], None]})
    expected = [*map(boilercut.clean, PAGES[:2]), None]
    rows = dataset.map(CleanPages("html", fields=["text"]))
    assert rows["text"][:] == expected
    if form == "pandas":
        pytest.importorskip("pandas")
    batches = dataset.with_format(form).map(CleanPages("html", fields=["text"]), batched=True)
    assert batches.with_format(None)["text"][:] == expected


@pytest.mark.extra
def test_what_is_no_batch_is_refused(datasets: Any) -> None:
    dataset = datasets.Dataset.from_dict({"html": PAGES[:2]})
    for wrong in (dataset, dataset.with_format("arrow")[:], PAGES):
        with pytest.raises(ConfigError, match="no batch of columns"):
            CleanPages("html")(wrong)


FINGERPRINT = """
from datasets.fingerprint import Hasher
from boilercut.adapters.datasets import CleanPages
print(Hasher.hash(CleanPages("html", include={"title", "byline", "list", "table", "quote"}, mode="recall")))
"""


@pytest.mark.extra
def test_the_fingerprint_is_the_same_in_every_process_and_changes_with_options(datasets: Any) -> None:
    from datasets.fingerprint import Hasher

    hashes = {
        subprocess.run(
            [sys.executable, "-c", FINGERPRINT], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }  # fmt: skip
    assert len(hashes) == 1
    variants = [
        CleanPages("html"),
        CleanPages("page"),
        CleanPages("html", mode="recall"),
        CleanPages("html", kind="text"),
    ]
    assert len({Hasher.hash(each) for each in variants}) == len(variants)


@pytest.mark.extra
def test_a_second_map_is_read_from_the_cache(datasets: Any, tmp_path: Path) -> None:
    datasets.Dataset.from_dict({"html": PAGES[:4]}).save_to_disk(str(tmp_path / "pages"))
    dataset = datasets.load_from_disk(str(tmp_path / "pages"))
    first = dataset.map(CleanPages("html"), batched=True)
    second = dataset.map(CleanPages("html"), batched=True)
    assert first._fingerprint == second._fingerprint
    assert len(list((tmp_path / "pages").glob("cache-*.arrow"))) == 1
