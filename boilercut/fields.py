"""Articles as columns: what tables and files hold of each page. Every adapter goes through here."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from boilercut.characters import storable
from boilercut.cutter import Cutter
from boilercut.results import ARTICLE_EXTRAS, Article, Metadata
from boilercut.vocabulary import ConfigError, PageKind

__all__ = [
    "ARTICLE_FIELDS",
    "COLUMN_FIELDS",
    "DEFAULT_FIELDS",
    "article_columns",
    "checked_fields",
    "storable",
    "values_of",
]

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
    boilercut.vocabulary.ConfigError: fields 'text': use a list of names, such as ["text"]
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

    >>> article_columns(Cutter(), ["<p>The river rose by two metres on Monday night.</p>", None], ["text"])
    {'text': ['The river rose by two metres on Monday night.', None]}
    """
    present: list[bool] = []
    extras = [name for name in ARTICLE_EXTRAS if name in fields]
    articles = iter(list(cutter.articles(_present_pages(pages, present), kind=kind, fields=extras)))
    rows = [values_of(next(articles), fields) if there else (None,) * len(fields) for there in present]
    return {name: [row[place] for row in rows] for place, name in enumerate(fields)}


def _present_pages(pages: Iterable[object], present: list[bool]) -> Iterator[object]:
    """Yield the pages that are there, and note for each in `present` whether it was."""
    for page in pages:
        present.append(page is not None)
        if page is not None:
            yield page


def values_of(article: Article, fields: Sequence[str]) -> tuple[Any, ...]:
    """Return the values of an article's fields, text in a form that any file can hold, metadata as JSON."""
    values = (getattr(article, name) for name in fields)
    return tuple(_stored(value) for value in values)


def _stored(value: object) -> object:
    if isinstance(value, Metadata):
        value = json.dumps(value.to_dict(), ensure_ascii=False)
    return storable(value) if isinstance(value, str) else value
