"""Articles as columns: what tables and files hold of each page. Every adapter goes through here."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from boilercut.accept import AnyPage
from boilercut.blocks.characters import storable
from boilercut.cutter import Cutter
from boilercut.errors import MISUSE, ConfigError
from boilercut.page import Located, PageKind, site_of
from boilercut.results import ARTICLE_EXTRAS, Article, Metadata
from boilercut.sites import SiteProfile

__all__ = [
    "ARTICLE_FIELDS", "COLUMN_FIELDS", "CONTENTS", "DEFAULT_FIELDS", "DOCUMENT_FIELDS", "Answers",
    "article_columns", "articles_or_errors", "checked_fields", "cutter_for", "extras_of", "located", "profiled_site",
    "storable", "values_of",
]  # fmt: skip

_log = logging.getLogger("boilercut")

ARTICLE_FIELDS = {
    "text": "string",
    "title": "string",
    "confidence": "double",
    "kept": "int32",
    "cut": "int32",
    "truncated": "bool",
}
"""What can be stored of every `Article`, and the Arrow type of each."""
COLUMN_FIELDS = {**ARTICLE_FIELDS, **dict.fromkeys(ARTICLE_EXTRAS, "string")}
"""The same with what is made where it is asked for; metadata is stored as JSON."""
DEFAULT_FIELDS = ("text", "title", "confidence")
CONTENTS = ("text", "markdown", "html")
"""What an adapter to documents can put into them."""
DOCUMENT_FIELDS = ("title", "confidence")
"""Fields that such an adapter adds to the metadata of documents by default."""


def checked_fields(fields: Iterable[str], known: Collection[str] = COLUMN_FIELDS) -> tuple[str, ...]:
    """Return the names of fields as a tuple; an unknown, a repeated or no name raises `ConfigError`.

    >>> checked_fields("text")
    Traceback (most recent call last):
    boilercut.errors.ConfigError: fields 'text': use a list of names, such as ["text"]
    """
    if isinstance(fields, str):
        raise ConfigError(f'fields {fields!r}: use a list of names, such as ["{fields}"]')
    names = tuple(fields)
    if unknown := [name for name in names if name not in known]:
        raise ConfigError(f"fields: {unknown[0]!r} is none of {', '.join(known)}")
    if not names or len(set(names)) < len(names):
        raise ConfigError(f"fields {list(names)!r}: name at least one, and none twice")
    return names


def article_columns(
    cutter: Cutter,
    pages: Iterable[AnyPage | Located | None],
    fields: Sequence[str] = DEFAULT_FIELDS,
    *,
    kind: PageKind | None = None,
    sites: Mapping[str, SiteProfile] | None = None,
) -> dict[str, list[Any]]:
    """Return a column for each of `fields`, as long as `pages`; where a page is missing, its values are None.

    Where a page comes with its address, as `Located`, addresses in `html`, `markdown` and `metadata` are absolute, and
    it is cut with the profile that `sites` has of its site.

    A page that cannot be cut has None too, and is logged as an error by the logger `boilercut`.

    >>> article_columns(Cutter(), ["<p>The river rose by two metres on Monday night.</p>", None], ["text"])
    {'text': ['The river rose by two metres on Monday night.', None]}
    """
    given = [None if _is_missing(page) else page for page in pages]
    answers: dict[int, Article | Exception] = {}
    for site, rows in _rows_by_site(given, sites or {}).items():
        own = [page for row in rows if (page := given[row]) is not None]
        found = articles_or_errors(cutter_for(site, cutter, sites or {}), own, kind, extras_of(fields))
        answers.update(zip(rows, found, strict=True))
    values = [
        values_of(answer, fields) if isinstance(answer := answers.get(row), Article) else (None,) * len(fields)
        for row in range(len(given))
    ]
    return {name: [row[place] for row in values] for place, name in enumerate(fields)}


def cutter_for(site: str, cutter: Cutter, sites: Mapping[str, SiteProfile]) -> Cutter:
    """Return a cutter with the profile of a site; where there is none, `cutter` itself."""
    return Cutter(cutter.config, site=sites[site]) if site in sites else cutter


def _rows_by_site(pages: Sequence[AnyPage | Located | None], sites: Mapping[str, SiteProfile]) -> dict[str, list[int]]:
    """Return the rows with a page, by the page's site; under an empty name, those whose site has no profile."""
    found: dict[str, list[int]] = {}
    for row, page in enumerate(pages):
        if page is not None:
            site = profiled_site(page.url or "", sites) if isinstance(page, Located) else ""
            found.setdefault(site, []).append(row)
    return found


def profiled_site(url: str, sites: Mapping[str, SiteProfile]) -> str:
    """Return the site of an address where there is a profile of it, else an empty string."""
    site = site_of(url) if sites else ""
    return site if site in sites else ""


def articles_or_errors(
    cutter: Cutter,
    pages: Sequence[AnyPage | Located],
    kind: PageKind | None = None,
    extras: Collection[str] = (),
    *,
    log: bool = True,
) -> list[Article | Exception]:
    """Return the article of each page, or what it raised; the pages are stacked, and none is lost with another.

    `extras` are the fields that an article has only where they are asked for. Only a detector, a rule or a lack of
    memory makes a page raise. Errors are logged if `log`. Raises what is not about one page: a model that is damaged,
    an option that means nothing, an object that is no page.

    >>> [each.kept for each in articles_or_errors(Cutter(), ["<p>The ferry sails again on Monday.", ""])]
    [1, 0]
    """
    try:
        return list(cutter.articles(pages, kind=kind, fields=extras))
    except MISUSE:
        raise
    except Exception as error:  # noqa: BLE001 - whatever one page sets off, the others are cut, and it is reported
        if len(pages) > 1:
            return [answer for page in pages for answer in articles_or_errors(cutter, [page], kind, extras, log=log)]
        if log:
            _log.exception("a page could not be cut")
        return [error]


class Answers:
    """What documents of a pipeline become: their text in one of `CONTENTS`, and fields for their metadata.

    >>> answers = Answers(Cutter(), fields=["kept"])
    >>> answers.of([Located("<p>The river rose by two metres on Monday night.</p>", None)])
    [('The river rose by two metres on Monday night.', {}, {'kept': 1})]
    """

    def __init__(
        self,
        cutter: Cutter,
        *,
        content: str = "text",
        fields: Sequence[str] = DOCUMENT_FIELDS,
        kind: PageKind | None = None,
    ) -> None:
        if content not in CONTENTS:
            raise ConfigError(f"content {content!r}: use one of {', '.join(CONTENTS)}")
        self.content, self.fields, self.kind = content, checked_fields(fields) if fields else (), kind
        self.cutter = cutter

    def of(self, pages: Sequence[AnyPage | Located]) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
        """Return for each page its text, metadata that the document may have already, and metadata that it gains."""
        extras = extras_of([self.content, *self.fields])
        return [self.parts_of(answer) for answer in articles_or_errors(self.cutter, pages, self.kind, extras)]

    def parts_of(self, answer: Article | Exception) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Return the three parts of one answer; an error gives no text, and its message as metadata."""
        if isinstance(answer, Exception):
            return "", {}, {"boilercut_error": storable(f"{type(answer).__name__}: {answer}")}
        before, behind = dict[str, Any](), dict[str, Any]()
        for name in self.fields:
            if name == "metadata" and answer.metadata is not None:
                before |= _declared(answer.metadata)
            elif name == "title":
                before |= {"title": storable(answer.title)} if answer.title else {}
            else:
                behind[name] = _stored(getattr(answer, name))
        return storable(getattr(answer, self.content) or ""), before, behind


def _declared(metadata: Metadata) -> dict[str, str]:
    """Return what a page declares as plain strings, without what it does not declare."""
    found = {**metadata.to_dict(), "authors": metadata.author}
    return {name: storable(value) for name, value in found.items() if value}


def located(page: str, metadata: Mapping[str, Any]) -> Located:
    """Return a page with its address, where a document's metadata has one under a usual name."""
    found = (metadata.get(name) for name in ("url", "source", "file_path"))
    return Located(page, next((each for each in found if str(each).startswith(("http://", "https://"))), None))


def extras_of(fields: Collection[str]) -> list[str]:
    """Return those of `fields` that an article has only where they are asked for."""
    return [name for name in ARTICLE_EXTRAS if name in fields]


def _is_missing(page: object) -> bool:
    """Return whether a column has no page in a row: None, NaN, or pandas' own mark."""
    pandas: Any = sys.modules.get("pandas")
    return page is None or (isinstance(page, float) and page != page) or (pandas is not None and page is pandas.NA)


def values_of(article: Article, fields: Sequence[str]) -> tuple[Any, ...]:
    """Return the values of an article's fields, text in a form that any file can hold, metadata as JSON."""
    values = (getattr(article, name) for name in fields)
    return tuple(_stored(value) for value in values)


def _stored(value: object) -> object:
    if isinstance(value, Metadata):
        value = json.dumps(value.to_dict(), ensure_ascii=False)
    return storable(value) if isinstance(value, str) else value
