"""A load generator that keeps a pace: so many events a second, whether or not the server keeps up."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import uvloop

from bench.load import Requests, is_whole
from bench.report import percentile

_CONNECTIONS = 64
_TICK_SECONDS = 0.01


def drive(*, port: int, key: str, run: str, per_second: int, seconds: float) -> dict[str, Any]:
    """Single events at this pace over idle connections. sent_at: unix time of sending, by event number."""
    return uvloop.run(_drive(port, Requests(key, run, 1), per_second, seconds))


class _Line(asyncio.Protocol):
    """A connection that takes an event from the queue whenever it is idle."""

    def __init__(self, office: _Office) -> None:
        self._office = office
        self._answer = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._office.idle.append(self)

    def send(self, request: bytes) -> None:
        self._sent = time.time()
        self._office.sent_at.append(self._sent)
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if is_whole(self._answer):
            self._office.acknowledged += self._answer.startswith(b"HTTP/1.1 200")
            self._office.latencies.append(time.time() - self._sent)
            self._answer = b""
            self._office.idle.append(self)


class _Office:
    def __init__(self) -> None:
        self.idle: list[_Line] = []
        self.sent_at: list[float] = []
        self.latencies: list[float] = []
        self.acknowledged = 0


async def _drive(port: int, requests: Requests, per_second: int, seconds: float) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    office = _Office()
    for _ in range(_CONNECTIONS):
        await loop.create_connection(lambda: _Line(office), "127.0.0.1", port)
    started = time.time()
    total = int(per_second * seconds)
    while len(office.sent_at) < total:
        due = min(total, int((time.time() - started) * per_second))
        while len(office.sent_at) < due and office.idle:
            office.idle.pop().send(requests.next())
        await asyncio.sleep(_TICK_SECONDS)
    took = time.time() - started
    while len(office.latencies) < total and time.time() < started + took + 30:
        await asyncio.sleep(_TICK_SECONDS)
    return {
        "sent_at": office.sent_at,
        "seconds": took,
        "acknowledged": office.acknowledged,
        "p99_ms": percentile(office.latencies, 0.99) * 1000,
    }
