"""Scrapy crawls a site that is served on loopback, in a separate process."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import boilercut
from boilercut.errors import ConfigError
from tests.helpers import ARTICLE, golden_sources

pytest.importorskip("scrapy", reason="needs the extra scrapy")

import attrs
import scrapy
from itemadapter import ItemAdapter
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.settings import Settings

from boilercut.adapters.scrapy import BoilercutAddon, BoilercutPipeline, BoilercutSpiderMiddleware, article_of

pytestmark = pytest.mark.extra

RUSSIAN = "<p>Паром через Уллин снова пошёл в понедельник утром, через шесть недель после поломки винта.</p>"
GOLDEN = {
    f"/{source.stem}": source.read_text("utf-8") for source in golden_sources("realistic") if source.suffix == ".html"
}
SITE = {
    **{path: ("text/html; charset=utf-8", page.encode()) for path, page in GOLDEN.items()},
    "/koi8": ("text/html; charset=koi8-r", RUSSIAN.encode("koi8-r")),
    "/empty": ("text/html", b""),
    "/notes.txt": ("text/plain; charset=utf-8", ARTICLE.encode()),
    "/picture.png": ("image/png", b"\x89PNG\r\n\x1a\n" + bytes(200)),
    "/data.json": ("application/json", b'{"a": 1}'),
}


class Site(BaseHTTPRequestHandler):
    """Serves `SITE`, and a front page that links to all of it."""

    def do_GET(self) -> None:
        links = "".join(f'<li><a href="{path}">{path}</a></li>' for path in SITE)
        kind, body = SITE.get(self.path, ("text/html; charset=utf-8", f"<ul>{links}</ul>".encode()))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


SPIDER = """
import json, sys
import scrapy
from scrapy.crawler import CrawlerProcess

address, output, stats, settings = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])

class Spider(scrapy.Spider):
    name = "ullin"
    start_urls = [address]

    def parse(self, response):
        for link in response.css("a::attr(href)").getall():
            yield response.follow(link, self.parse_page)

    async def parse_page(self, response):
        item = {"url": response.url, "body": response.text if hasattr(response, "text") else None}
        if response.url.endswith("empty"):
            item["title"] = "the spider's own"
        yield item

process = CrawlerProcess({"FEEDS": {output: {"format": "jsonlines"}}, "TELNETCONSOLE_ENABLED": False, **settings})
crawler = process.create_crawler(Spider)
process.crawl(crawler)
process.start()
with open(stats, "w") as file:
    json.dump(crawler.stats.get_stats(), file, default=str)
"""


def crawl(address: str, tmp_path: Path, **settings: object) -> tuple[dict[str, dict[str, Any]], dict[str, Any], str]:
    """Crawl the site; return items by path, the crawl's statistics, and its log."""
    (tmp_path / "spider.py").write_text(SPIDER)
    arguments = [address, str(tmp_path / "items.jsonl"), str(tmp_path / "stats.json"), json.dumps(settings)]
    done = subprocess.run(
        [sys.executable, str(tmp_path / "spider.py"), *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    items = [json.loads(line) for line in (tmp_path / "items.jsonl").read_text("utf-8").splitlines()]
    return (
        {"/" + item["url"].removeprefix(address): item for item in items},
        json.loads((tmp_path / "stats.json").read_text()),
        done.stderr,
    )


def test_the_spider_middleware_fills_items(address: str, tmp_path: Path) -> None:
    items, stats, log = crawl(
        address,
        tmp_path,
        SPIDER_MIDDLEWARES={"boilercut.adapters.scrapy.BoilercutSpiderMiddleware": 500},
        BOILERCUT_OPTIONS={"mode": "recall"},
        BOILERCUT_FIELDS=["text", "title", "confidence"],
    )
    assert items.keys() == SITE.keys()
    for path, page in GOLDEN.items():
        tree = HtmlResponse("https://ullin.example/", body=page, encoding="utf-8").selector.root
        assert items[path]["text"] == boilercut.clean(tree, mode="recall"), path
        assert items[path]["title"] == boilercut.extract(page).title
        assert 0 <= items[path]["confidence"] <= 1
    assert items["/koi8"]["text"] == boilercut.clean(RUSSIAN, mode="recall")
    assert items["/notes.txt"]["text"] == boilercut.clean(ARTICLE, mode="recall")
    assert items["/picture.png"]["text"] == items["/empty"]["text"] == ""
    assert items["/empty"]["title"] == "the spider's own"
    assert stats["boilercut/pages"] == len(SITE)
    assert stats["boilercut/pages_without_article"] == sum(not item["text"] for item in items.values())
    assert stats["boilercut/blocks_cut/navigation"] > 0
    assert "Traceback" not in log
    assert "Deprecat" not in log


def test_the_item_pipeline_cuts_a_field(address: str, tmp_path: Path) -> None:
    items, stats, log = crawl(
        address,
        tmp_path,
        ITEM_PIPELINES={"boilercut.adapters.scrapy.BoilercutPipeline": 300},
        BOILERCUT_PAGE_FIELD="body",
        BOILERCUT_PREFIX="article_",
        BOILERCUT_FIELDS=["text"],
    )
    assert items.keys() == SITE.keys()
    assert {path: items[path]["article_text"] for path in GOLDEN} == {
        path: boilercut.clean(page) for path, page in GOLDEN.items()
    }
    assert "article_text" not in items["/picture.png"]
    assert stats["boilercut/pages"] == len(SITE) - 1
    assert "Traceback" not in log
    assert "Deprecat" not in log


def test_settings_are_checked_when_the_crawl_starts() -> None:
    for settings in ({"BOILERCUT_OPTIONS": {"mood": "x"}}, {"BOILERCUT_FIELDS": ["texts"]}):
        with pytest.raises(ConfigError):
            BoilercutPipeline.from_crawler(SimpleNamespace(settings=Settings(settings), stats=None))


@dataclass
class WithText:
    url: str
    text: str | None = None


@dataclass(frozen=True)
class Frozen:
    url: str
    text: str | None = None


@attrs.define
class WithTitle:
    url: str
    title: str | None = None


class Declared(scrapy.Item):
    url = scrapy.Field()
    confidence = scrapy.Field()


@pytest.mark.parametrize(
    ("item", "fields"),
    [(WithText("a"), ["text"]), (Frozen("a"), []), (WithTitle("a"), ["title"]), (Declared(url="a"), ["confidence"])],
    ids=["dataclass", "frozen dataclass", "attrs", "Item"],
)
def test_items_of_any_class_are_passed_on_with_what_they_take(
    item: Any, fields: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    counted: dict[str, int] = {}
    middleware = BoilercutSpiderMiddleware(_crawler(counted))
    response = HtmlResponse("https://ullin.example/", body=next(iter(GOLDEN.values())).encode(), encoding="utf-8")
    for _ in range(2):
        assert middleware.get_processed_item(item, response) is item
    found = dict(ItemAdapter(item))
    assert [name for name in ("text", "title", "confidence") if found.get(name)] == fields
    missing = 3 - len(fields)
    assert counted["boilercut/fields_not_set"] == 2 * missing
    [record] = [each for each in caplog.records if each.name == "boilercut"]
    assert f"{type(item).__name__} takes no " in record.message


def test_the_first_pages_teach_and_the_others_are_cut_with_the_profile(tmp_path: Path) -> None:
    from tests.test_sites import BLURB, page

    def texts(numbers: range) -> list[str]:
        pipeline = BoilercutPipeline(_crawler({}, BOILERCUT_LEARN_PAGES=4, JOBDIR=str(tmp_path)))
        items = [{"url": f"https://a.example/{number}", "html": page(number)} for number in numbers for _ in range(2)]
        return [pipeline.process_item(item)["text"] for item in items]

    assert [BLURB in text for text in texts(range(7))] == [True] * 7 + [False] * 7  # the fourth page is the last
    profile = boilercut.SiteProfile.load(tmp_path / "boilercut-site.json")
    assert profile == boilercut.SiteProfile.learn(map(page, range(4)))
    assert texts(range(8, 10)) == [boilercut.clean(page(number), site=profile) for number in (8, 8, 9, 9)]


def test_the_page_can_be_dropped() -> None:
    pipeline = BoilercutPipeline(_crawler({}, BOILERCUT_DROP_PAGE=True, BOILERCUT_FIELDS=["text", "html"]))
    page = "<p>The river rose by two metres on Monday night, <a href='/2'>says the mayor</a> of the town.</p>"
    found = pipeline.process_item({"url": "https://ullin.example/1", "html": page})
    assert "html" not in found
    assert found["text"].startswith("The river")
    pipeline = BoilercutPipeline(
        _crawler({}, BOILERCUT_DROP_PAGE=True, BOILERCUT_PAGE_FIELD="text", BOILERCUT_FIELDS=["confidence"])
    )
    assert pipeline.process_item(WithText("a", page)).text is None


def test_the_add_on_adds_the_component_once() -> None:
    settings = Settings()
    BoilercutAddon().update_settings(settings)
    BoilercutAddon().update_settings(settings)
    assert list(settings["SPIDER_MIDDLEWARES"]) == [BoilercutSpiderMiddleware]
    settings = Settings({"BOILERCUT_PAGE_FIELD": "body"})
    BoilercutAddon().update_settings(settings)
    assert list(settings["ITEM_PIPELINES"]) == [BoilercutPipeline]
    named = {"boilercut.adapters.scrapy.BoilercutSpiderMiddleware": 900}
    settings = Settings({"SPIDER_MIDDLEWARES": named})
    BoilercutAddon().update_settings(settings)
    assert dict(settings["SPIDER_MIDDLEWARES"]) == named


def test_the_add_on_in_a_crawl(address: str, tmp_path: Path) -> None:
    items, stats, _ = crawl(
        address,
        tmp_path,
        ADDONS={"boilercut.adapters.scrapy.BoilercutAddon": 500},
        BOILERCUT_FIELDS=["text", "metadata"],
    )
    path, page = next(iter(GOLDEN.items()))
    tree = HtmlResponse(address, body=page, encoding="utf-8").selector.root
    assert items[path]["text"] == boilercut.clean(tree)
    assert json.loads(items[path]["metadata"]).keys() >= {"title", "authors"}
    assert stats["boilercut/pages"] == len(SITE)


def _crawler(counted: dict[str, int], **settings: object) -> Any:
    def count(key: str, number: int = 1) -> None:
        counted[key] = counted.get(key, 0) + number

    return SimpleNamespace(settings=Settings(settings), stats=SimpleNamespace(inc_value=count))


def test_the_tree_of_the_selector_is_used_and_not_changed() -> None:
    page = next(iter(GOLDEN.values()))
    response = HtmlResponse("https://ullin.example/", body=page.encode("utf-16"), encoding="utf-16")
    tree, before = response.selector.root, response.selector.get()
    assert article_of(response).text == boilercut.clean(tree) == boilercut.clean(page)
    assert response.selector.root is tree
    assert response.selector.get() == before


def test_responses_of_other_kinds() -> None:
    assert article_of(Response("https://ullin.example/", body=b"\x00\x01")).text == ""
    text = TextResponse("https://ullin.example/a.txt", body=ARTICLE.encode("utf-16"), encoding="utf-16")
    assert article_of(text, boilercut.Cutter(mode="recall")).text == boilercut.clean(ARTICLE, mode="recall")
    assert article_of(HtmlResponse("https://ullin.example/", body=b"")).text == ""
