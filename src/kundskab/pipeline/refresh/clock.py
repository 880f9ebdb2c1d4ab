"""When a refresh is due by itself: soon after the first data came to rest, then each night; and after a kill.

Between refreshes, what came is followed every few minutes: see `following`.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from kundskab.pipeline.home import Home
from kundskab.pipeline.refresh import record
from kundskab.types import Busy, KundskabError, utc_now

log = logging.getLogger(__name__)

FIRST_EVENTS = 1_000  # before there are so many there is little to understand
AT_REST = timedelta(seconds=20)  # since the newest commit, so that an import is done before the first one
LONGEST_WAIT = timedelta(hours=1)  # for rest, where events never stop coming
NIGHT_HOUR = 3  # by the workspace's clock
LOOK_SECONDS = 5.0
FOLLOW = timedelta(minutes=5)
PURPOSE = "analytics"
MONTHS_BACK = 4
_LONGEST_PAUSE = timedelta(hours=6)


def keep_fresh(home: Home, stop: threading.Event) -> None:
    """Wait until a refresh is due, do it, and return; whoever supervises starts us anew, with all memory given back."""
    began = utc_now()
    while not stop.is_set():
        if due(home, utc_now(), waiting_since=began):
            # Heavy, and not needed while waiting.
            from kundskab.pipeline.refresh.looking_back import refresh_from_the_past

            try:
                refresh_from_the_past(home, months=_months_to_look_back(home), purpose=PURPOSE)
                return
            except Busy as holder:
                log.info("waiting: %s", holder)
            except KundskabError as nothing:
                log.info("not refreshed: %s", nothing)
        elif utc_now() - began >= FOLLOW and _has_news(home, since=began):
            from kundskab.pipeline.refresh.following import follow

            try:
                outcomes = follow(home, utc_now(), purpose=PURPOSE)
                log.info("followed outcomes=%s", outcomes)
                return
            except Busy as holder:
                log.info("waiting: %s", holder)
        stop.wait(LOOK_SECONDS)


def _has_news(home: Home, *, since: datetime) -> bool:
    """Whether events came to rest since then and since the last refresh, which is over."""
    last, committed = record.read(home.run, PURPOSE), home.lake.committed_at()
    if last is None or last.finished_at is None or committed is None:
        return False
    return committed > max(since, last.finished_at)


def _months_to_look_back(home: Home) -> int:
    """Some before the first refresh as of now; also when that one was killed on its way."""
    last = record.read(home.run, PURPOSE)
    return MONTHS_BACK if last is None or last.asked != "now" else 0


def due(home: Home, now: datetime, *, waiting_since: datetime) -> bool:
    """Whether to refresh now. One that fails is tried again after 1, 2, 4 ... minutes."""
    last = record.read(home.run, PURPOSE)
    if last is None:
        return _first_is_due(home, now, waiting_since)
    if last.finished_at is None:
        pause = min(timedelta(minutes=1) * 2 ** max(0, min(last.tries, 10) - 2), _LONGEST_PAUSE)
        return last.tries <= 1 or last.tried_at is None or now - last.tried_at >= pause
    night = last.finished_at.astimezone(home.zone).replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
    if night <= last.finished_at:
        night += timedelta(days=1)
    return now >= night


def _first_is_due(home: Home, now: datetime, waiting_since: datetime) -> bool:
    lake = home.lake
    committed = lake.committed_at()
    if committed is None or lake.state().next_seq <= FIRST_EVENTS:
        return False
    return now - committed >= AT_REST or now - waiting_since >= LONGEST_WAIT
