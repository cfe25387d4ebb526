"""What a result says of the whole page: its type, whether it has an article, and its comments."""

from __future__ import annotations

import json
import pickle
from itertools import product
from pathlib import Path

import numpy as np
import pytest

import boilercut
from boilercut.detectors.page_type import PAGE_TYPES, figure_names
from boilercut.page import Page
from boilercut.read import read
from boilercut.read.html.subtree import kept_subtree
from boilercut.render.comments import comments_of, lines_of
from tests.growth import MAX_GROWTH, growth, seconds

MAX_SECONDS = 2.0
"""For a page of some 350,000 characters, of which every character stands in thirty elements."""
SENTENCE = "The ferry sails again on Monday morning, the harbour master said, once the fog has lifted. "


def comment(author: str, text: str, replies: str = "") -> str:
    return (
        '<li class="comment even"><div class="comment-body"><div class="comment-author"><cite>'
        f'{author}</cite> <span>says:</span></div><div class="comment-meta"><a href="#c">3 May 2010</a></div>'
        f'<p>{text}</p><div class="reply"><a href="#r">Reply</a></div></div>{replies}</li>'
    )


PAGE = (
    f'<body class="single"><article><h1>Ferry</h1><p>{SENTENCE * 3}</p><p>{SENTENCE * 2}</p></article>'
    '<div id="comments"><h3>3 comments</h3><ol class="commentlist">'
    + comment("Anna", "Great news, I have waited for this.", f"<ul>{comment('Ben', 'Who pays for it, though?')}</ul>")
    + comment("Cy", "I go by train.")
    + '</ol></div><div id="respond"><form class="comment-form"><p>Leave a comment</p></form></div></body>'
)


@pytest.fixture
def typed_model(tmp_path: Path) -> str:
    """A model that knows page types by one word each: ``single`` for articles, ``home`` for pages without one."""
    folder = Path(boilercut.__file__).parent / "model"
    stored = json.loads((folder / "html.json").read_text("utf-8"))
    row = {name: [0] * len(PAGE_TYPES) for name in figure_names()}
    row["always"] = [-100] * len(PAGE_TYPES)
    words = {
        "single": [300 if name == "article" else 0 for name in PAGE_TYPES],
        "home": [300 if name == "no_article" else 0 for name in PAGE_TYPES],
    }
    stored["page_types"] = {"words": words, "figures": row}
    (tmp_path / "html.json").write_text(json.dumps(stored), "utf-8")
    (tmp_path / "text.json").write_text((folder / "text.json").read_text("utf-8"), "utf-8")
    return str(tmp_path)


def test_comments_have_an_author_a_date_and_a_text() -> None:
    assert boilercut.extract(PAGE).comments == (
        ("Anna", "3 May 2010", "Great news, I have waited for this."),
        ("Ben", "3 May 2010", "Who pays for it, though?"),
        ("Cy", "3 May 2010", "I go by train."),
    )


@pytest.mark.parametrize(
    ("head", "author", "date"),
    [
        ('<p><cite>Bo Lind</cite> <time datetime="2024-05-04">4 May</time></p>', "Bo Lind", "2024-05-04"),
        ('<p class="author">Bo Lind, <span class="date">4 May 2024</span></p>', "Bo Lind", "4 May 2024"),
        ('<p class="meta"><b class="author">Bo Lind</b> on <time>4 May 2024</time></p>', "Bo Lind", "4 May 2024"),
        ('<p><span itemprop="author">Bo Lind</span> says:</p>', "Bo Lind", ""),
        ('<p class="meta">4 May 2024 | <a href="#1">#1</a></p>', "", "4 May 2024 | #1"),
        ("", "", ""),
    ],
)
def test_author_and_date_may_share_a_line(head: str, author: str, date: str) -> None:
    texts = ["Great news, I have waited for this.", "Who pays for it, though?", "I go by train."]
    listed = "".join(f'<li class="comment">{head}<p>{text}</p></li>' for text in texts)
    page = f'<article><h1>Ferry</h1><p>{SENTENCE * 3}</p></article><ol id="comments" class="commentlist">{listed}</ol>'
    assert boilercut.extract(page).comments == tuple((author, date, text) for text in texts)


@pytest.mark.parametrize(
    "name",
    [
        "Bo says:", "Bo dijo...", "Bo a écrit :", "Bo schrieb:", "Bo ha scritto:", "Bo disse:", "Bo schreef:",
        "Bo skriver:", "Bo napisała:", "Bo píše:", "Bo szerint:", "Bo spune:", "Bo пишет:",
        "Bo каже:", "Bo λέει:", "Bo dedi ki:", "Bo より:", "Bo说道：", "by Bo", "Posted by Bo", "Par Bo :", "Автор: Bo",
    ],
)  # fmt: skip
def test_a_marked_author_is_a_name_alone(name: str) -> None:
    head = f'<p><b class="author">{name}</b> <i class="date">4 May 2024</i></p>'
    listed = "".join(f'<li class="comment">{head}<p>{text}</p></li>' for text in (*SAID, "I go by train."))
    page = f'<article><h1>Ferry</h1><p>{SENTENCE * 3}</p></article><ol id="comments" class="commentlist">{listed}</ol>'
    assert {(each.author, each.date) for each in boilercut.extract(page).comments} == {("Bo", "4 May 2024")}


def test_an_author_before_the_text_of_a_line_is_taken_off() -> None:
    said = {
        "Bo": "I have waited for this since the spring, thanks.",
        "Cy": "Who pays for it, though?",
        "Di": "No idea.",
    }
    listed = "".join(f'<li class="comment"><b class="author">{name}</b>: {text}</li>' for name, text in said.items())
    page = f'<article><h1>Ferry</h1><p>{SENTENCE * 3}</p></article><ol id="comments" class="commentlist">{listed}</ol>'
    assert boilercut.extract(page).comments == tuple((name, "", text) for name, text in said.items())


SAID = ["Great news, I have waited for this.", "Who pays for it, though?"]
TOLD = (("Bo", "3 May 2010, 8:12", SAID[0]), ("Cy Lind", "4 May 2010, 9:40", SAID[1]))


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param('<div class="comment"><b>{0}</b> {1}<p>{2}</p></div>', id="a line of both"),
        pytest.param('<div class="comment"><p class="author">by {0} » {1}</p><p>{2}</p></div>', id="an author's line"),
        pytest.param('<div><b>{0} says:</b><p class="comment">{2}</p><i>{1}</i></div>', id="below the text"),
        pytest.param(
            '<dt class="comment-author">{0} said...</dt><dd class="comment-body">{2}</dd>'
            '<dd class="comment-footer">{1}</dd>',
            id="elements in a row",
        ),
        pytest.param('<div class="comment"><p>{0}, {1}</p><p>{2}</p><a href="#">Reply</a></div>', id="with a control"),
    ],
)
def test_author_and_date_are_found_by_what_they_look_like(markup: str) -> None:
    told = "".join(markup.format(*each) for each in TOLD)
    page = f"<article><h1>Ferry</h1><p>{SENTENCE * 3}</p></article><div id='comments'><h3>2 comments</h3>{told}</div>"
    assert boilercut.extract(page).comments == TOLD


def test_comments_of_plain_text_begin_with_their_authors() -> None:
    lines = ["Bo says:", "3 May 2010, 8:12", *SAID, "Cy Lind, 4 May 2010", "I go by train."]
    page = read("\n".join(lines), "text")
    assert lines_of(page, np.ones(len(lines), dtype=np.bool_)) == (
        ("Bo", "3 May 2010, 8:12", "\n".join(SAID)),
        ("Cy Lind", "4 May 2010", "I go by train."),
    )
    assert lines_of(page, np.arange(len(lines)) // 2 == 1) == tuple(("", "", text) for text in SAID)


def test_a_comment_alone_comes_without_headings_and_controls() -> None:
    page = (
        f"<article><h1>Ferry</h1><p>{SENTENCE * 3}</p></article><div id='comments'><h3>1 comment</h3>"
        f"<p>Bo, 3 May 2010</p><p>{SAID[0]}</p><a>Reply</a><h3>Leave a comment</h3>"
        "<p>Your email address will not be published.</p></div>"
    )
    assert boilercut.extract(page).comments == (("Bo", "3 May 2010", SAID[0]),)


def test_posts_of_a_thread_say_who_wrote_them(typed_model: str) -> None:
    posts = "".join(
        f'<div class="post"><p><span class="username">{name}</span> <time datetime="2024-05-0{day}">May</time></p>'
        f"<p>{name} has lived by the harbour for {day} years, and takes the ferry to work in the town.</p></div>"
        for day, name in enumerate(["Ada", "Bo", "Cy"], 1)
    )
    page = f'<body class="single"><h1>Ferry</h1>{posts}</body>'
    assert boilercut.extract(page, model=typed_model).posts == ()
    stored = json.loads((Path(typed_model) / "html.json").read_text("utf-8"))
    stored["page_types"]["words"]["single"] = [300 if name == "thread" else 0 for name in PAGE_TYPES]
    (Path(typed_model) / "html.json").write_text(json.dumps(stored), "utf-8")
    found = boilercut.extract(page, model=typed_model).posts
    assert [(post.author, post.date) for post in found] == [
        ("Ada", "2024-05-01"),
        ("Bo", "2024-05-02"),
        ("Cy", "2024-05-03"),
    ]


def test_comments_are_in_the_text_where_they_are_included() -> None:
    assert "I go by train" not in boilercut.clean(PAGE)
    result = boilercut.extract(PAGE, include={"comments"})
    assert "I go by train." in result.text
    assert len(result.comments) == 3


def commented(size: int) -> Page:
    """Return a page with many comments in an element of many names."""
    names = " ".join("abcdefghij"[row % 10] * (row // 10 + 1) for row in range(size // 10))
    told = "<p class=comment>Nice words here, thank you all.</p>" * size
    return read(f"<div class='comments {names}'>{told}</div>", "html")


def test_comments_are_found_in_linear_time() -> None:
    pages = {size: commented(size) for size in (2000, 4000)}
    every = {size: np.ones(size, dtype=np.bool_) for size in pages}
    subtrees = {size: kept_subtree(page, every[size]) for size, page in pages.items()}
    assert len(comments_of(pages[2000], subtrees[2000], every[2000])) == 2000
    assert growth(lambda size: comments_of(pages[size], subtrees[size], every[size]), 2000) <= MAX_GROWTH


def nested(size: int) -> Page:
    """Return a page with many comments in many elements of many names, which are those of authors, too."""
    words = ["".join(letters) for letters in product("abcd", repeat=5)]
    names = [f"author {' '.join(words[30 * level : 30 * (level + 1)])}" for level in range(30)]
    opened = "".join(f"<div class='{name}'>" for name in names)
    return read(opened + "<p class=comment>Nice words, <b>thank</b> <i>you</i>.</p>" * size, "html")


def test_comments_inside_many_names_take_no_more_than_their_length() -> None:
    pages = {size: nested(size) for size in (4000, 8000)}
    every = {size: np.ones(size, dtype=np.bool_) for size in pages}
    subtrees = {size: kept_subtree(page, every[size]) for size, page in pages.items()}
    found = comments_of(pages[4000], subtrees[4000], every[4000])
    assert [comment.text for comment in found] == ["Nice words, thank you."] * 4000
    took = min(seconds(lambda size: comments_of(pages[size], subtrees[size], every[size]), 8000) for _ in range(3))
    assert took < MAX_SECONDS


def test_a_page_without_comments_has_none() -> None:
    assert boilercut.extract(f"<p>{SENTENCE * 3}</p>").comments == ()
    assert boilercut.extract("").comments == ()


def test_page_types_come_with_probabilities(typed_model: str) -> None:
    result = boilercut.extract(PAGE, model=typed_model)
    assert (result.page_type, result.has_article) == ("article", True)
    assert sum(result.page_types.values()) == pytest.approx(1)
    assert set(result.page_types) == set(PAGE_TYPES) - {"no_article"}
    copy = pickle.loads(pickle.dumps(result))
    assert (copy, copy.page_types, copy.comments) == (result, result.page_types, result.comments)


def test_a_page_without_an_article_is_kept_or_empty(typed_model: str) -> None:
    page = PAGE.replace("single", "home")
    result = boilercut.extract(page, model=typed_model)
    assert result.article_probability == pytest.approx(0.119, abs=0.001)
    assert result.text
    assert not result.has_article
    assert boilercut.clean(page, model=typed_model, no_article="empty") == ""
    assert boilercut.clean(PAGE, model=typed_model, no_article="empty") == boilercut.clean(PAGE, model=typed_model)


def test_of_text_no_type_is_known() -> None:
    result = boilercut.extract("The river rose by two metres on Monday night.")
    assert (result.page_type, result.page_types, result.article_probability) == ("", {}, None)
    assert result.has_article
    assert not boilercut.extract("").has_article


def test_an_unknown_choice_is_refused() -> None:
    with pytest.raises(boilercut.ConfigError, match="'keep' or 'empty'"):
        boilercut.Config(no_article="none")
