"""Compare every intermediate result before and after a change: ``python -m benchmarks.oracle record|compare FILE``.

``record`` runs boilercut on the training pages (as HTML, as an lxml tree, and as the plain-text dump of another tool)
and writes one line per page and form: a hash of what each stage gave. ``compare`` runs again, and names the pages and
stages whose hash differs. Each build has its own run: set ``BOILERCUT_PURE=1`` for the one without compiled code.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality.data import SNIPPET_SETS, TRAIN_SETS, Sample, read_pages
from benchmarks.quality.renderings import crawl_dump
from boilercut import Cutter
from boilercut.page import Page
from boilercut.read import read
from boilercut.results import Verdict

__all__ = ["FORMS", "STAGES", "main", "page_hashes"]

FORMS = ("html", "lxml", "text")
STAGES = ("blocks", "columns", "scores", "verdicts", "spans", "output")
"""What is hashed of each page, in the order of the pipeline: the first stage that differs is where to look."""
MAX_NAMED = 10
"""Pages named per stage and form."""

Row = dict[str, str]


def main() -> int:
    """Record or compare; return 1 where a hash differs or a page is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.oracle", description=__doc__)
    parser.add_argument("command", choices=("record", "compare"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every n-th page only")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=FORMS)
    options = parser.parse_args()
    rows = _rows(options.every, options.workers, options.forms)
    if options.command == "record":
        options.file.write_text("".join(json.dumps(row) + "\n" for row in rows), "ascii")
        return 0
    recorded = map(json.loads, options.file.read_text("ascii").splitlines())
    return _compare({_key(row): row for row in recorded}, rows)


def page_hashes(page: Any, kind: str | None = None) -> Row:
    """Return the hash of what each stage gives for one page.

    >>> sorted(page_hashes("<p>The ferry sails again on Monday morning.</p>")) == sorted(STAGES)
    True
    """
    cutter = Cutter()
    read_page = read(page, kind, None)  # type: ignore[arg-type]
    decided = cutter._decided([read_page])
    result = cutter.extract(page, kind=kind)  # type: ignore[arg-type]
    columns = {name: decided.columns[name] for name in sorted(decided.columns)}
    return {
        "blocks": _hash(*_facts_of(read_page)),
        "columns": _hash(*columns, *columns.values()),
        "scores": _hash(decided.decision.probabilities, float(decided.decision.confidences[0])),
        "verdicts": _hash([_decision_of(each) for each in result.verdicts], result.base),
        "spans": _hash([each.span for each in result.verdicts]),
        "output": _hash(cutter.clean(page, kind=kind), result.text),  # type: ignore[arg-type]
    }


def _facts_of(page: Page) -> Iterator[object]:
    """Yield what was read of a page: its text, where its blocks stand, and its elements."""
    yield from (page.text, page.starts, page.ends, page.link_characters, page.title)
    if elements := page.elements:
        yield from (elements.tags, elements.parents, elements.hidden, elements.first_blocks, elements.end_blocks)
        yield [elements.distinct_names[name] for name in elements.names.tolist()]


def _decision_of(verdict: Verdict) -> tuple[object, ...]:
    evidence = [tuple(each) for each in verdict.evidence]
    return verdict.keep, verdict.kind, verdict.overruled, verdict.tag, evidence


def _hash(*values: object) -> str:
    digest = hashlib.sha256()
    for value in values:
        if isinstance(value, np.ndarray):
            digest.update(np.asarray(value, dtype=np.float64).tobytes())
        else:
            digest.update(repr(value).encode("utf-8", "backslashreplace"))
        digest.update(b"\x00")
    return digest.hexdigest()[:16]


def _rows(every: int, workers: int, forms: Sequence[str]) -> Iterator[Row]:
    """Yield one row of hashes per page and form, in the order of the sets, pages without gold text included."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for name in TRAIN_SETS + SNIPPET_SETS:
            for rows in pool.map(partial(_page_rows, forms), islice(read_pages(name), 0, None, every), chunksize=8):
                yield from rows


def _page_rows(forms: Sequence[str], page: Sample) -> list[Row]:
    return [{"set": page.dataset, "id": page.id, "form": form, **_form_hashes(page.html, form)} for form in forms]


def _form_hashes(html: str, form: str) -> Row:
    if form == "html":
        return page_hashes(html, "html")
    if form == "lxml":
        try:
            tree = import_module("lxml.html").document_fromstring(html.encode("utf-8", "replace"))
        except Exception as error:  # noqa: BLE001 - what lxml refuses is no page of this form
            return dict.fromkeys(STAGES, type(error).__name__)
        return page_hashes(tree)
    return page_hashes(crawl_dump(html), "text")


def _key(row: Mapping[str, str]) -> tuple[str, str, str]:
    return row["set"], row["id"], row["form"]


def _compare(recorded: Mapping[tuple[str, str, str], Row], rows: Iterable[Row]) -> int:
    """Print for each form and stage how many pages differ, and name the first of them."""
    pages: Counter[str] = Counter()
    different: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        before = recorded.get(_key(row), {})
        pages[row["form"]] += 1
        for stage in STAGES:
            if row[stage] != before.get(stage):
                different[row["form"], stage].append(f"{row['set']}/{row['id']}")
    for (form, stage), names in different.items():
        print(f"{form:5} {stage:9} {len(names):5} pages differ: {', '.join(names[:MAX_NAMED])}")
    print(f"compared {dict(pages)}; {'equal' if not different else 'NOT EQUAL'}")
    return int(bool(different) or not pages)


if __name__ == "__main__":
    sys.exit(main())
