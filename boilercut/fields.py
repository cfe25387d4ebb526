"""Articles as columns: what tables and files hold of each page. Every adapter goes through here."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from boilercut.accept import AnyPage
from boilercut.blocks.characters import storable
from boilercut.cutter import Cutter
from boilercut.errors import MISUSE, ConfigError, PageTypeError
from boilercut.page import Located, PageKind, site_of
from boilercut.results import ARTICLE_EXTRAS, Article, Metadata
from boilercut.sites import SiteProfile
from boilercut.stacks import answered_by_group

__all__ = [
    "ARTICLE_FIELDS", "COLUMN_FIELDS", "CONTENTS", "DEFAULT_FIELDS", "DOCUMENT_FIELDS", "Answers",
    "article_columns", "articles_or_errors", "checked_documents", "checked_fields", "cutter_for", "extras_of",
    "located", "profiled_site", "storable", "values_of",
]  # fmt: skip

_log = logging.getLogger("boilercut")

Document = TypeVar("Document")

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


class Answers:
    """What documents of a pipeline become: their text in one of `CONTENTS`, and fields for their metadata.

    >>> answers = Answers(Cutter(), fields=["kept"])
    >>> answers.of([Located("<p>The river rose by two metres on Monday night.</p>", None)], [{"title": "The river"}])
    [('The river rose by two metres on Monday night.', {'title': 'The river', 'kept': 1})]
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

    def of(
        self, pages: Sequence[AnyPage | Located], metadata: Iterable[Mapping[str, Any]]
    ) -> list[tuple[str, dict[str, Any]]]:
        """Return for each page its text, and the metadata of its document with what it gains."""
        extras = extras_of([self.content, *self.fields])
        answers = articles_or_errors(self.cutter, pages, self.kind, extras)
        return [self.parts_of(answer, known) for answer, known in zip(answers, metadata, strict=True)]

    def parts_of(self, answer: Article | Exception, metadata: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the same for one answer; an error gives no text, and its message as metadata.

        A title, and what the page declares, that the document has already stays.
        """
        if isinstance(answer, Exception):
            return "", {**metadata, "boilercut_error": storable(f"{type(answer).__name__}: {answer}")}
        before, behind = dict[str, Any](), dict[str, Any]()
        for name in self.fields:
            if name == "metadata" and answer.metadata is not None:
                before |= _declared(answer.metadata)
            elif name == "title":
                before |= {"title": storable(answer.title)} if answer.title else {}
            else:
                behind[name] = _stored(getattr(answer, name))
        return storable(getattr(answer, self.content) or ""), {**before, **metadata, **behind}


def _declared(metadata: Metadata) -> dict[str, str]:
    """Return what a page declares as plain strings, without what it does not declare."""
    found = {**metadata.to_dict(), "authors": metadata.author}
    return {name: storable(value) for name, value in found.items() if value}


def checked_documents(documents: Sequence[Document], document_type: type[Document], noun: str) -> Sequence[Document]:
    """Return a list of an engine's documents; raise `PageTypeError` for anything else."""
    if isinstance(documents, (document_type, str, bytes)):
        raise PageTypeError(f"{type(documents).__name__} is no list of {noun}s: put it into one")
    for each in documents:
        if not isinstance(each, document_type):
            raise PageTypeError(f"a {noun} is a {document_type.__name__}, not {type(each).__name__}")
    return documents


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
