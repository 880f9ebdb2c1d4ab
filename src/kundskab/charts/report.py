"""The report card: what was foretold against what came, each with its doubt, beside the line of being right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from kundskab.charts.house import look, template


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts of about the same chance.  All shares 0-1; low, high: of what happened."""

    forecast: float
    happened: float
    low: float
    high: float
    n: int


def report_figure(bins: Sequence[Bin], *, theme: str = "light") -> go.Figure:
    """Points on the line were right; above it more came than we said, below it less. Of 100."""
    colours = look(theme)
    most = 100 * max([0.1, *(max(one.forecast, one.high) for one in bins)])
    drawn = go.Figure(layout={"template": template(theme)})
    drawn.add_trace(
        go.Scatter(
            x=[0, most], y=[0, most], mode="lines", hoverinfo="skip", name="as foretold",
            line={"color": colours.soft, "width": 1.5, "dash": "dot"},
        )
    )  # fmt: skip
    largest = max((one.n for one in bins), default=1)
    drawn.add_trace(
        go.Scatter(
            x=[100 * one.forecast for one in bins],
            y=[100 * one.happened for one in bins],
            mode="markers",
            name="what came",
            marker={
                "color": colours.series[0],
                "size": [8 + 14 * (one.n / largest) ** 0.5 for one in bins],
                "line": {"color": colours.raised, "width": 1},
            },
            error_y={
                "type": "data", "symmetric": False, "color": colours.series[0], "thickness": 1.5, "width": 4,
                "array": [100 * (one.high - one.happened) for one in bins],
                "arrayminus": [100 * (one.happened - one.low) for one in bins],
            },
            customdata=[[_words(one)] for one in bins],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    )  # fmt: skip
    drawn.update_xaxes(title="we gave, of 100", range=[0, most * 1.03], showgrid=True)
    drawn.update_yaxes(title="came, of 100", range=[0, most * 1.08])
    drawn.update_layout(height=420)
    return drawn


def _words(one: Bin) -> str:
    return (
        f"<b>we gave {100 * one.forecast:.0f} of 100</b><br>{100 * one.happened:.0f} came; "
        f"between {100 * one.low:.0f} and {100 * one.high:.0f}<br>{one.n:,} forecasts"
    )
