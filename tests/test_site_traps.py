"""A site repeats more than its template: what belongs to a page stays, however many other pages hold it, too."""

from __future__ import annotations

import pytest

import boilercut
from boilercut import SiteProfile
from tests.test_sites import BLURB

SUBJECTS = ("Weir", "Mill", "Orchard", "Chapel", "Quarry", "Bridge", "Harbour", "Library", "Garden", "Tower")
SENTENCES = (
    "The {0} of the valley was opened again on Monday morning, and half of the village came to see the {0}.",
    "For eleven years nobody had looked after the {0}, until two sisters asked the council for the key of the {0}.",
    "They found the {0} full of leaves and old chairs, and carried them out before the first frost reached the {0}.",
    "A carpenter from the next valley gave wood for the doors of the {0}, because his father had worked at the {0}.",
    "What the {0} has cost was not said, but the treasurer smiled when somebody asked for the bill of the {0}.",
    "On the last day of the month there will be music at the {0}, and everybody brings a chair to the {0}.",
)
MENU = (
    "<ul class=menu><li><a href=/>Home</a></li><li><a href=/news>News</a></li><li><a href=/about>About us</a></li></ul>"
)
FOOTER = (
    "<div class=footer><p>The Valley Courier is printed on paper that was made in the valley from old copies.</p></div>"
)
LEAD = (
    "Nobody who crossed the pass this summer has forgotten the night on which the bells of three villages rang at once."
)
NOTE = (
    "Note: before you open the housing, switch the machine off, pull the plug, and wait until the wheel has come to a "
    "full stop, which takes about a minute."
)
REFRAIN = "And the river ran on, and the river ran on, past the mill and the weir and the fields to the sea."
FIRST_POST = (
    "My well has been dry since August, although the brook behind the house carries more water than in other years. "
    "Has anybody here seen such a thing, and whom did you call to look at the pipes below the yard?"
)
ANSWERS = (
    "We had the same thing two summers ago. It was a root in the pipe, and the plumber needed a whole day to find it.",
    "Look at the valve below the tank first. Mine was shut by the last tenant, who told nobody that he had done so.",
    "A dry well beside a full brook means clay between the two, says my neighbour, who has dug wells all his life.",
    "Call the water board before you dig anywhere. They have a map of all old pipes, and they show it to you for free.",
    "In our street three wells fell dry when the new road was built. After the first winter all of them had water again.",
    "Have you let a lamp down on a string to see how deep the water stands? It tells you more than any plumber would.",
)


def paragraphs(number: int) -> list[str]:
    """Return the sentences of one story."""
    return [sentence.format(SUBJECTS[number]) for sentence in SENTENCES]


def page(heading: str, *blocks: str) -> str:
    """Return a page of the site, with its template around a story."""
    told = "".join(f"<p>{block}</p>" for block in blocks)
    return f"<title>{heading}</title>{MENU}<div class=story><h1>{heading}</h1>{told}</div>{FOOTER}"


def story(number: int) -> str:
    """Return an ordinary page of the site."""
    return page(f"About the {SUBJECTS[number]}", *paragraphs(number))


def lines(source: str) -> str:
    """Return the same page as text, a line for each block."""
    return "\n".join(verdict.text for verdict in boilercut.extract(source).verdicts)


def lost(pages: list[str], own: list[str], target: str, *, as_text: bool) -> list[str]:
    """Return those of a page's own blocks that are kept without a profile of the site, and cut with it."""
    known, source = (list(map(lines, pages)), lines(target)) if as_text else (pages, target)
    before, after = boilercut.clean(source), boilercut.clean(source, site=SiteProfile.learn(known))
    return [block for block in own if block in before and block not in after]


@pytest.fixture(params=[False, True], ids=["html", "text"])
def as_text(request: pytest.FixtureRequest) -> bool:
    """Whether pages are handed over as text."""
    return bool(request.param)


def test_the_template_of_these_pages_is_cut(as_text: bool) -> None:
    pages = list(map(story, range(8)))
    sources = list(map(lines, pages)) if as_text else pages
    cleaned = boilercut.clean(sources[0], site=SiteProfile.learn(sources))
    assert "Valley Courier" not in cleaned
    assert all(block in cleaned for block in paragraphs(0))


def test_an_article_at_three_addresses_loses_nothing(as_text: bool) -> None:
    pages = [
        story(number).replace("<title>", f"<link rel=canonical href='/story-{number}?from={letter}'><title>")
        for number in range(8)
        for letter in "abc"
    ]
    pages += [page(f"About the {SUBJECTS[number]}", "Printed page", *paragraphs(number)) for number in range(8)]
    for number in range(8):
        assert not lost(pages, paragraphs(number), story(number), as_text=as_text)


def test_the_lead_that_every_page_of_a_long_article_repeats_is_kept(as_text: bool) -> None:
    heading = "The night of the bells"
    parts = [page(heading, LEAD, *paragraphs(number), f"Page {number + 1} of 3") for number in range(3)]
    pages = [*parts, *map(story, range(3, 10))]
    for number, part in enumerate(parts):
        assert not lost(pages, [LEAD, *paragraphs(number)], part, as_text=as_text)


def test_a_refrain_within_the_text_is_kept(as_text: bool) -> None:
    pages = [page(f"Song of the {SUBJECTS[number]}", *_with_refrain(number)) for number in range(3)]
    pages += map(story, range(3, 10))
    assert not lost(pages, _with_refrain(0), pages[0], as_text=as_text)


def _with_refrain(number: int) -> list[str]:
    own = paragraphs(number)
    return [*own[:2], REFRAIN, *own[2:4], REFRAIN, *own[4:]]


def test_a_note_that_some_pages_of_a_manual_share_is_kept(as_text: bool) -> None:
    pages = [page(f"To open the {SUBJECTS[number]}", paragraphs(number)[0], NOTE, *paragraphs(number)[1:])
             for number in range(4)]  # fmt: skip
    pages += map(story, range(4, 10))
    assert not lost(pages, [NOTE, *paragraphs(0)], pages[0], as_text=as_text)


def thread(number: int, *posts: str) -> str:
    """Return one page of a thread."""
    told = "".join(
        f"<div class=post><div class=author>{SUBJECTS[place]}</div><div class=body><p>{post}</p></div></div>"
        for place, post in enumerate(posts)
    )
    return f"<title>Dry well, page {number}</title>{MENU}<h1>Dry well</h1>{told}{FOOTER}"


def test_the_first_post_that_every_page_of_a_thread_repeats_is_kept(as_text: bool) -> None:
    pages = [thread(number, FIRST_POST, *ANSWERS[2 * number : 2 * number + 2]) for number in range(3)]
    others = list(map(story, range(7)))
    for number, own in enumerate(pages):
        posts = [FIRST_POST, *ANSWERS[2 * number : 2 * number + 2]]
        assert not lost([*pages, *others], posts, own, as_text=as_text)


def test_quoted_posts_are_kept(as_text: bool) -> None:
    first = thread(1, FIRST_POST, *ANSWERS[:3])
    second = thread(2, *(f"<blockquote>{ANSWERS[number]}</blockquote>{ANSWERS[number + 3]}" for number in range(3)))
    pages = [first, second, *map(story, range(7))]
    assert not lost(pages, [FIRST_POST, *ANSWERS[:3]], first, as_text=as_text)
    assert not lost(pages, list(ANSWERS), second, as_text=as_text)


def test_a_site_of_two_pages_loses_no_article(as_text: bool) -> None:
    pages = [story(0), story(1)]
    for number, own in enumerate(pages):
        assert not lost(pages, paragraphs(number), own, as_text=as_text)
    again = [story(0), story(0).replace(MENU, "<p>Print this page</p>")]
    assert not lost(again, paragraphs(0), again[0], as_text=as_text)


def test_of_clean_text_no_more_is_lost_than_without() -> None:
    texts = ["\n".join([*paragraphs(number), BLURB]) for number in range(8)]
    profile = SiteProfile.learn(texts)
    assert boilercut.extract(texts[0]).left_alone
    result = boilercut.extract(texts[0], site=profile)
    assert result.text == texts[0]
    assert result.verdicts[-1].site_pages == (7, 7)
    assert result.verdicts[-1].overruled == "max_loss"
    assert BLURB not in boilercut.clean(texts[0], site=profile, max_loss=1.0)
