"""Write the tables of README.md, docs/model.md and docs/quality.md from benchmarks/results; `--check` only compares.

Every figure in those tables is read from a result file, which names the command that measured it.
"""

import json
import sys
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
ENDS = ("", "-by-set")
MODES = ("precision", "balanced", "recall")
PLACES = ("before, outside", "before, inside", "after, inside", "after, outside")
ADDITIONS = ("navigation", "comments", "newsletter", "related")
MIN_PAGES = 5
"""Languages with fewer pages are left out."""


def main() -> int:
    """Write or check the tables; return 1 where a check fails."""
    texts = {"README.md": _readme(), "docs/model.md": _model_card(), "docs/quality.md": _quality()}
    return written({name: filled(name, text) for name, text in texts.items()})


def _readme() -> str:
    return _table("html", SETS) + "\n" + _table("text", SETS)


def _model_card() -> str:
    parts = []
    for kind in ("html", "text"):
        types = tuple(f"wcxb/{name}" for name in TYPES)
        parts += [f"### From {_shown(kind)}\n", _table(kind, SETS), _table(kind, types)]
        parts.append(_provenance(kind))
    parts += ["### Leaving one set out\n", _by_set(), "### Other kinds of models\n", _models()]
    return "\n".join(parts) + "\n"


def _models() -> str:
    """Lay out quality, time and size of each kind of model that was compared."""
    names = ("mean over sets", "mean over pages", "log loss", "milliseconds a page", "kilobytes")
    parts = []
    for kind in FORMS:
        measured = result(f"models-{kind}.json")
        rows = [[name, *(str(row[key]) for key in names)] for name, row in measured["models"].items()]
        parts.append(_markdown([_shown(kind), "word-F1, sets", "word-F1, pages", "log loss", "ms a page", "kB"], rows))
        parts.append(f"- measured {measured['date']} by `{measured['command']}` ({measured['machine']})\n")
    return "\n".join(parts)


def _by_set() -> str:
    """Lay out what a set scores when only its site, and when the whole set, is held out."""
    head = ["set", *(f"{_shown(kind)}, {held}" for kind in FORMS for held in ("site held out", "set held out"))]
    reports = [result(f"cross-validation-{kind}{end}.json")["scores"][FORMS[kind]] for kind in FORMS for end in ENDS]
    rows = [[row, *(f"{report[row]['f1']:.3f}" for report in reports)] for row in SETS]
    means = (sum(report[row]["f1"] for row in SETS) / len(SETS) for report in reports)
    return _markdown(head, [*rows, ["**mean**", *(f"{mean:.3f}" for mean in means)]])


def _quality() -> str:
    parts = []
    for kind in FORMS:
        ours, rivals = result(f"held-out-{kind}.json"), result(f"rivals-{kind}.json")
        parts += [f"## From {_shown(kind)}\n", "### Modes and ceiling\n", _modes(ours), "### Languages\n"]
        parts += [_languages(ours, rivals, kind), "### Leftovers left in\n", _shares(ours, rivals, kind, "leaked")]
        parts += ["### Parts of the article lost\n", _shares(ours, rivals, kind, "lost"), _calibrated(ours)]
    parts += ["## Lines of text labelled by hand\n", _lines()]
    parts += ["## What reading holds\n", _reading(), "## Boilerplate put beside articles\n", _additions()]
    return "\n".join([*parts, "## Pages written differently\n", _rewrites()]) + "\n"


def _additions() -> str:
    """Lay out the shares of added blocks that are cut, and of the article's kept blocks that are lost."""
    rows = []
    for form, measured in _metamorphic().items():
        total = {"group": "article", "kind": "all", "origin": "all", "place": "all"}
        shown = {f"{form}, {group}": total | {"group": group} for group in ("article", "forum", "other")}
        shown |= {f"{form}, article, {place}": total | {"place": place} for place in PLACES}
        shown |= {
            f"{form}, article, {kind} {origin}": total | {"kind": kind, "origin": origin}
            for kind in ADDITIONS
            for origin in ("written", "taken")
        }
        rows += [[name, *_rates(measured["additions"], wanted)] for name, wanted in shown.items()]
    return _markdown(["", "additions", "blocks added", "cut", "article lost", "gained"], rows)


def _rates(table: Any, wanted: dict[str, str]) -> list[str]:
    row = next(row for row in table if wanted.items() <= row.items())
    shares = (f"{row['cut']:.3f}", f"{row['lost']:.4f}", f"{row['gained']:.4f}")
    return [f"{row['trials']:,}", f"{row['added']:,}", *shares]


def _rewrites() -> str:
    """Lay out the shares of pages, and of blocks, whose verdicts change where nothing should."""
    rows = [
        [f"{form}: {row['rewrite']}", str(row["pages"]), f"{row['pages_changed']:.3f}", f"{row['blocks_changed']:.5f}"]
        for form, measured in _metamorphic().items()
        for row in measured["rewrites"]
    ]
    return _markdown(["", "pages", "pages changed", "blocks changed"], rows)


def _metamorphic() -> dict[str, Any]:
    names = {"HTML": "html", "text": "text", "article alone": "article-alone"}
    return {shown: result(f"metamorphic-{name}.json") for shown, name in names.items()}


def _reading() -> str:
    """Lay out the share of the gold words that the blocks hold before any cut, and that the source holds."""
    measured = result("recall.json")
    own = {**measured["sets"], **{name.replace(": ", "/"): row for name, row in measured["types"].items()}}
    shown = (*SETS, *(f"wcxb/{name}" for name in TYPES))
    keys = ("recall", "ceiling", "low", "low_ceiling")
    rows = [[name, str(own[name]["pages"]), *(f"{own[name][key]:.3f}" for key in keys)] for name in shown]
    return _markdown(["", "pages", "in blocks", "in source", "blocks below .9", "source below .9"], rows)


def _modes(ours: Any) -> str:
    """Lay out precision, recall and F1 of each mode, and what the best choice of blocks would score."""
    head = ["", *(f"{mode}: P / R / F1" for mode in MODES), "ceiling"]
    wcxb = [f"wcxb/{name}" for name in TYPES]
    rows = []
    for row in (*SETS, *wcxb):
        modes = ours["types"][row.replace("/", ": ")] if "/" in row else ours["sets"][row]
        cells = (" / ".join(f"{modes[mode][key]:.3f}" for key in ("precision", "recall", "f1")) for mode in MODES)
        rows.append([row, *cells, f"{ours['ceiling'][row]:.3f}"])
    return _markdown(head, rows)


def _languages(ours: Any, rivals: Any, kind: str) -> str:
    tables = {name: table for name, table in ours["languages"].items() if table["balanced"]["pages"] >= MIN_PAGES}
    rows = []
    for name in sorted(tables, key=lambda name: -tables[name]["balanced"]["pages"]):
        own = tables[name]["balanced"]
        interval = f"{own['f1']:.3f} [{own['interval'][0]:.3f}, {own['interval'][1]:.3f}]"
        others = (f"{rivals['languages'][name][rival]['f1']:.3f}" for rival in RIVALS[kind])
        rows.append([name, str(own["pages"]), interval, *others])
    return _markdown(["language", "pages", "boilercut", *RIVALS[kind]], rows)


def _shares(ours: Any, rivals: Any, kind: str, what: str) -> str:
    """Lay out the shares of leftovers or of lost parts, a kind a row; modes of ours first, then rivals."""
    columns = {mode: ours["whole"]["all"][mode][what] for mode in MODES}
    columns |= {rival: rivals["whole"]["all"][rival][what] for rival in RIVALS[kind]}
    rows = [
        [name, str(count), *(f"{own[name][0] / own[name][1]:.3f}" for own in columns.values())]
        for name, (_, count) in columns["balanced"].items()
    ]
    return _markdown(["", "number", *columns], rows)


def _calibrated(ours: Any) -> str:
    own = ours["calibration"]
    return (
        f"Confidence misses a page's F1 by {own['confidence_mean_absolute_error']:.3f} on average; rank correlation "
        f"{own['confidence_rank_correlation']:.2f}. A block's probability misses by "
        f"{own['probability_mean_error']:.3f}.\n"
    )


def _lines() -> str:
    """Lay out the F1 of kept lines by language, ours in two modes first."""
    tables = result("rivals-lines.json")["languages"]
    names = ("ours", "ours-recall", "none", "c4", "justext", "best-run", "winnow")
    rows = [
        [language, str(table["ours"]["documents"]), *(f"{table[name]['f1']:.3f}" for name in names)]
        for language, table in tables.items()
    ]
    return _markdown(["language", "documents", "boilercut", "recall mode", *names[2:]], rows)


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


def _provenance(kind: str) -> str:
    report = result(f"cross-validation-{kind}.json")
    file = ROOT / "boilercut" / "model" / f"{kind}.json"
    model = json.loads(file.read_text("utf-8"))
    origin, size = model["provenance"], file.stat().st_size
    words = sum(map(len, model["lexicons"].values()))
    hashes = ", ".join(f"{name} `{digest}`" for name, digest in origin["data"].items())
    return f"""
- measured {report["date"]} by `{report["command"]}` ({report["machine"]})
- shipped model: `{origin["command"]}`, {origin["date"]}, seed {origin["seed"]}, {len(model["trees"])} trees over
  {len(model["inputs"])} inputs, {words} learned words, {size // 1024} kB
- data (SHA-256, first 16 digits): {hashes}
"""


if __name__ == "__main__":
    sys.exit(main())
