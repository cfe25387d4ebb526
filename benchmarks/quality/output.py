"""Check HTML (the text's words, nothing unlisted), Markdown (parses to the same words) and listings on train pages."""

import argparse
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any

from selectolax.lexbor import LexborHTMLParser

import boilercut
from benchmarks.quality.data import TRAIN_SETS, Sample, read_sets, smallest_checksums
from benchmarks.quality.rivals import HTML_RIVALS, split_by_presence
from benchmarks.speed.timing import interleaved
from boilercut.render.elements import ATTRIBUTES, INLINE, STRUCTURE, VOID

SETS = TRAIN_SETS
MARKS = {
    "headings": "h1, h2, h3, h4, h5, h6", "bullets": "ul > li", "nested": "li li", "numbered": "ol > li",
    "links": "a[href]", "images": "img", "table rows": "tr", "fences with language": "pre > code[class]",
    "inline code": ":not(pre) > code", "emphasis": "em, strong",
}  # fmt: skip
"""What is counted in Markdown once it is rendered."""
_WORD = re.compile(r"\w+")
_GUTTER, _INDENTED = re.compile("gutter|lineno"), re.compile(r"\n.*\n[ \t]+\S|\n[ \t]+\S.*\n")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Check HTML on pages, Markdown on the richest of them, and listings of documentation."""
    samples = [each for each in smallest_checksums(read_sets(options.sets), options.sample) if each.html]
    richest = sorted(samples, key=_richness, reverse=True)[: options.rich]
    listings = compare_listings(read_sets(("wcxb",)))
    return {"html": check_html(samples), "markdown": compare_markdown(richest), "listings": listings}


def check_html(samples: Iterable[Sample]) -> dict[str, Any]:
    """Return on how many pages the fragment holds other words than the text, or what is not listed; and the time."""
    found: Counter[str] = Counter()
    ratios: dict[str, list[float]] = {"extract": [], "html": [], "markdown": [], "metadata": []}
    for sample in samples:
        result = boilercut.extract(sample.html, kind="html", url=sample.url)
        body = LexborHTMLParser(result.html).body
        found["pages"] += 1
        found["other words"] += _WORD.findall(result.text) != _WORD.findall(body.text() if body else "")
        found["unlisted"] += any(_is_unlisted(node) for node in body.traverse()) if body else 0
        for name, times in _times(sample).items():
            ratios[name].append(times)
    medians = {name: round(statistics.median(values), 2) for name, values in ratios.items()}
    return {**found, "processor time, median over clean()": medians}


def _is_unlisted(node: Any) -> bool:
    if node.tag == "body":
        return False
    return node.tag not in STRUCTURE | INLINE | VOID | {"br"} or not set(node.attributes) <= ATTRIBUTES.get(
        node.tag, set()
    )


def _times(sample: Sample) -> dict[str, float]:
    """Return the time of each output over that of `clean()`, the best of three each."""
    cutter = boilercut.Cutter()
    outputs: dict[str, Callable[[str], object]] = {
        "clean": lambda page: cutter.clean(page, kind="html"),
        "extract": lambda page: cutter.extract(page, kind="html").title,
        "html": lambda page: cutter.extract(page, kind="html").html,
        "markdown": lambda page: cutter.extract(page, kind="html").markdown,
        "metadata": lambda page: cutter.extract(page, kind="html").metadata,
    }
    [clean], *_ = seconds = list(interleaved(outputs, [sample.html]).values())
    return {name: own / clean for name, [own] in zip(outputs, seconds, strict=True) if name != "clean"}


def _richness(sample: Sample) -> int:
    """Return how many kinds of structure the kept part has, and then how much of it."""
    tree = LexborHTMLParser(boilercut.extract(sample.html, kind="html").html)
    counts = [len(tree.css(selector)) for selector in MARKS.values()]
    return 1000 * sum(count > 0 for count in counts) + min(sum(counts), 999)


def compare_markdown(samples: Iterable[Sample]) -> dict[str, Any]:
    """Return what Markdown of ours and of trafilatura holds on some pages, and whether it parses to the same words."""
    parser = import_module("markdown_it").MarkdownIt("commonmark", {"html": True}).enable("table")
    try:
        rival = import_module("trafilatura").extract
    except ImportError:
        rival = None
    totals: dict[str, Counter[str]] = {"boilercut": Counter(), "trafilatura": Counter()}
    for sample in samples:
        result = boilercut.extract(sample.html, kind="html", url=sample.url)
        rendered = parser.render(result.markdown).replace("<br>", "<br>\n")  # `text()` has no space for it
        totals["boilercut"].update(_marks(rendered))
        body = LexborHTMLParser(rendered).body
        words, parsed = Counter(_WORD.findall(result.text)), Counter(_WORD.findall(body.text() if body else ""))
        totals["boilercut"].update({"words": words.total(), "words lost": (words - parsed).total()})
        totals["boilercut"].update(
            {"words added": (parsed - words).total(), "pages": 1, "pages equal": parsed == words}
        )
        if rival:
            options = {"include_formatting": True, "include_links": True, "include_images": True}
            text = rival(sample.html, url=sample.url, output_format="markdown", **options) or ""
            totals["trafilatura"].update(_marks(parser.render(text)))
    return {name: dict(counts) for name, counts in totals.items() if counts}


def compare_listings(samples: Iterable[Sample]) -> dict[str, Counter[str]]:
    """Return how many indented listings of documentation are in each text by their words, and line for line.

    Listings are those of `pre` elements that hold nothing but their lines.
    """
    rivals, _ = split_by_presence(HTML_RIVALS, ("ours", "trafilatura", "resiliparse"))
    found = {name: Counter[str]() for name in rivals}
    for sample in samples:
        listings = list(dict.fromkeys(_listings(sample.html))) if sample.type == "documentation" else []
        for name, rival in rivals.items() if listings else ():
            text = _even_lines(rival.clean(sample.html))
            words = " ".join(text.split())
            for listing in listings:
                is_kept = " ".join(listing.split()) in words
                found[name].update({"listings": 1, "kept": is_kept, "exact": is_kept and listing in text})
    return found


def _listings(html: str) -> Iterator[str]:
    for node in LexborHTMLParser(html).css("pre"):
        names = " ".join(each.attributes.get("class") or "" for each in (node, node.parent) if each)
        text = _even_lines(node.text())
        if not node.css("br, div, p, table, button") and not _GUTTER.search(names) and _INDENTED.search(text):
            yield text


def _even_lines(text: str) -> str:
    lines = [line.rstrip() for line in text.replace("\u00a0", " ").splitlines()]
    return "\n".join(lines).strip("\n")


def _marks(html: str) -> Mapping[str, int]:
    tree = LexborHTMLParser(html)
    return {name: len(tree.css(selector)) for name, selector in MARKS.items()}
