"""Compare boilercut with pinned floors; to lower a floor, state the reason in the file.

The shipped model was trained on most of these pages (all but those of ``VALIDATE_SETS``). So the figures here
are better than what a new page will get, and are not to be quoted: the gate guards against
regressions, the cross-validated figures of ``benchmarks/training`` are the ones to quote.

It takes the same pages every time (`PAGES_PER_SET` of each set, by checksum of the id), cleans
them from HTML and from a crawl-style text dump, and compares with ``floors.json`` the mean word-F1
of each set, the share of listed leftovers that are cut, the share of the articles' first and last
long paragraphs that are kept, and the share of words kept of the gold texts alone. ``--write-floors``
raises floors; it refuses to lower one unless ``--lower REASON`` is given, and then keeps the reason
in the file.
"""

import argparse
import json
import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.quality.averages import added_up, share
from benchmarks.quality.data import (
    TRAIN_SETS,
    VALIDATE_SETS,
    MissingDataError,
    data_hash,
    read_sets,
    smallest_checksums,
)
from benchmarks.quality.evaluation import score_pages, summarise
from benchmarks.quality.harmless import words_kept
from benchmarks.quality.rivals import RIVALS

FLOORS_FILE = Path(__file__).with_name("floors.json")

GATE_SETS = TRAIN_SETS + VALIDATE_SETS

PAGES_PER_SET = 80
"""Pages of each set in the gate: about 950 in all, some two minutes on one core."""

MARGIN = 0.002
"""How far below the measured mean a floor is put: other machines may round differently."""

SHARE_MARGIN = 0.005
"""The same for shares of leftovers and paragraphs, of which there are some hundreds: one or two of them."""

Floors = dict[str, float]


class LoweredFloorError(ValueError):
    """Writing the floors would lower some, and no reason was given."""


def run(options: argparse.Namespace) -> int:
    """Fail where ours does not reach its pinned floors, or write the floors.

    It skips, with status 0, only where the data is absent; a boilercut that cannot be imported
    or that raises on a page has failed.
    """
    reason = why_skipped()
    if reason:
        print(f"quality gate skipped: {reason}")
        return 0
    measured = measure()
    raised = [f"{name}: raised on {own['failures']} pages" for name, own in measured.items() if own["failures"]]
    reached = figures(measured) | clean_figures()
    if options.write_floors and not raised:
        return _write(options.floors, reached, options.lower)
    return _check(read_floors(options.floors), reached, raised)


def why_skipped() -> str:
    """Say why the gate cannot run here, which is absent data only; empty when it can."""
    try:
        data_hash(GATE_SETS)
    except MissingDataError as error:
        return str(error)
    return ""


def measure(pages_per_set: int = PAGES_PER_SET) -> dict[str, Any]:
    """Score ours on the gate's pages; return averages by ``input/set``, such as ``text/wcxb``."""
    samples = smallest_checksums(read_sets(GATE_SETS), pages_per_set)
    measured = {}
    for kind, rendering in (("html", None), ("text", "crawl_dump")):
        own = {"ours": RIVALS[kind]["ours"]}
        tables = summarise(score_pages(samples, own, rendering), lambda score: score.dataset)
        measured.update({f"{kind}/{name}": table["ours"] for name, table in tables.items()})
    return measured


def figures(measured: Mapping[str, Mapping[str, Any]]) -> Floors:
    """Return what has floors: each set's mean F1, and by input the shares of leftovers cut and paragraphs kept."""
    reached = {name: own["f1"] for name, own in measured.items()}
    for kind in dict.fromkeys(name.partition("/")[0] for name in measured):
        own = [summary for name, summary in measured.items() if name.startswith(f"{kind}/")]
        leaked, lost = (added_up(summary[what] for summary in own) for what in ("leaked", "lost"))
        counts = {
            "leftovers cut": leaked.get("all"),
            "first paragraphs kept": lost.get("first paragraph"),
            "last paragraphs kept": lost.get("last paragraph"),
        }
        shares = {name: share(pair) for name, pair in counts.items() if pair}
        reached |= {f"{kind}: {name}": 1 - own for name, own in shares.items() if own is not None}
    return reached


def clean_figures(pages_per_set: int = PAGES_PER_SET) -> Floors:
    """Return the mean share of the gold texts' words that ours keeps of them, by ``clean/set``."""
    kept = words_kept(smallest_checksums(read_sets(GATE_SETS), pages_per_set))
    return {f"clean/{name}": share for name, share in kept.items()}


def read_floors(file: Path) -> dict[str, Any]:
    """Read the file of floors; one that does not exist yet has none."""
    if not file.is_file():
        return {"floors": {}, "lowered": []}
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def missed(floors: Mapping[str, float], measured: Mapping[str, float]) -> list[str]:
    """Name each floor that is not reached, with what was measured.

    >>> missed({"html/wcxb": 0.9, "text/wcxb": 0.8}, {"html/wcxb": 0.85, "text/wcxb": 0.81})
    ['html/wcxb: 0.8500 is below the floor 0.9000']
    """
    return [
        f"{name}: {measured[name]:.4f} is below the floor {floor:.4f}"
        if name in measured
        else f"{name}: has a floor but was not measured"
        for name, floor in floors.items()
        if measured.get(name, -1.0) < floor
    ]


def raised_floors(floors: Mapping[str, float], measured: Mapping[str, float]) -> Floors:
    """Return floors that are nowhere lower, raised to a margin below what was measured."""
    reached = {name: _floor_under(value, _margin(name)) for name, value in measured.items()}
    return {name: max(floors.get(name, 0.0), value) for name, value in reached.items()}


def updated(content: Mapping[str, Any], measured: Mapping[str, float], reason: str | None) -> dict[str, Any]:
    """Return the floors file's new content; floors that are not reached are lowered with a reason.

    Raises:
        LoweredFloorError: a floor is not reached and `reason` is missing or empty.
    """
    floors: Floors = content["floors"]
    too_high = missed(floors, measured)
    if too_high and not (reason and reason.strip()):
        raise LoweredFloorError("; ".join(too_high))
    names = [name for name, floor in floors.items() if measured.get(name, -1.0) < floor]
    kept = {name: floor for name, floor in floors.items() if name not in names}
    new = raised_floors(kept, measured)
    lowered = [
        {"date": time.strftime("%Y-%m-%d"), "floor": name, "from": floors[name]}
        | {"to": new.get(name), "reason": reason}
        for name in names
    ]
    return {**content, "floors": new, "lowered": [*content.get("lowered", ()), *lowered]}


def _check(content: Mapping[str, Any], measured: Mapping[str, float], raised: Sequence[str]) -> int:
    for name, value in measured.items():
        print(f"{name:30}{value:7.4f}   floor {content['floors'].get(name, 'none')}")
    if content.get("data", {}) != data_hash(GATE_SETS):
        print("note: the floors were measured on other files than those here")
    failures = [*raised, *missed(content["floors"], measured)]
    print("\n".join(f"FAILED {line}" for line in failures) or "quality gate passed")
    return 1 if failures else 0


def _write(file: Path, measured: Mapping[str, float], reason: str | None) -> int:
    try:
        content = updated(read_floors(file), measured, reason)
    except LoweredFloorError as error:
        print(f"refused, since it would lower floors (--lower REASON allows it): {error}")
        return 1
    content |= {"pages_per_set": PAGES_PER_SET, "margin": MARGIN, "share_margin": SHARE_MARGIN}
    content["data"] = data_hash(GATE_SETS)
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {len(content['floors'])} floors to {file.name}")
    return 0


def _margin(name: str) -> float:
    return MARGIN if "/" in name else SHARE_MARGIN


def _floor_under(value: float, margin: float) -> float:
    return math.floor(1000 * max(0.0, value - margin)) / 1000
