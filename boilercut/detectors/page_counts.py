"""What is counted on whole pages: figures of their blocks and elements, and the words of their class and id names."""

from __future__ import annotations

from typing import Any

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import Column, Scratch, Stack, column_in
else:
    from boilercut._native.stack_py import Column, Scratch, Stack, column_in
from boilercut.page import TAG_NUMBERS

FIGURES = (
    "blocks", "prose", "prose_share", "linked_share", "dated", "bylines", "comments", "priced", "repeated",
    "repeated_prose", "largest_prose", "alike", "alike_prose", "alike_dated", "alike_dated_prose",
)  # fmt: skip
"""The figures that `count_figures` writes, one array each, with one entry per page."""
MIN_BYLINE_SHARE = 0.3
"""Share of a block's words that the phrases of bylines must cover for it to count as one."""
MAX_LABEL_WORDS = 4
"""Maximum number of words of a label, whose words are looked at."""
MIN_REPEATED_BLOCKS = 2
"""An element with fewer blocks is a paragraph, not a post with an author or a date."""
MIN_DATE_DIGITS = 3
"""Digits from which a block that is no prose is taken for a date; so is one with the name of a month."""


def count_figures(stack: Stack, figures: dict[str, Any]) -> None:
    """Write the figures of each page, by name, into arrays of zeros."""
    end, pages, prose, weights = stack.fact("end"), stack.fact("pages"), stack.fact("prose"), stack.fact("words")
    characters, linked, currency = stack.fact("characters"), stack.fact("link_characters"), stack.fact("currency")
    months, bylines_of, comments_of = stack.covered("months"), stack.covered("bylines"), stack.covered("comments")
    number, in_prose, dated = column_in(figures["blocks"]), column_in(figures["prose"]), column_in(figures["dated"])
    prose_share, linked_share = column_in(figures["prose_share"]), column_in(figures["linked_share"])
    bylines, comments = column_in(figures["bylines"]), column_in(figures["comments"])
    priced, largest = column_in(figures["priced"]), column_in(figures["largest_prose"])
    byline: cython.double = MIN_BYLINE_SHARE
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        while low < stack.size:
            high, page = end[low], pages[low]
            held = of_prose = of_links = most = 0
            for block in range(low, high):
                held += characters[block]
                of_links += linked[block]
                if prose[block]:
                    in_prose[page] += 1
                    of_prose += characters[block]
                    if characters[block] > most:
                        most = characters[block]
                if months[block] > 0:
                    dated[page] += 1
                if bylines_of[block] > byline * weights[block]:
                    bylines[page] += 1
                if comments_of[block] > 0:
                    comments[page] += 1
                if currency[block] > 0:
                    priced[page] += 1
            number[page] = high - low
            prose_share[page] = of_prose / (held or 1)
            linked_share[page] = of_links / (held or 1)
            largest[page] = most / (of_prose or 1)
            low = high
    count_repeated(stack, column_in(figures["repeated"]), column_in(figures["repeated_prose"]))
    count_alike(stack, figures)


@cython.cfunc
def count_repeated(stack: Stack, repeated: Column, repeated_prose: Column) -> None:
    """Count the elements with prose that share one name, at most, and the share of the page's prose in such."""
    end, pages, sums = stack.fact("end"), stack.fact("pages"), stack.prose_sums("characters")
    names, page_of = stack.element_fact("names"), stack.element_fact("pages")
    first_blocks, end_blocks = stack.element_fact("first_blocks"), stack.element_fact("end_blocks")
    unique_names = stack.blocks.elements.unique_names
    unnamed: cython.longlong = unique_names.index("") if "" in unique_names else -1
    counted, times = stack.zeros(len(unique_names)), stack.scratch(len(unique_names))
    masses = stack.scratch(len(unique_names))
    least: cython.longlong = MIN_REPEATED_BLOCKS
    low: cython.Py_ssize_t = 0
    element: cython.Py_ssize_t
    with cython.nogil:
        for element in range(stack.elements):
            name, page = names[element], page_of[element]
            held = sums[end_blocks[element]] - sums[first_blocks[element]]
            if held <= 0 or name == unnamed or end_blocks[element] - first_blocks[element] < least:
                continue
            if counted[name] != page + 1:
                counted[name], times[name], masses[name] = page + 1, 0, 0
            times[name] += 1
            masses[name] += held
            if times[name] > repeated[page]:
                repeated[page] = times[name]
            if times[name] > 1 and masses[name] > repeated_prose[page]:
                repeated_prose[page] = masses[name]
        while low < stack.size:
            page = pages[low]
            repeated_prose[page] = repeated_prose[page] / (sums[end[low]] - sums[low] or 1)
            low = end[low]


@cython.cfunc
def count_alike(stack: Stack, figures: dict[str, Any]) -> None:
    """Count the children of one element that have one tag, one class and prose, at most, and their share of the prose.

    Numbers in names do not count, so posts with their own ids are alike. The same is counted of those with a date.
    """
    end, sums, dates = stack.fact("end"), stack.prose_sums("characters"), dated_sums(stack)
    first_blocks, end_blocks = stack.element_fact("first_blocks"), stack.element_fact("end_blocks")
    alike, alike_prose = column_in(figures["alike"]), column_in(figures["alike_prose"])
    with_date, with_date_prose = column_in(figures["alike_dated"]), column_in(figures["alike_dated_prose"])
    size, numbers = stack.elements, stack.siblings()
    times, masses, dated = stack.zeros(size), stack.zeros(size), stack.zeros(size)
    totals, pages, page_of = stack.scratch(len(stack.blocks.schema)), stack.fact("pages"), stack.element_fact("pages")
    least: cython.longlong = MIN_REPEATED_BLOCKS
    low: cython.Py_ssize_t = 0
    element: cython.Py_ssize_t
    with cython.nogil:
        while low < stack.size:
            totals[pages[low]] = sums[end[low]] - sums[low]
            low = end[low]
        for element in range(size):
            low, high, number = first_blocks[element], end_blocks[element], numbers[element]
            if high - low >= least and sums[high] > sums[low]:
                times[number] += 1
                masses[number] += sums[high] - sums[low]
                if dates[high] > dates[low]:
                    dated[number] += 1
        for element in range(size):
            page, number = page_of[element], numbers[element]
            if times[number] > 1:
                share = masses[number] / totals[page]
                alike[page] = max(alike[page], times[number])
                alike_prose[page] = max(alike_prose[page], share)
                with_date[page] = max(with_date[page], dated[number])
                if dated[number] > 1:
                    with_date_prose[page] = max(with_date_prose[page], share)


@cython.cfunc
def dated_sums(stack: Stack) -> Scratch:
    """Return how many blocks that are no prose hold a date, before each block and in all."""
    months, digits, prose = stack.covered("months"), stack.fact("digits"), stack.fact("prose")
    least: cython.longlong = MIN_DATE_DIGITS
    sums = stack.zeros(stack.size + 1)
    block: cython.Py_ssize_t
    with cython.nogil:
        for block in range(stack.size):
            sums[block + 1] = sums[block]
            if not prose[block] and (digits[block] >= least or months[block] > 0):
                sums[block + 1] += 1
    return sums


def used_words(
    stack: Stack, words: Any, body_words: Any, label_words: Any, label_blocks: Any, different: int
) -> list[list[int]]:
    """Return the distinct words that each page uses, as numbers below `different`; -1 is a word that does not count.

    `words` has the number of each word of names, `body_words` its number where the name stands on a page's body, and
    `label_words` the number of each word of labels, which stand in `label_blocks`.
    """
    names, page_of, tags = stack.element_fact("names"), stack.element_fact("pages"), stack.element_fact("tags")
    pages, name_of = stack.fact("pages"), stack.lent(stack.blocks.elements.name_tokens.blocks)
    word_of, body_word_of = stack.lent(words), stack.lent(body_words)
    label_word_of, block_of = stack.lent(label_words), stack.lent(label_blocks)
    begins, seen_names = stack.zeros(len(stack.blocks.elements.unique_names) + 1), stack.zeros(stack.elements)
    seen_words = stack.zeros(different)
    body: cython.longlong = TAG_NUMBERS["body"]
    of_names: cython.Py_ssize_t = len(words)
    of_text: cython.Py_ssize_t = len(label_words)
    element: cython.Py_ssize_t
    place: cython.Py_ssize_t
    found: list[list[int]] = [[] for _ in stack.blocks.schema]
    for place in range(of_names - 1, -1, -1):
        begins[name_of[place]] = place
    for element in range(stack.elements):
        name, page = names[element], page_of[element]
        if seen_names[name] == page + 1 and tags[element] != body:
            continue
        seen_names[name] = page + 1
        place = begins[name]
        while place < of_names and name_of[place] == name:
            add_word(word_of[place], page, seen_words, found)
            if tags[element] == body:
                add_word(body_word_of[place], page, seen_words, found)
            place += 1
    for place in range(of_text):
        add_word(label_word_of[place], pages[block_of[place]], seen_words, found)
    return found


@cython.cfunc
def add_word(word: cython.longlong, page: cython.longlong, seen: Scratch, found: list[list[int]]) -> None:
    """Note a word that counts, unless it was seen on this page; labels share none with names."""
    if word >= 0 and seen[word] != page + 1:
        seen[word] = page + 1
        found[page].append(word)
