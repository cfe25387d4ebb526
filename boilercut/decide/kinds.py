"""Name what each block is: a sort of content if kept, a sort of boilerplate if cut.

Kinds inform; they decide nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from boilercut.arrays import Booleans, Floats
from boilercut.blocks.table import Blocks
from boilercut.page import tag_set

__all__ = ["content_kinds"]

_KINDS = ("paragraph", "heading", "list", "table", "code", "quote", "caption", "title", "byline")
_PARAGRAPH, _HEADING, _LIST, _TABLE, _CODE, _QUOTE, _CAPTION, _TITLE, _BYLINE = range(len(_KINDS))
_KIND_OF_TAG = (
    _HEADING * tag_set("h1", "h2", "h3", "h4", "h5", "h6")
    + _LIST * tag_set("li", "ul", "ol", "dl", "dt", "dd")
    + _TABLE * tag_set("td", "th", "tr", "table", "tbody")
    + _CODE * tag_set("pre", "code")
    + _QUOTE * tag_set("blockquote")
    + _CAPTION * tag_set("figcaption", "caption")
)
MIN_BYLINE_SHARE, MAX_BYLINE_WORDS = 0.3, 20
"""Share of a byline's words that the phrases of bylines must cover, and maximum number of its words."""
MIN_TITLE_SHARE = 0.5
"""Share of a main heading's words that the page's title must hold for it to be the title."""


def content_kinds(blocks: Blocks, columns: Mapping[str, Floats], titles: Booleans) -> list[str]:
    """Return the sort of content that each block would be, by its tag or by its marks in plain text."""
    kinds = np.zeros(len(blocks), dtype=np.int64)
    byline = (columns["bylines.share"] > MIN_BYLINE_SHARE) & (blocks.facts.words <= MAX_BYLINE_WORDS)
    if blocks.elements is None:
        title = titles
        for name, kind in (("bullet", _LIST), ("pipe", _TABLE), ("hash_mark", _HEADING)):
            kinds[columns[f"edges.{name}"] > 0] = kind
        kinds[byline] = _BYLINE
    else:
        kinds = _KIND_OF_TAG.take(columns["tags.block"].astype(np.int64))
        title = titles | ((columns["tags.in_h1"] > 0) & (columns["topic.title_share"] > MIN_TITLE_SHARE))
        marks = (byline, columns["tags.in_li"] > 0, columns["tags.in_blockquote"] > 0)
        for kind, marked in zip((_BYLINE, _LIST, _QUOTE), marks, strict=True):
            kinds[marked & (kinds == _PARAGRAPH)] = kind
    kinds[title] = _TITLE
    return [_KINDS[kind] for kind in kinds.tolist()]
