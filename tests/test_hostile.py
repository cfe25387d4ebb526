"""Pages that bring other tools down: each gives an answer within seconds, and keeps its text."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple

import pytest

import boilercut
from boilercut.vocabulary import PageKind
from tests.helpers import ARTICLE, block_texts, page_of

MAX_SECONDS = 5.0
"""Most take a tenth of it; a quadratic step anywhere takes far more."""
PROSE = f"<p>{ARTICLE}</p>"
RUSSIAN = "Мост через реку закрыли в понедельник вечером, потому что грузовик ударил вторую опору. "
CYRILLIC_PAGE = (
    f'<html><head><meta charset="windows-1251"><title>Мост</title></head><body><p>{RUSSIAN * 3}</p></body></html>'
)


class Hostile(NamedTuple):
    """A page, how it is to be read, and a text that its blocks must hold."""

    build: Callable[[], str | bytes]
    held: str = "The bridge over the Wend"
    kind: PageKind | None = None


PAGES = {
    "nested divs": Hostile(lambda: "<div>" * 50_000 + ARTICLE + "</div>" * 50_000),
    "nested divs, never closed": Hostile(lambda: "<div>" * 50_000 + ARTICLE),
    "nested spans": Hostile(lambda: "<p>" + "<span>" * 50_000 + ARTICLE),
    "nested lists": Hostile(lambda: "<ul><li>" * 20_000 + ARTICLE),
    "nested formatting": Hostile(lambda: "<p><b><i>" * 2_000 + ARTICLE),
    "nested tables": Hostile(lambda: "<table><tr><td>" * 5_000 + ARTICLE),
    "nested custom elements": Hostile(lambda: "<my-card>" * 20_000 + PROSE),
    "one-word paragraphs": Hostile(lambda: "<p>word</p>" * 50_000 + PROSE),
    "line breaks": Hostile(lambda: ARTICLE + "<br>" * 100_000 + ARTICLE),
    "lines between line breaks": Hostile(lambda: "word<br>" * 50_000 + PROSE),
    "open angle brackets": Hostile(lambda: PROSE + "<" * 500_000),
    "open comments": Hostile(lambda: PROSE + "<!--" * 100_000),
    "open scripts": Hostile(lambda: PROSE + "<script>" * 50_000),
    "self-closed tags": Hostile(lambda: "<iframe/>" * 50_000 + PROSE),
    "open attributes": Hostile(lambda: PROSE + "<a href=" * 50_000),
    "many attributes": Hostile(lambda: "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + f">{ARTICLE}</p>"),
    "one long class": Hostile(lambda: f'<p class="{"x-y " * 200_000}">{ARTICLE}</p>'),
    "many classes": Hostile(lambda: "".join(f'<p class="c{n} d{n}e">word</p>' for n in range(20_000)) + PROSE),
    "entities": Hostile(lambda: f"<p>{ARTICLE}{'&amp;' * 300_000}</p>"),
    "markdown brackets": Hostile(lambda: "[" * 200_000 + "](" * 100_000 + "\n" + ARTICLE),
    "markdown links": Hostile(lambda: "[a](b) " * 100_000 + "\n" + ARTICLE),
    "short lines": Hostile(lambda: "word\n" * 50_000 + ARTICLE),
    "blank lines": Hostile(lambda: ARTICLE + "\n" * 1_000_000 + ARTICLE),
    "spaces": Hostile(lambda: ARTICLE + " " * 2_000_000 + "\n" + ARTICLE),
    "the same line": Hostile(lambda: ARTICLE * 5_000),
    "a 5 MB line": Hostile(lambda: "The bridge over the Wend " * 200_000),
    "a 5 MB line without spaces": Hostile(lambda: "x" * 5_000_000, "xxxxx"),
    "a 5 MB line of sentence ends": Hostile(lambda: "." * 5_000_000, "....."),
    "a 5 MB paragraph": Hostile(lambda: f"<p>{'The bridge over the Wend ' * 200_000}</p>"),
    "a 3 MB Chinese line": Hostile(lambda: "桥" * 1_000_000, "桥桥"),
    "lone surrogates": Hostile(lambda: f"<p>\ud800{ARTICLE}\udfff</p>"),
    "lone surrogates in text": Hostile(lambda: f"\ud800{ARTICLE}\udfff"),
    "NUL characters": Hostile(lambda: f"<p>\x00{ARTICLE}\x00</p>\x00"),
    "NUL characters in text": Hostile(lambda: f"\x00{ARTICLE}\x00"),
    "Windows-1251 with a meta charset": Hostile(lambda: CYRILLIC_PAGE.encode("cp1251"), "Мост через реку"),
    "Windows-1251 without": Hostile(lambda: (RUSSIAN * 5).encode("cp1251"), "Мост через реку"),
    "a wrong meta charset": Hostile(lambda: CYRILLIC_PAGE.encode("utf-8"), ""),
    "text forced to HTML": Hostile(lambda: ARTICLE * 100, kind="html"),
    "HTML forced to text": Hostile(lambda: PROSE * 2_000, kind="text"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_answers_in_time_and_keeps_its_text(name: str) -> None:
    build, held, kind = PAGES[name]
    page = build()
    text, seconds = _timed_clean(page, kind)
    assert text.strip()
    assert seconds < MAX_SECONDS
    assert held in " ".join(block_texts(page_of(page, kind)))


@pytest.mark.parametrize(
    "page", ["", b"", b"\x00", b"\xff\xfe", b"\xfe\xff\x00", "\x00", "<", "\ud800", "</", "<!", "&"]
)
def test_next_to_nothing_is_a_page_too(page: str | bytes) -> None:
    result = boilercut.extract(page)
    assert len(result.verdicts) <= 1
    assert result.text == boilercut.clean(page)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        b"PK\x03\x04" + bytes(64) * 40,
        bytes(10_000),
        b"\x1f\x8b\x08" + bytes(range(0, 256, 7)) * 99,
    ],
    ids=["png", "zip", "zeros", "gzip"],
)
def test_binary_data_has_no_text(data: bytes) -> None:
    assert boilercut.extract(data).verdicts == ()


def _timed_clean(page: str | bytes, kind: PageKind | None) -> tuple[str, float]:
    """Return a page's article and how long it took; a second try allows for a busy machine."""
    for _ in range(2):
        started = perf_counter()
        text = boilercut.clean(page, kind=kind)
        seconds = perf_counter() - started
        if seconds < MAX_SECONDS:
            break
    return text, seconds
