"""What a deployment may change, read from the environment once per worker."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """Limits of one collector worker; the defaults suit a small machine."""

    events_per_second: float = 50_000.0  # KUNDSKAB_RATE: one key, one worker; a source may set its own
    held_bytes: int = 128 << 20  # KUNDSKAB_HELD_MB: bodies in memory before senders are asked to wait
    held_requests: int = 4096  # KUNDSKAB_HELD_REQUESTS

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Options:
        """Raises ValueError when a setting is no number."""
        return cls(
            events_per_second=float(environment.get("KUNDSKAB_RATE", cls().events_per_second)),
            held_bytes=int(float(environment.get("KUNDSKAB_HELD_MB", 128)) * (1 << 20)),
            held_requests=int(environment.get("KUNDSKAB_HELD_REQUESTS", cls().held_requests)),
        )
