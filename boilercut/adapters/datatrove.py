"""Steps of a datatrove pipeline (extra `datatrove`): an extractor for HTML, and a formatter for extracted text."""

from __future__ import annotations

from typing import Any

from boilercut.cutter import Cutter
from boilercut.extras import needs_extra
from boilercut.fields import articles_or_errors

with needs_extra("datatrove"):
    from datatrove.pipeline.extractors.base import BaseExtractor
    from datatrove.pipeline.formatters.base import BaseFormatter

__all__ = ["BoilercutExtractor", "BoilercutFormatter"]

TIMEOUT_SECONDS = 10.0
"""datatrove's own second is short for the start of the process that it runs an extractor in, which loads the model."""


class BoilercutExtractor(BaseExtractor):
    """Replace the HTML of each document by its article; documents without one are dropped, as datatrove does.

    A document that cannot be cut, or takes too long, is dropped too; datatrove logs and counts it.
    `timeout` is in seconds a document; `options` are those of `Config`.
    """

    name = "✂️ Boilercut"
    _requires_dependencies = ["boilercut"]  # noqa: RUF012 - the name that datatrove reads

    def __init__(self, timeout: float = TIMEOUT_SECONDS, **options: Any) -> None:
        super().__init__(timeout)
        self._cutter = Cutter(**options)

    def extract(self, text: str) -> str:
        """Return the article of a page."""
        return self._cutter.clean(text, kind="html")


class BoilercutFormatter(BaseFormatter):
    """Cut the boilerplate lines out of documents that hold extracted text; the other lines stay as they are.

    Every document is passed on, if need be with an empty text. The statistics count lines by outcome: `kept_lines`,
    and `cut_navigation`, `cut_newsletter` and so on for each kind of boilerplate. A document that cannot be cut is
    logged, counted as `failed`, and passed on with an empty text.
    """

    name = "✂️ Boilercut"
    _requires_dependencies = ["boilercut"]  # noqa: RUF012 - the name that datatrove reads

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self._cutter = Cutter(**options)

    def format(self, text: str) -> str:
        """Return the lines of a text that are its article."""
        [article] = articles_or_errors(self._cutter, [text], "text")
        if isinstance(article, Exception):
            self.stat_update("failed", value=1)
            return ""
        self.stat_update("kept_lines", value=article.kept)
        for kind, number in article.cut_kinds.items():
            self.stat_update(f"cut_{kind}", value=number)
        return article.text
