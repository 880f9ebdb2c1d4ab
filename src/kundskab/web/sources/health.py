"""Is a source still sending? Told from when it last did, and from how steadily it did before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

WEEK = 7
STEADY_DAYS = 5  # of the week up to its last event: a source that rests at weekends is steady too
PATIENCE = timedelta(hours=24)
# A source that rests from Friday evening to Monday morning is not silent yet.
PATIENCE_WITH_WEEKENDS = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Health:
    """state: "never" sent, "well", "resting" (was never steady) or "silent" (was steady, and has stopped)."""

    state: str
    last_seen: datetime | None
    days: int  # of the week up to its last event, those on which it sent


def health(last_seen: datetime | None, sent_on: Collection[date], *, now: datetime) -> Health:
    """sent_on: the days with events, by the same clock as last_seen; older ones than a week do not matter."""
    if last_seen is None:
        return Health("never", None, 0)
    last_day = last_seen.date()
    days = sum(last_day - timedelta(days=back) in sent_on for back in range(WEEK))
    quiet = now - last_seen
    if quiet <= PATIENCE:
        return Health("well", last_seen, days)
    if days < STEADY_DAYS or (days < WEEK and quiet <= PATIENCE_WITH_WEEKENDS):
        return Health("resting", last_seen, days)
    return Health("silent", last_seen, days)
