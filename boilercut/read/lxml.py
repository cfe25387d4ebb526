"""Read a tree that lxml already built, without serialising and parsing it again.

Trees come with classes of their own: `lxml.objectify` gives an element the iterator and the length of its siblings,
and users' classes may do anything. So elements are read by the methods of lxml's own class, which are C and follow the
tree.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from boilercut.read.entities import unescaped
from boilercut.read.markup import BREAK, MarkupBuilder
from boilercut.read.select import FlatElement, Selection, selection
from boilercut.read.tags import DESCRIBING_TAGS, SHADOW_ROOT, SKIPPED_TAGS
from boilercut.vocabulary import Page

__all__ = ["is_lxml", "read_lxml"]


def is_lxml(page: object) -> bool:
    """Return whether `page` is an lxml element or element tree, by its class: no attribute of it is believed."""
    etree: Any = sys.modules.get("lxml.etree")  # whoever has such a tree has loaded it
    return etree is not None and issubclass(type(page), (etree._Element, etree._ElementTree))


def read_lxml(page: object, selectors: Sequence[str] = ()) -> Page:
    """Return the blocks of an lxml element or element tree, and which of them CSS `selectors` select."""
    tree = _Tree(page)
    visits = [] if tree.root is None else list(tree.visits())  # holds on to each element: its id stays its own
    builder = _built(tree, visits, selection(_flat(tree, visits), selectors) if selectors else {})
    if not (builder.head.scripts or builder.head.frames or builder.holds("noscript")):
        return builder.page(len(selectors))
    from boilercut.read.html import page_with_data  # HTML inside data is parsed, and only then lexbor is loaded

    return page_with_data(builder, len(selectors))


Visit = tuple[Literal["open", "close"], Any]
"""An element that begins or ends; comments and their like only begin."""


class _Tree:
    """Reads a tree by lxml's own methods, which no class of an element can replace."""

    __slots__ = ("_attributes", "_children", "_tag", "_tail", "_text", "entity", "root")

    def __init__(self, page: object) -> None:
        etree: Any = sys.modules["lxml.etree"]
        element, is_tree = etree._Element, issubclass(type(page), etree._ElementTree)
        self.root: Any = etree._ElementTree.getroot(page) if is_tree else page
        self.entity = etree.Entity
        self._children = element.iterchildren
        self._tag, self._text, self._tail = element.tag.__get__, element.text.__get__, element.tail.__get__
        self._attributes = element.attrib.__get__

    def visits(self) -> Iterator[Visit]:
        """Yield the beginning and the end of every element below the root and of the root, in document order."""
        yield "open", self.root
        if not self.tag(self.root):
            return
        open_elements = [(self.root, self._children(self.root))]
        while open_elements:
            element, children = open_elements[-1]
            child = next(children, None)
            if child is None:
                open_elements.pop()
                yield "close", element
                continue
            yield "open", child
            if self.tag(child):
                open_elements.append((child, self._children(child)))

    def tag(self, element: Any) -> str:
        """Return the lower-case local name, or nothing for comments, processing instructions and entities."""
        tag = self._tag(element)
        return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""

    def attributes(self, element: Any) -> Mapping[str, str]:
        """Return the attributes."""
        found: Mapping[str, str] = self._attributes(element)
        return found

    def text(self, element: Any) -> str:
        """Return the text up to the first child."""
        return self._text(element) or ""

    def tail(self, element: Any) -> str:
        """Return the text behind the element; the root's is not part of the page."""
        return "" if element is self.root else self._tail(element) or ""

    def is_entity(self, element: Any) -> bool:
        """Return whether this is a reference that the XML parser left as it was."""
        return self._tag(element) is self.entity


def _flat(tree: _Tree, visits: Sequence[Visit]) -> list[FlatElement]:
    """Return the elements as the matcher of selectors sees them."""
    found: list[FlatElement] = []
    parents = [-1]
    for event, element in visits:
        tag = tree.tag(element)
        if event == "close":
            parents.pop()
        elif tag:
            filled = bool(tree.text(element))
            found.append(FlatElement(id(element), parents[-1], tag, dict(tree.attributes(element)), filled))
            parents.append(len(found) - 1)
        above = parents[-2 if event == "open" and tag else -1]
        if above >= 0 and (event == "close" or not tag) and tree.tail(element) and not found[above].filled:
            found[above] = found[above]._replace(filled=True)
    return found


def _built(tree: _Tree, visits: Sequence[Visit], selected: Selection) -> MarkupBuilder:
    """Add every element and text once, in document order."""
    builder = MarkupBuilder()
    pieces = builder.pieces
    numbers = [-1]  # of the open elements
    passed_over: Any = None  # the element that is open and not read
    for event, element in visits:
        if passed_over is not None and not (event == "close" and element is passed_over):
            continue
        tag = tree.tag(element)
        if event == "open" and _is_read(tag):
            shadow = tag == "template" and "shadowrootmode" in tree.attributes(element)
            number = builder.open(SHADOW_ROOT if shadow else tag, tree.attributes(element), numbers[-1])
            numbers.append(number)
            if id(element) in selected:
                builder.marks.append((number, selected[id(element)]))
            if tag == "template" and not shadow:  # markup for scripts, not yet part of the page
                passed_over = element
            elif text := tree.text(element):
                pieces.append((number, text))
            continue
        if event == "open":
            _note(tree, builder, numbers[-1], element)
            passed_over = element if tag else None
        elif _is_read(tag):
            builder.close(numbers.pop())
        if event == "close" or not tag:
            passed_over = None
            if (tail := tree.tail(element)) and numbers[-1] >= 0:
                pieces.append((numbers[-1], tail))
    return builder


def _is_read(tag: str) -> bool:
    return bool(tag) and tag != "br" and tag not in SKIPPED_TAGS


def _note(tree: _Tree, builder: MarkupBuilder, number: int, element: Any) -> None:
    """Take note of an element whose text is not read."""
    tag = tree.tag(element)
    if tag == "br":
        builder.pieces.append(BREAK)
    elif tag in DESCRIBING_TAGS:
        builder.head.describe(tag, tree.attributes(element), tree.text(element))
    elif not tag and number >= 0 and tree.is_entity(element):
        builder.pieces.append((number, unescaped(tree.text(element))))
