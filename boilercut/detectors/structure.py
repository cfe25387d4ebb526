"""Structure: where in the HTML tree a block stands, and what its containers hold."""

from __future__ import annotations

import numpy as np

from boilercut.blocks import Blocks
from boilercut.columns import group_numbers, page_first, page_total, range_sum, share, slots_for
from boilercut.detectors.ancestry import along_path, containers, nearest
from boilercut.detectors.contract import Column, detector
from boilercut.native import column_kernels as kernels
from boilercut.phrases import class_word_book
from boilercut.vocabulary import HEADING_TAGS, TAG_NUMBERS, ElementTable, Floats, Integers, tag_set
from boilercut.words import Hashes, ngram_hash

PATH_TAGS = (
    "article", "main", "nav", "header", "footer", "aside", "form", "ul", "ol", "table", "section", "figure",
    "blockquote", "a", "button", "dialog", "details", "li", "h1", "pre", "td", "p", "noscript", "label", "dl",
    "script",
)  # fmt: skip
"""Ancestors that may decide what a block is."""
LEVELS = 4
"""So many containers around a block are described."""
MAIN_SHARES = (3, 5, 8)
"""Tenths of the page's prose that a main container holds."""
_TENTHS = np.array(MAIN_SHARES, dtype=np.int64)
FAR = 999


INLINE = tag_set("span", "a", "strong", "b", "em", "i", "small", "time", "code", "font", "cite", "(other)")
_FRAME = tag_set("html", "body")
"""Elements around the whole page: their class words say nothing about a part of it."""
_PATH_BITS = np.array([1 << PATH_TAGS.index(tag) if tag in PATH_TAGS else 0 for tag in TAG_NUMBERS], dtype=np.int64)


def _fill_tags(blocks: Blocks, columns: Floats) -> None:
    if blocks.elements is None:
        return
    elements = blocks.elements.table
    room = np.empty((3, elements.shape[1]), dtype=np.int64)
    sets = (INLINE.view(np.uint8), HEADING_TAGS.view(np.uint8), 1 << PATH_TAGS.index("h1"))
    kernels.tags(blocks.table, elements, blocks.block_elements, _PATH_BITS, len(PATH_TAGS), *sets, FAR, room, columns)


@detector("tags", fill=_fill_tags)
def tags(blocks: Blocks) -> dict[str, Column]:
    """The block's own tag and the telling tags among its ancestors."""
    table = blocks.elements
    if table is None:
        return {}
    leaf = blocks.block_elements
    marks = _PATH_BITS[table.tags] | (table.hidden.astype(np.int64) << len(PATH_TAGS))
    path = _bits(along_path(table, marks, np.bitwise_or)[leaf], len(PATH_TAGS) + 1)
    columns: dict[str, Column] = {f"in_{name}": row for name, row in zip(PATH_TAGS, path, strict=False)}
    block_tag = table.tags[nearest(table, ~INLINE[table.tags])[leaf]]
    main_heading = page_first(blocks, path[PATH_TAGS.index("h1")] > 0)
    here = np.arange(len(blocks))
    return columns | {
        "leaf": table.tags[leaf],
        "block": block_tag,
        "heading": HEADING_TAGS[block_tag],
        "hidden": path[-1],
        "depth": along_path(table, np.ones(len(table.tags), dtype=np.int64), np.add)[leaf],
        "since_h1": np.where(main_heading < blocks.end, np.clip(here - main_heading, -FAR, FAR), -FAR - 1),
    }


def _fill_hints(blocks: Blocks, columns: Floats) -> None:
    table = blocks.elements
    if table is None:
        return
    marks, names = _marked_names(table), class_word_book().names
    path = np.empty(table.table.shape[1], dtype=np.int64)
    kernels.hints(
        blocks.table, table.table, blocks.block_elements, marks, _FRAME.view(np.uint8), len(names),
        names.index("comments"), path, columns,
    )  # fmt: skip


@detector("hints", fill=_fill_hints)
def hints(blocks: Blocks) -> dict[str, Column]:
    """Class and id words around the block that name a kind of boilerplate; and how much prose is among comments."""
    table = blocks.elements
    if table is None:
        return {}
    names = class_word_book().names
    path = along_path(table, np.where(_FRAME[table.tags], 0, _marked_names(table)[table.names]), np.bitwise_or)
    columns = dict(zip(names, _bits(path[blocks.block_elements], len(names)), strict=True))
    prose = np.where(blocks.prose, blocks.facts.characters, 0)
    commented = page_total(blocks, np.where(columns["comments"] > 0, prose, 0))
    return {**columns, "comments_prose": share(commented, page_total(blocks, prose))}


def _marked_names(table: ElementTable) -> Integers:
    """Return for each distinct name the kinds of boilerplate that it speaks for, as bits in the order of the book."""
    return class_word_book().lists_in(table.name_tokens, len(table.unique_names))


def _fill_containers(blocks: Blocks, columns: Floats) -> None:
    table = blocks.elements
    if table is None:
        return
    size = table.table.shape[1]
    alike, room = np.empty(size, dtype=np.int64), np.empty((7, max(len(blocks), size) + 1), dtype=np.int64)
    slots, used = slots_for(size)
    kernels.count_alike(table.table, *_to_sign(table), slots, used, np.empty(len(slots), dtype=np.int64), alike)
    kernels.containers(blocks.table, table.table, blocks.block_elements, alike, _TENTHS, LEVELS, room, columns)


def _to_sign(table: ElementTable) -> tuple[Hashes, Integers, Hashes, Hashes]:
    """Return what kernels need to hash elements by tag and class words: the words, and room."""
    room = np.zeros(len(table.unique_names), dtype=np.uint64), np.empty(table.table.shape[1], dtype=np.uint64)
    return *table.name_tokens, *room


@detector("containers", fill=_fill_containers)
def container_masses(blocks: Blocks) -> dict[str, Column]:
    """Text mass, links and prose of the containers around the block, and how much of the page's prose they hold."""
    table = blocks.elements
    if table is None:
        return {}
    characters = blocks.facts.characters
    prose = np.where(blocks.prose, characters, 0)
    masses = _held(table, np.stack([characters, blocks.link_characters, prose]))
    outermost = containers(table)
    around = _levels(blocks, table, outermost)
    mass, linked, prose_mass = masses[:, around]
    total, page_prose = page_total(blocks, np.stack([characters, prose]))
    size = (table.end_blocks - table.first_blocks)[around]
    by_level = {
        "mass": share(mass, total),
        "links": share(linked, mass),
        "prose": share(prose_mass, mass),
        "held": share(prose_mass, page_prose),
        "mean": share(mass, size),
        "blocks": size,
        "alike": _alike_siblings(table)[around],
        "tag": table.tags[around],
    }
    columns = {f"{name}_{level}": row for name, rows in by_level.items() for level, row in enumerate(rows)}
    return columns | _main_containers(blocks, table, masses, outermost)


def _levels(blocks: Blocks, table: ElementTable, outermost: Integers) -> Integers:
    """Return the containers around each block, from the inside: a row a level."""
    levels = [outermost[blocks.block_elements]]
    while len(levels) < LEVELS:
        levels.append(outermost[table.parents[levels[-1]]])
    return np.stack(levels)


def _main_containers(blocks: Blocks, table: ElementTable, masses: Integers, outermost: Integers) -> dict[str, Column]:
    """How far the block is from the smallest container that holds much of the page's prose."""
    leaf = blocks.block_elements
    mass, _, prose_mass = masses
    page_prose = np.zeros(max(int(table.pages.max(initial=0)), int(blocks.pages.max(initial=0))) + 1, dtype=np.int64)
    np.add.at(page_prose, blocks.pages, np.where(blocks.prose, blocks.facts.characters, 0))
    own_total = page_prose[table.pages]
    distinct = (outermost == np.arange(len(outermost))).astype(np.int64)
    depth = along_path(table, distinct, np.add)
    main = nearest(table, (10 * prose_mass >= _TENTHS[:, None] * own_total) & (own_total > 0))[:, leaf]
    distances = depth[leaf] - depth[main]
    shares = share(mass[main], page_total(blocks, blocks.facts.characters))
    columns: dict[str, Column] = {}
    for tenths, distance, held in zip(MAIN_SHARES, distances, shares, strict=True):
        columns |= {f"to_main_{tenths}": distance, f"main_mass_{tenths}": held}
    return columns


def _fill_pattern(blocks: Blocks, columns: Floats) -> None:
    table = blocks.elements
    if table is None:
        return
    slots, used = slots_for(len(blocks))
    sums, places = np.empty((4, len(slots)), dtype=np.int64), np.empty(len(blocks), dtype=np.int64)
    kernels.pattern(
        blocks.table, table.table, blocks.block_elements, *_to_sign(table), slots, used, sums, places, columns
    )


@detector("pattern", fill=_fill_pattern)
def pattern(blocks: Blocks) -> dict[str, Column]:
    """How often the block's place in the tree (its last four tags and classes) is used, and for what sort of text."""
    table = blocks.elements
    if table is None:
        return {}
    signature = _signatures(table)
    element = blocks.block_elements
    place = signature[element]
    for _ in range(3):
        element = table.parents[element]
        place = ngram_hash(place, signature[element])
    keys = ngram_hash(place, blocks.pages.astype(np.uint64))
    numbers, size = group_numbers(keys)
    times = np.bincount(numbers, minlength=size)[numbers]
    held, linked, prose = (
        np.bincount(numbers, weights=fact, minlength=size).astype(np.int64)[numbers]
        for fact in (blocks.facts.characters, blocks.link_characters, blocks.prose)
    )
    return {
        "times": times,
        "mass": share(held, page_total(blocks, blocks.facts.characters)),
        "mean": share(held, times),
        "links": share(linked, held),
        "prose": share(prose, times),
    }


def _signatures(table: ElementTable) -> Hashes:
    """Return a hash of each element's tag and class words; numbers in class names do not count."""
    names = np.zeros(len(table.unique_names), dtype=np.uint64)
    np.add.at(names, table.name_tokens.blocks, table.name_tokens.hashes)
    return ngram_hash(table.tags.astype(np.uint64), names[table.names])


def _alike_siblings(table: ElementTable) -> Integers:
    """Count for each element the children of its parent that have the same tag and class words."""
    filled = table.end_blocks > table.first_blocks
    keys = ngram_hash(_signatures(table), table.parents.astype(np.uint64))
    numbers, size = group_numbers(keys)
    return np.bincount(numbers, weights=filled, minlength=size).astype(np.int64)[numbers]


def _held(table: ElementTable, values: Integers) -> Integers:
    """Sum `values` of the blocks that each element holds, in each row."""
    return range_sum(values, table.first_blocks, table.end_blocks)


def _bits(values: Integers, size: int) -> Integers:
    """Return the lowest bits of each value: a row a bit."""
    return values >> np.arange(size)[:, None] & 1
