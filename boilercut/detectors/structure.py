"""Structure: where in the HTML tree a block stands, and what its containers hold."""

from __future__ import annotations

import numpy as np

from boilercut.columns import page_first, page_total, prefix_sum, share
from boilercut.detectors.ancestry import along_path, containers, nearest
from boilercut.detectors.contract import Column, detector
from boilercut.detectors.prose import is_prose
from boilercut.measure import Blocks
from boilercut.phrases import class_word_book
from boilercut.vocabulary import TAG_NUMBERS, Booleans, ElementTable, Integers
from boilercut.words import Hashes, ngram_hash

PATH_TAGS = (
    "article", "main", "nav", "header", "footer", "aside", "form", "ul", "ol", "table", "section", "figure",
    "blockquote", "a", "button", "dialog", "details", "li", "h1", "pre", "td", "p", "noscript", "label", "dl",
)  # fmt: skip
"""Ancestors that may decide what a block is."""
LEVELS = 4
"""So many containers around a block are described."""
MAIN_SHARES = (3, 5, 8)
"""Tenths of the page's prose that a main container holds."""
FAR = 999


def _tag_set(*names: str) -> Booleans:
    """Return a table that says of each tag number whether it is one of `names`."""
    return np.array([tag in names for tag in TAG_NUMBERS], dtype=np.bool_)


_INLINE = _tag_set("span", "a", "strong", "b", "em", "i", "small", "time", "code", "font", "cite", "(other)")
_HEADING = _tag_set("h1", "h2", "h3", "h4", "h5", "h6")
_FRAME = _tag_set("html", "body")
"""Elements around the whole page: their class words say nothing about a part of it."""
_PATH_BITS = np.array([1 << PATH_TAGS.index(tag) if tag in PATH_TAGS else 0 for tag in TAG_NUMBERS], dtype=np.int64)


@detector("tags")
def tags(blocks: Blocks) -> dict[str, Column]:
    """The block's own tag and the telling tags among its ancestors."""
    table = blocks.elements
    if table is None:
        return {}
    leaf = blocks.block_elements
    path = along_path(table, _PATH_BITS[table.tags], np.bitwise_or, 0)[leaf]
    block_tag = table.tags[nearest(table, ~_INLINE[table.tags])[leaf]]
    hidden = along_path(table, table.hidden, np.logical_or, False)[leaf]
    main_heading = page_first(blocks, (path >> PATH_TAGS.index("h1") & 1) > 0)
    here = np.arange(len(blocks))
    columns: dict[str, Column] = {f"in_{name}": path >> bit & 1 for bit, name in enumerate(PATH_TAGS)}
    return columns | {
        "leaf": table.tags[leaf],
        "block": block_tag,
        "heading": _HEADING[block_tag],
        "hidden": hidden,
        "depth": along_path(table, np.ones(len(table.tags), dtype=np.int64), np.add, 0)[leaf],
        "since_h1": np.where(main_heading < blocks.end, np.clip(here - main_heading, -FAR, FAR), -FAR - 1),
    }


@detector("hints")
def hints(blocks: Blocks) -> dict[str, Column]:
    """Class and id words around the block that name a kind of boilerplate; and how much prose is among comments."""
    table = blocks.elements
    if table is None:
        return {}
    book = class_word_book()
    found = book.find(table.name_tokens, len(table.unique_names)).matches
    bits = np.zeros(len(table.unique_names), dtype=np.int64)
    for bit, kind in enumerate(book.names):
        bits |= (found[kind] > 0).astype(np.int64) << bit
    path = along_path(table, np.where(_FRAME[table.tags], 0, bits[table.names]), np.bitwise_or, 0)
    columns = {kind: path[blocks.block_elements] >> bit & 1 for bit, kind in enumerate(book.names)}
    prose = np.where(is_prose(blocks), blocks.facts.characters, 0)
    commented = page_total(blocks, np.where(columns["comments"] > 0, prose, 0))
    return {**columns, "comments_prose": share(commented, page_total(blocks, prose))}


@detector("containers")
def container_masses(blocks: Blocks) -> dict[str, Column]:
    """Text mass, links and prose of the containers around the block, and how much of the page's prose they hold."""
    table = blocks.elements
    if table is None:
        return {}
    characters = blocks.facts.characters
    prose = np.where(is_prose(blocks), characters, 0)
    mass, linked, prose_mass = (_held(table, values) for values in (characters, blocks.link_characters, prose))
    size = table.end_blocks - table.first_blocks
    outermost = containers(table)
    total, page_prose = page_total(blocks, characters), page_total(blocks, prose)
    columns: dict[str, Column] = {}
    container = outermost[blocks.block_elements]
    alike = _alike_siblings(blocks, table)
    for level in range(LEVELS):
        columns |= {
            f"mass_{level}": share(mass[container], total),
            f"links_{level}": share(linked[container], mass[container]),
            f"prose_{level}": share(prose_mass[container], mass[container]),
            f"held_{level}": share(prose_mass[container], page_prose),
            f"mean_{level}": share(mass[container], size[container]),
            f"blocks_{level}": size[container],
            f"alike_{level}": alike[container],
            f"tag_{level}": table.tags[container],
        }
        container = outermost[table.parents[container]]
    return columns | _main_containers(blocks, table, prose, prose_mass, mass, outermost)


def _main_containers(
    blocks: Blocks, table: ElementTable, prose: Integers, prose_mass: Integers, mass: Integers, outermost: Integers
) -> dict[str, Column]:
    """How far the block is from the smallest container that holds much of the page's prose."""
    leaf = blocks.block_elements
    page_prose = np.zeros(int(blocks.pages.max(initial=0)) + 1, dtype=np.int64)
    page_prose[blocks.pages] = page_total(blocks, prose)
    page_prose = np.append(page_prose, 0)
    own_total = page_prose[np.minimum(table.pages, len(page_prose) - 1)]
    distinct = (outermost == np.arange(len(outermost))).astype(np.int64)
    depth = along_path(table, distinct, np.add, 0)
    total = page_total(blocks, blocks.facts.characters)
    columns: dict[str, Column] = {}
    for tenths in MAIN_SHARES:
        main = nearest(table, (10 * prose_mass >= tenths * own_total) & (own_total > 0))[leaf]
        columns[f"to_main_{tenths}"] = depth[leaf] - depth[main]
        columns[f"main_mass_{tenths}"] = share(mass[main], total)
    return columns


@detector("pattern")
def pattern(blocks: Blocks) -> dict[str, Column]:
    """How often the block's place in the tree (its last four tags and classes) is used, and for how much text."""
    table = blocks.elements
    if table is None:
        return {}
    signature = element_signatures(table)
    place = signature[blocks.block_elements]
    element = blocks.block_elements
    for _ in range(3):
        element = table.parents[element]
        place = ngram_hash(place, signature[element])
    keys = ngram_hash(place, blocks.pages.astype(np.uint64))
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    held = np.bincount(inverse, weights=blocks.facts.characters, minlength=len(counts)).astype(np.int64)
    total = page_total(blocks, blocks.facts.characters)
    return {
        "times": counts[inverse],
        "mass": share(held[inverse], total),
        "mean": share(held[inverse], counts[inverse]),
    }


def element_signatures(table: ElementTable) -> Hashes:
    """Return a hash of each element's tag and class words; numbers in class names do not count."""
    names = np.zeros(len(table.unique_names), dtype=np.uint64)
    np.add.at(names, table.name_tokens.blocks, table.name_tokens.hashes)
    return ngram_hash(table.tags.astype(np.uint64), names[table.names])


def _alike_siblings(blocks: Blocks, table: ElementTable) -> Integers:
    """Count for each element the children of its parent that have the same tag and class words."""
    filled = table.end_blocks > table.first_blocks
    keys = ngram_hash(element_signatures(table), table.parents.astype(np.uint64))
    _, inverse = np.unique(keys, return_inverse=True)
    return np.bincount(inverse, weights=filled, minlength=1).astype(np.int64)[inverse]


def _held(table: ElementTable, values: Integers) -> Integers:
    sums = prefix_sum(values)
    return sums[table.end_blocks] - sums[table.first_blocks]
