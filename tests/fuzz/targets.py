"""What is fuzzed, what a run begins with, and which words it throws in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

from boilercut.page import PageKind
from tests import strategies
from tests.helpers import golden_sources

__all__ = ["FINDS", "TARGETS", "check", "corpus", "dictionary"]

KINDS: dict[str, PageKind | None] = {"bytes": None, "html": "html", "text": "text"}
TARGETS = tuple(KINDS)
"""Bytes as they come from the network, the text of HTML, and plain text."""
EXPLAINED_EVERY = 8
"""An explanation takes longer than everything else that is checked."""
FINDS = Path(__file__).parent / "finds"
MAX_BYTES = 3000
"""Longer inputs make a run slow and reach no more code."""
MAX_WORD_BYTES = 64
"""libFuzzer takes no longer words."""
ENCODINGS = ("utf-16", "utf-16-le", "cp1251", "cp1252", "shift_jis", "gb18030", "euc_jp", "koi8-r", "big5")


def check(target: str, data: bytes) -> None:
    """Check the answer to one input, and of some inputs the explanation; raise what boilercut raises."""
    from tests.properties import check_answer, check_explanation  # boilercut is there by now, instrumented

    page = data if target == "bytes" else data.decode("utf-8", "surrogateescape")
    kind = KINDS[target]
    check_answer(page, kind)
    if crc32(data) % EXPLAINED_EVERY == 0:
        check_explanation(page, kind)


def corpus(target: str) -> Iterator[bytes]:
    """Yield inputs to begin with: golden pages, earlier finds, odd markup, and pages in other encodings."""
    suffixes = {"html": (".html",), "text": (".txt",), "bytes": (".html", ".txt")}[target]
    for source in golden_sources():
        if source.suffix in suffixes:
            yield source.read_bytes()[:MAX_BYTES]
    yield from (find.read_bytes() for find in sorted(FINDS.glob(f"{target}-*")))
    if target == "bytes":
        yield from _encoded()
    else:
        yield from ("\n".join(strategies.SENTENCES + strategies.LABELS).encode(), b"")
    if target == "html":
        yield from (piece.encode("utf-8", "surrogatepass") for piece in strategies.ODD_MARKUP)


def _encoded() -> Iterator[bytes]:
    for sentence in strategies.SENTENCES:
        for encoding in ENCODINGS:
            page = f"<html><head><meta charset={encoding}><title>{sentence}</title></head><p>{sentence}</p>{sentence}"
            yield page.encode(encoding, "replace")
            yield sentence.encode(encoding, "replace")


def dictionary() -> str:
    """Return tags, attributes, leftovers and stray markup in libFuzzer's format, one word a line."""
    tags = [f"<{tag}>" for tag in (*strategies.BLOCKS, *strategies.INLINES, *strategies.ODD_TAGS)]
    ends = [tag.replace("<", "</") for tag in tags]
    words = [*tags, *ends, *strategies.STRAY, *strategies.ATTRIBUTES, *strategies.LABELS, *strategies.LINE_ENDS]
    encoded = {word.encode("utf-8", "surrogatepass")[:MAX_WORD_BYTES] for word in words} - {b""}
    return "".join(f'"{_escaped(word)}"\n' for word in sorted(encoded))


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)
