"""Read HTML source: parse with lexbor (WHATWG rules), then walk the tree once, without recursion."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from boilercut.read.markup import BREAK, MarkupBuilder, page_from_markup
from boilercut.read.recover import recovered
from boilercut.read.tags import DESCRIBING_TAGS, NOT_ELEMENTS, SKIPPED_TAGS
from boilercut.vocabulary import Page

__all__ = ["read_html"]


def read_html(html: str) -> Page:
    """Return the blocks of a page given as HTML source."""
    source = recovered(html).encode("utf-8", "replace")  # lone surrogates become question marks
    return page_from_markup(_walk(LexborHTMLParser(source).root))


def _walk(root: LexborNode | None) -> MarkupBuilder:
    """Visit every element and text once, in document order."""
    builder = MarkupBuilder()
    pieces = builder.pieces
    ancestors: list[tuple[LexborNode, int]] = []
    element, node = -1, root
    while node is not None:
        tag = node.tag
        if tag == "-text":
            pieces.append((element, node.text_content))
        elif tag == "br":
            pieces.append(BREAK)
        elif tag in SKIPPED_TAGS:
            if tag in DESCRIBING_TAGS:
                builder.describe(tag, node.attributes, node.text())
        elif tag is not None and tag not in NOT_ELEMENTS:
            index = builder.open(tag, node.attributes, element)
            child = node.child
            if child is not None:
                ancestors.append((node, element))
                element, node = index, child
                continue
        following = node.next
        while following is None and ancestors:
            builder.close(element)
            node, element = ancestors.pop()
            following = node.next
        node = following
    return builder
