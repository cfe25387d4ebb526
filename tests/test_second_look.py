"""Documents for training the second look, its fit, and the measure of doing no harm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.quality import harmless
from benchmarks.quality.data import Sample, fold_of
from benchmarks.training import unseen_languages
from benchmarks.training.corpus import Page
from benchmarks.training.documents import (
    FOLDS,
    Document,
    boilerplate_runs,
    clean_documents,
    commented_documents,
    labelled,
    small_documents,
    with_leftovers,
)
from benchmarks.training.small_pages import TITLE_LABEL
from boilercut.model import Model
from boilercut.model.document import DOCUMENT
from boilercut.training.second_look import SecondSettings, fit_second_look, second_columns, second_example
from tests.helpers import ARTICLE, blocks_of
from tests.test_document import STORED

MENU = "Home\nNews\nContact us\nAll the stories of today\nPrivacy policy"


def sample(number: int, gold: str = ARTICLE) -> Sample:
    return Sample(
        dataset="toy", id=str(number), url=None, domain=f"a{number}.example", language="en", type="article", html="",
        gold=gold,
    )  # fmt: skip


def dumps() -> Iterator[Document]:
    for number in range(12):
        found = labelled(sample(number), "crawl_dump", f"{MENU}\n{ARTICLE}{MENU}", doubtful=False)
        assert found is not None
        yield found


def test_clean_documents_hold_nothing_but_gold_text() -> None:
    ways = set()
    for number in range(40):
        whole, *dressed = clean_documents(sample(number))
        assert whole.text == ARTICLE.strip()
        assert dressed[-1].text.split() == ARTICLE.split()
        for document in dressed:
            ways.add("\n\n" in document.text)
            assert set(document.labels) == {1.0}
            assert document.text.replace("\n", " ").split()[0] in ARTICLE
    assert ways == {True, False}
    assert list(clean_documents(sample(1, gold=" \n"))) == []


def test_leftovers_are_other_pages_runs_and_labelled_so() -> None:
    runs = boilerplate_runs(dumps())
    assert {line for pages in runs.values() for _, own in pages for run in own for line in run} == set(MENU.split("\n"))
    found = [document for number in range(20) if (document := with_leftovers(sample(number), runs)) is not None]
    assert found
    for document in found:
        lines = document.text.split("\n")
        assert len(lines) == len(document.labels)
        kept = [line for line, label in zip(lines, document.labels, strict=True) if label]
        assert " ".join(kept) == " ".join(document.gold.split("\n"))
        assert 0.0 in document.labels
    assert with_leftovers(sample(1), {}) is None


def test_small_pages_are_articles_among_a_few_lines_of_their_own_furniture() -> None:
    title = ARTICLE.strip().split("\n")[0]
    titles = {str(number): f"{title} - Toy" for number in range(12)}
    found = list(small_documents(dumps(), titles))
    furniture = {word for line in MENU.split("\n") for word in line.split()}
    assert len({document.text for document in found}) > len(found) / 2
    for document in found:
        lines = [line for line in document.text.split("\n") if line]
        assert len(lines) == len(document.labels)
        assert document.labels.count(0.0) <= len(document.labels) - 3
        for line, label in zip(lines, document.labels, strict=True):
            assert line in ARTICLE or line in titles.values() if label else furniture.issuperset(line.split())
    assert {document.text.startswith(title + " - Toy") for document in found} == {True, False}
    assert list(small_documents(dumps(), titles)) == found


def test_comments_of_other_pages_stand_under_the_articles_of_dumps() -> None:
    thread = replace(sample(99, "I crossed that river, too, and the ferry was late."), type="forum")
    samples = {each.id: each for each in [*(sample(number) for number in range(12)), thread]}
    made = [replace(dump, fold=fold_of(samples[dump.id], FOLDS)) for dump in dumps()]
    found = list(commented_documents(made, samples))
    assert 0 < len(found) < 12
    for document in found:
        lines = document.text.split("\n")
        assert len(lines) == len(document.labels)
        told = dict(zip(lines, document.labels, strict=True))
        assert told[thread.gold] == 0
        assert all(told[line] > 0 for line in ARTICLE.strip().split("\n"))
        assert lines.index(thread.gold) > lines.index(ARTICLE.strip().split("\n")[-1])
    assert list(commented_documents(made, {key: own for key, own in samples.items() if key != "99"})) == []


def test_small_pages_do_not_teach_to_cut_a_title() -> None:
    text = f"Menu\nThe ferry sails again\n{ARTICLE}Menu"
    dump = labelled(sample(1), "crawl_dump", text, doubtful=False)
    assert dump is not None
    for document in small_documents([dump], {"1": "The ferry sails again | Toy"}):
        lines = [line for line in document.text.split("\n") if line]
        told = dict(zip(lines, document.labels, strict=True))
        assert told.get("The ferry sails again", TITLE_LABEL) == TITLE_LABEL


def test_a_text_without_lines_is_no_document() -> None:
    assert labelled(sample(1), "crawl_dump", "\n\n", doubtful=False) is None


def test_the_second_look_learns_what_the_first_could_not() -> None:
    pytest.importorskip("lightgbm", reason="lightgbm fits models; running one does not need it")
    stored = {**STORED, "lexicons": {"words": {"bridge": 10}}}
    first = Model(stored, "first")
    texts = [
        (f"{ARTICLE}Good.\nSo be it.\n", [1.0] * 5),
        (f"{MENU}\n{ARTICLE}{MENU}", [0.0] * 5 + [1.0] * 3 + [0.0] * 5),
    ]
    examples = [
        second_example(blocks_of(text, kind="text"), labels, first, f"{number}.example", "toy", 1.0)
        for number in range(30)
        for text, labels in texts
    ]
    settings = SecondSettings(trees=20, min_blocks_in_leaf=5)
    second = fit_second_look(examples, settings)
    assert fit_second_look(examples, settings) == second
    both = Model(json.loads(json.dumps({**stored, DOCUMENT: second})), "both")
    clean = examples[0]
    assert (clean.scores < 0).tolist() == [False, False, False, True, True]
    assert (both.score(second_columns(clean.blocks, first), clean.blocks) > 0).all()


def test_words_lost_of_clean_text_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = harmless.RIVALS["text"]["ours"]
    monkeypatch.setitem(harmless.RIVALS["text"], "ours", replace(ours, clean=lambda text: text.split("\n")[0]))
    assert harmless.passed("one two\nthree four", "one two\nthree four") == {
        "before": 1.0, "after": pytest.approx(2 / 3), "words_lost": 0.5, "losing_a_tenth": 1.0,
    }  # fmt: skip
    assert harmless.words_kept([sample(1, "a b\nc d"), sample(2, "a b")]) == {"toy": 0.75}


def test_a_language_is_scored_by_models_that_saw_it_and_that_did_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    samples = [replace(sample(number), language=("de", "en-GB")[number % 3 % 2]) for number in range(40)]
    corpus = [Page(each, "crawl_dump", None) for each in samples]
    monkeypatch.setattr(unseen_languages, "RESULTS", tmp_path)
    monkeypatch.setattr(unseen_languages, "data_hash", lambda sets: {})
    monkeypatch.setattr(unseen_languages, "LANGUAGES", ("de",))
    monkeypatch.setattr(unseen_languages, "_fitted", lambda pages: {page.sample.language for page in pages})
    monkeypatch.setattr(unseen_languages, "_mean_f1", lambda pages, languages: (len(pages), sorted(languages)))
    unseen_languages.score_unseen(corpus, [])
    row = json.loads((tmp_path / "unseen-languages.json").read_text("utf-8"))["languages"]["de"]
    own = sum(each.language == "de" and not fold_of(each, FOLDS) for each in samples)
    assert row == {"sites": own, "pages": own, "seen": [own, ["de", "en-GB"]], "unseen": [own, ["en-GB"]]}
