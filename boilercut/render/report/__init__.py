"""Render a result as one self-contained HTML file: every block, why it was kept or cut, and labels to save.

The page's text is escaped and stands in the document; numbers stand in a JSON block that the report's own script
reads. A content security policy lets nothing run or load but that script and style, by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import Any, NamedTuple

from boilercut.blocks.characters import storable
from boilercut.render.terminal import on_pages
from boilercut.results import BOILERPLATE_KINDS, CONTENT_KINDS, Result, Verdict

__all__ = ["ReportedPage", "asset", "content_policy", "html_report"]

MAX_SLUG_CHARACTERS = 100
"""Characters of a page's name in the name of its labels; file systems take 255 bytes."""
_UNFIT = re.compile(r"[^\w.-]+")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BLOCK = Template(
    '<li class="$state k-$kind" data-kind="$kind"><button class="mark" tabindex="-1" '
    'title="$hint">$sign</button><div class="text" dir="auto">$text</div>'
    '<div class="facts"><span class="kind">$kind</span>$rule$pages'
    '<span class="probability">$probability</span></div></li>'
)


class ReportedPage(NamedTuple):
    """What a report says of the page itself."""

    name: str
    """What to call it: its file or its address."""
    source: str
    """The page as text, which goes into saved labels; empty if it is not to be stored."""
    url: str | None = None


def html_report(result: Result, page: ReportedPage) -> str:
    """Return the report on a page as HTML.

    >>> import boilercut
    >>> source = "<p>The river rose by two metres on Monday night.</p>"
    >>> html_report(boilercut.extract(source), ReportedPage("river.html", source)).startswith("<!doctype html>")
    True
    """
    script, style = asset(__name__, "report.js"), asset(__name__, "report.css")
    return Template(asset(__name__, "report.html")).substitute(
        name=_escaped(page.name),
        policy=content_policy(script, style),
        script=script,
        style=style,
        summary=_escaped(_summary(result)),
        blocks="\n".join(map(_block, result.verdicts)),
        kinds="\n".join(_kind_buttons(result)),
        data=_data(result, page),
    )


@cache
def asset(package: str, name: str) -> str:
    """Return the text of a file of a package."""
    return resources.files(package).joinpath(name).read_text("utf-8")


def content_policy(script: str, style: str) -> str:
    """Return the content security policy under which only one script and one style work, and nothing is loaded."""
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _block(verdict: Verdict) -> str:
    rule = f'<span class="rule">{_escaped(verdict.overruled)}</span>' if verdict.overruled else ""
    pages = f'<span class="pages">{repeated}</span>' if (repeated := on_pages(verdict)) else ""
    return _BLOCK.substitute(
        state="keep" if verdict.keep else "cut",
        hint="Kept: click to cut" if verdict.keep else "Cut: click to keep",
        sign="+" if verdict.keep else "−",
        kind=verdict.kind,
        text=_escaped(verdict.text),
        rule=rule,
        pages=pages,
        probability=f"{verdict.probability:.2f}",
    )


def _kind_buttons(result: Result) -> list[str]:
    counts = Counter(verdict.kind for verdict in result.verdicts)
    return [
        f'<button class="chip k-{kind}" data-kind="{kind}" aria-pressed="true">{kind} <b>{counts[kind]}</b></button>'
        for kind in (*CONTENT_KINDS, *BOILERPLATE_KINDS)
        if counts[kind]
    ]


def _summary(result: Result) -> str:
    characters = sum(len(verdict.text) for verdict in result.verdicts)
    share = sum(len(verdict.text) for verdict in result.kept) / characters if characters else 0.0
    return f"Kept {len(result.kept)} of {len(result.verdicts)} blocks, {share:.0%} of the text."


def _data(result: Result, page: ReportedPage) -> str:
    """Return the numbers as JSON that may stand inside a script element."""
    names = list(dict.fromkeys(each.detector for verdict in result.verdicts for each in verdict.evidence))
    numbers = {name: number for number, name in enumerate(names)}
    data = {
        "name": page.name,
        "file": _slug(page.name),
        "key": _key(result, page),
        "url": page.url,
        "kind": result.kind,
        "source": page.source,
        "confidence": round(result.confidence, 4),
        "base": round(result.base, 4),
        "threshold": round(_threshold(result), 4),
        "detectors": names,
        "blocks": [_block_data(verdict, numbers) for verdict in result.verdicts],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return storable(text)


def _slug(name: str) -> str:
    """Return a name of a file for a page's name or address, the whole of it, so that two pages have two.

    >>> _slug("https://wend.example/news/?id=7"), _slug("/"), _slug("pages/bridge.html")
    ('wend.example_news_id_7', 'page', 'pages_bridge.html')
    """
    readable = _UNFIT.sub("_", name.partition("://")[2] or name).strip("_.-")
    return readable[-MAX_SLUG_CHARACTERS:].lstrip("_.-") or "page"


def _key(result: Result, page: ReportedPage) -> str:
    """Return the hash by which a browser remembers what was flipped: of the page and its blocks."""
    texts = "\n".join([page.source, *(verdict.text for verdict in result.verdicts)])
    return hashlib.sha256(texts.encode(errors="surrogatepass")).hexdigest()


def _block_data(verdict: Verdict, numbers: dict[str, int]) -> list[Any]:
    evidence = [value for name, share in verdict.evidence for value in (numbers[name], round(share, 4))]
    return [round(verdict.probability, 6), verdict.overruled or "", evidence]


def _threshold(result: Result) -> float:
    """Return the lowest probability that was kept for its score; 1 where none was."""
    return min((verdict.probability for verdict in result.kept if not verdict.overruled), default=1.0)


def _escaped(text: str) -> str:
    return escape(storable(_CONTROLS.sub(" ", text)))
