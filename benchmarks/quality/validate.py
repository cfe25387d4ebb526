"""Score ours on page sets that it never learns from, with the share of readers' comments that it leaves in.

``python -m benchmarks.quality validate`` cleans every page from HTML and from a crawl's text dump. A comment's word
counts as kept where the output has it and the gold text does not account for it. Sets without gold text are scored by
their snippets: those that must appear, that must not, and that belong to comments.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.quality.averages import averaged, grouped
from benchmarks.quality.data import SNIPPET_SETS, VALIDATE_SETS, Sample, read_pages
from benchmarks.quality.renderings import crawl_dump
from benchmarks.quality.rivals import RIVALS
from boilercut.training.measures import even_out, holds, word_f1, words

SETS = VALIDATE_SETS + SNIPPET_SETS


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Score ours on sets never trained on, and the comments it keeps."""
    return {kind: _table(kind, options.sets) for kind in options.input}


def _table(kind: str, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    rows = list[tuple[str, dict[str, Any]]]()
    for sample in (sample for name in names for sample in read_pages(name)):
        page = sample.html if kind == "html" else crawl_dump(sample.html)
        row = row_of(sample, RIVALS[kind]["ours"].clean(page))
        rows += [(sample.dataset, row)]
        rows += [(f"{sample.dataset}, with comments", row)] if sample.comments else []
    return {group: averaged(own) for group, own in grouped(rows).items()}


def row_of(sample: Sample, output: str) -> dict[str, Any]:
    """Compare one output with what its page's set labels; None for what it does not label."""
    score = word_f1(output, sample.gold) if sample.gold else None
    return {
        "f1": score.f1 if score else None,
        "words_lost": 1 - score.recall if score else None,
        "comments_kept": comment_words(sample, output) if score else _held(output, sample.comments),
        "snippets_missing": _held(output, sample.with_, held=False),
        "snippets_leaked": _held(output, sample.without),
    }


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


def _held(output: str, snippets: Sequence[str], *, held: bool = True) -> tuple[int, int]:
    """Return how many snippets the output holds, or does not hold, of how many."""
    evened = even_out(output)
    return sum(holds(evened, even_out(snippet)) == held for snippet in snippets), len(snippets)
