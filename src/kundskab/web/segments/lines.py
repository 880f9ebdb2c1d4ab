"""Shares over time as a drawing of the server's: lines with their doubt, in a box 1000 wide and 100 high."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kundskab.charts.lines import Line, Moment, runs
from kundskab.web.base.templatetags.say import day, hour

WIDTH = 1000
HEIGHT = 100
_TOPS = (10, 20, 40, 60, 80, 100)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line. stretches, bands: the points of polylines and polygons; whiskers: (x, low y, high y) of lone points."""

    name: str
    series: int  # from 1, for its colour
    stretches: tuple[str, ...]
    bands: tuple[str, ...]
    whiskers: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    lines: tuple[Drawn, ...]
    top: int  # of 100, what the upper edge stands for
    ticks: tuple[str, ...]  # what stands beneath its left end, its middle and its right end

    @property
    def half(self) -> float:
        return self.top / 2


def draw(lines: Sequence[Line]) -> Drawing | None:
    """The geometry of these lines; None where there is nothing to draw or nothing goes over time yet."""
    times = sorted({moment.at for line in lines for moment in line.moments})
    highs = [100 * moment.high for line in lines for moment in line.moments if moment.value is not None]
    if len(times) < 2 or not highs:
        return None
    top = next((top for top in _TOPS if top >= max(highs)), 100)
    span = (times[-1] - times[0]).total_seconds()
    place = {at: WIDTH * (at - times[0]).total_seconds() / span for at in times}
    drawn = tuple(_drawn(n, line, place, top) for n, line in enumerate(lines, 1))
    return Drawing(drawn, top, _ticks(times[0], times[-1]))


def _ticks(first: datetime, last: datetime) -> tuple[str, ...]:
    """The days at both ends and of the middle, not of the middle refresh; of one day alone its hours."""
    said = [day(moment) for moment in (first, first + (last - first) / 2, last)]
    if said[0] == said[2]:
        return (f"{said[0]}, {hour(first)}", hour(last))
    return tuple(said) if len(set(said)) == 3 else (said[0], said[2])


def _drawn(number: int, line: Line, place: dict[datetime, float], top: int) -> Drawn:
    stretches = runs(line.moments)
    long = [run for run in stretches if len(run) > 1]
    return Drawn(
        line.name,
        1 + (number - 1) % 6,
        tuple(_path(run, [moment.value or 0.0 for moment in run], place, top) for run in long),
        tuple(_band(run, place, top) for run in long),
        tuple((round(place[run[0].at], 1), _y(run[0].low, top), _y(run[0].high, top))
              for run in stretches if len(run) == 1),
    )  # fmt: skip


def _band(run: list[Moment], place: dict[datetime, float], top: int) -> str:
    back = list(reversed(run))
    highs = _path(run, [moment.high for moment in run], place, top)
    return f"{highs} {_path(back, [moment.low for moment in back], place, top)}"


def _path(run: list[Moment], values: list[float], place: dict[datetime, float], top: int) -> str:
    points = zip(run, values, strict=True)
    return " ".join(f"{place[moment.at]:.1f},{_y(value, top):.2f}" for moment, value in points)


def _y(share: float, top: int) -> float:
    return round(HEIGHT - HEIGHT * max(0.0, 100 * share) / top, 2)
