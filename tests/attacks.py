"""Derive from a regular expression the texts that could make it backtrack: runs of what each repetition repeats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from typing import Any, NamedTuple

parser = import_module("re._parser")
MIN_REPEATS = 8
"""A repetition that ends sooner cannot make a run."""
MAX_MEMBERS = 8
"""Characters of a class that are tried: those that the pattern itself names come first."""
COMMON = " \t\n\r<>/=\"'-!&;:,.?#[](){}|\\_~aZ0éß\u00a0\u0661桥"
TAILS = ("", "~", "\x00", " ", "<", ">")
"""What may stand behind a run: nothing, or what few patterns expect."""
REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
CATEGORIES = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}


class Attack(NamedTuple):
    """A text: a beginning, a unit over and over, an end."""

    start: str
    unit: str
    end: str

    def text(self, size: int) -> str:
        """Return the text with a run of about `size` characters."""
        return self.start + self.unit * (size // len(self.unit)) + self.end


def attacks(pattern: re.Pattern[Any]) -> list[Attack]:
    """Return the texts for all repetitions of a pattern."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    flags = pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    tree = parser.parse(source, flags & ~re.DEBUG)
    pool = "".join(dict.fromkeys([*_literals(tree), *COMMON]))
    found: dict[Attack, None] = {}
    for start, units in _runs(list(tree), "", pool):
        for unit in units:
            for end in TAILS:
                found[Attack(start, unit, end)] = None
                found[Attack("", start + unit, end)] = None
                found[Attack("", start + unit * 3, end)] = None
        for one, other in pairwise(units):
            found[Attack(start, one + other, "\x00")] = None
    for literal in _literals(tree):
        found[Attack("", literal, "\x00")] = None
    found[Attack("", _sample(list(tree), pool) or "a", "")] = None
    found[Attack("", (_sample(list(tree), pool) or "a")[:-1] or "a", "")] = None
    return list(found)


def _runs(items: list[Any], before: str, pool: str) -> Iterator[tuple[str, list[str]]]:
    """Yield for each repetition a text that leads to it, and what it repeats: characters, or a whole round."""
    for operator, argument in items:
        name = str(operator)
        for part in _parts(name, argument):
            yield from _runs(part, before, pool)
        if name in REPEATS and argument[1] >= MIN_REPEATS:
            inner = list(argument[2])
            units = list(dict.fromkeys([*_members(inner, pool), _sample(inner, pool)]))
            yield before, [unit for unit in units if unit]
        before += _sample([(operator, argument)], pool)


def _parts(name: str, argument: Any) -> list[list[Any]]:
    """Return the sequences inside a part of a pattern."""
    if name in REPEATS:
        return [list(argument[2])]
    if name == "BRANCH":
        return [list(each) for each in argument[1]]
    if name == "SUBPATTERN":
        return [list(argument[3])]
    if name in ("ASSERT", "ASSERT_NOT"):
        return [list(argument[1])]
    return [list(argument)] if name == "ATOMIC_GROUP" else []


def _members(items: list[Any], pool: str) -> list[str]:
    """Return single characters that some class in a sequence holds."""
    found: list[str] = []
    for operator, argument in items:
        fitting = [letter for letter in pool if _fits(str(operator), argument, letter)]
        found += fitting[:MAX_MEMBERS]
        for part in _parts(str(operator), argument):
            found += _members(part, pool)
    return list(dict.fromkeys(found))


def _fits(name: str, argument: Any, letter: str) -> bool:
    """Return whether a part of a pattern that is one character wide matches a letter."""
    if name == "LITERAL":
        return ord(letter) == argument
    if name == "NOT_LITERAL":
        return ord(letter) != argument
    if name == "RANGE":
        return bool(argument[0] <= ord(letter) <= argument[1])
    if name == "CATEGORY":
        kind = str(argument).removeprefix("CATEGORY_")
        negated = kind.startswith("NOT_")
        return (re.fullmatch(CATEGORIES[kind.removeprefix("NOT_")], letter) is None) == negated
    if name == "IN":
        negated = str(argument[0][0]) == "NEGATE"
        return any(_fits(str(operator), inner, letter) for operator, inner in argument[negated:]) != negated
    return name == "ANY"


def _sample(items: list[Any], pool: str) -> str:
    """Return a short text that a sequence matches, assertions aside."""
    text = ""
    for operator, argument in items:
        name = str(operator)
        if name in REPEATS:
            text += _sample(list(argument[2]), pool) * min(max(argument[0], 0), MIN_REPEATS)
        elif name in ("SUBPATTERN", "ATOMIC_GROUP", "BRANCH"):
            text += _sample(_parts(name, argument)[0], pool)
        elif not name.startswith(("ASSERT", "AT", "GROUPREF")):
            text += next((letter for letter in pool if _fits(name, argument, letter)), "")
    return text


def _literals(items: Any) -> list[str]:
    """Return the characters that a pattern names, in order."""
    found: list[str] = []
    for operator, argument in items:
        name = str(operator)
        if name in ("LITERAL", "NOT_LITERAL"):
            found.append(chr(argument))
        elif name == "IN":
            found += _literals([each for each in argument if str(each[0]) in ("LITERAL", "NOT_LITERAL")])
        for part in _parts(name, argument):
            found += _literals(part)
    return list(dict.fromkeys(found))
