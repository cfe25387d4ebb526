"""Trees of lxml are read as they are in memory, whatever the classes of their elements do; other trees are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

import boilercut
from boilercut import PageTypeError, Rule
from boilercut.read.lxml import read_lxml
from tests.growth import MAX_GROWTH, growth
from tests.helpers import ARTICLE

etree = pytest.importorskip("lxml.etree", reason="lxml hands over trees")
html = pytest.importorskip("lxml.html")
objectify = pytest.importorskip("lxml.objectify")

FIRST, SECOND, THIRD = ARTICLE.splitlines()
SOURCE = f"<html><body><p>{FIRST}</p><p>{SECOND}</p><!-- c --><p>{THIRD}</p></body></html>"
EXPECTED = boilercut.clean(SOURCE)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@pytest.mark.parametrize("rules", [[], [Rule("drop", selector="nav")], [Rule("keep", selector="p:nth-child(1) ~ p")]])
def test_objectified_trees_are_read(rules: list[Rule]) -> None:
    tree = objectify.fromstring(SOURCE)
    assert len(read_lxml(tree).elements.tags) == 5  # type: ignore[union-attr]
    assert boilercut.clean(tree, rules=rules) == EXPECTED
    assert boilercut.clean(tree.getroottree(), rules=rules) == EXPECTED
    assert boilercut.clean(objectify.fromstring("<a><b>1</b><b>2</b><c>1.5</c><d/></a>")) is not None


class Endless(etree.ElementBase):  # type: ignore[misc, name-defined]
    """An element whose every method lies."""

    def __iter__(self) -> Iterator[Any]:
        while True:
            yield self

    def __len__(self) -> int:
        raise RuntimeError("no length")

    def __bool__(self) -> bool:
        raise RuntimeError("no truth")

    def iterchildren(self, *_: object, **__: object) -> Iterator[Any]:
        return iter(self)

    def getnext(self) -> Any:
        return self

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]
    tag = text = tail = attrib = property(lambda self: 1 / 0)


@pytest.mark.parametrize("rules", [[], [Rule("drop", selector="nav, body > nav")]])
def test_elements_of_a_class_that_lies_are_read(rules: list[Rule]) -> None:
    parser = etree.XMLParser()
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=Endless))
    root = etree.fromstring(SOURCE, parser)
    assert type(root) is Endless
    assert boilercut.clean(root, rules=rules) == EXPECTED


DECLARING = f'<html><head><meta name="author" content="Ada Brandt"/></head><body><p>{EXPECTED}</p></body></html>'


def read_with(lookup: Any) -> Any:
    parser = etree.XMLParser()
    parser.set_element_class_lookup(lookup)
    return etree.fromstring(DECLARING, parser)


@pytest.mark.parametrize(
    "tree",
    [
        objectify.fromstring(DECLARING),
        objectify.fromstring(
            DECLARING.replace("<head>", "<getroot>1</getroot><iter/><attrib/><itertext/><tag/><head>")
        ),
        read_with(etree.ElementDefaultClassLookup(element=Endless)),
    ],
    ids=["objectify", "elements called like methods", "a class that lies"],
)
def test_all_parts_of_a_result_are_read_from_any_tree(tree: Any) -> None:
    result = boilercut.extract(tree)
    assert result.metadata.authors == ("Ada Brandt",)
    assert words(result.html)
    assert set(words(result.text)) <= set(words(result.html))
    assert [verdict.span for verdict in result.verdicts] == [None] * len(result.verdicts)


def test_an_element_of_a_users_class_is_a_page() -> None:
    page = Endless()
    assert boilercut.clean(page) == ""


@pytest.mark.parametrize(
    "root",
    [
        etree.Comment("c"),
        etree.ProcessingInstruction("php", "echo"),
        etree.Entity("nbsp"),
        etree.Element("p"),
        etree.ElementTree(),
        etree.ElementTree(etree.Comment("c")),
    ],
    ids=["comment", "instruction", "entity", "empty element", "no tree", "tree of a comment"],
)
@pytest.mark.parametrize("rules", [[], [Rule("drop", selector="*")]])
def test_roots_without_text_give_no_text(root: object, rules: list[Rule]) -> None:
    assert boilercut.clean(root, rules=rules) == ""


def test_a_root_that_is_skipped_or_a_break_gives_no_text() -> None:
    for tag in ("br", "script", "svg", "title"):
        element = etree.Element(tag)
        element.text, element.tail = FIRST, SECOND
        assert boilercut.clean(element) == ""


def test_comments_instructions_and_their_tails() -> None:
    root = etree.fromstring(f"<body><p>{FIRST} <!-- c -->{SECOND} <?php echo ?>{THIRD}</p></body>")
    assert words(boilercut.clean(root)) == words(ARTICLE)


def test_entities_that_the_parser_left_are_text() -> None:
    parser = etree.XMLParser(resolve_entities=False)
    source = f'<!DOCTYPE p [<!ENTITY eacute "x"><!ENTITY own "y">]><body><p>Caf&eacute; &own; {FIRST}</p></body>'
    assert "Café &own; " + FIRST in boilercut.clean(etree.fromstring(source, parser))


def test_a_part_of_a_tree_is_read_alone() -> None:
    root = html.document_fromstring(f"<div><p>{FIRST}</p>tail {SECOND}</div>")
    assert boilercut.clean(root.find(".//p")) == boilercut.clean(f"<p>{FIRST}</p>")
    paragraph = root.find(".//p")
    paragraph.getparent().remove(paragraph)
    assert boilercut.clean(paragraph) == boilercut.clean(f"<p>{FIRST}</p>")


def test_names_in_namespaces_and_capitals_are_read() -> None:
    source = f'<H:html xmlns:H="http://www.w3.org/1999/xhtml"><H:BODY><H:P>{FIRST}</H:P><H:P>{SECOND}</H:P></H:BODY></H:html>'
    root = etree.fromstring(source)
    assert boilercut.clean(root) == f"{FIRST}\n{SECOND}"
    assert boilercut.clean(root, rules=[Rule("drop", selector="p + p")]) == FIRST


def build(size: int, shape: str) -> Any:
    """Return a tree that only a program can build."""
    root = etree.Element("body")
    inner = root
    for number in range(size):
        part = etree.SubElement(inner, "p" if shape == "wide" else "div")
        part.text = "word"
        part.tail = "tail " * (20 if shape == "tails" else 1)
        if number % 3 == 0:
            root.append(etree.Comment("c"))
        inner = part if shape == "deep" else root
    return root


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["wide", "deep", "tails"])
@pytest.mark.parametrize("rules", [[], [Rule("drop", selector="div div p ~ p, :has(div p)")]], ids=["plain", "rules"])
def test_large_trees_take_linear_time(shape: str, rules: list[Rule]) -> None:
    selectors = [rule.selector or "" for rule in rules]
    trees = {size: build(size, shape) for size in (6000, 12000)}
    assert growth(lambda size: read_lxml(trees[size], selectors), 6000) <= MAX_GROWTH


class Impostor:
    """What only says that it is an element."""

    __module__ = "lxml.etree"
    tag = "p"

    @property
    def __class__(self) -> type:  # type: ignore[override]
        found: type = etree._Element
        return found


@pytest.mark.parametrize(
    "page",
    [ElementTree.fromstring("<p>x</p>"), ElementTree.ElementTree(ElementTree.fromstring("<p>x</p>")), Impostor(), None, 5, object(), [SOURCE]],
    ids=["xml.etree element", "xml.etree tree", "impostor", "None", "number", "object", "list"],
)  # fmt: skip
def test_what_is_no_page_is_refused_with_what_to_do(page: object) -> None:
    with pytest.raises(
        PageTypeError, match=r"a page is str, bytes or an lxml element, not .*source, such as str\(soup\)"
    ):
        boilercut.clean(page)
