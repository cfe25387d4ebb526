"""The training corpus: fragments of text pages, and pages with comments put in."""

from __future__ import annotations

import pytest

from benchmarks.quality.data import Sample
from benchmarks.training.comments import Post, with_comments
from benchmarks.training.corpus import MAX_FRAGMENT_LINES, Page, fragment, page_type
from boilercut.blocks.measure import measure
from boilercut.blocks.phrases import shipped_phrases
from boilercut.read import read
from boilercut.training.fit import Example
from boilercut.training.labels import block_labels, comment_labels

ARTICLE = [f"Paragraph {word} of the story says something that nobody else says." for word in ("one", "two", "three")]
MENU = ["Home", "News", "Contact us"]
FOOTER = ["Privacy policy", "All rights reserved"]


def page(lines: list[str], gold: str) -> Page:
    blocks = measure([read("\n".join(lines), "text")], shipped_phrases())
    sample = Sample(dataset="toy", id="7", url=None, domain="a.example", language="en", type=None, html="", gold=gold)
    return Page(sample, "crawl_dump", Example(blocks, block_labels(blocks, gold), "a.example", "toy"))


def test_a_fragment_is_a_run_of_the_pages_lines_with_their_labels() -> None:
    lines = [*MENU, *ARTICLE, *FOOTER]
    whole = page(lines, "\n".join(ARTICLE))
    found = fragment(whole)
    assert found is not None
    assert whole.example is not None
    own = [found.blocks.block(row) for row in range(len(found.blocks))]
    first = lines.index(own[0])
    assert own == lines[first : first + len(own)]
    assert 1 <= len(own) <= 2 * MAX_FRAGMENT_LINES
    assert found.labels.tolist() == whole.example.labels[first : first + len(own)].tolist()
    assert set(own) & set(ARTICLE), "a fragment holds an edge of the article"


def test_the_same_page_gives_the_same_fragment() -> None:
    lines = [*MENU, *ARTICLE, *FOOTER]
    first, second = fragment(page(lines, "\n".join(ARTICLE))), fragment(page(lines, "\n".join(ARTICLE)))
    assert first is not None
    assert second is not None
    assert first.blocks.text == second.blocks.text


def test_a_page_without_an_article_gives_no_fragment() -> None:
    assert fragment(page([*MENU, *FOOTER], "Something else altogether, said nowhere on the page.")) is None


ARTICLE_PAGE = (
    "<html><body><ul class='menu'><li>Home</li></ul><div class='story'>"
    + "".join(f"<p>{line} It takes more than one sentence to fill a paragraph of a story.</p>" for line in ARTICLE * 3)
    + "</div><div class='footer'>Privacy policy</div></body></html>"
)
GOLD = "\n".join(f"{line} It takes more than one sentence to fill a paragraph of a story." for line in ARTICLE * 3)
POSTS = [
    Post("Anna", "1. 2. 2010", "I do not agree with a word of this <story>.\nNot one & never."),
    Post("ben7", "2010", "Nor do I, Anna."),
]


@pytest.mark.parametrize("seed", [str(number) for number in range(40)])
def test_comments_stand_behind_the_article_and_are_labelled_apart(seed: str) -> None:
    made = with_comments(ARTICLE_PAGE, GOLD, POSTS, seed)
    assert made is not None
    source, comments = made
    blocks = measure([read(source, "html")], shipped_phrases())
    labels = block_labels(blocks, GOLD)
    told = comment_labels(blocks, labels, comments)
    texts = [blocks.block(row) for row in range(len(blocks))]
    article = [row for row, text in enumerate(texts) if text in GOLD.split("\n")]
    posts = [row for row, text in enumerate(texts) if "agree with a word of this <story>" in text or "Nor do I" in text]
    assert len(article) == 9
    assert posts
    assert min(posts) > max(article)
    assert labels[article].tolist() == [1] * 9
    assert not told[article].any()
    assert (told[posts] > 0.9).all()
    assert not labels[posts].any()


def test_every_system_is_used_and_the_same_seed_makes_the_same_page() -> None:
    pages = {with_comments(ARTICLE_PAGE, GOLD, POSTS, str(number)) for number in range(300)}
    assert None not in pages
    for name in ("commentlist", "comments-area", "dsq-comment", "post-message", "fyre-comment", "comments-block"):
        assert any(name in page for page, _ in filter(None, pages)), name
    assert with_comments(ARTICLE_PAGE, GOLD, POSTS, "7") == with_comments(ARTICLE_PAGE, GOLD, POSTS, "7")


@pytest.mark.parametrize(
    ("source", "gold"),
    [
        pytest.param(ARTICLE_PAGE, "Too short.", id="a short article"),
        pytest.param(ARTICLE_PAGE, "Other words " * 60 + "altogether", id="an article that is not on the page"),
        pytest.param("", GOLD, id="an empty page"),
    ],
)
def test_no_comments_are_put_where_there_is_no_article(source: str, gold: str) -> None:
    assert with_comments(source, gold, POSTS, "1") is None


def test_the_types_of_sets_are_boilercuts_own() -> None:
    def sample(dataset: str, type_: str | None) -> Sample:
        return Sample(dataset=dataset, id="1", url=None, domain=None, language=None, type=type_, html="", gold="")

    told = [page_type(sample(*pair)) for pair in (("wcxb", "forum"), ("wcxb", "collection"), ("fundus", "news"))]
    assert told == ["thread", "listing", "article"]
    assert page_type(sample("google-trends-2017", None)) is None
