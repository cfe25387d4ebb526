"""The ceiling: the best word-F1 that any choice among our blocks could reach on a page."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from benchmarks.quality.data import Sample
from benchmarks.quality.held_out import HeldOutPage
from boilercut.training.measures import words

MAX_PASSES = 5
"""Rounds over the blocks; of the training pages, nearly all are settled after three."""


def mean_ceilings(samples: Iterable[Sample], pages: Mapping[tuple[str, str], HeldOutPage]) -> dict[str, float]:
    """Return the mean `oracle_f1` by set, and by page type within wcxb; `pages` by set and id."""
    groups: dict[str, list[float]] = defaultdict(list)
    for sample in samples:
        page = pages.get((sample.dataset, sample.id))
        if page is not None:
            f1 = oracle_f1(page, sample.gold)
            groups[sample.dataset].append(f1)
            if sample.dataset == "wcxb":
                groups[f"wcxb/{sample.type}"].append(f1)
    return {name: round(sum(own) / len(own), 4) for name, own in groups.items()}


def oracle_f1(page: HeldOutPage, gold: str) -> float:
    """Return the F1 of the best choice of whole blocks that local search finds: a lower bound of the ceiling.

    It begins with the better of two choices, the blocks that are mostly gold and what the model kept, and turns
    single blocks round as long as that raises the F1.
    """
    wanted = Counter(words(gold))
    blocks = [Counter(words(block)) for block in page.blocks]
    by_label = [label >= 0.5 for label in page.labels]
    by_model = [flag == "1" for flag in page.keep["balanced"]]
    return max(_climbed(blocks, keep, wanted) for keep in (by_label, by_model))


def _climbed(blocks: Sequence[Counter[str]], keep: list[bool], wanted: Counter[str]) -> float:
    total = wanted.total()
    held: Counter[str] = Counter()
    for block, kept in zip(blocks, keep, strict=True):
        if kept:
            held.update(block)
    size, hits = held.total(), (held & wanted).total()
    for _ in range(MAX_PASSES):
        turned = False
        for row, block in enumerate(blocks):
            sign = -1 if keep[row] else 1
            gain = _gain(block, held, wanted, sign)
            # 2 hits / (size + total) rises; compared crosswise, in whole numbers
            if (hits + gain) * (size + total) > hits * (size + sign * block.total() + total):
                keep[row], turned = not keep[row], True
                size, hits = size + sign * block.total(), hits + gain
                held.update({word: sign * count for word, count in block.items()})
        if not turned:
            break
    return 2 * hits / (size + total) if size + total else 1.0


def _gain(block: Counter[str], held: Counter[str], wanted: Counter[str], sign: int) -> int:
    """Return how many more gold words are held once the block is added (`sign` 1) or taken away (-1)."""
    gain = 0
    for word, count in block.items():
        aim = wanted.get(word, 0)
        if aim:
            before = held[word]
            gain += min(before + sign * count, aim) - min(before, aim)
    return gain
