"""Read the test suites of parsers: their inputs and expected trees."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import zipfile
from ast import literal_eval
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

from boilercut.read.html.tags import SKIPPED_TAGS

_DAT_INPUT = re.compile(rb"(?:\A|(?<=\n))#data\n(.*?)\n?#(?:errors|encoding)\n", re.DOTALL)
_JSON_INPUT = re.compile(r'"(?:data|input|input_html)"\s*:\s*("(?:[^"\\]|\\.)*")')
_TON_INPUT = re.compile(r'"data"\s*:\s*\$DATA\{[^}]*\}\n(.*?)\n\s*\$DATA', re.DOTALL)
_DIRECTIVE = re.compile(r"\A#(?:iframe-srcdoc|xml-coercion)\n")
_UNSEEN = SKIPPED_TAGS | {"template"}


@cache
def members(archive: Path) -> dict[str, bytes]:
    """Return the files of an archive by name."""
    with tarfile.open(archive) as tar:
        return {each.name: tar.extractfile(each).read() for each in tar if each.isfile()}  # type: ignore[union-attr]


def inputs_of(name: str, data: bytes) -> Iterator[bytes]:
    """Yield the file itself, and what it holds: the inputs of its tests, what is packed in it."""
    yield data
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            yield from (packed.read(each) for each in packed.namelist())
    elif name.endswith(".gz") and data.startswith(b"\x1f\x8b"):
        yield gzip.decompress(data)
    elif name.endswith(".dat"):
        yield from _DAT_INPUT.findall(data)
    elif name.endswith((".test", ".ton", ".json")):
        text = data.decode()
        plain = _python_string if name.endswith(".ton") else partial(json.loads, strict=False)
        yield from (plain(each).encode("utf-8", "replace") for each in _JSON_INPUT.findall(text))
        yield from (dedent(each).encode() for each in _TON_INPUT.findall(text))


def _python_string(text: str) -> str:
    """Return a string of lexbor's files, which have escapes and line breaks that JSON lacks."""
    return str(literal_eval(f'""{text}""'))


class TreeCase(NamedTuple):
    """A test of tree construction: a source, and the tree it makes, as html5lib's tests write it down."""

    source: str
    tree: str

    @property
    def visible(self) -> str:
        """The text of the tree outside elements that are not for readers, without white space."""
        return "".join("".join(_visible(self.tree)).split())


def tree_cases(name: str, data: bytes) -> Iterator[TreeCase]:
    """Yield the tests of a `.dat` file that are whole documents and are for readers that run no scripts."""
    text = data.decode()
    if "justhtml" in name:
        text = re.sub(r"\\x([0-9a-f]{2})", lambda match: chr(int(match[1], 16)), text)
    for case in re.split(r"(?:\A|\n)#data(?=\n)", text)[1:]:
        source, _, rest = case.partition("\n#errors\n")
        head, _, tree = rest.partition("#document\n")
        if "#document-fragment" not in head and "#script-on" not in head:
            yield TreeCase(_DIRECTIVE.sub("", source[1:]), tree)


def _visible(tree: str) -> Iterator[str]:
    """Yield the texts of a tree: a node a line, two spaces deeper than its parent; texts in quotes, many lines long."""
    unseen_at: int | None = None
    for indent, node in re.findall(r'(?ms)^\| ( *)("(?:.*?)"(?=\n\||\n*\Z)|[^\n]*)', tree):
        if unseen_at is not None and len(indent) > unseen_at:
            continue
        unseen_at = None
        if node.startswith('"'):
            yield node[1:-1]
        elif node.startswith("<") and node.strip("<>").split(" ")[-1] in _UNSEEN:
            unseen_at = len(indent)
