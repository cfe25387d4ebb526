"""What users get: the result of a page, its verdicts, articles and metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from boilercut.page import PageKind

__all__ = [
    "BOILERPLATE_KINDS", "CONTENT_KINDS", "ARTICLE_EXTRAS", "Article", "Comment", "Details", "Evidence", "KnownReason",
    "Metadata", "Reasons", "Result", "SITE", "Verdict",
]  # fmt: skip

CONTENT_KINDS = (
    "title", "heading", "paragraph", "list", "table", "code", "quote", "caption", "byline", "post",
)  # fmt: skip
BOILERPLATE_KINDS = (
    "navigation", "related", "newsletter", "comments", "share", "cookie", "legal", "advert",
    "pagination", "form", "other",
)  # fmt: skip

MIN_SHOWN = 0.01
"""Less likely kinds of a block are left out of JSON."""
SITE = "site"
"""Name of the detector of what a site repeats."""
ARTICLE_EXTRAS = ("html", "markdown", "metadata")
"""Fields of `Article` that are filled in where they are asked for."""


class Evidence(NamedTuple):
    """What one detector added to a block's score, in log-odds: above zero for content, below for boilerplate."""

    detector: str
    log_odds: float


class Comment(NamedTuple):
    """What one reader wrote below an article, or one post of a thread."""

    author: str
    """As the page writes it; empty where the markup does not say who it is."""
    date: str
    """As the page declares it for machines, or else as it writes it; empty where the markup marks none."""
    text: str


class Reasons(Protocol):
    """Computes the evidence and the spans of a page's blocks when they are first asked for."""

    def evidence(self, index: int) -> tuple[Evidence, ...]:
        """Return the evidence on a block, largest first."""

    def kinds(self, index: int) -> Mapping[str, float]:
        """Return the kinds of boilerplate that a block would be, most likely first."""

    def kind_evidence(self, index: int) -> tuple[Evidence, ...]:
        """Return what speaks for the most likely of these kinds rather than the next, largest first."""

    def span(self, index: int) -> tuple[int, int] | None:
        """Return where a block stands in the input."""

    def site_pages(self, index: int) -> tuple[int, int] | None:
        """Return on how many other pages of the site a block stands, of how many."""


class KnownReason(NamedTuple):
    """The evidence on one block, and its span, computed already."""

    known_evidence: tuple[Evidence, ...] = ()
    known_span: tuple[int, int] | None = None
    known_site_pages: tuple[int, int] | None = None
    known_kinds: tuple[tuple[str, float], ...] = ()
    known_kind_evidence: tuple[Evidence, ...] = ()

    def evidence(self, index: int) -> tuple[Evidence, ...]:
        """Return the evidence."""
        return self.known_evidence

    def kinds(self, index: int) -> Mapping[str, float]:
        """Return the kinds."""
        return dict(self.known_kinds)

    def kind_evidence(self, index: int) -> tuple[Evidence, ...]:
        """Return the evidence on the kind."""
        return self.known_kind_evidence

    def span(self, index: int) -> tuple[int, int] | None:
        """Return the span."""
        return self.known_span

    def site_pages(self, index: int) -> tuple[int, int] | None:
        """Return on how many other pages of the site the block stands, of how many."""
        return self.known_site_pages


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verdict:
    """The decision on one block, and why."""

    index: int
    """Place on the page, from 0."""
    text: str
    keep: bool
    probability: float
    """How likely the block is content, from 0 to 1, before context had its say."""
    kind: str
    """One of `CONTENT_KINDS` if kept, one of `BOILERPLATE_KINDS` if cut: the most likely of `kinds`, unless a
    detector of yours, or a rule that leaves out comments or appended articles as one, knows it."""
    overruled: str | None
    """Name of the rule or option that overrode the score's verdict, if one did."""
    tag: str | None
    """The HTML tag of the block (`p`, `h2`, `li` …); None in plain text."""
    reasons: Reasons = field(repr=False)
    """Computes the evidence and the span."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Every detector's share of the score, largest first; with the page's `base` they add up to it."""
        return self.reasons.evidence(self.index)

    @property
    def kinds(self) -> Mapping[str, float]:
        """The kinds of boilerplate that the block would be, most likely first; the probabilities add up to 1."""
        return self.reasons.kinds(self.index)

    @property
    def kind_evidence(self) -> tuple[Evidence, ...]:
        """What speaks for the most likely of `kinds` rather than the next, by detector, largest first.

        The shares add up to the difference of the two in log-odds; the share `base` is the same for all blocks.
        """
        return self.reasons.kind_evidence(self.index)

    @property
    def span(self) -> tuple[int, int] | None:
        """Where the block stands in the input, `input[start:end]`, or in what bytes decode to.

        From HTML, the tags inside the block are included. None where that is not certain, and for lxml trees.
        """
        return self.reasons.span(self.index)

    @property
    def site_pages(self) -> tuple[int, int] | None:
        """On how many other pages of the site the block stands, of how many; None without a `SiteProfile`."""
        return self.reasons.site_pages(self.index)

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as plain values, ready for JSON."""
        return {
            "index": self.index,
            "keep": self.keep,
            "probability": round(self.probability, 6),
            "kind": self.kind,
            "kinds": {name: round(chance, 4) for name, chance in self.kinds.items() if chance >= MIN_SHOWN},
            "overruled": self.overruled,
            "evidence": {name: round(value, 4) for name, value in self.evidence},
            "span": self.span,
            "tag": self.tag,
            "text": self.text,
            **({} if self.site_pages is None else {"site_pages": self.site_pages}),
        }

    def _decision(self) -> tuple[object, ...]:
        return (self.index, self.text, self.keep, self.probability, self.kind, self.overruled, self.tag)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Verdict):
            return NotImplemented
        same = self is other or self._decision() == other._decision()
        return same and (self.evidence, self.span) == (other.evidence, other.span)

    def __hash__(self) -> int:
        return hash(self._decision())

    def __reduce__(self) -> tuple[Any, ...]:
        known = KnownReason(self.evidence, self.span, self.site_pages, tuple(self.kinds.items()), self.kind_evidence)
        return _verdict, (*self._decision(), known)


def _verdict(*values: Any) -> Verdict:
    return Verdict(**dict(zip([each.name for each in fields(Verdict)], values, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page declares about itself; a field is empty where the page declares nothing of the kind.

    Read from JSON-LD, Open Graph and other `meta` elements, microdata, `time`, `link` and the `lang` attribute.
    """

    title: str = ""
    """The headline, without the site's name; the one field for which the page's first heading is looked at, too."""
    authors: tuple[str, ...] = ()
    """Names of people or organisations, as they are written."""
    date: str = ""
    """When the text was published, as ISO 8601 (`2026-11-27`, with the time where the page gives one)."""
    language: str = ""
    """Language tag, such as `en` or `pt-BR`."""
    site: str = ""
    """Name of the site or publisher."""
    description: str = ""
    image: str = ""
    """Address of the picture that stands for the page."""
    url: str = ""
    """Address that the page gives as its own (its canonical address)."""
    licence: str = ""
    """Address or name of a licence."""

    @property
    def author(self) -> str:
        """The authors in one string."""
        return ", ".join(self.authors)

    def to_dict(self) -> dict[str, Any]:
        """Return the metadata as plain values, ready for JSON.

        >>> {name: value for name, value in Metadata(authors=("A. B.",)).to_dict().items() if value}
        {'authors': ['A. B.']}
        """
        return {**asdict(self), "authors": list(self.authors)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What became of a page, without its blocks: what pipelines want of each of many pages.

    >>> import boilercut
    >>> article = next(boilercut.Cutter().articles(["<p>The river rose by two metres on Monday night.</p>"]))
    >>> article.text, article.cut
    ('The river rose by two metres on Monday night.', 0)
    """

    text: str
    """The kept blocks as plain text; what `clean` returns."""
    title: str
    """The page's headline, without the site's name; of plain text, a line that the first line names."""
    confidence: float
    """The word-F1 that the probabilities lead to expect of this answer, from 0 to 1."""
    kept: int
    """How many blocks were kept."""
    cut_kinds: Mapping[str, int]
    """How many blocks of each of `BOILERPLATE_KINDS` were cut; kinds of which there were none are left out."""
    truncated: bool
    """Whether the page was beyond a budget, and only its beginning was read."""
    html: str | None = None
    """The kept blocks as clean HTML; None unless it was asked for, as are the next two."""
    markdown: str | None = None
    metadata: Metadata | None = None

    @property
    def cut(self) -> int:
        """How many blocks were cut."""
        return sum(self.cut_kinds.values())


class Details(Protocol):
    """The parts of a result that cost more than its text, computed when they are asked for; see `Result`."""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One verdict per block."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many blocks there are of each kind."""

    @property
    def base(self) -> float:
        """The log-odds that all blocks start from."""

    @property
    def page_types(self) -> Mapping[str, float]:
        """What the page is, with probabilities; of text nothing is known."""

    @property
    def article_probability(self) -> float | None:
        """How likely the page has an article, or another text of its own."""

    @property
    def comments(self) -> tuple[Comment, ...]:
        """What readers wrote below the article."""

    @property
    def posts(self) -> tuple[Comment, ...]:
        """The posts of a thread."""

    @property
    def html(self) -> str:
        """The kept blocks as clean HTML."""

    def markdown(self, html: str) -> str:
        """Return the HTML as Markdown."""

    @property
    def metadata(self) -> Metadata:
        """What the page declares about itself."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Result:
    """What became of a page: the article, and a verdict on every block.

    Text, title and confidence are there at once; the rest is computed when it is first asked for, and kept. Until
    then a result keeps the page as it was read: its source (or lxml tree), its text, and columns of whole numbers on
    its blocks and elements, together about three times the size of the source. For a few fields of
    very many pages, use `Cutter.articles`.

    Results can be pickled (everything is computed then, and the source is left out), compared, and shared between
    threads.

    >>> import boilercut
    >>> result = boilercut.extract("<h1>Flood</h1><p>The river rose by two metres on Monday night.</p>")
    >>> result.text == boilercut.clean("<h1>Flood</h1><p>The river rose by two metres on Monday night.</p>")
    True
    """

    kind: PageKind
    """Whether the page was read as HTML or as plain text."""
    text: str
    """The kept blocks as plain text; from plain text, a verbatim ordered subset of its lines."""
    title: str
    """The page's headline, without the site's name; of plain text, a line that the first line names."""
    confidence: float
    """The word-F1 that the probabilities lead to expect of this answer, from 0 to 1."""
    truncated: bool
    """Whether the page was beyond a budget, and only its beginning was read."""
    left_alone: bool
    """Whether this is text that looked clean already, of which nothing was cut."""
    details: Details
    """Computes the rest."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many blocks there are of each kind: of `CONTENT_KINDS` those kept, of `BOILERPLATE_KINDS` those cut."""
        return self.details.counts

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One verdict per block, in page order; evidence and spans are computed when they are first asked for."""
        return self.details.verdicts

    @cached_property
    def base(self) -> float:
        """Log-odds before any evidence; the same for all blocks."""
        return self.details.base

    @property
    def page_types(self) -> Mapping[str, float]:
        """The types of page, most likely first, with probabilities that add up to 1; empty for plain text.

        They are `article`, `thread`, `listing`, `product`, `documentation`, `service` and `other`.
        """
        return self.details.page_types

    @property
    def page_type(self) -> str:
        """What the page most likely is; empty for plain text.

        >>> import boilercut
        >>> boilercut.extract("The river rose by two metres.").page_type
        ''
        """
        return next(iter(self.page_types), "")

    @property
    def article_probability(self) -> float | None:
        """How likely the page has a text of its own, from 0 to 1; None for plain text.

        Home pages, archives, results of a search, error pages and forms to log in have none.
        """
        return self.details.article_probability

    @property
    def has_article(self) -> bool:
        """Whether the page has a text of its own: in HTML by `article_probability`, in plain text if a line is kept."""
        chance = self.article_probability
        return bool(self.text) if chance is None else chance >= 0.5

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """What readers wrote below the article; `include={"comments"}` puts it into the text."""
        return self.details.comments

    @cached_property
    def posts(self) -> tuple[Comment, ...]:
        """The posts that the text of a thread is made of, with who wrote each and when; empty for other pages."""
        return self.details.posts

    @cached_property
    def html(self) -> str:
        """The kept blocks as clean HTML; from plain text, paragraphs. `docs/output.md` lists what can be in it."""
        return self.details.html

    @cached_property
    def markdown(self) -> str:
        """The kept blocks as Markdown (CommonMark with tables); needs the extra `markdown`.

        Raises `MissingExtraError` where that is not installed.
        """
        return self.details.markdown(self.html)

    @cached_property
    def metadata(self) -> Metadata:
        """What the page declares about itself; empty for plain text."""
        return self.details.metadata

    @property
    def kept(self) -> tuple[Verdict, ...]:
        """The blocks that are the article."""
        return tuple(verdict for verdict in self.verdicts if verdict.keep)

    @property
    def cut(self) -> tuple[Verdict, ...]:
        """The blocks that were cut."""
        return tuple(verdict for verdict in self.verdicts if not verdict.keep)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values, ready for JSON; without HTML and Markdown, which are the text again."""
        return {
            "kind": self.kind,
            "title": self.title,
            "text": self.text,
            "confidence": round(self.confidence, 6),
            "truncated": self.truncated,
            "left_alone": self.left_alone,
            "page_types": {name: round(chance, 6) for name, chance in self.page_types.items()},
            "article_probability": None if self.article_probability is None else round(self.article_probability, 6),
            "comments": [comment._asdict() for comment in self.comments],
            "posts": [post._asdict() for post in self.posts],
            "metadata": self.metadata.to_dict(),
            "base": round(self.base, 4),
            "blocks": [verdict.to_dict() for verdict in self.verdicts],
        }

    def _summary(self) -> tuple[object, ...]:
        return (self.kind, self.text, self.title, self.confidence, self.truncated, self.left_alone)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Result):
            return NotImplemented
        if self is other or self._summary() != other._summary():
            return self is other
        return (self.base, self.verdicts, self.html, self.metadata) == (
            other.base, other.verdicts, other.html, other.metadata,
        )  # fmt: skip

    def __hash__(self) -> int:
        return hash(self._summary())

    def __repr__(self) -> str:
        start = self.text if len(self.text) <= 40 else self.text[:39] + "…"
        return f"Result(kind={self.kind!r}, title={self.title!r}, text={start!r}, confidence={self.confidence:.3f})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _result, (*self._summary(), self.details)


def _result(*values: Any) -> Result:
    return Result(**dict(zip([each.name for each in fields(Result)], values, strict=True)))
