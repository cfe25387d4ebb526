"""Read HTML source: parse with lexbor (WHATWG rules), then walk the tree once, without recursion.

`_parsed` is the only way to the parser, for pages, for frames and for HTML in data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from boilercut.page import Page
from boilercut.read.html.bounds import bounded
from boilercut.read.html.data import MIN_CHARACTERS, DataText, lacking, texts_of
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
from boilercut.read.html.markup import Markup, MarkupBuilder
from boilercut.read.html.recover import encoded, recovered_source, with_shadow_roots_shown
from boilercut.read.html.select import Selection, lexbor_selection
from boilercut.read.html.tags import DESCRIBING_TAGS, NOT_ELEMENTS, SKIPPED_TAGS
from boilercut.read.html.tree import read_tree

__all__ = ["page_with_data", "parsed", "read_html", "walk_html"]


def read_html(html: str, selectors: Sequence[str] = (), readings: bool = False) -> Page:
    """Return the blocks of a page given as HTML source, and which of them CSS `selectors` select.

    With `readings`, ruby readings are in the text, in brackets.
    """
    source = recovered_source(html)
    readings = readings and b"<rt" in source.lower()
    markup = _read(source, selectors, readings)
    if markup.holds("template") and (shown := _shown(source)) is not source:
        markup = _read(shown, selectors, readings)
    return page_with_data(markup, len(selectors))._replace(readings=readings)


def _parsed(source: bytes) -> LexborHTMLParser:
    """Parse HTML in UTF-8, of any origin, within the bounds that keep the parser linear."""
    return LexborHTMLParser(bounded(source))


def _read(source: bytes, selectors: Sequence[str], readings: bool) -> Markup:
    parser = _parsed(source)
    read = None if selectors or readings else read_tree(parser)
    if read is not None:
        return read
    builder = MarkupBuilder(readings=readings)
    _walk(parser.root, builder, -1, lexbor_selection(parser, selectors))
    return builder


def parsed(html: str) -> LexborHTMLParser:
    """Return a page's tree as it was read, shadow roots shown."""
    return _parsed(_shown(recovered_source(html)))


def _shown(source: bytes) -> bytes:
    """Return a page with its shadow roots shown; itself where it has none."""
    return with_shadow_roots_shown(source.decode()).encode() if b"shadowrootmode" in source.lower() else source


def walk_html(html: str, builder: MarkupBuilder) -> str:
    """Walk a page's tree again, as it was read; return the address that the page declares for its links.

    Where `builder.open` returns -1, nothing inside the element is visited.
    """
    parser = parsed(html)
    _walk(parser.root, builder, -1, {})
    base = parser.css_first("base[href]")
    return (base and base.attributes.get("href")) or ""


def page_with_data(markup: Markup, selectors: int = 0) -> Page:
    """Return the page's blocks, and behind them the texts that it carries only as data."""
    markup.settle()
    if noscript := markup.spans("noscript"):
        _drop_repeated(markup, noscript)
    if texts := _data_texts(markup):
        builder = markup.builder()
        for text in texts:
            _add(builder, text)
        builder.close(0)
        return builder.page(selectors)
    return markup.page(selectors)


def _drop_repeated(markup: Markup, noscript: Sequence[tuple[int, int]]) -> None:
    """Take out what stands in `noscript` and elsewhere on the page too; `noscript` is where its pieces are."""
    firsts, ends, owns = list[int](), [0], list[DataText]()
    for first, end in noscript:
        text = markup.text(first, end).strip() if first >= ends[-1] else ""
        if len(text) >= MIN_CHARACTERS:
            firsts.append(first)
            ends.append(end)
            owns.append(DataText("noscript", text, False))
    gaps = zip(ends, [*firsts, None], strict=True)
    lacked = set(lacking(owns, lambda: " ".join(markup.text(*gap) for gap in gaps)))
    spans = zip(firsts, ends[1:], strict=True)
    if repeated := [span for span, own in zip(spans, owns, strict=True) if own not in lacked]:
        markup.drop(repeated)


def _data_texts(markup: Markup) -> list[DataText]:
    """Return the texts that the page carries only in scripts and as source of frames."""
    head = markup.head
    if not (head.scripts or head.frames) or not len(markup):
        return []
    frames = [DataText("srcdoc", source, True) for source in head.frames]
    return texts_of(head.scripts, markup) + lacking(frames, markup.text)


def _add(builder: MarkupBuilder, text: DataText) -> None:
    element = builder.open("script", {"class": text.name}, 0)
    if text.is_html:
        body = _parsed(encoded(text.text)).body
        _walk(body and body.child, builder, element, {})
    else:
        builder.add_lines(element, text.text)
    builder.close(element)


def _walk(root: LexborNode | None, builder: MarkupBuilder, element: int, selection: Selection) -> None:
    """Visit every element and text once, in document order; `element` is what they stand in."""
    pieces = builder.pieces
    ancestors: list[tuple[LexborNode, int]] = []
    node = root
    while node is not None:
        tag = node.tag
        if tag == "-text":
            pieces.append((element, node.text_content))
        elif tag == "br":
            builder.end_line(element)
        elif tag in SKIPPED_TAGS:
            if tag in DESCRIBING_TAGS:
                _describe(builder, tag, node, element)
        elif tag is not None and tag not in NOT_ELEMENTS:
            attributes = node.attributes
            formula = carried(tag, attributes) if attributes else ""
            if tag == "math":
                formula = _annotation(node) or formula or math_latex(_math_events(node))
            if formula:
                index = builder.open_formula(attributes, formula, element)
            else:
                index = builder.open(tag, attributes, element)
            if selection and node.mem_id in selection:
                builder.marks.append((index, selection[node.mem_id]))
            child = node.child if index >= 0 and not formula else None
            if child is not None:
                ancestors.append((node, element))
                element, node = index, child
                continue
            if index >= 0:
                builder.close(index)
        following = node.next
        while following is None and ancestors:
            builder.close(element)
            node, element = ancestors.pop()
            following = node.next
        node = following


def _describe(builder: MarkupBuilder, tag: str, node: LexborNode, element: int) -> None:
    """Take note of what an element says about the page; a script may be a formula in it."""
    attributes, text = node.attributes, node.text()
    if tag == "script" and (attributes.get("type") or "").startswith(TYPESET_SCRIPT):
        builder.add_typeset(attributes["type"] or "", text, element)
    else:
        builder.head.describe(tag, attributes, text)


def _annotation(math: LexborNode) -> str:
    """Return the LaTeX that stands beside MathML."""
    semantics = math.child
    while semantics is not None and semantics.tag != "semantics":
        semantics = semantics.next
    node = semantics and semantics.child
    while node is not None:
        if node.tag == "annotation" and is_latex_annotation(node.attributes):
            return latex(node.text())
        node = node.next
    return ""


def _math_events(math: LexborNode) -> Iterator[MathEvent]:
    """Yield the elements and texts inside MathML, in document order."""
    ancestors: list[LexborNode] = []
    node = math.child
    while node is not None:
        tag = node.tag or ""
        if tag == "-text":
            yield TEXT, node.text_content or ""
        elif tag not in NOT_ELEMENTS:
            yield BEGIN, tag
            if (child := node.child) is not None:
                ancestors.append(node)
                node = child
                continue
            yield END, tag
        following = node.next
        while following is None and ancestors:
            node = ancestors.pop()
            yield END, node.tag or ""
            following = node.next
        node = following
