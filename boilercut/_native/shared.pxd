# cython: boundscheck=False, wraparound=False, initializedcheck=False
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
    const uint64_t BASE "BOILERCUT_BASE"  # boilercut.blocks.words
    const uint64_t MIX "BOILERCUT_MIX"

cdef extern from "Python.h":
    bint Py_UNICODE_ISSPACE(uint32_t code) noexcept nogil
    int PyUnicode_KIND(str text)
    const void* PyUnicode_DATA(str text)

ctypedef fused Code:  # the widths in which Python keeps strings
    uint8_t
    uint16_t
    uint32_t

include "constants.pxi"  # setup.py writes it: classes of characters, and rows of tables as `ROW_` and `ELEMENT_`


cdef inline uint64_t mixed(uint64_t value) noexcept nogil:
    value ^= value >> 32
    value *= MIX
    return value ^ (value >> 29)


cdef inline uint64_t ngram_hash(uint64_t left, uint64_t right) noexcept nogil:
    """`boilercut.blocks.words.ngram_hash`."""
    cdef uint64_t value = (left * BASE) ^ right
    return (value ^ (value >> 31)) * MIX


cdef inline uint64_t page_key(uint64_t key, int64_t page) noexcept nogil:
    """`boilercut.blocks.words.page_keys`."""
    return key ^ (<uint64_t>page * BASE)


cdef inline Py_ssize_t slot_of(uint64_t key, const uint64_t[::1] slots, const uint8_t[::1] used) noexcept nogil:
    """Return the slot that holds `key`, or the free one where it belongs; see `boilercut.blocks.arithmetic.slots_for`.

    The seed behind the slots enters twice, each time before a round of mixing: keys can be chosen to share a slot only
    by somebody who knows it.
    """
    cdef Py_ssize_t mask = slots.shape[0] - 2
    cdef uint64_t seed = slots[mask + 1]
    cdef Py_ssize_t slot = <Py_ssize_t>(mixed(mixed(key ^ seed) * (seed | 1)) & <uint64_t>mask)
    while used[slot] and slots[slot] != key:
        slot = (slot + 1) & mask
    return slot


cdef inline int64_t flags_of(uint64_t name, const uint64_t[::1] slots, const int64_t[::1] flags) noexcept nogil:
    """Look a name up in an open table whose free slots are 0."""
    cdef Py_ssize_t mask = slots.shape[0] - 1, slot = <Py_ssize_t>(name & <uint64_t>mask)
    while slots[slot] != 0:
        if slots[slot] == name:
            return flags[slot]
        slot = (slot + 1) & mask
    return 0
