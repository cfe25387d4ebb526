"""Write the table of docs/sites.md from benchmarks/results/sites.json; `--check` only compares."""

import sys
from typing import Any

from generated import filled, result, written

SETS = ("static-sites", "static-sites-2", "daniel-waddle", "dragnet")
SHOWN_SIZES = ("4", "12")
"""Numbers of known pages that have a row."""


def main() -> int:
    """Write or check the table; return 1 where a check fails."""
    return written(
        {"docs/sites.md": filled("docs/sites.md", _table(result("sites.json")) + _cost(result("sites.json")))}
    )


def _table(scores: Any) -> str:
    rows = [
        "| set | pages known | pages | HTML without | with | text without | with |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    apart = []
    for name in SETS:
        for size in SHOWN_SIZES:
            html, text = scores["html"][name][size], scores["text"][name][size]
            figures = (html["without"], html["with"], text["without"], text["with"])
            shown = " | ".join(f"{each:.3f}" for each in figures)
            rows.append(f"| {name} | {size} | {html['pages']} | {shown} |")
            apart += [
                f"{kind}, {size} known, not {row['worst_site']}: {_change(row['others'])}"
                for kind, row in (("HTML", html), ("text", text))
                if name == "dragnet" and row["with"] < row["without"]
            ]
    rows += ["", f"The rows of dragnet that fall, without one site: {'; '.join(apart)}."]
    clean = "; ".join(
        f"{name} {_percents(row)}" + f" (without {row['worst_site']} {_percents(row['others'])})" * (name == "dragnet")
        for name, row in scores["clean"].items()
    )
    rows += ["", f"Words lost of gold texts, without a profile and with one of the site's other gold texts: {clean}."]
    return "\n".join(rows) + "\n"


def _change(row: Any) -> str:
    return f"{row['without']:.3f} to {row['with']:.3f}"


def _percents(row: Any) -> str:
    return f"{100 * row['without']:.2f} and {100 * row['with']:.2f} %"


def _cost(scores: Any) -> str:
    """Return a paragraph about what learning costs."""
    real, made = scores["cost"]["real_pages"], scores["cost"]["made_up"]
    small, large, known = (
        real[name] / real["clean"]
        for name in ("learn, sites of 32 pages", "learn, a site of 1,000 pages", "clean with a profile")
    )
    return (
        f"\nBeside `clean` ({real['clean']:.1f} ms of processor time a page), learning a page takes {small:.2f} times "
        f"as long on sites of 32 pages and {large:.2f} times on a site of 1,000, cleaning with a profile {known:.2f} "
        f"times. {made['pages']:,} made-up pages of {made['sites']:,} sites took {made['megabytes']:.0f} MB; a profile "
        f"of real pages has {real['bytes of a profile'] / 1000:.0f} kB. So the first pass over a billion pages takes "
        f"{_core_hours(real['learn, sites of 32 pages']):,} core-hours if sites have 32 pages, and "
        f"{_core_hours(real['learn, a site of 1,000 pages']):,} if they have 1,000 (computed).\n"
    )


def _core_hours(milliseconds: float) -> int:
    """Return what a billion pages take, to the nearest ten."""
    return round(milliseconds * 1e9 / 1000 / 3600 / 10) * 10


if __name__ == "__main__":
    sys.exit(main())
