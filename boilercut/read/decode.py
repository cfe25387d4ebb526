"""Turn bytes into text as browsers do: byte-order mark, HTTP charset, `<meta>`, then detection."""

from __future__ import annotations

import re

__all__ = ["decoded"]

MAX_SNIFFED_BYTES = 1 << 16
"""Detection looks at no more than this; a page's encoding shows early."""
MAX_CONTROL_SHARE = 0.1
"""More control characters than this in the first bytes: a picture or an archive, not a page."""
MIN_KANA_SHARE = 0.3
"""Japanese prose has about half kana among its characters."""

_ENCODINGS = (
    "big5 cp874 cp932 cp949 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 euc_jp gb18030 iso8859_2 "
    "koi8_r koi8_u"
).split()
"""What is looked for: encodings that browsers read and pages are in, and none of old terminals and Macintoshes."""
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"GIF8", b"\xff\xd8\xff", b"%PDF-", b"\x1f\x8b\x08", b"PK\x03\x04")
"""How pictures, PDF and archives begin; packed data can have few control characters."""
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def decoded(data: bytes, charset: str | None = None) -> str:
    """Return the text of `data`; binary data gives an empty string, wrong bytes give U+FFFD.

    `charset` is what the HTTP header named, if anything.
    """
    from w3lib.encoding import html_to_unicode

    header = f"text/html; charset={charset}" if charset else None
    encoding, text = html_to_unicode(header, data, auto_detect_fun=_detected)
    if not encoding.startswith("utf-16") and not encoding.startswith("utf-32") and _is_binary(data):
        return ""
    return text


def _is_binary(data: bytes) -> bool:
    head = data[:4096]
    return head.startswith(_SIGNATURES) or len(_CONTROLS.findall(head)) > MAX_CONTROL_SHARE * len(head)


def _detected(data: bytes) -> str:
    """Name the encoding of bytes that nothing declared."""
    if wide := _utf16_without_mark(data):
        return wide
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    if japanese := _japanese(data[:MAX_SNIFFED_BYTES]):
        return japanese
    from charset_normalizer import from_bytes

    matches = from_bytes(data[:MAX_SNIFFED_BYTES], cp_isolation=_ENCODINGS)
    best = matches.best()
    if best is None:
        return "cp1252"
    # Six letters of Turkish are all that tells its encoding from those of Western and Central Europe.
    turkish = [each for each in matches if each.encoding == "cp1254" and each.languages[:1] == ["Turkish"]]
    return "cp1254" if turkish and turkish[0].chaos <= best.chaos else best.encoding


def _japanese(data: bytes) -> str | None:
    """Tell Japanese by its kana: no other language's bytes decode to many of them."""
    for encoding in ("cp932", "euc_jp"):
        text = data.decode(encoding, "ignore")
        foreign = [letter for letter in text if letter > "\x7f"]
        kana = sum("\u3041" <= letter <= "\u30ff" for letter in foreign)
        if kana > MIN_KANA_SHARE * len(foreign) and _decodes(data, encoding):
            return encoding
    return None


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start >= len(data) - 4  # the sample may end inside a character
    return True


def _utf16_without_mark(data: bytes) -> str | None:
    """Tell UTF-16 by its zeros: Latin text has one in every second byte."""
    head = data[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.3 * len(head) / 2 and even < 0.02 * len(head):
        return "utf-16-le"
    if even > 0.3 * len(head) / 2 and odd < 0.02 * len(head):
        return "utf-16-be"
    return None
