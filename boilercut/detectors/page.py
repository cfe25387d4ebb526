"""The page as a whole: what it declares itself to be, and what most of its blocks look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import ColumnWriter, Stack
else:
    from boilercut._native.stack_py import ColumnWriter, Stack

TYPES = {
    "article": ("article", "posting", "report", "recipe"),
    "product": ("product", "offer", "vehicle"),
    "thread": ("discussion", "qapage", "question", "comment", "socialmedia"),
    "listing": ("itemlist", "collection", "searchresults", "jobposting", "event"),
    "website": ("website", "organization", "localbusiness", "service"),
}
"""Schema.org and Open Graph types, by parts of their names, grouped by the sort of page they mark."""

MAX_SHORT_WORDS = 4
"""Maximum number of words of a short block."""
LONG_PARAGRAPH_WORDS = 40
"""Number of words from which a block is a long paragraph."""
MAX_ADDRESS_CHARACTERS = 2000
"""Characters at the beginning of an address that are looked at."""
# Each is one class over and over, or tried at the beginning only: they cannot backtrack badly.
_HOST = re.compile(r"^[a-z]{0,10}:?//[^/]*", re.IGNORECASE)
_PATH_MARKS = re.compile(r"[/?]")
_LETTERS = re.compile(r"[^\W\d_]+")


def page(stack: Stack, columns: ColumnWriter) -> None:
    """What sort of page this is; the same for all its blocks."""
    end, currency, weights = stack.fact("end"), stack.fact("currency"), stack.fact("word_weights")
    linked_characters, characters = stack.fact("link_characters"), stack.fact("characters")
    words_sums, sentence_sums = stack.sums("words"), stack.sums("sentences")
    function_words_of, months = stack.covered("function_words"), stack.covered("months")
    words_per_block, short_share = columns.column("words_per_block"), columns.column("short_share")
    sentences, function_words = columns.column("sentences"), columns.column("function_words")
    dates, priced_share = columns.column("dates"), columns.column("priced_share")
    linked_share, long_paragraphs = columns.column("linked_share"), columns.column("long_paragraphs")
    max_short: cython.longlong = MAX_SHORT_WORDS
    min_long: cython.longlong = LONG_PARAGRAPH_WORDS
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            function = dated = priced = short = long = linked = 0
            for block in range(low, high):
                function += function_words_of[block]
                if months[block] > 0:
                    dated += 1
                if currency[block] > 0:
                    priced += 1
                if weights[block] <= max_short:
                    short += 1
                elif weights[block] >= min_long:
                    long += 1
                if 2 * linked_characters[block] > characters[block]:
                    linked += 1
            size, words = high - low or 1, words_sums[high] - words_sums[low]
            of_sentences = sentence_sums[high] - sentence_sums[low]
            for block in range(low, high):
                words_per_block[block] = words / size
                short_share[block] = short / size
                sentences[block] = of_sentences
                function_words[block] = function / (words or 1)
                dates[block] = dated
                priced_share[block] = priced / size
                linked_share[block] = linked / size
                long_paragraphs[block] = long
            low = high
    if stack.blocks.kind == "html":
        fill_by_page(stack, columns, declared(stack.blocks.schema, stack.blocks.addresses))


def page_type(stack: Stack, columns: ColumnWriter, scores_of: Callable[[object], Mapping[str, list[int]]]) -> None:
    """How likely the page is of each type, in hundredths of log-odds; the same for all its blocks."""
    if stack.blocks.kind == "html":
        fill_by_page(stack, columns, scores_of(stack))


def fill_by_page(stack: Stack, columns: ColumnWriter, values: Mapping[str, list[int]]) -> None:
    """Fill columns of which each page has one value."""
    end, pages = stack.fact("end"), stack.fact("pages")
    low: cython.Py_ssize_t
    block: cython.Py_ssize_t
    for name, by_page in values.items():
        column, low = columns.column(name), 0
        while low < stack.size:
            value: cython.double = by_page[pages[low]]
            for block in range(low, end[low]):
                column[block] = value
            low = end[low]


def declared(schemas: tuple[str, ...], addresses: tuple[str, ...]) -> dict[str, list[int]]:
    """Return what HTML pages say of themselves, by the column's name: one number per page."""
    types = [schema.lower() for schema in schemas]
    named = {
        f"declares_{name}": [int(any(part in own for part in parts)) for own in types] for name, parts in TYPES.items()
    }
    facts = [_address_facts(address) for address in addresses]
    for row, name in enumerate(("address_depth", "address_words", "address_digits")):
        named[name] = [own[row] for own in facts]
    return named


def _address_facts(address: str) -> tuple[int, int, int]:
    """Return how deep an address goes, the words of its last part, and its digits; -1 where it is not known.

    A home page is its site's root; an article's address tends to end in its title or to hold a date.
    """
    if not address:
        return -1, -1, -1
    path = _HOST.sub("", address[:MAX_ADDRESS_CHARACTERS])
    parts = [part for part in _PATH_MARKS.split(path) if part]
    words = len(_LETTERS.findall(parts[-1])) if parts else 0
    return len(parts), words, sum(map(str.isdecimal, path))
