"""Take HTTP responses apart, as crawl archives keep them."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import NamedTuple

from boilercut.batch.packing import unpacked_body

__all__ = ["Message", "message_of"]

MAX_HEAD_BYTES = 1 << 16
"""Longer heads are not read; servers refuse those above 8 to 64 kB."""
MAX_CHUNK_LINE_BYTES = 1 << 10
"""Longer lines before a chunk are no lengths."""

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_LENGTH = re.compile(rb"\s*([0-9a-fA-F]{1,15})\s*(?:;|$)")


class Message(NamedTuple):
    """An HTTP response, its body packed as it came."""

    status: int | None
    """None where there is no status line."""
    headers: Mapping[str, list[str]]
    """By name, in lower case; each value in its order."""
    block: bytes
    body_start: int

    def header(self, name: str) -> str | None:
        """Return the first value of a header."""
        return self.headers.get(name, [None])[0]

    def body(self, max_bytes: int) -> bytes:
        """Return the body without its transfer and content codings; raises what `unpacked_body` does."""
        codings = ",".join(self.headers.get("content-encoding", [])).lower().split(",")
        stream = io.BytesIO(self.block)
        stream.seek(self.body_start)
        if "chunked" in ",".join(self.headers.get("transfer-encoding", [])).lower():
            stream = io.BytesIO(_joined_chunks(self.block, self.body_start))
        return unpacked_body(stream, [coding.strip() for coding in codings], max_bytes)


def message_of(block: bytes) -> Message:
    r"""Take a response apart; a block without a status line is a body without headers.

    >>> message = message_of(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>")
    >>> message.status, message.header("content-type"), message.body(100)
    (200, 'text/html', b'<p>')
    """
    if not block.startswith(b"HTTP/"):
        return Message(None, {}, block, 0)
    end = _HEAD_END.search(block, 0, MAX_HEAD_BYTES)
    if end is None:
        raise ValueError(f"the HTTP head does not end within {MAX_HEAD_BYTES:,} bytes")
    first, *lines = block[: end.start()].decode("latin-1").split("\n")
    status = first.split()[1:2]
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), []).append(value.strip())
    return Message(int(status[0]) if status and status[0].isdigit() else None, headers, block, end.end())


def _joined_chunks(block: bytes, start: int) -> bytes:
    """Return a chunked body in one piece (RFC 9112); one that an archive keeps without its chunks, as it is.

    Raises `ValueError` where chunks are damaged or end too early.
    """
    body = bytearray()
    position = start
    while True:
        line_end = block.find(b"\n", position, position + MAX_CHUNK_LINE_BYTES)
        length = _CHUNK_LENGTH.match(block[position : max(line_end, position)])
        if length is None:
            if position == start:
                return block[start:]
            raise ValueError(f"damaged chunk after {len(body):,} bytes of the body")
        size = int(length[1], 16)
        if size == 0:
            return bytes(body)
        chunk = memoryview(block)[line_end + 1 : line_end + 1 + size]
        if len(chunk) < size:
            raise ValueError(f"clipped: the last chunk has {len(chunk):,} of {size:,} bytes")
        body += chunk
        position = line_end + 1 + size
        position += 2 if block.startswith(b"\r\n", position) else block.startswith(b"\n", position)
