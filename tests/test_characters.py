"""The shipped character tables equal freshly built ones, and classes hold the right characters."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilercut.blocks import characters as c

BUILT_WITH = "14.0.0"
"""The Unicode edition of the Python (3.11) that wrote `characters.zlib`."""


def classes(text: str) -> list[int]:
    """Return the class bits of each character."""
    return c.classes_of(c.codes_of(text)).tolist()


def fold(text: str) -> str:
    """Return the folded text."""
    return "".join(map(chr, c.folded(c.codes_of(text)).tolist()))


@pytest.mark.skipif(
    unicodedata.unidata_version != BUILT_WITH, reason="the tables were built with another Unicode edition"
)
def test_the_shipped_tables_are_those_that_build_gives() -> None:
    shipped, built = c.character_tables(), c.build()
    np.testing.assert_array_equal(shipped.classes, built.classes)
    np.testing.assert_array_equal(shipped.folds, built.folds)


def test_the_shipped_tables_cover_the_plane_and_cannot_be_changed() -> None:
    tables = c.character_tables()
    assert len(tables.classes) == len(tables.folds) == 0x10000
    with pytest.raises(ValueError, match="read-only"):
        tables.classes[0] = 1


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ABC", "abc"),
        ("Straße", "strase"),
        ("ÀÉÎõü", "aeiou"),
        ("Łódź Øre Đông", "lodz ore dong"),
        ("İstanbul IĞDIR ı", "istanbul igdir i"),
        ("ΣΊΣΥΦΟΣ ς", "σισυφοσ σ"),
        ("ЁЖИК й", "ежик и"),
        ("ＡＢＣ１２", "abc12"),
        ("がぎパ", "がぎパ"),
        ("한국어", "한국어"),
        ("桥橋", "桥橋"),
        ("١٢٣", "١٢٣"),
        ("\ud800", "\ud800"),
        ("🙂", "🙂"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(st.characters(), max_size=50))
def test_folding_keeps_the_length_and_folding_twice_adds_nothing(text: str) -> None:
    once = fold(text)
    assert len(once) == len(text)
    assert fold(once) == once


@pytest.mark.parametrize(
    ("bit", "members", "others"),
    [
        (c.WORD, "aZéЖع桥한0٣_\u0301𐍈𠀀", " .-|€🙂\ud800"),
        (c.UPPER, "AÉЖΣǅ", "aéж桥0."),
        (c.LOWER, "aéжß", "AЖ桥0."),
        (c.DIGIT, "09٣३９", "a½²桥"),
        (c.UNSPACED, "桥橋のカไทยພာខ𠀀々", "aж한عπ0。ー"[:-1]),
        (c.SENTENCE_END, ".!?…。！？؟।", ",;:a桥"),
        (c.COMMA, ",;:،、，；：", ".!?a"),
        (c.PUNCTUATION, ".,!?“”«»—。、¿", "a €+"),
        (c.SPACE, " \t\n\r\u00a0\u3000\u2028", "a._\u200b"),
        (c.CLOSER, ")]}\"'”’»」", "([{“a."),
        (c.SEPARATOR, "|/›»•·–—→", "a.,-"),
        (c.SYMBOL, "€$+=<©🙂", "a.0桥"),
        (c.CURRENCY, "€$£¥₽", "a%+"),
    ],
)
def test_classes(bit: int, members: str, others: str) -> None:
    assert [character for character in members if not classes(character)[0] & bit] == []
    assert [character for character in others if classes(character)[0] & bit] == []


@given(st.characters())
def test_words_are_those_of_regular_expressions_and_marks(character: str) -> None:
    word = bool(classes(character)[0] & c.WORD)
    category = unicodedata.category(character)
    if ord(character) < 0x10000 and category != "Cn" and unicodedata.unidata_version == BUILT_WITH:
        assert word == (character.isalnum() or category in ("Mn", "Mc", "Pc") or category[0] == "N")


def test_codes_are_code_points() -> None:
    assert c.codes_of("a桥🙂\udfff").tolist() == [ord("a"), ord("桥"), ord("🙂"), 0xDFFF]
    assert len(c.codes_of("")) == 0
