"""A trend as a figure: a line per series, its interval as a band, the period that is not over yet drawn apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import plotly.graph_objects as go

from kundskab.charts.house import DASHES, MARKS, Look, faint, look, plain, template
from kundskab.metrics.periods import Period
from kundskab.metrics.trend import REST, Point, Series, Trend

Figure = go.Figure
Naming = Callable[[Series, Point], str]
Mark = tuple[date, int, str]  # a day, its number in the list beside the figure, and what somebody wrote about it


def figure(trend: Trend, *, theme: str = "light", link: Naming | None = None, marks: Sequence[Mark] = ()) -> go.Figure:
    """The figure of a trend. Hidden points are gaps.

    theme: "light" or "dark".  link: where a click on a point leads, kept as its first customdata.  marks: notes on
    days, drawn as thin lines with their numbers; several on one day are one line.
    """
    colours = look(theme)
    drawn = go.Figure(layout={"template": template(theme)})
    for number, series in enumerate(trend.series):
        colour = colours.series[number % len(colours.series)]
        drawn.add_trace(_band(series, colour, len(trend.series)))
    for number, series in enumerate(trend.series):
        drawn.add_traces(_line(trend, series, number, colours, link))
    if trend.overshadowing:  # a tap on its name brings it in
        drawn.update_traces(visible="legendonly", selector={"legendgroup": REST})
    _mark(drawn, trend, marks, colours)
    # One line needs no legend; where a band is all there is to say, the words under the figure say it.
    drawn.update_layout(showlegend=len(trend.series) > 1, height=420)
    return drawn


def _mark(drawn: go.Figure, trend: Trend, marks: Sequence[Mark], colours: Look) -> None:
    """A thin line per noted period: points stand at the beginnings of theirs."""
    noted: dict[date, list[Mark]] = {}
    for mark in marks:
        for period in trend.periods:
            if period.start <= mark[0] < period.end:
                noted.setdefault(period.start if trend.query.step != "day" else mark[0], []).append(mark)
    for day, those in noted.items():
        drawn.add_shape(
            type="line", x0=day, x1=day, y0=0, y1=1, yref="paper", layer="below",
            line={"color": colours.soft, "width": 1, "dash": "dot"},
        )  # fmt: skip
        drawn.add_annotation(
            x=day,
            y=1,
            yref="paper",
            yanchor="top",
            showarrow=False,
            text=", ".join(str(number) for _, number, _ in those),
            hovertext="<br>".join(f"{at.day} {at:%B}: {plain(text)}" for at, _, text in those),
            bgcolor=colours.raised,
            bordercolor=colours.rule,
            borderpad=3,
            font={"size": 12, "color": colours.soft},
        )


def axis_words(trend: Trend) -> str:
    """What the height means: "events a week", "SEK a month"."""
    return f"{trend.unit} a {trend.query.step}"


def period_words(period: Period, step: str) -> str:
    """How a period is called: 3 March 2026, week of 3 March 2026, March 2026."""
    start = period.start
    if step == "month":
        return f"{start:%B %Y}"
    said = f"{start.day} {start:%B %Y}"
    return f"week of {said}" if step == "week" else said


def runs(points: Sequence[Point]) -> list[list[Point]]:
    """The stretches of finished points between gaps, at least one point each."""
    found: list[list[Point]] = [[]]
    for point in points:
        if point.reading.hidden or not point.finished:
            found.append([])
        else:
            found[-1].append(point)
    return [run for run in found if run]


def _band(series: Series, colour: str, together: int) -> go.Scatter:
    """The intervals as one shape per stretch; several bands over one another are drawn fainter."""
    x: list[date | None] = []
    y: list[float | None] = []
    for run in runs(series.points):
        if len(run) > 1 and all(point.reading.is_sure for point in run):
            there = [point.period.start for point in run]
            x += [*there, *reversed(there), there[0], None]
            highs, lows = [point.reading.high for point in run], [point.reading.low for point in run]
            y += [*highs, *reversed(lows), highs[0], None]
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"width": 0, "color": colour},
        fill="toself",
        fillcolor=faint(colour, 0.18 if together < 3 else 0.1),
        hoverinfo="skip",
        showlegend=False,
        legendgroup=plain(series.group or "all"),
    )


def _line(trend: Trend, series: Series, number: int, colours: Look, link: Naming | None) -> list[go.Scatter]:
    colour = colours.series[number % len(colours.series)]
    dense = len(series.points) > 62
    finished = [point for point in series.points if point.finished]
    traces = [
        _points(
            trend,
            series,
            finished,
            link,
            mode="lines" if dense and len(trend.series) == 1 else "lines+markers",
            line={"color": colour, "width": 2.2, "dash": DASHES[number % len(DASHES)]},
            marker={"symbol": MARKS[number % len(MARKS)], "size": 4 if dense else 7, "color": colour},
        )
    ]
    unfinished = [point for point in series.points if not point.finished]
    if unfinished and not unfinished[0].reading.hidden:
        traces.append(
            _points(
                trend,
                series,
                [*finished[-1:], unfinished[0]],
                link,
                mode="lines+markers",
                line={"color": colour, "width": 1.6, "dash": "dot"},
                marker={"symbol": "circle-open", "size": [0, 9], "color": colour, "line": {"width": 2}},
                showlegend=False,
            )
        )
    return traces


def _points(trend: Trend, series: Series, points: Sequence[Point], link: Naming | None, **look: object) -> go.Scatter:
    name = plain(series.name or trend.unit)
    return go.Scatter(
        x=[point.period.start for point in points],
        y=[None if point.reading.hidden else point.reading.value for point in points],
        customdata=[[link(series, point) if link else "", _words(trend, series, point)] for point in points],
        hovertemplate="%{customdata[1]}<extra></extra>",
        connectgaps=False,
        name=name,
        legendgroup=plain(series.group or "all"),
        **look,
    )


def _words(trend: Trend, series: Series, point: Point) -> str:
    reading = point.reading
    lines = [f"<b>{period_words(point.period, trend.query.step)}</b>"]
    if series.group:
        lines.append(plain(series.name))
    lines.append(f"{reading.value:,.0f} {trend.unit}")
    if not point.finished:
        lines.append("not over yet")
    elif reading.is_sure:
        lines.append(f"between {reading.low:,.0f} and {reading.high:,.0f}")
    if trend.unit != "persons":
        lines.append(f"by {reading.n:,} persons")
    return "<br>".join(lines)
