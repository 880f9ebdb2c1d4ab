"""How much the door may hold at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


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
