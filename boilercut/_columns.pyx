# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: freethreading_compatible=True
"""The detectors' columns in C, for the compiled build: one kernel a detector, one pass or a few over all blocks.

Each fills in `columns`, a row a column in the order of the detector's function, which is its twin: that one gives the
same bits, says what the columns are called, and is where to read what they mean. `tests/test_native.py` compares the
two. Kernels divide whole numbers and do nothing else that rounds; they work on memory that their caller allocated, keep
nothing, and let go of the interpreter's lock.
"""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from boilercut._shared cimport *


cdef inline int64_t clipped(int64_t value, int64_t most) noexcept nogil:
    return max(min(value, most), -most)


cdef inline bint is_any(int64_t value, const int64_t[::1] wanted) noexcept nogil:
    cdef Py_ssize_t place
    for place in range(wanted.shape[0]):
        if wanted[place] == value:
            return True
    return False


cdef inline int64_t page_sum(const int64_t* values, Py_ssize_t low, Py_ssize_t high) noexcept nogil:
    cdef Py_ssize_t place
    cdef int64_t total = 0
    for place in range(low, high):
        total += values[place]
    return total


cdef inline int64_t prose_words(const int64_t[:, ::1] table, Py_ssize_t block) noexcept nogil:
    return table[WORD_WEIGHTS, block] if table[PROSE, block] else 0


cdef inline int64_t prose_characters(const int64_t[:, ::1] table, Py_ssize_t block) noexcept nogil:
    return table[CHARACTERS, block] if table[PROSE, block] else 0


cdef void turn_into_runs(double* member, const int64_t[:, ::1] table) noexcept nogil:
    """Turn flags of members into the length of the run of members that each stands in; runs end with their page."""
    cdef Py_ssize_t low = 0, high, place, size = table.shape[1]
    while low < size:
        high = low + 1
        while high < size and member[high] == member[low] and table[FIRST, high] == table[FIRST, low]:
            high += 1
        if member[low]:
            for place in range(low, high):
                member[place] = high - low
        low = high


def shape(const int64_t[:, ::1] table, const int64_t[::1] function_words, double[:, ::1] columns):
    cdef Py_ssize_t block
    cdef int64_t words, characters
    with nogil:
        for block in range(table.shape[1]):
            words = table[WORDS, block]
            characters = table[CHARACTERS, block]
            columns[0, block] = characters
            columns[1, block] = words
            columns[2, block] = share(table[WORD_CHARACTERS, block], words)
            columns[3, block] = table[LONGEST_WORD, block]
            columns[4, block] = table[SENTENCES, block]
            columns[5, block] = share(words, table[SENTENCES, block])
            columns[6, block] = share(table[COMMAS, block], words)
            columns[7, block] = share(table[PUNCTUATIONS, block], characters)
            columns[8, block] = table[SEPARATORS, block]
            columns[9, block] = share(table[SYMBOLS, block], characters)
            columns[10, block] = table[CURRENCIES, block]
            columns[11, block] = share(table[DIGITS, block], characters)
            columns[12, block] = share(table[UPPERS, block], table[WORD_CHARACTERS, block])
            columns[13, block] = share(table[CAPITALISED, block], words - table[UNSPACEDS, block])
            columns[14, block] = share(table[UNSPACEDS, block], words)
            columns[15, block] = share(function_words[block], words)


def edges(
    const int64_t[:, ::1] table, const int64_t[::1] arrows, const int64_t[::1] bullets, int64_t most_blank_lines,
    int64_t most_indent, double[:, ::1] columns,
):
    cdef Py_ssize_t block
    cdef int64_t first, last, first_code, last_code
    with nogil:
        for block in range(table.shape[1]):
            first, first_code = table[FIRST_CLASS, block], table[FIRST_CODE, block]
            last, last_code = table[LAST_CLASS, block], table[LAST_CODE, block]
            columns[0, block] = (last & SENTENCE_END) != 0
            columns[1, block] = last_code == c":"
            columns[2, block] = last_code == c"?"
            columns[3, block] = is_any(last_code, arrows)
            columns[4, block] = (last & WORD) != 0
            columns[5, block] = (first & UPPER) != 0
            columns[6, block] = (first & LOWER) != 0
            columns[7, block] = (first & DIGIT) != 0
            columns[8, block] = (first & (PUNCTUATION | SYMBOL)) != 0
            columns[9, block] = is_any(first_code, bullets)
            columns[10, block] = first_code == c"#"
            columns[11, block] = first_code == c"|"
            columns[12, block] = min(table[BLANK_LINES, block], most_blank_lines)
            columns[13, block] = min(table[INDENTS, block], most_indent)


def links(const int64_t[:, ::1] table, Py_ssize_t reach, double[:, ::1] columns):
    cdef const int64_t* linked
    cdef const int64_t* characters
    cdef Py_ssize_t low = 0, high, block
    cdef double on_page
    with nogil:
        while low < table.shape[1]:
            high = table[END, low]
            linked, characters = &table[LINK_CHARACTERS, 0], &table[CHARACTERS, 0]
            on_page = share(page_sum(linked, low, high), page_sum(characters, low, high))
            for block in range(low, high):
                columns[0, block] = share(linked[block], characters[block])
                columns[1, block] = linked[block]
                columns[2, block] = share(
                    sum_near(linked, table, block, reach), sum_near(characters, table, block, reach)
                )
                columns[3, block] = on_page
            low = high


def headlines(
    const int64_t[:, ::1] table, const int64_t[::1] months, int64_t min_title, int64_t max_title, int64_t max_label,
    int64_t max_dated, Py_ssize_t reach, double[:, ::1] columns,
):
    cdef Py_ssize_t block, place, low, high, size = table.shape[1]
    cdef int64_t words, titles_near, dated_near
    cdef bint title, label, dated, unfinished
    with nogil:
        for block in range(size):
            words = table[WORDS, block] - table[UNSPACEDS, block] // 2
            unfinished = (table[LAST_CLASS, block] & SENTENCE_END) == 0
            title = min_title <= words <= max_title and unfinished and table[SENTENCES, block] <= 1
            label = words <= max_label and unfinished
            dated = words <= max_dated and has_date(table, months, block)
            columns[0, block] = title
            columns[1, block] = title or dated
            columns[2, block] = label
            columns[3, block] = label or title or dated
            columns[5, block] = dated
        for block in range(size):
            low = max(block - reach, <Py_ssize_t>table[FIRST, block])
            high = min(block + reach + 1, <Py_ssize_t>table[END, block])
            titles_near = dated_near = 0
            for place in range(low, high):
                titles_near += columns[0, place] != 0
                dated_near += columns[5, place] != 0
            columns[4, block] = share(titles_near, high - low)
            columns[6, block] = share(dated_near, high - low)
        if size:
            for place in range(1, 4):
                turn_into_runs(&columns[place, 0], table)


cdef inline bint has_date(const int64_t[:, ::1] table, const int64_t[::1] months, Py_ssize_t block) noexcept nogil:
    cdef int64_t digits = table[DIGITS, block]
    if months[block] > 0 and digits > 0:
        return True
    return digits >= 4 and table[PUNCTUATIONS, block] >= 1 and 8 * digits >= table[CHARACTERS, block]


def lists(
    const int64_t[:, ::1] table, const int64_t[::1] bullets, const int64_t[::1] colons, int64_t max_numbered,
    int64_t far, double[:, ::1] columns,
):
    cdef Py_ssize_t block, size = table.shape[1], colon = -1, prose = -1
    with nogil:
        for block in range(size):
            columns[0, block] = is_any(table[FIRST_CODE, block], bullets) or (
                table[FIRST_CLASS, block] & DIGIT and table[WORDS, block] <= max_numbered
            )
            columns[1, block] = (block > table[FIRST, block] and is_like_the_next(table, block - 1)) or (
                block + 1 < table[END, block] and is_like_the_next(table, block)
            )
            if is_any(table[LAST_CODE, block], colons):
                colon = block
            if table[PROSE, block]:
                prose = block
            columns[2, block] = min(block - colon, far) if colon >= table[FIRST, block] else far
            columns[3, block] = min(block - prose, far) if prose >= table[FIRST, block] else far
        if size:
            turn_into_runs(&columns[0, 0], table)
            turn_into_runs(&columns[1, 0], table)


cdef inline bint is_like_the_next(const int64_t[:, ::1] table, Py_ssize_t block) noexcept nogil:
    """Tell whether a block and the next begin and end in the same way, and are as long in whole steps of two."""
    cdef uint64_t one = max(table[CHARACTERS, block], 1), other = max(table[CHARACTERS, block + 1], 1)
    return (
        table[FIRST_CLASS, block] == table[FIRST_CLASS, block + 1]
        and table[LAST_CLASS, block] == table[LAST_CLASS, block + 1]
        and (one ^ other) <= (one & other)  # the highest bit is the same
    )


def phrases(
    const int64_t[:, ::1] table, const int64_t[::1] covered, const int64_t[::1] matches, Py_ssize_t reach,
    double[:, ::1] columns,
):
    """Fill in the first three rows; most lists have no phrase on a page, and are soon done with."""
    cdef Py_ssize_t block, size = table.shape[1]
    cdef bint found = False
    with nogil:
        for block in range(size):
            found |= covered[block] != 0
            columns[0, block] = columns[1, block] = columns[2, block] = 0
        if found:
            for block in range(size):
                columns[0, block] = share(covered[block], table[WORDS, block])
                columns[1, block] = matches[block]
                columns[2, block] = share(
                    sum_near(&covered[0], table, block, reach), sum_near(&table[WORDS, 0], table, block, reach)
                )


def behind_headings(
    const int64_t[:, ::1] table, const int64_t[::1] covered, int64_t max_heading, int64_t far, double[:, ::1] columns
):
    """Fill in from row 3 on: blocks since the last heading of the section, the share of prose before the first."""
    cdef Py_ssize_t low = 0, high, block, latest
    cdef int64_t before, total
    with nogil:
        while low < table.shape[1]:
            high = table[END, low]
            latest = -1
            before = total = 0
            for block in range(low, high):
                if covered[block] > 0 and 2 * covered[block] >= table[WORDS, block] <= max_heading:
                    if latest < 0:
                        before = total
                    latest = block
                total += prose_words(table, block)
                columns[3, block] = far if latest < 0 else min(block - latest, far)
            if latest < 0:
                before = total
            for block in range(low, high):
                columns[4, block] = share(before, total)
            low = high


def prompts(
    const int64_t[:, ::1] table, const int64_t[:, ::1] covered, const int64_t[::1] lists, Py_ssize_t reach,
    int64_t[::1] together, double[:, ::1] columns,
):
    """Fill in the share of words that any of some lists covers; `together` is room for how many each block has."""
    cdef Py_ssize_t block, place
    with nogil:
        for block in range(table.shape[1]):
            together[block] = 0
            for place in range(lists.shape[0]):
                together[block] += covered[lists[place], block]
            together[block] = min(together[block], table[WORDS, block])
        for block in range(table.shape[1]):
            columns[0, block] = share(together[block], table[WORDS, block])
            columns[1, block] = share(
                sum_near(&together[0], table, block, reach), sum_near(&table[WORDS, 0], table, block, reach)
            )


def captcha(const int64_t[:, ::1] table, int64_t max_numbers, double[:, ::1] columns):
    cdef Py_ssize_t block
    with nogil:
        for block in range(table.shape[1]):
            columns[0, block] = (
                0 < table[DIGITS, block] == table[WORD_CHARACTERS, block] and table[WORDS, block] <= max_numbers
                and table[SYMBOLS, block] >= 2
            )


def repetition(
    const int64_t[:, ::1] table, const uint64_t[::1] fingerprints, uint64_t[::1] slots, uint8_t[::1] used,
    int64_t[:, ::1] seen, double[:, ::1] columns,
):
    """`seen` has two rows, room for a number and a position a slot."""
    cdef Py_ssize_t low = 0, high, block, slot
    cdef int64_t repeated
    with nogil:
        for block in range(table.shape[1]):
            slot = slot_of(page_key(fingerprints[block], table[PAGE, block]), slots, used)
            if not used[slot]:
                used[slot] = 1
                slots[slot] = page_key(fingerprints[block], table[PAGE, block])
                seen[0, slot] = 0
                seen[1, slot] = block
            seen[0, slot] += 1
        while low < table.shape[1]:
            high = table[END, low]
            repeated = 0
            for block in range(low, high):
                slot = slot_of(page_key(fingerprints[block], table[PAGE, block]), slots, used)
                columns[0, block] = seen[0, slot]
                columns[1, block] = seen[1, slot] != block
                repeated += seen[0, slot] > 1
            for block in range(low, high):
                columns[2, block] = share(repeated, high - low)
            low = high


def position(const int64_t[:, ::1] table, double[:, ::1] columns):
    cdef Py_ssize_t low = 0, high, block
    cdef int64_t before, total
    with nogil:
        while low < table.shape[1]:
            high = table[END, low]
            total = page_sum(&table[CHARACTERS, 0], low, high)
            before = 0
            for block in range(low, high):
                columns[0, block] = block - low
                columns[1, block] = high - 1 - block
                columns[2, block] = share(block - low, high - low)
                columns[3, block] = share(before, total)
                columns[4, block] = high - low
                columns[5, block] = total
                before += table[CHARACTERS, block]
            low = high


def prose(const int64_t[:, ::1] table, int64_t short_block_cost, int64_t far, double[:, ::1] columns):
    cdef Py_ssize_t low = 0
    with nogil:
        while low < table.shape[1]:
            prose_of_page(table, short_block_cost, far, low, table[END, low], columns)
            low = table[END, low]


cdef void prose_of_page(
    const int64_t[:, ::1] table, int64_t short_block_cost, int64_t far, Py_ssize_t low, Py_ssize_t high,
    double[:, ::1] columns,
) noexcept nogil:
    cdef Py_ssize_t block, first, stop, first_prose = high, last_prose = low - 1, latest = -1, upcoming = -1
    cdef int64_t total = 0, weights = 0, before = 0
    best_run(table, short_block_cost, low, high, &first, &stop)
    for block in range(low, high):
        weights += table[WORD_WEIGHTS, block]
        if table[PROSE, block]:
            total += table[WORD_WEIGHTS, block]
            first_prose = min(first_prose, block)
            last_prose = block
    for block in range(high - 1, low - 1, -1):
        if table[PROSE, block]:
            upcoming = block
        columns[5, block] = far if upcoming < 0 else min(upcoming - block, far)
    for block in range(low, high):
        if table[PROSE, block]:
            latest = block
        columns[0, block] = table[PROSE, block]
        columns[1, block] = total
        columns[2, block] = share(total, weights)
        columns[3, block] = share(before, total)
        columns[4, block] = far if latest < 0 else min(block - latest, far)
        columns[6, block] = clipped(block - first if block < first else max(block - stop + 1, 0), far)
        columns[7, block] = clipped(block - first, far)
        columns[8, block] = clipped(block - first_prose, far)
        columns[9, block] = clipped(block - last_prose, far)
        before += prose_words(table, block)


cdef void best_run(
    const int64_t[:, ::1] table, int64_t short_block_cost, Py_ssize_t low, Py_ssize_t high, Py_ssize_t* first,
    Py_ssize_t* stop,
) noexcept nogil:
    """Find the run of blocks with the most words of prose, what is none taking some off (Kadane)."""
    cdef Py_ssize_t block, lowest = low
    cdef int64_t total = 0, least = 0, gain = 0
    first[0] = stop[0] = low
    for block in range(low, high):
        total += table[WORD_WEIGHTS, block] if table[PROSE, block] else -short_block_cost
        if total < least:
            least = total
            lowest = block + 1
        if total - least > gain:
            gain = total - least
            first[0] = lowest
            stop[0] = block + 1


def topic(const int64_t[:, ::1] table, const int64_t[::1] in_core, double most_covered, double[:, ::1] columns):
    cdef Py_ssize_t block
    with nogil:
        for block in range(table.shape[1]):
            columns[0, block] = share(in_core[block], table[WORDS, block])
            columns[1, block] = share(table[IN_TITLE, block], table[WORDS, block])
            columns[2, block] = min(share(table[IN_TITLE, block], table[TITLE_WORDS, block]), most_covered)


def page(
    const int64_t[:, ::1] table, const int64_t[::1] function_words, const int64_t[::1] months, int64_t max_short,
    int64_t min_long, const int64_t[:, ::1] declared, double[:, ::1] columns,
):
    """`declared` has a row a page, with a value for each of the last columns."""
    cdef Py_ssize_t low = 0, high, block, row
    cdef int64_t words, sentences, function, dates, priced, short, long, linked
    with nogil:
        while low < table.shape[1]:
            high = table[END, low]
            words = page_sum(&table[WORDS, 0], low, high)
            sentences = page_sum(&table[SENTENCES, 0], low, high)
            function = page_sum(&function_words[0], low, high)
            dates = priced = short = long = linked = 0
            for block in range(low, high):
                dates += months[block] > 0
                priced += table[CURRENCIES, block] > 0
                short += table[WORD_WEIGHTS, block] <= max_short
                long += table[WORD_WEIGHTS, block] >= min_long
                linked += 2 * table[LINK_CHARACTERS, block] > table[CHARACTERS, block]
            for block in range(low, high):
                columns[0, block] = share(words, high - low)
                columns[1, block] = share(short, high - low)
                columns[2, block] = sentences
                columns[3, block] = share(function, words)
                columns[4, block] = dates
                columns[5, block] = share(priced, high - low)
                columns[6, block] = share(linked, high - low)
                columns[7, block] = long
                for row in range(declared.shape[1]):
                    columns[8 + row, block] = declared[table[PAGE, block], row]
            low = high


def word_sums(const int64_t[:, ::1] sums, int64_t most, double[:, ::1] columns):
    """Fill in the columns of a list of learned words from their total, number, lowest and highest weight."""
    cdef Py_ssize_t block
    with nogil:
        for block in range(sums.shape[1]):
            columns[0, block] = clipped(sums[0, block], most)
            columns[1, block] = share(sums[0, block], sums[1, block])
            columns[2, block] = sums[2, block]
            columns[3, block] = sums[3, block]


# --- where blocks stand from the page's anchors ---


cdef inline Py_ssize_t best_place(const int64_t* scores, Py_ssize_t low, Py_ssize_t high) noexcept nogil:
    """Return the first of the highest scores, or -1 where none is above 0."""
    cdef Py_ssize_t place, best = -1
    cdef int64_t highest = 0
    for place in range(low, high):
        if scores[place] > highest:
            highest = scores[place]
            best = place
    return best


cdef void fill_since(
    const int64_t[:, ::1] table, Py_ssize_t low, Py_ssize_t high, Py_ssize_t place, int64_t total, int64_t far,
    double* since, double* prose_since,
) noexcept nogil:
    """Fill in how many blocks, and how much of the page's prose, stand between each block and a place."""
    cdef Py_ssize_t block
    cdef int64_t between = 0
    for block in range(low, place):
        between -= prose_words(table, block)
    for block in range(low, high):
        since[block] = clipped(block - place, far) if place >= 0 else -far - 1
        prose_since[block] = share(between, total) if place >= 0 else 0
        between += prose_words(table, block)


def anchors_of_text(
    const int64_t[:, ::1] table, int64_t far, int64_t[::1] scores, double[:, ::1] columns
):
    cdef Py_ssize_t low = 0, high, block
    cdef int64_t total
    with nogil:
        while low < table.shape[1]:
            high = table[END, low]
            total = 0
            for block in range(low, high):
                scores[block] = prose_words(table, block)
                total += scores[block]
            fill_since(table, low, high, best_place(&scores[0], low, high), total, far, &columns[0, 0], &columns[1, 0])
            low = high


def anchors(
    const int64_t[:, ::1] table, const int64_t[:, ::1] elements, const int64_t[::1] leaves,
    const int64_t[::1] title_scores, const int64_t[::1] description_scores, int64_t far, double most_pairs,
    int64_t[:, ::1] room, double[:, ::1] columns,
):
    """`room` has two rows, for a number a block and a number an element, and one more entry than there are of either."""
    cdef Py_ssize_t low = 0, high, block, anchor, first_element = 0, end_element
    cdef Py_ssize_t places[4]
    cdef int64_t total
    with nogil:
        for block in range(table.shape[1]):
            columns[0, block] = share(table[IN_DESCRIPTION, block], table[WORDS, block])
            columns[1, block] = min(
                share(table[DESCRIBED_PAIRS, block], table[DESCRIPTION_WORDS, block]), most_pairs
            )
        while low < table.shape[1]:
            high = table[END, low]
            total = 0
            for block in range(low, high):
                room[0, block] = prose_words(table, block)
                total += room[0, block]
            places[0] = best_place(&title_scores[0], low, high)
            places[2] = best_place(&room[0, 0], low, high)
            places[3] = best_place(&description_scores[0], low, high)
            places[1] = places[2]
            for block in range(max(places[0], low), high):
                if table[PROSE, block]:
                    places[1] = block
                    break
            end_element = page_end(elements, table[PAGE, low], &first_element)
            for anchor in range(4):
                fill_since(
                    table, low, high, places[anchor], total, far, &columns[2 + anchor, 0], &columns[6 + anchor, 0]
                )
                fill_shared(
                    table, elements, leaves, low, high, first_element, end_element, places[anchor], total, room,
                    &columns[10 + anchor, 0],
                )
            first_element = end_element
            low = high


cdef inline Py_ssize_t page_end(
    const int64_t[:, ::1] elements, int64_t page, Py_ssize_t* first
) noexcept nogil:
    """Move `first` on to the first element of a page; return where the page's elements end."""
    cdef Py_ssize_t end
    while first[0] < elements.shape[1] and elements[ELEMENT_PAGE, first[0]] < page:
        first[0] += 1
    end = first[0]
    while end < elements.shape[1] and elements[ELEMENT_PAGE, end] == page:
        end += 1
    return end


cdef void fill_shared(
    const int64_t[:, ::1] table, const int64_t[:, ::1] elements, const int64_t[::1] leaves,
    Py_ssize_t low, Py_ssize_t high, Py_ssize_t first_element, Py_ssize_t end_element, Py_ssize_t place, int64_t total,
    int64_t[:, ::1] room, double* shared,
) noexcept nogil:
    """Fill in how much of the page's prose the smallest element holds that holds the block and the place."""
    cdef Py_ssize_t block, element
    cdef int64_t before = 0
    if place < 0:
        for block in range(low, high):
            shared[block] = -1
        return
    for block in range(low, high):
        room[0, block] = before
        before += prose_words(table, block)
    room[0, high] = before
    for element in range(first_element, end_element):
        if (
            elements[FIRST_BLOCK, element] <= place < elements[END_BLOCK, element]
            or elements[PARENT, element] == element
        ):
            room[1, element] = room[0, elements[END_BLOCK, element]] - room[0, elements[FIRST_BLOCK, element]]
        else:
            room[1, element] = room[1, elements[PARENT, element]]
    for block in range(low, high):
        shared[block] = share(room[1, leaves[block]], total)


def score_titles(
    const int64_t[:, ::1] table, const int64_t[:, ::1] elements, const int64_t[::1] leaves, const int64_t[::1] headings,
    int64_t max_words, int64_t min_score, int64_t h1_score, int64_t heading_score,
    int64_t[::1] path, int64_t[::1] scores,
):
    """Score each block as its page's heading; `headings` marks tags (2: a main heading, 1: a lower one)."""
    cdef Py_ssize_t block, element
    cdef int64_t words, said, size, alike, heading
    with nogil:
        for element in range(elements.shape[1]):
            path[element] = headings[elements[TAG, element]]
            if elements[PARENT, element] != element:
                path[element] |= path[elements[PARENT, element]]
        for block in range(table.shape[1]):
            words = max(table[WORDS, block], 1)
            said = table[IN_TITLE, block]
            size = max(table[TITLE_WORDS, block], 1)
            alike = 256 * min(said, size) * said // (size * words)
            heading = path[leaves[block]]
            if table[WORDS, block] <= max_words and (alike >= min_score or heading & 2):
                scores[block] = alike + (h1_score if heading & 2 else 0) + (heading_score if heading else 0)
            else:
                scores[block] = 0


# --- where blocks stand in the tree ---


def parts(
    const int64_t[:, ::1] table, const int64_t[:, ::1] elements, const int64_t[::1] leaves, int64_t article_tag,
    int64_t h1_tag, int64_t[:, ::1] room, double[:, ::1] columns,
):
    """`room` has two rows: for the number of the article that holds an element, and whether it stands in an h1."""
    cdef Py_ssize_t low = 0, high, block, element = 0, parent
    cdef int64_t articles, headings
    cdef bint inside
    with nogil:
        while low < table.shape[1]:
            high = table[END, low]
            articles = headings = 0
            while element < elements.shape[1] and elements[ELEMENT_PAGE, element] <= table[PAGE, low]:
                if elements[ELEMENT_PAGE, element] < table[PAGE, low]:
                    element += 1
                    continue
                parent = elements[PARENT, element]
                room[0, element] = 0 if parent == element else room[0, parent]
                room[1, element] = elements[TAG, element] == h1_tag or (parent != element and room[1, parent])
                if not room[0, element] and elements[TAG, element] == article_tag:
                    articles += 1
                    room[0, element] = articles
                element += 1
            inside = False
            for block in range(low, high):
                if room[1, leaves[block]] and not inside:
                    headings += 1
                inside = room[1, leaves[block]] != 0
                columns[0, block] = room[0, leaves[block]]
                columns[1, block] = articles
                columns[2, block] = headings
            for block in range(low, high):
                columns[3, block] = headings
            low = high


def tags(
    const int64_t[:, ::1] table, const int64_t[:, ::1] elements, const int64_t[::1] leaves,
    const int64_t[::1] path_bits, int path_tags, const uint8_t[::1] inline_tags, const uint8_t[::1] heading_tags,
    int64_t h1_bit, int64_t far, int64_t[:, ::1] room, double[:, ::1] columns,
):
    """`room` has three rows: for marks on the path, the nearest element that is not inline, and the depth."""
    cdef Py_ssize_t low = 0, high, block, element, parent, h1 = -1
    cdef int64_t tag
    cdef int bit
    with nogil:
        for element in range(elements.shape[1]):
            parent, tag = elements[PARENT, element], elements[TAG, element]
            room[0, element] = path_bits[tag] | elements[HIDDEN, element] << path_tags
            room[1, element] = element
            room[2, element] = 1
            if parent != element:
                room[0, element] |= room[0, parent]
                room[2, element] += room[2, parent]
                if inline_tags[tag]:
                    room[1, element] = room[1, parent]
        for block in range(table.shape[1]):
            element = leaves[block]
            tag = elements[TAG, room[1, element]]
            for bit in range(path_tags):
                columns[bit, block] = room[0, element] >> bit & 1
            columns[path_tags, block] = elements[TAG, element]
            columns[path_tags + 1, block] = tag
            columns[path_tags + 2, block] = heading_tags[tag]
            columns[path_tags + 3, block] = room[0, element] >> path_tags & 1
            columns[path_tags + 4, block] = room[2, element]
        while low < table.shape[1]:
            high = table[END, low]
            h1 = low
            while h1 < high and not room[0, leaves[h1]] & h1_bit:
                h1 += 1
            for block in range(low, high):
                columns[path_tags + 5, block] = clipped(block - h1, far) if h1 < high else -far - 1
            low = high


def hints(
    const int64_t[:, ::1] table, const int64_t[:, ::1] elements, const int64_t[::1] leaves, const int64_t[::1] marks,
    const uint8_t[::1] frame_tags, int size, int comments, int64_t[::1] path, double[:, ::1] columns,
):
    """`marks` has the kinds that each distinct name speaks for, as bits; `comments` is the bit of one of them."""
    cdef Py_ssize_t low = 0, high, block, element
    cdef int64_t commented, total
    cdef int bit
    with nogil:
        for element in range(elements.shape[1]):
            path[element] = 0 if frame_tags[elements[TAG, element]] else marks[elements[NAME, element]]
            if elements[PARENT, element] != element:
                path[element] |= path[elements[PARENT, element]]
        while low < table.shape[1]:
            high = table[END, low]
            commented = total = 0
            for block in range(low, high):
                for bit in range(size):
                    columns[bit, block] = path[leaves[block]] >> bit & 1
                total += prose_characters(table, block)
                if path[leaves[block]] >> comments & 1:
                    commented += prose_characters(table, block)
            for block in range(low, high):
                columns[size, block] = share(commented, total)
            low = high


cdef void sign(
    const int64_t[:, ::1] elements, const uint64_t[::1] hashes, const int64_t[::1] owners, uint64_t[::1] names,
    uint64_t[::1] signatures,
) noexcept nogil:
    """Hash each element's tag and class words; `names` is room for a hash a distinct name, and zero."""
    cdef Py_ssize_t place
    for place in range(hashes.shape[0]):
        names[owners[place]] += hashes[place]
    for place in range(elements.shape[1]):
        signatures[place] = ngram_hash(<uint64_t>elements[TAG, place], names[elements[NAME, place]])


def containers(
    const int64_t[:, ::1] table, const int64_t[:, ::1] elements, const int64_t[::1] leaves,
    const int64_t[::1] alike, const int64_t[::1] main_tenths, int levels, int64_t[:, ::1] room, double[:, ::1] columns,
):
    """`room` has seven rows, with one more entry than there are blocks or elements.

    They are for sums before each block (characters, in links, in prose), the same of each element, and its container.
    """
    cdef Py_ssize_t low, high, block, element, level, column = 8 * levels, place
    cdef int64_t mass, linked, prose, size, total, page_prose
    with nogil:
        sum_before(table, elements, room)
        for element in range(elements.shape[1]):
            room[6, element] = element
            if wraps(elements, element):
                room[6, element] = room[6, elements[PARENT, element]]
        for block in range(table.shape[1]):
            low, high = table[FIRST, block], table[END, block]
            total, page_prose = room[0, high] - room[0, low], room[2, high] - room[2, low]
            element = leaves[block]
            for level in range(levels):
                element = room[6, element]
                mass, linked, prose = room[3, element], room[4, element], room[5, element]
                size = elements[END_BLOCK, element] - elements[FIRST_BLOCK, element]
                columns[level, block] = share(mass, total)
                columns[levels + level, block] = share(linked, mass)
                columns[2 * levels + level, block] = share(prose, mass)
                columns[3 * levels + level, block] = share(prose, page_prose)
                columns[4 * levels + level, block] = share(mass, size)
                columns[5 * levels + level, block] = size
                columns[6 * levels + level, block] = alike[element]
                columns[7 * levels + level, block] = elements[TAG, element]
                element = elements[PARENT, element]
        for place in range(main_tenths.shape[0]):
            main_container(table, elements, leaves, main_tenths[place], room, columns, column + 2 * place)


cdef inline bint wraps(const int64_t[:, ::1] elements, Py_ssize_t element) noexcept nogil:
    """Tell whether an element's parent holds the same blocks, and it is not the root."""
    cdef Py_ssize_t parent = elements[PARENT, element]
    return (
        parent != element and elements[FIRST_BLOCK, parent] == elements[FIRST_BLOCK, element]
        and elements[END_BLOCK, parent] == elements[END_BLOCK, element]
    )


cdef void sum_before(const int64_t[:, ::1] table, const int64_t[:, ::1] elements, int64_t[:, ::1] room) noexcept nogil:
    cdef Py_ssize_t block, element, row
    room[0, 0] = room[1, 0] = room[2, 0] = 0
    for block in range(table.shape[1]):
        room[0, block + 1] = room[0, block] + table[CHARACTERS, block]
        room[1, block + 1] = room[1, block] + table[LINK_CHARACTERS, block]
        room[2, block + 1] = room[2, block] + prose_characters(table, block)
    for row in range(3):
        for element in range(elements.shape[1]):
            room[3 + row, element] = room[row, elements[END_BLOCK, element]] - room[row, elements[FIRST_BLOCK, element]]


cdef void main_container(
    const int64_t[:, ::1] table, const int64_t[:, ::1] elements, const int64_t[::1] leaves, int64_t tenths,
    int64_t[:, ::1] room, double[:, ::1] columns, Py_ssize_t column,
) noexcept nogil:
    """Fill in how many containers lie between the block and the smallest with much of the prose, and what that holds.

    Rows 1 and 4 of `room` are free by now: they get that container, and how many containers lie above an element.
    """
    cdef Py_ssize_t block = 0, element, parent, main, low, high
    cdef int64_t own
    for element in range(elements.shape[1]):
        parent = elements[PARENT, element]
        while block < table.shape[1] and table[PAGE, block] < elements[ELEMENT_PAGE, element]:
            block = table[END, block]
        own = 0
        if block < table.shape[1] and table[PAGE, block] == elements[ELEMENT_PAGE, element]:
            own = room[2, table[END, block]] - room[2, table[FIRST, block]]
        room[4, element] = room[6, element] == element
        if parent != element:
            room[4, element] += room[4, parent]
        room[1, element] = element
        if parent != element and not (own > 0 and 10 * room[5, element] >= tenths * own):
            room[1, element] = room[1, parent]
    for block in range(table.shape[1]):
        low, high, main = table[FIRST, block], table[END, block], room[1, leaves[block]]
        columns[column, block] = room[4, leaves[block]] - room[4, main]
        columns[column + 1, block] = share(room[3, main], room[0, high] - room[0, low])


def count_alike(
    const int64_t[:, ::1] elements, const uint64_t[::1] hashes, const int64_t[::1] owners, uint64_t[::1] names,
    uint64_t[::1] signatures, uint64_t[::1] slots, uint8_t[::1] used, int64_t[::1] counts, int64_t[::1] alike,
):
    """Count for each element the children of its parent that hold text and have the same tag and class words."""
    cdef Py_ssize_t element, slot
    with nogil:
        sign(elements, hashes, owners, names, signatures)
        for element in range(elements.shape[1]):
            signatures[element] = ngram_hash(signatures[element], <uint64_t>elements[PARENT, element])
            slot = slot_of(signatures[element], slots, used)
            if not used[slot]:
                used[slot] = 1
                slots[slot] = signatures[element]
                counts[slot] = 0
            counts[slot] += elements[END_BLOCK, element] > elements[FIRST_BLOCK, element]
            alike[element] = slot
        for element in range(elements.shape[1]):
            alike[element] = counts[alike[element]]


def pattern(
    const int64_t[:, ::1] table, const int64_t[:, ::1] elements, const int64_t[::1] leaves,
    const uint64_t[::1] hashes, const int64_t[::1] owners, uint64_t[::1] names, uint64_t[::1] signatures,
    uint64_t[::1] slots, uint8_t[::1] used, int64_t[:, ::1] sums, int64_t[::1] places, double[:, ::1] columns,
):
    """`sums` has four rows, room for a slot's blocks, characters, those in links, and prose."""
    cdef Py_ssize_t low = 0, high, block, slot, element, step
    cdef uint64_t place
    cdef int64_t total
    with nogil:
        sign(elements, hashes, owners, names, signatures)
        for block in range(table.shape[1]):
            element = leaves[block]
            place = signatures[element]
            for step in range(3):
                element = elements[PARENT, element]
                place = ngram_hash(place, signatures[element])
            place = ngram_hash(place, <uint64_t>table[PAGE, block])
            slot = slot_of(place, slots, used)
            if not used[slot]:
                used[slot] = 1
                slots[slot] = place
                for step in range(4):
                    sums[step, slot] = 0
            places[block] = slot
            sums[0, slot] += 1
            sums[1, slot] += table[CHARACTERS, block]
            sums[2, slot] += table[LINK_CHARACTERS, block]
            sums[3, slot] += table[PROSE, block]
        while low < table.shape[1]:
            high = table[END, low]
            total = page_sum(&table[CHARACTERS, 0], low, high)
            for block in range(low, high):
                slot = places[block]
                columns[0, block] = sums[0, slot]
                columns[1, block] = share(sums[1, slot], total)
                columns[2, block] = share(sums[1, slot], sums[0, slot])
                columns[3, block] = share(sums[2, slot], sums[1, slot])
                columns[4, block] = share(sums[3, slot], sums[0, slot])
            low = high


def class_words(
    const int64_t[:, ::1] table, const int64_t[:, ::1] elements, const int64_t[::1] leaves,
    const int64_t[:, ::1] sums, int64_t most, int64_t most_on_path, int nearest, int64_t[:, ::1] room,
    double[:, ::1] columns,
):
    """`sums` has the distinct names' weights; `room` three rows, for their sum, lowest and highest along the path."""
    cdef Py_ssize_t block, element, parent, name
    cdef int64_t total, low, high
    cdef int step
    with nogil:
        for element in range(elements.shape[1]):
            parent, name = elements[PARENT, element], elements[NAME, element]
            room[0, element] = clipped(sums[0, name], most)
            room[1, element] = sums[2, name]
            room[2, element] = sums[3, name]
            if parent != element:
                room[0, element] += room[0, parent]
                room[1, element] = min(room[1, element], room[1, parent])
                room[2, element] = max(room[2, element], room[2, parent])
        for block in range(table.shape[1]):
            element = leaves[block]
            total = low = high = 0
            for step in range(nearest):
                name, parent = elements[NAME, element], elements[PARENT, element]
                total += clipped(sums[0, name], most)
                low, high = min(low, sums[2, name]), max(high, sums[3, name])
                if parent == element:
                    break
                element = parent
            columns[0, block] = clipped(sums[0, elements[NAME, leaves[block]]], most)
            columns[1, block] = clipped(total, most)
            columns[2, block] = low
            columns[3, block] = high
            columns[4, block] = clipped(room[0, leaves[block]], most_on_path)
            columns[5, block] = room[1, leaves[block]]
            columns[6, block] = room[2, leaves[block]]
