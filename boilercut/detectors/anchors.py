"""Anchors: where a block stands from the places that surely belong to what the page is about.

A page that shows further articles below the first, or a stream of them, holds much prose that is not its
own. What tells them apart is the way to the page's heading, to the first prose behind it, to the longest
paragraph, and to the text that the page describes itself with.
"""

from __future__ import annotations

from array import array

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import ColumnWriter, Scratch, Stack
else:
    from boilercut._native.stack_py import ColumnWriter, Scratch, Stack
from boilercut.page import HEADING_TAGS, TAG_NUMBERS, tag_set

MAX_TITLE_WORDS = 40
"""Maximum number of words of a block that can be the title."""
MIN_TITLE_SCORE = 77
"""Three tenths, in steps of 1/256: less of the title's words in a block, and of the block's in the title, is chance."""
H1_SCORE, HEADING_SCORE = 77, 38
"""What standing in a heading adds to the score of a title's place, in steps of 1/256; chosen by judgement."""
MIN_DESCRIPTION_PAIRS = 3
"""Fewer pairs of words in common with the page's description are chance."""
MAX_PAIR_SHARE = 2.0
"""Largest number of pairs of words in common, over the words of the description."""
FAR = 999
"""Longest distance in blocks, in both directions; -1000 where the page has no such anchor."""

HEADING_MARKS = array("q", (HEADING_TAGS + 2 * tag_set("h1")).tolist())
"""Marks of each tag, as bits: 1 for a heading, 2 for a main one."""


def anchors(stack: Stack, columns: ColumnWriter) -> None:
    """Blocks and prose between the block and the page's title, lead, longest paragraph and self-description."""
    sums = stack.prose_sums("word_weights")
    scores = stack.scratch(stack.size)
    block: cython.Py_ssize_t
    for block in range(stack.size):
        scores[block] = sums[block + 1] - sums[block]
    longest = best_blocks(stack, scores)
    if stack.blocks.elements is None:
        fill_since(stack, columns, "longest", longest)
        return
    fill_described(stack, columns)
    title = title_blocks(stack)
    fill_anchor(stack, columns, "title", title)
    fill_anchor(stack, columns, "lead", lead_blocks(stack, title, longest))
    fill_anchor(stack, columns, "longest", longest)
    words, pairs = stack.fact("words"), stack.fact("described_pairs")
    least: cython.longlong = MIN_DESCRIPTION_PAIRS
    for block in range(stack.size):
        scores[block] = pairs[block] if words[block] > least else 0
    fill_anchor(stack, columns, "description", best_blocks(stack, scores))


@cython.cfunc
def fill_described(stack: Stack, columns: ColumnWriter) -> None:
    """Fill in how much the block shares with the description that the page gives of itself."""
    in_description, words, pairs = stack.fact("in_description"), stack.fact("words"), stack.fact("described_pairs")
    size_of = stack.fact("description_words")
    described, describes = columns.column("described"), columns.column("describes")
    most: cython.double = MAX_PAIR_SHARE
    block: cython.Py_ssize_t
    for block in range(stack.size):
        described[block] = in_description[block] / (words[block] or 1)
        describes[block] = min(pairs[block] / (size_of[block] or 1), most)


@cython.cfunc
def best_blocks(stack: Stack, scores: Scratch) -> Scratch:
    """Return for each page's first block which block has the first of the highest scores; -1 where none is above 0."""
    end, best = stack.fact("end"), stack.scratch(stack.size)
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            highest = 0
            found = -1
            for block in range(low, high):
                if scores[block] > highest:
                    highest = scores[block]
                    found = block
            best[low] = found
            low = high
    return best


@cython.cfunc
def lead_blocks(stack: Stack, title: Scratch, longest: Scratch) -> Scratch:
    """Return for each page's first block the first prose from the title on, or the longest paragraph."""
    end, member, lead = stack.fact("end"), stack.fact("prose"), stack.scratch(stack.size)
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            lead[low] = longest[low]
            for block in range(max(title[low], low), high):
                if member[block]:
                    lead[low] = block
                    break
            low = high
    return lead


@cython.cfunc
def title_blocks(stack: Stack) -> Scratch:
    """Return for each page's first block its likeliest heading: like the title, or in a heading's tag."""
    tags, parents, leaves = stack.element_fact("tags"), stack.element_fact("parents"), stack.leaves
    in_title, words_of, size_of = stack.fact("in_title"), stack.fact("words"), stack.fact("title_words")
    headings, scores = stack.scratch(stack.elements), stack.scratch(stack.size)
    marks = stack.lent(HEADING_MARKS)
    max_words: cython.longlong = MAX_TITLE_WORDS
    min_score: cython.longlong = MIN_TITLE_SCORE
    h1_score: cython.longlong = H1_SCORE
    heading_score: cython.longlong = HEADING_SCORE
    element: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        for element in range(stack.elements):
            parent, mark = parents[element], marks[tags[element]]
            headings[element] = mark if parent == element else mark | headings[parent]
        for block in range(stack.size):
            words, said, size = words_of[block] or 1, in_title[block], size_of[block] or 1
            heading = headings[leaves[block]]
            scores[block] = 0
            if not said and not heading:
                continue
            alike = 256 * (said if said < size else size) * said // (size * words)
            if words_of[block] <= max_words and (alike >= min_score or heading & 2):
                scores[block] = alike + (h1_score if heading & 2 else 0) + (heading_score if heading else 0)
    return best_blocks(stack, scores)


@cython.cfunc
def fill_since(stack: Stack, columns: ColumnWriter, name: str, anchor: Scratch) -> None:
    """Fill in how many blocks, and how much of the page's prose, stand between each block and an anchor."""
    end, sums = stack.fact("end"), stack.prose_sums("word_weights")
    since, prose_since = columns.column(f"since_{name}"), columns.column(f"prose_since_{name}")
    far: cython.Py_ssize_t = FAR
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        while low < stack.size:
            high, place = end[low], anchor[low]
            total = sums[high] - sums[low] or 1
            if place < 0:
                for block in range(low, high):
                    since[block] = -far - 1
                    prose_since[block] = 0
            else:
                for block in range(low, high):
                    away = block - place
                    since[block] = far if away > far else -far if away < -far else away
                    prose_since[block] = (sums[block] - sums[place]) / total
            low = high


@cython.cfunc
def fill_anchor(stack: Stack, columns: ColumnWriter, name: str, anchor: Scratch) -> None:
    """Fill in `fill_since`, and how much of the page's prose the smallest element holds that holds both."""
    fill_since(stack, columns, name, anchor)
    end, pages, leaves, sums = stack.fact("end"), stack.fact("pages"), stack.leaves, stack.prose_sums("word_weights")
    parents, element_pages = stack.element_fact("parents"), stack.element_fact("pages")
    first_blocks, end_blocks = stack.element_fact("first_blocks"), stack.element_fact("end_blocks")
    shared = columns.column(f"shared_{name}")
    elements, held = stack.elements, stack.scratch(stack.elements)
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    element: cython.Py_ssize_t = 0
    with cython.nogil:
        while low < stack.size:
            high, place, page = end[low], anchor[low], pages[low]
            total = sums[high] - sums[low] or 1
            if place < 0:
                for block in range(low, high):
                    shared[block] = -1
                low = high
                continue
            while element < elements and element_pages[element] < page:
                element += 1
            while element < elements and element_pages[element] == page:
                parent = parents[element]
                if parent == element or first_blocks[element] <= place < end_blocks[element]:
                    held[element] = sums[end_blocks[element]] - sums[first_blocks[element]]
                else:
                    held[element] = held[parent]
                element += 1
            for block in range(low, high):
                shared[block] = held[leaves[block]] / total
            low = high


def parts(stack: Stack, columns: ColumnWriter) -> None:
    """Which of the page's articles and main headings the block stands in or behind, and how many there are."""
    if stack.blocks.elements is None:
        return
    end, pages, leaves = stack.fact("end"), stack.fact("pages"), stack.leaves
    parents, tags = stack.element_fact("parents"), stack.element_fact("tags")
    element_pages = stack.element_fact("pages")
    article, articles = columns.column("article"), columns.column("articles")
    h1, h1s = columns.column("h1"), columns.column("h1s")
    numbers, inside = stack.scratch(stack.elements), stack.scratch(stack.elements)
    article_tag: cython.longlong = TAG_NUMBERS["article"]
    h1_tag: cython.longlong = TAG_NUMBERS["h1"]
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    element: cython.Py_ssize_t = 0
    with cython.nogil:
        while low < stack.size:
            high, page = end[low], pages[low]
            count = headings = 0
            while element < stack.elements and element_pages[element] < page:
                element += 1
            while element < stack.elements and element_pages[element] == page:
                parent, tag = parents[element], tags[element]
                number = heading = 0
                if parent != element:
                    number, heading = numbers[parent], inside[parent]
                if not number and tag == article_tag:
                    count += 1
                    number = count
                numbers[element] = number
                inside[element] = 1 if tag == h1_tag else heading
                element += 1
            before = 0
            for block in range(low, high):
                now = inside[leaves[block]]
                if now and not before:
                    headings += 1
                before = now
                article[block] = numbers[leaves[block]]
                articles[block] = count
                h1[block] = headings
            for block in range(low, high):
                h1s[block] = headings
            low = high
