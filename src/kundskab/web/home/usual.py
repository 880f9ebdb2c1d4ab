"""Today against a usual day, source by source; and who usually sends and has fallen silent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.utils import timezone

from kundskab.pipeline.answers import SourceBooks, Volume

LOOKED_AT = 28  # whole days before today: four of each weekday
ENOUGH = 7  # of them with events, before anything is called usual


@dataclass(frozen=True, slots=True)
class Today:
    """One source today. low and high: eight of ten of the last 28 days lay between them; None: too early to say."""

    source: str
    kind: str
    so_far: int
    low: int | None
    high: int | None
    last_seen: datetime | None
    silent_since: date | None  # the last day it sent on, when it is silent for longer than it ever was

    @property
    def is_more(self) -> bool:
        """Whether today is above a usual day already."""
        return self.high is not None and self.so_far > self.high


def by_source(volumes: Sequence[Volume], books: Sequence[SourceBooks], *, today: date) -> list[Today]:
    """One row per source that ever sent, those that fell silent first, then the busiest."""
    counts = _per_day(volumes)
    rows = [_row(row, counts.get(row.source, {}), today) for row in books if row.received or row.source in counts]
    return sorted(rows, key=lambda row: (row.silent_since is None, -(row.high or 0), -row.so_far, row.source))


def together(volumes: Sequence[Volume], *, today: date) -> tuple[int, int] | None:
    """Between which two numbers eight of the last ten whole days lay, all sources added; None: too early to say."""
    sums: dict[date, int] = defaultdict(int)
    for volume in volumes:
        sums[volume.day] += volume.events
    return _usual(sums, today)


def _row(row: SourceBooks, counts: dict[date, int], today: date) -> Today:
    usual = _usual(counts, today)
    low, high = usual if usual else (None, None)
    silent = _silent(row, counts, today) if usual and row.kind == "live" else None
    return Today(row.source, row.kind, counts.get(today, 0), low, high, row.last_seen, silent)


def _usual(counts: dict[date, int], today: date) -> tuple[int, int] | None:
    days = [counts.get(today - timedelta(days=back), 0) for back in range(1, LOOKED_AT + 1)]
    if sum(day > 0 for day in days) < ENOUGH:
        return None
    rising = sorted(days)
    return rising[len(days) // 10], rising[-1 - len(days) // 10]


def _silent(row: SourceBooks, counts: dict[date, int], today: date) -> date | None:
    """The last day it sent on, when more whole days have gone by since than it ever rested before.

    Whole days only: at breakfast nobody has been silent yet.
    """
    sent = [day for day in sorted(counts) if counts[day] and today - timedelta(days=LOOKED_AT) <= day < today]
    if counts.get(today) or not sent:
        return None
    last = max(sent[-1], timezone.localtime(row.last_seen).date()) if row.last_seen else sent[-1]
    rests = [(after - before).days - 1 for before, after in pairwise(sent)]
    quiet = (today - last).days - 1
    return last if quiet > max(rests, default=0) else None


def _per_day(volumes: Sequence[Volume]) -> dict[str, dict[date, int]]:
    counts: dict[str, dict[date, int]] = defaultdict(dict)
    for volume in volumes:
        counts[volume.source][volume.day] = counts[volume.source].get(volume.day, 0) + volume.events
    return counts
