# ruff: noqa: B008 - a case of the table stays on its line
"""The hostile pages: how each is built, how it is to be read, and a text that must not be lost."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from html import escape
from typing import NamedTuple

from boilercut.page import PageKind
from tests.helpers import ARTICLE

__all__ = ["CASES", "Case"]

PROSE = f"<p>{ARTICLE}</p>"
HELD = "The bridge over the Wend"


class Case(NamedTuple):
    """A page, a text that it shows (nothing where it shows none), and how it is to be read."""

    build: Callable[[], str | bytes]
    held: str = HELD
    kind: PageKind | None = None
    charset: str | None = None
    """What an HTTP header says of the bytes."""


NESTED = {
    "2,000 nested elements": Case(lambda: "<div>" * 2_000 + ARTICLE + "</div>" * 2_000),
    "50,000 nested elements": Case(lambda: "<div>" * 50_000 + ARTICLE + "</div>" * 50_000),
    "50,000 nested elements, never closed": Case(lambda: "<div>" * 50_000 + ARTICLE),
    "50,000 nested spans": Case(lambda: "<p>" + "<span>" * 50_000 + ARTICLE),
    "20,000 nested lists": Case(lambda: "<ul><li>" * 20_000 + ARTICLE),
    "20,000 nested custom elements": Case(lambda: "<my-card>" * 20_000 + PROSE),
    "5,000 nested tables": Case(lambda: "<table><tr><td>" * 5_000 + ARTICLE),
    "2,000 nested formatting elements": Case(lambda: "<p><b><i>" * 2_000 + ARTICLE),
    "nested quotes and sections": Case(lambda: "<blockquote><section>" * 10_000 + PROSE),
    "unclosed tags": Case(lambda: "<div><p><ul><li><b>word" * 8_000 + PROSE),
    "misnested tags": Case(lambda: "<b><p><i>word</b></p></i>" * 5_000 + PROSE),
    "end tags without a beginning": Case(lambda: "</div></p></b>" * 50_000 + PROSE),
}
MANY = {
    "50,000 tiny blocks": Case(lambda: "<p>word</p>" * 50_000 + PROSE),
    "100,000 line breaks": Case(lambda: PROSE + "<br>" * 100_000 + PROSE),
    "50,000 words between line breaks": Case(lambda: "word<br>" * 50_000 + PROSE),
    "100,000 links": Case(lambda: '<a href="/page">word</a> ' * 100_000 + PROSE),
    "100,000 links in a list": Case(lambda: "<ul>" + "<li><a href=/page>word</a>" * 100_000 + "</ul>" + PROSE),
    "a table of 100,000 cells": Case(lambda: "<table>" + f"<tr>{'<td>1,5' * 100}" * 1_000 + "</table>" + PROSE),
    "a table with a million-column cell": Case(
        lambda: "<table>" + "<tr><td colspan=1000000 rowspan=65534>1,5" * 10_000 + f"</table>{PROSE}"
    ),
    "20,000 forms": Case(lambda: "<form><input><select><option>word</select>" * 20_000 + "</form>" + PROSE),
    "20,000 different classes": Case(lambda: "".join(f'<p class="c{n} d{n}e">word</p>' for n in range(20_000)) + PROSE),
    "300,000 entities": Case(lambda: f"<p>{ARTICLE}{'&amp;' * 300_000}</p>"),
    "broken entities": Case(lambda: f"<p>{ARTICLE}{'&#x110000;&#0;&nosuch;&' * 50_000}</p>"),
    "50,000 short lines of text": Case(lambda: "word\n" * 50_000 + ARTICLE),
    "a million blank lines of text": Case(lambda: ARTICLE + "\n" * 1_000_000 + ARTICLE),
    "the same line 5,000 times": Case(lambda: ARTICLE * 5_000),
}
LONG = {
    "a 5 MB line with spaces": Case(lambda: f"{HELD} " * 200_000),
    "a 5 MB line without spaces": Case(lambda: ARTICLE + "x" * 5_000_000),
    "a 5 MB paragraph": Case(lambda: "<p>" + f"{HELD} " * 200_000),
    "a 5 MB word in a paragraph": Case(lambda: f"{PROSE}<p>{'x' * 5_000_000}</p>"),
    "a 3 MB Chinese line": Case(lambda: "桥在星期一关闭了，直到春天没有人过河。" * 50_000, "桥在星期一关闭了"),
    "2 MB of spaces": Case(lambda: ARTICLE + " " * 2_000_000 + "\n" + ARTICLE),
    "5 MB of full stops": Case(lambda: ARTICLE + "." * 5_000_000),
    "a 5 MB pre": Case(lambda: f"{PROSE}<pre>{'let x = 1;  // set' * 250_000}</pre>"),
    "a pre of 100,000 lines": Case(lambda: f"{PROSE}<pre>" + "  let x = 1;\n" * 100_000 + "</pre>"),
    "a 5 MB comment": Case(lambda: f"{PROSE}<!--{'- > -' * 1_000_000}-->{PROSE}"),
    "a 5 MB script": Case(lambda: f"<script>{'if (a<b) c();' * 400_000}</script>{PROSE}"),
    "3 MB of JSON": Case(lambda: f"<script type='application/ld+json'>[{'[1],' * 900_000}1]</script>{PROSE}"),
    "deep JSON": Case(lambda: f"<script type='application/ld+json'>{'[' * 500_000}{']' * 500_000}</script>{PROSE}"),
}
ATTRIBUTES = {
    "a 1 MB attribute": Case(lambda: f"<p title='{'x' * 1_000_000}'>{ARTICLE}</p>"),
    "a 1 MB class": Case(lambda: f"<p class='{'x-y ' * 250_000}'>{ARTICLE}</p>"),
    "a 1 MB style": Case(lambda: f"<p style='{'display : ' * 100_000}'>{ARTICLE}</p>"),
    "a 1 MB image in the markup": Case(lambda: f"<img src='data:image/png;base64,{'AbC+' * 250_000}'>{PROSE}"),
    "100,000 attributes": Case(lambda: _attributes("a{}=1")),
    "100,000 quoted attributes": Case(lambda: _attributes('data-a{}="1"')),
    "100,000 attributes that hold >": Case(lambda: _attributes('a{}=">"')),
    "100,000 attributes that hold > in single quotes": Case(lambda: _attributes("a{}='a>b'")),
    "100,000 attributes named by digits": Case(lambda: _attributes("{}=1")),
    "100,000 attributes named by signs": Case(lambda: _attributes("\"{}'=1")),
    "100,000 attributes without white space": Case(lambda: "<p " + "/".join(f"a{n}" for n in range(100_000)) + f">{ARTICLE}"),
    "100,000 attributes with spaced values": Case(lambda: _attributes('a{} = "1"')),
    "100,000 attributes on the body": Case(
        lambda: "".join(f"<body a{n}=1>" for n in range(100_000)) + PROSE
    ),
    "50,000 open attributes": Case(lambda: PROSE + "<a href=" * 50_000),
    "an attribute that never ends": Case(lambda: f"{PROSE}<p title='{'<b>word</b>' * 100_000}"),
}  # fmt: skip
CHARACTERS = {
    "lone surrogates": Case(lambda: f"<p>\ud800{ARTICLE}\udfff</p>"),
    "lone surrogates in text": Case(lambda: f"\ud800{ARTICLE}\udfff"),
    "lone surrogates throughout": Case(lambda: f"{PROSE}<p>{chr(0xDC80) * 500_000}</p>"),
    "NUL characters": Case(lambda: f"<p>\x00{ARTICLE}\x00</p>\x00<p>{chr(0) * 100_000}</p>"),
    "NUL characters in text": Case(lambda: f"\x00{ARTICLE}\x00"),
    "control characters": Case(lambda: f"<p>{''.join(map(chr, range(32)))}{ARTICLE}\x7f\x85</p>" * 100),
    "control characters in text": Case(lambda: f"{''.join(map(chr, range(32)))}\n{ARTICLE}\x1b[31m\x7f\x9b\n" * 100),
    "bidi characters": Case(lambda: f"<p>\u202e{ARTICLE}\u202c\u2066\u2069</p>" + "<p>\u202d\u202e</p>" * 20_000),
    "zero-width characters": Case(lambda: PROSE + "<p>" + "w\u200bo\u200dr\ufeffd\u2060 " * 100_000),
    "a flood of combining marks": Case(lambda: f"{PROSE}<p>{'e' + chr(0x301) * 500_000}</p>"),
    "combining marks in text": Case(lambda: ARTICLE + ("Z" + "\u0336\u0489\u035c" * 30) * 10_000),
    "emoji joined without end": Case(lambda: PROSE + "<p>" + "👩\u200d👧\u200d" * 200_000),
    "noncharacters": Case(lambda: f"<p>\ufffe\uffff{ARTICLE}\U0010ffff</p>"),
    "white space of all kinds": Case(lambda: "<p>" + "\u00a0\u2003\u3000\u1680\u2028" * 200_000 + ARTICLE),
}
MARKUP = {
    "HTML in HTML, escaped": Case(lambda: f"{PROSE}<p>{escape(PROSE * 2_000)}</p>"),
    "HTML in HTML, escaped five times": Case(lambda: f"<p>{_escaped(PROSE, 5)}</p>{PROSE}"),
    "HTML in text": Case(lambda: f"{ARTICLE}\nWrite &lt;b&gt; for bold, or <b>.\n{ARTICLE}"),
    "SVG": Case(lambda: f"<svg>{'<g><path d=M0/><text>12</text></g>' * 20_000}</svg>{PROSE}"),
    "SVG that holds the page": Case(lambda: f"<svg><foreignObject>{PROSE}</foreignObject></svg>{PROSE}"),
    "SVG, never closed": Case(lambda: f"{PROSE}<svg><title>{'<desc><b>' * 10_000}"),
    "MathML": Case(lambda: f"{PROSE}<math>{'<mrow><mi>x</mi><mo>=</mo><mn>1</mn></mrow>' * 20_000}</math>"),
    "MathML, never closed": Case(lambda: f"{PROSE}<math><mtext>{'<mglyph><table>' * 3_000}"),
    "templates": Case(lambda: f"{'<template><p>word</p></template>' * 20_000}{PROSE}"),
    "templates, never closed": Case(lambda: f"{PROSE}{'<template><p>word' * 20_000}"),
    "shadow DOM": Case(lambda: f"<my-page><template shadowrootmode=open>{PROSE}</template></my-page>"),
    "shadow DOM in shadow DOM": Case(
        lambda: "<my-box><template shadowrootmode=open>" * 500 + PROSE + "</template></my-box>" * 500
    ),
    "noscript": Case(lambda: f"<noscript>{PROSE}</noscript>"),
    "20,000 noscripts": Case(lambda: f"{'<noscript><img src=a><p>word</noscript>' * 20_000}{PROSE}"),
    "conditional comments": Case(lambda: f"<!--[if lt IE 9]><p>Old<![endif]--><![if !IE]>{PROSE}<![endif]>"),
    "20,000 conditional comments": Case(lambda: f"{'<!--[if IE]><p>Old</p><![endif]-->' * 20_000}{PROSE}"),
    "CDATA sections": Case(lambda: f"{'<![CDATA[ <p>word</p> ]]>' * 20_000}{PROSE}"),
    "processing instructions": Case(lambda: "<?php echo '<p>'; ?>" * 20_000 + PROSE),
    "500,000 open angle brackets": Case(lambda: PROSE + "<" * 500_000),
    "100,000 open comments": Case(lambda: PROSE + "<!--" * 100_000),
    "50,000 open scripts": Case(lambda: PROSE + "<script>" * 50_000),
    "50,000 open text fields": Case(lambda: PROSE + "<textarea>" * 50_000),
    "50,000 self-closed frames": Case(lambda: "<iframe/>" * 50_000 + PROSE),
    "frames in frames": Case(lambda: f"<iframe srcdoc='{_escaped(PROSE, 1)}'></iframe>" * 2_000 + PROSE),
    "plain text to the end": Case(lambda: f"{PROSE}<plaintext>{'<p>word' * 100_000}"),
    "a page saved as XML": Case(
        lambda: f'<?xml version="1.0"?><html><script src="a"/><title/><body><textarea/>{PROSE}</body></html>'
    ),
    "100,000 headings of one section": Case(lambda: "<h2>Word</h2>" * 50_000 + PROSE),
    "brackets of Markdown": Case(lambda: "[" * 200_000 + "](" * 100_000 + "\n" + ARTICLE),
    "100,000 links of Markdown": Case(lambda: "[a](b) " * 100_000 + "\n" + ARTICLE),
    "text forced to HTML": Case(lambda: ARTICLE * 100, kind="html"),
    "HTML forced to text": Case(lambda: f"{PROSE}\n" * 2_000, kind="text"),
}
NOTHING = {
    "empty": Case(lambda: "", ""),
    "no bytes": Case(lambda: b"", ""),
    "white space only": Case(lambda: " \t\r\n\u00a0" * 100_000, ""),
    "white space in tags": Case(lambda: "<div> &nbsp; </div>" * 20_000, ""),
    "PNG": Case(lambda: _png(), ""),
    "PDF": Case(lambda: _pdf(), ""),
    "gzip": Case(lambda: gzip.compress(PROSE.encode() * 100, mtime=0), ""),
    "200,000 zero bytes": Case(lambda: bytes(200_000), ""),
    "all 256 bytes": Case(lambda: bytes(range(256)) * 2_000, ""),
    "text that contains <": Case(lambda: f"{ARTICLE}If a < b and b <c, then a <= c; see <3 and x<y>z.\n{ARTICLE}"),
    "text that contains tags": Case(lambda: f"{ARTICLE}The <p> and <br> tags are often left open.\n{ARTICLE}"),
    "no tag that matters": Case(lambda: f"<html><body>{ARTICLE}</body></html>"),
    "unknown tags only": Case(lambda: f"<root><wend>{ARTICLE}</wend></root>", kind="html"),
    "inline tags only": Case(lambda: f"<html><font><b>{ARTICLE}</b></font><tt><u>word</u></tt></html>"),
    "a frameset": Case(lambda: f"<frameset><frame src=a><noframes>{PROSE}</noframes></frameset>", ""),
}  # fmt: skip

RUSSIAN = "Мост через реку закрыли в понедельник вечером, потому что грузовик ударил вторую опору. "
LANGUAGES = {
    "UTF-8": ("utf-8", RUSSIAN),
    "UTF-16": ("utf-16", RUSSIAN),
    "GB18030": ("gb18030", "星期一晚上，一辆卡车撞上了第二个桥墩，河上的大桥因此关闭，直到春天才会重新开放。"),
    "Big5": ("big5", "星期一晚上，一輛卡車撞上了第二個橋墩，河上的大橋因此關閉，直到春天才會重新開放。"),
    "Shift_JIS": ("shift_jis", "月曜日の夜、トラックが二番目の橋脚にぶつかり、川にかかる橋は春まで閉鎖されました。"),
    "EUC-JP": ("euc-jp", "月曜日の夜、トラックが二番目の橋脚にぶつかり、川にかかる橋は春まで閉鎖されました。"),
    "EUC-KR": ("euc-kr", "월요일 밤 트럭이 두 번째 교각을 들이받아 강을 건너는 다리가 봄까지 폐쇄되었습니다. "),
    "KOI8-R": ("koi8-r", RUSSIAN),
    "Windows-1250": ("windows-1250", "Most na rzece zamknięto w poniedziałek wieczorem, gdyż ciężarówka uderzyła w drugi filar. "),
    "Windows-1251": ("windows-1251", RUSSIAN),
    "Windows-1252": ("windows-1252", "Die Brücke über den Fluss wurde am Montag gesperrt, weil ein Lkw den Pfeiler gerammt hätte. "),
    "Windows-1253": ("windows-1253", "Η γέφυρα του ποταμού έκλεισε τη Δευτέρα το βράδυ, επειδή ένα φορτηγό χτύπησε τη δεύτερη κολόνα. "),
    "Windows-1254": ("windows-1254", "Nehrin üzerindeki köprü pazartesi akşamı kapatıldı, çünkü bir kamyon ikinci ayağa çarptı. "),
    "Windows-1255": ("windows-1255", "הגשר מעל הנהר נסגר ביום שני בערב, משום שמשאית פגעה בעמוד השני של הגשר. "),
    "Windows-1256": ("windows-1256", "أغلق الجسر فوق النهر مساء يوم الاثنين، لأن شاحنة اصطدمت بالدعامة الثانية للجسر. "),
}  # fmt: skip
"""Encodings by name: the codec, and a sentence in a language that was written in it."""


def _attributes(form: str) -> str:
    return "<p " + " ".join(form.format(number) for number in range(100_000)) + f">{ARTICLE}</p>"


def _escaped(html: str, times: int) -> str:
    for _ in range(times):
        html = escape(html)
    return html


def _png() -> bytes:
    data = zlib.compress(bytes(range(256)) * 2_000)
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + len(data).to_bytes(4, "big") + b"IDAT" + data


def _pdf() -> bytes:
    packed = zlib.compress("".join(f"({number}) Tj " for number in range(50_000)).encode())
    head = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Filter/FlateDecode>>\nstream\n"
    return head + packed + b"\nendstream\nendobj\n%%EOF"


def _encoded(codec: str, sentence: str, declared: str | None) -> bytes:
    """Return a page in some encoding that says it is in another, or nothing; English stands in it too."""
    meta = f'<meta charset="{declared}">' if declared else ""
    page = f"<html><head>{meta}<title>{sentence[:20]}</title></head><body><p>{sentence * 4}</p>{PROSE}</body></html>"
    return page.encode(codec)


def _encoding_cases() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for name, (codec, sentence) in LANGUAGES.items():
        told = sentence.strip()
        wrong = "windows-1252" if name == "UTF-8" else "utf-8"
        # Bytes that everything says to be something else are that, to browsers too: only what both agree on is left.
        both = told if name == "UTF-16" else HELD  # its byte-order mark is believed before all

        def page(declared: str | None, codec: str = codec, sentence: str = sentence) -> Callable[[], bytes]:
            return lambda: _encoded(codec, sentence, declared)

        cases |= {
            f"{name}, right charset in the page": Case(page(name), told),
            f"{name}, right charset in the header": Case(page(None), told, charset=name),
            f"{name}, wrong charset in the page": Case(page(wrong), both),
            f"{name}, wrong charset in the header": Case(page(None), both, charset=wrong),
            f"{name}, no charset": Case(page(None), told),
            f"{name}, an unknown charset": Case(page("x-nothing"), told, charset="x-nothing"),
            f"{name}, clipped": Case(lambda page=page(name): page()[:-31], told),  # type: ignore[misc]
            f"{name} as text, no charset": Case(
                lambda codec=codec, sentence=sentence: (sentence * 5).encode(codec), told  # type: ignore[misc]
            ),
        }  # fmt: skip
    return cases


BYTES = {
    "UTF-8, cut inside a character": Case(lambda: _encoded("utf-8", RUSSIAN, "utf-8").replace("вторую".encode(), b"\xd0"), "Мост через реку"),
    "UTF-16, an odd number of bytes": Case(lambda: _encoded("utf-16", RUSSIAN, None)[:-1], "Мост через реку"),
    "UTF-16 without its mark": Case(lambda: PROSE.encode("utf-16-le")),
    "UTF-32": Case(lambda: PROSE.encode("utf-32")),
    "UTF-8 with a mark, said to be Latin-1": Case(lambda: PROSE.encode("utf-8-sig"), charset="latin-1"),
    "two encodings in one page": Case(lambda: _encoded("utf-8", RUSSIAN, "utf-8") + RUSSIAN.encode("cp1251") * 50, "Мост через реку"),
    "5 MB of undeclared bytes": Case(lambda: PROSE.encode() + bytes(range(160, 255)) * 50_000),
}  # fmt: skip
CASES: dict[str, Case] = NESTED | MANY | LONG | ATTRIBUTES | CHARACTERS | MARKUP | NOTHING | BYTES | _encoding_cases()
