"""Everything that is no event goes on to the pages, over a unix socket, and streams back."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import httpx

from kundskab.collector.answers import Answer, Headers, Receive, Scope, Send, reply
from kundskab.collector.peer import peer_of

MOST_BYTES = 64 << 20  # a page's upload; files for the importer do not come this way
_TRIES = 3
# RFC 9110 §7.6.1, and what only the door itself may say.
_OURS = frozenset({
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te", b"trailer",
    b"transfer-encoding", b"upgrade", b"expect", b"content-length", b"date", b"server",
    b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-port", b"x-real-ip",
})  # fmt: skip
_STARTING = Answer(
    503,
    b"<!doctype html><title>Kundskab</title><p>The pages are starting. Reload in a moment.</p>"
    b" Events are being received meanwhile.",
    [(b"content-type", b"text/html; charset=utf-8"), (b"retry-after", b"2"), (b"cache-control", b"no-store")],
)
_TOO_LARGE = Answer(413, b"The upload is too large.", [(b"content-type", b"text/plain"), (b"connection", b"close")])


class Forward:
    """The way to the web process. Open it inside a running loop; `close()` when done."""

    def __init__(self, socket: Path) -> None:
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=reachable(socket), limits=httpx.Limits(max_connections=200)),
            timeout=httpx.Timeout(60.0, connect=5.0, pool=10.0),
            follow_redirects=False,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if body is None:
            return await reply(send, _TOO_LARGE)
        streaming = asyncio.ensure_future(self._stream(scope, body, send))
        leaving = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait((streaming, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            # A live tail never ends by itself: when the reader has left, neither may we go on.
            if not streaming.done():
                streaming.cancel()
        with suppress(asyncio.CancelledError):
            await streaming

    async def close(self) -> None:
        await self._client.aclose()

    async def _stream(self, scope: Scope, body: bytes, send: Send) -> None:
        response = await self._ask(scope, body)
        if response is None:
            return await reply(send, _STARTING)
        try:
            headers = [(name.lower(), value) for name, value in response.headers.raw]
            kept = [pair for pair in headers if pair[0] not in _OURS or pair[0] == b"content-length"]
            await send({"type": "http.response.start", "status": response.status_code, "headers": kept})
            async for part in response.aiter_raw():
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await response.aclose()

    async def _ask(self, scope: Scope, body: bytes) -> httpx.Response | None:
        """The response's beginning; None when the pages do not answer."""
        safe = scope["method"] in ("GET", "HEAD")
        for again in range(_TRIES if safe else 1):
            try:
                return await self._client.send(self._request(scope, body), stream=True)
            except httpx.TimeoutException:
                return None
            except httpx.TransportError:
                # The web process may just have been restarted under a connection that we kept.
                await asyncio.sleep(0.1 * 3**again)
        return None

    def _request(self, scope: Scope, body: bytes) -> httpx.Request:
        path = scope.get("raw_path") or scope["path"].encode("ascii", "ignore")
        query = scope.get("query_string", b"")
        url = httpx.URL("http://pages", raw_path=path + (b"?" + query if query else b""))
        return httpx.Request(scope["method"], url, headers=list(_passed_on(scope)), content=body)


def reachable(socket: Path) -> str:
    """A name for the socket that fits into the 107 bytes the kernel allows, however deep the home folder lies."""
    if len(os.fsencode(socket)) < 104:
        return str(socket)
    folder = os.open(socket.parent, os.O_PATH | os.O_CLOEXEC)
    return f"/proc/self/fd/{folder}/{socket.name}"


def _passed_on(scope: Scope) -> Iterator[tuple[bytes, bytes]]:
    given: Headers = scope["headers"]
    peer = peer_of(scope, _first(given))
    yield from ((name, value) for name, value in given if name not in _OURS)
    yield b"x-forwarded-for", peer.client.encode("latin-1", "ignore")
    yield b"x-forwarded-proto", peer.scheme.encode()


def _first(headers: Headers) -> Mapping[bytes, bytes]:
    return dict(reversed(headers))


async def _body(receive: Receive) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return b"".join(parts)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
