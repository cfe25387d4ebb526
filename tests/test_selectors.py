"""Selectors of rules: parsed or refused by name, equal to lexbor's own on small trees, linear on large ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

import boilercut
from boilercut import ConfigError, Rule
from boilercut.read.html.select import lexbor_selection
from tests.growth import MAX_GROWTH, growth, seconds

DOCTYPE = "<!doctype html>"
PAGE = """<div class="A b" id=X><p lang=en-US DIR=LTR data-q=Q title="a b c">1<p title="">2<input type=TEXT checked name=Foo>
<a href="/X" rel=NoFollow>q</a><svg viewBox="0 0"><foreignObject><p>z</p></foreignObject></svg></div><ul><li>1<li class=b>2
<li>3<li>4</ul><!-- c --><p></p><p> </p><p><!-- c --></p><p><b></b></p><section class="b c"><h2>H</h2><p>t<p>u<div></div>
</section>"""
SELECTORS = """* | p | P | div p | div > p | p + p | h2 ~ p | h2 ~ p + p | .b | .A | .a | #X | #x | .A.b | p.b | div#X.b | [title]
[title=""] | [title="a b c"] | [title='a b c' i] | [title~=b] | [title~=""] | [title^=a] | [title$=c] | [title*=" b "]
[title*=""] | [lang|=en] | [lang|=EN] | [dir=ltr] | [data-q=q] | [data-q=q i] | [data-q=Q s] | [type=text] | [TYPE=TEXT]
[checked] | [checked=""] | [viewbox] | [viewBox] | foreignobject p | :root | :root > body | p:empty | :empty | li:first-child
li:last-child | body :only-child | :only-of-type | p:first-of-type | p:last-of-type | li:nth-child(2) | li:nth-child(odd)
li:nth-child(even) | li:nth-child(2n+1) | li:nth-child( -n + 2 ) | li:nth-child(n) | li:nth-last-child(2) | p:nth-of-type(2)
p:nth-last-of-type(1) | li:nth-child(+3) | li:nth-child(0) | :not(p) | p:not(.b, [title]) | :not(div p) | :not(:not(p))
:is(h2, li) | :where(ul li.b) | p:is(div > p) | :has(p) | div:has(> input) | :has(+ p) | h2:has(~ p) | div:has(a):has(input)
:has(> p > input) | body:has(div p a) | section:has(h2 + p) | \\64 iv | .\\41 | [class="A b"] | a, li , h2 | svg *
ul > li:not(:first-child):not(.b) | :not(:has(p)) | p:nth-child(3n-1)""".replace("\n", " | ").split(" | ")


CASELESS = ("[lang|=EN]", "[dir=ltr]", "[type=text]")
IGNORES_CASE = bool(LexborHTMLParser("<p dir=LTR>").css("[dir=ltr]"))
"""Whether this lexbor ignores case in the values of attributes as the standard says; selectolax 0.4.7's does not."""


def both(page: str, selector: str) -> tuple[list[int], list[int]]:
    """Return where the elements stand that boilercut and lexbor select."""
    parser = LexborHTMLParser(page)
    order = {node.mem_id: place for place, node in enumerate(parser.css("*"))}
    ours = lexbor_selection(parser, [selector])
    assert all(numbers == [0] for numbers in ours.values())
    return sorted(order[key] for key in ours), sorted(order[node.mem_id] for node in parser.css(selector))  # type: ignore[index]


@pytest.mark.parametrize("doctype", [DOCTYPE, ""], ids=["standard", "quirks"])
@pytest.mark.parametrize("selector", SELECTORS)
def test_lexbor_selects_the_same(selector: str, doctype: str) -> None:
    ours, lexbors = both(doctype + PAGE, selector)
    if selector in CASELESS and not IGNORES_CASE:
        assert ours
        assert not lexbors
    else:
        assert ours == lexbors


def test_a_doctype_is_no_sibling_though_lexbor_takes_it_for_one() -> None:
    assert both(DOCTYPE + "<p>", ":only-child") == ([0, 3], [3])


TAGS = st.sampled_from(["div", "p", "section", "ul", "li", "b", "span"])
NAMES = st.sampled_from(["a", "b", "c", "A"])
TREES = st.recursive(
    st.sampled_from(["x", "", "<!-- c -->", "<br>"]),
    lambda inner: st.builds(
        lambda tag, classes, name, parts: (
            f'<{tag} class="{" ".join(classes)}"{f" id={name} data-{name}={name}" if name else ""}>{"".join(parts)}</{tag}>'
        ),
        TAGS,
        st.lists(NAMES, max_size=2),
        st.none() | NAMES,
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)
PLACES = st.sampled_from(["1", "2", "odd", "even", "2n+1", "-n+2", "3n", "n+2", "3n-1"])
CONDITIONS = st.one_of(
    NAMES.map(".{}".format),
    NAMES.map("#{}".format),
    NAMES.map("[data-{0}={0}]".format),
    NAMES.map('[class~="{}"]'.format),
    NAMES.map('[class*="{}"]'.format),
    st.sampled_from([":first-child", ":last-child", ":only-child", ":first-of-type", ":only-of-type", ":root"]),
    PLACES.map(":nth-child({})".format),
    PLACES.map(":nth-last-child({})".format),
    PLACES.map(":nth-of-type({})".format),
    PLACES.map(":nth-last-of-type({})".format),
)
COMPOUNDS = st.builds(lambda tag, rest: f"{tag}{''.join(rest)}", TAGS | st.just("*"), st.lists(CONDITIONS, max_size=2))


def combined(compounds: st.SearchStrategy[str], longest: int) -> st.SearchStrategy[str]:
    """Return compounds with combinators between them."""
    steps = st.tuples(st.sampled_from([" ", " > ", " + ", " ~ "]), compounds)
    return st.builds(
        lambda first, rest: first + "".join(f"{mark}{each}" for mark, each in rest),
        compounds,
        st.lists(steps, max_size=longest),
    )


@given(
    page=st.lists(TREES, max_size=5).map("".join),
    selector=combined(COMPOUNDS, 4),
    doctype=st.sampled_from([DOCTYPE, ""]),
)
@example(page="<p class=a>", selector=".A", doctype="")
def test_lexbor_selects_the_same_of_any_tree(page: str, selector: str, doctype: str) -> None:
    ours, lexbors = both(doctype + page, selector)
    assert ours == lexbors


NESTED = st.builds(
    lambda outer, name, inner: f"{outer}:{name}({inner})",
    COMPOUNDS,
    st.sampled_from(["not", "is", "where", "has"]),
    st.lists(combined(COMPOUNDS, 1), min_size=1, max_size=2).map(", ".join),
)


@given(page=st.lists(TREES, max_size=5).map("".join), selector=combined(NESTED, 1))
def test_lexbor_selects_the_same_with_nested_selectors(page: str, selector: str) -> None:
    ours, lexbors = both(DOCTYPE + page, selector)
    assert ours == lexbors


PLAIN = st.builds(
    "{}{}".format, TAGS, st.sampled_from(["", ".a", "#b", "[data-c=c]", ":first-child", ":nth-child(2n)"])
)
"""What cssselect reads as the standard does."""


@given(page=st.lists(TREES, max_size=5).map("".join), selector=combined(PLAIN, 3))
def test_lxml_trees_are_selected_as_cssselect_does(page: str, selector: str) -> None:
    html = pytest.importorskip("lxml.html", reason="lxml hands over trees")
    pytest.importorskip("cssselect", reason="cssselect selects in lxml trees")
    from boilercut.read.html.select import selection
    from boilercut.read.lxml import _flat, _Tree

    root = html.document_fromstring(f"<html><body>{page}</body></html>")
    tree = _Tree(root)
    visits = tree.visits(whole=True)
    order = {id(element): place for place, element in enumerate(root.iter())}
    ours = selection(_flat(tree, visits), [selector])
    assert sorted(order[key] for key in ours) == sorted(order[id(each)] for each in root.cssselect(selector))  # type: ignore[index]


@pytest.mark.parametrize(
    "selector",
    [
        "p:hover", "p::before", ":lang(en)", "svg|p", "*|p", "p >", "> p", "p > > b", "p,", ",p", "p b]", "[a", "[a=", "[a=b",
        "[a=b x]", ".", "#", ".1", "p*", "a||b", ":nth-child(2 of p)", ":nth-child(n+)", ":nth-child(2", ":nth-child()",
        ":not()", ":is(", ":has(> )", ":not(p", "p)", "p;b", "'p'", "@media", "\\", "p/* c */b", ":nth-child(9999999999)",
        ":not(" * 9 + "p" + ")" * 9, ":not(" * 90, "p:unknown",
    ],
)  # fmt: skip
def test_what_is_not_supported_is_refused_with_what_is(selector: str) -> None:
    with pytest.raises(ConfigError, match=r"selector .*: at .*: .*there are tags, \*, #id"):
        Rule("drop", selector=selector)


@given(selector=st.text(alphabet="pa.#[]=~|^$*\"'\\ >+,:()n12-hasnoti\n\ud800é", min_size=1, max_size=40))
def test_any_text_is_a_selector_or_a_config_error(selector: str) -> None:
    try:
        rule = Rule("drop", selector=selector)
    except ConfigError:
        return
    boilercut.clean(PAGE, rules=[rule])


def hostile() -> Iterator[tuple[str, str, str]]:
    """Yield selectors, and what to repeat around and inside a page, that make matchers backtrack."""
    for selector in (
        ".x div div div div p", "div > div div > div p", ".x ~ p ~ p ~ p", "p + p ~ p + p", ":has(p p p)", ":not(:has(div p))",
        "div:has(div):has(p):has(~ p)", "p:nth-child(2n+1) ~ p:nth-last-of-type(3n)", ":is(div div, p ~ p) :is(div p, p + p)",
        ":has(~ p ~ p)", ":has(+ p + p + .x)", "[class*=aaaaaaaaab]", ".a.b.c.d ~ .a.b.c.d ~ .e", "* * * * * * * * *",
    ):  # fmt: skip
        yield selector, "<div>", "x"
        yield selector, "<p class='a b c d'>x</p>", ""
        yield selector, "<div><p class=aaaaaaaaaa>x", ""


@pytest.mark.slow
@pytest.mark.parametrize(("selector", "unit", "inside"), list(hostile()))
def test_time_is_linear_in_the_page(selector: str, unit: str, inside: str) -> None:
    cap = 900 // unit.count("<div>") if unit.startswith("<div>") else 1 << 30

    def page(size: int) -> LexborHTMLParser:
        deep = min(size, cap)
        return LexborHTMLParser(
            "".join(f"<section>{unit * deep}{inside}</section>" for _ in range(max(1, size // deep)))
        )

    pages = {size: page(size) for size in (4000, 8000)}
    assert growth(lambda size: lexbor_selection(pages[size], [selector]), 4000) <= MAX_GROWTH


def test_the_longest_selectors_take_little_time() -> None:
    page = LexborHTMLParser("<div><p>" * 400 + "x" * 20)
    for selector in ("* " * 499 + "*", "*>" * 499 + "*", "*~" * 499 + "*", ":has(" * 8 + "* " * 400 + "*" + ")" * 8):
        assert seconds(lambda _, selector=selector: lexbor_selection(page, [selector]), 1) < 0.5  # type: ignore[misc]
