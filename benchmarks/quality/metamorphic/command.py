"""``python -m benchmarks.quality metamorphic``: add boilerplate to pages, rewrite them, and print what changes."""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.quality.data import RESULTS, TRAIN_SETS, Sample, data_hash, fold_of, read_sets, smallest_checksums
from benchmarks.quality.held_out import MissingHeldOutError, fold_model
from benchmarks.quality.metamorphic.additions import Additions
from benchmarks.quality.metamorphic.counts import Comparison, changed, compared
from benchmarks.quality.metamorphic.pages import FORMS, Known, known_pages, verdicts_of
from benchmarks.quality.metamorphic.places import PLACES
from benchmarks.quality.metamorphic.rewrites import HTML_REWRITES, TEXT_REWRITES
from benchmarks.quality.report import as_json, circumstances
from boilercut import Cutter
from boilercut.vocabulary import PageKind

GROUPS = {"article": "article", "news": "article", "chinese-wced": "article", "forum": "forum"}
"""The group of pages by type, or by set where it states none; all others are of many sorts."""


class Trial(NamedTuple):
    """One addition at one place of one page."""

    sample: str
    group: str
    kind: str
    origin: str
    place: str
    comparison: Comparison | None


class Rewritten(NamedTuple):
    """One page written differently."""

    group: str
    rewrite: str
    blocks: int
    changed: int


def add_command(commands: Any) -> None:
    """Add ``metamorphic`` to the sub-commands of an argparse parser."""
    parser = commands.add_parser("metamorphic", help="add boilerplate to pages, rewrite them, count what changes")
    parser.set_defaults(run=run)
    parser.add_argument("--input", choices=tuple(FORMS), default="html")
    parser.add_argument("--sets", default=",".join(TRAIN_SETS), help="with commas between")
    parser.add_argument("--sample", type=int, metavar="N", default=60, help="so many pages of each set")
    parser.add_argument("--folds", type=int, default=0, help="use the models of a cross-validation of so many folds")
    parser.add_argument("--failures", type=Path, help="file to write every addition to that went wrong")
    parser.add_argument("--output", help=f"file to write in {RESULTS.name}/")


def run(options: argparse.Namespace) -> int:
    """Run all checks on the chosen pages; print tables, write JSON; return the exit status."""
    names = options.sets.split(",")
    pages = Pages(names, options.sample, options.input, options.folds)
    trials: list[Trial] = []
    rewritten: list[Rewritten] = []
    for sample, known in pages:
        trials += pages.trials(sample, known)
        rewritten += pages.rewritten(sample, known)
    result = {"pages": pages.counts, "additions": additions_table(trials), "rewrites": rewrites_table(rewritten)}
    print_result(result)
    if options.failures:
        options.failures.write_text("\n".join(failures(trials)), encoding="utf-8")
    if options.output:
        head = {**circumstances(), "data": data_hash(names), "input": options.input, "folds": options.folds}
        (RESULTS / options.output).write_text(as_json({**head, **result}), encoding="utf-8")
    return 0


class Pages:
    """The pages of a run whose article is known, and what is done to them."""

    def __init__(self, sets: Iterable[str], count: int, form: str, folds: int) -> None:
        samples = list(read_sets(sets))
        self._chosen = smallest_checksums(samples, count)
        self._form, self._folds = form, folds
        self._additions = Additions(samples, self._part)
        self._cutters = self._models()
        self.counts = {"chosen": len(self._chosen), "used": 0}

    def __iter__(self) -> Iterator[tuple[Sample, Known]]:
        for sample in self._chosen:
            cutter = self._cutters.get(self._part(sample))
            for known in known_pages(sample, cutter, self._form) if cutter else ():
                self.counts["used"] += 1
                yield sample, known

    def trials(self, sample: Sample, known: Known) -> Iterator[Trial]:
        """Put every addition at every place."""
        cutter = self._cutters[self._part(sample)]
        for addition in self._additions.of(sample):
            added = addition.html if self._kind == "html" else "".join(f"{line}\n" for line in addition.lines)
            for place in PLACES:
                after = cutter.extract(known.slots.with_addition(place, added), kind=self._kind)
                comparison = compared(known.verdicts, verdicts_of(after), known.article)
                name = f"{sample.dataset} {sample.id}"
                yield Trial(name, group_of(sample), addition.kind, addition.origin, place, comparison)

    def rewritten(self, sample: Sample, known: Known) -> Iterator[Rewritten]:
        """Write the page in every other way."""
        cutter = self._cutters[self._part(sample)]
        for name, rewrite in (HTML_REWRITES if self._kind == "html" else TEXT_REWRITES).items():
            after = verdicts_of(cutter.extract(rewrite(known.slots), kind=self._kind))
            yield Rewritten(group_of(sample), name, len(known.article), changed(known.verdicts, after))

    @property
    def _kind(self) -> PageKind:
        return FORMS[self._form]

    def _part(self, sample: Sample) -> int:
        return fold_of(sample, self._folds) if self._folds else 0

    def _models(self) -> dict[int, Cutter]:
        """Return a cutter for each part of the pages; a fold whose model is not in the cache is left out."""
        if not self._folds:
            return {0: Cutter()}
        folders = {part: fold_model(self._folds, part) for part in range(self._folds)}
        models = {part: folder for part, folder in folders.items() if (folder / f"{self._kind}.json").is_file()}
        if not models:
            raise MissingHeldOutError(
                f"no models of {self._folds} folds: run python -m benchmarks.training cross-validate"
            )
        return {part: Cutter(model=str(folder)) for part, folder in models.items()}


def group_of(sample: Sample) -> str:
    """Return the group that a page is counted in."""
    return GROUPS.get(sample.type or sample.dataset, "other")


def additions_table(trials: Iterable[Trial]) -> list[dict[str, Any]]:
    """Count by group, kind, origin and place, with totals by group (every other key is "all")."""
    sums: dict[tuple[str, str, str, str], Counter[str]] = defaultdict(Counter)
    for trial in trials:
        own = _counted(trial.comparison)
        keys = (trial.group, trial.kind, trial.origin, trial.place)
        for key in {keys, (*keys[:3], "all"), (keys[0], "all", keys[2], "all"), (keys[0], "all", "all", keys[3])}:
            sums[key].update(own)
        sums[keys[0], "all", "all", "all"].update(own)
    names = ("group", "kind", "origin", "place")
    return [dict(zip(names, key, strict=True)) | _rates(sums[key]) for key in sorted(sums)]


def _counted(comparison: Comparison | None) -> dict[str, int]:
    if comparison is None:
        return {"trials": 1, "read_otherwise": 1}
    return {
        "trials": 1,
        "added": len(comparison.added_kept) + comparison.added_cut,
        "cut": comparison.added_cut,
        "article": comparison.kept_before,
        "lost": len(comparison.lost),
        "gained": comparison.gained,
        "unharmed": int(not comparison.lost),
    }


def _rates(sums: Counter[str]) -> dict[str, float]:
    compared_ones = sums["trials"] - sums["read_otherwise"]
    return {
        "trials": sums["trials"],
        "read_otherwise": sums["read_otherwise"],
        "added": sums["added"],
        "cut": round(sums["cut"] / max(sums["added"], 1), 4),
        "article": sums["article"],
        "lost": round(sums["lost"] / max(sums["article"], 1), 4),
        "gained": round(sums["gained"] / max(sums["article"], 1), 4),
        "unharmed": round(sums["unharmed"] / max(compared_ones, 1), 4),
    }


def rewrites_table(rewritten: Iterable[Rewritten]) -> list[dict[str, Any]]:
    """Count by rewrite, all groups together: the share of pages and of blocks whose verdict changes."""
    rows: dict[str, list[Rewritten]] = defaultdict(list)
    for each in rewritten:
        rows[each.rewrite].append(each)
    return [
        {
            "rewrite": name,
            "pages": len(own),
            "pages_changed": round(sum(each.changed > 0 for each in own) / len(own), 4),
            "blocks": sum(each.blocks for each in own),
            "blocks_changed": round(sum(each.changed for each in own) / sum(each.blocks for each in own), 5),
        }
        for name, own in rows.items()
    ]


def print_result(result: dict[str, Any]) -> None:
    """Print both tables."""
    print(f"pages: {result['pages']}")
    print(
        f"{'group':9}{'kind':12}{'origin':9}{'place':17}{'trials':>7}{'added':>7}{'cut':>7}{'lost':>8}{'gained':>8}",
        end="",
    )
    print(f"{'unharmed':>9}{'read otherwise':>15}")
    for row in result["additions"]:
        print(
            f"{row['group']:9}{row['kind']:12}{row['origin']:9}{row['place']:17}{row['trials']:7}{row['added']:7}",
            end="",
        )
        print(
            f"{row['cut']:7.3f}{row['lost']:8.4f}{row['gained']:8.4f}{row['unharmed']:9.3f}{row['read_otherwise']:15}"
        )
    for row in result["rewrites"]:
        print(
            f"{row['rewrite']:26}{row['pages']:6}{row['pages_changed']:8.4f}{row['blocks']:8}{row['blocks_changed']:9.5f}"
        )


def failures(trials: Iterable[Trial]) -> Iterator[str]:
    """Describe every trial that went wrong: what was added and kept (`+`), what of the article was lost (`-`)."""
    for trial in trials:
        if trial.comparison is None:
            yield f"== {' | '.join(trial[:5])}: read otherwise"
        elif trial.comparison.added_kept or trial.comparison.lost:
            yield f"== {' | '.join(trial[:5])}: {trial.comparison.added_cut} cut"
            yield from (f"  + {text[:150]}" for text in trial.comparison.added_kept)
            yield from (f"  - {text[:150]}" for text in trial.comparison.lost)
