"""The measures of quality that benchmarks quote, on cases worked out by hand."""

import argparse
import json
import math
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numpy")

from benchmarks.quality import gate
from benchmarks.quality.data import Sample, fold_of, registered_domain, smallest_checksums
from benchmarks.quality.renderings import expand_empty_elements, gold_lines, partly_cleaned
from benchmarks.quality.rivals import best_run, c4_lines
from boilercut.training.measures import (
    bootstrap_interval,
    kept_lines,
    losses,
    word_f1,
    words,
)

# 3 of 4 output words are in gold, 3 of 5 gold words are in the output.
OUTPUT, GOLD = "Home: the cat sat", "The cat sat down again"


def page(number: int, **fields: str | None) -> Sample:
    given: dict[str, str | None] = {"url": None, "domain": None, **fields}
    return Sample(
        dataset="made-up",
        id=str(number),
        url=given["url"],
        domain=given["domain"],
        language=None,
        type=None,
        html="<p>text",
        gold="text",
    )


def test_word_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    precision, recall, f1 = word_f1(OUTPUT, GOLD)
    assert (precision, recall) == (3 / 4, 3 / 5)
    assert f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))


def test_word_f1_counts_a_repeated_word_as_often_as_gold_has_it() -> None:
    assert word_f1("the the the", "the the cat").precision == pytest.approx(2 / 3)


def test_word_f1_ignores_case_order_and_punctuation() -> None:
    assert word_f1("sat — CAT, the!", "The cat sat.").f1 == 1.0


@pytest.mark.parametrize(("output", "gold", "expected"), [("", "text", 0.0), ("text", "", 0.0), ("", " …", 1.0)])
def test_word_f1_of_empty_texts(output: str, gold: str, expected: float) -> None:
    assert word_f1(output, gold).f1 == expected


def test_chinese_japanese_and_thai_count_characters() -> None:
    assert words("我爱北京") == ["我", "爱", "北", "京"]
    assert words("カタカナ") == ["カ", "タ", "カ", "ナ"]
    assert words("ไทย") == ["ไ", "ท", "ย"]


def test_korean_and_latin_count_words_also_beside_chinese() -> None:
    assert words("안녕 세계") == ["안녕", "세계"]
    assert words("用Python3写") == ["用", "python3", "写"]


def test_word_f1_of_chinese_gives_part_marks() -> None:
    # 首页 is in excess: 4 of 6 characters right, all 4 of gold found.
    assert word_f1("首页 我爱北京", "我爱北京。") == pytest.approx((4 / 6, 1.0, 0.8))


def test_kept_lines_follow_the_order_of_the_document() -> None:
    lines = ["a", "b", "a", "", "c"]
    assert kept_lines(lines, "b\na\nc") == [False, True, True, False, True]
    assert kept_lines(lines, "not there\na") == [True, False, False, False, False]


def test_losses_even_out_space_and_case() -> None:
    output = "The cat\n sat.  SIGN   up"
    assert losses(output, ["the cat sat", "the dog", "a bird"]) == pytest.approx(2 / 3)
    assert losses(output, [" "]) is None


def test_bootstrap_interval_is_the_same_every_time_and_holds_the_mean() -> None:
    values = [number / 40 for number in range(41)]
    low, high = bootstrap_interval(values)
    assert (low, high) == bootstrap_interval(values)
    assert (low, high) != bootstrap_interval(values, seed=1)
    assert 0.35 < low < 0.5 < high < 0.65
    assert all(math.isnan(edge) for edge in bootstrap_interval([]))


def test_pages_of_one_site_share_a_fold() -> None:
    first = page(1, domain="bbs.archlinux.org")
    second = page(2, url="https://archlinux.org/news")
    assert registered_domain(first) == registered_domain(second) == "archlinux.org"
    assert fold_of(first, 5) == fold_of(second, 5)
    assert registered_domain(page(3)) == "made-up:3"


def test_the_sample_does_not_depend_on_the_order_of_pages() -> None:
    pages = [page(number) for number in range(50)]
    picked = [sample.id for sample in smallest_checksums(pages, 5)]
    assert picked == [sample.id for sample in smallest_checksums(pages[::-1], 5)]
    assert len(picked) == 5


def test_gold_lines_exclude_menus_and_include_short_lines() -> None:
    gold = "A heading\nHome is where the heart of the cat is."
    lines = ["Home", "Menu", "A heading", "Home is where the heart of the cat is."]
    assert gold_lines(lines, gold) == [False, False, True, True]


def test_partly_cleaned_keeps_all_of_gold_and_drops_the_same_lines_again() -> None:
    gold = "\n".join(f"This is the sentence with number {number}." for number in range(5))
    text = "\n".join([f"menu {number}" for number in range(40)] + [gold] + ["foot"] * 20)
    cleaned = partly_cleaned(text, gold, seed=7)
    assert cleaned == partly_cleaned(text, gold, seed=7)
    assert gold in cleaned
    assert 0.1 * 60 <= len(cleaned.splitlines()) - 5 <= 0.7 * 60


def test_empty_elements_get_end_tags_except_those_that_scripts_write() -> None:
    page = '<script src="a"/><p>text<iframe/><br/><script>write("<iframe/>")</script>'
    expanded = '<script src="a"></script><p>text<iframe></iframe><br/>'
    assert expand_empty_elements(page) == expanded + '<script>write("<iframe/>")</script>'


def test_baselines_on_a_small_page() -> None:
    prose = "The cat sat down on the mat and slept."
    text = f"Home\nMenu\n{prose}\nEnable JavaScript to see this page.\n{prose}\nShare\nTop"
    assert c4_lines(text) == f"{prose}\n{prose}"
    assert best_run(text).splitlines()[0] == best_run(text).splitlines()[-1] == prose
    assert best_run("") == ""


def write_floors(file: Path, floors: dict[str, float]) -> None:
    file.write_text(json.dumps({"floors": floors, "lowered": []}), encoding="utf-8")


def gate_options(file: Path, *, lower: str | None = None, write: bool = True) -> argparse.Namespace:
    return argparse.Namespace(floors=file, write_floors=write, lower=lower)


def summary_of(*, f1: float, failures: int = 0) -> dict[str, Any]:
    return {"f1": f1, "failures": failures, "leaked": {}, "lost": {}}


@pytest.fixture
def floors_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write two floors; the gate measures one below its floor and one above."""
    monkeypatch.setattr(gate, "why_skipped", lambda: "")
    monkeypatch.setattr(gate, "data_hash", lambda names: {})
    reached = {"html/a": summary_of(f1=0.85), "text/a": summary_of(f1=0.85)}
    monkeypatch.setattr(gate, "measure", lambda: reached)
    monkeypatch.setattr(gate, "clean_figures", dict)
    file = tmp_path / "floors.json"
    write_floors(file, {"html/a": 0.9, "text/a": 0.8})
    return file


def test_gate_fails_and_names_the_floor_that_is_not_reached(
    floors_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gate.run(gate_options(floors_file, write=False)) == 1
    printed = capsys.readouterr().out
    assert "FAILED html/a: 0.8500 is below the floor 0.9000" in printed
    assert "FAILED text/a" not in printed


def test_gate_has_floors_for_leftovers_and_paragraphs_over_all_sets_of_an_input() -> None:
    first, second = summary_of(f1=0.9), summary_of(f1=0.8)
    first["leaked"] = {"legal": (1, 4), "all": (1, 4)}
    first["lost"], second["lost"] = {"first paragraph": (0, 2)}, {"first paragraph": (1, 2), "heading": (3, 3)}
    reached = gate.figures({"html/a": first, "html/b": second, "text/a": summary_of(f1=0.7)})
    assert reached == {
        "html/a": 0.9,
        "html/b": 0.8,
        "text/a": 0.7,
        "html: leftovers cut": 0.75,
        "html: first paragraphs kept": 0.75,
    }
    assert gate.raised_floors({}, {"html: leftovers cut": 0.75}) == {"html: leftovers cut": 0.745}
    assert gate.missed({"html: leftovers cut": 0.8}, reached) == [
        "html: leftovers cut: 0.7500 is below the floor 0.8000"
    ]


def test_gate_fails_and_writes_nothing_when_ours_raises(
    floors_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = floors_file.read_text(encoding="utf-8")
    monkeypatch.setattr(gate, "measure", lambda: {"html/a": summary_of(f1=0.95, failures=2)})
    assert gate.run(gate_options(floors_file)) == 1
    assert "FAILED html/a: raised on 2 pages" in capsys.readouterr().out
    assert floors_file.read_text(encoding="utf-8") == before


def test_gate_fails_when_a_floor_was_not_measured() -> None:
    assert gate.missed({"html/gone": 0.5}, {}) == ["html/gone: has a floor but was not measured"]


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_gate_refuses_to_lower_a_floor_without_a_reason(floors_file: Path, reason: str | None) -> None:
    before = floors_file.read_text(encoding="utf-8")
    assert gate.run(gate_options(floors_file, lower=reason)) == 1
    assert floors_file.read_text(encoding="utf-8") == before


def test_gate_lowers_a_floor_with_a_reason_and_keeps_the_reason(floors_file: Path) -> None:
    assert gate.run(gate_options(floors_file, lower="smaller model")) == 0
    content = json.loads(floors_file.read_text(encoding="utf-8"))
    assert content["floors"] == {"html/a": 0.848, "text/a": 0.848}
    (entry,) = content["lowered"]
    assert (entry["floor"], entry["from"], entry["to"]) == ("html/a", 0.9, 0.848)
    assert entry["reason"] == "smaller model"


def test_gate_leaves_a_floor_that_is_reached_by_less_than_the_margin(floors_file: Path) -> None:
    write_floors(floors_file, {"html/a": 0.8495, "text/a": 0.1})
    assert gate.run(gate_options(floors_file)) == 0
    content = json.loads(floors_file.read_text(encoding="utf-8"))
    assert content["floors"] == {"html/a": 0.8495, "text/a": 0.848}
    assert content["lowered"] == []


def test_gate_skips_where_the_data_is_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOILERCUT_DATA", str(tmp_path / "nowhere"))
    assert gate.run(gate_options(tmp_path / "floors.json", write=False)) == 0
    assert "skipped" in capsys.readouterr().out
