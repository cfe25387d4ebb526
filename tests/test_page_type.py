"""What the page is: figures by hand, scores that add up, the same alone as in a stack, and what is learned."""

from __future__ import annotations

import numpy as np
import pytest

from boilercut.blocks.words import hash_words
from boilercut.detectors import detect, model_detectors
from boilercut.detectors.page_type import (
    FIGURES,
    MAX_SCORE,
    PAGE_TYPES,
    PageTypes,
    figure_names,
    page_figures,
    page_type_detector,
    page_words,
)
from boilercut.training.page_types import learn_page_types, page_facts, stored_page_types
from tests.helpers import blocks_of

SENTENCE = "The ferry sails again on Monday morning, the harbour master said, once the fog has lifted. "
ARTICLE = f'<body class="single"><div class="entry"><p>{SENTENCE * 3}</p><p>{SENTENCE * 3}</p></div></body>'
POST = f'<div class="post"><b>anna</b><p>{SENTENCE * 2}</p></div>'
THREAD = f'<body class="forum">{POST * 4}</body>'


def figures_of(source: str) -> dict[str, float]:
    blocks = blocks_of(source, kind="html")
    return dict(zip(FIGURES, page_figures(blocks)[0].tolist(), strict=True))


def weights(**words: int) -> dict[str, object]:
    """Return stored weights that speak of threads only: some words, and the first step of the repeated posts."""
    rows = {
        name.replace("_", " "): [weight if each == "thread" else 0 for each in PAGE_TYPES]
        for name, weight in words.items()
    }
    figures = {name: [0] * len(PAGE_TYPES) for name in figure_names()}
    figures["always"][PAGE_TYPES.index("thread")] = -100
    figures["repeated 2"][PAGE_TYPES.index("thread")] = 70
    return {"words": rows, "figures": figures}


def thread_scores(*sources: str, **words: int) -> list[float]:
    """Return the score for a thread of each page's first block."""
    blocks = blocks_of(*sources, kind="html")
    columns = detect(blocks, [page_type_detector(PageTypes.of(weights(**words)))])
    return [columns["page_type.thread"][blocks.pages == page][0] for page in range(len(sources))]


def test_posts_of_one_name_are_counted_with_the_prose_they_hold() -> None:
    figures = figures_of(THREAD)
    assert (figures["repeated"], figures["repeated_prose"], figures["blocks"], figures["prose"]) == (4, 1, 8, 4)
    assert figures_of(ARTICLE)["repeated_prose"] == 0


def test_equal_containers_are_counted_whatever_their_numbers_and_those_with_dates_apart() -> None:
    post = '<div id="post-{0}" class="post"><b>{1}</b><p>{2}</p></div>'
    dated = [post.format(number, "4 May 2026", SENTENCE * 2) for number in range(3)]
    figures = figures_of("<body>" + "".join(dated) + post.format(3, "anna", SENTENCE * 2) + f"<p>{SENTENCE * 2}</p>")
    names = ("repeated", "alike", "alike_dated", "alike_prose", "alike_dated_prose")
    assert [round(figures[name], 2) for name in names] == [1, 4, 3, 0.8, 0.8]
    assert figures_of(ARTICLE)["alike"] == figures_of(ARTICLE)["alike_dated"] == 0


def test_words_of_labels_count_apart_from_words_of_prose_and_classes() -> None:
    assert thread_scores(THREAD, label_anna=7, label_ferry=1000, anna=1000, label_post=1000) == [-100 + 70 + 7]


def test_a_figure_that_a_model_does_not_know_weighs_nothing() -> None:
    known = weights(post=11)
    figures = known["figures"]
    assert isinstance(figures, dict)
    del figures["alike 2"]
    columns = detect(blocks_of(THREAD, kind="html"), [page_type_detector(PageTypes.of(known))])
    assert columns["page_type.thread"][0] == -100 + 70 + 11


def test_a_score_is_the_sum_of_the_weights_of_words_and_steps() -> None:
    assert thread_scores(THREAD, post=11, forum=5, entry=1000) == [-100 + 70 + 11 + 5]
    assert thread_scores(ARTICLE, post=11, forum=5, entry=1000) == [-100 + 1000]


def test_words_on_the_body_count_apart() -> None:
    assert thread_scores(THREAD, body_forum=5, body_post=1000) == [-100 + 70 + 5]


def test_a_word_counts_once_a_page() -> None:
    assert thread_scores(THREAD + THREAD, post=11) == [-100 + 70 + 11]


def test_scores_are_clipped() -> None:
    assert thread_scores(THREAD, post=10**6) == [MAX_SCORE]


def test_a_page_scores_alone_as_it_does_in_a_stack() -> None:
    pages = [THREAD, "", ARTICLE, THREAD]
    alone = [thread_scores(page, post=11, entry=3)[0] for page in pages if page]
    blocks = blocks_of(*pages, kind="html")
    stacked = detect(blocks, [page_type_detector(PageTypes.of(weights(post=11, entry=3)))])["page_type.thread"]
    assert [stacked[blocks.pages == page][0] for page in (0, 2, 3)] == alone


def test_text_has_no_page_type() -> None:
    assert not detect(blocks_of("One line.\nAnother.", kind="text"), model_detectors({}, weights(post=1)))


def test_a_model_without_weights_has_no_detector_of_page_types() -> None:
    assert model_detectors({}, {}) == ()


@pytest.mark.parametrize("size", [1, 3])
def test_page_words_name_each_word_of_a_page_once(size: int) -> None:
    blocks = blocks_of(*[THREAD] * size, kind="html")
    hashes, pages = page_words(blocks)
    assert np.bincount(pages).tolist() == [4] * size  # post, forum, forum on the body, and the label anna
    assert set(hash_words("post forum")) < set(hashes.tolist())


@pytest.mark.extra
def test_what_was_learned_tells_threads_from_articles_and_survives_being_stored() -> None:
    pytest.importorskip("scipy", reason="needs the extra train")
    sources = [THREAD, ARTICLE] * 12
    blocks = [blocks_of(source, kind="html") for source in sources]
    facts = [page_facts(own, kind) for own, kind in zip(blocks, ("thread", "article") * 12, strict=True)]
    learned = learn_page_types(facts, [f"{row}.example" for row in range(len(facts))])
    stored = stored_page_types(learned, blocks)
    for types in (learned, PageTypes.of(stored)):
        columns = detect(blocks_of(THREAD, ARTICLE, kind="html"), [page_type_detector(types)])
        assert columns["page_type.thread"][0] > 0 > columns["page_type.thread"][-1]
        assert columns["page_type.article"][0] < 0 < columns["page_type.article"][-1]
    assert {"post", "entry", "body single"} <= set(stored["words"])
