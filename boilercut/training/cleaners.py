"""Other cleaners to compare with, by name; each is a function from a labelled page to text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module

from boilercut.cutter import Cutter
from boilercut.errors import ConfigError
from boilercut.page import PageKind
from boilercut.peers import justext_lines, justext_text, trafilatura_text
from boilercut.read import read
from boilercut.training.evaluate import Cleaner
from boilercut.training.label_files import LabelledPage

__all__ = ["CLEANERS", "boilercut_cleaner", "rivals"]


def boilercut_cleaner(cutter: Cutter) -> Cleaner:
    """Return a cutter as a cleaner of labelled pages."""
    return lambda page: cutter.clean(page.page, kind=page.kind)


def _nothing(page: LabelledPage) -> str:
    return _all_text(page.page, page.kind)


def _trafilatura(page: LabelledPage) -> str:
    return trafilatura_text(page.page)


def _justext(page: LabelledPage) -> str:
    return justext_text(page.page) if page.kind == "html" else justext_lines(page.page)


def _resiliparse(page: LabelledPage) -> str:
    extract = import_module("resiliparse.extract.html2text").extract_plain_text
    return str(extract(page.page, main_content=True, alt_texts=False))


def _readability(page: LabelledPage) -> str:
    return _all_text(import_module("readability").Document(page.page).summary(), "html") if page.page.strip() else ""


def _all_text(source: str, kind: PageKind) -> str:
    page = read(source, kind)
    bounds = zip(page.starts.tolist(), page.ends.tolist(), strict=True)
    return "\n".join(page.text[start:end] for start, end in bounds)


CLEANERS: Mapping[PageKind, Mapping[str, Cleaner]] = {
    "html": {
        "none": _nothing,
        "trafilatura": _trafilatura,
        "justext": _justext,
        "resiliparse": _resiliparse,
        "readability": _readability,
    },
    "text": {"none": _nothing, "justext": _justext},
}
"""By kind of page: `none` keeps all text; the others need the packages of their names."""


def rivals(kind: PageKind, names: Sequence[str]) -> dict[str, Cleaner]:
    """Return the named cleaners that can read pages of `kind`.

    Raises `ConfigError` for a name that is none, and for one whose package is not installed.
    """
    for name in names:
        if name not in CLEANERS["html"]:
            raise ConfigError(f"no cleaner {name!r}: there are {', '.join(CLEANERS['html'])}")
        try:
            _ = name == "none" or import_module(name)
        except ImportError as error:
            raise ConfigError(f"cleaner {name!r} is not installed ({error})") from error
    return {name: CLEANERS[kind][name] for name in names if name in CLEANERS[kind]}
