"""A site's profile: the same bytes however it is learned, and evidence only where it is due."""

from __future__ import annotations

import io
import json
import pickle
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import boilercut
from boilercut import Config, ConfigError, Cutter, InputError, PageTypeError, SiteProfile
from boilercut.sites.sampling import MAX_PAGES

PROSE = (
    "The ferry to the island sails again on Monday morning, after three weeks in the yard, the harbour master said.",
    "A bridge of wood was rebuilt by the people of the valley, who had waited for stone since the flood of last year.",
    "Two bakers share one oven in the old mill, and neither remembers who of them lit it on the first day of winter.",
    "The school choir sang on the market square until the rain came, and then went on singing under the town hall.",
    "Nobody has counted the swans on the lake since the keeper retired, so the council sent a class of pupils to do it.",
    "The last train leaves at nine, an hour earlier than before, because the line has one driver for the evening left.",
)
BLURB = (
    "The Valley Courier has told the valley what happens since 1901, and is written by those who live here with you."
)


def page(number: int, extra: str = "") -> str:
    """Return the HTML of one article; `extra` stands behind it."""
    told = "".join(
        f"<p>{PROSE[(number + step) % len(PROSE)].replace('the', f'the {number}th', 1)}</p>" for step in (0, 2)
    )
    return (
        f"<title>Story {number}</title><div class=top><p>{BLURB}</p></div>"
        f"<div class=story><h1>Story number {'abcdefghijklmnop'[number]}</h1>{told}{extra}</div>"
    )


MENU = ("Home | News | Sport | Contact us", "Log in", "Subscribe to our newsletter")


def plain(number: int) -> str:
    """Return the same as lines of text, with a menu: text that looks clean by itself stays."""
    lines = (f"{line} It was day {'abcdefghijklmnop'[number]}." for line in PROSE[number % 4 :][:3])
    return "\n".join([*MENU, BLURB, *lines])


PAGES = [page(number) for number in range(6)]
PROFILE = SiteProfile.learn(PAGES)


def test_what_other_pages_hold_is_cut() -> None:
    assert BLURB in boilercut.clean(page(7))
    cleaned = boilercut.clean(page(7), site=PROFILE)
    assert BLURB not in cleaned
    assert "7th" in cleaned


def test_lines_of_text_are_cut_likewise() -> None:
    profile = SiteProfile.learn(plain(number) for number in range(6))
    assert BLURB in boilercut.clean(plain(7))
    cleaned = boilercut.clean(plain(7), site=profile)
    assert BLURB not in cleaned
    assert cleaned.count("It was day h.") == 3


def test_evidence_is_named_and_is_never_for_a_block() -> None:
    verdicts = boilercut.extract(page(7), site=PROFILE).verdicts
    given = [dict(verdict.evidence).get("site", 0.0) for verdict in verdicts]
    assert given[0] < -1
    assert max(given) <= 0


def test_verdicts_say_on_how_many_pages_a_block_stands() -> None:
    from boilercut.render.report import ReportedPage, html_report
    from boilercut.render.terminal import table

    result = boilercut.extract(page(7), site=PROFILE)
    assert [verdict.site_pages for verdict in result.verdicts][:2] == [(5, 5), (0, 5)]  # one page tells the same story
    assert pickle.loads(pickle.dumps(result)).verdicts[0].site_pages == (5, 5)
    assert result.verdicts[0].to_dict()["site_pages"] == (5, 5)
    assert html_report(result, ReportedPage("7", "")).count("on 5 of 5 pages") == 1
    assert "on 5 of 5 pages −" in "".join(table(result, {}, 120, color=False))
    without = boilercut.extract(page(7)).verdicts[0]
    assert without.site_pages is None
    assert "site_pages" not in without.to_dict()


def test_the_command_line_takes_a_profile(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from boilercut.cli import commands

    source, profile = tmp_path / "page.html", tmp_path / "site.json"
    source.write_text(page(7), "utf-8")
    PROFILE.save(profile)
    done = CliRunner().invoke(commands, ["explain", "--site", str(profile), str(source)])
    assert "on 5 of 5 pages" in done.stdout
    assert CliRunner().invoke(commands, ["clean", "--site", str(source), str(source)]).exit_code == 2


@pytest.mark.parametrize("kind", ["html", "text"])
def test_an_empty_profile_changes_nothing(kind: str) -> None:
    source = page(7) if kind == "html" else plain(7)
    before, after = boilercut.extract(source), boilercut.extract(source, site=SiteProfile())
    assert [each.probability for each in before.verdicts] == [each.probability for each in after.verdicts]


def test_an_article_at_several_addresses_loses_nothing() -> None:
    names = ("northern", "southern", "eastern", "western")  # digits are all alike to a profile
    articles = [page(number).replace(f"{number}th", name) for number, name in enumerate(names)]
    copies = [f"<!-- {number} --><link rel=canonical href='https://x.example/?from={number}'>" for number in range(3)]
    profile = SiteProfile.learn(copy + article for article in articles for copy in copies)
    printed = [article.replace("class=top", "class=print") + "<p>Printed page</p>" for article in articles]
    for known in (profile, profile | SiteProfile.learn(printed)):
        for article, name in zip(articles, names, strict=True):
            assert boilercut.clean(article, site=known).count(name) == 2


def test_a_page_that_the_profile_was_learned_from_is_not_another_page() -> None:
    alone = SiteProfile.learn([PAGES[0]])
    assert boilercut.clean(PAGES[0], site=alone) == boilercut.clean(PAGES[0])


def test_stacked_pages_are_answered_as_alone() -> None:
    cutter = Cutter(site=PROFILE)
    pages = [page(number) for number in range(12)]
    assert list(cutter.clean_many(pages)) == [cutter.clean(each) for each in pages]


@given(st.randoms(use_true_random=False))
def test_merging_gives_the_same_bytes_in_any_order(draw: Random) -> None:
    profiles = [SiteProfile.learn([each]) for each in PAGES]
    draw.shuffle(profiles)
    cuts = sorted(draw.sample(range(1, len(profiles)), draw.randint(1, 3)))
    parts = []
    for low, high in pairwise([0, *cuts, len(profiles)]):
        merged = SiteProfile()
        for each in profiles[low:high]:
            merged |= each
        parts.append(merged)
    draw.shuffle(parts)
    merged = SiteProfile()
    for part in parts:
        merged = part | merged | part
    assert merged.to_json() == PROFILE.to_json()
    assert merged == PROFILE
    assert hash(merged) == hash(PROFILE)


def test_a_profile_is_bounded_and_keeps_the_same_pages_in_any_order() -> None:
    many = [
        page(number % 16, f"<p>Extra line {'ab'[number // 16 % 2]} {chr(97 + number // 32)}</p>")
        for number in range(96)
    ]
    profile = SiteProfile.learn(many)
    assert len(profile) == MAX_PAGES
    assert SiteProfile.learn(reversed(many)).to_json() == profile.to_json()


def test_pages_that_cannot_change_the_profile_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from boilercut.sites import sampling

    read: list[int] = []
    of_page = sampling.hashed_page
    monkeypatch.setattr(sampling, "hashed_page", lambda found: (read.append(1), of_page(found))[1])
    many = [f"<p>Story {chr(97 + number % 26)}{chr(97 + number // 26)} has words.</p>" for number in range(600)]
    profile = SiteProfile.learn(many)
    assert len(profile) == MAX_PAGES
    assert len(read) < 200  # 32 (1 + ln(600 / 32)) = 126 are to be expected
    assert SiteProfile.learn(many * 2) == profile
    parts = [SiteProfile.learn(many[start::7]) for start in range(7)]
    merged = SiteProfile()
    for part in parts:
        merged |= part
    assert merged.to_json() == profile.to_json()


def test_a_page_is_learned_in_any_form(tmp_path: Path) -> None:
    from lxml import html

    file = tmp_path / "page.html"
    file.write_text(PAGES[0], "utf-8")
    forms = [PAGES[0], PAGES[0].encode(), file, io.BytesIO(PAGES[0].encode()), html.fromstring(PAGES[0])]
    profiles = [SiteProfile.learn([form]) for form in forms]
    assert len(set(profiles[:4])) == 1
    assert len(SiteProfile.learn([PAGES[0], html.fromstring(PAGES[0])])) == 1  # the same blocks, so the same page


def test_a_profile_is_saved_loaded_and_pickled(tmp_path: Path) -> None:
    PROFILE.save(tmp_path / "profile.json")
    loaded = SiteProfile.load(tmp_path / "profile.json")
    assert loaded == PROFILE == pickle.loads(pickle.dumps(PROFILE))
    cutter = pickle.loads(pickle.dumps(Cutter(site=loaded)))
    assert cutter.clean(page(7)) == boilercut.clean(page(7), site=PROFILE)


GOOD = json.loads(PROFILE.to_json())


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", "{}", '{"format": 1, "pages": []}', '{"format": 2, "pages": [{}]}', '{"format": 2, "pages": 3}',
        json.dumps(GOOD | {"pages": [GOOD["pages"][0] | {"texts": "AAAA"}]}),
        json.dumps(GOOD | {"pages": [GOOD["pages"][0] | {"texts": "?"}]}),
        json.dumps(GOOD | {"pages": [GOOD["pages"][0] | {"digest": "no"}]}),
        json.dumps(GOOD | {"pages": [GOOD["pages"][0] | {"digest": 7}]}),
        json.dumps(GOOD | {"pages": [GOOD["pages"][0] | {"rank": "z" * 32}]}),
        "[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_profile_is_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "profile.json"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"profile\.json: no profile of a site"):
        SiteProfile.load(file)


def test_misuse_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        SiteProfile.load(tmp_path / "nothing.json")
    with pytest.raises(PageTypeError):
        SiteProfile.learn([3])
    with pytest.raises(ConfigError, match="use a SiteProfile"):
        Config(site="profile.json")  # type: ignore[arg-type]


@pytest.mark.parametrize("source", ["", "<p>", "One line", "<p>One line", "<script>", "\0", "<table>" * 2000])
def test_any_page_is_learned_and_cut(source: str) -> None:
    profile = SiteProfile.learn([source, *PAGES])
    assert isinstance(boilercut.clean(source, site=profile), str)
