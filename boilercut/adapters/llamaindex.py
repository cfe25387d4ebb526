"""Clean LlamaIndex nodes (extra `llamaindex`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from boilercut.cutter import Cutter
from boilercut.extras import needs_extra
from boilercut.fields import articles_or_errors, metadata_of
from boilercut.fingerprint import fingerprint, in_order
from boilercut.page import PageKind
from boilercut.results import Article

with needs_extra("llamaindex"):
    from llama_index.core.bridge.pydantic import PrivateAttr
    from llama_index.core.schema import BaseNode, Document, TextNode, TransformComponent

__all__ = ["BoilercutComponent"]


class BoilercutComponent(TransformComponent):
    """Replace the text of documents and text nodes, HTML or extracted text, by the article.

    For `IngestionPipeline(transformations=[BoilercutComponent(), ...])`, before the splitter. As many nodes
    come back as went in, in their order, and the ones given are not changed. Metadata is kept, and gains
    `confidence`, and `title` where the page has one and the node does not. A node that cannot be cut comes back
    empty, with the reason as `boilercut_error` in its metadata. `kind` is the kind of all nodes, if it is known;
    `options` are those of `Config`.
    """

    kind: PageKind | None = None
    options: dict[str, Any]
    fingerprint: str = ""
    """Of options, models and version: the cache of an ingestion pipeline tells components apart by their fields."""
    _cutter: Cutter = PrivateAttr()

    def __init__(self, *, kind: PageKind | None = None, options: dict[str, Any] | None = None, **more: Any) -> None:
        for name in ("class_name", "fingerprint"):  # stored with the component; the latter is computed anew
            more.pop(name, None)
        chosen = in_order({**(options or {}), **more})
        cutter = Cutter(**chosen)
        super().__init__(kind=kind, options=chosen, fingerprint=fingerprint(cutter.config))
        self._cutter = cutter

    @classmethod
    def class_name(cls) -> str:
        """Return the name under which LlamaIndex stores the component."""
        return "BoilercutComponent"

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[BaseNode]:
        """Return the nodes with their articles."""
        pages = [each.text for each in nodes if _holds_text(each)]
        answers = iter(articles_or_errors(self._cutter, pages, self.kind))
        return [_with_answer(each, next(answers)) if _holds_text(each) else each for each in nodes]


def _holds_text(node: BaseNode) -> bool:
    return isinstance(node, (Document, TextNode))


def _with_answer(node: BaseNode, answer: Article | Exception) -> BaseNode:
    text, before, behind = metadata_of(answer)
    copy = node.model_copy(update={"metadata": {**before, **node.metadata, **behind}, "embedding": None})
    copy.set_content(text)
    return copy
