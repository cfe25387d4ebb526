r"""Parse CSS selectors: the part of Selectors Level 4 that says something of a page that nobody scrolls or clicks.

>>> [[step.combinator for step in each] for each in parse_selector(".post > p, h2 ~ aside:not(.own) a")]
[['', '>'], ['', '~', ' ']]
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from boilercut.errors import ConfigError

__all__ = ["SUPPORTED", "Selector", "Step", "Condition", "parse_selector"]

MAX_NESTING = 8
"""Levels of parentheses such as `:not(:is(…))`; a selector that people write has two."""
SUPPORTED = (
    "tags, *, #id, .class, [attribute] with =, ~=, |=, ^=, $=, *= and i or s, the combinators > + ~ and space, "
    "lists with commas, :root, :empty, :first-child, :last-child, :only-child, :nth-child(), :nth-last-child(), "
    "all five also of-type, :is(), :where(), :not(), :has()"
)
"""What a selector can hold, for messages."""

_SPACE = re.compile(r"[ \t\r\n\f]*+")
_NAME = re.compile(r"(?:[\w\-\u0080-\U0010ffff]|\\[0-9a-fA-F]{1,6}+[ \t\r\n\f]?|\\[^0-9a-fA-F\r\n\f])++", re.ASCII)
_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*+)\"|'((?:[^'\\\n]|\\.)*+)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6}+)[ \t\r\n\f]?|(\r\n|[\n\f\r])|(.))", re.DOTALL)
_COMBINATOR = re.compile(r"[>+~]")
_OPERATOR = re.compile(r"[~|^$*]?=")
_PLACES = re.compile(r"(even|odd)|([+-]?[0-9]{0,9})n(?:\s*+([+-])\s*+([0-9]{1,9}))?|([+-]?[0-9]{1,9})", re.IGNORECASE)
_TO_PARENTHESIS = re.compile(r"[^()]*+\)")
_NESTING = frozenset(("is", "where", "not", "has"))
_PLACED = {
    "first-child": ("nth-child", "1"),
    "last-child": ("nth-last-child", "1"),
    "first-of-type": ("nth-of-type", "1"),
    "last-of-type": ("nth-last-of-type", "1"),
}
_COUNTING = frozenset(("nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"))
_ONLY = {"only-child": ("first-child", "last-child"), "only-of-type": ("first-of-type", "last-of-type")}


class Condition(NamedTuple):
    """What one element must be."""

    kind: str
    """`tag`, `id`, `class`, `attribute`, or the name of a pseudo-class."""
    name: str = ""
    operator: str = ""
    value: str = ""
    case: str = ""
    """`i` or `s` where an attribute's value says how its case counts."""
    places: tuple[int, int] = (0, 0)
    """The a and b of `:nth-child(an+b)` and its like."""
    inner: tuple[Selector, ...] = ()


class Step(NamedTuple):
    """Conditions on an element, and how it stands to that of the step before."""

    combinator: str
    """Empty for the first of a selector, `>`, `+`, `~` or a space."""
    conditions: tuple[Condition, ...]


Selector: TypeAlias = tuple[Step, ...]


@lru_cache(maxsize=1024)
def parse_selector(source: str) -> tuple[Selector, ...]:
    """Return the selectors of a list with commas; raise `ConfigError` for what is none, or is not supported."""
    reader = _Reader(source)
    found = reader.selectors(relative=False)
    if reader.position < len(source):
        raise reader.error("a selector cannot go on like this")
    return found


class _Reader:
    """Reads a selector from left to right."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.depth = 0

    def error(self, reason: str) -> ConfigError:
        """Return the error that names the place and says what selectors can hold."""
        rest = self.source[self.position : self.position + 20]
        return ConfigError(f"selector {self.source!r}: at {rest!r}: {reason}; there are {SUPPORTED}")

    def selectors(self, relative: bool) -> tuple[Selector, ...]:
        found = [self.selector(relative)]
        while self.take(","):
            found.append(self.selector(relative))
        return tuple(found)

    def selector(self, relative: bool) -> Selector:
        """Read compounds and combinators; a relative selector begins with a combinator, or a space is meant."""
        self.match(_SPACE)
        steps = [Step((self.combinator() or " ") if relative else "", self.compound())]
        while True:
            spaced = bool(self.match(_SPACE))
            combinator = self.combinator() or (" " if spaced else "")
            if not combinator or (combinator == " " and self.peek() in ("", ",", ")")):
                return tuple(steps)
            steps.append(Step(combinator, self.compound()))

    def combinator(self) -> str:
        mark = self.match(_COMBINATOR)
        self.match(_SPACE)
        return mark

    def compound(self) -> tuple[Condition, ...]:
        conditions: list[Condition] = []
        if self.take("*"):
            conditions.append(Condition("any"))
        elif name := self.name(optional=True):
            conditions.append(Condition("tag", name.lower()))
        while self.peek() and self.peek() in "#.[:":
            conditions += self.condition()
        if not conditions or self.peek() == "|":
            raise self.error("a tag or a condition is missing" if not conditions else "namespaces are not supported")
        return tuple(conditions)

    def condition(self) -> list[Condition]:
        mark = self.source[self.position]
        self.position += 1
        if mark in "#.":
            return [Condition("id" if mark == "#" else "class", self.name())]
        return [self.attribute()] if mark == "[" else self.pseudo_class()

    def attribute(self) -> Condition:
        self.match(_SPACE)
        name = self.name().lower()
        self.match(_SPACE)
        operator = self.match(_OPERATOR)
        value = case = ""
        if operator:
            self.match(_SPACE)
            value = self.value()
            self.match(_SPACE)
            case = (self.name(optional=True) or "").lower()
            self.match(_SPACE)
        if case not in ("", "i", "s") or not self.take("]"):
            raise self.error("an attribute's condition must end in ]")
        return Condition("attribute", name, operator, value, case)

    def pseudo_class(self) -> list[Condition]:
        start = self.position
        name = (self.name(optional=True) or "").lower()
        if name in _ONLY:
            return [self.placed(*_PLACED[each]) for each in _ONLY[name]]
        if name in _PLACED:
            return [self.placed(*_PLACED[name])]
        if name in ("root", "empty"):
            return [Condition(name)]
        if name in _COUNTING and self.take("("):
            places = self.match(_TO_PARENTHESIS)
            return [self.placed(name, places[:-1])]
        if name in _NESTING and self.take("("):
            return [self.nested(name)]
        self.position = start
        raise self.error("no such pseudo-class or pseudo-element is supported")

    def nested(self, name: str) -> Condition:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.error(f"more than {MAX_NESTING} levels of parentheses")
        inner = self.selectors(relative=name == "has")
        self.depth -= 1
        if not self.take(")"):
            raise self.error("a parenthesis must end")
        return Condition(name, inner=inner)

    def placed(self, name: str, places: str) -> Condition:
        """Return the test for `an+b`, `even`, `odd` or a number."""
        found = _PLACES.fullmatch(places.strip())
        if found is None:
            raise self.error(f":{name}() takes a number, even, odd or an+b")
        word, step, sign, offset, only = found.groups()
        if word:
            return Condition(name, places=(2, word.lower() == "odd"))
        if only:
            return Condition(name, places=(0, int(only)))
        steps = int(f"{step}1") if step in ("", "+", "-") else int(step)
        return Condition(name, places=(steps, int(f"{sign}{offset}") if offset else 0))

    def value(self) -> str:
        found = _STRING.match(self.source, self.position)
        if found is None:
            return self.name()
        self.position = found.end()
        return _unescaped(found[1] if found[1] is not None else found[2])

    def name(self, optional: bool = False) -> str:
        found = _NAME.match(self.source, self.position)
        if found is None or found[0][0].isdigit() or found[0] == "-":
            if optional:
                return ""
            raise self.error("a name is missing")
        self.position = found.end()
        return _unescaped(found[0])

    def match(self, pattern: re.Pattern[str]) -> str:
        """Return what a pattern matches here, and go behind it; empty where it does not match."""
        found = pattern.match(self.source, self.position)
        if found is None:
            return ""
        self.position = found.end()
        return found[0]

    def take(self, mark: str) -> bool:
        """Go behind a mark if it stands here."""
        if self.peek() != mark:
            return False
        self.position += 1
        return True

    def peek(self) -> str:
        return self.source[self.position : self.position + 1]


def _unescaped(name: str) -> str:
    return _ESCAPE.sub(_character, name) if "\\" in name else name


def _character(escape: re.Match[str]) -> str:
    if not escape[1]:
        return escape[3] or ""
    code = int(escape[1], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
