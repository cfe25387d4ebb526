"""Steps of a datatrove pipeline (extra `datatrove`): an extractor, a formatter, and a step that learns from sites."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from boilercut.adapters.documents import Answers, located
from boilercut.cutter import Cutter
from boilercut.extras import needs_extra
from boilercut.fields import articles_or_errors, cutter_for, extras_of
from boilercut.page import PageKind, site_of
from boilercut.read.sniff import kind_of
from boilercut.results import Article
from boilercut.sites import SiteLearner, SiteProfile, merged

with needs_extra("datatrove"):
    from datatrove.io import DataFolderLike, get_datafolder
    from datatrove.pipeline.base import PipelineStep
    from datatrove.pipeline.extractors.base import BaseExtractor
    from datatrove.pipeline.formatters.base import BaseFormatter
    from datatrove.utils.logging import logger

__all__ = ["BoilercutExtractor", "BoilercutFormatter", "BoilercutSites"]

TIMEOUT_SECONDS = 10.0
"""datatrove's own second is short for the start of the process that it runs an extractor in, which loads the model."""
METADATA_FIELDS = ("title", "confidence", "kept", "cut")
"""Fields that are added to the metadata of documents by default."""


class _Carrier(str):
    """A text on its way into the process of an extractor, with its site, or out of it, with its article."""

    __slots__ = ("held",)
    held: Any

    def __reduce__(self) -> tuple[Any, ...]:
        return _carrying, (str(self), self.held)


def _carrying(text: str, held: object) -> _Carrier:
    made = _Carrier(text)
    made.held = held
    return made


class BoilercutSites(PipelineStep):
    """Learn what sites repeat, for the second pass over the same documents; all of them are passed on as they are.

    Each rank writes the profiles of its documents' sites into `output_folder`, which is then the `sites` of a
    `BoilercutExtractor` or, with `kind="text"`, of a `BoilercutFormatter`. The site of a document is the host of its
    address, which is looked for in the metadata `url`, `source` and `file_path`. The statistics count the `sites`, and
    documents without an address as `without_site`.
    """

    type = "📊 - STATS"
    name = "✂️ Boilercut sites"
    _requires_dependencies = ["boilercut"]  # noqa: RUF012 - the name that datatrove reads

    def __init__(self, output_folder: DataFolderLike, *, kind: PageKind = "html") -> None:
        super().__init__()
        self._folder = get_datafolder(output_folder)
        self._kind = kind

    def run(self, data: Iterable[Any], rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """Yield the documents, and write what they taught once there are no more."""
        learner = SiteLearner(self._kind)
        for document in data:
            with self.track_time():
                if not learner.add(_site_of(document), document.text):
                    self.stat_update("without_site")
            yield document
        with self._folder.open(f"{rank:05d}.jsonl", "wt", encoding="ascii") as file:
            for site, profile in sorted(learner.profiles.items()):
                file.write(json.dumps({"site": site, "profile": profile.to_json()}) + "\n")
        self.stat_update("sites", value=len(learner.profiles))


def _site_of(document: Any) -> str:
    return site_of(located(document.text, document.metadata).url or "")


def _read_sites(folder: DataFolderLike | None) -> dict[str, SiteProfile]:
    """Return the profiles that `BoilercutSites` wrote, of all ranks."""
    return {} if folder is None else merged(_stored_profiles(get_datafolder(folder)))


def _stored_profiles(folder: Any) -> Iterator[tuple[str, SiteProfile]]:
    for name in folder.list_files():
        with folder.open(name, "rt", encoding="ascii") as file:
            for row in map(json.loads, file):
                yield row["site"], SiteProfile.from_json(row["profile"], f"{name}, {row['site']}")


class BoilercutExtractor(BaseExtractor):
    """Replace the HTML of each document by its article; documents without one are dropped, as datatrove does.

    `content` is what they hold then: `"text"`, `"markdown"` or `"html"`. Their metadata gains `fields` (see
    `boilercut.fields.COLUMN_FIELDS`); a `title` that is there stays. The statistics count blocks by outcome:
    `kept_blocks`, and `cut_navigation`, `cut_newsletter` and so on for each kind of boilerplate.

    A document that cannot be cut, or takes too long, is dropped too; datatrove logs and counts it.
    `timeout` is in seconds a document; `sites` is the folder of `BoilercutSites`, if sites were learned; `options` are
    those of `Config`.
    """

    name = "✂️ Boilercut"
    _requires_dependencies = ["boilercut"]  # noqa: RUF012 - the name that datatrove reads

    def __init__(
        self,
        timeout: float = TIMEOUT_SECONDS,
        *,
        content: str = "text",
        fields: Sequence[str] = METADATA_FIELDS,
        sites: DataFolderLike | None = None,
        **options: Any,
    ) -> None:
        super().__init__(timeout)
        self._answers = Answers(Cutter(**options), content=content, fields=fields, kind="html")
        self._folder = sites
        self._sites: Mapping[str, SiteProfile] = {}

    def extract(self, text: str) -> str:
        """Return the article of a page."""
        own = self._answers
        cutter = cutter_for(text.held, own.cutter, self._sites) if isinstance(text, _Carrier) else own.cutter
        [article] = cutter.articles([str(text)], kind="html", fields=extras_of([own.content, *own.fields]))
        return _carrying(own.parts_of(article, {})[0], article)

    def run(self, data: Iterable[Any], rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """Yield the documents that have an article, with their metadata."""
        self._sites = _read_sites(self._folder)  # before the process starts that needs them
        for document in super().run(map(_with_site, data) if self._sites else data, rank, world_size):
            _count(self, document.text.held, "kept_blocks")
            document.text, document.metadata = self._answers.parts_of(document.text.held, document.metadata)
            yield document


def _with_site(document: Any) -> Any:
    document.text = _carrying(document.text, _site_of(document))
    return document


class BoilercutFormatter(BaseFormatter):
    """Cut the boilerplate lines out of documents that hold extracted text; the other lines stay as they are.

    Every document is passed on, if need be with an empty text. Its metadata gains `fields`. The statistics count
    lines by outcome: `kept_lines`, and `cut_navigation`, `cut_newsletter` and so on for each kind of boilerplate;
    documents that hold HTML, which is for `BoilercutExtractor`, are counted as `holds_html`, and logged once. A
    document that cannot be cut is logged, counted as `failed`, and passed on with an empty text. `sites` is the folder
    of `BoilercutSites`, if sites were learned.
    """

    name = "✂️ Boilercut"
    _requires_dependencies = ["boilercut"]  # noqa: RUF012 - the name that datatrove reads

    def __init__(
        self, *, fields: Sequence[str] = METADATA_FIELDS, sites: DataFolderLike | None = None, **options: Any
    ) -> None:
        super().__init__()
        self._answers = Answers(Cutter(**options), fields=fields, kind="text")
        self._folder = sites
        self._has_warned = False

    def format(self, text: str) -> str:
        """Return the lines of a text that are its article."""
        return self._answers.parts_of(self._article(text, self._answers.cutter), {})[0]

    def run(self, data: Iterable[Any], rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """Yield the documents with their articles and their metadata."""
        sites = _read_sites(self._folder)
        for document in data:
            self.stat_update("total")
            with self.track_time():
                cutter = cutter_for(_site_of(document), self._answers.cutter, sites)
                article = self._article(document.text, cutter)
                document.text, document.metadata = self._answers.parts_of(article, document.metadata)
            yield document

    def _article(self, text: str, cutter: Cutter) -> Article | Exception:
        self._warn_of_html(text)
        [article] = articles_or_errors(cutter, [text], "text", extras_of(self._answers.fields))
        if isinstance(article, Exception):
            self.stat_update("failed", value=1)
        else:
            _count(self, article, "kept_lines")
        return article

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
