"""One page that cannot be cut never ends a job, loses no other page, and is told apart from a page without article."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest

import boilercut
from boilercut.errors import ModelError
from tests.helpers import ARTICLE
from tests.killers import BROKEN, killer

PAGES = [f"<p>{ARTICLE}", f"<p>{BROKEN}", f"<p>{ARTICLE} Again."]
TEXTS = [boilercut.clean(page) for page in (PAGES[0], PAGES[2])]
DETECTORS = (*boilercut.BUILTIN, killer)
REASON = "DetectorError: detector 'killer' failed: RuntimeError: plugh"


def test_arrow_has_null_and_logs(caplog: pytest.LogCaptureFixture) -> None:
    pa = pytest.importorskip("pyarrow")
    from boilercut.arrow import clean_table

    table = clean_table(pa.table({"html": PAGES}), "html", cutter=boilercut.Cutter(detectors=DETECTORS))
    assert table["text"].to_pylist() == [TEXTS[0], None, TEXTS[1]]
    assert _failures(caplog) == 1


def test_datasets_have_none_and_log(caplog: pytest.LogCaptureFixture) -> None:
    from boilercut.adapters.datasets import CleanPages

    found = CleanPages("html", detectors=DETECTORS)({"html": PAGES})
    assert found["text"] == [TEXTS[0], None, TEXTS[1]]
    assert found["confidence"][1] is None
    assert _failures(caplog) == 1


def test_langchain_names_the_reason() -> None:
    documents = pytest.importorskip("langchain_core.documents")
    from boilercut.adapters.langchain import BoilercutTransformer

    given = [documents.Document(page_content=page, metadata={"title": "kept"}) for page in PAGES]
    found = BoilercutTransformer(detectors=DETECTORS).transform_documents(given)
    assert [each.page_content for each in found] == [TEXTS[0], "", TEXTS[1]]
    assert found[1].metadata == {"title": "kept", "boilercut_error": REASON}


def test_llamaindex_names_the_reason() -> None:
    schema = pytest.importorskip("llama_index.core.schema")
    from boilercut.adapters.llamaindex import BoilercutComponent

    found = BoilercutComponent(detectors=DETECTORS)([schema.TextNode(text=page) for page in PAGES])
    assert [each.text for each in found] == [TEXTS[0], "", TEXTS[1]]
    assert found[1].metadata == {"boilercut_error": REASON}


def test_scrapy_passes_the_item_on_and_counts(caplog: pytest.LogCaptureFixture) -> None:
    scrapy = pytest.importorskip("scrapy.settings")
    http = pytest.importorskip("scrapy.http")
    from boilercut.adapters.scrapy import BoilercutPipeline, BoilercutSpiderMiddleware

    counted: dict[str, int] = {}
    stats = SimpleNamespace(inc_value=lambda key, number=1: counted.update({key: counted.get(key, 0) + number}))
    settings = scrapy.Settings({"BOILERCUT_OPTIONS": {"detectors": DETECTORS}})
    crawler: Any = SimpleNamespace(settings=settings, stats=stats)
    pipeline = BoilercutPipeline(crawler)
    items = [pipeline.process_item({"html": page}) for page in PAGES]
    assert [each.get("text") for each in items] == [TEXTS[0], None, TEXTS[1]]
    middleware = BoilercutSpiderMiddleware(crawler)
    responses = [http.HtmlResponse("https://ullin.example/", body=page.encode(), encoding="utf-8") for page in PAGES]
    items = [middleware.get_processed_item({}, response) for response in responses]
    assert [each.get("text") for each in items] == [TEXTS[0], None, TEXTS[1]]
    assert (counted["boilercut/pages"], counted["boilercut/pages_failed"], _failures(caplog)) == (4, 2, 2)


def test_datatrove_passes_the_document_on_and_counts(caplog: pytest.LogCaptureFixture) -> None:
    data = pytest.importorskip("datatrove.data")
    from boilercut.adapters.datatrove import BoilercutFormatter

    formatter = BoilercutFormatter(detectors=DETECTORS)
    documents = [data.Document(text=text, id="a") for text in (ARTICLE, BROKEN, ARTICLE)]
    found = [document.text for document in formatter.run(documents)]
    assert found == [boilercut.clean(ARTICLE, kind="text"), "", boilercut.clean(ARTICLE, kind="text")]
    assert formatter.stats.stats["failed"].total == 1
    assert _failures(caplog) == 1


def test_what_is_not_about_one_page_is_raised(tmp_path: Any) -> None:
    from boilercut.adapters.datasets import CleanPages

    (tmp_path / "html.json").write_text("{}")
    (tmp_path / "text.json").write_text("{}")
    with pytest.raises(ModelError):
        CleanPages("html", model=str(tmp_path))({"html": PAGES})


def _failures(caplog: pytest.LogCaptureFixture) -> int:
    return sum(record.levelno == logging.ERROR and record.name == "boilercut" for record in caplog.records)
