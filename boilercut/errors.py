"""The errors that boilercut raises on purpose."""

from __future__ import annotations


class BoilercutError(Exception):
    """Base of every error that boilercut raises on purpose."""


class PageTypeError(BoilercutError, TypeError):
    """The page is not text, bytes or an lxml element."""


class ConfigError(BoilercutError, ValueError):
    """An option is unknown or has a value that means nothing."""


class DetectorError(BoilercutError):
    """A detector broke its contract: wrong length, wrong type, not finite, a name used twice."""


class PluginError(BoilercutError):
    """An installed package offers a detector that cannot be used."""


class ModelError(BoilercutError):
    """A model file is damaged, or does not match the detectors that feed it."""


class WorkerError(BoilercutError):
    """A worker process died on a page, or none can be started."""


class InputError(BoilercutError):
    """An input cannot be read, or a file that a run would continue or write is not as it must be."""


class MissingExtraError(BoilercutError, ImportError):
    """A library is not installed that comes with one of boilercut's extras."""


MISUSE = (ConfigError, MissingExtraError, ModelError, PageTypeError, PluginError)
"""Errors that are not about one page: whatever raises one would raise it for every page."""


class BoilercutWarning(UserWarning):
    """Base of every warning that boilercut gives on purpose."""


class InputWarning(BoilercutWarning):
    """The input is plainly no page: an address, the name of a file, JSON, an archive, a picture."""


class TruncatedWarning(BoilercutWarning):
    """The page is beyond a budget, and only its beginning was read."""
