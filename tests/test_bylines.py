"""Lines that say who wrote a comment and when, as sites of many languages put them."""

from __future__ import annotations

import pytest

from boilercut.render.bylines import byline, is_name


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("by wilf » Mon Mar 03, 2014 6:12 pm", ("wilf", "Mon Mar 03, 2014 6:12 pm")),
        ("Jo Hill on May 3, 2010 at 10:12 am", ("Jo Hill", "May 3, 2010 at 10:12 am")),
        ("Submitted by Lou on Tue, 05/03/2011 - 09:41", ("Lou", "Tue, 05/03/2011 - 09:41")),
        ("Erstellt von Karl am 3. Mai 2012 um 12:30 Uhr", ("Karl", "3. Mai 2012 um 12:30 Uhr")),
        ("Anna Berg | 12.03.2019 14:22 | #3", ("Anna Berg", "12.03.2019 14:22")),
        ("Михалыч 13 мая 2013, 08:10", ("Михалыч", "13 мая 2013, 08:10")),
        ("marin29 il y a 2 jours", ("marin29", "il y a 2 jours")),
        ("老王 2021-03-05", ("老王", "2021-03-05")),
        ("山田 2020年8月11日 10:20", ("山田", "2020年8月11日 10:20")),
        ("김하늘 2023.03.04 09:12", ("김하늘", "2023.03.04 09:12")),
        ("Pepe dijo...", ("Pepe", "")),
        ("Marie Le Bihan a dit :", ("Marie Le Bihan", "")),
        ("Tom says:", ("Tom", "")),
        ("On Mon, Apr 5, 2010 at 9:00 PM, Tom Ash wrote:", ("Tom Ash", "Mon, Apr 5, 2010 at 9:00 PM")),
        ("13 de mayo de 2011, 9:10", ("", "13 de mayo de 2011, 9:10")),
        ("Bea · 3 days ago", ("Bea", "3 days ago")),
        ("2 hours ago Reply", ("", "2 hours ago")),
    ],
)
def test_author_and_date_are_told_apart(line: str, found: tuple[str, str]) -> None:
    assert byline(line) == found


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Thanks, Anna.",
        "I was there in 2014.",
        "We met on 3 May 2010 and it rained all day long.",
        "In 1911 a train stopped for an hour.",
        "Call me at 10:30",
        "Posts: 14",
        "Joined: Mon Mar 03, 2014",
        "Dołączył: 03 Mar 2008",
        "Is 12.03.2019 right? Yes it is, 14:22",
        "x" * 200,
    ],
)
def test_other_lines_are_no_bylines(line: str) -> None:
    assert byline(line) is None


@pytest.mark.parametrize("line", ["wilf", "Anna Berg", "老王", "jurek77"])
def test_names_may_stand_alone(line: str) -> None:
    assert is_name(line)


@pytest.mark.parametrize("line", ["", "2903", "Posts: 14", "Thanks!", "by wilf", "one two three four five six"])
def test_other_lines_are_no_names(line: str) -> None:
    assert not is_name(line)
