# A stack of pages as the loops see it, and the columns that they fill. `stack_py.py` has the same for lists.

from libc.math cimport rint
from libc.stdint cimport int64_t, uint64_t

ctypedef const int64_t* Integers
ctypedef int64_t* Scratch
ctypedef uint64_t* Keys
ctypedef double* Column
ctypedef const double* Numbers
ctypedef unsigned char* Verdicts


cdef void* memory_of(array, Py_ssize_t size, int access) except NULL
cdef Integers integers_in(array) except NULL
cdef Numbers numbers_in(array) except NULL
cdef Column column_in(array) except NULL
cdef Scratch whole_in(array) except NULL


cdef inline Py_ssize_t rounded(double value) noexcept nogil:
    return <Py_ssize_t>rint(value)


cdef inline long long clipped(long long value, long long most) noexcept nogil:
    return most if value > most else -most if value < -most else value


cdef inline bint is_date(long long digits, long long months, long long punctuation, long long characters) noexcept nogil:
    return digits > 0 and (months > 0 or (digits >= 4 and punctuation > 0 and 8 * digits >= characters))


cdef class Stack:
    cdef readonly object blocks
    cdef readonly Py_ssize_t size
    cdef readonly Py_ssize_t elements
    cdef Integers leaves
    cdef Integers _table, _element_table, _covered, _matches
    cdef dict _rows
    cdef dict _element_rows
    cdef object _lists
    cdef dict _sums
    cdef list _lent
    cdef list _scratch
    cdef Py_ssize_t _in_use
    cdef Keys _signatures
    cdef Integers _siblings

    cdef Integers fact(self, str name) except NULL
    cdef Integers element_fact(self, str name) except NULL
    cdef Integers covered(self, str name) except NULL
    cdef Integers matches(self, str name) except NULL
    cdef Integers lent(self, array) except NULL
    cdef Numbers floats(self, array) except NULL
    cdef Verdicts verdicts(self, array) except NULL
    cdef written(self, array, Verdicts verdicts)
    cdef Integers sums(self, str name) except NULL
    cdef Integers prose_sums(self, str name) except NULL
    cdef Integers _kept_sums(self, str key, bint prose_only) except NULL
    cdef Scratch scratch(self, Py_ssize_t size) except NULL
    cdef Scratch zeros(self, Py_ssize_t size) except NULL
    cdef Scratch flags(self, wanted, Integers values) except NULL
    cdef int run_lengths(self, Column member) except -1
    cdef Keys fingerprints(self) except NULL
    cdef Keys signatures(self) except NULL
    cdef Integers siblings(self) except NULL
    cdef int _sign(self, Keys signatures) except -1
    cdef Keys pairs(self, Keys left, Integers right, Py_ssize_t size) except NULL
    cdef Keys places(self, int levels) except NULL
    cdef Scratch numbers(self, Keys keys, Py_ssize_t size) except NULL


cdef class ColumnWriter:
    cdef object _held
    cdef Column _table
    cdef readonly dict rows
    cdef bint _records
    cdef Py_ssize_t _size
    cdef Column column(self, str name) except NULL
    cdef Column zeros(self, str name) except NULL
