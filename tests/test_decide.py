"""Deciding: threshold, context rules, and kinds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import boilercut
from boilercut import BUILTIN, _native
from boilercut.blocks.phrases import PhraseBook
from boilercut.blocks.table import stack_of
from boilercut.decide import decide
from boilercut.decide.context import (
    RULES,
    headline_run,
    hidden_lead,
    named_furniture,
    named_teaser,
    overrule,
    repeated,
)
from boilercut.decide.policy import MODES, Policy
from boilercut.decide.sections import appended_articles, comment_sections, small_forms
from boilercut.decide.together import formula_between, listing_button, whole_table
from boilercut.detectors import detect
from boilercut.results import BOILERPLATE_KINDS, CONTENT_KINDS
from tests.helpers import ARTICLE, blocks_of, golden_sources
from tests.strategies import html_pages, texts

best_threshold = _native.sources["threshold"].best_threshold
_neighbours = _native.sources["neighbours"]
edge_paragraph, isolated_segment = _neighbours.edge_paragraph, _neighbours.isolated_segment
leading_title, lone_heading = _neighbours.leading_title, _neighbours.lone_heading
section_heading = _neighbours.section_heading
probabilities = st.lists(
    st.tuples(st.sampled_from([0, 0.1, 0.3, 0.5, 0.75, 1]) | st.floats(0, 1), st.integers(0, 200)),
    min_size=1,
    max_size=12,
)
"""Blocks as pairs of a probability and a number of words."""


# --- the threshold ---


def expected_measure(blocks: list[tuple[float, int]], threshold: float, beta: float) -> float:
    """Return the F-measure to be expected of keeping every block from `threshold` up, term by term."""
    kept = sum(max(words, 1) for probability, words in blocks if probability >= threshold)
    right = sum(max(words, 1) * probability for probability, words in blocks if probability >= threshold)
    content = sum(max(words, 1) * probability for probability, words in blocks)
    return (1 + beta**2) * right / (kept + beta**2 * content)


@given(probabilities, st.sampled_from(sorted(MODES.values())))
def test_no_threshold_is_better_than_the_best(blocks: list[tuple[float, int]], beta: float) -> None:
    chances, words = (np.array(column) for column in zip(*blocks, strict=True))
    threshold, measure = best_threshold(chances.astype(float), words, beta)
    assert threshold in chances
    assert measure == pytest.approx(expected_measure(blocks, threshold, beta), abs=1e-9)
    assert measure >= max(expected_measure(blocks, other, beta) for other in chances) - 1e-9


@pytest.mark.parametrize("together", [0.0, 0.5])
@given(probabilities)
def test_more_recall_never_raises_the_threshold(together: float, blocks: list[tuple[float, int]]) -> None:
    chances, words = (np.array(column) for column in zip(*blocks, strict=True))
    precision, balanced, recall = (
        best_threshold(chances.astype(float), words, beta, together)[0] for beta in sorted(MODES.values())
    )
    assert precision >= balanced >= recall


def test_a_page_without_blocks_has_no_measure() -> None:
    assert best_threshold(np.zeros(0), np.zeros(0, dtype=np.int64), 1.0) == (1.0, 0.0)


def test_sure_pages_are_cut_at_half_and_doubtful_ones_lower() -> None:
    words = np.full(4, 50)
    assert best_threshold(np.array([0.99, 0.98, 0.6, 0.3]), words, 1.0)[0] == 0.6
    assert best_threshold(np.array([0.4, 0.3, 0.25, 0.05]), words, 1.0)[0] == 0.25


def test_blocks_that_err_together_are_kept_or_cut_together() -> None:
    words = np.array([50, 50] + [10] * 30)
    for chance, alone, together in ((0.39, 0.39, 0.95), (0.51, 0.51, 0.51)):
        chances = np.array([0.95, 0.95] + [chance] * 30)
        assert best_threshold(chances, words, 1.0)[0] == alone
        assert best_threshold(chances, words, 1.0, 0.5)[0] == together


def test_where_most_is_sure_the_rest_must_be_likelier_than_not() -> None:
    lines = [f"One sentence about the {each}, and no more of it" for each in ("bridge", "pier", "arch", "mill", "town")]
    blocks = blocks_of("".join(f"<p>{line}</p>" for line in lines), kind="html")
    columns, policy = detect(blocks, BUILTIN), Policy("balanced", frozenset(), frozenset())
    for chances, kept in (
        ((0.9, 0.9, 0.9, 0.49, 0.1), [1, 1, 1, 0, 0]),
        ((0.75, 0.75, 0.75, 0.49, 0.1), [1, 1, 1, 1, 0]),
    ):
        log_odds = np.log(np.array(chances) / (1 - np.array(chances)))
        assert decide(blocks, columns, log_odds, [0, 5], policy).keep.tolist() == kept


COMMENTED = (
    "<p>The ferry sails again on Monday morning.</p><p>The harbour master said so at noon.</p>"
    '<div class="commentlist"><p>At last, I have waited for this.</p><p>Who has paid for all of it?</p>'
    "<p>We go by train anyway, it is cheaper.</p></div>"
)


@pytest.mark.parametrize(
    ("chances", "mode", "kept"),
    [
        ((0.6, 0.6, 0.39, 0.38, 0.37), "balanced", [1, 1, 0, 0, 0]),
        ((0.6, 0.6, 0.39, 0.38, 0.37), 0.375, [1, 1, 1, 1, 0]),
        ((0.5, 0.45, 0.48, 0.3, 0.3), "balanced", [1, 1, 0, 0, 0]),
        ((0.6, 0.6, 0.5, 0.5, 0.5), "balanced", [1, 1, 1, 1, 1]),
        ((0.1, 0.1, 0.39, 0.39, 0.39), "balanced", [0, 0, 1, 1, 1]),
    ],
)
def test_doubtful_comments_are_left_out_together(
    chances: tuple[float, ...], mode: str | float, kept: list[int]
) -> None:
    blocks = blocks_of(COMMENTED, kind="html")
    odds = np.array(chances)
    policy = Policy(mode, frozenset(), frozenset())
    decision = decide(blocks, detect(blocks, BUILTIN), np.log(odds / (1 - odds)), [0, 5], policy)
    assert decision.keep.tolist() == kept
    above_threshold = chances[2] > chances[1]
    assert decision.overruled[2] == ("comment_sections" if above_threshold and not kept[2] else None)


@pytest.mark.parametrize(
    ("article", "chances", "left_out"),
    [
        (100, (0.6, 0.6, 0.39, 0.39, 0.39), True),
        (500, (0.9, 0.9, 0.55, 0.55, 0.55), True),
        (100, (0.9, 0.9, 0.55, 0.55, 0.55), False),
        (-100, (0.6, 0.6, 0.25, 0.25, 0.25), True),
        (-100, (0.6, 0.6, 0.39, 0.39, 0.39), False),
        (-200, (0.6, 0.6, 0.25, 0.25, 0.25), False),
        (300, (0.45, 0.45, 0.39, 0.39, 0.39), True),
        (100, (0.45, 0.45, 0.39, 0.39, 0.39), False),
        (100, (0.45, 0.45, 0.25, 0.25, 0.25), True),
        (-100, (0.45, 0.45, 0.25, 0.25, 0.25), False),
    ],
)
def test_what_the_page_is_decides_how_doubtful_comments_may_be(
    article: int, chances: tuple[float, ...], left_out: bool
) -> None:
    blocks = blocks_of(
        COMMENTED.replace("noon.", "noon, and nobody on the quay was surprised to hear it."), kind="html"
    )
    types = {"page_type.article": np.full(5, float(article)), "page_type.thread": np.zeros(5)}
    columns = {**detect(blocks, BUILTIN), **types}
    marked = comment_sections(blocks, columns, np.array(chances), [0, 5])
    assert marked.tolist() == [False, False, left_out, left_out, left_out]


UNDER_A_HEADING = (
    "<div><p>The ferry sails again on Monday morning, and nobody on the quay was surprised to hear it.</p>"
    "<h3>2 Comments</h3><div><p>At last, I have waited for this.</p><p>Who has paid for all of it?</p></div></div>"
    "<p>Fares stay the same until the end of the year.</p>"
)


@pytest.mark.parametrize(
    ("article", "chances", "left_out"),
    [
        (500, (0.9, 0.1, 0.55, 0.55, 0.9), True),
        (500, (0.9, 0.1, 0.8, 0.8, 0.9), False),
        (500, (0.3, 0.1, 0.55, 0.55, 0.9), False),
        (300, (0.9, 0.1, 0.55, 0.55, 0.9), False),
    ],
)
def test_comments_of_an_article_end_with_the_element_around_their_heading(
    article: int, chances: tuple[float, ...], left_out: bool
) -> None:
    blocks = blocks_of(PARAGRAPH, UNDER_A_HEADING, kind="html")
    types = {"page_type.article": np.full(6, float(article)), "page_type.thread": np.zeros(6)}
    marked = comment_sections(blocks, {**detect(blocks, BUILTIN), **types}, np.array((0.9, *chances)), [0, 1, 6])
    assert marked.tolist() == [False, False, left_out, left_out, left_out, False]


POSTS_BELOW = [
    *(f"Day {day}: the ferry had been out of service for weeks, and on that day people were waiting." for day in range(3)),
    "2 Comments", "Anna, 3 May 2012 at 12:30", "At last, I have waited for this ferry since the first week of the year.",
    "Reply", "Ben, 4 May 2012 at 13:40", "And who has paid for all of it, if not those of us who live on the island?",
    *(f"Day {day}: the harbour master has written about tides, winds and fares in his diary." for day in range(4)),
]  # fmt: skip


@pytest.mark.parametrize(("article", "comments", "left_out"), [(0.9, 0.6, True), (0.9, 0.85, False), (0.4, 0.3, False)])
def test_posts_under_a_heading_are_left_out_of_text_together(article: float, comments: float, left_out: bool) -> None:
    blocks = blocks_of("\n".join(POSTS_BELOW[:3]), "\n".join(POSTS_BELOW), kind="text")
    chances = np.array([article] * 6 + [comments] * 6 + [article] * 4)
    marked = comment_sections(blocks, detect(blocks, BUILTIN), chances, [0, 3, len(blocks)])
    assert not marked[:6].any()
    assert marked[6:12].tolist() == [left_out] * 6
    assert not marked[-3:].any()


@given(texts() | html_pages())
def test_modes_keep_more_and_more_before_context(page: str) -> None:
    blocks = blocks_of(page)
    chances = np.random.default_rng(len(page)).random(len(blocks))
    keeps = [
        chances >= best_threshold(chances, blocks.facts.words, MODES[mode])[0]
        for mode in ("precision", "balanced", "recall")
    ]
    assert (keeps[0] <= keeps[1]).all()
    assert (keeps[1] <= keeps[2]).all()


def test_a_number_as_mode_is_the_lowest_probability_kept() -> None:
    source = "\n".join(
        f"One sentence about the {each}, and no more of it." for each in ("bridge", "pier", "arch", "mill", "town")
    )
    blocks = blocks_of(source, kind="text")
    log_odds = np.log([0.9 / 0.1, 0.1 / 0.9, 0.7 / 0.3, 0.02 / 0.98, 0.75 / 0.25])
    policy = Policy(0.72, frozenset(), frozenset())
    decision = decide(blocks, detect(blocks, BUILTIN), log_odds, [0, 5], policy)
    np.testing.assert_allclose(decision.probabilities, [0.9, 0.1, 0.7, 0.02, 0.75])
    assert decision.keep.tolist() == [True, False, False, False, True]


@given(texts() | html_pages(), st.floats(0.05, 0.95))
def test_numeric_mode_is_not_overruled_by_context_rules(page: str, lowest: float) -> None:
    blocks = blocks_of(page)
    log_odds = np.random.default_rng(len(page)).normal(size=len(blocks))
    policy = Policy(lowest, frozenset(), frozenset())
    decision = decide(blocks, detect(blocks, BUILTIN), log_odds, [0, len(blocks)], policy)
    assert (decision.probabilities[decision.keep] >= lowest).all()


@pytest.mark.parametrize("log_odds", [1e9, -1e9])
def test_extreme_scores_stay_probabilities(log_odds: float) -> None:
    blocks = blocks_of(ARTICLE)
    decision = decide(
        blocks, detect(blocks, BUILTIN), np.full(3, log_odds), [0, 3], Policy(0.5, frozenset(), frozenset())
    )
    assert ((decision.probabilities > 0) & (decision.probabilities < 1)).all()
    assert decision.keep.tolist() == [log_odds > 0] * 3


# --- context ---

TAGS = {
    "P": "<p>The bridge over the river was closed.</p>",
    "H": "<h2>Closed</h2>",
    "T": "<h1>Bridge</h1>",
    "L": "<p>The bridge over the river was closed on Monday, and nobody knows when it will open.</p>",
    "D": "<div>The bridge over the river was closed on Monday, and nobody knows when it will open.</div>",
    "M": "<p>The bridge opens on Monday, say those who should know: sign up for our newsletter, and so will you.</p>",
    "N": "<div><div><p>The bridge over the river was closed on Monday, and nobody knows when it will open.</p></div></div>",
}


def context_of(tags: str, verdicts: str, likely: str):
    """Return what a rule needs. `verdicts` is `+` or `-` a block, `likely` a probability in tenths."""
    blocks = blocks_of("".join(TAGS[tag] for tag in tags), kind="html")
    keep = np.array([mark == "+" for mark in verdicts])
    return blocks, detect(blocks, BUILTIN), np.array([int(tenths) / 10 for tenths in likely]), keep


def marks(keep: np.ndarray) -> str:
    """Write verdicts as `+` and `-`."""
    return "".join("+" if kept else "-" for kept in keep.tolist())


@pytest.mark.parametrize(
    ("rule", "tags", "likely", "before", "after"),
    [
        # A heading inside the article whose text is kept.
        (section_heading, "PHP", "949", "+-+", "+++"),
        (section_heading, "PHP", "909", "+-+", "+-+"),
        (section_heading, "HPP", "499", "-++", "-++"),
        (section_heading, "PHPP", "9499", "+--+", "+--+"),
        (section_heading, "PPP", "949", "+-+", "+-+"),
        # A heading whose whole section is cut.
        (lone_heading, "PHP", "991", "++-", "+--"),
        (lone_heading, "PHPP", "9911", "++--", "+---"),
        (lone_heading, "PHP", "999", "+++", "+++"),
        (lone_heading, "HPHP", "9191", "+-+-", "----"),
        (lone_heading, "PHPHP", "99199", "++-++", "++-++"),
        (lone_heading, "TP", "91", "+-", "+-"),
        # Sentences marked up like the last kept block, from one to the next; not unlikely, short, or other ones.
        # Right beside what is kept, of any markup.
        (edge_paragraph, "LD", "93", "+-", "++"),
        (edge_paragraph, "LHD", "903", "+--", "+--"),
        (edge_paragraph, "LM", "93", "+-", "+-"),
        (edge_paragraph, "DHL", "309", "--+", "+-+"),
    ],
)
def test_each_rule(rule, tags: str, likely: str, before: str, after: str) -> None:
    blocks, columns, chances, keep = context_of(tags, before, likely)
    assert marks(rule(stack_of(blocks), columns, chances, keep)) == after
    assert marks(keep) == before


LINES = {
    "P": "The ferry had been out of service for six weeks, and on Monday morning forty people were waiting for it.",
    "T": "Council votes to keep the market open",
    "L": "Videos",
    "S": "Under the arch",
    "R": "Lesen Sie auch: Fähre fällt erneut aus",
    "N": "Read more",
    "W": "Share",
    "C": "Skip to main content",
    "O": "© 2025 The Ferry Gazette",
}
"""Lines of plain text: a paragraph, a title, a label, a subheading, a prompt, a word of one, a control, whose it is."""


@pytest.mark.parametrize(
    ("rule", "lines", "likely", "before", "after"),
    [
        # A long run of headlines decides together; a short one, or one that is kept for half, does not.
        (headline_run, "PTTTTTTTTT", "9911111111", "++--------", "+---------"),
        (headline_run, "PTTTT", "99111", "++---", "++---"),
        (headline_run, "PTTTTTTTT", "999991111", "+++++----", "+++++----"),
        # A few doubtful words far from the article; near ones, and sure ones, stay.
        (isolated_segment, "PPPP" + "T" * 9 + "L", "9999" + "1" * 9 + "5", "++++" + "-" * 9 + "+", "++++" + "-" * 10),
        (
            isolated_segment,
            "PPPP" + "T" * 4 + "L",
            "9999" + "1" * 4 + "5",
            "++++" + "-" * 4 + "+",
            "++++" + "-" * 4 + "+",
        ),
        (
            isolated_segment,
            "PPPP" + "T" * 9 + "L",
            "9999" + "1" * 9 + "9",
            "++++" + "-" * 9 + "+",
            "++++" + "-" * 9 + "+",
        ),
        (isolated_segment, "L", "5", "+", "+"),
        # A doubtful title right before the first paragraph; not an unlikely one, not one behind it.
        (leading_title, "TPP", "399", "-++", "+++"),
        (leading_title, "TPP", "199", "-++", "-++"),
        (leading_title, "PTP", "939", "+-+", "+-+"),
        (leading_title, "TLLLLPP", "3111199", "-----++", "-----++"),
        # A subheading that stands alone between kept lines; not an unlikely one, not one of two.
        (section_heading, "PSP", "929", "+-+", "+++"),
        (section_heading, "PNP", "929", "+-+", "+-+"),
        (section_heading, "PRP", "929", "+-+", "+-+"),
        (section_heading, "PTP", "929", "+-+", "+++"),
        (section_heading, "PSP", "919", "+-+", "+-+"),
        (section_heading, "PSSP", "9339", "+--+", "+--+"),
        (section_heading, "PSP", "931", "+--", "+--"),
        # Whole sentences that are not unlikely, near either end of what is kept.
        (edge_paragraph, "PLPP", "3199", "--++", "+-++"),
        (edge_paragraph, "PPLP", "9913", "++--", "++-+"),
        (edge_paragraph, "PPLP", "9911", "++--", "++--"),
        (edge_paragraph, "PPLLLLP", "9911113", "++-----", "++-----"),
        (edge_paragraph, "PT", "93", "+-", "+-"),
        (edge_paragraph, "PP", "33", "--", "--"),
        # A label at the end whose list is cut.
        (lone_heading, "PPLTT", "99911", "+++--", "++---"),
    ],
)
def test_each_rule_for_plain_text(rule, lines: str, likely: str, before: str, after: str) -> None:
    blocks = blocks_of("\n".join(LINES[letter] for letter in lines), kind="text")
    chances = np.array([int(digit) / 10 for digit in likely])
    keep = np.array([mark == "+" for mark in before])
    assert marks(rule(stack_of(blocks), detect(blocks, BUILTIN), chances, keep)) == after
    assert marks(keep) == before


@pytest.mark.parametrize(
    ("lines", "likely", "after"),
    [
        # What phrase lists name goes where its own score is against it, however clean the rest is.
        ("PCP", "949", "+-+"),
        ("PCP", "959", "+++"),
        ("PNP", "919", "+++"),
        ("PSP", "919", "+++"),
        ("POP", "949", "+-+"),
        ("POP", "959", "+++"),
        # A single word only where the score is surely against it.
        ("PWP", "929", "+++"),
        ("PWP", "919", "+-+"),
    ],
)
def test_named_furniture_goes_if_its_own_score_is_against_it(lines: str, likely: str, after: str) -> None:
    blocks = blocks_of("\n".join(LINES[letter] for letter in lines), kind="text")
    columns, keep = detect(blocks, BUILTIN), np.ones(len(lines), dtype=np.bool_)
    assert named_furniture(stack_of(blocks), columns, np.ones(len(lines)), keep) is keep
    seen = {**columns, "document.chance": np.array([100.0 * int(digit) for digit in likely])}
    assert marks(named_furniture(stack_of(blocks), seen, np.ones(len(lines)), keep)) == after


@pytest.mark.parametrize(
    ("line", "is_teaser"),
    [
        ("Read also: Harbour chief resigns over ferry licence", True),
        ("» Related reading: Who pays for the ferry?", True),
        ("Lire aussi : Le maire démissionne", True),
        ("相关阅读：大桥通车", True),
        # A sentence is the page's own, and so is a source, what no list knows, or what has nothing behind the colon.
        ("Read more here: https://ferry.example/log", False),
        ("See also: the chapter on pumps explains how they are primed.", False),
        ("The minister: read also what the law says", False),
        ("Read also:", False),
        ("Read also the chapter on pumps", False),
    ],
)
@pytest.mark.parametrize("kind", ["text", "html"])
def test_a_title_of_another_page_goes_wherever_it_stands(line: str, is_teaser: bool, kind: str) -> None:
    prose = "The ferry sails again, six weeks after a log bent its propeller, and the skipper is pleased."
    blocks = blocks_of(f"<p>{prose}</p><p>{line}</p>" if kind == "html" else f"{prose}\n{line}", kind=kind)
    keep = np.ones(2, dtype=np.bool_)
    columns = detect(blocks, BUILTIN)
    assert named_teaser(stack_of(blocks), columns, np.full(2, 0.9), keep).tolist() == [True, not is_teaser]
    assert named_teaser(stack_of(blocks), columns, np.ones(2), keep) is keep


def test_titles_of_other_pages_are_looked_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look-up for each line would take twenty seconds on a page of 150,000."""
    calls, covers = [], PhraseBook.covers
    monkeypatch.setattr(PhraseBook, "covers", lambda *given: (calls.append(given), covers(*given))[1])
    blocks = blocks_of(
        "\n".join(f"Read also: Harbour chief number {number} resigns" for number in range(50)), kind="text"
    )
    found = named_teaser(stack_of(blocks), detect(blocks, BUILTIN), np.full(50, 0.9), np.ones(50, dtype=np.bool_))
    assert not found.any()
    assert len(calls) == 1


CELLS = "".join(
    f"<tr><td>{month}</td><td>{rain} mm</td></tr>" for month, rain in (("May", 61), ("June", 34), ("July", 9))
)
AROUND = "".join(
    f"<p>The ferry to the {side} side sailed again on Monday, six weeks after it stopped.</p>"
    for side in ("north", "south")
)


@pytest.mark.parametrize(
    ("page", "likely", "before", "after"),
    [
        (f"{AROUND}<table>{CELLS}</table>", "99333334", "++++----", "++++++++"),
        (f"{AROUND}<table>{CELLS}</table>", "99333334", "+++-----", "+++-----"),
        (f"<p>One</p><table>{CELLS}</table>", "9933333", "++++---", "+++++++"),
        (f"<p>One</p><table>{CELLS.replace('<td>', '<td><table><tr><td>')}</table>", "9933333", "++++---", "++++---"),
        (
            AROUND.replace("</p><p>", f"</p><h2>Rain</h2><table>{CELLS}</table><p>"),
            "933333339",
            "+-------+",
            "+-+++++++",
        ),
        (AROUND.replace("</p><p>", f"</p><table>{CELLS}</table><p>"), "93333339", "+------+", "++++++++"),
        (AROUND.replace("</p><p>", f"</p><table>{CELLS}</table><p>"), "90000009", "+------+", "+------+"),
        ("<dl><dt>Heddle</dt><dd>What lifts the warp threads</dd></dl>", "39", "-+", "++"),
        (AROUND.replace("</p><p>", "</p><pre>tides --now</pre><p>"), "939", "+-+", "+++"),
        (AROUND.replace("</p><p>", "</p><ul><li>Home</li></ul><p>"), "929", "+-+", "+-+"),
        (AROUND.replace("</p><p>", "</p><ul><li>Oars</li><li>Sails</li></ul><p>"), "9539", "++-+", "++++"),
        (AROUND.replace("</p><p>", "</p><h3>News</h3><ul><li>Oars</li></ul><p>"), "9159", "+--+", "+--+"),
        (AROUND.replace("</p><p>", "</p><h3>Gear</h3><ul><li>Oars</li></ul><p>"), "9359", "+--+", "+-++"),
        (f"{AROUND}<ul><li>Oars</li><li>Sails</li></ul>", "9953", "+++-", "+++-"),
        ("Rainfall by month\n| May | 61 mm |\n| June | 34 mm |\n", "993", "++-", "++-"),
        ("Run this:\n```\ntides --now\ntides --later\n```\n", "99933", "++++-", "+++++"),
    ],
)
def test_tables_terms_and_code_keep_whole(page: str, likely: str, before: str, after: str) -> None:
    blocks = blocks_of(page)
    chances = np.array([int(digit) / 10 for digit in likely])
    keep = np.array([mark == "+" for mark in before])
    assert marks(whole_table(stack_of(blocks), detect(blocks, BUILTIN), chances, keep)) == after


def test_fences_of_one_page_are_no_pairs_with_those_of_another() -> None:
    pages = ["Open:\n```\ntides\n", "Run this:\n```\ntides --now\ntides --later\n```\nThen wait.\n```\nend\n```\n"]
    blocks = blocks_of(*pages)
    keep = np.array([mark == "+" for mark in "++++++------"])
    found = whole_table(stack_of(blocks), detect(blocks, BUILTIN), np.full(len(blocks), 0.3), keep)
    assert marks(found) == "++++++++----"


@pytest.mark.parametrize(
    ("chances", "left_out"), [((0.9, 0.9, 0.6), True), ((0.1, 0.1, 0.9), False), ((0.1, 0.1, 0.8), False)]
)
def test_what_stands_in_small_forms_is_left_out(chances: tuple[float, ...], left_out: bool) -> None:
    paragraph = f"<p>{ARTICLE}</p>"
    blocks = blocks_of(
        f"{paragraph}{paragraph}<form><p>Be kind, and stay with what was written.</p></form>", kind="html"
    )
    marked = small_forms(blocks, detect(blocks, BUILTIN), np.array(chances), [0, 3])
    assert marked.tolist() == [False, False, left_out]


OWN = "<article><h1>{}Ferry</h1><p>{{1}}</p></article>"


@pytest.mark.parametrize(
    ("line", "chance", "before", "after"),
    [
        (r"L = \frac{\rho}{1 - \rho}", 0.4, "+-+", "+++"),
        ("x_{1} + x_{2} = 0", 0.4, "+-+", "+++"),
        (r"L = \frac{\rho}{1 - \rho}", 0.4, "+--", "+--"),
        (r"L = \frac{\rho}{1 - \rho}", 0.05, "+-+", "+-+"),
        ("Home / News", 0.4, "+-+", "+-+"),
    ],
)
@pytest.mark.parametrize("kind", ["html", "text"])
def test_formulas_between_kept_blocks_stay(line: str, chance: float, before: str, after: str, kind: str) -> None:
    lines = [PARAGRAPH, line, OTHER]
    page = "".join(f"<p>{each}</p>" for each in lines) if kind == "html" else "\n".join(lines)
    blocks, keep = blocks_of(page, kind=kind), np.array([mark == "+" for mark in before])
    assert marks(formula_between(stack_of(blocks), {}, np.full(3, chance), keep)) == after


APPENDED = '<article><h2><a href="/n">{0}</a></h2><p>{1}</p></article>'


@pytest.mark.parametrize(
    ("page", "article", "keep", "marked"),
    [
        pytest.param(OWN.format("") + APPENDED, 100, "++++", "0011", id="another page's"),
        pytest.param(OWN.format("") + APPENDED, -100, "++++", "0000", id="on a page that is no article's"),
        pytest.param(OWN.format("<a href='/f'>") + APPENDED, 100, "++++", "0000", id="a post of many"),
        pytest.param(OWN.format("") + APPENDED, 100, "+-++", "0000", id="behind a headline alone"),
        pytest.param("<h1>Ferry</h1><p>{1}</p>" + APPENDED, 100, "++++", "0000", id="the first article"),
        pytest.param(OWN.format("") + "<h2><a>{0}</a></h2><p>{1}</p>", 100, "++++", "0000", id="no article"),
        pytest.param(OWN.format("") + "<article><h2>{0}</h2><p>{1}</p>", 100, "++++", "0000", id="a part of it"),
    ],
)
def test_articles_of_other_pages_behind_the_own_are_marked(page: str, article: int, keep: str, marked: str) -> None:
    stack = blocks_of(*[page.format("Bridge", ARTICLE)] * 2, kind="html")
    columns = {**detect(stack, BUILTIN), "page_type.article": np.full(8, article)}
    titles, kept = np.arange(8) % 4 == 0, np.array([mark == "+" for mark in keep * 2])
    found = appended_articles(stack, columns, kept, titles, [0, 4, 8])
    assert "".join(map(str, found.astype(int).tolist())) == marked * 2


PARAGRAPH = "The ferry had been out of service for six weeks, and on Monday forty people were waiting."

OTHER = "Nobody knew whether the captain, who had been ill since the spring, would take the wheel again."


@pytest.mark.parametrize(
    ("page", "before", "after"),
    [
        (f"<p>{PARAGRAPH}</p><p>Fares stay.</p><p>{PARAGRAPH}</p>", "+++", "++-"),
        (f"<p>{PARAGRAPH}</p><p>{PARAGRAPH}</p>", "-+", "-+"),
        (f"<p>{PARAGRAPH}</p><p>{PARAGRAPH.replace('six', '6')}</p>", "++", "++"),
        (f"<p>{PARAGRAPH.replace('six', '5')}</p><p>{PARAGRAPH.replace('six', '6')}</p>", "++", "++"),
        ("<p>Fares stay the same.</p><p>Fares stay the same.</p>", "++", "++"),
        (f"<p>{PARAGRAPH}</p><blockquote>{PARAGRAPH}</blockquote>", "++", "++"),
        (f'<p>{PARAGRAPH}</p><div class="post-quote">{PARAGRAPH}</div>', "++", "++"),
        (f"{PARAGRAPH}\n\n{PARAGRAPH}", "++", "+-"),
        # In other blocks: the later copy goes, a hidden one before a shown one, and a part of a longer text.
        (f"<p>{PARAGRAPH}</p><p>{OTHER}</p><div>{PARAGRAPH} {OTHER}</div>", "+++", "++-"),
        (f"<div>{PARAGRAPH} {OTHER}</div><p>{PARAGRAPH}</p><p>{OTHER}</p>", "+++", "+--"),
        (f"<div hidden>{PARAGRAPH} {OTHER}</div><p>{PARAGRAPH}</p><p>{OTHER}</p>", "+++", "-++"),
        (f"<p>{PARAGRAPH}</p><p>{PARAGRAPH} {OTHER}</p>", "++", "-+"),
        (f"<p><a href=x>{PARAGRAPH} Read more</a></p><p>{PARAGRAPH} {OTHER}</p>", "++", "-+"),
        (f"<h3>{PARAGRAPH}</h3><h3>{PARAGRAPH}</h3>", "++", "+-"),
        (f"<p><a href=x>{PARAGRAPH}</a></p><p>{PARAGRAPH}</p>", "++", "-+"),
        # One word differs, or a number; a heading, a quotation, code.
        (f"<p>{PARAGRAPH}</p><p>{PARAGRAPH.replace('ferry', 'train')} {OTHER}</p>", "++", "++"),
        (f"<p>{PARAGRAPH} In 1998.</p><p>{PARAGRAPH} In 1999. {OTHER}</p>", "++", "++"),
        (f"<h2>{PARAGRAPH}</h2><p>{PARAGRAPH} {OTHER}</p>", "++", "++"),
        (f"<p>&gt; {PARAGRAPH}</p><p>{PARAGRAPH}</p>", "++", "++"),
        (f"<pre>{PARAGRAPH}</pre><p>{PARAGRAPH}</p>", "++", "++"),
        ("<p>这艘渡轮停运了六个星期</p><p>这艘渡轮停运了六个星期，星期一才恢复</p>", "++", "++"),
        (f"{PARAGRAPH}\n\n3 May 2021, 14:05\n{PARAGRAPH}", "+++", "+++"),
    ],
)
def test_repeated_text_is_cut_unless_quoted(page: str, before: str, after: str) -> None:
    blocks = blocks_of(page)
    keep = np.array([mark == "+" for mark in before])
    assert marks(repeated(stack_of(blocks), detect(blocks, BUILTIN), np.full(len(keep), 0.6), keep)) == after


@pytest.mark.parametrize(
    ("page", "before", "after"),
    [
        ("<button>sh</button><button>Copy</button><pre>tides</pre><p>Run it.</p><button>Go</button>", "+++++", "--+++"),
        ("<pre>tides</pre><button>Copier</button><p>Run it.</p>", "+++", "+-+"),
        ("<p>Run it.</p><button>Copy</button>", "++", "++"),
    ],
)
def test_buttons_beside_a_listing_go(page: str, before: str, after: str) -> None:
    blocks = blocks_of(page)
    keep = np.array([mark == "+" for mark in before])
    assert marks(listing_button(stack_of(blocks), detect(blocks, BUILTIN), np.full(len(keep), 0.6), keep)) == after


@pytest.mark.parametrize(
    ("page", "before", "after"),
    [
        (f"<p hidden>{PARAGRAPH}</p>{AROUND * 3}", "+++++++", "-++++++"),
        (f"<p hidden>{PARAGRAPH}</p>{AROUND}", "+++", "+++"),
        (f"{AROUND * 3}<p hidden>{PARAGRAPH}</p>", "+++++++", "+++++++"),
        (f"<p hidden>In short</p>{AROUND * 3}", "+++++++", "+++++++"),
    ],
)
def test_hidden_summaries_above_the_text_go(page: str, before: str, after: str) -> None:
    blocks = blocks_of(page)
    keep = np.array([mark == "+" for mark in before])
    assert marks(hidden_lead(stack_of(blocks), detect(blocks, BUILTIN), np.full(len(keep), 0.6), keep)) == after


HEADED = (
    "<title>A ferry sails again | Harbour Post</title><header><h1>Harbour Post</h1></header>"
    f"<h1>A ferry sails again</h1>{AROUND}"
)


def test_the_headline_is_kept_and_left_out_on_demand() -> None:
    result = boilercut.extract(HEADED)
    assert result.text.splitlines()[0] == result.title == "A ferry sails again"
    assert result.html.startswith("<h1>A ferry sails again</h1>")
    without = boilercut.Cutter(boilercut.Config(exclude=frozenset({"title"}))).extract(HEADED)
    assert "sails again" not in without.text.splitlines()[0]
    assert without.html.count("<h1>") == 0
    assert [each.kind for each in result.verdicts if each.text == result.title] == ["title"]


def test_text_that_begins_with_the_title_keeps_the_line_that_it_names() -> None:
    ferry = ["The ferry sails again on Monday, six weeks after it broke down in the middle of the sound."] * 2
    lines = ["Ferry back - The Sound Post", "The Sound Post", "News", "Ferry back", *ferry, "Imprint"]
    result = boilercut.extract("\n".join(lines), kind="text")
    assert result.title == "Ferry back"
    assert [verdict.kind for verdict in result.verdicts if verdict.text == "Ferry back"] == ["title"]
    assert "Ferry back" in result.text.splitlines()
    assert "Ferry back" not in boilercut.clean("\n".join(lines), kind="text", exclude={"title"}).splitlines()
    assert boilercut.extract("\n".join(["Ferry back", *ferry, "Imprint"]), kind="text").title == ""


def test_a_lower_heading_is_kept_where_it_is_the_headline() -> None:
    result = boilercut.extract(HEADED.replace("<h1>A ferry sails again</h1>", "<h3>A ferry sails again</h3>"))
    assert result.title == "A ferry sails again"
    assert [(each.keep, each.kind) for each in result.verdicts if each.text == result.title] == [(True, "title")]


def test_rules_stop_at_the_page() -> None:
    blocks = blocks_of(TAGS["P"], TAGS["P"], TAGS["P"], kind="html")
    keep = np.array([True, False, True])
    for rule in RULES:
        assert rule(stack_of(blocks), detect(blocks, BUILTIN), np.full(3, 0.4), keep).tolist() == keep.tolist()


def test_overruled_names_the_rule() -> None:
    blocks, columns, chances, keep = context_of("PHPHP", "+-++-", "94991")
    turned, numbers = overrule(blocks, columns, chances, keep)
    names = [None, *(rule.__name__ for rule in RULES)]
    assert marks(turned) == "+++--"
    assert [names[number] for number in numbers] == [None, "section_heading", None, "lone_heading", None]


@given(html_pages() | texts())
def test_overruled_verdicts_are_those_that_differ_from_the_score(page: str) -> None:
    for verdict in boilercut.extract(page, mode=0.5).verdicts:
        if verdict.overruled is None:
            assert verdict.keep == (verdict.probability >= 0.5)


# --- include and exclude ---


def test_include_keeps_and_exclude_cuts_the_kinds_named() -> None:
    page = f"<h2>Closed</h2><p>{ARTICLE}</p><table><tr><td>17</td></tr></table><pre>a = 1</pre>"
    everything = boilercut.extract(page, include=CONTENT_KINDS)
    assert [verdict.kind for verdict in everything.verdicts] == ["heading", "paragraph", "table", "code"]
    assert not everything.cut
    without = boilercut.extract(page, include=CONTENT_KINDS, exclude=["table", "code"])
    assert [verdict.keep for verdict in without.verdicts] == [True, True, False, False]
    assert not boilercut.extract(page, exclude=CONTENT_KINDS).kept


def test_include_and_exclude_say_that_they_overruled() -> None:
    page = f"<p>{ARTICLE}</p>"
    assert boilercut.extract(page, mode=0.999999, include="paragraph").verdicts[0].overruled == "include"
    assert boilercut.extract(page, mode=0.000001, exclude="paragraph").verdicts[0].overruled == "exclude"


def test_boilerplate_can_be_asked_for_by_its_kind() -> None:
    page = f"{ARTICLE}Sign up for our newsletter\n"
    assert boilercut.extract(page, include="newsletter").verdicts[-1].keep


# --- kinds ---


@given(html_pages() | texts())
def test_kept_blocks_have_content_kinds_and_cut_blocks_boilerplate_kinds(page: str) -> None:
    result = boilercut.extract(page)
    assert {verdict.kind for verdict in result.kept} <= set(CONTENT_KINDS)
    assert {verdict.kind for verdict in result.cut} <= set(BOILERPLATE_KINDS)


@pytest.mark.parametrize(
    ("markup", "kind"),
    [
        ("<h3>Text</h3>", "heading"),
        ("<p>Text</p>", "paragraph"),
        ("<ul><li>Text</li></ul>", "list"),
        ("<ul><li><p>Text</p></li></ul>", "list"),
        ("<table><tr><td>Text</td></tr></table>", "table"),
        ("<pre>Text</pre>", "code"),
        ("<blockquote><p>Text</p></blockquote>", "quote"),
        ("<figure><figcaption>Text</figcaption></figure>", "caption"),
        ("<p>Written by <b>Jane Doe</b></p>", "byline"),
    ],
)
def test_kinds_of_content_come_from_markup(markup: str, kind: str) -> None:
    assert boilercut.extract(markup, include=CONTENT_KINDS).verdicts[0].kind == kind


@pytest.mark.parametrize(
    ("line", "kind"), [("# Text", "heading"), ("- Text", "list"), ("| Text | more |", "table"), ("Text", "paragraph")]
)
def test_kinds_of_content_come_from_marks_in_text(line: str, kind: str) -> None:
    assert boilercut.extract(line, include=CONTENT_KINDS).verdicts[0].kind == kind


def test_the_heading_that_repeats_the_title_is_the_title() -> None:
    page = f"<html><head><title>The bridge is closed</title></head><body><h1>The bridge is closed</h1><p>{ARTICLE}</p>"
    assert boilercut.extract(page, include="title").verdicts[0].kind == "title"


PROMPTS = {
    "Sign up for our newsletter": "newsletter",
    "Leave a comment": "comments",
    "Share on Facebook": "share",
    "Accept all cookies": "cookie",
    "All rights reserved": "legal",
    "Advertisement": "advert",
    "You may also like": "related",
    "Main menu": "navigation",
    "Next page": "pagination",
}


TEASERS = (
    "<li><a href='/n'>Five boats went north</a></li><li><a href='/o'>How a harbour was built in one summer</a></li>"
)


@pytest.mark.parametrize(
    ("markup", "kind"),
    [
        ('<div class="newsletter"><div class="comment-list"><p>Well said.</p></div></div>', "comments"),
        (f'<div class="related-posts"><ul>{TEASERS}</ul></div>', "related"),
        (
            '<div class="wrap"><ul><li><a>Home</a></li><li><a>Fares</a></li><li><a>Boats</a></li></ul></div>',
            "navigation",
        ),
        ("<ul><li><a>August 2013</a></li><li><a>July 2013</a></li><li><a>May 2013</a></li></ul>", "navigation"),
        ("<form><label>Surname</label></form>", "form"),
        ("<div><span>17</span></div>", "other"),
    ],
)
def test_kinds_of_boilerplate_come_from_the_innermost_names_and_from_lists(markup: str, kind: str) -> None:
    page = f"<article><p>{ARTICLE}</p><p>{ARTICLE}</p></article>{markup}"
    assert boilercut.extract(page, exclude=CONTENT_KINDS).verdicts[-1].kind == kind


@pytest.mark.parametrize("line", PROMPTS)
def test_kinds_of_boilerplate_come_from_phrases(line: str) -> None:
    assert boilercut.extract(ARTICLE + line, exclude=CONTENT_KINDS).verdicts[-1].kind == PROMPTS[line]


GOLDEN = [boilercut.extract(source.read_text("utf-8")) for source in golden_sources()]


@pytest.mark.parametrize("kind", ["navigation", "related", "comments", "newsletter"])
def test_kinds_and_their_detectors_turn_up_on_golden_pages(kind: str) -> None:
    cut = [verdict for result in GOLDEN for verdict in result.cut if verdict.kind == kind]
    assert len(cut) >= 10
    assert any(kind in dict(verdict.evidence) for verdict in cut)
