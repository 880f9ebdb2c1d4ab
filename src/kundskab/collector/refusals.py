"""One log line per kind of refusal and ten seconds: what is final for clients must not vanish without a trace."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

LOG_SECONDS = 10.0
_MOST_KINDS = 1000

log = logging.getLogger("kundskab.collector")


class Refusals:
    """Counts (status, code, who) between two log lines."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[int, str, str]] = Counter()

    def note(self, status: int, code: str, who: str) -> None:
        """who: a source's name or the last four signs of a key, never the key."""
        if len(self.counts) < _MOST_KINDS:
            self.counts[status, code, who] += 1

    def write(self) -> None:
        for (status, code, who), count in sorted(self.counts.items()):
            log.warning("refused requests=%d status=%d code=%s who=%s", count, status, code, who or "-")
        self.counts.clear()

    async def write_for_ever(self) -> None:
        while True:
            await asyncio.sleep(LOG_SECONDS)
            self.write()
