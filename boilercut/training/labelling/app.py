"""Answer what the labelling page asks for: the list of pages, one page, and labels to keep."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from string import Template
from threading import Lock
from typing import Any

from boilercut.cutter import Cutter
from boilercut.errors import InputError
from boilercut.render.report import asset, content_policy
from boilercut.results import BOILERPLATE_KINDS, CONTENT_KINDS, Result, Verdict
from boilercut.training.label_files import LabelledPage
from boilercut.training.labelling.queue import Task
from boilercut.training.labelling.store import LabelStore

__all__ = ["LabelApp"]

KEYS = {
    "title": "t", "heading": "h", "paragraph": "p", "list": "l", "table": "a", "code": "c", "quote": "q",
    "caption": "i", "byline": "b", "post": "o", "navigation": "n", "related": "r", "newsletter": "w",
    "comments": "m", "share": "s", "cookie": "k", "legal": "g", "advert": "d", "pagination": "e", "form": "f",
    "other": "x",
}  # fmt: skip
"""The key that picks each kind."""
CACHED_RESULTS = 8
"""Pages whose blocks are kept, so that saving a page does not cut it again."""


class LabelApp:
    """The pages to label and the file that the labels go to; may be used from several threads."""

    def __init__(self, tasks: list[Task], store: LabelStore, cutter: Cutter) -> None:
        self.tasks, self.store = tasks, store
        self._lock = Lock()
        self._result = lru_cache(CACHED_RESULTS)(
            lambda number: cutter.extract(self.tasks[number].page, kind=self.tasks[number].kind)
        )

    @property
    def done(self) -> int:
        """How many of the pages have labels."""
        return sum(task.key in self.store for task in self.tasks)

    def page(self) -> tuple[str, str]:
        """Return the HTML of the labelling page, and its content security policy."""
        script, style = _own("label.js"), asset("boilercut.render.report", "report.css") + _own("label.css")
        policy = content_policy(script, style) + "; connect-src 'self'; frame-ancestors 'none'"
        return Template(_own("label.html")).substitute(script=script, style=style), policy

    def overview(self) -> dict[str, Any]:
        """Return the list of pages, and the kinds that there are."""
        return {
            "file": str(self.store.file),
            "pages": [{"name": task.name, "done": task.key in self.store} for task in self.tasks],
            "kinds": [[kind, kind in CONTENT_KINDS, KEYS[kind]] for kind in (*CONTENT_KINDS, *BOILERPLATE_KINDS)],
        }

    def task(self, number: int) -> dict[str, Any]:
        """Return a page's blocks with what was chosen for them before, or else what the model suggests."""
        task, result = self._known(number)
        verdicts = result.verdicts
        choices = self.store.get(task.key)
        if choices is None or len(choices) != len(verdicts):
            choices = tuple((verdict.keep, verdict.kind) for verdict in verdicts)
        return {
            "key": task.key,
            "name": task.name,
            "url": task.url,
            "confidence": round(result.confidence, 3),
            "blocks": [
                [int(keep), _named(keep, kind, verdict), round(verdict.probability, 3), verdict.tag or "", verdict.text]
                for verdict, (keep, kind) in zip(verdicts, choices, strict=True)
            ],
        }

    def save(self, number: int, body: bytes) -> dict[str, Any]:
        """Write the labels of a page; raise `InputError` if they are not those of its blocks."""
        task, result = self._known(number)
        choices = _checked(body, len(result.verdicts))
        blocks = tuple((keep, verdict.text) for (keep, _), verdict in zip(choices, result.verdicts, strict=True))
        labelled = LabelledPage(
            page=task.page,
            kind=task.kind,
            name=task.name,
            url=task.url,
            blocks=blocks,
            kinds=tuple(kind for _, kind in choices),
        )
        with self._lock:
            self.store.append(labelled)
        return {"done": self.done}

    def _known(self, number: int) -> tuple[Task, Result]:
        if not 0 <= number < len(self.tasks):
            raise InputError(f"there is no page {number}")
        return self.tasks[number], self._result(number)


def _own(name: str) -> str:
    return asset("boilercut.training.labelling", name)


def _named(keep: bool, kind: str, verdict: Verdict) -> str:
    """Return the kind of a block; where a file of labels has none that can be saved, the model's or a general one."""
    known = CONTENT_KINDS if keep else BOILERPLATE_KINDS
    return next((each for each in (kind, verdict.kind) if each in known), "paragraph" if keep else "other")


def _checked(body: bytes, size: int) -> list[tuple[bool, str]]:
    """Return the choices that a browser sent, one for each block."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError("no JSON") from error
    choices = sent.get("blocks") if isinstance(sent, Mapping) else None
    if not isinstance(choices, list) or len(choices) != size:
        raise InputError(f"the page has {size} blocks")
    return [_choice(choice) for choice in choices]


def _choice(choice: Any) -> tuple[bool, str]:
    match choice:
        case [0 | 1 as keep, str(kind)] if kind in (CONTENT_KINDS if keep else BOILERPLATE_KINDS):
            return bool(keep), kind
    raise InputError(f"{choice!r} is neither [1, kind of content] nor [0, kind of boilerplate]")
