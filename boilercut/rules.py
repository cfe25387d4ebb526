"""Rules of a user's own, mostly for one site: keep or drop the blocks that a phrase, a pattern or a selector hits.

A rule acts on the blocks that it hits and on nothing behind them. The last rule that hits a block decides it,
and where that changes the verdict, `overruled` names the rule.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import numpy as np

from boilercut.arrays import Booleans, Integers
from boilercut.blocks.phrases import MAX_PHRASE_WORDS, PhraseBook
from boilercut.blocks.table import Blocks
from boilercut.blocks.words import hash_words
from boilercut.errors import ConfigError
from boilercut.page import Page
from boilercut.read.html.selectors import parse_selector

__all__ = ["Rule", "check_rules", "read_rules", "rulings", "selectors"]

MIN_PHRASE_SHARE = 0.5
"""Share of a block's words that a phrase covers to hit it: the prompt itself, not a paragraph that quotes it."""
MAX_RULE_CHARACTERS = 1000
"""Longer patterns and selectors are refused; they bound the time together with the page's length."""
MAX_RULES = 1000
"""More rules than a site needs are refused: each takes time linear in the page, and memory for one flag per block."""
_ACTIONS = ("keep", "drop")
_WAYS = ("phrase", "pattern", "selector")


@dataclass(frozen=True, slots=True)
class Rule:
    """Keep or drop every block that one thing hits; give exactly one of `phrase`, `pattern` and `selector`.

    Raises `ConfigError` for anything that cannot work: two things at once, a selector that does not parse.

    >>> Rule("drop", phrase="read more on our app").name
    "drop phrase 'read more on our app'"
    >>> Rule("drop")
    Traceback (most recent call last):
    boilercut.errors.ConfigError: rule: give one of phrase, pattern, selector
    """

    action: Literal["keep", "drop"]
    phrase: str | None = None
    """Whole words, case and accents set aside, `#` for any number; hits blocks that it makes up half of, or more."""
    pattern: str | None = None
    """Regular expression in RE2's syntax, found anywhere in the block's text; needs the extra `rules`. RE2's time is
    linear in the text whatever the pattern, so a bound on time needs no clock."""
    selector: str | None = None
    """CSS selector (see `boilercut.read.html.selectors` for what it can hold); hits the blocks that begin inside
    an element it selects, in time linear in the elements. It hits nothing in plain text."""

    def __post_init__(self) -> None:
        if self.action not in _ACTIONS:
            raise ConfigError(f"rule: action {self.action!r} is neither 'keep' nor 'drop'")
        given = [way for way in _WAYS if getattr(self, way) is not None]
        if len(given) != 1:
            raise ConfigError(f"rule: give one of {', '.join(_WAYS)}")
        value = getattr(self, given[0])
        if not isinstance(value, str) or not value.strip() or len(value) > MAX_RULE_CHARACTERS:
            raise ConfigError(f"{self.name}: use text of at most {MAX_RULE_CHARACTERS} characters")
        _CHECKS[given[0]](self, value)

    @property
    def name(self) -> str:
        """What the rule does, in one line; `overruled` says this."""
        way = next((way for way in _WAYS if getattr(self, way) is not None), "nothing")
        return f"{self.action} {way} {getattr(self, way, None)!r}"


def read_rules(file: str | Path) -> tuple[Rule, ...]:
    """Read rules from a TOML file, in order: tables `[[rule]]` with the fields of `Rule`.

    Raises `ConfigError`, naming the file and the rule, for one that cannot be read.
    """
    try:
        stored = tomllib.loads(Path(file).read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: no readable rules there ({error})") from error
    tables = stored.pop("rule", [])
    if stored or not isinstance(tables, list) or not tables:
        raise ConfigError(f"{file}: write tables [[rule]] and nothing else")
    rules = tuple(_rule(file, number, table) for number, table in enumerate(tables, start=1))
    return check_rules(rules)


def check_rules(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return `rules`; raise `ConfigError` for what is no rule, and for more than `MAX_RULES`."""
    for rule in rules:
        if not isinstance(rule, Rule):
            raise ConfigError(f"rules: {rule!r} is no rule; write boilercut.Rule('drop', phrase=…)")
    if len(rules) > MAX_RULES:
        raise ConfigError(f"rules: {len(rules):,} rules; use at most {MAX_RULES:,}, a cutter for each site")
    return rules


def selectors(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return the CSS selectors among `rules`, each once, in order."""
    return tuple(dict.fromkeys(rule.selector for rule in rules if rule.selector is not None))


def rulings(rules: Sequence[Rule], blocks: Blocks, pages: Sequence[Page]) -> Integers:
    """Return for each block the number of the rule that decides it, from 1: above zero to keep, below to drop.

    `pages` are those stacked in `blocks`, read with the `selectors` of `rules`. Zero where no rule hits.
    """
    decided = np.zeros(len(blocks), dtype=np.int64)
    places = {selector: place for place, selector in enumerate(selectors(rules))}
    for number, rule in enumerate(rules, start=1):
        if rule.selector is not None:
            hit = np.concatenate([_selected(page, places[rule.selector]) for page in pages])
        else:
            hit = _hit_by_phrase(rule.phrase, blocks) if rule.phrase else _hit_by_pattern(rule.pattern or "", blocks)
        decided = np.where(hit, number if rule.action == "keep" else -number, decided)
    return decided


def _rule(file: str | Path, number: int, table: Mapping[str, Any]) -> Rule:
    try:
        return Rule(**table)
    except (ConfigError, TypeError) as error:
        raise ConfigError(f"{file}: rule {number}: {error}") from error


def _selected(page: Page, place: int) -> Booleans:
    return page.selected[place] if page.selected else np.zeros(len(page.starts), dtype=np.bool_)


def _hit_by_phrase(phrase: str, blocks: Blocks) -> Booleans:
    covered = _book(phrase).find(blocks.tokens, len(blocks)).covered[0]
    return (covered > 0) & (covered >= MIN_PHRASE_SHARE * blocks.facts.words)


def _hit_by_pattern(pattern: str, blocks: Blocks) -> Booleans:
    search = _compiled(pattern).search
    found = (search(_encodable(blocks.block(row))) is not None for row in range(len(blocks)))
    return np.fromiter(found, dtype=np.bool_, count=len(blocks))


def _encodable(text: str) -> str:
    """Replace lone surrogates, which RE2 cannot be given."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


@lru_cache(maxsize=MAX_RULES)
def _book(phrase: str) -> PhraseBook:
    return PhraseBook.of({"phrase": [phrase]})


@lru_cache(maxsize=MAX_RULES)
def _compiled(pattern: str) -> Any:
    re2 = import_module("re2")
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _check_phrase(rule: Rule, phrase: str) -> None:
    words = len(hash_words(phrase))
    if not 0 < words <= MAX_PHRASE_WORDS:
        raise ConfigError(f"{rule.name}: a phrase has 1 to {MAX_PHRASE_WORDS} words, this one has {words}")


def _check_pattern(rule: Rule, pattern: str) -> None:
    try:
        _compiled(pattern)
    except ImportError as error:
        raise ConfigError(f"{rule.name}: patterns need RE2: pip install 'boilercut[rules]'") from error
    except import_module("re2").error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error
        raise ConfigError(f"{rule.name}: no pattern for RE2 ({reason})") from error


def _check_selector(rule: Rule, selector: str) -> None:
    try:
        parse_selector(selector)
    except ConfigError as error:
        raise ConfigError(f"{rule.action} {error}") from None


_CHECKS = {"phrase": _check_phrase, "pattern": _check_pattern, "selector": _check_selector}
