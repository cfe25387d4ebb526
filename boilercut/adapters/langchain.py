"""Clean LangChain documents, and load files as clean ones (extra `langchain`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from typing import Any

from boilercut.adapters.documents import DOCUMENT_FIELDS, Answers, checked_documents, located
from boilercut.cutter import Cutter
from boilercut.extras import needs_extra
from boilercut.page import Located, PageKind

with needs_extra("langchain"):
    from langchain_core.document_loaders import BaseBlobParser, BaseLoader
    from langchain_core.documents import BaseDocumentTransformer, Document
    from langchain_core.documents.base import Blob

__all__ = ["BoilercutLoader", "BoilercutParser", "BoilercutTransformer"]


class _Cleaning:
    """What the three classes share: their options, and a form to read."""

    def __init__(
        self,
        *,
        kind: PageKind | None = None,
        content: str = "text",
        fields: Sequence[str] = DOCUMENT_FIELDS,
        **options: Any,
    ) -> None:
        self._answers = Answers(Cutter(**options), content=content, fields=fields, kind=kind)
        chosen = {"kind": kind, "content": content, "fields": tuple(fields)}
        usual = {"kind": None, "content": "text", "fields": DOCUMENT_FIELDS}
        self._options = {name: value for name, value in chosen.items() if value != usual[name]} | options

    def _document_of(self, blob: Blob) -> Document:
        """Return the article of a blob."""
        metadata = {**blob.metadata, **({"source": blob.source} if blob.source else {})}
        page = blob.as_bytes() if blob.encoding == "utf-8" else blob.as_string()  # utf-8 is only LangChain's default
        [(text, known)] = self._answers.of([Located(page, located("", metadata).url)], [metadata])
        return Document(text, metadata=known)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._options.items())})"


class BoilercutTransformer(_Cleaning, BaseDocumentTransformer):
    """Replace what documents hold, HTML or extracted text, by the article.

    As many documents come back as went in, in their order; the ones given are not changed. `content` is what they
    hold then: `"text"`, `"markdown"` or `"html"`. Metadata is kept, and gains `fields` (see
    `boilercut.fields.COLUMN_FIELDS`): by default `confidence`, and `title` where the page has one and the document
    does not. A document that cannot be cut comes back empty, with the reason as `boilercut_error` in its metadata.
    `kind` is the kind of all documents, if it is known; `options` are those of `Config`.
    """

    def transform_documents(self, documents: Sequence[Document], **kwargs: Any) -> list[Document]:
        """Return the documents with their articles."""
        given = checked_documents(documents, Document, "document")
        pages = [located(each.page_content, each.metadata) for each in given]
        answers = zip(given, self._answers.of(pages, [each.metadata for each in given]), strict=True)
        return [each.model_copy(update={"page_content": text, "metadata": known}) for each, (text, known) in answers]


class BoilercutParser(_Cleaning, BaseBlobParser):
    """Turn blobs of HTML or text into documents with their articles; takes what `BoilercutTransformer` takes.

    For LangChain's generic loaders, such as `GenericLoader(FileSystemBlobLoader("pages"), BoilercutParser())`.
    """

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        """Yield the article of a blob."""
        yield self._document_of(blob)


class BoilercutLoader(_Cleaning, BaseLoader):
    """Load files of HTML or text as documents with their articles; takes what `BoilercutTransformer` takes."""

    def __init__(self, paths: Iterable[str | PathLike[str]] | str | PathLike[str], **options: Any) -> None:
        super().__init__(**options)
        self._paths = [paths] if isinstance(paths, (str, PathLike)) else list(paths)

    def lazy_load(self) -> Iterator[Document]:
        """Yield the article of each file."""
        for path in self._paths:
            yield self._document_of(Blob.from_path(path))
