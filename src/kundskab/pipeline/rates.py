"""How fast one key may send or ask."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil


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
