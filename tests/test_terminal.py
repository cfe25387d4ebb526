"""Verdicts as strings for a terminal."""

import re
from dataclasses import replace

import pytest

from boilercut.details import KnownDetails
from boilercut.render.terminal import (
    annotated_page,
    display_width,
    harmless,
    main_evidence,
    one_line,
    shortened,
    summary,
    table,
)
from boilercut.results import Evidence, KnownReason, Result, Verdict

SPEAKERS = {"newsletter": "newsletter", "headlines": "related", "links": None}
KEPT = Verdict(
    index=0,
    text="A paragraph of the article.",
    keep=True,
    probability=0.97,
    kind="paragraph",
    overruled=None,
    tag="p",
    reasons=KnownReason((Evidence("prose", 1.5), Evidence("links", -0.5))),
)
CUT = Verdict(
    index=1,
    text="Sign up now",
    keep=False,
    probability=0.04,
    kind="newsletter",
    overruled=None,
    tag="p",
    reasons=KnownReason((Evidence("links", -1.0), Evidence("prose", 0.9), Evidence("newsletter", -0.8))),
)


def result(*verdicts: Verdict, truncated: bool = False) -> Result:
    return Result(
        kind="html",
        text="",
        title="",
        confidence=0.5,
        truncated=truncated,
        left_alone=False,
        details=KnownDetails(verdicts=verdicts),
    )


@pytest.mark.parametrize(
    "sequence",
    [
        *(
            "\x1b[31m",
            "\x1b[2J",
            "\x1b]0;title\x07",
            "\x1b]8;;http://x\x1b\\",
            "\x1bc",
            "\x1b(B",
            "\x9b1m",
            "\x1bP1$q\x1b\\",
        ),
        *("\x07", "\x08", "\x7f", "\x85", "\u202e", "\u2066", "\r", "\x1b"),
    ],
    ids=ascii,
)
def test_harmless_removes_control_sequences(sequence: str) -> None:
    assert harmless(f"A{sequence}Ω") == "AΩ"


def test_harmless_loses_no_text_after_a_string_that_never_ends() -> None:
    assert harmless("before \x1b]0;after") == "before 0;after"
    assert harmless("before \x9dafter\nlast") == "before after\nlast"


def test_harmless_leaves_scripts_and_emoji_alone() -> None:
    text = "שלום עליכם, می‌خواهم, नमस्ते, 👩‍🚀 \t\n"
    assert harmless(text) == text


def test_harmless_shows_lone_surrogates() -> None:
    assert harmless("a\ud800b") == "a\ufffdb"


def test_one_line_of_all_sorts_of_white_space() -> None:
    assert one_line(" a\u2028b\u00a0c\x0bd\u3000e ") == "a b c d e"


@pytest.mark.parametrize(
    ("text", "width"), [("", 0), ("abc", 3), ("日本語", 6), ("e\u0301", 1), ("می‌خواهم", 7), ("ﾊﾝｶｸ", 4)]
)
def test_display_width(text: str, width: int) -> None:
    assert display_width(text) == width


@pytest.mark.parametrize("room", range(1, 12))
@pytest.mark.parametrize("text", ["plain words", "日本語の文章", "mixed 日本 text", "e\u0301te\u0301"])
def test_shortened_fits_and_is_whole_if_it_can_be(text: str, room: int) -> None:
    short = shortened(text, room)
    assert display_width(short) <= room
    assert (short == text) == (display_width(text) <= room)


def test_the_detector_of_the_blocks_kind_comes_first() -> None:
    assert [each.detector for each in main_evidence(CUT, SPEAKERS, 3)] == ["newsletter", "links", "prose"]


@pytest.mark.parametrize("log_odds", [0.8, -0.01], ids=["argued otherwise", "hardly argued"])
def test_it_does_not_if_it_did_not_decide(log_odds: float) -> None:
    verdict = replace(CUT, reasons=KnownReason((Evidence("links", -1.0), Evidence("newsletter", log_odds))))
    assert [each.detector for each in main_evidence(verdict, SPEAKERS, 2)] == ["links", "newsletter"]


def test_table_has_a_line_for_each_block() -> None:
    head, kept, cut = table(result(KEPT, CUT), SPEAKERS, 100, color=False)
    assert head.split() == ["prob", "kind", "because", "text"]
    assert re.split(r"  +", kept) == ["+ 0.97", "paragraph", "prose +1.5, links −0.5", "A paragraph of the article."]
    assert re.split(r"  +", cut) == ["- 0.04", "newsletter", "newsletter −0.8, links −1.0", "Sign up now"]


def test_table_names_the_rule_that_overruled() -> None:
    row = list(table(result(replace(KEPT, overruled="lone_heading")), SPEAKERS, 100, color=False))[1]
    assert "rule lone_heading, prose +1.5" in row


@pytest.mark.parametrize("text", ["word " * 50, "日本語" * 50])
def test_table_fits_the_terminal(text: str) -> None:
    rows = list(table(result(replace(KEPT, text=text)), SPEAKERS, 90, color=False))
    assert max(map(display_width, rows)) <= 90
    assert rows[1].endswith("…")


def test_colours_change_nothing_else() -> None:
    page = result(KEPT, CUT)
    for shown in (table, annotated_page):
        plain = list(shown(page, SPEAKERS, 90, color=False))
        coloured = list(shown(page, SPEAKERS, 90, color=True))
        assert [harmless(line) for line in coloured] == plain != coloured


def test_annotated_page_gives_reasons_for_cuts_only() -> None:
    kept, gap, cut = annotated_page(result(KEPT, CUT), SPEAKERS, 120, color=False)
    assert (kept, gap) == ("A paragraph of the article.", "")
    assert re.split(r"  +", cut) == ["- Sign up now", "newsletter: newsletter −0.8, links −1.0"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"overruled": "lone_heading"}, "newsletter: rule lone_heading"), ({"reasons": KnownReason()}, "newsletter")],
)
def test_annotated_page_names_overruling_rules(changes: dict[str, object], reason: str) -> None:
    (line,) = annotated_page(result(replace(CUT, **changes)), SPEAKERS, 120, color=False)
    assert line.endswith("  " + reason)


def test_annotated_page_wraps_kept_blocks() -> None:
    lines = list(annotated_page(result(replace(KEPT, text="word " * 50, kind="list")), {}, 40, color=False))
    assert max(map(len, lines)) <= 40
    assert [line[:2] for line in lines[:2]] == ["• ", "  "]
    assert " ".join(" ".join(lines).split()) == "• " + ("word " * 50).strip()


def test_summary() -> None:
    assert summary(result(KEPT, CUT)) == "Kept 1 of 2 blocks; cut 1 (1 newsletter); confidence 0.50."
    assert summary(result(KEPT)) == "Kept 1 of 1 blocks; cut 0; confidence 0.50."
    assert summary(result(CUT, truncated=True)).endswith("; only the beginning of the page was read.")
