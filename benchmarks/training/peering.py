"""Measure what peers' verdicts add: quality gained with weights learned on other sites, and time lost.

Scores come from the decisions that cross-validation kept (`benchmarks.quality.held_out`), so no page is scored by
a model that saw its site; the peers' weights are chosen on one half of the sites and measured on the other.
"""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from itertools import product
from typing import NamedTuple

import numpy as np

from benchmarks.quality.data import RESULTS, TRAIN_SETS, Sample, data_hash, fold_of, read_sets, smallest_checksums
from benchmarks.quality.held_out import HeldOutPage, held_out_file, read_held_out
from boilercut.blocks import Blocks
from boilercut.decide import decide
from boilercut.detectors import BUILTIN, Columns, detect
from boilercut.measure import measure
from boilercut.peers import JUSTEXT_WEIGHT, TRAFILATURA_WEIGHT, justext_peer, trafilatura_peer, trafilatura_text
from boilercut.phrases import shipped_phrases
from boilercut.read import read
from boilercut.training.measures import word_f1
from boilercut.vocabulary import Floats, Policy

RESULT = RESULTS / "peers.json"
PAGES = 75
"""Pages of each set, picked by checksum."""
WEIGHTS = tuple(product((0.0, 0.25, 0.5, 1.0, 2.0), (0.0, 0.25, 0.5, 1.0)))
"""Log-odds tried for trafilatura's and for jusText's verdict; the first are none."""
BALANCED = Policy("balanced", frozenset(), frozenset())
LIMIT = 0.0005
"""Kept probabilities have four decimals; nearer to 0 and 1 they are taken as this."""


class PeerPage(NamedTuple):
    """A page with what the model said, what the peers say (from -1 to 1), and how long each took."""

    sample: Sample
    blocks: Blocks
    columns: Columns
    log_odds: Floats
    trafilatura: Floats
    justext: Floats
    alone: float
    """Word-F1 of trafilatura's own output."""
    seconds: Mapping[str, float]

    def f1(self, weights: tuple[float, float]) -> float:
        """Return the page's word-F1 with the peers' verdicts at these weights."""
        log_odds = self.log_odds + weights[0] * self.trafilatura + weights[1] * self.justext
        keep = decide(self.blocks, self.columns, log_odds, [0, len(self.blocks)], BALANCED).keep
        kept = "\n".join(self.blocks.block(row) for row in np.flatnonzero(keep).tolist())
        return word_f1(kept, self.sample.gold).f1


def measure_peers() -> None:
    """Choose weights on half the sites, score the other half; print and store quality and time."""
    pages = list(_pages())
    print(f"{len(pages)} pages", flush=True)
    scores = np.array([[page.f1(each) for each in WEIGHTS] for page in pages])
    with_peers, chosen = _scored_on_the_other_half(pages, scores)
    f1 = {"boilercut": scores[:, 0].tolist(), "with peers": with_peers, "trafilatura": [page.alone for page in pages]}
    report = {
        "command": "python -m benchmarks.training peers",
        "date": date.today().isoformat(),
        "versions": {name: version(name) for name in ("trafilatura", "justext")},
        "data": data_hash(TRAIN_SETS),
        "pages": len(pages),
        "weights chosen on the other half": chosen,
        "f1": _means(pages, f1),
        "f1 by weights, on all pages": {
            f"{own[0]}, {own[1]}": round(mean, 4)
            for own, mean in zip(WEIGHTS, scores.mean(axis=0).tolist(), strict=True)
        },
        "milliseconds a page": {
            name: round(1000 * float(np.mean([page.seconds[name] for page in pages])), 2) for name in pages[0].seconds
        },
    }
    text = json.dumps(report, indent=1)
    print(text)
    RESULT.write_text(text + "\n", encoding="utf-8")


def _scored_on_the_other_half(
    pages: Sequence[PeerPage], scores: Floats
) -> tuple[list[float], list[tuple[float, float]]]:
    """Return each page's score with the weights that do best on the other half of the sites, and those weights."""
    halves = np.array([fold_of(page.sample, 2) for page in pages])
    best = [int(np.argmax(scores[halves != half].mean(axis=0))) for half in (0, 1)]
    return scores[np.arange(len(pages)), np.array(best)[halves]].tolist(), [WEIGHTS[place] for place in best]


def _pages() -> Iterator[PeerPage]:
    held_out = {(page.dataset, page.id): page for page in read_held_out(held_out_file("html"))}
    for sample in smallest_checksums(read_sets(), PAGES):
        page = held_out.get((sample.dataset, sample.id))
        if page is not None and (found := _peer_page(sample, page)) is not None:
            yield found


def _peer_page(sample: Sample, held_out: HeldOutPage) -> PeerPage | None:
    """Return None for a page that is read into other blocks now than when it was held out."""
    started = time.perf_counter()
    source = read(sample.html, "html")
    if not len(source.starts) or len(source.starts) != len(held_out.blocks):
        return None
    blocks = measure([source], shipped_phrases())
    columns = detect(blocks, BUILTIN)
    seconds = {"boilercut, without its trees": time.perf_counter() - started}
    found = {}
    for peer, weight in ((trafilatura_peer, TRAFILATURA_WEIGHT), (justext_peer, JUSTEXT_WEIGHT)):
        started = time.perf_counter()
        found[peer.name] = np.asarray(peer.columns(blocks)[peer.name]) / weight
        seconds[peer.name] = time.perf_counter() - started
    probabilities = np.clip(np.array(held_out.probabilities), LIMIT, 1 - LIMIT)
    return PeerPage(
        sample=sample,
        blocks=blocks,
        columns=columns,
        log_odds=np.log(probabilities / (1 - probabilities)),
        trafilatura=found["trafilatura"],
        justext=found["justext"],
        alone=word_f1(_or_nothing(trafilatura_text, sample.html), sample.gold).f1,
        seconds=seconds,
    )


def _or_nothing(extract: Callable[[str], str], html: str) -> str:
    try:
        return extract(html)
    except Exception:  # noqa: BLE001 - a rival that raises gave nothing
        return ""


def _means(pages: Sequence[PeerPage], scores: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    """Return mean scores by set, and their mean over sets and over pages."""
    rows: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for number, page in enumerate(pages):
        for name, values in scores.items():
            rows[page.sample.dataset][name].append(values[number])
    by_set = {name: {key: float(np.mean(own)) for key, own in row.items()} for name, row in rows.items()}
    means = {
        "mean over sets": {key: float(np.mean([row[key] for row in by_set.values()])) for key in scores},
        "mean over pages": {key: float(np.mean(own)) for key, own in scores.items()},
    }
    return {name: {key: round(value, 4) for key, value in row.items()} for name, row in (by_set | means).items()}
