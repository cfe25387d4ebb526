"""Name the files of a run; the text files of a folder so that no two are one file on any file system.

Names of text files depend on the inputs of a run only, not on their order. A name that is portable and that no other
input shares stays readable; every other one gets a hash.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path, PurePath

from boilercut.blocks.characters import storable

__all__ = ["INDEX", "TextFiles", "part_of", "unfinished_of"]

INDEX = "index.jsonl"
"""The file with the fields of all pages, beside the text files."""
MAX_NAME_BYTES = 120
"""Longer names are cut; most file systems allow 255 bytes, eCryptfs 143."""
MAX_PATH_BYTES = 800
"""Longer paths are cut to their last name; macOS allows 1,024 bytes with those of the output folder."""
HASH_DIGITS = 16

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])[ .]*(\.|$)", re.IGNORECASE)
"""Names of devices on Windows, with any suffix (Microsoft, "Naming Files, Paths, and Namespaces")."""
_MADE_HERE = re.compile(rf".*-[0-9a-f]{{{HASH_DIGITS}}}|[0-9]{{9,}}", re.DOTALL | re.IGNORECASE)
"""What could be taken for a name with a hash, or for the number of a record."""
_FILE_HERE = re.compile(r".*\.txt|" + INDEX.replace(".", r"\."), re.DOTALL | re.IGNORECASE)
"""What could be taken for a text file or the index: no folder is called so."""


def part_of(path: Path) -> Path:
    """Return the name that an output has until it is complete."""
    return path.with_name(path.name + ".part")


def unfinished_of(path: Path) -> Path:
    """Return the name that a Parquet file has while it is made of a complete output."""
    return path.with_name(path.name + ".packing")


class TextFiles:
    """The names of the text files of a run."""

    def __init__(self, sources: Iterable[str]) -> None:
        found = Counter(_folded("/".join(_parts(source))) for source in sources)
        self._shared = {stem for stem, number in found.items() if number > 1}

    def name_of(self, source: str, number: int | None, suffix: str = ".txt") -> str:
        """Return the name of a page's text file, inside the output folder wherever the page came from.

        `number` is the index of the record in `source`, None where the source is the page; `suffix` ends the name.

        >>> files = TextFiles(["../crawl/a.html", "/data/b.warc.gz", "A", "a"])
        >>> files.name_of("../crawl/a.html", None), files.name_of("/data/b.warc.gz", 7)
        ('_/crawl/a.html.txt', 'data/b.warc.gz/000000007.txt')
        >>> files.name_of("A", None)
        'A-559aead08264d579.txt'
        """
        *folders, last = _parts(source)
        if _folded("/".join([*folders, last])) in self._shared:
            last = _hashed(last, source)
        if len("/".join([*folders, last]).encode()) > MAX_PATH_BYTES:
            folders, last = ["_"], _hashed(last, source)
        name = last if number is None else f"{_folder(last)}/{number:09}"
        return "/".join([*map(_folder, folders), f"{name}{suffix}"])


def _parts(source: str) -> list[str]:
    """Return the names in a path, each of which stands for one file and goes nowhere."""
    path = PurePath(source)
    return [_safe_name(part) for part in path.parts if part != path.anchor] or ["_"]


def _safe_name(name: str) -> str:
    """Return a name that is safe on any file system; a name that had to be changed gets a hash."""
    if name == "..":
        return "_"
    safe = _UNSAFE.sub("_", storable(name))
    safe = f"_{safe}" if _RESERVED.match(safe) else safe
    if safe != name or len(safe.encode()) > MAX_NAME_BYTES or safe[-1] in " ." or _MADE_HERE.fullmatch(safe):
        return _hashed(safe, name)
    return safe


def _folder(name: str) -> str:
    return _hashed(name, name) if _FILE_HERE.fullmatch(name) else name


def _hashed(name: str, source: str) -> str:
    """Return the beginning of a name with the hash of what it stands for."""
    cut = name.encode()[:MAX_NAME_BYTES].decode("utf-8", "ignore")
    return f"{cut}-{sha256(source.encode('utf-8', 'surrogateescape')).hexdigest()[:HASH_DIGITS]}"


def _folded(path: str) -> str:
    r"""Return the same for names that some file system takes for one: letters of both cases, and all normal forms.

    >>> _folded("ÉTÉ") == _folded("e\u0301te\u0301")
    True
    """
    decomposed = unicodedata.normalize("NFD", path)
    return unicodedata.normalize("NFD", decomposed.upper().casefold())
