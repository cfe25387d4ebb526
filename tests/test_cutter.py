"""The cutter's results hold for every page and model."""

from __future__ import annotations

import math
import pickle
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import boilercut
from boilercut import Config, ConfigError, Cutter, PageTypeError, Result
from tests.helpers import ARTICLE, golden_sources, is_ordered_subset
from tests.strategies import any_page, any_text, broken_pages, html_pages, texts

MODES = ("precision", "balanced", "recall", 0.5)
CUTTER = Cutter()
GOLDEN_TEXTS = [source.read_text("utf-8") for source in golden_sources("realistic")]


@given(any_page, st.sampled_from(MODES))
def test_never_raises(page: str | bytes, mode: str | float) -> None:
    result = CUTTER.extract(page) if mode == "balanced" else boilercut.extract(page, mode=mode)
    assert isinstance(result, Result)
    assert 0 <= result.confidence <= 1


@given(any_page, st.sampled_from(["html", "text"]))
def test_never_raises_whatever_kind_is_forced(page: str | bytes, kind: str) -> None:
    assert isinstance(CUTTER.clean(page, kind=kind), str)


@given(st.binary(max_size=200), st.sampled_from(["utf-8", "latin-1", "shift_jis", "utf-16", "no-such-charset", ""]))
def test_never_raises_whatever_the_header_says(page: bytes, charset: str) -> None:
    assert isinstance(CUTTER.clean(page, charset=charset), str)


@given(any_text | texts(), st.sampled_from(MODES))
def test_text_output_is_an_ordered_verbatim_subset_of_the_lines(page: str, mode: str | float) -> None:
    text = boilercut.clean(page, kind="text", mode=mode)
    if text:
        assert is_ordered_subset(text.split("\n"), page.split("\n"))
        assert is_ordered_subset(text.splitlines(), page.splitlines())


@pytest.mark.parametrize("blank", ["\n", " \n", "\t \n", "\r\n", "\u3000\n"])
def test_blank_lines_between_paragraphs_are_those_of_the_input(blank: str) -> None:
    first, second, _ = ARTICLE.splitlines(keepends=True)
    page = first + blank + second
    assert boilercut.clean(page, kind="text", include=["paragraph"]) == page.rstrip("\n")


def test_windows_line_ends_stay_windows_line_ends() -> None:
    page = ARTICLE.replace("\n", "\r\n\r\n")
    assert boilercut.clean(page, kind="text", include=["paragraph"]).count("\n") == 4
    assert boilercut.clean(page, kind="text", include=["paragraph"]).count("\r\n") == 4


@given(any_page)
def test_deterministic(page: str | bytes) -> None:
    assert Cutter().extract(page) == CUTTER.extract(page)


@given(any_page)
def test_clean_is_the_text_of_extract(page: str | bytes) -> None:
    result = boilercut.extract(page)
    assert boilercut.clean(page) == result.text
    assert len(result.kept) + len(result.cut) == len(result.verdicts)
    assert [verdict.index for verdict in result.verdicts] == list(range(len(result.verdicts)))


@settings(max_examples=15)
@given(st.lists(any_page, max_size=40))
def test_clean_many_is_clean_one_by_one(pages: list[str | bytes]) -> None:
    assert list(CUTTER.clean_many(pages)) == [CUTTER.clean(page) for page in pages]


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 33])
def test_clean_many_in_batches_of_any_size(size: int) -> None:
    pages = (GOLDEN_TEXTS * 2)[:size]
    assert list(CUTTER.clean_many(pages)) == [CUTTER.clean(page) for page in pages]


def test_clean_many_reads_no_further_than_needed() -> None:
    endless = (f"<p>Page {number} has one sentence, and this is all of it.</p>" for number in count())
    assert len(list(islice(CUTTER.clean_many(endless), 20))) == 20


def test_clean_many_in_processes_gives_the_same() -> None:
    pages = GOLDEN_TEXTS[:20]
    assert list(CUTTER.clean_many(pages, workers=2)) == list(CUTTER.clean_many(pages))


@given(texts() | html_pages() | broken_pages())
def test_evidence_adds_up_to_the_probability(page: str) -> None:
    result = boilercut.extract(page)
    for verdict in result.verdicts:
        total = result.base + sum(share for _, share in verdict.evidence)
        assert verdict.probability == pytest.approx(1 / (1 + math.exp(-total)), abs=1e-9)
        if abs(total) < 15:  # beyond, a probability in double precision no longer tells log-odds apart
            assert math.log(verdict.probability / (1 - verdict.probability)) == pytest.approx(total, abs=1e-6)


@given(texts() | html_pages())
def test_evidence_comes_largest_first_and_once_a_detector(page: str) -> None:
    for verdict in boilercut.extract(page).verdicts:
        sizes = [abs(share) for _, share in verdict.evidence]
        assert sizes == sorted(sizes, reverse=True)
        assert len({name for name, _ in verdict.evidence}) == len(verdict.evidence)


@given(texts() | any_text, st.sampled_from(MODES))
def test_spans_and_verdicts_replay_the_text(page: str, mode: str | float) -> None:
    result = boilercut.extract(page, kind="text", mode=mode)
    for verdict in result.verdicts:
        assert verdict.span is not None
        assert page[slice(*verdict.span)] == verdict.text
    lines = [line.strip() for line in result.text.split("\n") if line.strip()]
    assert lines == [verdict.text for verdict in result.kept]


@given(html_pages() | broken_pages(), st.sampled_from(MODES))
def test_verdicts_replay_the_html(page: str, mode: str | float) -> None:
    result = boilercut.extract(page, kind="html", mode=mode)
    assert result.text == "\n".join(verdict.text for verdict in result.kept)
    assert all(verdict.text.strip() for verdict in result.verdicts)
    spans = [verdict.span for verdict in result.verdicts if verdict.span is not None]
    assert all(0 <= start < end <= len(page) for start, end in spans)
    assert boilercut.replay(page, result.verdicts) == result.text


def test_cleaning_a_cleaned_article_changes_little() -> None:
    once = [CUTTER.clean(page) for page in GOLDEN_TEXTS]
    twice = [CUTTER.clean(text) for text in once]
    assert all(once)
    assert sum(map(len, twice)) >= 0.9 * sum(map(len, once))
    assert all(len(after) >= 0.6 * len(before) for before, after in zip(once, twice, strict=True))


def test_threads_share_a_cutter() -> None:
    alone = [CUTTER.extract(page) for page in GOLDEN_TEXTS]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(CUTTER.extract, GOLDEN_TEXTS * 3)) == alone * 3


def test_config_cutter_and_result_are_picklable() -> None:
    config = Config(mode="recall", include={"title"})
    assert pickle.loads(pickle.dumps(config)) == config
    result = Cutter(config).extract(ARTICLE)
    assert pickle.loads(pickle.dumps(Cutter(config))).extract(ARTICLE) == result
    assert pickle.loads(pickle.dumps(result)) == result


@pytest.mark.parametrize(
    "page", ["", b"", b"\xef\xbb\xbf", " ", "\n \n\t", "<html></html>", "<p><br> </p>", "<script>let a = 1</script>"]
)
def test_an_empty_page_gives_an_empty_result(page: str | bytes) -> None:
    result = boilercut.extract(page)
    assert (result.text, result.markdown, result.verdicts) == ("", "", ())
    assert boilercut.clean(page) == ""


@pytest.mark.parametrize("page", [None, 3, 2.5, ["<p>a</p>"], {"html": ""}, object(), str])
def test_objects_that_are_not_pages_raise_a_type_error(page: object) -> None:
    with pytest.raises(PageTypeError, match=type(page).__name__) as caught:
        boilercut.clean(page)
    assert isinstance(caught.value, TypeError)
    with pytest.raises(TypeError):
        boilercut.extract(page)
    with pytest.raises(TypeError):
        list(CUTTER.clean_many([page]))


@pytest.mark.parametrize(
    "given_as", [str.encode, lambda page: bytearray(page.encode()), lambda page: memoryview(page.encode())]
)
def test_bytes_of_any_type_are_pages(given_as) -> None:
    assert CUTTER.extract(given_as(ARTICLE)) == CUTTER.extract(ARTICLE)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"mod": "recall"}, "mode"),
        ({"detector": ()}, "detectors"),
        ({"colour": 1}, "there are mode"),
        ({"mode": "strict"}, "'strict'"),
        ({"mode": 0.0}, "0.0"),
        ({"mode": 1.5}, "1.5"),
        ({"mode": None}, "None"),
        ({"include": ["comment"]}, "'comment'"),
        ({"exclude": "ads"}, "'ads'"),
        ({"detectors": [len]}, "no detector"),
        ({"max_characters": 0}, "max_characters 0"),
        ({"max_characters": "1 MB"}, "1 MB"),
        ({"max_blocks": 0}, "max_blocks 0"),
        ({"max_seconds": 0}, "max_seconds 0"),
        ({"max_seconds": "1 s"}, "'1 s'"),
    ],
)
def test_misuse_errors_advise(options: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        boilercut.clean(ARTICLE, **options)


@pytest.mark.parametrize("kind", ["pdf", "HTML", ""])
def test_an_unknown_kind_of_page_is_an_error(kind: str) -> None:
    for call in (boilercut.clean, boilercut.extract):
        with pytest.raises(ConfigError, match="kind"):
            call(ARTICLE, kind=kind)


@pytest.mark.parametrize("workers", [0, -1, 2.5, "2"])
def test_workers_that_are_no_number_above_0_are_an_error(workers: Any) -> None:
    with pytest.raises(ConfigError, match="workers"):
        list(CUTTER.clean_many([ARTICLE], workers=workers))


def test_a_config_is_frozen_and_copies_change_it() -> None:
    config = Config()
    with pytest.raises(AttributeError):
        config.mode = "recall"  # type: ignore[misc]
    assert config.with_options(mode="recall").mode == "recall"
    assert config.mode == "balanced"


def test_a_page_over_budget_is_read_from_its_beginning() -> None:
    result = boilercut.extract(ARTICLE * 10, max_characters=len(ARTICLE))
    assert result.truncated
    assert result.verdicts == boilercut.extract(ARTICLE).verdicts
    assert not boilercut.extract(ARTICLE, max_characters=len(ARTICLE)).truncated


def test_results_become_plain_values() -> None:
    import json

    result = boilercut.extract(f"<title>Bridge</title><h1>Bridge</h1><p>{ARTICLE}</p>")
    stored = json.loads(json.dumps(result.to_dict()))
    assert stored["text"] == result.text
    assert stored["title"] == "Bridge"
    assert [block["keep"] for block in stored["blocks"]] == [verdict.keep for verdict in result.verdicts]


def test_markdown_marks_what_html_marks() -> None:
    page = f"<h2>Closed</h2><p>{ARTICLE}</p><ul><li>one</li><li>two</li></ul><blockquote>Said so.</blockquote><pre>a = 1\nb</pre>"
    kinds = ["heading", "paragraph", "list", "quote", "code"]
    markdown = boilercut.extract(page, kind="html", include=kinds).markdown
    prose = " ".join(ARTICLE.split())
    assert markdown == f"## Closed\n\n{prose}\n\n- one\n- two\n\n> Said so.\n\n```\na = 1\nb\n```"


def test_markdown_of_text_keeps_its_lines() -> None:
    lines = ["The ferry sails again on Monday.", "Forty people were on board, and one dog."]
    result = boilercut.extract("\n".join(lines) + "\n\n# " + lines[0], kind="text", mode=0.0001)
    assert result.markdown == f"{lines[0]}\\\n{lines[1]}\n\n\\# {lines[0]}"
