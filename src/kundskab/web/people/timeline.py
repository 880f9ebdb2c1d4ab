"""A person's events as days and occasions, and where the next page of them begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils import timezone

from kundskab.pipeline.answers import EventRow

Fetch = Callable[[datetime | None, int], list[EventRow]]  # (before, limit) -> newest first


@dataclass(frozen=True, slots=True)
class Occasion:
    """Events that belong together; name is None for those that belong to no occasion."""

    name: str | None
    rows: tuple[EventRow, ...]


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    occasions: tuple[Occasion, ...]
    continued: bool = False  # its heading already stands on the page above


def page(fetch: Fetch, *, before: datetime | None = None, size: int = 100) -> tuple[list[EventRow], datetime | None]:
    """One page of events, and the time before which the next begins (None: this was the last).

    Events of one and the same moment are never torn apart, since the next page asks for strictly
    older ones; a page can therefore be longer or a little shorter than size.
    """
    rows = fetch(before, size + 1)
    if len(rows) <= size:
        return rows, None
    edge = rows[-1].occurred_at
    whole = [row for row in rows if row.occurred_at > edge]
    if not whole:
        # More events at one moment than fit on a page, as in files that know only the day.
        return page(fetch, before=before, size=size * 4)
    return whole, whole[-1].occurred_at


def by_day(rows: Sequence[EventRow], *, after: datetime | None = None) -> tuple[Day, ...]:
    """Rows, newest first, as days of the workspace's clock; after: the time of the row above them."""
    above = _local_day(after) if after else None
    return tuple(
        Day(day, _occasions(list(of_day)), continued=day == above)
        for day, of_day in groupby(rows, key=lambda row: _local_day(row.occurred_at))
    )


def _occasions(rows: list[EventRow]) -> tuple[Occasion, ...]:
    return tuple(Occasion(name, tuple(same)) for name, same in groupby(rows, key=lambda row: row.occasion))


def _local_day(moment: datetime) -> date:
    return timezone.localtime(moment).date()
