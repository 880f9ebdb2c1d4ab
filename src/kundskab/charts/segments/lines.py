"""How memberships or sizes go over time: a line each with its doubt as a band; a time without one is a gap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import plotly.graph_objects as go

from kundskab.charts.house import DASHES, MARKS, faint, look, plain, template
from kundskab.charts.lines import Line, Moment, runs


def lines_figure(lines: Sequence[Line], *, theme: str = "light", unit: str = "of 100", height: int = 340) -> go.Figure:
    """The figure of these lines; shares are of 100."""
    colours = look(theme)
    drawn = go.Figure(layout={"template": template(theme)})
    for number, line in enumerate(lines):
        drawn.add_trace(_band(line, colours.series[number % len(colours.series)], len(lines)))
    for number, line in enumerate(lines):
        drawn.add_trace(_line(line, number, colours.series[number % len(colours.series)], unit))
    drawn.update_yaxes(rangemode="tozero", title=unit)
    drawn.update_layout(height=height, showlegend=len(lines) > 1)
    return drawn


def _band(line: Line, colour: str, together: int) -> go.Scatter:
    x: list[datetime | None] = []
    y: list[float | None] = []
    for run in runs(line.moments):
        if len(run) > 1:
            there = [moment.at for moment in run]
            x += [*there, *reversed(there), there[0], None]
            highs, lows = [100 * moment.high for moment in run], [100 * moment.low for moment in run]
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
        legendgroup=plain(line.name),
    )


def _line(line: Line, number: int, colour: str, unit: str) -> go.Scatter:
    mark = MARKS[number % len(MARKS)]
    single = len(runs(line.moments)) == 1 and len(line.moments) == 1
    return go.Scatter(
        x=[moment.at for moment in line.moments],
        y=[None if moment.value is None else 100 * moment.value for moment in line.moments],
        error_y=_whiskers(line.moments) if single else None,  # one point has no band
        mode="lines+markers",
        line={"color": colour, "width": 2.2, "dash": DASHES[number % len(DASHES)]},
        marker={
            "symbol": [mark if moment.sure else f"{mark}-open" for moment in line.moments],
            "size": 7,
            "color": colour,
        },
        customdata=[[_words(line, moment, unit)] for moment in line.moments],
        hovertemplate="%{customdata[0]}<extra></extra>",
        connectgaps=False,
        name=plain(line.name),
        legendgroup=plain(line.name),
    )


def _whiskers(moments: Sequence[Moment]) -> dict[str, object]:
    [moment] = moments
    value = moment.value or 0.0
    ends = {"array": [100 * (moment.high - value)], "arrayminus": [100 * (value - moment.low)]}
    return {"type": "data", "symmetric": False, "thickness": 1.4, **ends}


def _words(line: Line, moment: Moment, unit: str) -> str:
    if moment.value is None:
        return ""
    said = [f"<b>{moment.at.day} {moment.at:%B %Y}</b>", plain(line.name)]
    if not moment.sure:
        said.append("too early to say")
    said.append(f"{100 * moment.value:.0f} {unit}; between {100 * moment.low:.0f} and {100 * moment.high:.0f}")
    return "<br>".join(said)
