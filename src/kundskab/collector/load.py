"""How much the door may hold at once, and how fast one key may send."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil


class Load:
    """Bodies in the hands of this worker: being read, or waiting for the disk. Over the limit: try later."""

    def __init__(self, *, most_bytes: int, most_requests: int) -> None:
        self._most_bytes = most_bytes
        self._most_requests = most_requests
        self.bytes = 0
        self.requests = 0

    @property
    def is_over(self) -> bool:
        return self.bytes > self._most_bytes or self.requests > self._most_requests

    @contextmanager
    def hold(self, size_bytes: int, *, requests: int = 1) -> Iterator[None]:
        """Count one request, of so many bytes as far as it says, while it is in our hands."""
        self.requests += requests
        self.bytes += size_bytes
        try:
            yield
        finally:
            self.requests -= requests
            self.bytes -= size_bytes


class Rates:
    """One token bucket per write key, counted in events.

    A request is let in while the bucket is not empty, then pays for all its events; a big batch may leave a debt
    that the next ones wait for. So the decision needs no parsing.
    """

    def __init__(self, *, burst_seconds: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst_seconds = burst_seconds
        self._clock = clock
        # key -> (events left, when that was). Only valid keys ever pay, so there are few.
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_seconds(self, key: str, *, per_second: float) -> int:
        """0 when the key may send now, else whole seconds until it may."""
        left = self._left(key, per_second)
        return 0 if left > 0 else max(1, ceil((1 - left) / per_second))

    def pay(self, key: str, events: int, *, per_second: float) -> None:
        self._buckets[key] = (self._left(key, per_second) - events, self._clock())

    def _left(self, key: str, per_second: float) -> float:
        most = per_second * self._burst_seconds
        left, since = self._buckets.get(key, (most, 0.0))
        return min(most, left + (self._clock() - since) * per_second)
