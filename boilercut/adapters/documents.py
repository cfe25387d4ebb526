"""Articles as documents: what the adapters to LangChain, LlamaIndex, Haystack and datatrove share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from boilercut.accept import AnyPage
from boilercut.blocks.characters import storable
from boilercut.cutter import Cutter
from boilercut.errors import ConfigError, PageTypeError
from boilercut.fields import articles_or_errors, checked_fields, extras_of, stored
from boilercut.page import Located, PageKind
from boilercut.results import Article, Metadata

__all__ = ["CONTENTS", "DOCUMENT_FIELDS", "Answers", "checked_documents", "located"]

CONTENTS = ("text", "markdown", "html")
"""What documents can hold."""
DOCUMENT_FIELDS = ("title", "confidence")
"""Fields that are added to the metadata of documents by default."""

Document = TypeVar("Document")


class Answers:
    """What documents of a pipeline become: their text in one of `CONTENTS`, and fields for their metadata.

    >>> answers = Answers(Cutter(), fields=["kept"])
    >>> answers.of([Located("<p>The river rose by two metres on Monday night.</p>", None)], [{"title": "The river"}])
    [('The river rose by two metres on Monday night.', {'title': 'The river', 'kept': 1})]
    """

    def __init__(
        self,
        cutter: Cutter,
        *,
        content: str = "text",
        fields: Sequence[str] = DOCUMENT_FIELDS,
        kind: PageKind | None = None,
    ) -> None:
        if content not in CONTENTS:
            raise ConfigError(f"content {content!r}: use one of {', '.join(CONTENTS)}")
        self.content, self.fields, self.kind = content, checked_fields(fields) if fields else (), kind
        self.cutter = cutter

    def of(
        self, pages: Sequence[AnyPage | Located], metadata: Iterable[Mapping[str, Any]]
    ) -> list[tuple[str, dict[str, Any]]]:
        """Return for each page its text, and the metadata of its document with what it gains."""
        extras = extras_of([self.content, *self.fields])
        answers = articles_or_errors(self.cutter, pages, self.kind, extras)
        return [self.parts_of(answer, known) for answer, known in zip(answers, metadata, strict=True)]

    def parts_of(self, answer: Article | Exception, metadata: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the same for one answer; an error gives no text, and its message as metadata.

        A title, and what the page declares, that the document has already stays.
        """
        if isinstance(answer, Exception):
            return "", {**metadata, "boilercut_error": storable(f"{type(answer).__name__}: {answer}")}
        before, behind = dict[str, Any](), dict[str, Any]()
        for name in self.fields:
            if name == "metadata" and answer.metadata is not None:
                before |= _declared(answer.metadata)
            elif name == "title":
                before |= {"title": storable(answer.title)} if answer.title else {}
            else:
                behind[name] = stored(getattr(answer, name))
        return storable(getattr(answer, self.content) or ""), {**before, **metadata, **behind}


def _declared(metadata: Metadata) -> dict[str, str]:
    """Return what a page declares as plain strings, without what it does not declare."""
    found = {**metadata.to_dict(), "authors": metadata.author}
    return {name: storable(value) for name, value in found.items() if value}


def checked_documents(documents: Sequence[Document], document_type: type[Document], noun: str) -> Sequence[Document]:
    """Return a list of an engine's documents; raise `PageTypeError` for anything else."""
    if isinstance(documents, (document_type, str, bytes)):
        raise PageTypeError(f"{type(documents).__name__} is no list of {noun}s: put it into one")
    for each in documents:
        if not isinstance(each, document_type):
            raise PageTypeError(f"a {noun} is a {document_type.__name__}, not {type(each).__name__}")
    return documents


def located(page: str, metadata: Mapping[str, Any]) -> Located:
    """Return a page with its address, where a document's metadata has one under a usual name."""
    found = (metadata.get(name) for name in ("url", "source", "file_path"))
    return Located(page, next((each for each in found if str(each).startswith(("http://", "https://"))), None))
