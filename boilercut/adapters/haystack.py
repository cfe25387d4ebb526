"""Components of a Haystack pipeline (extra `haystack`): clean documents, and convert files to clean documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from boilercut.adapters.documents import DOCUMENT_FIELDS, Answers, located
from boilercut.cutter import Cutter
from boilercut.errors import PageTypeError
from boilercut.extras import needs_extra
from boilercut.fingerprint import in_order
from boilercut.page import Located, PageKind

with needs_extra("haystack"):
    from haystack import Document, component, default_from_dict, default_to_dict
    from haystack.dataclasses import ByteStream

__all__ = ["BoilercutCleaner", "BoilercutConverter"]


class _Cleaning:
    """What both components share: their options, and how a pipeline stores them."""

    def __init__(
        self,
        kind: PageKind | None = None,
        content: str = "text",
        fields: Sequence[str] = DOCUMENT_FIELDS,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._options = in_order(options or {})
        self._answers = Answers(Cutter(**self._options), content=content, fields=fields, kind=kind)

    def to_dict(self) -> dict[str, Any]:
        """Return the component as plain values."""
        own = self._answers
        known = {"kind": own.kind, "content": own.content, "fields": list(own.fields), "options": self._options}
        return default_to_dict(self, **known)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Any:
        """Make a component of what `to_dict` returned."""
        return default_from_dict(cls, data)

    def _documents(self, documents: Sequence[Document], pages: Sequence[Located]) -> list[Document]:
        """Return documents with the articles of their pages."""
        answers = self._answers.of(pages, [each.meta for each in documents])
        return [
            replace(each, id="", content=text, meta=meta) for each, (text, meta) in zip(documents, answers, strict=True)
        ]


@component
class BoilercutCleaner(_Cleaning):
    """Replace what documents hold, HTML or extracted text, by the article.

    `content` is what they hold then: `"text"`, `"markdown"` or `"html"`. Metadata is kept, and gains `fields` (see
    `boilercut.fields.COLUMN_FIELDS`). A document that cannot be cut comes back empty, with the reason as
    `boilercut_error` in its metadata; one without text comes back as it is. `options` are those of `Config`.
    """

    @component.output_types(documents=list[Document])
    def run(self, documents: list[Document]) -> dict[str, list[Document]]:
        """Return the documents with their articles."""
        if isinstance(documents, Document) or not all(isinstance(each, Document) for each in documents):
            raise PageTypeError("documents: use a list of Haystack's Document")
        texts = [each for each in documents if each.content is not None]
        cleaned = iter(self._documents(texts, [located(each.content, each.meta) for each in texts]))
        return {"documents": [each if each.content is None else next(cleaned) for each in documents]}


@component
class BoilercutConverter(_Cleaning):
    """Convert files or byte streams of HTML or text to documents with their articles, as `HTMLToDocument` does.

    Takes what `BoilercutCleaner` takes.
    """

    @component.output_types(documents=list[Document])
    def run(
        self, sources: list[str | Path | ByteStream], meta: dict[str, Any] | None = None
    ) -> dict[str, list[Document]]:
        """Return one document for each source; `meta` is added to the metadata of all."""
        if isinstance(sources, (str, bytes, Path, ByteStream)):
            raise PageTypeError("sources: use a list of paths or byte streams")
        streams = [each if isinstance(each, ByteStream) else _stream_of(Path(each)) for each in sources]
        given = [Document(content="", meta={**each.meta, **(meta or {})}) for each in streams]
        pages = [Located(each.data, located("", one.meta).url) for each, one in zip(streams, given, strict=True)]
        return {"documents": self._documents(given, pages)}


def _stream_of(path: Path) -> ByteStream:
    return ByteStream(path.read_bytes(), meta={"file_path": str(path)})
