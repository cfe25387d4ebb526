"""Name what each block is: a sort of content if kept, a sort of boilerplate if cut.

Kinds inform; they decide nothing. The scores below only rank the kinds of one block against each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from boilercut.arrays import Booleans, Floats
from boilercut.blocks.phrases import class_word_book
from boilercut.blocks.table import Blocks
from boilercut.page import TAG_NUMBERS, tag_set
from boilercut.results import BOILERPLATE_KINDS

__all__ = ["boilerplate_kinds", "content_kinds"]

_KIND_OF_TAG = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "ul", "ol", "dl", "dt", "dd"), "list"),
    **dict.fromkeys(("td", "th", "tr", "table", "tbody"), "table"),
    **dict.fromkeys(("pre", "code"), "code"),
    "blockquote": "quote",
    **dict.fromkeys(("figcaption", "caption"), "caption"),
}
_PHRASE_KINDS = {
    "navigation": "navigation", "related": "related", "newsletter": "newsletter", "comments": "comments",
    "share": "share", "consent": "cookie", "legal": "legal", "adverts": "advert", "pagination": "pagination",
    "forms": "form",
}  # fmt: skip
"""Detectors of phrase lists, and the kind that each speaks for."""
OWN_WEIGHT, OWN_PAGINATION_WEIGHT, NEAR_WEIGHT = 1.8, 1.2, 0.5
"""What a block's own phrases and those near it say of its kind: "Next" and "Back" are on many buttons. These weights
and all below were chosen on 1175 labelled blocks of training pages: see `python -m benchmarks.quality kinds`."""
CLASS_WEIGHTS = {
    "comments": 1.3, "related": 1.2, "cookie": 1.2, "pagination": 0.7, "form": 0.6, "share": 0.5, "newsletter": 0.3,
    "legal": 0.3, "navigation": 0.2, "advert": 0.2,
}  # fmt: skip
"""What class and id words of the element around a block say of its kind. Little where sites call many things so:
`modal`, `promo`."""
FADING = 0.75
"""How much less the class words of an element say than those of one inside it."""
LEVELS = 12
"""Number of elements from the block upwards whose class words count."""
FURNITURE_WEIGHT = 0.5
LABEL_WEIGHT, TITLE_WEIGHT, DATED_WEIGHT = 0.6, 0.5, 0.5
"""What a list of linked labels says of navigation, and a linked title, and dates near the block, of other articles."""
FIELD_WEIGHT, IN_FORM_WEIGHT = 1.2, 0.2
BARE_WEIGHT, BYLINE_WEIGHT = 0.35, 0.3
"""What a block of hardly anything but digits, and a byline, say of no kind: votes, prices, numbers of phones."""
MIN_PAGINATION = 0.15
"""Share of the words of pagination near a block; with less, and no such class word, it leads elsewhere."""
MIN_RUN = 3
"""Title-like or link-like blocks in a row from which they make a list."""
MAX_LABEL_WORDS = 4
MIN_KIND_SCORE = 0.3
"""With less to go by, a block is just "other"."""
MIN_BYLINE_SHARE, MIN_LINKED, ALL_LINKED = 0.3, 0.5, 0.9
COMMENTS_FORM_SHARE = 0.5
"""How much words of forms say in comments outside a form: "Reply", "Quote"."""
_FIELDS, _FRAME = tag_set("label", "legend", "fieldset"), tag_set("html", "body")


def content_kinds(blocks: Blocks, columns: Mapping[str, Floats], titles: Booleans) -> list[str]:
    """Return the sort of content that each block would be, by its tag or by its marks in plain text."""
    byline = (columns["bylines.share"] > MIN_BYLINE_SHARE) & (blocks.facts.words <= 20)
    if blocks.elements is None:
        marks = (columns["edges.hash_mark"] > 0, columns["edges.pipe"] > 0, columns["edges.bullet"] > 0)
        kinds = np.select([titles, byline, *marks], ["title", "byline", "heading", "table", "list"], "paragraph")
    else:
        by_tag = np.full(len(TAG_NUMBERS), "paragraph", dtype="<U10")
        for tag, kind in _KIND_OF_TAG.items():
            by_tag[TAG_NUMBERS[tag]] = kind
        kinds = by_tag[columns["tags.block"].astype(np.int64)]
        title = titles | ((columns["tags.in_h1"] > 0) & (columns["topic.title_share"] > 0.5))
        kinds = np.select([title, byline & (kinds == "paragraph")], ["title", "byline"], kinds)
        kinds = np.where((kinds == "paragraph") & (columns["tags.in_li"] > 0), "list", kinds)
        kinds = np.where((kinds == "paragraph") & (columns["tags.in_blockquote"] > 0), "quote", kinds)
    return [str(kind) for kind in kinds]


def boilerplate_kinds(blocks: Blocks, columns: Mapping[str, Floats]) -> list[str]:
    """Return the sort of boilerplate that each block would be."""
    scores = np.zeros((len(BOILERPLATE_KINDS), len(blocks)))
    rows = {kind: scores[number] for number, kind in enumerate(BOILERPLATE_KINDS)}
    for name, kind in _PHRASE_KINDS.items():
        if f"{name}.share" in columns:
            own = OWN_PAGINATION_WEIGHT if kind == "pagination" else OWN_WEIGHT
            rows[kind] += own * columns[f"{name}.share"] + NEAR_WEIGHT * columns[f"{name}.near"]
    if "chrome.share" in columns:  # links to skip the navigation, switches, buttons of players
        rows["navigation"] += FURNITURE_WEIGHT * columns["chrome.share"]
    if "hints.form" in columns:
        for kind, other, rightly in _double_meanings(blocks, columns):
            rows[other] += rows[kind] * ~rightly
            rows[kind] *= rightly
        for kind, nearness in _named_nearness(blocks):
            rows[kind] += CLASS_WEIGHTS[kind] * nearness
        posts = (columns["hints.comments"] > 0) & (columns["tags.in_form"] == 0)
        rows["form"] *= np.where(posts, COMMENTS_FORM_SHARE, 1.0)
    rows["comments"] += columns.get("captcha", 0.0)
    related, navigation = _list_scores(blocks, columns)
    rows["related"] += related
    rows["navigation"] += navigation
    bare = (2 * blocks.facts.digits >= blocks.facts.characters) | (blocks.facts.characters <= 2)
    rows["other"] += MIN_KIND_SCORE + BARE_WEIGHT * bare + BYLINE_WEIGHT * (columns["bylines.share"] > MIN_BYLINE_SHARE)
    if blocks.elements is not None:
        rows["other"] += columns["tags.in_h1"]  # a title that a set's policy cuts is none of the rest
        block, leaf = (columns[f"tags.{name}"].astype(np.int64) for name in ("block", "leaf"))
        rows["form"] += FIELD_WEIGHT * (_FIELDS[block] | _FIELDS[leaf] | (columns["tags.in_label"] > 0))
        rows["form"] += IN_FORM_WEIGHT * (columns["tags.in_form"] > 0) * (columns["links.density"] <= MIN_LINKED)
    return [BOILERPLATE_KINDS[number] for number in np.argmax(scores, axis=0)]


def _double_meanings(blocks: Blocks, columns: Mapping[str, Floats]) -> Iterator[tuple[str, str, Booleans]]:
    """Yield kinds whose phrases may stand for another kind, that kind, and where they have their own meaning.

    "Back" and "View all" belong to pagination among other such links, "Learn more" to other articles beside their
    titles, "Shop now" to adverts outside menus, "Email" and "Send" to share buttons outside forms.
    """
    linked = columns["links.density"] > MIN_LINKED
    named = {kind: columns[f"hints.{kind}"] > 0 for kind in ("pagination", "related", "navigation", "advert")}
    yield "pagination", "navigation", named["pagination"] | (columns["pagination.near"] >= MIN_PAGINATION)
    in_list = (columns["headlines.title_run"] >= MIN_RUN) | (blocks.word_weights > MAX_LABEL_WORDS)
    yield "related", "navigation", named["related"] | in_list | ~linked
    menu = (columns["tags.in_nav"] > 0) | (columns["tags.in_footer"] > 0) | (named["navigation"] & ~named["advert"])
    yield "advert", "navigation", ~(menu & linked)
    yield "share", "form", (columns["tags.in_form"] == 0) | linked


def _named_nearness(blocks: Blocks) -> Iterator[tuple[str, Floats]]:
    """Yield each kind that class or id words name, and how near to each block the innermost element of that name is.

    It is 1 for the block's own element, and less for one that holds much of the page.
    """
    table, book = blocks.elements, class_word_book()
    assert table is not None
    lists = book.lists_in(table.name_tokens, len(table.unique_names))[table.names]
    lists[_FRAME[table.tags]] = 0
    held = table.end_blocks - table.first_blocks
    kinds = {kind: np.zeros(len(blocks)) for kind in CLASS_WEIGHTS}
    element, seen = blocks.block_elements, np.zeros(len(blocks), dtype=np.int64)
    for level in range(LEVELS):
        first = lists[element] & ~seen
        found = int(np.bitwise_or.reduce(first, initial=0))
        for bit, name in enumerate(book.names) if found else ():
            if found >> bit & 1 and name in kinds:
                rows = np.flatnonzero(first >> bit & 1)
                share = held[element[rows]] / (blocks.end - blocks.first)[rows]
                kinds[name][rows] = FADING**level * (1 - share / 2)
        seen |= first
        element = table.parents[element]
    yield from kinds.items()


def _list_scores(blocks: Blocks, columns: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Score link farms (titles of other articles) and navigation lists (runs of labels)."""
    is_html, size = blocks.elements is not None, blocks.word_weights
    linked = columns["links.density"] if is_html else np.ones(len(blocks))
    archive = (blocks.phrases.covered["months"] > 0) & (blocks.facts.words <= MAX_LABEL_WORDS)  # "August 2013 (7)"
    in_run = columns["headlines.title_run"] >= MIN_RUN
    is_title = (columns["headlines.title_like"] + columns["headlines.dated"] > 0) | (is_html & (linked > ALL_LINKED))
    is_title &= (size > MAX_LABEL_WORDS) & ~archive
    is_label = (size <= MAX_LABEL_WORDS) & ~blocks.prose | archive
    listed = is_label & ((columns["headlines.label_run"] >= MIN_RUN) | (archive & in_run))
    if is_html:
        is_title &= columns["tags.in_nav"] == 0
        listed &= columns["hints.comments"] == 0  # names of those who wrote, and buttons
    related = TITLE_WEIGHT * linked * (is_title & (in_run | is_html))
    related += DATED_WEIGHT * ((columns["headlines.dated_near"] > 0.5) & ~archive)
    navigation = LABEL_WEIGHT * listed * linked
    if is_html:
        navigation += 0.5 * columns["tags.in_nav"] + 0.3 * columns["tags.in_header"]
        navigation += 0.2 * columns["tags.in_footer"] * is_label * (linked > MIN_LINKED)
    return related, navigation
