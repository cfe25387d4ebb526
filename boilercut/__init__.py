"""boilercut keeps the article and cuts the boilerplate: from HTML, and from text already extracted.

>>> import boilercut
>>> boilercut.clean("")
''
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` for its own would be most of the time that importing takes
if TYPE_CHECKING:
    from typing import Any, Unpack

    from boilercut.accept import AnyPage
    from boilercut.config import Config, Options
    from boilercut.cutter import Cutter
    from boilercut.detectors import BUILTIN, Detector, detector
    from boilercut.detectors.plugins import installed_detectors
    from boilercut.errors import (
        BoilercutError,
        BoilercutWarning,
        ConfigError,
        DetectorError,
        InputError,
        InputWarning,
        MissingExtraError,
        ModelError,
        PageTypeError,
        PluginError,
        TruncatedWarning,
        WorkerError,
    )
    from boilercut.page import Located, PageKind
    from boilercut.render import replay
    from boilercut.results import Article, Comment, Evidence, Metadata, Result, Verdict
    from boilercut.rules import Rule, read_rules
    from boilercut.sites import SiteProfile

__version__ = "0.1.0"
__all__ = [
    "Article", "BUILTIN", "BoilercutError", "BoilercutWarning", "Comment", "Config", "ConfigError", "Cutter",
    "Detector", "DetectorError", "Evidence", "InputError", "InputWarning", "Located", "Metadata", "MissingExtraError",
    "ModelError", "PageTypeError", "PluginError", "Result", "Rule", "SiteProfile", "TruncatedWarning", "Verdict",
    "WorkerError", "clean", "detector", "extract", "installed_detectors", "read_rules", "replay",
]  # fmt: skip

_HOMES = {
    "Config": "config",
    "Cutter": "cutter",
    "BUILTIN": "detectors",
    "Detector": "detectors",
    "detector": "detectors",
    "Located": "page",
    "installed_detectors": "detectors.plugins",
    "replay": "render",
    **dict.fromkeys(("Article", "Comment", "Evidence", "Metadata", "Result", "Verdict"), "results"),
    "Rule": "rules",
    "SiteProfile": "sites",
    "read_rules": "rules",
}


def clean(
    page: AnyPage, *, kind: PageKind | None = None, charset: str | None = None, **options: Unpack[Options]
) -> str:
    """Return the article of a page as plain text.

    `page` is HTML or plain text: `str`, `bytes`, a `Path` or an open file, or a tree of lxml, BeautifulSoup or
    selectolax. Which of HTML and text it is, is decided once from the whole input, unless `kind` is `"html"` or
    `"text"`; `charset` is what an HTTP header said of bytes. `options` are those of `Config`. From plain text, the
    answer is an ordered, verbatim subset of the input's lines. A page without an article gives an empty string.

    Raises `PageTypeError` for anything that is no page, `ConfigError` for an unknown option. Warns with `InputWarning`
    of input that is plainly something else (an address, the name of a file, JSON …), and with `TruncatedWarning` where
    only the beginning of a page is read.

    >>> clean("<nav><a href='/'>Home</a></nav><p>The river rose by two metres on Monday night.</p>")
    'The river rose by two metres on Monday night.'
    """
    from boilercut.cutter import Cutter

    return Cutter(**options).clean(page, kind=kind, charset=charset)


def extract(
    page: AnyPage,
    *,
    kind: PageKind | None = None,
    charset: str | None = None,
    url: str | None = None,
    **options: Unpack[Options],
) -> Result:
    """Return the article of a page with a verdict on every block; takes what `clean` takes.

    `url` is the page's address: it makes the addresses in `Result.html` and `Result.metadata` absolute.

    >>> result = extract("<p>The river rose by two metres on Monday night.</p>")
    >>> [verdict.keep for verdict in result.verdicts]
    [True]
    """
    from boilercut.cutter import Cutter

    return Cutter(**options).extract(page, kind=kind, charset=charset, url=url)


def __getattr__(name: str) -> Any:
    """Load the rest of the public names when they are first asked for (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module 'boilercut' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"boilercut.{_HOMES.get(name, 'errors')}"), name)
