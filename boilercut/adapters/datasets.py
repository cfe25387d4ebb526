"""Clean a column of a Hugging Face dataset with `map`, or of anything that maps dicts of columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from boilercut.cutter import Cutter
from boilercut.errors import ConfigError
from boilercut.fields import DEFAULT_FIELDS, article_columns, checked_fields
from boilercut.fingerprint import fingerprint, in_order
from boilercut.page import Located, PageKind

__all__ = ["CleanPages"]


class CleanPages:
    """A function from a batch of columns to new columns, for `dataset.map(CleanPages("html"), batched=True)`.

    Given a row, as `map` does without `batched=True`, it returns the new values of the row; that is slower, for pages
    are then not stacked. `fields` are names of `boilercut.fields.COLUMN_FIELDS`, `urls` is the column of the pages'
    addresses, if there is one, and `options` are those of `Config`.

    It can be pickled, and pickles to the same bytes in every process, so that the cache of a dataset is found again
    until the options, the models or boilercut's version change.

    >>> clean = CleanPages("html", fields=["text"])
    >>> clean({"html": ["<p>The river rose by two metres on Monday night.</p>", None]})
    {'text': ['The river rose by two metres on Monday night.', None]}
    """

    def __init__(
        self,
        column: str,
        *,
        fields: Sequence[str] = DEFAULT_FIELDS,
        prefix: str = "",
        urls: str | None = None,
        kind: PageKind | None = None,
        **options: Any,
    ) -> None:
        self.column, self.fields, self.prefix, self.kind = column, checked_fields(fields), prefix, kind
        self.urls = urls
        self._options = options
        self._cutter = Cutter(**options)

    def __call__(self, batch: Any) -> dict[str, Any]:
        """Return the new columns of a batch; a page that cannot be cut has None, and is logged as an error.

        Raises `ConfigError` if there is no such column, or if `batch` is no batch.
        """
        if not (isinstance(batch, Mapping) or hasattr(batch, "columns")) or hasattr(batch, "schema"):
            raise ConfigError(
                f"{type(batch).__name__} is no batch of columns: use dataset.map(CleanPages(...), batched=True); for "
                "Arrow, use boilercut.arrow.clean_table"
            )
        for name in (self.column, self.urls):
            if name is not None and name not in batch:
                raise ConfigError(f"column {name!r} is none of {', '.join(map(str, batch))}")
        pages, urls = batch[self.column], self.urls and batch[self.urls]
        if pages is None or isinstance(pages, (str, bytes)):
            return {name: values[0] for name, values in self._columns([pages], urls and [urls]).items()}
        return self._columns(pages, urls)

    def _columns(self, pages: Iterable[Any], urls: Iterable[Any] | None) -> dict[str, list[Any]]:
        if urls is not None:
            pages = [None if page is None else Located(page, url) for page, url in zip(pages, urls, strict=True)]
        found = article_columns(self._cutter, pages, self.fields, kind=self.kind)
        return {self.prefix + name: values for name, values in found.items()}

    def __getstate__(self) -> dict[str, Any]:
        """Return what the answers depend on, the same bytes in every process."""
        return {
            "column": self.column,
            "fields": self.fields,
            "prefix": self.prefix,
            "urls": self.urls,
            "kind": self.kind,
            "options": in_order(self._options),
            "fingerprint": fingerprint(self._cutter.config),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make the cutter again."""
        names = {name: state[name] for name in ("fields", "prefix", "urls", "kind")}
        self.__init__(state["column"], **names, **state["options"])  # type: ignore[misc]
