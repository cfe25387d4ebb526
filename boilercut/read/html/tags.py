"""What boilercut knows about HTML tags: which break a block, which are not text, which may be empty."""

from __future__ import annotations

BLOCK_TAGS = frozenset(
    """address article aside blockquote body caption center col colgroup dd details dialog dir div
    dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html
    legend li main menu nav noscript ol optgroup p pre script search section summary table tbody td template
    tfoot th thead tr ul""".split()
)
"""Elements that start a new block; the display types of the HTML standard's default style sheet.
A `script` starts one where it stands for a text that the page carries only as data."""

CONTROL_TAGS = frozenset(("button", "label"))
"""Elements that start a new block except in mid-sentence; so do custom elements (`my-card`)."""

LINE_TAGS = frozenset("dd div dl dt li ol p pre table tbody td th thead tr ul".split())
"""Block elements that are lines of a listing inside `pre`; others end the listing, as in a page that never ends it."""

SECTION_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
"""Headings, beside which stand links to themselves."""

READING_TAGS = frozenset(("rp", "rt", "rtc"))
"""How a word is read, beside the word; `rp` holds brackets for browsers that cannot set it above."""
SHOWN_READING_TAGS = READING_TAGS - {"rp"}
"""Those that are text where readings are asked for."""
READING_BRACKETS = "()"

PARTED_TAGS = frozenset("b em small span strong time".split())
"""Inline elements that style sheets set apart from one another."""

SKIPPED_TAGS = frozenset(
    """script style svg canvas iframe object embed title select option datalist textarea audio video map
    link meta base noembed noframes applet param source track annotation annotation-xml""".split()
)
"""Elements whose text is not for readers."""

VOID_TAGS = frozenset("area base br col embed hr img input link meta param source track wbr frame keygen".split())

RAW_TEXT_TAGS = frozenset("script style iframe textarea title noembed noframes xmp noscript".split())
"""Elements inside which a parser sees text only, until their end tag."""

SWALLOWING_TAGS = RAW_TEXT_TAGS | frozenset("audio canvas object select video".split())
"""Elements that hide what stands inside, so that one that is closed XML's way hides the rest of the page."""

SHADOW_ROOT = "shadow-root"
"""What a `template` with `shadowrootmode` is called here: browsers show it in place, unlike other templates."""

DESCRIBING_TAGS = frozenset(["title", "meta", "script", "iframe", "link"])
"""Skipped elements that say something about the page."""

NOT_ELEMENTS = frozenset(["-comment", "-cdata", "-document", "-undef", "-end-of-file", "!doctype", "#document"])
"""What lexbor calls the nodes that are neither text nor elements."""

OTHER_TAGS = frozenset(
    """abbr acronym area basefont bdi bdo bgsound big blink data del dfn frame head image img input ins isindex kbd
    keygen listing malignmark mark marquee math meter mfenced mglyph mi mn mo ms mtext multicol nextid nobr output
    picture plaintext progress q rb ruby s samp selectedcontent slot spacer strike sub sup tt u var wbr
    xmp""".split()
)
"""Elements that HTML and MathML know, and that are inline and of no special use here."""
