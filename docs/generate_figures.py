"""Write the figures of README.md and of pages of docs/ from benchmarks/results; `--check` only compares.

Every figure is read from a result file, which names the command that measured it.
"""

import json
import re
import sys
from collections import Counter
from typing import Any

from generated import ROOT, filled, result, written

SETS = (
    "wcxb", "newspaper4k-424", "fundus", "google-trends-2017", "webforum-52", "magic-html-article",
    "magic-html-forum", "chinese-wced",
)  # fmt: skip
TYPES = ("article", "forum", "product", "collection", "listing", "documentation", "service")
RIVALS = {
    "html": ("trafilatura", "resiliparse", "readability", "justext"),
    "text": ("none", "c4", "justext", "best-run"),
}
FORMS = {"html": "html", "text": "crawl_dump"}
NAMES = {"none": "all text", "c4": "C4's line rules", "best-run": "the best run of lines"}
"""What rivals are called in a sentence."""
BEST = {"html": "trafilatura", "text": "best-run"}
"""The rival that the table of languages shows."""
SHOWN = {"html": ("trafilatura", "resiliparse"), "text": ("best-run",)}
"""Rivals in the tables of leftovers and losses."""
KEYS = ("precision", "recall", "f1")
MODES = ("precision", "balanced", "recall")
MIN_PAGES = 9
"""Minimum number of pages of a language in the table."""


def main() -> int:
    """Write or check the tables; return 1 where a check fails."""
    texts = {
        "README.md": _claim(),
        "docs/index.md": _claim(),
        "docs/model.md": _model_card(),
        "docs/modes.md": _modes({kind: result(f"held-out-{kind}.json") for kind in FORMS}),
        "docs/performance.md": _installs(result("speed-install-compiled.json")),
        "docs/quality.md": _quality(),
    }
    return written({name: filled(name, text) for name, text in texts.items()})


def _claim() -> str:
    """Say in one sentence how good boilercut and its rivals are."""
    return (
        "Word-F1, mean over eight labelled sets, each site scored by a model that never saw it: "
        f"from HTML {_means('html')}; from plain text {_means('text')}.\n"
    )


def _means(kind: str) -> str:
    ours = result(f"cross-validation-{kind}.json")["scores"][FORMS[kind]]
    rivals = result(f"rivals-{kind}.json")
    means = {rival: sum(_f1(rivals, row, rival) for row in SETS) / len(SETS) for rival in RIVALS[kind]}
    best_first = sorted(means, key=means.__getitem__, reverse=True)
    others = ", ".join(f"{NAMES.get(rival, rival)} {means[rival]:.3f}" for rival in best_first)
    return f"**{sum(ours[row]['f1'] for row in SETS) / len(SETS):.3f}** ({others})"


def _model_card() -> str:
    parts = [f"{_table(kind, tuple(f'wcxb/{name}' for name in TYPES))}{_provenance(kind)}" for kind in FORMS]
    return "\n".join([*parts, "### Leaving one set out\n", _by_set()])


def _by_set() -> str:
    """Lay out the score of each set when all of it is held out."""
    reports = [result(f"cross-validation-{kind}-by-set.json") for kind in FORMS]
    scores = [report["scores"][FORMS[kind]] for kind, report in zip(FORMS, reports, strict=True)]
    rows = [[row, *(f"{own[row]['f1']:.3f}" for own in scores)] for row in SETS]
    means = (sum(own[row]["f1"] for row in SETS) / len(SETS) for own in scores)
    dates = " and ".join(sorted({report["date"] for report in reports}))
    table = _markdown(["set", *map(_shown, FORMS)], [*rows, ["**mean**", *(f"{mean:.3f}" for mean in means)]])
    return f"{table}\nMeasured {dates}, with the settings of the models of then.\n"


def _installs(report: Any) -> str:
    """Lay out what installing boilercut and its peers takes."""
    rows = [
        [name, f"{each['seconds']:.0f} s", str(each["packages"]), f"{each['mb']} MB"]
        for name, each in report["installed"].items()
    ]
    wheel = report["installed"]["boilercut"]["wheel_mb"]
    return (
        _markdown(["`pip install`", "time", "packages", "on disk"], rows)
        + f"\nboilercut from its wheel of {wheel} MB, the others from the package index, without a cache, on a busy "
        f"machine. `python -m benchmarks.install`, {report['date']}\n"
    )


def _quality() -> str:
    ours = {kind: result(f"held-out-{kind}.json") for kind in FORMS}
    rivals = {kind: result(f"rivals-{kind}.json") for kind in FORMS}
    parts = ["## By set\n", *(_table(kind, SETS) for kind in FORMS), "## Languages\n", _languages(ours, rivals)]
    for title, what in (("## Leftovers that stay\n", "leaked"), ("## Parts of the article that are lost\n", "lost")):
        parts += [title, _shares(ours, rivals, what)]
    parts += ["## Lines of text labelled by hand\n", _lines(), "## Sets never trained on\n", _validation()]
    parts += ["## What a page is\n", _page_types(), "## Kinds of what is cut\n", _kinds()]
    parts += ["## Without one of the context rules\n", _rules()]
    parts += ["## Titles, authors and dates\n", _metadata()]
    return "\n".join(parts) + "\n"


def _modes(ours: dict[str, Any]) -> str:
    """Lay out precision, recall and F1 of each mode, mean over sets."""
    rows = [
        [f"{_shown(kind)}, {mode}", *(f"{_mean_over_sets(ours[kind], mode, key):.3f}" for key in KEYS)]
        for kind in FORMS
        for mode in MODES
    ]
    return _markdown(["", *KEYS], rows)


def _mean_over_sets(report: Any, mode: str, key: str) -> float:
    return sum(float(report["sets"][name][mode][key]) for name in SETS) / len(SETS)


def _languages(ours: dict[str, Any], rivals: dict[str, Any]) -> str:
    """Lay out F1 by language, from HTML and from text, beside the strongest rival of each."""
    tables = {name: table["balanced"] for name, table in ours["html"]["languages"].items()}
    names = sorted((name for name in tables if tables[name]["pages"] >= MIN_PAGES), key=lambda n: -tables[n]["pages"])
    rows = []
    for name in names:
        cells = []
        for kind in FORMS:
            own = ours[kind]["languages"][name]["balanced"]
            cells.append(f"{own['f1']:.3f} [{own['interval'][0]:.3f}, {own['interval'][1]:.3f}]")
            cells.append(f"{rivals[kind]['languages'][name][BEST[kind]]['f1']:.3f}")
        rows.append([name, str(tables[name]["pages"]), *cells])
    heads = (head for kind in FORMS for head in (f"{_shown(kind)}: boilercut", BEST[kind]))
    return _markdown(["language", "pages", *heads], rows)


def _shares(ours: dict[str, Any], rivals: dict[str, Any], what: str) -> str:
    """Lay out the share of leftovers or of lost parts, one row per kind, from HTML and from text."""
    columns = {}
    for kind, others in SHOWN.items():
        columns[f"{_shown(kind)}: boilercut"] = ours[kind]["whole"]["all"]["balanced"][what]
        columns |= {f"{_shown(kind)}: {rival}": rivals[kind]["whole"]["all"][rival][what] for rival in others}
    rows = [
        [name, str(count), *(f"{own[name][0] / own[name][1]:.3f}" for own in columns.values())]
        for name, (_, count) in next(iter(columns.values())).items()
    ]
    return _markdown(["", "number", *columns], rows)


def _lines() -> str:
    """Lay out the F1 of kept lines by language, in two of our modes and of rivals."""
    tables = result("rivals-lines.json")["languages"]
    names = ("ours", "ours-recall", "none", "best-run", "winnow")
    rows = [
        [language, str(table["ours"]["documents"]), *(f"{table[name]['f1']:.3f}" for name in names)]
        for language, table in tables.items()
    ]
    return _markdown(["language", "documents", "boilercut", "recall mode", *names[2:]], rows)


def _validation() -> str:
    """Lay out the sets that are only scored on, with the share of readers' comments that stays."""
    tables = [result("validation.json")[kind] for kind in FORMS]
    rows = [
        [name, str(own["pages"]), *(cell for table in tables for cell in _figures(table[name], "f1", "comments_kept"))]
        for name, own in tables[0].items()
        if own["f1"] is not None
    ]
    heads = (f"{_shown(kind)}: {what}" for kind in FORMS for what in ("F1", "comments kept"))
    return _markdown(["set", "pages", *heads], rows)


def _figures(row: dict[str, Any], *names: str) -> list[str]:
    return ["" if row[name] is None else f"{row[name]:.3f}" for name in names]


def _rules() -> str:
    """Lay out how F1 from HTML changes without each rule, over sets; rules for plain text change nothing there."""
    sets = result("rules.json")["changes"].values()
    _, *rules = next(iter(sets))
    changes = {rule: [row[rule] for row in sets] for rule in rules}
    rows = [
        [f"`{rule}`", f"{sum(own) / len(own):+.3f}", f"{min(own):+.3f}", f"{max(own):+.3f}"]
        for rule, own in changes.items()
        if max(map(abs, own)) >= 0.0001
    ]
    return _markdown(["F1 without", f"mean of {len(sets)} sets", "worst", "best"], rows)


def _metadata() -> str:
    """Lay out how many titles, authors and dates are exactly those that the training sets state, over all sets."""
    sets = result("metadata.json")
    whole = {field: Counter[str]() for fields in sets.values() for field in fields}
    for fields in sets.values():
        for field, counts in fields.items():
            whole[field].update(counts if counts.get("stated") else {})
    names = ("stated", "boilercut", "trafilatura", "declared", "trafilatura, declared")
    rows = [[field, *(str(counts[name]) for name in names)] for field, counts in whole.items() if counts["stated"]]
    note = (
        f"Over {', '.join(name for name in sets if any(each.get('stated') for each in sets[name].values()))}. "
        "boilercut says only what a page declares; of what it finds declared, the last column has trafilatura's."
    )
    return _markdown(["field", *names[:-1], "trafilatura, of these"], rows) + f"\n{note}\n"


def _page_types() -> str:
    """Lay out how many held-out pages of each type are called so, and how sure `article_probability` is."""
    told = result("page-types.json")
    types = [
        [name, str(row["pages"]), str(row["right"]), str(row["wrongly_called_so"])]
        for name, row in told["types"].items()
    ]
    tenths = list(told["has_article_by_probability"].items())
    steps = [
        [f"{first} and more", *(str(row[count] + next_row[count]) for count in ("pages", "with_article"))]
        for (first, row), (_, next_row) in zip(tenths[::2], tenths[1::2], strict=True)
    ]
    heads = (
        ["type", "pages", "told rightly", "other pages called so"],
        ["`article_probability`", "pages", "with an article"],
    )
    return _markdown(heads[0], types) + "\n" + _markdown(heads[1], steps)


def _kinds() -> str:
    """Lay out how many labelled blocks of each kind are called so rightly, apart in the last draw, which is fresh."""
    *before, last = result("kinds.json")["draws"].values()
    rows = [[name, *_right([draw[name] for draw in before if name in draw]), *_right([last[name]])] for name in last]
    return _markdown(["kind", "blocks called so", "rightly", "in a fresh draw", "rightly"], rows)


def _right(rows: list[dict[str, Any]]) -> list[str]:
    labelled, right = (sum(row[count] for row in rows) for count in ("labelled", "right"))
    return [str(labelled), f"{right / labelled:.2f}"]


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _shown(kind: str) -> str:
    return "HTML" if kind == "html" else "text"


def _table(kind: str, rows: tuple[str, ...]) -> str:
    ours = result(f"cross-validation-{kind}.json")["scores"][FORMS[kind]]
    rivals = result(f"rivals-{kind}.json")
    head = f"| {_shown(kind)} | pages | boilercut | {' | '.join(RIVALS[kind])} |"
    lines = [head, "|---" + "|--:" * (2 + len(RIVALS[kind])) + "|"]
    for row in rows:
        cells = [_f1(rivals, row, rival) for rival in RIVALS[kind]]
        lines.append(_line(row.removeprefix("wcxb/"), ours[row]["pages"], ours[row]["f1"], cells))
    means = [sum(_f1(rivals, row, rival) for row in rows) / len(rows) for rival in RIVALS[kind]]
    own = sum(ours[row]["f1"] for row in rows) / len(rows)
    lines.append(_line("**mean**", sum(ours[row]["pages"] for row in rows), own, means))
    return "\n".join(lines) + "\n"


def _line(name: str, pages: int, ours: float, rivals: list[float]) -> str:
    best = max([ours, *rivals])
    cells = [f"**{value:.3f}**" if value == best else f"{value:.3f}" for value in (ours, *rivals)]
    return f"| {name} | {pages} | {' | '.join(cells)} |"


def _f1(rivals: Any, row: str, rival: str) -> float:
    if row.startswith("wcxb/"):
        return float(rivals["types"][row.replace("/", ": ")][rival]["f1"])
    return float(rivals["sets"][row][rival]["f1"])


def _model(kind: str) -> tuple[Any, int]:
    """Return a shipped model and its size in bytes."""
    file = ROOT / "boilercut" / "model" / f"{kind}.json"
    return json.loads(file.read_text("utf-8")), file.stat().st_size


def _provenance(kind: str) -> str:
    report = result(f"cross-validation-{kind}.json")
    command = re.sub(r" --sets \S+", "", report["command"])
    model, size = _model(kind)
    origin = model["provenance"]
    words = sum(map(len, model["lexicons"].values()))
    return f"""
Measured {report["date"]} by `{command}`
({report["machine"]}). The shipped model: `{origin["command"]}`, {origin["date"]}, seed {origin["seed"]},
{len(model["trees"])} trees, {len(model["inputs"])} inputs, {words} learned words, {size // 1024} kB.
"""


if __name__ == "__main__":
    sys.exit(main())
