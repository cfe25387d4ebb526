"""Pages in the forms that users have them in, and inputs that are plainly no page."""

from __future__ import annotations

import asyncio
import io
import warnings
from pathlib import Path
from typing import Any

import pytest

import boilercut
from boilercut import Cutter, InputError, InputWarning, Located, PageTypeError, TruncatedWarning
from boilercut.hints import hint
from tests.helpers import ARTICLE

PAGE = f"<nav><a href='/'>Home</a></nav><p>{ARTICLE}</p>"
TEXT = boilercut.clean(PAGE)


def warned(page: Any, **options: Any) -> list[warnings.WarningMessage]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        boilercut.clean(page, **options)
    return caught


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a page"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_paths_and_open_files_are_read(file: Path) -> None:
    with file.open("rb") as binary, file.open(encoding="utf-8") as text:
        for page in (file, binary, text, io.BytesIO(PAGE.encode()), io.StringIO(PAGE), Located(file, None)):
            assert boilercut.clean(page) == TEXT
    assert list(Cutter().clean_many([file, PAGE], workers=2)) == [TEXT, TEXT]


def test_files_that_cannot_be_read_raise_by_name(file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.html: cannot be read: no such file"):
        boilercut.clean(tmp_path / "none.html")
    closed = file.open("rb")
    closed.close()
    with pytest.raises(InputError, match="open file"):
        boilercut.clean(closed)
    file.write_bytes(b"<p>\xff")
    with file.open(encoding="utf-8") as text, pytest.raises(InputError, match="mode 'rb'"):
        boilercut.clean(text)
    answers = Cutter().clean_many([PAGE, tmp_path / "none.html", PAGE])
    assert next(answers) == TEXT
    with pytest.raises(InputError):
        next(answers)
    assert next(answers) == TEXT


def test_files_are_read_no_further_than_the_budget(file: Path) -> None:
    with pytest.warns(TruncatedWarning):
        assert boilercut.extract(file, max_characters=20).truncated


@pytest.mark.extra
def test_trees_of_beautiful_soup_are_pages() -> None:
    bs4 = pytest.importorskip("bs4")
    soup = bs4.BeautifulSoup(PAGE, "html.parser")
    assert boilercut.clean(soup) == boilercut.clean(soup.p.parent) == TEXT
    assert boilercut.clean(soup.p.string) == boilercut.clean(str(soup.p.string))
    with pytest.raises(PageTypeError, match="BeautifulSoup is one page"):
        Cutter().clean_many(soup)


def test_trees_of_selectolax_are_pages() -> None:
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(PAGE)
    assert boilercut.clean(tree) == boilercut.clean(tree.body) == TEXT


@pytest.mark.parametrize(
    "wrong", ["a page", b"a page", PAGE, io.StringIO(PAGE), Path("a"), {"html": [PAGE]}, 3, Located("", None)]
)
def test_one_page_is_not_many(wrong: Any) -> None:
    with pytest.raises(PageTypeError):
        Cutter().clean_many(wrong)
    with pytest.raises(PageTypeError):
        Cutter().articles(wrong)


def test_missing_values_raise_by_name() -> None:
    with pytest.raises(PageTypeError, match="missing value"):
        boilercut.clean(float("nan"))  # type: ignore[arg-type]


NO_PAGES = {
    "https://ullin.example/news?page=2": "an address",
    "  www.ullin.example/news\n": "an address",
    "articles/page.html": "the name of a file",
    "C:\\pages\\page.htm": "the name of a file",
    __file__: "the name of a file",
    '{"html": "<p>A page."}': "JSON",
    '[\n {"html": "<p>A page."}\n]\n': "JSON",
    b'{"html": 1}\n{"html": 2}\n': "JSON",
    b"WARC/1.0\r\nWARC-Type: response\r\n": r"a crawl archive \(WARC\)",
    b"filedesc://a.arc 0.0.0.0 20260101": r"a crawl archive \(ARC\)",
    b"%PDF-1.7 \xff": "a PDF",
    b"\x1f\x8b\x08\x00\x00": r"packed data \(gzip\)",
    b"\x28\xb5\x2f\xfd\x00": r"packed data \(zstd\)",
    b"PK\x03\x04\x00\x00": "a ZIP archive",
    b"PAR1\x15\x00": "a Parquet file",
    b"\x89PNG\r\n\x1a\n\x00": "a picture",
    bytes(range(1, 9)) * 50: "binary data",
    '<?xml version="1.0"?>\n<rss version="2.0"><channel></channel></rss>': r"a feed or site map \(rss\)",
}


@pytest.mark.parametrize("page", NO_PAGES, ids=repr)
def test_a_warning_about_what_is_no_page_points_at_the_caller(page: Any) -> None:
    [found] = warned(page)
    assert found.category is InputWarning
    assert found.filename == __file__
    with pytest.warns(InputWarning, match=NO_PAGES[page]):
        boilercut.extract(page)
    with pytest.warns(InputWarning, match=NO_PAGES[page]):
        list(Cutter(max_seconds=60).clean_many([page]))


@pytest.mark.parametrize(
    "page",
    ["", " ", ARTICLE, PAGE, "<html>", "See https://ullin.example/1 for more.", "A sentence about page.html, in text.",
     "{curly} text", "[1] A footnote.", "and/or", "/", "//server/share.x", "Read me", "3.14", "<?xml version='1.0'?><html>"],
)  # fmt: skip
def test_pages_give_no_hint(page: str) -> None:
    assert hint(page) is None
    assert hint(page.encode()) is None
    assert warned(page) == []


def test_a_warning_about_truncation_points_at_the_caller() -> None:
    for options in ({"max_characters": 20}, {"max_blocks": 1}):
        [found] = warned(f"{ARTICLE}\n" * 3, **options)
        assert (found.category, found.filename) == (TruncatedWarning, __file__)
    with pytest.warns(TruncatedWarning):
        boilercut.clean("<p>word" * 200_000, max_seconds=1e-9)
    assert warned(ARTICLE) == []


def test_warnings_can_be_made_errors() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", boilercut.BoilercutWarning)
        with pytest.raises(InputWarning):
            boilercut.clean("https://ullin.example/")


def test_pages_are_cut_beside_an_event_loop() -> None:
    cutter = Cutter()

    async def cut() -> list[str]:
        return await asyncio.gather(*(asyncio.to_thread(cutter.clean, page) for page in [PAGE] * 8))

    assert asyncio.run(cut()) == [TEXT] * 8
