"""`desk.news`: what changed about people lately, for a first page that everybody may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from kundskab.pipeline.home import Home
from kundskab.vault.news import News, since

KEPT = timedelta(minutes=1)  # counting goes through the ledger; a first page is opened often


class Lately:
    """Counts of the last days, remembered for a minute."""

    def __init__(self, home: Home, now: Callable[[], datetime]) -> None:
        self._home = home
        self._now = now
        self._lock = Lock()
        self._known: dict[int, tuple[datetime, News]] = {}

    def __call__(self, days: int = 7) -> News:
        """What changed in so many days up to now."""
        now = self._now()
        with self._lock:
            at, news = self._known.get(days, (now - KEPT, None))
            if news is None or now - at >= KEPT:
                with self._home.vault.reading() as tx:
                    news = since(tx, now - timedelta(days=days))
                self._known[days] = (now, news)
            return news
