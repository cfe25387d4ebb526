"""LlamaIndex itself: an ingestion pipeline with a splitter and a cache behind the component."""

from __future__ import annotations

import pytest

import boilercut
from boilercut.errors import ConfigError
from tests.helpers import golden_sources

pytest.importorskip("llama_index.core", reason="needs the extra llamaindex")
pytestmark = [pytest.mark.extra, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

from llama_index.core.ingestion import IngestionPipeline  # noqa: E402
from llama_index.core.schema import Document, IndexNode, TextNode, TransformComponent  # noqa: E402

from boilercut.adapters.llamaindex import BoilercutComponent  # noqa: E402

PAGES = [source.read_text(encoding="utf-8") for source in golden_sources("realistic")]


def test_nodes_keep_their_number_order_and_metadata() -> None:
    nodes = [Document(text=page, id_=str(n), metadata={"source": n}) for n, page in enumerate([*PAGES[:9], ""])]
    nodes += [TextNode(text=PAGES[9], id_="text", embedding=[1.0])]
    cleaned = BoilercutComponent()(nodes)
    results = [boilercut.extract(page) for page in [*PAGES[:9], "", PAGES[9]]]
    assert [each.get_content() for each in cleaned] == [result.text for result in results]
    assert [each.node_id for each in cleaned] == [each.node_id for each in nodes]
    assert [each.metadata["confidence"] for each in cleaned] == [result.confidence for result in results]
    assert [each.metadata.get("title", "") for each in cleaned] == [result.title for result in results]
    assert [type(each) for each in cleaned] == [type(each) for each in nodes]
    assert nodes[0].get_content() == PAGES[0]
    assert nodes[0].metadata == {"source": 0}
    assert cleaned[-1].embedding is None  # it was that of the whole page


def test_in_an_ingestion_pipeline_with_cache() -> None:
    calls: list[int] = []

    class Counting(TransformComponent):
        def __call__(self, nodes: list[TextNode], **kwargs: object) -> list[TextNode]:
            calls.append(len(nodes))
            return nodes

    documents = [Document(text=page, id_=str(n)) for n, page in enumerate(PAGES[:6])]
    pipeline = IngestionPipeline(transformations=[BoilercutComponent(mode="recall"), Counting()])
    for _ in range(2):
        nodes = pipeline.run(documents=documents)
        assert [node.get_content() for node in nodes] == [boilercut.clean(page, mode="recall") for page in PAGES[:6]]
    assert calls == [6]  # the second run came from the cache


def test_fingerprint_is_stable_and_separates_configurations() -> None:
    component = BoilercutComponent(kind="html", include={"title", "byline"}, mode="precision")
    copy = BoilercutComponent.from_dict(component.to_dict())
    assert copy([Document(text=PAGES[0])])[0].get_content() == component([Document(text=PAGES[0])])[0].get_content()
    assert copy.to_dict() == component.to_dict()
    assert BoilercutComponent().to_dict()["fingerprint"] != component.to_dict()["fingerprint"]


def test_wrong_options_are_refused() -> None:
    with pytest.raises(ConfigError, match="mood"):
        BoilercutComponent(mood="recall")


def test_nodes_without_text_pass() -> None:
    node = IndexNode(text="", index_id="elsewhere")
    assert BoilercutComponent()([node])[0].index_id == "elsewhere"
    assert BoilercutComponent()([]) == []
