"""Beginning in the past: a company's first refresh is preceded by some of earlier months, as they would have been.

So its segments have a history, people are seen to move, and forecasts can be held against what came, from the first
day on. Each looks at nothing after its moment; who may be used is judged today, as always.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from kundskab.pipeline.home import Home
from kundskab.pipeline.refresh import record
from kundskab.pipeline.refresh.deed import Progress, Refreshed, refresh
from kundskab.pipeline.refresh.moment import moment, span
from kundskab.pipeline.refresh.work import HORIZON_DAYS
from kundskab.pipeline.views import Views
from kundskab.types import utc_now

_NEVER = datetime.min.replace(tzinfo=UTC)
MONTH = timedelta(days=30)
AT_LEAST = 2 * MONTH  # of history before the earliest moment: with less there is nothing to learn


def moments(home: Home, months: int, *, purpose: str = "analytics", now: datetime | None = None) -> list[datetime]:
    """Up to so many moments a month apart before the newest one, the earliest first; fewer where history is short."""
    view = Views(home).open(purpose)
    newest = moment(view, None, now or utc_now()).as_of
    first, _ = span(view)
    # Whole days, so that one that was killed finds the same moments again.
    day = newest.replace(hour=0, minute=0, second=0, microsecond=0)
    back = [day - number * MONTH for number in range(months, 0, -1)]
    return [each for each in back if first is not None and each - first >= AT_LEAST]


def refresh_from_the_past(
    home: Home,
    *,
    months: int,
    purpose: str = "analytics",
    horizon_days: int = HORIZON_DAYS,
    progress: Progress = lambda what, share: None,
    now: Callable[[], datetime] = utc_now,
) -> Refreshed:
    """Refresh as of each of these months, then as of now; killed, those that were finished are not done again."""
    earlier = [each for each in moments(home, months, purpose=purpose, now=now()) if each >= _reached(home, purpose)]
    steps = len(earlier) + 1
    for number, as_of in enumerate(earlier):
        part = _part(progress, as_of, number, steps)
        refresh(home, purpose=purpose, as_of=as_of, horizon_days=horizon_days, progress=part, now=now)
    part = _part(progress, None, steps - 1, steps)
    return refresh(home, purpose=purpose, horizon_days=horizon_days, progress=part, now=now)


def _reached(home: Home, purpose: str) -> datetime:
    """The moment of a refresh that was begun in the past: those before it are done."""
    begun = record.read(home.run, purpose)
    return _NEVER if begun is None or begun.asked == "now" else begun.as_of


def _part(progress: Progress, as_of: datetime | None, number: int, of: int) -> Progress:
    words = "" if as_of is None else f" as of {as_of:%d %b %Y}"
    return lambda what, share: progress(what + words, (number + share) / of)
