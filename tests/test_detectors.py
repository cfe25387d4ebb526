"""Detectors: one contract for all, small cases for each family, and the user's detectors."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from functools import cache
from time import thread_time

import numpy as np
import pytest

import boilercut
from boilercut import BUILTIN, Config, Cutter, Detector, DetectorError
from boilercut.arrays import Floats
from boilercut.blocks.arithmetic import range_sum
from boilercut.blocks.table import Blocks, sealed
from boilercut.detectors import detect
from boilercut.detectors.learned import Lexicon, learned_detectors
from boilercut.page import PageKind
from boilercut.results import BOILERPLATE_KINDS
from tests.helpers import ARTICLE, arrays_of, blocks_of, golden_sources

LEARNED = learned_detectors(
    {
        "words": Lexicon.of({"bridge": 120, "subscribe": -250, "read more": -300, "#": -50, "桥": 40}),
        "class_words": Lexicon.of({"sidebar": -200, "article": 150, "related posts": -100}),
    }
)
"""Detectors whose parameters a model brings; these ones are made up."""
DETECTORS = (*BUILTIN, *LEARNED)
SOURCES: dict[PageKind, list[str]] = {
    "html": [source.read_text("utf-8") for source in golden_sources() if source.suffix == ".html"][::6],
    "text": [source.read_text("utf-8") for source in golden_sources() if source.suffix == ".txt"][::4],
}
PAGES: dict[PageKind, list[str]] = {kind: ["", *sources, "", sources[0]] for kind, sources in SOURCES.items()}
"""Pages to stack: an empty one first and in the middle, and one twice."""

each_detector = pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.name)
each_kind = pytest.mark.parametrize("kind", ["html", "text"])


def columns_of(source: str, kind: PageKind = "text") -> Mapping[str, Floats]:
    """Return all detectors' columns for one page."""
    return detect(blocks_of(source, kind=kind), DETECTORS)


# --- the contract ---


@each_kind
@each_detector
def test_one_finite_value_a_block_and_nothing_mutated(detector: Detector, kind: PageKind) -> None:
    blocks = blocks_of(*PAGES[kind], kind=kind)
    before = copy.deepcopy(blocks)
    columns = detector.columns(blocks)
    for name, column in columns.items():
        assert name.partition(".")[0] == detector.name
        assert column.shape == (len(blocks),)
        assert np.isfinite(column).all()
    for (path, old), (_, new) in zip(arrays_of(before), arrays_of(blocks), strict=True):
        np.testing.assert_array_equal(old, new, path)


@each_kind
@each_detector
def test_the_same_blocks_give_the_same_columns(detector: Detector, kind: PageKind) -> None:
    first, second = (detector.columns(blocks_of(*PAGES[kind], kind=kind)) for _ in range(2))
    assert_equal_columns(first, second)


@each_kind
@each_detector
def test_a_page_has_the_same_columns_alone_and_in_a_stack(detector: Detector, kind: PageKind) -> None:
    stacked = blocks_of(*PAGES[kind], kind=kind)
    together = detector.columns(stacked)
    for number, source in enumerate(PAGES[kind]):
        own = stacked.pages == number
        assert_equal_columns(
            detector.columns(blocks_of(source, kind=kind)), {name: column[own] for name, column in together.items()}
        )


@each_kind
@each_detector
@pytest.mark.parametrize("pages", [1, 3])
def test_empty_pages_give_empty_columns(detector: Detector, kind: PageKind, pages: int) -> None:
    columns = detector.columns(blocks_of(*[""] * pages, kind=kind))
    assert all(len(column) == 0 for column in columns.values())


@each_kind
@each_detector
def test_time_is_linear_in_the_blocks(detector: Detector, kind: PageKind) -> None:
    small, large = long_page(kind, 500), long_page(kind, 4_000)
    assert len(large) == 8 * len(small)
    assert best_time(detector, large) < 20 * max(best_time(detector, small), 5e-4)


def assert_equal_columns(first: Mapping[str, Floats], second: Mapping[str, Floats]) -> None:
    """Compare columns, bit by bit."""
    assert first.keys() == second.keys()
    for name, column in first.items():
        np.testing.assert_array_equal(column, second[name], name)


@cache
def long_page(kind: PageKind, size: int) -> Blocks:
    """Return the blocks of a page with three times `size` of them, nested and plain, all different."""
    item = '<div class="post n{0}"><h2>Title {0} of a story</h2><p>{1}</p><p><a href="/{0}">Read more about {0}</a></p></div>'
    line = "Title {0} of a story\n{1}\nRead more about {0}\n"
    sentence = "The bridge was closed on Monday, and number {0} of the town crossed the river by boat."
    source = "".join((item if kind == "html" else line).format(n, sentence.format(n)) for n in range(size))
    return blocks_of(source, kind=kind)


def best_time(detector: Detector, blocks: Blocks) -> float:
    """Return the shortest of three runs, in seconds of this thread's own work."""
    times = []
    for _ in range(3):
        started = thread_time()
        detector.columns(blocks)
        times.append(thread_time() - started)
    return min(times)


def test_names_are_unique_and_kinds_known() -> None:
    names = [each.name for each in DETECTORS]
    assert len(set(names)) == len(names)
    assert {each.kind for each in DETECTORS} <= {None, *BOILERPLATE_KINDS}
    assert all(each.function.__doc__ for each in BUILTIN)


def test_text_has_no_columns_of_markup() -> None:
    assert not {"tags.block", "containers.mass_0", "pattern.times", "hints.share"} & columns_of(ARTICLE).keys()
    assert {"tags.block", "containers.mass_0", "pattern.times", "hints.share"} <= columns_of(ARTICLE, "html").keys()


# --- what each family sees ---

PROMPTS = {
    "newsletter": "Sign up for our newsletter",
    "comments": "Leave a comment",
    "share": "Share on Facebook",
    "consent": "Accept all cookies",
    "legal": "All rights reserved",
    "adverts": "Advertisement",
    "related": "You may also like",
    "navigation": "Main menu",
    "chrome": "Skip to content",
}


@pytest.mark.parametrize("name", PROMPTS)
def test_prompts_mark_themselves_and_their_neighbours(name: str) -> None:
    columns = columns_of(f"{ARTICLE}{PROMPTS[name]}\n{ARTICLE}")
    assert columns[f"{name}.share"][3] > 0.6
    assert columns[f"{name}.near"][2] > 0
    assert columns[f"{name}.share"][2] < 0.3


@pytest.mark.parametrize("name", PROMPTS)
def test_a_prompt_inside_a_paragraph_covers_little_of_it(name: str) -> None:
    columns = columns_of(f"{ARTICLE.splitlines()[0]} {PROMPTS[name]}, they said. {ARTICLE.splitlines()[1]}")
    assert 0 < columns[f"{name}.share"][0] < 0.3


@pytest.mark.parametrize(
    "line",
    [
        "Sign up for our newsletter", "Newsletter abonnieren", "Inscrivez-vous à notre newsletter",
        "Suscríbete a nuestro boletín", "Iscriviti alla newsletter", "Assine a nossa newsletter",
        "Zapisz się do newslettera", "Подпишитесь на рассылку", "Bültenimize abone olun",
        "Prenumerera på vårt nyhetsbrev", "订阅电子报", "メールマガジンに登録", "اشترك في النشرة البريدية",
    ],
)  # fmt: skip
def test_newsletter_prompts_in_many_languages(line: str) -> None:
    assert columns_of(line)["newsletter.share"][0] >= 0.5


def test_a_link_farm_is_a_long_run_of_titles_and_an_article_is_not() -> None:
    farm = "".join(f"Council votes on the matter of bridge number {n}\n" for n in range(12))
    columns = columns_of(ARTICLE + farm)
    assert columns["headlines.title_run"].tolist() == [0, 0, 0] + [12] * 12
    assert columns["headlines.near"][-1] == 1


def test_dated_lines_make_a_run_too() -> None:
    farm = "".join(f"- 15:{n} • 24.05.21 Interview with the keeper of the bridge.\n" for n in range(20, 30))
    columns = columns_of(farm)
    assert columns["headlines.dated"].all()
    assert (columns["headlines.title_run"] == 10).all()


POST = "{0}, 3 May 2012 at 12:30\nI crossed that river with {0}, and the ferry was late again as it always is.\nReply\n"


def test_posts_under_an_article_are_one_run_behind_its_prose() -> None:
    columns = columns_of(10 * ARTICLE + "2 Comments\n" + POST.format("Anna") + POST.format("Ben"))
    run = columns["posts.run"]
    assert run.tolist() == [0] * 30 + [5] * 7
    assert columns["posts.replies"][-1] == 3
    assert columns["posts.prose_before"][-1] + columns["posts.prose"][-1] == 1
    assert columns["posts.until"][29] == 1
    assert columns["posts.since"][29] == 999


def test_posts_of_a_thread_begin_the_page_and_an_article_between_dates_parts_them() -> None:
    assert columns_of(POST.format("Anna") + POST.format("Ben"))["posts.prose_before"].max() == 0
    columns = columns_of("3 May 2012\n" + 8 * ARTICLE + POST.format("Anna"))
    assert columns["posts.run"][0] == 1
    assert columns["posts.prose_before"][-1] > 0.5


def test_long_lines_of_scripts_without_sentence_marks_are_prose() -> None:
    thai = "นายกรัฐมนตรีกล่าวว่ารัฐบาลจะเดินหน้าแก้ไขปัญหาเศรษฐกิจอย่างต่อเนื่องเพื่อให้ประชาชนมีรายได้เพิ่มขึ้นและลดภาระค่าครองชีพ"
    assert columns_of(f"{thai}\n{thai[:40]}")["prose.is"].tolist() == [1, 0]


def test_a_menu_is_a_run_of_labels_inside_links() -> None:
    menu = "".join(f'<li><a href="/{label}">{label}</a></li>' for label in ("Home", "News", "Sport", "Contact us"))
    columns = columns_of(f"<nav><ul>{menu}</ul></nav><p>{ARTICLE}</p>", "html")
    assert columns["headlines.label_run"].tolist() == [4, 4, 4, 4, 0]
    assert columns["links.density"].tolist() == [1, 1, 1, 1, 0]
    assert columns["tags.in_nav"].tolist() == [1, 1, 1, 1, 0]
    assert columns["navigation.share"][:4].max() == 1


def test_a_sum_captcha_is_digits_and_signs_not_words() -> None:
    columns = columns_of(ARTICLE + "6 + 18 =\n")
    assert columns["shape.digit_share"][-1] > 0.3
    assert columns["shape.symbol_share"][-1] > 0.2
    assert columns["shape.symbol_share"][:-1].max() == 0


def test_repetition_ignores_case_digits_and_accents_but_not_words() -> None:
    columns = columns_of("Café 12\nother\nCAFE 34\nCafé au lait\nCafé 5\n")
    assert columns["repetition.times"].tolist() == [2, 1, 2, 1, 1]
    assert columns["repetition.again"].tolist() == [0, 0, 1, 0, 0]
    assert columns["repetition.page_share"].tolist() == [0.4] * 5


def test_repetition_stops_at_the_page() -> None:
    columns = detect(blocks_of("same\nother", "same", kind="text"), BUILTIN)
    assert columns["repetition.times"].tolist() == [1, 1, 1]


def test_a_teaser_shares_no_words_with_the_article() -> None:
    columns = columns_of(ARTICLE + "The bridge stays closed\nFamous singer buys tropical island\n")
    assert columns["topic.core_share"][-2] > columns["topic.core_share"][-1]
    assert columns["topic.core_share"][-1] == 0


def test_topic_knows_the_title() -> None:
    page = f"<html><head><title>Bridge closed until spring</title></head><body><h1>Bridge closed until spring</h1><p>{ARTICLE}</p><p>Singer</p>"
    columns = columns_of(page, "html")
    assert columns["topic.title_share"][0] == 1
    assert columns["topic.title_covered"][0] == 1
    assert columns["topic.title_share"][2] == 0


def test_position_and_prose() -> None:
    columns = columns_of("Home\n" + ARTICLE + "Contact\n")
    assert columns["position.from_top"].tolist() == [0, 1, 2, 3, 4]
    assert columns["position.from_end"].tolist() == [4, 3, 2, 1, 0]
    assert columns["prose.is"].tolist() == [0, 1, 1, 1, 0]
    assert columns["prose.outside_run"].tolist() == [-1, 0, 0, 0, 1]
    assert columns["prose.from_first"].tolist() == [-1, 0, 1, 2, 3]


def test_main_container_follows_from_structure() -> None:
    columns = columns_of(f"<body><div class=top>Menu</div><main><div><p>{ARTICLE}</p></div></main></body>", "html")
    assert columns["tags.in_main"].tolist() == [0, 1]
    assert columns["containers.to_main_5"][0] > columns["containers.to_main_5"][1]
    assert columns["containers.prose_0"].tolist() == [0, 1]


def test_hints_come_from_class_words_but_not_of_the_body() -> None:
    page = f'<body class="newsletter"><div class="relatedPosts"><p>One</p></div><p id="cookie-banner">Two</p><p>{ARTICLE}</p></body>'
    columns = columns_of(page, "html")
    assert columns["hints.related"].tolist() == [1, 0, 0]
    assert columns["hints.cookie"].tolist() == [0, 1, 0]
    assert columns["hints.newsletter"].tolist() == [0, 0, 0]


def test_page_types_are_those_declared() -> None:
    page = f'<html><head><script type="application/ld+json">{{"@type": "NewsArticle"}}</script></head><body><p>{ARTICLE}</p>'
    columns = columns_of(page, "html")
    assert columns["page.declares_article"].tolist() == [1]
    assert columns["page.declares_product"].tolist() == [0]


def test_address_separates_home_pages_from_articles() -> None:
    page = '<html><head><link rel="canonical" href="{}"></head><body><p>Text</p>'
    names = ("depth", "words", "digits")
    shown = [
        [columns_of(page.format(address), "html")[f"page.address_{name}"][0] for name in names]
        for address in ("https://ullin.example/", "https://ullin.example/2026/05/bridge-closed-until-spring", "")
    ]
    assert shown == [[0, 0, 0], [3, 4, 6], [-1, -1, -1]]


INFINITE = f"""<html><head><title>Bridge closed until spring | The Courier</title>
<meta name="description" content="The bridge over the Wend was closed on Monday night."></head><body>
<ul><li>Home</li><li>Town</li></ul>
<main><article><h1>Bridge closed until spring</h1>{"".join(f"<p>{line}</p>" for line in ARTICLE.splitlines())}</article>
<article><h1>Singer buys an island</h1><p>The singer, who had been looking for years, has bought a small island off the coast.</p></article>
</main></body>"""
"""An article, and the next one below it."""


def test_anchors_part_the_article_from_the_next_one() -> None:
    columns = columns_of(INFINITE, "html")
    assert columns["anchors.since_title"].tolist() == [-2, -1, 0, 1, 2, 3, 4, 5]
    assert columns["anchors.since_lead"].tolist() == [-3, -2, -1, 0, 1, 2, 3, 4]
    assert columns["anchors.describes"][3] == columns["anchors.describes"].max() == 0.9  # nine pairs of ten words
    assert columns["anchors.shared_title"][3] < columns["anchors.shared_title"][7] == 1
    assert columns["parts.article"].tolist() == [0, 0, 1, 1, 1, 1, 2, 2]
    assert columns["parts.h1"].tolist() == [0, 0, 1, 1, 1, 1, 2, 2]
    assert columns["parts.articles"].tolist() == columns["parts.h1s"].tolist() == [2] * 8


def test_anchors_that_a_page_lacks_are_far_away() -> None:
    columns = columns_of("<p>Home</p><p>Town</p>", "html")
    for name in ("title", "lead", "longest", "description"):
        assert columns[f"anchors.since_{name}"].tolist() == [-1000, -1000]
        assert columns[f"anchors.shared_{name}"].tolist() == [-1, -1]


def test_lists_know_their_items_and_the_colon_before_them() -> None:
    columns = columns_of("You need:\n- 2 cups of flour\n- 3 eggs\n1. Stir.\nServe it warm with a spoon of cream.\n")
    assert columns["lists.item_run"].tolist() == [0, 3, 3, 3, 0]
    assert columns["lists.since_colon"].tolist() == [0, 1, 2, 3, 4]


def test_cards_share_their_path_in_the_tree() -> None:
    cards = "".join(f'<div class="card"><a href="/{n}">Council votes on bridge {n}</a></div>' for n in range(3))
    columns = columns_of(f"<main>{cards}<div><p>{ARTICLE}</p></div></main>", "html")
    assert columns["pattern.times"].tolist() == [3, 3, 3, 1]
    assert columns["pattern.links"].tolist() == [1, 1, 1, 0]
    assert columns["pattern.prose"].tolist() == [0, 0, 0, 1]


def test_learned_words_add_up_and_pairs_stay_inside_blocks() -> None:
    columns = detect(blocks_of("Subscribe 12 bridge\nread more\nread\nmore", kind="text"), LEARNED)
    assert columns["words.sum"].tolist() == [-180, -300, 0, 0]
    assert columns["words.lowest"].tolist() == [-250, -300, 0, 0]
    assert columns["words.highest"].tolist() == [120, 0, 0, 0]
    assert columns["words.mean"].tolist() == [-60, -300, 0, 0]


def test_learned_class_words_near_the_block_and_along_its_path() -> None:
    columns = detect(
        blocks_of('<div class="sidebar"><p class="article x">one</p></div><p>two</p>', kind="html"), LEARNED
    )
    assert columns["class_words.own"].tolist() == [150, 0]
    assert columns["class_words.near"].tolist() == [-50, 0]
    assert columns["class_words.path_lowest"].tolist() == [-200, 0]
    assert columns["class_words.path_highest"].tolist() == [150, 0]


# --- detectors of a user's own ---


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (lambda blocks: np.zeros(len(blocks) + 1), "shape"),
        (lambda blocks: 0.0, "shape"),
        (lambda blocks: np.zeros((len(blocks), 1)), "shape"),
        (lambda blocks: np.full(len(blocks), np.nan), "NaN"),
        (lambda blocks: np.full(len(blocks), -np.inf), "NaN"),
        (lambda blocks: ["high"] * len(blocks), "not made of numbers"),
        (lambda blocks: None, "shape|not made of numbers|NaN"),
        (lambda blocks: [[1], [1, 2]], "not made of numbers|shape"),
        (lambda blocks: {"one": np.zeros(len(blocks)), "two": np.zeros(1)}, "mine.two"),
    ],
)
def test_a_detector_that_breaks_its_contract_is_named(column, said: str) -> None:
    mine = boilercut.detector("mine")(column)
    with pytest.raises(DetectorError, match=f"(?s)'mine'.*({said})"):
        boilercut.clean(ARTICLE, detectors=(*BUILTIN, mine))


@pytest.mark.parametrize("name", ["", "two words", "a.b", "a-b", "x1", "a@b"])
def test_a_detectors_name_is_letters_and_underscores(name: str) -> None:
    with pytest.raises(DetectorError, match="letters and underscores"):
        boilercut.detector(name)


def test_a_detectors_kind_is_one_of_the_known() -> None:
    with pytest.raises(DetectorError, match=r"'spam'.*newsletter"):
        boilercut.detector("mine", kind="spam")


def test_two_detectors_of_one_name_are_an_error() -> None:
    mine = boilercut.detector("links")(lambda blocks: {"density": np.zeros(len(blocks))})
    with pytest.raises(DetectorError, match="two detectors are named 'links'"):
        boilercut.clean(ARTICLE, detectors=(*BUILTIN, mine))


@pytest.mark.parametrize(("weight", "keep"), [(-40.0, False), (40.0, True)])
@each_kind
def test_log_odds_of_a_users_detector_decide(weight: float, keep: bool, kind: PageKind) -> None:
    @boilercut.detector("mine", kind="advert", log_odds=True)
    def mine(blocks: Blocks) -> Floats:
        return np.full(len(blocks), weight)

    source = ARTICLE if kind == "text" else f"<p>{ARTICLE}</p><p>Home</p>"
    result = Cutter(Config(detectors=(*BUILTIN, mine), mode=0.5)).extract(source, kind=kind)
    for verdict in result.verdicts:
        assert verdict.keep is keep
        assert dict(verdict.evidence)["mine"] == weight
        assert verdict.evidence[0].detector == "mine"


def test_a_users_detector_moves_one_block_only() -> None:
    @boilercut.detector("mine", log_odds=True)
    def mine(blocks: Blocks) -> list[float]:
        return [-25.0 if "torchlight" in blocks.block(row) else 0.0 for row in range(len(blocks))]

    plain = boilercut.extract(ARTICLE, mode=0.5)
    result = boilercut.extract(ARTICLE, mode=0.5, detectors=(*BUILTIN, mine))
    assert [verdict.keep for verdict in result.verdicts] == [plain.verdicts[0].keep, False, plain.verdicts[2].keep]
    assert [verdict.probability for verdict in result.verdicts][::2] == [
        verdict.probability for verdict in plain.verdicts
    ][::2]
    assert "mine" not in dict(result.verdicts[0].evidence)


def test_a_users_detector_without_log_odds_changes_nothing() -> None:
    mine = boilercut.detector("mine")(lambda blocks: np.full(len(blocks), 1e6))
    assert boilercut.extract(ARTICLE, detectors=(*BUILTIN, mine)) == boilercut.extract(ARTICLE)


def test_columns_are_a_mapping_whichever_matrix_they_stand_in() -> None:
    mine = boilercut.detector("mine")(lambda blocks: {"one": np.ones(len(blocks)), "two": 2 * blocks.facts.words})
    columns = detect(blocks_of(ARTICLE, kind="text"), (*BUILTIN, mine, *LEARNED))
    assert set(columns) == {*columns_of(ARTICLE), "mine.one", "mine.two"}
    assert len(columns) == len(list(columns))
    assert "mine.one" in columns
    assert "mine.three" not in columns
    assert columns["mine.two"].tolist() == (2 * columns["shape.words"]).tolist()
    assert columns.part(1, 3)["mine.two"].tolist() == columns["mine.two"][1:3].tolist()
    with pytest.raises(KeyError):
        columns["mine.three"]


def test_first_heading_of_a_page_ignores_earlier_pages_of_the_stack() -> None:
    before, page = "<p>one</p><h1>The weir</h1>", "<h1>The ferry</h1><p>two</p>"
    columns = detect(blocks_of(before, page, kind="html"), BUILTIN)
    assert columns["parts.h1"].tolist() == [0, 1, 1, 1]
    assert columns["parts.h1s"].tolist() == [1, 1, 1, 1]


@boilercut.detector("module_level", log_odds=True)
def module_level(blocks: Blocks) -> Floats:
    return np.zeros(len(blocks))


def test_a_users_detector_pickles_where_it_can_be_found_again() -> None:
    assert pickle.loads(pickle.dumps(module_level)) == module_level
    config = Config(detectors=(*BUILTIN, module_level))
    assert pickle.loads(pickle.dumps(config)) == config


def test_a_detector_that_cannot_be_found_again_says_so_when_it_is_pickled() -> None:
    inner = boilercut.detector("inner")(lambda blocks: np.zeros(len(blocks)))
    with pytest.raises((DetectorError, pickle.PicklingError)):
        pickle.dumps(inner)


# --- detectors that are not what they promise ---


@each_kind
@each_detector
def test_builtin_detectors_write_to_nothing(detector: Detector, kind: PageKind) -> None:
    blocks = blocks_of(*PAGES[kind], kind=kind)
    assert_equal_columns(detector.columns(blocks), detector.columns(sealed(blocks)))


@each_kind
def test_no_array_of_sealed_blocks_can_be_written_to(kind: PageKind) -> None:
    blocks = blocks_of(*PAGES[kind], kind=kind)
    copy = sealed(blocks)
    for (path, old), (_, new) in zip(arrays_of(blocks), arrays_of(copy), strict=True):
        np.testing.assert_array_equal(old, new, path)
        array: object = new
        while isinstance(array, np.ndarray):
            assert not array.flags.writeable, path
            with pytest.raises(ValueError, match="WRITEABLE"):
                array.setflags(write=True)
            array = array.base
        assert isinstance(array, bytes), path


def write_in_place(blocks: Blocks) -> object:
    blocks.first[...] = 10**9
    return np.zeros(len(blocks))


def unlock(blocks: Blocks) -> object:
    blocks.table.setflags(write=True)
    return np.zeros(len(blocks))


def write_to_facts(blocks: Blocks) -> object:
    np.add(blocks.facts.words, 1, out=blocks.facts.words)
    return np.zeros(len(blocks))


def write_to_elements(blocks: Blocks) -> object:
    assert blocks.elements is not None
    blocks.elements.parents.base[...] = -1  # type: ignore[index]
    return np.zeros(len(blocks))


def write_to_tokens(blocks: Blocks) -> object:
    blocks.tokens.blocks[:] = 10**9
    return np.zeros(len(blocks))


def write_to_phrases(blocks: Blocks) -> object:
    blocks.phrases.covered["newsletter"][:] = 1
    return np.zeros(len(blocks))


def rename_phrases(blocks: Blocks) -> object:
    blocks.phrases.covered.places["newsletter"] = (0, 10**9)  # type: ignore[index]
    return np.zeros(len(blocks))


def add_names(blocks: Blocks) -> object:
    assert blocks.elements is not None
    blocks.elements.unique_names.append("sidebar")
    return np.zeros(len(blocks))


def put_arrays_in_their_place(blocks: Blocks) -> object:
    object.__setattr__(blocks, "first", np.full(len(blocks), 10**9))
    return blocks.phrases_near["newsletter"]


def return_columns_by_name(blocks: Blocks) -> object:
    return {"one": np.zeros(len(blocks))}


def return_nothing(blocks: Blocks) -> object:
    return {}


def return_numbers_too_large(blocks: Blocks) -> object:
    return [10**400] * len(blocks)


class Unreadable:
    def __array__(self, *_: object, **__: object) -> object:
        raise RuntimeError("no numbers here")


def return_what_raises(blocks: Blocks) -> object:
    return Unreadable()


@pytest.mark.parametrize(
    "function",
    [
        write_in_place, unlock, write_to_facts, write_to_elements, write_to_tokens, write_to_phrases, rename_phrases,
        add_names, put_arrays_in_their_place, return_columns_by_name, return_nothing, return_numbers_too_large,
        return_what_raises,
    ],
)  # fmt: skip
def test_a_detector_that_writes_or_returns_what_it_must_not_is_named(function: object) -> None:
    evil = boilercut.detector("evil", log_odds=True)(function)  # type: ignore[arg-type]
    page = "<p class=x>" + ARTICLE
    before = boilercut.clean(page)
    with pytest.raises(DetectorError, match="'evil'"):
        Cutter(detectors=(evil, *Config().detectors)).clean(page)
    assert boilercut.clean(page) == before


def test_a_replaced_array_changes_nothing_for_others() -> None:
    @boilercut.detector("evil", log_odds=True)
    def evil(blocks: Blocks) -> Floats:
        for name in ("first", "end", "table", "block_elements"):
            object.__setattr__(blocks, name, np.full(len(blocks), 10**9))
        return np.zeros(len(blocks))

    page = "<div><h1>Bridge</h1><p>" + ARTICLE
    assert Cutter(detectors=(evil, *Config().detectors)).clean(page) == boilercut.clean(page)


@pytest.mark.parametrize("size", [5, 1 << 16])
def test_columns_are_copied(size: int) -> None:
    own = np.zeros(size)
    found = detect(blocks_of("word\n" * size), [Detector("mine", lambda blocks: own)])
    own[:] = np.nan
    assert not found["mine"].any()


def test_a_subclass_of_arrays_does_not_choose_how_columns_are_joined() -> None:
    class Joining(np.ndarray):
        def __array_function__(self, *_: object, **__: object) -> object:
            return np.full((1, 10**6), np.nan)

    found = detect(blocks_of("one\ntwo"), [Detector("mine", lambda blocks: np.ones(2).view(Joining))])
    assert found["mine"].tolist() == [1, 1]


def test_log_odds_beyond_certainty_are_refused() -> None:
    endless = Detector("endless", lambda blocks: [1e308] * len(blocks), log_odds=True)  # type: ignore[arg-type, return-value]
    with pytest.raises(DetectorError, match="'endless': log-odds beyond 1,000,000"):
        Cutter(detectors=(endless, *Config().detectors)).extract(ARTICLE)


def test_kernels_refuse_ranges_that_are_none() -> None:
    values = np.arange(5)
    for bounds in ([0, 9], [-1, 2]):
        with pytest.raises(IndexError):
            range_sum(values, np.array(bounds[:1]), np.array([10**12]))
