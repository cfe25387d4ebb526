"""Measuring: facts on texts counted by hand, in pieces and in stacks."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilercut.blocks import characters as c
from boilercut.blocks import measure as measuring
from boilercut.blocks.table import Blocks
from tests.helpers import arrays_of, blocks_of, golden_sources
from tests.strategies import any_text, html_pages, texts

COUNTED = {
    "The £5 Bridge, (built 1911) fell!": {
        "characters": 33, "words": 6, "word_characters": 23, "longest_word": 6, "capitalised": 2, "sentences": 1, "upper": 2,
        "digits": 5, "commas": 1, "punctuation": 4, "symbols": 1, "currency": 1, "unspaced": 0,
    },
    "He left. She asked: “Why?” U.S. law 3.5": {"sentences": 3, "words": 10, "capitalised": 5, "commas": 1, "digits": 2},
    "Home | News » Sport": {"separators": 2, "words": 3, "capitalised": 3, "sentences": 0},
    "桥在星期一关闭了，直到春天。真的吗？": {"characters": 18, "words": 15, "unspaced": 15, "sentences": 2, "commas": 1, "capitalised": 0},
    "Мост закрыли, и всё.": {"words": 4, "word_characters": 15, "capitalised": 1, "sentences": 1, "commas": 1, "upper": 1},
    "هل أغلق الجسر؟ نعم،": {"words": 4, "sentences": 1, "commas": 1, "upper": 0, "unspaced": 0},
    "पुल बंद है।": {"words": 3, "sentences": 1, "unspaced": 0},
    "다리는 닫혔다.": {"words": 2, "sentences": 1, "unspaced": 0},
    "—": {"words": 0, "word_characters": 0, "longest_word": 0, "punctuation": 1, "separators": 1},
}  # fmt: skip


@pytest.mark.parametrize("text", COUNTED)
def test_facts_counted_by_hand(text: str) -> None:
    facts = blocks_of(f"Before.\n{text}\nAfter 1,", kind="text").facts
    assert {name: int(getattr(facts, name)[1]) for name in COUNTED[text]} == COUNTED[text]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("“Why?” she", "“", "e"),
        ("He said “no.”", "H", "."),
        ("(x)", "(", "x"),
        ("a.’”)", "a", "’"),
        ("”", "”", "”"),
        ("桥。", "桥", "。"),
    ],
)
def test_first_and_last_character_closing_marks_aside(text: str, first: str, last: str) -> None:
    facts = blocks_of(text, kind="text").facts
    assert (chr(facts.first_code[0]), chr(facts.last_code[0])) == (first, last)
    assert facts.first_class[0] == c.classes_of(c.codes_of(first))[0]


def test_fingerprints_are_equal_for_equal_text_digits_aside() -> None:
    marks = blocks_of("Page 12 of 20\nPAGE 34 OF 56\nPage 1 of 2\nPage 12 of 2O", kind="text").facts.fingerprint
    assert marks[0] == marks[1]
    assert len(set(marks.tolist())) == 3


def test_layout_titles_and_types_come_along() -> None:
    page = '<html><head><title>The Bridge</title><meta property="og:type" content="article"></head><body><p>one</p>'
    blocks = blocks_of(page, "<p>two</p>", kind="html")
    assert blocks.title_tokens.blocks.tolist() == [0, 0]
    assert [schema.strip() for schema in blocks.schema] == ["article", ""]
    assert (blocks.blank_lines.tolist(), blocks.indents.tolist()) == ([0, 0], [0, 0])
    layout = blocks_of("one\n\n  two", kind="text")
    assert (layout.blank_lines.tolist(), layout.indents.tolist()) == ([0, 1], [0, 2])


def test_blocks_know_their_page_and_text() -> None:
    blocks = blocks_of("a\nb", "", "c", kind="text")
    assert blocks.pages.tolist() == [0, 0, 2]
    assert blocks.first.tolist() == [0, 0, 2]
    assert blocks.end.tolist() == [2, 2, 3]
    assert [blocks.block(row) for row in range(len(blocks))] == ["a", "b", "c"]


def own_part(stacked: Blocks, number: int) -> dict[str, list]:
    """Return what one page of a stack measures, in terms that do not depend on the stack."""
    own = np.flatnonzero(stacked.pages == number)
    tokens = np.isin(stacked.tokens.blocks, own)
    first = int(own[0]) if len(own) else 0
    measured = {path: array[own].tolist() for path, array in arrays_of(stacked.facts)}
    measured |= {path: array[own].tolist() for path, array in arrays_of(stacked.phrases)}
    for name, each in (("here", stacked.phrase_shares), ("near", stacked.phrases_near)):
        measured |= {f"{path} {name}": array[own].tolist() for path, array in arrays_of(each)}
    measured["tokens"] = stacked.tokens.hashes[tokens].tolist()
    measured["token blocks"] = (stacked.tokens.blocks[tokens] - first).tolist()
    measured["text"] = [stacked.block(row) for row in own.tolist()]
    return measured


@given(st.lists(texts() | any_text, min_size=1, max_size=4))
def test_a_text_measures_the_same_alone_and_in_a_stack(pages: list[str]) -> None:
    stacked = blocks_of(*pages, kind="text")
    for number, page in enumerate(pages):
        assert own_part(stacked, number) == own_part(blocks_of(page, kind="text"), 0)


@given(st.lists(html_pages(), min_size=1, max_size=3))
def test_html_measures_the_same_alone_and_in_a_stack(pages: list[str]) -> None:
    stacked = blocks_of(*pages, kind="html")
    for number, page in enumerate(pages):
        assert own_part(stacked, number) == own_part(blocks_of(page, kind="html"), 0)


@pytest.mark.parametrize("size", [1, 7, 100, 1000])
def test_text_measured_in_pieces_measures_the_same(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [source.read_text("utf-8") for source in golden_sources("realistic")[::5]]
    whole = copy.deepcopy(blocks_of(*pages, kind="text"))
    monkeypatch.setattr(measuring, "MAX_CHUNK_CHARACTERS", size)
    for (path, old), (_, new) in zip(arrays_of(whole), arrays_of(blocks_of(*pages, kind="text")), strict=True):
        np.testing.assert_array_equal(old, new, path)


def test_of_an_endless_block_the_beginning_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "MAX_MEASURED_CHARACTERS", 9)
    blocks = blocks_of("one two three\nfour", kind="text")
    assert blocks.facts.words.tolist() == [3, 1]
    assert blocks.facts.characters.tolist() == [9, 4]
    assert blocks.block(0) == "one two three"


@pytest.mark.parametrize("kind", ["html", "text"])
def test_nothing_measures_as_nothing(kind) -> None:
    blocks = blocks_of("", "", kind=kind)
    assert len(blocks) == 0
    assert all(len(array) == 0 for _, array in arrays_of(blocks.facts))
