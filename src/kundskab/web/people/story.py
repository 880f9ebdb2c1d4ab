"""The rhythm of a person in plain words, from the days on which they were seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median, quantiles

from django.utils import timezone
from django.utils.translation import gettext as _

from kundskab.pipeline.answers import EventRow
from kundskab.web.base.templatetags.say import listed
from kundskab.web.people.deeds import OURS

YEAR = timedelta(weeks=52)
FEW_DAYS = 4  # on fewer there is no rhythm yet
ENOUGH_GAPS = 8  # below this a spread says more about luck than about the person
MAINLY = 0.8  # share of events from which one channel speaks for all


@dataclass(frozen=True, slots=True)
class Story:
    """rhythm and channels as pieces of a sentence; "" where there is nothing to tell."""

    rhythm: str
    channels: str


def tell(rows: Sequence[EventRow]) -> Story:
    """The story of a person's events, in any order."""
    own = own_deeds(rows)
    days = sorted({timezone.localtime(row.occurred_at).date() for row in own})
    return Story(rhythm(days), channels([row.channel for row in own if row.channel]))


def own_deeds(rows: Sequence[EventRow]) -> list[EventRow]:
    """What they did themselves: a mailing that we sent is no visit of theirs."""
    return [row for row in rows if row.action.casefold() not in OURS]


def rhythm(days: Sequence[date]) -> str:
    """How often they come. days: different days, oldest first; the spread is the middle half of the gaps."""
    if not days:
        return ""
    if len(days) == 1:
        return _("seen on one day only")
    if len(days) < FEW_DAYS:
        return _("seen on %(n)d days") % {"n": len(days)}
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    said = _every(median(gaps))
    if len(gaps) >= ENOUGH_GAPS:
        low, _middle, high = quantiles(gaps, n=4, method="inclusive")
        if round(low) != round(high):
            said += _(" (half of the times between %(low)d and %(high)d days apart)") % {
                "low": round(low),
                "high": round(high),
            }
    return said


def channels(named: Sequence[str]) -> str:
    """Where they come: mostly by web; by app, shop and web."""
    if not named:
        return ""
    (first, times), *_others = ranked = Counter(named).most_common(4)
    if times >= MAINLY * len(named):
        return (
            _("mostly by %(channel)s") % {"channel": first}
            if len(ranked) > 1
            else _("by %(channel)s") % {"channel": first}
        )
    return _("by %(channels)s") % {"channels": listed(channel for channel, _times in ranked)}


def _every(gap: float) -> str:
    """A gap in days, in the unit that people would use."""
    if gap <= 1.5:
        return _("comes nearly every day")
    if gap < 14:
        return _("comes about every %(n)d days") % {"n": round(gap)}
    if gap < 60:
        return _("comes about every %(n)d weeks") % {"n": round(gap / 7)}
    return _("comes about every %(n)d months") % {"n": round(gap / 30.4)}


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the year picture: column (week), row (Monday 0), shade 1 to 4."""

    day: date
    events: int
    x: int
    y: int
    shade: int


def year(rows: Sequence[EventRow], *, until: date) -> tuple[Square, ...]:
    """The days with events in 53 weeks, placed as in a calendar; empty days are not in it."""
    monday = until - timedelta(days=until.weekday()) - YEAR
    counts = Counter(timezone.localtime(row.occurred_at).date() for row in own_deeds(rows))
    return tuple(
        Square(day, events, (day - monday).days // 7, day.weekday(), _shade(events))
        for day, events in sorted(counts.items())
        if monday <= day <= until
    )


def _shade(events: int) -> int:
    return 1 + (events > 2) + (events > 6) + (events > 14)
