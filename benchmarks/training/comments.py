"""Make training pages with readers' comments: posts of threads, in the markup of common systems, under articles.

Pages of today load their comments by script, so that whole sets hold none; older pages, and those that were saved as
shown, are full of them. ``comments.toml`` has the markup of the systems, and the lines that they print.
"""

import random
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from lxml import etree, html

from boilercut.training.measures import words

MIN_POST_WORDS, MAX_POST_WORDS = 4, 250
MIN_GOLD_WORDS = 60
MIN_PIECE_WORDS = 4
MIN_FOUND_SHARE = 0.5
"""Share of the gold text's words that the page has to hold in pieces of `MIN_PIECE_WORDS` or more."""
CONTAINER_SHARE = 0.85
"""Share of those that the innermost element around the article has to hold."""
POSTS = (1, 2, 3, 5, 8, 12, 25)
"""Numbers of posts in a section, each as likely."""
FORM_SHARE = 0.6
"""Share of the sections with a form to write a comment."""


class Post(NamedTuple):
    """What one reader wrote."""

    author: str
    date: str
    text: str


class Markup(NamedTuple):
    """How a system lays comments out; ``{count}``, ``{author}``, ``{date}`` and ``{text}`` are filled in."""

    before: str
    post: str
    after: str
    paragraph: str = "<p>{}</p>"
    """How one paragraph of a post is written."""


_TABLE = tomllib.loads(Path(__file__).with_name("comments.toml").read_text("utf-8"))
SYSTEMS = {name: Markup(**own) for name, own in _TABLE["systems"].items()}
HEADINGS, REPLIES, WORDS, FORM = _TABLE["headings"], _TABLE["replies"], _TABLE["words"], _TABLE["form"]
LINES_BEFORE, LINES_BEHIND, FORM_LINES = _TABLE["lines_before"], _TABLE["lines_behind"], _TABLE["form_lines"]
_NAMES = (
    "anna ben carla dmitri eva farid gina hans ines jo kofi lena marek nora oscar petra quinn rosa sven tara".split()
)


def posts_of(texts: Iterable[str], draw: random.Random) -> list[Post]:
    """Make posts of texts: paragraphs of threads, with a name and a date that are made up."""
    sizes = ((text, len(words(text))) for text in texts)
    return [Post(_author(draw), _date(draw), text) for text, size in sizes if MIN_POST_WORDS <= size <= MAX_POST_WORDS]


def with_comments(source: str, gold: str, posts: Sequence[Post], seed: str) -> tuple[str, str] | None:
    """Put a section of comments behind the article of a page; return the page and the comments' text, or None.

    None where the gold text is short, or does not stand together in one element. The same seed makes the same page.
    """
    draw = random.Random(zlib.crc32(seed.encode()))
    if len(words(gold)) < MIN_GOLD_WORDS or not posts:
        return None
    try:
        root = html.document_fromstring(source.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError):
        return None
    article = _article_element(root, gold)
    if article is None:
        return None
    chosen = draw.sample(list(posts), min(len(posts), draw.choice(POSTS)))
    section = html.fragment_fromstring(_section(chosen, draw), create_parent="div")
    _insert(article, section, draw)
    made = etree.tostring(root, encoding="unicode", method="html")
    return made, "\n".join(line for post in chosen for line in (post.author, post.date, post.text))


def _article_element(root: html.HtmlElement, gold: str) -> html.HtmlElement | None:
    """Return the innermost element that holds most of what the page has of the gold text."""
    element = root.find("body")
    if element is None:
        return None
    masses = _gold_masses(element, gold)
    if masses[element] < MIN_FOUND_SHARE * len(words(gold)):
        return None
    least = CONTAINER_SHARE * masses[element]
    while inner := [child for child in element if masses[child] >= least]:
        element = inner[0]
    return None if element.tag == "body" else element


def _gold_masses(body: html.HtmlElement, gold: str) -> Counter[html.HtmlElement]:
    """Count for each element the words of the pieces of text in it that the gold text holds word for word."""
    running = f" {' '.join(words(gold))} "
    masses: Counter[html.HtmlElement] = Counter()
    elements = [element for element in body.iter() if isinstance(element.tag, str)]
    for element in elements:
        for owner, text in ((element, element.text), (element.getparent(), element.tail)):
            own = words(text) if text and owner is not None and owner.tag not in ("script", "style") else ()
            if len(own) >= MIN_PIECE_WORDS and f" {' '.join(own)} " in running:
                masses[owner] += len(own)
    for element in reversed(elements[1:]):
        masses[element.getparent()] += masses[element]
    return masses


def _insert(article: html.HtmlElement, section: html.HtmlElement, draw: random.Random) -> None:
    """Put the section behind the article, behind its parent, or into it at the end."""
    parent = article.getparent()
    place = draw.random()
    if place < 0.25 or parent is None or article.tag in ("td", "tr", "tbody"):
        article.append(section)
        return
    if place < 0.5 and parent.tag not in ("body", "td", "tr", "tbody", "table"):
        article = parent
    section.tail, article.tail = article.tail, None
    article.addnext(section)


def _section(posts: Sequence[Post], draw: random.Random) -> str:
    markup = SYSTEMS[draw.choice(list(SYSTEMS))]
    fills = {
        "count": draw.choice(HEADINGS).format(len(posts)),
        "word": draw.choice(WORDS),
        "reply": draw.choice(REPLIES),
    }
    parts = [markup.before.format(**fills)]
    for post in posts:
        text = "".join(markup.paragraph.format(_escaped(line)) for line in post.text.split("\n"))
        parts.append(markup.post.format(author=_escaped(post.author), date=post.date, text=text, **fills))
    parts.append(markup.after.format(**fills))
    if draw.random() < FORM_SHARE:
        parts.append(FORM)
    return "".join(parts)


def section_lines(posts: Sequence[Post], draw: random.Random) -> list[str]:
    """Return the lines of a section of comments as a crawl's dump has them."""
    chosen = draw.sample(list(posts), min(len(posts), draw.choice(POSTS)))
    head = draw.choice(LINES_BEFORE)
    behind = draw.choice(LINES_BEHIND)
    lines = [draw.choice(HEADINGS).format(len(chosen))]
    for post in chosen:
        lines += [line.format(author=post.author, date=post.date) for line in head]
        lines += [line.strip() for line in post.text.split("\n") if line.strip()]
        lines += [line.format(author=post.author, date=post.date, reply=draw.choice(REPLIES)) for line in behind]
    return [*lines, *FORM_LINES] if draw.random() < FORM_SHARE else lines


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _author(draw: random.Random) -> str:
    name = draw.choice(_NAMES)
    return draw.choice(
        (name, name.title(), f"{name}{draw.randint(1, 99)}", f"{name.title()} {draw.choice('ABKMRST')}.")
    )


def _date(draw: random.Random) -> str:
    day, month, year = draw.randint(1, 28), draw.randint(1, 12), draw.randint(2004, 2024)
    names = "January February March April May June July August September October November December".split()
    clock = f"{draw.randint(1, 12)}:{draw.randint(0, 59):02} {draw.choice(('am', 'pm'))}"
    return draw.choice(
        (
            f"{names[month - 1]} {day}, {year} at {clock}",
            f"{day}/{month:02}/{year} {clock}",
            f"{year}-{month:02}-{day:02} {clock}",
            f"{day}. {month}. {year}",
            f"{draw.randint(2, 11)} years ago",
        )
    )
