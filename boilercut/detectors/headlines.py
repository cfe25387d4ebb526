"""Lists of headlines: the "related videos" link farms, runs of titles that link elsewhere."""

from __future__ import annotations

try:
    import cython
except ModuleNotFoundError:
    from boilercut._native.cython_stub import cython
if cython.compiled:
    from cython.cimports.boilercut._native.stack import ColumnWriter, Stack, is_date
else:
    from boilercut._native.stack_py import ColumnWriter, Stack, is_date
from boilercut.blocks.characters import SENTENCE_END

MIN_TITLE_WORDS, MAX_TITLE_WORDS = 3, 26
"""Headlines are neither labels nor paragraphs."""
MAX_LABEL_WORDS = 5
"""Maximum number of words of a label, such as an entry of a menu."""
MAX_DATED_WORDS = 40
"""Maximum number of words of a block that counts as dated: longer ones are paragraphs with a date in them."""
NEAR = 6
"""Number of blocks to each side that are near."""


def headlines(stack: Stack, columns: ColumnWriter) -> None:
    """Runs of title-like, dated or label-like blocks: one headline is a title, thirty are a link farm."""
    words_of, unspaced, sentences = stack.fact("words"), stack.fact("unspaced"), stack.fact("sentences")
    last_class, digits_of, characters = stack.fact("last_class"), stack.fact("digits"), stack.fact("characters")
    punctuation, months, end = stack.fact("punctuation"), stack.covered("months"), stack.fact("end")
    title_like, title_run = columns.column("title_like"), columns.column("title_run")
    label_run, short_run = columns.column("label_run"), columns.column("short_run")
    near, dated_column = columns.column("near"), columns.column("dated")
    dated_near = columns.column("dated_near")
    titles, dates = stack.scratch(stack.size + 1), stack.scratch(stack.size + 1)
    sentence_end: cython.longlong = SENTENCE_END
    min_title: cython.longlong = MIN_TITLE_WORDS
    max_title: cython.longlong = MAX_TITLE_WORDS
    max_label: cython.longlong = MAX_LABEL_WORDS
    max_dated: cython.longlong = MAX_DATED_WORDS
    reach: cython.Py_ssize_t = NEAR
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t
    block: cython.Py_ssize_t
    titles_before: cython.longlong = 0
    dates_before: cython.longlong = 0
    title: cython.bint
    label: cython.bint
    dated: cython.bint
    with cython.nogil:
        for block in range(stack.size):
            words, digits = words_of[block] - unspaced[block] // 2, digits_of[block]
            label = title = dated = False
            if not last_class[block] & sentence_end:
                label = words <= max_label
                title = min_title <= words <= max_title and sentences[block] <= 1
            if words <= max_dated:
                dated = is_date(digits, months[block], punctuation[block], characters[block])
            title_like[block] = title
            title_run[block] = title or dated
            label_run[block] = label
            short_run[block] = label or title or dated
            dated_column[block] = dated
            titles[block], dates[block] = titles_before, dates_before
            titles_before += title
            dates_before += dated
        titles[stack.size], dates[stack.size] = titles_before, dates_before
        while low < stack.size:
            high = end[low]
            for block in range(low, high):
                first = block - reach if block - reach > low else low
                stop = block + reach + 1 if block + reach < high else high
                near[block] = (titles[stop] - titles[first]) / (stop - first or 1)
                dated_near[block] = (dates[stop] - dates[first]) / (stop - first or 1)
            low = high
    stack.run_lengths(title_run)
    stack.run_lengths(label_run)
    stack.run_lengths(short_run)
