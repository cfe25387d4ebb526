"""Read crawl archives: WARC responses and resources, WET conversions, and the older ARC.

Archives come clipped and damaged. A record that is shorter than it says is reported, and after damage reading
continues at the next record.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from boilercut.batch.job import Job
from boilercut.batch.messages import message_of
from boilercut.batch.packing import TooLongError, counted, packing_of, unpacked
from boilercut.batch.records import ENDINGS, Failed, Item, Known, Record, Skipped, guarded, reason_of
from boilercut.extras import needs_extra
from boilercut.page import PageKind
from boilercut.read.decode import charset_in

__all__ = ["read_arc", "read_warc"]

KINDS: dict[str, PageKind | None] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
    "": None,
}
"""Content types of pages, and the kind of page; None to detect it."""
FAMILIES = {"application", "audio", "font", "image", "model", "multipart", "text", "video"}
"""First halves of the types that exist (RFC 6838); what servers make up is counted as "other"."""
GZIP, PLAIN = b"\x1f\x8b\x08", b"WARC/1."
"""How records begin: each a gzip member, or bare."""
PIECE_BYTES = 1 << 20
"""Bytes that are read at a time where data is searched or skipped."""
MAX_LINE_BYTES = 1 << 14
"""Longer lines are no headers of ARC records; addresses have up to 2 to 8 kB."""

_ARC_HEADER = re.compile(
    rb"(?P<url>[!-~][^\r\n]*) \S+ \d{8,20} (?P<type>\S+)(?: \d+ \S+ \S+ \d+ \S+)? (?P<length>\S{1,15})\r?\n"
)
"""Header of a record of ARC 1 (5 fields) or ARC 2 (10 fields; Internet Archive, 1996). Addresses can contain spaces."""


def read_warc(stream: BinaryIO, name: str, job: Job) -> Iterator[Item]:
    """Yield what a WARC or WET file holds, record by record."""
    stream = _single_layer(stream)
    last: Item | None = None
    position = 0
    for record in _warc_records(stream):
        if not isinstance(record, Failed):
            position = record.stream_pos
            known: Known = {}
            last = guarded(_warc_item, record, known, job, known=known)
        else:
            last = record
        yield last
    if last is None or (not isinstance(last, Failed) and _ends_within_a_member(stream, position)):
        yield Failed("the file ends inside a record")


def _single_layer(stream: BinaryIO) -> BinaryIO:
    """Return the stream with no more than the gzip or LZ4 members that the reader of WARC unpacks itself."""
    head = stream.peek(1 << 16)  # type: ignore[attr-defined]
    inner = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        packed_again = packing_of(head) == "gzip" and packing_of(inner.decompress(head, 4))
    except zlib.error:
        return stream
    return counted(unpacked(stream)) if packed_again or packing_of(head) == "zstd" else stream


def _warc_records(stream: BinaryIO) -> Iterator[Any]:
    """Yield records; where one cannot be read, a `Failed`, and then the records after it."""
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
        except ENDINGS:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever one record sets off, the others are read
            if not reported:
                yield Failed(f"damaged: after byte {position:,}, {reason_of(error)}")
        start, reported = _next_start(stream, position + 1), True


def _next_start(stream: BinaryIO, position: int) -> int | None:
    """Move the stream to the next beginning of a record, from `position` on, and return where that is."""
    if not stream.seekable():
        return None
    stream.seek(0)
    mark = GZIP if stream.read(3) == GZIP else PLAIN
    stream.seek(position)
    before = b""
    while chunk := stream.read(PIECE_BYTES):
        found = (before + chunk).find(mark)
        if found >= 0:
            return stream.seek(position - len(before) + found)
        position += len(chunk)
        before = (before + chunk)[1 - len(mark) :]
    return None


def _ends_within_a_member(stream: BinaryIO, position: int) -> bool:
    """Return whether a gzip file stops before its last member does; `position` is where one begins."""
    if not stream.seekable():
        return False
    stream.seek(position)
    data = stream.read(1 << 16)
    member = zlib.decompressobj(zlib.MAX_WBITS | 16) if data.startswith(GZIP) else None
    while member and data:
        try:
            member.decompress(data, PIECE_BYTES)
        except zlib.error:
            return True
        data = member.unused_data if member.eof else member.unconsumed_tail
        data = data or stream.read(1 << 16)
        if member.eof:
            member = zlib.decompressobj(zlib.MAX_WBITS | 16) if data.strip(b"\0") else None  # zeros are padding
    return member is not None


def _warc_item(record: Any, known: Known, job: Job) -> Item:
    """Make an item of a record; `known` is filled in with what a failure is reported by."""
    known["id"] = record.record_id or ""
    # wget puts addresses in angle brackets, as a first reading of the standard had it
    known["url"] = (record.headers.get("WARC-Target-URI") or "").removeprefix("<").removesuffix(">")
    kind = str(record.record_type)
    if kind == "unknown":
        return Failed("a record without a known type", **known)
    if kind not in ("response", "resource", "conversion"):
        return Skipped(f"{kind} record")
    length = record.content_length
    if length > job.max_bytes:
        raise TooLongError(job.max_bytes)
    block = _read_up_to(record.reader, length)
    if len(block) < length or not length:
        return Failed(f"clipped: {len(block):,} of {length:,} bytes", **known)
    if kind != "response":
        return _page_item(record.headers.get("Content-Type"), None, block, known)
    if not record.is_http:
        return Skipped("not HTTP")
    if not block.startswith(b"HTTP/"):
        return Failed("damaged record: no HTTP status line", **known)
    return _response_item(block, "", known, job)


def _read_up_to(reader: Any, limit: int) -> bytes:
    parts: list[bytes] = []
    while limit > 0 and (part := reader.read(limit)):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def _response_item(block: bytes, content_type: str, known: Known, job: Job) -> Item:
    """Make an item of an HTTP response; `content_type` is that of the archive, for responses without one."""
    message = message_of(block)
    if message.status is not None and not 200 <= message.status < 300:
        return Skipped(f"HTTP status {message.status if 100 <= message.status < 600 else 'unknown'}")
    content_type = message.header("content-type") or content_type
    return _page_item(content_type, charset_in(content_type), message.body(job.max_bytes), known)


def _page_item(content_type: str | None, charset: str | None, body: bytes, known: Known) -> Item:
    named = (content_type or "").partition(";")[0].strip().lower()
    if named not in KINDS:
        family = named.partition("/")[0]
        return Skipped(f"not HTML or text: {family if family in FAMILIES else 'other'}")
    return Record(body, known.get("id", ""), known["url"], kind=KINDS[named], charset=charset)


def read_arc(stream: BinaryIO, name: str, job: Job) -> Iterator[Item]:
    """Yield what an ARC file holds, record by record; after damage, from the next line that is a header on."""
    records = unpacked(stream)
    reported = False
    while line := records.readline(MAX_LINE_BYTES):
        header = _ARC_HEADER.fullmatch(line) if line.endswith(b"\n") else None
        if header:
            known: Known = {}
            block = _read_block(records, header["length"], job.max_bytes)
            yield guarded(_arc_item, header, block, known, job, known=known)
        elif line.strip() and not reported:
            yield Failed("damaged: a line that is no header of a record")
        reported = not header["length"].isdigit() if header else reported or bool(line.strip())


def _read_block(records: BinaryIO, length: bytes, max_bytes: int) -> bytes:
    """Read the block of a record up to `max_bytes`, and skip the rest; empty without a length."""
    size = int(length) if length.isdigit() else 0
    block = _read_up_to(records, min(size, max_bytes))
    rest = size - max_bytes
    while rest > 0 and (part := records.read(min(rest, PIECE_BYTES))):
        rest -= len(part)
    return block


def _arc_item(header: re.Match[bytes], block: bytes, known: Known, job: Job) -> Item:
    known["url"] = header["url"].decode("utf-8", "replace")
    if known["url"].startswith("filedesc:"):
        return Skipped("ARC header")
    if not header["length"].isdigit():
        return Failed(f"damaged: the length is {header['length'].decode('latin-1')!r}", **known)
    length = int(header["length"])
    if length > job.max_bytes:
        raise TooLongError(job.max_bytes)
    if len(block) < length:
        return Failed(f"clipped: {length - len(block):,} bytes are missing", **known)
    if not block.strip():
        return Failed("empty response", **known)
    return _response_item(block, header["type"].decode("latin-1"), known, job)
