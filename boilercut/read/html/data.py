"""Text that a page carries only as data: in JSON-LD, or in the state that a script would render.

JSON-LD says what each text is: the body of an article, a post, an answer, the description of a product are
taken. Application state has names of its own for everything and holds whole sites, so there only the object
that bears the page's title is looked into, and of its texts those under the heaviest path of keys
(`story.body.content.value`) are taken, where the page shows less. Either way a text is read only if the
visible page lacks it: of 1949 training pages that is so on fourteen, and on three of those it is the article.

Walks use a stack, nothing recurses on what a page holds, and JSON that cannot be parsed is passed over.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

import numpy as np

from boilercut.read.html.entities import unescaped

__all__ = ["MIN_CHARACTERS", "DataScript", "DataText", "Shown", "data_script", "lacking", "parsed_json", "texts_of"]

MAX_SCRIPT = 1 << 22
"""Longer data (four million characters) is left alone; the longest on a training page has two million."""
MAX_DEPTH = 200
"""Deeper JSON is left alone; Python's parser recurses, and how deep it can depends on its caller."""
MIN_CHARACTERS = 80
"""A shorter text, or piece of one, is a label; about fifteen words."""
MAX_SHOWN_PROSE = 2000
"""A page that shows more characters of prose is no shell: it lacks no description, and its state is not parsed."""
MAX_TITLE = 500
"""Characters of titles that are compared."""
MIN_TITLE = 8
"""A shorter title is that of many things."""
MAX_KEYS = 6
"""Keys leading to a text that become its element's names."""
MIN_SEEN = 0.5
"""A text is lacking if less than this share of its pairs of words stand on the visible page."""

_TEXT_KEYS = ('"articleBody"', '"text"', '"recipeInstructions"')
_POSTED = re.compile(r"Posting|Comment|Question|Answer")
"""Types whose text is text of the page."""
_DESCRIBED = re.compile(r"Product|Recipe|JobPosting|Event|Course|HowTo|Book")
"""Types whose description is; an article's is a teaser, an organisation's an advert."""
_FOLLOWED = (
    "@graph", "mainEntity", "mainEntityOfPage", "sharedContent", "acceptedAnswer", "suggestedAnswer", "comment",
    "recipeInstructions", "step",
)  # fmt: skip
"""Keys that lead from what the page is about to its parts, and not to other pages."""

_ASIDE = re.compile(r"author|comment|footer|header|meta|nav|recommend|related|review|^seo", re.IGNORECASE)
"""Keys that lead away from what the page is about."""
_BODY_KEYS = frozenset(
    """articleBody article_body answer body bodyHtml body_html bodyText body_text content contentHtml content_html
    description html longDescription markdown message selftext text value""".split()
)
"""What applications call the texts of an article, a post or a product."""

# `_STATE` and `_FLIGHT_ROW` are tried at the beginning only, `_NO_PROSE` too.
_STATE = re.compile(
    r"\s*(?:window|self|globalThis|var|let|const)\b[^={(]{0,200}(?:=|\.push\()\s*(JSON\.parse\(\s*)?(?=[\[{\"'])"
)
_FLIGHT_ROW = re.compile(r"[0-9a-f]{1,8}:(?=[\[{])")
_HTML = re.compile(r"</?(?:p|br|div|li|ul|ol|h[1-6]|span|strong|em|b|i|a)\b[^<>]*>", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]{1,8}")  # longer runs come in pieces, so scripts without spaces have words too
_SENTENCE = re.compile(r"[.!?…。！？।؟]")
_NO_PROSE = re.compile(r"https?:|//|[{\[?&/]|data:")
_TAG = re.compile(r"<[^<>]*>")


_DECODER = json.JSONDecoder(strict=False, parse_int=float)
"""Reads whole numbers as floats, in linear time: as integers, long ones raise or take quadratic time. None is used."""


class DataScript(NamedTuple):
    """A script that may hold data: whether it is JSON-LD, and its source."""

    linked: bool
    source: str


class Shown(Protocol):
    """What a page shows."""

    @property
    def title(self) -> str:
        """The page's title."""

    def text(self) -> str:
        """Return all its text."""

    def prose(self) -> int:
        """Return how many characters stand in long pieces outside links."""


class DataText(NamedTuple):
    """A text found in data: the keys that lead to it, and whether it is HTML."""

    name: str
    text: str
    is_html: bool


def data_script(kind: str, source: str) -> DataScript | None:
    """Return a script, its `type` being `kind`, if it looks as if it held data."""
    if MIN_CHARACTERS <= len(source) <= MAX_SCRIPT and ("json" in kind or _STATE.match(source)):
        return DataScript("ld+json" in kind, source)
    return None


def texts_of(scripts: Sequence[DataScript], shown: Shown) -> list[DataText]:
    """Return the texts in `scripts` that a page lacks, in order."""
    linked = [parsed_json(script.source) for script in scripts if script.linked and _may_declare(script.source)]
    states = [script.source for script in scripts if not script.linked]
    declared = [text for value in linked for text in _linked_texts(value)]
    poor = (declared or states) and shown.prose() <= MAX_SHOWN_PROSE
    found = lacking([text for text in declared if poor or text.name != "description"], shown.text)
    if found or not poor or not states or len(shown.title) < MIN_TITLE:
        return found
    return _heaviest((value for source in states for value in _state_values(source)), shown)


def _may_declare(source: str) -> bool:
    """Tell, before it is parsed, whether JSON-LD can hold a text: most has descriptions of other things only."""
    return any(key in source for key in _TEXT_KEYS) or ('"description"' in source and bool(_DESCRIBED.search(source)))


def lacking(texts: Iterable[DataText], visible: Callable[[], str]) -> list[DataText]:
    """Return those of `texts`, each once, of whose pairs of words less than `MIN_SEEN` stand in `visible()`."""
    distinct = [text for text in dict.fromkeys(texts) if len(text.text) >= MIN_CHARACTERS]
    if not distinct:
        return []
    pairs = [set(_pairs(_TAG.sub(" ", text.text) if text.is_html else text.text)) for text in distinct]
    seen, kept = set().union(*pairs).intersection(_pairs(visible())), []
    for text, own in zip(distinct, pairs, strict=True):
        if len(own & seen) < MIN_SEEN * len(own):
            kept.append(text)
            seen |= own
    return kept


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    return pairwise(_WORD.findall(text.lower()))


def _data_text(name: str, text: str) -> DataText:
    if "<" not in text:
        text = unescaped(text)
    return DataText(name, text, _HTML.search(text) is not None)


# --- JSON-LD ---


def _linked_texts(value: Any) -> Iterator[DataText]:
    """Yield the texts of what a page declares to be about; the steps of a recipe are one text."""
    for name, texts in groupby(_named_texts(value), key=itemgetter(0)):
        if name == "recipeInstructions":
            yield _data_text(name, "\n".join(text for _, text in texts))
        else:
            yield from (_data_text(name, text) for _, text in texts)


def _named_texts(value: Any) -> Iterator[tuple[str, str]]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, dict):
            kind = str(item.get("@type", ""))
            for key, name in _keys(kind):
                if isinstance(item.get(key), str):
                    yield name, item[key]
            waiting.extend(reversed(_parts(kind, item)))


def _keys(kind: str) -> Iterator[tuple[str, str]]:
    """Yield the keys of an item of some kind that hold text, and what that text is."""
    yield "articleBody", "articleBody"
    if _DESCRIBED.search(kind):
        yield "description", "description"
    if _POSTED.search(kind):
        yield "text", "text"
    if "HowToStep" in kind:
        yield "text", "recipeInstructions"
    yield "recipeInstructions", "recipeInstructions"


def _parts(kind: str, item: dict[str, Any]) -> list[Any]:
    if "FAQPage" in kind:
        return []  # questions about the shop, said again for search engines
    names = (*_FOLLOWED, "itemListElement") if "HowToSection" in kind else _FOLLOWED
    parts = [item[name] for name in names if isinstance(item.get(name), (dict, list))]
    steps = item.get("recipeInstructions")
    if isinstance(steps, list):
        parts += [{"recipeInstructions": step} for step in steps if isinstance(step, str)]
    return parts


# --- application state ---


def _heaviest(values: Iterable[Any], shown: Shown) -> list[DataText]:
    """Return the texts under the heaviest path of keys, if it weighs more than the prose that is shown."""
    paths = _Paths()
    groups: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    weights: dict[int, int] = defaultdict(int)
    empty = len(shown.text().strip()) < MIN_CHARACTERS  # then all of the state is what the page is about
    root = _Waiting(list(values), 0, 0, -1, empty)
    for path, item, text in _strings(root, _folded(shown.title), paths):
        groups[path][item].append(text)
        weights[path] += _prose_characters(text)
    best = max(weights, key=weights.__getitem__, default=0)
    if weights[best] <= max(shown.prose(), MIN_CHARACTERS):
        return []
    joined = list(dict.fromkeys("".join(parts) for parts in groups[best].values()))
    if not lacking([_data_text("", " ".join(joined))], shown.text):
        return []
    return [_data_text(paths.spelt(best), text) for text in joined if text.strip()]


class _Paths:
    """Numbers for paths of keys, so that a long key or a deep path is held once."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, str], int] = {}
        self._steps: list[tuple[int, str]] = [(0, "")]

    def below(self, path: int, key: str) -> int:
        """Return the number of `path` and `key`; a key below itself is no step."""
        step = (path, key)
        if key == self._steps[path][1]:
            return path
        if step not in self._numbers:
            self._numbers[step] = len(self._steps)
            self._steps.append(step)
        return self._numbers[step]

    def ends_in_body(self, path: int) -> bool:
        """Return whether the last key of `path` names a body of text."""
        return self._steps[path][1] in _BODY_KEYS

    def spelt(self, path: int) -> str:
        """Return the last `MAX_KEYS` keys of a path, with spaces between them."""
        keys: list[str] = []
        while path and len(keys) < MAX_KEYS:
            path, key = self._steps[path]
            keys.append(key)
        return " ".join(reversed(keys))


class _Waiting(NamedTuple):
    """A list or object of a JSON tree that is still to be visited, or a body of text."""

    value: Any
    path: int
    item: int
    """Number of the list item that it is part of."""
    list_path: int
    """Path of the list that numbered the item."""
    titled: bool
    """Whether an object around it bears the page's title."""


def _strings(root: _Waiting, title: str, paths: _Paths) -> Iterator[tuple[int, int, str]]:
    """Yield every body of text in objects called `title`: path of keys, number of the list item, text.

    Rich text nests lists of the same key; there the items of the outermost are the paragraphs.
    """
    items = 0
    waiting = [root]
    while waiting:
        value, path, item, list_path, titled = waiting.pop()
        if isinstance(value, str):
            yield path, item, value
        elif isinstance(value, dict):
            titled = titled or _bears(value, title)
            waiting += [
                _Waiting(part, paths.below(path, key), item, list_path, titled)
                for key, part in reversed(value.items())
                if _leads_on(part, titled and key in _BODY_KEYS) and not _ASIDE.search(key)
            ]
        else:
            first, step = (item, 0) if path == list_path else (items, 1)
            items += step * len(value)
            in_body = titled and paths.ends_in_body(path)
            waiting += [
                _Waiting(part, path, first + step * row, path, titled)
                for row, part in reversed(list(enumerate(value)))
                if _leads_on(part, in_body)
            ]


def _leads_on(part: Any, in_body: bool) -> bool:
    return isinstance(part, (dict, list)) or (in_body and isinstance(part, str))


def _bears(value: dict[str, Any], title: str) -> bool:
    """Return whether an object is called `title`, or most of it: a site's name may stand before or behind."""
    names = [_folded(name) for name in value.values() if isinstance(name, str) and len(name) >= MIN_TITLE]
    return any(2 * len(name) >= len(title) and (name in title or title in name) for name in names)


def _folded(title: str) -> str:
    return " ".join(title[:MAX_TITLE].lower().split())


def _prose_characters(text: str) -> int:
    text = _TAG.sub("", text).strip()
    prose = len(text) >= MIN_CHARACTERS and _SENTENCE.search(text) and not _NO_PROSE.match(text)
    return len(text) if prose else 0


def _state_values(source: str) -> Iterator[Any]:
    """Yield what a script assigns or pushes, or a JSON script holds."""
    start = _STATE.match(source)
    if start is None:
        if source.lstrip()[:1] in ("{", "["):
            yield parsed_json(source)
        return
    value = parsed_json(source, start.end())
    if start[1] and isinstance(value, str):  # JSON.parse("…")
        value = parsed_json(value)
    if isinstance(value, list) and len(value) == 2 and value[0] == 1 and isinstance(value[1], str):
        yield from _flight_values(value[1])
    else:
        yield value


def _flight_values(payload: str) -> Iterator[Any]:
    """Yield the numbered rows of what Next.js streams; a row that is HTML stands alone, without its number."""
    if payload.startswith("<"):
        yield {"html": payload}
        return
    for row in payload.split("\n"):
        if number := _FLIGHT_ROW.match(row):
            yield parsed_json(row, number.end())


def parsed_json(source: str, start: int = 0) -> Any:
    """Return the JSON value at the beginning of `source[start:]`; nothing where there is none."""
    source = source[start:].strip()
    if _too_deep(source):
        return None
    try:
        return _DECODER.raw_decode(source)[0]
    except (ValueError, RecursionError):  # brackets inside strings can hide some depth
        return None


def _too_deep(source: str) -> bool:
    if source.count("{") + source.count("[") <= MAX_DEPTH:
        return False
    codes = np.frombuffer(source.encode("utf-8", "replace"), dtype=np.uint8) | 32  # [ and { alike
    brackets = codes[(codes == ord("{")) | (codes == ord("}"))]
    return int(np.cumsum(ord("|") - brackets.astype(np.int64)).max()) > MAX_DEPTH
