"""Structure: where in the HTML tree a block stands, and what its containers hold."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import ColumnWriter, Scratch, Stack
else:
    from boilercut._native.stack_py import ColumnWriter, Scratch, Stack
from boilercut.page import HEADING_TAGS, TAG_NUMBERS, tag_set

PATH_TAGS = (
    "article", "main", "nav", "header", "footer", "aside", "form", "ul", "ol", "table", "section", "figure",
    "blockquote", "a", "button", "dialog", "details", "li", "h1", "pre", "td", "p", "noscript", "label", "dl",
    "script",
)  # fmt: skip
"""Ancestors that may decide what a block is."""
PATH_COLUMNS = tuple(f"in_{tag}" for tag in PATH_TAGS)
LEVELS = 4
"""Number of containers around a block that are described."""
MAIN_SHARES = (3, 5, 8)
"""Tenths of the page's prose that a main container holds."""
FAR = 999
"""Longest distance in blocks, in both directions; -1000 on a page without a main heading."""
INLINE = array(
    "q", tag_set("span", "a", "strong", "b", "em", "i", "small", "time", "code", "font", "cite", "(other)").tolist()
)
FRAME = array("q", tag_set("html", "body").tolist())
"""Elements around the whole page: their class words say nothing about a part of it."""
HEADINGS = array("q", HEADING_TAGS.tolist())
PATH_BITS = array("q", (1 << PATH_TAGS.index(tag) if tag in PATH_TAGS else 0 for tag in TAG_NUMBERS))


def tags(stack: Stack, columns: ColumnWriter) -> None:
    """The block's own tag and the telling tags among its ancestors."""
    if stack.blocks.elements is None:
        return
    tag_of, parents, hidden_of = stack.element_fact("tags"), stack.element_fact("parents"), stack.element_fact("hidden")
    leaves, bits, inline, headings = stack.leaves, stack.lent(PATH_BITS), stack.lent(INLINE), stack.lent(HEADINGS)
    paths, blocks, depths = stack.scratch(stack.elements), stack.scratch(stack.elements), stack.scratch(stack.elements)
    hidden_bit: cython.longlong = 1 << len(PATH_TAGS)
    element: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        for element in range(stack.elements):
            parent, own = parents[element], tag_of[element]
            path = bits[own] | hidden_bit if hidden_of[element] else bits[own]
            if parent == element:
                paths[element], blocks[element], depths[element] = path, element, 1
            else:
                paths[element], depths[element] = path | paths[parent], 1 + depths[parent]
                blocks[element] = blocks[parent] if inline[own] else element
    fill_bits(stack, columns, paths, PATH_COLUMNS)
    leaf, own_block, heading = columns.column("leaf"), columns.column("block"), columns.column("heading")
    hidden, depth = columns.column("hidden"), columns.column("depth")
    with cython.nogil:
        for block in range(stack.size):
            element = leaves[block]
            leaf[block] = tag_of[element]
            own_block[block] = tag_of[blocks[element]]
            heading[block] = headings[tag_of[blocks[element]]]
            hidden[block] = 1 if paths[element] & hidden_bit else 0
            depth[block] = depths[element]
    fill_since_h1(stack, columns, paths)


@cython.cfunc
def fill_since_h1(stack: Stack, columns: ColumnWriter, paths: Scratch) -> None:
    """Fill in how many blocks stand between each block and the first in a main heading."""
    end, leaves, since = stack.fact("end"), stack.leaves, columns.column("since_h1")
    wanted: cython.longlong = 1 << PATH_TAGS.index("h1")
    far: cython.Py_ssize_t = FAR
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    h1: cython.Py_ssize_t
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            h1 = low
            while h1 < high and not paths[leaves[h1]] & wanted:
                h1 += 1
            for block in range(low, high):
                away = block - h1 if h1 < high else -far - 1
                since[block] = far if away > far else -far if h1 < high and away < -far else away
            low = high


@cython.cfunc
def fill_bits(stack: Stack, columns: ColumnWriter, paths: Scratch, names: tuple[str, ...]) -> None:
    """Fill in one column for each of the lowest bits of the values at the blocks' elements."""
    leaves, own = stack.leaves, stack.scratch(stack.size)
    block: cython.Py_ssize_t
    bit: cython.Py_ssize_t
    any_bits: cython.longlong = 0
    for block in range(stack.size):
        own[block] = paths[leaves[block]]
        any_bits |= own[block]
    for bit in range(len(names)):
        column = columns.zeros(names[bit])
        if any_bits >> bit & 1:
            for block in range(stack.size):
                if own[block] >> bit & 1:
                    column[block] = 1


def hints(stack: Stack, columns: ColumnWriter, class_word_book: Callable[[], Any]) -> None:
    """Class and id words around the block that name a kind of boilerplate; and how much prose is among comments."""
    table = stack.blocks.elements
    if table is None:
        return
    book = class_word_book()
    marks = stack.lent(book.lists_in(table.name_tokens, len(table.unique_names)))
    tag_of, parents, names = stack.element_fact("tags"), stack.element_fact("parents"), stack.element_fact("names")
    frame, paths = stack.lent(FRAME), stack.scratch(stack.elements)
    element: cython.Py_ssize_t
    with cython.nogil:
        for element in range(stack.elements):
            parent, mark = parents[element], 0 if frame[tag_of[element]] else marks[names[element]]
            paths[element] = mark if parent == element else mark | paths[parent]
    fill_bits(stack, columns, paths, book.names)
    fill_comments_prose(stack, columns, paths, book.names.index("comments"))


@cython.cfunc
def fill_comments_prose(stack: Stack, columns: ColumnWriter, paths: Scratch, bit: cython.Py_ssize_t) -> None:
    """Fill in how much of the page's prose stands in elements marked with a bit."""
    end, sums, leaves = stack.fact("end"), stack.prose_sums("characters"), stack.leaves
    comments_prose = columns.column("comments_prose")
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            commented = 0
            for block in range(low, high):
                if paths[leaves[block]] >> bit & 1:
                    commented += sums[block + 1] - sums[block]
            share = commented / (sums[high] - sums[low] or 1)
            for block in range(low, high):
                comments_prose[block] = share
            low = high


def containers(stack: Stack, columns: ColumnWriter) -> None:
    """Text mass, links and prose of the containers around the block, and how much of the page's prose they hold."""
    if stack.blocks.elements is None:
        return
    parents = stack.element_fact("parents")
    first_blocks, end_blocks = stack.element_fact("first_blocks"), stack.element_fact("end_blocks")
    outermost = stack.scratch(stack.elements)
    is_alike: cython.bint
    element: cython.Py_ssize_t
    with cython.nogil:
        for element in range(stack.elements):
            parent = parents[element]
            outermost[element] = element
            is_alike = first_blocks[parent] == first_blocks[element] and end_blocks[parent] == end_blocks[element]
            if is_alike and parent != element:
                outermost[element] = outermost[parent]  # a wrapper that adds nothing
    fill_levels(stack, columns, outermost)
    fill_main(stack, columns, outermost)


@cython.cfunc
def fill_levels(stack: Stack, columns: ColumnWriter, outermost: Scratch) -> None:
    """Describe the containers around each block, from the inside."""
    parents, tag_of = stack.element_fact("parents"), stack.element_fact("tags")
    first_blocks, end_blocks = stack.element_fact("first_blocks"), stack.element_fact("end_blocks")
    sums, linked_sums = stack.sums("characters"), stack.sums("link_characters")
    prose_sums = stack.prose_sums("characters")
    first, end, alike_of = stack.fact("first"), stack.fact("end"), alike_siblings(stack)
    at = stack.scratch(stack.size)
    block: cython.Py_ssize_t
    element: cython.Py_ssize_t
    level: cython.Py_ssize_t
    leaves = stack.leaves
    for block in range(stack.size):
        at[block] = leaves[block]
    for level in range(LEVELS):
        mass, links = columns.column(f"mass_{level}"), columns.column(f"links_{level}")
        prose_share, held = columns.column(f"prose_{level}"), columns.column(f"held_{level}")
        mean, blocks = columns.column(f"mean_{level}"), columns.column(f"blocks_{level}")
        alike, tag = columns.column(f"alike_{level}"), columns.column(f"tag_{level}")
        latest: cython.Py_ssize_t = -1
        own_mass = own_links = own_prose = own_held = own_mean = 0.0
        with cython.nogil:
            for block in range(stack.size):
                element = outermost[at[block]]
                if element != latest:  # neighbours mostly share their containers
                    latest, low, high = element, first_blocks[element], end_blocks[element]
                    page_low, page_high = first[block], end[block]
                    own, prose = sums[high] - sums[low], prose_sums[high] - prose_sums[low]
                    own_mass = own / (sums[page_high] - sums[page_low] or 1)
                    own_links = (linked_sums[high] - linked_sums[low]) / (own or 1)
                    own_prose = prose / (own or 1)
                    own_held = prose / (prose_sums[page_high] - prose_sums[page_low] or 1)
                    own_mean = own / (high - low if high > low else 1)
                    size, likes, own_tag, parent = high - low, alike_of[element], tag_of[element], parents[element]
                mass[block], links[block], prose_share[block] = own_mass, own_links, own_prose
                held[block], mean[block], blocks[block] = own_held, own_mean, size
                alike[block], tag[block], at[block] = likes, own_tag, parent


@cython.cfunc
def fill_main(stack: Stack, columns: ColumnWriter, outermost: Scratch) -> None:
    """Fill in how far the block is from the smallest container that holds much of the page's prose."""
    parents, sums, leaves = stack.element_fact("parents"), stack.sums("characters"), stack.leaves
    first_blocks, end_blocks = stack.element_fact("first_blocks"), stack.element_fact("end_blocks")
    first, end, prose_sums = stack.fact("first"), stack.fact("end"), stack.prose_sums("characters")
    size, depth, main = stack.elements, stack.scratch(stack.elements), stack.scratch(stack.elements)
    large, large_of, totals = stack.scratch(size), stack.scratch(size), stack.scratch(size)
    least: cython.longlong = min(MAIN_SHARES)
    total: cython.longlong = 0
    inherits: cython.bint
    count: cython.Py_ssize_t = 0
    place: cython.Py_ssize_t
    block: cython.Py_ssize_t
    element: cython.Py_ssize_t
    with cython.nogil:
        for element in range(size):
            parent = parents[element]
            own = 1 if outermost[element] == element else 0
            depth[element] = own if parent == element else own + depth[parent]
            large_of[element] = large_of[parent]
            prose = prose_sums[end_blocks[element]] - prose_sums[first_blocks[element]]
            if parent == element:
                total = prose  # a page's first element holds all of it
            if parent == element or (total and 10 * prose >= least * total):  # few are
                large_of[element], large[count], totals[count] = element, element, total
                count += 1
    for number in MAIN_SHARES:
        tenths: cython.longlong = number
        to_main, main_mass = columns.column(f"to_main_{number}"), columns.column(f"main_mass_{number}")
        with cython.nogil:
            for place in range(count):
                element, parent = large[place], parents[large[place]]
                prose = prose_sums[end_blocks[element]] - prose_sums[first_blocks[element]]
                inherits = parent != element and 10 * prose < tenths * totals[place]
                main[element] = main[large_of[parent]] if inherits else element
            for block in range(stack.size):
                element = main[large_of[leaves[block]]]
                mass = sums[end_blocks[element]] - sums[first_blocks[element]]
                to_main[block] = depth[leaves[block]] - depth[element]
                main_mass[block] = mass / (sums[end[block]] - sums[first[block]] or 1)


@cython.cfunc
def alike_siblings(stack: Stack) -> Scratch:
    """Count for each element the children of its parent that hold text and have the same tag and class words."""
    first_blocks, end_blocks = stack.element_fact("first_blocks"), stack.element_fact("end_blocks")
    size, numbers = stack.elements, stack.siblings()
    counts, alike = stack.zeros(size), stack.scratch(size)
    element: cython.Py_ssize_t
    with cython.nogil:
        for element in range(size):
            if end_blocks[element] > first_blocks[element]:
                counts[numbers[element]] += 1
        for element in range(size):
            alike[element] = counts[numbers[element]]
    return alike


def pattern(stack: Stack, columns: ColumnWriter) -> None:
    """How often the block's place in the tree (its last four tags and classes) is used, and for what sort of text."""
    if stack.blocks.elements is None:
        return
    end, member, characters = stack.fact("end"), stack.fact("prose"), stack.fact("characters")
    linked_characters, sums, size = stack.fact("link_characters"), stack.sums("characters"), stack.size
    numbers = stack.numbers(stack.places(3), size)
    counts, masses, linked, proses = stack.zeros(size), stack.zeros(size), stack.zeros(size), stack.zeros(size)
    times, mass, mean = columns.column("times"), columns.column("mass"), columns.column("mean")
    links, prose = columns.column("links"), columns.column("prose")
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        for block in range(size):
            number = numbers[block]
            counts[number] += 1
            masses[number] += characters[block]
            linked[number] += linked_characters[block]
            proses[number] += member[block]
        while low < size:
            high = end[low]
            total = sums[high] - sums[low] or 1
            for block in range(low, high):
                number = numbers[block]
                count, own = counts[number] or 1, masses[number]
                times[block] = count
                mass[block] = own / total
                mean[block] = own / count
                links[block] = linked[number] / (own or 1)
                prose[block] = proses[number] / count
            low = high
