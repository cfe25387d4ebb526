"""The training pages as labelled examples: from HTML, and from text renderings by several tools.

Rendering takes minutes, so renderings are kept in `benchmarks/.cache`, one file a set.
"""

import gzip
import json
import random
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import islice
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np

from benchmarks.quality.data import Sample, fold_of, read_pages, read_set, registered_domain
from benchmarks.quality.held_out import CACHE
from benchmarks.quality.renderings import render
from benchmarks.training.comments import Post, posts_of, section_lines, with_comments
from boilercut.arrays import Floats
from boilercut.blocks.measure import measure
from boilercut.blocks.phrases import shipped_phrases
from boilercut.blocks.table import Blocks
from boilercut.page import PageKind
from boilercut.read import read
from boilercut.training.fit import FORGOTTEN_SHARE, Example
from boilercut.training.labels import block_labels, comment_labels, past_the_gold

MAIN_RENDERING = "crawl_dump"
OTHER_RENDERINGS = ("inscriptis_dump", "markdown_dump", "soup_lines", "partly_cleaned", "recall_leftovers")
"""Each page is seen as a crawl's dump and in one of these, so a model learns all habits at twice the cost."""
WORKERS = 2
LISTING_TYPES = ("listing", "collection", "product")
"""Types of page whose content may itself be a list of titles."""
MAX_TEASER_LABEL = 0.1
MIN_TEASER_WORDS = 4
MIN_TEASERS = 5
MIN_ARTICLE_LINES = 4
BEHIND_SHARE = 0.8
CONTENT_LABEL = 0.5
MAX_FRAGMENT_LINES = 12
FRAGMENT_SHARE = 0.15
"""How much a fragment counts beside a whole page."""


SELECTED_SETS = ("static-sites", "static-sites-2")
"""Sets whose gold text was taken by selectors: it is whole, so nothing behind it is in doubt, and comments are apart.
The selected element lost its class and id, so class words are blanked on more of their pages."""
SELECTED_FORGOTTEN = 0.35
NO_ARTICLE_SHARE = 0.1
"""How much a page without an article counts beside one that has one; its weight is large, as no gold text shares it."""
SELECTED_SHARE = 0.6
"""How much a page of these sets counts that has neither comments nor posts: of such the other sets have enough, and
whole themes make up these. On one held-out fold, with this and `COMMENTED_SHARE` below, the mean F1 over the eight
older sets was .886 (.882 with 1 and .5; .886 without the new sets), and on these sets .981 and .950 (.982, .947)."""
COMMENTED_SHARE, COMMENTED_TEXT_SHARE = 0.2, 1.0
"""How much a page counts that comments were put into, as HTML and as text."""
COMMENTED_FORM = "html with comments"
"""The form of such a page; it is learned from and never scored."""
COMMENTS_SHARE, THREAD_SHARE, OTHER_LANGUAGE_SHARE = 3.0, 2.0, 1.3
"""How much a text counts whose page has comments of its own, one of a thread, whose posts look like them, and one in
another language than English."""
DOCUMENT_SHARES = {"trafilatura": 0.1, "resiliparse": 0.1, "leftovers": 0.2, "small page": 0.13}
"""How much a text counts that was made of a page (`documents`); such are learned from and never scored."""
LEARNED_FORMS = (COMMENTED_FORM, *DOCUMENT_SHARES)
MIN_OWN_LANGUAGE = 50
"""With fewer lines of posts in a page's language, posts of all languages are used."""
POST_LINES = 120
POST_FOLDS = 5
MAX_COMMENTED_CHARACTERS = 400_000
"""Larger pages are mostly scripts and take long to parse."""
PAGE_TYPE_OF = {"collection": "listing", "forum": "thread", "news": "article"}
"""What the sets call a type, and what boilercut calls it."""
PAGE_TYPE_OF_SET = {
    "newspaper4k-424": "article",
    "fundus": "article",
    "magic-html-article": "article",
    "magic-html-forum": "thread",
    "webforum-52": "thread",
}
COMMENTED_TYPES = ("article", "documentation", "product", "service")


class Page(NamedTuple):
    """A page of the corpus in one form; `example` is None where the form holds no text."""

    sample: Sample
    form: str
    example: Example | None


def pages(kind: PageKind, sets: Iterable[str]) -> Iterator[Page]:
    """Yield the labelled pages of `sets`, as HTML once, as text in two renderings.

    As HTML, pages come along that have no article, where a set says so.
    """
    for name in sets:
        texts = renderings(name) if kind == "text" else {}
        whole = kind == "html" and name in SELECTED_SETS
        for sample in read_pages(name) if whole else read_set(name):
            if kind == "html":
                yield Page(sample, "html", _example(sample, sample.html, "html", _share(sample)))
                continue
            doubtful, forms = doubtful_texts(sample), texts[sample.id]
            for form, source in forms.items():
                share = text_share(sample, sample.comments) / len(forms)
                yield Page(sample, form, _example(sample, source, "text", share, doubtful))


def examples(corpus: Iterable[Page]) -> list[Example]:
    """Return what to learn from: every page that holds text; of text pages also fragments, link farms and posts."""
    whole = [page for page in corpus if page.example is not None]
    dumps = [page for page in whole if page.form == MAIN_RENDERING]
    farms = headlines(dumps)
    made = [fragment(page) for page in dumps] + [with_link_farm(page, farms) for page in dumps]
    pools = post_lines(page.sample for page in dumps)
    made += [with_posts(page, pools[fold_of(page.sample, POST_FOLDS)]) for page in dumps]
    return [example for example in (*(page.example for page in whole), *made) if example is not None]


def page_type(sample: Sample) -> str | None:
    """Return what the page is, as boilercut calls it; None where its set does not say."""
    if sample.type is None:
        return None
    return PAGE_TYPE_OF_SET.get(sample.dataset) or PAGE_TYPE_OF.get(sample.type, sample.type)


def _share(sample: Sample) -> float:
    """Return how much a page counts as HTML."""
    if not sample.gold:
        return NO_ARTICLE_SHARE
    plain = sample.dataset in SELECTED_SETS and not sample.comments and page_type(sample) != "thread"
    return SELECTED_SHARE if plain else 1.0


def text_share(sample: Sample, comments: Sequence[str]) -> float:
    """Return how much a text of a page counts that holds these of its comments."""
    share = 1.0 if sample.language in (None, "en") else OTHER_LANGUAGE_SHARE
    if page_type(sample) == "thread":
        return share * THREAD_SHARE
    if sample.dataset not in SELECTED_SETS:
        return share
    return share * (COMMENTS_SHARE if comments else SELECTED_SHARE)


def commented(corpus: Sequence[Page]) -> Iterator[Page]:
    """Yield half of the pages without comments once more, with comments under their articles.

    Those are posts and comments of pages in the same one of `POST_FOLDS` folds, so that cross-validation with these
    folds holds out a page together with all that was made of it.
    """
    corpus = [page for page in corpus if page.form == "html" and page.example is not None]
    pools = post_lines(page.sample for page in corpus)
    for page in corpus:
        pool = pools[fold_of(page.sample, POST_FOLDS)]
        made = _commented(page.sample, pool) if pool and _takes_comments(page.sample) else None
        if made is not None:
            yield Page(made, COMMENTED_FORM, _example(made, made.html, "html", COMMENTED_SHARE))


def post_lines(samples: Iterable[Sample], folds: int = POST_FOLDS) -> Mapping[int, list[tuple[str, str]]]:
    """Return the lines of all posts and comments by fold, each with its page's language."""
    lines: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for sample in samples:
        texts = (sample.gold,) if page_type(sample) == "thread" else sample.comments
        lines[fold_of(sample, folds)] += [(sample.language or "", line) for text in texts for line in text.split("\n")]
    return lines


def with_posts(page: Page, lines: Sequence[tuple[str, str]]) -> Example | None:
    """Put comments behind the last line of the article in a crawl's dump; the rest of the page stays."""
    assert page.example is not None
    blocks, labels, doubtful = page.example.blocks, page.example.labels, page.example.doubtful
    content = np.flatnonzero(labels >= CONTENT_LABEL)
    added = comment_lines(page.sample, lines)
    if not added or not len(content):
        return None
    at = int(content[-1]) + 1
    texts = [blocks.block(row) for row in range(len(blocks))]
    own = measure([read("\n".join([*texts[:at], *added, *texts[at:]]), "text")], shipped_phrases())
    if len(own) != len(texts) + len(added):
        return None  # a line that is no block of its own would shift the labels
    return Example(
        own,
        np.insert(labels, at, np.zeros(len(added))),
        page.example.site,
        page.example.group,
        share=COMMENTED_TEXT_SHARE * page.example.share,
        doubtful=np.insert(doubtful, at, np.zeros(len(added), dtype=np.bool_)),
    )


def comment_lines(sample: Sample, lines: Sequence[tuple[str, str]]) -> list[str]:
    """Return a section of comments for a page, made of such lines; none for a page that is to stay without."""
    if not lines or not _takes_comments(sample):
        return []
    draw = random.Random(zlib.crc32(sample.id.encode()))
    return section_lines(_posts_for(sample, lines, draw), draw)


def _takes_comments(sample: Sample) -> bool:
    fitting = page_type(sample) in COMMENTED_TYPES and not sample.comments and bool(sample.gold)
    picked = sample.type == "news" or zlib.crc32(sample.id.encode()) % 2 == 0
    return fitting and picked and len(sample.html) <= MAX_COMMENTED_CHARACTERS


def _commented(sample: Sample, lines: Sequence[tuple[str, str]]) -> Sample | None:
    draw = random.Random(zlib.crc32(sample.id.encode()))
    made = with_comments(sample.html, sample.gold, _posts_for(sample, lines, draw), sample.id)
    return None if made is None else replace(sample, html=made[0], comments=(made[1],))


def _posts_for(sample: Sample, lines: Sequence[tuple[str, str]], draw: random.Random) -> list[Post]:
    """Make posts of lines in the page's language, or of all lines where those are few."""
    own = [line for language, line in lines if language[:2] == (sample.language or "?")[:2]]
    pool = own if len(own) > MIN_OWN_LANGUAGE else [line for _, line in lines]
    picked = iter(draw.sample(pool, min(len(pool), POST_LINES)))
    texts = ["\n".join(islice(picked, draw.choice((1, 1, 1, 2, 3)))) for _ in range(POST_LINES)]
    return posts_of(texts, draw)


def fragment(page: Page) -> Example | None:
    """Cut a few lines around the article's beginning or end out of a text page, as a page of its own.

    Text that reaches a user may be five lines long; without these, a model knows only whole pages.
    """
    assert page.example is not None
    blocks, labels = page.example.blocks, page.example.labels
    draw = random.Random(zlib.crc32(page.sample.id.encode()))
    content = np.flatnonzero(labels >= CONTENT_LABEL)
    if not len(content):
        return None
    edge = int(draw.choice([content[0], content[-1]]))
    first = max(edge - draw.randint(0, MAX_FRAGMENT_LINES), 0)
    end = min(edge + draw.randint(1, MAX_FRAGMENT_LINES), len(blocks))
    text = "\n".join(blocks.block(row) for row in range(first, end))
    own = measure([read(text, "text")], shipped_phrases())
    share = FRAGMENT_SHARE * text_share(page.sample, ())
    return Example(own, labels[first:end], page.example.site, page.example.group, share=share)


def headlines(corpus: Iterable[Page]) -> list[list[str]]:
    """Return the teaser titles of each page that has several: what link farms are made of."""
    found = []
    for page in corpus:
        if page.form != MAIN_RENDERING or page.example is None:
            continue
        blocks, columns = page.example.blocks, page.example.all_columns()
        teaser = (columns["headlines.title_like"] > 0) & (page.example.labels < MAX_TEASER_LABEL)
        teaser &= blocks.facts.words >= MIN_TEASER_WORDS
        titles = list(dict.fromkeys(blocks.block(row) for row in np.flatnonzero(teaser).tolist()))
        if len(titles) >= MIN_TEASERS:
            found.append(titles)
    return found


def with_link_farm(page: Page, farms: Sequence[list[str]]) -> Example | None:
    """Put a list of other pages' headlines behind (or into) the article of a page, and nothing else.

    Half-cleaned text looks like this: the menus are gone, a list of "related videos" is left, often longer
    than the article, with or without dates. Whole dumps alone never show it.
    """
    assert page.example is not None
    if page.sample.type in LISTING_TYPES or not farms:
        return None
    draw = random.Random(zlib.crc32(page.sample.id.encode()) + 1)
    blocks, labels = page.example.blocks, page.example.labels
    rows = np.flatnonzero(labels >= CONTENT_LABEL).tolist()[: draw.randint(4, 60)]
    if len(rows) < MIN_ARTICLE_LINES:
        return None
    lines = [(blocks.block(row), float(labels[row])) for row in rows]
    at = len(lines) if draw.random() < BEHIND_SHARE else draw.randint(1, len(lines))
    lines[at:at] = [(line, 0.0) for line in _farm(draw, farms)]
    own = measure([read("\n".join(line for line, _ in lines), "text")], shipped_phrases())
    farm_labels = np.array([label for _, label in lines])
    share = FRAGMENT_SHARE * text_share(page.sample, ())
    return Example(own, farm_labels, page.example.site, page.example.group, share=share)


def _farm(draw: random.Random, farms: Sequence[list[str]]) -> list[str]:
    titles = [title for farm in draw.sample(farms, min(2, len(farms))) for title in farm]
    titles = titles[: draw.randint(4, 80)]
    mark = draw.choice(["", "", "- ", "* "])
    shown = [f"{mark}{title}" for title in titles]
    dated = [f"{mark}{_date(draw)} {title}" for title in titles]
    heading = draw.choice([[], ["Videos"], ["Related news"], ["Most popular"], ["More from this site"], ["Read also"]])
    return heading + draw.choice([shown, dated, shown + dated])


def _date(draw: random.Random) -> str:
    day, month, year = draw.randint(1, 28), draw.randint(1, 12), draw.randint(2005, 2026)
    clock = f"{draw.randint(0, 23):02}:{draw.randint(0, 59):02}"
    return draw.choice(
        [
            f"{clock} • {day:02}.{month:02}.{year % 100:02}",
            f"{day:02}/{month:02}/{year}",
            f"{clock} |",
            f"{year}-{month:02}-{day:02}",
        ]
    )


def _example(
    sample: Sample, source: str, kind: PageKind, share: float = 1.0, doubtful: frozenset[str] | None = None
) -> Example | None:
    """Label one page; `doubtful` are lines of which the labels are not to be trusted, found out from HTML."""
    page = read(source, kind)
    if not len(page.starts):
        return None
    blocks = measure([page], shipped_phrases())
    labels, group = block_labels(blocks, sample.gold), f"{sample.dataset}/{sample.type}"
    comments = _comments(sample, blocks, labels)
    selected = sample.dataset in SELECTED_SETS
    if doubtful is not None:
        known = np.array([blocks.block(row) in doubtful for row in range(len(blocks))], dtype=np.bool_)
    else:
        known = np.zeros(len(blocks), dtype=np.bool_) if selected else past_the_gold(blocks, labels) & (comments < 0.5)
    return Example(
        blocks,
        labels,
        registered_domain(sample),
        group,
        share=share,
        doubtful=known,
        posts=_posts(sample, labels, comments) if kind == "html" else None,
        page_type=page_type(sample),
        forgotten=SELECTED_FORGOTTEN if selected else FORGOTTEN_SHARE,
    )


def _posts(sample: Sample, labels: Floats, comments: Floats) -> Floats | None:
    """Return for each block how much of it is a post or comment; None where the set does not tell them apart."""
    if page_type(sample) == "thread":
        return np.maximum(labels, comments)
    return comments if sample.comments or sample.dataset in SELECTED_SETS else None


def doubtful_texts(sample: Sample) -> frozenset[str]:
    """Return the blocks of HTML whose labels are not to be trusted: prose that goes on where the gold text stops."""
    if sample.dataset in SELECTED_SETS:
        return frozenset()
    blocks = measure([read(sample.html, "html")], shipped_phrases())
    labels = block_labels(blocks, sample.gold)
    doubtful = past_the_gold(blocks, labels) & (_comments(sample, blocks, labels) < 0.5)
    return frozenset(blocks.block(row) for row in np.flatnonzero(doubtful).tolist())


def _comments(sample: Sample, blocks: Blocks, labels: Floats) -> Floats:
    return comment_labels(blocks, labels, sample.comments[0]) if sample.comments else np.zeros(len(blocks))


def renderings(name: str) -> dict[str, dict[str, str]]:
    """Return the renderings of a set's pages by page id, from the cache or made now."""
    file = CACHE / f"renderings-{name}.jsonl.gz"
    if not file.is_file():
        CACHE.mkdir(exist_ok=True)
        with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
            rows = list(pool.map(_rendered, read_set(name), chunksize=4))
        with gzip.open(file, "wt", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row) + "\n" for row in rows)
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return dict(map(json.loads, lines))


def _rendered(sample: Sample) -> tuple[str, dict[str, str]]:
    other = OTHER_RENDERINGS[zlib.crc32(sample.id.encode()) % len(OTHER_RENDERINGS)]
    return sample.id, {name: render(sample, name) for name in (MAIN_RENDERING, other)}
