"""The rhythm of one person: how often they come, on which days and hours, and their longest pause; with its doubt.

Everything is counted in days on which they came, not in events: twelve pages in an evening are one evening.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from scipy import special

from kundskab.profiles.own import own_deeds

if TYPE_CHECKING:
    from kundskab.consent.view import View

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYPARTS = ("night", "morning", "afternoon", "evening")  # six hours each, from midnight
BREAK = timedelta(minutes=30)  # a longer silence ends a visit
ERROR = 0.05
# Nine kinds of days and four of hours are looked at, so each claim is held to a thirteenth of the error.
_LOOKS = len(WEEKDAYS) + 2 + len(DAYPARTS)
_WORTH_SAYING = 1 / 3  # a habit on fewer of their days than this is no habit, however surely it is above chance


@dataclass(frozen=True, slots=True)
class Gap:
    """Days from one day with a visit to the next: the middle one, and where the middle lies in 95 of 100 such cases."""

    days: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Habit:
    """Surely more often than by chance: what (a weekday, weekend, weekdays or a daypart), on so many of their days."""

    what: str
    times: int
    of: int


@dataclass(frozen=True, slots=True)
class Pause:
    """The longest time between two of their days."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days


@dataclass(frozen=True, slots=True)
class Rhythm:
    """None where there is too little to say it."""

    days: int  # different days on which they came
    visits: int  # stretches of events without half an hour of silence
    first: date
    last: date
    silent_days: int  # since the last
    gap: Gap | None
    weekday: Habit | None
    daypart: Habit | None
    both: int | None  # of the days of `weekday`, on so many in `daypart`
    pause: Pause | None

    @property
    def never_so_long(self) -> bool:
        """Whether today's silence is longer than every pause before, of somebody whose pauses we know."""
        return self.gap is not None and self.pause is not None and self.silent_days > self.pause.days


def rhythm(view: View, person: str, *, zone: str, today: date) -> Rhythm | None:
    """The rhythm of one person by the clock of `zone` (IANA name); None when they did nothing themselves."""
    return of_times([deed.at for deed in own_deeds(view, person, zone=zone)], today=today)


def of_times(times: Sequence[datetime], *, today: date) -> Rhythm | None:
    """The rhythm of these local times, in any order; None when there are none."""
    times = sorted(times)
    days = sorted({moment.date() for moment in times})
    if not days:
        return None
    starts = [times[0], *(later for earlier, later in pairwise(times) if later - earlier > BREAK)]
    weekday, daypart = _weekday(days), _daypart(starts)
    return Rhythm(
        days=len(days),
        visits=len(starts),
        first=days[0],
        last=days[-1],
        silent_days=max(0, (today - days[-1]).days),
        gap=gap(days),
        weekday=weekday,
        daypart=daypart,
        both=_both(starts, weekday.what, daypart.what) if weekday and daypart else None,
        pause=max((Pause(*pair) for pair in pairwise(days)), key=lambda pause: pause.days, default=None),
    )


def gap(days: Sequence[date]) -> Gap | None:
    """The median gap between two order statistics, which needs no shape of the gaps; None below 6 gaps.

    days: different days, oldest first.

    Source: Conover 1999, Practical Nonparametric Statistics, 3.2; exact for independent gaps, generous with ties.
    """
    gaps = sorted((later - earlier).days for earlier, later in pairwise(days))
    n = len(gaps)
    spare = sum(special.bdtr(rank, n, 0.5) <= ERROR / 2 for rank in range(n // 2))  # gaps that may be left out
    return Gap(median(gaps), gaps[spare - 1], gaps[-spare]) if spare else None


def _weekday(days: Sequence[date]) -> Habit | None:
    """The one weekday, else the weekend or the working week, that they choose surely more often than by chance."""
    counts = Counter(WEEKDAYS[day.weekday()] for day in days)
    weekend = counts["saturday"] + counts["sunday"]
    single = _surest({name: (counts[name], 1 / 7) for name in WEEKDAYS}, len(days))
    return single or _surest({"weekend": (weekend, 2 / 7), "weekdays": (len(days) - weekend, 5 / 7)}, len(days))


def _daypart(starts: Sequence[datetime]) -> Habit | None:
    """The part of the day that they choose surely more often than by chance, each day counting once per part."""
    # Files that know only the day put every event at midnight sharp: that is no hour.
    timed = {(moment.date(), _part(moment)) for moment in starts if moment.time() != time.min}
    counts = Counter(part for _, part in timed)
    return _surest({part: (counts[part], 1 / len(DAYPARTS)) for part in DAYPARTS}, len(timed))


def _surest(candidates: dict[str, tuple[int, float]], of: int) -> Habit | None:
    """The most frequent of those whose share is surely above chance and worth saying. candidates: (times, chance)."""
    kept = [
        Habit(what, times, of)
        for what, (times, chance) in candidates.items()
        if times and times / of >= _WORTH_SAYING and _lowest_share(times, of) > chance
    ]
    return max(kept, key=lambda habit: habit.times, default=None)


def _lowest_share(times: int, of: int) -> float:
    """Lower bound of a share at the error of one look. Source: Clopper and Pearson 1934, Biometrika 26, 404-413."""
    return float(special.betaincinv(times, of - times + 1, ERROR / _LOOKS))


def _both(starts: Sequence[datetime], weekday: str, daypart: str) -> int:
    return len({moment.date() for moment in starts if _part(moment) == daypart and _is(moment.date(), weekday)})


def _is(day: date, kind: str) -> bool:
    if kind in {"weekend", "weekdays"}:
        return (day.weekday() >= 5) == (kind == "weekend")
    return WEEKDAYS[day.weekday()] == kind


def _part(moment: datetime) -> str:
    return DAYPARTS[moment.hour // 6]
