"""The training corpus: fragments of text pages."""

from __future__ import annotations

from benchmarks.quality.data import Sample
from benchmarks.training.corpus import MAX_FRAGMENT_LINES, Page, fragment
from boilercut.measure import measure
from boilercut.phrases import shipped_phrases
from boilercut.read import read
from boilercut.training.fit import Example
from boilercut.training.labels import block_labels

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
