"""Clean a column of a Hugging Face dataset with `map(batched=True)`, or of anything that maps dicts of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from boilercut.cutter import Cutter
from boilercut.errors import ConfigError
from boilercut.fields import DEFAULT_FIELDS, article_columns, checked_fields
from boilercut.fingerprint import fingerprint, in_order
from boilercut.page import PageKind

__all__ = ["CleanPages"]


class CleanPages:
    """A function from a batch of columns to new columns, for `dataset.map(CleanPages("html"), batched=True)`.

    `options` are those of `Config`. It can be pickled, and pickles to the same bytes in every process, so
    that the cache of a dataset is found again until the options, the models or boilercut's version change.

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
        kind: PageKind | None = None,
        **options: Any,
    ) -> None:
        self.column, self.fields, self.prefix, self.kind = column, checked_fields(fields), prefix, kind
        self._options = options
        self._cutter = Cutter(**options)

    def __call__(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """Return the new columns of a batch; a page that cannot be cut has None, and is logged as an error.

        Raises `ConfigError` if there is no such column.
        """
        if self.column not in batch:
            raise ConfigError(f"column {self.column!r} is none of {', '.join(batch)}")
        found = article_columns(self._cutter, batch[self.column], self.fields, kind=self.kind)
        return {self.prefix + name: values for name, values in found.items()}

    def __getstate__(self) -> dict[str, Any]:
        """Return what the answers depend on, the same bytes in every process."""
        return {
            "column": self.column,
            "fields": self.fields,
            "prefix": self.prefix,
            "kind": self.kind,
            "options": in_order(self._options),
            "fingerprint": fingerprint(self._cutter.config),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make the cutter again."""
        names = {name: state[name] for name in ("fields", "prefix", "kind")}
        self.__init__(state["column"], **names, **state["options"])  # type: ignore[misc]
