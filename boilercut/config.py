"""The options of a cutter, in one frozen object."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import Any, Literal, TypedDict, Unpack, get_args

from boilercut.blocks.phrases import phrase_book
from boilercut.decide.policy import MAX_LOSS, MODES, Policy
from boilercut.detectors import BUILTIN, Detector
from boilercut.errors import ConfigError
from boilercut.page import DEFAULT_BUDGET, Budget
from boilercut.results import BOILERPLATE_KINDS, CONTENT_KINDS
from boilercut.rules import Rule, check_rules
from boilercut.sites.profile import SiteProfile

__all__ = ["Config", "Options", "check_number"]

Mode = Literal["balanced", "precision", "recall"]
NoArticle = Literal["keep", "empty"]
Ruby = Literal["drop", "bracket"]


class Options(TypedDict, total=False):
    """The options of `Config`, for type checkers: what `clean`, `extract` and `Cutter` take."""

    mode: Mode | float
    include: Collection[str]
    exclude: Collection[str]
    no_article: NoArticle
    max_loss: float
    ruby: Ruby
    detectors: Sequence[Detector]
    model: str | None
    phrases: str | None
    rules: Sequence[Rule]
    site: SiteProfile | None
    max_characters: int
    max_blocks: int
    max_seconds: float | None


@dataclass(frozen=True, kw_only=True)
class Config:
    """How to cut.

    >>> Config(mode="recall").mode
    'recall'
    >>> Config(mode="bold")
    Traceback (most recent call last):
    boilercut.errors.ConfigError: mode 'bold': use 'precision', 'balanced', 'recall' or a number between 0 and 1
    """

    mode: Mode | float = "balanced"
    """`"balanced"`, `"precision"`, `"recall"`, or the lowest probability that a kept block may have."""
    include: Collection[str] = frozenset()
    """Kinds of block to keep whatever their score, such as `{"title", "comments"}`."""
    exclude: Collection[str] = frozenset()
    """Kinds of block to cut whatever their score, such as `{"table", "caption", "byline"}`."""
    no_article: NoArticle = "keep"
    """What to give of a page of HTML that most likely has no text of its own, such as a home page: `"keep"` for what is
    most like one, `"empty"` for nothing."""
    max_loss: float = MAX_LOSS
    """Largest share of the words that is cut from text that looks clean already; where more would go, all of it stays.
    A `mode` that is a number is not bound by it."""
    ruby: Ruby = "drop"
    """What becomes of the readings beside Chinese and Japanese words (`rt`): `"drop"`, or `"bracket"` for 子(こ)."""
    detectors: Sequence[Detector] = BUILTIN
    """Detectors to run; add your own behind `BUILTIN`."""
    model: str | None = None
    """Folder with `html.json` and `text.json`; None for the model that comes with boilercut."""
    phrases: str | None = None
    """Folder with phrase lists (`newsletter.txt` …) that are added to those of the same names."""
    rules: Sequence[Rule] = ()
    """Blocks to keep and to drop whatever their score; the last rule that hits a block decides."""
    site: SiteProfile | None = None
    """What the site's pages repeat, see `SiteProfile.learn`: evidence against blocks that other pages hold, too."""
    max_characters: int = DEFAULT_BUDGET.characters
    """Maximum number of characters that are read; the result of a longer page is `truncated`. The longest of 4,716
    real pages has 5.3 million."""
    max_blocks: int = DEFAULT_BUDGET.blocks
    """Maximum number of blocks that are read (of text: lines), and a quarter of the maximum number of tags; the result
    of a larger page is `truncated`. A block takes up to 3 kB of memory. The largest of 4,716 real pages has 30,000
    tags."""
    max_seconds: float | None = None
    """Seconds to spend on a page; of one that would take longer, only a beginning is cut, and the result is
    `truncated`. The answer comes at most .2 seconds later, or a fifth of this if that is more, apart from what is
    loaded once and from detectors of your own. lxml trees are never cut short. None for no limit: with one, a page may
    give another answer on another machine, or on a busy one."""

    def __post_init__(self) -> None:
        _check_mode(self.mode)
        for option, allowed in (("no_article", NoArticle), ("ruby", Ruby)):
            if (value := getattr(self, option)) not in (choices := get_args(allowed)):
                raise ConfigError(f"{option} {value!r}: use {' or '.join(map(repr, choices))}")
        for option in ("include", "exclude"):
            object.__setattr__(self, option, _kinds(option, getattr(self, option)))
        object.__setattr__(self, "detectors", tuple(self.detectors))
        for each in self.detectors:
            if not isinstance(each, Detector):
                raise ConfigError(f"detectors: {each!r} is no detector; decorate it with @boilercut.detector(name)")
        object.__setattr__(self, "rules", check_rules(tuple(self.rules)))
        if self.phrases is not None:
            phrase_book(self.phrases)  # raises now what is wrong with them
        _check_loss(self.max_loss)
        if not isinstance(self.site, SiteProfile | None):
            raise ConfigError(f"site {self.site!r}: use a SiteProfile, learned from pages of one site")
        _check_budget(self)

    @property
    def policy(self) -> Policy:
        """The part of the options that deciding needs."""
        return Policy(self.mode, frozenset(self.include), frozenset(self.exclude), self.no_article, self.max_loss)

    @property
    def budget(self) -> Budget:
        """The part of the options that reading needs."""
        return Budget(self.max_characters, self.max_blocks)

    def with_options(self, **options: Unpack[Options]) -> Config:
        """Return a copy with some options changed; an unknown one raises `ConfigError`."""
        known = [each.name for each in fields(self)]
        for name in options:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
                raise ConfigError(f"unknown option {name!r}: {hint}")
        return replace(self, **options)


def _check_mode(mode: object) -> None:
    if mode in MODES:
        return
    if isinstance(mode, float) and 0 < mode < 1:
        return
    names = ", ".join(map(repr, MODES))
    raise ConfigError(f"mode {mode!r}: use {names} or a number between 0 and 1")


def _check_loss(share: object) -> None:
    if not (isinstance(share, (int, float)) and 0 <= share <= 1):
        raise ConfigError(f"max_loss {share!r}: use a number from 0 to 1")


def _check_budget(config: Config) -> None:
    for option in ("max_characters", "max_blocks"):
        check_number(option, getattr(config, option))
    seconds: object = config.max_seconds
    if seconds is not None and not (isinstance(seconds, (int, float)) and seconds > 0):
        raise ConfigError(f"max_seconds {seconds!r}: use a number above 0, or None")


def check_number(option: str, value: object) -> None:
    """Raise `ConfigError` unless an option is a whole number above 0."""
    if not isinstance(value, int) or value < 1:
        raise ConfigError(f"{option} {value!r}: use a whole number above 0")


def _kinds(option: str, value: Any) -> frozenset[str]:
    kinds = frozenset([value] if isinstance(value, str) else value)
    if unknown := sorted(kinds - set(CONTENT_KINDS) - set(BOILERPLATE_KINDS)):
        raise ConfigError(f"{option}: {unknown[0]!r} is none of {', '.join(CONTENT_KINDS + BOILERPLATE_KINDS)}")
    return kinds
