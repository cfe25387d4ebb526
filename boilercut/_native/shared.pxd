# What the kernels share: the rows of the table that measuring makes, classes of characters, hashes of words.

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef extern from *:
    """
    #define BOILERCUT_BASE 0x9E3779B97F4A7C15ULL
    #define BOILERCUT_MIX 0xBF58476D1CE4E5B9ULL
    #if defined(__GNUC__)
    #define boilercut_lowest_bit(bits) __builtin_ctzll(bits)
    #else
    static inline int boilercut_lowest_bit(unsigned long long bits) {
        int place = 0;
        while (!(bits >> place & 1)) place++;
        return place;
    }
    #endif
    """
    int lowest_bit "boilercut_lowest_bit" (uint64_t bits) noexcept nogil
    const uint64_t BASE "BOILERCUT_BASE"  # boilercut.words
    const uint64_t MIX "BOILERCUT_MIX"

cdef extern from "Python.h":
    bint Py_UNICODE_ISSPACE(uint32_t code) noexcept nogil
    int PyUnicode_KIND(str text)
    const void* PyUnicode_DATA(str text)

ctypedef fused Code:  # the widths in which Python keeps strings
    uint8_t
    uint16_t
    uint32_t

cdef enum:
    # boilercut.characters
    PLANE = 0x10000
    WORD = 1 << 0
    UPPER = 1 << 1
    DIGIT = 1 << 2
    UNSPACED = 1 << 3
    SENTENCE_END = 1 << 4
    PUNCTUATION = 1 << 5
    SPACE = 1 << 6
    COMMA = 1 << 7
    CLOSER = 1 << 8
    SEPARATOR = 1 << 9
    SYMBOL = 1 << 10
    CURRENCY = 1 << 11
    LOWER = 1 << 12

cdef enum:
    # rows of `Blocks.table`, in the order of boilercut.blocks.ROWS
    WORDS
    WORD_CHARACTERS
    LONGEST_WORD
    CAPITALISED
    SENTENCES
    UPPERS
    DIGITS
    COMMAS
    PUNCTUATIONS
    SEPARATORS
    SYMBOLS
    CURRENCIES
    UNSPACEDS
    FIRST_CLASS
    FIRST_CODE
    LAST_CLASS
    LAST_CODE
    CHARACTERS
    LINK_CHARACTERS
    WORD_WEIGHTS
    PROSE
    BLANK_LINES
    INDENTS
    PAGE
    FIRST
    END
    IN_TITLE
    IN_DESCRIPTION
    DESCRIBED_PAIRS
    TITLE_WORDS
    DESCRIPTION_WORDS

cdef enum:
    # rows of `ElementTable.table`, in the order of boilercut.blocks.ELEMENT_ROWS
    TAG
    PARENT
    NAME
    HIDDEN
    FIRST_BLOCK
    END_BLOCK
    ELEMENT_PAGE


cdef inline uint64_t mixed(uint64_t value) noexcept nogil:
    value ^= value >> 32
    value *= MIX
    return value ^ (value >> 29)


cdef inline uint64_t ngram_hash(uint64_t left, uint64_t right) noexcept nogil:
    """`boilercut.words.ngram_hash`."""
    cdef uint64_t value = (left * BASE) ^ right
    return (value ^ (value >> 31)) * MIX


cdef inline uint64_t page_key(uint64_t key, int64_t page) noexcept nogil:
    """`boilercut.words.page_keys`."""
    return key ^ (<uint64_t>page * BASE)


cdef inline Py_ssize_t slot_of(uint64_t key, const uint64_t[::1] slots, const uint8_t[::1] used) noexcept nogil:
    """Return the slot that holds `key`, or the free one where it belongs."""
    cdef Py_ssize_t mask = slots.shape[0] - 1
    cdef Py_ssize_t slot = <Py_ssize_t>(mixed(key * BASE) & <uint64_t>mask)
    while used[slot] and slots[slot] != key:
        slot = (slot + 1) & mask
    return slot


cdef inline double share(int64_t part, int64_t whole) noexcept nogil:
    """`boilercut.columns.share`."""
    return <double>part / <double>max(whole, 1)


cdef inline int64_t sum_near(
    const int64_t* values, const int64_t[:, ::1] table, Py_ssize_t block, Py_ssize_t reach
) noexcept nogil:
    """Sum `values` over `reach` blocks to each side of a block, on its page."""
    cdef Py_ssize_t place
    cdef int64_t total = 0
    for place in range(max(block - reach, table[FIRST, block]), min(block + reach + 1, table[END, block])):
        total += values[place]
    return total
