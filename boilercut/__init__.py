"""boilercut keeps the article and cuts the boilerplate: from HTML, and from text already extracted.

>>> import boilercut
>>> boilercut.clean("")
''
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` for its own would be most of the time that importing takes
if TYPE_CHECKING:
    from typing import Any

    from boilercut.config import Config
    from boilercut.cutter import Cutter
    from boilercut.detectors import BUILTIN, Detector, detector
    from boilercut.detectors.plugins import installed_detectors
    from boilercut.errors import (
        BoilercutError,
        ConfigError,
        DetectorError,
        InputError,
        MissingExtraError,
        ModelError,
        PageTypeError,
        PluginError,
        WorkerError,
    )
    from boilercut.page import Located, PageKind
    from boilercut.render import replay
    from boilercut.results import Article, Evidence, Metadata, Result, Verdict
    from boilercut.rules import Rule, read_rules

__version__ = "0.1.0"
__all__ = [
    "Article",
    "BUILTIN",
    "BoilercutError",
    "Config",
    "ConfigError",
    "Cutter",
    "Detector",
    "DetectorError",
    "Evidence",
    "InputError",
    "Located",
    "Metadata",
    "MissingExtraError",
    "ModelError",
    "PageTypeError",
    "PluginError",
    "Result",
    "Rule",
    "Verdict",
    "WorkerError",
    "clean",
    "detector",
    "extract",
    "installed_detectors",
    "read_rules",
    "replay",
]

_HOMES = {
    "Config": "config",
    "Cutter": "cutter",
    "BUILTIN": "detectors",
    "Detector": "detectors",
    "detector": "detectors",
    "Located": "page",
    "installed_detectors": "detectors.plugins",
    "replay": "render",
    **dict.fromkeys(("Article", "Evidence", "Metadata", "Result", "Verdict"), "results"),
    "Rule": "rules",
    "read_rules": "rules",
}


def clean(page: object, *, kind: PageKind | None = None, charset: str | None = None, **options: Any) -> str:
    """Return the article of a page as plain text.

    `page` is `str` or `bytes` of HTML or plain text, or an lxml element or tree. Which of HTML and text
    it is, is decided once from the whole input, unless `kind` is `"html"` or `"text"`; `charset` is what
    an HTTP header said of bytes. `options` are those of `Config`. From plain text, the answer is an
    ordered, verbatim subset of the input's lines. A page without an article gives an empty string.

    Raises `PageTypeError` for anything that is no page, `ConfigError` for an unknown option.

    >>> clean("<nav><a href='/'>Home</a></nav><p>The river rose by two metres on Monday night.</p>")
    'The river rose by two metres on Monday night.'
    """
    from boilercut.cutter import Cutter

    return Cutter(**options).clean(page, kind=kind, charset=charset)


def extract(
    page: object,
    *,
    kind: PageKind | None = None,
    charset: str | None = None,
    url: str | None = None,
    **options: Any,
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
