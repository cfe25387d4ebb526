"""Decode character references in text that no parser decodes."""

from __future__ import annotations

import re
from html import unescape

__all__ = ["unescaped"]

# Python refuses to read a number of more than 4300 digits. The highest code point has seven.
_LONG_NUMBER = re.compile(r"&#(?=[0-9]{9})0*+([0-9]{0,8}+)[0-9]*+")


def unescaped(text: str) -> str:
    r"""Return `text` with character references decoded, as `html.unescape` does, however many digits one has.

    >>> unescaped("caf&eacute; &#65; &#" + "9" * 5000 + ";")
    'café A \ufffd'
    """
    return unescape(_LONG_NUMBER.sub(r"&#0\1", text)) if "&" in text else text
