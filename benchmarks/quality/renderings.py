"""Render HTML as plain text with tools other than boilercut: the input of text mode.

A model that only ever saw one tool's text would learn that tool, so there are several, from a
crawl's dump of everything visible to the leftovers of an extractor and of a half-done cleaning.
All give one block a line, blank lines left out.
"""

import random
import re
import zlib
from collections.abc import Callable, Iterable
from importlib import import_module

from benchmarks.quality.data import Sample
from boilercut.training.measures import words

# A whole script, to leave what it writes alone, or an element of raw text closed as XML does. No
# two parts beside each other match the same character; only scripts without an end are read again.
_EMPTY_ELEMENT = re.compile(
    r"<script\b[^<>]*(?<!/)>.*?</script\s*>"
    r"|(?P<tag><(?P<name>script|style|iframe|textarea|title|noscript|noembed|xmp)\b[^<>]*)/>",
    re.DOTALL | re.IGNORECASE,
)

SHINGLE_WORDS = 3
"""Words in the runs by which a long line is found in the gold text."""

MIN_GOLD_SHARE = 0.7
"""Share of a line's shingles that gold must have for the line to count as gold."""

SHORT_LINE_WORDS = 5
"""Below this a line counts as gold only if it is a line of the gold, or has gold beside it."""

CLEANED_SHARE = (0.3, 0.9)
"""Least and greatest share of the lines that are not gold which `partly_cleaned` drops."""

MAX_RUN_LINES = 20
"""Longest run of lines that `partly_cleaned` drops at once from the middle of a page."""


def crawl_dump(html: str) -> str:
    """Dump all visible text as a crawl does, with resiliparse, without its main-content filter.

    A crawl runs no scripts, so ``<noscript>`` is shown: Discourse forums have all posts in it.
    """
    extract = import_module("resiliparse.extract.html2text").extract_plain_text
    page = expand_empty_elements(html)
    return tidy(extract(page, main_content=False, alt_texts=False, noscript=True))


def inscriptis_dump(html: str) -> str:
    """Lay the page out as a text browser does, with inscriptis; table rows stay rows."""
    return tidy(import_module("inscriptis").get_text(html) if html.strip() else "")


def markdown_dump(html: str) -> str:
    """Turn the whole page into Markdown, links kept, lines not wrapped, with html2text."""
    converter = import_module("html2text").HTML2Text()
    converter.body_width = 0
    return tidy(converter.handle(html))


def soup_lines(html: str) -> str:
    """Give one line to each text node, as much scraping code does with BeautifulSoup over lxml.

    Scripts, styles, templates and the head go; a sentence with a link in it falls into pieces.
    """
    soup = import_module("bs4").BeautifulSoup(html, "lxml")
    for element in soup(["script", "style", "template", "head"]):
        element.decompose()
    return tidy(soup.get_text("\n"))


def recall_leftovers(html: str) -> str:
    """Give what trafilatura leaves at its most generous: recall favoured, comments included."""
    extract = import_module("trafilatura").extract
    return tidy(extract(html, favor_recall=True, include_comments=True) or "")


RENDERINGS: dict[str, Callable[[str], str]] = {
    "crawl_dump": crawl_dump,
    "inscriptis_dump": inscriptis_dump,
    "markdown_dump": markdown_dump,
    "soup_lines": soup_lines,
    "recall_leftovers": recall_leftovers,
}
"""Functions from HTML to text, by name; `render` knows ``partly_cleaned`` besides."""

RENDERING_NAMES = (*RENDERINGS, "partly_cleaned")


def render(sample: Sample, name: str) -> str:
    """Render a page by the rendering called `name`, one of `RENDERING_NAMES`.

    ``partly_cleaned`` is seeded by the page's id: a page always comes out the same.
    """
    if name != "partly_cleaned":
        return RENDERINGS[name](sample.html)
    return partly_cleaned(crawl_dump(sample.html), sample.gold, zlib.crc32(sample.id.encode()))


def expand_empty_elements(html: str) -> str:
    """Write ``<script/>``, ``<iframe/>`` and the like as elements with an end tag.

    A tenth of the webforum-52 pages were written out as XML by those who made the set; a parser of
    HTML takes all that follows such a tag for its content, though the page as served was sound.
    """
    return _EMPTY_ELEMENT.sub(_with_end_tag, html)


def partly_cleaned(text: str, gold: str, seed: int) -> str:
    """Drop 30 to 90 % of the lines that are not gold, as an earlier, imperfect cleaning would.

    They go in runs, as a cleaner takes them: some from the top, some from the bottom, the rest
    from the middle. Lines that `gold_lines` finds stay, each as it was. The same seed drops the
    same lines.
    """
    lines = text.splitlines()
    spare = [number for number, gold_here in enumerate(gold_lines(lines, gold)) if not gold_here]
    dropped = _runs_to_drop(spare, random.Random(seed))
    return "\n".join(line for number, line in enumerate(lines) if number not in dropped)


def gold_lines(lines: list[str], gold: str) -> list[bool]:
    """Tell for each line whether the gold text has it.

    A line of `SHORT_LINE_WORDS` or more does if gold has most of its runs of three words. A
    shorter one does if it equals a line of gold, or if gold has it and a line beside it is gold
    (a gold text with few line breaks still has its short lines, but "Home" in a sentence is not
    the menu's).
    """
    tokens = [words(line) for line in lines]
    whole_lines = {" ".join(words(line)) for line in gold.splitlines()} - {""}
    gold_words = words(gold)
    shingles = set(_shingles(gold_words))
    found = [
        _mostly_in(line, shingles) if len(line) >= SHORT_LINE_WORDS else " ".join(line) in whole_lines
        for line in tokens
    ]
    running = f" {' '.join(gold_words)} "
    return [
        here or (len(line) < SHORT_LINE_WORDS and _beside(found, number) and _within(line, running))
        for number, (here, line) in enumerate(zip(found, tokens, strict=True))
    ]


def _with_end_tag(match: re.Match[str]) -> str:
    return f"{match['tag']}></{match['name']}>" if match["tag"] else match[0]


def _runs_to_drop(spare: list[int], draw: random.Random) -> set[int]:
    """Choose the line numbers, out of the `spare` ones in order, that a cleaning takes away."""
    wanted = round(len(spare) * draw.uniform(*CLEANED_SHARE))
    top = round(wanted * draw.uniform(0, 0.5))
    bottom = round(wanted * draw.uniform(0, 0.5))
    dropped = set(spare[:top]) | set(spare[len(spare) - bottom :])
    middle = spare[top : len(spare) - bottom]
    while len(dropped) < wanted:
        start = draw.randrange(len(middle))
        room = min(MAX_RUN_LINES, wanted - len(dropped))
        dropped.update(middle[start : start + draw.randint(1, room)])
    return dropped


def _shingles(tokens: list[str]) -> Iterable[tuple[str, ...]]:
    return zip(*(tokens[offset:] for offset in range(SHINGLE_WORDS)), strict=False)


def _mostly_in(tokens: list[str], shingles: set[tuple[str, ...]]) -> bool:
    own = list(_shingles(tokens))
    return sum(shingle in shingles for shingle in own) >= MIN_GOLD_SHARE * len(own)


def _within(tokens: list[str], running: str) -> bool:
    return bool(tokens) and f" {' '.join(tokens)} " in running


def _beside(found: list[bool], number: int) -> bool:
    return any(found[max(0, number - 1) : number]) or any(found[number + 1 : number + 2])


def tidy(text: str) -> str:
    """Even out white space inside lines and leave out blank ones."""
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))
