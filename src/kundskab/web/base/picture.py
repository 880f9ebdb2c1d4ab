"""A picture of events per day, stacked by source: its geometry, and the same numbers as a table.

Coordinates are in a box 100 high and 10 wide per day; the page stretches it to its own size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from kundskab.pipeline.answers import Volume

DAY_WIDTH = 10
BAR_WIDTH = 7.6
NAMED_SOURCES = 5  # more colours than this cannot be told apart; the rest are drawn as one


@dataclass(frozen=True, slots=True)
class Part:
    source: str
    series: int
    events: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    day: date
    events: int
    left: float
    x: float
    width: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    source: str
    series: int


@dataclass(frozen=True, slots=True)
class Line:
    day: date
    events: tuple[int, ...]
    together: int


@dataclass(frozen=True, slots=True)
class Picture:
    title: str
    description: str
    width: int
    top: int  # what the upper edge stands for
    bars: tuple[Bar, ...]
    legend: tuple[Entry, ...]
    table: tuple[Line, ...]  # newest day first
    ticks: tuple[date, ...]

    @property
    def half(self) -> float:
        return self.top / 2


def shown_until(volumes: Sequence[Volume], *, today: date, days: int) -> date | None:
    """The last day to draw: today, or the newest day with events when all are older than `days`. None: no events.

    A file of old orders should show its own days, not thirty empty ones.
    """
    newest = max((volume.day for volume in volumes if volume.events), default=None)
    if newest is None or newest <= today - timedelta(days=days):
        return newest
    return max(newest, today)


def stacked(volumes: Sequence[Volume], *, until: date, days: int) -> Picture:
    """The last `days` days up to `until`, the busiest source at the bottom of each bar."""
    span = [until - timedelta(days=back) for back in reversed(range(days))]
    volumes = [volume for volume in volumes if span[0] <= volume.day <= until]
    sources = _sources(volumes)
    legend = tuple(Entry(source, number) for number, source in enumerate(sources, start=1))
    counts = _counts(volumes, sources)
    totals = {day: sum(counts[day].values()) for day in span}
    top = round_up(max(totals.values(), default=0))
    return Picture(
        title=_("Events per day, by source"),
        description=_description(totals),
        width=days * DAY_WIDTH,
        top=top,
        bars=tuple(_bar(number, day, counts[day], legend, top) for number, day in enumerate(span)),
        legend=legend,
        table=tuple(
            Line(day, tuple(counts[day].get(source, 0) for source in sources), totals[day]) for day in reversed(span)
        ),
        ticks=(span[0], span[len(span) // 2], span[-1]),
    )


def _sources(volumes: Sequence[Volume]) -> list[str]:
    sums: dict[str, int] = defaultdict(int)
    for volume in volumes:
        sums[volume.source] += volume.events
    ranked = sorted(sums, key=lambda source: (-sums[source], source))
    return ranked if len(ranked) <= NAMED_SOURCES + 1 else [*ranked[:NAMED_SOURCES], _("all others")]


def _counts(volumes: Sequence[Volume], sources: list[str]) -> dict[date, dict[str, int]]:
    counts: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for volume in volumes:
        source = volume.source if volume.source in sources else sources[-1]
        counts[volume.day][source] += volume.events
    return counts


def round_up(most: int) -> int:
    """The nearest round number at or above whose half is whole: 2, 4, 6, 8, 10, 20, 30 ... 150, 200, 250, 300, 400."""
    scale = 1
    while True:
        for tenths in (10, 15, 20, 25, 30, 40, 50, 60, 80):
            top = tenths * scale / 10
            if top >= most and top % 2 == 0:
                return int(top)
        scale *= 10


def _bar(number: int, day: date, counts: dict[str, int], legend: Sequence[Entry], top: int) -> Bar:
    parts, floor = [], 100.0
    for entry in legend:
        events = counts.get(entry.source, 0)
        if events:
            height = 100 * events / top
            floor -= height
            parts.append(Part(entry.source, entry.series, events, round(floor, 3), round(height, 3)))
    left = number * DAY_WIDTH
    return Bar(day, sum(counts.values()), left, round(left + (DAY_WIDTH - BAR_WIDTH) / 2, 3), BAR_WIDTH, tuple(parts))


def _description(totals: dict[date, int]) -> str:
    busiest = max(totals, key=lambda day: totals[day])
    return _("%(events)s events in %(days)d days; the busiest day was %(day)s with %(most)s.") % {
        "events": f"{sum(totals.values()):,}",
        "days": len(totals),
        "day": f"{busiest.day} {busiest:%B}",
        "most": f"{totals[busiest]:,}",
    }
