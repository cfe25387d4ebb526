"""Find the places beside an article: before and after it, inside and outside its container.

From HTML, the article is what stands between its first and its last kept paragraph; the container is the innermost
element that holds both. Inside means right beside the child of the container that holds the paragraph, outside right
beside the container, or at the ends of the body where that is the container. In text, inside is the line next to the
article's first or last one, outside the beginning or the end of all.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

PLACES = ("before, outside", "before, inside", "after, inside", "after, outside")

_INLINE = frozenset(
    "a abbr b big cite code del dfn em font i ins kbd label mark q s samp small span strike strong sub sup time tt u"
    " var".split()
)  # fmt: skip
_TABLE = frozenset(["table", "thead", "tbody", "tfoot", "tr", "colgroup"])
_MARKS = ("metamorphic-first", "metamorphic-last")


class Slots(NamedTuple):
    """A page cut at its four places."""

    parts: tuple[str, ...]
    """Five pieces of source, or of lines each with its line end; the places are between them."""

    @property
    def source(self) -> str:
        """The page with nothing added."""
        return "".join(self.parts)

    def with_addition(self, place: str, added: str) -> str:
        """Return the page with `added` at one of `PLACES`."""
        at = PLACES.index(place) + 1
        return "".join((*self.parts[:at], added, *self.parts[at:]))

    def wrapped(self, before: str, after: str) -> str:
        """Return the page with the article's container put between `before` and `after`."""
        return "".join((self.parts[0], before, *self.parts[1:4], after, self.parts[4]))


def text_slots(lines: Sequence[str], first: int, last: int) -> Slots:
    r"""Cut a text at the lines of the article's first and last block.

    >>> text_slots(["Menu", "One.", "Two.", "Legal"], 1, 2).parts
    ('', 'Menu\n', 'One.\nTwo.\n', 'Legal\n', '')
    """
    ended = [f"{line}\n" for line in lines]
    return Slots(("", "".join(ended[:first]), "".join(ended[first : last + 1]), "".join(ended[last + 1 :]), ""))


def html_slots(source: str, start: int, end: int) -> Slots | None:
    """Cut a page at the places beside the article that stands at `source[start:end]`; None where they are not found.

    The source is what the parsed page serialises to, so that nothing but an addition tells two pages apart.
    """
    marks = [f'<i id="{name}"></i>' for name in _MARKS]
    tree = LexborHTMLParser(f"{source[:start]}{marks[0]}{source[start:end]}{marks[1]}{source[end:]}")
    found = [tree.css_first(f"#{name}") for name in _MARKS]
    if None in found:
        return None
    paths = [_path(_block(mark)) for mark in found if mark is not None]
    for mark in found:
        if mark is not None:
            mark.decompose()
    return _cut(tree, paths)


def _cut(tree: LexborHTMLParser, paths: Sequence[Sequence[LexborNode]]) -> Slots | None:
    depth = sum(1 for _ in takewhile(_same, zip(paths[0][:-1], paths[1][:-1], strict=False)))
    while depth and paths[0][depth - 1].tag in _TABLE:  # nothing but rows and cells may stand there
        depth -= 1
    if depth < 2:  # the container is the body or below
        return None
    container = paths[0][depth - 1]
    _insert(paths[0][depth], PLACES[1], before=True)
    _insert(paths[1][depth], PLACES[2], before=False)
    inside_body = container.tag == "body"
    _insert(container.first_child if inside_body else container, PLACES[0], before=True)
    _insert(container.last_child if inside_body else container, PLACES[3], before=False)
    return _parts(tree.html or "")


def _same(nodes: tuple[LexborNode, LexborNode]) -> bool:
    return nodes[0].mem_id == nodes[1].mem_id


def _parts(source: str) -> Slots | None:
    """Cut the page at the comments that stand at its places."""
    parts = []
    for place in PLACES:
        part, mark, source = source.partition(f"<!--{place}-->")
        if not mark:
            return None
        parts.append(part)
    return Slots((*parts, source))


def _insert(node: LexborNode | None, place: str, *, before: bool) -> None:
    assert node is not None
    holder = LexborHTMLParser(f"<div><!--{place}--></div>").css_first("div")
    comment = holder.first_child if holder else None
    assert comment is not None
    (node.insert_before if before else node.insert_after)(comment)


def _block(mark: LexborNode) -> LexborNode:
    """Return the innermost element around a mark that has its own lines."""
    node = mark.parent
    while node is not None and node.tag in _INLINE and node.parent is not None:
        node = node.parent
    assert node is not None
    return node


def _path(node: LexborNode) -> list[LexborNode]:
    """Return the elements above `node`, outermost first, and itself; its parent is the innermost that may be shared."""
    path = [node]
    while (above := path[-1].parent) is not None and above.is_element_node:
        path.append(above)
    return path[::-1]
