"""Clean responses and items of a Scrapy crawl (extra `scrapy`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from boilercut.cutter import Cutter
from boilercut.errors import ConfigError
from boilercut.extras import needs_extra
from boilercut.fields import DEFAULT_FIELDS, MISUSE, checked_fields, values_of
from boilercut.results import Article

with needs_extra("scrapy"):
    from itemadapter import ItemAdapter
    from scrapy.http import HtmlResponse, Response, TextResponse
    from scrapy.spidermiddlewares.base import BaseSpiderMiddleware

__all__ = ["BoilercutPipeline", "BoilercutSpiderMiddleware", "article_of"]

_log = logging.getLogger("boilercut")


def article_of(response: Response, cutter: Cutter | None = None) -> Article:
    """Return the article of a response.

    HTML is taken as the tree that the response's selector has, so that it is decoded and parsed once, as
    Scrapy does it. Other text is decoded by the response's encoding. A response that is no text has an
    empty article.
    """
    return next((cutter or Cutter()).articles([_page_of(response)]))


def _page_of(response: Response) -> object:
    if isinstance(response, HtmlResponse) and response.selector.root is not None:
        return response.selector.root
    return response.text if isinstance(response, TextResponse) else ""


class _Cleaning:
    """What both components share: the settings, and the statistics."""

    def __init__(self, crawler: Any) -> None:
        settings = crawler.settings
        self._stats = crawler.stats
        self.cutter = Cutter(**_options(settings.getdict("BOILERCUT_OPTIONS")))
        self._fields = checked_fields(settings.getlist("BOILERCUT_FIELDS") or DEFAULT_FIELDS)
        self._prefix = settings.get("BOILERCUT_PREFIX", "")

    def fill(self, item: Any, page: Callable[[], object]) -> Any:
        """Put the fields of the article of a page into an item, but not over what the spider has put there.

        Whatever the page raises, the item is passed on; the failure is logged and counted.
        """
        try:
            article = next(self.cutter.articles([page()]))
        except MISUSE:
            raise
        except Exception:  # noqa: BLE001 - whatever one page sets off, a crawl goes on, and says so
            _log.exception("a page could not be cut")
            self._stats.inc_value("boilercut/pages_failed")
            return item
        adapter = ItemAdapter(item)
        for name, value in zip(self._fields, values_of(article, self._fields), strict=True):
            if adapter.get(self._prefix + name) is None:
                adapter[self._prefix + name] = value
        self._count(article)
        return item

    def _count(self, article: Article) -> None:
        self._stats.inc_value("boilercut/pages")
        self._stats.inc_value("boilercut/blocks_kept", article.kept)
        for kind, number in article.cut_kinds.items():
            self._stats.inc_value(f"boilercut/blocks_cut/{kind}", number)
        if not article.text:
            self._stats.inc_value("boilercut/pages_without_article")
        if article.truncated:
            self._stats.inc_value("boilercut/pages_truncated")


def _options(options: Mapping[str, Any]) -> dict[str, Any]:
    if not all(isinstance(name, str) for name in options):
        raise ConfigError(f"BOILERCUT_OPTIONS {options!r}: use names of options, such as {{'mode': 'recall'}}")
    return dict(options)


class BoilercutSpiderMiddleware(BaseSpiderMiddleware):
    """Put the article of the response into every item that a callback yields from it.

    Settings: `BOILERCUT_FIELDS` (default `["text", "title", "confidence"]`), `BOILERCUT_PREFIX` for the
    names of the item's fields, `BOILERCUT_OPTIONS` as for `Config`. What the spider has filled in stays.
    """

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._cleaning = _Cleaning(crawler)

    def get_processed_item(self, item: Any, response: Response | None) -> Any:
        """Return the item with the article; an item from no response, as it is."""
        if response is None:
            return item
        return self._cleaning.fill(item, lambda: _page_of(response))


class BoilercutPipeline:
    """Put the article of the page that an item holds into the item.

    Settings: those of `BoilercutSpiderMiddleware`, and `BOILERCUT_PAGE_FIELD` (default `html`), the item's
    field with the page, as text or bytes. Items without a page pass as they are.
    """

    def __init__(self, crawler: Any) -> None:
        self._page_field = crawler.settings.get("BOILERCUT_PAGE_FIELD", "html")
        self._cleaning = _Cleaning(crawler)

    @classmethod
    def from_crawler(cls, crawler: Any) -> BoilercutPipeline:
        """Make the pipeline as Scrapy does."""
        return cls(crawler)

    def process_item(self, item: Any, spider: Any = None) -> Any:
        """Return the item with the article."""
        page = ItemAdapter(item).get(self._page_field)
        if not isinstance(page, (str, bytes)):
            return item
        return self._cleaning.fill(item, lambda: page)
