"""PySpark itself, in local mode on two cores."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import boilercut
from boilercut.errors import ConfigError
from tests.helpers import golden_sources

pyspark = pytest.importorskip("pyspark", reason="needs the extra spark")
if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
    pytest.skip("needs a Java runtime", allow_module_level=True)
pytestmark = [
    pytest.mark.extra,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Spark leaves sockets to the garbage collector
]

from boilercut.adapters.spark import clean_pages, learn_sites  # noqa: E402

PAGES = [source.read_text(encoding="utf-8") for source in golden_sources("realistic")]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[2]")
        .appName("boilercut tests")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "7")
        .getOrCreate()
    )
    yield session
    session.stop()


def test_rows_order_and_nulls(spark: Any) -> None:
    rows = [(number, page) for number, page in enumerate([None, *PAGES, "", None])]
    frame = spark.createDataFrame(rows, "n int, html string").repartition(4, "n")
    cleaned = clean_pages(frame, "html", fields=["text", "title", "confidence", "kept", "cut", "truncated"])
    assert cleaned.schema.simpleString() == (
        "struct<n:int,html:string,text:string,title:string,confidence:double,kept:int,cut:int,truncated:boolean>"
    )
    found = {row["n"]: row for row in cleaned.collect()}
    assert sorted(found) == list(range(len(rows)))
    for number, page in rows:
        row, result = found[number], page if page is None else boilercut.extract(page)
        assert row["text"] == (result and result.text)
        assert row["confidence"] == (result and result.confidence)
        assert row["kept"] == (result if result is None else len(result.kept))


def test_bytes_and_options(spark: Any) -> None:
    frame = spark.createDataFrame([(page.encode("utf-16"),) for page in PAGES[:9]], "page binary")
    cutter = boilercut.Cutter(mode="recall", include={"title"})
    cleaned = clean_pages(frame, "page", fields=["text"], prefix="a_", cutter=cutter).collect()
    assert [row["a_text"] for row in cleaned] == [cutter.clean(page) for page in PAGES[:9]]


def test_it_is_usable_in_sql_and_lazy(spark: Any) -> None:
    frame = spark.createDataFrame([(n, PAGES[n % 5]) for n in range(60)], "n int, html string")
    clean_pages(frame, "html", fields=["text", "kept"]).drop("html").createOrReplaceTempView("articles")
    total = spark.sql("select count(*) as pages, sum(kept) as kept from articles where n < 10").first()
    assert (total["pages"], total["kept"]) == (10, 2 * sum(len(boilercut.extract(page).kept) for page in PAGES[:5]))


def test_wrong_columns_are_refused_at_once(spark: Any) -> None:
    frame = spark.createDataFrame([(1, "x")], "n int, text string")
    with pytest.raises(ConfigError, match="among n, text"):
        clean_pages(frame, "html")
    with pytest.raises(ConfigError, match="not pages"):
        clean_pages(frame, "n")
    with pytest.raises(ConfigError, match="prefix"):
        clean_pages(frame, "text")


def test_sites_are_learned_and_used(spark: Any) -> None:
    from boilercut.sites import SiteProfile
    from tests.test_sites import BLURB, page

    rows = [(f"https://{site}.example/{number}", page(number)) for number in range(8) for site in "ab"]
    frame = spark.createDataFrame([*rows, (None, page(9)), ("https://c.example/", None)], "url string, html string")
    frame = frame.repartition(5)
    profiles = learn_sites(frame, "html", urls="url")
    known = SiteProfile.learn(page(number) for number in range(8))
    assert {row["site"]: row["profile"] for row in profiles.collect()} == dict.fromkeys(
        ["a.example", "b.example"], known.to_json()
    )
    cleaned = clean_pages(frame, "html", fields=["text"], urls="url", sites=profiles)
    assert cleaned.columns == ["url", "html", "text"]
    found = {row["url"]: row["text"] for row in cleaned.collect()}
    assert len(found) == len(rows) + 2
    assert found["https://c.example/"] is None
    assert BLURB in found[None]
    assert {url: found[url] for url, _ in rows} == {url: boilercut.clean(each, site=known) for url, each in rows}
    with pytest.raises(ConfigError, match="with urls"):
        clean_pages(frame, "html", sites=profiles)
