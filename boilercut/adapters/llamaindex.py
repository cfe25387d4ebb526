"""Clean LlamaIndex nodes, and read files as clean documents (extra `llamaindex`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from boilercut.adapters.documents import DOCUMENT_FIELDS, Answers, checked_documents, located
from boilercut.cutter import Cutter
from boilercut.extras import needs_extra
from boilercut.fingerprint import fingerprint, in_order
from boilercut.page import Located, PageKind

with needs_extra("llamaindex"):
    from llama_index.core.bridge.pydantic import PrivateAttr
    from llama_index.core.readers.base import BaseReader
    from llama_index.core.schema import BaseNode, Document, TextNode, TransformComponent

__all__ = ["BoilercutComponent", "BoilercutReader"]


class BoilercutComponent(TransformComponent):
    """Replace the text of documents and text nodes, HTML or extracted text, by the article.

    For `IngestionPipeline(transformations=[BoilercutComponent(), ...])`, before the splitter. As many nodes
    come back as went in, in their order, and the ones given are not changed. `content` is what they hold then:
    `"text"`, `"markdown"` (for `MarkdownNodeParser`) or `"html"`. Metadata is kept, and gains `fields` (see
    `boilercut.fields.COLUMN_FIELDS`): by default `confidence`, and `title` where the page has one and the node does
    not. A node that cannot be cut comes back empty, with the reason as `boilercut_error` in its metadata. `kind` is
    the kind of all nodes, if it is known; `options` are those of `Config`.
    """

    kind: PageKind | None = None
    content: str = "text"
    fields: tuple[str, ...] = DOCUMENT_FIELDS
    options: dict[str, Any]
    fingerprint: str = ""
    """Of options, models and version: the cache of an ingestion pipeline tells components apart by their fields."""
    _answers: Answers = PrivateAttr()

    def __init__(
        self,
        *,
        kind: PageKind | None = None,
        content: str = "text",
        fields: Sequence[str] = DOCUMENT_FIELDS,
        options: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        for name in ("class_name", "fingerprint"):  # stored with the component; the latter is computed anew
            more.pop(name, None)
        chosen = in_order({**(options or {}), **more})
        cutter = Cutter(**chosen)
        answers = Answers(cutter, content=content, fields=fields, kind=kind)
        known = {"kind": kind, "content": content, "fields": answers.fields}
        super().__init__(**known, options=chosen, fingerprint=fingerprint(cutter.config))
        self._answers = answers

    @classmethod
    def class_name(cls) -> str:
        """Return the name under which LlamaIndex stores the component."""
        return "BoilercutComponent"

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[BaseNode]:
        """Return the nodes with their articles."""
        given = checked_documents(nodes, BaseNode, "node")
        texts = [each for each in given if isinstance(each, (Document, TextNode))]
        pages = [located(each.text, each.metadata) for each in texts]
        found = zip(texts, self._answers.of(pages, [each.metadata for each in texts]), strict=True)
        changed = {id(each): _with(each, *answer) for each, answer in found}
        return [changed.get(id(each), each) for each in given]


class BoilercutReader(BaseReader):
    """Read files of HTML or text as documents with their articles; takes what `BoilercutComponent` takes.

    For `SimpleDirectoryReader("pages", file_extractor={".html": BoilercutReader()})`, or by itself.
    """

    def __init__(
        self,
        *,
        kind: PageKind | None = None,
        content: str = "text",
        fields: Sequence[str] = DOCUMENT_FIELDS,
        **options: Any,
    ) -> None:
        self._answers = Answers(Cutter(**options), content=content, fields=fields, kind=kind)

    def load_data(
        self, file: str | Path, extra_info: Mapping[str, Any] | None = None, fs: Any = None, **kwargs: Any
    ) -> list[Document]:
        """Return the article of a file as one document; `fs` is the fsspec file system that it is on, if not ours."""
        path = Path(file)
        if fs is None:
            page = path.read_bytes()
        else:
            with fs.open(str(file), "rb") as stream:
                page = stream.read()
        known = dict(extra_info or {"file_name": path.name, "file_path": str(path)})
        [(text, metadata)] = self._answers.of([Located(page, located("", known).url)], [known])
        return [Document(text=text, metadata=metadata)]


def _with(node: BaseNode, text: str, metadata: dict[str, Any]) -> BaseNode:
    copy = node.model_copy(update={"metadata": metadata, "embedding": None})
    copy.set_content(text)
    return copy
