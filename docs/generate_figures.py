"""Write the figures of README.md and of pages of docs/ from benchmarks/results; `--check` only compares.

Every figure is read from a result file, which names the command that measured it.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
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
"""The rival that tables show."""
KEYS = ("precision", "recall", "f1")
MODES = ("precision", "balanced", "recall")
MIN_CHANGE = 0.0005
"""Rules that change the F1 of no set by as much are left out."""


def main() -> int:
    """Write or check the tables; return 1 where a check fails."""
    texts = {
        "README.md": _claim(),
        "docs/index.md": _claim(),
        "docs/model.md": "\n".join([*map(_provenance, FORMS), ""]),
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
    parts = {
        "By set": _scores(SETS, unseen=True),
        "By type of page, on wcxb": _scores([f"wcxb/{name}" for name in TYPES]),
        "Languages": _languages(),
        "Leftovers that stay": _shares(ours, rivals, "leaked"),
        "Parts of the article that are lost": _shares(ours, rivals, "lost"),
        "Lines of text labelled by hand": _lines(),
        "Sets never trained on": _validation(),
        "What a page is": _page_types(),
        "Without one of the context rules": _rules(),
        "Titles, authors and dates": _metadata(),
    }
    return "\n".join(f"## {title}\n\n{text}" for title, text in parts.items()) + "\n"


def _scores(rows: Sequence[str], *, unseen: bool = False) -> str:
    """Lay out F1 by set or by type: ours, ours where the whole set was held out, and the best rival."""
    ours = {kind: result(f"cross-validation-{kind}.json")["scores"][form] for kind, form in FORMS.items()}
    pages = [ours["html"][row]["pages"] for row in rows]
    columns: list[tuple[str, list[float]]] = []
    for kind, form in FORMS.items():
        columns.append((f"{_shown(kind)}: boilercut", [ours[kind][row]["f1"] for row in rows]))
        if unseen:
            by_set = result(f"cross-validation-{kind}-by-set.json")["scores"][form]
            columns.append(("set unseen", [by_set[row]["f1"] for row in rows]))
        columns.append((BEST[kind], [_f1(result(f"rivals-{kind}.json"), row, BEST[kind]) for row in rows]))
    cells = [[f"{value:.3f}" for value in (*values, sum(values) / len(values))] for _, values in columns]
    names = [*(row.removeprefix("wcxb/") for row in rows), "**mean**"]
    return _markdown(
        ["", "pages", *(name for name, _ in columns)],
        [list(line) for line in zip(names, map(str, [*pages, sum(pages)]), *cells, strict=True)],
    )


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


def _languages() -> str:
    """Lay out F1 by language, from HTML and from text, with intervals, beside the rival of each."""
    rows = [
        [name, str(row["sites"]), str(row["pages"])]
        + [
            cell
            for kind, rival in BEST.items()
            for cell in (
                f"{row[kind]:.3f} ({'–'.join(f'{bound:.3f}' for bound in row[f'{kind}, interval'])})",
                f"{row[f'{kind}, {rival}']:.3f}",
            )
        ]
        for name, row in result("languages.json")["languages"].items()
    ]
    heads = [cell for kind, rival in BEST.items() for cell in (f"{_shown(kind)}: boilercut", rival)]
    unseen = ", ".join(
        f"{name} {row['unseen']:.3f} ({row['seen']:.3f}, {row['pages']} pages)"
        for name, row in result("unseen-languages.json")["languages"].items()
    )
    return (
        _markdown(["", "sites", "pages", *heads], rows)
        + "\nLanguages of five sites or more; a site counts once, with two pages at most (95 % intervals over sites). "
        "Models of the other half of the sites cut training pages; for text, those of a fit that does not ship. "
        f"Dumps, by a first look that saw no page of the language (and by one that did): {unseen}.\n"
    )


def _shares(ours: dict[str, Any], rivals: dict[str, Any], what: str) -> str:
    """Lay out the share of leftovers or of lost parts, one row per kind, from HTML and from text."""
    columns = {}
    for kind, rival in BEST.items():
        columns[f"{_shown(kind)}: boilercut"] = ours[kind]["whole"]["all"]["balanced"][what]
        columns[rival] = rivals[kind]["whole"]["all"][rival][what]
    rows = [
        [name, str(count), *(f"{own[name][0] / own[name][1]:.3f}" for own in columns.values())]
        for name, (_, count) in next(iter(columns.values())).items()
    ]
    return _markdown(["", "number", *columns], rows)


def _lines() -> str:
    """Say how good the kept lines are, over all languages, and in which every line kept is better."""
    tables = result("rivals-lines.json")["languages"]
    names = {
        "ours": "boilercut",
        "ours-recall": "in recall mode",
        "none": "every line",
        "best-run": "the best run of lines",
    }
    scores = ", ".join(f"{shown} {tables['all'][name]['f1']:.3f}" for name, shown in names.items())
    worse = [
        f"{language} ({own['ours']['f1']:.3f} and {own['none']['f1']:.3f})"
        for language, own in tables.items()
        if own["ours"]["f1"] < own["none"]["f1"]
    ]
    documents = tables["all"]["ours"]["documents"]
    return f"F1 of kept lines, {documents} documents: {scores}. Keeping every line is better in {', '.join(worse)}.\n"


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
    """Say how F1 from HTML changes without each rule, over sets; rules for plain text change nothing there."""
    sets = result("rules.json")["changes"].values()
    _, *rules = next(iter(sets))
    changes = {rule: [row[rule] for row in sets] for rule in rules}
    said = [
        f"`{rule}` {sum(own) / len(own):+.3f} ({min(own):+.3f} to {max(own):+.3f})"
        for rule, own in changes.items()
        if max(map(abs, own)) >= MIN_CHANGE
    ]
    return f"Change of F1 from HTML, mean of {len(sets)} sets (worst to best): {', '.join(said)}.\n"


def _metadata() -> str:
    """Lay out how many titles, authors and dates are exactly those that the training sets state, over all sets."""
    sets = result("metadata.json")["sets"]
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
    """Say how many held-out pages of each type are called so, and how sure `article_probability` is."""
    found = result("page-types.json")
    types = [
        f"{name} {row['right']} of {row['pages']} ({row['wrongly_called_so']})" for name, row in found["types"].items()
    ]
    tenths = list(found["has_article_by_probability"].items())
    steps = [
        f"from {first} on {row['with_article'] + above['with_article']} of {row['pages'] + above['pages']}"
        for (first, row), (_, above) in zip(tenths[::2], tenths[1::2], strict=True)
    ]
    return (
        f"Held-out pages whose type is named rightly, and number of others named so: {', '.join(types)}.\n\n"
        f"Pages that have an article, by `article_probability`: {', '.join(steps)}.\n"
    )


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _shown(kind: str) -> str:
    return "HTML" if kind == "html" else "text"


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
    return f"""\
- **{_shown(kind)}**: `{origin["command"]}`, {origin["date"]}, seed {origin["seed"]}, {len(model["trees"])} trees,
  {len(model["inputs"])} inputs, {words} learned words, {size // 1024} kB. Cross-validated {report["date"]} by
  `{command}` ({report["machine"]})."""


if __name__ == "__main__":
    sys.exit(main())
