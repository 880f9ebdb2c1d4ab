"""Reading a request's body: bounded in bytes and in what it unpacks to; `protocol` bounds it in time."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from kundskab.collector.answers import Receive
from kundskab.events import TooLarge, Unreadable

_GZIP = b"\x1f\x8b"
_ANY_HEADER = zlib.MAX_WBITS | 32  # gzip or zlib, whichever it is


class Gone(Exception):
    """The sender hung up before the body was whole; nobody waits for an answer."""


async def read(receive: Receive, headers: Mapping[bytes, bytes], *, most_bytes: int) -> bytes:
    """The body, unpacked. Raises TooLarge, Gone, and Unreadable for broken compression."""
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > most_bytes:
        raise _too_large(most_bytes)
    body = await _whole(receive, most_bytes)
    # Some clients pack without saying so, others (axios) say so under a form's content type: look at the bytes.
    if body[:2] == _GZIP or headers.get(b"content-encoding", b"identity") in (b"gzip", b"deflate", b"x-gzip"):
        return inflate(body, most_bytes=most_bytes)
    return body


def inflate(packed: bytes, *, most_bytes: int) -> bytes:
    """Unpack gzip or zlib, never more than most_bytes. Raises TooLarge, Unreadable."""
    if not packed:
        return b""
    unpacker = zlib.decompressobj(_ANY_HEADER)
    try:
        body = unpacker.decompress(packed, most_bytes + 1)
    except zlib.error:
        raise Unreadable("The body says it is gzip but cannot be unpacked; send it again.") from None
    if len(body) > most_bytes:
        raise _too_large(most_bytes)
    if not unpacker.eof or unpacker.unused_data:
        raise Unreadable("The packed body is cut off or followed by something else; send it again.")
    return body


async def _whole(receive: Receive, most_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > most_bytes:
            raise _too_large(most_bytes)
        if not message.get("more_body"):
            return b"".join([*parts, part]) if parts else part
        parts.append(part)


def _too_large(most_bytes: int) -> TooLarge:
    return TooLarge(f"The body is over {most_bytes >> 20} MB; send smaller batches.")
