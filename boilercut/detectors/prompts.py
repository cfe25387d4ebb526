"""Prompts: blocks made of the phrases that sites say to every visitor.

One detector for most lists in `boilercut/blocks/phrase_lists/`: the share of the block's words that phrases of the list
cover, and the same for the blocks around it. A phrase alone decides nothing: in a long paragraph it covers little, and
only the model weighs it.
"""

from __future__ import annotations

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import Column, ColumnWriter, Integers, Stack
else:
    from boilercut._native.stack_py import Column, ColumnWriter, Integers, Stack

BOILERPLATE_LISTS = (
    "navigation", "related", "newsletter", "comments", "share", "consent", "legal", "adverts", "pagination", "forms",
    "chrome",
)  # fmt: skip
"""Phrase lists of what is not the article."""
NEAR = 3
"""Number of blocks to each side that are near."""
MAX_CAPTCHA_NUMBERS = 3
"""Maximum number of numbers in a sum that a form asks for."""
MAX_HEADING_WORDS = 8
"""Maximum number of words of a heading of a section, such as "Leave a comment"."""
FAR = 999
"""Longest distance in blocks; also that to what the page does not have."""


def phrases(stack: Stack, columns: ColumnWriter, name: str, opens_section: bool = False) -> None:
    """Share of words that the list's phrases cover, in the block and nearby; and what stands behind such blocks."""
    covered, matches_of, words = stack.covered(name), stack.matches(name), stack.fact("words")
    share, matches, near = columns.zeros("share"), columns.zeros("matches"), columns.zeros("near")
    block: cython.Py_ssize_t
    found: cython.bint = False
    with cython.nogil:
        for block in range(stack.size):
            if covered[block]:
                share[block] = covered[block] / (words[block] or 1)
                matches[block] = matches_of[block]
                found = True
    if found:
        fill_near(stack, covered, near)
    if opens_section:
        fill_behind(stack, covered, columns)


def prompts(stack: Stack, columns: ColumnWriter) -> None:
    """Share of words covered by the phrases of any list, here and nearby: a short block of nothing else says it all."""
    words, share, near = stack.fact("words"), columns.column("share"), columns.column("near")
    together = stack.zeros(stack.size)
    block: cython.Py_ssize_t
    for name in BOILERPLATE_LISTS:
        covered = stack.covered(name)
        for block in range(stack.size):
            together[block] += covered[block]
    for block in range(stack.size):
        together[block] = together[block] if together[block] < words[block] else words[block]
        share[block] = together[block] / (words[block] or 1)
    fill_near(stack, together, near)


def captcha(stack: Stack, columns: ColumnWriter) -> None:
    """Sums that a form asks people to do, such as "6 + 18 =": few words, all of them numbers, and signs between."""
    digits, letters = stack.fact("digits"), stack.fact("word_characters")
    words, symbols = stack.fact("words"), stack.fact("symbols")
    found = columns.zeros("")
    most: cython.longlong = MAX_CAPTCHA_NUMBERS
    block: cython.Py_ssize_t
    with cython.nogil:
        for block in range(stack.size):
            if digits[block] and digits[block] == letters[block] and words[block] <= most and symbols[block] >= 2:
                found[block] = 1


@cython.cfunc
def fill_near(stack: Stack, covered: Integers, near: Column) -> None:
    """Fill in the share of words covered in the block and `NEAR` blocks to each side together."""
    end, sums, covered_sums = stack.fact("end"), stack.sums("words"), stack.scratch(stack.size + 1)
    reach: cython.Py_ssize_t = NEAR
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    before: cython.longlong = 0
    with cython.nogil:
        for block in range(stack.size):
            covered_sums[block] = before
            before += covered[block]
        covered_sums[stack.size] = before
        while low < stack.size:
            high = end[low]
            for block in range(low, high):
                first = block - reach if block - reach > low else low
                stop = block + reach + 1 if block + reach < high else high
                near[block] = (covered_sums[stop] - covered_sums[first]) / (sums[stop] - sums[first] or 1)
            low = high


@cython.cfunc
def fill_behind(stack: Stack, covered: Integers, columns: ColumnWriter) -> None:
    """Fill in the blocks since the last heading of the section, and the page's share of prose before the first."""
    end, words, sums = stack.fact("end"), stack.fact("words"), stack.prose_sums("word_weights")
    since, prose_before = columns.column("since"), columns.column("prose_before")
    far: cython.Py_ssize_t = FAR
    most: cython.longlong = MAX_HEADING_WORDS
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    with cython.nogil:
        while low < stack.size:
            high = end[low]
            latest, first = low - far, high
            for block in range(low, high):
                if covered[block] and 2 * covered[block] >= words[block] and words[block] <= most:
                    latest = block
                    if first == high:
                        first = block
                since[block] = far if block - latest > far else block - latest
            share = (sums[first] - sums[low]) / (sums[high] - sums[low] or 1)
            for block in range(low, high):
                prose_before[block] = share
            low = high
