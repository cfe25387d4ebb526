# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: freethreading_compatible=True
"""Markup in C, for the compiled build: from a parser's tree to blocks, without an object a node.

The tree is lexbor's, and it is read where it lies in memory: `LexborNode.mem_id` is the place of a node. The structs
below are those of lexbor's headers, as far as they are read here; `is_laid_out` tells whether the parser at hand has
them, and without that nothing here follows a pointer. The twin is the walk over the parser's nodes and the lists of
`boilercut.read.html.markup`; `tests/test_native.py` compares the two. Text in the tree is UTF-8; taken out of it, it is
code points.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t, uintptr_t
from libc.string cimport memchr, memcmp, memcpy

from boilercut._native.shared cimport BASE, Py_UNICODE_ISSPACE, flags_of, mixed

cdef extern from "Python.h":
    bint Py_UNICODE_ISLOWER(uint32_t code) noexcept nogil
    bint Py_UNICODE_ISUPPER(uint32_t code) noexcept nogil
    bint Py_UNICODE_ISDIGIT(uint32_t code) noexcept nogil
    str PyUnicode_DecodeUTF8(const char* bytes, Py_ssize_t size, const char* errors)
    str PyUnicode_FromKindAndData(int kind, const void* codes, Py_ssize_t size)

cdef enum:
    # flags of tags and attributes, in the order of boilercut.read.html.tree
    BLOCK_TAG = 1
    SKIPPED_TAG = 2
    BREAK_TAG = 4
    LINK_TAG = 8
    PREFORMATTED_TAG = 16
    PARTED_TAG = 32
    DESCRIBING_TAG = 64
    METADATA_TAG = 128
    SCRIPT_TAG = 256
    CONTROL_TAG = 512
    READING_TAG = 1024
    LINE_TAG = 2048
    SECTION_TAG = 4096
    CUSTOM_TAG = 8192  # of no table: a name with a hyphen
    UNKNOWN_TAG = 1 << 14  # a name that the parser numbers, and whose number is not known
    NAMED = 1 << 15  # an element's own flag: some attribute names it
    TAG_NUMBER = 1 << 16  # the flags of a tag hold its number in units of this
    NAMING_ATTRIBUTE = 1
    HIDDEN_ATTRIBUTE = 2
    ARIA_HIDDEN_ATTRIBUTE = 4
    STYLE_ATTRIBUTE = 8
    TYPE_ATTRIBUTE = 16
    FORMULA_ATTRIBUTE = 32
    # rows of the table of elements, and columns of that of pieces of text
    PARENT = 0
    FIRST_PIECE = 1
    END_PIECE = 2
    HIDDEN = 3
    LINK = 4
    PREFORMATTED = 5
    FLAGS = 6
    NAME = 7
    TAG = 8
    OWNER = 0
    START = 1
    END = 2
    # marks of boilercut.read.html.settle, in place of an owner
    BREAK = -1
    NOTHING = -2
    LINE_BEGINS = -3
    LINE_ENDS = -4
    FIRST_SOFT = -10
    # flags of what is hidden, and from whom
    UNSHOWN = 1
    SILENT = 2
    # reading aids, and of what settles a page the numbers
    UNSEEN = 1
    PERMALINK = 2
    GUTTER = 3
    TOOL = 6
    SENTENCE = 0
    PERMALINK_SIZE = 1
    HEADING_LEVELS = 2
    TOOL_SIZE = 3
    MAX_SYMBOL = 8  # characters of a link that may be one symbol
    # rows of the table of blocks
    BLOCK_START = 0
    BLOCK_END = 1
    BLOCK_ELEMENT = 2
    BLOCK_LINKED = 3
    BLOCK_PIECE = 4
    MAX_PROBES = 16
    MIN_DATA_SCRIPT = 80  # bytes; a shorter script holds no data, see boilercut.read.html.data
    # lexbor's types of nodes; the parser's own numbers of names lie below any address
    ELEMENT_NODE = 1
    ATTRIBUTE_NODE = 2
    TEXT_NODE = 3
    COMMENT_NODE = 8
    KNOWN_NAMES = 1024
    SHORT_NAME = 16  # bytes; a longer name lies elsewhere than in its entry
    NEARBY = 1 << 16  # bytes; the parts of a small page lie closer together


cdef struct Node:  # lxb_dom_node_t
    void* events
    uintptr_t local_name
    uintptr_t prefix
    uintptr_t name_space
    void* document
    Node* next
    Node* previous
    Node* parent
    Node* first_child
    Node* last_child
    void* user
    int type


cdef struct CharacterData:  # lxb_dom_character_data_t
    Node node
    const uint8_t* letters
    size_t size


cdef struct String:  # lexbor_str_t
    const uint8_t* letters
    size_t size


cdef struct Element  # lxb_dom_element_t


cdef struct Attribute:  # lxb_dom_attr_t
    Node node
    uintptr_t upper_name
    uintptr_t qualified_name
    const String* value
    const Element* owner
    const Attribute* next
    const Attribute* previous


cdef struct Element:
    Node node
    uintptr_t upper_name
    uintptr_t qualified_name
    void* is_value
    const Attribute* first_attribute
    const Attribute* last_attribute


cdef struct NameEntry:  # lexbor_hash_entry_t, at the beginning of lxb_tag_data_t and lxb_dom_attr_data_t
    uint8_t[24] letters
    size_t size


cdef inline uint64_t name_hash(const uint8_t* codes, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    cdef uint64_t name = 0
    cdef Py_ssize_t place
    for place in range(start, end):
        name = name * BASE + codes[place]
    return mixed(name)


cdef inline bint is_known(uintptr_t name) noexcept nogil:
    """Return whether the parser numbers a name itself; any other number is the place of the name's entry."""
    return name < KNOWN_NAMES


cdef inline const uint8_t* spelling(uintptr_t name) noexcept nogil:
    """Return how a name is spelt that the parser did not know before."""
    cdef const NameEntry* entry = <const NameEntry*>name
    if entry.size <= SHORT_NAME:
        return &entry.letters[0]
    return (<const uint8_t* const*>&entry.letters[0])[0]


cdef inline uintptr_t tag_of(const Node* node) noexcept nogil:
    """Return the name of an element as markup spells it."""
    cdef const Element* element = <const Element*>node
    return element.qualified_name if element.qualified_name else node.local_name


cdef inline uintptr_t name_of(const Attribute* attribute) noexcept nogil:
    return attribute.qualified_name if attribute.qualified_name else attribute.node.local_name


cdef class Names:
    """What is to be known of names: flags by the number that the parser gives a name, or by its hash."""

    cdef const int64_t[::1] by_number
    cdef const uint64_t[::1] slots
    cdef const int64_t[::1] flags
    cdef size_t longest

    def __init__(
        self, const int64_t[::1] by_number, const uint64_t[::1] slots, const int64_t[::1] flags, size_t longest
    ):
        self.by_number, self.slots, self.flags, self.longest = by_number, slots, flags, longest

    cdef inline int64_t of(self, uintptr_t name) noexcept nogil:
        cdef const NameEntry* entry = <const NameEntry*>name
        if is_known(name):
            return self.by_number[name]
        if entry.size > self.longest:
            return 0
        return flags_of(name_hash(spelling(name), 0, entry.size), self.slots, self.flags)

    cdef inline int64_t of_tag(self, const Node* node) noexcept nogil:
        """Return the flags of an element's tag; parts of formulas (`mjx-…`) are called like custom elements."""
        cdef uintptr_t name = tag_of(node)
        cdef int64_t flags = self.of(name)
        if not is_known(name) and memchr(spelling(name), 45, (<const NameEntry*>name).size) != NULL:
            if (<const NameEntry*>name).size < 4 or memcmp(spelling(name), b"mjx-", 4) != 0:
                flags |= CUSTOM_TAG
        return flags


def hash_name(bytes name):
    """Return the hash by which tables know a name."""
    return name_hash(name, 0, len(name))


cpdef number_of(uintptr_t node):
    """Return the parser's number of an element's tag, or None where that is the place of its name."""
    cdef uintptr_t name = tag_of(<const Node*>node)
    return name if is_known(name) else None


def numbers_of_attributes(uintptr_t node):
    """Return the parser's numbers of an element's attributes in order, None for those that it did not know before."""
    cdef const Attribute* attribute = (<const Element*>node).first_attribute
    cdef list found = []
    while attribute != NULL:
        found.append(name_of(attribute) if is_known(name_of(attribute)) else None)
        attribute = attribute.next
    return found


def is_laid_out(uintptr_t one, uintptr_t other, uintptr_t text, uintptr_t parent, bytes tag, bytes name, bytes value):
    """Return whether a tree lies in memory as this module takes it to.

    `one` and `other` are all that stands in `parent`. `one` has no attribute and holds the text `value`; `other` is
    called `tag`, and its only attribute `name` has that `value` too. A pointer is followed only where what is known
    of the nodes says that it is one: another layout must not crash here, see `ForgedTree` in the tests.
    """
    cdef const Node* first = <const Node*>one
    cdef const Element* second = <const Element*>other
    cdef const CharacterData* data = <const CharacterData*>text
    cdef const Attribute* attribute = second.first_attribute
    if (
        first.next != &second.node or second.node.next != NULL or <uintptr_t>first.parent != parent
        or first.first_child != &data.node or data.node.parent != first or data.node.first_child != NULL
        or first.type != ELEMENT_NODE or data.node.type != TEXT_NODE
        or (<const Element*>one).first_attribute != NULL or attribute != second.last_attribute
        or not lies_near(<uintptr_t>attribute, other)
    ):
        return False
    return (
        attribute.owner == second and attribute.next == NULL and attribute.node.type == ATTRIBUTE_NODE
        and attribute.node.document == first.document and lies_near(<uintptr_t>attribute.value, other)
        and is_spelt(<const String*>&data.letters, value, len(value)) and is_spelt(attribute.value, value, len(value))
        and is_entry(tag_of(&second.node), tag) and is_entry(name_of(attribute), name)
    )


cdef inline bint lies_near(uintptr_t one, uintptr_t other) noexcept nogil:
    """Return whether a place is one of the same small page; near 0 nothing lies."""
    return one - other <= NEARBY or other - one <= NEARBY


cdef bint is_entry(uintptr_t name, bytes letters):
    """Return whether a name is the place of an entry that spells it so."""
    cdef const NameEntry* entry = <const NameEntry*>name
    if name < NEARBY or name % sizeof(void*) or entry.size != <size_t>len(letters):
        return False
    if entry.size > SHORT_NAME and memcmp(&entry.letters[0], <const char*>letters, sizeof(void*)) == 0:
        return False  # letters, where the place of the letters should be
    return memcmp(spelling(name), <const char*>letters, len(letters)) == 0


cdef struct Walk:
    Py_ssize_t elements, pieces, names, styles, described, size
    bint formulas  # whether there are some, which the walk in Python reads


def tree_sizes(Names tags, uintptr_t root):
    """Count what `walk_tree` may find: elements, pieces, bytes of text and described elements.

    None where only a walk in Python can tell what is there.
    """
    cdef Py_ssize_t elements = 0, pieces = 0, size = 0, described = 0
    cdef const Node* top = <const Node*>root
    cdef const Node* node = top
    cdef int64_t flags
    cdef bint plain = True
    with nogil:
        while True:
            pieces += 2
            if node.type == ELEMENT_NODE:
                flags = tags.of_tag(node)
                if flags & DESCRIBING_TAG:
                    described += 1
                    plain = plain and holds_text_only(node)
                elif not flags & (SKIPPED_TAG | BREAK_TAG):
                    plain = plain and not flags & UNKNOWN_TAG
                    elements += 1
                    if node.first_child != NULL:
                        node = node.first_child
                        continue
            elif node.type == TEXT_NODE:
                size += (<const CharacterData*>node).size
                plain = plain and (<const CharacterData*>node).size > 0
            else:
                plain = plain and node.type == COMMENT_NODE
            while node != top and node.next == NULL:
                node = node.parent
            if node == top:
                break
            node = node.next
    return (elements, pieces, size, described) if plain else None


cdef inline bint holds_text_only(const Node* node) noexcept nogil:
    return node.first_child == NULL or (node.first_child.next == NULL and node.first_child.type == TEXT_NODE)


def walk_tree(
    Names tags, Names attributes, uintptr_t root, int64_t[:, ::1] elements, int64_t[:, ::1] pieces, uint32_t[::1] text,
    uint64_t[:, ::1] names, int64_t[::1] slots, uint64_t[:, ::1] styles, uint64_t[::1] described, int64_t[::1] counts,
):
    """Take the tree below `root` to tables.

    Return how many pieces, characters and names there are, the styles that may hide their element (its number and their
    place), and the places of elements that may say something of the page; None where there are formulas. `counts` counts
    elements by their tags.
    """
    cdef Walk walk
    cdef const Node* top = <const Node*>root
    cdef const Node* node = top
    cdef Py_ssize_t open = -1  # the innermost open element
    cdef int64_t flags
    walk.formulas = False
    walk.elements = walk.pieces = walk.names = walk.styles = walk.described = walk.size = 0
    with nogil:
        while True:
            if node.type == TEXT_NODE:
                add_text(&walk, <const CharacterData*>node, open, pieces, text)
            elif node.type == ELEMENT_NODE:
                flags = tags.of_tag(node)
                if flags & BREAK_TAG:
                    end_line(&walk, open, elements, pieces, text)
                elif not flags & SKIPPED_TAG:
                    open_element(&walk, <const Element*>node, flags, open, attributes, elements, names, slots, styles)
                    counts[flags // TAG_NUMBER] += 1
                    add_mark(&walk, walk.elements - 1, True, elements, pieces, text)
                    if node.first_child != NULL:
                        open = walk.elements - 1
                        node = node.first_child
                        continue
                    add_mark(&walk, walk.elements - 1, False, elements, pieces, text)
                    elements[END_PIECE, walk.elements - 1] = walk.pieces
                elif flags & SCRIPT_TAG and typesets(<const Element*>node):
                    walk.formulas = True
                elif flags & DESCRIBING_TAG and may_describe(<const Element*>node, flags, attributes):
                    described[walk.described] = <uint64_t>node
                    walk.described += 1
            while node != top and node.next == NULL:
                node = node.parent
                add_mark(&walk, open, False, elements, pieces, text)
                elements[END_PIECE, open] = walk.pieces
                open = elements[PARENT, open]
            if node == top:
                break
            node = node.next
    if walk.formulas:
        return None
    return (
        walk.pieces, walk.size, walk.names, [(styles[0, row], styles[1, row]) for row in range(walk.styles)],
        [described[row] for row in range(walk.described)],
    )


cdef inline void add_piece(Walk* walk, int64_t[:, ::1] pieces, Py_ssize_t owner, Py_ssize_t size) noexcept nogil:
    pieces[walk.pieces, OWNER] = owner
    pieces[walk.pieces, START] = walk.size
    walk.size += size
    pieces[walk.pieces, END] = walk.size
    walk.pieces += 1


cdef inline void add_mark(
    Walk* walk, Py_ssize_t element, bint begins, const int64_t[:, ::1] elements, int64_t[:, ::1] pieces,
    uint32_t[::1] text,
) noexcept nogil:
    """Mark where an element begins or ends, as `boundary` in `boilercut.read.html.settle` does; a space in the text."""
    cdef int64_t flags = elements[FLAGS, element], parent = elements[PARENT, element], mark = BREAK
    cdef bint in_listing
    if not flags & (BLOCK_TAG | CONTROL_TAG | CUSTOM_TAG):
        return
    in_listing = parent != element and elements[PREFORMATTED, parent]
    if not flags & BLOCK_TAG:
        if in_listing:
            return
        mark = FIRST_SOFT - element
    elif in_listing and flags & LINE_TAG:
        mark = LINE_BEGINS if begins else LINE_ENDS
    text[walk.size] = 32
    add_piece(walk, pieces, mark, 1)


cdef inline void end_line(
    Walk* walk, Py_ssize_t open, const int64_t[:, ::1] elements, int64_t[:, ::1] pieces, uint32_t[::1] text
) noexcept nogil:
    """End a block, or inside a listing a line."""
    cdef bint in_listing = open >= 0 and elements[PREFORMATTED, open]
    text[walk.size] = 10 if in_listing else 32
    add_piece(walk, pieces, open if in_listing else BREAK, 1)


cdef inline void add_text(
    Walk* walk, const CharacterData* data, Py_ssize_t owner, int64_t[:, ::1] pieces, uint32_t[::1] text
) noexcept nogil:
    cdef Py_ssize_t size = decode(data.letters, data.size, &text[walk.size])
    if size:
        add_piece(walk, pieces, owner, size)


cdef inline Py_ssize_t decode(const uint8_t* source, Py_ssize_t end, uint32_t* text) noexcept nogil:
    """Decode UTF-8, which a parser keeps well-formed; return how many code points that is.

    Characters that nobody sees are left out, as `boilercut.read.html.settle` does.
    """
    cdef Py_ssize_t size = 0, place = 0
    while place < end:
        if source[place] < 0x80:
            text[size] = source[place]
            place += 1
        elif source[place] < 0xE0:
            text[size] = (source[place] & 0x1F) << 6 | (source[place + 1] & 0x3F)
            place += 2
            size -= text[size] == 0xAD
        elif source[place] < 0xF0:
            text[size] = (
                (source[place] & 0x0F) << 12 | (source[place + 1] & 0x3F) << 6 | (source[place + 2] & 0x3F)
            )
            place += 3
            size -= is_unseen(text, size)
        else:
            text[size] = (
                (source[place] & 0x07) << 18 | (source[place + 1] & 0x3F) << 12 | (source[place + 2] & 0x3F) << 6
                | (source[place + 3] & 0x3F)
            )
            place += 4
        size += 1
    return size


cdef inline bint is_unseen(const uint32_t* text, Py_ssize_t place) noexcept nogil:
    """Return whether a character is not seen; Thai, Khmer and their neighbours part words by spaces without width."""
    cdef uint32_t code = text[place]
    if code == 0x200B:
        return place == 0 or not 0xE00 <= text[place - 1] <= 0x17FF
    return code == 0x2060 or code == 0xFEFF


cdef void open_element(
    Walk* walk, const Element* node, int64_t flags, Py_ssize_t open, Names attributes, int64_t[:, ::1] elements,
    uint64_t[:, ::1] names, int64_t[::1] slots, uint64_t[:, ::1] styles,
) noexcept nogil:
    """Add an element, which stands in the element `open` (-1 for none), and take note of its attributes."""
    cdef Py_ssize_t element = walk.elements, values = 0
    cdef const Attribute* attribute = node.first_attribute
    cdef int64_t kind
    cdef int64_t hidden = 0
    while attribute != NULL:
        kind = attributes.of(name_of(attribute))
        if kind & HIDDEN_ATTRIBUTE:
            hidden |= UNSHOWN
        elif kind and attribute.value != NULL and attribute.value.size:
            if kind & NAMING_ATTRIBUTE and values < names.shape[1] - 1:
                names[walk.names, values] = <uint64_t>attribute.value
                values += 1
            elif kind & FORMULA_ATTRIBUTE:
                walk.formulas = True
            elif kind & ARIA_HIDDEN_ATTRIBUTE:
                hidden |= SILENT if is_spelt(attribute.value, b"true", 4) else 0
            elif kind & STYLE_ATTRIBUTE and may_hide(attribute.value):
                styles[0, walk.styles] = element
                styles[1, walk.styles] = <uint64_t>attribute.value
                walk.styles += 1
        attribute = attribute.next
    names[walk.names, values] = 0
    walk.elements += 1
    elements[PARENT, element] = max(open, 0)
    elements[FIRST_PIECE, element] = elements[END_PIECE, element] = walk.pieces
    elements[HIDDEN, element] = hidden
    elements[LINK, element] = element if flags & LINK_TAG else elements[LINK, open] if open >= 0 else -1
    elements[PREFORMATTED, element] = flags & PREFORMATTED_TAG != 0 or (open >= 0 and elements[PREFORMATTED, open])
    elements[FLAGS, element] = flags | (NAMED if values else 0)
    elements[TAG, element] = flags // TAG_NUMBER
    elements[NAME, element] = number_name(walk, names, slots)


cdef inline bint is_spelt(const String* value, const char* letters, size_t size) noexcept nogil:
    return value.size == size and memcmp(value.letters, letters, size) == 0


cdef inline bint may_hide(const String* style) noexcept nogil:
    """Return whether a style says "none" or "hidden" (of which the letters looked for are the same in any alphabet)."""
    cdef size_t place
    for place in range(3, style.size):
        if holds_at(style.letters + place - 3, b"none", 4) or holds_at(style.letters + place - 3, b"dden", 4):
            return True
    return False


cdef inline bint holds_at(const uint8_t* letters, const char* wanted, Py_ssize_t size) noexcept nogil:
    """Return whether `wanted`, in small letters, stands there in large or small ones."""
    cdef Py_ssize_t place
    for place in range(size):
        if letters[place] | 32 != <uint8_t>wanted[place]:
            return False
    return True


cdef int64_t number_name(Walk* walk, const uint64_t[:, ::1] names, int64_t[::1] slots) noexcept nogil:
    """Return the number of the name whose values stand in the next row; the row is taken if the name is new.

    Where many names share a place in the table, an equal one may be numbered anew.
    """
    cdef uint64_t hashed = 0, mask = slots.shape[0] - 1
    cdef Py_ssize_t place = 0, probe
    cdef int64_t known
    cdef const String* value
    while names[walk.names, place]:
        value = <const String*>names[walk.names, place]
        hashed = (hashed ^ value_hash(value)) * BASE
        place += 1
    hashed ^= hashed >> 32
    for probe in range(MAX_PROBES):
        known = slots[(hashed + probe) & mask] - 1
        if known < 0:
            slots[(hashed + probe) & mask] = walk.names + 1
            break
        if same_values(&names[known, 0], &names[walk.names, 0]):
            return known
    walk.names += 1
    return walk.names - 1


cdef inline uint64_t value_hash(const String* value) noexcept nogil:
    """Return a hash of a value, taken eight bytes at a time."""
    cdef uint64_t hashed = value.size, part
    cdef size_t place = 0
    while place + 8 <= value.size:
        memcpy(&part, value.letters + place, 8)
        hashed = (hashed ^ part) * BASE
        hashed ^= hashed >> 29
        place += 8
    part = 0
    memcpy(&part, value.letters + place, value.size - place)
    return mixed((hashed ^ part) * BASE)


cdef inline bint same_values(const uint64_t* one, const uint64_t* other) noexcept nogil:
    """Return whether two rows of values, each up to a zero, are spelt alike."""
    cdef const String* value
    while one[0] and other[0]:
        value = <const String*>other[0]
        if not is_spelt(<const String*>one[0], <const char*>value.letters, value.size):
            return False
        one += 1
        other += 1
    return one[0] == other[0]


cdef bint typesets(const Element* script) noexcept nogil:
    """Return whether a script is the source of a formula: some attribute, surely its type, begins with `math/tex`."""
    cdef const Attribute* attribute = script.first_attribute
    while attribute != NULL:
        if attribute.value != NULL and attribute.value.size >= 8:
            if memcmp(attribute.value.letters, b"math/tex", 8) == 0:
                return True
        attribute = attribute.next
    return False


cdef bint may_describe(const Element* node, int64_t flags, Names attributes) noexcept nogil:
    """Return whether an element may say something of the page (see `Head.describe`); most are for machines."""
    cdef const Attribute* attribute = node.first_attribute
    cdef const String* value
    if not flags & (METADATA_TAG | SCRIPT_TAG):
        return True
    while attribute != NULL:
        value = attribute.value
        if value != NULL and value.size >= 3:
            if flags & SCRIPT_TAG:
                if attributes.of(name_of(attribute)) & TYPE_ATTRIBUTE and holds_json(value):
                    return True
            elif memcmp(value.letters, b"og:", 3) == 0 or ends_in(value, b"canonical", 9):
                return True
            elif ends_in(value, b"description", 11):
                return True
        attribute = attribute.next
    return flags & SCRIPT_TAG and may_assign(<const CharacterData*>node.node.first_child)


cdef inline bint ends_in(const String* value, const char* wanted, size_t size) noexcept nogil:
    return value.size >= size and holds_at(value.letters + value.size - size, wanted, size)


cdef inline bint holds_json(const String* value) noexcept nogil:
    cdef size_t place
    for place in range(3, value.size):
        if memcmp(value.letters + place - 3, b"json", 4) == 0:
            return True
    return False


cdef inline bint may_assign(const CharacterData* script) noexcept nogil:
    """Return whether a script may begin as those do that hold data: with `window`, `self`, `globalThis`, `var` …"""
    cdef size_t place = 0
    if script == NULL or script.size < MIN_DATA_SCRIPT:
        return False
    while place < script.size and script.letters[place] <= 32:
        place += 1
    return place < script.size and (
        script.letters[place] >= 0x80 or memchr(b"wsgvlc", script.letters[place], 6) != NULL
    )


def names_of(const uint64_t[:, ::1] names, Py_ssize_t size):
    """Return the first distinct names, their values with spaces between."""
    cdef Py_ssize_t row, place
    cdef list found = []
    cdef str text
    for row in range(size):
        text, place = "", 0
        while names[row, place]:
            text = f"{text} {text_at(names[row, place])}" if place else text_at(names[row, place])
            place += 1
        found.append(text)
    return found


def name_aids(
    const uint64_t[:, ::1] names, Py_ssize_t size, const uint64_t[::1] slots, const int64_t[::1] values,
    Py_ssize_t longest, int64_t[::1] aids,
):
    """Look the words of the first distinct names up; fill in for each name what its first known word stands for.

    Return the largest of these.
    """
    cdef Py_ssize_t row, place
    cdef int64_t largest = 0
    with nogil:
        for row in range(size):
            aids[row] = place = 0
            while names[row, place] and aids[row] == 0:
                aids[row] = aid_of(<const String*>names[row, place], slots, values, longest)
                place += 1
            largest = max(largest, aids[row])
    return largest


cdef int64_t aid_of(
    const String* value, const uint64_t[::1] slots, const int64_t[::1] values, Py_ssize_t longest
) noexcept nogil:
    cdef Py_ssize_t start = 0, end = 0, size = value.size
    cdef int64_t found
    while end < size:
        start = end
        while end < size and not is_markup_space(value.letters[end]):
            end += 1
        if 2 <= end - start <= longest:
            found = flags_of(name_hash(value.letters, start, end), slots, values)
            if found:
                return found
        end += 1
    return 0


cdef inline bint is_markup_space(uint8_t letter) noexcept nogil:
    return letter == 32 or letter == 9 or letter == 10 or letter == 12 or letter == 13


cpdef str text_at(uintptr_t value):
    """Return an attribute's value."""
    cdef const String* string = <const String*>value
    return PyUnicode_DecodeUTF8(<const char*>string.letters, string.size, b"replace")


def element_at(uintptr_t element, dict known):
    """Return the number of an element's tag, its attributes, and its text if it holds text only.

    `known` spells the attributes that the parser numbers.
    """
    cdef const CharacterData* data = <const CharacterData*>(<const Node*>element).first_child
    cdef const Attribute* attribute = (<const Element*>element).first_attribute
    cdef const NameEntry* entry
    cdef dict found = {}
    while attribute != NULL:
        entry = <const NameEntry*>name_of(attribute)
        if is_known(<uintptr_t>entry):
            name = known.get(<uintptr_t>entry)
        else:
            name = PyUnicode_DecodeUTF8(<const char*>spelling(<uintptr_t>entry), entry.size, b"replace")
        found[name] = text_at(<uintptr_t>attribute.value) if attribute.value != NULL else None
        attribute = attribute.next
    text = PyUnicode_DecodeUTF8(<const char*>data.letters, data.size, b"replace") if data != NULL else ""
    return number_of(element), found, text


def text_of(uint32_t[::1] codes, Py_ssize_t start, Py_ssize_t end):
    """Return code points as a string."""
    return PyUnicode_FromKindAndData(4, &codes[0] + start, end - start) if end > start else ""


def settle(
    uint32_t[::1] text, int64_t[:, ::1] pieces, const int64_t[:, ::1] elements, int64_t[::1] muted,
    int64_t[::1] letters, const int64_t[::1] aids, const int64_t[::1] limits, const uint32_t[::1] symbols,
):
    """Decide what pieces in doubt are, as `boilercut.read.html.settle` does.

    `muted`, one per element, and `letters`, one per piece and one more, are scratch. `aids` says of each distinct name
    which reading aid it is, `limits` are its constants, and `symbols` are those of permalinks.
    """
    cdef Py_ssize_t low = 0, high, last = pieces.shape[0]
    cdef bint soft
    with nogil:
        mute_by_name(text, pieces, elements, muted, letters, aids, limits)
        soft = mute(elements, muted)
        if soft:
            settle_containers(pieces, elements)
            while low < last:
                high = run_end(pieces, low)
                settle_soft(text, pieces, elements, muted, limits[SENTENCE], low, high)
                low = high + 1
            low = 0
        while low < last:
            high = run_end(pieces, low)
            if high > low + 1 or (high > low and muted[max(pieces[low, OWNER], 0)] == 2):
                settle_run(text, pieces, elements, muted, symbols, low, high)
            low = high + 1


cdef void mute_by_name(
    const uint32_t[::1] text, const int64_t[:, ::1] pieces, const int64_t[:, ::1] elements, int64_t[::1] muted,
    int64_t[::1] letters, const int64_t[::1] aids, const int64_t[::1] limits,
) noexcept nogil:
    """Say of elements by their names whether they are muted: 1 unless the block would show nothing, 2 always."""
    cdef Py_ssize_t element, piece
    cdef int64_t aid, size
    cdef bint counted = False
    for element in range(elements.shape[1]):
        aid = aids[elements[NAME, element]]
        muted[element] = aid == UNSEEN
        if aid != PERMALINK and aid != GUTTER and aid != TOOL:
            continue
        if not counted:
            counted = True
            letters[0] = 0
            for piece in range(pieces.shape[0]):
                letters[piece + 1] = letters[piece] + (
                    undigits_in(text, pieces[piece, START], pieces[piece, END]) if pieces[piece, OWNER] >= 0 else 0
                )
        size = letters[elements[END_PIECE, element]] - letters[elements[FIRST_PIECE, element]]
        if aid == GUTTER:
            muted[element] = 0 if size else 2
        elif aid == TOOL:
            muted[element] = 2 if size <= limits[TOOL_SIZE] else 0
        elif size <= limits[PERMALINK_SIZE]:
            muted[element] = in_heading(elements, element, limits[HEADING_LEVELS])


cdef inline Py_ssize_t undigits_in(const uint32_t[::1] text, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Count the characters that are neither digits nor white space."""
    cdef Py_ssize_t place, size = 0
    for place in range(start, end):
        size += not (Py_UNICODE_ISSPACE(text[place]) or 48 <= text[place] <= 57)
    return size


cdef inline bint in_heading(const int64_t[:, ::1] elements, Py_ssize_t element, int64_t levels) noexcept nogil:
    cdef int64_t level
    for level in range(levels):
        if elements[FLAGS, element] & SECTION_TAG:
            return True
        element = elements[PARENT, element]
    return False


cdef inline Py_ssize_t run_end(const int64_t[:, ::1] pieces, Py_ssize_t low) noexcept nogil:
    cdef Py_ssize_t high = low, last = pieces.shape[0]
    while high < last and pieces[high, OWNER] != BREAK:
        high += 1
    return high


cdef bint mute(const int64_t[:, ::1] elements, int64_t[::1] muted) noexcept nogil:
    """Complete what is `muted` by tags, hidden pieces and what is around; return whether blocks are in doubt."""
    cdef Py_ssize_t element
    cdef int64_t flags, above, parent
    cdef bint soft = False
    for element in range(elements.shape[1]):
        flags, parent = elements[FLAGS, element], elements[PARENT, element]
        above = muted[parent] if parent < element else 0
        soft = soft or flags & (CONTROL_TAG | CUSTOM_TAG) != 0
        if above == 2 or muted[element] == 2 or flags & READING_TAG:
            muted[element] = 2
        elif flags & CONTROL_TAG and elements[PREFORMATTED, element]:
            muted[element] = 2
        elif flags & BLOCK_TAG:
            muted[element] = 0
        elif above or elements[HIDDEN, element] & UNSHOWN:
            muted[element] = 1
    return soft


cdef void settle_containers(int64_t[:, ::1] pieces, const int64_t[:, ::1] elements) noexcept nogil:
    """Turn the marks of elements in doubt that hold a break to breaks."""
    cdef Py_ssize_t piece, breaks = 0, first
    cdef int64_t owner
    for piece in range(pieces.shape[0]):
        owner = pieces[piece, OWNER]
        if owner == BREAK:
            breaks += 1
        elif owner <= FIRST_SOFT:
            first = elements[FIRST_PIECE, FIRST_SOFT - owner]
            if first == piece:
                pieces[piece, END] = breaks  # of the mark's place in the text, the beginning is enough
            elif pieces[first, END] != breaks:
                pieces[first, OWNER] = pieces[piece, OWNER] = BREAK
            if first != piece:
                pieces[first, END] = pieces[first, START] + 1


cdef void settle_soft(
    const uint32_t[::1] text, int64_t[:, ::1] pieces, const int64_t[:, ::1] elements, const int64_t[::1] muted,
    Py_ssize_t shortest, Py_ssize_t low, Py_ssize_t high,
) noexcept nogil:
    """Turn the marks of a run to breaks, or to nothing in a sentence; a control has some of it on both sides."""
    cdef Py_ssize_t piece, weight = 0, size
    cdef int64_t owner, outer = -1
    cdef bint bare = True, controls = False, control, sentence = True, soft = False
    for piece in range(low, high):
        owner = pieces[piece, OWNER]
        if owner <= FIRST_SOFT:
            owner = FIRST_SOFT - owner
            soft = True
            control = elements[FLAGS, owner] & CONTROL_TAG != 0
            controls = controls or control
            if outer < 0:
                sentence = sentence and not (control and bare)
                outer = owner
            elif outer == owner:
                outer = -1
            bare = bare or control
        elif owner >= 0 and outer < 0 and muted[owner] == 0:
            size = letters_in(text, pieces[piece, START], pieces[piece, END])
            bare = bare and size == 0
            weight += size if elements[LINK, owner] < 0 else 0
    if not soft:
        return
    sentence = sentence and weight >= shortest and not (controls and bare)
    for piece in range(low, high):
        owner = pieces[piece, OWNER]
        if owner <= FIRST_SOFT:
            pieces[piece, OWNER] = NOTHING if sentence else BREAK
            if sentence and piece + 1 < high and pieces[piece + 1, OWNER] == owner:
                if elements[FLAGS, FIRST_SOFT - owner] & CONTROL_TAG:
                    pieces[piece, OWNER] = FIRST_SOFT - owner  # a control without text leaves a gap


cdef inline Py_ssize_t letters_in(const uint32_t[::1] text, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Count the characters that are no white space."""
    cdef Py_ssize_t place, size = 0
    for place in range(start, end):
        size += not Py_UNICODE_ISSPACE(text[place])
    return size


cdef void settle_run(
    uint32_t[::1] text, int64_t[:, ::1] pieces, const int64_t[:, ::1] elements, const int64_t[::1] muted,
    const uint32_t[::1] symbols, Py_ssize_t low, Py_ssize_t high,
) noexcept nogil:
    """Settle the pieces between two breaks: take out what is not shown, and end the lines of a listing."""
    cdef Py_ssize_t piece, place
    cdef int64_t owner
    cdef bint shown = False, doubtful = False, lines = False, silent
    for piece in range(low, high):
        owner = pieces[piece, OWNER]
        if owner < 0:
            lines = lines or owner == LINE_BEGINS or owner == LINE_ENDS
        elif muted[owner] or is_permalink(text, pieces, elements, symbols, low, high, piece):
            doubtful = True
        elif not shown:
            shown = not is_space(text, pieces[piece, START], pieces[piece, END])
    if doubtful:
        for piece in range(low, high):
            owner = pieces[piece, OWNER]
            if owner >= 0:
                silent = muted[owner] != 0 or is_permalink(text, pieces, elements, symbols, low, high, piece)
                if muted[owner] == 2 or (shown and silent):
                    pieces[piece, START] = -1 - pieces[piece, START]  # as long as others look at its owner
        for piece in range(low, high):
            if pieces[piece, START] < 0:
                pieces[piece, START] = -1 - pieces[piece, START]
                pieces[piece, OWNER] = NOTHING
                for place in range(pieces[piece, START], pieces[piece, END]):
                    text[place] = 32
    if lines:
        settle_lines(text, pieces, low, high)


cdef bint is_permalink(
    const uint32_t[::1] text, const int64_t[:, ::1] pieces, const int64_t[:, ::1] elements,
    const uint32_t[::1] symbols, Py_ssize_t low, Py_ssize_t high, Py_ssize_t piece,
) noexcept nogil:
    """Return whether a piece is a whole link of one symbol."""
    cdef int64_t link = elements[LINK, pieces[piece, OWNER]]
    if link < 0 or pieces[piece, END] - pieces[piece, START] > MAX_SYMBOL:
        return False
    if not is_symbol(text, symbols, pieces[piece, START], pieces[piece, END]):
        return False
    return not (
        (piece > low and is_in_link(pieces, elements, piece - 1, link))
        or (piece + 1 < high and is_in_link(pieces, elements, piece + 1, link))
    )


cdef inline bint is_in_link(
    const int64_t[:, ::1] pieces, const int64_t[:, ::1] elements, Py_ssize_t piece, int64_t link
) noexcept nogil:
    return pieces[piece, OWNER] >= 0 and elements[LINK, pieces[piece, OWNER]] == link


cdef bint is_symbol(
    const uint32_t[::1] text, const uint32_t[::1] symbols, Py_ssize_t start, Py_ssize_t end
) noexcept nogil:
    """Return whether a text is one of `PERMALINKS`, white space and a variant selector aside."""
    cdef Py_ssize_t place
    while start < end and Py_UNICODE_ISSPACE(text[start]):
        start += 1
    while end > start and Py_UNICODE_ISSPACE(text[end - 1]):
        end -= 1
    if end == start + 2 and (text[start + 1] == 0xFE0E or text[start + 1] == 0xFE0F):
        end -= 1
    if end == start + 1:
        for place in range(symbols.shape[0]):
            if symbols[place] == text[start]:
                return True
    return False


cdef void settle_lines(uint32_t[::1] text, int64_t[:, ::1] pieces, Py_ssize_t low, Py_ssize_t high) noexcept nogil:
    """Turn the marks of blocks in a listing to line feeds, one where several meet; white space between goes."""
    cdef Py_ssize_t piece
    cdef int64_t owner, kind
    cdef uint32_t last = 10
    cdef bint ended = False
    owner = -1
    for piece in range(low, high):
        kind = pieces[piece, OWNER]
        if kind == LINE_BEGINS or kind == LINE_ENDS:
            pieces[piece, OWNER] = NOTHING if last == 10 else owner
            text[pieces[piece, START]] = 32 if last == 10 else 10
            last = 10
            ended = kind == LINE_ENDS
        elif kind >= 0 and ended and is_space(text, pieces[piece, START], pieces[piece, END]):
            pieces[piece, OWNER] = NOTHING
        elif kind >= 0:
            owner = kind
            last = text[pieces[piece, END] - 1]
            ended = False


def cut_blocks(
    const uint32_t[::1] text, const int64_t[:, ::1] pieces, const int64_t[:, ::1] elements,
    uint32_t[::1] joined, int64_t[:, ::1] blocks, int64_t[::1] before, int64_t[:, ::1] spans,
):
    """Join the pieces between two breaks to blocks, a line feed between them; return how many, and how much text.

    `before` counts for each piece, and behind the last, the blocks that begin with an earlier one; in `spans` stand
    of each element the first block and the end of its blocks.
    """
    cdef Py_ssize_t low = 0, high, first, size = 0, count = 0, last = pieces.shape[0], element
    cdef Block block
    with nogil:
        while low < last:
            high = low
            first = -1
            while high < last and pieces[high, OWNER] != BREAK:
                if first < 0 and pieces[high, OWNER] >= 0 and not is_space(text, pieces[high, START], pieces[high, END]):
                    first = high
                before[high] = count + (0 <= first < high)
                high += 1
            before[high] = count + (first >= 0)
            if first >= 0:
                if count:
                    joined[size] = 10
                    size += 1
                block.text, block.size, block.linked, block.spaced = &joined[size], 0, 0, True
                write_block(text, pieces, elements, low, high, pieces[first, OWNER], &block)
                blocks[BLOCK_START, count] = size
                size += block.size
                blocks[BLOCK_END, count] = size
                blocks[BLOCK_ELEMENT, count] = pieces[first, OWNER]
                blocks[BLOCK_PIECE, count] = first
                blocks[BLOCK_LINKED, count] = min(block.linked, block.size)
                count += 1
            low = high + 1
        before[last] = count
        for element in range(elements.shape[1]):
            spans[0, element] = before[elements[FIRST_PIECE, element]]
            spans[1, element] = before[elements[END_PIECE, element]]
    return count, size


cdef struct Block:
    uint32_t* text
    Py_ssize_t size
    Py_ssize_t linked  # characters inside links, white space collapsed in each piece
    bint spaced  # whether it ends in a space, or is empty


cdef void write_block(
    const uint32_t[::1] text, const int64_t[:, ::1] pieces, const int64_t[:, ::1] elements,
    Py_ssize_t low, Py_ssize_t high, Py_ssize_t element, Block* block,
) noexcept nogil:
    """Join the pieces from `low` to `high`, white space collapsed, except in preformatted text of several lines."""
    cdef Py_ssize_t piece, size, last = -1
    for piece in range(low, high):
        if pieces[piece, OWNER] < 0:
            continue
        if last >= 0 and pieces[piece, OWNER] != pieces[last, OWNER] and not block.spaced:
            if stand_apart(text, pieces, elements, last, piece):
                block.text[block.size] = 32
                block.size += 1
                block.spaced = True
        last = piece
        size = add_collapsed(&text[pieces[piece, START]], pieces[piece, END] - pieces[piece, START], block)
        if elements[LINK, pieces[piece, OWNER]] >= 0:
            block.linked += size
    if block.spaced:
        block.size -= 1
    if elements[PREFORMATTED, element] and holds_line_feed(text, pieces, low, high):
        block.size = trim_lines(block.text, join(text, pieces, elements, low, high, block.text))


cdef inline Py_ssize_t add_collapsed(const uint32_t* text, Py_ssize_t length, Block* block) noexcept nogil:
    """Add a piece, one space for each run of white space and none at first; return how long it is by itself.

    Nothing in the loop branches on what a character is, which would be guessed wrong at every end of a word.
    """
    cdef Py_ssize_t place, size = block.size
    cdef bint spaced = block.spaced, space
    cdef Py_ssize_t before = size + (Py_UNICODE_ISSPACE(text[0]) and not spaced)
    for place in range(length):
        space = Py_UNICODE_ISSPACE(text[place])
        block.text[size] = text[place] ^ (text[place] ^ 32) & -<uint32_t>space  # a space for any white space
        size += 1 - (space & spaced)
        spaced = space
    block.size, block.spaced = size, spaced
    return size - before - spaced if size > before else 0


cdef inline Py_ssize_t join(
    const uint32_t[::1] text, const int64_t[:, ::1] pieces, const int64_t[:, ::1] elements,
    Py_ssize_t low, Py_ssize_t high, uint32_t* joined,
) noexcept nogil:
    """Join the pieces from `low` to `high` as they are; return how long that is."""
    cdef Py_ssize_t piece, size = 0, length, last = -1
    for piece in range(low, high):
        if pieces[piece, OWNER] < 0:
            continue
        if last >= 0 and pieces[piece, OWNER] != pieces[last, OWNER]:
            if stand_apart(text, pieces, elements, last, piece):
                joined[size] = 32
                size += 1
        last = piece
        length = pieces[piece, END] - pieces[piece, START]
        memcpy(joined + size, &text[pieces[piece, START]], length * sizeof(uint32_t))
        size += length
    return size


cdef bint stand_apart(
    const uint32_t[::1] text, const int64_t[:, ::1] pieces, const int64_t[:, ::1] elements,
    Py_ssize_t one, Py_ssize_t other,
) noexcept nogil:
    """Tell what `_stand_apart` in `boilercut.read.html.markup` tells, of two pieces."""
    cdef uint32_t left = text[pieces[one, END] - 1], right = text[pieces[other, START]]
    cdef int64_t before = pieces[one, OWNER], after = pieces[other, OWNER]
    if Py_UNICODE_ISSPACE(left) or Py_UNICODE_ISSPACE(right) or elements[PREFORMATTED, after]:
        return False
    if elements[LINK, before] != elements[LINK, after]:
        return elements[LINK, before] >= 0 and elements[LINK, after] >= 0
    return (
        elements[PARENT, before] == elements[PARENT, after]
        and elements[FLAGS, before] & PARTED_TAG and elements[FLAGS, after] & PARTED_TAG
        and (
            elements[TAG, before] != elements[TAG, after]
            or (elements[FLAGS, before] & NAMED and elements[FLAGS, after] & NAMED)
        )
        and (Py_UNICODE_ISLOWER(left) or 48 <= left <= 57 or left == 41 or left == 37 or left == 58)
        and (Py_UNICODE_ISUPPER(right) or Py_UNICODE_ISDIGIT(right))
    )


def prose_size(
    const uint32_t[::1] text, const int64_t[:, ::1] pieces, const int64_t[:, ::1] elements, Py_ssize_t shortest
):
    """Count the characters of pieces outside links that have so many at least, white space collapsed."""
    cdef Py_ssize_t piece, size = 0, length
    with nogil:
        for piece in range(pieces.shape[0]):
            if (
                pieces[piece, OWNER] >= 0 and pieces[piece, END] - pieces[piece, START] >= shortest
                and elements[LINK, pieces[piece, OWNER]] < 0
            ):
                length = collapsed_size(text, pieces[piece, START], pieces[piece, END])
                size += length if length >= shortest else 0
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


cdef inline bint is_space(const uint32_t[::1] text, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    cdef Py_ssize_t place
    for place in range(start, end):
        if not Py_UNICODE_ISSPACE(text[place]):
            return False
    return True


cdef bint holds_line_feed(
    const uint32_t[::1] text, const int64_t[:, ::1] pieces, Py_ssize_t low, Py_ssize_t high
) noexcept nogil:
    cdef Py_ssize_t piece, place
    for piece in range(low, high):
        if pieces[piece, OWNER] >= 0:
            for place in range(pieces[piece, START], pieces[piece, END]):
                if text[place] == 10:
                    return True
    return False


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
