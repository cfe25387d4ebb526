"""Write the table of docs/sites.md from benchmarks/results/sites.json; `--check` only compares."""

import sys

from generated import filled, result, written

SETS = ("static-sites", "static-sites-2", "daniel-waddle", "dragnet")


def main() -> int:
    """Write or check the table; return 1 where a check fails."""
    return written({"docs/sites.md": filled("docs/sites.md", _table())})


def _table() -> str:
    scores = result("sites.json")
    rows = [
        "| set | pages known | pages | HTML without | with | text without | with |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name in SETS:
        for size, html in scores["html"][name].items():
            text = scores["text"][name][size]
            figures = (html["without"], html["with"], text["without"], text["with"])
            shown = " | ".join(f"{each:.3f}" for each in figures)
            rows.append(f"| {name} | {size} | {html['pages']} | {shown} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.exit(main())
