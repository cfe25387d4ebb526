# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: freethreading_compatible=True
"""A stack of pages as the compiled loops see it: facts by name, as pointers into memory that NumPy owns."""

from cpython.buffer cimport PyBUF_SIMPLE, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.string cimport memset

from boilercut._native.shared cimport mixed, ngram_hash

import os

cdef uint64_t SEED = int.from_bytes(os.urandom(8), "little")  # so that nobody can choose keys that share a slot


cdef void* memory_of(array, Py_ssize_t size, int access) except NULL:
    """Return where the numbers of an array lie that has no gaps; each takes `size` bytes.

    A typed memoryview would check more, and takes five times as long: hundreds are taken a page.
    """
    cdef Py_buffer buffer
    PyObject_GetBuffer(array, &buffer, access)
    PyBuffer_Release(&buffer)  # the caller holds the array
    if buffer.itemsize != size:
        raise ValueError(f"numbers of {size} bytes are needed, not of {buffer.itemsize}")
    return buffer.buf


cdef Integers integers_in(array) except NULL:
    """Return the numbers of an array of one dimension, which has to outlive them."""
    return <Integers>memory_of(array, 8, PyBUF_SIMPLE)


cdef Numbers numbers_in(array) except NULL:
    """Return the numbers of an array of one dimension, which has to outlive them."""
    return <Numbers>memory_of(array, 8, PyBUF_SIMPLE)


cdef Column column_in(array) except NULL:
    """Return an array of one dimension to write into, which has to outlive what is returned."""
    return <Column>memory_of(array, 8, PyBUF_WRITABLE)


cdef Scratch whole_in(array) except NULL:
    """Return an array of whole numbers to write into, which has to outlive what is returned."""
    return <Scratch>memory_of(array, 8, PyBUF_WRITABLE)


cdef class Stack:
    """The blocks of stacked pages, for one run of detectors on one thread."""

    def __cinit__(self, blocks, dict rows, dict element_rows):
        self.blocks = blocks
        self._rows, self._element_rows = rows, element_rows
        self._sums, self._lent, self._scratch = {}, [], []
        self._table, self.size = integers_in(blocks.table), blocks.table.shape[1]
        self._covered = integers_in(blocks.phrases.covered.tables[0])
        self._matches, self._lists = integers_in(blocks.phrases.matches.tables[0]), blocks.phrases.covered.places
        if blocks.elements is not None:
            self._element_table, self.leaves = integers_in(blocks.elements.table), integers_in(blocks.block_elements)
            self.elements = blocks.elements.table.shape[1]

    cdef Integers fact(self, str name) except NULL:
        cdef Py_ssize_t row = self._rows[name]
        return self._table + row * self.size

    cdef Integers element_fact(self, str name) except NULL:
        cdef Py_ssize_t row = self._element_rows[name]
        return self._element_table + row * self.elements

    cdef Integers covered(self, str name) except NULL:
        cdef Py_ssize_t row = self._lists[name][1]
        return self._covered + row * self.size

    cdef Integers matches(self, str name) except NULL:
        cdef Py_ssize_t row = self._lists[name][1]
        return self._matches + row * self.size

    cdef Integers lent(self, array) except NULL:
        """Return the numbers of an array of one dimension; the array lives as long as the stack."""
        self._lent.append(array)
        return integers_in(array)

    cdef Numbers floats(self, array) except NULL:
        """Return the numbers of an array of one dimension; the array lives as long as the stack."""
        self._lent.append(array)
        return numbers_in(array)

    cdef Verdicts verdicts(self, array) except NULL:
        """Return the flags of an array of one dimension, one per block, to read or to write."""
        self._lent.append(array)
        return <Verdicts>memory_of(array, 1, PyBUF_SIMPLE)

    cdef written(self, array, Verdicts verdicts):
        """Return the array of flags with the changes; they stand in its own memory."""
        return array

    cdef Integers sums(self, str name) except NULL:
        """Return the sums of a fact over the blocks before each block, and over all."""
        return self._kept_sums(name, False)

    cdef Integers prose_sums(self, str name) except NULL:
        """Return the sums of a fact over the prose before each block, and over all prose."""
        return self._kept_sums("prose " + name, True)

    cdef Integers _kept_sums(self, str key, bint prose_only) except NULL:
        cdef Scratch sums
        cdef Integers values, prose = self.fact("prose")
        cdef Py_ssize_t block
        cdef int64_t total = 0
        held = self._sums.get(key)
        if held is None:
            held = self._sums[key] = PyBytes_FromStringAndSize(NULL, 8 * (self.size + 1))
            values = self.fact(key[6:] if prose_only else key)
            sums = <Scratch>PyBytes_AS_STRING(held)
            for block in range(self.size):
                sums[block] = total
                if not prose_only or prose[block]:
                    total += values[block]
            sums[self.size] = total
        return <Integers>PyBytes_AS_STRING(held)

    cdef Scratch scratch(self, Py_ssize_t size) except NULL:
        """Return memory for `size` numbers, for the detector that is running."""
        cdef Py_ssize_t wanted = 8 * max(size, self.size + 1, self.elements + 1)
        if self._in_use == len(self._scratch):
            self._scratch.append(PyBytes_FromStringAndSize(NULL, wanted))
        elif PyBytes_GET_SIZE(self._scratch[self._in_use]) < wanted:
            self._scratch[self._in_use] = PyBytes_FromStringAndSize(NULL, wanted)
        self._in_use += 1
        return <Scratch>PyBytes_AS_STRING(self._scratch[self._in_use - 1])

    cdef Scratch zeros(self, Py_ssize_t size) except NULL:
        cdef Scratch numbers = self.scratch(size)
        memset(numbers, 0, 8 * size)
        return numbers

    cdef Scratch flags(self, wanted, Integers values) except NULL:
        """Mark the blocks whose value is one of a few."""
        cdef int64_t few[16]
        cdef Py_ssize_t size = 0, place, block
        for number in wanted:
            few[size] = number
            size += 1
        cdef Scratch found = self.zeros(self.size)
        for block in range(self.size):
            for place in range(size):
                found[block] |= values[block] == few[place]
        return found

    cdef int run_lengths(self, Column member) except -1:
        """Turn flags into the length of the run of members that each stands in; a run ends with its page."""
        cdef Integers first = self.fact("first")
        cdef Py_ssize_t low = 0, high, place
        while low < self.size:
            high = low + 1
            while high < self.size and member[high] == member[low] and first[high] == first[low]:
                high += 1
            if member[low]:
                for place in range(low, high):
                    member[place] = high - low
            low = high
        return 0

    def release(self):
        """Take back what detectors borrowed."""
        self._in_use = 0

    cdef Keys fingerprints(self) except NULL:
        return <Keys>integers_in(self.blocks.facts.fingerprint)

    cdef Keys signatures(self) except NULL:
        """Return a key for each element's tag and class words; numbers in class names do not count."""
        if self._signatures == NULL:
            held = PyBytes_FromStringAndSize(NULL, 8 * self.elements)
            self._lent.append(held)
            self._sign(<Keys>PyBytes_AS_STRING(held))
            self._signatures = <Keys>PyBytes_AS_STRING(held)
        return self._signatures

    cdef Integers siblings(self) except NULL:
        """Number the distinct parents, tags and class words together; return each element's number."""
        if self._siblings == NULL:
            keys = self.pairs(self.signatures(), self.element_fact("parents"), self.elements)
            held = PyBytes_FromStringAndSize(<const char*>self.numbers(keys, self.elements), 8 * self.elements)
            self._siblings = <Integers>PyBytes_AS_STRING(held)
            self._lent.append(held)
        return self._siblings

    cdef int _sign(self, Keys signatures) except -1:
        cdef const uint64_t[::1] hashes
        cdef const int64_t[::1] owners
        hashes, owners = self.blocks.elements.name_tokens
        cdef Keys names = <Keys>self.zeros(len(self.blocks.elements.unique_names))
        cdef Integers tags = self.element_fact("tags"), numbers = self.element_fact("names")
        cdef Py_ssize_t place
        for place in range(hashes.shape[0]):
            names[owners[place]] += hashes[place]
        for place in range(self.elements):
            signatures[place] = ngram_hash(<uint64_t>tags[place], names[numbers[place]])
        return 0

    cdef Keys pairs(self, Keys left, Integers right, Py_ssize_t size) except NULL:
        """Return a key for each two; the same two have the same key."""
        cdef Keys keys = <Keys>self.scratch(size)
        cdef Py_ssize_t place
        for place in range(size):
            keys[place] = ngram_hash(left[place], <uint64_t>right[place])
        return keys

    cdef Keys places(self, int levels) except NULL:
        """Return a key for the page, the element and the `levels` elements above it, of each block."""
        cdef Integers parents = self.element_fact("parents"), pages = self.fact("pages")
        cdef Keys signatures = self.signatures(), keys = <Keys>self.scratch(self.size)
        cdef Py_ssize_t block, element
        cdef int level
        cdef uint64_t key
        for block in range(self.size):
            element = self.leaves[block]
            key = signatures[element]
            for level in range(levels):
                element = parents[element]
                key = ngram_hash(key, signatures[element])
            keys[block] = ngram_hash(key, <uint64_t>pages[block])
        return keys

    cdef Scratch numbers(self, Keys keys, Py_ssize_t size) except NULL:
        """Number distinct keys from 0, as they come first; return each key's number."""
        cdef Py_ssize_t slots = 16, slot, place
        while slots < 2 * size:
            slots *= 2
        cdef Scratch found = self.scratch(size)
        cdef Keys taken = <Keys>self.scratch(slots)
        cdef unsigned int* numbers = <unsigned int*>self.scratch((slots + 1) // 2)
        cdef unsigned int count = 0
        memset(numbers, 0, 4 * slots)
        for place in range(size):
            slot = <Py_ssize_t>(mixed(mixed(keys[place] ^ SEED) * (SEED | 1)) & <uint64_t>(slots - 1))
            while numbers[slot] and taken[slot] != keys[place]:
                slot = (slot + 1) & (slots - 1)
            if not numbers[slot]:
                count += 1
                numbers[slot] = count
                taken[slot] = keys[place]
            found[place] = numbers[slot] - 1
        return found


cdef class ColumnWriter:
    """The columns that detectors fill, rows of a matrix; without a matrix it notes their names."""

    def __cinit__(self, table):
        self._held, self._records, self.rows = table, table is None, {}
        if table is not None:
            self._table, self._size = column_in(table), table.shape[1]

    def begin(self, dict rows):
        """Take the rows of the next detector's columns, by name."""
        self.rows = rows

    def end(self):
        """Do nothing: the columns are rows of the matrix already."""

    cdef Column column(self, str name) except NULL:
        """Return a column that the detector is to fill."""
        cdef Py_ssize_t row
        if self._records:
            self.rows[name] = len(self.rows)
            return <Column>1  # there are no blocks
        row = self.rows[name]
        return self._table + row * self._size

    cdef Column zeros(self, str name) except NULL:
        """Return a column of zeros."""
        cdef Column found = self.column(name)
        if self._size:
            memset(found, 0, 8 * self._size)
        return found
