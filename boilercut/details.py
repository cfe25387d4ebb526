"""What a result computes when it is first asked for: verdicts, evidence, spans, HTML and metadata.

Modules that only some of these need are loaded with them: most callers ask for the text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from boilercut.arrays import Booleans, Floats
from boilercut.decide import Decision
from boilercut.decide.kind_model import KnownKinds
from boilercut.page import Page
from boilercut.render.markdown import markdown_of
from boilercut.results import Comment, Evidence, Metadata, Verdict

__all__ = ["Explanation", "KnownDetails", "Named", "NamedOnce", "PageDetails", "html_of", "metadata_of"]

_EVIDENCE = partial(tuple.__new__, Evidence)


def html_of(page: Page, keep: Booleans) -> str:
    """Return the kept blocks of a page as clean HTML."""
    from boilercut.read.html.subtree import kept_subtree
    from boilercut.render.fragment import html_fragment, paragraphs

    if page.kind == "text":
        return paragraphs(page, keep)
    return html_fragment(page, keep, kept_subtree(page, keep), page.url)


def _written(page: Page, among: Booleans, around: Booleans) -> tuple[Comment, ...]:
    """Return the marked blocks of a page as comments; blocks `around` may say who wrote them."""
    from boilercut.render.comments import comments_of, lines_of

    if page.kind == "text":
        return lines_of(page, among)
    from boilercut.read.html.subtree import kept_subtree

    return comments_of(page, kept_subtree(page, around), among) if among.any() else ()


def metadata_of(page: Page) -> Metadata:
    """Return what a page declares about itself."""
    from boilercut.read.html.metadata import read_metadata

    return read_metadata(page)


@dataclass(frozen=True)
class Explanation:
    """What every detector adds to the score of every block, in log-odds."""

    detectors: Sequence[str]
    shares: Floats
    """One row per block, one column per detector."""
    base: float
    """The log-odds that all blocks start from."""
    site_pages: Sequence[tuple[int, int]] | None = None
    """With a profile of the site: on how many of its other pages each block stands, of how many."""

    def of(self, index: int) -> tuple[Evidence, ...]:
        """Return the evidence on one block, largest first."""
        row = self.shares[index].tolist()
        names = self.detectors
        return tuple([_EVIDENCE((names[number], row[number])) for number in self._ranked[index] if row[number]])

    @cached_property
    def _ranked(self) -> list[list[int]]:
        """For each block the detectors by their share, the largest first."""
        ranked: list[list[int]] = np.argsort(-np.abs(self.shares), axis=1, kind="stable").tolist()
        return ranked


@dataclass(frozen=True, kw_only=True)
class KnownDetails:
    """The details of a result, computed already: what is pickled."""

    verdicts: tuple[Verdict, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    base: float = 0.0
    page_types: Mapping[str, float] = field(default_factory=dict)
    article_probability: float | None = None
    comments: tuple[Comment, ...] = ()
    posts: tuple[Comment, ...] = ()
    html: str = ""
    metadata: Metadata = field(default_factory=Metadata)

    def markdown(self, html: str) -> str:
        """Return the HTML as Markdown."""
        return markdown_of(html)


@dataclass(frozen=True, kw_only=True)
class Named:
    """What the blocks of a page are called."""

    kinds: Sequence[str]
    """Each block's kind."""
    tags: Sequence[str | None]
    commented: Booleans
    """Marks the blocks of the comments below the article."""
    written: Booleans
    """Marks those of them that somebody wrote, rather than buttons and labels beside them."""
    known: KnownKinds
    """What explains the kinds."""


class NamedOnce:
    """Names the blocks when it is first called, and then drops what that needed."""

    def __init__(self, compute: Callable[[], Named]) -> None:
        self._compute: Callable[[], Named] | None = compute
        self._found: Named | None = None

    def __call__(self) -> Named:
        """Return the names."""
        if self._found is None and (compute := self._compute) is not None:
            self._found = compute()
            self._compute = None
        assert self._found is not None
        return self._found


@dataclass(frozen=True, kw_only=True)
class PageDetails:
    """The page of a result and what was decided of it; computes the rest."""

    page: Page
    decision: Decision
    name: NamedOnce
    """Names the blocks; until it is called, their columns are kept."""
    page_types: Mapping[str, float]
    article_probability: float | None
    explain: Callable[[], Explanation]
    """Runs the detectors on the page again, whose columns take more memory than all that is kept."""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One verdict per block."""
        text, decision, named = self.page.text, self.decision, self.name()
        bounds = zip(self.page.starts.tolist(), self.page.ends.tolist(), strict=True)
        keep, chances = decision.keep.tolist(), decision.probabilities.tolist()
        columns = zip(bounds, keep, chances, named.kinds, decision.overruled, named.tags, strict=True)
        return tuple(
            Verdict(
                index=index,
                text=text[start:end],
                keep=keep,
                probability=probability,
                kind=kind,
                overruled=overruled,
                tag=tag,
                reasons=self,
            )
            for index, ((start, end), keep, probability, kind, overruled, tag) in enumerate(columns)
        )

    @property
    def counts(self) -> Mapping[str, int]:
        """How many blocks there are of each kind."""
        return Counter(self.name().kinds)

    @property
    def base(self) -> float:
        """The log-odds that all blocks start from."""
        return self._explanation.base

    @property
    def comments(self) -> tuple[Comment, ...]:
        """What readers wrote below the article."""
        named = self.name()
        return _written(self.page, named.written, named.commented)

    @property
    def posts(self) -> tuple[Comment, ...]:
        """The posts of a thread; of any other page none."""
        is_thread = next(iter(self.page_types), "") == "thread"
        return _written(self.page, self.decision.keep, np.ones_like(self.decision.keep)) if is_thread else ()

    @property
    def html(self) -> str:
        """The kept blocks as clean HTML."""
        return html_of(self.page, self.decision.keep)

    def markdown(self, html: str) -> str:
        """Return the HTML as Markdown."""
        return markdown_of(html)

    @property
    def metadata(self) -> Metadata:
        """What the page declares about itself."""
        return metadata_of(self.page)

    def __reduce__(self) -> tuple[Any, ...]:
        known = KnownDetails(
            verdicts=self.verdicts,
            counts=dict(self.counts),
            base=self.base,
            page_types=dict(self.page_types),
            article_probability=self.article_probability,
            comments=self.comments,
            posts=self.posts,
            html=self.html,
            metadata=self.metadata,
        )
        return replace, (known,)

    def evidence(self, index: int) -> tuple[Evidence, ...]:
        """Return the evidence on a block, largest first."""
        return self._explanation.of(index)

    def kinds(self, index: int) -> Mapping[str, float]:
        """Return the kinds of boilerplate that a block would be, most likely first."""
        return self.name().known.probabilities(index)

    def kind_evidence(self, index: int) -> tuple[Evidence, ...]:
        """Return what speaks for the most likely of these kinds rather than the next, largest first."""
        return self.name().known.evidence(index)

    def span(self, index: int) -> tuple[int, int] | None:
        """Return where a block stands in the input."""
        return self._spans[index]

    def site_pages(self, index: int) -> tuple[int, int] | None:
        """Return on how many other pages of the site a block stands, of how many."""
        known = self._explanation.site_pages
        return None if known is None else known[index]

    def compute_reasons(self) -> None:
        """Compute kinds, evidence and spans now: where there is a budget of time, it covers them."""
        _ = self.name(), self._explanation, self._spans

    @cached_property
    def _explanation(self) -> Explanation:
        return self.explain()

    @cached_property
    def _spans(self) -> Sequence[tuple[int, int] | None]:
        if self.page.kind == "text":
            return list(zip(self.page.starts.tolist(), self.page.ends.tolist(), strict=True))
        from boilercut.read.html.spans import source_spans

        return source_spans(self.page)
