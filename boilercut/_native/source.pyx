# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: freethreading_compatible=True
"""What is done with a page's source before the parser sees it, in C, for the compiled build.

Text is encoded, and looked through for tags that would swallow what follows (see `boilercut.read.html.recover`) and for
what a parser is superlinear in: `boilercut.read.html.bounds.scan`, which this follows step by step, and leaves to where
it is not sure.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport int16_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memchr, memcpy, memset

from boilercut._native.shared cimport *

cdef enum:
    LOSABLE_TAGS = 5
    AT_ONCE = 32  # characters that are encoded together
    SHORT_TAG = 8  # letters; no tag that is looked for here has more
    B_FOREIGN = B_SVG | B_MATH
    FLAGS = (1 << ROLE_BITS) - 1
    # limits of the scan; a page that needs more is not surely within bounds
    MAX_OPEN = 1000
    MAX_ACTIVE = 250
    NAME_SLOTS = 8192  # more than twice as many as names
    MAX_ADOPTED = 7


cdef const char** LOSABLE = ["script", "style", "textarea", "title", "iframe"]


def encoded(str text):
    """Return a text in UTF-8, question marks for lone surrogates; twice as fast as Python where most of it is ASCII."""
    cdef int kind = PyUnicode_KIND(text)
    cdef const void* codes = PyUnicode_DATA(text)
    if kind == 1:
        return text.encode() if text.isascii() else in_utf8(<const uint8_t*>codes, len(text))
    return in_utf8(<const uint16_t*>codes, len(text)) if kind == 2 else in_utf8(<const uint32_t*>codes, len(text))


cdef bytes in_utf8(const Code* codes, Py_ssize_t size):
    cdef bytes octets = PyBytes_FromStringAndSize(NULL, utf8(codes, size, NULL))
    utf8(codes, size, <uint8_t*>PyBytes_AS_STRING(octets))
    return octets


cdef Py_ssize_t utf8(const Code* codes, Py_ssize_t size, uint8_t* octets) noexcept nogil:
    """Write out code points, if there is where to; return how many octets that is."""
    cdef Py_ssize_t place = 0, end = 0, ahead
    cdef Code[AT_ONCE] part  # local arrays, for the C compiler to see that they are apart
    cdef uint8_t[AT_ONCE] ascii
    cdef Code together
    while place < size:
        if size - place >= AT_ONCE:
            memcpy(part, codes + place, AT_ONCE * sizeof(Code))
            together = 0
            for ahead in range(AT_ONCE):
                together |= part[ahead]
            if together < 0x80:
                if octets != NULL:
                    for ahead in range(AT_ONCE):
                        ascii[ahead] = <uint8_t>part[ahead]
                    memcpy(octets + end, ascii, AT_ONCE)
                end += AT_ONCE
                place += AT_ONCE
                continue
        for ahead in range(min(AT_ONCE, size - place)):
            end += utf8_letter(codes[place + ahead], octets + end if octets != NULL else NULL)
        place += AT_ONCE
    return end


cdef inline Py_ssize_t utf8_letter(uint32_t code, uint8_t* octets) noexcept nogil:
    """Write out a code point, if there is where to; return how many octets that is."""
    cdef Py_ssize_t size = 1 + (code >= 0x80) + (code >= 0x800) + (code >= 0x10000), place
    if 0xD800 <= code < 0xE000:
        code, size = 63, 1
    if octets == NULL:
        return size
    if size == 1:
        octets[0] = code
        return 1
    for place in range(size - 1, 0, -1):
        octets[place] = 0x80 | code & 0x3F
        code >>= 6
    octets[0] = 0xF00 >> size & 0xFF | code
    return size


def is_sound(const uint8_t[::1] html, const uint64_t[::1] tags, const int64_t[::1] tag_flags):
    """Return whether surely no tag of a page would swallow what follows."""
    cdef bint sound
    with nogil:
        sound = html.shape[0] == 0 or all_sound(&html[0], html.shape[0], tags, tag_flags)
    return sound


cdef struct Losable:  # what was seen of the tags of an element that swallows the page where its end tag is lost
    int64_t unclosed
    bint in_capitals
    bint is_open  # whether the last one was a start tag


cdef bint all_sound(
    const uint8_t* codes, Py_ssize_t size, const uint64_t[::1] tags, const int64_t[::1] tag_flags
) noexcept nogil:
    """Look at every tag: none of those that swallow may end in "/>", and none of the losable may lack its end tag."""
    cdef Losable[LOSABLE_TAGS] losable
    cdef Py_ssize_t place = find(codes, 0, size, 60), name, end, stop, comment = -1
    cdef bint closes
    memset(losable, 0, sizeof(losable))
    while place < size:
        closes = place + 1 < size and codes[place + 1] == 47
        name = place + 1 + closes
        if begins(codes, name, size, b"!--", 0):
            comment = place
        place = find(codes, name, size, 60)
        if name >= size or not may_swallow_initial(codes[name]):
            continue
        count_losable(codes, name, size, closes, losable)
        stop = find(codes, name, place, 62)
        end = name_end(codes, name, size)
        if stop < place and codes[stop - 1] == 47 and name < end <= name + SHORT_TAG:
            if flags_of(short_hash(codes, name, end), tags, tag_flags) and may_swallow(
                codes, stop + 1, size, tags, tag_flags
            ):
                return False
    return not any_lost(losable) and (comment < 0 or ends_comment(codes, comment, size))


cdef inline bint may_swallow_initial(uint8_t code) noexcept nogil:
    """Return whether an element that swallows may begin so: audio, canvas, iframe, no…, object, s…, t…, video, xmp."""
    return memchr(b"aciostnvxACIOSTNVX", code, 18) != NULL


cdef inline Py_ssize_t name_end(const uint8_t* codes, Py_ssize_t place, Py_ssize_t size) noexcept nogil:
    while place < size and is_name_part(codes[place]):
        place += 1
    return place


cdef bint may_swallow(
    const uint8_t* codes, Py_ssize_t place, Py_ssize_t size, const uint64_t[::1] tags, const int64_t[::1] tag_flags
) noexcept nogil:
    """Tell what `recover._SELF_CLOSED_RAW` looks for behind a tag: the end, or a tag that ends no such element."""
    cdef Py_ssize_t end
    while place < size and (is_blank(codes[place]) or 28 <= codes[place] <= 31):
        place += 1
    if place >= size or codes[place] >= 0x80:  # which may be white space too
        return True
    if codes[place] != 60 or place + 1 >= size or codes[place + 1] != 47:
        return codes[place] == 60
    end = name_end(codes, place + 2, size)
    return end > place + 2 + SHORT_TAG or not flags_of(short_hash(codes, place + 2, end), tags, tag_flags)


cdef bint any_lost(const Losable* losable) noexcept nogil:
    cdef Py_ssize_t tag
    for tag in range(LOSABLE_TAGS):
        if losable[tag].is_open and (losable[tag].unclosed or losable[tag].in_capitals):
            return True
    return False


cdef bint ends_comment(const uint8_t* codes, Py_ssize_t place, Py_ssize_t size) noexcept nogil:
    """Tell whether the comment that begins at `place` has an end."""
    place = find(codes, place + 4, size, 62)
    while place < size and not (codes[place - 1] == 45 and codes[place - 2] == 45):
        place = find(codes, place + 1, size, 62)
    return place < size


cdef inline bint is_blank(uint8_t code) noexcept nogil:
    """Tell what `\\s` matches of ASCII."""
    return code == 32 or 9 <= code <= 13


cdef inline void count_losable(
    const uint8_t* codes, Py_ssize_t name, Py_ssize_t size, bint closes, Losable* losable
) noexcept nogil:
    """Count a tag whose name begins like one of the losable, in small letters or in capitals."""
    cdef Py_ssize_t tag
    if name >= size or memchr(b"stiSTI", codes[name], 6) == NULL:
        return
    for tag in range(LOSABLE_TAGS):
        if begins(codes, name, size, LOSABLE[tag], 0):
            losable[tag].unclosed += -1 if closes else 1
            losable[tag].is_open = not closes
        elif begins(codes, name, size, LOSABLE[tag], 32):
            losable[tag].in_capitals |= not closes
            losable[tag].is_open = not closes


cdef inline bint begins(
    const uint8_t* codes, Py_ssize_t place, Py_ssize_t size, const char* name, int shift
) noexcept nogil:
    """Tell whether `name`, its letters lowered by `shift`, stands at `place`."""
    while name[0]:
        if place >= size or codes[place] != <uint8_t>(name[0] - shift):
            return False
        place += 1
        name += 1
    return True


cdef inline Py_ssize_t find(const uint8_t* codes, Py_ssize_t place, Py_ssize_t size, uint8_t wanted) noexcept nogil:
    """Return the first place of `wanted` from `place` on, or `size`."""
    cdef const void* found = memchr(codes + place, wanted, size - place) if place < size else NULL
    return size if found == NULL else <const uint8_t*>found - codes


cdef inline bint is_letter(uint8_t code) noexcept nogil:
    return 97 <= code <= 122 or 65 <= code <= 90


cdef inline bint is_name_part(uint8_t code) noexcept nogil:
    return is_letter(code) or 48 <= code <= 57 or code == 45 or code == 95


cdef inline uint64_t short_hash(const uint8_t* codes, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Return a hash of a name of up to `SHORT_TAG` letters, large or small, that no other such name has."""
    cdef uint64_t name = 0
    cdef Py_ssize_t place
    for place in range(start, end):
        name = name << 8 | codes[place] | 32
    return mixed(name)


def hash_tag(bytes name):
    """Return the hash by which `is_sound` knows a tag."""
    return short_hash(name, 0, len(name))


cdef struct Limits:
    int64_t steps, clones, options, attributes, names


cdef struct Tag:  # a start or end tag
    uint64_t name  # the number of its role, or its hash
    uint64_t key  # a hash of its attributes as written
    int64_t flags
    Py_ssize_t attributes, end
    bint closes_itself, is_html_encoding, has_font_attribute


cdef struct Scan:
    const uint8_t* codes
    Py_ssize_t size
    int64_t steps, clones, options, option_steps, root_attributes, names
    Py_ssize_t open, active
    bint quirks, form, skip_select, sure
    uint64_t[MAX_OPEN] name
    int64_t[MAX_OPEN] flags
    int16_t[MAX_OPEN] entry  # the place in the list of active formatting elements, or -1
    uint64_t[MAX_ACTIVE] active_name  # 0 for a marker
    uint64_t[MAX_ACTIVE] active_key
    int64_t[MAX_ACTIVE] active_weight
    bint[MAX_ACTIVE] active_open
    uint64_t[NAME_SLOTS] seen


def is_within_bounds(
    const uint8_t[::1] html, const uint64_t[::1] slots, const int64_t[::1] flags, bint quirks, tuple limits
):
    """Return whether a page surely is within the bounds that `boilercut.read.html.bounds` sets to what is superlinear."""
    cdef Limits most
    cdef Scan scan
    most.steps, most.clones, most.options, most.attributes, most.names = limits
    if html.shape[0] == 0:
        return True
    memset(&scan, 0, sizeof(Scan))
    scan.codes, scan.size, scan.quirks, scan.sure = &html[0], html.shape[0], quirks, True
    with nogil:
        scan_page(&scan, slots, flags, &most)
    return scan.sure


def hash_element(bytes name):
    """Return the hash by which `is_within_bounds` knows an element."""
    return element_hash(name, 0, len(name))


cdef inline uint64_t element_hash(const uint8_t* codes, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Return a hash of a name in small letters; each letter is mixed in so that collisions are no sum of letters."""
    cdef uint64_t name = 0xCBF29CE484222325ULL
    cdef Py_ssize_t place
    for place in range(start, end):
        name = (name ^ lowered(codes[place])) * 0x100000001B3ULL
        name ^= name >> 32
    return name | 1ULL << 63


cdef inline uint8_t lowered(uint8_t code) noexcept nogil:
    return code | 32 if 65 <= code <= 90 else code


cdef inline bint is_gap(uint8_t code) noexcept nogil:
    """Return whether the standard takes a byte for white space."""
    return code == 32 or code == 10 or code == 9 or code == 13 or code == 12


cdef void scan_page(
    Scan* scan, const uint64_t[::1] slots, const int64_t[::1] flags, const Limits* most
) noexcept nogil:
    cdef const uint8_t* codes = scan.codes
    cdef Py_ssize_t size = scan.size, place = 0, start
    cdef Tag tag
    cdef bint closes
    while scan.sure:
        start = find(codes, place, size, 60)
        if start > place and scan.active:
            scan_text(scan, place, start)
        if start >= size:
            break
        place = start + 1
        closes = place < size and codes[place] == 47
        if place + closes < size and is_letter(codes[place + closes]):
            read_tag(scan, place + closes, slots, flags, most, &tag)
            place = tag.end
            if not scan.sure:
                break
            if closes:
                end_tag(scan, &tag)
            else:
                place = start_tag(scan, &tag, start, most)
        elif place < size and (codes[place] == 33 or codes[place] == 63 or codes[place] == 47):
            place = comment_end(scan, place)
        else:
            continue
        scan.steps += scan.open
        if scan.steps > most.steps or scan.clones > most.clones or scan.option_steps > most.options:
            scan.sure = False


cdef Py_ssize_t comment_end(const Scan* scan, Py_ssize_t place) noexcept nogil:
    """Return where a comment, a declaration or a CDATA section ends whose mark follows `place`."""
    cdef const uint8_t* codes = scan.codes
    cdef Py_ssize_t size = scan.size
    if begins(codes, place, size, b"!--", 0):
        place += 3
        if place < size and codes[place] == 62:
            return place + 1
        if place + 1 < size and codes[place] == 45 and codes[place + 1] == 62:
            return place + 2
        while True:
            place = find(codes, place, size, 45)
            if place + 1 >= size:
                return size
            if codes[place + 1] == 45:
                if place + 2 < size and codes[place + 2] == 62:
                    return place + 3
                if place + 3 < size and codes[place + 2] == 33 and codes[place + 3] == 62:
                    return place + 4
            place += 1
    if begins(codes, place, size, b"![CDATA[", 0) and scan.open and scan.flags[scan.open - 1] & B_FOREIGN:
        place += 8
        while place < size:
            place = find(codes, place, size, 93)
            if begins(codes, place, size, b"]]>", 0):
                return place + 3
            place += 1
        return size
    return min(find(codes, place, size, 62) + 1, size)


cdef void read_tag(
    Scan* scan, Py_ssize_t place, const uint64_t[::1] slots, const int64_t[::1] flags, const Limits* most, Tag* tag
) noexcept nogil:
    """Read a tag whose name begins at `place`, up to its end; count its attributes, and names that are new."""
    cdef const uint8_t* codes = scan.codes
    cdef Py_ssize_t size = scan.size, start = place, name, value
    cdef int64_t known
    while place < size and not is_gap(codes[place]) and codes[place] != 47 and codes[place] != 62:
        place += 1
    tag.name = element_hash(codes, start, place)
    known = flags_of(tag.name, slots, flags)
    if known & FLAGS == 0:
        see_name(scan, tag.name, most)
    if known >> ROLE_BITS:
        tag.name = known >> ROLE_BITS
    tag.flags = known & FLAGS
    tag.attributes, tag.key = 0, 0
    tag.closes_itself = tag.is_html_encoding = tag.has_font_attribute = False
    while True:
        while place < size and (is_gap(codes[place]) or codes[place] == 47):
            tag.closes_itself = codes[place] == 47
            place += 1
        if place >= size or codes[place] == 62:
            break
        tag.closes_itself = False
        tag.attributes += 1
        if tag.attributes > most.attributes:
            scan.sure = False
            break
        name = place
        place += 1
        while place < size and not is_gap(codes[place]) and not 61 <= codes[place] <= 62 and codes[place] != 47:
            place += 1
        see_name(scan, element_hash(codes, name, place) ^ 1ULL << 62, most)
        value = place
        while value < size and is_gap(codes[value]):
            value += 1
        if value < size and codes[value] == 61:
            place = value + 1
            while place < size and is_gap(codes[place]):
                place += 1
            if place < size and (codes[place] == 34 or codes[place] == 39):
                value = find(codes, place + 1, size, codes[place])
                place = value + 1 if value < size else place
            elif place < size and codes[place] != 62:
                while place < size and not is_gap(codes[place]) and codes[place] != 62:
                    place += 1
        if tag.flags & B_FORMATTING:
            tag.key = tag.key * BASE + element_hash(codes, name, place)
            tag.has_font_attribute |= tag.name == R_FONT and is_font_attribute(codes, name, size)
    tag.end = min(place + 1, size)


cdef bint is_font_attribute(const uint8_t* codes, Py_ssize_t place, Py_ssize_t size) noexcept nogil:
    cdef uint8_t first = lowered(codes[place])
    return first == 99 or first == 102 or first == 115


cdef void see_name(Scan* scan, uint64_t name, const Limits* most) noexcept nogil:
    """Count a name that was not seen before."""
    cdef Py_ssize_t slot = <Py_ssize_t>((name ^ name >> 29) & (NAME_SLOTS - 1))
    while scan.seen[slot]:
        if scan.seen[slot] == name:
            return
        slot = (slot + 1) & (NAME_SLOTS - 1)
    scan.seen[slot] = name
    scan.names += 1
    if scan.names > min(most.names, NAME_SLOTS // 2):
        scan.sure = False


cdef Py_ssize_t raw_end(const Scan* scan, Py_ssize_t name, Py_ssize_t place) noexcept nogil:
    """Return where the end tag of the raw element begins whose own name stands at `name`."""
    cdef const uint8_t* codes = scan.codes
    cdef Py_ssize_t size = scan.size, letters = 0
    while is_letter(codes[name + letters]):
        letters += 1
    while True:
        place = find(codes, place, size, 60)
        if place >= size:
            return size
        if is_end_of(codes, place, size, name, letters):
            return place
        place += 1


cdef inline bint is_end_of(
    const uint8_t* codes, Py_ssize_t place, Py_ssize_t size, Py_ssize_t name, Py_ssize_t letters
) noexcept nogil:
    cdef Py_ssize_t letter
    if place + 2 + letters >= size or codes[place + 1] != 47:
        return False
    for letter in range(letters):
        if lowered(codes[place + 2 + letter]) != lowered(codes[name + letter]):
            return False
    return ends_raw_name(codes[place + 2 + letters])


cdef inline bint ends_raw_name(uint8_t code) noexcept nogil:
    return is_gap(code) or code == 47 or code == 62


cdef Py_ssize_t script_end(const Scan* scan, Py_ssize_t name, Py_ssize_t place) noexcept nogil:
    """Return where the end tag of a script begins; in `<!-- <script>` it does not count."""
    cdef const uint8_t* codes = scan.codes
    cdef Py_ssize_t size = scan.size, start = place, letter
    cdef bint escaped = False, nested = False
    place = raw_end(scan, name, start)
    if not holds_comment(codes, start, place):
        return place
    place = start
    while place < size:
        if codes[place] == 45 and begins(codes, place, size, b"-->", 0):
            escaped = nested = False
            place += 3
        elif codes[place] == 60 and begins(codes, place, size, b"<!--", 0):
            place += 4 if escaped else 2
            escaped = True
        elif codes[place] == 60 and not nested and is_end_of(codes, place, size, name, 6):
            return place
        elif codes[place] == 60 and nested and is_end_of(codes, place, size, name, 6):
            nested = False
            place += 8
        elif codes[place] == 60 and escaped and place and is_nested_script(codes, place, size, name):
            nested = True
            place += 7
        else:
            place += 1
    return size


cdef bint is_nested_script(const uint8_t* codes, Py_ssize_t place, Py_ssize_t size, Py_ssize_t name) noexcept nogil:
    cdef Py_ssize_t letter
    if place + 7 >= size:
        return False
    for letter in range(6):
        if lowered(codes[place + 1 + letter]) != lowered(codes[name + letter]):
            return False
    return ends_raw_name(codes[place + 7])


cdef bint holds_comment(const uint8_t* codes, Py_ssize_t place, Py_ssize_t end) noexcept nogil:
    while True:
        place = find(codes, place, end, 33)
        if place >= end:
            return False
        if place and codes[place - 1] == 60 and begins(codes, place, end, b"!--", 0):
            return True
        place += 1


cdef void scan_text(Scan* scan, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    cdef int64_t flags = scan.flags[scan.open - 1] if scan.open else 0
    if flags & B_FOREIGN and not flags & B_INTEGRATION:
        return
    if scan.open and is_table_context(scan.name[scan.open - 1]):
        while start < end and (is_blank(scan.codes[start])):
            start += 1
        if start == end:
            return
    reopen(scan)


cdef inline bint is_table_context(uint64_t name) noexcept nogil:
    return name == R_TABLE or name == R_TBODY or name == R_THEAD or name == R_TFOOT or name == R_TR


cdef Py_ssize_t start_tag(Scan* scan, const Tag* tag, Py_ssize_t start, const Limits* most) noexcept nogil:
    """Take a start tag; return where the scan goes on."""
    cdef Py_ssize_t place
    if tag.flags & B_ROOT:
        scan.root_attributes += tag.attributes
        scan.sure = scan.sure and scan.root_attributes <= most.attributes
    if is_foreign(scan, tag.name):
        if tag.flags & B_BREAKOUT or (tag.name == R_FONT and tag.has_font_attribute):
            leave_foreign(scan)
        elif tag.name == R_ANNOTATION_XML:
            scan.sure = False
        else:
            if not tag.closes_itself:
                push(scan, tag.name, foreign_flags(scan, tag), -1)
            return tag.end
    if tag.flags & B_RAW:
        if tag.name == R_XMP:
            close_p(scan)
        place = script_end(scan, start + 1, tag.end) if tag.name == R_SCRIPT else raw_end(scan, start + 1, tag.end)
        if tag.name == R_TEXTAREA or tag.name == R_XMP:
            reopen(scan)
        return place
    if tag.name == R_PLAINTEXT:
        return scan.size
    if tag.name == R_FRAMESET:
        scan.sure = False
    if tag.name == R_SVG or tag.name == R_MATH:
        reopen(scan)
        if not tag.closes_itself:
            push(scan, tag.name, B_SVG if tag.name == R_SVG else B_MATH, -1)
        return tag.end
    html_start(scan, tag)
    return tag.end


cdef inline bint is_foreign(const Scan* scan, uint64_t name) noexcept nogil:
    cdef int64_t flags
    if scan.open == 0:
        return False
    flags = scan.flags[scan.open - 1]
    if not flags & B_FOREIGN:
        return False
    return not flags & B_INTEGRATION or (name == R_MGLYPH or name == R_MALIGNMARK) and flags & B_MATH


cdef inline int64_t foreign_flags(const Scan* scan, const Tag* tag) noexcept nogil:
    cdef int64_t space = scan.flags[scan.open - 1] & B_FOREIGN
    cdef bint in_svg = tag.name == R_DESC or tag.name == R_FOREIGNOBJECT or tag.name == R_TITLE
    if not tag.flags & B_INTEGRATION or in_svg != (space == B_SVG):
        return space
    return space | B_SPECIAL | B_SCOPE | B_INTEGRATION


cdef void leave_foreign(Scan* scan) noexcept nogil:
    while (
        scan.open and scan.flags[scan.open - 1] & B_FOREIGN and not scan.flags[scan.open - 1] & B_INTEGRATION
    ):
        pop_to(scan, scan.open - 1)


cdef inline void push(Scan* scan, uint64_t name, int64_t flags, Py_ssize_t entry) noexcept nogil:
    if scan.open >= MAX_OPEN:
        scan.sure = False
        return
    scan.name[scan.open] = name
    scan.flags[scan.open] = flags
    scan.entry[scan.open] = entry
    scan.open += 1


cdef inline void mark(Scan* scan, uint64_t name, uint64_t key, int64_t weight) noexcept nogil:
    """Add to the list of active formatting elements; a marker has no name."""
    if scan.active >= MAX_ACTIVE:
        scan.sure = False
        return
    scan.active_name[scan.active] = name
    scan.active_key[scan.active] = key
    scan.active_weight[scan.active] = weight
    scan.active_open[scan.active] = True
    scan.active += 1


cdef inline void pop_to(Scan* scan, Py_ssize_t place) noexcept nogil:
    cdef Py_ssize_t row
    for row in range(place, scan.open):
        if scan.entry[row] >= 0:
            scan.active_open[scan.entry[row]] = False
    for row in range(place, scan.open):
        if scan.flags[row] & B_MARKING and not scan.flags[row] & B_FOREIGN:
            while scan.active:
                scan.active -= 1
                if scan.active_name[scan.active] == 0:
                    break
            break
    scan.open = place


cdef Py_ssize_t found(const Scan* scan, uint64_t name, int64_t stops) noexcept nogil:
    cdef Py_ssize_t place
    for place in range(scan.open - 1, -1, -1):
        if scan.name[place] == name and not scan.flags[place] & B_FOREIGN:
            return place
        if scan.flags[place] & stops:
            return -1
    return -1


cdef Py_ssize_t in_scope(const Scan* scan, uint64_t name, uint64_t one, uint64_t other) noexcept nogil:
    cdef Py_ssize_t place
    for place in range(scan.open - 1, -1, -1):
        if scan.name[place] == name and not scan.flags[place] & B_FOREIGN:
            return place
        if scan.flags[place] & B_SCOPE or scan.name[place] == one or scan.name[place] == other:
            return -1
    return -1


cdef inline void close_in_scope(Scan* scan, uint64_t name, uint64_t one, uint64_t other) noexcept nogil:
    cdef Py_ssize_t place = in_scope(scan, name, one, other)
    if place >= 0:
        pop_to(scan, place)


cdef inline void close_p(Scan* scan) noexcept nogil:
    close_in_scope(scan, R_P, R_BUTTON, R_BUTTON)


cdef void reopen(Scan* scan) noexcept nogil:
    cdef Py_ssize_t place = scan.active
    while place and scan.active_name[place - 1] and not scan.active_open[place - 1]:
        place -= 1
    while place < scan.active:
        scan.active_open[place] = True
        scan.clones += scan.active_weight[place]
        push(scan, scan.active_name[place], B_FORMATTING, place)
        place += 1


cdef void html_start(Scan* scan, const Tag* tag) noexcept nogil:
    if tag.flags & B_TABLE_PART:
        start_table_part(scan, tag)
        return
    if tag.flags & B_P_ENDING or (tag.name == R_TABLE and not scan.quirks):
        start_block(scan, tag)
    if not tag.flags & B_NOT_REOPENING:
        start_inline(scan, tag)
    elif R_RB <= tag.name <= R_RTC and in_scope(scan, R_RUBY, 0, 0) >= 0:
        close_implied(scan, R_RTC if tag.name == R_RP or tag.name == R_RT else 0)
    if tag.flags & (B_VOID | B_ROOT):
        return
    if tag.flags & B_FORMATTING:
        start_formatting(scan, tag)
    elif tag.name == R_FORM and not start_form(scan):
        return
    elif tag.name == R_SELECT and scan.skip_select:
        scan.skip_select = False
    else:
        if tag.name == R_TABLE:
            start_table(scan)
        push(scan, tag.name, tag.flags, -1)
        if tag.flags & B_MARKING:
            mark(scan, 0, 0, 0)


cdef void start_block(Scan* scan, const Tag* tag) noexcept nogil:
    cdef Py_ssize_t place
    cdef uint64_t name
    if tag.name == R_LI or tag.name == R_DD or tag.name == R_DT:
        for place in range(scan.open - 1, -1, -1):
            name = scan.name[place]
            if name == tag.name or (tag.name != R_LI and (name == R_DD or name == R_DT)):
                pop_to(scan, place)
                break
            if scan.flags[place] & B_SPECIAL and name != R_ADDRESS and name != R_DIV and name != R_P:
                break
    close_p(scan)
    if tag.name == R_HR:
        close_options(scan, tag.name)
    elif scan.open and scan.flags[scan.open - 1] & B_HEADING and tag.flags & B_HEADING:
        pop_to(scan, scan.open - 1)


cdef void start_inline(Scan* scan, const Tag* tag) noexcept nogil:
    cdef Py_ssize_t place
    if tag.name == R_BUTTON:
        close_in_scope(scan, R_BUTTON, 0, 0)
    elif tag.name == R_OPTION or tag.name == R_OPTGROUP:
        close_options(scan, tag.name)
        if tag.name == R_OPTION:
            scan.options += 1
            scan.option_steps += scan.options
    elif tag.name == R_INPUT or tag.name == R_SELECT:
        place = in_scope(scan, R_SELECT, 0, 0)
        if place >= 0:
            pop_to(scan, place)
            scan.skip_select = tag.name == R_SELECT
        if place >= 0 or tag.name == R_SELECT:
            scan.options = 0
    elif tag.name == R_A and active_place(scan, R_A) >= 0:
        adopt(scan, R_A)
    elif tag.name == R_NOBR and in_scope(scan, R_NOBR, 0, 0) >= 0:
        reopen(scan)
        adopt(scan, R_NOBR)
    reopen(scan)


cdef void close_options(Scan* scan, uint64_t name) noexcept nogil:
    if in_scope(scan, R_SELECT, 0, 0) >= 0:
        close_implied(scan, R_OPTGROUP if name == R_OPTION else 0)
    elif name != R_HR and scan.open and scan.name[scan.open - 1] == R_OPTION:
        pop_to(scan, scan.open - 1)


cdef void close_implied(Scan* scan, uint64_t kept) noexcept nogil:
    while scan.open and scan.flags[scan.open - 1] & B_IMPLIED and scan.name[scan.open - 1] != kept:
        pop_to(scan, scan.open - 1)


cdef bint start_form(Scan* scan) noexcept nogil:
    cdef bint in_template = found(scan, R_TEMPLATE, 0) >= 0
    if scan.form and not in_template:
        return False
    scan.form = scan.form or not in_template
    return not (scan.open and is_table_context(scan.name[scan.open - 1]))


cdef void start_formatting(Scan* scan, const Tag* tag) noexcept nogil:
    cdef Py_ssize_t place, same = 0, first = -1
    cdef int64_t weight = 1 + tag.attributes
    for place in range(scan.active):
        weight += scan.active_weight[place]
    if weight > MAX_ACTIVE:
        scan.sure = False
        return
    place = scan.active
    while place and scan.active_name[place - 1]:
        place -= 1
        if scan.active_name[place] == tag.name and scan.active_key[place] == tag.key:
            same += 1
            first = place
    if same >= 3:
        forget(scan, first)
    mark(scan, tag.name, tag.key, 1 + tag.attributes)
    push(scan, tag.name, B_FORMATTING, scan.active - 1)


cdef Py_ssize_t active_place(const Scan* scan, uint64_t name) noexcept nogil:
    """Return where the last active formatting element `name` behind the last marker is, or -1."""
    cdef Py_ssize_t place = scan.active
    while place and scan.active_name[place - 1]:
        place -= 1
        if scan.active_name[place] == name:
            return place
    return -1


cdef void forget(Scan* scan, Py_ssize_t place) noexcept nogil:
    """Take an entry off the list of active formatting elements."""
    cdef Py_ssize_t row
    for row in range(scan.open):
        if scan.entry[row] == place:
            scan.entry[row] = -1
        elif scan.entry[row] > place:
            scan.entry[row] -= 1
    scan.active -= 1
    for row in range(place, scan.active):
        scan.active_name[row] = scan.active_name[row + 1]
        scan.active_key[row] = scan.active_key[row + 1]
        scan.active_weight[row] = scan.active_weight[row + 1]
        scan.active_open[row] = scan.active_open[row + 1]


cdef void start_table(Scan* scan) noexcept nogil:
    cdef Py_ssize_t place
    cdef uint64_t name
    for place in range(scan.open - 1, -1, -1):
        name = scan.name[place]
        if name == R_TABLE:
            pop_to(scan, place)
            return
        if name == R_TD or name == R_TH or name == R_CAPTION or name == R_TEMPLATE or name == 0:
            return


cdef void start_table_part(Scan* scan, const Tag* tag) noexcept nogil:
    cdef Py_ssize_t top = scan.open - 1
    while top >= 0 and scan.name[top] != R_TABLE and scan.name[top] != R_TEMPLATE:
        top -= 1
    if top < 0:
        return
    if scan.name[top] == R_TEMPLATE:
        if tag.name != R_COL:
            push(scan, 0, B_SPECIAL | B_SCOPE, -1)
        return
    pop_to(scan, table_context(scan, tag.name, top + 1))
    if tag.name != R_COL:
        push(scan, tag.name, tag.flags, -1)
        if tag.flags & B_MARKING:
            mark(scan, 0, 0, 0)


cdef Py_ssize_t table_context(const Scan* scan, uint64_t name, Py_ssize_t first) noexcept nogil:
    cdef Py_ssize_t row = first
    if (name != R_TD and name != R_TH and name != R_TR) or first >= scan.open:
        return first
    if scan.name[first] == R_TBODY or scan.name[first] == R_THEAD or scan.name[first] == R_TFOOT:
        row += 1
    elif scan.name[first] != R_TR:
        return first
    if name == R_TR:
        return row
    return row + (row < scan.open and scan.name[row] == R_TR)


cdef void end_tag(Scan* scan, const Tag* tag) noexcept nogil:
    cdef Py_ssize_t place
    if scan.open and scan.flags[scan.open - 1] & B_FOREIGN and end_foreign(scan, tag):
        return
    if tag.flags & B_FORMATTING:
        adopt(scan, tag.name)
    elif tag.flags & B_HEADING:
        for place in range(scan.open - 1, -1, -1):
            if scan.flags[place] & B_HEADING:
                pop_to(scan, place)
                return
            if scan.flags[place] & B_SCOPE:
                return
    elif tag.name == R_FORM:
        end_form(scan)
    elif not tag.flags & (B_VOID | B_ROOT):
        place = end_place(scan, tag)
        if place >= 0:
            pop_to(scan, place)


cdef bint end_foreign(Scan* scan, const Tag* tag) noexcept nogil:
    cdef Py_ssize_t place
    if tag.name == R_BR or tag.name == R_P:
        leave_foreign(scan)
        return False
    for place in range(scan.open - 1, -1, -1):
        if not scan.flags[place] & B_FOREIGN:
            return False
        if scan.name[place] == tag.name:
            pop_to(scan, place)
            return True
    return False


cdef Py_ssize_t end_place(const Scan* scan, const Tag* tag) noexcept nogil:
    cdef Py_ssize_t place
    if tag.name == R_P:
        return in_scope(scan, R_P, R_BUTTON, R_BUTTON)
    if tag.name == R_LI:
        return in_scope(scan, R_LI, R_OL, R_UL)
    if tag.flags & B_TABLE_PART or tag.name == R_TABLE:
        for place in range(scan.open - 1, -1, -1):
            if scan.name[place] == tag.name:
                return place
            if scan.name[place] == R_TABLE or scan.name[place] == R_TEMPLATE:
                return -1
        return -1
    if tag.name == R_TEMPLATE:
        return found(scan, R_TEMPLATE, 0)
    if (
        tag.flags & (B_BLOCK | B_MARKING) or tag.name == R_DD or tag.name == R_DT or tag.name == R_BUTTON
        or tag.name == R_SELECT
    ):
        return in_scope(scan, tag.name, 0, 0)
    return found(scan, tag.name, B_SPECIAL)


cdef void end_form(Scan* scan) noexcept nogil:
    cdef Py_ssize_t place, row
    if found(scan, R_TEMPLATE, 0) >= 0:
        close_in_scope(scan, R_FORM, 0, 0)
    elif scan.form:
        scan.form = False
        place = in_scope(scan, R_FORM, 0, 0)
        if place >= 0:
            scan.open -= 1
            for row in range(place, scan.open):
                scan.name[row] = scan.name[row + 1]
                scan.flags[row] = scan.flags[row + 1]
                scan.entry[row] = scan.entry[row + 1]


cdef void adopt(Scan* scan, uint64_t name) noexcept nogil:
    """Run the adoption agency algorithm of the standard, as far as it changes the stack."""
    cdef Py_ssize_t entry = active_place(scan, name), place, first, last = -1, specials = 0
    if entry < 0:
        place = found(scan, name, B_SPECIAL)
        if place >= 0:
            pop_to(scan, place)
        return
    if not scan.active_open[entry]:
        forget(scan, entry)
        return
    first = scan.open - 1
    while first >= 0 and scan.entry[first] != entry:
        first -= 1
    for place in range(first + 1, scan.open):
        if scan.flags[place] & B_SCOPE:
            return
        if scan.flags[place] & B_SPECIAL:
            specials += 1
            last = place
    if specials == 0:
        pop_to(scan, first)
        forget(scan, entry)
    elif specials > MAX_ADOPTED:
        scan.sure = False
    else:
        forget(scan, entry)
        pop_to(scan, last + 1)
        keep_specials(scan, first)


cdef void keep_specials(Scan* scan, Py_ssize_t first) noexcept nogil:
    cdef Py_ssize_t row, kept = first
    for row in range(first + 1, scan.open):
        if scan.flags[row] & B_SPECIAL or scan.entry[row] >= 0:
            scan.name[kept] = scan.name[row]
            scan.flags[kept] = scan.flags[row]
            scan.entry[kept] = scan.entry[row]
            kept += 1
    scan.open = kept
