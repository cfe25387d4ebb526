"""What is written of each element of a kept part: the structure around it, and the elements inside a line."""

from __future__ import annotations

from collections import Counter, defaultdict

from boilercut.page import Subtree
from boilercut.render.elements import (
    CELLS,
    CODE,
    INLINE,
    LISTING,
    PHRASING,
    RENAMED,
    STRUCTURE,
    VOID,
    WITHIN,
    Addresses,
    code_language,
    start_tag,
)

__all__ = ["Outline"]

MAX_DEPTH = 64
"""Elements nested deeper are left out, not what they hold."""
MAX_CELL_BLOCKS = 8
"""A table with more blocks in a cell is there for the layout."""
MAX_CELL_CHARACTERS = 1500
"""So is one with more text in a cell."""
LANGUAGE_LEVELS = 3
"""Elements around a listing in which its language is looked for."""
_TABLE_PARTS = frozenset(("caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


class Outline:
    """The elements of a subtree as they are written; `make` adds some that the page lacks."""

    def __init__(self, subtree: Subtree, addresses: Addresses) -> None:
        self.tags = [RENAMED.get(tag, tag) for tag in subtree.tags]
        self.starts: dict[int, str] = {}
        """Start tags of the elements that are written."""
        self.chains: list[tuple[int, ...]] = []
        """For each element those of `STRUCTURE` around it, outermost first, and itself."""
        self.lines: list[tuple[int, ...]] = []
        """The same with those of `INLINE`."""
        self._subtree = subtree
        self._addresses = addresses
        self._attributes = list(subtree.attributes)
        self._made: dict[tuple[str, int], int] = {}
        self._languages: dict[int, str] = {}
        self._layout = self._layout_tables()
        self._tables: list[int] = []
        for element, parent in enumerate(subtree.parents):
            self._add(element, parent)
        self._mark_listings()

    def make(self, tag: str, place: int) -> int:
        """Return the element `tag` that is written in or around the element `place`, and that the page lacks."""
        key = (tag, place)
        if key not in self._made:
            self._made[key] = len(self.tags)
            self.starts[len(self.tags)] = f"<{tag}>"
            self.tags.append(tag)
            self._attributes.append({})
        return self._made[key]

    def inside(self, chain: tuple[int, ...], tags: frozenset[str]) -> bool:
        """Return whether the innermost element of `chain` is one of `tags`."""
        return bool(chain) and self.tags[chain[-1]] in tags

    def _add(self, element: int, parent: int) -> None:
        """Fill in the chains of an element; those of its parent are known."""
        chain, line = (self.chains[parent], self.lines[parent]) if parent >= 0 else ((), ())
        tag = self.tags[element]
        self._tables.append(element if tag == "table" else self._tables[parent] if parent >= 0 else -1)
        if tag in INLINE:
            line = self._line(element, chain, line)
        elif tag in VOID:
            self._start(element, chain)
        elif len(chain) < MAX_DEPTH:
            chain = self._chain(element, chain)
            line = () if self.inside(chain, LISTING) else line
        self.chains.append(chain)
        self.lines.append(line)

    def _line(self, element: int, chain: tuple[int, ...], line: tuple[int, ...]) -> tuple[int, ...]:
        tag = self.tags[element]
        if len(line) >= MAX_DEPTH or self.inside(chain, LISTING):
            return line
        if not self._start(element, (*chain, *line)):
            return line
        if tag == "a":
            line = tuple(each for each in line if self.tags[each] != "a")
        return (*line, element)

    def _chain(self, element: int, chain: tuple[int, ...]) -> tuple[int, ...]:
        tag, attributes = self.tags[element], self._attributes[element]
        if self.inside(chain, PHRASING):
            return chain
        if tag not in STRUCTURE:
            if self._subtree.leaves[element] != element or not ("lang" in attributes or "dir" in attributes):
                return chain
            self.tags[element] = tag = "div"
        if self._tables[element] in self._layout and tag in _TABLE_PARTS:
            return chain
        if tag in WITHIN and not self.inside(chain, WITHIN[tag]):
            if tag != "li":
                return chain
            chain = (*chain, self.make("ul", self._subtree.parents[element]))
        return (*chain, element) if self._start(element, chain) else chain

    def _start(self, element: int, around: tuple[int, ...]) -> bool:
        """Note the start tag of an element inside those `around` it, and return whether it has one."""
        attributes = self._attributes[element]
        for name in ("lang", "dir"):
            if name in attributes:
                values = (self._attributes[each].get(name) for each in reversed(around))
                if attributes[name] == next((value for value in values if value), None):
                    attributes = {key: value for key, value in attributes.items() if key != name}
        start = start_tag(self.tags[element], attributes, self._addresses)
        if start is not None:
            self.starts[element] = start
        return start is not None

    def _layout_tables(self) -> set[int]:
        """Return the tables that only say where things stand.

        A cell holds a heading, another table, or a lot, no row has two cells, or a listing is all that a row holds.
        """
        subtree, layout = self._subtree, set[int]()
        cells: list[tuple[int, int]] = []  # for each element the innermost cell and table around it, or itself
        rows: dict[int, int] = defaultdict(int)
        widths: dict[int, int] = defaultdict(int)
        for element, (tag, parent) in enumerate(zip(self.tags, subtree.parents, strict=True)):
            cell, table = cells[parent] if parent >= 0 else (-1, -1)
            if cell >= 0 and (tag == "table" or tag in _HEADINGS):
                layout.add(table)
            if tag == "table":
                cell, table = -1, element
                if subtree.attributes[element].get("role") in ("none", "presentation"):
                    layout.add(table)
            elif tag in CELLS:
                cell = element
                rows[parent] += 1
                widths[table] = max(widths[table], rows[parent])
            cells.append((cell, table))
        layout |= {table for table, width in widths.items() if width < 2}
        return layout | self._overfull(cells) | self._listings_alone(cells)

    def _listings_alone(self, cells: list[tuple[int, int]]) -> set[int]:
        """Return the tables with a listing that is all that its row holds: line numbers stood beside it."""
        parents, tags = self._subtree.parents, self.tags
        listings = {cells[each][0] for each in range(len(cells)) if tags[each] == "pre" and cells[each][0] >= 0}
        if not listings:
            return set()
        filled = {cells[part.element][0] for part in self._subtree.parts if part.text.strip()}
        in_row = Counter(parents[cell] for cell in filled if cell >= 0)
        return {cells[cell][1] for cell in listings & filled if in_row[parents[cell]] == 1}

    def _overfull(self, cells: list[tuple[int, int]]) -> set[int]:
        """Return the tables with a cell that holds more than cells do."""
        blocks: dict[int, set[int]] = defaultdict(set)
        characters: dict[int, int] = defaultdict(int)
        for block, element, text in self._subtree.parts:
            blocks[cells[element][0]].add(block)
            characters[cells[element][0]] += len(text)
        return {
            cells[cell][1]
            for cell in blocks
            if cell >= 0 and (len(blocks[cell]) > MAX_CELL_BLOCKS or characters[cell] > MAX_CELL_CHARACTERS)
        }

    def _mark_listings(self) -> None:
        """Write `code` in each listing that holds some, or whose language is known."""
        parents, languages = self._subtree.parents, dict[int, str]()
        for element in range(len(parents)):
            tag, chain = self.tags[element], self.chains[element]
            if tag == "pre" and chain[-1:] == (element,):
                around = element
                for _ in range(1 + LANGUAGE_LEVELS):
                    if around >= 0 and (language := self._language(around)):
                        languages[element] = language
                        break
                    around = parents[around] if around >= 0 else -1
            elif tag in CODE and self.inside(chain, LISTING):
                languages[chain[-1]] = languages.get(chain[-1]) or self._language(element)
        for listing, language in languages.items():
            name = f' class="language-{language}"' if language else ""
            self.starts[listing] += f"<code{name}>"

    def _language(self, element: int) -> str:
        """Return the language that an element names, which is looked for once: many listings may stand in it."""
        if element not in self._languages:
            self._languages[element] = code_language(self._attributes[element])
        return self._languages[element]
