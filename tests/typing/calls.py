"""Right and wrong calls, for type checkers: each line marked `wrong` is an error, and no other line is."""

from __future__ import annotations

import io
from pathlib import Path

import boilercut
from boilercut import Config, Cutter, Located

text: str = boilercut.clean("<p>A page.", mode="recall", include={"title"}, max_seconds=1.5)
boilercut.clean(b"<p>A page.", kind="html", charset="utf-8", mode=0.7, exclude=["table"])
boilercut.clean(Path("page.html"))
boilercut.clean(io.BytesIO(b"<p>A page."))
boilercut.clean(io.StringIO("<p>A page."))
with Path("page.html").open() as stream:
    boilercut.clean(stream)
result: boilercut.Result = boilercut.extract("<p>A page.", url="https://ullin.example/", detectors=boilercut.BUILTIN)
cutter = Cutter(Config(mode="precision", include={"title"}), max_blocks=100)
articles = list(cutter.articles([Located("<p>A page.", None), b"<p>"], fields=["markdown"], workers=2))
cutter.config.with_options(mode="balanced")

boilercut.clean("<p>A page.", mod="recall")  # wrong
boilercut.clean("<p>A page.", mode="bold")  # wrong
boilercut.clean("<p>A page.", include=3)  # wrong
boilercut.clean(None)  # wrong
boilercut.clean(["<p>A page."])  # wrong
boilercut.extract(3)  # wrong
boilercut.extract("<p>A page.", kind="pdf")  # wrong
boilercut.extract({"html": "<p>A page."})  # wrong
Cutter(max_block=3)  # wrong
Cutter({"mode": "recall"})  # wrong
cutter.clean(3.5)  # wrong
list(cutter.clean_many([1, 2]))  # wrong
Config(mod="recall")  # wrong
Config().with_options(mod="recall")  # wrong
