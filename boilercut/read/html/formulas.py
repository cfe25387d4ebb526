r"""Find the LaTeX of formulas, where a page carries it: beside MathML, in attributes, in scripts that typeset it.

MathML that no LaTeX stands beside is written as LaTeX here: its words alone say too little (`v2r` for v²/r).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "BEGIN", "DATA_ATTRIBUTES", "END", "IMAGES", "TEXT", "TYPESET_SCRIPT", "MathEvent", "carried",
    "is_latex_annotation", "latex", "math_latex",
]  # fmt: skip

DATA_ATTRIBUTES = ("data-latex", "data-tex", "data-formula", "data-equation")
"""Attributes in which an element that shows a formula carries its source."""
_DATA_ATTRIBUTES = frozenset(DATA_ATTRIBUTES)
TYPESET_SCRIPT = "math/tex"
"""How the type of a script begins that MathJax typesets."""
_ENCODINGS = re.compile(r"\b(?:x-)?(?:la)?tex\b", re.IGNORECASE)
IMAGES = frozenset(("latex", "wp-latex", "ztext-math"))
"""Class names of pictures of formulas, whose alternative text is their source."""
_SOURCE = re.compile(r"[\\^_{}]")
_WRAPPERS = (
    ("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("$", "$"),
    *((f"{{{space}\\{style}style", "}") for space in ("", " ") for style in ("display", "text")),
)  # fmt: skip
"""What stands around LaTeX to say that it is a formula, or how large it is set."""
MathEvent = tuple[int, str]
"""That an element inside `math` begins or ends, by its name, or a text."""
BEGIN, TEXT, END = 1, 0, -1
MAX_MATH_DEPTH = 40
"""Formulas whose elements nest deeper are read word by word."""
_PLACING = frozenset("mfrac mover mroot msqrt msub msubsup msup mtable munder munderover".split())
"""Elements of MathML that say by their place what their words mean."""
_PARTED = {"mtable": r" \\ ", "mtr": " & "}
"""What stands between the parts of an element."""
_UNWRITTEN = frozenset(("annotation", "annotation-xml", "mphantom"))
_UNSEEN = re.compile("[\u2061-\u2064]+")
"""Operators that are not shown: the application of a function, a product, a comma, a sum."""


def carried(tag: str, attributes: Mapping[str, str | None]) -> str:
    r"""Return the LaTeX that an element carries in its attributes; empty where there is none.

    >>> carried("math", {"alttext": "{\\displaystyle E=mc^{2}}"})
    'E=mc^{2}'
    """
    if tag == "math":
        source = attributes.get("alttext") or ""
        return latex(source) if _SOURCE.search(source) else ""
    if tag == "img":
        return latex(attributes.get("alt") or "") if _is_image(attributes.get("class") or "") else ""
    if _DATA_ATTRIBUTES.isdisjoint(attributes):
        return ""
    return next((latex(own) for name in DATA_ATTRIBUTES if (own := attributes.get(name))), "")


def _is_image(names: str) -> bool:
    return not IMAGES.isdisjoint(names.split())


def is_latex_annotation(attributes: Mapping[str, str | None]) -> bool:
    """Return whether an `annotation` of MathML holds LaTeX."""
    return _ENCODINGS.search(attributes.get("encoding") or "") is not None


def latex(source: str) -> str:
    r"""Return LaTeX without what only says how to set it, white space evened out.

    >>> latex("\\(  a +\n b \\)")
    'a + b'
    """
    source = " ".join(source.split())
    for begin, end in _WRAPPERS:
        if source.startswith(begin) and source.endswith(end) and len(source) >= len(begin) + len(end):
            return source[len(begin) : -len(end)].strip()
    return source


def math_latex(events: Iterable[MathEvent]) -> str:
    r"""Return MathML as LaTeX; empty where its words, read one by one, say as much, or where it is none to write.

    >>> power = [(BEGIN, "mi"), (TEXT, "v"), (END, "mi"), (BEGIN, "mn"), (TEXT, "12"), (END, "mn")]
    >>> math_latex([(BEGIN, "msup"), *power, (END, "msup")])
    'v^{12}'
    """
    places, opened = False, [("math", list[str]())]
    for step, name in events:
        tag, parts = opened[-1]
        if step == BEGIN:
            if name == "math" or len(opened) > MAX_MATH_DEPTH:
                return ""
            places = places or name in _PLACING
            opened.append((name, []))
        elif step == TEXT:
            parts += [" ".join(words)] if (words := _UNSEEN.sub("", name).split()) else []
        elif name == tag and len(opened) > 1:
            opened.pop()
            opened[-1][1].append(_written(tag, parts))
    return _joined(opened[0][1]) if places and len(opened) == 1 else ""


def _written(tag: str, parts: Sequence[str]) -> str:
    """Return an element of MathML as LaTeX; `parts` are what stands in it, written already."""
    match tag, parts:
        case "mfrac", [over, under]:
            return rf"\frac{{{over}}}{{{under}}}"
        case "mroot", [base, index]:
            return rf"\sqrt[{index}]{{{base}}}"
        case "msqrt", _:
            return rf"\sqrt{{{_joined(parts)}}}"
        case ("msub" | "munder", [base, low]):
            return f"{_base(base)}_{_grouped(low)}"
        case ("msup" | "mover", [base, high]):
            return f"{_base(base)}^{_grouped(high)}"
        case ("msubsup" | "munderover", [base, low, high]):
            return f"{_base(base)}_{_grouped(low)}^{_grouped(high)}"
    if tag in _UNWRITTEN:
        return ""
    return _PARTED[tag].join(parts) if tag in _PARTED else _joined(parts)


def _base(written: str) -> str:
    return written if written.isalnum() or written.endswith((")", "]", "}")) else _grouped(written)


def _grouped(written: str) -> str:
    return written if len(written) == 1 else f"{{{written}}}"


def _joined(parts: Iterable[str]) -> str:
    """Return parts of a formula in a row, a space beside words."""
    written, before = list[str](), ""
    for part in filter(None, parts):
        is_word = part.isalpha() and before[-1:].isalnum() and len(part) > 1
        after_word = before.isalpha() and part[0].isalnum() and len(before) > 1
        written.append(f" {part}" if is_word or after_word else part)
        before = part
    return "".join(written)
