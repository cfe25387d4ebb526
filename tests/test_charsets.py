"""Names of encodings: those of the Encoding Standard mean what browsers take them for, all others mean detection."""

from __future__ import annotations

import codecs
import pkgutil
from encodings import __path__ as codec_folder
from encodings.aliases import aliases
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webencodings import LABELS

import boilercut
from boilercut.read.decode import charset_in, codec_of, decoded
from tests.growth import MAX_GROWTH, growth, seconds

PYTHON_NAMES = sorted({*aliases, *aliases.values(), *(module.name for module in pkgutil.iter_modules(codec_folder))})
"""Every name by which Python knows a codec, those that are no encodings included."""
PLAIN = "The ferry sails again on Monday morning, said the mayor."
SAMPLES = {
    "ibm866": "Паром отходит", "iso-8859-2": "Příliš žluťoučký", "iso-8859-3": "ĉiuĵaŭde", "iso-8859-4": "šāļā",
    "iso-8859-5": "Паром отходит", "iso-8859-6": "العبارة", "iso-8859-7": "το πλοίο", "iso-8859-8": "המעבורת",
    "iso-8859-8-i": "המעבורת", "iso-8859-10": "þæð", "iso-8859-13": "ūžķ", "iso-8859-14": "ŵŷ", "iso-8859-15": "œuf €",
    "iso-8859-16": "șț", "koi8-r": "Паром отходит", "koi8-u": "їжак", "macintosh": "café", "windows-874": "เรือข้ามฟาก",
    "windows-1250": "Příliš žluťoučký", "windows-1251": "Паром отходит", "windows-1252": "“café” €",
    "windows-1253": "το πλοίο", "windows-1254": "şğı", "windows-1255": "המעבורת", "windows-1256": "العبارة",
    "windows-1257": "ūžķ", "windows-1258": "đô", "x-mac-cyrillic": "Паром", "gbk": "渡轮星期一", "gb18030": "渡轮星期一",
    "big5": "渡輪星期一", "euc-jp": "フェリー", "iso-2022-jp": "フェリー", "shift_jis": "フェリー①", "euc-kr": "페리 똠",
    "utf-8": "フェリー", "x-user-defined": "café",
}  # fmt: skip
"""Letters of each encoding of the standard that a page can declare."""
CODECS = {
    "x-mac-cyrillic": "mac_cyrillic", "macintosh": "mac_roman", "iso-8859-8-i": "iso8859_8", "windows-874": "cp874",
    "shift_jis": "cp932", "euc-kr": "cp949", "x-user-defined": "cp1252",
}  # fmt: skip
"""Python's codecs where it does not know the standard's name, or has a fuller one."""


@pytest.mark.parametrize("label", [label for label, name in LABELS.items() if name in SAMPLES])
def test_every_label_of_the_standard_is_read(label: str) -> None:
    name = LABELS[label]
    data = SAMPLES[name].encode(CODECS.get(name, name))
    assert decoded(data, label) == SAMPLES[name]
    assert decoded(data, f" {label.upper()}\r\n") == SAMPLES[name]
    meta = f'<meta charset="{label}">'
    assert decoded(meta.encode() + data) == meta + SAMPLES[name]


def test_every_encoding_of_the_standard_has_a_sample() -> None:
    assert {*LABELS.values()} == {*SAMPLES, "replacement", "utf-16le", "utf-16be"}


@pytest.mark.parametrize("label", [label for label, name in LABELS.items() if name.startswith("utf-16")])
def test_utf_16_in_a_header_is_read_and_in_ascii_markup_means_utf_8(label: str) -> None:
    assert decoded("フェリー".encode(LABELS[label]), label) == "フェリー"
    for page in (f"<meta charset={label}>フェリー", f'<?xml version="1.0" encoding="{label}"?>フェリー'):
        assert decoded(page.encode()) == page


@pytest.mark.parametrize(("label", "codec"), [("hz-gb-2312", "hz"), ("iso-2022-kr", "iso2022_kr")])
def test_pages_that_browsers_replace_are_read_where_there_is_a_codec(label: str, codec: str) -> None:
    text = f"{PLAIN} {'渡轮' if codec == 'hz' else '페리'}"
    assert decoded(text.encode(codec), label) == text


@pytest.mark.parametrize("label", [label for label, name in LABELS.items() if name == "replacement"])
def test_no_text_is_lost_to_the_encodings_that_browsers_replace(label: str) -> None:
    assert decoded(PLAIN.encode(), label) == PLAIN


@pytest.mark.parametrize("name", PYTHON_NAMES)
@pytest.mark.parametrize("data", [PLAIN.encode(), bytes(range(256)) * 3, b"\xff" * 40, b"abc-9999999"])
def test_no_name_of_a_python_codec_raises(name: str, data: bytes) -> None:
    meta = f"<meta charset='{name}'>".encode()
    pragma = f"<meta http-equiv=content-type content='text/html; charset={name}'>".encode()
    xml = f"<?xml version='1.0' encoding='{name}'?>".encode()
    for page, header in ((data, name), (meta + data, None), (pragma + data, None), (xml + data, None)):
        assert isinstance(decoded(page, header), str)


@pytest.mark.parametrize("name", sorted({*PYTHON_NAMES} - {*LABELS}))
def test_names_that_only_python_knows_are_passed_over(name: str) -> None:
    assert codec_of(name) is None
    assert PLAIN in boilercut.clean(f"<meta charset={name}><p>{PLAIN}</p>".encode(), charset=name)


@pytest.mark.parametrize(
    "charset", ["", " ", "\0", "\ud800", "ＵＴＦ-8", "\u212aoi8-r", "utf-8" * 10**6, "a\nb", 5, b"hex"]
)
def test_no_header_raises(charset: str) -> None:
    assert decoded("caf\xe9".encode(), charset) == "café"


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="windows-1251">',
        "<META CHARSET = windows-1251 >",
        '<meta charset="no-such"><meta charset="windows-1251">',
        "<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>",
        "<meta content=\"text/html;charset='windows-1251'\" http_equiv=content_type>",
        '<meta name="a>b" charset=windows-1251>',
        '<?xml version="1.0" encoding="windows-1251"?>',
        "<!-- <meta charset=utf-8> --><meta charset=windows-1251>",
        '<meta charset=windows-1251 charset="utf-8">',
    ],
)
def test_declarations_are_found(head: str) -> None:
    assert decoded((head + "Паром").encode("cp1251")) == head + "Паром"


@pytest.mark.parametrize(
    "head",
    [
        "<meta content='text/html; charset=windows-1251'>",
        "<body><meta charset=windows-1251>",
        "<!-- <meta charset=windows-1251> -->",
        "<meta name=description content='charset=windows-1251'>",
        "<metadata charset=windows-1251>",
        "<meta title='charset=windows-1251'>",
    ],
)
def test_what_is_no_declaration_is_not_believed(head: str) -> None:
    assert decoded((head + "Паром").encode()) == head + "Паром"


@pytest.mark.parametrize(
    ("header", "label"),
    [
        (None, None),
        ("text/html", None),
        ("text/html; charset=utf-8", "utf-8"),
        ('text/html;Charset="koi8-r"; boundary=x', "koi8-r"),
        ('text/html; title="; charset=hex"; charset=big5', "big5"),
        ("text/html; charset=", None),
        ("text/html; charset=utf-8, text/html; charset=koi8-r", "utf-8"),
        ("charset=utf-8", "utf-8"),
    ],
)
def test_a_content_type_gives_its_charset(header: str | None, label: str | None) -> None:
    assert charset_in(header) == label


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE])
def test_a_mark_goes_before_all_names(mark: bytes) -> None:
    codec = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    page = "<meta charset=koi8-r>フェリー"
    assert decoded(mark + page.encode(codec.get(mark, "utf-32-le")), "big5") == page


def test_the_byte_80_is_the_euro_sign_in_gbk() -> None:
    assert decoded(b"5 \x80, \xff", "gbk") == "5 €, \ufffd"


LABELLED = st.sampled_from([*LABELS, *PYTHON_NAMES]) | st.text(max_size=12)


@given(data=st.binary(max_size=400), header=st.none() | LABELLED, label=LABELLED, place=st.integers(0, 3))
def test_any_bytes_with_any_names_are_decoded(data: bytes, header: str | None, label: str, place: int) -> None:
    name = label.encode("utf-8", "replace")
    heads = (b"", b"<meta charset=" + name + b">", b"<?xml encoding='" + name + b"'?>")
    pragma = b"<meta http-equiv=content-type content='charset=" + name + b"'>"
    text = decoded([*heads, pragma][place] + data, header)
    assert text == decoded([*heads, pragma][place] + data, header)


SIZE = 1 << 17
FILLINGS = [
    b"\x80",
    b"\xff",
    b"\xff\xfe",
    b"\x1b$B",
    b"\x1b",
    b"~{",
    b"a\xa4",
    b"\x81\x30",
    b"<meta charset=x ",
    b"<!--",
]


def filled(filling: bytes, size: int) -> bytes:
    return filling * (size // len(filling)) if filling else Random(1).randbytes(size)


@pytest.mark.slow
@pytest.mark.parametrize("codec", sorted({codec_of(label) or "" for label in LABELS} - {""}))
@pytest.mark.parametrize("filling", [*FILLINGS, b""], ids=lambda filling: filling.hex() or "random")
def test_decoding_takes_linear_time(codec: str, filling: bytes) -> None:
    label = next(label for label in LABELS if codec_of(label) == codec)
    data = filled(filling, 2 * SIZE)
    assert growth(lambda size: decoded(data[:size], label), SIZE) <= MAX_GROWTH


@pytest.mark.parametrize("filling", [*FILLINGS, b""], ids=lambda filling: filling.hex() or "random")
def test_detection_takes_bounded_time(filling: bytes) -> None:
    data = b"\xe9 " + filled(filling, 8 * SIZE)
    assert seconds(lambda size: decoded(data[:size]), len(data)) < 3
