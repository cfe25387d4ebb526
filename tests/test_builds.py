"""The installed build and the uncompiled sources give the same bits: detectors, decisions, and whole pages."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilercut import Cutter, _native
from boilercut.detectors import BUILTIN
from boilercut.page import PageKind
from tests.builds import BUILDS, build_named
from tests.helpers import arrays_of, golden_sources
from tests.strategies import any_page, html_pages

INSTALLED, UNCOMPILED = map(build_named, BUILDS)
LEXICONS = {
    "words": {"bridge": 120, "subscribe": -250, "read more": -300, "#": -50, "桥": 40},
    "class_words": {"sidebar": -200, "article": 150, "related posts": -100},
}
compiled_only = pytest.mark.skipif(_native.build() != "compiled", reason="this is the pure build")
each_build = pytest.mark.parametrize("build", [INSTALLED, UNCOMPILED], ids=BUILDS)


def assert_same(one: Any, other: Any) -> None:
    """Compare two nests of arrays bit by bit."""
    left, right = dict(arrays_of(one)), dict(arrays_of(other))
    assert left.keys() == right.keys()
    for path, array in left.items():
        np.testing.assert_array_equal(array, right[path], err_msg=path)


def decided(build: Any, sources: tuple[str | bytes, ...], kind: PageKind | None = None) -> tuple[Any, ...]:
    """Take stacked pages through the whole line of one build."""
    return build.run(lambda: _decided(build, sources, kind))


def _decided(build: Any, sources: tuple[str | bytes, ...], kind: PageKind | None) -> tuple[Any, ...]:
    pages = [build["boilercut.read"].read(source, kind) for source in sources]
    found = build["boilercut.cutter"].Cutter()._decided(pages)
    return found.blocks, dict(found.columns), found.model.score(found.columns, found.blocks), found.decision


def blocks_in(build: Any, sources: tuple[str, ...], kind: PageKind) -> Any:
    """Read and measure stacked pages in one build."""
    with build.active():
        pages = [build["boilercut.read"].read(source, kind) for source in sources]
        return build["boilercut.blocks.measure"].measure(pages, build["boilercut.blocks.phrases"].shipped_phrases())


@cache
def golden_blocks(name: str, kind: PageKind) -> Any:
    """Return the blocks of some golden pages, an empty one first and in the middle, in one build."""
    suffix = {"html": ".html", "text": ".txt"}[kind]
    sources = [path.read_text("utf-8") for path in golden_sources() if path.suffix == suffix][::4]
    return blocks_in(build_named(name), ("", *sources, "", sources[0]), kind)


def detectors_in(build: Any) -> dict[str, Any]:
    """Return the detectors of one build by name, two with made-up word lists among them."""
    learned = build["boilercut.detectors.learned"]
    lexicons = {name: learned.Lexicon.of(words) for name, words in LEXICONS.items()}
    own = (*build["boilercut.detectors"].BUILTIN, *learned.learned_detectors(lexicons))
    return {each.name: each for each in own}


@compiled_only
def test_the_uncompiled_build_reads_pages_uncompiled() -> None:
    page = UNCOMPILED.run(lambda: UNCOMPILED["boilercut.read"].read("<p>one</p>", "html"))
    assert isinstance(page, UNCOMPILED["boilercut.page"].Page)
    assert UNCOMPILED["boilercut.read.html.tree"].kernels.__name__ == "boilercut._native.markup_py"


@compiled_only
@pytest.mark.parametrize("kind", ["html", "text"])
@pytest.mark.parametrize("name", [each.name for each in BUILTIN] + list(LEXICONS))
def test_a_detector_gives_the_same_columns_in_both_builds(name: str, kind: PageKind) -> None:
    one, other = (
        detectors_in(build)[name].columns(golden_blocks(own, kind))
        for own, build in zip(BUILDS, (INSTALLED, UNCOMPILED), strict=True)
    )
    assert list(one) == list(other)
    assert_same(dict(one), dict(other))


@compiled_only
@pytest.mark.parametrize("source", golden_sources(), ids=lambda path: path.name)
def test_golden_pages_go_the_same_line(source: Any) -> None:
    kind: PageKind = "html" if source.suffix == ".html" else "text"
    pages = (source.read_text("utf-8"),)
    assert_same(decided(INSTALLED, pages, kind), decided(UNCOMPILED, pages, kind))


@compiled_only
@given(any_page)
def test_any_page_goes_the_same_line(source: str | bytes) -> None:
    assert_same(decided(INSTALLED, (source,)), decided(UNCOMPILED, (source,)))


@compiled_only
@given(st.lists(html_pages(), min_size=2, max_size=4))
def test_stacked_pages_go_the_same_line(sources: list[str]) -> None:
    assert_same(decided(INSTALLED, tuple(sources), "html"), decided(UNCOMPILED, tuple(sources), "html"))


@compiled_only
def test_a_text_longer_than_a_chunk_is_measured_alike() -> None:
    text = "One line of text, and a full stop. " * 9000 + "\n" + "Another, of 12 words and no more.\n" * 30_000
    assert_same(decided(INSTALLED, (text,), "text"), decided(UNCOMPILED, (text,), "text"))


@compiled_only
def test_a_text_of_more_words_than_there_are_slots_at_first_is_measured_alike() -> None:
    words = [f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(20_000)]
    text = "\n".join(" ".join(words[low : low + 20]) + "." for low in range(0, 17_500, 15))
    assert_same(decided(INSTALLED, (text,), "text"), decided(UNCOMPILED, (text,), "text"))


@compiled_only
@pytest.mark.parametrize("mode", ["precision", "balanced", "recall", 0.3])
def test_both_builds_give_the_same_article_with_options(mode: str | float) -> None:
    page = "<h1>The weir</h1>" + "<p>The council put off the vote on the weir, for the third time this year.</p>" * 3
    own, other = (
        build.run(lambda build=build: list(build["boilercut.cutter"].Cutter(mode=mode).articles([page])))
        for build in (INSTALLED, UNCOMPILED)
    )
    assert list(map(asdict, own)) == list(map(asdict, other))


@each_build
def test_many_blocks_are_scored_in_parts_to_the_same_answer(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = [path.read_text("utf-8") for path in golden_sources("realistic") if path.suffix == ".html"]
    pages = build.run(lambda: [build["boilercut.read"].read(source, "html") for source in sources])
    found = build["boilercut.cutter"].Cutter()._decided(pages)
    scores = found.model.score(found.columns, found.blocks)
    monkeypatch.setattr(build["boilercut.model"], "MAX_SCORED_BLOCKS", 37)
    monkeypatch.setattr(build["boilercut.detectors.contract"], "MAX_TOGETHER", 37)
    again = build["boilercut.cutter"].Cutter()._decided(pages)
    np.testing.assert_array_equal(scores, again.model.score(again.columns, again.blocks))
    assert_same(dict(found.columns), dict(again.columns))


# --- decisions, against definitions that can be read at a glance ---


@each_build
@given(st.text("\n\r \tab\u2003\u2028\x1c桥\U0001f600"))
def test_lines_are_those_that_are_not_blank(build: Any, text: str) -> None:
    starts, ends, blank_lines, indents = build["boilercut._native"].sources["lines"].find_lines(text)
    lines = text.split("\n")
    full = [row for row, line in enumerate(lines) if line.strip()]
    assert [text[low:high] for low, high in zip(starts, ends, strict=True)] == [lines[row].strip() for row in full]
    assert [row for row, low in enumerate(starts) if text[:low].count("\n") != full[row]] == []
    assert list(indents) == [len(lines[row]) - len(lines[row].lstrip()) for row in full]
    assert list(blank_lines) == [row - last - 1 for row, last in zip(full, [-1, *full], strict=False)]


@each_build
@given(st.lists(st.floats(allow_nan=False)))
def test_probabilities_are_those_of_the_logistic_function(build: Any, log_odds: list[float]) -> None:
    found = build["boilercut._native"].sources["probability"].logistic(np.array(log_odds))
    expected = [1 / (1 + np.exp(-min(max(value, -30), 30))) for value in log_odds]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


@compiled_only
@given(st.lists(st.floats(allow_nan=False)))
def test_probabilities_are_the_same_bits(log_odds: list[float]) -> None:
    own, other = (build["boilercut._native"].sources["probability"] for build in (INSTALLED, UNCOMPILED))
    np.testing.assert_array_equal(own.logistic(np.array(log_odds)), other.logistic(np.array(log_odds)))


@each_build
def test_log_odds_that_are_no_number_do_not_lead_out_of_the_table(build: Any) -> None:
    assert 0 <= build["boilercut._native"].sources["probability"].logistic(np.array([np.nan]))[0] <= 1


@each_build
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 500)), min_size=1), st.sampled_from([0.5, 1.0, 2.0]))
def test_the_threshold_has_the_highest_expected_measure(
    build: Any, blocks: list[tuple[float, int]], beta: float
) -> None:
    chances, words = np.array([one for one, _ in blocks]), np.array([size for _, size in blocks], dtype=np.int64)
    found = build["boilercut._native"].sources["threshold"].best_threshold(chances, words, beta)
    order = np.argsort(-chances, kind="stable")
    weights = np.maximum(words[order], 1)
    right = np.cumsum(chances[order] * weights)
    expected = (1 + beta**2) * right / (np.cumsum(weights) + beta**2 * right[-1])
    best = int(np.argmax(expected))
    assert found == (chances[order][best], expected[best])


@each_build
@given(
    st.lists(st.tuples(st.sampled_from([0.05, 0.2, 0.5, 0.8, 1.0]), st.integers(0, 50)), min_size=1),
    st.sampled_from([0.5, 1.0, 2.0]),
)
def test_the_threshold_of_blocks_that_err_together_is_the_best_on_average(
    build: Any, blocks: list[tuple[float, int]], beta: float
) -> None:
    chances, words = np.array([one for one, _ in blocks]), np.array([size for _, size in blocks], dtype=np.int64)
    source = build["boilercut._native"].sources["threshold"]
    found, _ = source.best_threshold(chances, words, beta, 1.0)

    def on_average(threshold: float) -> float:
        weights, kept = np.maximum(words, 1), chances >= threshold
        each = [(weights[kept & (chances > level)].sum(), weights[chances > level].sum()) for level in source.LEVELS]
        return float(np.mean([(1 + beta**2) * both / (weights[kept].sum() + beta**2 * all_) for both, all_ in each]))

    assert on_average(found) == pytest.approx(max(map(on_average, chances)), abs=1e-12)


@each_build
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.4, 0.8, 0.9]), st.integers(0, 3)), max_size=5))
def test_a_page_is_sure_where_half_of_the_kept_words_are(build: Any, blocks: list[tuple[float, int]]) -> None:
    chances = np.array([one for one, _ in blocks], dtype=np.float64)
    words = np.array([count for _, count in blocks], dtype=np.int64)
    kept, sure = (sum(count for one, count in blocks if one >= least) for least in (0.4, 0.8))
    found = build["boilercut._native"].sources["threshold"].is_sure(chances, words, 0.4, 0.8)
    assert found == (2 * sure >= kept > 0)


RULES = [
    ("isolated_segment", "text"), ("section_heading", "html"), ("section_heading", "text"), ("lone_heading", "html"),
    ("lone_heading", "text"), ("leading_title", "text"), ("edge_paragraph", "html"),
    ("edge_paragraph", "text"),
]  # fmt: skip
READ_BY_RULES = (
    "tags.heading", "tags.in_h1", "tags.block", "tags.depth", "edges.ends_sentence", "edges.hash_mark",
    "edges.begins_upper", "headlines.label_run", "headlines.short_run", "headlines.title_like", "prompts.share",
    "prose.is", "shape.words", "newsletter.matches", "share.matches",
)  # fmt: skip
"""Columns that context rules look at."""


@compiled_only
@pytest.mark.parametrize(("rule", "kind"), RULES)
def test_context_rules_change_the_same_verdicts_in_both_builds(rule: str, kind: PageKind) -> None:
    assert sum(changed_alike(rule, kind, seed) for seed in range(30))


def changed_alike(rule: str, kind: PageKind, seed: int) -> int:
    """Apply a rule in both builds to random verdicts and columns; return how many verdicts it changes."""
    made_up = np.random.default_rng(seed)
    size = len(golden_blocks("installed", kind))
    columns = {name: made_up.integers(0, 3, size).astype(np.float64) for name in READ_BY_RULES}
    columns["prompts.share"] = made_up.choice([0, 0, 0, 0.2, 0.3], size)  # from .3 on, nothing is brought back
    for name in ("newsletter.matches", "share.matches"):
        columns[name] = made_up.choice([0, 0, 0, 1], size)
    if kind == "text":
        columns = {name: column for name, column in columns.items() if not name.startswith("tags.")}
    keep = made_up.random(1 + size // 7).repeat(7)[:size] + made_up.random(size) < 2 * made_up.random()
    chances = made_up.choice([0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 0.8, 0.9], size)
    one, other = (
        getattr(build["boilercut._native"].sources["neighbours"], rule)(
            build["boilercut.blocks.table"].stack_of(golden_blocks(own, kind)), columns, chances, keep
        )
        for own, build in zip(BUILDS, (INSTALLED, UNCOMPILED), strict=True)
    )
    np.testing.assert_array_equal(one, other)
    return int((one != keep).sum())


def test_a_page_comes_out_the_same_again_after_the_other_build_ran() -> None:
    page = "<h1>The weir</h1><p>The council put off the vote on the weir, for the third time this year.</p>"
    before = Cutter().clean(page)
    assert UNCOMPILED.run(lambda: UNCOMPILED["boilercut.cutter"].Cutter().clean(page)) == before
    assert Cutter().clean(page) == before
