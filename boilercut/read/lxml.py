"""Read a tree that lxml already built, without serialising and parsing it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from boilercut.read.markup import BREAK, MarkupBuilder
from boilercut.read.select import Selection, lxml_selection
from boilercut.read.tags import DESCRIBING_TAGS, SHADOW_ROOT, SKIPPED_TAGS
from boilercut.vocabulary import Page

__all__ = ["is_lxml", "read_lxml", "walk_lxml"]


class _Element(Protocol):
    """The part of lxml's element that the walk needs (lxml itself is never imported)."""

    tag: Any
    text: str | None
    tail: str | None
    attrib: Mapping[str, str]

    def __iter__(self) -> Any: ...


def is_lxml(page: object) -> bool:
    """Tell whether `page` is an lxml element or element tree."""
    return type(page).__module__.split(".")[0] == "lxml" and (hasattr(page, "tag") or hasattr(page, "getroot"))


def read_lxml(page: object, selectors: Sequence[str] = ()) -> Page:
    """Return the blocks of an lxml element or element tree, and which of them CSS `selectors` select."""
    root = _root_of(page)
    builder = MarkupBuilder()
    _walk(root, builder, lxml_selection(root, selectors) if root is not None else {})
    if not (builder.head.scripts or builder.head.frames or builder.holds("noscript")):
        return builder.page(len(selectors))
    from boilercut.read.html import page_with_data  # HTML inside data is parsed, and only then lexbor is loaded

    return page_with_data(builder, len(selectors))


def walk_lxml(page: object, builder: MarkupBuilder) -> str:
    """Walk a tree again, as it was read; return the address that it declares for its links.

    Where `builder.open` returns -1, nothing inside the element is visited.
    """
    root = _root_of(page)
    _walk(root, builder, {})
    base = root.find(".//{*}base[@href]") if root is not None else None
    return "" if base is None else base.attrib["href"]


def _root_of(page: object) -> Any:
    return page.getroot() if hasattr(page, "getroot") else page


def _walk(root: _Element | None, builder: MarkupBuilder, selection: Selection) -> None:
    """Visit every element and text once, in document order."""
    pieces = builder.pieces
    if root is None:
        return
    open_elements: list[tuple[_Element | None, int, Any]] = [(None, -1, iter([root]))]
    while open_elements:
        owner, element, children = open_elements[-1]
        child = next(children, None)
        if child is None:
            open_elements.pop()
            if owner is not None:
                builder.close(element)
                _add_tail(owner, open_elements, pieces)
            continue
        tag = _tag_of(child)
        if tag in SKIPPED_TAGS or tag == "br" or not tag:
            if tag == "br":
                pieces.append(BREAK)
            elif tag in DESCRIBING_TAGS:
                builder.head.describe(tag, child.attrib, child.text or "")
            if child is not root and child.tail:
                pieces.append((element, child.tail))
            continue
        shadow = tag == "template" and "shadowrootmode" in child.attrib
        index = builder.open(SHADOW_ROOT if shadow else tag, child.attrib, element)
        if selection and child in selection:
            builder.marks.append((index, selection[child]))
        is_read = index >= 0 and (shadow or tag != "template")  # a template is markup for scripts, not part of the page
        if child.text and is_read:
            pieces.append((index, child.text))
        open_elements.append((child, index, iter(child) if is_read else iter(())))


def _add_tail(
    owner: _Element, open_elements: list[tuple[_Element | None, int, Any]], pieces: list[tuple[int, str | None]]
) -> None:
    parent = open_elements[-1][1]
    if owner.tail and parent >= 0:  # the tail of the root is not part of the page
        pieces.append((parent, owner.tail))


def _tag_of(element: _Element) -> str:
    """Return the lower-case local name, or nothing for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
