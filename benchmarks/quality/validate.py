"""Score ours on page sets that it never learns from, with the share of readers' comments that it leaves in.

``python -m benchmarks.quality validate`` cleans every page from HTML and from a crawl's text dump. A comment's word
counts as kept where the output has it and the gold text does not account for it. Sets without gold text are scored by
their snippets: those that must appear, that must not, and that belong to comments.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from benchmarks.quality.data import SNIPPET_SETS, VALIDATE_SETS, Sample, read_pages
from benchmarks.quality.renderings import crawl_dump
from benchmarks.quality.rivals import RIVALS
from boilercut.training.measures import bootstrap_interval, even_out, holds, word_f1, words

SETS = VALIDATE_SETS + SNIPPET_SETS


class Row(NamedTuple):
    """What was kept of one page; None for what its set does not label."""

    f1: float | None
    lost: float | None
    """Share of the gold text's words that are missing."""
    comments: tuple[int, int]
    """How many of the comments' words, or of their snippets, were kept, of how many."""
    missing: tuple[int, int]
    leaked: tuple[int, int]
    """Snippets that must appear and do not, and that must not and do, of how many."""


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Score ours on sets never trained on, and the comments it keeps."""
    return {kind: _table(kind, options.sets) for kind in options.input}


def _table(kind: str, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for sample in (sample for name in names for sample in read_pages(name)):
        page = sample.html if kind == "html" else crawl_dump(sample.html)
        row = row_of(sample, RIVALS[kind]["ours"].clean(page))
        groups[sample.dataset].append(row)
        if sample.comments:
            groups[f"{sample.dataset}, with comments"].append(row)
    return {group: summary(rows) for group, rows in groups.items()}


def row_of(sample: Sample, output: str) -> Row:
    """Compare one output with what its page's set labels."""
    evened = even_out(output)
    missing = [not holds(evened, even_out(snippet)) for snippet in sample.with_]
    leaked = [holds(evened, even_out(snippet)) for snippet in sample.without]
    if not sample.gold:
        comments = [holds(evened, even_out(snippet)) for snippet in sample.comments]
        return Row(None, None, _counted(comments), _counted(missing), _counted(leaked))
    score = word_f1(output, sample.gold)
    return Row(score.f1, 1 - score.recall, comment_words(sample, output), _counted(missing), _counted(leaked))


def comment_words(sample: Sample, output: str) -> tuple[int, int]:
    """Return how many of the comments' words the output holds beyond those of the gold text, and of how many.

    >>> sample = Sample(dataset="", id="", url=None, domain=None, language=None, type=None, html="", gold="The cat sat",
    ...                 comments=("Nice cat, really",))
    >>> comment_words(sample, "The cat sat. Nice cat")
    (2, 3)
    """
    told = Counter(word for text in sample.comments for word in words(text))
    beyond = Counter(words(output)) - Counter(words(sample.gold))
    return (beyond & told).total(), told.total()


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """Average over pages; comments and snippets are added up over them."""
    scores = [row.f1 for row in rows if row.f1 is not None]
    losses = [row.lost for row in rows if row.lost is not None]
    return {
        "pages": len(rows),
        "f1": sum(scores) / len(scores) if scores else None,
        "interval": bootstrap_interval(scores) if scores else None,
        "words_lost": sum(losses) / len(losses) if losses else None,
        "comments_kept": _share(row.comments for row in rows),
        "snippets_missing": _share(row.missing for row in rows),
        "snippets_leaked": _share(row.leaked for row in rows),
    }


def _counted(flags: Sequence[bool]) -> tuple[int, int]:
    return sum(flags), len(flags)


def _share(counts: Iterable[tuple[int, int]]) -> float | None:
    some, every = map(sum, zip(*counts, strict=True))
    return some / every if every else None
