"""datatrove itself: a local pipeline that reads, cuts and writes, in its own worker processes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import boilercut
from tests.helpers import golden_sources

for _module in ("datatrove", "orjson", "regex"):  # datatrove alone lacks what its own steps import
    pytest.importorskip(_module, reason="needs the extra datatrove")
pytestmark = [pytest.mark.extra, pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")]

from boilercut.adapters.datatrove import BoilercutExtractor, BoilercutFormatter, BoilercutSites  # noqa: E402

HTML = [source for source in golden_sources("realistic") if source.suffix == ".html"]
TEXT = [source for source in golden_sources("realistic") if source.suffix == ".txt"]


def run_pipeline(
    tmp_path: Path, pages: dict[str, str], step: Any, workers: int
) -> tuple[dict[str, str], dict[str, Any]]:
    """Run reader, step and writer over two files; return texts by id, and the step's statistics."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    source = tmp_path / "in"
    source.mkdir()
    for part in (0, 1):
        rows = [json.dumps({"id": name, "text": page}) for name, page in list(pages.items())[part::2]]
        (source / f"{part}.jsonl").write_text("\n".join(rows), encoding="utf-8")
    LocalPipelineExecutor(
        pipeline=[JsonlReader(str(source)), step, JsonlWriter(str(tmp_path / "out"))],
        tasks=2,
        workers=workers,
        logging_dir=str(tmp_path / "logs"),
    ).run()
    texts = {}
    for file in (tmp_path / "out").glob("*.jsonl.gz"):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            texts.update({row["id"]: row.get("text", "") for row in map(json.loads, lines)})  # empty ones are left out
    statistics = json.loads((tmp_path / "logs" / "stats.json").read_text())
    return texts, next(each["stats"] for each in statistics if "Boilercut" in each["name"])


@pytest.mark.parametrize("workers", [1, 2])
def test_extractor_in_a_pipeline(tmp_path: Path, workers: int) -> None:
    pages = {source.stem: source.read_text(encoding="utf-8") for source in HTML}
    texts, statistics = run_pipeline(tmp_path, {**pages, "empty": "<p></p>"}, BoilercutExtractor(timeout=60), workers)
    assert texts == {name: boilercut.clean(page, kind="html") for name, page in pages.items()}
    assert _total(statistics["extracted"]) == len(pages) + 1
    assert _total(statistics["dropped"]) == 1
    assert not {"timeout", "broken_process", "clean_error"} & statistics.keys()


@pytest.mark.parametrize("workers", [1, 2])
def test_formatter_in_a_pipeline(tmp_path: Path, workers: int) -> None:
    pages = {source.stem: source.read_text(encoding="utf-8") for source in TEXT} | {"empty": " "}
    texts, statistics = run_pipeline(tmp_path, pages, BoilercutFormatter(mode="recall"), workers)
    results = {name: boilercut.extract(page, kind="text", mode="recall") for name, page in pages.items()}
    assert texts == {name: result.text for name, result in results.items()}
    assert _total(statistics["kept_lines"]) == sum(len(result.kept) for result in results.values())
    cut = [verdict.kind for result in results.values() for verdict in result.cut]
    kinds = {name: _total(number) for name, number in statistics.items() if name.startswith("cut_")}
    assert kinds == {f"cut_{kind}": cut.count(kind) for kind in set(cut)}
    assert len(kinds) > 3


def test_metadata_and_other_content() -> None:
    from datatrove.data import Document

    page = HTML[0].read_text(encoding="utf-8")
    steps = (
        BoilercutExtractor(timeout=60, content="markdown", fields=["title", "metadata", "kept"]),
        BoilercutFormatter(fields=["kept"]),
    )
    [extracted] = steps[0].run([Document(text=page, id="a", metadata={"title": "own"})])
    result = boilercut.extract(page, kind="html")
    assert (extracted.text, type(extracted.text)) == (result.markdown, str)
    assert (extracted.metadata["title"], extracted.metadata["kept"]) == ("own", len(result.kept))
    assert steps[0].stats.stats["kept_blocks"].total == len(result.kept)
    [formatted] = steps[1].run([Document(text=page, id="a")])
    assert formatted.metadata["kept"] == len(boilercut.extract(page, kind="text").kept)
    assert steps[1].stats.stats["holds_html"].total == 1


@pytest.mark.parametrize("kind", ["html", "text"])
def test_two_passes_learn_and_use_what_sites_repeat(tmp_path: Path, kind: Any) -> None:
    from datatrove.data import Document

    from tests.test_sites import BLURB, page, plain

    made = page if kind == "html" else plain
    pages = [(f"https://{site}.example/{number}", made(number)) for number in range(6) for site in "ab"]
    pages.append(("no address", made(7)))

    def documents() -> list[Document]:
        return [Document(text=text, id=url, metadata={"url": url}) for url, text in pages]

    for rank in range(2):
        learn = BoilercutSites(str(tmp_path / "sites"), kind=kind)
        passed = list(learn.run(iter(documents()[rank::2]), rank, 2))
        assert [each.text for each in passed] == [text for _, text in pages[rank::2]]
    known = boilercut.SiteProfile.learn((made(number) for number in range(6)), kind=kind)
    step: Any = BoilercutExtractor if kind == "html" else BoilercutFormatter
    timeout = {"timeout": 60} if kind == "html" else {}
    found = [each.text for each in step(sites=str(tmp_path / "sites"), **timeout).run(documents())]
    assert found[:-1] == [boilercut.clean(text, kind=kind, site=known) for _, text in pages[:-1]]
    assert BLURB in found[-1]  # it has no address, so no profile
    assert any(BLURB not in text for text in found)


def test_the_extra_brings_what_the_reader_of_archives_needs(tmp_path: Path) -> None:
    from datatrove.pipeline.readers import WarcReader

    from tests.archives import http, record

    page = HTML[0].read_bytes()
    crawl = tmp_path / "crawl.warc.gz"
    crawl.write_bytes(gzip.compress(record(http(page))))
    [document] = BoilercutExtractor(timeout=60).run(WarcReader(str(tmp_path)).run())
    assert document.text == boilercut.clean(page, kind="html")


def _total(statistic: Any) -> int:
    return statistic["total"] if isinstance(statistic, dict) else statistic
