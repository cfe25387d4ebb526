"""Training: labels from gold text, word lists from labels, and a model small enough to fit in a test."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from boilercut import BUILTIN, Cutter
from boilercut.blocks.words import hash_words
from boilercut.detectors import detect, model_detectors
from boilercut.detectors.learned import Lexicon
from boilercut.detectors.page_type import PAGE_TYPES, figure_names
from boilercut.model import Model
from boilercut.model.inputs import InputPlan
from boilercut.training.fit import LEXICON_FOLDS, Example, Settings, fit
from boilercut.training.inputs import INPUTS
from boilercut.training.labels import block_labels, past_the_gold
from boilercut.training.lexicons import MIN_SITES, class_word_votes, learn_lexicon, readable, spellings, word_votes
from tests.helpers import ARTICLE, blocks_of
from tests.strategies import html_pages, texts

FIRST, SECOND, THIRD = ARTICLE.splitlines()
CHINESE = "桥在星期一关闭了，直到春天没有人过河。"
CHINESE_NEXT = "镇上的孩子们每天坐船去上学，老师在对岸等他们。"


def labels_of(page: str, gold: str) -> list[float]:
    """Return the label of each line of a page."""
    return block_labels(blocks_of(page, kind="text"), gold).tolist()


# --- labels ---


@pytest.mark.parametrize(
    ("page", "gold", "labels"),
    [
        pytest.param(ARTICLE, ARTICLE, [1, 1, 1], id="all of it"),
        pytest.param(f"Home\n{FIRST}\nContact\n{SECOND}", f"{FIRST}\n{SECOND}", [0, 1, 0, 1], id="menu around"),
        pytest.param(f"{FIRST}\nYes.\n{SECOND}\nYes.", f"{FIRST}\nYes.\n{SECOND}", [1, 1, 1, 0.25], id="short line between anchors"),
        pytest.param(f"Yes.\n{FIRST}\n{SECOND}", f"{FIRST}\n{SECOND}\nYes.", [0.25, 1, 1], id="short line out of place"),
        pytest.param(f"No.\n{FIRST}\nNo.\n{SECOND}", f"{FIRST}\nNo.\n{SECOND}", [0.25, 1, 1, 1], id="short line elsewhere first"),
        pytest.param(f"{CHINESE}\n首页\n{CHINESE_NEXT}", CHINESE + CHINESE_NEXT, [1, 0, 1], id="Chinese"),
        pytest.param(f"{CHINESE}\n小标题\n{CHINESE_NEXT}\n相关阅读", f"{CHINESE}小标题{CHINESE_NEXT}", [1, 1, 1, 0], id="Chinese heading"),
        pytest.param(ARTICLE, "", [0, 0, 0], id="no gold"),
        pytest.param(ARTICLE, "A text about something else altogether, from another page of another site.", [0, 0, 0], id="other gold"),
        pytest.param("", ARTICLE, [], id="no page"),
        pytest.param("—\n…", ARTICLE, [0, 0], id="no words"),
    ],
)  # fmt: skip
def test_labels_by_hand(page: str, gold: str, labels: list[float]) -> None:
    assert labels_of(page, gold) == labels


def test_a_teaser_of_the_first_sentence_is_not_content() -> None:
    sentence = FIRST.partition(",")[0]
    labels = labels_of(f"{sentence}\n{ARTICLE}{sentence}", ARTICLE)
    assert labels[1:4] == [1, 1, 1]
    assert max(labels[0], labels[4]) < 0.5


def test_an_article_printed_twice_counts_once() -> None:
    labels = labels_of(ARTICLE + "Print version\n" + ARTICLE, ARTICLE)
    assert sorted([sum(labels[:3]), sum(labels[4:])])[1] == 3
    assert sorted([sum(labels[:3]), sum(labels[4:])])[0] < 1.5
    assert labels[3] == 0


def test_a_block_that_runs_on_into_boilerplate_is_partly_content() -> None:
    label = labels_of(f"{FIRST} Subscribe to our newsletter and never miss a story like this one again", FIRST)[0]
    assert 0.3 < label < 0.8


@given(texts(), texts())
def test_labels_are_shares(page: str, gold: str) -> None:
    blocks = blocks_of(page, kind="text")
    labels = block_labels(blocks, gold)
    assert labels.shape == (len(blocks),)
    assert ((labels >= 0) & (labels <= 1)).all()


def test_prose_behind_the_end_of_the_gold_text_is_doubtful() -> None:
    more = "Nobody knows who will pay for the repair, since the owner of the lorry lives abroad and says nothing."
    page = f"<div>{''.join(f'<p>{line}</p>' for line in (*ARTICLE.splitlines(), more))}<p>More</p></div><div><p>{more}</p></div>"
    blocks = blocks_of(page, kind="html")
    assert past_the_gold(blocks, block_labels(blocks, ARTICLE)).tolist() == [False, False, False, True, False, False]
    assert not past_the_gold(blocks, block_labels(blocks, f"{FIRST}\n{SECOND}")).any()  # too little to go by
    text = blocks_of(ARTICLE + more, kind="text")
    assert not past_the_gold(text, block_labels(text, ARTICLE)).any()


# --- word lists ---


def toy_votes(sites: int) -> tuple[list, list[str]]:
    """Return votes of some sites: lines with "bridge" are content, those with "subscribe" are not."""
    votes = []
    for site in range(sites):
        blocks = blocks_of(
            f"the bridge of site{'abcdefgh'[site]}\nsubscribe to the list\nread more\nmore to read", kind="text"
        )
        votes.append(word_votes(blocks, np.array([1.0, 0.0, 0.0, 1.0])))
    return votes, [f"site-{site}" for site in range(sites)]


def test_word_lists_learn_signs_and_leave_site_names_out() -> None:
    votes, sites = toy_votes(6)
    lexicon = learn_lexicon(votes, sites, 100)
    assert lexicon[hash_words("bridge")[0]] > 30
    assert lexicon[hash_words("subscribe")[0]] < -30
    assert hash_words("sitea")[0] not in lexicon
    read_more, more_to = (int(Lexicon.of({pair: 1}).keys[0]) for pair in ("read more", "more to"))
    assert lexicon[read_more] < 0 < lexicon[more_to]


def test_a_site_counts_once_however_many_pages_it_has() -> None:
    votes, sites = toy_votes(6)
    assert learn_lexicon(votes * 3, sites * 3, 100) == learn_lexicon(votes, sites, 100)


def test_words_of_few_sites_are_left_out_and_the_list_stays_short() -> None:
    votes, sites = toy_votes(MIN_SITES - 1)
    assert learn_lexicon(votes, sites, 100) == {}
    assert len(learn_lexicon(*toy_votes(MIN_SITES), 2)) == 2


def test_class_words_vote_for_the_blocks_around() -> None:
    page = '<div class="article"><p class="lead">one</p></div><div class="sideBar"><p>two</p></div>'
    votes = class_word_votes(blocks_of(page, kind="html"), np.array([1.0, 0.0]))
    by_word = dict(zip(votes.hashes.tolist(), votes.labels.tolist(), strict=True))
    assert [by_word[hash_words(word)[0]] for word in ("article", "lead", "side", "bar")] == [1, 1, 0, 0]


@given(texts())
def test_spelt_words_keep_their_hashes(page: str) -> None:
    blocks = blocks_of(page, kind="text")
    votes = word_votes(blocks, np.zeros(len(blocks)))
    wanted = set(votes.hashes.tolist())
    names = spellings([blocks], wanted, False)
    assert names.keys() == wanted
    assert set(Lexicon.of(dict.fromkeys(names.values(), 1)).keys.tolist()) == wanted


@given(html_pages())
def test_spelt_class_words_keep_their_hashes(page: str) -> None:
    blocks = blocks_of(page, kind="html")
    wanted = set(class_word_votes(blocks, np.zeros(len(blocks))).hashes.tolist())
    names = spellings([blocks], wanted, True)
    assert names.keys() == wanted
    assert set(Lexicon.of(dict.fromkeys(names.values(), 1)).keys.tolist()) == wanted


def test_a_readable_list_is_sorted_by_spelling() -> None:
    assert list(readable({3: 30, 1: 10, 2: -20}, {1: "b", 2: "a c", 3: "#"}).items()) == [
        ("#", 30),
        ("a c", -20),
        ("b", 10),
    ]


# --- a whole fit ---

NOUNS = (
    "bridge",
    "river",
    "school",
    "council",
    "harbour",
    "market",
    "museum",
    "orchard",
    "station",
    "theatre",
    "tower",
    "valley",
)
SETTINGS = Settings(trees=8, learning_rate=0.3, words=50, class_words=20)


def toy_page(site: int, number: int) -> tuple[str, list[float]]:
    """Return a page of a made-up site: a menu, a few sentences, prompts; and the labels of its lines."""
    noun, other = NOUNS[site], NOUNS[(site + number) % len(NOUNS)]
    prose = [
        f"The {noun} was closed in year {number + n}, and nobody went to the {other} until the spring, they said."
        for n in range(4)
    ]
    menu, end = (
        ["Home", "News", f"All about the {noun}"],
        ["Read more", "Subscribe to our newsletter", "All rights reserved"],
    )
    return "\n".join([*menu, *prose, *end]), [0.0] * 3 + [1.0] * 4 + [0.0] * 3


def toy_examples() -> list[Example]:
    """Return four labelled pages of each of twelve sites."""
    pages = [(site, *toy_page(site, number)) for site in range(len(NOUNS)) for number in range(4)]
    return [
        Example(blocks_of(page, kind="text"), np.array(labels), f"{NOUNS[site]}.example", "toy")
        for site, page, labels in pages
    ]


@pytest.mark.extra
def test_a_model_is_fitted_stored_and_run(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm", reason="lightgbm fits models; running one does not need it")
    stored = fit(toy_examples(), "text", SETTINGS, INPUTS["text"], {"data": "toy"})
    assert stored["provenance"] == {"data": "toy"}
    assert stored["lexicons"]["words"]["newsletter"] < 0 < stored["lexicons"]["words"]["closed"]
    assert len(stored["trees"]) == SETTINGS.trees
    tmp_path.joinpath("text.json").write_text(json.dumps(stored), "utf-8")
    page, labels = toy_page(3, 9)
    result = Cutter(model=str(tmp_path), mode=0.5).extract(page, kind="text")
    assert [verdict.keep for verdict in result.verdicts] == [label > 0.5 for label in labels]


@pytest.mark.extra
def test_fitting_twice_gives_the_same_model() -> None:
    pytest.importorskip("lightgbm", reason="lightgbm fits models; running one does not need it")
    examples = toy_examples()
    first, second = (fit(examples, "text", SETTINGS, INPUTS["text"], {}) for _ in range(2))
    assert first == second
    assert Model(first, "memory").inputs == INPUTS["text"]


@pytest.mark.parametrize("kind", ["html", "text"])
def test_the_trees_inputs_are_columns_that_exist(kind) -> None:
    blocks = blocks_of(ARTICLE, kind=kind)
    nothing = {"words": {}, "figures": {name: [0] * len(PAGE_TYPES) for name in figure_names()}}
    learned = model_detectors({name: {"a": 1} for name in ("words", "class_words", "post_words")}, nothing)
    matrix = InputPlan(INPUTS[kind]).matrix(detect(blocks, (*BUILTIN, *learned)), blocks)
    assert matrix.shape == (len(blocks), len(set(INPUTS[kind])))


@pytest.mark.extra
def test_too_few_sites_are_an_error() -> None:
    pytest.importorskip("lightgbm", reason="lightgbm fits models; running one does not need it")
    examples = [example for example in toy_examples() if example.site.startswith(("bridge", "river"))]
    assert len({example.site for example in examples}) < LEXICON_FOLDS
    with pytest.raises(ValueError, match="sites"):
        fit(examples, "text", SETTINGS, INPUTS["text"], {})
