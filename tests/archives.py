"""Write records of crawl archives, and pack what they hold."""

from __future__ import annotations

import gzip
import zlib
from importlib import import_module

__all__ = ["arc_record", "coded", "http", "record"]


def http(body: bytes, content_type: str = "text/html; charset=utf-8", status: str = "200 OK", **headers: str) -> bytes:
    """Return an HTTP response."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def record(
    block: bytes, kind: str = "response", name: str = "r", content_type: str = "application/http; msgtype=response"
) -> bytes:
    """Return a WARC record."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:test:{name}>\r\nWARC-Date: 2026-03-01T10:00:00Z\r\n"
        f"WARC-Target-URI: https://ullin.example/{name}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def arc_record(url: str, block: bytes, content_type: str = "text/html") -> bytes:
    """Return an ARC record."""
    return f"{url} 192.0.2.1 20260301100000 {content_type} {len(block)}\n".encode() + block + b"\n"


def coded(coding: str, data: bytes) -> bytes:
    """Pack data in one of HTTP's codings; `zlib` is what servers should send as `deflate`, and some do not."""
    if coding == "gzip":
        return gzip.compress(data, 1, mtime=0)
    if coding in ("deflate", "zlib"):
        packer = zlib.compressobj(1, wbits=zlib.MAX_WBITS if coding == "zlib" else -zlib.MAX_WBITS)
        return packer.compress(data) + packer.flush()
    return bytes(import_module("pyarrow").compress(data, {"br": "brotli"}.get(coding, coding), asbytes=True))
