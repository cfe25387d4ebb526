"""Read a tree that lxml already built, without serialising and parsing it again.

Trees come with classes of their own: `lxml.objectify` gives an element the iterator and the length of its siblings,
and users' classes may do anything. So elements are read by the methods of lxml's own class, which are C and follow the
tree.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from boilercut.page import Page
from boilercut.read.html.entities import unescaped
from boilercut.read.html.formulas import (
    BEGIN,
    END,
    TEXT,
    TYPESET_SCRIPT,
    MathEvent,
    carried,
    is_latex_annotation,
    latex,
    math_latex,
)
from boilercut.read.html.markup import MarkupBuilder
from boilercut.read.html.select import FlatElement, Selection, selection
from boilercut.read.html.tags import DESCRIBING_TAGS, SHADOW_ROOT, SKIPPED_TAGS

__all__ = ["elements_of", "is_lxml", "read_lxml", "walk_lxml"]


_NOT_READ = SKIPPED_TAGS | {"br", ""}


def is_lxml(page: object) -> bool:
    """Return whether `page` is an lxml element or element tree, by its class: no attribute of it is believed."""
    etree: Any = sys.modules.get("lxml.etree")  # whoever has such a tree has loaded it
    return etree is not None and issubclass(type(page), (etree._Element, etree._ElementTree))


def read_lxml(page: object, selectors: Sequence[str] = (), readings: bool = False) -> Page:
    """Return the blocks of an lxml element or element tree, and which of them CSS `selectors` select.

    With `readings`, ruby readings are in the text, in brackets.
    """
    tree = _Tree(page)
    visits = tree.visits(whole=bool(selectors))
    builder = MarkupBuilder(readings=readings)
    _build(tree, visits, selection(_flat(tree, visits), selectors) if selectors else {}, builder)
    if not (builder.head.scripts or builder.head.frames or builder.holds("noscript")):
        return builder.page(len(selectors))._replace(readings=readings)
    from boilercut.read.html.parse import page_with_data  # HTML inside data is parsed, and only then lexbor is loaded

    return page_with_data(builder, len(selectors))._replace(readings=readings)


def walk_lxml(page: object, builder: MarkupBuilder) -> str:
    """Walk a tree again, as it was read; return the address that it declares for its links.

    Where `builder.open` returns -1, nothing inside the element is visited.
    """
    tree = _Tree(page)
    visits = tree.visits(whole=False)
    _build(tree, visits, {}, builder)
    bases = (tree.attributes(element).get("href") for tag, element, ends in visits if tag == "base" and not ends)
    return next((address for address in bases if address), "")


def elements_of(page: object) -> Iterator[tuple[str, Mapping[str, str], Callable[[], str]]]:
    """Yield every element in document order: its lower-case local name, its attributes, and how to get its text."""
    tree = _Tree(page)
    for tag, element, ends in tree.visits(whole=True):
        if tag and not ends:
            yield tag, tree.attributes(element), partial(tree.whole_text, element)


Visit = tuple[str, Any, bool]
"""The lower-case local name of an element (empty for comments, instructions, entities), the element, whether it ends.

Every element begins and ends; what has no name is visited once.
"""


class _Tree:
    """Reads a tree by lxml's own methods, which no class of an element can replace."""

    __slots__ = (
        "_children", "_nameless", "_others", "_tag", "_texts", "attributes", "entities", "root", "tail", "text",
    )  # fmt: skip

    def __init__(self, page: object) -> None:
        etree: Any = sys.modules["lxml.etree"]
        element, is_tree = etree._Element, issubclass(type(page), etree._ElementTree)
        self.root: Any = etree._ElementTree.getroot(page) if is_tree else page
        self._children, self._tag, self._texts = element.iterchildren, element.tag.__get__, element.itertext
        self.text, self.tail, self.attributes = element.text.__get__, element.tail.__get__, element.attrib.__get__
        # Held on to, so that their ids stay their own. objectify makes elements of comments, so the class says nothing.
        kinds = (etree.Comment, etree.ProcessingInstruction, etree.Entity)
        self._others = [] if self.root is None else list(element.iter(self.root, *kinds))
        self._nameless = {id(each) for each in self._others}
        found = [] if self.root is None else element.iter(self.root, etree.Entity)
        self.entities = {id(each): unescaped(f"&{self._tag(each)};") for each in found}
        """The text of references that the XML parser left as they were, by the ids of their nodes."""

    def formula(self, math: Any, attributes: Mapping[str, str]) -> str:
        """Return MathML as LaTeX: what stands beside it, or written from it."""
        return self._annotation(math) or carried("math", attributes) or math_latex(self._math_events(math))

    def _annotation(self, math: Any) -> str:
        for semantics in self._children(math, "{*}semantics"):
            for each in self._children(semantics, "{*}annotation"):
                if is_latex_annotation(self.attributes(each)):
                    return latex(self.text(each) or "")
        return ""

    def _math_events(self, math: Any) -> Iterator[MathEvent]:
        """Yield the elements and texts inside MathML, in document order."""
        yield TEXT, self.text(math) or ""
        open_elements = [("math", math, self._children(math))]
        while open_elements:
            tag, element, children = open_elements[-1]
            child = next(children, None)
            if child is None:
                open_elements.pop()
                yield END, tag
                yield TEXT, (self.tail(element) or "") if open_elements else ""
            elif id(child) in self._nameless:
                yield TEXT, self.entities.get(id(child), "") + (self.tail(child) or "")
            else:
                name = self._tag(child).rpartition("}")[2].lower()
                open_elements.append((name, child, self._children(child)))
                yield BEGIN, name
                yield TEXT, self.text(child) or ""

    def whole_text(self, element: Any) -> str:
        """Return all text inside an element, a space between its pieces."""
        return " ".join(self._texts(element))

    def visits(self, whole: bool) -> list[Visit]:
        """Return the visits to the root and all below it, in document order; if `whole`, below what is not read too.

        The list holds on to each element, so that its id stays its own.
        """
        found: list[Visit] = []
        open_elements: list[tuple[str, Any, Iterator[Any]]] = []
        children: Iterator[Any] = iter([] if self.root is None else [self.root])
        nameless, read_tag, names = self._nameless, self._tag, dict[str, str]()
        while True:
            for child in children:
                tag = "" if id(child) in nameless else read_tag(child)
                tag = names.get(tag) or names.setdefault(tag, tag.rpartition("}")[2].lower())
                found.append((tag, child, False))
                if tag not in _NOT_READ or (whole and tag):
                    open_elements.append((tag, child, children))
                    children = self._children(child)
                    break
                if tag:
                    found.append((tag, child, True))
            else:
                if not open_elements:
                    return found
                tag, element, children = open_elements.pop()
                found.append((tag, element, True))


def _flat(tree: _Tree, visits: Sequence[Visit]) -> list[FlatElement]:
    """Return the elements as the matcher of selectors sees them."""
    found: list[FlatElement] = []
    parents = [-1]
    for tag, element, ends in visits:
        if ends:
            parents.pop()
        elif tag:
            filled = bool(tree.text(element))
            found.append(FlatElement(id(element), parents[-1], tag, dict(tree.attributes(element)), filled))
            parents.append(len(found) - 1)
            continue
        above = parents[-1]
        if above >= 0 and not found[above].filled and (tree.tail(element) or id(element) in tree.entities):
            found[above] = found[above]._replace(filled=True)
    return found


def _build(tree: _Tree, visits: Sequence[Visit], selected: Selection, builder: MarkupBuilder) -> None:
    """Add every element and text once, in document order."""
    pieces, numbers = builder.pieces, [-1]  # of the open elements
    inert: Any = None  # the open element whose content is not read
    for tag, element, ends in visits:
        if inert is not None and element is not inert:
            continue
        if tag and not ends:
            if tag not in _NOT_READ:
                inert = _open(tree, builder, numbers, selected, (tag, element))
            else:
                inert = element
                _note(tree, builder, numbers[-1], (tag, element))
            continue
        inert = None
        if ends and tag not in _NOT_READ:
            builder.close(numbers.pop())
        if numbers[-1] < 0:
            continue
        if not tag and id(element) in tree.entities:
            pieces.append((numbers[-1], tree.entities[id(element)]))
        if tail := tree.tail(element):
            pieces.append((numbers[-1], tail))


def _open(tree: _Tree, builder: MarkupBuilder, numbers: list[int], selected: Selection, named: tuple[str, Any]) -> Any:
    """Add an element and its first text; return it where the rest is not read."""
    tag, element = named
    attributes = tree.attributes(element)
    shadow = tag == "template" and "shadowrootmode" in attributes
    formula = tree.formula(element, attributes) if tag == "math" else carried(tag, attributes)
    if formula:
        number = builder.open_formula(attributes, formula, numbers[-1])
    else:
        number = builder.open(SHADOW_ROOT if shadow else tag, attributes, numbers[-1])
    numbers.append(number)
    if selected and id(element) in selected:
        builder.marks.append((number, selected[id(element)]))
    if number < 0 or formula or (tag == "template" and not shadow):
        return element  # not wanted, read already, or markup for scripts and not yet part of the page
    if text := tree.text(element):
        builder.pieces.append((number, text))
    return None


def _note(tree: _Tree, builder: MarkupBuilder, parent: int, named: tuple[str, Any]) -> None:
    """Take note of an element whose text is not read."""
    tag, element = named
    if tag == "br":
        builder.end_line(parent)
    elif tag in DESCRIBING_TAGS:
        attributes, text = tree.attributes(element), tree.text(element) or ""
        if tag == "script" and (attributes.get("type") or "").startswith(TYPESET_SCRIPT):
            builder.add_typeset(attributes["type"], text, parent)
        else:
            builder.head.describe(tag, attributes, text)
