"""Count how often a cut block is rightly named.

A person labels blocks of training pages, not seeing what they were called. Page text stays out of the repository: the
labels in `benchmarks/training/kinds.txt` are checksums and kinds.

    python -m benchmarks.quality kinds --draw 6 --show > blocks.txt
    python -m benchmarks.quality kinds --draw 6 --labels labels.txt

counts a fresh draw, before its labels are learned from; `python -m benchmarks.training kinds` counts those of
`kinds.txt` with their sites held out. A draw is fixed by its number and by the verdicts of the shipped model; what was
labelled once is counted again later, whatever it is called by then. A line of the label file is a block's key, as
shown, and the kinds that would be right, with commas between; a block that is no boilerplate is labelled ``content``.
"""

import argparse
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks.quality.data import TRAIN_SETS, read_pages, registered_domain
from boilercut.cutter import Cutter
from boilercut.results import BOILERPLATE_KINDS, Verdict

SETS = TRAIN_SETS
BLOCKS_PER_KIND = 60
PAGE_SHARE = 5
"""One page of so many takes part in a draw."""
CONTENT = "content"
CONTEXT = 2
"""Blocks shown before and behind the one to be labelled."""
MAX_SHOWN = 150
"""Characters shown of a block; of its neighbours a third."""


class Drawn(NamedTuple):
    """One block to be labelled."""

    key: str
    site: str
    kind: str
    """What boilercut calls it."""
    shown: str


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Print the blocks of a draw, or count how many of those labelled are named rightly."""
    blocks = cut_blocks(options.sets, options.draw)
    if options.show:
        for block in sorted(drawn(blocks, options.draw), key=lambda block: zlib.crc32(block.key.encode())):
            print(f"{block.key}\n{block.shown}")  # all kinds mixed
    if not options.labels:
        return {}
    return {str(options.draw): counted(blocks, read_labels(options.labels.read_text("utf-8")))}


def cut_blocks(sets: Iterable[str], draw: int) -> Iterator[Drawn]:
    """Yield all blocks that are cut from the pages of a draw."""
    cutter = Cutter()
    for sample in (sample for name in sets for sample in read_pages(name)):
        if _checksum(sample.id, draw) % PAGE_SHARE:
            continue
        verdicts = cutter.extract(sample.html, kind="html").verdicts
        for place, verdict in enumerate(verdicts):
            if not verdict.keep:
                key = f"{zlib.crc32(sample.id.encode()):08x}-{place}"
                yield Drawn(key, registered_domain(sample), verdict.kind, _shown(verdicts, place))


def drawn(blocks: Iterable[Drawn], draw: int) -> list[Drawn]:
    """Return the blocks of a draw: of each kind as many, no two of one kind and site, chosen by checksum."""
    found: dict[tuple[str, str], tuple[int, Drawn]] = {}
    for block in blocks:
        entry = (_checksum(block.key, draw), block)
        found[block.site, block.kind] = min(entry, found.get((block.site, block.kind), entry))
    of_kinds = (sorted(entry for entry in found.values() if entry[1].kind == kind) for kind in BOILERPLATE_KINDS)
    return [block for entries in of_kinds for _, block in entries[:BLOCKS_PER_KIND]]


def _checksum(key: str, draw: int) -> int:
    return zlib.crc32(f"{draw} {key}".encode())


def _shown(verdicts: Sequence[Verdict], place: int) -> str:
    """Return the block between its neighbours, each with its tag, kept ones in brackets."""
    lines = []
    for number in range(max(place - CONTEXT, 0), min(place + CONTEXT + 1, len(verdicts))):
        verdict = verdicts[number]
        text = verdict.text.replace("\n", " ")[: MAX_SHOWN if number == place else MAX_SHOWN // 3]
        lines.append(f"{'>' if number == place else ' '} {verdict.tag}: {f'[{text}]' if verdict.keep else text}")
    return "\n".join(lines)


def read_labels(text: str) -> dict[str, frozenset[str]]:
    """Read a label file.

    >>> sorted(read_labels("0a-1 share,form")["0a-1"])
    ['form', 'share']
    """
    pairs = (line.split() for line in text.splitlines() if line.strip())
    return {key: frozenset(kinds.split(",")) for key, kinds in pairs}


def read_draws(text: str) -> dict[str, tuple[int, frozenset[str]]]:
    r"""Read a file of several draws: the number of each block's draw, and its kinds.

    >>> read_draws("[draw 2]\n0a-1 form")
    {'0a-1': (2, frozenset({'form'}))}
    """
    parts = text.split("[draw ")[1:]
    return {
        key: (int(number), kinds)
        for number, _, lines in (part.partition("]") for part in parts)
        for key, kinds in read_labels(lines).items()
    }


def counted(blocks: Iterable[Drawn], labels: Mapping[str, frozenset[str]]) -> dict[str, dict[str, Any]]:
    """Return how many of the labelled blocks are named rightly; see `count_names`."""
    return count_names((block.kind, labels[block.key]) for block in blocks if block.key in labels)


def count_names(named: Iterable[tuple[str, frozenset[str]]]) -> dict[str, dict[str, Any]]:
    """Return by the kind that blocks are called how many are labelled, how many of those rightly, and what they are.

    `named` holds what each block is called, and what it may be called. Blocks that are content are wrongly cut,
    whatever they are called, and do not count.
    """
    counts: dict[str, dict[str, Any]] = defaultdict(lambda: {"labelled": 0, "right": 0, "labelled_as": Counter()})
    for kind, right in named:
        if right == {CONTENT}:
            continue
        for name in (kind, "all"):
            counts[name]["labelled"] += 1
            counts[name]["right"] += kind in right
        counts[kind]["labelled_as"][kind if kind in right else min(right)] += 1
    return {name: counts[name] for name in (*BOILERPLATE_KINDS, "all") if name in counts}
