"""Text that a page carries only as data, or puts aside: JSON-LD, application state, noscript, shadow roots, frames."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import thread_time
from typing import Any

import lxml.html
import pytest

import boilercut
from boilercut.detectors import BUILTIN, detect
from boilercut.read.html.data import DataText, lacking
from tests.helpers import ARTICLE, block_texts, blocks_of, element_names, element_tags, html_texts, page_of

FIRST = "The ferry across the Oder was taken out of service on Friday, after its cable had frayed in the spring flood."
SECOND = (
    "A diver found the damage by chance. Until a new cable is delivered, the villagers drive forty kilometres round."
)
CHINESE = "渡轮因缆绳磨损于星期五停运。一名潜水员偶然发现了这处损坏，在新缆绳运到之前，两岸村民只能绕行四十公里。" * 2
SECTIONS = "Start News Sport Weather Culture Business Opinion Region Archive Letters Jobs Property Notices Imprint"
MENU = f"<nav>{' '.join(f'<a href=/{name}>{name}</a>' for name in SECTIONS.split())}</nav>"
TITLE = "Ferry stopped after spring flood"


def linked(**item: Any) -> str:
    """Return a page that shows its menu only and declares `item` as JSON-LD."""
    return shell(f'<script type="application/ld+json">{json.dumps(item)}</script>')


def state(value: Any, opening: str = '<script type="application/json">', closing: str = "</script>") -> str:
    """Return a page that shows its menu only and holds `value` as application state."""
    return shell(f"{opening}{json.dumps(value)}{closing}")


def shell(body: str) -> str:
    """Return a page with a title, a menu, and `body`."""
    return f"<html><head><title>{TITLE} - The Oder Post</title></head><body>{MENU}{body}</body></html>"


def extra_texts(source: str) -> list[str]:
    """Return the blocks behind the menu, having made sure that an lxml tree gives the same."""
    texts = html_texts(source)
    assert html_texts(lxml.html.document_fromstring(source)) == texts
    assert texts[0] == SECTIONS
    return texts[1:]


# --- JSON-LD ---


@pytest.mark.parametrize(
    "item",
    [
        pytest.param({"@type": "NewsArticle", "articleBody": f"{FIRST}\n\n{SECOND}"}, id="lines"),
        pytest.param({"@type": "NewsArticle", "articleBody": f"<p>{FIRST}</p><p>{SECOND}</p>"}, id="HTML"),
        pytest.param({"@type": "NewsArticle", "articleBody": f"&lt;p&gt;{FIRST}&lt;br&gt;{SECOND}"}, id="escaped"),
        pytest.param({"@graph": [{"@type": "WebSite"}, {"articleBody": f"{FIRST}\r\n{SECOND}"}]}, id="graph"),
        pytest.param(
            {
                "@type": "QAPage",
                "mainEntity": {
                    "@type": "Question",
                    "text": FIRST,
                    "acceptedAnswer": {"@type": "Answer", "text": SECOND},
                },
            },
            id="question and answer",
        ),
        pytest.param(
            {
                "@type": "DiscussionForumPosting",
                "text": FIRST,
                "comment": [{"@type": "Comment", "text": SECOND}],
            },
            id="thread",
        ),
        pytest.param(
            {
                "@type": "Recipe",
                "description": FIRST,
                "recipeInstructions": [
                    {"@type": "HowToSection", "itemListElement": [{"@type": "HowToStep", "text": SECOND}]}
                ],
            },
            id="recipe",
        ),
        pytest.param(
            {
                "@type": "Recipe",
                "recipeInstructions": [{"@type": "HowToStep", "text": FIRST}, {"@type": "HowToStep", "text": SECOND}],
            },
            id="steps",
        ),
        pytest.param({"@type": "Recipe", "recipeInstructions": [FIRST, SECOND]}, id="steps without a type"),
    ],
)
def test_json_ld_text_is_read_if_the_page_does_not_show_it(item: dict[str, Any]) -> None:
    assert extra_texts(linked(**item)) == [FIRST, SECOND]


@pytest.mark.parametrize(
    "item",
    [
        pytest.param({"@type": "Organization", "description": FIRST}, id="about the publisher"),
        pytest.param({"@type": "NewsArticle", "description": FIRST}, id="a teaser"),
        pytest.param({"@type": "NewsArticle", "articleBody": "Too short to matter."}, id="short"),
        pytest.param({"@type": "NewsArticle", "isPartOf": {"articleBody": FIRST}}, id="of another page"),
        pytest.param({"@type": "NewsArticle", "articleBody": [FIRST, 1, None]}, id="not a string"),
        pytest.param(
            {"@type": "FAQPage", "mainEntity": [{"acceptedAnswer": {"@type": "Answer", "text": FIRST}}]}, id="FAQ"
        ),
    ],
)
def test_other_json_ld_is_not(item: dict[str, Any]) -> None:
    assert extra_texts(linked(**item)) == []


def test_visible_text_is_not_read_again_from_data() -> None:
    shown = f"<main><p>{FIRST.replace('Oder', '<b>Oder</b>')}</p><p>{SECOND}</p></main>"
    declared = linked(articleBody=f"{FIRST} {SECOND}")
    assert extra_texts(declared.replace("</nav>", f"</nav>{shown}")) == [FIRST, SECOND]


def test_short_steps_count_together() -> None:
    steps = [f"Stir the flour into the milk, {number}." for number in range(5)]
    page = linked(
        **{"@type": ["Recipe"], "recipeInstructions": [{"@type": "HowToStep", "text": step} for step in steps]}
    )
    assert extra_texts(page) == steps


def test_the_same_text_declared_twice_is_read_once() -> None:
    assert extra_texts(linked(**{"@graph": [{"articleBody": FIRST}, {"articleBody": FIRST}]})) == [FIRST]


def test_chinese_is_compared_too() -> None:
    declared = linked(articleBody=CHINESE)
    assert extra_texts(declared) == [CHINESE]
    assert extra_texts(declared.replace("</nav>", f"</nav><p>{CHINESE[:60]}<b>{CHINESE[60:]}</b></p>")) == [CHINESE]


def test_a_description_is_read_where_little_is_shown() -> None:
    page = linked(**{"@type": "Product", "name": "Ferry model", "description": FIRST})
    prose = "".join(f"<p>{number} {ARTICLE}</p>" for number in range(10))
    assert extra_texts(page) == [FIRST]
    assert FIRST not in html_texts(page.replace("</nav>", f"</nav>{prose}"))


# --- application state ---

STORY = {
    "site": {"newsletter": "Sign up to our newsletter and read the best of the week every Sunday. " * 5},
    "story": {
        "headline": TITLE,
        "body": {
            "content": [
                {"type": "paragraph", "content": [{"type": "text", "value": FIRST[:30]}, {"value": FIRST[30:]}]},
                {"type": "paragraph", "content": [{"content": [{"value": SECOND}]}]},
            ]
        },
        "related": [{"title": TITLE, "body": ARTICLE * 9}],
    },
}


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ('<script id="__NEXT_DATA__" type="application/json">', "</script>"),
        ("<script>window.__INITIAL_STATE__ = ", ";</script>"),
        ('<script>window["__STATE__"]=', ";(function(){})()</script>"),
        ("<script>self.__next_f.push(", ")</script>"),
    ],
)
def test_the_story_in_application_state_is_read(opening: str, closing: str) -> None:
    assert extra_texts(state(STORY, opening, closing)) == [FIRST, SECOND]


def test_state_inside_a_string_is_read() -> None:
    source = shell(f"<script>var state = JSON.parse({json.dumps(json.dumps(STORY))});</script>")
    assert extra_texts(source) == [FIRST, SECOND]


def test_streamed_state_is_read() -> None:
    rows = f'0:["$","main",null]\n1f:{json.dumps(STORY)}\n2:I[123,["a"]]\n'
    assert extra_texts(shell(f"<script>self.__next_f.push({json.dumps([1, rows])})</script>")) == [FIRST, SECOND]


def test_a_page_that_shows_nothing_is_about_all_of_its_state() -> None:
    rows = "".join(
        f"<script>self.__next_f.push({json.dumps([1, row])})</script>"
        for row in ("24:T1b7b,", f"<p>{FIRST}</p><p>{SECOND}</p>", '5:["$","$L23",null,{}]\n')
    )
    source = f"<html><head><title>{TITLE}</title></head><body><div id=root></div>{rows}</body></html>"
    assert html_texts(source) == [FIRST, SECOND]
    assert html_texts(source.replace("<div id=root>", f"<p>{FIRST}")) == [FIRST]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"story": {"headline": "Another page's story", "body": FIRST + SECOND}}, id="another title"),
        pytest.param({"headline": TITLE, "css": f"p {{}} {FIRST}", "sku": FIRST}, id="no body of text"),
        pytest.param({"headline": TITLE, "body": "https://x.example/" + "a." * 99}, id="an address"),
        pytest.param({"headline": TITLE, "reviews": [{"body": FIRST}]}, id="aside"),
        pytest.param([FIRST, 1, None, True, {}], id="other things"),
    ],
)
def test_other_state_is_not(value: Any) -> None:
    assert extra_texts(state(value)) == []


def test_state_is_not_read_where_the_page_shows_more() -> None:
    shown = "".join(f"<p>{number} {ARTICLE[:700]}</p>" for number in range(2))
    assert FIRST not in html_texts(state(STORY).replace("</nav>", f"</nav>{shown}"))


# --- where it stands ---


def test_data_text_is_a_script_block_named_by_its_keys() -> None:
    page = page_of(linked(articleBody=f"<h2>{SECOND}</h2><p>{FIRST}</p>"))
    elements, inner = page.elements, page.block_elements
    assert elements is not None
    assert inner is not None
    tags = element_tags(elements)
    script = tags.index("script")
    assert element_names(elements)[script] == "articleBody"
    assert elements.parents[script] == 0
    assert [tags[row] for row in inner] == ["a", "h2", "p"]
    assert (elements.first_blocks[script], elements.end_blocks[script]) == (1, 3)
    assert (elements.first_blocks[0], elements.end_blocks[0]) == (0, 3)


def test_tags_detector_marks_text_from_data() -> None:
    blocks = blocks_of(linked(articleBody=FIRST))
    tags = next(each for each in BUILTIN if each.name == "tags")
    assert detect(blocks, (tags,))["tags.in_script"].tolist() == [0, 1]


def test_article_in_data_only_is_kept() -> None:
    body = "\n".join(f"{ARTICLE} Part {number}." for number in range(3))
    assert "Part 1." in boilercut.clean(linked(**{"@type": "NewsArticle", "articleBody": body}))


# --- broken and enormous data ---


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lambda: "[" * 100_000 + "]" * 100_000, id="deep lists"),
        pytest.param(lambda: '{"a":' * 100_000 + "1" + "}" * 100_000, id="deep objects"),
        pytest.param(lambda: '["]",' * 100_000, id="depth hidden in strings"),
        pytest.param(lambda: '{"articleBody": "' + "x" * 100_000, id="an open string"),
        pytest.param(lambda: '{"articleBody": "\\ud800 ' + FIRST + '"}', id="a lone surrogate"),
        pytest.param(lambda: f'{{"{"k" * 100_000}": {json.dumps([{"a": {"b": 1}}] * 20_000)}}}', id="a long key"),
        pytest.param(lambda: json.dumps([{"@type": "Answer", "text": f"{n} {FIRST}"} for n in range(20_000)]), id="20,000 texts"),
        pytest.param(lambda: json.dumps({"title": TITLE, "body": [FIRST] * 20_000}), id="20,000 paragraphs"),
        pytest.param(lambda: json.dumps({f"a{n}": {"title": TITLE, "body": FIRST} for n in range(20_000)}), id="20,000 paths"),
        pytest.param(lambda: "{'a': undefined}", id="not JSON"),
        pytest.param(lambda: "", id="nothing"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["application/ld+json", "application/json"])
def test_any_data_is_read_in_time(data: Callable[[], str], kind: str) -> None:
    page = shell(f'<script type="{kind}">{data()}</script>')
    started = thread_time()
    assert block_texts(page_of(page))[0] == SECTIONS
    assert thread_time() - started < 5


def test_lacking_keeps_order_and_drops_repeats() -> None:
    texts = [DataText("a", FIRST, False), DataText("b", SECOND, False), DataText("c", f"<p>{FIRST}", True)]
    assert lacking(texts, str) == texts[:2]
    assert lacking(texts, lambda: f"x {SECOND.upper()} y") == texts[:1]


# --- what markup puts aside ---


def test_noscript_is_read_unless_it_repeats_the_page() -> None:
    source = shell(f"<noscript><p>{FIRST}</p></noscript><p>{SECOND}</p><noscript>Turn on scripts.</noscript>")
    assert extra_texts(source) == [FIRST, SECOND, "Turn on scripts."]
    assert extra_texts(source.replace("</body>", f"<div>{FIRST}</div></body>")) == [SECOND, "Turn on scripts.", FIRST]


def test_shadow_roots_are_read_in_place_and_other_templates_are_not() -> None:
    source = shell(
        f"<my-story><template shadowrootmode=open><p>{FIRST}</p><template>no</template>"
        f"<my-part><template shadowrootmode=closed>in it</template></my-part></template></my-story>"
        f"<template><p>no</p></template><p>{SECOND}</p>"
    )
    assert html_texts(source)[1:] == [FIRST, "in it", SECOND]
    assert html_texts(lxml.html.document_fromstring(source))[1:] == [FIRST, "in it", SECOND]


def test_the_document_of_a_frame_is_read() -> None:
    frame = f"<iframe srcdoc='<style>p {{}}</style><p>{FIRST}</p><p>{SECOND}</p>'></iframe>"
    assert extra_texts(shell(frame)) == [FIRST, SECOND]
    assert extra_texts(shell(f"<p>{FIRST}</p><p>{SECOND}</p>{frame}")) == [FIRST, SECOND]


@pytest.mark.parametrize("tag", ["canvas", "video", "audio", "object", "select", "iframe"])
def test_elements_closed_as_in_xml_do_not_swallow_the_page(tag: str) -> None:
    assert html_texts(f"<p>one</p><{tag} class='x'/><p>two</p><{tag}/><p>three</p>") == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<a href=x>Open World</a><a href=y>Sexual</a>", "Open World Sexual"),
        ("<b><a href=x>one</a></b><i><a href=y><b>two</b></a></i>", "one two"),
        ("<span class=a>2026</span><span class=a>1h 54m</span><span class=a>R</span>", "2026 1h 54m R"),
        ("<span class=a>Wor</span><span class=a>d</span>", "Word"),
        ("<span>Mc</span><span>Adam</span>", "McAdam"),
        ("<a href=x>www.<b>Example</b></a>.org", "www.Example.org"),
        ("<b>H</b><sub>2</sub>O", "H2O"),
    ],
)
def test_adjoining_links_and_labels_are_words_of_their_own(source: str, text: str) -> None:
    assert html_texts(f"<p>{source}</p>") == [text]
    assert html_texts(lxml.html.fragment_fromstring(f"<p>{source}</p>")) == [text]


def test_code_is_not_pulled_apart() -> None:
    assert html_texts("<pre><span class=k>new</span><span class=n>Ferry</span></pre>") == ["newFerry"]
