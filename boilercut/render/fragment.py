"""Render the kept part of a page as clean HTML: structure, links, images, tables, lists, code, and nothing that runs.

Text is escaped, and tags are written by `render.elements` alone, so no part of the page's own markup comes out as it
went in. None of the elements makes a parser read on in another way (as `script`, `style`, `textarea`, `noscript` or
comments do): whatever tree a parser makes of the fragment, text stays text.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from boilercut.arrays import Booleans
from boilercut.page import Page, Part, Subtree
from boilercut.render.elements import BARE, CELLS, GROUPED, LISTING, PHRASING, Addresses
from boilercut.render.outline import Outline
from boilercut.render.text import kept_text

__all__ = ["html_fragment", "paragraphs"]


def html_fragment(page: Page, keep: Booleans, subtree: Subtree, url: str | None = None) -> str:
    """Return the kept blocks as an HTML fragment; `url` is the page's address, which makes others absolute.

    Where `subtree` does not hold the blocks that were kept (an lxml tree that was changed since), each block is a
    paragraph.
    """
    found = [block for block, _ in groupby(part.block for part in subtree.parts if part.block >= 0)]
    if found != keep.nonzero()[0].tolist():
        return paragraphs(page, keep)
    return _Writer(page, subtree, Addresses(url, subtree.base)).written()


def paragraphs(page: Page, keep: Booleans) -> str:
    """Return the kept blocks as paragraphs; the lines of plain text stand together up to a blank line."""
    if page.kind == "html":
        bounds = zip(page.starts[keep].tolist(), page.ends[keep].tolist(), strict=True)
        groups = [[page.text[start:end]] for start, end in bounds]
    else:
        lines = kept_text(page, keep).split("\n")
        groups = [list(group) for blank, group in groupby(lines, key=lambda line: not line.strip()) if not blank]
    return "\n".join("<p>" + "<br>\n".join(_escaped(line.strip()) for line in group) + "</p>" for group in groups)


def _escaped(text: str) -> str:
    return escape(text, quote=False)


class _Run(NamedTuple):
    """A piece of a block's text, or an image, and the white space before it."""

    gap: str
    element: int
    text: str


class _Writer:
    """Writes a fragment part by part, with a stack of open elements: nothing recurses on what a page holds."""

    def __init__(self, page: Page, subtree: Subtree, addresses: Addresses) -> None:
        self._page = page
        self._subtree = subtree
        self._outline = Outline(subtree, addresses)
        self._open: tuple[int, ...] = ()
        self._output: list[str] = []
        self._in_line = False
        """Whether text was written in the innermost open element, and no element has begun or ended since."""
        self._filled: set[int] = set()
        """Elements in which something stands."""

    def written(self) -> str:
        """Return the fragment."""
        for block, group in groupby(self._subtree.parts, key=attrgetter("block")):
            if block >= 0:
                self._write_block(block, list(group))
            else:
                for part in group:
                    self._write_alone(part.element)
        self._move_to(())
        return "".join(self._output).strip("\n")

    def _write_block(self, block: int, parts: Sequence[Part]) -> None:
        text = self._page.text[self._page.starts[block] : self._page.ends[block]]
        leaf = self._subtree.leaves[next(part.element for part in parts if part.text.strip())]
        self._begin_line(self._line_chain(leaf))
        self._write_runs(_runs(text, parts))

    def _write_alone(self, element: int) -> None:
        """Write an element that stands between blocks: an image, a rule, or a cell without text."""
        outline, tag = self._outline, self._subtree.tags[element]
        if tag in CELLS:
            if outline.chains[element][-1:] == (element,):
                self._move_to(outline.chains[element])
        elif tag == "hr":
            if not outline.inside(outline.chains[element], PHRASING | GROUPED.keys()):
                self._move_to(outline.chains[element])
                self._output.append("<hr>\n")
        elif element in outline.starts:
            chain = outline.chains[element]
            leaf = self._subtree.leaves[element]
            self._begin_line(chain if outline.inside(chain, frozenset(("figure",))) else self._line_chain(leaf))
            self._write_runs([_Run("", element, "")])

    def _line_chain(self, leaf: int) -> tuple[int, ...]:
        """Return the structure around a line of text that stands in the element `leaf`, a paragraph included."""
        outline = self._outline
        chain = outline.chains[leaf]
        for tag in GROUPED.get(outline.tags[chain[-1]] if chain else "", ()):
            chain = (*chain, outline.make(tag, leaf))
        always = outline.inside(chain, PHRASING | CELLS)
        if always or (outline.inside(chain, BARE) and (leaf in chain or chain[-1] not in self._filled)):
            return chain
        return (*chain, outline.make("p", leaf))

    def _begin_line(self, chain: tuple[int, ...]) -> None:
        self._move_to(chain)
        if self._in_line:
            self._output.append("\n" if self._outline.inside(chain, LISTING) else "<br>\n")
        self._in_line = True
        self._filled.update(chain)

    def _move_to(self, chain: tuple[int, ...]) -> None:
        """Close and open elements so that those of `chain` are open."""
        outline, shared = self._outline, _shared(self._open, chain)
        for element in reversed(self._open[shared:]):
            listing = (
                "</code>" if outline.starts[element].startswith("<pre") and "<code" in outline.starts[element] else ""
            )
            self._output.append(f"{listing}</{outline.tags[element]}>\n")
            self._in_line = False
        for element in chain[shared:]:
            self._output.append(("\n" if self._in_line else "") + outline.starts[element])
            self._in_line = False
        self._open = chain

    def _write_runs(self, runs: Sequence[_Run]) -> None:
        """Write the runs of a line, white space between two elements outside both."""
        outline, output, opened = self._outline, self._output, tuple[int, ...]()
        images: list[str] = []
        begun = False
        for gap, element, text in runs:
            if not text:
                images += self._image(element)
                continue
            line = outline.lines[element]
            shared = _shared(opened, line)
            self._close_line(opened[shared:])
            output.append(gap)
            if images:
                output += [*images, gap if begun else " "]
                images = []
            output += [outline.starts[each] for each in line[shared:]]
            output.append(_escaped(text))
            opened, begun = line, True
        self._close_line(opened)
        if images:
            output += [" " * begun, *images]

    def _image(self, element: int) -> list[str]:
        """Return the tags of an image, with a link around it if there is one."""
        outline = self._outline
        if element not in outline.starts or outline.inside(outline.chains[element], LISTING):
            return []
        links = [each for each in outline.lines[element] if outline.tags[each] == "a"]
        return [*(outline.starts[each] for each in links), outline.starts[element], "</a>" * len(links)]

    def _close_line(self, elements: Sequence[int]) -> None:
        self._output += [f"</{self._outline.tags[element]}>" for element in reversed(elements)]


def _runs(text: str, parts: Sequence[Part]) -> list[_Run]:
    """Split a block's text over the parts that it was read from, which differ from it in white space only.

    >>> _runs("one two", [Part(0, 1, " one"), Part(0, 2, "  two ")])
    [_Run(gap='', element=1, text='one'), _Run(gap=' ', element=2, text='two')]
    """
    runs: list[_Run] = []
    position = 0
    for _, element, piece in parts:
        words = piece.split()
        if not piece:
            runs.append(_Run("", element, ""))
        if not words:
            continue
        start = _next_letter(text, position)
        end = _end_of(words, text, start)
        if end < 0:
            return [_Run("", parts[0].element, text)]
        runs.append(_Run(text[position:start], element, text[start:end]))
        position = end
    return runs if not text[position:].strip() else [_Run("", parts[0].element, text)]


def _shared(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Return how many elements two chains have in common at their beginning."""
    return next(
        (depth for depth, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _end_of(words: Sequence[str], text: str, start: int) -> int:
    """Return where `words`, at `start` of `text`, end, whatever white space parts them; -1 where others stand."""
    joined = " ".join(words)
    if text.startswith(joined, start):
        return start + len(joined)
    end = start
    for word in words:
        end = _next_letter(text, end)
        if not text.startswith(word, end):
            return -1
        end += len(word)
    return end


def _next_letter(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position
