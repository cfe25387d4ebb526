"""The rows of the tables that loops and kernels work on, declared once; setup.py makes C constants of them."""

FACTS = (
    "words", "word_characters", "longest_word", "capitalised", "sentences", "upper", "digits", "commas", "punctuation",
    "separators", "symbols", "currency", "unspaced", "first_class", "first_code", "last_class", "last_code",
    "characters",
)  # fmt: skip
"""Facts about the text of a block."""
ROWS = (
    *FACTS, "link_characters", "word_weights", "prose", "blank_lines", "indents", "pages", "first", "end",
    "in_title", "in_description", "described_pairs", "title_words", "description_words",
)  # fmt: skip
"""What `Blocks.table` holds, row by row."""
ELEMENT_ROWS = ("tags", "parents", "names", "hidden", "first_blocks", "end_blocks", "pages")
"""What `ElementTable.table` holds, row by row."""
