"""Name all that the answers of a cutter depend on, in one short hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from boilercut import __version__
from boilercut.config import Config
from boilercut.page import PAGE_KINDS

__all__ = ["fingerprint", "in_order"]


def fingerprint(config: Config) -> str:
    """Return 16 hexadecimal digits that change with the version, any option, the models or phrases of your own.

    The same on every machine and in every process. Detectors of your own count by name only.

    >>> from boilercut import Config
    >>> fingerprint(Config(include={"title", "list"})) == fingerprint(Config(include={"list", "title"}))
    True
    >>> fingerprint(Config()) == fingerprint(Config(mode="recall"))
    False
    """
    model = Path(config.model) if config.model is not None else resources.files("boilercut.model")
    parts = in_order({option.name: getattr(config, option.name) for option in fields(config)}) | {
        "version": __version__,
        "site": config.site and config.site.digest,
        "detectors": [each.name for each in config.detectors],
        "model": _hashes(model.joinpath(f"{kind}.json") for kind in PAGE_KINDS),
        "phrases": config.phrases and _hashes(sorted(Path(config.phrases).glob("*.txt"))),
    }
    return hashlib.sha256(json.dumps(parts, default=asdict).encode()).hexdigest()[:16]


def in_order(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options by name, sets as sorted lists: their own order differs from process to process.

    >>> in_order({"mode": "recall", "include": {"title", "list"}})
    {'include': ['list', 'title'], 'mode': 'recall'}
    """
    return {
        name: sorted(value) if isinstance(value, (set, frozenset)) else value for name, value in sorted(options.items())
    }


def _hashes(files: Iterable[Traversable]) -> dict[str, str]:
    """Return what files hold, by name, as hashes; the folder that they lie in does not matter."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
