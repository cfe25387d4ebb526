"""Score ours on page sets that it never learns from, with the share of readers' comments that it leaves in.

``python -m benchmarks.quality validate`` cleans every page from HTML and from a crawl's text dump. A comment's word
counts as kept where the output has it and the gold text does not account for it. Sets without gold text are scored by
their snippets: those that must appear, that must not, and that belong to comments.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks.quality.data import RESULTS, SNIPPET_SETS, VALIDATE_SETS, Sample, data_hash, read_pages
from benchmarks.quality.renderings import render
from benchmarks.quality.report import as_json, circumstances
from benchmarks.quality.rivals import RIVALS
from boilercut.training.measures import bootstrap_interval, even_out, holds, word_f1, words

RENDERINGS = {"html": None, "text": "crawl_dump"}


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


def add_command(commands: Any) -> None:
    """Add ``validate`` to the sub-commands of an argparse parser."""
    parser = commands.add_parser("validate", help="score ours on sets never trained on, and the comments it keeps")
    parser.set_defaults(run=run)
    parser.add_argument("--sets", default=",".join(VALIDATE_SETS + SNIPPET_SETS), help="with commas between")
    parser.add_argument("--input", choices=tuple(RENDERINGS), nargs="+", default=list(RENDERINGS))
    parser.add_argument("--output", help=f"file to write in {RESULTS.name}/")


def run(options: argparse.Namespace) -> int:
    """Print a table for each kind of input, a set a line; return the exit status."""
    names, tables = options.sets.split(","), {}
    for kind in options.input:
        groups: dict[str, list[Row]] = defaultdict(list)
        for sample in (sample for name in names for sample in read_pages(name)):
            row = _scored(sample, kind)
            for group in _groups(sample):
                groups[group].append(row)
        tables[kind] = {group: summary(rows) for group, rows in groups.items()}
        _print(kind, tables[kind])
    if options.output:
        (RESULTS / options.output).write_text(as_json({**circumstances(), "data": data_hash(names), **tables}))
    return 0


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


def _groups(sample: Sample) -> list[str]:
    return [sample.dataset, f"{sample.dataset}, with comments"] if sample.comments else [sample.dataset]


def _scored(sample: Sample, kind: str) -> Row:
    rendering = RENDERINGS[kind]
    page = sample.html if rendering is None else render(sample, rendering)
    return row_of(sample, RIVALS[kind]["ours"].clean(page))


def _counted(flags: Sequence[bool]) -> tuple[int, int]:
    return sum(flags), len(flags)


def _share(counts: Iterable[tuple[int, int]]) -> float | None:
    some, every = map(sum, zip(*counts, strict=True))
    return some / every if every else None


def _print(kind: str, table: Mapping[str, Mapping[str, Any]]) -> None:
    head = ("pages", "f1", "words_lost", "comments_kept", "snippets_missing", "snippets_leaked")
    print(f"{kind:32}" + "".join(f"{name:>18}" for name in head))
    for group, row in table.items():
        print(f"{group:32}" + "".join(f"{_shown(row[name]):>18}" for name in head))


def _shown(value: float | None) -> str:
    return "-" if value is None else str(value) if isinstance(value, int) else f"{value:.4f}"
