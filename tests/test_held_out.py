"""Held-out decisions: written, read again, scored in every mode."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.quality.data import Sample
from benchmarks.quality.held_out import MissingHeldOutError, held_out_page, read_held_out, write_held_out

BLOCKS = ["Menu", "The cat sat down.", "It slept."]
KEEP = {"balanced": "011", "precision": "010", "recall": "111"}


def sample(gold: str) -> Sample:
    return Sample(
        dataset="toy", id="7", url=None, domain=None, language="en", type="article", html="<p>", gold=gold
    )  # fmt: skip


def test_each_mode_is_scored_against_the_gold_text() -> None:
    page = held_out_page(sample("The cat sat down. It slept."), "html", BLOCKS, [0, 1, 1], [0.1, 0.9, 0.6], KEEP, 0.8)
    assert page.text() == "The cat sat down.\nIt slept."
    assert page.scores["balanced"].f1 == 1.0
    assert page.scores["precision"] == pytest.approx((1.0, 4 / 6, 0.8))
    assert page.scores["recall"] == pytest.approx((6 / 7, 1.0, 12 / 13))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    page = held_out_page(
        sample("Größe 北京"), "html", ["Größe 北京", "x"], [1, 0], [0.91234567, 0], {"balanced": "10"}, 1
    )
    write_held_out(tmp_path / "pages.jsonl.gz", [page, page])
    assert list(read_held_out(tmp_path / "pages.jsonl.gz")) == [page, page]


def test_a_page_without_blocks_scores_nothing() -> None:
    page = held_out_page(sample("text"), "html", [], [], [], {"balanced": ""}, 0.0)
    assert page.scores["balanced"] == (0.0, 0.0, 0.0)


def test_error_for_a_missing_file_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(MissingHeldOutError, match="cross-validate"):
        list(read_held_out(tmp_path / "none.jsonl.gz"))
