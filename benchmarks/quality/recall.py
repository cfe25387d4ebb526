"""Recall of reading: what share of the gold words the blocks hold, before anything is cut.

No decision can keep a word that was lost in reading. Beside it stands the ceiling: the share of gold words
that stand anywhere in the page's source, scripts and attributes included, once its escapes are resolved. What
the ceiling lacks is noise of the labels; between recall and ceiling lies what reading loses, and words
that happen to stand in a script, too.
"""

import argparse
import html
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.quality.data import RESULTS, TRAIN_SETS, Sample, data_hash, read_sets
from benchmarks.quality.report import circumstances

LOW = 0.9
"""Pages with less recall are counted, and looked at."""

_JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\[nrtbf/\"]")


@dataclass(slots=True, kw_only=True)
class PageRecall:
    """Shares of one page's gold words: in its blocks, and anywhere in its source."""

    dataset: str
    type: str | None
    id: str
    url: str | None
    recall: float
    ceiling: float


def add_command(commands: Any) -> None:
    """Add ``recall`` to the sub-commands of an argparse parser."""
    parser = commands.add_parser("recall", help="what share of the gold words reading HTML holds before any cut")
    parser.set_defaults(run=run)
    parser.add_argument("--sets", default=",".join(TRAIN_SETS), help="with commas between")
    parser.add_argument("--count", type=int, default=20, help="how many of the worst pages to list")
    parser.add_argument("--output", help=f"file to write in {RESULTS.name}/")


def run(options: argparse.Namespace) -> int:
    """Print recall and ceiling by set and by type, and the pages that lose most; return the exit status."""
    names = options.sets.split(",")
    pages = [page_recall(sample) for sample in read_sets(names)]
    tables = {title: summaries(pages, key) for title, key in _KEYS.items()}
    worst = sorted(pages, key=lambda page: page.recall - page.ceiling)[: options.count]
    for title, table in tables.items():
        print(f"{title:40}{'pages':>6}{'recall':>9}{'ceiling':>9}{f'< {LOW}':>7}{f'ceiling < {LOW}':>15}")
        for name, row in table.items():
            print(f"{name:40}{row['pages']:6}{row['recall']:9.4f}{row['ceiling']:9.4f}{row['low']:7.3f}", end="")
            print(f"{row['low_ceiling']:15.3f}")
    for page in worst:
        print(f"recall {page.recall:.3f}  ceiling {page.ceiling:.3f}  {page.dataset} {page.id} {page.url or ''}")
    if options.output:
        listed = [asdict(page) | {"recall": round(page.recall, 4), "ceiling": round(page.ceiling, 4)} for page in worst]
        result = {**circumstances(), "data": data_hash(names), **tables, "worst": listed}
        (RESULTS / options.output).write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def page_recall(sample: Sample) -> PageRecall:
    """Measure one page."""
    from boilercut.measure import measure
    from boilercut.phrases import shipped_phrases
    from boilercut.read import read
    from boilercut.training.labels import gold_recall

    blocks = measure([read(sample.html, "html")], shipped_phrases())
    held = Counter(blocks.tokens.hashes.tolist())
    return PageRecall(
        dataset=sample.dataset,
        type=sample.type,
        id=sample.id,
        url=sample.url,
        recall=gold_recall(blocks, sample.gold),
        ceiling=share_held(Counter(held | word_counts(plain_source(sample.html))), sample.gold),
    )


def plain_source(source: str) -> str:
    r"""Resolve the escapes of a page's source, HTML's twice and JSON's once, and leave everything else.

    >>> plain_source(r'<p>a&amp;amp;b</p><script>"caf\u00e9\nopen"')
    '<p>a&b</p><script>"café open"'
    """
    plain = _JSON_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else " ", source)
    return html.unescape(html.unescape(plain)).encode("utf-8", "replace").decode("utf-8")


def word_counts(text: str) -> Counter[int]:
    """Count a text's words, by the hash that boilercut knows them by."""
    from boilercut.words import text_columns

    return Counter(text_columns(text).hashes.tolist())


def share_held(held: Counter[int], gold: str) -> float:
    """Return which share of the words of `gold` is among those `held`, each as often as it is there."""
    wanted = word_counts(gold)
    return (held & wanted).total() / max(wanted.total(), 1)


def summaries(pages: Iterable[PageRecall], key: Callable[[PageRecall], str]) -> dict[str, dict[str, float]]:
    """Average by ``key(page)``; ``low`` and ``low_ceiling`` are the shares of pages below `LOW`."""
    groups: dict[str, list[PageRecall]] = defaultdict(list)
    for page in pages:
        groups[key(page)].append(page)
    return {name: _summary(group) for name, group in groups.items()}


def _summary(group: list[PageRecall]) -> dict[str, float]:
    recalls, ceilings = [page.recall for page in group], [page.ceiling for page in group]
    return {
        "pages": len(group),
        "recall": _mean(recalls),
        "ceiling": _mean(ceilings),
        "low": _mean(recall < LOW for recall in recalls),
        "low_ceiling": _mean(ceiling < LOW for ceiling in ceilings),
    }


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return round(sum(numbers) / len(numbers), 4)


_KEYS: dict[str, Callable[[PageRecall], str]] = {
    "sets": lambda page: page.dataset,
    "types": lambda page: f"{page.dataset}: {page.type or 'no type'}",
}
