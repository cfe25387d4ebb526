"""Print scores as tables and write them as JSON, with all that is needed to repeat the run."""

import json
import os
import platform
import re
import shlex
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.quality.data import data_hash
from benchmarks.quality.evaluation import Counts, PageScore, Summary, summarise

MIN_GROUP_PAGES = 5
"""Types and languages with fewer pages are not printed; they are in the JSON."""

# White space, numbers and a comma in turn: no two neighbours share a character.
_PAIR = re.compile(r"\[\s+([-\d.]+),\s+([-\d.]+)\s+\]")

Tables = dict[str, dict[str, Summary]]


def groupings(scores: list[PageScore]) -> dict[str, Tables]:
    """Average the scores by set, by set and type, by language, and over all pages."""
    return {
        "sets": summarise(scores, lambda score: score.dataset),
        "types": summarise(scores, lambda score: f"{score.dataset}: {score.type or 'no type'}"),
        "languages": summarise(scores, lambda score: score.language or "not known"),
        "whole": summarise(scores, lambda score: "all"),
    }


def print_report(scores: list[PageScore], skipped: Mapping[str, str]) -> None:
    """Print a table for each set, type and language, then leaks and losses by kind, and the mean over sets."""
    tables = groupings(scores)
    _print_tables("set", tables["sets"])
    _print_tables("type", _types_of_mixed_sets(tables["types"]))
    _print_tables("language", tables["languages"])
    whole = tables["whole"].get("all", {})
    for title, name in (("leftovers left in", "leaked"), ("parts of the article lost", "lost")):
        print(f"\n{title}\n{shares_table({rival: getattr(summary, name) for rival, summary in whole.items()})}")
    print("\nmean F1 over sets")
    for name, mean in mean_over_sets(scores).items():
        print(f"{name:18}{mean:7.3f}")
    for name, reason in skipped.items():
        print(f"skipped {name}: {reason}")


def mean_over_sets(scores: list[PageScore]) -> dict[str, float]:
    """Return each rival's mean F1 over the sets, each set counting once, whatever its size."""
    tables = summarise(scores, lambda score: score.dataset).values()
    rivals = dict.fromkeys(rival for table in tables for rival in table)
    means = {rival: [table[rival].f1 for table in tables] for rival in rivals}
    return {rival: round(sum(own) / len(own), 4) for rival, own in means.items()}


def table_of(table: Mapping[str, Summary]) -> str:
    """Lay out one table, one row per rival.

    Columns: pages, mean F1 with its 95 % interval, precision, recall, share of leftovers left in,
    of parts and of snippets lost, pages on which it raised, milliseconds a page.
    """
    head = f"{'':18}{'pages':>6}{'F1':>7}{'95 %':>15}{'prec':>7}{'rec':>7}"
    head += f"{'leaked':>7}{'parts':>7}{'with':>7}{'raised':>7}{'ms/page':>9}"
    return "\n".join([head, *(_row(name, summary) for name, summary in table.items())])


def share_of(counts: Counts, kind: str) -> float | None:
    """Return the share of one kind; `None` if there is nothing to count.

    >>> share_of({"share": (1, 4)}, "share"), share_of({}, "all")
    (0.25, None)
    """
    some, every = counts.get(kind, (0, 0))
    return some / every if every else None


def shares_table(tables: Mapping[str, Counts]) -> str:
    """Lay out shares and numbers: one row per kind, one column per rival."""
    kinds = dict.fromkeys(kind for counts in tables.values() for kind in counts)
    widths = {rival: max(len(rival) + 2, 8) for rival in tables}
    lines = [f"{'':18}{'number':>7}" + "".join(f"{rival:>{width}}" for rival, width in widths.items())]
    for kind in kinds:
        number = max(counts.get(kind, (0, 0))[1] for counts in tables.values())
        shares = ((width, share_of(tables[rival], kind)) for rival, width in widths.items())
        cells = (f"{'-' if share is None else f'{share:.3f}':>{width}}" for width, share in shares)
        lines.append(f"{kind:18}{number:7}" + "".join(cells))
    return "\n".join(lines)


def write_result(file: Path, scores: list[PageScore], versions: Mapping[str, str], details: Mapping[str, Any]) -> None:
    """Write averages and the run's circumstances; `details` are added to the latter."""
    names = dict.fromkeys(score.dataset for score in scores)
    averages = {
        title: {
            group: {rival: summary.rounded() for rival, summary in table.items()} for group, table in tables.items()
        }
        for title, tables in groupings(scores).items()
    }
    head = {**circumstances(), "versions": dict(versions), "data": data_hash(names), **details}
    failures = sorted({f"{score.rival}: {score.failure}" for score in scores if score.failure})
    file.parent.mkdir(parents=True, exist_ok=True)
    means = {"mean_f1_over_sets": mean_over_sets(scores)}
    result = {**head, "failures": failures, **means, **averages}
    file.write_text(as_json(result), encoding="utf-8")


def as_json(result: Mapping[str, Any]) -> str:
    r"""Write a result as JSON of many lines, pairs of numbers on one.

    >>> as_json({"interval": [0.5, 0.75]})
    '{\n "interval": [0.5, 0.75]\n}\n'
    """
    text = json.dumps(result, indent=1, ensure_ascii=False)
    return _PAIR.sub(r"[\1, \2]", text) + "\n"


def circumstances() -> dict[str, Any]:
    """Return date, command and machine, for the head of a result file."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "command": "python -m benchmarks.quality " + shlex.join(sys.argv[1:]),
        "machine": {
            "system": platform.system(),
            "architecture": platform.machine(),
            "processor": _processor(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
    }


def _processor() -> str:
    """Return the processor's name where Linux tells it, else what Python knows."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _row(name: str, summary: Summary) -> str:
    low, high = summary.interval
    shares = (share_of(summary.leaked, "all"), share_of(summary.lost, "all"), summary.snippets_lost)
    shown = "".join(f"{'-' if share is None else f'{share:.3f}':>7}" for share in shares)
    means = f"{summary.f1:7.3f}{f'{low:.3f} to {high:.3f}':>15}"
    means += f"{summary.precision:7.3f}{summary.recall:7.3f}"
    speed = 1000 * summary.seconds / max(1, summary.pages)
    return f"{name:18}{summary.pages:6}{means}{shown}{summary.failures:7}{speed:9.1f}"


def _print_tables(title: str, tables: Tables) -> None:
    for name, table in tables.items():
        if _has_pages(table):
            print(f"\n{title} {name}\n{table_of(table)}")


def _types_of_mixed_sets(tables: Tables) -> Tables:
    """Leave out the types that are all of their set: they say again what the set's table says."""
    types = Counter(name.partition(":")[0] for name in tables)
    return {name: table for name, table in tables.items() if types[name.partition(":")[0]] > 1}


def _has_pages(table: Mapping[str, Summary]) -> bool:
    return any(summary.pages >= MIN_GROUP_PAGES for summary in table.values())
