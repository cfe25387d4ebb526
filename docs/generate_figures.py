"""Write the quality tables of README.md and docs/model.md from benchmarks/results; `--check` only compares.

Every figure in those tables is read from a result file, which names the command that measured it.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
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


def main() -> int:
    """Write or check the tables; return 1 where a check fails."""
    stale = []
    for name, tables in (("README.md", _readme()), ("docs/model.md", _model_card())):
        file = ROOT / name
        old = file.read_text("utf-8")
        new = _filled(old, tables)
        if "--check" not in sys.argv:
            file.write_text(new, encoding="utf-8")
        elif new != old:
            stale.append(name)
    if stale:
        print(f"stale tables in {', '.join(stale)}: run python docs/generate_figures.py")
    return 1 if stale else 0


def _filled(text: str, tables: str) -> str:
    """Replace what stands between the two marks."""
    before, _, rest = text.partition("<!-- figures -->\n")
    _, mark, after = rest.partition("<!-- /figures -->")
    if not mark:
        raise SystemExit("a page has no <!-- figures --> … <!-- /figures --> marks")
    return f"{before}<!-- figures -->\n{tables}{mark}{after}"


def _readme() -> str:
    return _table("html", SETS) + "\n" + _table("text", SETS)


def _model_card() -> str:
    parts = []
    for kind in ("html", "text"):
        types = tuple(f"wcxb/{name}" for name in TYPES)
        parts += [f"### From {'HTML' if kind == 'html' else 'text'}\n", _table(kind, SETS), _table(kind, types)]
        parts.append(_provenance(kind))
    return "\n".join(parts) + "\n"


def _table(kind: str, rows: tuple[str, ...]) -> str:
    ours = _load(f"cross-validation-{kind}.json")["scores"][FORMS[kind]]
    rivals = _load(f"rivals-{kind}.json")
    head = f"| {kind.upper() if kind == 'html' else 'text'} | pages | boilercut | {' | '.join(RIVALS[kind])} |"
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
    report = _load(f"cross-validation-{kind}.json")
    model = json.loads((ROOT / "boilercut" / "model" / f"{kind}.json").read_text("utf-8"))
    origin, size = model["provenance"], (ROOT / "boilercut" / "model" / f"{kind}.json").stat().st_size
    words = sum(map(len, model["lexicons"].values()))
    hashes = ", ".join(f"{name} `{digest}`" for name, digest in origin["data"].items())
    return f"""
- measured {report["date"]} by `{report["command"]}` ({report["machine"]})
- shipped model: `{origin["command"]}`, {origin["date"]}, seed {origin["seed"]}, {len(model["trees"])} trees over
  {len(model["inputs"])} inputs, {words} learned words, {size // 1024} kB
- data (SHA-256, first 16 digits): {hashes}
"""


def _load(name: str) -> Any:
    return json.loads((RESULTS / name).read_text("utf-8"))


if __name__ == "__main__":
    sys.exit(main())
