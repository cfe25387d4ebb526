"""What a page's head, and its scripts and frames, say about the page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from boilercut.read.data import DataScript, data_script

__all__ = ["Head"]

MAX_DESCRIPTION_CHARACTERS = 5000
_DESCRIPTIONS = frozenset(("description", "og:description", "twitter:description"))
# White space between fixed marks, and a bounded run: it cannot backtrack badly.
_SCHEMA_TYPE = re.compile(r'"@type"\s*:\s*\[?\s*"([A-Za-z]{1,60})"')


class Head:
    """Collects what elements that are not read say: the title, metadata, scripts with data, framed documents."""

    __slots__ = ("frames", "metadata", "scripts", "title")

    def __init__(self) -> None:
        self.title = ""
        self.metadata: dict[str, str] = {}
        self.scripts: list[DataScript] = []
        self.frames: list[str] = []

    @property
    def shown_title(self) -> str:
        """The title that stands for the page: its own, or the one it gives to those who link to it."""
        return self.title or self.metadata.get("og:title", "")

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
                self.metadata.setdefault(name, content)
            if name.lower() in _DESCRIPTIONS:
                self.metadata["description"] = f"{self.metadata.get('description', '')}\n{content}"[
                    :MAX_DESCRIPTION_CHARACTERS
                ]
            elif name == "og:url":
                self.metadata.setdefault("address", content)
        elif tag == "link" and (attributes.get("rel") or "").lower() == "canonical":
            self.metadata["address"] = attributes.get("href") or ""

    def _describe_by_script(self, kind: str, text: str) -> None:
        if "json" in kind:
            types = " ".join(_SCHEMA_TYPE.findall(text))
            self.metadata["schema"] = f"{self.metadata.get('schema', '')} {types}".strip()
        if script := data_script(kind, text):
            self.scripts.append(script)
