"""Clean LangChain documents (extra `langchain`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from boilercut.cutter import Cutter
from boilercut.extras import needs_extra
from boilercut.fields import articles_or_errors, metadata_of
from boilercut.page import PageKind
from boilercut.results import Article

with needs_extra("langchain"):
    from langchain_core.documents import BaseDocumentTransformer, Document

__all__ = ["BoilercutTransformer"]


class BoilercutTransformer(BaseDocumentTransformer):
    """Replace what documents hold, HTML or extracted text, by the article.

    As many documents come back as went in, in their order; the ones given are not changed. Metadata is kept,
    and gains `confidence`, and `title` where the page has one and the document does not. A document that cannot
    be cut comes back empty, with the reason as `boilercut_error` in its metadata. `kind` is the kind of all
    documents, if it is known; `options` are those of `Config`.
    """

    def __init__(self, *, kind: PageKind | None = None, **options: Any) -> None:
        self._kind, self._cutter = kind, Cutter(**options)

    def transform_documents(self, documents: Sequence[Document], **kwargs: Any) -> list[Document]:
        """Return the documents with their articles."""
        pages = [each.page_content for each in documents]
        answers = articles_or_errors(self._cutter, pages, self._kind)
        return [_with_answer(document, answer) for document, answer in zip(documents, answers, strict=True)]


def _with_answer(document: Document, answer: Article | Exception) -> Document:
    text, before, behind = metadata_of(answer)
    return document.model_copy(update={"page_content": text, "metadata": {**before, **document.metadata, **behind}})
