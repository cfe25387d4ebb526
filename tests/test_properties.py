"""Every page has these properties; the fuzzer checks the same (`tests/properties.py`)."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.helpers import block_texts, page_of
from tests.properties import CUTTER, check_answer, check_explanation
from tests.strategies import CHARSETS, any_page, articles, broken_pages, listings, tables, texts, threads, whole_pages


@given(any_page)
def test_the_answer_is_the_same_however_it_is_asked_for(page: str | bytes) -> None:
    check_answer(page)


@given(texts() | broken_pages(), st.sampled_from(["html", "text"]))
def test_the_answer_is_the_same_whatever_kind_is_forced(page: str, kind: str) -> None:
    check_answer(page, kind)
    check_explanation(page, kind)


@given(any_page)
def test_verdicts_make_up_the_answer(page: str | bytes) -> None:
    check_explanation(page)


@given(st.lists(any_page, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_pages_changes_nothing(pages: list[str | bytes], random) -> None:
    order = random.sample(range(len(pages)), len(pages))
    shuffled = list(CUTTER.articles([pages[row] for row in order]))
    assert [shuffled[order.index(row)] for row in range(len(pages))] == list(CUTTER.articles(pages))


@given(whole_pages() | articles(), st.sampled_from(sorted(CHARSETS)))
def test_bytes_of_a_stated_charset_are_the_text_they_encode(page: str, charset: str) -> None:
    codec = CHARSETS[charset]
    data = page.encode(codec, "xmlcharrefreplace")
    assert CUTTER.extract(data, charset=charset) == CUTTER.extract(data.decode(codec))


class _Words(HTMLParser):
    """Collects the words of a page's text with another parser than boilercut's."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[str] = []

    def handle_data(self, data: str) -> None:
        self.letters += "".join(data.split())


def letters_of(page: str) -> str:
    parser = _Words()
    parser.feed(page)
    parser.close()
    return re.sub("[\u00ad\u2060\ufeff\u200b]", "", "".join(parser.letters))  # invisible: dropped where it is read


@given(st.lists(articles() | threads() | listings() | tables(), min_size=1, max_size=3).map("".join))
def test_blocks_of_well_formed_pages_hold_all_their_text_in_order(page: str) -> None:
    read = "".join("".join(text.split()) for text in block_texts(page_of(page, "html")))
    assert read == letters_of(page)


@given(whole_pages())
def test_kept_text_is_on_the_page(page: str) -> None:
    blocks = iter(block_texts(page_of(page, "html")))
    for kept in CUTTER.extract(page, kind="html").kept:
        assert kept.text in blocks  # an iterator: each is looked for behind the one before


@given(whole_pages())
def test_case_of_tags_and_spaces_inside_them_change_nothing(page: str) -> None:
    assume("<script" not in page and "<!" not in page[20:] and "<?" not in page)
    loud = re.sub(r"<(/?)([a-z][a-z0-9-]*)", lambda tag: f"<{tag[1]}{tag[2].upper()}", page)
    assert [verdict.text for verdict in CUTTER.extract(loud, kind="html").verdicts] == [
        verdict.text for verdict in CUTTER.extract(page, kind="html").verdicts
    ]
    assert CUTTER.clean(loud, kind="html") == CUTTER.clean(page, kind="html")
