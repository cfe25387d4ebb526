"""Read again the part of a page that was kept: elements with their attributes, and the text inside them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from boilercut.arrays import Booleans
from boilercut.page import HEADING_TAGS, TAG_NAMES, Page, Part, Subtree
from boilercut.read.html.head import Head
from boilercut.read.html.markup import MarkupBuilder
from boilercut.read.html.settle import BREAK, NOTHING, is_soft
from boilercut.read.html.tags import BLOCK_TAGS
from boilercut.read.lxml import walk_lxml

__all__ = ["kept_subtree"]

_CELLS = frozenset(("td", "th"))


def kept_subtree(page: Page, keep: Booleans) -> Subtree:
    """Return the elements of an HTML page that hold kept blocks.

    Elements are numbered as when the page was read, and those that only hold blocks that were cut are passed over.
    So the blocks can be counted along the way, and the cost is that of the part that is kept.
    """
    builder = _KeptMarkup(page, keep)
    if page.tree is None:
        from boilercut.read.html.parse import walk_html  # trees never load the parser

        base = walk_html(page.source, builder)
    else:
        base = walk_lxml(page.tree, builder)
    return builder.subtree(base)


class _SilentHead(Head):
    """Takes no notes: the page's head was read before."""

    def describe(self, tag: str, attributes: Mapping[str, str | None], text: str) -> None:
        """Do nothing."""


class _KeptMarkup(MarkupBuilder):
    """Collects what a walk finds in elements that hold kept blocks.

    `pieces` holds, besides text and marks, `(element, "")` for an element that stands for itself, such as an image,
    and `(n, None)` where n blocks were passed over.
    """

    __slots__ = (
        "attributes",
        "leaves",
        "_ends",
        "_in_figure",
        "_firsts",
        "_formulas",
        "_keep",
        "_kept",
        "_page",
        "_page_parents",
        "_row",
    )

    def __init__(self, page: Page, keep: Booleans) -> None:
        super().__init__(_SilentHead(), readings=page.readings)
        assert page.elements is not None
        self.attributes: list[Mapping[str, str | None]] = []
        self.leaves: list[int] = []
        """For each element the innermost one around it, or itself, that stands on lines of its own."""
        self._in_figure: list[bool] = []
        """Whether each element stands in a figure that is kept: with its caption, or between kept blocks."""
        self._formulas: list[int] = []
        self._page = page
        self._keep = keep.tolist()
        self._page_parents = page.elements.parents.tolist()
        firsts, ends = page.elements.first_blocks, page.elements.end_blocks
        counts = keep.cumsum()
        before = [0, *counts.tolist()]
        self._firsts, self._ends = firsts.tolist(), ends.tolist()
        self._kept = [before[end] - before[first] for first, end in zip(self._firsts, self._ends, strict=True)]
        self._row = 0

    def open(self, tag: str, attributes: Mapping[str, str | None], parent: int) -> int:
        """Add an element below `parent` and return its index, or -1 where nothing in it was kept."""
        row, breaks = self._row, tag in BLOCK_TAGS
        self._row += 1
        if row >= len(self._kept):  # the tree has grown since it was read
            return -1
        blocks = self._ends[row] - self._firsts[row]
        is_figure = self._is_kept_figure(tag, attributes, row)
        passed_over = breaks and blocks > 0 and not self._kept[row] and not is_figure
        if passed_over and tag not in _CELLS:
            self._pass_over(row, blocks)
            return -1
        index = self.note(tag, attributes, parent)
        self.parents[index] = parent
        self.attributes.append(attributes)
        self._in_figure.append(is_figure or (parent >= 0 and self._in_figure[parent]))
        self._bound(index, True)
        if tag == "img" or tag == "hr" or (tag in _CELLS and not self._kept[row]):
            self.pieces.append((index, ""))
        if tag == "hr" or passed_over:
            self.pieces.append(BREAK)
        if passed_over:
            self._pass_over(row, blocks)
            return -1
        return index

    def open_formula(self, attributes: Mapping[str, str | None], source: str, parent: int) -> int:
        """Add a formula below `parent` by its source, and return its index."""
        index = super().open_formula(attributes, source, parent)
        if index >= 0:
            self._formulas.append(index)
        return index

    def close(self, index: int) -> None:
        """End the element `index`."""
        if index >= 0:
            super().close(index)

    def _is_kept_figure(self, tag: str, attributes: Mapping[str, str | None], row: int) -> bool:
        """Return whether an element is a figure that stays: its caption does, or it stands between kept blocks.

        The caption of such a figure may have been cut: the picture is the article's all the same.
        """
        if tag != "figure" and "caption" not in (attributes.get("class") or ""):
            return False
        first, end = self._firsts[row], self._ends[row]
        between = first > 0 and end < len(self._keep) and self._keep[first - 1] and self._keep[end]
        return between or (tag == "figure" and self._kept[row] > 0)

    def _pass_over(self, row: int, blocks: int) -> None:
        self.pieces.append((blocks, None))
        parents, following = self._page_parents, row + 1
        while following < len(parents) and parents[following] >= row:
            following += 1
        self._row = following

    def subtree(self, base: str) -> Subtree:
        """Return what was collected; `base` is the address that the page declares for its links."""
        self.settle()
        self._find_leaves()
        parts, blocks = self._parts()
        for index in self._formulas:  # their sources are code
            self.tags[index], self.attributes[index] = "code", {}
        if blocks < len(self._keep):
            self._add_data(parts, blocks)
        return Subtree(self.tags, self.parents, self.attributes, self.leaves, parts, base)

    def _find_leaves(self) -> None:
        for element, (tag, parent) in enumerate(zip(self.tags, self.parents, strict=True)):
            stands = tag in BLOCK_TAGS or (is_soft(tag) and self.pieces[self.first_pieces[element]] == BREAK)
            self.leaves.append(element if stands or parent < 0 else self.leaves[parent])

    def _parts(self) -> tuple[list[Part], int]:
        """Number the blocks, and return the pieces of those that were kept, and how many blocks there are."""
        parts: list[Part] = []
        block, group = 0, list[tuple[int, Any]]()
        for element, text in chain(self.pieces, [BREAK]):
            if text is not None:
                group.append((element, text))
                continue
            if element == NOTHING[0]:
                continue
            if any(piece and not piece.isspace() for _, piece in group):
                if block < len(self._keep) and self._keep[block]:
                    parts += [Part(block, owner, piece) for owner, piece in group]
                block += 1
            else:
                parts += [Part(-1, owner, "") for owner, piece in group if not piece and self._stands(owner, block)]
            block += max(element, 0)
            group = []
        return parts, block

    def _stands(self, element: int, block: int) -> bool:
        """Return whether an element outside blocks is kept: a cell, or between kept blocks, or in a figure that is."""
        between = 0 < block < len(self._keep) and self._keep[block - 1] and self._keep[block]
        return between or self._in_figure[element] or self.tags[element] in _CELLS

    def _add_data(self, parts: list[Part], first: int) -> None:
        """Add the kept blocks that the page carries only as data, as headings and paragraphs."""
        page = self._page
        assert page.elements is not None and page.block_elements is not None
        for block in range(first, len(self._keep)):
            if self._keep[block]:
                number = int(page.elements.tags[page.block_elements[block]])
                index = len(self.tags)
                self.tags.append(TAG_NAMES[number] if HEADING_TAGS[number] else "p")
                self.parents.append(-1)
                self.attributes.append({})
                self.leaves.append(index)
                parts.append(Part(block, index, page.text[page.starts[block] : page.ends[block]]))
