"""Words and their hashes."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilercut.blocks.words import NUMBER_HASH, hash_words, ngram_hash, span_hashes, text_columns
from tests.strategies import any_text, texts


def words(text: str, humps: bool = False) -> list[str]:
    """Return the words of a text as they are spelt."""
    columns = text_columns(text, humps)
    return [
        text[start:end] for start, end in zip(columns.word_starts.tolist(), columns.word_ends.tolist(), strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("One, two-three; don't 4.5", ["One", "two", "three", "don", "t", "4", "5"]),
        ("snake_case naïve Привет", ["snake_case", "naïve", "Привет"]),
        ("桥在河", ["桥", "在", "河"]),
        ("abc桥def", ["abc", "桥", "def"]),
        ("日本の2階", ["日", "本", "の", "2", "階"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("  \n\t", []),
        ("🙂 ok 🙂", ["ok"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("related-posts main2", ["related", "posts", "main"]),
        ("relatedPosts", ["related", "Posts"]),
        ("post_body__Title", ["post", "body", "Title"]),
        ("HTMLBody", ["HTMLBody"]),
        ("aBC", ["a", "BC"]),
    ],
)
def test_words_of_class_attributes_end_at_humps(text: str, expected: list[str]) -> None:
    assert words(text, humps=True) == expected


@given(st.text(st.characters(codec="latin-1"), max_size=80))
def test_words_of_spaced_scripts_are_those_of_regular_expressions(text: str) -> None:
    assert words(text) == re.findall(r"\w+", text)


@given(texts() | any_text)
def test_words_stand_in_order_and_apart(text: str) -> None:
    columns = text_columns(text)
    assert (columns.word_starts < columns.word_ends).all()
    assert (columns.word_ends[:-1] <= columns.word_starts[1:]).all()
    assert len(columns.hashes) == len(columns.word_starts)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Bridge", "BRIDGE"), ("café", "CAFE"), ("12", "2024"), ("Łódź", "lodz"), ("３", "7"), ("a1", "A2")],
)
def test_words_that_fold_alike_hash_alike(one: str, other: str) -> None:
    assert hash_words(one) == hash_words(other)


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=6), unique=True, min_size=2, max_size=30))
def test_different_words_hash_differently_wherever_they_stand(spelt: list[str]) -> None:
    assert len(set(hash_words(" ".join(spelt)))) == len(spelt)
    assert hash_words(" ".join(spelt)) == [value for word in spelt for value in hash_words(f"some {word}")[1:]]


@pytest.mark.parametrize("number", ["0", "42", "2024", "٣", "#"])
def test_every_number_is_the_same_word(number: str) -> None:
    assert hash_words(number) == [int(NUMBER_HASH)]
    assert hash_words("a1") != [int(NUMBER_HASH)]


@given(st.text("ab 1", max_size=20), st.text("ab 1", max_size=20))
def test_spans_hash_alike_just_where_they_read_alike(before: str, text: str) -> None:
    columns = text_columns(before + text)
    start, end = np.array([len(before)]), np.array([len(before) + len(text)])
    alone = text_columns(text)
    own = span_hashes(alone.prefix, alone.inverse_powers, np.array([0]), np.array([len(text)]))
    assert span_hashes(columns.prefix, columns.inverse_powers, start, end) == own


def test_an_ngram_depends_on_the_order() -> None:
    a, b = (np.array(hash_words(word), dtype=np.uint64) for word in ("read", "more"))
    assert ngram_hash(a, b) != ngram_hash(b, a)
    assert ngram_hash(a, b) == ngram_hash(a.copy(), b.copy())
