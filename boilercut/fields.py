"""Articles as columns: what tables and files hold of each page. Every adapter goes through here."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from boilercut.blocks.characters import storable
from boilercut.cutter import Cutter
from boilercut.errors import ConfigError, MissingExtraError, ModelError, PageTypeError, PluginError
from boilercut.page import PageKind
from boilercut.results import ARTICLE_EXTRAS, Article, Metadata

__all__ = [
    "ARTICLE_FIELDS", "COLUMN_FIELDS", "DEFAULT_FIELDS", "MISUSE", "article_columns", "articles_or_errors",
    "checked_fields", "metadata_of", "storable", "values_of",
]  # fmt: skip

MISUSE = (ConfigError, MissingExtraError, ModelError, PageTypeError, PluginError)
"""Errors that are not about one page: whatever raises one would raise it for every page."""

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


def checked_fields(fields: Iterable[str], known: Collection[str] = ARTICLE_FIELDS) -> tuple[str, ...]:
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
    cutter: Cutter, pages: Iterable[object], fields: Sequence[str] = DEFAULT_FIELDS, *, kind: PageKind | None = None
) -> dict[str, list[Any]]:
    """Return a column for each of `fields`, as long as `pages`; where a page is None, so are its values.

    Where a page comes with its address, as `Located`, addresses in `html`, `markdown` and `metadata` are absolute.

    A page that cannot be cut has None too, and is logged as an error by the logger `boilercut`.

    >>> article_columns(Cutter(), ["<p>The river rose by two metres on Monday night.</p>", None], ["text"])
    {'text': ['The river rose by two metres on Monday night.', None]}
    """
    given = list(pages)
    extras = [name for name in ARTICLE_EXTRAS if name in fields]
    answers = iter(articles_or_errors(cutter, [page for page in given if page is not None], kind, extras))
    rows: list[tuple[Any, ...]] = []
    for page in given:
        answer = None if page is None else next(answers)
        rows.append(values_of(answer, fields) if isinstance(answer, Article) else (None,) * len(fields))
    return {name: [row[place] for row in rows] for place, name in enumerate(fields)}


def articles_or_errors(
    cutter: Cutter,
    pages: Sequence[object],
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


def metadata_of(answer: Article | Exception) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Return the text of an answer, the metadata that a document may have already, and the metadata that it gains.

    >>> metadata_of(RuntimeError("no detector"))
    ('', {}, {'boilercut_error': 'RuntimeError: no detector'})
    """
    if isinstance(answer, Exception):
        return "", {}, {"boilercut_error": storable(f"{type(answer).__name__}: {answer}")}
    title = {"title": storable(answer.title)} if answer.title else {}
    return storable(answer.text), title, {"confidence": answer.confidence}


def values_of(article: Article, fields: Sequence[str]) -> tuple[Any, ...]:
    """Return the values of an article's fields, text in a form that any file can hold, metadata as JSON."""
    values = (getattr(article, name) for name in fields)
    return tuple(_stored(value) for value in values)


def _stored(value: object) -> object:
    if isinstance(value, Metadata):
        value = json.dumps(value.to_dict(), ensure_ascii=False)
    return storable(value) if isinstance(value, str) else value
