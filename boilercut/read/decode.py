"""Turn bytes into text as browsers do: byte-order mark, HTTP charset, `<meta>`, then detection.

A page names its encoding by one of the labels of the Encoding Standard (https://encoding.spec.whatwg.org/#names-and-labels).
Any other name is passed over, as browsers do, and never reaches Python's registry of codecs: that one holds codecs that
are no encodings (`hex`, `zlib`, `rot13`), raise on purpose (`undefined`) or take quadratic time (`punycode`).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

__all__ = ["charset_in", "codec_of", "decoded"]

MAX_SNIFFED_BYTES = 1 << 16
"""Detection looks at no more than this; a page's encoding shows early."""
MAX_SCANNED_BYTES = 4096
"""Bytes in which a declaration is looked for. The HTML standard looks at 1024; many pages declare later."""
MAX_LABEL_CHARACTERS = 100
"""Longest header value that is looked at; the longest label has 19 characters."""
MAX_CONTROL_SHARE = 0.1
"""More control characters than this in the first bytes: a picture or an archive, not a page."""
MIN_KANA_SHARE = 0.3
"""Japanese prose has about half kana among its characters."""

_ENCODINGS = (
    "big5 cp874 cp932 cp949 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 euc_jp gb18030 iso8859_2 "
    "koi8_r koi8_u"
).split()
"""Encodings that detection looks for: those that browsers read and pages are in, and none of old terminals."""
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"GIF8", b"\xff\xd8\xff", b"%PDF-", b"\x1f\x8b\x08", b"PK\x03\x04")
"""How pictures, PDF and archives begin; packed data can have few control characters."""
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte-order marks. Browsers know none of UTF-32; a page that begins with one cannot be anything else."""
_WIDE = ("utf-16", "utf-32")
"""How the names of encodings begin that no page can declare in ASCII, and whose zeros do not speak for binary data."""
_CODECS = {
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "gbk": "gb18030",
    "iso-8859-8-i": "iso-8859-8",
    "macintosh": "mac-roman",
    "shift_jis": "cp932",
    "utf-16be": "utf-16-be",
    "utf-16le": "utf-16-le",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-user-defined": "cp1252",
}
"""Python's codecs of those encodings of the standard that it knows by another name or has a fuller codec for. Where the
standard hands an undefined byte through as a control character, Python's codecs give U+FFFD."""
_REPLACED = {"csiso2022kr": "iso2022_kr", "hz-gb-2312": "hz", "iso-2022-kr": "iso2022_kr"}
"""Labels for which browsers show one U+FFFD instead of the page, because their escapes can hide scripts. No script runs
here, so such a page is read where Python has a codec; the encoding of others (`iso-2022-cn`) is detected."""

# A comment is passed over, `<body>` ends the search. The search covers few bytes; nothing here repeats what it gave up.
_DECLARATION = re.compile(
    rb"<!--.*?(?:-->|\Z)"
    rb"|<\s*+meta(?=[\s/])(?P<meta>(?:[^<>=]|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+)"
    rb"|<\?xml\s(?P<xml>[^<>]*+)"
    rb"|<\s*+(?P<body>body)",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"([^\s/>=\"']++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]*+)))?+")
_LABEL = re.compile(rb"\s*+([\w.:-]++)")
_CONTENT_CHARSET = re.compile(rb"charset\s*+=\s*+[\"']?+\s*+([\w.:-]++)", re.IGNORECASE)
_PRAGMA_NAMES = (b"http-equiv", b"http_equiv", b"httpequiv")
"""The attribute that makes `content` a header, as pages spell it."""
_PRAGMA = re.compile(rb"content[-_ ]?type", re.IGNORECASE)
_PARAMETER = re.compile(r"(?:^|;)[ \t]*+([^\s;=]++)=(?:\"([^\"]*+)\"|([^\s;,]*+))")


def decoded(data: bytes, charset: str | None = None) -> str:
    r"""Return the text of `data`; binary data gives an empty string, wrong bytes give U+FFFD.

    `charset` is what the HTTP header named, if anything. It is a part of the page: what browsers do not know is passed
    over and nothing raises.

    >>> decoded(b"caf\xe9", "latin1"), decoded(b"caf\xc3\xa9", "no such charset")
    ('café', 'café')
    """
    mark, codec = next(((mark, codec) for mark, codec in _MARKS if data.startswith(mark)), (b"", None))
    codec = codec or codec_of(charset) or _declared(data[:MAX_SCANNED_BYTES]) or _detected(data)
    if not codec.startswith(_WIDE) and _is_binary(data):
        return ""
    errors = _EURO_ERRORS if codec == "gb18030" and b"\x80" in data else "replace"
    return data[len(mark) :].decode(codec, errors)


def charset_in(content_type: str | None) -> str | None:
    """Return the label that a Content-Type header gives, whatever it is worth.

    >>> charset_in('text/html; charset="utf-8"')
    'utf-8'
    """
    for name, quoted, token in _PARAMETER.findall(content_type or ""):
        if name.lower() == "charset":
            return quoted or token or None
    return None


def codec_of(label: str | None) -> str | None:
    """Return the Python codec for a label of the Encoding Standard, or None where it has no such label.

    >>> codec_of("ISO-8859-1"), codec_of("gb2312"), codec_of("hex")
    ('windows-1252', 'gb18030', None)
    """
    from webencodings import LABELS

    if not isinstance(label, str):
        return None
    plain = label[:MAX_LABEL_CHARACTERS].strip("\t\n\f\r \"'").encode("ascii", "replace").lower().decode()
    name = LABELS.get(plain)
    return _REPLACED.get(plain) if name in (None, "replacement") else _CODECS.get(name, name)


def _declared(head: bytes) -> str | None:
    """Return the codec of the first encoding that a page declares and browsers know."""
    for label in _declared_labels(head):
        codec = codec_of(label.decode("latin-1"))
        if codec is not None:  # a declaration that can be read as ASCII is not in UTF-16
            return "utf-8" if codec.startswith(_WIDE) else codec
    return None


def _declared_labels(head: bytes) -> Iterator[bytes]:
    for match in _DECLARATION.finditer(head):
        if match["body"] is not None:
            return
        source = match["xml"] if match["meta"] is None else match["meta"]
        attributes = _attributes(source or b"")
        charset = attributes.get(b"encoding" if match["meta"] is None else b"charset")
        label = _LABEL.match(charset or b"")
        if label is None and any(_PRAGMA.search(attributes.get(name, b"")) for name in _PRAGMA_NAMES):
            label = _CONTENT_CHARSET.search(attributes.get(b"content", b""))
        if label is not None:
            yield label[1]


def _attributes(source: bytes) -> dict[bytes, bytes]:
    """Return the attributes of a tag; of several of a name the first counts."""
    found: dict[bytes, bytes] = {}
    for name, *values in _ATTRIBUTE.findall(source):
        found.setdefault(name.lower(), b"".join(values))
    return found


def _with_euro(error: UnicodeError) -> tuple[str, int]:
    """Replace what is not GB 18030, as the standard's decoder does: the byte 80 alone is the euro sign of GBK."""
    assert isinstance(error, UnicodeDecodeError)
    euro = error.object[error.start] == 0x80
    return ("\u20ac", error.start + 1) if euro else ("\ufffd", error.end)


_EURO_ERRORS = "boilercut.gb18030"
codecs.register_error(_EURO_ERRORS, _with_euro)


def _is_binary(data: bytes) -> bool:
    head = data[:4096]
    return head.startswith(_SIGNATURES) or len(_CONTROLS.findall(head)) > MAX_CONTROL_SHARE * len(head)


def _detected(data: bytes) -> str:
    """Return the codec of bytes that declare nothing."""
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
    """Return the codec of Japanese text, known by its kana: no other language's bytes decode to many of them."""
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
    """Return the codec of UTF-16, known by its zeros: Latin text has one in every second byte."""
    head = data[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.3 * len(head) / 2 and even < 0.02 * len(head):
        return "utf-16-le"
    if even > 0.3 * len(head) / 2 and odd < 0.02 * len(head):
        return "utf-16-be"
    return None
