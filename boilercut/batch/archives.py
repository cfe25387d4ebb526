"""Read crawl archives: WARC responses and resources, WET conversions, and the older ARC.

Archives come clipped and damaged. A record that is shorter than it says is reported, and after damage
reading goes on where the next record begins.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from boilercut.batch.job import Job
from boilercut.batch.records import Failed, Item, Record, Skipped
from boilercut.extras import needs_extra
from boilercut.read.decode import charset_in
from boilercut.vocabulary import PageKind

__all__ = ["read_arc", "read_warc"]

KINDS: dict[str, PageKind | None] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
    "": None,
}
"""Content types that are pages, and what pages of that type are; without one it is found out."""
FAMILIES = {"application", "audio", "font", "image", "model", "multipart", "text", "video"}
"""First halves of the types that exist (RFC 6838); what servers make up is counted as "other"."""
GZIP, PLAIN = b"\x1f\x8b\x08", b"WARC/1."
"""How records begin: a gzip member each, or bare."""


def read_warc(stream: BinaryIO, name: str, job: Job) -> Iterator[Item]:
    """Yield what a WARC or WET file holds, record by record."""
    last: Item | None = None
    position = 0
    for record in _warc_records(stream):
        if not isinstance(record, Failed):
            position = record.stream_pos
        last = record if isinstance(record, Failed) else _guarded_item(record, job)
        yield last
    if last is None or (not isinstance(last, Failed) and _ends_within_a_member(stream, position)):
        yield Failed("the file ends inside a record")


def _warc_records(stream: BinaryIO) -> Iterator[Any]:
    """Yield records; where one cannot be read, a `Failed`, and then those after it."""
    with needs_extra("batch"):
        from fastwarc.warc import ArchiveIterator

    start: int | None = 0
    reported = False  # the damaged record may be where reading starts again
    while start is not None:
        position = start
        try:
            for record in ArchiveIterator(stream, parse_http=False):
                position, reported = record.stream_pos, False
                yield record
            return
        except OSError as error:
            if not reported:
                yield Failed(f"damaged: after byte {position:,}, {error}")
        start, reported = _next_start(stream, position + 1), True


def _next_start(stream: BinaryIO, position: int) -> int | None:
    """Move the stream to the next beginning of a record, from `position` on, and return where that is."""
    if not stream.seekable():
        return None
    stream.seek(0)
    mark = GZIP if stream.read(3) == GZIP else PLAIN
    stream.seek(position)
    before = b""
    while chunk := stream.read(1 << 20):
        found = (before + chunk).find(mark)
        if found >= 0:
            return stream.seek(position - len(before) + found)
        position += len(chunk)
        before = (before + chunk)[1 - len(mark) :]
    return None


def _ends_within_a_member(stream: BinaryIO, position: int) -> bool:
    """Tell whether a gzip file stops before its last member does; `position` is where one begins."""
    if not stream.seekable():
        return False
    stream.seek(position)
    data = stream.read(1 << 16)
    member = zlib.decompressobj(zlib.MAX_WBITS | 16) if data.startswith(GZIP) else None
    while member and data:
        try:
            member.decompress(data, 1 << 20)
        except zlib.error:
            return True
        data = member.unused_data if member.eof else member.unconsumed_tail
        data = data or stream.read(1 << 16)
        if member.eof:
            member = zlib.decompressobj(zlib.MAX_WBITS | 16) if data.strip(b"\0") else None  # zeros are padding
    return member is not None


def _guarded_item(record: Any, job: Job) -> Item:
    # wget puts addresses in angle brackets, as a first reading of the standard had it
    url = (record.headers.get("WARC-Target-URI") or "").removeprefix("<").removesuffix(">")
    known = {"id": record.record_id or "", "url": url}
    try:
        return _warc_item(record, known, job)
    except (OSError, ValueError) as error:
        return Failed(f"damaged record: {error}", **known)


def _warc_item(record: Any, known: dict[str, str], job: Job) -> Item:
    kind = str(record.record_type)
    if kind == "unknown":
        return Failed("a record without a known type", **known)
    if kind not in ("response", "resource", "conversion"):
        return Skipped(f"{kind} record")
    length = record.content_length
    if length > job.max_bytes:
        return Failed(f"longer than {job.max_bytes:,} bytes", **known)
    block = _read_up_to(record.reader, length)
    if len(block) < length or not length:
        return Failed(f"clipped: {len(block):,} of {length:,} bytes", **known)
    if kind == "response":
        return _response_item(record, block, known, job)
    return _page_item(record.headers.get("Content-Type"), None, block, known)


def _response_item(record: Any, block: bytes, known: dict[str, str], job: Job) -> Item:
    """Take the HTTP message apart; what its headers say is packed is unpacked, but not without end."""
    if not record.is_http:
        return Skipped("not HTTP")
    record.set_bytes_content(block)
    record.parse_http(auto_decode="all")
    status = record.http_headers.status_code if record.http_headers else None
    if status is not None and not 200 <= status < 300:
        return Skipped(_status(status))
    body = _read_up_to(record.reader, job.max_bytes + 1)
    if len(body) > job.max_bytes:
        return Failed(f"longer than {job.max_bytes:,} bytes", **known)
    return _page_item(record.http_headers.get("Content-Type"), record.http_charset, body, known)


def _read_up_to(reader: Any, limit: int) -> bytes:
    parts: list[bytes] = []
    while limit > 0 and (part := reader.read(limit)):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def _page_item(content_type: str | None, charset: str | None, body: bytes, known: dict[str, str]) -> Item:
    named = (content_type or "").partition(";")[0].strip().lower()
    if named not in KINDS:
        family = named.partition("/")[0]
        return Skipped(f"not HTML or text: {family if family in FAMILIES else 'other'}")
    return Record(body, kind=KINDS[named], charset=charset, **known)


def _status(status: int) -> str:
    return f"HTTP status {status if 100 <= status < 600 else 'unknown'}"


def read_arc(stream: BinaryIO, name: str, job: Job) -> Iterator[Item]:
    """Yield what an ARC file holds, record by record."""
    with needs_extra("batch"):
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed

    records = ArchiveIterator(stream)
    while True:
        try:
            record = next(records)
            item = _arc_item(record, job)
        except StopIteration:
            return
        except ArchiveLoadFailed as error:
            yield Failed(f"the archive cannot be read on: {error}")
            return
        yield item


def _arc_item(record: Any, job: Job) -> Item:
    if record.rec_type != "response":
        return Skipped("ARC header")
    known = {"url": record.rec_headers.get_header("uri") or ""}
    headers = record.http_headers
    status = headers.get_statuscode() if headers else ""
    if status.isdigit() and not 200 <= int(status) < 300:
        return Skipped(_status(int(status)))
    body = record.content_stream().read(job.max_bytes + 1)
    if len(body) > job.max_bytes:
        return Failed(f"longer than {job.max_bytes:,} bytes", **known)
    missing = getattr(record.raw_stream, "limit", 0)
    if not body or missing > 0:
        return Failed(f"clipped: {missing:,} bytes are missing" if missing else "empty response", **known)
    content_type = (headers.get_header("Content-Type") if headers else None) or record.content_type
    return _page_item(content_type, charset_in(content_type), body, known)
