"""Phrase lists: the lookup against a slow one, and the files that ship."""

from __future__ import annotations

from collections import Counter
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import boilercut
from boilercut.blocks.phrases import (
    LISTS,
    MAX_PHRASE_WORDS,
    PhraseBook,
    class_word_book,
    parse_phrases,
    phrase_book,
    shipped_phrases,
)
from boilercut.blocks.table import Tokens
from boilercut.blocks.words import hash_words
from boilercut.results import BOILERPLATE_KINDS

FOLDER = resources.files("boilercut").joinpath("blocks", "phrase_lists")
LANGUAGES = {"en", "de", "fr", "es", "it", "pt", "pl", "ru", "tr", "sv", "zh", "ja", "ar"}


def tokens_of(*blocks: str) -> Tokens:
    """Return the words of some blocks."""
    hashes = [hash_words(block) for block in blocks]
    owners = np.repeat(np.arange(len(blocks)), [len(own) for own in hashes])
    return Tokens(np.array([value for own in hashes for value in own], dtype=np.uint64), owners)


def found(lists: dict[str, list[str]], *blocks: str) -> dict[str, tuple[list[int], list[int]]]:
    """Return for each list how many words of each block it covers, and how many phrases it has there."""
    hits = PhraseBook.of(lists).find(tokens_of(*blocks), len(blocks))
    rows = zip(hits.names, hits.covered.tolist(), hits.matches.tolist(), strict=True)
    return {name: (covered, matches) for name, covered, matches in rows}


def slowly_found(phrases: list[str], block: str) -> tuple[int, int]:
    """Look every distinct phrase up at every word."""
    words, covered, matches = block.split(), set(), 0
    for phrase in {tuple(phrase.split()) for phrase in phrases}:
        for start in range(len(words) - len(phrase) + 1):
            if all(
                wanted == said or (wanted == "#" and said.isdigit())
                for wanted, said in zip(phrase, words[start:], strict=False)
            ):
                covered |= set(range(start, start + len(phrase)))
                matches += 1
    return len(covered), matches


words = st.sampled_from(["a", "b", "c", "7"])
phrases = st.lists(st.lists(st.sampled_from(["a", "b", "c", "#"]), min_size=1, max_size=4).map(" ".join), max_size=6)
blocks = st.lists(st.lists(words, max_size=12).map(" ".join), min_size=1, max_size=4)


@given(phrases, phrases, blocks)
def test_lookup_equals_a_slow_search(one: list[str], other: list[str], said: list[str]) -> None:
    hits = found({"one": one, "other": other}, *said)
    for name, own in (("one", one), ("other", other)):
        slow = [slowly_found(own, block) for block in said]
        assert list(zip(*hits[name], strict=True)) == slow


@pytest.mark.parametrize(
    ("phrase", "block", "covered"),
    [
        ("read more", "Read MORE…", 2),
        ("read more", "Read, more", 2),
        ("read more", "read the more", 0),
        ("# comments", "12 Comments", 2),
        ("# comments", "no comments", 0),
        ("page # of #", "Page 3 of 17", 4),
        ("leer más", "Leer mas", 2),
        ("相关阅读", "相关阅读：桥", 4),
        ("コメント", "コメント 3件", 4),
        ("don't miss", "Don’t miss it", 3),
        ("a b c d e f g h i j k l m n o p", "a b c d e f g h i j k l m n o p q", 16),
    ],
)
def test_phrases_match_whatever_the_case_marks_and_numbers(phrase: str, block: str, covered: int) -> None:
    assert found({"list": [phrase]}, block)["list"][0] == [covered]


def test_phrases_do_not_run_from_block_to_block() -> None:
    assert found({"list": ["read more"]}, "please read", "more of it")["list"] == ([0, 0], [0, 0])


def test_overlapping_phrases_cover_words_once() -> None:
    assert found({"list": ["a b", "b c", "b"]}, "a b c")["list"] == ([3], [3])


def test_one_phrase_may_stand_in_several_lists() -> None:
    assert found({"one": ["a b"], "two": ["a b", "c"]}, "a b c") == {"one": ([2], [1]), "two": ([3], [2])}


def test_texts_are_covered_whole_or_not() -> None:
    book = PhraseBook.of({"one": ["read also", "more"], "two": ["ferry"]})
    texts = ["Read also", "read also: the ferry", "More", "", "ferry", "» read also"]
    assert book.covers(texts, "one").tolist() == [True, False, True, False, False, True]
    assert book.covers([], "one").tolist() == []


def test_empty_lists_and_empty_pages() -> None:
    assert found({"list": []}, "a b")["list"] == ([0], [0])
    assert found({"list": ["a"]})["list"] == ([], [])
    assert found({"list": ["—", ""]}, "a —")["list"] == ([0], [0])


def test_parsing_takes_sections_and_leaves_the_header() -> None:
    text = "# about\nno phrase\n\n[en]\n read more \n\n# comments\n[de]\n[en]\nmore\n"
    assert parse_phrases(text) == {"en": ["read more", "# comments", "more"], "de": []}


# --- the files ---


def source(name: str) -> str:
    """Return the text of a phrase file, decoded strictly."""
    return FOLDER.joinpath(f"{name}.txt").read_bytes().decode("utf-8")


@pytest.mark.parametrize("name", [*LISTS, "class_words"])
def test_a_list_says_where_it_comes_from(name: str) -> None:
    header = source(name).partition("\n[")[0].splitlines()
    assert len(header) >= 2
    assert all(line.startswith("# ") for line in header)
    assert any("Compiled" in line or "from" in line for line in header)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_covers_the_languages(name: str) -> None:
    sections = parse_phrases(source(name))
    assert sections.keys() >= LANGUAGES
    assert all(sections.values())


@pytest.mark.parametrize("name", [*LISTS, "class_words"])
def test_phrases_are_unique_in_their_section(name: str) -> None:
    for section, own in parse_phrases(source(name)).items():
        twice = [phrase for phrase, times in Counter(map(str.lower, own)).items() if times > 1]
        assert not twice, f"[{section}]"


@pytest.mark.parametrize("name", [*LISTS, "class_words"])
def test_every_phrase_can_match(name: str) -> None:
    for section, own in parse_phrases(source(name)).items():
        bad = [phrase for phrase in own if not 1 <= len(hash_words(phrase)) <= MAX_PHRASE_WORDS]
        assert not bad, f"[{section}]"


def test_the_lists_are_the_files() -> None:
    files = {entry.name.removesuffix(".txt") for entry in FOLDER.iterdir() if entry.name.endswith(".txt")}
    assert files == {*LISTS, "class_words"}
    assert shipped_phrases().names == LISTS
    assert set(class_word_book().names) <= {*BOILERPLATE_KINDS, "byline", "caption", "content", "quote"}


@pytest.mark.slow
@pytest.mark.parametrize("name", LISTS)
def test_every_shipped_phrase_is_found(name: str) -> None:
    own = [phrase.replace("#", "7") for each in parse_phrases(source(name)).values() for phrase in each]
    covered = shipped_phrases().find(tokens_of(*own), len(own)).covered[LISTS.index(name)]
    assert [
        phrase for phrase, words in zip(own, covered.tolist(), strict=True) if words < len(hash_words(phrase))
    ] == []


def test_a_list_that_changes_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "newsletter.txt"
    file.write_text("[en]\nletters by pigeon\n", encoding="utf-8")
    before = phrase_book(str(tmp_path))
    assert phrase_book(str(tmp_path)) is before
    file.write_text("[en]\nletters by pigeon\nletters by owl\n", encoding="utf-8")
    assert phrase_book(str(tmp_path)) is not before


@pytest.mark.parametrize(
    "line",
    [
        "This entry was posted on Thursday, May 3rd, 2012 at 4:49 pm and is filed under Birds. Responses are currently closed.",
        "Dieser Beitrag wurde unter Vögel veröffentlicht. Setze ein Lesezeichen auf den Permalink.",
        "Previous message: [Herons] Nests",
        "You cannot post new topics in this forum",
    ],
)
def test_what_blogs_forums_and_mailing_lists_add_is_known(line: str) -> None:
    lines = [
        "The heron came back in March, which surprised nobody, and built where it had built the year before.",
        "Three eggs were laid by the end of the month, and all of them hatched in the first week of May.",
    ]
    assert boilercut.clean("\n".join([*lines, line]), kind="text").split("\n") == lines


@pytest.mark.parametrize(
    ("before", "own", "after"),
    [
        (["Kryefaqja", "Rreth nesh"],
         ["Ura e re mbi lumin u hap të hënën në mëngjes, tre muaj më vonë se sa ishte planifikuar.",
          "Banorët e fshatit e kaluan urën në këmbë, ndërsa një orkestër luante këngë të vjetra."],
         ["Lexoni edhe", "Shpërndaje në Facebook", "Lini një koment", "Të gjitha të drejtat e rezervuara"]),
        (["Ukurasa wa mwanzo", "Kuhusu sisi"],
         ["Daraja jipya la mto limefunguliwa Jumatatu asubuhi, miezi mitatu baada ya tarehe iliyopangwa.",
          "Wakazi wa kijiji walivuka daraja kwa miguu huku bendi ikipiga nyimbo za zamani."],
         ["Soma pia", "Habari zinazohusiana", "Toa maoni yako", "Haki zote zimehifadhiwa"]),
        (["হোম", "যোগাযোগ"],
         ["নদীর উপর নতুন সেতুটি সোমবার সকালে খুলে দেওয়া হয়েছে, পরিকল্পনার তিন মাস পরে।",
          "শহরের মেয়র বলেন, বসন্তে প্রচুর বৃষ্টির কারণে কাজ শেষ করতে দেরি হয়েছে।"],
         ["আরও পড়ুন", "এই বিভাগের আরও খবর", "ফেসবুকে শেয়ার করুন", "সর্বস্বত্ব সংরক্ষিত"]),
        (["მთავარი", "ჩვენ შესახებ"],
         ["მდინარეზე ახალი ხიდი ორშაბათს დილით გაიხსნა, დაგეგმილზე სამი თვით გვიან.",
          "სოფლის მცხოვრებლებმა ხიდი ფეხით გადაიარეს, ორკესტრი კი ძველ სიმღერებს უკრავდა."],
         ["ასევე წაიკითხეთ", "ბოლო სიახლეები", "კომენტარის დამატება", "ყველა უფლება დაცულია"]),
        (["Bosh sahifa", "Biz haqimizda"],
         ["Daryo ustidagi yangi ko‘prik dushanba kuni ertalab ochildi, rejadan uch oy kech.",
          "Shahar hokimi yomg‘irlar tufayli ishlar kechikkanini aytdi."],
         ["Shuningdek o‘qing", "Eng ko‘p o‘qilgan", "Do‘stlarga ulashish", "Barcha huquqlar himoyalangan"]),
        (["መነሻ ገጽ", "ስለ እኛ"],
         ["በወንዙ ላይ የተሠራው አዲስ ድልድይ ሰኞ ጠዋት ተከፈተ፣ ከታቀደው ሦስት ወር ዘግይቶ።",
          "የከተማዋ ከንቲባ ሥራው በዝናብ ምክንያት እንደዘገየ ተናግረዋል።"],
         ["ተጨማሪ ያንብቡ", "ተያያዥ ዜናዎች", "አስተያየት ይስጡ", "መብቱ በህግ የተጠበቀ ነው"]),
    ],
    ids=["sq", "sw", "bn", "ka", "uz", "am"],
)  # fmt: skip
def test_sites_in_languages_of_no_training_page_lose_their_menus(
    before: list[str], own: list[str], after: list[str]
) -> None:
    assert boilercut.clean("\n".join([*before, *own, *after]), kind="text").split("\n") == own
