"""Clean responses and items of a Scrapy crawl (extra `scrapy`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from boilercut.cutter import Cutter
from boilercut.errors import MISUSE, ConfigError
from boilercut.extras import needs_extra
from boilercut.fields import DEFAULT_FIELDS, checked_fields, extras_of, values_of
from boilercut.page import Located
from boilercut.results import Article
from boilercut.sites import SiteLearner, SiteProfile

with needs_extra("scrapy"):
    from itemadapter import ItemAdapter
    from scrapy.http import HtmlResponse, Response, TextResponse
    from scrapy.spidermiddlewares.base import BaseSpiderMiddleware
    from scrapy.utils.job import job_dir

__all__ = ["BoilercutAddon", "BoilercutPipeline", "BoilercutSpiderMiddleware", "article_of"]

COMPONENT_PLACE = 500
"""Place of a component that the add-on adds, among those of the project."""

PROFILE_FILE = "boilercut-site.json"
"""File in the job directory with the profile of what the spider's pages repeat."""
_SPIDER = "the spider's site"

_log = logging.getLogger("boilercut")


def article_of(response: Response, cutter: Cutter | None = None, fields: Collection[str] = ()) -> Article:
    """Return the article of a response, with more `fields` where `Cutter.articles` has them.

    HTML is taken as the tree that the response's selector has, so that it is decoded and parsed once, as
    Scrapy does it. Other text is decoded by the response's encoding. A response that is no text has an
    empty article.
    """
    return next((cutter or Cutter()).articles([_page_of(response)], fields=fields))


def _page_of(response: Response) -> Located:
    if isinstance(response, HtmlResponse) and response.selector.root is not None:
        return Located(response.selector.root, response.url)
    return Located(response.text if isinstance(response, TextResponse) else "", response.url)


class _Learning:
    """The cutter of a spider: without a profile while the first pages are learned, and with it from then on.

    The profile is stored in the job directory, so a crawl that is continued uses it from its first page.
    """

    def __init__(self, cutter: Cutter, pages: int, folder: str | None) -> None:
        self.cutter = cutter
        self._pages = pages
        self._file = Path(folder, PROFILE_FILE) if folder and pages else None
        self._seen: set[object] = set()
        self._learner = SiteLearner()
        if self._file and self._file.exists():
            self._use(SiteProfile.load(self._file))

    def learn(self, page: Located) -> None:
        """Learn from a page, unless enough were learned from."""
        if len(self._seen) >= self._pages or page.url in self._seen:
            return
        self._seen.add(page.url or len(self._seen))
        self._learner.add(_SPIDER, page.page)
        if len(self._seen) == self._pages:
            profile = self._learner.profiles[_SPIDER]
            self._use(profile)
            if self._file:
                profile.save(self._file)

    def _use(self, profile: SiteProfile) -> None:
        self.cutter, self._pages = Cutter(self.cutter.config, site=profile), 0


class _Cleaning:
    """What both components share: the settings, and the statistics."""

    def __init__(self, crawler: Any) -> None:
        settings = crawler.settings
        self._stats = crawler.stats
        cutter = Cutter(**_options(settings.getdict("BOILERCUT_OPTIONS")))
        self._learning = _Learning(cutter, settings.getint("BOILERCUT_LEARN_PAGES"), job_dir(settings))
        self._fields = checked_fields(settings.getlist("BOILERCUT_FIELDS") or DEFAULT_FIELDS)
        self._prefix = settings.get("BOILERCUT_PREFIX", "")
        self._reported: set[type] = set()

    def fill(self, item: Any, page: Callable[[], Located]) -> Any:
        """Put the fields of the article of a page into an item, but not over what the spider has put there.

        Whatever the page raises, and whatever fields the item's class lacks, the item is passed on; the failure is
        logged and counted.
        """
        try:
            found = page()
            article = next(self._learning.cutter.articles([found], fields=extras_of(self._fields)))
            self._learning.learn(found)
        except MISUSE:
            raise
        except Exception:  # noqa: BLE001 - whatever one page sets off, a crawl goes on, and says so
            _log.exception("a page could not be cut")
            self._stats.inc_value("boilercut/pages_failed")
            return item
        adapter = ItemAdapter(item)
        values = zip(self._fields, values_of(article, self._fields), strict=True)
        unset = [name for name, value in values if not _is_set(adapter, self._prefix + name, value)]
        if unset:
            self._report(type(item), unset)
        self._count(article)
        return item

    def _report(self, item_class: type, unset: Sequence[str]) -> None:
        """Count fields that an item could not take, and say it once for each class of items."""
        self._stats.inc_value("boilercut/fields_not_set", len(unset))
        if item_class not in self._reported:
            self._reported.add(item_class)
            missing = ", ".join(self._prefix + name for name in unset)
            _log.error("%s takes no %s: declare these fields, or choose BOILERCUT_FIELDS", item_class.__name__, missing)

    def _count(self, article: Article) -> None:
        self._stats.inc_value("boilercut/pages")
        self._stats.inc_value("boilercut/blocks_kept", article.kept)
        for kind, number in article.cut_kinds.items():
            self._stats.inc_value(f"boilercut/blocks_cut/{kind}", number)
        if not article.text:
            self._stats.inc_value("boilercut/pages_without_article")
        if article.truncated:
            self._stats.inc_value("boilercut/pages_truncated")


def _is_set(adapter: ItemAdapter, name: str, value: Any) -> bool:
    """Set a field that is empty; return whether the item has it now. Items of any class refuse in ways of their own."""
    try:
        if adapter.get(name) is None:
            adapter[name] = value
    except (KeyError, AttributeError, TypeError, ValueError):
        return False
    return True


def _options(options: Mapping[str, Any]) -> dict[str, Any]:
    if not all(isinstance(name, str) for name in options):
        raise ConfigError(f"BOILERCUT_OPTIONS {options!r}: use names of options, such as {{'mode': 'recall'}}")
    return dict(options)


class BoilercutSpiderMiddleware(BaseSpiderMiddleware):
    """Put the article of the response into every item that a callback yields from it.

    Settings: `BOILERCUT_FIELDS` (default `["text", "title", "confidence"]`), `BOILERCUT_PREFIX` for the
    names of the item's fields, `BOILERCUT_OPTIONS` as for `Config`. What the spider has filled in stays.
    `BOILERCUT_LEARN_PAGES` is the number of pages from which to learn what the site repeats; those behind them are cut
    with that profile.
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

    Settings: those of `BoilercutSpiderMiddleware`, `BOILERCUT_PAGE_FIELD` (default `html`), the item's field with the
    page, as text or bytes, and `BOILERCUT_DROP_PAGE` (default False), whether that field is emptied afterwards. Items
    without a page pass as they are; an item's `url` makes addresses absolute.
    """

    def __init__(self, crawler: Any) -> None:
        self._drops_page = crawler.settings.getbool("BOILERCUT_DROP_PAGE")
        self._page_field = crawler.settings.get("BOILERCUT_PAGE_FIELD", "html")
        self._cleaning = _Cleaning(crawler)

    @classmethod
    def from_crawler(cls, crawler: Any) -> BoilercutPipeline:
        """Make the pipeline as Scrapy does."""
        return cls(crawler)

    def process_item(self, item: Any, spider: Any = None) -> Any:
        """Return the item with the article."""
        adapter = ItemAdapter(item)
        page, url = adapter.get(self._page_field), adapter.get("url")
        if not isinstance(page, (str, bytes)):
            return item
        filled = self._cleaning.fill(item, lambda: Located(page, url if isinstance(url, str) else None))
        if self._drops_page:
            _drop(adapter, self._page_field)
        return filled


def _drop(adapter: ItemAdapter, name: str) -> None:
    """Take a field out of an item, or empty it where its class always has it."""
    try:
        del adapter[name]
    except (KeyError, AttributeError, TypeError):
        adapter[name] = None


class BoilercutAddon:
    """Switch the spider middleware on: `ADDONS = {"boilercut.adapters.scrapy.BoilercutAddon": 500}`.

    With the setting `BOILERCUT_PAGE_FIELD`, the item pipeline is switched on instead. Components that the project
    has named itself stay as they are.
    """

    def update_settings(self, settings: Any) -> None:
        """Add the component to the settings of the crawl."""
        pipeline = "BOILERCUT_PAGE_FIELD" in settings
        component: type = BoilercutPipeline if pipeline else BoilercutSpiderMiddleware
        place = "ITEM_PIPELINES" if pipeline else "SPIDER_MIDDLEWARES"
        named = f"{component.__module__}.{component.__qualname__}"
        chosen = settings.getdict(place)
        if component not in chosen and named not in chosen:
            settings[place][component] = COMPONENT_PLACE
