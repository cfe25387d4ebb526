"""Clean LangChain documents (extra `langchain`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from boilercut.cutter import Cutter
from boilercut.extras import needs_extra
from boilercut.fields import storable
from boilercut.vocabulary import PageKind

with needs_extra("langchain"):
    from langchain_core.documents import BaseDocumentTransformer, Document

__all__ = ["BoilercutTransformer"]


class BoilercutTransformer(BaseDocumentTransformer):
    """Replace what documents hold, HTML or extracted text, by the article.

    As many documents come back as went in, in their order; the ones given are not changed. Metadata is kept,
    and gains `confidence`, and `title` where the page has one and the document does not. `kind` says what
    the documents hold, if it is known; `options` are those of `Config`.
    """

    def __init__(self, *, kind: PageKind | None = None, **options: Any) -> None:
        self._kind, self._cutter = kind, Cutter(**options)

    def transform_documents(self, documents: Sequence[Document], **kwargs: Any) -> list[Document]:
        """Return the documents with their articles."""
        articles = self._cutter.articles((each.page_content for each in documents), kind=self._kind)
        return [
            document.model_copy(
                update={
                    "page_content": storable(article.text),
                    "metadata": {
                        **({"title": storable(article.title)} if article.title else {}),
                        **document.metadata,
                        "confidence": article.confidence,
                    },
                }
            )
            for document, article in zip(documents, articles, strict=True)
        ]
