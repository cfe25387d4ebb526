r"""Find the LaTeX of formulas, where a page carries it: beside MathML, in attributes, in scripts that typeset it."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["DATA_ATTRIBUTES", "IMAGES", "TYPESET_SCRIPT", "carried", "is_latex_annotation", "latex"]

DATA_ATTRIBUTES = ("data-latex", "data-tex", "data-formula", "data-equation")
"""Attributes in which an element that shows a formula carries its source."""
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
    for name in DATA_ATTRIBUTES:
        if source := attributes.get(name) or "":
            return latex(source)
    return ""


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
