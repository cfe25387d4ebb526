"""Unpack as a stream, in bounded memory: packed files, files packed several times, and HTTP's content codings."""

from __future__ import annotations

import io
import sys
import zlib
from collections.abc import Callable, Sequence
from gzip import GzipFile
from typing import Any, BinaryIO, cast

from boilercut.extras import needs_extra

__all__ = ["MAX_LAYERS", "UNPACK_ERRORS", "TooLongError", "counted", "packing_of", "unpacked", "unpacked_body"]

UNPACK_ERRORS = (OSError, EOFError, ValueError, NotImplementedError, zlib.error)
"""What unpacking raises where data is damaged; Arrow's errors derive from these."""
MAX_LAYERS = 3
"""Maximum number of packings around each other. Servers use one; each further one can multiply the length by 1,000
(gzip) or more."""
PIECE_BYTES = 1 << 16
"""Bytes of packed data that are read at a time."""
SIGNATURES = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4"}
"""First bytes of packed data (RFC 1952, RFC 8878, LZ4 frame format)."""


class TooLongError(ValueError):
    """Data is longer, unpacked, than it may be."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"longer than {max_bytes:,} bytes")


def packing_of(head: bytes) -> str | None:
    """Return what data is packed with by its first bytes; None if it is not packed."""
    return next((name for signature, name in SIGNATURES.items() if head.startswith(signature)), None)


def unpacked(stream: BinaryIO) -> BinaryIO:
    """Return a stream of the unpacked data; the stream itself if its first bytes are not those of packed data.

    Data can be packed up to `MAX_LAYERS` times. Raises `ValueError` if it is packed more often, and any of
    `UNPACK_ERRORS` if it is damaged.
    """
    layer: Any = stream
    for _ in range(MAX_LAYERS):
        packing = packing_of(_head(layer))
        if packing is None:
            return cast("BinaryIO", layer)
        # A buffer of its own is not put around a GzipFile: where the file is clipped, that would lose what it holds.
        gzipped = packing == "gzip"
        layer = GzipFile(fileobj=layer, mode="rb") if gzipped else io.BufferedReader(_arrow(layer, packing))
    if packing_of(_head(layer)):
        raise ValueError(f"packed more than {MAX_LAYERS} times")
    return cast("BinaryIO", layer)


def counted(stream: Any, buffer_bytes: int = io.DEFAULT_BUFFER_SIZE) -> BinaryIO:
    """Return a stream that cannot seek, such as that of a pipe, as one that knows its position, as readers need."""
    return cast("BinaryIO", io.BufferedReader(_Limited(stream, sys.maxsize), buffer_bytes))


def unpacked_body(body: BinaryIO, codings: Sequence[str], max_bytes: int) -> bytes:
    """Return the body of an HTTP message without its `Content-Encoding`, named in the order of packing.

    No layer is unpacked beyond `max_bytes`. Raises `TooLongError` for a longer one, `ValueError` for more than
    `MAX_LAYERS` codings, and any of `UNPACK_ERRORS` for damaged data. Servers name what is no coding, such as
    `utf-8`, and archives keep the header of what they have unpacked: both leave the body as it is.
    """
    known = [coding for coding in codings if coding in _CODINGS]
    if len(known) > MAX_LAYERS:
        raise ValueError(f"more than {MAX_LAYERS} content codings")
    layer = io.BufferedReader(_Limited(body, max_bytes))
    for coding in reversed(known):
        if coding not in ("gzip", "x-gzip", "zstd") or packing_of(_head(layer)):
            layer = io.BufferedReader(_Limited(_CODINGS[coding](layer), max_bytes))
    return layer.read()


def _head(stream: Any) -> bytes:
    return bytes(stream.peek(4)[:4])


def _arrow(stream: BinaryIO, packing: str) -> Any:
    """Unpack with Arrow, which would close the stream when it is done."""
    with needs_extra("batch"):
        import pyarrow as pa
    packed = pa.PythonFile(_Limited(stream, sys.maxsize), mode="r")
    return _Limited(pa.CompressedInputStream(packed, packing), sys.maxsize)


class _Limited(io.RawIOBase):
    """A stream that raises `TooLongError` where it goes on beyond `max_bytes`."""

    def __init__(self, stream: Any, max_bytes: int) -> None:
        self._read = getattr(stream, "read1", stream.read)  # read1 gives what it has where data is clipped
        self._max_bytes, self._left = max_bytes, max_bytes

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._max_bytes - self._left

    def readinto(self, buffer: Any) -> int:
        data = self._read(min(len(buffer), self._left + 1))
        self._left -= len(data)
        if self._left < 0:
            raise TooLongError(self._max_bytes)
        buffer[: len(data)] = data
        return len(data)


class _Inflated(io.RawIOBase):
    """A stream of gzip or deflate, unpacked.

    Deflate is a zlib stream (RFC 9110), or a bare one as some servers send. As in browsers, a clipped stream gives
    what it holds, and what follows the end is ignored, unless it is another member of gzip.
    """

    def __init__(self, stream: Any) -> None:
        head = _head(stream)
        wrapped = packing_of(head) == "gzip" or (head[:1] == b"\x78" and int.from_bytes(head[:2], "big") % 31 == 0)
        self._is_empty = True
        self._stream, self._inflater = stream, zlib.decompressobj(zlib.MAX_WBITS | 32 if wrapped else -zlib.MAX_WBITS)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        packed = self._inflater.unconsumed_tail
        while True:
            if self._inflater.eof:
                packed = self._inflater.unused_data or self._stream.read1(PIECE_BYTES)
                if packing_of(packed) != "gzip":
                    return 0
                self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
            packed = packed or self._stream.read1(PIECE_BYTES)
            if data := self._inflater.decompress(packed, len(buffer)):
                self._is_empty = False
                buffer[: len(data)] = data
                return len(data)
            if not packed and not self._inflater.eof:
                if self._is_empty:
                    raise EOFError("clipped")
                return 0
            packed = self._inflater.unconsumed_tail


_CODINGS: dict[str, Callable[[Any], Any]] = {
    "gzip": _Inflated,
    "x-gzip": _Inflated,
    "deflate": _Inflated,
    "br": lambda stream: _arrow(stream, "brotli"),
    "zstd": lambda stream: _arrow(stream, "zstd"),
}
"""The content codings of HTTP that pages are packed in (IANA's registry)."""
