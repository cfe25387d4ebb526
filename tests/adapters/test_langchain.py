"""LangChain itself: documents in, documents out."""

from __future__ import annotations

import asyncio

import pytest

import boilercut
from boilercut.errors import ConfigError
from tests.helpers import golden_sources

pytest.importorskip("langchain_core", reason="needs the extra langchain")

from langchain_core.documents import Document

from boilercut.adapters.langchain import BoilercutTransformer

pytestmark = pytest.mark.extra

PAGES = [source.read_text(encoding="utf-8") for source in golden_sources("realistic")]


def test_documents_keep_their_number_order_and_metadata() -> None:
    documents = [Document(page, metadata={"source": str(n)}, id=str(n)) for n, page in enumerate([*PAGES, ""])]
    cleaned = BoilercutTransformer().transform_documents(documents)
    results = [boilercut.extract(each.page_content) for each in documents]
    assert [each.page_content for each in cleaned] == [result.text for result in results]
    assert (
        [each.metadata["source"] for each in cleaned]
        == [each.id for each in cleaned]
        == [each.id for each in documents]
    )
    assert [each.metadata["confidence"] for each in cleaned] == [result.confidence for result in results]
    assert [each.metadata.get("title", "") for each in cleaned] == [result.title for result in results]
    assert documents[0].page_content == PAGES[0]
    assert documents[0].metadata == {"source": "0"}


def test_a_title_of_the_loader_stays() -> None:
    document = Document(
        "<title>Theirs</title><p>The river rose by two metres on Monday night.", metadata={"title": "Ours"}
    )
    assert BoilercutTransformer().transform_documents([document])[0].metadata["title"] == "Ours"


def test_options_and_kind_are_obeyed() -> None:
    cleaned = BoilercutTransformer(kind="text", mode="recall").transform_documents([Document(PAGES[0])])
    assert cleaned[0].page_content == boilercut.clean(PAGES[0], kind="text", mode="recall")
    with pytest.raises(ConfigError):
        BoilercutTransformer(mood="recall")


def test_it_runs_asynchronously() -> None:
    cleaned = asyncio.run(BoilercutTransformer().atransform_documents([Document(PAGES[1])]))
    assert cleaned[0].page_content == boilercut.clean(PAGES[1])


def test_nothing_gives_nothing() -> None:
    assert BoilercutTransformer().transform_documents([]) == []
