"""Decide what pieces of markup in doubt are, by what stands beside them.

A walk over a tree sees one node at a time, so it leaves marks: where a control or a custom element begins and ends,
which stands in a sentence or is a block; where a block inside `pre` begins and ends, which is a line of a listing.
Here they become breaks, line feeds or nothing. So do texts that a block shows no reader: hidden pieces, readings,
numbers of lines, links from a heading to itself, soft hyphens. What is hidden as a whole block is a block.

`settle` in `boilercut._native.markup` does the same to tables; `tests/test_native.py` compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, pairwise
from typing import Protocol

from boilercut.read.html.tags import BLOCK_TAGS, CONTROL_TAGS, LINE_TAGS, READING_TAGS, SECTION_TAGS

__all__ = [
    "AIDS", "BREAK", "HEADING_LEVELS", "MARKUP_WORDS", "MAX_PERMALINK", "MAX_TOOL", "MIN_SENTENCE", "NOTHING",
    "PERMALINKS", "Piece", "boundary", "is_soft", "settled", "visible",
]  # fmt: skip

Piece = tuple[int, str | None]
"""An element and its text; without text, a mark."""
BREAK: tuple[int, None] = (-1, None)
"""The piece that ends a block."""
NOTHING: tuple[int, None] = (-2, None)
"""A piece that is not shown."""
_LINE_BEGINS: Piece = (-3, None)
_LINE_ENDS: Piece = (-4, None)
_FIRST_SOFT = -10
"""The mark of element n, where it begins and ends and may be no block, is this less n."""

MIN_SENTENCE = 16
"""Characters beside elements in doubt that make a sentence of them; fewer are a caption, about three words."""
PERMALINKS = "#¶§^⁋∞⚓↑↩↵⏎⤴⤶⮌🔗"
"""A link of one of these is from a heading to itself, or from a footnote back."""
_VARIANTS = "\ufe0e\ufe0f"
"""They say whether a symbol is a picture."""
_INVISIBLE = re.compile("[\u00ad\u2060\ufeff]|(?<![\u0e00-\u17ff])\u200b")
"""Soft hyphens and joiners; spaces without width too, except where Thai, Khmer and their neighbours part words so."""

MAX_PERMALINK = 60
"""Characters of a text beside a heading that leads to it or edits it."""
HEADING_LEVELS = 4
"""Maximum number of elements between a permalink and its heading."""
MAX_TOOL = 24
"""Characters of a button that copies a listing, or of the links from a footnote back."""
UNSEEN, PERMALINK, GUTTER, TWIN, TYPESET, TOOL = range(1, 7)
"""Reading aids: texts for screen readers only, links beside headings, numbers of lines; formulas beside MathML, and
those that were typeset from a script; buttons that copy a listing, and links from a footnote back."""
_AID_NAMES = {
    UNSEEN: """sr-only sr_only visually-hidden visuallyhidden visuallyHidden screen-reader screen-readers
        screen-reader-text screen-reader-only screenreader screenreader-only element-invisible cdk-visually-hidden
        a11y-hidden""",
    PERMALINK: """headerlink header-anchor header-link hash-link heading-anchor heading-link heading-anchor-link
        anchor-link anchorjs-link mw-editsection permalink octicon-link""",
    GUTTER: """gutter rouge-gutter lineno linenos linenodiv line-number line-numbers line-numbers-rows linenumber
        linenumbers ln lnt lntd hljs-ln-numbers hljs-ln-n blob-num CodeMirror-linenumber crayon-num crayon-nums
        react-syntax-highlighter-line-number""",
    TWIN: "katex-html",
    TYPESET: """MathJax MathJax_Preview MathJax_Display MathJax_SVG MathJax_SVG_Display MathJax_CHTML mjx-chtml
        MJXc-display""",
    TOOL: """copy-button copy-btn copybtn copybutton btn-copy button-copy copy-code copy-code-button code-copy
        code-copy-button copy-snippet clipboard-copy clipboard-button copy-to-clipboard copy-to-clipboard-button
        btn-clipboard bd-clipboard md-clipboard hljs-copy-button CopyButton copyButton copyBtn js-clipboard-copy
        zeroclipboard-container footnote-backref footnote-back footnote-backlink footnote-return reversefootnote
        mw-cite-backlink fn-backref""",
}
_SIZED = frozenset((PERMALINK, GUTTER, TOOL))
"""Those that depend on how much text there is."""
AIDS = {name: aid for aid, names in _AID_NAMES.items() for name in names.split()}
MARKUP_WORDS = re.compile(r"[^\t\n\f\r ]+").findall
"""Splits the value of an attribute into words."""
_NO_LETTERS = re.compile(r"[\s0-9]+")


class _Markup(Protocol):
    """What is settled: lists with one entry per element, and the pieces."""

    tags: list[str]
    parents: list[int]
    names: list[str]
    unshown: list[bool]
    links: list[int]
    preformatted: list[bool]
    typeset: bool
    first_pieces: list[int]
    end_pieces: list[int]
    pieces: list[Piece]


def is_soft(tag: str) -> bool:
    """Return whether an element is a block only where it stands beside no sentence; parts of formulas never are."""
    return tag in CONTROL_TAGS or ("-" in tag and not tag.startswith("mjx-"))


def boundary(tag: str, element: int, in_listing: bool, begins: bool) -> Piece | None:
    """Return the mark of an element where it begins or ends, if it has one; `in_listing` if it stands in `pre`."""
    if tag in BLOCK_TAGS:
        if in_listing and tag in LINE_TAGS:
            return _LINE_BEGINS if begins else _LINE_ENDS
        return BREAK
    return (_FIRST_SOFT - element, None) if not in_listing and is_soft(tag) else None


def settled(markup: _Markup, start: int = 0) -> list[Piece]:
    """Return the pieces of a page from `start` on, without marks in doubt."""
    muted = _muted(markup)
    pieces = [_visible(piece) for piece in markup.pieces[start:]]
    if any(element <= _FIRST_SOFT for element, text in pieces if text is None):
        pieces = _without_soft_marks(markup, pieces, muted)
    low = 0
    ends = [place for place, (element, text) in enumerate(pieces) if text is None and element >= BREAK[0]]
    for high in (*ends, len(pieces)):
        if high - low > 1 or (high > low and not _is_plain(pieces[low], muted)):
            pieces[low:high] = _settled_run(markup, pieces[low:high], muted)
        low = high + 1
    return pieces


def _is_plain(piece: Piece, muted: Sequence[int]) -> bool:
    """Return whether a piece, all of a run, is shown as it is."""
    return piece[1] is not None and muted[piece[0]] < 2


def _ends_run(piece: Piece) -> bool:
    return piece[1] is None and piece[0] >= BREAK[0]


def _visible(piece: Piece) -> Piece:
    """Return a piece without the characters that nobody sees."""
    element, text = piece
    if text is None or (shown := visible(text)) is text:
        return piece
    return (element, shown) if shown else NOTHING


def visible(text: str) -> str:
    """Return a text without the characters that nobody sees; itself where it has none."""
    return text if text.isascii() or not _INVISIBLE.search(text) else _INVISIBLE.sub("", text)


# --- what is not shown ---


def _muted(markup: _Markup) -> list[int]:
    """Return for each element whether its text is shown (0), shown if the block has no other (1), or never (2)."""
    own = dict(_muted_by_name(markup))
    muted: list[int] = []
    for element, (tag, parent) in enumerate(zip(markup.tags, markup.parents, strict=True)):
        above = muted[parent] if 0 <= parent < element else 0
        in_listing = tag in CONTROL_TAGS and markup.preformatted[element]
        if above == 2 or own.get(element) == 2 or tag in READING_TAGS or in_listing:
            muted.append(2)
        elif tag in BLOCK_TAGS or tag == "math":
            muted.append(0)
        else:
            muted.append(1 if above or markup.unshown[element] or element in own else 0)
    return muted


def _aid(name: str) -> int:
    """Return which reading aid the first known word of a name says that the element is; 0 for none."""
    return next((AIDS[word] for word in MARKUP_WORDS(name) if word in AIDS), 0)


def _muted_by_name(markup: _Markup) -> Iterator[tuple[int, int]]:
    """Yield the elements that are not shown since their names say that they aid reading, and how."""
    distinct = set(markup.names)
    if not (known := AIDS.keys() & set(MARKUP_WORDS(" ".join(distinct)))):
        return
    named = {name: aid for name in distinct if any(word in name for word in known) and (aid := _aid(name))}
    letters = _sums(_letters, markup, not _SIZED.isdisjoint(named.values()))
    filled = _sums(_is_filled, markup, TWIN in named.values())
    for row, name in enumerate(markup.names):
        if name not in named:
            continue
        aid, first = named[name], markup.first_pieces[row]
        size = letters[markup.end_pieces[row]] - letters[first] if aid in _SIZED else 0
        if aid == UNSEEN or (aid == PERMALINK and size <= MAX_PERMALINK and _in_heading(markup, row)):
            yield row, 1
        elif (
            (aid == GUTTER and not size)
            or (aid == TOOL and size <= MAX_TOOL)
            or (aid == TWIN and filled[first] > filled[markup.first_pieces[max(markup.parents[row], 0)]])
            or (aid == TYPESET and markup.typeset)
        ):
            yield row, 2


def _sums(count: Callable[[str], int], markup: _Markup, is_asked: bool) -> list[int]:
    """Return what the pieces before each piece, and all of them, count for; nothing where nobody asks."""
    if not is_asked:
        return []
    return list(accumulate((count(text) if text else 0 for _, text in markup.pieces), initial=0))


def _letters(text: str) -> int:
    return len(_NO_LETTERS.sub("", text))


def _is_filled(text: str) -> bool:
    return not text.isspace()


def _in_heading(markup: _Markup, row: int) -> bool:
    for _ in range(HEADING_LEVELS):
        if markup.tags[row] in SECTION_TAGS:
            return True
        row = markup.parents[row]
    return False


def _is_permalink(markup: _Markup, run: Sequence[Piece], place: int) -> bool:
    """Return whether a piece is a whole link of one symbol."""
    element, text = run[place]
    link = markup.links[element]
    if link < 0 or not text or len(text) > 8 or not _is_symbol(text.strip()):
        return False
    beside = [*run[max(place - 1, 0) : place], *run[place + 1 : place + 2]]
    return all(own is None or markup.links[other] != link for other, own in beside)


def _is_symbol(text: str) -> bool:
    return text.rstrip(_VARIANTS) in PERMALINKS if len(text) in (1, 2) else False


# --- what stands in a sentence ---


def _without_soft_marks(markup: _Markup, pieces: list[Piece], muted: Sequence[int]) -> list[Piece]:
    """Turn marks of controls and custom elements to breaks, or to nothing inside a sentence."""
    pieces = _without_containers(pieces)
    low, soft = 0, False
    for high, piece in enumerate(chain(pieces.copy(), [BREAK])):
        if _ends_run(piece):
            if soft:
                run = pieces[low:high]
                inline = _is_sentence(markup, run, muted)
                pieces[low:high] = _as_sentence(markup, run) if inline else _as_blocks(run)
            low, soft = high + 1, False
        soft = soft or _is_soft_mark(piece)
    return pieces


def _as_blocks(run: Sequence[Piece]) -> list[Piece]:
    return [BREAK if _is_soft_mark(each) else each for each in run]


def _as_sentence(markup: _Markup, run: Sequence[Piece]) -> list[Piece]:
    """Take out the marks of a run; a control without text leaves a gap."""
    pieces: list[Piece] = []
    for piece, following in pairwise([*run, BREAK]):
        if not _is_soft_mark(piece):
            pieces.append(piece)
        elif piece == following and markup.tags[_FIRST_SOFT - piece[0]] in CONTROL_TAGS:
            pieces.append((_FIRST_SOFT - piece[0], " "))
        else:
            pieces.append(NOTHING)
    return pieces


def _is_soft_mark(piece: Piece) -> bool:
    return piece[1] is None and piece[0] <= _FIRST_SOFT


def _without_containers(pieces: list[Piece]) -> list[Piece]:
    """Turn the marks of elements in doubt that hold a break to breaks."""
    opened: dict[int, tuple[int, int]] = {}
    breaks = 0
    for place, piece in enumerate(pieces):
        if _is_soft_mark(piece):
            first, before = opened.setdefault(piece[0], (place, breaks))
            if before != breaks:
                pieces[first] = pieces[place] = BREAK
        elif _ends_run(piece):
            breaks += 1
    return pieces


def _is_sentence(markup: _Markup, run: Sequence[Piece], muted: Sequence[int]) -> bool:
    """Return whether the elements in doubt of a run stand in a sentence; a control has some of it on both sides."""
    inside = set[int]()
    weight, bare, controls = 0, True, False
    for piece in run:
        element, text = piece
        if text is None:
            if element > _FIRST_SOFT:
                continue
            control = markup.tags[_FIRST_SOFT - element] in CONTROL_TAGS
            controls = controls or control
            if control and not inside and bare:
                return False
            inside ^= {element}
            bare = bare or control
        elif not inside and not muted[element] and (size := len("".join(text.split()))):
            bare = False
            weight += size if markup.links[element] < 0 else 0
    return weight >= MIN_SENTENCE and not (controls and bare)


# --- what a run shows ---


def _settled_run(markup: _Markup, run: list[Piece], muted: Sequence[int]) -> list[Piece]:
    """Settle the pieces between two breaks: take out what is not shown, and end the lines of a listing."""
    links = [own is not None and _is_permalink(markup, run, place) for place, (_, own) in enumerate(run)]
    shown = any(
        own is not None and not link and not muted[element] and own.strip()
        for (element, own), link in zip(run, links, strict=True)
    )
    settled_run: list[Piece] = []
    for piece, link in zip(run, links, strict=True):
        element, own = piece
        silent = own is not None and (muted[element] == 2 or (shown and (link or muted[element])))
        settled_run.append(NOTHING if silent else piece)
    return _with_lines(settled_run) if any(piece in (_LINE_BEGINS, _LINE_ENDS) for piece in run) else settled_run


def _with_lines(run: list[Piece]) -> list[Piece]:
    """Turn the marks of blocks in a listing to line feeds, one where several meet; white space between goes."""
    owner, last, ended = -1, "\n", False
    for place, piece in enumerate(run):
        element, text = piece
        if piece in (_LINE_BEGINS, _LINE_ENDS):
            run[place] = NOTHING if last == "\n" else (owner, "\n")
            last, ended = "\n", piece == _LINE_ENDS
        elif text and ended and text.isspace():
            run[place] = NOTHING
        elif text:
            owner, last, ended = element, text[-1], False
    return run
