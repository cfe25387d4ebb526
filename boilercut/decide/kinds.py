"""Name what each block is: a sort of content if kept, a sort of boilerplate if cut.

Kinds inform; they decide nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from boilercut.arrays import Booleans, Floats
from boilercut.blocks.table import Blocks
from boilercut.page import TAG_NUMBERS

__all__ = ["content_kinds"]

_KIND_OF_TAG = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "ul", "ol", "dl", "dt", "dd"), "list"),
    **dict.fromkeys(("td", "th", "tr", "table", "tbody"), "table"),
    **dict.fromkeys(("pre", "code"), "code"),
    "blockquote": "quote",
    **dict.fromkeys(("figcaption", "caption"), "caption"),
}
_KINDS = np.array([_KIND_OF_TAG.get(tag, "paragraph") for tag in TAG_NUMBERS])
"""The sort of content of each tag, by its number."""
MIN_BYLINE_SHARE, MAX_BYLINE_WORDS = 0.3, 20
"""Share of a byline's words that the phrases of bylines must cover, and maximum number of its words."""
MIN_TITLE_SHARE = 0.5
"""Share of a main heading's words that the page's title must hold for it to be the title."""


def content_kinds(blocks: Blocks, columns: Mapping[str, Floats], titles: Booleans) -> list[str]:
    """Return the sort of content that each block would be, by its tag or by its marks in plain text."""
    byline = (columns["bylines.share"] > MIN_BYLINE_SHARE) & (blocks.facts.words <= MAX_BYLINE_WORDS)
    if blocks.elements is None:
        marks = (columns["edges.hash_mark"] > 0, columns["edges.pipe"] > 0, columns["edges.bullet"] > 0)
        kinds = np.select([titles, byline, *marks], ["title", "byline", "heading", "table", "list"], "paragraph")
    else:
        kinds = _KINDS[columns["tags.block"].astype(np.int64)]
        title = titles | ((columns["tags.in_h1"] > 0) & (columns["topic.title_share"] > MIN_TITLE_SHARE))
        kinds = np.select([title, byline & (kinds == "paragraph")], ["title", "byline"], kinds)
        kinds = np.where((kinds == "paragraph") & (columns["tags.in_li"] > 0), "list", kinds)
        kinds = np.where((kinds == "paragraph") & (columns["tags.in_blockquote"] > 0), "quote", kinds)
    return [str(kind) for kind in kinds]
