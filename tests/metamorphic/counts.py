"""Compare verdicts before and after a change."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple


class Verdicts(NamedTuple):
    """A page's blocks, white space evened out, and which of them are kept."""

    texts: tuple[str, ...]
    keep: tuple[bool, ...]


class Comparison(NamedTuple):
    """What an addition did to a page, in blocks."""

    added_kept: tuple[str, ...]
    added_cut: int
    lost: tuple[str, ...]
    """Article blocks that were kept without the addition and are cut with it."""
    gained: int
    """Article blocks that were cut without it and are kept with it."""
    kept_before: int
    """Article blocks that were kept without it."""


def compared(before: Verdicts, after: Verdicts, article: Sequence[bool]) -> Comparison | None:
    """Separate the added blocks and compare the rest; return None if the rest has other blocks than before.

    >>> before = Verdicts(("Menu", "The text."), (False, True))
    >>> after = Verdicts(("Menu", "Sign up!", "The text."), (False, False, True))
    >>> compared(before, after, [False, True])
    Comparison(added_kept=(), added_cut=1, lost=(), gained=0, kept_before=1)
    """
    start = _common(before.texts, after.texts)
    count = len(after.texts) - len(before.texts)
    if count < 1 or before.texts[start:] != after.texts[start + count :]:
        return None
    rest = after.keep[:start] + after.keep[start + count :]
    rows = list(zip(before.texts, before.keep, rest, article, strict=True))
    added = list(zip(after.texts[start : start + count], after.keep[start : start + count], strict=True))
    return Comparison(
        added_kept=tuple(text for text, kept in added if kept),
        added_cut=sum(not kept for _, kept in added),
        lost=tuple(text for text, old, new, own in rows if own and old and not new),
        gained=sum(own and new and not old for _, old, new, own in rows),
        kept_before=sum(own and old for _, old, _, own in rows),
    )


def changed(before: Verdicts, after: Verdicts) -> int:
    """Return how many blocks of `before` have no block of the same text and the same verdict in `after`.

    >>> changed(Verdicts(("Menu", "The text."), (False, True)), Verdicts(("Menu", "The text."), (True, True)))
    1
    """
    return (Counter(zip(*before, strict=True)) - Counter(zip(*after, strict=True))).total()


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many texts at the beginning are the same."""
    pairs = zip(one, other, strict=False)
    return next((number for number, (own, others) in enumerate(pairs) if own != others), min(len(one), len(other)))
