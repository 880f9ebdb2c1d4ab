"""uvicorn's HTTP protocol with limits on how long a request may take to arrive, and on how big its head may be.

uvicorn waits for ever for what trickles in, so a few hundred idle sockets could hold all of a worker's descriptors.
A request that arrives in one piece, as nearly all do, costs no timer.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ARRIVAL_SECONDS = 30.0
MOST_HEAD_BYTES = 64 << 10


class ImpatientProtocol(HttpToolsProtocol):
    """Closes a connection whose request, head and body, is not whole 30 seconds after its first byte."""

    _deadline: asyncio.TimerHandle | None = None
    _arriving = True  # from the start, or a request's first byte, to the end of its body
    _in_head = True
    _head_bytes = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._deadline = self.loop.call_later(ARRIVAL_SECONDS, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._arriving:
            self._stop_waiting()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(ARRIVAL_SECONDS, self._give_up)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES:
                self.transport.close()

    def on_message_begin(self) -> None:
        self._arriving = self._in_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._arriving = False
        super().on_message_complete()

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.close()
