"""The same trend as a still picture: for a browser without scripts, and until the script has drawn its own.

Coordinates are in a box 1000 wide and 100 high; the page stretches it to its own size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kundskab.metrics.trend import Point, Series, Trend
from kundskab.web.base.picture import round_up

WIDTH = 1000
HEIGHT = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One series. stretches and bands: the points of polylines and polygons; last: the part that is not over yet."""

    name: str
    series: int  # from 1, for its colour
    stretches: tuple[str, ...]
    bands: tuple[str, ...]
    last: str


@dataclass(frozen=True, slots=True)
class Drawing:
    lines: tuple[Line, ...]
    top: int
    ticks: tuple[date, ...]

    @property
    def half(self) -> float:
        return self.top / 2


def draw(trend: Trend) -> Drawing:
    """The geometry of a trend."""
    shown = [series for series in trend.series if series is not trend.overshadowing]
    most = max((_height(point) for series in shown for point in series.points), default=0)
    top = round_up(max(1, round(most)))
    step = WIDTH / max(1, len(trend.periods) - 1)
    middle = len(trend.periods) // 2
    ticks = tuple(trend.periods[at].start for at in sorted({0, middle, len(trend.periods) - 1}))
    return Drawing(tuple(_line(n, series, step, top) for n, series in enumerate(shown, 1)), top, ticks)


def _height(point: Point) -> float:
    reading = point.reading
    if reading.hidden:
        return 0.0
    return max(reading.value, reading.high if point.finished and reading.is_sure else reading.value)


def _line(number: int, series: Series, step: float, top: int) -> Line:
    placed = [(at * step, point) for at, point in enumerate(series.points)]
    runs = _runs(placed)
    last = [pair for pair in placed if not pair[1].finished and not pair[1].reading.hidden][:1]
    before = [pair for pair in placed if pair[1].finished][-1:]
    if before and before[0][1].reading.hidden:
        before = []
    return Line(
        name=series.name,
        series=number,
        stretches=tuple(_path(run, [point.reading.value for _, point in run], top) for run in runs),
        bands=tuple(_band(run, top) for run in runs if len(run) > 1 and all(p.reading.is_sure for _, p in run)),
        last=_path([*before, *last], [p.reading.value for _, p in [*before, *last]], top) if last else "",
    )


def _runs(placed: Sequence[tuple[float, Point]]) -> list[list[tuple[float, Point]]]:
    found: list[list[tuple[float, Point]]] = [[]]
    for x, point in placed:
        if point.reading.hidden or not point.finished:
            found.append([])
        else:
            found[-1].append((x, point))
    return [run for run in found if run]


def _path(run: Sequence[tuple[float, Point]], values: Sequence[float], top: int) -> str:
    return " ".join(f"{x:.1f},{_y(value, top):.2f}" for (x, _), value in zip(run, values, strict=True))


def _band(run: Sequence[tuple[float, Point]], top: int) -> str:
    highs = _path(run, [point.reading.high for _, point in run], top)
    back = list(reversed(run))
    return f"{highs} {_path(back, [point.reading.low for _, point in back], top)}"


def _y(value: float, top: int) -> float:
    return HEIGHT - HEIGHT * max(0.0, value) / top
