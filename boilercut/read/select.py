"""Select elements of a tree by CSS, for a user's rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

from boilercut.vocabulary import ConfigError

__all__ = ["Selection", "lexbor_selection", "lxml_selection"]

Selection = Mapping[object, Sequence[int]]
"""The numbers of the selectors that select an element, by what tells the element from others in its tree."""


def lexbor_selection(tree: LexborHTMLParser, selectors: Sequence[str]) -> Selection:
    """Return which elements of a lexbor tree `selectors` select, by `mem_id`."""
    found: dict[object, list[int]] = defaultdict(list)
    for number, selector in enumerate(selectors):
        for node in tree.css(selector):
            found[node.mem_id].append(number)
    return found


def lxml_selection(root: Any, selectors: Sequence[str]) -> Selection:
    """Return which elements of an lxml tree `selectors` select; needs cssselect, as lxml itself does for CSS."""
    if not selectors:
        return {}
    try:
        from cssselect import HTMLTranslator, SelectorError
    except ImportError as error:
        raise ConfigError("selectors on lxml trees need cssselect: pip install 'boilercut[rules]'") from error
    found: dict[object, list[int]] = defaultdict(list)
    for number, selector in enumerate(selectors):
        try:
            path = HTMLTranslator().css_to_xpath(selector)
        except SelectorError as error:
            raise ConfigError(f"selector {selector!r}: not for lxml trees ({error})") from error
        for element in root.xpath(path):
            found[element].append(number)
    return found
