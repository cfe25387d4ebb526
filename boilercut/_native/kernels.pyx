# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: freethreading_compatible=True
"""The loops that Python is too slow for, compiled; `kernels_py.py` has the same in NumPy.

Kernels work on whole numbers and on memory that their caller allocated, keep nothing, and release the interpreter's
lock. `tests/test_kernels.py` tests both versions.
"""

from libc.math cimport rint
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from boilercut._native.shared cimport *

cdef extern from *:
    """
    /* Processors with AVX2 run a version of their own, where compiler and loader can choose: comparisons are exact. */
    #if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
    #define BOILERCUT_FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
    #else
    #define BOILERCUT_FOR_EACH_PROCESSOR
    #endif
    BOILERCUT_FOR_EACH_PROCESSOR static void boilercut_lose_leaves(
        const float* const* values, const float* limits, const uint32_t* bits, uint32_t* lost, Py_ssize_t size
    ) {
        const float *one = values[0], *two = values[1], *three = values[2];
        const float limit_one = limits[0], limit_two = limits[1], limit_three = limits[2];
        const uint32_t bits_one = bits[0], bits_two = bits[1], bits_three = bits[2];
        for (Py_ssize_t block = 0; block < size; block++) {
            lost[block] |= (one[block] > limit_one ? bits_one : 0) | (two[block] > limit_two ? bits_two : 0)
                | (three[block] > limit_three ? bits_three : 0);
        }
    }
    """
    void lose_leaves "boilercut_lose_leaves" (
        const float* const* values, const float* limits, const uint32_t* bits, uint32_t* lost, Py_ssize_t size
    ) noexcept nogil

cdef enum:
    MAX_LEAVES = 16
    CHUNK_BLOCKS = 256
    TOGETHER = 8  # blocks that processors compare at a time
    MAX_SCANNED = 4  # keys of a bucket; a fuller one, which only lists chosen for it have, is halved first
    # what a slot of said words holds
    IN_THE_TITLE = 1
    IN_THE_DESCRIPTION = 2
    PAIR_IN_THE_DESCRIPTION = 4

cdef uint64_t NUMBER_HASH = 0x23
cdef uint16_t COUNTED = UPPER | DIGIT | COMMA | PUNCTUATION | SEPARATOR | SYMBOL | CURRENCY | UNSPACED | SENTENCE_END


cdef struct Span:
    uint64_t hash
    uint64_t power


cdef inline void extend(Span* span, uint64_t key) noexcept nogil:
    span.hash += key * span.power
    span.power *= BASE


cdef inline uint16_t class_of(uint32_t code, const uint16_t* classes) noexcept nogil:
    if code < PLANE:
        return classes[code]
    if 0x20000 <= code < 0x40000:
        return WORD | UNSPACED
    return WORD if code < 0x1F000 or code >= 0x20000 else SYMBOL


def measure_spans(
    str text, const int64_t[::1] starts, const int64_t[::1] ends,
    const uint16_t[::1] class_table, const uint16_t[::1] key_table, int64_t unspaced_per_word, int64_t min_prose_words,
    int64_t[:, :] table, uint64_t[::1] fingerprints, uint64_t[::1] hashes, int64_t[::1] owners,
):
    """Fill in the facts of each span of text and its words; return how many words there are."""
    cdef Py_ssize_t block, count = 0
    cdef int width = PyUnicode_KIND(text)
    cdef const void* codes = PyUnicode_DATA(text)
    with nogil:
        for block in range(starts.shape[0]):
            if width == 1:
                count = measure_span(
                    <const uint8_t*>codes, starts[block], ends[block], &class_table[0], &key_table[0],
                    block, table, &fingerprints[block], hashes, owners, count,
                )
            elif width == 2:
                count = measure_span(
                    <const uint16_t*>codes, starts[block], ends[block], &class_table[0], &key_table[0],
                    block, table, &fingerprints[block], hashes, owners, count,
                )
            else:
                count = measure_span(
                    <const uint32_t*>codes, starts[block], ends[block], &class_table[0], &key_table[0],
                    block, table, &fingerprints[block], hashes, owners, count,
                )
            weigh(table, block, unspaced_per_word, min_prose_words)
    return count


cdef inline void weigh(
    int64_t[:, :] table, Py_ssize_t block, int64_t unspaced_per_word, int64_t min_prose_words
) noexcept nogil:
    """Tell prose from links, headlines and labels."""
    cdef int64_t unspaced = table[ROW_UNSPACED, block]
    cdef int64_t weight = table[ROW_WORDS, block] - unspaced + unspaced // unspaced_per_word
    cdef bint unmarked = UNMARKED_FIRST <= table[ROW_LAST_CODE, block] < UNMARKED_END
    table[ROW_WORD_WEIGHTS, block] = weight
    table[ROW_PROSE, block] = (
        weight >= min_prose_words
        and (table[ROW_SENTENCES, block] >= 1 or (unmarked and weight >= UNMARKED_PARTS * min_prose_words))
        and 2 * table[ROW_LINK_CHARACTERS, block] < table[ROW_CHARACTERS, block]
    )


cdef Py_ssize_t measure_span(
    const Code* codes, int64_t start, int64_t end, const uint16_t* classes, const uint16_t* keys,
    Py_ssize_t block, int64_t[:, :] facts, uint64_t* fingerprint, uint64_t[::1] hashes, int64_t[::1] owners,
    Py_ssize_t count,
) noexcept nogil:
    cdef Span whole = Span(0, 1), word = Span(0, 1)
    cdef int64_t place, word_start = -1, words = 0, letters = 0, longest = 0, capitalised = 0, sentences = 0
    cdef int64_t counts[8]
    cdef int bit
    cdef bint number = False
    cdef uint32_t code
    cdef uint64_t key
    cdef uint16_t kind = class_of(codes[start], classes), following = 0
    for bit in range(8):
        counts[bit] = 0
    for place in range(start, end):
        code = codes[place]
        following = class_of(codes[place + 1], classes) if place + 1 < end else SPACE
        key = keys[code] if code < PLANE else code
        extend(&whole, key)
        if kind & (WORD | UNSPACED):
            if word_start < 0:
                word_start = place
                word = Span(0, 1)
                number = True
                if kind & UPPER:
                    capitalised += 1
            extend(&word, key)
            number = number and key == 48
            if kind & UNSPACED or (following & (WORD | UNSPACED)) != WORD:
                hashes[count] = NUMBER_HASH if number else mixed(word.hash)
                owners[count] = block
                count += 1
                words += 1
                letters += place + 1 - word_start
                longest = max(longest, place + 1 - word_start)
                word_start = -1
        if kind & COUNTED:
            counts[0] += (kind & UPPER) != 0
            counts[1] += (kind & DIGIT) != 0
            counts[2] += (kind & COMMA) != 0
            counts[3] += (kind & PUNCTUATION) != 0
            counts[4] += (kind & SEPARATOR) != 0
            counts[5] += (kind & SYMBOL) != 0
            counts[6] += (kind & CURRENCY) != 0
            counts[7] += (kind & UNSPACED) != 0
            if kind & SENTENCE_END and following & (SPACE | CLOSER | UNSPACED):
                sentences += 1
        kind = following
    facts[ROW_WORDS, block] = words
    facts[ROW_WORD_CHARACTERS, block] = letters
    facts[ROW_LONGEST_WORD, block] = longest
    facts[ROW_CAPITALISED, block] = capitalised
    facts[ROW_SENTENCES, block] = sentences
    for bit in range(8):
        facts[ROW_UPPER + bit, block] = counts[bit]
    facts[ROW_FIRST_CLASS, block] = class_of(codes[start], classes)
    facts[ROW_FIRST_CODE, block] = codes[start]
    place = max(end - 1, start)
    for bit in range(2):
        if place > start and class_of(codes[place], classes) & CLOSER:
            place -= 1
    facts[ROW_LAST_CLASS, block] = class_of(codes[place], classes)
    facts[ROW_LAST_CODE, block] = codes[place]
    facts[ROW_CHARACTERS, block] = end - start
    fingerprint[0] = mixed(whole.hash)
    return count


cdef inline Py_ssize_t row_of(
    uint64_t wanted, const uint64_t[::1] keys, const uint32_t[::1] first, int shift, const uint8_t[::1] present
) noexcept nogil:
    """Return the row of a hash in the sorted `keys`, or -1; see `boilercut.blocks.words.HashIndex`."""
    cdef uint64_t bucket = wanted >> shift
    cdef Py_ssize_t row, end, middle
    if not present[bucket] >> (wanted >> (shift - 3) & 7) & 1:
        return -1
    row, end = first[bucket], first[bucket + 1]
    while end - row > MAX_SCANNED:
        middle = (row + end) // 2
        if keys[middle] < wanted:
            row = middle + 1
        else:
            end = middle + 1
    while row < end:
        if keys[row] == wanted:
            return row
        row += 1
    return -1


cdef inline void count_bits(int64_t bits, Py_ssize_t block, int64_t[:, ::1] counts) noexcept nogil:
    while bits:
        counts[lowest_bit(<uint64_t>bits), block] += 1
        bits &= bits - 1


cdef struct Gram:
    uint64_t hash
    Py_ssize_t row, end


cdef inline bint grow(
    Gram* gram, Py_ssize_t start, const uint64_t[::1] hashes, const int64_t[::1] blocks,
    const uint64_t[::1] keys, const uint32_t[::1] first, int shift, const uint8_t[::1] present,
    const uint8_t[::1] continues, int max_words,
) noexcept nogil:
    """Add the next word to those from `start` on; tell whether they are a phrase, or how one begins."""
    cdef Py_ssize_t end = gram.end
    if end == start:
        gram.hash = hashes[end]
    elif (
        not continues[gram.row] or end == hashes.shape[0] or blocks[end] != blocks[start] or end == start + max_words
    ):
        return False
    else:
        gram.hash = ngram_hash(gram.hash, hashes[end])
    gram.row, gram.end = row_of(gram.hash, keys, first, shift, present), end + 1
    return gram.row >= 0


def find_phrases(
    const uint64_t[::1] hashes, const int64_t[::1] blocks,
    const uint64_t[::1] keys, const uint32_t[::1] first, int shift, const uint8_t[::1] present,
    const int64_t[::1] members, const uint8_t[::1] continues, int max_words,
    int64_t[::1] held, int64_t[:, ::1] covered, int64_t[:, ::1] matches,
):
    """Count for each list (a row) and block the phrases found and the words that they cover."""
    cdef Py_ssize_t place, covering
    cdef Gram gram
    with nogil:
        for place in range(hashes.shape[0]):
            gram.end = place
            while grow(&gram, place, hashes, blocks, keys, first, shift, present, continues, max_words):
                if members[gram.row]:
                    count_bits(members[gram.row], blocks[place], matches)
                    for covering in range(place, gram.end):
                        held[covering] |= members[gram.row]
        for place in range(hashes.shape[0]):
            if held[place]:
                count_bits(held[place], blocks[place], covered)


def mark_phrases(
    const uint64_t[::1] hashes, const int64_t[::1] blocks,
    const uint64_t[::1] keys, const uint32_t[::1] first, int shift, const uint8_t[::1] present,
    const int64_t[::1] members, const uint8_t[::1] continues, int max_words, int64_t[::1] lists,
):
    """Add up for each block, as bits, the lists of the phrases found in it."""
    cdef Py_ssize_t place
    cdef Gram gram
    with nogil:
        for place in range(hashes.shape[0]):
            gram.end = place
            while grow(&gram, place, hashes, blocks, keys, first, shift, present, continues, max_words):
                lists[blocks[place]] |= members[gram.row]


def score_trees(
    const float[:, ::1] inputs, const int64_t[:, ::1] asked, const float[:, ::1] thresholds,
    const uint16_t[:, ::1] lost_leaves, const int64_t[:, ::1] leaves, int64_t[::1] scores,
):
    """Add each tree's answer to each block's score; all arrays of trees have one row per node, one column per tree."""
    cdef Py_ssize_t low = 0, size, tree, block
    cdef float[CHUNK_BLOCKS] last
    with nogil:
        while low < inputs.shape[1]:
            size = min(<Py_ssize_t>CHUNK_BLOCKS, inputs.shape[1] - low)
            for block in range(CHUNK_BLOCKS):
                last[block] = inputs[inputs.shape[0] - 1, low + block] if block < size and inputs.shape[0] else 0
            for tree in range(leaves.shape[0]):
                score_tree(inputs, last, asked, thresholds, lost_leaves, &leaves[tree, 0], tree, low, size, &scores[low])
            low += size


cdef void score_tree(
    const float[:, ::1] inputs, const float* last, const int64_t[:, ::1] asked, const float[:, ::1] thresholds,
    const uint16_t[:, ::1] lost_leaves, const int64_t* leaves, Py_ssize_t tree, Py_ssize_t low, Py_ssize_t size,
    int64_t* scores,
) noexcept nogil:
    """Ask a tree's nodes of all blocks, three at a time, so that what a block has lost is fetched less often.

    Single blocks at the end take as long as many together. So some that are none are asked too: numbers of the next
    input's row, or of `last`, a copy of the last row.
    """
    cdef Py_ssize_t asked_blocks = size if inputs.shape[1] < TOGETHER else (size + TOGETHER - 1) // TOGETHER * TOGETHER
    cdef uint32_t lost[CHUNK_BLOCKS]
    cdef const float* values[3]
    cdef float limits[3]
    cdef uint32_t bits[3]
    cdef Py_ssize_t node, block, row
    cdef int which
    for block in range(asked_blocks):
        lost[block] = 0
    for node in range(0, asked.shape[0], 3):
        for which in range(3):
            row = asked[node + which, tree]
            values[which] = last if row == inputs.shape[0] - 1 else &inputs[row, low]
            limits[which] = thresholds[node + which, tree]
            bits[which] = lost_leaves[node + which, tree]
        lose_leaves(values, limits, bits, lost, asked_blocks)
    for block in range(size):
        scores[block] += leaves[lowest_bit(<uint64_t>~lost[block])]


def split_names(
    list names, const uint16_t[::1] class_table, const uint16_t[::1] key_table, uint64_t[::1] hashes, int64_t[::1] owners,
):
    """Hash the runs of letters in each name, which end at humps; return how many there are."""
    cdef Py_ssize_t owner, count = 0
    cdef str name
    cdef uint32_t code
    cdef uint16_t kind
    cdef uint64_t key
    cdef Span word = Span(0, 1)
    cdef bint inside, number = False, upper = False
    for owner in range(len(names)):
        inside = False
        name = names[owner]
        for code in name:
            kind = class_of(code, &class_table[0])
            if inside and ((kind & (WORD | DIGIT | PUNCTUATION)) != WORD or (kind & UPPER and not upper)):
                hashes[count] = NUMBER_HASH if number else mixed(word.hash)
                owners[count] = owner
                count += 1
                inside = False
            if (kind & (WORD | DIGIT | PUNCTUATION)) == WORD:
                if not inside:
                    inside = number = True
                    word = Span(0, 1)
                key = key_table[code] if code < PLANE else code
                number = number and key == 48
                extend(&word, key)
            upper = (kind & UPPER) != 0
        if inside:
            hashes[count] = NUMBER_HASH if number else mixed(word.hash)
            owners[count] = owner
            count += 1
    return count


def hash_shingles(
    const uint64_t[::1] hashes, const int64_t[::1] blocks, const uint8_t[::1] compared, const int64_t[::1] pages,
    uint64_t[::1] keys, int64_t[::1] begins, int64_t[::1] ends,
):
    """Hash each run of six words of the blocks `compared` that stands on one page, and note where it begins and ends.

    Return their number; there is room for as many as words.
    """
    cdef Py_ssize_t place, size = 0, count = 0
    cdef int64_t begin, end
    with nogil:
        for place in range(hashes.shape[0]):
            if compared[blocks[place]]:
                keys[size], begins[size] = hashes[place], blocks[place]
                size += 1
        for place in range(size - 5):  # never writes where it will read
            begin, end = begins[place], begins[place + 5]
            if pages[begin] == pages[end]:
                keys[count] = page_key(ngram_hash(
                    ngram_hash(
                        ngram_hash(keys[place], keys[place + 1]), ngram_hash(keys[place + 2], keys[place + 3])
                    ),
                    ngram_hash(keys[place + 4], keys[place + 5]),
                ), pages[begin])
                begins[count], ends[count] = begin, end
                count += 1
    return count


def may_hold_copies(
    const uint64_t[::1] keys, const int64_t[::1] begins, const int64_t[::1] words, const uint8_t[::1] droppable,
    int64_t size, int shift, uint8_t[::1] buckets,
):
    """Return whether another of the `keys` falls in the bucket of a droppable block's first key, and of its middle one.

    The keys are those of its runs of `size` words; `buckets`, all 0, are what is left of a key without `shift` bits.
    """
    cdef Py_ssize_t place, middle, last = keys.shape[0] - 1
    cdef bint found = False
    with nogil:
        for place in range(last + 1):
            buckets[keys[place] >> shift] += buckets[keys[place] >> shift] < 2
        for place in range(last + 1):
            if droppable[begins[place]] and (place == 0 or begins[place - 1] != begins[place]):
                middle = min(place + max(words[begins[place]] - size, 0) // 2, last)
                found = found or (buckets[keys[place] >> shift] > 1 and buckets[keys[middle] >> shift] > 1)
    return found


def find_rows(
    const uint64_t[::1] hashes, uint64_t before, const uint64_t[::1] keys, const uint32_t[::1] first, int shift,
    const uint8_t[::1] present, int64_t[::1] rows,
):
    """Look up words, or where `before` is not 0 the pairs of it and them; `rows` of those not there are -1."""
    cdef Py_ssize_t place
    cdef uint64_t wanted
    with nogil:
        for place in range(hashes.shape[0]):
            wanted = ngram_hash(before, hashes[place]) if before else hashes[place]
            rows[place] = row_of(wanted, keys, first, shift, present)


def sum_weights(
    const uint64_t[::1] hashes, const int64_t[::1] blocks, const uint64_t[::1] keys, const uint32_t[::1] first,
    int shift, const uint8_t[::1] present, const int64_t[::1] weights, bint pairs, int64_t[:, ::1] sums,
):
    """Look up words, and pairs of words if asked; rows of `sums`: total, number, lowest and highest weight."""
    cdef Py_ssize_t place, size = hashes.shape[0]
    with nogil:
        for place in range(size):
            add_weight(row_of(hashes[place], keys, first, shift, present), blocks[place], weights, sums)
            if pairs and place + 1 < size and blocks[place] == blocks[place + 1]:
                add_weight(
                    row_of(ngram_hash(hashes[place], hashes[place + 1]), keys, first, shift, present),
                    blocks[place], weights, sums,
                )


cdef inline void add_weight(
    Py_ssize_t row, Py_ssize_t block, const int64_t[::1] weights, int64_t[:, ::1] sums
) noexcept nogil:
    if row >= 0:
        sums[0, block] += weights[row]
        sums[1, block] += 1
        sums[2, block] = min(sums[2, block], weights[row])
        sums[3, block] = max(sums[3, block], weights[row])


def count_said(
    const uint64_t[::1] hashes, const int64_t[::1] blocks, const uint64_t[::1] title, const int64_t[::1] title_pages,
    const uint64_t[::1] description, const int64_t[::1] description_pages,
    uint64_t[::1] slots, uint8_t[::1] marks, int64_t[:, ::1] table,
):
    """Count each block's words, and pairs of words, that its page's title and description of itself hold."""
    cdef Py_ssize_t place, block, size = hashes.shape[0]
    cdef int64_t page
    cdef uint8_t here, next_one = 0
    with nogil:
        mark_said(title, title_pages, IN_THE_TITLE, False, slots, marks)
        mark_said(description, description_pages, IN_THE_DESCRIPTION, False, slots, marks)
        mark_said(description, description_pages, PAIR_IN_THE_DESCRIPTION, True, slots, marks)
        count_by_page(title_pages, table, ROW_TITLE_WORDS)
        count_by_page(description_pages, table, ROW_DESCRIPTION_WORDS)
        for place in range(size - 1, -1, -1):  # from the end, so that what a word is marked with is looked up once
            block = blocks[place]
            page = table[ROW_PAGES, block]
            here = marks[slot_of(page_key(hashes[place], page), slots, marks)]
            table[ROW_IN_TITLE, block] += (here & IN_THE_TITLE) != 0
            if here & IN_THE_DESCRIPTION:
                table[ROW_IN_DESCRIPTION, block] += 1
                if next_one & IN_THE_DESCRIPTION and blocks[place + 1] == block:
                    table[ROW_DESCRIBED_PAIRS, block] += (
                        marks[slot_of(page_key(ngram_hash(hashes[place], hashes[place + 1]), page), slots, marks)]
                        & PAIR_IN_THE_DESCRIPTION
                    ) != 0
            next_one = here


cdef void mark_said(
    const uint64_t[::1] said, const int64_t[::1] pages, uint8_t mark, bint pairs, uint64_t[::1] slots,
    uint8_t[::1] marks,
) noexcept nogil:
    """Mark the words, or the pairs of words, that are said of a page."""
    cdef Py_ssize_t place, slot
    cdef uint64_t key
    for place in range(said.shape[0] - pairs):
        if pairs and pages[place] != pages[place + 1]:
            continue
        key = page_key(ngram_hash(said[place], said[place + 1]) if pairs else said[place], pages[place])
        slot = slot_of(key, slots, marks)
        slots[slot] = key
        marks[slot] |= mark


cdef void count_by_page(const int64_t[::1] pages, int64_t[:, ::1] table, Py_ssize_t row) noexcept nogil:
    """Count how often each block's page is among `pages`; both are in order."""
    cdef Py_ssize_t block, low = 0, high = 0
    for block in range(table.shape[1]):
        while low < pages.shape[0] and pages[low] < table[ROW_PAGES, block]:
            low += 1
        high = max(high, low)
        while high < pages.shape[0] and pages[high] == table[ROW_PAGES, block]:
            high += 1
        table[row, block] = high - low


def count_core(
    const uint64_t[::1] hashes, const int64_t[::1] blocks, const int64_t[:, ::1] table, uint64_t[::1] slots,
    uint8_t[::1] used, int64_t[:, ::1] said, int64_t[::1] places, int64_t[::1] counts,
):
    """Count in each block the words that prose elsewhere on its page says; return False for lack of slots.

    `said` is room for how often prose says a slot's word, on the page and in the block at hand; `places` for a number
    a word.
    """
    cdef Py_ssize_t place, slot, low = 0, high, distinct = 0
    cdef uint64_t key
    with nogil:
        for place in range(hashes.shape[0]):
            key = page_key(hashes[place], table[ROW_PAGES, blocks[place]])
            slot = slot_of(key, slots, used)
            if not used[slot]:
                distinct += 1
                if 2 * distinct > used.shape[0]:
                    break
                used[slot] = 1
                slots[slot] = key
                said[0, slot] = said[1, slot] = 0
            said[0, slot] += table[ROW_PROSE, blocks[place]]
            places[place] = slot
        if 2 * distinct <= used.shape[0]:
            while low < hashes.shape[0]:
                high = low
                while high < hashes.shape[0] and blocks[high] == blocks[low]:
                    said[1, places[high]] += table[ROW_PROSE, blocks[low]]
                    high += 1
                for place in range(low, high):
                    counts[blocks[low]] += said[0, places[place]] > said[1, places[place]]
                for place in range(low, high):
                    said[1, places[place]] = 0
                low = high
    return 2 * distinct <= used.shape[0]


def fill_inputs(
    const double[:, :] values, const int64_t[::1] rows, const int64_t[::1] reaches, const int64_t[::1] offsets,
    const int64_t[::1] first, const int64_t[::1] end, double outside, double step, int64_t[::1] sums,
    float[:, ::1] matrix,
):
    """Fill in a row an input: the mean over `reaches` blocks to each side, or the value at an offset if that is -1.

    `sums` is room for one row's prefix sums, in steps; means of the same row that follow one another share them.
    """
    cdef Py_ssize_t place
    cdef int64_t summed = -1
    if matrix.shape[1] == 0:
        return
    with nogil:
        for place in range(rows.shape[0]):
            if reaches[place] < 0:
                fill_neighbours(&values[rows[place], 0], offsets[place], end, outside, matrix, place)
                continue
            if summed != rows[place]:
                summed = rows[place]
                sum_steps(&values[summed, 0], step, sums)
            fill_means(sums, reaches[place], first, end, step, matrix, place)


cdef void fill_neighbours(
    const double* values, Py_ssize_t offset, const int64_t[::1] end, double outside, float[:, ::1] matrix,
    Py_ssize_t place,
) noexcept nogil:
    cdef Py_ssize_t block, low = 0, high, inside, behind
    cdef float* found = &matrix[place, 0]
    while low < matrix.shape[1]:
        high = end[low]
        inside, behind = min(max(low, low - offset), high), max(min(high, high - offset), low)
        for block in range(low, inside):
            found[block] = <float>outside
        for block in range(inside, behind):
            found[block] = <float>values[block + offset]
        for block in range(max(inside, behind), high):
            found[block] = <float>outside
        low = high


cdef void sum_steps(const double* values, double step, int64_t[::1] sums) noexcept nogil:
    cdef Py_ssize_t block
    sums[0] = 0
    for block in range(sums.shape[0] - 1):
        sums[block + 1] = sums[block] + <int64_t>rint(values[block] / step)


cdef void fill_means(
    const int64_t[::1] sums, Py_ssize_t reach, const int64_t[::1] first, const int64_t[::1] end, double step,
    float[:, ::1] matrix, Py_ssize_t place,
) noexcept nogil:
    cdef Py_ssize_t block, low, high
    for block in range(matrix.shape[1]):
        low, high = max(block - reach, first[block]), min(block + reach + 1, end[block])
        matrix[place, block] = <float>(<double>(sums[high] - sums[low]) * step / <double>(high - low))


def sum_ranges(const int64_t[:, ::1] values, const int64_t[::1] first, const int64_t[::1] end, int64_t[::1] sums,
               int64_t[:, ::1] found):
    """Sum each row of `values` over each range; `sums` is scratch for the prefix sums of one row.

    Raises `IndexError` for a range that is none: a user's detector can call this with bounds of its own.
    """
    cdef Py_ssize_t row, place
    if first.shape[0] != end.shape[0] or not (all_within(first, values.shape[1]) and all_within(end, values.shape[1])):
        raise IndexError("first and end must be bounds of blocks")
    with nogil:
        for row in range(values.shape[0]):
            sums[0] = 0
            for place in range(values.shape[1]):
                sums[place + 1] = sums[place] + values[row, place]
            for place in range(first.shape[0]):
                found[row, place] = sums[end[place]] - sums[first[place]]


cdef bint all_within(const int64_t[::1] places, int64_t most) noexcept nogil:
    cdef Py_ssize_t place
    for place in range(places.shape[0]):
        if not 0 <= places[place] <= most:
            return False
    return True


def number_all(list keys, dict numbers, int64_t[::1] found, bint growing):
    """Look up the number of each key; if `growing`, new keys are numbered on, otherwise they are number 0."""
    cdef Py_ssize_t row
    for row in range(len(keys)):
        number = numbers.get(keys[row])
        if number is None:
            number = len(numbers) if growing else 0
            if growing:
                numbers[keys[row]] = number
        found[row] = number
