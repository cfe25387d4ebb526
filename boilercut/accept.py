"""Accept a page in the forms that users have it in, and refuse by name what is no page."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeAlias

from boilercut.errors import BoilercutError, InputError, InputWarning, PageTypeError, TruncatedWarning
from boilercut.hints import MISSING_VALUE, hint
from boilercut.page import Located, Page, PageKind
from boilercut.read.lxml import is_lxml

__all__ = ["Accepted", "AnyPage", "accepted", "checked_pages", "warn_of"]

TABLES = ("pandas", "polars", "pyarrow", "numpy", "datasets", "pyspark")
"""Packages whose objects hold many pages."""
_PLAIN = (str, bytes, bytearray, memoryview)


class Readable(Protocol):
    """An open file."""

    def read(self, size: int = ..., /) -> str | bytes:
        """Return what the file holds."""


class LxmlElement(Protocol):
    """An element of lxml."""

    def getroottree(self) -> Any:
        """Return the element's tree."""


class LxmlTree(Protocol):
    """An element tree of lxml."""

    def getroot(self) -> Any:
        """Return the first element."""


class Soup(Protocol):
    """A tree or an element of BeautifulSoup."""

    def prettify(self, *args: Any, **kwargs: Any) -> Any:
        """Return the source, indented."""


class SelectolaxNode(Protocol):
    """A tree or a node of selectolax."""

    def css_first(self, *args: Any, **kwargs: Any) -> Any:
        """Return the first node that a selector matches."""


AnyPage: TypeAlias = (
    str | bytes | bytearray | memoryview | os.PathLike[str] | Readable | LxmlElement | LxmlTree | Soup | SelectolaxNode
)
"""What a page may be handed over as."""


class Accepted(NamedTuple):
    """A page as `read` takes it, with what the form that it came in says of it."""

    page: object
    kind: PageKind | None = None
    url: str | None = None


def accepted(page: object, max_bytes: int) -> Accepted:
    """Return a page as `read` takes it: text, bytes or an lxml tree.

    Paths and open files are read, up to `max_bytes`; trees of BeautifulSoup and selectolax are written as HTML. Warns
    with `InputWarning` of input that is plainly no page. Raises `PageTypeError` for an object that holds no page or
    many, and `InputError` where a file cannot be read.
    """
    if isinstance(page, Accepted):
        return page
    if isinstance(page, BoilercutError):
        raise page  # what was raised where the page was accepted, before a worker process got it
    located = page if isinstance(page, Located) else Located(page, None)
    source, kind = _source_of(located.page, max_bytes)
    if isinstance(source, (str, bytes)) and (advice := hint(source)):
        _warn(advice, InputWarning)
    return Accepted(source, kind, located.url)


def checked_pages(pages: Iterable[object]) -> Iterable[object]:
    """Return `pages` if they can be many; what is one page, or rows of columns, raises `PageTypeError`.

    Text, trees and open files can be iterated over too, and so would be cut piece by piece.
    """
    name = type(pages).__name__
    if isinstance(pages, (*_PLAIN, os.PathLike, Located)) or _is_tree(pages) or callable(getattr(pages, "read", None)):
        raise PageTypeError(f"{name} is one page, not many: use clean or extract, or put it into a list")
    if isinstance(pages, Mapping) or (_package_of(pages) in TABLES and _has_columns(pages)):
        raise PageTypeError(f"{name} has columns: hand over the one with the pages, such as pages['html']")
    if not isinstance(pages, Iterable):
        raise PageTypeError(f"{name} holds no pages: use a list, a generator or a column of them")
    return pages


def warn_of(given: Accepted, found: Page) -> None:
    """Warn where only the beginning of a page was read, or where its bytes are no text."""
    if found.truncated:
        _warn(
            "only the beginning of the page was read: it is beyond max_characters, max_blocks or max_seconds",
            TruncatedWarning,
        )
    if isinstance(given.page, bytes) and not found.source and given.page.strip() and not hint(given.page):
        _warn("binary data is no page: hand over HTML or text", InputWarning)


def _source_of(page: object, max_bytes: int) -> tuple[object, PageKind | None]:
    if isinstance(page, str):
        return str.__str__(page), None  # without what a class of its own adds, such as the tree that it comes from
    if isinstance(page, (bytes, bytearray, memoryview)):
        return page if type(page) is bytes else bytes(memoryview(page)), None
    if is_lxml(page):
        return page, None
    if markup := _markup_of(page):
        return markup[0], "html"
    if isinstance(page, os.PathLike):
        return _file_content(Path(page), max_bytes), None
    if _package_of(page) in TABLES or isinstance(page, (list, tuple, set, frozenset, Mapping)):
        raise PageTypeError(
            f"a page is str, bytes or an lxml element, not {type(page).__name__}, which holds many: use clean_many; "
            "of a tree, pass the source, such as str(soup)"
        )
    if callable(read := getattr(page, "read", None)):
        return _read_content(read, max_bytes), None
    if isinstance(page, float):  # NaN, in a column without a page
        raise PageTypeError(f"a page is str, bytes or a tree, not float; {MISSING_VALUE}")
    return page, None  # `read` says what it takes


def _file_content(path: Path, max_bytes: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(max_bytes)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from error


def _read_content(read: Any, max_bytes: int) -> object:
    try:
        content = read(max_bytes)
    except (OSError, ValueError) as error:  # closed, or bytes that the file's encoding does not know
        raise InputError(f"the open file cannot be read: {error}; open files of pages with mode 'rb'") from error
    if not isinstance(content, (str, bytes)):
        raise PageTypeError(f"a file's read() returns str or bytes, not {type(content).__name__}")
    return content


def _is_tree(page: object) -> bool:
    return is_lxml(page) or _markup_of(page) is not None


def _markup_of(page: object) -> tuple[str] | None:
    """Return the source of a tree of BeautifulSoup or selectolax; None for anything else."""
    bs4: Any = sys.modules.get("bs4")
    if bs4 is not None and issubclass(type(page), bs4.Tag):
        return (bs4.Tag.decode(page),)
    if _package_of(page) == "selectolax" and hasattr(page, "html"):
        return (page.html or "",)
    return None


def _package_of(value: object) -> str:
    return type(value).__module__.partition(".")[0]


def _has_columns(value: object) -> bool:
    return hasattr(value, "columns") or hasattr(value, "column_names")


def _warn(message: str, category: type[Warning]) -> None:
    """Warn at the line of the user's code that handed the page over."""
    inside, level, frame = str(Path(__file__).parent) + os.sep, 1, sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(inside):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
