"""Every option that can change an answer changes the fingerprint, so that caches and journals never hold old answers."""

from __future__ import annotations

import json
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import boilercut
from boilercut import Config, Rule
from boilercut.fingerprint import fingerprint

PACKAGE = Path(boilercut.__file__).parent


@boilercut.detector("tides", log_odds=True)
def tides(blocks: Any) -> Any:
    return [0.0] * len(blocks)


def changed(option: str, folder: Path) -> Any:
    """Return a value of an option that is not the default."""
    if option == "model":
        shutil.copytree(PACKAGE / "model", folder, ignore=shutil.ignore_patterns("*.py*"))
        stored = json.loads((folder / "html.json").read_text("utf-8"))
        (folder / "html.json").write_text(json.dumps(stored), encoding="utf-8")
        return str(folder)
    if option == "phrases":
        folder.mkdir()
        (folder / "newsletter.txt").write_text("[nl]\nkom bij de rivierclub\n", encoding="utf-8")
        return str(folder)
    values = {
        "mode": "recall",
        "include": {"title"},
        "exclude": {"table"},
        "no_article": "empty",
        "detectors": (*boilercut.BUILTIN, tides),
        "rules": [Rule("drop", phrase="tide tables")],
        "max_loss": 0.5,
        "ruby": "bracket",
        "max_seconds": 60.0,
        "site": boilercut.SiteProfile.learn(["<p>The ferry sails again."]),
    }
    default = getattr(Config(), option)
    return default + 1 if isinstance(default, int) else values[option]


@pytest.mark.parametrize("option", [option.name for option in fields(Config)])
def test_every_option_counts(option: str, tmp_path: Path) -> None:
    config = Config(**{option: changed(option, tmp_path / option)})
    assert fingerprint(config) != fingerprint(Config())
    assert fingerprint(config) == fingerprint(Config(**{option: getattr(config, option)}))


def test_fingerprint_depends_on_rules_and_their_order() -> None:
    drop, keep = Rule("drop", phrase="tide tables"), Rule("keep", phrase="tide tables")
    several = [[drop], [keep], [drop, keep], [keep, drop], [Rule("drop", selector=".tides")]]
    assert len({fingerprint(Config(rules=rules)) for rules in several}) == len(several)


def test_fingerprint_depends_on_file_contents_not_paths(tmp_path: Path) -> None:
    copy = shutil.copytree(PACKAGE / "model", tmp_path / "model", ignore=shutil.ignore_patterns("*.py*"))
    assert fingerprint(Config(model=str(copy))) == fingerprint(Config())
    phrases = changed("phrases", tmp_path / "one")
    moved = shutil.copytree(phrases, tmp_path / "two")
    assert fingerprint(Config(phrases=str(moved))) == fingerprint(Config(phrases=phrases))
    (moved / "newsletter.txt").write_text("[nl]\nkom bij ons\n", encoding="utf-8")
    assert fingerprint(Config(phrases=str(moved))) != fingerprint(Config(phrases=phrases))
