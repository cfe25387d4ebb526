"""The bounds: how much of what a parser is superlinear in may stand on a page."""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "LIMITS", "MAX_ATTRIBUTES", "MAX_CLONES", "MAX_DEPTH", "MAX_FORMATTING", "MAX_FREE_BYTES", "MAX_FREE_TAGS",
    "MAX_NAMES", "MAX_OPTION_STEPS", "MAX_STEPS", "UNBOUNDED", "Caps", "loose_caps", "tight_caps",
]  # fmt: skip

MAX_DEPTH = 1000
"""Maximum number of open elements; the deepest training page has 448."""
MAX_ATTRIBUTES = 1000
"""Maximum number of attributes of a tag, and of all tags of `html` and `body` together: these go to one element."""
MAX_STEPS = 10_000_000
"""Maximum sum of open elements over all tags: lexbor walks the stack for a tag, at 5 ns a step."""
MAX_CLONES = 200_000
"""Maximum number of formatting elements, with their attributes, that are opened again: .3 µs and 200 bytes each."""
MAX_FORMATTING = 250
"""Maximum number of formatting elements to open again."""
MAX_OPTION_STEPS = 4_000_000
"""Maximum sum of the options before each option of a list: lexbor walks them, at 15 ns a step."""
MAX_NAMES = 2000
"""Maximum number of distinct names of attributes and of elements that the standard has no rule for."""
UNBOUNDED = 1 << 60
TIGHT_DEPTH, TIGHT_OPTIONS = 64, 300
"""What is left open at least, and options of a list, where a sum is beyond its bound."""

MAX_FREE_TAGS = 4000
"""Maximum number of tags of a page that may be nested at will: half the square stays below `MAX_STEPS`."""
MAX_FREE_BYTES = 100_000
"""Maximum size of a page that may have any number of distinct names: 25,000 take .2 s."""
LIMITS = (MAX_STEPS, MAX_CLONES, MAX_OPTION_STEPS, MAX_ATTRIBUTES, MAX_NAMES)
"""What the kernel counts up to, in its order."""


class Caps(NamedTuple):
    """What tags are taken out beyond."""

    depth: int
    formatting: int
    options: int
    names: int
    are_final: bool
    """Whether the sums may go beyond their bounds now."""


def loose_caps(source: bytes) -> Caps:
    """Return the caps of a first scan: what no page needs."""
    return Caps(
        depth=MAX_DEPTH if source.count(b"<") > MAX_FREE_TAGS else UNBOUNDED,
        formatting=MAX_FORMATTING,
        options=UNBOUNDED,
        names=MAX_NAMES if len(source) > MAX_FREE_BYTES else UNBOUNDED,
        are_final=False,
    )


def tight_caps(source: bytes) -> Caps:
    """Return the caps of a page whose sums are beyond their bounds all the same."""
    tags = source.count(b"<") + 1
    return Caps(
        depth=min(MAX_DEPTH, max(TIGHT_DEPTH, MAX_STEPS // tags)),
        formatting=min(MAX_FORMATTING, MAX_CLONES // tags),
        options=TIGHT_OPTIONS,
        names=MAX_NAMES,
        are_final=True,
    )
