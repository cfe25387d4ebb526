"""Steps of a datatrove pipeline (extra `datatrove`): an extractor for HTML, and a formatter for extracted text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from boilercut.cutter import Cutter
from boilercut.extras import needs_extra
from boilercut.fields import Answers, articles_or_errors, extras_of
from boilercut.read.sniff import kind_of
from boilercut.results import Article

with needs_extra("datatrove"):
    from datatrove.pipeline.extractors.base import BaseExtractor
    from datatrove.pipeline.formatters.base import BaseFormatter
    from datatrove.utils.logging import logger

__all__ = ["BoilercutExtractor", "BoilercutFormatter"]

TIMEOUT_SECONDS = 10.0
"""datatrove's own second is short for the start of the process that it runs an extractor in, which loads the model."""
METADATA_FIELDS = ("title", "confidence", "kept", "cut")
"""Fields that are added to the metadata of documents by default."""


class _Answer(str):
    """The text of an article on its way out of the process that datatrove runs an extractor in, with the article."""

    __slots__ = ("article",)
    article: Article

    def __reduce__(self) -> tuple[Any, ...]:
        return _answer, (str(self), self.article)


def _answer(text: str, article: Article) -> _Answer:
    made = _Answer(text)
    made.article = article
    return made


class BoilercutExtractor(BaseExtractor):
    """Replace the HTML of each document by its article; documents without one are dropped, as datatrove does.

    `content` is what they hold then: `"text"`, `"markdown"` or `"html"`. Their metadata gains `fields` (see
    `boilercut.fields.COLUMN_FIELDS`); a `title` that is there stays. The statistics count blocks by outcome:
    `kept_blocks`, and `cut_navigation`, `cut_newsletter` and so on for each kind of boilerplate.

    A document that cannot be cut, or takes too long, is dropped too; datatrove logs and counts it.
    `timeout` is in seconds a document; `options` are those of `Config`.
    """

    name = "✂️ Boilercut"
    _requires_dependencies = ["boilercut"]  # noqa: RUF012 - the name that datatrove reads

    def __init__(
        self,
        timeout: float = TIMEOUT_SECONDS,
        *,
        content: str = "text",
        fields: Sequence[str] = METADATA_FIELDS,
        **options: Any,
    ) -> None:
        super().__init__(timeout)
        self._answers = Answers(Cutter(**options), content=content, fields=fields, kind="html")

    def extract(self, text: str) -> str:
        """Return the article of a page."""
        own = self._answers
        [article] = own.cutter.articles([text], kind="html", fields=extras_of([own.content, *own.fields]))
        return _answer(own.parts_of(article)[0], article)

    def run(self, data: Iterable[Any], rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """Yield the documents that have an article, with their metadata."""
        for document in super().run(data, rank, world_size):
            _count(self, document.text.article, "kept_blocks")
            text, before, behind = self._answers.parts_of(document.text.article)
            document.text, document.metadata = text, {**before, **document.metadata, **behind}
            yield document


class BoilercutFormatter(BaseFormatter):
    """Cut the boilerplate lines out of documents that hold extracted text; the other lines stay as they are.

    Every document is passed on, if need be with an empty text. Its metadata gains `fields`. The statistics count
    lines by outcome: `kept_lines`, and `cut_navigation`, `cut_newsletter` and so on for each kind of boilerplate;
    documents that hold HTML, which is for `BoilercutExtractor`, are counted as `holds_html`, and logged once. A
    document that cannot be cut is logged, counted as `failed`, and passed on with an empty text.
    """

    name = "✂️ Boilercut"
    _requires_dependencies = ["boilercut"]  # noqa: RUF012 - the name that datatrove reads

    def __init__(self, *, fields: Sequence[str] = METADATA_FIELDS, **options: Any) -> None:
        super().__init__()
        self._answers = Answers(Cutter(**options), fields=fields, kind="text")
        self._has_warned = False

    def format(self, text: str) -> str:
        """Return the lines of a text that are its article."""
        return self._formatted(text)[0]

    def run(self, data: Iterable[Any], rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """Yield the documents with their articles and their metadata."""
        for document in data:
            self.stat_update("total")
            with self.track_time():
                text, before, behind = self._formatted(document.text)
                document.text, document.metadata = text, {**before, **document.metadata, **behind}
            yield document

    def _formatted(self, text: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
        own = self._answers
        self._warn_of_html(text)
        [article] = articles_or_errors(own.cutter, [text], "text", extras_of(own.fields))
        if isinstance(article, Exception):
            self.stat_update("failed", value=1)
        else:
            _count(self, article, "kept_lines")
        return own.parts_of(article)

    def _warn_of_html(self, text: str) -> None:
        if kind_of(text) != "html":
            return
        self.stat_update("holds_html")
        if not self._has_warned:
            self._has_warned = True
            logger.warning("a document holds HTML, and is cut as text: use BoilercutExtractor (said once)")


def _count(step: Any, article: Article, kept: str) -> None:
    step.stat_update(kept, value=article.kept)
    for kind, number in article.cut_kinds.items():
        step.stat_update(f"cut_{kind}", value=number)
    if article.truncated:
        step.stat_update("truncated")
