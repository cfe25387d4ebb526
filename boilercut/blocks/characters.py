"""What boilercut knows about single characters: one table for classes, one for folding.

Both tables cover the Basic Multilingual Plane and are shipped as data (`characters.zlib`), so that every
Python version, whatever Unicode edition it carries, gives the same facts. Rebuild them with::

    python -m boilercut.blocks.characters
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["CharacterTables", "character_tables", "classes_of", "codes_of", "folded", "keys_of", "storable"]

Codes = npt.NDArray[np.uint32]
Classes = npt.NDArray[np.uint16]

WORD = 1 << 0
"""Letters, digits, marks and the underscore: what a word is made of."""
UPPER = 1 << 1
DIGIT = 1 << 2
UNSPACED = 1 << 3
"""Scripts written without spaces: each character counts as one word."""
SENTENCE_END = 1 << 4
PUNCTUATION = 1 << 5
SPACE = 1 << 6
COMMA = 1 << 7
"""Marks that join clauses: comma, semicolon, colon in any script."""
CLOSER = 1 << 8
"""Quotes and brackets that may follow the end of a sentence."""
SEPARATOR = 1 << 9
"""Marks that menus, breadcrumbs and datelines put between their entries."""
SYMBOL = 1 << 10
CURRENCY = 1 << 11
LOWER = 1 << 12

COPYRIGHT = ord("©")

PLANE = 0x10000
UNMARKED_FIRST = 0x0E00
UNMARKED_END = 0x0F00
"""Thai and Lao, which mark no end of a sentence."""
UNMARKED_PARTS = 4
"""Times the length of other prose that text of these must have to be taken for prose."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_SENTENCE_ENDS = ".!?…。！？｡．؟۔।॥։።፧፨‽⁇⁈⁉"
_COMMAS = ",;:،؛、，；：﹐､፣"
_SEPARATORS = "|/\\›»>→←‹«•·–—~∙▸►▶❯⟩⋅●■▪"
_UNSPACED_RANGES = (
    (0x0E00, 0x0EFF),  # Thai and Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),  # ideographic iteration mark, zero
    (0x3040, 0x30FF),  # kana
    (0x31F0, 0x31FF),  # kana extensions
    (0x3400, 0x4DBF),  # ideographs, extension A
    (0x4E00, 0x9FFF),  # ideographs
    (0xF900, 0xFAFF),  # compatibility ideographs
    (0xFF66, 0xFF9F),  # half-width kana
)


class CharacterTables(NamedTuple):
    """Class bits and folded code for every code point below 0x10000."""

    classes: npt.NDArray[np.uint16]
    folds: npt.NDArray[np.uint16]
    keys: npt.NDArray[np.uint16]
    """The folded code, and "0" for every digit: what words are compared by."""


@cache
def character_tables() -> CharacterTables:
    """Load the shipped tables; they are read-only, so sharing them is safe on any thread."""
    packed = Path(__file__).with_name("characters.zlib").read_bytes()
    both = np.frombuffer(zlib.decompress(packed), dtype="<u2")
    return _tables(both[:PLANE], both[PLANE:] + np.arange(PLANE, dtype=np.uint16))


def storable(text: str) -> str:
    """Replace lone surrogates, which UTF-8 cannot express, by U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def _tables(classes: npt.NDArray[np.uint16], folds: npt.NDArray[np.uint16]) -> CharacterTables:
    digits = (classes & DIGIT) != 0
    digits |= (folds >= ord("0")) & (folds <= ord("9"))  # ¹ and ² fold to digits
    return CharacterTables(classes, folds, np.where(digits, np.uint16(ord("0")), folds))


def codes_of(text: str) -> Codes:
    """Return the code points of `text`, lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def classes_of(codes: Codes) -> Classes:
    """Return the class bits of each code point."""
    if not _any_astral(codes):
        return character_tables().classes.take(codes)
    classes = character_tables().classes.take(codes, mode="clip")
    astral = codes >= PLANE
    ideographs = (codes >= 0x20000) & (codes < 0x40000)
    letters = astral & ((codes < 0x1F000) | (codes >= 0x20000))
    classes = np.where(astral, np.uint16(SYMBOL), classes)
    classes = np.where(letters, np.uint16(WORD), classes)
    return np.where(ideographs, np.uint16(WORD | UNSPACED), classes)


def folded(codes: Codes) -> Codes:
    """Return the code points in lower case and without diacritics; the length stays the same."""
    return _mapped(character_tables().folds, codes)


def keys_of(codes: Codes) -> Codes:
    """Return the folded code points with all digits alike: two words are the same if these are."""
    return _mapped(character_tables().keys, codes)


def _mapped(table: npt.NDArray[np.uint16], codes: Codes) -> Codes:
    if not _any_astral(codes):
        return table.take(codes).astype(np.uint32)
    return np.where(codes < PLANE, table.take(codes, mode="clip"), codes)


def _any_astral(codes: Codes) -> bool:
    return bool(codes.max(initial=0) >= PLANE)


def _is_unspaced(code: int) -> bool:
    return any(low <= code <= high for low, high in _UNSPACED_RANGES)


def _class_bits(character: str) -> int:
    category = unicodedata.category(character)
    bits = 0
    if category[0] in "LN" or category in ("Mn", "Mc", "Pc"):
        bits |= WORD
    if bits and _is_unspaced(ord(character)):
        bits |= UNSPACED
    if category in ("Lu", "Lt"):
        bits |= UPPER
    if category == "Ll":
        bits |= LOWER
    if category == "Nd":
        bits |= DIGIT
    if category[0] == "P":
        bits |= PUNCTUATION
    if category[0] == "S":
        bits |= SYMBOL
    if category == "Sc":
        bits |= CURRENCY
    if character.isspace() or category[0] == "Z":
        bits |= SPACE
    if category in ("Pe", "Pf") or character in "\"'”’»":
        bits |= CLOSER
    for members, bit in ((_SENTENCE_ENDS, SENTENCE_END), (_COMMAS, COMMA), (_SEPARATORS, SEPARATOR)):
        if character in members:
            bits |= bit
    return bits


def _fold(character: str) -> int:
    lower = character.lower()[0]
    base, *marks = list(unicodedata.normalize("NFKD", lower))
    if _is_unspaced(ord(lower)) or any(unicodedata.category(mark) != "Mn" for mark in marks):
        base = lower  # kana keep their sound marks, Hangul syllables stay whole
    special = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ß": "s", "ς": "σ"}
    return ord(special.get(base, base))


def build() -> CharacterTables:
    """Compute the tables from this Python's `unicodedata`."""
    characters = [chr(code) for code in range(PLANE)]
    surrogates = range(0xD800, 0xE000)
    classes = np.array([_class_bits(character) for character in characters], dtype=np.uint16)
    folds = np.array(
        [code if code in surrogates else _fold(characters[code]) for code in range(PLANE)], dtype=np.uint16
    )
    return _tables(classes, folds)


def main() -> None:
    """Write `characters.zlib` beside this module."""
    classes, folds, _ = build()
    shifts = folds - np.arange(PLANE, dtype=np.uint16)  # mostly zero: packs to a quarter
    both = np.concatenate([classes, shifts]).astype("<u2")
    Path(__file__).with_name("characters.zlib").write_bytes(zlib.compress(both.tobytes(), 9))


if __name__ == "__main__":
    main()
