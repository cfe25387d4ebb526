"""Label files: read, written, refused; the layouts that are imported; labels of blocks."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import boilercut
from boilercut.training.importers import LAYOUTS
from boilercut.training.label_files import LabelError, LabelledPage, example_of, read_labels, write_labels
from tests.helpers import ARTICLE

HTML = "<nav><a href='/'>Home</a></nav>" + "".join(f"<p>{line}</p>" for line in ARTICLE.splitlines())
PAGES = [
    LabelledPage(
        page=HTML, kind="html", gold=ARTICLE, name="bridge", url="https://www.wend.example/bridge", language="en"
    ),
    LabelledPage(page="Home\nA line of text.\n", kind="text", blocks=((False, "Home"), (True, "A line of text."))),
    LabelledPage(
        page=HTML, kind="html", gold="", type="news", site="wend", with_=("bridge",), without=("Home", "北京")
    ),
]


@pytest.mark.parametrize("name", ["labels.jsonl", "labels.jsonl.gz"])
def test_what_is_written_is_read_again(tmp_path: Path, name: str) -> None:
    assert write_labels(tmp_path / name, PAGES) == 3
    assert list(read_labels([tmp_path / name])) == PAGES


def test_several_files_are_read_one_after_the_other(tmp_path: Path) -> None:
    for number, page in enumerate(PAGES):
        write_labels(tmp_path / str(number), [page])
    assert list(read_labels([tmp_path / "2", tmp_path / "0"])) == [PAGES[2], PAGES[0]]


@pytest.mark.parametrize(
    ("page", "group"),
    [
        (PAGES[0], "wend.example"),
        (PAGES[1], "Home\nA line of text.\n"),
        (PAGES[2], "wend"),
        (LabelledPage(page="a", kind="text", gold="a", name="one"), "one"),
        (LabelledPage(page="a", kind="text", gold="a", name="one", url="http://[no address"), "one"),
    ],
)
def test_pages_are_grouped_by_site(page: LabelledPage, group: str) -> None:
    assert page.group == group


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: no JSON"),
        ("[]", "line 2: no object with a page"),
        ('{"kind": "html", "gold": "a"}', "line 2: no object with a page"),
        ('{"page": "a", "gold": "a"}', "line 2: kind None is neither 'html' nor 'text'"),
        ('{"page": "a", "kind": "pdf", "gold": "a"}', "line 2: kind 'pdf' is neither"),
        ('{"page": "a", "kind": "text"}', "line 2: give one of 'gold'"),
        ('{"page": "a", "kind": "text", "gold": 3}', "line 2: give one of 'gold'"),
        ('{"page": "a", "kind": "text", "gold": "a", "blocks": []}', "line 2: give one of 'gold'"),
        ('{"page": "a", "kind": "text", "blocks": [["keep", "a"]]}', r"line 2: \['keep', 'a'\] is no labelled block"),
        ('{"page": "a", "kind": "text", "blocks": [1, 0]}', "line 2: 1 is no labelled block"),
        ('{"page": "a", "kind": "text", "blocks": "10"}', "line 2: 'blocks' is no list"),
        ('{"page": "a", "kind": "text", "blocks": 10}', "line 2: 'blocks' is no list"),
        ('{"page": "a", "kind": "text", "gold": "a", "with": 10}', "line 2: 'with' is no list"),
        ('{"page": "a", "kind": "text", "gold": "a", "without": [[]]}', "line 2: 'without' holds something that"),
        ("[" * 200_000, "line 2: no JSON"),
    ],
)
def test_lines_that_are_no_labels_are_named(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "labels.jsonl"
    file.write_text('{"page": "a", "kind": "text", "gold": "a"}\n' + line)
    with pytest.raises(LabelError, match=message):
        list(read_labels([file]))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl.gz", b"no gzip"),
        ("b.jsonl.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\0rubbish"),
        ("a.jsonl", b"\xff\xfe"),
        ("missing", None),
    ],
)
def test_files_that_cannot_be_read_are_named(tmp_path: Path, name: str, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(LabelError, match=name):
        list(read_labels([tmp_path / name]))


# --- labels of blocks ---


def labels(page: LabelledPage) -> list[float]:
    example = example_of(page)
    assert example is not None
    return example.labels.tolist()


def test_gold_text_is_aligned_with_the_blocks() -> None:
    assert labels(PAGES[0]) == [0, 1, 1, 1]


def test_labelled_blocks_are_taken_as_they_are() -> None:
    """Even where the same text is to be kept in one place and cut in another, which no gold text can say."""
    lines = ["More", *ARTICLE.splitlines(), "More"]
    blocks = tuple((number != 0, line) for number, line in enumerate(lines))
    assert labels(LabelledPage(page="\n".join(lines), kind="text", blocks=blocks)) == [0, 1, 1, 1, 1]


def test_labels_of_outdated_blocks_are_aligned() -> None:
    first, second, third = ARTICLE.splitlines()
    blocks = ((False, "Home"), (True, f"{first} {second}"), (True, third))
    assert labels(LabelledPage(page=HTML, kind="html", blocks=blocks)) == [0, 1, 1, 1]


def test_a_page_without_text_is_no_example() -> None:
    assert example_of(LabelledPage(page="<p> </p>", kind="html", gold="")) is None


def test_verdicts_round_trip_as_labels() -> None:
    result = boilercut.extract(HTML)
    blocks = tuple((verdict.keep, verdict.text) for verdict in result.verdicts)
    page = LabelledPage(page=HTML, kind="html", blocks=blocks)
    assert page.main_text == result.text
    assert labels(page) == [float(verdict.keep) for verdict in result.verdicts]


# --- layouts ---


def laid_out(folder: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        file.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return folder


def test_wcxb(tmp_path: Path) -> None:
    truth = {"title": "T", "main_content": ARTICLE, "with": ["the bridge"], "without": ["Home"]}
    folder = laid_out(
        tmp_path,
        {
            "ground-truth/0001.json": {"url": "https://wend.example/1", "ground_truth": truth, "page_type": "article"},
            "ground-truth/0002.json": {"main_content": "Two."},
            "html/0001.html": HTML,
            "html/0002.html.gz": "<p>Two.</p>",
        },
    )
    first, second = LAYOUTS["wcxb"](folder)
    assert (first.page, first.gold, first.name, first.url, first.type) == (
        HTML,
        ARTICLE,
        "0001",
        "https://wend.example/1",
        "article",
    )
    assert (first.with_, first.without) == (("the bridge",), ("Home",))
    assert (second.page, second.gold) == ("<p>Two.</p>", "Two.")


def test_scrapinghub(tmp_path: Path) -> None:
    truth = {"b2": {"articleBody": "Two.", "url": "https://two.example"}, "a1": {"articleBody": ARTICLE}}
    folder = laid_out(tmp_path, {"ground-truth.json": truth, "html/a1.html.gz": HTML, "html/b2.html.gz": "<p>Two.</p>"})
    first, second = LAYOUTS["scrapinghub"](folder)
    assert (first.page, first.gold, first.name) == (HTML, ARTICLE, "a1")
    assert (second.page, second.gold, second.url) == ("<p>Two.</p>", "Two.", "https://two.example")


def test_plain_gold_texts(tmp_path: Path) -> None:
    files = {"gold/a.txt": ARTICLE, "pages/a.html": HTML, "gold/b.txt": "Two.", "pages/b.txt": "Home\nTwo."}
    first, second = LAYOUTS["gold-text"](laid_out(tmp_path, files))
    assert (first.page, first.kind, first.gold) == (HTML, "html", ARTICLE)
    assert (second.page, second.kind, second.gold) == ("Home\nTwo.", "text", "Two.")


@pytest.mark.parametrize(
    ("layout", "files", "message"),
    [
        ("wcxb", {"html/1.html": HTML}, r"no ground-truth/\*.json"),
        ("wcxb", {"ground-truth/1.json": {"main_content": "a"}}, r"html: no page 1.html"),
        ("wcxb", {"ground-truth/1.json": {"text": "a"}, "html/1.html": HTML}, "1.json: no text under 'main_content'"),
        ("wcxb", {"ground-truth/1.json": "{", "html/1.html": HTML}, "1.json: not readable as JSON"),
        ("wcxb", {"ground-truth/1.json": "[]", "html/1.html": HTML}, "1.json: no JSON object"),
        ("scrapinghub", {"html/1.html.gz": HTML}, "ground-truth.json: not readable"),
        ("scrapinghub", {"ground-truth.json": {"1": "a"}, "html/1.html.gz": HTML}, "no text under 'articleBody'"),
        ("scrapinghub", {"ground-truth.json": {"../1": {"articleBody": "a"}}, "1.html": HTML}, "'../1' is no name"),
        ("wcxb", {"ground-truth/1.json": {"main_content": "a", "with": 1}, "html/1.html": HTML}, "'with' is no list"),
        ("gold-text", {"pages/1.html": HTML}, r"no gold/\*.txt"),
        ("gold-text", {"gold/1.txt": "a"}, "pages: no page 1.html"),
    ],
)  # fmt: skip
def test_error_for_a_wrong_layout_names_the_missing_file(
    tmp_path: Path, layout: str, files: dict[str, Any], message: str
) -> None:
    with pytest.raises(LabelError, match=message):
        list(LAYOUTS[layout](laid_out(tmp_path, files)))
