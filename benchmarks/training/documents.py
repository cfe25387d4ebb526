"""The documents that a second look learns from: dumps, extractors' outputs with leftovers, and text that is clean.

All are made from train pages. Clean text is the gold text as people have it (whole, in part, hard-wrapped, with blank
lines between paragraphs). Leftovers are what four extractors put out, and gold text with runs of lines that other
pages' dumps have beside their articles. Small pages hold a few lines of a dump's own furniture (`small_pages`), and are
made each time. The other documents take minutes to make, so they are kept in `benchmarks/.cache`.
"""

import gzip
import json
import random
import re
import textwrap
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from html import unescape
from itertools import groupby

import numpy as np

from benchmarks.quality.data import (
    Sample,
    fold_of,
    read_set,
    registered_domain,
    smallest_checksums,
)  # fmt: skip
from benchmarks.quality.held_out import CACHE
from benchmarks.quality.renderings import tidy
from benchmarks.quality.rivals import HTML_RIVALS
from benchmarks.training.corpus import (
    CONTENT_LABEL,
    DOCUMENT_SHARES,
    MAIN_RENDERING,
    Page,
    comment_lines,
    doubtful_texts,
    post_lines,
    renderings,
    text_share,
)
from benchmarks.training.small_pages import BOILERPLATE_LABEL, TITLE_LABEL, Line, common_lines, small_pages
from boilercut.blocks.measure import measure
from boilercut.blocks.phrases import shipped_phrases
from boilercut.read import read
from boilercut.training.fit import Example
from boilercut.training.labels import block_labels

CLEAN_FORMS = ("clean", "clean, dressed", "clean, broken")
SMALL_FORM, COMMENTED_FORM = "small page", "with comments"
EXTRACTORS = ("trafilatura", "resiliparse", "readability", "justext")
"""Whose outputs, with default settings, are looked at again."""
EXTRACTED_PAGES = 130
"""Pages of each set, and of each type of `wcxb` half as many, that extractors run on: they take .3 seconds a page."""
FOLDS = 2
"""First scores come from models of the other half of the sites."""
MIN_OWN_LANGUAGE = 4
"""With fewer pages of its language, a text gets leftovers of all languages."""
LEFTOVER_LINES = (1, 1, 1, 2, 3, 5, 8, 15, 30, 60)
LEFTOVER_RUNS = (1, 1, 2, 2, 3)
ARTICLE_LINES = (15, 40, 100, 400)
WRAP_COLUMNS = (60, 72, 80)
MIN_BROKEN_WORDS = 8
LINKED_WORDS = (1, 2, 3, 5, 8)
FRAGMENT_LINES, EXCERPT_LINES = 15, 40
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One text with its labels: how much of each line, from 0 to 1, is the page's own."""

    dataset: str
    id: str
    type: str | None
    language: str | None
    site: str
    fold: int
    form: str
    """A rendering, an extractor, ``leftovers``, `SMALL_FORM`, `COMMENTED_FORM`, or one of `CLEAN_FORMS`."""
    text: str
    gold: str
    labels: Sequence[float]
    doubtful: bool = False
    """Whether prose goes on where the gold text stops: what is labelled beside it may be wrong."""


def documents(name: str) -> list[Document]:
    """Return the documents made of a set, from the cache or made now; the same ones every time."""
    file = CACHE / f"documents-{name}.jsonl.gz"
    if not file.is_file():
        CACHE.mkdir(exist_ok=True)
        made = [asdict(document) for document in _made(name)]
        with gzip.open(file, "wt", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in made)
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        kept = [Document(**json.loads(line)) for line in lines]
    samples = {sample.id: sample for sample in read_set(name)}
    small = small_documents(kept, {key: _title(sample) for key, sample in samples.items()})
    return [*kept, *small, *commented_documents(kept, samples)]


def document_pages(name: str) -> Iterator[Page]:
    """Yield those documents of a set that a first look learns from beside whole dumps."""
    samples = {sample.id: sample for sample in read_set(name)}
    for document in documents(name):
        if share := DOCUMENT_SHARES.get(document.form):
            sample, labels = samples[document.id], np.array(document.labels)
            blocks = measure([read(document.text, "text")], shipped_phrases())
            yield Page(sample, document.form, Example(
                blocks, labels, document.site, f"{document.dataset}/{document.type}",
                share=share * text_share(sample, ()), doubtful=np.zeros(len(blocks), dtype=np.bool_),
            ))  # fmt: skip


def commented_documents(made: Iterable[Document], samples: Mapping[str, Sample]) -> Iterator[Document]:
    """Yield dumps of pages without comments once more, with comments of the same fold under their articles."""
    pools = post_lines(samples.values(), FOLDS)
    for dump, lines in ((each, _labelled_lines(each)) for each in made if not each.doubtful):
        content = [number for number, line in enumerate(lines) if line.label >= CONTENT_LABEL]
        added = comment_lines(samples[dump.id], pools.get(dump.fold, ()))
        if content and added:
            lines[content[-1] + 1 : content[-1] + 1] = [Line(text, 0.0) for text in added]
            yield replace(
                dump, form=COMMENTED_FORM, text="\n".join(line.text for line in lines),
                labels=[line.label for line in lines],
            )  # fmt: skip


def small_documents(made: Iterable[Document], titles: Mapping[str, str]) -> Iterator[Document]:
    """Yield the small pages of each dump of which the labels can be trusted; `titles` are those of the pages."""
    dumps = [(each, lines) for each in made if not each.doubtful and (lines := _labelled_lines(each))]
    common = common_lines((dump.fold, dump.language, dump.site, lines) for dump, lines in dumps)
    for dump, lines in dumps:
        for page in small_pages(dump.id, lines, titles[dump.id], common.get((dump.fold, dump.language), {})):
            yield replace(
                dump, form=SMALL_FORM,
                text=("\n\n" if len(page) % 2 else "\n").join(line.text for line in page),
                gold="\n".join(line.text for line in page if line.label >= TITLE_LABEL),
                labels=[line.label for line in page],
            )  # fmt: skip


def _title(sample: Sample) -> str:
    found = _TITLE.search(sample.html)
    return " ".join(unescape(found[1]).split()) if found else ""


def _labelled_lines(document: Document) -> list[Line]:
    """Return a crawl dump's lines with their labels; none of other forms, or where a line is no block of its own."""
    texts = [line.strip() for line in document.text.split("\n") if line.strip()]
    if document.form != MAIN_RENDERING or len(texts) != len(document.labels):
        return []
    return [Line(text, label) for text, label in zip(texts, document.labels, strict=True)]


def _made(name: str) -> Iterator[Document]:
    samples = list(read_set(name))
    texts, doubtful = renderings(name), {sample.id: bool(doubtful_texts(sample)) for sample in samples}
    dumps = [
        document for sample in samples for form, text in texts[sample.id].items()
        if (document := labelled(sample, form, text, doubtful[sample.id])) is not None
    ]  # fmt: skip
    yield from dumps
    yield from (document for sample in samples for document in clean_documents(sample))
    runs = boilerplate_runs(dumps)
    yield from (document for sample in samples if (document := with_leftovers(sample, runs)) is not None)
    yield from (document for sample in extracted_pages(samples) for document in extracted(sample, doubtful[sample.id]))


def labelled(sample: Sample, form: str, text: str, doubtful: bool) -> Document | None:
    """Label a text's lines by the page's gold text; None where it has no line."""
    blocks = measure([read(text, "text")], shipped_phrases())
    if not len(blocks):
        return None
    made = _document(sample, form, text, sample.gold, block_labels(blocks, sample.gold).tolist())
    return replace(made, doubtful=doubtful)


def extracted_pages(samples: Sequence[Sample]) -> list[Sample]:
    """Pick the pages that extractors run on: by checksum, of every type."""
    types: dict[str | None, list[Sample]] = defaultdict(list)
    for sample in samples:
        types[sample.type].append(sample)
    each = EXTRACTED_PAGES if len(types) == 1 else EXTRACTED_PAGES // 2
    return [sample for own in types.values() for sample in smallest_checksums(own, each)]


def extracted(sample: Sample, doubtful: bool) -> Iterator[Document]:
    """Yield what each extractor makes of a page, where it makes anything of it."""
    for name in EXTRACTORS:
        try:
            text = tidy(HTML_RIVALS[name].clean(sample.html))
        except Exception:  # noqa: BLE001 - another tool may raise anything; there is no output then
            continue
        if (document := labelled(sample, name, text, doubtful)) is not None:
            yield document


def clean_documents(sample: Sample) -> Iterator[Document]:
    """Yield the gold text as it is, as people have such text, and with a line for each piece of a sentence."""
    lines = _lines(sample)
    if not lines:
        return
    yield _clean(sample, "clean", "\n".join(lines))
    dressed = _dressed(lines, _draw(sample))
    if dressed != "\n".join(lines):
        yield _clean(sample, "clean, dressed", dressed)
    yield _clean(sample, "clean, broken", "\n".join(_broken(lines, _draw(sample))))


def _clean(sample: Sample, form: str, text: str) -> Document:
    return _document(sample, form, text, text, [1.0] * len(read(text, "text").starts))


def _dressed(lines: Sequence[str], draw: random.Random) -> str:
    way = draw.random()
    if way < 0.4:
        return "\n\n".join(lines)
    if way < 0.6:
        width = draw.choice(WRAP_COLUMNS)
        return "\n\n".join("\n".join(textwrap.wrap(line, width)) or line for line in lines)
    if way < 0.8:
        length = draw.randint(1, FRAGMENT_LINES)
        start = draw.randrange(max(1, len(lines) - length + 1))
        return "\n".join(lines[start : start + length])
    return "\n".join(lines[: draw.randint(1, EXCERPT_LINES)])


def _broken(lines: Sequence[str], draw: random.Random) -> Iterator[str]:
    """Break half of the longer lines into pieces, as text nodes are around links; some pieces have a word or two."""
    for line in lines:
        tokens = line.split()
        if len(tokens) < MIN_BROKEN_WORDS or draw.random() < 0.5:
            yield line
            continue
        start = draw.randrange(1, len(tokens) - 1)
        end = min(start + draw.choice(LINKED_WORDS), len(tokens))
        pieces = (tokens[:start], tokens[start:end], tokens[end:])
        yield from (" ".join(piece) for piece in pieces if piece)


Runs = Mapping[int, Sequence[tuple[str | None, list[list[str]]]]]
"""By fold, for each page its language and its runs of lines that are not its article."""


def boilerplate_runs(dumps: Iterable[Document]) -> Runs:
    """Return the runs of lines beside the articles of pages."""
    found: dict[int, list[tuple[str | None, list[list[str]]]]] = defaultdict(list)
    for dump in dumps:
        pairs = groupby(_labelled_lines(dump), lambda line: line.label < BOILERPLATE_LABEL)
        runs = [[line.text for line in run] for is_boilerplate, run in pairs if is_boilerplate]
        found[dump.fold] += [(dump.language, runs)] if runs else []
    return found


def with_leftovers(sample: Sample, runs: Runs) -> Document | None:
    """Put runs of other pages of the fold at the ends of the gold text, or into it."""
    draw = _draw(sample)
    lines = [(line, 1.0) for line in _lines(sample)[: draw.choice(ARTICLE_LINES)]]
    pool = runs.get(fold_of(sample, FOLDS), ())
    own = [each for each in pool if each[0] == sample.language]
    pool = own if len(own) >= MIN_OWN_LANGUAGE else pool
    if not lines or not pool:
        return None
    gold = "\n".join(line for line, _ in lines)
    for _ in range(draw.choice(LEFTOVER_RUNS)):
        added = _part_of(draw.choice(draw.choice(pool)[1]), draw)
        way = draw.random()
        at = 0 if way < 0.25 else len(lines) if way < 0.8 else draw.randint(0, len(lines))
        lines[at:at] = [(line, 0.0) for line in added]
    text = "\n".join(line for line, _ in lines)
    return _document(sample, "leftovers", text, gold, [label for _, label in lines])


def _part_of(run: Sequence[str], draw: random.Random) -> Sequence[str]:
    length = draw.choice(LEFTOVER_LINES)
    start = draw.randrange(max(1, len(run) - length + 1))
    return run[start : start + length]


def _lines(sample: Sample) -> list[str]:
    return [line.strip() for line in sample.gold.splitlines() if line.strip()]


def _draw(sample: Sample) -> random.Random:
    return random.Random(zlib.crc32(sample.id.encode()) + 7)


def _document(sample: Sample, form: str, text: str, gold: str, labels: Sequence[float]) -> Document:
    return Document(
        dataset=sample.dataset, id=sample.id, type=sample.type, language=sample.language,
        site=registered_domain(sample), fold=fold_of(sample, FOLDS), form=form, text=text, gold=gold,
        labels=[round(label, 4) for label in labels],
    )  # fmt: skip
