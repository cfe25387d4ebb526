"""What a page's head, and its scripts and frames, say about the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from boilercut.read.html.data import DataScript, data_script

__all__ = ["Head"]

MAX_DESCRIPTION_CHARACTERS = 5000
_DESCRIPTIONS = frozenset(("description", "og:description", "twitter:description"))
MAX_TYPES = 10_000
"""Types that are taken note of; a training page declares 3433 at most, and what counts is which there are."""
_SCHEMA_TYPE = re.compile(r'"@type"\s*+:\s*+\[?+\s*+"([A-Za-z]{1,60})"')


class Head:
    """Collects what elements that are not read say: the title, metadata, scripts with data, framed documents."""

    __slots__ = ("_metadata", "_types", "frames", "scripts", "title")

    def __init__(self) -> None:
        self.title = ""
        self._metadata: dict[str, str] = {}
        self._types: list[str] = []
        self.scripts: list[DataScript] = []
        self.frames: list[str] = []

    @property
    def metadata(self) -> dict[str, str]:
        """What the page says about itself, the schema.org types of its scripts among it."""
        return {**self._metadata, "schema": " ".join(self._types)} if self._types else self._metadata

    @property
    def shown_title(self) -> str:
        """The title that stands for the page: its own, or the one it gives to those who link to it."""
        return self.title or self._metadata.get("og:title", "")

    def describe(self, tag: str, attributes: Mapping[str, str | None], text: str) -> None:
        """Take note of what an element of the page's head says about the page."""
        if tag == "title":
            self.title = self.title or " ".join(text.split())
        elif tag == "script":
            self._describe_by_script(attributes.get("type") or "", text)
        elif tag == "iframe" and (source := attributes.get("srcdoc")):
            self.frames.append(source)
        elif tag == "meta":
            name = attributes.get("property") or attributes.get("name") or ""
            content = attributes.get("content") or ""
            if name.startswith("og:"):
                self._metadata.setdefault(name, content)
            if name.lower() in _DESCRIPTIONS:
                self._metadata["description"] = f"{self._metadata.get('description', '')}\n{content}"[
                    :MAX_DESCRIPTION_CHARACTERS
                ]
            elif name == "og:url":
                self._metadata.setdefault("address", content)
        elif tag == "link" and (attributes.get("rel") or "").lower() == "canonical":
            self._metadata["address"] = attributes.get("href") or ""

    def _describe_by_script(self, kind: str, text: str) -> None:
        if "json" in kind:
            found = islice(_SCHEMA_TYPE.finditer(text), MAX_TYPES - len(self._types))
            self._types += [match[1] for match in found]
        if script := data_script(kind, text):
            self.scripts.append(script)
