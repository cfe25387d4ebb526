# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: freethreading_compatible=True
"""Markup in C, for the compiled build: from a parser's serialised markup to blocks, without an object a node.

Markup is UTF-8, and places are bytes; text that was taken out of it is code points. The twin is the walk over the
parser's tree and the lists of `boilercut.read.markup`; `tests/test_native.py` compares the two.
"""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memchr, memcmp, memcpy

cdef extern from "Python.h":
    bint Py_UNICODE_ISSPACE(uint32_t code) noexcept nogil
    bint Py_UNICODE_ISLOWER(uint32_t code) noexcept nogil
    bint Py_UNICODE_ISUPPER(uint32_t code) noexcept nogil
    bint Py_UNICODE_ISDIGIT(uint32_t code) noexcept nogil
    int PyUnicode_KIND(str text)
    const void* PyUnicode_DATA(str text)
    str PyUnicode_DecodeUTF8(const char* bytes, Py_ssize_t size, const char* errors)
    str PyUnicode_FromKindAndData(int kind, const void* codes, Py_ssize_t size)

cdef enum:
    # flags of tags and attributes, in the order of boilercut.read.scan
    BLOCK_TAG = 1
    SKIPPED_TAG = 2
    VOID_TAG = 4
    RAW_TAG = 8
    BREAK_TAG = 16
    LINK_TAG = 32
    PREFORMATTED_TAG = 64
    TEMPLATE_TAG = 128
    DESCRIBING_TAG = 256
    RARE_TAG = 512
    SPAN_TAG = 1024
    NAMED = 1 << 15  # an element's own flag: some attribute names it
    TAG_NUMBER = 1 << 16  # the flags of a tag hold its number in units of this
    NAMING_ATTRIBUTE = 1
    HIDDEN_ATTRIBUTE = 2
    ARIA_HIDDEN_ATTRIBUTE = 4
    STYLE_ATTRIBUTE = 8
    # rows of the tables of elements, pieces of text, attribute values and described elements
    TAG_START = 0
    TAG_END = 1
    PARENT = 2
    FIRST_PIECE = 3
    END_PIECE = 4
    HIDDEN = 5
    LINK = 6
    PREFORMATTED = 7
    FLAGS = 8
    CONTENT = 9
    NAME = 10
    TAG = 11
    OWNER = 0
    START = 1
    END = 2
    # rows of the tables of distinct names and of blocks
    FIRST_VALUE = 0
    VALUES = 1
    BLOCK_START = 0
    BLOCK_END = 1
    BLOCK_ELEMENT = 2
    BLOCK_LINKED = 3
    BLOCK_PIECE = 4
    MAX_PROBES = 16
    # flags of tags, in the order of boilercut.read.recover
    SWALLOWING_TAG = 1
    FLAT_TAG = 2
    ROOT_TAG = 4
    LOSABLE_TAGS = 5

cdef uint64_t BASE = 0x9E3779B97F4A7C15ULL
cdef uint64_t MIX = 0xBF58476D1CE4E5B9ULL
cdef const char** LOSABLE = ["script", "style", "textarea", "title", "iframe"]


cdef struct Scan:
    const uint8_t* codes
    Py_ssize_t size
    Py_ssize_t place
    Py_ssize_t elements, pieces, values, names, styles, described
    Py_ssize_t open  # the innermost open element, or -1


cdef inline uint64_t finished(uint64_t name) noexcept nogil:
    name = (name ^ (name >> 32)) * MIX
    return name ^ (name >> 29)


cdef inline uint64_t name_hash(const uint8_t* codes, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    cdef uint64_t name = 0
    cdef Py_ssize_t place
    for place in range(start, end):
        name = name * BASE + codes[place]
    return finished(name)


cdef inline int64_t flags_of(uint64_t name, const uint64_t[::1] slots, const int64_t[::1] flags) noexcept nogil:
    """Look a name up in an open table whose free slots are 0."""
    cdef Py_ssize_t mask = slots.shape[0] - 1, slot = <Py_ssize_t>(name & <uint64_t>mask)
    while slots[slot] != 0:
        if slots[slot] == name:
            return flags[slot]
        slot = (slot + 1) & mask
    return 0


cdef inline Py_ssize_t find(const Scan* scan, Py_ssize_t place, uint8_t wanted) noexcept nogil:
    cdef const void* found
    if place >= scan.size:
        return place
    found = memchr(scan.codes + place, wanted, scan.size - place)
    return scan.size if found == NULL else <const uint8_t*>found - scan.codes


cdef inline bint same(const uint8_t* codes, Py_ssize_t one, Py_ssize_t other, Py_ssize_t size) noexcept nogil:
    return memcmp(codes + one, codes + other, size) == 0


cdef inline Py_ssize_t name_end(const Scan* scan, Py_ssize_t place) noexcept nogil:
    while place < scan.size and scan.codes[place] != 32 and scan.codes[place] != 62:  # a space, ">"
        place += 1
    return place


cdef inline Py_ssize_t next_attribute(const Scan* scan, Py_ssize_t place, Py_ssize_t* equals) noexcept nogil:
    """Return where the value of the attribute that begins at the space `place` ends; -1 if it is not well formed."""
    equals[0] = place + 2  # "=" may only be a name's first letter
    while equals[0] < scan.size and scan.codes[equals[0]] != 61:
        equals[0] += 1
    if equals[0] + 1 >= scan.size or scan.codes[equals[0] + 1] != 34:
        return -1
    return find(scan, equals[0] + 2, 34)


cdef Py_ssize_t tag_end(const Scan* scan, Py_ssize_t place) noexcept nogil:
    """Return the place behind the tag whose name ends at `place`, or -1."""
    cdef Py_ssize_t equals
    while place < scan.size and scan.codes[place] == 32:
        place = next_attribute(scan, place, &equals) + 1
        if place == 0:
            return -1
    return place + 1 if place < scan.size and scan.codes[place] == 62 else -1


cdef Py_ssize_t comment_end(const Scan* scan, Py_ssize_t place) noexcept nogil:
    """Return the place behind the comment or declaration that begins at `place`."""
    cdef const uint8_t* codes = scan.codes
    if place + 3 < scan.size and codes[place + 2] == 45 and codes[place + 3] == 45:
        place = find(scan, place + 4, 62)
        while place < scan.size and not (codes[place - 1] == 45 and codes[place - 2] == 45):
            place = find(scan, place + 1, 62)
        return place + 1
    return find(scan, place, 62) + 1


cdef Py_ssize_t raw_end(const Scan* scan, Py_ssize_t place, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Return where the end tag stands that closes the raw text of the element named `start` to `end`.

    A script inside a comment inside a script has an end tag of its own that closes nothing: -1 where that may be.
    """
    cdef Py_ssize_t size = end - start
    cdef const uint8_t* codes = scan.codes
    cdef bint commented = False
    while True:
        place = find(scan, place, 60)
        if place + size + 2 >= scan.size:
            return -1
        if codes[place + 1] == 47 and codes[place + 2 + size] == 62 and same(codes, place + 2, start, size):
            return place
        commented = commented or (codes[place + 1] == 33 and codes[place + 2] == 45 and codes[place + 3] == 45)
        if commented and same(codes, place + 1, start, size):
            return -1
        place += 1


cdef Py_ssize_t skipped_end(
    const Scan* scan, Py_ssize_t place, Py_ssize_t start, Py_ssize_t end,
    const uint64_t[::1] tags, const int64_t[::1] tag_flags,
) noexcept nogil:
    """Return where the end tag of the element stands that began before `place` and is named `start` to `end`, or -1."""
    cdef Py_ssize_t depth = 1, size = end - start, name, stop
    cdef const uint8_t* codes = scan.codes
    while True:
        place = find(scan, place, 60)
        if place + 1 >= scan.size:
            return -1
        if codes[place + 1] == 33:
            place = comment_end(scan, place)
        elif codes[place + 1] == 63:
            return -1
        elif codes[place + 1] == 47:
            stop = name_end(scan, place + 2)
            if stop - place - 2 == size and same(codes, place + 2, start, size):
                depth -= 1
                if depth == 0:
                    return place
            place = stop
        else:
            name = place + 1
            stop = name_end(scan, name)
            if stop - name == size and same(codes, name, start, size):
                depth += 1
            place = tag_end(scan, stop)
            if place < 0:
                return -1
            if flags_of(name_hash(codes, name, stop), tags, tag_flags) & RAW_TAG:
                place = raw_end(scan, place, name, stop)
                if place < 0:
                    return -1


def scan_markup(
    const uint8_t[::1] codes, const uint64_t[::1] tags, const int64_t[::1] tag_flags,
    const uint64_t[::1] attributes, const int64_t[::1] attribute_flags,
    int64_t[:, ::1] elements, int64_t[:, ::1] pieces, int64_t[:, ::1] values, int64_t[:, ::1] names,
    int64_t[::1] name_slots, int64_t[:, ::1] styles, int64_t[:, ::1] described,
):
    """Take markup as a parser serialises it to pieces; return how many of each table were filled in, or None."""
    cdef Scan scan
    cdef Py_ssize_t start
    cdef bint well = True
    scan.codes, scan.size, scan.place, scan.open = &codes[0], codes.shape[0], 0, -1
    scan.elements = scan.pieces = scan.values = scan.names = scan.styles = scan.described = 0
    with nogil:
        while well and scan.place < scan.size:
            start = scan.place
            scan.place = find(&scan, start, 60)
            if scan.place > start and scan.open >= 0:
                add_piece(&scan, pieces, scan.open, start, scan.place)
            if scan.place + 1 >= scan.size:
                well = scan.place == scan.size
            elif scan.codes[scan.place + 1] == 33:
                scan.place = comment_end(&scan, scan.place)
            elif scan.codes[scan.place + 1] == 47:
                well = close_element(&scan, elements, pieces)
            else:
                well = open_element(
                    &scan, tags, tag_flags, attributes, attribute_flags, elements, pieces, values, names, name_slots,
                    styles, described,
                )
    if not well or scan.open >= 0:
        return None
    return scan.elements, scan.pieces, scan.names, scan.styles, scan.described


cdef inline void add_piece(
    Scan* scan, int64_t[:, ::1] pieces, Py_ssize_t owner, Py_ssize_t start, Py_ssize_t end
) noexcept nogil:
    pieces[OWNER, scan.pieces] = owner
    pieces[START, scan.pieces] = start
    pieces[END, scan.pieces] = end
    scan.pieces += 1


cdef bint close_element(Scan* scan, int64_t[:, ::1] elements, int64_t[:, ::1] pieces) noexcept nogil:
    """End the open element, whose end tag stands here; tell whether it was that one's."""
    cdef Py_ssize_t element = scan.open, place = scan.place + 2, size
    if element < 0:
        return False
    size = elements[TAG_END, element] - elements[TAG_START, element]
    if place + size >= scan.size or scan.codes[place + size] != 62:
        return False
    if not same(scan.codes, place, elements[TAG_START, element], size):
        return False
    if scan.place > elements[CONTENT, element]:  # an element without content leaves no mark where it ends
        if elements[FLAGS, element] & BLOCK_TAG:
            add_piece(scan, pieces, -1, 0, 0)
        elements[END_PIECE, element] = scan.pieces
    scan.open = elements[PARENT, element] if element else -1
    scan.place = place + size + 1
    return True


cdef bint open_element(
    Scan* scan, const uint64_t[::1] tags, const int64_t[::1] tag_flags, const uint64_t[::1] attributes,
    const int64_t[::1] attribute_flags, int64_t[:, ::1] elements, int64_t[:, ::1] pieces, int64_t[:, ::1] values,
    int64_t[:, ::1] names, int64_t[::1] name_slots, int64_t[:, ::1] styles, int64_t[:, ::1] described,
) noexcept nogil:
    """Read the start tag that stands here; False where the scan cannot go on."""
    cdef Py_ssize_t start = scan.place + 1, end = name_end(scan, scan.place + 1), element, content, place, first = scan.values
    cdef int64_t flags = flags_of(name_hash(scan.codes, start, end), tags, tag_flags)
    if end == start or flags & RARE_TAG or scan.codes[start] == 63:
        return False
    if flags & SKIPPED_TAG or flags & BREAK_TAG:
        content = tag_end(scan, end)
        if content < 0:
            return False
        return skip_element(scan, tags, tag_flags, start, end, content, flags, pieces, described)
    if scan.open < 0 and scan.elements:
        return False  # a second root
    for place in range(start, end):
        if scan.codes[place] == 45:
            flags |= BLOCK_TAG
    element = scan.elements
    scan.elements += 1
    elements[TAG_START, element] = start
    elements[TAG_END, element] = end
    elements[PARENT, element] = max(scan.open, 0)
    elements[FIRST_PIECE, element] = elements[END_PIECE, element] = scan.pieces
    elements[HIDDEN, element] = 0
    elements[LINK, element] = element if flags & LINK_TAG else elements[LINK, scan.open] if scan.open >= 0 else -1
    elements[PREFORMATTED, element] = (
        1 if flags & PREFORMATTED_TAG else elements[PREFORMATTED, scan.open] if scan.open >= 0 else 0
    )
    elements[FLAGS, element] = flags
    elements[TAG, element] = flags // TAG_NUMBER
    scan.place = read_attributes(scan, end, element, attributes, attribute_flags, elements, values, styles)
    if scan.place < 0:
        return False
    elements[FLAGS, element] |= NAMED if scan.values > first else 0
    elements[NAME, element] = number_name(scan, values, first, names, name_slots)
    elements[CONTENT, element] = scan.place
    if flags & BLOCK_TAG:
        add_piece(scan, pieces, -1, 0, 0)
    if flags & TEMPLATE_TAG:
        place = skipped_end(scan, scan.place, start, end, tags, tag_flags)
        scan.place = name_end(scan, place + 2) + 1
        return place >= 0
    if not flags & VOID_TAG:
        scan.open = element
    return True


cdef bint skip_element(
    Scan* scan, const uint64_t[::1] tags, const int64_t[::1] tag_flags, Py_ssize_t start, Py_ssize_t end,
    Py_ssize_t content, int64_t flags, int64_t[:, ::1] pieces, int64_t[:, ::1] described,
) noexcept nogil:
    """Pass over an element whose text is not for readers, or a line break."""
    cdef Py_ssize_t close = content
    if flags & BREAK_TAG:
        add_piece(scan, pieces, -1, 0, 0)
    if flags & RAW_TAG:
        close = raw_end(scan, content, start, end)
    elif not flags & VOID_TAG:
        close = skipped_end(scan, content, start, end, tags, tag_flags)
    if close < 0:
        return False
    if flags & DESCRIBING_TAG:
        described[0, scan.described] = start
        described[1, scan.described] = end
        described[2, scan.described] = content
        described[3, scan.described] = close
        scan.described += 1
    scan.place = content if flags & VOID_TAG else name_end(scan, close + 2) + 1
    return True


cdef Py_ssize_t read_attributes(
    Scan* scan, Py_ssize_t place, Py_ssize_t element, const uint64_t[::1] attributes,
    const int64_t[::1] attribute_flags, int64_t[:, ::1] elements, int64_t[:, ::1] values, int64_t[:, ::1] styles,
) noexcept nogil:
    """Take note of the attributes that matter; return the place behind the tag, or -1."""
    cdef Py_ssize_t equals = 0, end
    cdef int64_t flags
    while place < scan.size and scan.codes[place] == 32:
        end = next_attribute(scan, place, &equals)
        if end < 0:
            return -1
        flags = flags_of(name_hash(scan.codes, place + 1, equals), attributes, attribute_flags)
        if flags & NAMING_ATTRIBUTE and end > equals + 2:
            values[OWNER, scan.values] = element
            values[START, scan.values] = equals + 2
            values[END, scan.values] = end
            scan.values += 1
        elif flags & STYLE_ATTRIBUTE:
            styles[OWNER, scan.styles] = element
            styles[START, scan.styles] = equals + 2
            styles[END, scan.styles] = end
            scan.styles += 1
        elif flags & HIDDEN_ATTRIBUTE or (flags & ARIA_HIDDEN_ATTRIBUTE and is_true(scan.codes, equals + 2, end)):
            elements[HIDDEN, element] = 1
        place = end + 1
    return place + 1 if place < scan.size and scan.codes[place] == 62 else -1


cdef int64_t number_name(
    Scan* scan, const int64_t[:, ::1] values, Py_ssize_t first, int64_t[:, ::1] names, int64_t[::1] slots
) noexcept nogil:
    """Return the number of an element's name: the values from the row `first` on; those of a known name are dropped.

    Where many names share a place in the table, an equal one may be numbered anew.
    """
    cdef uint64_t hashed = 0, mask = slots.shape[0] - 1
    cdef Py_ssize_t row, probe
    cdef int64_t known
    for row in range(first, scan.values):
        hashed = (hashed ^ name_hash(scan.codes, values[START, row], values[END, row])) * BASE
    hashed ^= hashed >> 32
    for probe in range(MAX_PROBES):
        known = slots[(hashed + probe) & mask] - 1
        if known < 0:
            slots[(hashed + probe) & mask] = scan.names + 1
            break
        if same_values(scan, values, first, names[FIRST_VALUE, known], names[VALUES, known]):
            scan.values = first
            return known
    names[FIRST_VALUE, scan.names] = first
    names[VALUES, scan.names] = scan.values - first
    scan.names += 1
    return scan.names - 1


cdef bint same_values(
    const Scan* scan, const int64_t[:, ::1] values, Py_ssize_t one, Py_ssize_t other, Py_ssize_t size
) noexcept nogil:
    """Tell whether the last rows of `values`, from `one` on, are spelt as the `size` rows from `other` on."""
    cdef Py_ssize_t row, length
    if scan.values - one != size:
        return False
    for row in range(size):
        length = values[END, one + row] - values[START, one + row]
        if values[END, other + row] - values[START, other + row] != length:
            return False
        if not same(scan.codes, values[START, one + row], values[START, other + row], length):
            return False
    return True


cdef inline bint is_true(const uint8_t* codes, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    return (
        end - start == 4 and codes[start] == 116 and codes[start + 1] == 114 and codes[start + 2] == 117
        and codes[start + 3] == 101
    )


def hash_name(const uint8_t[::1] codes):
    """Return the hash by which the scan of markup knows a name."""
    return name_hash(&codes[0], 0, codes.shape[0])


def spell_pieces(const uint8_t[::1] source, int64_t[:, ::1] pieces, uint32_t[::1] text):
    """Write out the pieces of text, a space where a block ends; their places become those in `text`."""
    cdef Py_ssize_t row, size = 0, length
    with nogil:
        for row in range(pieces.shape[1]):
            if pieces[OWNER, row] < 0:
                text[size] = 32
                length = 1
            else:
                length = spell(&source[0], pieces[START, row], pieces[END, row], &text[size])
            pieces[START, row] = size
            size += length
            pieces[END, row] = size
    return size


cdef Py_ssize_t spell(const uint8_t* source, Py_ssize_t place, Py_ssize_t end, uint32_t* text) noexcept nogil:
    """Decode UTF-8 and the entities that a parser writes; return how many code points that is."""
    cdef Py_ssize_t size = 0
    while place < end:
        if source[place] == 38:
            place += spell_entity(source + place, end - place, text + size)
        elif source[place] < 0x80:
            text[size] = source[place]
            place += 1
        elif source[place] < 0xE0:
            text[size] = (source[place] & 0x1F) << 6 | (source[place + 1] & 0x3F)
            place += 2
        elif source[place] < 0xF0:
            text[size] = (
                (source[place] & 0x0F) << 12 | (source[place + 1] & 0x3F) << 6 | (source[place + 2] & 0x3F)
            )
            place += 3
        else:
            text[size] = (
                (source[place] & 0x07) << 18 | (source[place + 1] & 0x3F) << 12 | (source[place + 2] & 0x3F) << 6
                | (source[place + 3] & 0x3F)
            )
            place += 4
        size += 1
    return size


cdef Py_ssize_t spell_entity(const uint8_t* source, Py_ssize_t size, uint32_t* code) noexcept nogil:
    """Decode the entity that begins here; return its length."""
    cdef const char* entity = <const char*>source
    if size >= 4 and memcmp(entity, b"&lt;", 4) == 0:
        code[0] = 60
        return 4
    if size >= 4 and memcmp(entity, b"&gt;", 4) == 0:
        code[0] = 62
        return 4
    if size >= 6 and memcmp(entity, b"&quot;", 6) == 0:
        code[0] = 34
        return 6
    if size >= 6 and memcmp(entity, b"&nbsp;", 6) == 0:
        code[0] = 0xA0
        return 6
    code[0] = 38
    return 5 if size >= 5 and memcmp(entity, b"&amp;", 5) == 0 else 1


def names_of(const uint8_t[::1] source, const int64_t[:, ::1] values, const int64_t[:, ::1] names, Py_ssize_t size):
    """Return the distinct names, their values with spaces between, as they stand in the markup."""
    cdef Py_ssize_t name, first, row
    cdef list found = []
    cdef str text
    for name in range(size):
        text = ""
        first = names[FIRST_VALUE, name]
        for row in range(first, first + names[VALUES, name]):
            value = PyUnicode_DecodeUTF8(
                <const char*>&source[0] + values[START, row], values[END, row] - values[START, row], NULL
            )
            text = value if row == first else f"{text} {value}"
        found.append(text)
    return found


def text_of(uint32_t[::1] codes, Py_ssize_t start, Py_ssize_t end):
    """Return code points as a string."""
    return PyUnicode_FromKindAndData(4, &codes[0] + start, end - start) if end > start else ""


def cut_blocks(
    const uint32_t[::1] text, const int64_t[:, ::1] pieces, const int64_t[:, ::1] elements,
    uint32_t[::1] joined, int64_t[:, ::1] blocks,
):
    """Join the pieces between two breaks to blocks, a line feed between them; return how many, and how much text."""
    cdef Py_ssize_t low = 0, high, first, size = 0, count = 0, last = pieces.shape[1]
    with nogil:
        while low < last:
            high = low
            first = -1
            while high < last and pieces[OWNER, high] >= 0:
                if first < 0 and collapsed_size(text, pieces[START, high], pieces[END, high]) > 0:
                    first = high
                high += 1
            if first >= 0:
                if count:
                    joined[size] = 10
                    size += 1
                blocks[BLOCK_START, count] = size
                size += write_block(text, pieces, elements, low, high, pieces[OWNER, first], &joined[size])
                blocks[BLOCK_END, count] = size
                blocks[BLOCK_ELEMENT, count] = pieces[OWNER, first]
                blocks[BLOCK_PIECE, count] = first
                blocks[BLOCK_LINKED, count] = min(
                    linked_size(text, pieces, elements, low, high), size - blocks[BLOCK_START, count]
                )
                count += 1
            low = high + 1
    return count, size


cdef Py_ssize_t write_block(
    const uint32_t[::1] text, const int64_t[:, ::1] pieces, const int64_t[:, ::1] elements,
    Py_ssize_t low, Py_ssize_t high, Py_ssize_t element, uint32_t* block,
) noexcept nogil:
    """Join the pieces from `low` to `high`, white space collapsed; return how long that is."""
    cdef Py_ssize_t piece, size = 0, length
    for piece in range(low, high):
        if piece > low and pieces[OWNER, piece] != pieces[OWNER, piece - 1]:
            if stand_apart(text, pieces, elements, piece - 1, piece):
                block[size] = 32
                size += 1
        length = pieces[END, piece] - pieces[START, piece]
        memcpy(block + size, &text[pieces[START, piece]], length * sizeof(uint32_t))
        size += length
    if elements[PREFORMATTED, element] and holds_line_feed(block, size):
        return trim_lines(block, size)
    return collapse(block, size)


cdef bint stand_apart(
    const uint32_t[::1] text, const int64_t[:, ::1] pieces, const int64_t[:, ::1] elements,
    Py_ssize_t one, Py_ssize_t other,
) noexcept nogil:
    """Tell what `_stand_apart` in `boilercut.read.markup` tells, of two pieces."""
    cdef uint32_t left = text[pieces[END, one] - 1], right = text[pieces[START, other]]
    cdef int64_t before = pieces[OWNER, one], after = pieces[OWNER, other]
    if Py_UNICODE_ISSPACE(left) or Py_UNICODE_ISSPACE(right):
        return False
    if elements[LINK, before] != elements[LINK, after]:
        return elements[LINK, before] >= 0 and elements[LINK, after] >= 0
    return (
        elements[PARENT, before] == elements[PARENT, after]
        and elements[FLAGS, before] & SPAN_TAG and elements[FLAGS, after] & SPAN_TAG
        and elements[FLAGS, before] & NAMED and elements[FLAGS, after] & NAMED
        and (Py_UNICODE_ISLOWER(left) or 48 <= left <= 57 or left == 41 or left == 37)
        and (Py_UNICODE_ISUPPER(right) or Py_UNICODE_ISDIGIT(right))
        and not elements[PREFORMATTED, after]
    )


cdef Py_ssize_t linked_size(
    const uint32_t[::1] text, const int64_t[:, ::1] pieces, const int64_t[:, ::1] elements,
    Py_ssize_t low, Py_ssize_t high,
) noexcept nogil:
    """Count the characters inside links, white space collapsed in each piece."""
    cdef Py_ssize_t piece, size = 0
    for piece in range(low, high):
        if elements[LINK, pieces[OWNER, piece]] >= 0:
            size += collapsed_size(text, pieces[START, piece], pieces[END, piece])
    return size


cdef Py_ssize_t collapsed_size(const uint32_t[::1] text, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Count the characters, those of a run of white space as one, and none at the edges."""
    cdef Py_ssize_t place, size = 0
    cdef bint apart = False
    for place in range(start, end):
        if Py_UNICODE_ISSPACE(text[place]):
            apart = size > 0
        else:
            size += 1 + apart
            apart = False
    return size


cdef bint holds_line_feed(const uint32_t* text, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t place
    for place in range(size):
        if text[place] == 10:
            return True
    return False


cdef Py_ssize_t collapse(uint32_t* text, Py_ssize_t size) noexcept nogil:
    """Leave one space of each run of white space, and none at the edges; return the new length."""
    cdef Py_ssize_t place, end = 0
    cdef bint apart = False
    for place in range(size):
        if Py_UNICODE_ISSPACE(text[place]):
            apart = end > 0
            continue
        if apart:
            text[end] = 32
            end += 1
            apart = False
        text[end] = text[place]
        end += 1
    return end


cdef Py_ssize_t trim_lines(uint32_t* text, Py_ssize_t size) noexcept nogil:
    """Take white space off the end of every line, and empty lines off the edges; return the new length."""
    cdef Py_ssize_t start = 0, stop, last, end = 0, breaks = 0, place
    while start <= size:
        stop = start
        while stop < size and text[stop] != 10:
            stop += 1
        last = stop
        while last > start and Py_UNICODE_ISSPACE(text[last - 1]):
            last -= 1
        if last > start:
            for place in range(breaks if end else 0):
                text[end] = 10
                end += 1
            for place in range(start, last):
                text[end] = text[place]
                end += 1
            breaks = 0
        breaks += 1
        start = stop + 1
    return end


ctypedef fused Code:  # the widths in which Python keeps strings
    uint8_t
    uint16_t
    uint32_t


def is_sound(
    str html, const uint64_t[::1] tags, const int64_t[::1] tag_flags, Py_ssize_t max_depth, Py_ssize_t max_roots
):
    """Tell whether surely no tag of a page would swallow what follows, and tags and roots stay within bounds."""
    cdef int kind = PyUnicode_KIND(html)
    cdef Py_ssize_t size = len(html)
    cdef const void* codes = PyUnicode_DATA(html)
    cdef bint sound
    with nogil:
        if kind == 1:
            sound = all_sound(<const uint8_t*>codes, size, tags, tag_flags, max_depth, max_roots)
        elif kind == 2:
            sound = all_sound(<const uint16_t*>codes, size, tags, tag_flags, max_depth, max_roots)
        else:
            sound = all_sound(<const uint32_t*>codes, size, tags, tag_flags, max_depth, max_roots)
    return sound


cdef bint all_sound(
    const Code* codes, Py_ssize_t size, const uint64_t[::1] tags, const int64_t[::1] tag_flags, Py_ssize_t max_depth,
    Py_ssize_t max_roots,
) noexcept nogil:
    """Look at every tag: none of those that swallow may end in "/>", and none of the losable may lack its end tag."""
    cdef int64_t[LOSABLE_TAGS] unclosed
    cdef Py_ssize_t place = next_code(codes, 0, size, <Code>60), name, end, depth = 0, roots = 0, tag
    cdef int64_t flags
    cdef bint closes
    for tag in range(LOSABLE_TAGS):
        unclosed[tag] = 0
    while place < size:
        closes = place + 1 < size and codes[place + 1] == 47
        name = place + 1 + closes
        if not count_losable(codes, name, size, closes, unclosed):
            return False
        end = name
        while end < size and is_name_part(codes[end]):
            end += 1
        flags = flags_of(lower_hash(codes, name, end), tags, tag_flags) if end > name else 0
        roots += not closes and flags & ROOT_TAG != 0
        if roots > max_roots:
            return False
        place = end
        while place < size and codes[place] != 60 and codes[place] != 62:
            place += 1
        if place < size and codes[place] == 62 and end > name:
            if codes[place - 1] == 47:
                if flags & SWALLOWING_TAG:
                    return False
            elif not flags & FLAT_TAG and is_letter(codes[name]):
                depth = max(depth - 1, 0) if closes else depth + 1
                if depth > max_depth:
                    return False
        place = next_code(codes, place, size, <Code>60)
    for tag in range(LOSABLE_TAGS):
        if unclosed[tag]:
            return False
    return True


def has_few_attributes(str html, Py_ssize_t most):
    """Tell whether no tag has more attributes than that, told apart as the HTML standard has it."""
    cdef int kind = PyUnicode_KIND(html)
    cdef Py_ssize_t size = len(html)
    cdef const void* codes = PyUnicode_DATA(html)
    cdef bint few
    with nogil:
        if kind == 1:
            few = all_have_few(<const uint8_t*>codes, size, most)
        elif kind == 2:
            few = all_have_few(<const uint16_t*>codes, size, most)
        else:
            few = all_have_few(<const uint32_t*>codes, size, most)
    return few


cdef bint all_have_few(const Code* codes, Py_ssize_t size, Py_ssize_t most) noexcept nogil:
    """Step from attribute to attribute of every tag; its twin is `recover._TO_FULL_TAG`."""
    cdef Py_ssize_t place = next_code(codes, 0, size, <Code>60) + 1, attributes
    while place < size:
        if is_letter(codes[place]):
            while place < size and (codes[place] > 62 or not ends_name(codes[place]) or codes[place] == 61):
                place += 1
            attributes = 0
            while True:
                while place < size and (is_blank(codes[place]) or codes[place] == 47):
                    place += 1
                if place >= size or codes[place] == 62:
                    break
                attributes += 1
                if attributes > most:
                    return False
                place = attribute_end(codes, place, size)
        place = next_code(codes, place, size, <Code>60) + 1
    return True


cdef inline Py_ssize_t attribute_end(const Code* codes, Py_ssize_t place, Py_ssize_t size) noexcept nogil:
    """Return where the attribute that begins at `place` ends; a quote without an end begins the next one."""
    cdef Py_ssize_t value
    place += 1
    while place < size and (codes[place] > 62 or not ends_name(codes[place])):
        place += 1
    value = place
    while value < size and is_blank(codes[value]):
        value += 1
    if value >= size or codes[value] != 61:
        return place
    value += 1
    while value < size and is_blank(codes[value]):
        value += 1
    if value < size and (codes[value] == 34 or codes[value] == 39):
        place = next_code(codes, value + 1, size, codes[value])
        return place + 1 if place < size else value
    while value < size and not is_blank(codes[value]) and codes[value] != 62:
        value += 1
    return value


cdef inline bint ends_name(Code code) noexcept nogil:
    return is_blank(code) or code == 47 or code == 61 or code == 62


cdef inline bint is_blank(Code code) noexcept nogil:
    """Tell what `\\s` matches of ASCII."""
    return code == 32 or 9 <= code <= 13


cdef inline bint count_losable(
    const Code* codes, Py_ssize_t name, Py_ssize_t size, bint closes, int64_t* unclosed
) noexcept nogil:
    """Count a tag whose name begins like one of the losable; False for one in capitals."""
    cdef Py_ssize_t tag
    for tag in range(LOSABLE_TAGS):
        if begins(codes, name, size, LOSABLE[tag], 0):
            unclosed[tag] += -1 if closes else 1
        elif not closes and begins(codes, name, size, LOSABLE[tag], 32):
            return False
    return True


cdef inline bint begins(
    const Code* codes, Py_ssize_t place, Py_ssize_t size, const char* name, int shift
) noexcept nogil:
    """Tell whether `name`, its letters lowered by `shift`, stands at `place`."""
    while name[0]:
        if place >= size or codes[place] != <Code>(name[0] - shift):
            return False
        place += 1
        name += 1
    return True


cdef inline Py_ssize_t next_code(const Code* codes, Py_ssize_t place, Py_ssize_t size, Code wanted) noexcept nogil:
    cdef const void* found
    if Code is uint8_t:
        found = memchr(codes + place, wanted, size - place) if place < size else NULL
        return size if found == NULL else <const uint8_t*>found - codes
    else:
        while place < size and codes[place] != wanted:
            place += 1
        return place


cdef inline bint is_letter(Code code) noexcept nogil:
    return 97 <= code <= 122 or 65 <= code <= 90


cdef inline bint is_name_part(Code code) noexcept nogil:
    return is_letter(code) or 48 <= code <= 57 or code == 45 or code == 95


cdef inline uint64_t lower_hash(const Code* codes, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Return the hash of a name in small letters."""
    cdef uint64_t name = 0
    cdef Py_ssize_t place
    for place in range(start, end):
        name = name * BASE + (codes[place] | 32 if 65 <= codes[place] <= 90 else codes[place])
    return finished(name)
