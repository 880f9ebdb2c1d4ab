"""Days, weeks and months of the workspace's own clock: which are asked for, and in which of them a time falls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import ibis

from kundskab.types import KundskabError

STEPS = ("day", "week", "month")
MOST = 800  # periods in one picture; two years of days

_DAY = timedelta(days=1)
_DAY_US = 86_400_000_000
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first moment of `start` up to the first moment of `end`, by the workspace's clock."""

    start: date
    end: date


def periods(since: date, until: date, step: str) -> tuple[Period, ...]:
    """The periods from the one that holds `since` to the one that holds `until`; weeks begin on Monday.

    Raises KundskabError when they are in the wrong order, too many, or `step` is none of STEPS.
    """
    if step not in STEPS:
        raise KundskabError(f"There is no step {step!r}; choose {', '.join(STEPS)}.")
    if until < since:
        raise KundskabError(f"{until} comes before {since}; put the earlier day first.")
    found: list[Period] = []
    start = _first(since, step)
    while start <= until:
        if len(found) == MOST:
            raise KundskabError(f"More than {MOST} {step}s cannot be told apart in one picture; choose longer steps.")
        found.append(Period(start, _next(start, step)))
        start = found[-1].end
    return tuple(found)


def edges(within: tuple[Period, ...], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of the first period and the first moment after the last one."""
    return midnight(within[0].start, zone), midnight(within[-1].end, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def number(times: Any, within: tuple[Period, ...], step: str, zone: ZoneInfo) -> Any:
    """Ibis: the index of the period that a time falls in; the times must lie within edges(within).

    Integers rather than the engine's own time zones: those look up the calendar for every row and take ten times
    as long; a year has two changes of the clock at most.
    """
    day = local_day(times, edges(within, zone), zone)
    if step == "month":
        local = ibis.date(_EPOCH) + day.as_interval("D")
        first = within[0].start
        return (local.year() * 12 + local.month() - (first.year * 12 + first.month)).cast("int32")
    since = day - (within[0].start - _EPOCH).days
    return (since if step == "day" else since // 7).cast("int32")


def local_day(times: Any, between: tuple[datetime, datetime], zone: ZoneInfo) -> Any:
    """Ibis: the day by the workspace's clock as days since 1970, for times in this span."""
    changes = _offsets(zone, *between)
    offset: Any = ibis.literal(changes[0][1], "int64")
    if len(changes) > 1:
        branches = [(times < ibis.literal(until), us) for (_, us), (until, _) in pairwise(changes)]
        offset = ibis.cases(*branches, else_=changes[-1][1])
    return ((epoch_us(times) + offset) // _DAY_US).cast("int64")


@ibis.udf.scalar.builtin(name="epoch_us", signature=(("timestamp('UTC')",), "int64"))
def epoch_us(at):  # type: ignore[no-untyped-def]
    """Microseconds since 1970: how the engine keeps a time, so it costs nothing."""


def _offsets(zone: ZoneInfo, start: datetime, end: datetime) -> list[tuple[datetime, int]]:
    """(from when, microseconds to add to UTC), the earliest first."""
    found, at = [(start, _offset(zone, start))], start
    while at < end:
        after = min(at + _DAY, end)
        if _offset(zone, after) != found[-1][1]:
            found.append(_change(zone, at, after))
        at = after
    return found


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> tuple[datetime, int]:
    """The first second at which the clock shows another offset than `before`."""
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=1) // 2)
        before, after = (before, middle) if _offset(zone, middle) != _offset(zone, before) else (middle, after)
    return after, _offset(zone, after)


def _offset(zone: ZoneInfo, at: datetime) -> int:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset // timedelta(microseconds=1)


def _first(day: date, step: str) -> date:
    if step == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if step == "week" else day


def _next(start: date, step: str) -> date:
    if step == "month":
        return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    return start + timedelta(days=7 if step == "week" else 1)
