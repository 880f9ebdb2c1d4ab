"""When things happen: the company's clock, its weeks, and draws from habits of hour, weekday and season."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from kundskab.synthetic.declaration import Behaviour, Declaration, Rhythms

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]

SECOND = 1_000_000  # times are int64 microseconds since 1970 in UTC, as Arrow keeps them
HOUR = 3600 * SECOND
DAY = 24 * HOUR
WEEK = 7 * DAY
YEAR = int(365.25 * DAY)
NEVER = np.iinfo(np.int64).max // 2  # far enough to add to without overflow
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Story:
    """The stretch of time that is told: whole local days from a Monday, `start`, up to but not including `until`.

    offsets: UTC offset (µs) of each local day; one offset per day is enough: the hour that is skipped or told
    twice lies at night.
    """

    start: int
    until: int
    first_day: date
    weeks: int
    offsets: Ints

    @classmethod
    def ending(cls, until: datetime, declaration: Declaration) -> Story:
        """The declared number of months up to the last local midnight at or before `until`."""
        if until.tzinfo is None:
            raise ValueError("until needs a time zone; give datetime(..., tzinfo=UTC)")
        last_day = until.astimezone(declaration.clock).date()
        first_day = _months_before(last_day, declaration.months)
        first_day -= timedelta(days=first_day.weekday())
        days = (last_day - first_day).days
        # a week beyond the end, so that the last, broken week needs no special case
        offsets = [_offset(first_day + timedelta(days=day), declaration) for day in range(days + 14)]
        midnight = datetime(last_day.year, last_day.month, last_day.day, tzinfo=declaration.clock)
        start = datetime(first_day.year, first_day.month, first_day.day, tzinfo=declaration.clock)
        return cls(micros(start), micros(midnight), first_day, -(-days // 7), np.array(offsets, np.int64))

    def instant(self, day: Ints, since_midnight: Ints) -> Ints:
        """UTC times from local day numbers (0 is the first day) and microseconds since that day's midnight."""
        # before the story the first day's offset will do: nothing there is told by the hour
        return self._first_midnight + day * DAY + since_midnight - self.offsets[np.clip(day, 0, len(self.offsets) - 1)]

    def opened(self, at: Ints, opens: int, closes: int, rng: np.random.Generator, *, spread_hours: float = 1.5) -> Ints:
        """Each time itself when it lies between two local hours, else within `spread_hours` of the next opening."""
        day = (at - self.start) // DAY
        local = at + self.offsets[np.clip(day, 0, len(self.offsets) - 1)] - self._first_midnight
        day, hour = local // DAY, local % DAY // HOUR
        moved = self.instant(day + (hour >= closes), opens * HOUR + _jitter(len(at), rng, spread_hours))
        return np.where((hour >= opens) & (hour < closes), at, moved)

    @property
    def days(self) -> int:
        return int((self.until - self.start + DAY // 2) // DAY)

    @property
    def _first_midnight(self) -> int:
        return micros(datetime.combine(self.first_day, datetime.min.time(), tzinfo=UTC))

    def week_starts(self) -> list[int]:
        """The UTC start of each week, and as the last entry the end of the story."""
        days = np.arange(self.weeks, dtype=np.int64) * 7
        return [*(int(at) for at in self.instant(days, np.zeros_like(days))), self.until]

    def month_of_week(self, week: int) -> int:
        """The month (0 is January) of a week's Thursday: the day by which ISO weeks belong to years."""
        return (self.first_day + timedelta(days=7 * week + 3)).month - 1

    def months_in(self, months: int) -> int:
        """The UTC time so many months into the story."""
        return self.start + int(months * YEAR / 12)


class Habits:
    """For every behaviour its season and its week of 168 hours; the last week of hours is the shop's."""

    def __init__(self, behaviours: tuple[Behaviour, ...], rhythms: Rhythms) -> None:
        seasons = np.array([rhythms.seasons[one.season] for one in behaviours])
        self.seasons = seasons  # (behaviours, 12): multiplies visits_per_month
        weeks = [_hours_of_week(rhythms, one.weekdays, one.hours) for one in behaviours]
        weeks.append(_hours_of_week(rhythms, rhythms.shop_weekdays, rhythms.shop_hours))
        self._weeks = np.cumsum(np.array(weeks), axis=1)

    @property
    def shop(self) -> int:
        return len(self._weeks) - 1

    def moments(self, story: Story, week: int, habit: Array, rng: np.random.Generator) -> Ints:
        """One UTC time in this week per entry of `habit` (a behaviour's number, or `shop`)."""
        hour = draw_by_row(self._weeks, habit, rng)
        within = hour % 24 * HOUR + rng.integers(0, HOUR // SECOND, len(habit)) * SECOND
        return story.instant(week * 7 + hour // 24, within)


def draw(weights: Array, count: int, rng: np.random.Generator) -> Ints:
    """`count` positions drawn in proportion to weights."""
    ladder = np.cumsum(np.asarray(weights, float))
    return _below_top(np.searchsorted(ladder, rng.random(count) * ladder[-1], side="right"), len(ladder))


def draw_by_row(ladders: Floats, row: Array, rng: np.random.Generator) -> Ints:
    """One position per entry of `row`, drawn from that row of cumulated weights (rows, choices)."""
    height = rng.random(len(row)) * ladders[row, -1]
    chosen = np.empty(len(row), np.int64)
    # few rows and many draws: one binary search per row beats comparing every draw with every choice
    for one in np.unique(row):
        mine = np.flatnonzero(row == one)
        chosen[mine] = np.searchsorted(ladders[one], height[mine], side="right")
    return _below_top(chosen, ladders.shape[1])


def waits(mean: float | Array, count: int, rng: np.random.Generator) -> Ints:
    """Exponential waiting times in whole seconds (as µs); mean in µs, where 0 means at once."""
    return (rng.exponential(1.0, count) * mean / SECOND).astype(np.int64) * SECOND


def days(mean: float | Array, count: int, rng: np.random.Generator) -> Ints:
    """Exponential waits in whole days and some minutes: whoever comes back comes at the usual time of day.

    mean in days; at least some minutes.
    """
    whole = np.minimum(rng.exponential(1.0, count) * mean, 100_000).astype(np.int64)
    return whole * DAY + _jitter(count, rng)


def usual_hours(declaration: Declaration) -> Floats:
    """The hours of a local day as all behaviours together keep them; 24 weights."""
    hours = [(np.array(declaration.rhythms.hours[one.hours]), one.share) for one in declaration.behaviours]
    usual: Floats = np.sum([hour / hour.sum() * share for hour, share in hours], axis=0)
    return usual


def micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _jitter(count: int, rng: np.random.Generator, spread_hours: float = 1.5) -> Ints:
    return rng.integers(1, int(spread_hours * 3600), count) * SECOND


def _below_top(chosen: Ints, length: int) -> Ints:
    return np.minimum(chosen, length - 1)


def _hours_of_week(rhythms: Rhythms, weekdays: str, hours: str) -> Floats:
    day, hour = np.array(rhythms.weekdays[weekdays]), np.array(rhythms.hours[hours])
    return np.outer(day / day.sum(), hour / hour.sum()).ravel()


def _months_before(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 - months
    return date(total // 12, total % 12 + 1, min(day.day, 28))


def _offset(day: date, declaration: Declaration) -> int:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=declaration.clock)
    offset = noon.utcoffset()
    assert offset is not None
    return offset // timedelta(microseconds=1)
