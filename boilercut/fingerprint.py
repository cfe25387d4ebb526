"""Name all that the answers of a cutter depend on, in one short hash."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path

from boilercut import __version__
from boilercut.config import Config

__all__ = ["fingerprint"]


def fingerprint(config: Config) -> str:
    """Return 16 hexadecimal digits that change with the version, the options or the models.

    The same on every machine and in every process. Detectors of your own count by name only.

    >>> from boilercut import Config
    >>> fingerprint(Config(include={"title", "list"})) == fingerprint(Config(include={"list", "title"}))
    True
    >>> fingerprint(Config()) == fingerprint(Config(mode="recall"))
    False
    """
    home = Path(config.model) if config.model is not None else resources.files("boilercut.model")
    parts = {
        "version": __version__,
        "mode": config.mode,
        "include": sorted(config.include),
        "exclude": sorted(config.exclude),
        "detectors": [each.name for each in config.detectors],
        "max_characters": config.max_characters,
        "models": [hashlib.sha256(home.joinpath(f"{kind}.json").read_bytes()).hexdigest() for kind in ("html", "text")],
    }
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
