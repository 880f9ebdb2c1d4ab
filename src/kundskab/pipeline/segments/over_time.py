"""Memberships and sizes over time, as the lines that charts draw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from kundskab.charts.lines import Line, Moment
from kundskab.pipeline.segments.answers import Belonging, Size

MOST_LINES = 4
A_DAY = timedelta(hours=20)  # a nightly refresh may begin some hours early
SEEN = 0.1  # a membership that never was a tenth of what they do is no line


def lines_of(found: Belonging) -> list[Line]:
    """A line a segment, the largest of late first; where it was nothing it is 0."""
    largest: dict[str, tuple[float, float]] = {}
    names: dict[str, str] = {}
    for standing in found.history:
        for part in standing.parts:
            names[part.segment] = part.name
            best = max(largest.get(part.segment, (0.0, 0.0))[1], part.weight)
            largest[part.segment] = (part.weight if standing is found.history[-1] else 0.0, best)
    shown = sorted((name for name in largest if largest[name][1] >= SEEN), key=lambda name: largest[name], reverse=True)
    return [Line(names[segment], _moments(found, segment)) for segment in shown[:MOST_LINES]]


def _moments(found: Belonging, segment: str) -> tuple[Moment, ...]:
    moments = []
    for standing in found.history:
        part = next((part for part in standing.parts if part.segment == segment), None)
        value, low, high = (part.weight, part.low, part.high) if part else (0.0, 0.0, 0.0)
        moments.append(Moment(standing.as_of, value, low, high, standing.sure))
    return tuple(moments)


def before(until: datetime, kept: Sequence[datetime]) -> datetime:
    """Which refresh is held beside that of until: the last of a day or more before; else the last before.

    kept: oldest first, with one before until at least.  Two refreshes of one afternoon say nothing of who moves.
    """
    earlier = [moment for moment in kept if moment < until]
    return next((moment for moment in reversed(earlier) if until - moment >= A_DAY), earlier[-1])


def line_of(name: str, sizes: Sequence[Size]) -> Line:
    """One segment's share over time; a hidden one is a gap."""
    return Line(
        name,
        tuple(
            Moment(size.as_of, None, 0.0, 0.0)
            if size.share.hidden
            else Moment(size.as_of, size.share.value, size.share.low, size.share.high)
            for size in sizes
        ),
    )
