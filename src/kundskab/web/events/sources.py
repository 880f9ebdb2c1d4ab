"""Volumes by source: one small picture each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kundskab.pipeline.answers import Volume


@dataclass(frozen=True, slots=True)
class SourceVolume:
    """events: in all days and on the last one; bars of a picture 10 wide per day and 24 high."""

    source: str
    events: int
    last_day: int
    bars: tuple[tuple[float, float, float], ...]  # x, y, height
    width: int


def by_source(volumes: Sequence[Volume], *, until: date, days: int) -> list[SourceVolume]:
    """One row per source, the busiest first. Each picture has its own scale: it shows rhythm, not size."""
    span = [until - timedelta(days=back) for back in reversed(range(days))]
    counts: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for volume in volumes:
        if span[0] <= volume.day <= until:
            counts[volume.source][volume.day] += volume.events
    rows = [_row(source, per_day, span) for source, per_day in counts.items()]
    return sorted(rows, key=lambda row: (-row.events, row.source))


def _row(source: str, per_day: dict[date, int], span: Sequence[date]) -> SourceVolume:
    most = max(per_day.values()) or 1
    heights = [24 * per_day.get(day, 0) / most for day in span]
    bars = tuple((number * 10 + 1, round(24 - high, 2), round(high, 2)) for number, high in enumerate(heights) if high)
    return SourceVolume(source, sum(per_day.values()), per_day.get(span[-1], 0), bars, len(span) * 10)
