"""Name the kind of each leftover snippet, and count the snippets of each kind that a cleaner keeps.

WCXB lists for each page short snippets that must not appear (`without`), but not what they are. The rule is in
``leftovers.toml``: the snippet's own words first, then where it stands in the page.
"""

import re
import tomllib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from benchmarks.quality.data import Sample
from boilercut.training.measures import even_out, holds, words

UNASSIGNED = "unassigned"
MAX_ANCESTORS = 8
"""Elements looked at above a snippet; beyond, a class says something of half the page."""

# A small letter or digit before a capital: "relatedPosts" is two words.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SKIPPED = frozenset(["script", "style", "template", "head", "title"])


@dataclass(frozen=True, slots=True)
class Kind:
    """The words by which one kind of leftover is known."""

    name: str
    phrases: tuple[str, ...]
    names: frozenset[str]


@cache
def kinds() -> tuple[Kind, ...]:
    """Return the kinds in the order in which they are asked."""
    table = tomllib.loads(Path(__file__).with_name("leftovers.toml").read_text(encoding="utf-8"))
    return tuple(
        Kind(name, tuple(map(even_out, entry["phrases"])), frozenset(entry["names"])) for name, entry in table.items()
    )


def snippet_kinds(sample: Sample) -> list[tuple[str, str]]:
    """Return the page's leftover snippets, evened out, each with its kind; a snippet as often as it is listed.

    Snippets that the gold text holds are left out: the set says of them both that they must and that they must
    not appear. So are those that a page without its markup does not show at all.
    """
    gold, places = even_out(sample.gold), _Places(sample.html)
    listed = [snippet for snippet in map(even_out, sample.without) if snippet and not holds(gold, snippet)]
    return [
        (snippet, _kind_by_words(snippet) or _kind_by_place(place))
        for snippet in listed
        if (place := places.find(snippet)) is not None
    ]


def leaked_kinds(output: str, snippets: Iterable[tuple[str, str]]) -> Mapping[str, tuple[int, int]]:
    """Return by kind how many snippets of `snippet_kinds` are in the output, and how many there are.

    >>> leaked_kinds("The end. Sign up!", [("sign up", "newsletter"), ("home", "navigation")])
    {'newsletter': (1, 1), 'navigation': (0, 1)}
    """
    evened, left, listed = even_out(output), Counter[str](), Counter[str]()
    for snippet, kind in snippets:
        listed[kind] += 1
        left[kind] += holds(evened, snippet)
    return {kind: (left[kind], count) for kind, count in listed.items()}


def _kind_by_words(snippet: str) -> str | None:
    return next((kind.name for kind in kinds() if any(holds(snippet, phrase) for phrase in kind.phrases)), None)


def _kind_by_place(node: LexborNode) -> str:
    element: LexborNode | None = node
    for _ in range(MAX_ANCESTORS):
        if element is None or element.tag in ("body", "html"):
            break
        own = names_of(element)
        for kind in kinds():
            if not own.isdisjoint(kind.names):
                return kind.name
        element = element.parent
    return UNASSIGNED


def names_of(element: LexborNode) -> set[str]:
    """Return the words by which an element is known: its tag, and those of its class, id and role."""
    attributes = element.attributes
    given = " ".join(attributes.get(name) or "" for name in ("class", "id", "role"))
    return {element.tag or "", *words(_HUMP.sub(" ", given).replace("_", " "))}


class _Places:
    """Finds the element of a page that holds a snippet."""

    def __init__(self, html: str) -> None:
        self._nodes: list[LexborNode] = []
        self._starts: list[int] = []
        parts, at = [""], 1
        for node in _text_nodes(html):
            text = even_out(node.text_content or "")
            if text:
                self._nodes.append(node)
                self._starts.append(at)
                parts.append(text)
                at += len(text) + 1
        self._text = " ".join(parts) + " "

    def find(self, snippet: str) -> LexborNode | None:
        """Return the element of the first text node of the snippet's first occurrence; None without one."""
        at = self._text.find(f" {snippet} ")
        if at < 0:
            return None
        return self._nodes[bisect_right(self._starts, at + 1) - 1].parent


def _text_nodes(html: str) -> Iterable[LexborNode]:
    root = LexborHTMLParser(html).root
    for node in root.traverse(include_text=True) if root else ():
        if node.is_text_node and (parent := node.parent) is not None and parent.tag not in _SKIPPED:
            yield node
