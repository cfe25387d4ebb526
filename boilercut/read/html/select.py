"""Select elements of a tree by CSS, for a user's rules: in time linear in the elements, whatever the selector.

A matcher that walks up from each element, as those of lexbor and XPath do, backtracks: the number of combinators is
the exponent of its time. Here each step of a selector is one pass over all elements: the column of those that match up
to the step before becomes, by the combinator, the column of those that stand below, inside, next to or behind one of
them, and the step's own conditions narrow that down.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from boilercut.arrays import Booleans, Integers
from boilercut.read.html.selectors import Condition, Selector, Step, parse_selector
from boilercut.read.html.tags import NOT_ELEMENTS

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["FlatElement", "Selection", "lexbor_selection", "selection"]

Selection = Mapping[object, Sequence[int]]
"""The numbers of the selectors that select an element, by what tells the element from others in its tree."""

_ANY_CASE = frozenset(
    """accept accept-charset align alink axis bgcolor charset checked clear codetype color compact declare defer dir
    direction disabled enctype face frame hreflang http-equiv lang language link media method multiple nohref noresize
    noshade nowrap readonly rel rev rules scope scrolling selected shape target text type valign valuetype
    vlink""".split()
)
"""Attributes whose values match in any case (HTML standard, "Case-sensitivity of selectors")."""
_SPACES = re.compile("[ \\t\\r\\n\\f]++")
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*+")


class FlatElement(NamedTuple):
    """An element as the matcher sees it; elements stand in document order."""

    key: object
    """What tells the element from others in its tree."""
    parent: int
    """Position of the parent, -1 for the root."""
    tag: str
    attributes: Mapping[str, str | None]
    filled: bool
    """Whether there is anything but elements and comments directly inside it."""


def selection(elements: Sequence[FlatElement], selectors: Sequence[str], any_case: bool = False) -> Selection:
    """Return which of `elements` each of `selectors` selects.

    Classes and ids are compared in `any_case` where browsers do so, in quirks mode. Raises `ConfigError` for a
    selector that is not supported.
    """
    parsed = [parse_selector(selector) for selector in selectors]
    found: dict[object, list[int]] = defaultdict(list)
    if not parsed or not elements:
        return found
    tree = _Tree(elements, any_case)
    for number, alternatives in enumerate(parsed):
        for row in np.flatnonzero(tree.any_of(alternatives)).tolist():
            found[elements[row].key].append(number)
    return found


def lexbor_selection(parser: LexborHTMLParser, selectors: Sequence[str]) -> Selection:
    """Return which elements of a lexbor tree `selectors` select, by `mem_id`."""
    if not selectors:
        return {}
    elements = _lexbor_elements(parser)
    return selection(elements, selectors, _is_quirky(parser, elements))


def _lexbor_elements(parser: LexborHTMLParser) -> list[FlatElement]:
    """Return the elements of a tree in document order, without recursion."""
    found: list[FlatElement] = []
    parents = [-1]
    below: list[LexborNode] = []
    node = parser.root
    while node is not None:
        tag = node.tag
        child = None
        if tag == "-text":
            if parents[-1] >= 0 and not found[parents[-1]].filled:
                found[parents[-1]] = found[parents[-1]]._replace(filled=True)
        elif tag is not None and tag not in NOT_ELEMENTS:
            found.append(FlatElement(node.mem_id, parents[-1], tag.lower(), node.attributes, False))
            child = node.child
        if child is not None:
            below.append(node)
            parents.append(len(found) - 1)
            node = child
            continue
        following = node.next
        while following is None and below:
            parents.pop()
            following = below.pop().next
        node = following
    return found


def _is_quirky(parser: LexborHTMLParser, elements: Sequence[FlatElement]) -> bool:
    """Return whether the page is in quirks mode to the parser: it then finds a class or an id in the wrong case."""
    for element in elements:
        for attribute, mark in (("class", "."), ("id", "#")):
            names = (element.attributes.get(attribute) or "").split()
            for name in names:
                if _PLAIN_NAME.fullmatch(name) and name.swapcase() not in names:
                    return any(node.mem_id == element.key for node in parser.css(mark + name.swapcase()))
    return False


class _Tree:
    """A tree as columns, one entry per element in document order."""

    def __init__(self, elements: Sequence[FlatElement], any_case: bool) -> None:
        self.elements = elements
        self.size = len(elements)
        self.any_case = any_case
        self.parents = np.array([element.parent for element in elements], dtype=np.int64)

    def any_of(self, selectors: Iterable[Selector]) -> Booleans:
        """Return which elements any of `selectors` selects."""
        found = self._none()
        for selector in selectors:
            matched = self._none()
            for step in selector:
                reached = _REACHED[step.combinator](self, matched) if step.combinator else ~matched
                matched = reached & self._matching(step)
            found |= matched
        return found

    def _having(self, selectors: Iterable[Selector]) -> Booleans:
        """Return from which elements any of the relative `selectors` leads to one, going through it backwards."""
        found = self._none()
        for selector in selectors:
            origins = ~self._none()
            for step in reversed(selector):
                origins = _ORIGINS[step.combinator](self, origins & self._matching(step))
            found |= origins
        return found

    def _matching(self, step: Step) -> Booleans:
        """Return which elements meet all conditions of a step."""
        found = ~self._none()
        for condition in step.conditions:
            found &= self._meeting(condition)
        return found

    def _meeting(self, condition: Condition) -> Booleans:
        """Return which elements meet one condition."""
        if condition.kind in ("is", "where"):
            return self.any_of(condition.inner)
        if condition.kind == "not":
            return ~self.any_of(condition.inner)
        if condition.kind == "has":
            return self._having(condition.inner)
        if condition.kind.startswith("nth-"):
            return self._placed(condition)
        if condition.kind in ("any", "root", "empty"):
            return {"any": ~self._none(), "root": self.parents < 0, "empty": self._empty}[condition.kind]
        if condition.kind == "attribute":
            return self._marked(self._with_value(condition))
        table = {"tag": self._by_tag, "id": self._by_id, "class": self._by_class}[condition.kind]
        folded = condition.kind != "tag" and self.any_case
        return self._marked(table.get(_lower(condition.name) if folded else condition.name, ()))

    def _placed(self, condition: Condition) -> Booleans:
        """Return which elements stand at a place `an+b` among their siblings, counted from 1."""
        before, groups, sizes = self._places_of_type if condition.kind.endswith("of-type") else self._places
        step, offset = condition.places
        beyond = (sizes[groups] - before if "last" in condition.kind else before + 1) - offset
        return beyond == 0 if step == 0 else (beyond % step == 0) & (beyond // step >= 0)

    def _with_value(self, condition: Condition) -> Iterable[int]:
        rows = self._by_attribute.get(condition.name, ())
        if not condition.operator:
            return rows
        fold = _lower if condition.case == "i" or (not condition.case and condition.name in _ANY_CASE) else str
        wanted, compare = fold(condition.value), _COMPARISONS[condition.operator]
        values = ((row, fold(self._value(row, condition.name))) for row in rows)
        return [row for row, value in values if compare(value, wanted)]

    def _value(self, row: int, name: str) -> str:
        """Return the value of an attribute; its name may be spelt in any case (`viewBox`)."""
        attributes = self.elements[row].attributes
        if name in attributes:
            return attributes[name] or ""
        return next(value or "" for key, value in attributes.items() if _lower(key) == name)

    def _none(self) -> Booleans:
        return np.zeros(self.size, dtype=np.bool_)

    def _marked(self, rows: Iterable[int]) -> Booleans:
        found = self._none()
        found[list(rows)] = True
        return found

    # --- what stands where ---

    def below(self, matched: Booleans) -> Booleans:
        """Return which elements have one of `matched` among their ancestors."""
        steps = np.zeros(self.size + 1, dtype=np.int64)
        rows = np.flatnonzero(matched)
        steps[rows + 1] += 1
        np.subtract.at(steps, self._ends[rows], 1)
        return np.cumsum(steps[:-1]) > 0

    def inside(self, matched: Booleans) -> Booleans:
        """Return the children of `matched`."""
        return matched[self.parents] & (self.parents >= 0)

    def next_to(self, matched: Booleans) -> Booleans:
        """Return the next siblings of `matched`."""
        return matched[self._previous] & (self._previous >= 0)

    def behind(self, matched: Booleans) -> Booleans:
        """Return the later siblings of `matched`."""
        return self._before(matched) > 0

    def above(self, matched: Booleans) -> Booleans:
        """Return the ancestors of `matched`."""
        sums = np.append(0, np.cumsum(matched))
        return sums[self._ends] > sums[np.arange(self.size) + 1]

    def around(self, matched: Booleans) -> Booleans:
        """Return the parents of `matched`."""
        parents = self.parents[matched]
        return self._marked(parents[parents >= 0].tolist())

    def previous_of(self, matched: Booleans) -> Booleans:
        """Return the previous siblings of `matched`."""
        previous = self._previous[matched]
        return self._marked(previous[previous >= 0].tolist())

    def ahead_of(self, matched: Booleans) -> Booleans:
        """Return the earlier siblings of `matched`."""
        _, groups, _ = self._places
        totals = np.bincount(groups, weights=matched, minlength=1)
        return totals[groups] > self._before(matched) + matched

    def _before(self, matched: Booleans) -> Integers:
        """Count the earlier siblings of each element that are among `matched`."""
        order, starts = self._siblings
        sums = np.append(0, np.cumsum(matched[order]))
        found = np.empty(self.size, dtype=np.int64)
        found[order] = sums[:-1] - sums[starts]
        return found

    @cached_property
    def _ends(self) -> Integers:
        """For each element the first behind all that it holds."""
        ends = np.arange(1, self.size + 1)
        last: list[int] = ends.tolist()
        for row in range(self.size - 1, 0, -1):
            parent = self.elements[row].parent
            if parent >= 0 and last[row] > last[parent]:
                last[parent] = last[row]
        return np.array(last, dtype=np.int64)

    @cached_property
    def _siblings(self) -> tuple[Integers, Integers]:
        """The elements ordered by their parents, and for each in this order where its siblings start in it."""
        order = np.argsort(self.parents, kind="stable")
        return order, np.searchsorted(self.parents[order], self.parents[order])

    @cached_property
    def _previous(self) -> Integers:
        """For each element its previous sibling, -1 where it is the first."""
        order, starts = self._siblings
        found = np.full(self.size, -1, dtype=np.int64)
        later = starts < np.arange(self.size)
        found[order[later]] = order[np.flatnonzero(later) - 1]
        return found

    @cached_property
    def _places(self) -> tuple[Integers, Integers, Integers]:
        """For each element how many siblings precede it and the number of its group of siblings; the groups' sizes."""
        return _ranks(self.parents)

    @cached_property
    def _places_of_type(self) -> tuple[Integers, Integers, Integers]:
        """The same among siblings of one tag."""
        numbers = {tag: number for number, tag in enumerate(self._by_tag)}
        tags = np.array([numbers[element.tag] for element in self.elements], dtype=np.int64)
        return _ranks(self.parents * len(numbers) + tags)

    @cached_property
    def _empty(self) -> Booleans:
        empty = np.array([not element.filled for element in self.elements], dtype=np.bool_)
        empty[self.parents[self.parents >= 0]] = False
        return empty

    @cached_property
    def _by_tag(self) -> Mapping[str, Sequence[int]]:
        return _rows_by((element.tag,) for element in self.elements)

    @cached_property
    def _by_attribute(self) -> Mapping[str, Sequence[int]]:
        return _rows_by(dict.fromkeys(map(_lower, element.attributes)) for element in self.elements)

    @cached_property
    def _by_id(self) -> Mapping[str, Sequence[int]]:
        return _rows_by((self._folded(element.attributes.get("id") or ""),) for element in self.elements)

    @cached_property
    def _by_class(self) -> Mapping[str, Sequence[int]]:
        return _rows_by(set(_words(self._folded(each.attributes.get("class") or ""))) for each in self.elements)

    def _folded(self, name: str) -> str:
        return _lower(name) if self.any_case else name


def _ranks(keys: Integers) -> tuple[Integers, Integers, Integers]:
    """Return for each key how many equal ones precede it and its number among the distinct keys; how many there are."""
    _, groups, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    order = np.argsort(groups, kind="stable")
    before = np.empty(len(keys), dtype=np.int64)
    before[order] = np.arange(len(keys)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return before, groups, sizes


def _rows_by(names: Iterable[Iterable[str]]) -> Mapping[str, Sequence[int]]:
    """Return the elements by each of their names."""
    found: dict[str, list[int]] = {}
    for row, own in enumerate(names):
        for name in own:
            found.setdefault(name, []).append(row)
    return found


def _lower(name: str) -> str:
    """Return `name` in lower case, ASCII letters only."""
    return name.lower() if name.isascii() else name.translate(_LOWER)


def _words(value: str) -> list[str]:
    """Split at the white space of HTML, which is less than Python's."""
    return value.split() if value.isascii() and value.isprintable() else _SPACES.split(value)


_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda value, wanted: value == wanted,
    "~=": lambda value, wanted: wanted != "" and wanted in _words(value),
    "|=": lambda value, wanted: value == wanted or value.startswith(f"{wanted}-"),
    "^=": lambda value, wanted: wanted != "" and value.startswith(wanted),
    "$=": lambda value, wanted: wanted != "" and value.endswith(wanted),
    "*=": lambda value, wanted: wanted != "" and wanted in value,
}
_REACHED: dict[str, Callable[[_Tree, Booleans], Booleans]] = {
    " ": _Tree.below,
    ">": _Tree.inside,
    "+": _Tree.next_to,
    "~": _Tree.behind,
}
"""By combinator, the elements that it leads to."""
_ORIGINS: dict[str, Callable[[_Tree, Booleans], Booleans]] = {
    " ": _Tree.above,
    ">": _Tree.around,
    "+": _Tree.previous_of,
    "~": _Tree.ahead_of,
}
"""By combinator, the elements that it leads from."""
