"""Adapters to pipelines of documents: LangChain, LlamaIndex, Haystack; each with the engine itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

import boilercut
from boilercut.errors import ConfigError, PageTypeError
from tests.helpers import ARTICLE

pytestmark = [pytest.mark.extra, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

PAGE = f"""<head><title>Bridge closed</title><meta name="author" content="Ada Brandt"></head>
<nav><a href="/">Home</a> <a href="/town">Town</a></nav><article><h1>Bridge closed</h1>
<p>{ARTICLE}</p><p>More of it stands in <a href="/2">the second part</a> of this article, that comes on Tuesday.</p>
</article><footer>© 2026 The Ullin Courier. All rights reserved.</footer>"""
ADDRESS = "https://ullin.example/1"
MARKDOWN = boilercut.extract(PAGE, url=ADDRESS).markdown
FIELDS = ["title", "metadata", "kept"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_langchain_gives_markdown_and_metadata() -> None:
    documents = pytest.importorskip("langchain_core.documents")
    from boilercut.adapters.langchain import BoilercutTransformer

    transformer = BoilercutTransformer(content="markdown", fields=FIELDS)
    [found] = transformer.transform_documents([documents.Document(PAGE, metadata={"source": ADDRESS, "title": "own"})])
    assert found.page_content == MARKDOWN
    assert "](https://ullin.example/2)" in MARKDOWN
    assert (found.metadata["title"], found.metadata["authors"], found.metadata["source"]) == (
        "own", "Ada Brandt", ADDRESS,
    )  # fmt: skip
    assert asyncio.run(transformer.atransform_documents([documents.Document(PAGE)]))[0].metadata["title"]


def test_langchain_says_what_it_is_made_of() -> None:
    pytest.importorskip("langchain_core")
    from boilercut.adapters.langchain import BoilercutTransformer

    assert repr(BoilercutTransformer()) == "BoilercutTransformer()"
    assert repr(BoilercutTransformer(kind="html", mode="recall")) == "BoilercutTransformer(kind='html', mode='recall')"


def test_langchain_refuses_what_is_no_list_of_documents() -> None:
    documents = pytest.importorskip("langchain_core.documents")
    from boilercut.adapters.langchain import BoilercutTransformer

    for wrong in (documents.Document(PAGE), PAGE, [PAGE]):
        with pytest.raises(PageTypeError, match="document"):
            BoilercutTransformer().transform_documents(wrong)
    with pytest.raises(ConfigError, match="content 'pdf'"):
        BoilercutTransformer(content="pdf")


def test_langchain_loads_and_parses_files(file: Path) -> None:
    pytest.importorskip("langchain_core")
    from langchain_core.documents.base import Blob

    from boilercut.adapters.langchain import BoilercutLoader, BoilercutParser

    [found] = BoilercutLoader(file, content="markdown").load()
    assert found.page_content == boilercut.extract(PAGE).markdown
    assert found.metadata["source"] == str(file)
    assert BoilercutLoader([file, file]).load()[1].page_content == boilercut.clean(PAGE)
    page = "<p>Паром снова пошёл в понедельник утром.</p>".encode("koi8-r")
    [russian] = BoilercutParser().parse(Blob(data=page, encoding="koi8-r"))
    assert "Паром" in russian.page_content


def test_llamaindex_gives_markdown_and_metadata() -> None:
    schema = pytest.importorskip("llama_index.core.schema")
    from llama_index.core.node_parser import MarkdownNodeParser

    from boilercut.adapters.llamaindex import BoilercutComponent

    component = BoilercutComponent(content="markdown", fields=FIELDS, include={"title"})
    [found] = component([schema.Document(text=PAGE, metadata={"url": ADDRESS})])
    assert found.get_content() == boilercut.extract(PAGE, url=ADDRESS, include={"title"}).markdown
    assert found.metadata["authors"] == "Ada Brandt"
    assert MarkdownNodeParser().get_nodes_from_documents([found])[0].text.startswith("# Bridge closed")
    assert BoilercutComponent.from_dict(component.to_dict())([schema.TextNode(text=PAGE)])[0].text.startswith("# ")


def test_llamaindex_refuses_what_is_no_list_of_nodes() -> None:
    schema = pytest.importorskip("llama_index.core.schema")
    from boilercut.adapters.llamaindex import BoilercutComponent

    for wrong in (schema.TextNode(text=PAGE), PAGE, [PAGE]):
        with pytest.raises(PageTypeError, match="node"):
            BoilercutComponent()(wrong)


def test_llamaindex_reads_files(file: Path) -> None:
    core = pytest.importorskip("llama_index.core")
    from boilercut.adapters.llamaindex import BoilercutReader

    [found] = BoilercutReader().load_data(file)
    assert (found.text, found.metadata["file_name"]) == (boilercut.clean(PAGE), "page.html")
    reader = core.SimpleDirectoryReader(str(file.parent), file_extractor={".html": BoilercutReader(content="markdown")})
    [document] = reader.load_data()
    assert document.text == boilercut.extract(PAGE).markdown


def test_haystack_runs_in_a_pipeline_that_is_stored(file: Path) -> None:
    haystack = pytest.importorskip("haystack")
    from haystack.core import serialization

    from boilercut.adapters.haystack import BoilercutConverter

    if allow := getattr(serialization, "allow_deserialization_module", None):
        allow("boilercut.adapters.haystack")  # Haystack 3 makes nothing of other packages unless it is told to
    pipeline = haystack.Pipeline()
    pipeline.add_component("convert", BoilercutConverter(content="markdown", options={"include": {"legal"}}))
    again = haystack.Pipeline.loads(pipeline.dumps())
    found: Any = [each.run({"convert": {"sources": [str(file)]}})["convert"]["documents"] for each in (pipeline, again)]
    assert found[0] == found[1]
    assert found[0][0].content == boilercut.extract(PAGE, include={"legal"}).markdown
    assert found[0][0].meta["file_path"] == str(file)


def test_haystack_cleans_documents_and_refuses_others() -> None:
    haystack = pytest.importorskip("haystack")
    from boilercut.adapters.haystack import BoilercutCleaner, BoilercutConverter

    given = [haystack.Document(content=PAGE, meta={"url": ADDRESS}), haystack.Document(content=None)]
    found = BoilercutCleaner(fields=FIELDS).run(given)["documents"]
    assert (found[0].content, found[0].meta["authors"]) == (boilercut.clean(PAGE), "Ada Brandt")
    assert found[1] == given[1]
    assert given[0].content == PAGE
    with pytest.raises(PageTypeError, match="list of Haystack's Document"):
        BoilercutCleaner().run(given[0])
    with pytest.raises(PageTypeError, match="list of paths"):
        BoilercutConverter().run("page.html")
