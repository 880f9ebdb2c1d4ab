"""The load generator: raw sockets that stay open, one request at a time each, for a bounded time, on loopback."""

from __future__ import annotations

import asyncio
import base64
import time
from typing import Any

import uvloop

from bench import payloads
from bench.report import percentile

WARM_UP_SECONDS = 0.5


def drive(*, port: int, key: str, run: str, connections: int, batch: int, seconds: float) -> dict[str, Any]:
    """Send as fast as the server answers; batch 1 sends single events to /v1/track.

    Returns events and requests counted, seconds, p50_ms, p99_ms; sent: all events with the warm-up's; not_ok: answers
    other than 200.
    """
    return uvloop.run(_drive(port, Requests(key, run, batch), connections, seconds))


class Requests:
    """Makes each request's bytes, no two alike."""

    def __init__(self, key: str, run: str, batch: int) -> None:
        self.batch = batch
        self._run = run
        self._next = 0
        self._now = payloads.now_text()
        path = b"/v1/track" if batch == 1 else b"/v1/batch"
        basic = base64.b64encode(f"{key}:".encode())
        self._head = (
            b"POST %b HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic %b\r\n"
            b"Content-Type: application/json\r\nUser-Agent: bench\r\nContent-Length: %%d\r\n\r\n" % (path, basic)
        )

    def next(self) -> bytes:
        if self.batch == 1:
            body = payloads.event(self._run, self._next, now=self._now)
        else:
            body = payloads.batch(self._run, self._next, self.batch, now=self._now)
        self._next += self.batch
        return self._head % len(body) + body

    @property
    def made(self) -> int:
        return self._next


class _Sender(asyncio.Protocol):
    """One connection: send, wait for the whole answer, send again."""

    def __init__(self, requests: Requests, tally: _Tally) -> None:
        self._requests = requests
        self._tally = tally
        self._answer = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if not is_whole(self._answer):
            return
        self._tally.note(time.perf_counter() - self._sent, self._answer.startswith(b"HTTP/1.1 200"))
        self._answer = b""
        if self._tally.stopping:
            self._transport.close()
        else:
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        self._tally.open -= 1

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._requests.next())


class _Tally:
    def __init__(self, connections: int) -> None:
        self.latencies: list[float] = []
        self.not_ok = 0
        self.counting = self.stopping = False
        self.open = connections

    def note(self, seconds: float, ok: bool) -> None:
        self.not_ok += not ok
        if self.counting:
            self.latencies.append(seconds)


async def _drive(port: int, requests: Requests, connections: int, seconds: float) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    tally = _Tally(connections)
    for _ in range(connections):
        await loop.create_connection(lambda: _Sender(requests, tally), "127.0.0.1", port)
    await asyncio.sleep(WARM_UP_SECONDS)
    tally.counting, started = True, time.perf_counter()
    await asyncio.sleep(seconds)
    tally.counting, measured = False, time.perf_counter() - started
    tally.stopping = True
    until = time.perf_counter() + 30
    while tally.open and time.perf_counter() < until:
        await asyncio.sleep(0.01)
    return {
        "requests": len(tally.latencies),
        "events": len(tally.latencies) * requests.batch,
        "seconds": measured,
        "p50_ms": percentile(tally.latencies, 0.5) * 1000,
        "p99_ms": percentile(tally.latencies, 0.99) * 1000,
        "sent": requests.made,
        "not_ok": tally.not_ok,
    }


def is_whole(answer: bytes) -> bool:
    """Whether this is a whole HTTP answer, as far as its content-length tells."""
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    at = head.lower().find(b"content-length:")
    if at < 0:
        return False
    return len(body) >= int(head[at + 15 :].split(b"\r\n", 1)[0])
