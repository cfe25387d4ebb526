"""The training pages as labelled examples: from HTML, and from text renderings by several tools.

Rendering takes minutes, so renderings are kept in `benchmarks/.cache`, one file a set.
"""

import gzip
import json
import random
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.quality.data import Sample, read_set, registered_domain
from benchmarks.quality.renderings import render
from boilercut.measure import measure
from boilercut.phrases import shipped_phrases
from boilercut.read import read
from boilercut.training.fit import Example
from boilercut.training.labels import block_labels
from boilercut.vocabulary import PageKind

CACHE = Path(__file__).resolve().parents[1] / ".cache"
MAIN_RENDERING = "crawl_dump"
OTHER_RENDERINGS = ("inscriptis_dump", "markdown_dump", "soup_lines", "partly_cleaned", "recall_leftovers")
"""Each page is seen as a crawl's dump and in one of these, so a model learns all habits at twice the cost."""
WORKERS = 2
CONTENT_LABEL = 0.5
MAX_FRAGMENT_LINES = 12
FRAGMENT_SHARE = 0.15
"""How much a fragment counts beside a whole page."""
MAX_CHARACTERS = 10**9


class Page(NamedTuple):
    """A page of the corpus in one form; `example` is None where the form holds no text."""

    sample: Sample
    form: str
    example: Example | None


def pages(kind: PageKind, sets: Iterable[str]) -> Iterator[Page]:
    """Yield the labelled pages of `sets`, as HTML once, as text in two renderings."""
    for name in sets:
        renderings = _renderings(name) if kind == "text" else {}
        for sample in read_set(name):
            forms = renderings[sample.id] if kind == "text" else {"html": sample.html}
            for form, source in forms.items():
                yield Page(sample, form, _example(sample, source, kind, 1 / len(forms)))


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
    own = measure([read(text, "text", None, MAX_CHARACTERS)], shipped_phrases())
    return Example(own, labels[first:end], page.example.site, page.example.group, FRAGMENT_SHARE)


def _example(sample: Sample, source: str, kind: PageKind, share: float) -> Example | None:
    page = read(source, kind, None, MAX_CHARACTERS)
    if not len(page.starts):
        return None
    blocks = measure([page], shipped_phrases())
    group = f"{sample.dataset}/{sample.type}"
    return Example(blocks, block_labels(blocks, sample.gold), registered_domain(sample), group, share)


def _renderings(name: str) -> dict[str, dict[str, str]]:
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
