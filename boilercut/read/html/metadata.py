"""Read what a page declares about itself: JSON-LD, Open Graph and other `meta`, microdata, `time`, `link`, `lang`.

Nothing is guessed from the text: a byline that no markup calls so is not an author. Where several places declare the
same thing, the first in the order of the tables below is taken.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from email.utils import parsedate_to_datetime
from functools import partial
from html import unescape
from itertools import islice, starmap
from typing import Any, NamedTuple
from urllib.parse import urljoin

from boilercut.page import Page
from boilercut.read.html.data import MAX_SCRIPT, parsed_json
from boilercut.read.html.headline import headline
from boilercut.read.lxml import elements_of
from boilercut.results import Metadata

__all__ = ["read_metadata"]

MAX_VALUE = 5000
"""Characters of a value."""
MAX_AUTHORS = 20
MAX_NAME = 120
"""Characters of an author's name; longer ones are sentences."""
MAX_NODES = 2000
"""Number of JSON-LD objects that are looked at."""
MAX_VALUES = 20
"""Number of elements of a page that declare the same."""

_META = {
    "author": ("author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author",
               "sailthru.author", "byl", "og:article:author", "book:author"),
    "date": ("article:published_time", "og:article:published_time", "datepublished", "publish-date", "publishdate",
             "publication_date", "pubdate", "date", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date",
             "dcterms.created", "dc.date.created", "citation_publication_date", "citation_date", "parsely-pub-date",
             "sailthru.date", "article.published", "last-modified", "article:modified_time"),
    "site": ("og:site_name", "application-name", "dc.publisher", "dcterms.publisher"),
    "description": ("og:description", "description", "twitter:description", "dc.description", "dcterms.description"),
    "image": ("og:image", "og:image:secure_url", "og:image:url", "twitter:image", "twitter:image:src"),
    "language": ("content-language", "dc.language", "dcterms.language", "og:locale"),
    "licence": ("dcterms.license", "dc.rights.license", "dcterms.rights", "dc.rights"),
    "url": ("og:url",),
}  # fmt: skip
"""Names and properties of `meta` elements, the most telling first."""
_PLACES = {
    **_META,
    "author": (*_META["author"], "item-author", "item-creator", "rel-author"),
    "date": (*_META["date"][:-2], "item-datePublished", "time-published", "time", *_META["date"][-2:]),
    "image": (*_META["image"], "image_src"),
    "language": ("lang", *_META["language"]),
    "licence": ("license", "item-license", *_META["licence"]),
    "url": ("canonical", *_META["url"]),
}
"""All places that declare a field, the most telling first; the last two dates say when a page was changed."""
_LINKS = frozenset(("canonical", "image_src", "license"))
_ITEMS = frozenset(("author", "creator", "datePublished", "license"))
"""Microdata properties."""
_ABOUT = ("Article", "Posting", "Report", "Review", "Recipe", "Product", "Question", "VideoObject", "WebPage")
"""Types of what a page is about, the most telling first; they match the ends of longer names."""
_FOLLOWED = ("@graph", "mainEntity", "mainEntityOfPage")
_DATED = re.compile(r"publish|entry-date|post-date|posted-on|pubdate|dt-published", re.IGNORECASE)
"""Class names of `time` elements that say when a page was published."""
_ISO = re.compile(
    r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})?\s?(Z|[+-]\d{2}:?\d{2})?)?(?!\d)"
)
_BY = re.compile(r"^(?:by|von|par|por|di)\s+", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_PLACE = re.compile(r"^(?:https?://|//|@)|\.(?:com|org|net)/")
_TAGS = re.compile(r"<[^<>]*>")
# None of these can backtrack badly: single characters, bounded repeats, and one negated class up to its end.


class _Declared(NamedTuple):
    """An element that may declare something, and its text, which is only read where it is needed."""

    tag: str
    attributes: Mapping[str, str | None]
    text: Callable[[], str]


def read_metadata(page: Page) -> Metadata:
    """Return what a page declares about itself; addresses are made absolute where the page's own is known."""
    if page.kind == "text":
        return Metadata()
    found = _Found()
    for declared in _elements(page):
        found.add(declared)
    linked = _linked_values(found.scripts)
    address = found.first("url")
    return Metadata(
        title=headline(page),
        authors=next(filter(None, map(_authors, [linked["author"], *found.by_place("author")])), ()),
        date=_first(map(_date, [*linked["date"], *found.ordered("date")])),
        language=_language([*found.ordered("language"), *linked["language"]]),
        site=found.first("site") or _first(linked["site"]),
        description=found.first("description") or _first(linked["description"]),
        image=_absolute(page.url or address, found.first("image") or _first(linked["image"])),
        url=_absolute(page.url or "", address),
        licence=_absolute(page.url or address, found.first("licence") or _first(linked["licence"])),
    )


class _Found:
    """Collects what elements declare, by field and by how telling the place is."""

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = defaultdict(list)
        self.scripts: list[str] = []

    def add(self, declared: _Declared) -> None:
        """Take note of an element."""
        tag, attributes, text = declared
        if tag == "meta":
            content = attributes.get("content") or ""
            names = (attributes.get("property"), attributes.get("name"), attributes.get("http-equiv"))
            for name in filter(None, names):
                self._note(name.lower(), content)
        elif tag == "html":
            self._note("lang", attributes.get("lang") or attributes.get("xml:lang") or "")
        elif tag == "script":
            if "ld+json" in (attributes.get("type") or ""):
                self.scripts.append(text())
            return
        elif "rel" in attributes:
            for relation in (attributes.get("rel") or "").lower().split():
                if relation in _LINKS:
                    self._note(relation, attributes.get("href") or "")
                elif relation == "author" and tag == "a":
                    self._note_text("rel-author", text)
        if (item := attributes.get("itemprop")) in _ITEMS:
            value = attributes.get("content") or attributes.get("datetime") or ""
            self._note_text(f"item-{item}", (lambda: value) if value else text)
        elif tag == "time" and (stated := attributes.get("datetime")):
            published = "pubdate" in attributes or _DATED.search(attributes.get("class") or "")
            self._note("time-published" if published else "time", stated)

    def by_place(self, field: str) -> list[list[str]]:
        """Return what each place declares of a field, the most telling first."""
        return [self.values[name] for name in _PLACES[field] if name in self.values]

    def ordered(self, field: str) -> list[str]:
        """Return all that is declared of a field, the most telling first."""
        return [value for values in self.by_place(field) for value in values]

    def first(self, field: str) -> str:
        """Return the most telling value of a field."""
        return next(iter(self.ordered(field)), "")

    def _note(self, name: str, value: str) -> None:
        if len(self.values[name]) < MAX_VALUES and (cleaned := _clean(value)):
            self.values[name].append(cleaned)

    def _note_text(self, name: str, text: Callable[[], str]) -> None:
        if len(self.values[name]) < MAX_VALUES:
            self._note(name, text())


def _clean(value: str) -> str:
    return " ".join(unescape(value[:MAX_VALUE]).split())


def _elements(page: Page) -> Iterator[_Declared]:
    """Yield the elements that may declare something, in document order."""
    if page.tree is not None:
        yield from starmap(_Declared, elements_of(page.tree))
        return
    from boilercut.read.html.parse import parsed

    for node in parsed(page.source).css("html, meta, link, script, time, [itemprop], a[rel]"):
        yield _Declared(str(node.tag), node.attributes, partial(node.text, separator=" "))


# --- JSON-LD ---


def _linked_values(scripts: Iterable[str]) -> dict[str, list[str]]:
    """Return what JSON-LD says of what the page is about, by field."""
    nodes = list(islice(_nodes([parsed_json(script) for script in scripts if len(script) <= MAX_SCRIPT]), MAX_NODES))
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    found: dict[str, list[str]] = defaultdict(list)
    for node in sorted(nodes, key=_rank):
        if _rank(node) == len(_ABOUT):
            break
        for field, key, name in (
            ("author", "author", "name"), ("author", "creator", "name"), ("date", "datePublished", ""),
            ("language", "inLanguage", "alternateName"), ("site", "publisher", "name"), ("image", "image", "url"),
            ("description", "description", ""), ("licence", "license", "url"),
        ):  # fmt: skip
            if not (field == "author" and found["author"]):
                found[field] += filter(None, map(_clean, _strings(node.get(key), name, by_id)))
    return found


def _nodes(values: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Yield the objects that JSON-LD is made of, as far as they say what the page is about."""
    waiting = list(reversed(values))
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            yield value
            waiting.extend(value[key] for key in reversed(_FOLLOWED) if isinstance(value.get(key), (dict, list)))


def _rank(node: Mapping[str, Any]) -> int:
    """Return how telling a node's type is, 0 the most; `len(_ABOUT)` where it is not what the page is about."""
    types = node.get("@type")
    names = [name for name in (types if isinstance(types, list) else [types]) if isinstance(name, str)]
    return next((rank for rank, end in enumerate(_ABOUT) if any(name.endswith(end) for name in names)), len(_ABOUT))


def _strings(value: Any, name: str, by_id: Mapping[str, Any]) -> Iterator[str]:
    """Yield the strings of a JSON-LD value: itself, or the `name` of objects, which may be given by reference."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict) and name:
            whole = each if name in each else by_id.get(str(each.get("@id")), each)
            each = whole.get(name)
            each = each[0] if isinstance(each, list) and each else each
        if isinstance(each, str):
            yield each


# --- values ---


def _first(values: Iterable[str]) -> str:
    """Return the first value that is not empty."""
    return next(filter(None, values), "")


def _authors(names: Iterable[str]) -> tuple[str, ...]:
    """Return the first authors' names that are names, each once; several in one string stay as they are written."""
    found: dict[str, str] = {}
    for name in names:
        cleaned = _TAGS.sub("", name).strip(" ,;")
        cleaned = _BY.sub("", cleaned)
        if cleaned and len(cleaned) <= MAX_NAME and not _PLACE.search(cleaned):
            found.setdefault(cleaned.casefold(), cleaned)
    return tuple(islice(found.values(), MAX_AUTHORS))


def _date(value: str) -> str:
    """Return a date as ISO 8601; empty where it is written in a way that could mean several days.

    >>> _date("2026-11-27T08:30:00+01:00"), _date("20261127"), _date("Fri, 27 Nov 2026 08:30:00 +0100"), _date("3/4/26")
    ('2026-11-27T08:30:00+01:00', '2026-11-27', '2026-11-27T08:30:00+01:00', '')
    """
    if match := _ISO.match(value.strip()):
        year, month, day, time, zone = match.groups()
        try:
            date(int(year), int(month), int(day))
        except ValueError:
            return ""
        return f"{year}-{month}-{day}" + (f"T{time}{zone or ''}" if time else "")
    try:
        return parsedate_to_datetime(value).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _language(values: Iterable[str]) -> str:
    """Return the first language tag."""
    tags = (value.replace("_", "-") for value in values)
    return _first(tag for tag in tags if _LANGUAGE.fullmatch(tag))


def _absolute(base: str, address: str) -> str:
    try:
        return urljoin(base, address) if base and address else address
    except ValueError:  # brackets that are no IPv6 address
        return ""
