"""Articles as columns: what tables and files hold of each page."""

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
from boilercut.stacks import answered_by_group

__all__ = [
    "ARTICLE_FIELDS", "COLUMN_FIELDS", "DEFAULT_FIELDS", "article_columns", "articles_or_errors", "checked_fields",
    "cutter_for", "extras_of", "profiled_site", "stored", "values_of",
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
    profiles = sites or {}

    def site_of_page(page: object) -> str | None:
        """Return the site where it has a profile, an empty string elsewhere, None where no page is."""
        if _is_missing(page):
            return None
        return profiled_site(page.url or "", profiles) if isinstance(page, Located) else ""

    def answer(site: str | None, own: list[Any]) -> Sequence[object]:
        return own if site is None else articles_or_errors(cutter_for(site, cutter, profiles), own, kind, extras)

    extras, nothing = extras_of(fields), (None,) * len(fields)
    answers = answered_by_group(list(pages), site_of_page, answer)
    values = [values_of(each, fields) if isinstance(each, Article) else nothing for each in answers]
    return {name: [row[place] for row in values] for place, name in enumerate(fields)}


def cutter_for(site: str, cutter: Cutter, sites: Mapping[str, SiteProfile]) -> Cutter:
    """Return a cutter with the profile of a site; where there is none, `cutter` itself."""
    return Cutter(cutter.config, site=sites[site]) if site in sites else cutter


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


def extras_of(fields: Collection[str]) -> list[str]:
    """Return those of `fields` that an article has only where they are asked for."""
    return [name for name in ARTICLE_EXTRAS if name in fields]


def _is_missing(page: object) -> bool:
    """Return whether a column has no page in a row: None, NaN, or pandas' own mark."""
    pandas: Any = sys.modules.get("pandas")
    return page is None or (isinstance(page, float) and page != page) or (pandas is not None and page is pandas.NA)


def values_of(article: Article, fields: Sequence[str]) -> tuple[Any, ...]:
    """Return the values of an article's fields, each as `stored` gives it."""
    values = (getattr(article, name) for name in fields)
    return tuple(stored(value) for value in values)


def stored(value: object) -> object:
    """Return a value as any file can hold it: text without lone surrogates, metadata as JSON."""
    if isinstance(value, Metadata):
        value = json.dumps(value.to_dict(), ensure_ascii=False)
    return storable(value) if isinstance(value, str) else value
